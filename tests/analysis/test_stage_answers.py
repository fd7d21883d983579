"""What people do at each stage, counted."""

from __future__ import annotations

from simulator.analysis.stage_answers import stage_answers
from simulator.engine.people import participants
from simulator.engine.reference import setting_of, walk
from simulator.engine.run import make_plan
from simulator.scenario.vocabulary import Effect
from tests.engine.builders import inputs_of
from tests.engine.by_hand import agree, flow_of, refuse, stage


def test_a_stage_of_the_meeting_counts_once_a_meeting_and_one_of_each_person_once_a_person() -> None:
    flow = flow_of(stage("share", agree(), refuse(), actor="admin"), stage("ask", agree(), refuse()))
    plan = make_plan(inputs_of([flow]))
    found = stage_answers(plan, flow, 3, 40)
    people = participants(plan, 3, 1)
    meetings = [next(people)[0]]
    while sum(len(meeting.people) for meeting in meetings) < 40:
        meeting = next(people)[0]
        meetings += [meeting] if meeting.id != meetings[-1].id else []
    walked = [walk(meeting, flow, setting_of(plan.inputs, flow)) for meeting in meetings]
    asked = [outcome for outcomes in walked for outcome in outcomes if outcome.answers.steps]
    agreed = [outcome for outcome in asked if outcome.answers.steps[0].option.effect is Effect.GRANT]  # type: ignore[union-attr]
    assert found["share"].met == len(meetings)
    assert found["ask"].met == len(asked) > len(agreed) > 0
    assert found["ask"].took[flow.stages[1].options[0].id] == len(agreed)
    assert sum(found["ask"].took.values()) + found["ask"].missed == found["ask"].met
