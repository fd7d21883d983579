"""Playing a participant: the same walk, with somebody's decisions in place of drawn ones."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.engine.people import participant_at
from simulator.engine.play import AtStage, AtTurn, Decided, Over, play, seated, with_wishes
from simulator.engine.reference import Outcome, setting_of, walk
from simulator.engine.reference_people import Decision, Step
from simulator.engine.run import make_plan
from simulator.rules.ledger import Cause
from simulator.scenario.flow import Flow
from simulator.scenario.vocabulary import Actor, DataCategory, Effect, Purpose, Role
from tests.engine.builders import inputs_of
from tests.engine.by_hand import agree, flow_of, refuse, stage
from tests.strategies import flows


def _as_drawn(steps: list[Step]) -> list[Decided]:
    """The decisions that the model drew for somebody."""
    return [
        Decision(
            None if step.option is None else step.option.id,
            frozenset(name for name, switch in step.toggles.items() if switch.on),
        )
        for step in steps
        if not step.settled
    ]


def _told(outcome: Outcome) -> tuple[object, ...]:
    return (
        outcome.answers.own,
        outcome.answers.refused,
        outcome.answers.left,
        outcome.cause,
        outcome.rule,
        outcome.claimed,
        outcome.lawful,
        outcome.lenient,
        outcome.wanted,
    )


@given(flow=flows(), number=st.integers(1, 60))
@settings(max_examples=60)
def test_who_plays_what_the_model_drew_gets_what_the_model_gave(flow: Flow, number: int) -> None:
    plan = make_plan(inputs_of([flow]))
    meeting, person = participant_at(plan, 4, number)
    setting = setting_of(plan.inputs, flow)
    drawn = walk(meeting, flow, setting)
    mine, common = drawn[person.number].answers.steps, drawn[0].common.steps
    officers = [step for step in common if step.stage.actor in (Actor.HOST, Actor.PARTICIPANT)]
    decisions = [*(_as_drawn(officers) if person.number == 0 else []), *_as_drawn(mine)]
    causes = drawn[person.number].cause.values()
    moment = play(meeting, person.number, flow, setting, decisions)
    while isinstance(moment, AtTurn):  # what belongs to no stage, in the order in which it comes up
        happened = {
            "yields": any(outcome.cause[c] is Cause.VETOED for outcome in drawn for c in DataCategory),
            "overruled": drawn[person.number].answers.left,
            "withdraws": Cause.WITHDRAWN in causes,
        }[moment.what]
        decisions.append(happened)
        moment = play(meeting, person.number, flow, setting, decisions)
    assert isinstance(moment, Over)
    assert [_told(outcome) for outcome in moment.outcomes] == [_told(outcome) for outcome in drawn]


def test_it_stops_at_the_first_decision_that_is_missing_and_says_what_came_before() -> None:
    flow = flow_of(stage("share", agree(), refuse(), actor="admin"), stage("ask", agree(), refuse()), stage("again"))
    inputs = inputs_of([flow])
    meeting, person = participant_at(make_plan(inputs), 4, 2)
    setting = setting_of(inputs, flow)
    walked = walk(meeting, flow, setting)
    assert not walked[0].common.ended_by_refusal
    first = play(meeting, person.number, flow, setting, [])
    assert isinstance(first, AtStage)
    assert (first.stage.id, first.showing) == ("ask", 0)
    assert [step.stage.id for step in first.common] == ["share"]
    assert first.own.steps == []
    second = play(meeting, person.number, flow, setting, [Decision(flow.stages[1].options[0].id)])
    assert isinstance(second, AtStage)
    assert second.stage.id == "again"
    assert [step.stage.id for step in second.own.steps] == ["ask"]
    assert second.own.steps[0].played == Decision(flow.stages[1].options[0].id)


def test_the_host_is_asked_what_the_host_settles_for_everybody() -> None:
    flow = flow_of(stage("start", agree(), refuse(), actor="host"))
    inputs = inputs_of([flow])
    meeting, _ = participant_at(make_plan(inputs), 4, 1)
    setting = setting_of(inputs, flow)
    moment = play(meeting, 0, flow, setting, [])
    assert isinstance(moment, AtStage)
    assert moment.stage.actor is Actor.HOST
    refusing = next(option.id for option in flow.stages[0].options if option.effect is Effect.DENY)
    over = play(meeting, 0, flow, setting, [Decision(refusing)])
    assert isinstance(over, Over)
    assert all(not outcome.claimed for outcome in over.outcomes)
    assert isinstance(play(meeting, 1, flow, setting, []), Over)


def test_a_decision_that_was_not_asked_for_is_refused() -> None:
    flow = flow_of(stage("ask", agree(), refuse()))
    inputs = inputs_of([flow])
    meeting, _ = participant_at(make_plan(inputs), 4, 1)
    for wrong in (Decision("nonsense"), Decision(None), True):
        with pytest.raises(ValueError, match="stage ask takes one of"):
            play(meeting, 0, flow, setting_of(inputs, flow), [wrong])


def test_what_somebody_wants_replaces_what_the_model_thought_they_want() -> None:
    flow = flow_of(stage("ask", agree(), refuse()))
    inputs = inputs_of([flow])
    meeting, person = participant_at(make_plan(inputs), 4, 1)
    wanted = frozenset({DataCategory.CHAT})
    own = with_wishes(person, wanted, Purpose.TRAINING_FIRST_PARTY)
    taking = Decision(next(option.id for option in flow.stages[0].options if option.effect is Effect.GRANT))
    over = play(seated(meeting, 0, own), 0, flow, setting_of(inputs, flow), [taking, False])
    assert isinstance(over, Over)
    assert over.outcomes[0].wanted == wanted
    assert over.outcomes[0].participant.role is Role.HOST
