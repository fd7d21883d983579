"""What a stage amounts to, read off the flow alone."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.scenario import library
from simulator.scenario.flow import Flow
from simulator.scenario.stage_facts import affirmative, forced, no_way_back, out_of_sight, unequal_path
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
