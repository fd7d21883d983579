"""What a stage amounts to, read off the flow alone."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.scenario import library
from simulator.scenario.flow import Flow
from simulator.scenario.stage_facts import affirmative, forced, no_way_back, unequal_path
from simulator.scenario.vocabulary import Actor, DataCategory, Default, Effect, Purpose, Role

TRAINING = Purpose.TRAINING_FIRST_PARTY


def two_ways(other: dict[str, Any], default: Default) -> Flow:
    """`two_buttons` with the second way and the default replaced."""
    flow = library.flow("two_buttons")
    stage = flow.stages[0]
    yes, no = stage.options
    options = [yes, no.model_copy(update=other)]
    return flow.model_copy(update={"stages": [stage.model_copy(update={"options": options, "default": default})]})


@pytest.mark.parametrize(("default", "free"), [(Default.OFF, True), (Default.NONE, True), (Default.ON, False)])
def test_putting_off_is_a_free_way_on_unless_silence_grants(default: Default, *, free: bool) -> None:
    flow = two_ways({"effect": Effect.DEFER}, default)
    assert (DataCategory.AUDIO not in forced(flow, flow.stages[0], TRAINING)) is free


def test_only_a_refusal_while_staying_counts_as_a_path() -> None:
    longer = two_ways({"clicks": 3}, Default.NONE)
    leaving = two_ways({"clicks": 3, "effect": Effect.LEAVE}, Default.NONE)
    assert DataCategory.AUDIO in unequal_path(longer, longer.stages[0], TRAINING)
    assert unequal_path(leaving, leaving.stages[0], TRAINING) == frozenset()


def way_past(agree: dict[str, Any], other: dict[str, Any], name: str = "two_buttons", **stage: object) -> str | None:
    """Which of the two options of a changed flow is the accustomed way past."""
    flow = library.flow(name)
    yes, no = flow.stages[0].options
    options = [yes.model_copy(update=agree), no.model_copy(update=other)]
    asked = flow.stages[0].model_copy(update={"options": options, **stage})
    found = affirmative(asked, flow.model_copy(update={"stages": [asked]}))
    return None if found is None else ("yes", "other")[options.index(found)]


@pytest.mark.parametrize(
    ("agree", "other", "way"),
    [
        ({}, {}, "yes"),
        ({"clicks": 2}, {"clicks": 1}, "yes"),
        ({"prominence": 0.0}, {}, None),
        ({"prominence": 0.0}, {"effect": Effect.DEFER}, None),
        ({"prominence": 0.0}, {"effect": Effect.NONE}, "other"),
    ],
)
def test_the_accustomed_way_past_is_a_yes_in_sight_else_simply_going_on(
    agree: dict[str, Any], other: dict[str, Any], way: str | None
) -> None:
    assert way_past(agree, other) == way


@pytest.mark.parametrize(
    ("agree", "other", "way"),
    [
        ({}, {}, "yes"),
        ({"clicks": 2}, {"effect": Effect.DEFER}, None),
        ({"clicks": 2}, {"effect": Effect.NONE}, "other"),
        ({"clicks": 2}, {"clicks": 0}, "yes"),
        ({"clicks": 2}, {"effect": Effect.LEAVE}, "yes"),
    ],
)
def test_a_yes_to_switches_that_are_off_must_be_as_near_as_any_other_act(
    agree: dict[str, Any], other: dict[str, Any], way: str | None
) -> None:
    assert way_past(agree, other, "granular_opt_in") == way


def test_saying_yes_to_a_negated_question_denies() -> None:
    assert way_past({}, {}, negated=True) == "other"


def test_to_put_off_is_no_path_to_refusing_but_to_pass_by_without_an_answer_is() -> None:
    later = two_ways({"effect": Effect.DEFER}, Default.OFF)
    assert DataCategory.AUDIO in unequal_path(later, later.stages[0], TRAINING)
    # An option without prominence and clicks stands for giving no answer.
    silent = two_ways({"effect": Effect.DEFER, "prominence": 0.0, "clicks": 0}, Default.OFF)
    assert unequal_path(silent, silent.stages[0], TRAINING) == frozenset()


@pytest.mark.parametrize(("default", "equal"), [(Default.OFF, True), (Default.NONE, True), (Default.ON, False)])
def test_where_one_may_pass_by_the_path_to_refusing_has_no_click_unless_silence_grants(
    default: Default, *, equal: bool
) -> None:
    flow = two_ways({"clicks": 3}, default)
    passed_by = flow.model_copy(update={"stages": [flow.stages[0].model_copy(update={"blocking": False})]})
    assert (unequal_path(passed_by, passed_by.stages[0], TRAINING) == frozenset()) is equal


@pytest.mark.parametrize(
    ("actor", "clicks", "participant", "host"),
    [
        (None, None, True, True),
        (Actor.ADMIN, 1, True, True),
        (Actor.HOST, 1, True, False),
        (Actor.HOST, 2, True, True),
        (Actor.PARTICIPANT, 1, False, False),
        (Actor.PARTICIPANT, 2, True, True),
    ],
)
def test_taking_back_is_as_easy_as_granting_only_for_whom_it_takes_no_more_clicks(
    actor: Actor | None, clicks: int | None, *, participant: bool, host: bool
) -> None:
    flow = library.flow("two_buttons")
    changed = flow.withdrawal.model_copy(update={"actor": actor, "clicks": clicks})
    flow = flow.model_copy(update={"withdrawal": changed})
    found = {role: DataCategory.AUDIO in no_way_back(flow, TRAINING, role) for role in Role}
    assert found == dict.fromkeys(Role, participant) | {Role.HOST: host}
