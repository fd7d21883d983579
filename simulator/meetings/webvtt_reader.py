"""Reads WebVTT transcripts, as meeting products export them, into seconds of speech by speaker."""

from __future__ import annotations

import html
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from simulator.meetings.meeting_file import MAX_SECONDS, MeetingFile, clean_name, raise_any, shown
from simulator.meetings.recorded import RecordedMeeting

UNKNOWN = "unknown"
"""The speaker of words that no name can be found for."""

PAUSE_MS = 2000
"""Longest pause after which words without a name still count to whoever spoke last."""

MAX_NAME_CHARACTERS = 60
MAX_NAME_WORDS = 5

_EXPECTED_TIMES = "times such as 00:01:02.500 --> 00:01:04.000"
_ARROW = "-->"
_OTHER_BLOCK = re.compile(r"(NOTE|STYLE|REGION)([ \t]|$)")
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?(?:\s([^<>]*))?>")
_TAG = re.compile(r"<[^<>]*>")
_LEADING_MARKS = " \t>-–—•*"
# A colon after a name is followed by a space or nothing, and so is not the one of a clock or of an address.
_PREFIX = re.compile(rf"([^:]{{1,{MAX_NAME_CHARACTERS}}}):(?=\s|$)")
_PHONE = re.compile(r"\+?[0-9][0-9* ()./-]{5,}")
_SENTENCE = re.compile(r"[?!;…\"“”«»<>=]|\.\.|\w{5,}\.(\s|$)")
_PRONOUN = re.compile(r"I(['’]\w+)?")


@dataclass(frozen=True)
class Cue:
    """One cue: the line of its times, the times in milliseconds, and its text with tags."""

    line: int
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Piece:
    """Words of one speaker within a cue; None = no name is given."""

    name: str | None
    words: int


def read_webvtt(path: Path) -> list[RecordedMeeting]:
    """Reads the one meeting of a WebVTT file; its id is the file's name without the ending.

    Each cue is a stretch of speech. The length of the meeting is the end of the last cue.

    Raises:
        MeetingFileError: with all problems of the file.
    """
    file = MeetingFile(path)
    cues = _cues(file)
    raise_any(file.problems)
    pieces = _pieces(cues)
    if not any(piece.name for of_cue in pieces for piece in of_cue):
        mend = 'Export the transcript with names ("<v Ann>words" or "Ann: words"), or write a CSV file.'
        file.refuse(f"none of the {len(cues)} cues names a speaker; expected names.", cues[0].line, mend)
        raise_any(file.problems)
    length = max(cue.end for cue in cues)
    meeting = file.meeting(clean_name(path.stem), length, _speech(cues, pieces), "Check the times.")
    raise_any(file.problems)
    return [] if meeting is None else [meeting]


def _cues(file: MeetingFile) -> list[Cue]:
    """All cues in the order of their start, if nothing was refused."""
    # A line that only looks empty would join two blocks into one.
    lines = [line.rstrip() for line in file.lines]
    if not lines[0].startswith("WEBVTT"):
        found = f"the first line is {shown(lines[0])}" if file.text.strip() else "the file is empty"
        file.refuse(f"{found}; expected WEBVTT.", 1, "Export the transcript as WebVTT (.vtt).")
        return []
    arrows = [
        number
        for number, line in enumerate(lines, start=1)
        if _ARROW in line and not (_OTHER_BLOCK.match(line) and not lines[number - 2])
    ]
    if not arrows:
        file.refuse(f"the file has no cues; expected lines with {_EXPECTED_TIMES}, each above its words.")
        return []
    _refuse_loose_text(file, lines, after=arrows[0])
    times = [_times(file, number, lines[number - 1]) for number in arrows]
    if file.problems:
        return []
    texts = _texts("\n".join(lines))
    if len(texts) != len(arrows):
        file.refuse(f"{len(arrows)} times of cues stand in the file, but {len(texts)} can be read; expected all.")
        return []
    placed = zip(arrows, times, texts, strict=True)
    cues = (Cue(line, *span, text) for line, span, text in placed if span is not None)
    return sorted(cues, key=lambda cue: cue.start)


def _texts(content: str) -> list[str]:
    """The text of every cue that the library reads, with tags, in the order of the file."""
    import webvtt  # loaded late: most runs read no transcript

    return [str(caption.raw_text) for caption in webvtt.from_string(content).captions]


def _times(file: MeetingFile, line: int, text: str) -> tuple[int, int] | None:
    """Start and end of a cue in milliseconds; None with a problem noted where they cannot be."""
    from webvtt.errors import MalformedCaptionError
    from webvtt.models import Timestamp

    before, _, after = text.partition(_ARROW)
    try:
        # What follows the end time are settings.
        stamps = [Timestamp.from_string(part) for part in (before.strip(), (after.split() or [""])[0])]
    except MalformedCaptionError:
        mend = 'Write thousandths after a full stop, and "--&gt;" for an arrow in the words.'
        file.refuse(f"{shown(text)} is not the times of a cue; expected {_EXPECTED_TIMES}.", line, mend)
        return None
    start, end = (((at.hours * 60 + at.minutes) * 60 + at.seconds) * 1000 + at.milliseconds for at in stamps)
    if end < start:
        file.refuse(f"the cue ends at {stamps[1]}, before its start at {stamps[0]}; expected a later end.", line)
        return None
    if end > MAX_SECONDS * 1000:
        file.refuse(f"the cue ends at {stamps[1]}, over {MAX_SECONDS:,} s; expected a time within a meeting.", line)
        return None
    return start, end


