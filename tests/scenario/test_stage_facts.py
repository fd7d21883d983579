"""What a stage amounts to, read off the flow alone."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.scenario import library
from simulator.scenario.flow import Flow
from simulator.scenario.stage_facts import affirmative, forced, out_of_sight, unequal_path
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


def yes_of(**stage: object) -> str:
    """Which option of a changed `two_buttons` is its yes."""
    asked = library.flow("two_buttons").stages[0].model_copy(update=stage)
    found = affirmative(asked)
    assert found is not None
    return found.id


def test_saying_yes_to_a_negated_question_denies() -> None:
    assert yes_of() == "agree"
    assert yes_of(negated=True) == "continue_without"


@pytest.mark.parametrize(
    ("changes", "hidden"),
    [({}, False), ({"prominence": 0.0}, True), ({"prominence": 0.0, "clicks": 0}, False), ({"prominence": 0.1}, False)],
)
def test_what_stands_out_not_at_all_and_takes_a_click_is_out_of_sight(changes: dict[str, Any], *, hidden: bool) -> None:
    flow = two_ways(changes, Default.NONE)
    assert out_of_sight(flow.stages[0].options[1], flow) is hidden
