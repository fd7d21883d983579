"""Standing meetings over weeks: who is asked when, what is kept, and that it is the walk of single meetings."""

from __future__ import annotations

import tracemalloc
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from simulator.draws import child
from simulator.engine.people import meeting_at
from simulator.engine.reference import setting_of, walk
from simulator.engine.run import Plan, make_plan, run_meetings
from simulator.engine.tally import MISSED, WANTED
from simulator.engine.weeks import MEETINGS_A_WEEK, Span, Week, kept_for, one_meeting, run_weeks
from simulator.rules.ledger import CAUSES, ROW_OF
from simulator.scenario import library
from simulator.scenario.flow import Flow
from simulator.scenario.grants import CATEGORIES
from simulator.scenario.reask import AFTER_REFUSAL, AS_DESIGNED, EACH_MEETING, NEVER, Reask
from simulator.scenario.stage_facts import in_account
from simulator.scenario.vocabulary import Actor, Default, Effect, Refusal, Row
from tests.engine.builders import by_kernel, by_reference, differences, inputs_of

TWO_BUTTONS, REMEMBERED = library.flow("two_buttons"), library.flow("remember_my_choice")
NAMES = ("two_buttons", "granular_opt_out", "notice_only", "host_decides", "zoom_iq_trial_aug_2023",
         "dropbox_third_party_ai_2023", "meta_ai_eu_objection_2025")  # fmt: skip
AUDIO = CATEGORIES.index("audio")
CLAIMED = [place for place, cause in enumerate(CAUSES) if ROW_OF[cause] in (Row.VOID, Row.WITHDRAWN, Row.KEPT)]


def acknowledged_then_asked() -> Flow:
    """A notice that one takes note of or leaves, then a question that can be missed."""
    flow = library.flow("host_decides")
    notice = next(stage for stage in flow.stages if stage.actor is Actor.PARTICIPANT)
    (question,) = TWO_BUTTONS.stages
    missed = question.model_copy(update={"id": "question", "blocking": False, "default": Default.OFF})
    return flow.model_copy(update={"stages": [notice, missed], "refusal": Refusal.EXCLUDED})


def plan_of(*flows: Flow) -> Plan:
    return make_plan(one_meeting(inputs_of(flows)))


def over(plan: Plan, span: Span, *, meetings: int = 60, kept: int = 1, threads: int = 1) -> list[list[Week]]:
    return run_weeks(plan, 5, meetings, span, [kept] * len(plan.flows), threads=threads)


def claimed(week: Week) -> int:
    return int(week.tally.ledger[:, AUDIO, CLAIMED].sum())


def test_weeks_have_ten_meetings_and_now_and_then_one_more() -> None:
    span = Span(weeks=20)
    held = Counter(span.week_of(occasion) for occasion in range(span.occasions))
    assert sorted(held) == list(range(20))
    assert Counter(held.values()) == {10: 18, 11: 2}
    assert span.occasions == 20 * MEETINGS_A_WEEK


@pytest.mark.parametrize("a_week", [1.0, 2.5, 3.3, 10.1, 7.0])
def test_every_occasion_has_its_week(a_week: float) -> None:
    span = Span(weeks=13, a_week=a_week)
    weeks = [span.week_of(occasion) for occasion in range(span.occasions)]
    assert weeks == sorted(weeks)
    assert (weeks[0], weeks[-1]) == (0, 12)


def test_the_first_meeting_is_that_of_a_single_run() -> None:
    plan = plan_of(TWO_BUTTONS, library.flow("zoom_iq_trial_aug_2023"))
    ((one, other),) = over(plan, Span(weeks=1, a_week=1.0, fatigue=0.2))
    for found, expected in zip((one, other), run_meetings(plan, 5, 0, 60), strict=True):
        assert np.array_equal(found.tally.ledger, expected.ledger)
        assert np.array_equal(found.tally.counts, expected.counts)


@pytest.mark.parametrize("name", NAMES)
def test_the_kernel_equals_the_reference_for_people_who_are_tired_and_have_settled_things_before(name: str) -> None:
    plan = plan_of(library.flow(name))
    world = plan.world(3, 0, 40)
    rng = np.random.default_rng(1)
    world.rows["tired"] = rng.exponential(1.0, len(world.rows))
    world.rows["account"] = rng.integers(0, 2**63, len(world.rows)).astype(np.uint64)
    assert differences(by_kernel(plan, world), by_reference(plan, world)) == {}


