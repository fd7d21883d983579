"""The terms of the choice model and what its probabilities do."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.behaviour.choice import (
    Chooser,
    attention_logit,
    best_setting,
    choose,
    mean_value,
    probabilities,
    reading_seconds,
    sigmoid,
    terms,
    toggle_terms,
)
from simulator.scenario import library
from simulator.scenario.flow import Flow
from simulator.scenario.grants import grants_of
from simulator.scenario.vocabulary import DataCategory, Purpose
from tests.engine.builders import with_values
from tests.engine.by_hand import AUDIO, CHAT, LEAVE, VIDEO, agree, flow_of, option, refuse, stage, toggle

UTILITIES = st.lists(st.floats(-30.0, 30.0), min_size=1, max_size=8)

# Every coefficient another number, so that a term cannot pass for another.
PARAMETERS = with_values(
    library.parameters("central"),
    value=2.0, habit=3.0, prominence=5.0, first=7.0, urging=37.0, hidden=41.0, preselection=11.0, click=13.0,
    view_only=0.25, stop_for_all=17.0, officer_benefit=19.0, host_benefit=23.0, attention_words=0.5,
    attention_prompts=0.125, words_per_minute=120.0, decision_seconds=0.5,
)  # fmt: skip
WILLING = {AUDIO: 1.0, CHAT: -0.5, VIDEO: 0.25}
CHOOSER = Chooser(
    attention=-1.0,
    effort=0.5,
    stake=29.0,
    pressure=31.0,
    willing={(word, purpose): WILLING.get(word, 0.0) for word in DataCategory for purpose in Purpose},
)
ATTENTION = 0.25


def weighed(flow: Flow, name: str, chooser: Chooser = CHOOSER) -> dict[str, float]:
    """The terms of an option of the flow's first stage."""
    asked = flow.stages[0]
    chosen = next(option for option in asked.options if option.id == name)
    return terms(chosen, asked, flow, chooser, ATTENTION, PARAMETERS)


@given(utilities=UTILITIES, constant=st.floats(-700.0, 700.0))
def test_adding_a_constant_to_all_utilities_changes_no_probability(utilities: list[float], constant: float) -> None:
    moved = probabilities([utility + constant for utility in utilities])
    assert moved == pytest.approx(probabilities(utilities), rel=1e-10)


@given(UTILITIES)
def test_probabilities_add_up_to_one_and_order_as_utilities_do(utilities: list[float]) -> None:
    shares = probabilities(utilities)
    assert sum(shares) == pytest.approx(1.0)
    for low, high in zip(sorted(utilities), sorted(utilities)[1:], strict=False):
        assert shares[utilities.index(low)] <= shares[utilities.index(high)]


@given(UTILITIES)
def test_odds_are_the_exponential_of_the_difference_in_utility(utilities: list[float]) -> None:
    shares = probabilities(utilities)
    for utility, share in zip(utilities, shares, strict=True):
        assert share / shares[0] == pytest.approx(math.exp(utility - utilities[0]))


@given(data=st.data(), utilities=UTILITIES)
def test_permuting_the_options_permutes_their_probabilities(data: st.DataObject, utilities: list[float]) -> None:
    order = data.draw(st.permutations(range(len(utilities))))
    shares = probabilities(utilities)
    permuted = probabilities([utilities[index] for index in order])
    assert permuted == pytest.approx([shares[index] for index in order])


@given(utilities=UTILITIES, u=st.floats(0.0, 1.0, exclude_min=True, exclude_max=True))
def test_a_draw_falls_into_the_option_whose_part_of_the_whole_holds_it(utilities: list[float], u: float) -> None:
    shares = probabilities(utilities)
    index = choose(utilities, u)
    assert sum(shares[:index]) <= u
    assert index == len(shares) - 1 or u < sum(shares[: index + 1])


@pytest.mark.parametrize("x", [-1e6, -710.0, -1.0, 0.0, 1.0, 710.0, 1e6])
def test_the_sigmoid_takes_any_number(x: float) -> None:
    assert sigmoid(x) + sigmoid(-x) == pytest.approx(1.0)
    assert (sigmoid(x) > 0.5) is (x > 0.0)


def test_every_term_of_the_option_that_goes_on_is_counted_once() -> None:
    flow = flow_of(stage("ask", agree(AUDIO, CHAT, prominence=0.5, clicks=2), refuse(), LEAVE))
    assert weighed(flow, "agree") == {
        "value": ATTENTION * 2.0 * (1.0 - 0.5) / 2,
        "habit": (1.0 - ATTENTION) * 3.0,
        "prominence": 5.0 * 0.5,
        "first": 7.0,
        "clicks": -13.0 * 0.5 * 2,
        "pressure": 31.0,
    }
    assert weighed(flow, "refuse") == {"prominence": 5.0, "clicks": -13.0 * 0.5}
    assert weighed(flow, "leave") == {"prominence": 5.0, "clicks": -13.0 * 0.5, "stake": -29.0}


@pytest.mark.parametrize(
    ("refusal", "cost"),
    [
        ("leave", {"stake": -29.0}),
        ("view_only", {"stake": -29.0 * 0.25}),
        ("stop_for_all", {"veto": -17.0}),
        ("ask_host", {}),
        ("excluded", {}),
    ],
)
def test_what_a_refusal_costs_follows_from_what_happens_to_who_refuses(refusal: str, cost: dict[str, float]) -> None:
    found = weighed(flow_of(stage(), refusal=refusal), "refuse")
    assert {name: found[name] for name in ("stake", "veto") if name in found} == cost


