"""The 18 AMI meetings, against sums of the lines of their files. Skipped where the files are not at hand."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from pathlib import Path

import pytest

from simulator.meetings.read import read_meetings
from simulator.meetings.recorded import RecordedMeeting


@pytest.fixture(scope="module")
def meetings(ami: Path) -> list[RecordedMeeting]:
    return read_meetings([ami])


def test_all_18_are_read_in_order(meetings: list[RecordedMeeting], ami: Path) -> None:
    assert len(meetings) == 18
    assert [meeting.id for meeting in meetings] == sorted(path.stem for path in ami.glob("*.rttm"))


def test_every_speakers_total_is_the_sum_of_their_lines(meetings: list[RecordedMeeting]) -> None:
    for meeting in meetings:
        sums: dict[str, Fraction] = defaultdict(Fraction)
        for line in meeting.path.read_text(encoding="utf-8").splitlines():
            _, _, _, _, duration, _, _, speaker, _, _ = line.split(" ")
            sums[speaker] += 1000 * Fraction(duration)
        assert {speaker.name: speaker.speech_ms for speaker in meeting.speakers} == sums
        assert len(sums) == 4


def test_every_length_is_the_one_of_the_uem_file(meetings: list[RecordedMeeting]) -> None:
    for meeting in meetings:
        (line,) = meeting.path.with_suffix(".uem").read_text(encoding="utf-8").splitlines()
        start, end = (Fraction(field) for field in line.split(" ")[2:])
        assert abs(meeting.length_ms - 1000 * (end - start)) <= Fraction(1, 2)
