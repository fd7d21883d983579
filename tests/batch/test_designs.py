"""Designs: which cells there are, and what is in them."""

from __future__ import annotations

import itertools
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from simulator.batch.designs import Block, Factor, Layout, lay_out
from simulator.errors import ScenarioError, UsageError
from simulator.scenario.experiment import Between, Named, Varied
from tests.batch.builders import FLOWS, HEAD, SIX, prepared


def varied(design: str, points: int | None = None, **of: object) -> Varied:
    return Varied.model_validate({"design": design, "points": points, "of": of})


def values(block: Block) -> list[tuple[object, ...]]:
    return [tuple(block.sample(number).values()) for number in range(len(block))]


def test_a_grid_has_every_combination_and_the_last_factor_changes_fastest() -> None:
    block = lay_out(varied("grid", a=[1, 2], b=["x", "y", "z"]), {}, lever=True, seed=1)
    assert values(block) == list(itertools.product([1, 2], ["x", "y", "z"]))


def test_a_list_goes_from_row_to_row() -> None:
    block = lay_out(varied("list", a=[1, 2, 2], b=["x", "y", "z"]), {}, lever=True, seed=1)
    assert values(block) == [(1, "x"), (2, "y"), (2, "z")]


def test_a_range_in_a_grid_is_cut_evenly_by_difference_or_by_ratio() -> None:
    of = {"a": {"range": [1, 3], "steps": 3}, "b": {"range": [1, 100], "steps": 3, "scale": "log"}}
    block = lay_out(varied("grid", **of), {}, lever=False, seed=1)
    assert [row[0] for row in values(block)[::3]] == [1.0, 2.0, 3.0]
    assert [row[1] for row in values(block)[:3]] == pytest.approx([1.0, 10.0, 100.0])


def test_the_range_of_a_file_is_taken() -> None:
    of = {"population.willing": {"range": "file"}}
    block = lay_out(varied("latin_hypercube", 50, **of), {"population.willing": (0.2, 0.3)}, lever=False, seed=1)
    drawn = [float(row[0]) for row in values(block)]  # type: ignore[arg-type]
    assert 0.2 <= min(drawn) < 0.21
    assert 0.29 < max(drawn) <= 0.3


def test_a_latin_hypercube_has_one_point_in_each_slice_of_each_factor() -> None:
    of = {"a": {"range": [0, 1]}, "b": {"range": [0, 1]}}
    block = lay_out(varied("latin_hypercube", 20, **of), {}, lever=False, seed=1)
    for column in block.parts.T:
        assert sorted((column * 20).astype(int)) == list(range(20))


@pytest.mark.parametrize("design", ["latin_hypercube", "sobol"])
def test_a_list_in_drawn_points_is_met_in_equal_parts(design: str) -> None:
    block = lay_out(varied(design, 64, a=["x", "y"], b={"range": [0, 1]}), {}, lever=False, seed=1)
    assert Counter(row[0] for row in values(block)) == {"x": 32, "y": 32}


