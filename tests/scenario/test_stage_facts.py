"""What a stage amounts to, read off the flow alone."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.scenario import library
from simulator.scenario.flow import Flow
from simulator.scenario.stage_facts import forced, unequal_path
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
