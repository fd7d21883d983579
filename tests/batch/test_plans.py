"""Cells share compiled law only where it is the same."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest

from simulator.batch import plans
from simulator.batch.bench import Changes
from simulator.batch.plans import plan_of
from simulator.batch.prepared import Prepared
from simulator.engine.run import PlannedLaw, make_plan
from tests.batch.builders import prepared

FLOW: Changes = {"flow": "accept_or_leave"}
OTHERS: list[Changes] = [
    {**FLOW, "reading": reading, "company_veto": veto, **more}
    for reading, veto in product(("strict", "lenient", None), (False, True))
    for more in (
        {},
        {"date": "2026-09-01"},
        {"places": ["DE", "US-CA"]},
        {"population.jurisdictions.of": {"DE": 0.5, "FR": 0.5}},
        {"meetings.types.lecture.sector": "work"},
    )
]


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Prepared:
    monkeypatch.setattr(plans, "_kept", ())
    return prepared(tmp_path)


def same(one: PlannedLaw, other: PlannedLaw) -> bool:
    pairs = [*zip(one.strict, other.strict, strict=True), *zip(one.lenient, other.lenient, strict=True)]
    return one.rules == other.rules and all(np.array_equal(mine, theirs) for mine, theirs in pairs)


def test_cells_of_every_law_are_judged_by_their_own_whichever_came_before(small: Prepared) -> None:
    for changes in [*OTHERS, *reversed(OTHERS)]:
        inputs = small.bench.inputs(changes)
        assert same(plan_of(inputs).laws[0], make_plan(inputs).laws[0]), changes


def test_cells_that_differ_in_anything_else_share_their_law(small: Prepared) -> None:
    first = plan_of(small.bench.inputs(FLOW))
    for changes in ({"flow": "granular_opt_in"}, {**FLOW, "population.willing": 0.4}, {**FLOW, "purpose": "service"}):
        assert plan_of(small.bench.inputs(changes)).laws[0] is first.laws[0]


def test_only_some_laws_are_kept(small: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "_MOST", 3)
    for changes in OTHERS:
        plan_of(small.bench.inputs(changes))
    assert len(plans._kept) == 3
