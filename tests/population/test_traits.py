"""People come out as their population says: shares, spreads and what goes with what."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.engine.run import make_plan
from simulator.engine.world import World
from simulator.population.traits import base_willingness
from simulator.scenario.grants import CATEGORIES
from simulator.scenario.meeting_mix import MeetingMix
from simulator.scenario.parameters import Parameters
from simulator.scenario.population import Population
from simulator.scenario.vocabulary import Channel, Confidentiality, DataCategory, Role
from tests.engine.builders import everyday, inputs_of, valued

Floats = npt.NDArray[np.float64]

Z = 4.4
"""Standard errors allowed. With another seed, a right program would fail one such check in 1e-5."""

POPULATION: Population = everyday().population
PARAMETERS: Parameters = everyday().parameters
AUDIO, CHAT = CATEGORIES.index(DataCategory.AUDIO), CATEGORIES.index(DataCategory.CHAT)
TYPE = everyday().mix.types[0]


def meetings_of_two(confidentiality: Confidentiality, *, minors: float = 0.0) -> MeetingMix:
    """One type of meeting, of a host and one guest, in one class."""
    kind = TYPE.model_copy(
        update={
            "size": TYPE.size.model_copy(update={"least": 2, "most": 2}),
            "minors": valued(TYPE.minors, minors),
            "confidentiality": {confidentiality: 1.0},
        }
    )
    return everyday().mix.model_copy(update={"types": [kind], "recorded_as": kind.id})


@dataclass(frozen=True)
class People:
    """People of meetings of two, with their columns by name."""

    world: World

    def __getattr__(self, name: str) -> npt.NDArray[np.generic]:
        return np.asarray(self.world.rows[name])

    @property
    def guests(self) -> npt.NDArray[np.bool_]:
        """Who is not the host."""
        return np.asarray(self.role != tuple(Role).index(Role.HOST))


def people(
    confidentiality: Confidentiality = Confidentiality.INTERNAL,
    *,
    minors: float = 0.0,
    population: Population = POPULATION,
    seed: int = 1,
    meetings: int = 30_000,
) -> People:
    """Everybody of many meetings of two."""
    mix = meetings_of_two(confidentiality, minors=minors)
    return People(make_plan(inputs_of([], mix=mix, population=population)).world(seed, 0, meetings))


EVERYBODY = people()


def agrees(found: npt.NDArray[np.bool_], share: float) -> bool:
    """Whether a share of independent people is within Z standard errors of what it should be."""
    return abs(float(found.mean()) - share) < Z * math.sqrt(share * (1.0 - share) / len(found))


def test_as_many_want_audio_training_in_internal_meetings_as_the_population_says() -> None:
    assert agrees(EVERYBODY.world.willing[:, AUDIO] > 0.0, POPULATION.willing.value)


@given(willing=st.floats(0.001, 0.999), shift=st.floats(-3.0, 3.0))
def test_the_base_makes_the_share_of_the_willing_exact(willing: float, shift: float) -> None:
    segments = [
        segment.model_copy(update={"shift": valued(segment.shift, segment.shift.value + shift)})
        for segment in POPULATION.segments
    ]
    changed = POPULATION.model_copy(update={"willing": valued(POPULATION.willing, willing), "segments": segments})
    base = base_willingness(changed)
    share = sum(segment.share * 0.5 * math.erfc(-(base + segment.shift.value) / math.sqrt(2.0)) for segment in segments)
    assert share == pytest.approx(willing, abs=1e-12)


def test_hosts_sit_where_the_population_says() -> None:
    hosts = EVERYBODY.place[~EVERYBODY.guests]
    for index, share in enumerate(POPULATION.jurisdictions.of.values()):
        assert agrees(hosts == index, share)


def test_guests_sit_with_their_host_unless_drawn_from_everywhere() -> None:
    together = EVERYBODY.place[EVERYBODY.guests] == EVERYBODY.place[~EVERYBODY.guests]
    abroad = POPULATION.cross_border.value
    by_chance = sum(share**2 for share in POPULATION.jurisdictions.of.values())
    assert agrees(together, 1.0 - abroad + abroad * by_chance)


def test_channels_and_segments_have_their_shares() -> None:
    for index, channel in enumerate(Channel):
        assert agrees(EVERYBODY.channel == index, POPULATION.channels.of[channel.value])
    for index, segment in enumerate(POPULATION.segments):
        assert agrees(EVERYBODY.segment == index, segment.share)


def test_guests_have_the_roles_that_the_meeting_type_says() -> None:
    roles = EVERYBODY.role[EVERYBODY.guests]
    for role, share in (
        (Role.SUBORDINATE, TYPE.subordinates.value),
        (Role.EXTERNAL, TYPE.externals.value),
        (Role.PEER, 1.0 - TYPE.subordinates.value - TYPE.externals.value),
    ):
        assert agrees(roles == tuple(Role).index(role), share)


def test_minors_are_guests_in_the_share_that_the_meeting_type_says() -> None:
    mixed = people(minors=0.3)
    assert agrees(mixed.age[mixed.guests] < 18, 0.3)
    assert mixed.age[~mixed.guests].min() >= 18


def test_ages_fill_the_years_of_minors_and_of_adults_evenly() -> None:
    ages = people(minors=0.5).age
    for youngest, oldest in (POPULATION.minor_age, POPULATION.adult_age):
        within = ages[(ages >= youngest) & (ages <= oldest)]
        for year in range(youngest, oldest + 1):
            assert agrees(within == year, 1.0 / (oldest - youngest + 1))
    assert ages.min() == POPULATION.minor_age[0]
    assert ages.max() == POPULATION.adult_age[1]


def test_within_a_segment_willingness_is_normal_and_categories_have_their_common_part() -> None:
    base = base_willingness(POPULATION)
    for index, segment in enumerate(POPULATION.segments):
        members = EVERYBODY.world.willing[EVERYBODY.segment == index]
        count = len(members)
        audio, chat = members[:, AUDIO], members[:, CHAT]
        assert abs(audio.mean() - base - segment.shift.value) < Z / math.sqrt(count)
        assert abs(audio.var() - 1.0) < Z * math.sqrt(2.0 / count)
        common = POPULATION.common.value
        assert abs(np.corrcoef(audio, chat)[0, 1] - common) < Z * (1.0 - common**2) / math.sqrt(count)


def test_categories_differ_by_their_shifts() -> None:
    willing = EVERYBODY.world.willing
    # What two categories of one person do not share has variance 2 (1 - common).
    error = math.sqrt(2.0 * (1.0 - POPULATION.common.value) / len(willing))
    for column, category in enumerate(CATEGORIES):
        if category is not DataCategory.AUDIO:
            difference = float((willing[:, column] - willing[:, AUDIO]).mean())
            assert abs(difference - POPULATION.category_shift[category].value) < Z * error, category


@pytest.mark.parametrize("confidentiality", Confidentiality)
def test_in_a_secret_meeting_the_same_people_are_less_willing_by_its_shift(confidentiality: Confidentiality) -> None:
    there = people(confidentiality)
    shift = POPULATION.confidentiality_shift[confidentiality].value
    assert there.world.willing == pytest.approx(EVERYBODY.world.willing + shift)


def test_attention_effort_and_stake_have_their_centres_and_spreads() -> None:
    peers = EVERYBODY.role == tuple(Role).index(Role.PEER)
    for found, centre, spread in (
        (EVERYBODY.attention, PARAMETERS.attention.value, PARAMETERS.attention_spread.value),
        (np.log(EVERYBODY.effort), 0.0, PARAMETERS.effort_spread.value),
        (EVERYBODY.stake[peers], PARAMETERS.stake.value + TYPE.stake.value, PARAMETERS.stake_spread.value),
    ):
        count = len(found)
        assert abs(found.mean() - centre) < Z * spread / math.sqrt(count)
        assert abs(found.std() - spread) < Z * spread / math.sqrt(2.0 * count)


def test_hosts_and_subordinates_have_more_at_stake() -> None:
    centre, spread = PARAMETERS.stake.value + TYPE.stake.value, PARAMETERS.stake_spread.value
    for role, added in (
        (Role.HOST, PARAMETERS.stake_host.value),
        (Role.SUBORDINATE, PARAMETERS.stake_subordinate.value),
        (Role.EXTERNAL, 0.0),
    ):
        stakes = EVERYBODY.stake[EVERYBODY.role == tuple(Role).index(role)]
        assert abs(stakes.mean() - centre - added) < Z * spread / math.sqrt(len(stakes))


def test_the_host_presses_subordinates_and_others_but_not_the_host() -> None:
    pressed = {
        Role.HOST: 0.0,
        Role.SUBORDINATE: PARAMETERS.pressure_subordinate.value,
        Role.PEER: PARAMETERS.pressure_other.value,
        Role.EXTERNAL: PARAMETERS.pressure_other.value,
    }
    for role, pressure in pressed.items():
        found = EVERYBODY.pressure[EVERYBODY.role == tuple(Role).index(role)]
        assert set(found.tolist()) == {pressure}


def test_traits_other_than_willingness_do_not_go_with_one_another() -> None:
    traits = np.array(
        [
            EVERYBODY.world.willing[:, AUDIO],
            EVERYBODY.attention,
            np.log(EVERYBODY.effort),
            EVERYBODY.channel,
            EVERYBODY.age,
        ]
    )
    correlations = np.corrcoef(traits) - np.eye(len(traits))
    assert np.abs(correlations).max() * math.sqrt(traits.shape[1]) < Z


def test_another_seed_gives_other_people() -> None:
    zero, one = people(seed=0, meetings=100), people(seed=1, meetings=100)
    assert not np.isin(zero.world.willing, one.world.willing).any()
