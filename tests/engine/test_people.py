"""The people of a world, taken out of its arrays by name."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.engine.people import KeyedDraws, meeting_at, participant_at
from simulator.engine.reference_people import PersonDraw, StageDraw
from simulator.engine.run import Plan, make_plan
from simulator.scenario.flow import Flow
from simulator.scenario.vocabulary import Actor, DataCategory, Purpose
from tests.engine.builders import inputs_of
from tests.engine.by_hand import agree, flow_of, refuse, stage

STAGE_DRAWS: tuple[StageDraw, ...] = ("notice", "choice", "recall", "misread", "toggle")
PERSON_DRAWS: tuple[PersonDraw, ...] = ("yields", "overruled", "withdraws")


@pytest.fixture(scope="module")
def plan(two_buttons: Flow) -> Plan:
    """People without officers."""
    return make_plan(inputs_of([two_buttons]))


def test_a_person_has_the_row_of_the_world(plan: Plan) -> None:
    world, inputs = plan.world(3, 10, 5), plan.inputs
    meeting = meeting_at(world, 2, codes=inputs.codes, mix=inputs.mix, population=inputs.population)
    assert meeting.id == 12
    start = int(world.meetings["start"][2])
    for number, person in enumerate(meeting.people):
        row = world.rows[start + number]
        assert person.number == number
        assert person.code == inputs.codes[row["place"]]
        assert person.age == row["age"]
        assert person.chooser.stake == row["stake"]
        assert person.produced[DataCategory.TELEMETRY] == meeting.length_ms
        willing = world.willing[start + number, 0]
        assert person.chooser.willing[DataCategory.AUDIO, Purpose.TRAINING_FIRST_PARTY] == willing
        service = inputs.population.purpose_shift[Purpose.SERVICE].value
        assert person.chooser.willing[DataCategory.AUDIO, Purpose.SERVICE] == willing + service
        secrecy = inputs.population.confidentiality_shift[meeting.confidentiality].value
        ordinary = person.ordinary.willing[DataCategory.AUDIO, Purpose.TRAINING_FIRST_PARTY]
        assert ordinary == pytest.approx(willing - secrecy)
        assert person.ordinary.pressure == 0.0


def test_officers_are_known_by_their_actor_where_a_flow_asks_them() -> None:
    plan = make_plan(inputs_of([flow_of(stage("share", agree(), refuse(), actor="admin"))]))
    inputs = plan.inputs
    meeting = meeting_at(plan.world(3, 0, 1), 0, codes=inputs.codes, mix=inputs.mix, population=inputs.population)
    assert set(meeting.officers) == {Actor.ACCOUNT_OWNER, Actor.ADMIN, Actor.BOT_OWNER}
    stakes = {person.chooser.stake for person in (*meeting.people, *meeting.officers.values())}
    assert len(stakes) == len(meeting.people) + 3


@given(number=st.integers(1, 300))
def test_the_nth_participant_is_the_nth_of_all_meetings_in_order(number: int) -> None:
    plan = make_plan(inputs_of([]))
    world = plan.world(8, 0, 150)
    meeting, person = participant_at(plan, 8, number)
    assert person.chooser.willing[DataCategory.AUDIO, Purpose.TRAINING_FIRST_PARTY] == world.willing[number - 1, 0]
    assert int(world.meetings["start"][meeting.id]) + person.number == number - 1


def test_no_two_draws_of_a_person_are_the_same() -> None:
    stages = flow_of(stage("ask"), stage("again")).stages
    draws = KeyedDraws(np.uint64(7), np.uint64(7))
    found = [
        draws.at_stage(each, showing, what, number)
        for each in stages
        for showing in range(10)
        for what in STAGE_DRAWS
        for number in range(8 if what == "toggle" else 1)
    ] + [draws.once(what) for what in PERSON_DRAWS]
    assert len(set(found)) == len(found) == 2 * 10 * 12 + 3


def test_a_stage_of_the_same_name_meets_the_same_draws_in_every_flow() -> None:
    draws = KeyedDraws(np.uint64(7), np.uint64(7))
    one, other = (flow_of(stage("before"), stage("ask", *options)).stages[1] for options in ([], [agree()]))
    assert draws.at_stage(one, 0, "choice") == draws.at_stage(other, 0, "choice")
