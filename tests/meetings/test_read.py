"""Files and folders of mixed formats, and what is said about paths that hold no meeting."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.meetings import meeting_file
from simulator.meetings.read import read_meetings

Write = Callable[[str, str | bytes], Path]
Refusal = Callable[[Callable[[], object]], str]

CSV = "participant,seconds\nAnn,1\nBob,2\n"
VTT = "WEBVTT\n\n00:00.000 --> 00:01.000\nAnn: hello\n\n00:01.000 --> 00:02.000\nBob: yes\n"


def rttm(meeting: str) -> str:
    return "".join(f"SPEAKER {meeting} 1 {at} 1 <NA> <NA> {who} <NA> <NA>\n" for at, who in enumerate(("ann", "bob")))


def test_a_folder_is_read_to_its_bottom_in_sorted_order(write: Write, tmp_path: Path) -> None:
    write("b.csv", CSV)
    write("a/z.VTT", VTT)
    write("a/y.rttm", rttm("y"))
    write("a/y.uem", "y 1 0 9\n")
    write("a/.hidden.csv", "x")
    write(".hidden/c.csv", "x")
    write("notes.txt", "x")
    assert [meeting.id for meeting in read_meetings([tmp_path])] == ["y", "z", "b"]


def test_files_come_in_the_order_given_and_each_once(write: Write, tmp_path: Path) -> None:
    later, first = write("a.csv", CSV), write("z.csv", CSV)
    assert [meeting.id for meeting in read_meetings([first, later, tmp_path, first])] == ["z", "a"]


def test_a_uem_file_given_with_its_turns_is_read_with_them(write: Write) -> None:
    paths = [write("y.rttm", rttm("y")), write("y.uem", "y 1 0 9\n")]
    assert [meeting.length_ms for meeting in read_meetings(paths)] == [9000]


def test_linked_folders_are_not_followed(write: Write, tmp_path: Path) -> None:
    write("a/b.csv", CSV)
    (tmp_path / "a" / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert [meeting.id for meeting in read_meetings([tmp_path])] == ["b"]


def test_a_uem_file_alone_is_refused(write: Write, refusal: Refusal) -> None:
    path = write("y.uem", "y 1 0 9\n")
    assert refusal(lambda: read_meetings([path])) == (
        "y.uem: a UEM file holds the lengths of recordings, not a meeting; expected the RTTM file beside it.\n"
        "  Give y.rttm: the lengths are read with it."
    )


def test_nothing_given_is_refused(refusal: Refusal) -> None:
    assert refusal(lambda: read_meetings([])) == (
        "no meetings were given; expected files or folders.\n  Endings: .rttm, .vtt, .csv."
    )


def test_an_unknown_ending_is_refused(write: Write, refusal: Refusal) -> None:
    path = write("m.srt", VTT)
    assert refusal(lambda: read_meetings([path])) == (
        "m.srt: the ending '.srt' is not known; expected one of .rttm, .vtt, .csv."
    )


def test_a_folder_without_meetings_is_refused(write: Write, refusal: Refusal, tmp_path: Path) -> None:
    write("y.uem", "y 1 0 9\n")
    assert refusal(lambda: read_meetings([tmp_path])) == (
        "folder: the folder holds no meetings; expected files that end in .rttm, .vtt, .csv."
    )


def test_a_missing_file_is_refused_with_the_nearest_name(write: Write, refusal: Refusal, tmp_path: Path) -> None:
    write("Monday.csv", CSV)
    write("tuesday.csv", CSV)
    assert refusal(lambda: read_meetings([tmp_path / "mondya.csv"])) == (
        "mondya.csv: there is no such file or folder.\n  Did you mean 'Monday.csv'?"
    )


def test_a_missing_file_with_nothing_near_is_refused(refusal: Refusal, tmp_path: Path) -> None:
    assert refusal(lambda: read_meetings([tmp_path / "x.csv"])) == "x.csv: there is no such file or folder."


def test_a_file_in_a_missing_folder_is_refused(refusal: Refusal, tmp_path: Path) -> None:
    assert refusal(lambda: read_meetings([tmp_path / "x" / "y.csv"])) == (
        "x/y.csv: there is no such file, and no folder x."
    )


def test_a_name_that_cannot_be_one_is_refused(refusal: Refusal, tmp_path: Path) -> None:
    name = "x" * 300
    assert refusal(lambda: read_meetings([tmp_path / name])) == f"{name}: this cannot be reached: File name too long."


def test_a_pipe_is_refused_and_not_waited_for(refusal: Refusal, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "m.csv")
    assert refusal(lambda: read_meetings([tmp_path / "m.csv"])) == (
        "m.csv: this is neither a file nor a folder; expected one of them."
    )


def test_a_link_that_leads_nowhere_is_told(refusal: Refusal, tmp_path: Path) -> None:
    (tmp_path / "m.csv").symlink_to(tmp_path / "gone.csv")
    assert refusal(lambda: read_meetings([tmp_path])) == "m.csv: the file cannot be read: No such file or directory."


def test_a_large_file_is_refused(write: Write, refusal: Refusal, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("m.csv", CSV)
    monkeypatch.setattr(meeting_file, "MAX_BYTES", len(CSV))
    assert len(read_meetings([path])) == 1
    write("m.csv", CSV + " ")
    assert refusal(lambda: read_meetings([path])) == (
        f"m.csv: the file is over {len(CSV)} bytes, the most that is read.\n"
        "  Split it into one file for each meeting, or check that it is the right file."
    )


def test_one_id_in_two_files_is_refused(write: Write, refusal: Refusal) -> None:
    paths = [write("m.csv", CSV), write("other.rttm", rttm("m"))]
    assert refusal(lambda: read_meetings(paths)) == (
        "other.rttm: meeting 'm' is also in m.csv; expected every meeting once.\n"
        "  Rename one of them, or leave one file out."
    )


def test_problems_of_all_files_are_told_at_once(write: Write, refusal: Refusal, tmp_path: Path) -> None:
    write("a.csv", CSV.replace("1", "one"))
    write("b.vtt", "x")
    write("c.rttm", rttm("m"))
    assert refusal(lambda: read_meetings([tmp_path, tmp_path / "missing"])) == (
        "missing: there is no such file or folder.\n"
        "a.csv:2: seconds 'one' is not a number; expected a number of seconds, 0 or more.\n"
        "b.vtt:1: the first line is 'x'; expected WEBVTT.\n"
        "  Export the transcript as WebVTT (.vtt).\n"
        "3 problems; nothing was run."
    )
