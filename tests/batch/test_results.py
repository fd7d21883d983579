"""Results as frames, and outcomes that were not thought of when the experiment ran."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import simulator
from simulator.analysis.estimates import Estimate
from simulator.analysis.outcomes import FlowOutcomes
from simulator.batch import load_experiment, open_results
from simulator.batch.results import Results
from simulator.errors import UsageError
from tests.batch.builders import SIX, written


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    folder = tmp_path_factory.mktemp("batch")
    return load_experiment(written(folder)).run(folder / "out")


def test_a_frame_has_a_row_for_each_cell_with_factors_and_outcomes(results: Results) -> None:
    frame = results.frame(["claimed", "left"])
    assert frame.columns == [
        "cell", "flow", "population.willing", "status", "seed", "replications", "meetings", "participants", "reached",
        "error", "claimed", "claimed_low", "claimed_high", "left", "left_low", "left_high",
    ]  # fmt: skip
    assert frame["flow"].to_list() == ["accept_or_leave"] * 3 + ["granular_opt_in"] * 3
    assert frame["population.willing"].to_list() == [0.1, 0.3, 0.5] * 2
    assert frame["cell"].to_list() == list(range(6))
    assert (frame["claimed_low"] <= frame["claimed"]).all()


def test_an_outcome_that_is_named_twice_is_one_column(results: Results) -> None:
    for name in ("lawful", "lawful.video"):
        assert results.frame([name, name]).equals(results.frame([name]))


def test_a_frame_never_holds_rows_of_outcomes_that_it_does_not_show(
    results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = []
    concat = pl.concat

    def watched(frames: list[pl.DataFrame], **how: object) -> pl.DataFrame:
        found = concat(frames, **how)
        held.append(found.height if "outcome" in found.columns else 0)
        return found

    monkeypatch.setattr(pl, "concat", watched)
    results.frame(["claimed", "left"])
    assert max(held) == 2 * 6


def test_the_parquet_files_hold_what_the_frames_do(results: Results) -> None:
    for table in ("cells", "outcomes", "ledger", "segments"):
        assert pl.read_parquet(results.folder / table / "*.parquet").equals(results.table(table))


def test_rows_of_the_ledger_add_up_to_the_same_for_both_flows(results: Results) -> None:
    produced = results.table("ledger").group_by("cell", "category").agg(pl.col("amount").sum()).sort("cell", "category")
    first = produced.filter(pl.col("cell") == 0)["amount"]
    for cell in range(1, 6):
        assert produced.filter(pl.col("cell") == cell)["amount"].to_list() == pytest.approx(first.to_list())


def test_parts_of_a_breakdown_add_up_to_all_participants(results: Results) -> None:
    people = results.table("segments").group_by("cell", "breakdown").agg(pl.col("participants").sum())
    expected = dict(results.table("cells").select("cell", "participants").iter_rows())
    assert all(count == expected[cell] for cell, _, count in people.iter_rows())


def test_a_new_outcome_is_computed_from_stored_totals_alone(results: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    def walked(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr("simulator.engine.run.run_meetings", walked)
    monkeypatch.setattr("simulator.batch.cells.run_meetings", walked)
    frame = results.frame(["lawful.video", "wanted.jurisdiction.DE", "effective_share.role"])
    assert frame["lawful.video"].null_count() == 0

    def claimed_and_wanted(flow: FlowOutcomes) -> Estimate:
        part, whole = flow.parts("wanted", flow.headline)
        missed, _ = flow.parts("missed", flow.headline)
        return Estimate(float((part - missed).sum() / whole.sum()), None, None)

    found = results.outcome(claimed_and_wanted)
    both = results.frame(["wanted", "missed"])
    assert found["value"].to_list() == pytest.approx((both["wanted"] - both["missed"]).to_list())


def test_a_stored_outcome_and_the_same_from_totals_are_equal(results: Results) -> None:
    assert results.outcome("lawful")["value"].to_list() == results.frame(["lawful"])["lawful"].to_list()


def test_differences_are_those_of_a_comparison(results: Results, tmp_path: Path) -> None:
    made = load_experiment(
        written(tmp_path, SIX.replace("    population.willing: [0.1, 0.3, 0.5]", "    company_veto: [false]"))
    )
    made.run(tmp_path / "out")
    compared = simulator.compare(["accept_or_leave", "granular_opt_in"], participants=300, seed=7, threads=1)
    for outcome in ("claimed", "lawful", "left"):
        found = open_results(tmp_path / "out").differences("flow", "accept_or_leave", outcome)
        (expected,) = [one.estimate for one in compared.differences() if one.outcome == outcome]
        assert found.select("value", "low", "high").row(0) == (expected.value, expected.low, expected.high)
    assert results.differences("flow", "accept_or_leave", "wanted")["value"].to_list() == [0.0, 0.0, 0.0]
    assert len(results.differences("population.willing", 0.1)) == 4


@pytest.mark.parametrize(
    ("path", "baseline", "said"),
    [
        ("flw", "x", 'Did you mean "flow"?'),
        ("flow", "accept_or_leav", 'Did you mean "accept_or_leave"?'),
    ],
)
def test_a_difference_of_nothing_is_refused(results: Results, path: str, baseline: str, said: str) -> None:
    with pytest.raises(UsageError) as raised:
        results.differences(path, baseline)
    assert said in str(raised.value)


def test_an_unknown_table_is_refused(results: Results) -> None:
    with pytest.raises(UsageError, match='Did you mean "ledger"'):
        results.table("leger")


def test_numbers_with_names_go_by_their_names(tmp_path: Path) -> None:
    names = "[{name: low, value: 0.1}, {name: high, value: 0.5}, 0.3]"
    results = load_experiment(written(tmp_path, SIX.replace("[0.1, 0.3, 0.5]", names))).run(tmp_path / "out")
    frame = results.frame(["wanted"])
    assert frame["population.willing"].to_list() == ["low", "high", "0.3"] * 2
    assert frame["wanted"][0] < frame["wanted"][2] < frame["wanted"][1]
    assert len(results.differences("population.willing", "low")) == 4
