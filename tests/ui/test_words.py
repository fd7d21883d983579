"""Names, labels and paths are shown as they are, whatever signs are in them."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets._toast import Toast

from simulator.scenario import library
from simulator.ui.content.draft import open_draft
from simulator.ui.content.levers import Lever
from simulator.ui.session import Session
from tests.ui.driving import WIDE, drive, fill, press, seen

MARKED = "[/b] a [red] \\[x] [/]"
"""What markup would take for a tag that closes nothing, a colour, an escape, and the end of all."""


def toasts(pilot: Pilot[None]) -> list[str]:
    """What toasts say at the moment."""
    return [str(toast.render()) for toast in pilot.app.screen.query(Toast)]


def test_the_name_of_a_run_may_have_square_brackets() -> None:
    session = Session(participants=1000)

    async def journey(pilot: Pilot[None]) -> None:
        await press(pilot, "k")
        await fill(pilot, MARKED)
        assert toasts(pilot) == [f'Results\nKept as "{MARKED}".']
        await press(pilot, "6")
        assert MARKED in seen(pilot)
        await press(pilot, "n")
        assert MARKED in seen(pilot)

    drive(journey, session, first="compare", size=(160, 50))


def test_the_label_of_a_switch_may_have_square_brackets(tmp_path: Path) -> None:
    path = tmp_path / "mk.yaml"
    text = library.builtin("flow")["granular_opt_in"].read_text(encoding="utf-8")
    path.write_text(text.replace("label: Audio", "label: '[Beta] Audio [/x]'"), encoding="utf-8")
    levers = [line for line in open_draft(str(path)).lines if isinstance(line, Lever)]
    at = [lever.label for lever in levers].index("[Beta] Audio [/x]")

    async def journey(pilot: Pilot[None]) -> None:
        await press(pilot, *["down"] * at, "enter")
        assert "─ [Beta] Audio [/x] ─" in seen(pilot)
        await press(pilot, "escape", "1", "enter")
        assert "[Beta] Audio [/x]" in seen(pilot)

    drive(journey, Session(flows=(str(path), "two_buttons"), participants=1000), first="design", size=WIDE)


def test_a_file_may_have_square_brackets_in_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    async def journey(pilot: Pilot[None]) -> None:
        await press(pilot, "down", "right", "s")
        await fill(pilot, "mine [/b].yaml")
        assert (tmp_path / "mine [/b].yaml").exists()
        assert toasts(pilot)[0].startswith("Saved\nmine [/b].yaml.")

    (tmp_path / "mine [").mkdir()
    drive(journey, Session(flows=("two_buttons",)), first="design", size=WIDE)


def test_what_textual_itself_tells_keeps_its_markup() -> None:
    async def journey(pilot: Pilot[None]) -> None:
        await press(pilot, "ctrl+c")
        assert toasts(pilot) == ["Do you want to quit?\nPress ctrl+q to quit the app"]

    drive(journey, Session())
