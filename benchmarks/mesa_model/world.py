"""Meetings and people as numbers: which types there are, and how people differ."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import accumulate
from statistics import NormalDist

from scipy.optimize import brentq

from simulator.scenario.meeting_mix import MeetingMix, MeetingType
from simulator.scenario.parameters import Parameters
from simulator.scenario.population import Population
from simulator.scenario.vocabulary import Channel, Confidentiality, DataCategory, Role

HOST, SUBORDINATE, PEER, EXTERNAL = range(len(Role))
AUDIO, VIDEO, TRANSCRIPT, CHAT, SCREEN_SHARE, FILES, REACTIONS, TELEMETRY = range(len(DataCategory))
PHONE = tuple(Channel).index(Channel.PHONE)

Cuts = list[float]
"""Where the second, third, ... part of a whole begins: `bisect` finds the part that a uniform draw falls into."""


def cuts(shares: list[float]) -> Cuts:
    """The cuts of a whole into parts, which are scaled to add up to 1."""
    return [part / sum(shares) for part in accumulate(shares)][:-1]


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of meeting."""

    index: int
    least: int
    """People."""
    most: int
    exponent: float
    """Of the power law of sizes."""
    median_minutes: float
    length_spread: float
    most_minutes: float
    confidentiality: Cuts
    concentration: float
    """Shape of the gamma draw that splits the speech."""
    host_weight: float
    silent: float
    roles: Cuts
    """Of guests: subordinate, peer, external."""
    minors: float
    stake: float


def kinds(mix: MeetingMix) -> list[Kind]:
    """Every type of a mix."""
    return [_kind(index, kind) for index, kind in enumerate(mix.types)]


def _kind(index: int, kind: MeetingType) -> Kind:
    subordinates, externals = kind.subordinates.value, kind.externals.value
    return Kind(
        index=index,
        least=kind.size.least,
        most=kind.size.most,
        exponent=kind.size.exponent.value,
        median_minutes=kind.length.median.value,
        length_spread=kind.length.spread.value,
        most_minutes=kind.length.most,
        confidentiality=cuts([kind.confidentiality.get(word, 0.0) for word in Confidentiality]),
        concentration=kind.concentration.value,
        host_weight=kind.host_weight.value,
        silent=kind.silent.value,
        roles=cuts([subordinates, 1.0 - subordinates - externals, externals]),
        minors=kind.minors.value,
        stake=kind.stake.value,
    )


@dataclass(frozen=True, slots=True)
class Rates:
    """What people produce."""

    speech: float
    """Speaker-hours per meeting-hour."""
    camera_on: float
    screen_share: float
    counted: tuple[tuple[int, float], ...]
    """Categories that are counted, and how many a person-hour."""


def rates(mix: MeetingMix) -> Rates:
    """The rates of a mix."""
    given = mix.rates
    return Rates(
        speech=given.speech.value,
        camera_on=given.camera_on.value,
        screen_share=given.screen_share.value,
        counted=((CHAT, given.chat.value), (FILES, given.files.value), (REACTIONS, given.reactions.value)),
    )


@dataclass(frozen=True, slots=True)
class People:
    """How people differ."""

    places: Cuts
    cross_border: float
    channels: Cuts
    segments: Cuts
    minors: tuple[int, int]
    """Youngest and oldest, years."""
    adults: tuple[int, int]
    segment_base: list[float]
    """Mean willingness of each segment."""
    category_shift: list[float]
    confidentiality_shift: list[float]
    common: float
    """Standard deviation of what a person's willingness for all categories has in common."""
    own: float
    """Standard deviation of what it has of its own for each."""
    attention: float
    attention_spread: float
    effort_spread: float
    stake: list[float]
    """By role."""
    stake_spread: float
    pressure: list[float]
    """By role."""


def people(population: Population, parameters: Parameters) -> People:
    """The distributions of a population."""
    segments, willing = population.segments, population.willing.value
    normal = NormalDist()

    def excess(base: float) -> float:
        return sum(segment.share * normal.cdf(base + segment.shift.value) for segment in segments) - willing

    base = brentq(excess, -12.0, 12.0)
    added = {Role.HOST: parameters.stake_host.value, Role.SUBORDINATE: parameters.stake_subordinate.value}
    pressed = {Role.HOST: 0.0, Role.SUBORDINATE: parameters.pressure_subordinate.value}
    return People(
        places=cuts(list(population.jurisdictions.of.values())),
        cross_border=population.cross_border.value,
        channels=cuts([population.channels.of.get(word, 0.0) for word in Channel]),
        segments=cuts([segment.share for segment in segments]),
        minors=population.minor_age,
        adults=population.adult_age,
        segment_base=[base + segment.shift.value for segment in segments],
        category_shift=[population.category_shift[word].value for word in DataCategory],
        confidentiality_shift=[population.confidentiality_shift[word].value for word in Confidentiality],
        common=math.sqrt(population.common.value),
        own=math.sqrt(1.0 - population.common.value),
        attention=parameters.attention.value,
        attention_spread=parameters.attention_spread.value,
        effort_spread=parameters.effort_spread.value,
        stake=[parameters.stake.value + added.get(role, 0.0) for role in Role],
        stake_spread=parameters.stake_spread.value,
        pressure=[pressed.get(role, parameters.pressure_other.value) for role in Role],
    )
