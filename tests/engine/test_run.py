"""Runs give the same to the last unit however they are cut up, and other seeds give other runs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.engine import run
from simulator.engine.run import Plan, make_plan, meeting_of, meetings_for, run_meetings
from simulator.engine.tally import CELL_PEOPLE, GROUPS, MEETINGS, PARTICIPANTS, Tally
from simulator.engine.world import make_world, sizes
from simulator.scenario.flow import Flow
from tests.engine.builders import inputs_of
from tests.meetings.test_generate import RECORDED
from tests.strategies import flows

COUNT = 300


@pytest.fixture(scope="module")
def plan(built_in: list[Flow]) -> Plan:
    """All built-in flows, those with officers among them."""
    return make_plan(inputs_of(built_in))


def same(mine: list[Tally], other: list[Tally]) -> bool:
    """Whether two runs are equal to the last unit."""
    return all(
        np.array_equal(getattr(one, name), getattr(two, name))
        for one, two in zip(mine, other, strict=True)
        for name in Tally.__annotations__
    )


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("chunk", [1, 7, 512])
def test_chunks_and_threads_change_nothing(plan: Plan, chunk: int, threads: int) -> None:
    assert same(run_meetings(plan, 9, 0, COUNT, chunk=chunk, threads=threads), run_meetings(plan, 9, 0, COUNT))


def test_a_run_in_two_parts_is_the_run_as_a_whole(plan: Plan) -> None:
    parts = run_meetings(plan, 9, 0, 101)
    for tally, more in zip(parts, run_meetings(plan, 9, 101, COUNT - 101), strict=True):
        tally.add(more)
    assert same(parts, run_meetings(plan, 9, 0, COUNT))


def test_the_same_seed_gives_the_same_run_and_0_is_a_seed_like_any_other(plan: Plan) -> None:
    zero, one, last = (run_meetings(plan, seed, 0, 50) for seed in (0, 1, 2**64 - 1))
    assert same(zero, run_meetings(plan, 0, 0, 50))
    for other in (one, last):
        assert not same(zero, other)
        assert not np.array_equal(zero[0].counts[:, PARTICIPANTS], other[0].counts[:, PARTICIPANTS])


def test_a_flow_has_the_same_numbers_in_every_comparison(plan: Plan, built_in: list[Flow]) -> None:
    together = run_meetings(plan, 4, 0, 60)
    backwards = run_meetings(make_plan(inputs_of(built_in[::-1])), 4, 0, 60)[::-1]
    assert same(together, backwards)
    for flow, tally in zip(built_in, together, strict=True):
        alone = run_meetings(make_plan(inputs_of([flow])), 4, 0, 60)
        assert same(alone, [tally]), flow.id


@given(one=flows(name="one", officers=False), other=flows(name="other"), seed=st.integers(0, 2**64 - 1))
def test_a_flow_with_officers_beside_it_changes_no_other_flow(one: Flow, other: Flow, seed: int) -> None:
    alone = run_meetings(make_plan(inputs_of([one])), seed, 0, 20)
    beside = run_meetings(make_plan(inputs_of([other, one])), seed, 0, 20)
    assert same(alone, beside[1:])


def test_officers_are_more_rows_and_change_nobody_else(plan: Plan) -> None:
    with_officers = make_world(5, 0, 50, plan.meetings, plan.population, officers=True)
    without = make_world(5, 0, 50, plan.meetings, plan.population, officers=False)
    assert (with_officers.meetings["people"] == without.meetings["people"]).all()
    assert len(with_officers.rows) == len(without.rows) + 3 * 50
    meetings = zip(with_officers.meetings, without.meetings, strict=True)
    for mine, other in meetings:
        these = slice(mine["start"], mine["start"] + mine["people"])
        those = slice(other["start"], other["end"])
        assert (with_officers.rows[these] == without.rows[those]).all()
        assert (with_officers.willing[these] == without.willing[those]).all()
        assert (with_officers.produced[these] == without.produced[those]).all()
        assert (with_officers.produced[these.stop : mine["end"]] == 0).all()


def test_recorded_meetings_are_grouped_so_that_each_recurs_in_one_group(two_buttons: Flow) -> None:
    recorded_plan = make_plan(inputs_of([two_buttons], recorded=RECORDED))
    (tally,) = run_meetings(recorded_plan, 1, 0, 30, chunk=4)
    assert tally.counts[:, MEETINGS].tolist() == [10, 10, 10] + [0] * (GROUPS - 3)


@pytest.mark.parametrize("participants", [1, 5, 50, 200])
def test_recorded_meetings_are_met_equally_often(two_buttons: Flow, participants: int) -> None:
    recorded_plan = make_plan(inputs_of([two_buttons], recorded=RECORDED))
    count = meetings_for(recorded_plan, 1, participants)
    assert count % len(RECORDED) == 0
    assert sizes(1, 0, count, recorded_plan.meetings).sum() >= participants
    assert count == len(RECORDED) or sizes(1, 0, count - len(RECORDED), recorded_plan.meetings).sum() < participants


@pytest.mark.parametrize("at_once", [3, 1 << 16])
def test_everybody_is_found_in_their_meeting_and_place(
    plan: Plan, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(run, "_SIZES_AT_ONCE", at_once)
    people = sizes(2, 0, 40, plan.meetings)
    places = [(meeting, place) for meeting, size in enumerate(people) for place in range(size)]
    assert [meeting_of(plan, 2, number + 1) for number in range(len(places))] == places


def test_generated_meetings_are_dealt_to_all_groups_in_turn(two_buttons: Flow) -> None:
    (tally,) = run_meetings(make_plan(inputs_of([two_buttons])), 1, 0, GROUPS + 2, chunk=5)
    assert tally.counts[:, MEETINGS].tolist() == [2, 2] + [1] * (GROUPS - 2)


@pytest.mark.parametrize("at_once", [3, 1 << 16])
@pytest.mark.parametrize("participants", [1, 2, 7, 100, 1000])
def test_just_as_many_whole_meetings_are_taken_as_hold_the_participants_asked_for(
    plan: Plan, monkeypatch: pytest.MonkeyPatch, participants: int, at_once: int
) -> None:
    monkeypatch.setattr(run, "_SIZES_AT_ONCE", at_once)
    count = meetings_for(plan, 2, participants)
    people = sizes(2, 0, count, plan.meetings)
    assert people.sum() >= participants > people[:-1].sum()


def test_progress_is_told_how_far_the_run_is_and_last_that_it_is_done(plan: Plan) -> None:
    told: list[tuple[int, int]] = []
    run_meetings(plan, 1, 0, COUNT, chunk=10, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (COUNT, COUNT)
    assert told == sorted(told)


def test_an_interruption_stops_the_run(plan: Plan) -> None:
    class StoppedError(Exception):
        pass

    def interrupt(done: int, total: int) -> None:
        raise StoppedError

    with pytest.raises(StoppedError):
        run_meetings(plan, 1, 0, 10**7, chunk=512, progress=interrupt)


def test_everyday_people_and_meetings_reach_every_jurisdiction_role_channel_type_and_class(plan: Plan) -> None:
    # Otherwise the tests of this folder would leave some of them untried.
    (tally, *_) = run_meetings(plan, 9, 0, COUNT)
    assert (tally.cells.sum(axis=0)[:, CELL_PEOPLE] > 0).all()