def by_hand(plan: Plan, span: Span, meetings: int, kept: int) -> list[tuple[int, int, int]]:
    """Claimed audio, wanted less missed, and prompts of each week, by the reference walk, one person at a time."""
    flow, inputs = plan.inputs.flows[0], plan.inputs
    setting, world = setting_of(inputs, flow), plan.world(5, 0, meetings)
    first = world.rows["key"].copy()
    asked_in, seen, answer = Counter[int](), Counter[int](), dict[int, str]()
    weeks = [[0, 0, 0] for _ in range(span.weeks)]
    for occasion in range(span.occasions):
        week = weeks[span.week_of(occasion)]
        for index in range(meetings):
            start, people = int(world.meetings[index]["start"]), int(world.meetings[index]["people"])
            due = {}
            for row in range(start, start + people):
                passed = occasion - asked_in[row]
                wanted = {
                    EACH_MEETING: True,
                    AS_DESIGNED: passed >= kept,
                    NEVER: False,
                    AFTER_REFUSAL: answer.get(row) == "deny",
                }.get(span.reask, span.week_of(occasion) - span.week_of(asked_in[row]) >= (span.reask or 0)
                      if isinstance(span.reask, int) else False)  # fmt: skip
                due[row] = occasion == 0 or row not in answer or wanted
                if due[row]:
                    world.rows["key"][row] = child(first[row], occasion) if occasion else first[row]
                    world.rows["tired"][row] = span.fatigue * np.log(1.0 + seen[row])
                    asked_in[row] = occasion
            meeting = meeting_at(world, index, codes=inputs.codes, mix=inputs.mix, population=inputs.population)
            for outcome in walk(meeting, flow, setting):
                row = start + outcome.participant.number
                produced = outcome.participant.produced["audio"]
                week[0] += produced * ("audio" in outcome.claimed)
                week[1] += produced * ("audio" in outcome.claimed & outcome.wanted)
                if due[row]:
                    steps = [step for step in outcome.answers.steps if step.noticed and not in_account(step.stage)]
                    week[2] += len(steps)
                    seen[row] += len(steps)
                    given = [step for step in outcome.answers.steps if not in_account(step.stage)]
                    effects = {step.option.effect if step.option else None for step in given}
                    answer.pop(row, None)
                    if Effect.GRANT in effects or Effect.DENY in effects:
                        answer[row] = "grant" if Effect.GRANT in effects else "deny"
                    elif effects == {Effect.NONE}:
                        answer[row] = "acknowledged"
    return [tuple(week) for week in weeks]


@pytest.mark.parametrize("reask", [AS_DESIGNED, EACH_MEETING, NEVER, AFTER_REFUSAL, 2])
@pytest.mark.parametrize(
    "flow",
    [
        TWO_BUTTONS,
        library.flow("granular_opt_out"),
        library.flow("grammarly_product_improvement"),
        library.flow("accept_or_leave"),
        acknowledged_then_asked(),
    ],
    ids=lambda flow: f"{flow.id}_{len(flow.stages)}",
)
def test_weeks_are_what_the_reference_gives_one_person_at_a_time(flow: Flow, reask: Reask) -> None:
    plan = plan_of(flow)
    span = Span(weeks=4, a_week=2.5, reask=reask, fatigue=0.4)
    found = over(plan, span, meetings=15, kept=3)
    expected = by_hand(plan, span, 15, 3)
    for (week,), (claims, both, prompts) in zip(found, expected, strict=True):
        ledger = week.tally.ledger[:, AUDIO]
        assert claimed(week) == claims
        assert int((ledger[:, WANTED] - ledger[:, MISSED]).sum()) == both
        assert int(week.prompts.sum()) == prompts


def test_threads_and_other_flows_change_nothing() -> None:
    span = Span(weeks=3, a_week=3.0, reask=AFTER_REFUSAL, fatigue=0.2)
    alone = over(plan_of(TWO_BUTTONS), span, meetings=300)
    both = over(plan_of(library.flow("accept_or_leave"), TWO_BUTTONS), span, meetings=300, threads=2)
    for (one,), (_, other) in zip(alone, both, strict=True):
        assert np.array_equal(one.tally.ledger, other.tally.ledger)
        assert np.array_equal(one.tally.counts, other.tally.counts)
        assert np.array_equal(one.prompts, other.prompts)


