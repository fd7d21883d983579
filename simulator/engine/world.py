"""The people and meetings of a range of meeting ids, as arrays: what every flow of a comparison meets."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simulator.compiled import entry
from simulator.draws import CHOICE_STREAM, MEETING_STREAM, PERSON_STREAM, SPEECH_STREAM, child
from simulator.meetings.generate import (
    MeetingTables,
    meeting_confidentiality,
    meeting_length_ms,
    meeting_size,
    meeting_type,
    produce,
    split_speech,
)
from simulator.population.traits import (
    HOST,
    NORMALS,
    PopulationTables,
    age,
    attention_logit,
    channel,
    effort,
    fill_traits,
    guest_role,
    place,
    segment,
    stake,
    willingness,
)
from simulator.scenario.meeting_mix import MAX_PEOPLE

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Records = npt.NDArray[np.void]

OFFICERS = 3
"""Rows that follow the people of a meeting where officers are asked for: account owner, admin, bot owner."""
WEIGHED_TOGGLES, WEIGHED_NOTICING, WEIGHED = 8, 16, 17
"""Columns of what a behaviour from outside makes of a stage: utilities of options, logits of toggles, of noticing."""
_FIRST_OFFICER = 1 << 20  # beyond any person's number


MEETING = np.dtype(
    [
        ("start", np.int64),  # first row
        ("people", np.int64),  # participants
        ("end", np.int64),  # after the last row; officers, if any, come between people and end
        ("length_ms", np.int64),
        ("type", np.int8),  # index into the mix's types
        ("confidentiality", np.int8),
    ]
)
ROW = np.dtype(
    [
        ("key", np.uint64),  # of the choice stream
        ("account", np.uint64),  # the same, for what they settle in their account; another only over weeks
        ("attention", np.float64),  # logit of attention
        ("tired", np.float64),  # taken off it in meetings, for prompts seen in earlier ones; 0 but over weeks
        ("effort", np.float64),  # relative cost of a click
        ("stake", np.float64),  # cost of leaving, logits
        ("pressure", np.float64),  # pull towards what the host asks for, logits
        ("place", np.int8),  # index of the jurisdiction
        ("role", np.int8),
        ("channel", np.int8),
        ("age", np.int8),  # years
        ("segment", np.int8),
        ("made", np.uint8),  # mask of the categories in which the person would produce something
    ]
)


class World(NamedTuple):
    """M meetings and their R rows: of each meeting its people, the host first, then officers where they are asked."""

    first: int
    """Id of the first meeting."""
    meetings: Records
    """(M,) of MEETING."""
    rows: Records
    """(R,) of ROW."""
    willing: Floats
    """(R, 8) latent willingness for first-party training."""
    produced: Ints
    """(R, 8) milliseconds or counts."""
    weighed: Floats
    """(R, stages, prompts answered before, recalled or not, WEIGHED) of one flow, where a behaviour from outside
    decides; else empty."""


class _Scratch(NamedTuple):
    """Room to work in."""

    speech_ms: Ints
    parts: Floats
    channels: npt.NDArray[np.int8]
    normals: Floats


@entry
def _sizes(seed: np.uint64, first: int, people: Ints, tables: MeetingTables) -> None:
    meeting_stream = child(seed, MEETING_STREAM)
    for index in range(len(people)):
        key = child(meeting_stream, first + index)
        people[index] = meeting_size(key, first + index, meeting_type(key, tables), tables)


def sizes(seed: int, first: int, count: int, tables: MeetingTables) -> Ints:
    """Number of participants of meetings `first` to `first + count - 1`, shape (count,)."""
    people = np.empty(count, dtype=np.int64)
    _sizes(np.uint64(seed), first, people, tables)
    return people


@entry
def _fill(
    world: World,
    seed: np.uint64,
    meetings: MeetingTables,
    population: PopulationTables,
    scratch: _Scratch,
) -> None:
    meeting_stream, person_stream = child(seed, MEETING_STREAM), child(seed, PERSON_STREAM)
    speech_stream, choice_stream = child(seed, SPEECH_STREAM), child(seed, CHOICE_STREAM)
    for index in range(len(world.meetings)):
        number = world.first + index
        meeting = world.meetings[index]
        key = child(meeting_stream, number)
        kind = meeting_type(key, meetings)
        meeting.type = kind
        meeting.confidentiality = meeting_confidentiality(key, kind, meetings)
        meeting.length_ms = meeting_length_ms(key, number, kind, meetings)
        people_key, choice_key = child(person_stream, number), child(choice_stream, number)
        host_place = -1
        for position in range(meeting.start, meeting.end):
            person = position - meeting.start
            if person >= meeting.people:
                person += _FIRST_OFFICER - meeting.people
            row = world.rows[position]
            own_key = child(people_key, person)
            row.key = child(choice_key, person)
            row.account = row.key
            row.place = place(own_key, host_place, population)
            if person == 0:
                host_place = row.place
                row.role = HOST
                row.age = age(own_key, 0.0, population)
            else:
                row.role = guest_role(own_key, meetings.subordinates[kind], meetings.externals[kind])
                row.age = age(own_key, meetings.minors[kind], population)
            row.channel = channel(own_key, population)
            row.segment = segment(own_key, population)
            fill_traits(own_key, scratch.normals)
            row.attention = attention_logit(scratch.normals, population)
            row.effort = effort(scratch.normals, population)
            row.stake = stake(scratch.normals, row.role, meetings.stake[kind], population)
            row.pressure = population.pressure_role[row.role]
            willingness(scratch.normals, row.segment, meeting.confidentiality, population, world.willing[position])
            if person < meeting.people:
                scratch.channels[person] = row.channel
        speech_key = child(speech_stream, number)
        speech = scratch.speech_ms[: meeting.people]
        split_speech(speech_key, number, kind, meeting.length_ms, meetings, speech, scratch.parts)
        produced = world.produced[meeting.start : meeting.start + meeting.people]
        produce(key, speech_key, meeting.length_ms, scratch.channels, meetings, speech, produced)
        for person in range(meeting.people):
            made = 0
            for category in range(8):
                made |= (produced[person, category] > 0) << category
            world.rows[meeting.start + person].made = made


def _empty(first: int, table: Records) -> World:
    rows = int(table["end"][-1]) if len(table) else 0
    return World(
        first=first,
        meetings=table,
        rows=np.zeros(rows, dtype=ROW),
        willing=np.empty((rows, 8)),
        produced=np.zeros((rows, 8), dtype=np.int64),
        weighed=np.zeros((0, 0, 0, 0, 0)),
    )


def no_world() -> World:
    """A world of no meetings."""
    return _empty(0, np.zeros(0, dtype=MEETING))


def make_world(
    seed: int, first: int, count: int, meetings: MeetingTables, population: PopulationTables, *, officers: bool
) -> World:
    """The people and meetings with ids `first` to `first + count - 1`.

    Officers are extra rows; whether they are there changes nothing for anybody else.
    """
    table = np.zeros(count, dtype=MEETING)
    table["people"] = sizes(seed, first, count, meetings)
    table["end"] = np.cumsum(table["people"] + (OFFICERS if officers else 0))
    table["start"][1:] = table["end"][:-1]
    world = _empty(first, table)
    _fill(
        world,
        np.uint64(seed),
        meetings,
        population,
        _Scratch(
            speech_ms=np.zeros(MAX_PEOPLE, dtype=np.int64),
            parts=np.zeros(MAX_PEOPLE),
            channels=np.zeros(MAX_PEOPLE, dtype=np.int8),
            normals=np.zeros(NORMALS),
        ),
    )
    return world
