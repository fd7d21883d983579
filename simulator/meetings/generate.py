"""Meetings out of draws: type, size, length, confidentiality, who speaks how much, what else they produce.

Every function is a pure function of a key; `docs/explanation/model.md` states the distributions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simulator.compiled import inner
from simulator.draws import child, gamma, normal, pick, uniform
from simulator.meetings.recorded import RecordedMeeting
from simulator.scenario.meeting_mix import MeetingMix
from simulator.scenario.vocabulary import Channel, Confidentiality, DataCategory

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MS_PER_MINUTE = 60_000.0
_PHONE = tuple(Channel).index(Channel.PHONE)
_AUDIO, _VIDEO, _TRANSCRIPT, _CHAT, _SCREEN, _FILES, _REACTIONS, _TELEMETRY = range(len(DataCategory))

# Slots of a meeting's key.
_TYPE, _SIZE, _LENGTH, _CONFIDENTIALITY, _SCREEN_SHARE = range(5)
# Slots of a person's key in the speech stream, after those that the gamma draw may use.
_SILENT, _CAMERA, _CHAT_COUNT, _FILE_COUNT, _REACTION_COUNT = range(1_000_000, 1_000_005)


class MeetingTables(NamedTuple):
    """A meeting mix as arrays; T types, F recorded meetings, P recorded people."""

    type_cumulative: Floats
    """(T,) rises to 1."""
    least: Ints
    """(T,) people."""
    most: Ints
    """(T,) people."""
    size_power: Floats
    """(T,) 1 less the exponent of the power law of sizes."""
    size_low: Floats
    """(T,) the least size to that power."""
    size_span: Floats
    """(T,) one more than the largest to that power, less that of the least."""
    median_minutes: Floats
    """(T,)"""
    length_spread: Floats
    """(T,) standard deviation of the logarithm."""
    most_minutes: Floats
    """(T,)"""
    concentration: Floats
    """(T,) alpha of the Dirichlet split of speech."""
    host_weight: Floats
    """(T,) times the host's alpha."""
    silent: Floats
    """(T,) probability that a guest says nothing."""
    subordinates: Floats
    """(T,) probability that a guest is the host's subordinate."""
    externals: Floats
    """(T,) probability that a guest is external."""
    minors: Floats
    """(T,) probability that a guest is a minor."""
    stake: Floats
    """(T,) logits."""
    confidentiality_cumulative: Floats
    """(T, 6) rises to 1."""
    speech: float
    """Speaker-hours per meeting-hour."""
    camera_on: float
    screen_share: float
    per_hour: Floats
    """(3,) chat messages, files, reactions per person-hour."""
    recorded_as: int
    """Type of recorded meetings."""
    recorded_start: Ints
    """(F + 1,) first person of each recorded meeting; (1,) where meetings are generated."""
    recorded_length_ms: Ints
    """(F,)"""
    recorded_speech_ms: Ints
    """(P,)"""


def meeting_tables(mix: MeetingMix, recorded: Sequence[RecordedMeeting]) -> MeetingTables:
    """Arrays of a mix; with recorded meetings, those take the place of generated sizes, lengths and speech."""
    types = mix.types
    weights = np.array([kind.weight.value for kind in types])
    shares = np.array([[kind.confidentiality.get(word, 0.0) for word in Confidentiality] for kind in types])
    speakers = [speaker for meeting in recorded for speaker in meeting.speakers]
    starts = np.cumsum([0, *(len(meeting.speakers) for meeting in recorded)])
    powers = [1.0 - kind.size.exponent.value for kind in types]
    lows = [float(kind.size.least) ** power for kind, power in zip(types, powers, strict=True)]
    highs = [float(kind.size.most + 1) ** power for kind, power in zip(types, powers, strict=True)]
    return MeetingTables(
        type_cumulative=np.cumsum(weights / weights.sum()),
        least=np.array([kind.size.least for kind in types], dtype=np.int64),
        most=np.array([kind.size.most for kind in types], dtype=np.int64),
        size_power=np.array(powers),
        size_low=np.array(lows),
        size_span=np.array([high - low for low, high in zip(lows, highs, strict=True)]),
        median_minutes=np.array([kind.length.median.value for kind in types]),
        length_spread=np.array([kind.length.spread.value for kind in types]),
        most_minutes=np.array([kind.length.most for kind in types]),
        concentration=np.array([kind.concentration.value for kind in types]),
        host_weight=np.array([kind.host_weight.value for kind in types]),
        silent=np.array([kind.silent.value for kind in types]),
        subordinates=np.array([kind.subordinates.value for kind in types]),
        externals=np.array([kind.externals.value for kind in types]),
        minors=np.array([kind.minors.value for kind in types]),
        stake=np.array([kind.stake.value for kind in types]),
        confidentiality_cumulative=np.cumsum(shares, axis=1),
        speech=float(mix.rates.speech.value),
        camera_on=float(mix.rates.camera_on.value),
        screen_share=float(mix.rates.screen_share.value),
        per_hour=np.array([mix.rates.chat.value, mix.rates.files.value, mix.rates.reactions.value]),
        recorded_as=[kind.id for kind in types].index(mix.recorded_as),
        recorded_start=starts.astype(np.int64),
        recorded_length_ms=np.array([meeting.length_ms for meeting in recorded], dtype=np.int64),
        recorded_speech_ms=np.array([speaker.speech_ms for speaker in speakers], dtype=np.int64),
    )


