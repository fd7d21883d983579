"""What results depend on: methods against functions whose answer is known, and against results of a batch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from simulator.batch import charts, sensitivity
from simulator.batch.bench import Bench
from simulator.batch.cells import Cell, CellResult
from simulator.batch.designs import Factor, lay_out
from simulator.batch.difference import difference, rerun, values_as_text
from simulator.batch.discovery import condition, discover
from simulator.batch.executors import Threads
from simulator.batch.frontier import frontier
from simulator.batch.results import Results, open_results
from simulator.batch.run import run_batch
from simulator.batch.sensitivity import Index, swings
from simulator.batch.wording import wording
from simulator.errors import UsageError
from simulator.scenario.experiment import Varied
from tests.batch.builders import FLOWS, HEAD, SIX, WILLING, prepared
from tests.cli.command import joinlab


def varied(design: str, points: int, **of: object) -> Varied:
    return Varied.model_validate({"design": design, "points": points, "of": of})


def ran(folder: Path, text: str) -> Results:
    return prepared(folder, text).run(folder / "out", executor=Threads(2))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return ran(tmp_path_factory.mktemp("batch"), SIX)


SENSITIVE = """uncertainties:
  design: DESIGN
  points: POINTS
  of:
    population.willing: {range: file}
    population.jurisdictions:
      - {name: europe, value: {EU: 1.0}}
      - {name: america, value: {US-CA: 0.5, US-1P: 0.5}}
      - {name: asia, value: {IN: 1.0}}
