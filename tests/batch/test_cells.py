"""A cell is the run that `compare` would do, with its totals kept."""

from __future__ import annotations

import zlib
from dataclasses import replace
from pathlib import Path

import pytest

import simulator
from simulator.analysis.outcomes import FlowOutcomes
from simulator.batch.cells import DONE, FAILED, Cell, numbers_of, packed, run_cell, run_of, unpacked
from simulator.batch.outcomes import KEPT, outcome
from simulator.batch.prepared import Prepared
from simulator.engine.run import Run, make_plan, meetings_for, run_meetings
from simulator.errors import UsageError
from simulator.scenario.experiment import Precision
from tests.batch.builders import SIX, prepared


@pytest.fixture
def small(tmp_path: Path) -> Prepared:
    return prepared(tmp_path)


def test_a_cell_gives_what_compare_gives_with_the_same_seed(tmp_path: Path) -> None:
    made = prepared(tmp_path, SIX.replace("[0.1, 0.3, 0.5]", "[0.2]"))
    result = run_cell(made.bench, made.cell(1))
    as_it_is = run_cell(made.bench, replace(made.cell(1), changes={"flow": "granular_opt_in"}))
    compared = simulator.compare(["granular_opt_in"], participants=300, seed=7, threads=1)
    expected = {name: outcome(name)(compared.flows[0]) for name in KEPT}
    assert {name: value for name, value, _, _ in as_it_is.outcomes} == {
        name: one.value for name, one in expected.items()
    }
    assert result.outcomes != as_it_is.outcomes


def test_replications_have_seeds_of_their_own_and_their_totals_add_up(small: Prepared) -> None:
    cell = replace(small.cell(0), replications=3)
    seeds = [cell.seed_of(number) for number in range(3)]
    assert seeds[0] == 7
    assert len(set(seeds)) == 3
    plan = make_plan(small.bench.inputs(cell.changes))
    total = None
    for seed in seeds:
        (tally,) = run_meetings(plan, seed, 0, meetings_for(plan, seed, 300))
        if total is not None:
            tally.add(total)
        total = tally
    result = run_cell(small.bench, cell)
    assert result.replications == 3
    assert total is not None
    assert result.tally == packed(total)


def test_all_cells_meet_the_same_people_unless_they_are_to_have_their_own(small: Prepared) -> None:
    assert small.cell(0).seed_of(1) == small.cell(5).seed_of(1)
    own = [replace(small.cell(number), own_numbers=True) for number in (0, 5)]
    assert len({cell.seed_of(replication) for cell in own for replication in (0, 1)}) == 4


@pytest.mark.parametrize("seed", [0, (1 << 64) - 1])
def test_every_seed_is_a_seed(small: Prepared, seed: int) -> None:
    result = run_cell(small.bench, replace(small.cell(0), seed=seed))
    assert (result.status, result.seed) == (DONE, seed)


def test_a_result_does_not_depend_on_threads(small: Prepared) -> None:
    cell = replace(small.cell(0), participants=5000)
    one, two = (run_cell(small.bench, cell, threads=threads) for threads in (1, 2))
    assert replace(one, seconds=0.0) == replace(two, seconds=0.0)


def test_replications_are_added_until_the_cell_is_precise_and_no_further(small: Prepared) -> None:
    precision = Precision(half_width=0.03, of=["claimed", "wanted"], most_replications=100)
    result = run_cell(small.bench, replace(small.cell(1), precision=precision))
    assert result.reached
    assert 1 < result.replications < 100

    def widest(replications: int) -> float:
        found = run_cell(small.bench, replace(small.cell(1), replications=replications))
        ends = {name: (value, low, high) for name, value, low, high in found.outcomes}
        return max(max(high - value, value - low) for value, low, high in (ends["claimed"], ends["wanted"]))  # type: ignore[operator]

    assert widest(result.replications) <= 0.03 < widest(result.replications - 1)


