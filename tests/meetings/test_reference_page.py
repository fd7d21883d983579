"""The examples in docs/reference/meeting-files.md hold what the page says of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from simulator.meetings.read import read_meetings

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "meeting-files.md"

FIGURES = {
    "rttm": (60_000, {"ann": 3400, "bob": 500}),
    "vtt": (10_000, {"Ann Lee": 7000, "Bob": 2000}),
    "csv": (900_000, {"Ann": 340_000, "Bob": 95_500, "Cy": 0}),
}


@pytest.fixture
def examples(tmp_path: Path) -> Path:
    for ending, content in re.findall(r"```(\w+)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
        (tmp_path / f"standup.{ending}").write_text(content, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("ending", FIGURES)
def test_an_example_gives_the_figures_below_it(ending: str, examples: Path) -> None:
    (meeting,) = read_meetings([examples / f"standup.{ending}"])
    assert (meeting.length_ms, {speaker.name: speaker.speech_ms for speaker in meeting.speakers}) == FIGURES[ending]
