"""Participants out of draws: where, by which channel, how old, how willing, how attentive, how much is at stake."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simulator.compiled import inner
from simulator.draws import fill_normals, pick, uniform
from simulator.scenario.grants import CATEGORIES
from simulator.scenario.parameters import Parameters
from simulator.scenario.population import Population
from simulator.scenario.vocabulary import Channel, Confidentiality, Purpose, Role

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

HOST, SUBORDINATE, PEER, EXTERNAL = range(len(Role))

# Slots of a person's key in the person stream; after these come the normals.
_ABROAD, _PLACE, _CHANNEL, _ROLE, _MINOR, _AGE, _SEGMENT, _FIRST_NORMAL = range(8)
# A person's standard normals; from the last on, one per category.
_ATTENTION, _EFFORT, _STAKE, _COMMON, _OWN = range(5)
NORMALS = _OWN + len(CATEGORIES)
"""How many standard normals a person has."""


class PopulationTables(NamedTuple):
    """A population and the people-side coefficients as arrays; J jurisdictions, S segments."""

    place_cumulative: Floats
    """(J,) rises to 1."""
    cross_border: float
    channel_cumulative: Floats
    """(4,) rises to 1."""
    segment_cumulative: Floats
    """(S,) rises to 1."""
    segment_base: Floats
    """(S,) mean latent willingness for audio, internal, first-party training."""
    category_shift: Floats
    """(8,)"""
    confidentiality_shift: Floats
    """(6,)"""
    common: float
    """Square root of the common share of variance."""
    own: float
    """Square root of the rest."""
    ages: Ints
    """(4,) youngest and oldest minor, youngest and oldest adult."""
    attention: float
    attention_spread: float
    effort_spread: float
    stake: float
    stake_spread: float
    stake_role: Floats
    """(4,) added by role."""
    pressure_role: Floats
    """(4,) pull towards what the host asks for, by role."""


def base_willingness(population: Population) -> float:
    """The base at which the share `willing` of adults has w > 0 (audio, internal, first-party training).

    Solved by bisection on the mixture of normals; exact to 1e-12.
    """
    low, high = -12.0, 12.0
    for _ in range(60):
        middle = (low + high) / 2.0
        share = sum(
            segment.share * 0.5 * math.erfc(-(middle + segment.shift.value) / math.sqrt(2.0))
            for segment in population.segments
        )
        if share < population.willing.value:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0


def population_tables(population: Population, parameters: Parameters, codes: Sequence[str]) -> PopulationTables:
    """Arrays of a population; `codes` fixes which index each jurisdiction has."""
    base = base_willingness(population)
    added = {Role.HOST: parameters.stake_host.value, Role.SUBORDINATE: parameters.stake_subordinate.value}
    pressed = {Role.HOST: 0.0, Role.SUBORDINATE: parameters.pressure_subordinate.value}
    return PopulationTables(
        place_cumulative=np.cumsum([population.jurisdictions.of.get(code, 0.0) for code in codes]),
        cross_border=float(population.cross_border.value),
        channel_cumulative=np.cumsum([population.channels.of.get(channel.value, 0.0) for channel in Channel]),
        segment_cumulative=np.cumsum([segment.share for segment in population.segments]),
        segment_base=np.array([base + segment.shift.value for segment in population.segments]),
        category_shift=np.array([population.category_shift[category].value for category in CATEGORIES]),
        confidentiality_shift=np.array([population.confidentiality_shift[word].value for word in Confidentiality]),
        common=math.sqrt(population.common.value),
        own=math.sqrt(1.0 - population.common.value),
        ages=np.array([*population.minor_age, *population.adult_age], dtype=np.int64),
        attention=float(parameters.attention.value),
        attention_spread=float(parameters.attention_spread.value),
        effort_spread=float(parameters.effort_spread.value),
        stake=float(parameters.stake.value),
        stake_spread=float(parameters.stake_spread.value),
        stake_role=np.array([added.get(role, 0.0) for role in Role]),
        pressure_role=np.array([pressed.get(role, parameters.pressure_other.value) for role in Role]),
    )


def purpose_shift(population: Population, purpose: Purpose) -> float:
    """What a purpose adds to latent willingness."""
    return float(population.purpose_shift[purpose].value)


@inner
def place(key: np.uint64, host_place: int, tables: PopulationTables) -> int:
    """Index of the jurisdiction; `host_place` is -1 for the host."""
    if host_place >= 0 and uniform(key, _ABROAD) >= tables.cross_border:
        return host_place
    return pick(uniform(key, _PLACE), tables.place_cumulative)


@inner
def channel(key: np.uint64, tables: PopulationTables) -> int:
    """Index of the channel."""
    return pick(uniform(key, _CHANNEL), tables.channel_cumulative)


@inner
def guest_role(key: np.uint64, subordinates: float, externals: float) -> int:
    """Role of somebody who is not the host."""
    u = uniform(key, _ROLE)
    if u < subordinates:
        return SUBORDINATE
    return EXTERNAL if u < subordinates + externals else PEER


@inner
def age(key: np.uint64, minors: float, tables: PopulationTables) -> int:
    """Age in whole years."""
    first = 0 if uniform(key, _MINOR) < minors else 2
    youngest, oldest = int(tables.ages[first]), int(tables.ages[first + 1])
    return youngest + int(uniform(key, _AGE) * (oldest - youngest + 1))


@inner
def segment(key: np.uint64, tables: PopulationTables) -> int:
    """Index of the attitude segment."""
    return pick(uniform(key, _SEGMENT), tables.segment_cumulative)


@inner
def fill_traits(key: np.uint64, z: Floats) -> None:
    """Fill `z` (NORMALS,) with the person's standard normals."""
    fill_normals(key, _FIRST_NORMAL, z)


@inner
def attention_logit(z: Floats, tables: PopulationTables) -> float:
    """Logit of attention before text length and earlier prompts."""
    return float(tables.attention + tables.attention_spread * z[_ATTENTION])


@inner
def effort(z: Floats, tables: PopulationTables) -> float:
    """What a click costs this person, relative to the median."""
    return math.exp(tables.effort_spread * z[_EFFORT])


@inner
def stake(z: Floats, role: int, type_stake: float, tables: PopulationTables) -> float:
    """Cost of leaving, logits."""
    base = tables.stake + type_stake + float(tables.stake_role[role])
    return float(base + tables.stake_spread * z[_STAKE])


@inner
def willingness(z: Floats, segment_index: int, confidentiality: int, tables: PopulationTables, willing: Floats) -> None:
    """Fill `willing` (8,) with latent willingness for first-party training in a meeting of that class."""
    shared = tables.segment_base[segment_index] + tables.common * z[_COMMON]
    shared += tables.confidentiality_shift[confidentiality]
    for category in range(len(willing)):
        willing[category] = shared + tables.category_shift[category] + tables.own * z[_OWN + category]
