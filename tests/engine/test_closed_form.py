"""Shares of simple flows against what can be worked out on paper."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import pytest

from simulator.engine.run import make_plan
from simulator.scenario.flow import Flow
from simulator.scenario.meeting_mix import MeetingMix
from simulator.scenario.stage_facts import draw_order
from simulator.scenario.vocabulary import Confidentiality, Refusal
from tests.engine.builders import by_kernel, everyday, inputs_of, valued, with_values
from tests.engine.by_hand import AUDIO, LEAVE, VIDEO, agree, flow_of, option, refuse, stage, toggle

Z = 4.4
"""Standard errors allowed. With another seed, a right program would fail one such check in 1e-5."""
MEETINGS = 20_000

# Everybody is the same, but for how willing they are.
ALIKE = with_values(
    everyday().parameters,
    value=1.5, habit=2.0, prominence=0.8, first=0.1, preselection=1.0, click=0.35, effort_spread=0.0,
    stake=1.2, stake_subordinate=0.0, stake_host=0.0, stake_spread=0.0, view_only=0.5, stop_for_all=0.7,
    pressure_subordinate=0.0, pressure_other=0.0,
    attention=-0.4, attention_spread=0.0, attention_words=0.25, attention_prompts=0.3, notice=0.6,
)  # fmt: skip
POPULATION = everyday().population.model_copy(
    update={
        "segments": [
            segment.model_copy(update={"shift": valued(segment.shift, 0.0)})
            for segment in everyday().population.segments
        ],
        "category_shift": {
            category: valued(shift, 0.0) for category, shift in everyday().population.category_shift.items()
        },
    }
)
TEXT = "word " * 80
ATTENTION = 1.0 / (1.0 + math.exp(0.4 + 0.25 * math.log(1.0 + 80 / 50)))


def sameness() -> MeetingMix:
    """Internal meetings of two adults, of one type that adds nothing to the stake."""
    kind = everyday().mix.types[0]
    kind = kind.model_copy(
        update={
            "size": kind.size.model_copy(update={"least": 2, "most": 2}),
            "stake": valued(kind.stake, 0.0),
            "confidentiality": {Confidentiality.INTERNAL: 1.0},
        }
    )
    return everyday().mix.model_copy(update={"types": [kind], "recorded_as": kind.id})


def taken(flow: Flow, **values: float) -> npt.NDArray[np.int16]:
    """(people, stages) the option last taken by each, in draw order within the flow; -1 where the default held."""
    plan = make_plan(inputs_of([flow], mix=sameness(), population=POPULATION, parameters=with_values(ALIKE, **values)))
    return by_kernel(plan, plan.world(12, 0, MEETINGS)).choices


def shares_agree(chosen: npt.NDArray[np.int16], expected: Sequence[float]) -> bool:
    """Whether independent people took options 0, 1, ... in these shares, within Z standard errors each."""
    return all(
        abs(float((chosen == index).mean()) - share) < Z * math.sqrt(share * (1.0 - share) / len(chosen))
        for index, share in enumerate(expected)
    )


def softmax(*utilities: float) -> list[float]:
    """Shares by the exponentials of utilities."""
    weights = [math.exp(utility) for utility in utilities]
    return [weight / sum(weights) for weight in weights]


def over_willingness(share: float, utility: float, *others: float) -> list[float]:
    """The mean of a softmax over normal willingness of which the population's share is above 0.

    `utility` is that of the first option at willingness 0; only its value term is added.
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(120)
    base = NormalDist().inv_cdf(share)
    found = np.array([softmax(utility + ATTENTION * 1.5 * (base + z), *others) for z in nodes])
    return (weights @ found / weights.sum()).tolist()


TWO_BUTTONS = flow_of(stage("ask", agree(clicks=1), refuse(clicks=2, prominence=0.25), text=TEXT))
YES = (1.0 - ATTENTION) * 2.0 + 0.8 + 0.1 - 0.35
NO = 0.8 * 0.25 - 0.35 * 2


def test_with_two_buttons_identical_people_choose_by_the_softmax() -> None:
    assert shares_agree(taken(TWO_BUTTONS, value=0.0)[:, 0], softmax(YES, NO))


def test_with_two_buttons_people_who_differ_in_willingness_choose_by_its_mean() -> None:
    expected = over_willingness(POPULATION.willing.value, YES, NO)
    assert abs(expected[0] - softmax(YES, NO)[0]) > 0.03  # so that willingness does something here
    assert shares_agree(taken(TWO_BUTTONS)[:, 0], expected)


