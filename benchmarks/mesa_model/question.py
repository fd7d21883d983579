"""A flow as numbers, where it is one plain question that everybody is asked at the door."""

from __future__ import annotations

import math
from dataclasses import dataclass

from simulator.scenario.flow import Flow, GrantMap, Option, Stage, When
from simulator.scenario.parameters import Parameters
from simulator.scenario.vocabulary import (
    Actor,
    Affects,
    At,
    DataCategory,
    Default,
    Effect,
    Purpose,
    Refusal,
    ToggleSetting,
)

_CATEGORIES = tuple(DataCategory)


@dataclass(frozen=True, slots=True)
class Answer:
    """An option of the question."""

    grants: frozenset[int]
    """Categories, whatever the switches say."""
    as_set: bool
    """Whether the switches count as they are set."""
    constant: float
    """Utility that is the same for everybody."""
    clicks: int
    affirmative: bool
    """Whether it is the yes, which habit and the host pull towards."""
    leaves: bool


@dataclass(frozen=True, slots=True)
class Question:
    """One question for first-party training."""

    answers: tuple[Answer, ...]
    switches: tuple[int, ...]
    """Categories that have a switch, off at first."""
    asked: frozenset[int]
    """All that can be granted."""
    mixed: frozenset[int]
    """Those of them that are recorded together."""
    forced: bool
    """Whether one can only grant, or leave."""
    length: float
    """Attention lost to the length of the text, logits."""
    seconds: float
    """To read and decide at full attention."""
    withdrawal_clicks: int | None
    """None: what was taken is not given back."""


def question(flow: Flow, parameters: Parameters) -> Question:
    """The question of a flow.

    Raises:
        ValueError: If the flow is of another kind than this model plays.
    """
    stage = flow.stages[0]
    if len(flow.stages) != 1 or not (_plain(stage) and _known(flow) and _free_of_other_tests(flow, stage)):
        msg = f"flow {flow.id} is not one plain question to every participant; this baseline plays no other"
        raise ValueError(msg)
    switches = tuple(category for toggle in stage.toggles for category in _categories(toggle.grants))
    words = len(stage.text.split())
    deciding = parameters.decision_seconds.value * (len(stage.options) + len(switches))
    asked = frozenset(switches).union(*(_categories(option.grants) for option in stage.options))

    def answer(option: Option) -> Answer:
        first = option is stage.options[0]
        return Answer(
            grants=_categories(option.grants),
            as_set=option.toggles is ToggleSetting.AS_SET,
            constant=(
                parameters.prominence.value * option.prominence
                - parameters.hidden.value * (option.prominence == 0.0 and _clicks(option) > 0)
                + parameters.first.value * first
                + parameters.urging.value * option.urged
            ),
            clicks=_clicks(option),
            affirmative=option.effect is Effect.GRANT,
            leaves=_leaves(option, flow),
        )

    answers = tuple(answer(option) for option in stage.options)
    return Question(
        answers=answers,
        switches=switches,
        asked=asked,
        mixed=asked & {_CATEGORIES.index(word) for word in flow.capture.mixed},
        forced=not switches and all(answer.affirmative or answer.leaves for answer in answers),
        length=parameters.attention_words.value * math.log(1.0 + words / 50.0),
        seconds=60.0 * words / parameters.words_per_minute.value + deciding,
        withdrawal_clicks=flow.withdrawal.clicks if flow.withdrawal.retroactive else None,
    )


def _plain(stage: Stage) -> bool:
    """Whether a stage asks every participant, at the door and in view, for themselves, with one way to say yes."""
    return (
        (stage.actor, stage.binds, stage.at) == (Actor.PARTICIPANT, Affects.SELF, At.JOIN)
        and (stage.blocking, stage.negated, stage.remember, stage.when) == (True, False, None, When())
        and stage.prominence > 0.0
        and [option.effect for option in stage.options].count(Effect.GRANT) == 1
        and all(option.effect in (Effect.GRANT, Effect.DENY, Effect.LEAVE) for option in stage.options)
        and all(option.toggles in (None, ToggleSetting.AS_SET) and option.next is None for option in stage.options)
        and all(len(toggle.grants) == 1 for toggle in stage.toggles)
    )


def _known(flow: Flow) -> bool:
    """Whether nothing that counts is left open, and a no means leaving or being left out."""
    withdrawal = flow.withdrawal
    return (
        flow.refusal in (Refusal.LEAVE, Refusal.EXCLUDED)
        and (withdrawal.actor, withdrawal.clicks is None) == (Actor.PARTICIPANT, False)
        and all(option.clicks is not None for stage in flow.stages for option in stage.options)
    )


def _free_of_other_tests(flow: Flow, stage: Stage) -> bool:
    """Whether no claim can fail another void test than those of `law.py`.

    Each grant is a click of the person's own, for one purpose, and neither a no nor taking it back costs more clicks;
    voices are not recognised. Recording laws are kept where all who stay were asked and chose what is recorded of them.
    """
    yes = next(option for option in stage.options if option.effect is Effect.GRANT)
    staying = [option for option in stage.options if option is not yes and not _leaves(option, flow)]
    maps = [*(option.grants for option in stage.options), *(toggle.grants for toggle in stage.toggles)]
    return (
        not flow.capture.voiceprint
        and all(purposes == [Purpose.TRAINING_FIRST_PARTY] for granted in maps for purposes in granted.values())
        and all(toggle.default is Default.OFF for toggle in stage.toggles)
        and 0 < _clicks(yes) >= max([flow.withdrawal.clicks or 0, *map(_clicks, staying)])
    )


def _clicks(option: Option) -> int:
    assert option.clicks is not None, "uncounted clicks are not plain"
    return option.clicks


def _leaves(option: Option, flow: Flow) -> bool:
    return option.effect is Effect.LEAVE or (option.effect is Effect.DENY and flow.refusal is Refusal.LEAVE)


def _categories(granted: GrantMap) -> frozenset[int]:
    return frozenset(_CATEGORIES.index(word) for word in granted)
