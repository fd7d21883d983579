"""Generated meetings come out as their mix says, and recorded ones pass through."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from simulator.engine.run import make_plan
from simulator.engine.world import World
from simulator.meetings.recorded import RecordedMeeting, Speaker
from simulator.scenario import library
from simulator.scenario.grants import CATEGORIES
from simulator.scenario.meeting_mix import MeetingMix, MeetingType
from simulator.scenario.sourced import Sourced
from simulator.scenario.vocabulary import Channel, Confidentiality, DataCategory
from tests.engine.builders import inputs_of, valued

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

Z = 4.4
"""Standard errors allowed. With another seed, a right program would fail one such check in 1e-5."""

WEEK = library.meetings("working_week")
TEAM = next(kind for kind in WEEK.types if kind.id == "team")
AUDIO, TRANSCRIPT = CATEGORIES.index(DataCategory.AUDIO), CATEGORIES.index(DataCategory.TRANSCRIPT)
VIDEO, SCREEN = CATEGORIES.index(DataCategory.VIDEO), CATEGORIES.index(DataCategory.SCREEN_SHARE)
TELEMETRY = CATEGORIES.index(DataCategory.TELEMETRY)


def one_type(least: int, most: int, **values: float) -> MeetingMix:
    """Team meetings alone, of so many people, with some of their numbers replaced."""
    numbers: dict[str, Sourced] = {name: valued(getattr(TEAM, name), value) for name, value in values.items()}
    size = TEAM.size.model_copy(update={"least": least, "most": most})
    kind = TEAM.model_copy(update={"size": size, **numbers})
    return WEEK.model_copy(update={"types": [kind], "recorded_as": kind.id})


def with_rates(mix: MeetingMix, **values: float) -> MeetingMix:
    """The mix with some rates replaced."""
    rates = {name: valued(getattr(mix.rates, name), value) for name, value in values.items()}
    return mix.model_copy(update={"rates": mix.rates.model_copy(update=rates)})


def world_of(mix: MeetingMix, meetings: int, *recorded: RecordedMeeting, first: int = 0) -> World:
    """Meetings of a mix."""
    inputs = inputs_of([], mix=mix, recorded=recorded)
    return make_plan(inputs).world(7, first, meetings)


def by_meeting(world: World, column: int) -> Ints:
    """(meetings, people) of one category, where all meetings have one size."""
    people = int(world.meetings["people"][0])
    return np.asarray(world.produced[:, column].reshape(-1, people))


def close(found: Floats, mean: float) -> bool:
    """Whether the mean of independent numbers is within Z of their standard errors of what it should be."""
    return abs(float(found.mean()) - mean) < Z * float(found.std()) / math.sqrt(len(found))


def test_types_are_as_frequent_as_their_weights() -> None:
    types = world_of(WEEK, 20_000).meetings["type"]
    whole = sum(kind.weight.value for kind in WEEK.types)
    for index, kind in enumerate(WEEK.types):
        assert close((types == index).astype(float), kind.weight.value / whole), kind.id


def test_sizes_lie_within_the_bounds_of_their_type() -> None:
    meetings = world_of(WEEK, 20_000).meetings
    for index, kind in enumerate(WEEK.types):
        sizes = meetings["people"][meetings["type"] == index]
        assert kind.size.least <= sizes.min()
        assert sizes.max() <= kind.size.most


@pytest.mark.parametrize(("least", "most", "exponent"), [(3, 15, 1.8), (2, 40, 0.5), (5, 6, 2.5)])
def test_sizes_follow_the_power_law_cut_off_at_both_ends(least: int, most: int, exponent: float) -> None:
    mix = one_type(least, most)
    kind = mix.types[0]
    size = kind.size.model_copy(update={"exponent": valued(kind.size.exponent, exponent)})
    mix = mix.model_copy(update={"types": [kind.model_copy(update={"size": size})]})
    sizes = world_of(mix, 20_000).meetings["people"].astype(float)
    # The integral of x^-exponent over each whole number's unit, by the midpoint rule.
    steps = 1000
    part = {
        people: sum((people + (step + 0.5) / steps) ** -exponent for step in range(steps))
        for people in range(least, most + 1)
    }
    whole = sum(part.values())
    assert close(sizes, sum(people * weight for people, weight in part.items()) / whole)
    assert close((sizes == least).astype(float), part[least] / whole)


def test_lengths_are_log_normal_about_their_median_and_cut_off() -> None:
    lengths = world_of(one_type(2, 2), 20_000).meetings["length_ms"] / 60_000.0
    median, spread, most = TEAM.length.median.value, TEAM.length.spread.value, TEAM.length.most
    assert close((lengths < median).astype(float), 0.5)
    assert close((lengths < median * math.exp(spread)).astype(float), 0.8413447460685429)
    assert lengths.max() <= most


def test_a_length_beyond_the_longest_is_the_longest() -> None:
    kind = TEAM.model_copy(update={"length": TEAM.length.model_copy(update={"most": 20.0})})
    mix = WEEK.model_copy(update={"types": [kind]})
    assert world_of(mix, 500).meetings["length_ms"].max() == 20 * 60_000


def test_confidentiality_has_its_shares_in_each_type() -> None:
    meetings = world_of(WEEK, 20_000).meetings
    for index, kind in enumerate(WEEK.types):
        found = meetings["confidentiality"][meetings["type"] == index]
        for number, word in enumerate(Confidentiality):
            share = kind.confidentiality.get(word, 0.0)
            if share in (0.0, 1.0):
                assert ((found == number) == bool(share)).all()
            else:
                assert close((found == number).astype(float), share), (kind.id, word)


@pytest.mark.parametrize(("people", "alpha"), [(4, 3.1), (6, 1.0), (10, 0.35)])
def test_speech_is_split_as_by_a_dirichlet(people: int, alpha: float) -> None:
    mix = with_rates(one_type(people, people, concentration=alpha, host_weight=1.0, silent=0.0), speech=0.9)
    world = world_of(mix, 20_000)
    speech = by_meeting(world, AUDIO) / world.meetings["length_ms"][:, None] / 0.9
    ranked = np.sort(speech, axis=1)[:, ::-1]
    # The same from numpy's own sampler, with its own error.
    other = np.sort(np.random.default_rng(1).dirichlet([alpha] * people, 20_000), axis=1)[:, ::-1]
    for rank in range(people):
        error = math.hypot(ranked[:, rank].std(), other[:, rank].std()) / math.sqrt(20_000)
        # Whole milliseconds cut a little off.
        assert abs(ranked[:, rank].mean() - other[:, rank].mean()) < Z * error + 1e-5


def test_four_people_share_the_floor_as_in_the_ami_meetings() -> None:
    small = next(kind for kind in WEEK.types if kind.id == "stand_up")
    mix = one_type(4, 4, concentration=small.concentration.value, host_weight=1.0, silent=0.0)
    ranked = np.sort(by_meeting(world_of(mix, 20_000), AUDIO), axis=1)[:, ::-1]
    shares = (ranked / ranked.sum(axis=1, keepdims=True)).mean(axis=0)
    # Ranked shares of speaking time in AMI, 170 meetings of four.
    assert shares == pytest.approx([0.407, 0.261, 0.196, 0.136], abs=0.03)


def test_a_host_who_presents_has_a_larger_part_by_the_host_weight() -> None:
    mix = with_rates(one_type(5, 5, concentration=0.5, host_weight=6.0, silent=0.0), speech=0.9)
    world = world_of(mix, 20_000)
    hosts = by_meeting(world, AUDIO)[:, 0] / world.meetings["length_ms"] / 0.9
    assert close(hosts, 6.0 / (6.0 + 4.0))


def test_silent_guests_have_their_share_and_the_host_is_never_silent() -> None:
    world = world_of(one_type(3, 3, concentration=3.0, silent=0.4), 10_000)
    speech = by_meeting(world, AUDIO)
    assert close((speech[:, 1:] == 0).ravel().astype(float), 0.4)
    assert speech[:, 0].min() > 0


def test_nobody_speaks_for_longer_than_the_meeting_lasts() -> None:
    world = world_of(with_rates(one_type(2, 8, concentration=0.05), speech=1.1), 5_000)
    lengths = np.repeat(world.meetings["length_ms"], world.meetings["people"])
    speech = world.produced[:, AUDIO]
    assert (speech >= 0).all()
    assert (speech <= lengths).all()
    assert (speech == lengths).any()  # so that the bound is tried


def test_all_speech_adds_up_to_the_speaker_hours_of_the_meeting() -> None:
    world = world_of(with_rates(one_type(6, 6, concentration=3.0), speech=0.9), 2_000)
    whole = by_meeting(world, AUDIO).sum(axis=1)
    # Each of six is cut to whole milliseconds.
    assert (np.abs(whole - 0.9 * world.meetings["length_ms"]) <= 6).all()


def test_a_person_on_the_phone_produces_voice_and_presence_alone() -> None:
    world = world_of(one_type(4, 4), 5_000)
    phone = world.rows["channel"] == tuple(Channel).index(Channel.PHONE)
    voice = [AUDIO, TRANSCRIPT, TELEMETRY]
    others = [column for column in range(8) if column not in voice]
    assert phone.any()
    assert (world.produced[phone][:, others] == 0).all()
    assert (world.produced[phone][:, TELEMETRY] > 0).all()
    assert (world.produced[~phone][:, others] > 0).any(axis=0).all()


def test_a_transcript_has_ones_own_speech_and_telemetry_the_whole_presence() -> None:
    world = world_of(one_type(2, 5), 1_000)
    lengths = np.repeat(world.meetings["length_ms"], world.meetings["people"])
    assert (world.produced[:, TRANSCRIPT] == world.produced[:, AUDIO]).all()
    assert (world.produced[:, TELEMETRY] == lengths).all()


def test_cameras_are_on_for_their_share_and_for_the_whole_meeting() -> None:
    world = world_of(one_type(2, 2), 20_000)
    phone = world.rows["channel"] == tuple(Channel).index(Channel.PHONE)
    lengths = np.repeat(world.meetings["length_ms"], world.meetings["people"])
    video = world.produced[:, VIDEO]
    assert close((video[~phone] > 0).astype(float), WEEK.rates.camera_on.value)
    assert np.isin(video / lengths, [0.0, 1.0]).all()


@pytest.mark.parametrize(("category", "rate"), [("chat", "chat"), ("files", "files"), ("reactions", "reactions")])
def test_counts_have_their_hourly_rate_and_most_people_send_nothing_much(category: str, rate: str) -> None:
    column = CATEGORIES.index(DataCategory(category))
    hourly: Sourced = getattr(WEEK.rates, rate)
    world = world_of(one_type(2, 2), 30_000)
    desktop = world.rows["channel"] == tuple(Channel).index(Channel.DESKTOP)
    hours = np.repeat(world.meetings["length_ms"], world.meetings["people"])[desktop] / 3_600_000.0
    counts = world.produced[desktop, column]
    assert close(counts - hourly.value * hours, 0.0)
    # Geometric: nothing at all with probability 1 / (1 + mean).
    assert close((counts == 0) - 1.0 / (1.0 + hourly.value * hours), 0.0)


def test_whoever_speaks_most_presents_and_nobody_else_does() -> None:
    world = world_of(one_type(4, 4), 5_000)
    speech, screens = by_meeting(world, AUDIO), by_meeting(world, SCREEN)
    first = speech.argmax(axis=1)
    assert ((screens > 0).sum(axis=1) <= 1).all()
    presenting = screens.max(axis=1) > 0
    assert (screens.argmax(axis=1)[presenting] == first[presenting]).all()
    # A phone shows no screen.
    phones = world.rows["channel"].reshape(-1, 4) == tuple(Channel).index(Channel.PHONE)
    by_phone = phones[np.arange(len(first)), first]
    shared = screens.max(axis=1) / world.meetings["length_ms"]
    assert close(shared[~by_phone], WEEK.rates.screen_share.value)
    assert shared[by_phone].max() == 0.0


def test_no_rate_gives_nothing_of_its_category() -> None:
    nothing = dict.fromkeys(("camera_on", "screen_share", "chat", "files", "reactions"), 0.0)
    world = world_of(with_rates(one_type(3, 3), **nothing), 500)
    assert (world.produced.sum(axis=0) > 0).tolist() == [
        category in (DataCategory.AUDIO, DataCategory.TRANSCRIPT, DataCategory.TELEMETRY) for category in CATEGORIES
    ]


def test_the_same_id_is_the_same_meeting_whatever_it_is_made_together_with() -> None:
    together, later = world_of(WEEK, 20), world_of(WEEK, 8, first=12)
    start = int(together.meetings["start"][12])
    assert (together.produced[start:] == later.produced).all()
    assert (together.willing[start:] == later.willing).all()
    assert (together.rows[start:] == later.rows).all()


def recorded(name: str, length_ms: int, *speech_ms: int) -> RecordedMeeting:
    speakers = tuple(Speaker(f"{name}{number}", speech) for number, speech in enumerate(speech_ms))
    return RecordedMeeting(name, Path(f"{name}.csv"), length_ms, speakers)


RECORDED = (
    recorded("a", 60_000, 30_000, 0, 59_999),
    recorded("b", 1_234_567, 1, 1_234_567),
    recorded("c", 10_000, *range(1, 31)),
)


def test_recorded_meetings_pass_through_to_the_millisecond_and_recur() -> None:
    world = world_of(WEEK, 7, *RECORDED)
    files = [RECORDED[number % 3] for number in range(7)]
    assert world.meetings["people"].tolist() == [len(file.speakers) for file in files]
    assert world.meetings["length_ms"].tolist() == [file.length_ms for file in files]
    speech = [speaker.speech_ms for file in files for speaker in file.speakers]
    assert world.produced[:, AUDIO].tolist() == world.produced[:, TRANSCRIPT].tolist() == speech


def test_recorded_meetings_are_of_the_type_that_the_mix_names() -> None:
    kind: MeetingType = WEEK.types[3]
    mix = WEEK.model_copy(update={"recorded_as": kind.id})
    world = world_of(mix, 300, *RECORDED)
    assert set(world.meetings["type"].tolist()) == {3}
    classes = {tuple(Confidentiality)[number] for number in world.meetings["confidentiality"].tolist()}
    assert classes == {word for word, share in kind.confidentiality.items() if share > 0.0}


def test_each_time_a_recorded_meeting_recurs_other_people_hold_it() -> None:
    world = world_of(WEEK, 6, *RECORDED[:1])
    assert len(np.unique(world.willing)) == world.willing.size
