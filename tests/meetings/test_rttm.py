"""RTTM and UEM: totals to the millisecond, and every refusal with its place."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import MeetingFileError
from simulator.meetings.recorded import RecordedMeeting, Speaker
from simulator.meetings.rttm import OTHER_TYPES, read_rttm

Write = Callable[[str, str | bytes], Path]
Refusal = Callable[[Callable[[], object]], str]

TWO_TURNS = "SPEAKER m 1 0 2.5 <NA> <NA> ann <NA> <NA>\nSPEAKER m 1 2 1 <NA> <NA> bob <NA> <NA>\n"


def turn(start: object, duration: object, speaker: str = "ann", meeting: str = "m") -> str:
    return f"SPEAKER {meeting} 1 {start} {duration} <NA> <NA> {speaker} <NA> <NA>\n"


def test_each_speaker_gets_the_sum_of_their_turns(write: Write) -> None:
    path = write("m.rttm", turn(4, "0.0004", "bob") + turn(0, 2.25) + turn(5, "0.0004", "bob") + turn(6, 1))
    assert read_rttm(path) == [RecordedMeeting("m", path, 7000, (Speaker("ann", 3250), Speaker("bob", 1)))]


def test_speakers_who_start_together_come_by_name(write: Write) -> None:
    (meeting,) = read_rttm(write("m.rttm", turn(1, 1, "bob") + turn(1, 1, "ann")))
    assert [speaker.name for speaker in meeting.speakers] == ["ann", "bob"]


def test_a_file_may_hold_several_meetings(write: Write) -> None:
    second = turn(0, 1, "cy", "b") + turn(1, 1, "di", "b")
    first = turn(0, 3, "ann", "a") + turn(1, 1, "cy", "a")
    meetings = read_rttm(write("both.rttm", second + first))
    assert [(meeting.id, meeting.length_ms) for meeting in meetings] == [("a", 3000), ("b", 2000)]


def test_nine_fields_comments_blank_lines_and_other_types_are_fine(write: Write) -> None:
    others = "".join(f"{kind} m 1 0 9 <NA> <NA> eve <NA> <NA>\n" for kind in OTHER_TYPES)
    nine = "SPEAKER m 1 0 2.5 <NA> <NA> ann <NA>\r\n\r\n  ;; a comment\r\n"
    (meeting,) = read_rttm(write("m.rttm", "\ufeff" + nine + others + turn(2, 1, "bob")))
    assert meeting.speakers == (Speaker("ann", 2500), Speaker("bob", 1000))


def test_the_length_comes_from_the_uem_file_beside_it(write: Write) -> None:
    write("m.uem", ";; two segments, and a second channel\nm 1 0 1.5\nm 1 1.5 10.0004\nm 2 0 9\nother 1 0 99\n")
    (meeting,) = read_rttm(write("m.rttm", TWO_TURNS))
    assert meeting.length_ms == 10000


def test_a_turn_may_cross_from_one_segment_into_the_next(write: Write) -> None:
    write("m.uem", "m 1 2 3\nm 1 0 2\n")
    (meeting,) = read_rttm(write("m.rttm", TWO_TURNS))
    assert (meeting.length_ms, meeting.speakers[0].speech_ms) == (3000, 2500)


def test_a_turn_may_end_one_second_after_the_recording_and_no_more(write: Write, refusal: Refusal) -> None:
    write("m.uem", "m 1 0 9\n")
    assert len(read_rttm(write("m.rttm", TWO_TURNS + turn(9.5, 0.5)))) == 1
    path = write("m.rttm", TWO_TURNS + turn(9.5, 0.501))
    assert refusal(lambda: read_rttm(path)) == (
        "m.rttm:3: the turn from 9.5 to 10.001 s lies outside the recording of 'm' in m.uem; expected at most 1 s"
        " outside.\n  Check that both files are of the same recording."
    )


def test_a_turn_in_a_gap_between_segments_is_refused(write: Write, refusal: Refusal) -> None:
    write("m.uem", "m 1 0 4\nm 1 10 20\n")
    path = write("m.rttm", TWO_TURNS + turn(6, 2))
    assert refusal(lambda: read_rttm(path)) == (
        "m.rttm:3: the turn from 6 to 8 s lies outside the recording of 'm' in m.uem; expected at most 1 s outside.\n"
        "  Check that both files are of the same recording."
    )


BAD_LINES = {
    "SPEAKER m 1 0 1 <NA> <NA> ann": (
        "the number of fields is 8; expected 10 (or 9):"
        " SPEAKER <meeting> 1 <start> <duration> <NA> <NA> <speaker> <NA> <NA>.\n"
        "  A name with a space in it counts as two fields: write it with an underscore."
    ),
    "SPEAKER m 1 0 1 <NA> <NA> ann lee <NA> <NA>": (
        "the number of fields is 11; expected 10 (or 9):"
        " SPEAKER <meeting> 1 <start> <duration> <NA> <NA> <speaker> <NA> <NA>.\n"
        "  A name with a space in it counts as two fields: write it with an underscore."
    ),
    turn("-0.5", 1): "the start '-0.5' is negative; expected a number of seconds, 0 or more.",
    turn("nan", 1): "the start 'nan' is not a number; expected a number of seconds, 0 or more.",
    turn("1_0", 1): "the start '1_0' is not a number; expected a number of seconds, 0 or more.",
    turn("2e7", 1): "the start '2e7' is over 10,000,000 s; expected a time within a meeting.",
    turn(0, "-1"): "the duration '-1' is negative; expected a number of seconds, more than 0.",
    turn(0, "0.00"): "the duration '0.00' is zero; expected a number of seconds, more than 0.",
    turn(0, "inf"): "the duration 'inf' is not a number; expected a number of seconds, more than 0.",
    turn(0, "1e999"): "the duration '1e999' is not a number; expected a number of seconds, more than 0.",
    turn(0, "1,5"): "the duration '1,5' is not a number; expected a number of seconds, more than 0.",
    turn(0, "9" * 99): (f"the duration '{'9' * 59}…' is not a number; expected a number of seconds, more than 0."),
    turn(0, 1, "<NA>"): "the speaker is '<NA>'; expected a name.",
    turn(0, 1, meeting="<NA>"): "the meeting is '<NA>'; expected a name.",
    "SPEAKR m 1 0 1 <NA> <NA> ann <NA> <NA>": (
        "'SPEAKR' is not a type of RTTM line; expected SPEAKER.\n  Did you mean SPEAKER?"
    ),
    "# a comment": "'#' is not a type of RTTM line; expected SPEAKER.\n  Start a comment with \";;\".",
    turn(2, 1, "bob"): (
        "this turn of 'bob' is already on line 2; expected every turn once.\n  Remove one of the two lines."
    ),
}


@pytest.mark.parametrize(("line", "text"), BAD_LINES.items(), ids=range(len(BAD_LINES)))
def test_a_bad_line_is_refused_with_its_number(line: str, text: str, write: Write, refusal: Refusal) -> None:
    path = write("m.rttm", TWO_TURNS + line)
    assert refusal(lambda: read_rttm(path)) == f"m.rttm:3: {text}"


def test_an_empty_file_is_refused(write: Write, refusal: Refusal) -> None:
    path = write("m.rttm", " \n")
    assert refusal(lambda: read_rttm(path)) == (
        "m.rttm: the file is empty; expected lines of the form"
        " SPEAKER <meeting> 1 <start> <duration> <NA> <NA> <speaker> <NA> <NA>."
    )


def test_a_file_without_turns_is_refused(write: Write, refusal: Refusal) -> None:
    path = write("m.rttm", ";; nothing\nSPKR-INFO m 1 <NA> <NA> <NA> unknown ann <NA> <NA>\n")
    assert refusal(lambda: read_rttm(path)) == (
        "m.rttm: the file holds no SPEAKER line; expected lines of the form"
        " SPEAKER <meeting> 1 <start> <duration> <NA> <NA> <speaker> <NA> <NA>."
    )


def test_a_meeting_of_one_person_is_refused(write: Write, refusal: Refusal) -> None:
    path = write("m.rttm", TWO_TURNS + turn(0, 1, "cy", "solo"))
    assert refusal(lambda: read_rttm(path)) == (
        "m.rttm: meeting 'solo' has one person, 'cy'; expected two or more.\n"
        "  Name everybody who was there, the silent ones too (a CSV file can), or leave this meeting out."
    )


def test_nobody_may_speak_for_longer_than_the_meeting(write: Write, refusal: Refusal) -> None:
    path = write("m.rttm", turn(0, 3) + turn(1, 2) + turn(0, 1, "bob"))
    assert refusal(lambda: read_rttm(path)) == (
        "m.rttm: 'ann' speaks for 5.000 s in meeting 'm'; expected at most its length, 3.000 s.\n"
        "  Turns of one speaker overlap: shorten or remove some of them."
    )


def test_nobody_may_speak_for_longer_than_the_recording(write: Write, refusal: Refusal) -> None:
    write("m.uem", "m 1 0 2\n")
    path = write("m.rttm", TWO_TURNS)
    assert refusal(lambda: read_rttm(path)) == (
        "m.rttm: 'ann' speaks for 2.500 s in meeting 'm'; expected at most its length, 2.000 s.\n"
        "  Check the length in m.uem, and whether turns of one speaker overlap."
    )


def test_a_uem_file_without_the_meeting_is_refused(write: Write, refusal: Refusal) -> None:
    write("m.uem", "meeting-1 1 0 9\n")
    path = write("m.rttm", turn(0, 1, "a", "meeting-2") + turn(0, 1, "b", "meeting-2"))
    assert refusal(lambda: read_rttm(path)) == (
        "m.rttm: meeting 'meeting-2' is not in m.uem beside this file; expected its length.\n"
        "  Did you mean 'meeting-1' there?"
    )


def test_a_uem_file_with_nothing_like_the_meeting_is_refused(write: Write, refusal: Refusal) -> None:
    write("m.uem", "xyz 1 0 9\n")
    path = write("m.rttm", TWO_TURNS)
    assert refusal(lambda: read_rttm(path)) == (
        "m.rttm: meeting 'm' is not in m.uem beside this file; expected its length.\n"
        "  Add a line <meeting> 1 <start> <end>, or remove that file."
    )


BAD_UEM = {
    "m 1 0": "m.uem:1: the number of fields is 3; expected 4: <meeting> 1 <start> <end>.",
    "m 1 x 9": "m.uem:1: the start 'x' is not a number; expected a number of seconds, 0 or more.",
    "m 1 0 -9": "m.uem:1: the end '-9' is negative; expected a number of seconds, 0 or more.",
    "m 1 9 9": "m.uem:1: the end '9' is not after the start '9'; expected a later time.",
    "m 1 5 9\nm 1 0 6": "m.uem:1: this segment overlaps the one on line 2; expected every second once.",
    ";;": "m.uem: the file holds no segment; expected lines of the form <meeting> 1 <start> <end>.",
}


@pytest.mark.parametrize(("content", "text"), BAD_UEM.items(), ids=range(len(BAD_UEM)))
def test_a_bad_uem_file_is_refused(content: str, text: str, write: Write, refusal: Refusal) -> None:
    write("m.uem", content)
    path = write("m.rttm", TWO_TURNS)
    assert refusal(lambda: read_rttm(path)) == text


def test_problems_of_both_files_are_told_at_once(write: Write, refusal: Refusal) -> None:
    write("m.uem", b"\xff")
    path = write("m.rttm", turn(0, "x") + TWO_TURNS + turn("y", 1))
    assert refusal(lambda: read_rttm(path)) == (
        "m.rttm:1: the duration 'x' is not a number; expected a number of seconds, more than 0.\n"
        "m.rttm:4: the start 'y' is not a number; expected a number of seconds, 0 or more.\n"
        "m.uem:1: the file is not UTF-8 text.\n"
        "  Save it as UTF-8.\n"
        "3 problems; nothing was run."
    )


def test_a_long_list_of_problems_is_cut_and_counted(write: Write) -> None:
    path = write("m.rttm", turn(0, "x") * 33)
    with pytest.raises(MeetingFileError) as caught:
        read_rttm(path)
    lines = str(caught.value).splitlines()
    assert len(lines) == 22
    assert lines[19].startswith(f"{path}:20: ")
    assert lines[20:] == [f"{path}: and 13 more.", "33 problems; nothing was run."]


# One turn starts in each minute and lasts at most that long, so no speaker overlaps themselves.
turns = st.lists(
    st.tuples(
        st.sampled_from(["ann", "bob", "cy"]),
        st.decimals("0.0001", 60, places=4),
    ),
    min_size=1,
    max_size=30,
).map(lambda drawn: [*drawn, ("ann", Decimal(1)), ("bob", Decimal(1))])


@given(turns, st.randoms(use_true_random=False))
def test_totals_equal_the_sum_in_any_order_of_lines(drawn: list[tuple[str, Decimal]], random: Random) -> None:
    lines = [turn(60 * minute, duration, speaker) for minute, (speaker, duration) in enumerate(drawn)]
    shuffled = list(lines)
    random.shuffle(shuffled)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "m.rttm"
        path.write_text("".join(lines))
        (meeting,) = read_rttm(path)
        path.write_text("".join(shuffled))
        assert read_rttm(path) == [meeting]
    # Tenths of milliseconds as whole numbers: an arithmetic that shares nothing with the reader's.
    tenths = {name: sum(int(long * 10_000) for who, long in drawn if who == name) for name, _ in drawn}
    for speaker in meeting.speakers:
        assert abs(speaker.speech_ms * 10 - tenths.pop(speaker.name)) <= 5
    assert not tenths


@given(st.data())
def test_mutated_files_are_read_or_refused(data: st.DataObject) -> None:
    content = bytearray((TWO_TURNS + turn(7, 1, "cy")).encode())
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "m.rttm"
        path.write_bytes(content)
        with suppress(MeetingFileError):
            assert all(len(meeting.speakers) > 1 for meeting in read_rttm(path))