def _refuse_loose_text(file: MeetingFile, lines: Sequence[str], *, after: int) -> None:
    """Notes blocks of text behind line `after` that belong to no cue: the library would drop their words."""
    for number in range(after + 1, len(lines) + 1):
        text = lines[number - 1]
        starts_block = bool(text) and not lines[number - 2]
        is_cue = any(_ARROW in line for line in lines[number - 1 : number + 1])
        if starts_block and not is_cue and not _OTHER_BLOCK.match(text):
            mend = "Remove the empty line that cuts it off from its cue."
            file.refuse(f"{shown(text)} belongs to no cue; expected a line with --> above it.", number, mend)


def _pieces(cues: Sequence[Cue]) -> list[list[Piece]]:
    """Who says how many words in each cue, in order."""
    voices = [_by_voice(cue.text) for cue in cues]
    plain = [[] if of_cue else _plain_lines(cue.text) for cue, of_cue in zip(cues, voices, strict=True)]
    counts = Counter(name for lines in plain for name in {_prefix(line) for line in lines} if name)
    names = {name for name, count in counts.items() if count > 1 or not _reads_like_prose(name)}
    return [of_cue or _by_prefix(lines, names) for of_cue, lines in zip(voices, plain, strict=True)]


def _by_voice(text: str) -> list[Piece]:
    """The pieces of a cue with voice tags; none if no tag gives a name. Text behind a closing tag goes on with it."""
    parts = _VOICE.split(text)
    names = [clean_name(html.unescape(name or "")) or None for name in parts[1::2]]
    if not any(names):
        return []
    words = [len(" ".join(_plain_lines(part)).split()) for part in parts[0::2]]
    lead = [Piece(None, words[0])] if words[0] else []
    return lead + [Piece(name, count) for name, count in zip(names, words[1:], strict=True) if name or count]


def _by_prefix(lines: Sequence[str], names: set[str]) -> list[Piece]:
    """The pieces of a cue whose lines may start with `Name:`."""
    pieces: list[Piece] = []
    for line in lines:
        name = _prefix(line)
        if name in names:
            pieces.append(Piece(name, len(line.partition(":")[2].split())))
        elif pieces:
            pieces[-1] = Piece(pieces[-1].name, pieces[-1].words + len(line.split()))
        elif line:
            pieces.append(Piece(None, len(line.split())))
    return pieces


def _plain_lines(text: str) -> list[str]:
    """The lines of a cue without tags, character references and marks of a new speaker."""
    return [html.unescape(line).lstrip(_LEADING_MARKS) for line in _TAG.sub("", text).split("\n")]


def _prefix(line: str) -> str | None:
    """What stands before the first colon, if it has the shape of a name."""
    found = _PREFIX.match(line)
    if not found:
        return None
    name = clean_name(found.group(1))
    fits = name[:1].isalpha() and len(name.split()) <= MAX_NAME_WORDS and not _SENTENCE.search(name)
    return name if fits or _PHONE.fullmatch(name) else None


def _reads_like_prose(name: str) -> bool:
    """Whether it has the shape of a name but no capital where names have one ("the point is", "my view")."""
    first, *later = name.split()
    if not any(char.isalpha() for char in name):
        return False
    if not later:
        return first.isalpha() and first[0].islower()
    if len(later) == 1 and any(char.isdigit() for char in later[0]):
        return False
    return not any(_is_capital(word) for word in later if not _PRONOUN.fullmatch(word))


def _is_capital(word: str) -> bool:
    """Whether the first letter is a capital, or of a script that has none."""
    letter = next((char for char in word if char.isalpha()), "a")
    return not letter.islower()


def _speech(cues: Sequence[Cue], pieces: Sequence[Sequence[Piece]]) -> dict[str, int]:
    """Milliseconds of each speaker, in the order of their first words; none of one speaker's is counted twice."""
    spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
    last, last_end = UNKNOWN, 0
    for cue, of_cue in zip(cues, pieces, strict=True):
        speaker = last if cue.start - last_end <= PAUSE_MS else UNKNOWN
        for piece, span in zip(of_cue, _shares(cue, of_cue), strict=True):
            speaker = piece.name or speaker
            spans[speaker].append(span)
        if of_cue:
            last, last_end = speaker, cue.end
    return {speaker: _covered(of_speaker) for speaker, of_speaker in spans.items()}


def _shares(cue: Cue, pieces: Sequence[Piece]) -> list[tuple[int, int]]:
    """The cue's time, cut into one span for each piece in proportion to its words."""
    words = [piece.words for piece in pieces]
    if not any(words):
        words = [1] * len(pieces)
    total = sum(words)
    ends = [cue.start + (cue.end - cue.start) * so_far // total for so_far in accumulate(words)]
    return list(zip([cue.start, *ends], ends, strict=False))


def _covered(spans: Sequence[tuple[int, int]]) -> int:
    """Milliseconds that lie in at least one of the spans."""
    total, reached = 0, 0
    for start, end in sorted(spans):
        total += max(0, end - max(start, reached))
        reached = max(reached, end)
    return total