def test_threads_take_no_memory_for_weeks_of_their_own() -> None:
    plan = plan_of(TWO_BUTTONS)

    def peak(threads: int) -> int:
        tracemalloc.start()
        over(plan, Span(weeks=104, a_week=1.0, reask=NEVER), meetings=4, threads=threads)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    over(plan, Span(weeks=1, a_week=1.0), meetings=4)  # what is compiled first is not counted
    assert peak(8) < 1.5 * peak(1)


def test_an_answer_that_is_kept_is_not_asked_for_and_stays() -> None:
    weeks = [week for (week,) in over(plan_of(TWO_BUTTONS), Span(weeks=4, a_week=2.0, reask=NEVER, fatigue=0.2))]
    people = int(weeks[0].asked.sum())
    assert [int(week.asked.sum()) for week in weeks] == [people, 0, 0, 0]
    assert len({claimed(week) for week in weeks}) == 1


def test_what_the_flow_remembers_is_asked_for_again_when_it_has_run_out() -> None:
    assert kept_for(REMEMBERED) == 20
    assert kept_for(TWO_BUTTONS) == 1
    weeks = [week for (week,) in over(plan_of(REMEMBERED), Span(weeks=5, a_week=10.0), kept=20)]
    assert [bool(week.asked.sum()) for week in weeks] == [True, False, True, False, True]


def test_asking_only_those_who_refused_claims_more_each_week() -> None:
    weeks = [week for (week,) in over(plan_of(TWO_BUTTONS), Span(weeks=5, a_week=1.0, reask=AFTER_REFUSAL))]
    claims, asked = [claimed(week) for week in weeks], [int(week.asked.sum()) for week in weeks]
    assert claims == sorted(claims)
    assert claims[-1] > claims[0]
    assert asked == sorted(asked, reverse=True)


def test_who_left_has_not_answered_and_is_asked_in_the_next_meeting() -> None:
    (first,), (second,) = over(plan_of(library.flow("accept_or_leave")), Span(weeks=2, a_week=1.0, reask=NEVER))
    assert int(second.asked.sum()) == int(first.tally.counts[:, 1].sum()) > 0


@pytest.mark.parametrize("reask", [NEVER, 2])
def test_who_acknowledged_a_notice_has_answered_and_who_left_has_not(reask: Reask) -> None:
    plan = plan_of(library.flow("host_decides"))
    (first,), (second,) = over(plan, Span(weeks=2, a_week=1.0, reask=reask), meetings=600)
    left, told = int(first.tally.counts[:, 1].sum()), int(first.prompts.sum())
    assert told > 10 * left
    # A host who left has answered for the meeting, and is not asked again.
    assert 0 < int(second.asked.sum()) <= left


@pytest.mark.parametrize("reask", [EACH_MEETING, AFTER_REFUSAL, 1])
def test_what_people_settle_in_their_account_is_settled_once(reask: Reask) -> None:
    flow = library.flow("meta_ai_eu_objection_2025")
    assert all(in_account(stage) for stage in flow.stages)
    weeks = [week for (week,) in over(plan_of(flow), Span(weeks=3, a_week=2.0, reask=reask, fatigue=2.0))]
    assert len({claimed(week) for week in weeks}) == 1
    assert sum(int(week.prompts.sum()) for week in weeks) == 0
    assert sum(int(week.asked.sum()) for week in weeks) == 0


def test_tired_people_go_by_habit_and_others_do_not_change() -> None:
    def last_over_first(fatigue: float) -> float:
        weeks = over(plan_of(TWO_BUTTONS), Span(weeks=6, a_week=5.0, fatigue=fatigue), meetings=400)
        return claimed(weeks[-1][0]) / claimed(weeks[0][0])

    assert last_over_first(0.0) == pytest.approx(1.0, abs=0.03)
    assert last_over_first(1.0) > 1.05


def test_nothing_is_left_of_what_a_single_meeting_recalls() -> None:
    inputs = one_meeting(inputs_of([REMEMBERED]))
    assert [stage.remember for flow in inputs.flows for stage in flow.stages] == [None]
    assert replace(inputs, flows=(REMEMBERED,)).flows[0].stages[0].remember == 20