@pytest.mark.parametrize(
    ("refusal", "cost"),
    [
        (Refusal.LEAVE, 1.2),
        (Refusal.VIEW_ONLY, 0.6),
        (Refusal.STOP_FOR_ALL, 0.7),
        (Refusal.ASK_HOST, 0.0),
        (Refusal.EXCLUDED, 0.0),
    ],
)
def test_a_refusal_costs_what_its_semantics_say(refusal: Refusal, cost: float) -> None:
    flow = TWO_BUTTONS.model_copy(update={"refusal": refusal})
    assert shares_agree(taken(flow, value=0.0)[:, 0], softmax(YES, NO - cost))


def test_five_options_share_out_by_the_softmax() -> None:
    five = [agree(), option("go_on", "none", prominence=0.5), refuse(prominence=0.25), option("later", "defer"), LEAVE]
    flow = flow_of(stage("ask", *five, text=TEXT))
    habit = (1.0 - ATTENTION) * 2.0
    utilities = [habit + 0.8 + 0.1, 0.4, 0.2, 0.8, 0.8 - 1.2]
    assert [each.id for each in draw_order(flow.stages[0])] == ["agree", "go_on", "refuse", "later", "leave"]
    assert shares_agree(taken(flow, value=0.0)[:, 0], softmax(*(utility - 0.35 for utility in utilities)))


def test_a_stage_that_does_not_block_is_noticed_by_the_share_that_attention_and_notice_give() -> None:
    flow = flow_of(stage("ask", agree(), refuse(), text=TEXT, blocking=False))
    noticed = 1.0 / (1.0 + math.exp(-(math.log(ATTENTION / (1.0 - ATTENTION)) + 0.6)))
    yes, no = softmax((1.0 - ATTENTION) * 2.0 + 0.1, 0.0)
    assert shares_agree(taken(flow, value=0.0)[:, 0], [noticed * yes, noticed * no])


def test_the_second_prompt_gets_less_attention_and_so_more_habit() -> None:
    flow = flow_of(stage("first", agree(), refuse(), text=TEXT), stage("second", agree(VIDEO), refuse(), text=TEXT))
    chosen = taken(flow, value=0.0)
    later = 1.0 / (1.0 + math.exp(-(math.log(ATTENTION / (1.0 - ATTENTION)) - 0.3)))
    assert shares_agree(chosen[:, 0], softmax((1.0 - ATTENTION) * 2.0 + 0.1, 0.0))
    assert shares_agree(chosen[:, 1] - 2, softmax((1.0 - later) * 2.0 + 0.1, 0.0))


def test_a_negated_question_is_turned_round_for_the_share_that_misreads_it() -> None:
    flow = flow_of(stage("ask", agree(), refuse(), text=TEXT, negated=True))
    yes, no = softmax(0.1, (1.0 - ATTENTION) * 2.0)  # habit says yes to what is asked, which is "do NOT"
    assert shares_agree(taken(flow, value=0.0, misread=0.2)[:, 0], [0.8 * yes + 0.2 * no, 0.8 * no + 0.2 * yes])


@pytest.mark.parametrize(("default", "stands"), [("on", 1.0), ("off", -1.0)])
def test_toggles_end_as_set_by_value_habit_and_clicks(default: str, stands: float) -> None:
    switches = [toggle("audio", AUDIO, default=default)]
    flow = flow_of(stage("ask", option("save", "grant", toggles="as_set"), text=TEXT, toggles=switches))
    inputs = inputs_of([flow], mix=sameness(), population=POPULATION, parameters=with_values(ALIKE, value=0.0))
    plan = make_plan(inputs)
    world = plan.world(12, 0, MEETINGS)
    tally = by_kernel(plan, world).tally
    odds = stands * ((1.0 - ATTENTION) * 2.0 + 1.0 + 0.35)
    on = 1.0 / (1.0 + math.exp(-odds))
    seconds = tally.seconds.sum(axis=0)
    flips = seconds.nonzero()[0]
    assert len(flips) == 2  # those who threw the switch needed one click more
    threw = float(seconds[flips[1]] / seconds.sum())
    expected = on if default == "off" else 1.0 - on
    assert abs(threw - expected) < Z * math.sqrt(expected * (1.0 - expected) / seconds.sum())
