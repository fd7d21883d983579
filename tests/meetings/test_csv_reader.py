"""CSV files of participants and seconds."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import MeetingFileError
from simulator.meetings.csv_reader import read_csv
from simulator.meetings.recorded import RecordedMeeting, Speaker

Write = Callable[[str, str | bytes], Path]
Refusal = Callable[[Callable[[], object]], str]

COLUMNS = "  The columns are participant and seconds and, where known, meeting and length_seconds."


def test_without_a_meeting_column_the_file_is_one_meeting(write: Write) -> None:
    path = write("monday.csv", "participant,seconds\nBob,0\nAnn,90.5\nCy,9.5\n")
    speakers = (Speaker("Bob", 0), Speaker("Ann", 90500), Speaker("Cy", 9500))
    assert read_csv(path) == [RecordedMeeting("monday", path, 100_000, speakers)]


def test_the_length_is_taken_from_the_rows_that_give_it(write: Write) -> None:
    content = "meeting,participant,seconds,length_seconds\nb,Ann,10,60\nb,Bob,20,\nb,Cy,20,60.0\na,Ann,10,\na,Bob,20,\n"
    meetings = read_csv(write("m.csv", content))
    assert [(meeting.id, meeting.length_ms) for meeting in meetings] == [("a", 30_000), ("b", 60_000)]


def test_the_lengths_of_people_who_talk_over_each_other_are_fine(write: Write) -> None:
    (meeting,) = read_csv(write("m.csv", "participant,seconds,length_seconds\nAnn,50,60\nBob,50,60\n"))
    assert meeting.length_ms == 60_000


def test_a_spreadsheets_file_is_read(write: Write) -> None:
    rows = ["Meeting;E-Mail; Participant ;SECONDS", 'x;a@b;"Lee; Ann";1,5;', "x;c@d;Bob;2.5;", ";;;", ""]
    (meeting,) = read_csv(write("m.csv", "\ufeff" + "\r\n".join(rows)))
    assert meeting.speakers == (Speaker("Lee; Ann", 1500), Speaker("Bob", 2500))


def test_a_file_in_utf_16_is_read(write: Write) -> None:
    (meeting,) = read_csv(write("m.csv", "participant,seconds\nZoë,1\nBob,2\n".encode("utf-16")))
    assert meeting.speakers[0].name == "Zoë"


def test_control_characters_do_not_reach_a_name(write: Write) -> None:
    (meeting,) = read_csv(write("m.csv", "participant,seconds\nA\x1b[31m  nn,1\nBob,2\n"))
    assert meeting.speakers[0].name == "A [31m nn"


BAD_FILES = {
    "": "m.csv: the file is empty; expected a header with the columns participant and seconds.",
    "participant,seconds\n": "m.csv: the file has a header and no rows; expected one row for each participant.",
    "\nparticipants,secs\nAnn,1\n": (
        "m.csv:2: the header has no column 'participant'; it has 'participants, secs'.\n"
        f"  Rename the column 'participants' to 'participant'.{COLUMNS[1:]}\n"
        "m.csv:2: the header has no column 'seconds'; it has 'participants, secs'.\n"
        f"  Rename the column 'secs' to 'seconds'.{COLUMNS[1:]}\n"
        "2 problems; nothing was run."
    ),
    "participant;talk\nAnn;1\n": (
        f"m.csv:1: the header has no column 'seconds'; it has 'participant, talk'.\n{COLUMNS}"
    ),
    "participant,seconds,lenght_seconds\nAnn,1,2\n": (
        "m.csv:1: the column 'lenght_seconds' is nearly 'length_seconds'; expected that, or another word.\n" + COLUMNS
    ),
    "participant,seconds,seconds\nAnn,1,2\n": "m.csv:1: the header has the column 'seconds' twice; expected it once.",
    "participant,seconds\nAnn,1\nBob\n": (
        "m.csv:3: the number of fields is 1; expected 2, as in the header.\n"
        "  Put a name that contains the delimiter in quotes."
    ),
    "participant,seconds\nLee, Ann,1\nBob,1\n": (
        "m.csv:2: the number of fields is 3; expected 2, as in the header.\n"
        "  Put a name that contains the delimiter in quotes."
    ),
    'participant,seconds\nAnn,1\n"Bob,1\nCy,2\n': (
        "m.csv:3: the row that starts here is not CSV: unexpected end of data.\n"
        "  Close every quote, and write a quote inside quotes twice."
    ),
    "participant,seconds\nAnn,-1\nBob,many\nCy,\n": (
        "m.csv:2: seconds '-1' is negative; expected a number of seconds, 0 or more.\n"
        "m.csv:3: seconds 'many' is not a number; expected a number of seconds, 0 or more.\n"
        "m.csv:4: seconds '' is not a number; expected a number of seconds, 0 or more.\n"
        "3 problems; nothing was run."
    ),
    'participant,seconds\nAnn,"1,234"\nBob,2\n': (
        "m.csv:2: seconds '1,234' is not a number; expected a number of seconds, 0 or more."
    ),
    "participant,seconds,length_seconds\nAnn,1,0\nBob,1,x\n": (
        "m.csv:2: length_seconds '0' is zero; expected a number of seconds, more than 0.\n"
        "m.csv:3: length_seconds 'x' is not a number; expected a number of seconds, more than 0.\n"
        "2 problems; nothing was run."
    ),
    "meeting,participant,seconds\n ,Ann,1\nm,,1\n": (
        "m.csv:2: meeting is empty; expected a name.\n"
        "m.csv:3: participant is empty; expected a name.\n"
        "2 problems; nothing was run."
    ),
    'participant,seconds\nAnn,1\n"A\nx",1\nBob,2\nAnn,3\n': (
        "m.csv:6: participant 'Ann' of meeting 'm' is already on line 2; expected each person once.\n"
        "  Add their seconds up in one row, or tell two people of one name apart."
    ),
    "participant,seconds,length_seconds\nAnn,1,\nBob,1,60\nCy,1,61\n": (
        "m.csv:4: length_seconds 61 differs from 60 on line 3; expected one length in all rows of meeting 'm'."
    ),
    "participant,seconds,length_seconds\nAnn,61,\nBob,1,60\n": (
        "m.csv:2: seconds 61 is more than the 60 s that the meeting lasts.\n"
        "  Check both: nobody can speak for longer than that."
    ),
    "participant,seconds\nAnn,0\nBob,0\n": (
        "m.csv: nobody speaks in meeting 'm'; expected somebody to.\n  Check the times, or leave this meeting out."
    ),
    "participant,seconds\nAnn,5\n": (
        "m.csv: meeting 'm' has one person, 'Ann'; expected two or more.\n"
        "  Name everybody who was there, the silent ones too (a CSV file can), or leave this meeting out."
    ),
}


@pytest.mark.parametrize(("content", "text"), BAD_FILES.items(), ids=range(len(BAD_FILES)))
def test_a_bad_file_is_refused(content: str, text: str, write: Write, refusal: Refusal) -> None:
    path = write("m.csv", content)
    assert refusal(lambda: read_csv(path)) == text


def test_a_file_in_another_encoding_is_refused(write: Write, refusal: Refusal) -> None:
    path = write("m.csv", "participant,seconds\nZoë,1\n".encode("latin-1"))
    assert refusal(lambda: read_csv(path)) == (
        'm.csv:2: the file is not UTF-8 text.\n  Save it as UTF-8; spreadsheets call this "CSV UTF-8".'
    )


def test_a_file_cut_in_utf_16_is_refused(write: Write, refusal: Refusal) -> None:
    path = write("m.csv", "participant,seconds\n".encode("utf-16")[:-1])
    assert refusal(lambda: read_csv(path)) == (
        'm.csv: the file is not UTF-16 text.\n  Save it as UTF-8; spreadsheets call this "CSV UTF-8".'
    )


def composed(name: str) -> str:
    return unicodedata.normalize("NFC", f"n{name}")


@given(
    st.dictionaries(
        st.text(st.characters(categories=["Lu", "Ll"]), min_size=1).map(composed),
        st.decimals(1, 1000, places=3),
        min_size=2,
        max_size=8,
    ),
    st.sampled_from(",;"),
)
def test_seconds_come_back_to_the_millisecond(people: dict[str, Decimal], delimiter: str) -> None:
    rows = [f"participant{delimiter}seconds", *(f'"{who}"{delimiter}{seconds}' for who, seconds in people.items())]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "m.csv"
        path.write_text("\n".join(rows), encoding="utf-8")
        (meeting,) = read_csv(path)
    assert [speaker.speech_ms for speaker in meeting.speakers] == [int(seconds * 1000) for seconds in people.values()]
    assert meeting.length_ms == sum(speaker.speech_ms for speaker in meeting.speakers)


@given(st.data())
def test_mutated_files_are_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(b'meeting,participant,seconds,length_seconds\nm,"Ann",1,9\nm,Bob,2,9\nm,Cy,3.5,9\n')
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "m.csv"
        path.write_bytes(content)
        with suppress(MeetingFileError):
            assert all(len(meeting.speakers) > 1 for meeting in read_csv(path))
