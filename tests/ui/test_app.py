"""The frame that all screens share."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from simulator.errors import Problem, UsageError
from simulator.scenario import library
from simulator.ui.registry import SCREENS
from simulator.ui.screens import join as join_screen
from simulator.ui.screens.panels import ErrorPanel
from simulator.ui.session import Session
from tests.ui.driving import WIDE, drive, press, seen


def test_each_screen_has_a_key_of_its_own_and_shows_the_command_that_reproduces_it() -> None:
    assert len({one.key for one in SCREENS}) == len({one.name for one in SCREENS}) == len(SCREENS)

    async def journey(pilot: Pilot[None]) -> None:
        for one in SCREENS:
            await press(pilot, one.key)
            assert f"[{one.key} {one.title}]" in seen(pilot)
            assert "$ joinlab " in seen(pilot)

    drive(journey, Session(), size=WIDE)


def test_below_60_by_20_a_message_says_so_and_the_screen_comes_back_with_room() -> None:
    async def journey(pilot: Pilot[None]) -> None:
        await press(pilot, "enter")
        for size in ((59, 24), (80, 19)):
            await pilot.resize_terminal(*size)
            await press(pilot)
            assert "joinlab needs at least\n" in seen(pilot).replace("  ", "")
            assert "Agree and join" not in seen(pilot)
        await pilot.resize_terminal(60, 20)
        await press(pilot)
        assert "Agree and join" in seen(pilot)

    drive(journey, Session(flows=("accept_or_leave",)))


def test_a_fault_in_a_worker_shows_a_panel_and_the_app_lives_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(session: Session) -> None:
        msg = "the sky fell"
        raise RuntimeError(msg)

    async def journey(pilot: Pilot[None]) -> None:
        monkeypatch.setattr(join_screen, "visit", broken)
        await press(pilot, "n")
        assert isinstance(pilot.app.screen, ErrorPanel)
        assert "RuntimeError: the sky fell" in seen(pilot)
        assert "The app goes on" in seen(pilot)
        monkeypatch.undo()
        await press(pilot, "escape", "n")
        assert "Join the meeting" in seen(pilot)

    drive(journey, Session())


def test_what_cannot_be_used_is_said_with_its_remedy_and_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def refusing(session: Session) -> None:
        raise UsageError(Problem("flow: it is not there.", remedy="Choose another."))

    async def journey(pilot: Pilot[None]) -> None:
        monkeypatch.setattr(join_screen, "visit", refusing)
        await press(pilot, "n")
        assert "flow: it is not there." in seen(pilot)
        assert "Choose another." in seen(pilot)
        assert "Traceback" not in seen(pilot)

    drive(journey, Session())


def test_dark_and_light_are_one_key_apart() -> None:
    async def journey(pilot: Pilot[None]) -> None:
        assert pilot.app.current_theme.dark
        await press(pilot, "ctrl+t")
        assert not pilot.app.current_theme.dark

    drive(journey, Session())


def test_the_palette_leads_to_every_screen() -> None:
    async def journey(pilot: Pilot[None]) -> None:
        titles = [command.title for command in pilot.app.get_system_commands(pilot.app.screen)]
        assert titles[: len(SCREENS)] == [one.title for one in SCREENS]

    drive(journey, Session())


def test_what_only_runs_have_is_refused_and_not_left_out(tmp_path: Path) -> None:
    given = library.builtin("scenario")["everyday_meetings"].read_text(encoding="utf-8")
    counts = library.builtin("observed")["live_two_buttons"]
    for line, named in (("weeks: 4", "weeks"), (f"observed: {counts}", "observed")):
        path = tmp_path / "mine.yaml"
        path.write_text(f"{given}\n{line}\n", encoding="utf-8")
        with pytest.raises(UsageError, match=f"has `{named}`, which the app has not") as refused:
            Session(scenario=str(path)).inputs()
        assert f"joinlab run {path}" in str(refused.value)


def test_the_bar_never_cuts_a_screen_off() -> None:
    async def journey(pilot: Pilot[None]) -> None:
        for width in (60, 80, 120):
            await pilot.resize_terminal(width, 24)
            await press(pilot)
            bar = seen(pilot).splitlines()[0]
            assert "[1 Join]" in bar
            for one in SCREENS[1:]:
                assert one.key in bar
                assert width < 80 or f"{one.key} {one.title}" in bar

    drive(journey, Session())