@pytest.mark.parametrize(("actor", "benefit"), [("host", 23.0), ("admin", 19.0), ("account_owner", 19.0)])
def test_officers_gain_by_granting_are_not_pressed_and_lose_no_meeting(actor: str, benefit: float) -> None:
    flow = flow_of(stage("share", agree(), refuse(), LEAVE, actor=actor), refusal="leave")
    granting = weighed(flow, "agree")
    assert granting["benefit"] == benefit
    assert "pressure" not in granting
    for name in ("refuse", "leave"):
        assert weighed(flow, name).keys() <= {"prominence", "clicks"}


@pytest.mark.parametrize(
    ("more", "preselected"),
    [
        ({"default": "on", "blocking": False}, ["agree"]),
        ({"default": "off", "blocking": False}, ["refuse"]),
        ({"default": "none", "blocking": False}, []),
        ({"default": "on", "blocking": True}, []),
        ({"default": "off", "blocking": True, "actor": "admin"}, ["refuse"]),
    ],
)
def test_what_already_stands_is_preselected_and_a_question_that_waits_has_nothing_standing(
    more: dict[str, object], preselected: list[str]
) -> None:
    flow = flow_of(stage(**more))  # type: ignore[arg-type]
    assert [name for name in ("agree", "refuse") if weighed(flow, name).get("preselection") == 11.0] == preselected


def test_what_is_out_of_sight_costs_besides_its_clicks() -> None:
    flow = flow_of(stage("ask", agree(), refuse(prominence=0.0, clicks=2)))
    assert weighed(flow, "refuse") == {"hidden": -41.0, "clicks": -13.0 * 0.5 * 2}
    assert "hidden" not in weighed(flow, "agree")


def test_words_that_push_count_for_the_option_they_push_towards() -> None:
    flow = flow_of(stage("ask", agree(urged=True), refuse()))
    assert weighed(flow, "agree")["urging"] == 37.0
    assert "urging" not in weighed(flow, "refuse")


def test_full_attention_leaves_nothing_to_habit_and_none_leaves_nothing_to_value() -> None:
    flow = flow_of(stage())
    asked = flow.stages[0]
    full, none = (terms(asked.options[0], asked, flow, CHOOSER, attention, PARAMETERS) for attention in (1.0, 0.0))
    assert "habit" not in full
    assert full["value"] == 2.0
    assert "value" not in none
    assert none["habit"] == 3.0


def test_the_value_of_an_offer_is_the_mean_over_what_it_grants() -> None:
    offer = grants_of({AUDIO: [Purpose.SERVICE, Purpose.IMPROVEMENT], CHAT: [Purpose.SERVICE]})
    assert mean_value(offer, CHOOSER) == pytest.approx((1.0 + 1.0 - 0.5) / 3)
    assert mean_value(frozenset(), CHOOSER) == 0.0


def test_setting_toggles_is_worth_what_the_best_setting_would_be_and_costs_its_flips() -> None:
    switches = [toggle("audio", AUDIO), toggle("chat", CHAT, default="on"), toggle("video", VIDEO, default="on")]
    flow = flow_of(stage("ask", option("save", "grant", toggles="as_set"), refuse(), toggles=switches))
    asked = flow.stages[0]
    # Audio is switched on and chat off; chat counts as nothing in a mean of three.
    assert best_setting(asked.options[0], asked, CHOOSER) == (pytest.approx((1.0 + 0.25) / 3), 2)
    found = weighed(flow, "save")
    assert found["value"] == pytest.approx(ATTENTION * 2.0 * 1.25 / 3)
    assert found["clicks"] == -13.0 * 0.5 * (1 + ATTENTION * 2)


def test_a_toggles_terms_weigh_on_against_off_and_pull_towards_how_it_stands() -> None:
    for default, stands in (("on", 1.0), ("off", -1.0)):
        flow = flow_of(
            stage("ask", option("save", "grant", toggles="as_set"), toggles=[toggle("chat", CHAT, default=default)])
        )
        assert toggle_terms(flow.stages[0].toggles[0], CHOOSER, ATTENTION, PARAMETERS) == {
            "value": ATTENTION * 2.0 * -0.5,
            "habit": stands * (1.0 - ATTENTION) * 3.0,
            "preselection": stands * 11.0,
            "clicks": stands * 13.0 * 0.5,
        }


def test_attention_falls_with_the_length_of_the_text_and_with_earlier_prompts() -> None:
    short, long = (flow_of(stage(text="word " * count)).stages[0] for count in (0, 50))
    assert attention_logit(CHOOSER, short, 0, PARAMETERS) == -1.0
    assert attention_logit(CHOOSER, long, 0, PARAMETERS) == pytest.approx(-1.0 - 0.5 * math.log(2.0))
    assert attention_logit(CHOOSER, short, 4, PARAMETERS) == -1.0 - 0.125 * 4


def test_reading_takes_the_time_of_the_words_and_of_each_thing_to_decide() -> None:
    switches = [toggle("audio", AUDIO), toggle("chat", CHAT)]
    asked = flow_of(
        stage("ask", option("save", "grant", toggles="as_set"), refuse(), toggles=switches, text="word " * 60)
    ).stages[0]
    # 60 words at 120 a minute, and two options and two toggles at half a second each.
    assert reading_seconds(asked, 1.0, PARAMETERS) == 32.0
    assert reading_seconds(asked, 0.25, PARAMETERS) == 8.0


def test_the_more_willing_value_an_offer_more() -> None:
    flow = flow_of(stage())
    keen = replace(CHOOSER, willing={grant: value + 1.0 for grant, value in CHOOSER.willing.items()})
    assert weighed(flow, "agree", keen)["value"] == weighed(flow, "agree")["value"] + ATTENTION * 2.0