@inner
def is_recorded(tables: MeetingTables) -> bool:
    """Whether meetings come from files."""
    return len(tables.recorded_length_ms) > 0


@inner
def meeting_type(key: np.uint64, tables: MeetingTables) -> int:
    """Index of the meeting's type."""
    if is_recorded(tables):
        return tables.recorded_as
    return pick(uniform(key, _TYPE), tables.type_cumulative)


@inner
def meeting_size(key: np.uint64, meeting: int, kind: int, tables: MeetingTables) -> int:
    """Number of people: of the recorded meeting, or drawn from the cut-off power law of the type."""
    if is_recorded(tables):
        file = meeting % len(tables.recorded_length_ms)
        return int(tables.recorded_start[file + 1] - tables.recorded_start[file])
    least, most = int(tables.least[kind]), int(tables.most[kind])
    if least == most:
        return least
    drawn = tables.size_low[kind] + uniform(key, _SIZE) * tables.size_span[kind]
    size = int(drawn ** (1.0 / tables.size_power[kind]))
    return min(max(size, least), most)


@inner
def meeting_length_ms(key: np.uint64, meeting: int, kind: int, tables: MeetingTables) -> int:
    """Length in milliseconds."""
    if is_recorded(tables):
        return int(tables.recorded_length_ms[meeting % len(tables.recorded_length_ms)])
    minutes = tables.median_minutes[kind] * math.exp(tables.length_spread[kind] * normal(uniform(key, _LENGTH)))
    return int(min(minutes, tables.most_minutes[kind]) * MS_PER_MINUTE)


@inner
def meeting_confidentiality(key: np.uint64, kind: int, tables: MeetingTables) -> int:
    """Index of the meeting's confidentiality class."""
    return pick(uniform(key, _CONFIDENTIALITY), tables.confidentiality_cumulative[kind])


@inner
def split_speech(
    speech_key: np.uint64,
    meeting: int,
    kind: int,
    length_ms: int,
    tables: MeetingTables,
    speech_ms: Ints,
    parts: Floats,
) -> None:
    """Fill `speech_ms` (people,) with each person's own speech; the host is the first and never silent.

    `parts` (people,) is room to work in.
    """
    people = len(speech_ms)
    if is_recorded(tables):
        start = tables.recorded_start[meeting % len(tables.recorded_length_ms)]
        for person in range(people):
            speech_ms[person] = tables.recorded_speech_ms[start + person]
        return
    total = 0.0
    for person in range(people):
        key = child(speech_key, person)
        parts[person] = 0.0
        if person == 0 or uniform(key, _SILENT) >= tables.silent[kind]:
            weight = tables.host_weight[kind] if person == 0 else 1.0
            parts[person] = gamma(key, tables.concentration[kind] * weight)
            total += parts[person]
    if total <= 0.0:  # all gamma draws underflowed: the host speaks alone
        parts[0] = total = 1.0
    for person in range(people):
        speech_ms[person] = int(length_ms * min(tables.speech * parts[person] / total, 1.0))


@inner
def _count(u: float, again: float, log_again: float) -> int:
    """Geometric count: most people write nothing, a few write much. `again` is the probability of one more."""
    return 0 if u > again else int(math.log(u) / log_again)


@inner
def produce(
    meeting_key: np.uint64,
    speech_key: np.uint64,
    length_ms: int,
    channels: npt.NDArray[np.int8],
    tables: MeetingTables,
    speech_ms: Ints,
    produced: Ints,
) -> None:
    """Fill `produced` (people, 8): milliseconds, or counts, of what each person would produce in each category."""
    people = len(speech_ms)
    hours = length_ms / (60.0 * MS_PER_MINUTE)
    chat, files, reactions = hours * tables.per_hour[0], hours * tables.per_hour[1], hours * tables.per_hour[2]
    again_chat, again_files = chat / (1.0 + chat), files / (1.0 + files)  # geometric counts of these means
    again_reactions = reactions / (1.0 + reactions)
    log_chat, log_files, log_reactions = math.log(again_chat), math.log(again_files), math.log(again_reactions)
    presenter = 0
    for person in range(people):
        if speech_ms[person] > speech_ms[presenter]:
            presenter = person
        key = child(speech_key, person)
        row = produced[person]
        row[:] = 0
        row[_AUDIO] = speech_ms[person]
        row[_TRANSCRIPT] = speech_ms[person]
        row[_TELEMETRY] = length_ms
        if channels[person] == _PHONE:  # a phone carries the voice and nothing else
            continue
        if uniform(key, _CAMERA) < tables.camera_on:
            row[_VIDEO] = length_ms
        row[_CHAT] = _count(uniform(key, _CHAT_COUNT), again_chat, log_chat)
        row[_FILES] = _count(uniform(key, _FILE_COUNT), again_files, log_files)
        row[_REACTIONS] = _count(uniform(key, _REACTION_COUNT), again_reactions, log_reactions)
    share = tables.screen_share
    if share > 0.0 and channels[presenter] != _PHONE:
        # Whoever speaks most presents; u^((1 - s) / s) has mean s.
        shared = uniform(meeting_key, _SCREEN_SHARE) ** ((1.0 - share) / share)
        produced[presenter, _SCREEN] = int(length_ms * shared)