def test_a_cell_that_cannot_be_so_precise_says_so_at_the_cap(small: Prepared) -> None:
    precision = Precision(half_width=0.0001, most_replications=3)
    result = run_cell(small.bench, replace(small.cell(1), precision=precision))
    assert (result.status, result.reached, result.replications) == (DONE, False, 3)


def test_what_does_not_fit_fails_the_cell_with_a_sentence(small: Prepared) -> None:
    cell = Cell(3, {"flow": "accept_or_leave", "population.willing": 0.99}, 7, False, 300, 1)
    result = run_cell(small.bench, cell)
    assert (result.status, result.seed, result.traceback) == (FAILED, 7, None)
    assert result.error == (
        "office_workers: population.willing: value 0.99 lies outside its range [0.07, 0.54]."
    )  # fmt: skip


def test_a_figure_that_cannot_be_fails_the_cell_with_a_sentence(small: Prepared) -> None:
    given = {"value": 0.3, "range": [0.1, 1.4], "known": "assumption"}
    result = run_cell(small.bench, Cell(3, {"flow": "accept_or_leave", "population.willing": given}, 7, False, 300, 1))
    assert (result.status, result.traceback) == (FAILED, None)
    assert result.error == "office_workers: population.willing.range[1]: 1.4 is out of range; expected at most 1.0."


def test_a_fault_of_the_program_fails_the_cell_and_keeps_the_traceback(
    small: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        msg = "this was not foreseen"
        raise ZeroDivisionError(msg)

    monkeypatch.setattr("simulator.batch.cells.run_meetings", broken)
    result = run_cell(small.bench, small.cell(0))
    assert (result.status, result.error) == (FAILED, "ZeroDivisionError: this was not foreseen")
    assert "in broken" in (result.traceback or "")


def test_a_tally_comes_back_as_it_was(small: Prepared) -> None:
    inputs = small.bench.inputs(small.layout.changes(0))
    plan = make_plan(inputs)
    (tally,) = run_meetings(plan, 7, 0, 50)
    again = unpacked(packed(tally), plan)
    assert packed(again) == packed(tally)
    result = run_cell(small.bench, small.cell(0))
    before = FlowOutcomes(Run(plan=plan, seed=7, meetings=50, tallies=(tally,)), 0)
    assert before.share("claimed", before.headline).value is not None
    run = run_of(inputs, result)
    assert {name: outcome(name)(FlowOutcomes(run, 0)).value for name in KEPT} == {
        name: value for name, value, _, _ in result.outcomes
    }


def test_a_tally_of_another_size_is_refused(small: Prepared) -> None:
    plan = make_plan(small.bench.inputs(small.layout.changes(0)))
    with pytest.raises(ValueError, match="a tally of 3 numbers where"):
        unpacked(zlib.compress(bytes(24)), plan)


def test_a_tally_takes_a_fraction_of_its_size_to_send(small: Prepared) -> None:
    sent = run_cell(small.bench, replace(small.cell(0), participants=20_000)).tally
    assert len(sent) < numbers_of(sent).nbytes / 5


@pytest.mark.parametrize(
    ("name", "guess"),
    [("lawfull", "lawful"), ("lawful.vidio", "lawful.video"), ("distance.rle", "distance.role"), ("left.audio", None)],
)
def test_an_unknown_outcome_is_refused_with_the_nearest(name: str, guess: str | None) -> None:
    with pytest.raises(UsageError) as raised:
        outcome(name)
    assert f"{name!r} is not an outcome." in str(raised.value)
    assert guess is None or f'Did you mean "{guess}"?' in str(raised.value)


def test_a_cell_is_anchored_in_counts_as_a_comparison_is(tmp_path: Path) -> None:
    text = SIX.replace("    population.willing: [0.1, 0.3, 0.5]", "    observed: [live_two_buttons]")
    made = prepared(tmp_path, text)
    result = run_cell(made.bench, made.cell(0))
    compared = simulator.compare(["accept_or_leave"], participants=300, seed=7, threads=1, observed="live_two_buttons")
    assert result.error is None
    assert dict((name, value) for name, value, _, _ in result.outcomes)["claimed"] == (
        compared.flows[0].share("claimed", compared.category).value
    )
