"""Comparisons: the same people under every flow, as many as a precision asks for, however the run is cut."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulator.analysis.comparison import MOST_PARTICIPANTS, Comparison, growing_comparison, run_comparison
from simulator.analysis.outcomes import COMPARED
from simulator.api import prepare
from simulator.engine.inputs import Inputs
from simulator.engine.run import make_plan, meetings_for, run_meetings
from simulator.engine.tally import Tally
from simulator.scenario.vocabulary import DataCategory, Reading
from simulator.text.formats import as_dict
from tests.analysis.runs import SEED, inputs

PAIR = ("accept_or_leave", "granular_opt_in")


def equal(first: tuple[Tally, ...] | list[Tally], second: tuple[Tally, ...] | list[Tally]) -> bool:
    """Whether two results are the same to the last unit."""
    return len(first) == len(second) and all(
        np.array_equal(getattr(one, name), getattr(other, name))
        for one, other in zip(first, second, strict=True)
        for name in Tally.__annotations__
    )


def recorded(folder: Path, **speech: list[int]) -> Inputs:
    """Inputs with recorded meetings: seconds of speech of each of their people."""
    file = folder / "meetings.csv"
    lines = ["meeting,participant,seconds,length_seconds"]
    for meeting, seconds in speech.items():
        lines += [f"{meeting},p{number},{given},3600" for number, given in enumerate(seconds)]
    file.write_text("\n".join(lines), encoding="utf-8")
    return prepare(["accept_or_leave", "any_refusal_stops"], meetings=[file])


def test_a_comparison_holds_its_flows_in_order_and_at_least_the_people_asked_for() -> None:
    found = run_comparison(inputs(*PAIR), participants=700, seed=SEED)
    assert [flow.flow.id for flow in found.flows] == list(PAIR)
    assert found.category is DataCategory.AUDIO
    plan = found.run.plan
    assert found.run.participants >= 700
    before = run_meetings(plan, SEED, 0, found.run.meetings - 1)
    assert before[0].counts[:, 0].sum() < 700


def test_every_flow_meets_the_same_people_and_meetings() -> None:
    first, *others = run_comparison(inputs(*PAIR, "host_decides"), participants=700, seed=SEED).run.tallies
    assert others
    for other in others:
        assert (other.counts[:, [0, 2]] == first.counts[:, [0, 2]]).all()


def test_differences_are_those_from_the_first_flow_outcome_by_outcome() -> None:
    found = run_comparison(inputs(*PAIR, "host_decides"), participants=700, seed=SEED)
    named = [(item.flow, item.baseline, item.outcome) for item in found.differences()]
    assert named == [(flow, PAIR[0], outcome) for flow in (PAIR[1], "host_decides") for outcome in COMPARED]
    for item in found.differences():
        flow = next(flow for flow in found.flows if flow.flow.id == item.flow)
        shares = [each.share(item.outcome, found.category).value for each in (flow, found.flows[0])]
        assert item.estimate.value == pytest.approx(shares[0] - shares[1])


def test_the_order_of_two_flows_turns_the_differences_round() -> None:
    there = run_comparison(inputs(*PAIR), participants=700, seed=SEED)
    back = run_comparison(inputs(*reversed(PAIR)), participants=700, seed=SEED)
    for one, other in zip(there.differences(), back.differences(), strict=True):
        assert one.estimate.value == pytest.approx(-other.estimate.value)
        assert one.estimate.reach == pytest.approx(other.estimate.reach)


def test_adding_a_flow_changes_nothing_about_the_others() -> None:
    without = as_dict(run_comparison(inputs(*PAIR), participants=1500, seed=SEED), by="role")
    more = as_dict(
        run_comparison(inputs(PAIR[0], "zoom_iq_trial_aug_2023", PAIR[1]), participants=1500, seed=SEED), by="role"
    )
    assert [flow for flow in more["flows"] if flow["id"] in PAIR] == without["flows"]
    assert more["run"] == without["run"]
    assert [item for item in more["differences"] if item["flow"] == PAIR[1]] == without["differences"]


def test_where_the_reading_is_open_lawful_runs_from_the_strict_reading_to_the_lenient() -> None:
    flows = ("accept_or_leave", "two_buttons", "notice_only")
    both, strict, lenient = (
        run_comparison(prepare(flows, reading=reading), participants=1500, seed=SEED)
        for reading in (None, Reading.STRICT, Reading.LENIENT)
    )
    assert (both.ranged, strict.ranged, lenient.ranged) == (True, False, False)
    assert any(
        flow.share("lawful", both.category) != flow.share("lawful_lenient", both.category) for flow in both.flows
    )
    for number, flow in enumerate(both.flows):
        for outcome, read in (("lawful", strict), ("lawful_lenient", lenient)):
            assert flow.share(outcome, both.category) == read.flows[number].share("lawful", read.category)
            assert flow.share(outcome, both.category) == read.flows[number].share("lawful_lenient", read.category)


def test_the_same_seed_gives_the_same_comparison_on_any_number_of_threads() -> None:
    one, two = (run_comparison(inputs(*PAIR), participants=6000, seed=SEED, threads=n) for n in (1, 2))
    assert equal(one.run.tallies, two.run.tallies)


def test_without_a_seed_runs_differ_and_each_can_be_repeated_from_the_seed_it_records() -> None:
    first, second = (run_comparison(inputs(*PAIR), participants=500) for _ in range(2))
    assert first.run.seed != second.run.seed
    assert not equal(first.run.tallies, second.run.tallies)
    again = run_comparison(inputs(*PAIR), participants=500, seed=first.run.seed)
    assert equal(first.run.tallies, again.run.tallies)


def test_a_seed_of_0_is_a_seed() -> None:
    first, second = (run_comparison(inputs(*PAIR), participants=500, seed=0) for _ in range(2))
    assert first.run.seed == 0
    assert equal(first.run.tallies, second.run.tallies)
    assert not equal(first.run.tallies, run_comparison(inputs(*PAIR), participants=500, seed=1).run.tallies)


def test_progress_ends_with_everything_done() -> None:
    told: list[tuple[int, int]] = []
    found = run_comparison(inputs(*PAIR), participants=500, seed=SEED, progress=lambda *step: told.append(step))
    assert told[-1] == (found.run.meetings, found.run.meetings)
    assert all(0 <= done <= total for done, total in told)


def test_the_widest_interval_is_the_widest_of_shares_and_differences() -> None:
    found = run_comparison(inputs(*PAIR), participants=2000, seed=SEED)
    widths = [flow.share(outcome, found.category).reach for flow in found.flows for outcome in COMPARED]
    widths += [item.estimate.reach for item in found.differences()]
    assert found.widest() == max(widths)


def test_where_an_interval_is_not_defined_there_is_no_widest() -> None:
    assert run_comparison(inputs(*PAIR), participants=1, seed=SEED).widest() is None


def test_meetings_are_added_until_the_precision_is_reached() -> None:
    short = run_comparison(inputs(*PAIR), participants=500, seed=SEED)
    assert short.widest() > 0.03
    found = run_comparison(inputs(*PAIR), participants=500, seed=SEED, precision=0.03)
    assert found.widest() <= 0.03
    assert found.run.meetings > short.run.meetings
    # Not many more than were needed: a third of them would not have done.
    third = run_comparison(inputs(*PAIR), participants=found.run.participants // 3, seed=SEED)
    assert third.widest() > 0.03


def test_a_precision_that_is_already_reached_adds_nothing() -> None:
    found = run_comparison(inputs(*PAIR), participants=2000, seed=SEED)
    assert run_comparison(inputs(*PAIR), participants=2000, seed=SEED, precision=0.4).run.meetings == found.run.meetings


def test_a_precision_beyond_reach_is_given_up_at_once_and_said_what_it_would_take() -> None:
    plain = run_comparison(inputs(*PAIR), participants=20_000, seed=SEED)
    found = run_comparison(inputs(*PAIR), participants=20_000, seed=SEED, precision=1e-8)
    assert found.run.meetings == plain.run.meetings
    assert found.participants_for(1e-8) == pytest.approx(found.run.participants * (found.widest() / 1e-8) ** 2)
    assert found.participants_for(1e-8) > MOST_PARTICIPANTS


def test_the_rounds_of_a_precision_go_on_where_the_one_before_ended() -> None:
    told: list[tuple[int, int]] = []
    found = run_comparison(
        inputs(*PAIR), participants=300, seed=SEED, precision=0.05, progress=lambda *step: told.append(step)
    )
    assert told[-1] == (found.run.meetings, found.run.meetings)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_a_precision_is_reached_from_a_single_meeting_too() -> None:
    found = run_comparison(inputs(*PAIR), participants=1, seed=SEED, precision=0.2)
    assert found.widest() <= 0.2


def test_a_run_that_was_extended_is_the_run_in_one_go() -> None:
    grown = run_comparison(inputs(*PAIR), participants=300, seed=SEED, precision=0.05).run
    assert grown.meetings > meetings_for(grown.plan, SEED, 300)
    assert equal(grown.tallies, run_meetings(grown.plan, SEED, 0, grown.meetings))


def test_any_cut_of_the_meetings_adds_up_to_the_whole() -> None:
    plan = make_plan(inputs(*PAIR))
    whole = run_meetings(plan, SEED, 0, 200)
    parts = [run_meetings(plan, SEED, first, count, chunk=7) for first, count in ((0, 1), (1, 130), (131, 69))]
    for other in parts[1:]:
        for tally, piece in zip(parts[0], other, strict=True):
            tally.add(piece)
    assert equal(whole, parts[0])


def test_recorded_meetings_that_differ_stop_a_precision_that_more_people_cannot_reach(tmp_path: Path) -> None:
    few_and_many = recorded(tmp_path, two=[900, 600], twelve=[200] * 12)
    found = run_comparison(few_and_many, participants=2000, seed=SEED, precision=0.001)
    assert found.widest() > 0.001
    assert found.run.participants < MOST_PARTICIPANTS / 100


def test_recorded_meetings_that_are_alike_reach_a_precision(tmp_path: Path) -> None:
    alike = recorded(tmp_path, **{f"m{number}": [300, 200, 100] for number in range(8)})
    found = run_comparison(alike, participants=500, seed=SEED, precision=0.05)
    assert found.widest() <= 0.05
    assert found.run.participants > 1000


def test_a_place_that_few_copies_of_recorded_meetings_hold_is_no_better_known_than_by_so_few(tmp_path: Path) -> None:
    alike = recorded(tmp_path, **{f"m{number}": [300, 200, 100, 50] for number in range(8)})
    flow = run_comparison(alike, participants=800, seed=SEED).flows[0]
    cells = [cell for cell in flow.cells("jurisdiction").values() if cell.share("left").value == 0.0]
    unseen = [cell for cell in cells if cell.share("left").reach is not None]
    assert unseen
    for cell in unseen:
        # People of one place come together, four to a meeting: so many of the 200 meetings are all that tell.
        meetings = max(cell.participants / 4, 1.0)
        assert cell.share("left").high > 0.8 * 3.84 / (meetings + 3.84)


def test_one_recorded_meeting_has_no_intervals_and_stops_a_precision(tmp_path: Path) -> None:
    told: list[int] = []

    def stop_late(done: int, total: int) -> None:
        told.append(total)
        assert total < 100_000, "it goes on for ever"

    found = run_comparison(
        recorded(tmp_path, only=[900, 600]), participants=500, seed=SEED, precision=0.05, progress=stop_late
    )
    assert told
    assert found.widest() is None
    assert isinstance(found, Comparison)


def test_a_growing_comparison_ends_as_the_whole_one_to_the_last_unit() -> None:
    told: list[tuple[int, int]] = []
    *before, last = growing_comparison(
        inputs(*PAIR), participants=20_000, seed=SEED, threads=2, progress=lambda *so_far: told.append(so_far)
    )
    whole = run_comparison(inputs(*PAIR), participants=20_000, seed=SEED)
    assert equal(last.run.tallies, whole.run.tallies)
    grown = [found.run.meetings for found in (*before, last)]
    assert len(grown) > 2
    assert grown == sorted(set(grown))
    assert {total for _, total in told} == {whole.run.meetings}


def test_a_growing_comparison_that_is_told_to_stop_stops_between_two_chunks() -> None:
    def enough(done: int, total: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(growing_comparison(inputs(*PAIR), participants=2_000_000, seed=SEED, threads=2, progress=enough))


def test_a_growing_comparison_meets_recorded_meetings_equally_often(tmp_path: Path) -> None:
    given = recorded(tmp_path, standup=[60, 120, 30], review=[900, 20], one_to_one=[300, 280])
    for found in growing_comparison(given, participants=20_000, seed=SEED):
        assert found.run.meetings % 3 == 0
