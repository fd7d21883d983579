"""The comparison that the benchmarks make, tried without Mesa: the engine stands for both sides."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from simulator.analysis.estimates import ratio, t_quantile
from simulator.engine.inputs import gather
from simulator.engine.run import Plan, make_plan
from simulator.engine.tally import RULE_MIXED, RULE_OWN
from simulator.rules.ledger import FIRST_VOID, LAST_VOID
from simulator.scenario import library
from tests.engine.builders import with_values

PEOPLE = 40_000


@pytest.fixture(scope="module")
def plan() -> Plan:
    return make_plan(gather(library.scenario("everyday_meetings")))


@pytest.fixture
def agreement(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "benchmarks"))
    import agreement

    return agreement


def farthest(agreement: ModuleType, plan: Plan, other: Plan) -> tuple[float, float]:
    """Distance of the outcome that lies farthest apart between two plans, each with a seed of its own; the limit."""
    totals = sys.modules["outcomes"].engine_totals
    pairs = agreement.compared(plan, totals(plan, 0, 4 * PEOPLE, 1), totals(other, 1, PEOPLE, 1))
    assert len(pairs) > 200
    return max(pair.apart for pair in pairs), agreement.limit(pairs)


@pytest.mark.slow
def test_two_samples_of_one_model_agree(agreement: ModuleType, plan: Plan) -> None:
    apart, limit = farthest(agreement, plan, plan)
    assert apart < limit


@pytest.mark.slow
@pytest.mark.parametrize(("coefficient", "times"), [("habit", 1.5), ("withdraw_inertia", 1.5), ("click_seconds", 1.25)])
def test_samples_of_two_models_do_not_agree(agreement: ModuleType, plan: Plan, coefficient: str, times: float) -> None:
    parameters = plan.inputs.parameters
    changed = with_values(parameters, **{coefficient: times * getattr(parameters, coefficient).value})
    apart, limit = farthest(agreement, plan, make_plan(replace(plan.inputs, parameters=changed)))
    assert apart > limit


def test_the_mesa_model_names_a_rule_for_all_that_is_void(agreement: ModuleType, plan: Plan) -> None:
    pytest.importorskip("mesa", reason="Mesa comes with the extra `bench`")
    from mesa_model.model import Meetings

    model = Meetings(plan.inputs, 1)
    while model.participants < 1_000:
        model.step()
    for totals in sys.modules["outcomes"].mesa_totals(model.ledgers, plan.laws[0].rules):
        void = totals.ledger[:, :, FIRST_VOID : LAST_VOID + 1]
        by_rule = totals.rules.sum(axis=1)
        assert void.any()
        assert np.array_equal(void[:, :, :-1].sum(axis=2), by_rule[:, :, RULE_OWN])
        assert np.array_equal(void[:, :, -1], by_rule[:, :, RULE_MIXED])


def test_an_outcome_of_the_benchmarks_has_the_error_that_its_interval_is_made_of(agreement: ModuleType) -> None:
    # Left out, each of the groups moves the share as far: so there are as many degrees of freedom as can be, three.
    part, whole = np.array([3, 5, 3, 5]), np.array([10, 10, 10, 10])
    found, interval = agreement.value(part, whole), ratio(part, whole)
    assert found.value == interval.value
    for end in (interval.low, interval.high):
        # Wilson: an end lies as many errors from the share as t says, of the error that it would have at that end.
        error = found.error * np.sqrt(end * (1.0 - end) / (found.value * (1.0 - found.value)))
        assert abs(end - found.value) == pytest.approx(t_quantile(3) * error)


@pytest.mark.parametrize(("part", "whole"), [([0, 0, 0, 0], [0, 0, 0, 0]), ([0, 1, 0, 0], [0, 2, 0, 0])])
def test_a_share_of_what_hardly_a_meeting_has_is_a_trifle(
    agreement: ModuleType, part: list[int], whole: list[int]
) -> None:
    assert agreement.value(np.array(part), np.array(whole)).trifling(is_share=True)


@pytest.mark.parametrize(
    ("value", "is_share", "trifling"),
    [
        (0.04, True, True),
        (0.06, True, False),
        (0.94, True, False),
        (0.96, True, True),
        (1.0, True, True),
        (7, False, False),
    ],
)
def test_a_share_near_none_or_all_is_a_trifle(
    agreement: ModuleType, value: float, is_share: bool, trifling: bool
) -> None:
    assert agreement.Value(value, error=0.01).trifling(is_share) is trifling
