"""Reads speaker turns from RTTM files, and the lengths of their recordings from UEM files beside them.

Both formats are those of NIST's Rich Transcription evaluations: RT-09 evaluation plan, appendix A.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import chain, pairwise
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from simulator.errors import MeetingFileError, Problem, nearest
from simulator.meetings.meeting_file import EXACT, MeetingFile, clean_name, milliseconds, raise_any, shown
from simulator.meetings.recorded import RecordedMeeting

TOLERANCE = Decimal(1)
"""Seconds by which a turn may lie outside the recording that the UEM file gives: word ends are cut by hand."""

OTHER_TYPES = (
    *("SEGMENT", "NOSCORE", "NO_RT_METADATA", "LEXEME", "NON-LEX", "NON-SPEECH", "FILLER", "EDIT", "IP", "SU", "CB"),
    *("A/P", "SPKR-INFO"),
)
"""The types of RTTM lines that say nothing about who spoke when; they are passed over."""

_TURN = "SPEAKER <meeting> 1 <start> <duration> <NA> <NA> <speaker> <NA> <NA>"
_SEGMENT = "<meeting> 1 <start> <end>"
_COMMENT = ";;"


class Turn(NamedTuple):
    """One turn: who spoke in which meeting, from when to when, in seconds."""

    line: int
    meeting: str
    speaker: str
    start: Decimal
    duration: Decimal

    @property
    def end(self) -> Decimal:
        """When the turn ends, in seconds."""
        return EXACT.add(self.start, self.duration)


class Segment(NamedTuple):
    """One stretch of a recording, in seconds, and the line that gives it."""

    start: Decimal
    end: Decimal
    line: int


class Recording(NamedTuple):
    """What a UEM file says of one meeting: its length in seconds, and the stretches in which its turns may lie."""

    length: Decimal
    within: tuple[tuple[Decimal, Decimal], ...]

    def holds(self, turn: Turn) -> bool:
        """Whether the turn lies in one of the stretches as a whole."""
        before = bisect_right(self.within, turn.start, key=itemgetter(0))
        return before > 0 and turn.end <= self.within[before - 1][1]


def read_rttm(path: Path) -> list[RecordedMeeting]:
    """Reads all meetings of an RTTM file, sorted by id.

    A speaker's time is the sum of the durations of their turns, rounded once to milliseconds. The length comes from
    the UEM file of the same name beside it; without one, it is the end of the last turn.

    Raises:
        MeetingFileError: with all problems of the file and of its UEM file.
    """
    file = MeetingFile(path)
    turns = _turns(file)
    uem = uem_beside(path)
    recordings, uem_problems = _recordings(uem) if uem else (None, [])
    by_meeting: dict[str, list[Turn]] = defaultdict(list)
    for turn in turns:
        by_meeting[turn.meeting].append(turn)
    # Totals would be of what is left of a faulty file, and so would complaints about them.
    sound = not file.problems and not uem_problems
    meetings = [_meeting(file, by_meeting[name], uem, recordings) for name in sorted(by_meeting)] if sound else []
    raise_any([*file.problems, *uem_problems])
    return [meeting for meeting in meetings if meeting is not None]


def uem_beside(path: Path) -> Path | None:
    """The UEM file of the same name in the same folder, if there is one."""
    candidates = (path.with_suffix(ending) for ending in (".uem", ".UEM"))
    return next((candidate for candidate in candidates if candidate.is_file()), None)


def _content(file: MeetingFile) -> Iterator[tuple[int, list[str]]]:
    """Line number and fields of every line that is neither blank nor a comment."""
    for number, line in enumerate(file.lines, start=1):
        fields = line.split()
        if fields and not fields[0].startswith(_COMMENT):
            yield number, fields


def _turns(file: MeetingFile) -> list[Turn]:
    turns: list[Turn] = []
    first_line: dict[tuple[str, str, Decimal, Decimal], int] = {}
    for line, fields in _content(file):
        turn = _turn(file, line, fields)
        if turn is None:
            continue
        earlier = first_line.setdefault(turn[1:], line)
        if earlier != line:
            msg = f"this turn of {shown(turn.speaker)} is already on line {earlier}; expected every turn once."
            file.refuse(msg, line, "Remove one of the two lines.")
        turns.append(turn)
    if not turns and not file.problems:
        found = "holds no SPEAKER line" if file.text.strip() else "is empty"
        file.refuse(f"the file {found}; expected lines of the form {_TURN}.")
    return turns


def _turn(file: MeetingFile, line: int, fields: Sequence[str]) -> Turn | None:
    kind = fields[0]
    if kind in OTHER_TYPES:
        return None
    if kind != "SPEAKER":
        guess = nearest(kind, [word.lower() for word in ("SPEAKER", *OTHER_TYPES)])
        mend = f"Did you mean {guess.upper()}?" if guess else f'Start a comment with "{_COMMENT}".'
        file.refuse(f"{shown(kind)} is not a type of RTTM line; expected SPEAKER.", line, mend)
        return None
    if len(fields) not in (9, 10):
        mend = "A name with a space in it counts as two fields: write it with an underscore."
        file.refuse(f"the number of fields is {len(fields)}; expected 10 (or 9): {_TURN}.", line, mend)
        return None
    meeting, speaker = clean_name(fields[1]), clean_name(fields[7])
    for called, found in (("the meeting", meeting), ("the speaker", speaker)):
        if found in ("", "<NA>"):
            file.refuse(f"{called} is {shown(found)}; expected a name.", line)
            return None
    start = file.seconds(fields[3], "the start", line)
    duration = file.seconds(fields[4], "the duration", line, zero=False)
    if start is None or duration is None:
        return None
    return Turn(line, meeting, speaker, start, duration)


def _meeting(
    file: MeetingFile, turns: Sequence[Turn], uem: Path | None, recordings: Mapping[str, Recording] | None
) -> RecordedMeeting | None:
    """The meeting of these turns, which are all of one meeting; None with problems noted where it cannot be one."""
    name = turns[0].meeting
    remedy = "Turns of one speaker overlap: shorten or remove some of them."
    if recordings is None or uem is None:
        length = max(turn.end for turn in turns)
    elif name not in recordings:
        guess = nearest(name, sorted(recordings))
        mend = f"Did you mean {shown(guess)} there?" if guess else f"Add a line {_SEGMENT}, or remove that file."
        file.refuse(f"meeting {shown(name)} is not in {uem.name} beside this file; expected its length.", remedy=mend)
        return None
    else:
        length = recordings[name].length
        remedy = f"Check the length in {uem.name}, and whether turns of one speaker overlap."
        outside = [turn for turn in turns if not recordings[name].holds(turn)]
        for turn in outside:
            _refuse_outside(file, turn, uem)
        if outside:
            return None
    return file.meeting(name, milliseconds(length), _speech(turns), remedy)


def _refuse_outside(file: MeetingFile, turn: Turn, uem: Path) -> None:
    place = f"the turn from {turn.start} to {turn.end} s lies outside the recording of {shown(turn.meeting)}"
    msg = f"{place} in {uem.name}; expected at most {TOLERANCE} s outside."
    file.refuse(msg, turn.line, "Check that both files are of the same recording.")


def _speech(turns: Sequence[Turn]) -> dict[str, int]:
    """Milliseconds of each speaker, in the order of their first turn; at equal times by name."""
    totals: dict[str, Decimal] = {}
    for turn in sorted(turns, key=lambda turn: (turn.start, turn.speaker)):
        totals[turn.speaker] = EXACT.add(totals.get(turn.speaker, Decimal(0)), turn.duration)
    return {speaker: milliseconds(total) for speaker, total in totals.items()}


def _recordings(path: Path) -> tuple[dict[str, Recording], Sequence[Problem]]:
    """The recording of each meeting in a UEM file, and the problems of that file."""
    try:
        file = MeetingFile(path)
    except MeetingFileError as error:
        return {}, error.problems
    channels: dict[str, dict[str, list[Segment]]] = defaultdict(lambda: defaultdict(list))
    for line, fields in _content(file):
        if len(fields) != 4:
            file.refuse(f"the number of fields is {len(fields)}; expected 4: {_SEGMENT}.", line)
            continue
        segment = _segment(file, line, fields)
        if segment is not None:
            channels[clean_name(fields[0])][fields[1]].append(segment)
    if not channels and not file.problems:
        file.refuse(f"the file holds no segment; expected lines of the form {_SEGMENT}.")
    found = {name: [sorted(segments) for segments in by_channel.values()] for name, by_channel in channels.items()}
    for segments in chain.from_iterable(found.values()):
        _refuse_overlaps(file, segments)
    return {name: _recording(by_channel) for name, by_channel in found.items()}, file.problems


def _segment(file: MeetingFile, line: int, fields: Sequence[str]) -> Segment | None:
    start = file.seconds(fields[2], "the start", line)
    end = file.seconds(fields[3], "the end", line)
    if start is None or end is None:
        return None
    if end <= start:
        file.refuse(f"the end {fields[3]!r} is not after the start {fields[2]!r}; expected a later time.", line)
        return None
    return Segment(start, end, line)


def _refuse_overlaps(file: MeetingFile, segments: Sequence[Segment]) -> None:
    """Notes every segment that shares time with the one before it; `segments` are sorted."""
    for before, segment in pairwise(segments):
        if segment.start < before.end:
            msg = f"this segment overlaps the one on line {before.line}; expected every second once."
            file.refuse(msg, segment.line)


def _recording(channels: Sequence[Sequence[Segment]]) -> Recording:
    """Segments of one channel add up; channels are recorded at the same time, so the longest of them counts."""
    lengths = []
    for segments in channels:
        length = Decimal(0)
        for segment in segments:
            length = EXACT.add(length, EXACT.subtract(segment.end, segment.start))
        lengths.append(length)
    within: list[tuple[Decimal, Decimal]] = []
    for segment in sorted(chain.from_iterable(channels)):
        start, end = EXACT.subtract(segment.start, TOLERANCE), EXACT.add(segment.end, TOLERANCE)
        if within and start <= within[-1][1]:
            within[-1] = (within[-1][0], max(end, within[-1][1]))
        else:
            within.append((start, end))
    return Recording(max(lengths), tuple(within))