"""


def ishigami(points: np.ndarray) -> np.ndarray:
    x = np.pi * (2.0 * points - 1.0)
    return np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def test_sobol_indices_of_the_function_of_ishigami_are_the_known_ones() -> None:
    unit = {"range": [0, 1]}
    block = lay_out(varied("saltelli", 2048, a=unit, b=unit, c=unit), {}, lever=False, seed=1)
    assert len(block) == 2048 * 5
    found = {one.factor: one for one in sensitivity._sobol(block, ishigami(block.parts), {})}
    # Saltelli et al. 2008, section 4.6, for a = 7 and b = 0.1.
    assert [found[name].first for name in "abc"] == pytest.approx([0.3139, 0.4424, 0.0], abs=0.02)
    assert [found[name].total for name in "abc"] == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.02)


def test_a_list_of_words_explains_its_share_of_the_variance_whatever_its_order() -> None:
    effect = {"x": 3.0, "y": -1.0, "z": 0.5}

    def first(order: list[str]) -> float | None:
        block = lay_out(varied("saltelli", 1024, word=order, number={"range": [0, 1]}), {}, lever=False, seed=1)
        samples = [block.sample(number) for number in range(len(block))]
        values = np.array([effect[str(one["word"])] + 2.0 * float(one["number"]) for one in samples])  # type: ignore[arg-type]
        return sensitivity._sobol(block, values, {})[0].first

    expected = np.var(list(effect.values())) / (np.var(list(effect.values())) + 4.0 / 12.0)
    assert first(["x", "y", "z"]) == pytest.approx(expected, abs=0.02)
    assert first(["z", "x", "y"]) == pytest.approx(expected, abs=0.02)


def test_morris_effects_of_a_sum_are_its_coefficients_and_of_a_list_the_mean_gap_of_its_values() -> None:
    of = {"a": {"range": [0, 2]}, "b": {"range": [0, 1]}, "word": ["x", "y", "z"]}
    block = lay_out(varied("morris", 300, **of), {}, lever=False, seed=1)
    effect = {"x": 3.0, "y": -1.0, "z": 0.5}
    samples = [block.sample(number) for number in range(len(block))]
    values = np.array([5.0 * float(one["a"]) - 3.0 * float(one["b"]) + effect[str(one["word"])] for one in samples])  # type: ignore[arg-type]
    found = {one.factor: one for one in sensitivity._morris(block, values, {})}
    assert found["a"].total == pytest.approx(10.0)
    assert found["a"].direction == pytest.approx(10.0)
    assert (found["b"].total, found["b"].direction) == (pytest.approx(3.0), pytest.approx(-3.0))
    gaps = [abs(effect[one] - effect[other]) for one, other in (("x", "y"), ("x", "z"), ("y", "z"))]
    assert found["word"].total == pytest.approx(np.mean(gaps), abs=0.15)
    assert found["word"].direction is None


def test_in_trajectories_of_morris_every_pair_of_words_is_met() -> None:
    block = lay_out(varied("morris", 60, word=["x", "y", "z"], a={"range": [0, 1]}), {}, lever=False, seed=2)
    pairs = set()
    for start in range(0, len(block), 3):
        words = [str(block.sample(start + step)["word"]) for step in range(3)]
        pairs |= {frozenset(pair) for pair in zip(words, words[1:], strict=False) if pair[0] != pair[1]}
    assert pairs == {frozenset("xy"), frozenset("xz"), frozenset("yz")}


@pytest.mark.parametrize(("design", "points", "cells"), [("saltelli", 8, 64), ("morris", 8, 48)])
def test_indices_come_for_each_sample_of_the_levers(tmp_path: Path, design: str, points: int, cells: int) -> None:
    text = HEAD + FLOWS + SENSITIVE.replace("DESIGN", design).replace("POINTS", str(points))
    results = ran(tmp_path, text)
    assert results.store.cells == cells
    found = sensitivity.indices(results, "lawful")
    assert [one.levers["flow"] for one in found] == ["accept_or_leave"] * 2 + ["granular_opt_in"] * 2
    by = {(one.levers["flow"], one.factor): one for one in found}
    law, people = ("population.jurisdictions", "population.willing")
    assert by["accept_or_leave", law].total > by["accept_or_leave", people].total
    assert by["granular_opt_in", people].total > 0.0


def test_indices_of_a_grid_are_refused_with_what_to_do(small: Results) -> None:
    with pytest.raises(UsageError) as raised:
        sensitivity.indices(small, "lawful")
    assert "Give the uncertainties `design: saltelli` or `design: morris`" in str(raised.value)


def test_indices_want_every_cell(tmp_path: Path) -> None:
    made = prepared(tmp_path, HEAD + FLOWS + SENSITIVE.replace("DESIGN", "saltelli").replace("POINTS", "2"))
    results = made.run(tmp_path / "out")
    results.store._failed[3] = True
    results.store._part_of[3] = -1
    with pytest.raises(UsageError, match="1 of 16 cells have no lawful"):
        sensitivity.indices(results, "lawful")


def test_swings_go_from_the_lowest_to_the_highest_mean() -> None:
    frame = pl.DataFrame({"word": ["x", "y", "x", "y"], "number": [1.0, 1.0, 2.0, 2.0], "y": [0.1, 0.5, 0.2, 0.6]})
    factors = [Factor("number", False, (1.0, 2.0)), Factor("word", False, ("x", "y"))]
    found = swings(frame, factors, "y", balanced=True)
    assert [(one.factor, one.at_low, one.at_high) for one in found] == [("word", "x", "y"), ("number", "1", "2")]
    assert (found[0].low, found[0].high) == (pytest.approx(0.15), pytest.approx(0.55))


def test_cells_that_leave_a_factor_as_it_is_in_the_scenario_are_a_part_of_their_own() -> None:
    few = pl.DataFrame({"a": [0.1, None, 0.3, None], "y": [0.1, 0.6, 0.2, 0.8]})
    (found,) = swings(few, [Factor("a", False, (0.1, 0.3))], "y", balanced=False)
    assert (found.at_low, found.low, found.at_high, found.high) == (
        "0.1",
        0.1,
        "as in the scenario",
        pytest.approx(0.7),
    )
    many = pl.DataFrame({"a": [None, *range(20)], "y": [1.0, *range(20)]}, strict=False)
    (found,) = swings(many, [Factor("a", False)], "y", balanced=False)
    assert (found.at_low, found.at_high) == ("as in the scenario", "16 to 19")
    words = pl.DataFrame({"a": ["x", None], "y": [0.1, 0.6]})
    assert swings(words, [Factor("a", False, ("x",))], "y", balanced=False)[0].at_high == "as in the scenario"
    assert swings(words, [Factor("a", False, ("x", None))], "y", balanced=False)[0].at_high == "null"


def test_a_swing_that_chance_gives_is_told_from_one_that_it_does_not() -> None:
    rng = np.random.default_rng(5)
    works, not_works = rng.random(400), rng.random(400)
    frame = pl.DataFrame({"a": works, "b": not_works, "y": works + 0.1 * rng.standard_normal(400)})
    factors = [Factor("a", False), Factor("b", False)]
    found = {one.factor: one for one in swings(frame, factors, "y", balanced=False)}
    assert found["a"].width > found["a"].chance
    assert found["b"].width <= found["b"].chance


def test_the_frontier_holds_what_nothing_beats(small: Results) -> None:
    found = {one.levers["flow"]: one for one in frontier(small, ("+claimed", "+wanted"))}
    assert found["accept_or_leave"].dominated_by is None
    assert found["granular_opt_in"].dominated_by == {"flow": "accept_or_leave"}
    assert (found["accept_or_leave"].often, found["granular_opt_in"].often) == (0.0, 1.0)
    both = frontier(small, ("+claimed", "-overreach"))
    assert [one.dominated_by for one in both] == [None, None]
    mean = small.frame(["claimed"])["claimed"].to_list()[:3]
    assert found["accept_or_leave"].means["claimed"] == pytest.approx(np.mean(mean))


def test_an_aim_says_which_way_is_better(small: Results) -> None:
    with pytest.raises(UsageError, match="Write \\+lawful where more is better"):
        frontier(small, ("lawful",))


def test_an_aim_is_named_once(small: Results) -> None:
    with pytest.raises(UsageError, match="lawful is named twice"):
        frontier(small, ("+lawful", "-lawful"))
    with pytest.raises(UsageError, match="there are no aims"):
        frontier(small, ())


@pytest.mark.slow
def test_analyses_want_cells_that_are_done(tmp_path: Path) -> None:
    made = prepared(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        run_batch(made, tmp_path / "out", executor=Interrupted())
    for analysis in (frontier, lambda results: discover(results, condition("lawful > 0"))):
        with pytest.raises(UsageError, match=r"0 cells are done|no cell is done yet\."):
            analysis(open_results(tmp_path / "out"))
    shown = joinlab("results", "sensitivity", str(tmp_path / "out"))
    assert (shown.code, shown.out) == (2, "")
    assert "no cell is done yet.\n  The same `joinlab batch` goes on with them." in shown.err


def test_a_frontier_wants_cells_with_every_outcome(small: Results) -> None:
    with pytest.raises(UsageError, match=r"no cell has all of lawful, left\.role\.nobody"):
        frontier(small, ("+lawful", "-left.role.nobody"))
    shown = joinlab("results", "sensitivity", str(small.folder), "--outcome", "left.role.nobody")
    assert (shown.code, "no cell has left.role.nobody." in shown.err) == (2, True)


class Interrupted:
    """Runs nothing."""

    name = "interrupted"
    workers = 1

    def results(self, bench: Bench, cells: Iterator[Cell]) -> Iterator[list[CellResult]]:
        yield []
        raise KeyboardInterrupt


def test_limits_that_lead_to_an_outcome_are_discovered(tmp_path: Path) -> None:
    text = HEAD + FLOWS + SENSITIVE.replace("DESIGN", "latin_hypercube").replace("POINTS", "30")
    results = ran(tmp_path, text)
    found = discover(results, condition("lawful > 50%"))
    assert (found.cells, found.left_out) == (60, 0)
    assert 0.0 < found.share < 0.5
    box = found.box
    assert box is not None
    assert box.limits["flow"] == "accept_or_leave"
    assert "europe" not in box.limits["population.jurisdictions"]
    assert box.density > 0.9
    with pytest.raises(UsageError, match=r"no cell has lawful > 99.9 %\.\n  It goes from 0 to [0-9.]+ %\."):
        discover(results, condition("lawful > 0.999"))


def test_cells_that_leave_a_number_as_it_is_are_left_out_of_a_discovery(tmp_path: Path) -> None:
    rows = [f"{flow},{willing:.2f},{veto}" for flow in ("two_buttons", "granular_opt_in")
            for willing, veto in zip(np.linspace(0.1, 0.5, 12), ["true", ""] * 6, strict=True)]  # fmt: skip
    rows += ["two_buttons,,true", "granular_opt_in,,false", "granular_opt_in,,"]
    (tmp_path / "cells.csv").write_text("\n".join(["flow,population.willing,company_veto", *rows]), encoding="utf-8")
    found = discover(ran(tmp_path, HEAD + "table: {file: cells.csv, levers: [flow]}\n"), condition("claimed > 40%"))
    assert (found.cells, found.left_out, found.share) == (24, 3, 0.5)
    assert found.box is not None
    assert found.box.limits == {"flow": "two_buttons"}


@pytest.mark.parametrize("text", ["lawful", "lawful = 3", "< 3", "lawful < 1.2.3", "lawful < .", "lawful < %"])
def test_what_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is not a condition"):
        condition(text)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("lawful < 10%", "lawful < 10 %"),
        ("left >= 0.05", "left >= 5 %"),
        ("lawful.video>2pp", "lawful.video > 2 %"),
        ("lawful > .5", "lawful > 50 %"),
        ("lawful > 1.", "lawful > 100 %"),
        ("seconds_to_join.median > 6", "seconds_to_join.median > 6 s"),
        ("seconds_to_join.p90 <= 6.5 s", "seconds_to_join.p90 <= 6.5 s"),
    ],
)
def test_a_condition_is_written_in_the_unit_of_its_outcome(text: str, written: str) -> None:
    assert str(condition(text)) == written


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("seconds_to_join.median > 6%", "is in seconds.\n  Write seconds_to_join.median > 6s."),
        ("lawful < 6s", "lawful is in per cent.\n  Write lawful < 6%."),
    ],
)
def test_a_condition_in_another_unit_is_refused(text: str, said: str) -> None:
    with pytest.raises(UsageError) as raised:
        condition(text)
    assert said in str(raised.value)


def test_a_cell_run_again_is_the_same(small: Results) -> None:
    found = rerun(small, 4)
    assert found.same
    assert found.moved == ()
    assert found.code == ()


def test_a_cell_run_again_by_other_code_is_told_with_what_moved(
    small: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = type(small.experiment).cell

    def other(self: object, number: int) -> object:
        from dataclasses import replace

        return replace(original(small.experiment, number), seed=8)

    monkeypatch.setattr(type(small.experiment), "cell", other)
    monkeypatch.setattr("simulator.batch.manifest.code_digest", lambda: "another")
    found = rerun(small, 4)
    assert not found.same
    assert found.code == ("the code of joinlab is another.",)
    assert {name for name, before, now in found.moved if before != now} >= {"wanted"}


def test_two_results_differ_in_what_was_changed(small: Results, tmp_path: Path) -> None:
    other = ran(tmp_path, SIX.replace("seed: 7", "seed: 8").replace("[0.1, 0.3, 0.5]", "[0.1, 0.3]"))
    found = difference(small, other, ["wanted"])
    assert "experiment: seed is 8, was 7." in found.inputs
    assert (found.matched, found.only_first, found.only_second) == (4, 2, 0)
    assert found.moved[0].differ == 4
    assert found.moved[0].mean != 0.0
    same = difference(small, small, ["wanted"])
    assert (same.inputs, same.moved[0].differ) == ((), 0)


def test_cells_are_not_compared_with_those_of_other_values(small: Results, tmp_path: Path) -> None:
    other = ran(tmp_path, SIX.replace("population.willing: [0.1, 0.3, 0.5]", "company_veto: [true]"))
    found = difference(small, other, ["wanted"])
    assert any(told.startswith("experiment: uncertainties.of") for told in found.inputs)
    assert (found.only_first, found.only_second, found.matched, found.moved) == (6, 2, 0, ())
    assert found.unmatched == (
        "population.willing is varied in the first only, company_veto is varied in the second only, so that no cells "
        "have the same values."
    )
    assert difference(other, small).unmatched.startswith("company_veto is varied in the first only, population.willing")
    assert difference(small, small).unmatched == ""


def test_cells_are_matched_by_their_values_and_not_by_the_names_of_these(small: Results, tmp_path: Path) -> None:
    names = "[{name: low, value: 0.1}, {name: high, value: 0.5}, {name: mid, value: 0.2}]"
    other = ran(tmp_path, SIX.replace("[0.1, 0.3, 0.5]", names))
    found = difference(small, other, ["wanted"])
    assert (found.matched, found.only_first, found.only_second) == (4, 2, 2)
    assert (
        values_as_text({"a": 1, "b": True}) == values_as_text({"b": True, "a": 1.0}) != values_as_text({"a": 1, "b": 1})
    )
    assert found.moved[0].differ == 0


def test_cells_that_are_there_twice_are_matched_one_to_one(tmp_path: Path) -> None:
    results = ran(tmp_path, HEAD + FLOWS + WILLING.replace("grid", "list").replace("0.3", "0.1"))
    assert difference(results, results, ["wanted"]).matched == 6


def test_charts_are_drawn_as_their_ending_says(small: Results, tmp_path: Path) -> None:
    factors = [factor for factor in small.experiment.layout.factors if not factor.lever]
    found = swings(small.frame(["wanted"]), factors, "wanted", balanced=True)
    charts.save(charts.tornado(found, wording("wanted"), "A title"), tmp_path / "a.svg")
    text = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert "<svg" in text
    assert "population.willing" in text
    assert "<script" not in text
    designs = frontier(small)
    charts.save(charts.frontier(designs, wording("overreach"), wording("lawful"), "A title"), tmp_path / "b.png")
    assert (tmp_path / "b.png").read_bytes().startswith(b"\x89PNG")
    one = Index({"flow": "x"}, "a", 0.1, 0.2, 0.0, 0.0, None, None)
    charts.save(charts.indices([one], wording("lawful"), "A title"), tmp_path / "c.svg")
    assert "total Sobol index of lawful" in (tmp_path / "c.svg").read_text(encoding="utf-8")
    with pytest.raises(UsageError, match="Endings: .svg, .png"):
        charts.save(charts.tornado(found, wording("wanted"), "A title"), tmp_path / "a.pdf")


def test_axes_of_charts_have_the_unit_of_their_outcome_and_the_reading_of_the_law(small: Results) -> None:
    factors = [factor for factor in small.experiment.layout.factors if not factor.lever]
    name = "seconds_to_join.p90"
    found = swings(small.frame([name]), factors, name, balanced=True)
    axis = charts.tornado(found, wording(name), "A title").to_dict()["layer"][0]["encoding"]["x"]
    assert axis["title"] == "mean seconds_to_join.p90, seconds"
    assert "format" not in axis["axis"]
    designs = frontier(small, ("+lawful", f"-{name}"))
    chart = charts.frontier(designs, wording(name), wording("lawful", small.experiment), "A title").to_dict()
    x, y = (chart["layer"][0]["encoding"][way] for way in "xy")
    assert (x["title"], "format" in x["axis"]) == ("seconds_to_join.p90, seconds", False)
    assert (y["title"], y["axis"]["format"]) == ("lawful, strict", "%")
    effect = Index({"flow": "x"}, "a", None, 0.25, None, 0.0, None, 0.1)
    for outcome, title, total in ((name, "seconds", 0.25), ("lawful", "points", 25.0)):
        chart = charts.indices([effect], wording(outcome), "A title").to_dict()
        assert chart["encoding"]["x"]["title"] == f"mean effect on {outcome}, {title}"
        assert next(iter(chart["datasets"].values()))[0]["total"] == total


def test_a_batch_that_was_stopped_still_has_frames(tmp_path: Path) -> None:
    made = prepared(tmp_path)
    run_batch(made, tmp_path / "out", executor=Threads(1))
    assert made.run(tmp_path / "out").frame(["lawful"]).to_pandas().shape == (6, 13)