def test_the_same_seed_draws_the_same_points_and_another_seed_others() -> None:
    part = varied("sobol", 8, a={"range": [0, 1]})
    first, again, other = (lay_out(part, {}, lever=False, seed=seed).parts for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_correlated_factors_go_together_and_keep_their_own_distribution() -> None:
    from scipy.stats import spearmanr

    part = varied("latin_hypercube", 4000, a={"range": [0, 1]}, b={"range": [0, 1]}, c={"range": [0, 1]})
    tied = {**part.model_dump(mode="json"), "correlations": [{"between": ["a", "b"], "rank": -0.6}]}
    block = lay_out(Varied.model_validate(tied), {}, lever=False, seed=3)
    ranks = spearmanr(block.parts).statistic
    assert ranks[0, 1] == pytest.approx(-0.6, abs=0.04)
    assert ranks[0, 2] == pytest.approx(0.0, abs=0.05)
    for column in block.parts.T:
        assert np.histogram(column, bins=4, range=(0, 1))[0] == pytest.approx([1000] * 4, abs=110)


def test_ranks_that_cannot_hold_together_are_refused() -> None:
    part = varied("sobol", 8, a={"range": [0, 1]}, b={"range": [0, 1]}, c={"range": [0, 1]}).model_dump(mode="json")
    part["correlations"] = [
        {"between": pair, "rank": rank} for pair, rank in ((["a", "b"], 0.9), (["b", "c"], 0.9), (["a", "c"], -0.9))
    ]
    with pytest.raises(UsageError, match="these ranks cannot hold together"):
        lay_out(Varied.model_validate(part), {}, lever=False, seed=3)


def test_every_lever_sample_meets_every_sample_of_the_uncertainties() -> None:
    levers = lay_out(varied("grid", a=[1, 2]), {}, lever=True, seed=1)
    unknown = lay_out(varied("list", b=["x", "y", "z"]), {}, lever=False, seed=1)
    layout = Layout((levers, unknown))
    cells = [tuple(layout.levels(cell).values()) for cell in range(len(layout))]
    assert cells == list(itertools.product([1, 2], ["x", "y", "z"]))


def test_without_a_factor_for_it_each_flow_of_the_scenario_is_one(tmp_path: Path) -> None:
    layout = prepared(tmp_path, SIX.replace(FLOWS, "")).layout
    assert [layout.levels(cell)["flow"] for cell in (0, 3)] == ["accept_or_leave", "granular_opt_in"]
    assert len(layout) == 6


def test_a_table_is_taken_as_it_is_and_an_empty_field_leaves_the_scenario_alone(tmp_path: Path) -> None:
    lines = ["flow,population.willing,company_veto", "two_buttons,0.2,true", "notice_only,,false"]
    (tmp_path / "cells.csv").write_text("\n".join(lines), encoding="utf-8")
    made = prepared(tmp_path, HEAD + "table: {file: cells.csv, levers: [flow]}\n")
    assert [made.layout.levels(cell) for cell in range(2)] == [
        {"flow": "two_buttons", "population.willing": 0.2, "company_veto": True},
        {"flow": "notice_only", "company_veto": False},
    ]
    assert [(factor.path, factor.lever) for factor in made.layout.factors] == [
        ("flow", True), ("population.willing", False), ("company_veto", False),
    ]  # fmt: skip


def test_a_table_without_flows_runs_each_row_with_those_of_the_scenario(tmp_path: Path) -> None:
    (tmp_path / "cells.csv").write_text("population.willing\n0.2\n0.3\n", encoding="utf-8")
    made = prepared(tmp_path, HEAD + "table: {file: cells.csv}\n")
    assert len(made.layout) == 4


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("flow,flow\na,b\n", "1: the column flow is there twice."),
        ("flow,\na,b\n", "1: a column has no name."),
        ("flow,reading\ntwo_buttons\n", "2: the line has 1 fields; expected 2."),
        ("flow\n", "the table has no cells."),
        ("flw\n1\n", 'Did you mean "flw"?'),
    ],
)
def test_a_table_that_cannot_be_used_is_told_with_its_line(tmp_path: Path, lines: str, said: str) -> None:
    (tmp_path / "cells.csv").write_text(lines, encoding="utf-8")
    with pytest.raises(ScenarioError) as raised:
        prepared(tmp_path, HEAD + "table: {file: cells.csv, levers: [flow]}\n")
    assert said.replace('Did you mean "flw"?', "there is no column flow, which `levers` names.") in str(raised.value)


def test_a_quote_that_is_never_closed_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "cells.csv").write_text('flow\ntwo_buttons\n"' + 140_000 * "x\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as raised:
        prepared(tmp_path, HEAD + "table: {file: cells.csv, levers: [flow]}\n")
    assert "cells.csv:3: this field is longer than 131,072 characters.\n  Close the quote" in str(raised.value)


def test_words_are_categories_and_numbers_are_not() -> None:
    assert Factor("a", True, ("x", "y")).categorical
    assert Factor("a", True, (True, False)).categorical
    assert Factor("a", True, (Named(name="low", value=0.1), 0.2)).categorical
    assert not Factor("a", True, (0.1, 0.2)).categorical
    assert not Factor("a", False, (), 0.0, 1.0).categorical
    assert Between(range="file").steps is None
