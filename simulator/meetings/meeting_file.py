"""One meeting file while it is read: its text, what is wrong with it, and the checks that all formats share."""

from __future__ import annotations

import re
import unicodedata
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal
from pathlib import Path

from simulator.errors import MeetingFileError, Problem
from simulator.meetings.recorded import RecordedMeeting, Speaker

MAX_BYTES = 64_000_000
"""Largest file that is read."""

MAX_PROBLEMS = 20
"""Most problems of one file that are told one by one."""

MAX_SECONDS = 10_000_000
"""Latest time that is taken for a time within a meeting; about 116 days."""

EXACT = Context(prec=200)
"""Holds the sum of any number of times exactly: `_SECONDS` limits the digits of each."""

_LINE_END = re.compile(r"\r\n|\r|\n")
_SECONDS = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})?")
_MAX_CHARACTERS = 40
# Control characters and changes of writing direction, which would act on the terminal that shows a name.
_UNSHOWABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class MeetingFile:
    """The text of one file, and the problems found in it so far."""

    def __init__(self, path: Path) -> None:
        """Reads the file.

        Raises:
            MeetingFileError: If it cannot be opened, is over `MAX_BYTES`, or is not text.
        """
        self.path = path
        self.text = _text(path)
        self._problems: list[Problem] = []
        self._untold = 0

    @property
    def lines(self) -> list[str]:
        """The lines without their ends; the first one is line 1."""
        return _LINE_END.split(self.text)

    @property
    def problems(self) -> list[Problem]:
        """The first `MAX_PROBLEMS` problems noted, in the order of their lines, then one that counts the rest."""
        told = sorted(self._problems, key=lambda problem: problem.line or 0)
        if self._untold:
            told.append(Problem(f"and {self._untold} more.", self.path, counts=self._untold))
        return told

    def refuse(self, message: str, line: int | None = None, remedy: str | None = None) -> None:
        """Notes a problem of this file."""
        if len(self._problems) < MAX_PROBLEMS:
            self._problems.append(Problem(message, self.path, line, remedy=remedy))
        else:
            self._untold += 1

    def seconds(self, text: str, called: str, line: int, *, zero: bool = True) -> Decimal | None:
        """The time written in `text`, in seconds; None with a problem noted where it is not one.

        Args:
            text: As found in the file.
            called: What the time is, for the message, such as "the start".
            line: Where it stands.
            zero: Whether 0 is allowed.
        """
        expected = f"expected a number of seconds, {'0 or more' if zero else 'more than 0'}."
        if len(text) > _MAX_CHARACTERS or not _SECONDS.fullmatch(text):
            self.refuse(f"{called} {shown(text)} is not a number; {expected}", line)
            return None
        value = Decimal(text)
        if value < 0 or (value == 0 and not zero):
            self.refuse(f"{called} {text!r} is {'negative' if value < 0 else 'zero'}; {expected}", line)
            return None
        if value > MAX_SECONDS:
            self.refuse(f"{called} {text!r} is over {MAX_SECONDS:,} s; expected a time within a meeting.", line)
            return None
        return value

    def meeting(self, name: str, length_ms: int, speech: Mapping[str, int], remedy: str) -> RecordedMeeting | None:
        """The meeting, if it can be one; None with a problem noted where it cannot.

        Args:
            name: Its id.
            length_ms: Length in milliseconds.
            speech: Milliseconds of speech of each person, in the order of their first turn.
            remedy: What to do about somebody who speaks for longer than the meeting lasts.
        """
        if len(speech) < 2:
            who = f"has one person, {shown(next(iter(speech)))}" if speech else "has no people"
            mend = "Name everybody who was there, the silent ones too (a CSV file can), or leave this meeting out."
            self.refuse(f"meeting {shown(name)} {who}; expected two or more.", remedy=mend)
            return None
        if not any(speech.values()):
            mend = "Check the times, or leave this meeting out."
            self.refuse(f"nobody speaks in meeting {shown(name)}; expected somebody to.", remedy=mend)
            return None
        too_long = [who for who, milliseconds in speech.items() if milliseconds > length_ms]
        for who in too_long:
            speaks, lasts = f"{speech[who] / 1000:.3f} s", f"{length_ms / 1000:.3f} s"
            msg = f"{shown(who)} speaks for {speaks} in meeting {shown(name)}; expected at most its length, {lasts}."
            self.refuse(msg, remedy=remedy)
        if too_long:
            return None
        speakers = tuple(Speaker(who, milliseconds) for who, milliseconds in speech.items())
        return RecordedMeeting(name, self.path, length_ms, speakers)


def raise_any(problems: Sequence[Problem]) -> None:
    """Raises MeetingFileError if there are problems."""
    if problems:
        raise MeetingFileError(problems)


def milliseconds(seconds: Decimal) -> int:
    """Seconds as whole milliseconds, halves to even."""
    return int(EXACT.scaleb(seconds, Decimal(3)).to_integral_value(ROUND_HALF_EVEN))


def clean_name(text: str) -> str:
    """A name with single spaces, without unshowable characters, and composed (NFC), so that equal names are equal."""
    return " ".join(unicodedata.normalize("NFC", _UNSHOWABLE.sub(" ", text)).split())


def shown(text: str, *, limit: int = 60) -> str:
    """The text in quotes, on one line, cut at `limit` characters."""
    return repr(text if len(text) <= limit else f"{text[: limit - 1]}…")


def _text(path: Path) -> str:
    data = _bytes(path)
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        encoding, called = "utf-16", "UTF-16"
    else:
        encoding, called = "utf-8-sig", "UTF-8"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = None if called == "UTF-16" else len(_LINE_END.findall(data[: error.start].decode("latin-1"))) + 1
        sheet = '; spreadsheets call this "CSV UTF-8"' if path.suffix.lower() == ".csv" else ""
        mend = f"Save it as UTF-8{sheet}."
        raise MeetingFileError(Problem(f"the file is not {called} text.", path, line, remedy=mend)) from None


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        msg = f"the file cannot be read: {error.strerror}."
        raise MeetingFileError(Problem(msg, path)) from None
    if len(data) > MAX_BYTES:
        msg = f"the file is over {MAX_BYTES:,} bytes, the most that is read."
        mend = "Split it into one file for each meeting, or check that it is the right file."
        raise MeetingFileError(Problem(msg, path, remedy=mend))
    return data
