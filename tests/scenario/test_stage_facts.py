"""What a stage amounts to, read off the flow alone."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.scenario import library
from simulator.scenario.flow import Flow
from simulator.scenario.stage_facts import affirmative, forced, unequal_path
from simulator.scenario.vocabulary import DataCategory, Default, Effect, Purpose

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


def way_past(agree: dict[str, Any], other: dict[str, Any], **stage: object) -> str | None:
    """Which option of a changed `two_buttons` is the accustomed way past."""
    flow = library.flow("two_buttons")
    yes, no = flow.stages[0].options
    options = [yes.model_copy(update=agree), no.model_copy(update=other)]
    asked = flow.stages[0].model_copy(update={"options": options, **stage})
    found = affirmative(asked, flow.model_copy(update={"stages": [asked]}))
    return None if found is None else found.id


@pytest.mark.parametrize(
    ("agree", "other", "way"),
    [
        ({}, {}, "agree"),
        ({"clicks": 2}, {"clicks": 1}, None),
        ({"clicks": 2}, {"clicks": 1, "effect": Effect.DEFER}, "continue_without"),
        ({"clicks": 2}, {"clicks": 1, "effect": Effect.NONE}, "continue_without"),
        ({"clicks": 2}, {"clicks": 0}, "agree"),
        ({"clicks": 2}, {"clicks": 1, "effect": Effect.LEAVE}, "agree"),
    ],
)
def test_the_accustomed_way_past_is_the_yes_unless_another_act_is_nearer(
    agree: dict[str, Any], other: dict[str, Any], way: str | None
) -> None:
    assert way_past(agree, other) == way


def test_saying_yes_to_a_negated_question_denies() -> None:
    assert way_past({}, {}, negated=True) == "continue_without"
