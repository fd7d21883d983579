"""Reads CSV files of participants and the seconds that each spoke."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path

from simulator.errors import nearest
from simulator.meetings.meeting_file import EXACT, MeetingFile, clean_name, milliseconds, raise_any, shown
from simulator.meetings.recorded import RecordedMeeting

REQUIRED = ("participant", "seconds")
OPTIONAL = ("meeting", "length_seconds")

_COLUMNS = f"The columns are {' and '.join(REQUIRED)} and, where known, {' and '.join(OPTIONAL)}."


@dataclass(frozen=True)
class Row:
    """One participant of one meeting: seconds of speech, and the meeting's length where the row gives it."""

    line: int
    meeting: str
    participant: str
    speech: Decimal
    length: Decimal | None


@dataclass(frozen=True)
class Record:
    """One record of the file: its first line, and its fields by column name."""

    line: int
    fields: dict[str, str]


def read_csv(path: Path) -> list[RecordedMeeting]:
    """Reads all meetings of a CSV file, sorted by id.

    The length of a meeting is `length_seconds`; without it, the sum of everybody's speech, as if people had talked in
    turn and without a pause.

    Raises:
        MeetingFileError: with all problems of the file.
    """
    file = MeetingFile(path)
    by_meeting: dict[str, list[Row]] = defaultdict(list)
    for row in _rows(file):
        by_meeting[row.meeting].append(row)
    for rows in by_meeting.values():
        _refuse_repeats(file, rows)
        _refuse_lengths(file, rows)
    # What is left of a faulty file may seem to have too few people, so meetings are built from sound ones only.
    raise_any(file.problems)
    meetings = [_meeting(file, by_meeting[name]) for name in sorted(by_meeting)]
    raise_any(file.problems)
    return [meeting for meeting in meetings if meeting is not None]


def _rows(file: MeetingFile) -> list[Row]:
    """The rows that can be read; a problem is noted for every other."""
    delimiter = _delimiter(file)
    lines = _lines_of_fields(file, delimiter)
    if not lines:
        if not file.problems:
            file.refuse(f"the file is empty; expected a header with the columns {' and '.join(REQUIRED)}.")
        return []
    header_line, header = lines[0][0], [clean_name(name).casefold() for name in lines[0][1]]
    if not _header_is_sound(file, header_line, header):
        return []
    if len(lines) == 1 and not file.problems:
        file.refuse("the file has a header and no rows; expected one row for each participant.")
    records = (_record(file, line, fields, header) for line, fields in lines[1:])
    rows = (_row(file, record, decimal_comma=delimiter == ";") for record in records if record is not None)
    return [row for row in rows if row is not None]


def _delimiter(file: MeetingFile) -> str:
    """A comma or a semicolon, whichever the header has more of."""
    header = next((line for line in file.lines if line.strip()), "")
    return ";" if header.count(";") > header.count(",") else ","


def _lines_of_fields(file: MeetingFile, delimiter: str) -> list[tuple[int, list[str]]]:
    """First line and fields of every record that is not blank."""
    reader = csv.reader(io.StringIO(file.text, newline=""), delimiter=delimiter, strict=True)
    found: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for fields in reader:
            if any(field.strip() for field in fields):
                found.append((line, fields))
            line = reader.line_num + 1
    except csv.Error as error:
        mend = "Close every quote, and write a quote inside quotes twice."
        file.refuse(f"the row that starts here is not CSV: {error}.", line, mend)
    return found


def _header_is_sound(file: MeetingFile, line: int, header: Sequence[str]) -> bool:
    known = len(file.problems)
    unknown = [name for name in header if name not in REQUIRED + OPTIONAL]
    for name in REQUIRED:
        if name not in header:
            guess = nearest(name, unknown)
            mend = f"Rename the column {shown(guess)} to {name!r}. {_COLUMNS}" if guess else _COLUMNS
            file.refuse(f"the header has no column {name!r}; it has {shown(', '.join(header))}.", line, mend)
    for name in OPTIONAL:
        # Other columns are welcome, but one that is nearly right would be missed in silence.
        near = [] if name in header else get_close_matches(name, unknown, n=1, cutoff=0.8)
        for guess in near:
            msg = f"the column {shown(guess)} is nearly {name!r}; expected that, or another word."
            file.refuse(msg, line, _COLUMNS)
    for name in REQUIRED + OPTIONAL:
        if header.count(name) > 1:
            file.refuse(f"the header has the column {name!r} twice; expected it once.", line)
    return len(file.problems) == known


def _record(file: MeetingFile, line: int, fields: Sequence[str], header: Sequence[str]) -> Record | None:
    """The record, if it has as many fields as the header; empty ones too many at its end do no harm."""
    if len(fields) < len(header) or any(field.strip() for field in fields[len(header) :]):
        mend = "Put a name that contains the delimiter in quotes."
        file.refuse(f"the number of fields is {len(fields)}; expected {len(header)}, as in the header.", line, mend)
        return None
    return Record(line, dict(zip(header, fields, strict=False)))


def _row(file: MeetingFile, record: Record, *, decimal_comma: bool) -> Row | None:
    def seconds(column: str, *, zero: bool) -> Decimal | None:
        text = record.fields[column].strip()
        # Spreadsheets that separate fields by semicolons do so because their decimal mark is the comma.
        written = text.replace(",", ".") if decimal_comma and "." not in text else text
        return file.seconds(written, column, record.line, zero=zero)

    meeting = clean_name(record.fields.get("meeting", file.path.stem))
    participant = clean_name(record.fields["participant"])
    for column, name in (("meeting", meeting), ("participant", participant)):
        if not name:
            file.refuse(f"{column} is empty; expected a name.", record.line)
    speech = seconds("seconds", zero=True)
    has_length = bool(record.fields.get("length_seconds", "").strip())
    length = seconds("length_seconds", zero=False) if has_length else None
    if not meeting or not participant or speech is None or (has_length and length is None):
        return None
    return Row(record.line, meeting, participant, speech, length)


def _refuse_repeats(file: MeetingFile, rows: Sequence[Row]) -> None:
    first_line: dict[str, int] = {}
    for row in rows:
        earlier = first_line.setdefault(row.participant, row.line)
        if earlier != row.line:
            who = f"participant {shown(row.participant)} of meeting {shown(row.meeting)}"
            msg = f"{who} is already on line {earlier}; expected each person once."
            file.refuse(msg, row.line, "Add their seconds up in one row, or tell two people of one name apart.")


def _refuse_lengths(file: MeetingFile, rows: Sequence[Row]) -> None:
    """Notes lengths that differ within a meeting, and people who speak for longer than it lasts."""
    first = next((row for row in rows if row.length is not None), None)
    if first is None or first.length is None:
        return
    for row in rows:
        if row.length not in (None, first.length):
            place = f"length_seconds {row.length} differs from {first.length} on line {first.line}"
            file.refuse(f"{place}; expected one length in all rows of meeting {shown(row.meeting)}.", row.line)
        elif row.speech > first.length:
            msg = f"seconds {row.speech} is more than the {first.length} s that the meeting lasts."
            file.refuse(msg, row.line, "Check both: nobody can speak for longer than that.")


def _meeting(file: MeetingFile, rows: Sequence[Row]) -> RecordedMeeting | None:
    speech = {row.participant: milliseconds(row.speech) for row in rows}
    length = next((row.length for row in rows if row.length is not None), None)
    if length is None:
        length = Decimal(0)
        for row in rows:
            length = EXACT.add(length, row.speech)
    return file.meeting(rows[0].meeting, milliseconds(length), speech, "Check length_seconds.")
