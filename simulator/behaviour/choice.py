"""The choice model, one person at one stage: attention, the terms of each option's utility, choice probabilities.

A mixed logit with attention; `docs/explanation/model.md` has the equations. Utilities are in logits.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from simulator.scenario.flow import Flow, Option, Stage, Toggle
from simulator.scenario.grants import Grants, grants_of
from simulator.scenario.parameters import Parameters
from simulator.scenario.stage_facts import (
    affirmative,
    clicks,
    default_option,
    is_switch,
    leaves,
    limits,
    out_of_sight,
    untouched,
)
from simulator.scenario.vocabulary import (
    Actor,
    Affects,
    DataCategory,
    Default,
    Effect,
    Purpose,
    Refusal,
    ToggleSetting,
)

WORDS_UNIT = 50.0
"""Words at which the length term of attention reaches ln 2."""

Terms = dict[str, float]
"""Utility of one option, by term; the sum is the systematic utility."""


@dataclass(frozen=True, kw_only=True)
class Chooser:
    """Somebody who answers stages."""

    attention: float
    """Logit of attention to a stage of no words."""
    effort: float
    """What a click costs, relative to the median person."""
    stake: float
    """Cost of leaving, logits."""
    pressure: float
    """Pull towards what the host asks for, logits."""
    willing: Mapping[tuple[DataCategory, Purpose], float]
    """Latent willingness; above 0 is wanted."""


def sigmoid(x: float) -> float:
    """1 / (1 + exp(-x))."""
    return 1.0 / (1.0 + math.exp(min(-x, 709.0)))  # beyond, exp overflows


def word_count(stage: Stage) -> int:
    """Words of the stage's text."""
    return len(stage.text.split())


def attention_logit(chooser: Chooser, stage: Stage, prompts: int, parameters: Parameters) -> float:
    """Logit of attention here: lower for longer texts and after earlier prompts."""
    length = math.log(1.0 + word_count(stage) / WORDS_UNIT)
    return chooser.attention - parameters.attention_words.value * length - parameters.attention_prompts.value * prompts


def notice_logit(stage: Stage, parameters: Parameters) -> float:
    """What noticing a stage that can be missed adds to the logit of attention; less for one that stands out less."""
    return parameters.notice.value - parameters.notice_prominence.value * (1.0 - stage.prominence)


def mean_value(grants: Grants, chooser: Chooser) -> float:
    """Willingness for an offer as a whole: the mean over what it grants; 0 for nothing."""
    if not grants:
        return 0.0
    return sum(chooser.willing[grant] for grant in grants) / len(grants)


def best_setting(option: Option, stage: Stage, chooser: Chooser) -> tuple[float, int]:
    """Mean value of "take the toggles as set" if each were set as the person likes, and the flips that takes."""
    own = grants_of(option.grants)
    total, count, flips = sum(chooser.willing[grant] for grant in own), len(own), 0
    for toggle in stage.toggles:
        grants = grants_of(toggle.grants)
        liked = mean_value(grants, chooser) > 0.0
        total += len(grants) * mean_value(grants, chooser) if liked else 0.0
        count += len(grants)
        flips += liked is not (toggle.default is Default.ON)
    return (total / count if count else 0.0), flips


def terms(
    option: Option, stage: Stage, flow: Flow, chooser: Chooser, attention: float, parameters: Parameters
) -> Terms:
    """The terms of an option's utility for this person."""
    if option.toggles is ToggleSetting.AS_SET:
        value, flips = best_setting(option, stage, chooser)
    else:
        value, flips = mean_value(untouched(option, stage), chooser), 0
    found: Terms = {
        "value": attention * parameters.value.value * value,
        "habit": (1.0 - attention) * parameters.habit.value * (option is affirmative(stage)),
        "clicks": -parameters.click.value * chooser.effort * (clicks(option, flow) + attention * flips),
        "stake": -chooser.stake * share_of_stake(option, stage, flow, parameters),
        "pressure": chooser.pressure * (option.effect is Effect.GRANT and stage.binds is Affects.SELF),
        **fixed_terms(option, stage, flow, parameters),
    }
    return {name: term for name, term in found.items() if term != 0.0}


def fixed_terms(option: Option, stage: Stage, flow: Flow, parameters: Parameters) -> Terms:
    """The terms that are the same for everybody."""
    return {
        "prominence": parameters.prominence.value * option.prominence,
        "hidden": -parameters.hidden.value * out_of_sight(option, flow),
        "first": parameters.first.value * (option is stage.options[0]),
        "urging": parameters.urging.value * option.urged,
        "preselection": parameters.preselection.value * (is_switch(stage) and option is default_option(stage)),
        "benefit": _benefit(stage, parameters) * (option.effect is Effect.GRANT),
        "veto": -parameters.stop_for_all.value * _vetoes(option, stage, flow),
        "context": _context(option, stage, flow, parameters),
    }


def _context(option: Option, stage: Stage, flow: Flow, parameters: Parameters) -> float:
    if parameters.context is None:
        return 0.0
    granting = option.effect is Effect.GRANT and stage.binds is Affects.SELF
    costs = parameters.context.leave * share_of_stake(option, stage, flow, parameters)
    return parameters.context.grant * granting - costs


def share_of_stake(option: Option, stage: Stage, flow: Flow, parameters: Parameters) -> float:
    """Which part of the cost of leaving an option carries."""
    if stage.binds is not Affects.SELF:
        return 0.0  # an officer who declines loses no meeting
    if leaves(option, flow, stage):
        return 1.0
    return parameters.view_only.value if limits(option, flow, stage) else 0.0


def _benefit(stage: Stage, parameters: Parameters) -> float:
    if stage.actor is Actor.PARTICIPANT:
        return 0.0
    return parameters.host_benefit.value if stage.actor is Actor.HOST else parameters.officer_benefit.value


def _vetoes(option: Option, stage: Stage, flow: Flow) -> bool:
    refuses = option.effect is Effect.DENY and stage.binds is Affects.SELF
    return refuses and flow.refusal is Refusal.STOP_FOR_ALL


def toggle_terms(toggle: Toggle, chooser: Chooser, attention: float, parameters: Parameters) -> Terms:
    """The terms of the utility of "on" minus that of "off" for one toggle."""
    stands = 1.0 if toggle.default is Default.ON else -1.0
    return {
        "value": attention * parameters.value.value * mean_value(grants_of(toggle.grants), chooser),
        "habit": stands * (1.0 - attention) * parameters.habit.value,
        "preselection": stands * parameters.preselection.value,
        "clicks": stands * parameters.click.value * chooser.effort,
    }


def probabilities(utilities: Sequence[float]) -> list[float]:
    """Logit choice probabilities, in the order given."""
    weights = _weights(utilities)
    total = sum(weights)
    return [weight / total for weight in weights]


def _weights(utilities: Sequence[float]) -> list[float]:
    top = max(utilities)
    return [math.exp(utility - top) for utility in utilities]


def choose(utilities: Sequence[float], u: float) -> int:
    """Index of the option that the uniform draw u falls into, its probabilities laid end to end."""
    weights = _weights(utilities)
    passed, drawn = 0.0, u * sum(weights)
    for index, weight in enumerate(weights[:-1]):
        passed += weight
        if drawn < passed:
            return index
    return len(weights) - 1


def reading_seconds(stage: Stage, attention: float, parameters: Parameters) -> float:
    """Seconds to read and decide; attention is taken as the part of the text that is read."""
    reading = word_count(stage) / parameters.words_per_minute.value * 60.0
    return attention * (reading + parameters.decision_seconds.value * (len(stage.options) + len(stage.toggles)))
