"""Reads real meetings from files and folders, whatever their formats."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from simulator.errors import MeetingFileError, Problem, nearest
from simulator.meetings.csv_reader import read_csv
from simulator.meetings.meeting_file import shown
from simulator.meetings.recorded import RecordedMeeting
from simulator.meetings.rttm import read_rttm
from simulator.meetings.webvtt_reader import read_webvtt

READERS: dict[str, Callable[[Path], list[RecordedMeeting]]] = {
    ".rttm": read_rttm,
    ".vtt": read_webvtt,
    ".csv": read_csv,
}
"""The reader for each ending of a file's name; capitals do not matter."""

_UEM = ".uem"
_ENDINGS = ", ".join(READERS)


def read_meetings(paths: Sequence[Path]) -> list[RecordedMeeting]:
    """Reads all meetings in these files and folders.

    A folder stands for all files in it and below it that have a known ending, sorted by path; names that start with
    a dot are passed over. A file that is reached twice is read once. Meetings come in the order of their files, and
    within a file sorted by id.

    Raises:
        MeetingFileError: with all problems of all files.
    """
    problems: list[Problem] = []
    meetings: list[RecordedMeeting] = []
    if not paths:
        problems.append(Problem("no meetings were given; expected files or folders.", remedy=f"Endings: {_ENDINGS}."))
    for path in _files(paths, problems):
        try:
            meetings += READERS[path.suffix.lower()](path)
        except MeetingFileError as error:
            problems += error.problems
    problems += _repeated_ids(meetings)
    if problems:
        raise MeetingFileError(problems)
    return meetings


def _files(paths: Sequence[Path], problems: list[Problem]) -> Iterable[Path]:
    """The files to read, each once, in order; problems are added for everything that is none."""
    found: dict[Path, Path] = {}
    for path in paths:
        try:
            for file in _inside(path, paths, problems):
                # A link that leads nowhere is kept as it is, and reading it says so.
                found.setdefault(file.resolve() if file.exists() else file, file)
        except OSError as error:
            problems.append(Problem(f"this cannot be reached: {error.strerror}.", path))
    return found.values()


def _inside(path: Path, given: Sequence[Path], problems: list[Problem]) -> list[Path]:
    if not path.is_dir():
        return [path] if _is_meeting_file(path, given, problems) else []
    inside = list(_walk(path, problems))
    if not inside:
        problems.append(Problem(f"the folder holds no meetings; expected files that end in {_ENDINGS}.", path))
    return inside


def _walk(folder: Path, problems: list[Problem]) -> Iterable[Path]:
    """Meeting files in the folder and below it. Linked folders are left out, as they may lead back here."""
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        problems.append(Problem(f"the folder cannot be read: {error.strerror}.", folder))
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            if not entry.is_symlink():
                yield from _walk(entry, problems)
        elif entry.suffix.lower() in READERS and (entry.is_file() or not entry.exists()):
            yield entry


def _is_meeting_file(path: Path, given: Sequence[Path], problems: list[Problem]) -> bool:
    """Whether a path that is not a folder can be read; a problem is added if not, unless it is read with another."""
    ending = path.suffix.lower()
    if not path.exists():
        problems.append(_missing(path))
    elif ending == _UEM:
        if not any(other.with_suffix("") == path.with_suffix("") for other in given if _is_rttm(other)):
            msg = "a UEM file holds the lengths of recordings, not a meeting; expected the RTTM file beside it."
            mend = f"Give {path.with_suffix('.rttm').name}: the lengths are read with it."
            problems.append(Problem(msg, path, remedy=mend))
    elif ending not in READERS:
        msg = f"the ending {shown(path.suffix)} is not known; expected one of {_ENDINGS}."
        problems.append(Problem(msg, path))
    elif not path.is_file():
        problems.append(Problem("this is neither a file nor a folder; expected one of them.", path))
    else:
        return True
    return False


def _is_rttm(path: Path) -> bool:
    return path.suffix.lower() == ".rttm"


def _missing(path: Path) -> Problem:
    folder = path.parent
    if not folder.is_dir():
        return Problem(f"there is no such file, and no folder {folder}.", path)
    try:
        names = {entry.name.lower(): entry.name for entry in folder.iterdir()}
    except OSError:
        names = {}
    guess = nearest(path.name, sorted(names))
    mend = f"Did you mean {names[guess]!r}?" if guess else None
    return Problem("there is no such file or folder.", path, remedy=mend)


def _repeated_ids(meetings: Sequence[RecordedMeeting]) -> list[Problem]:
    """A problem for each meeting whose id an earlier file already has."""
    first: dict[str, Path] = {}
    problems = []
    for meeting in meetings:
        earlier = first.setdefault(meeting.id, meeting.path)
        if earlier != meeting.path:
            msg = f"meeting {shown(meeting.id)} is also in {earlier}; expected every meeting once."
            problems.append(Problem(msg, meeting.path, remedy="Rename one of them, or leave one file out."))
    return problems
