"""Lessons in the app: predict, run, reveal."""

from __future__ import annotations

import re
import shlex

import pytest
from textual.pilot import Pilot

from simulator.errors import UsageError
from simulator.scenario import library
from simulator.scenario.lesson import Lesson
from simulator.ui.content import lessons
from simulator.ui.session import Session
from tests.cli.command import joinlab
from tests.ui.driving import WIDE, drive, press, seen


@pytest.fixture(autouse=True)
def _fewer_people(monkeypatch: pytest.MonkeyPatch) -> None:
    original = library.lesson

    def smaller(name: str) -> Lesson:
        return original(name).model_copy(update={"participants": 2000})

    monkeypatch.setattr(library, "lesson", smaller)


def test_a_lesson_is_walked_to_its_end_by_keyboard_and_each_guess_stands_beside_the_result() -> None:
    session = Session()

    async def journey(pilot: Pilot[None]) -> None:
        await press(pilot, "enter")
        assert "Accept or leave: step 1 of 5" in seen(pilot)
        for step in (2, 3, 4):
            await press(pilot, "n")
            assert f"step {step} of 5" in seen(pilot)
            assert "the run gave" not in seen(pilot)
            await press(pilot, "5", "0", "enter")
            text = seen(pilot)
            assert re.search(r"the run gave +\d+\.\d %", text)
            assert re.search(r"you guessed +50\.0 %", text)
            assert "95 % interval" in text
        await press(pilot, "n", "down", "enter")
        text = seen(pilot)
        assert "> two_buttons" in text
        assert "Most is under two_buttons. That was your guess." in text
        assert "n Next" not in text
        assert session.guesses[("accept_or_leave", 4)] == "two_buttons"

    drive(journey, session, first="lessons")


def test_the_text_waits_until_somebody_has_guessed_or_asked_to_see_it() -> None:
    async def journey(pilot: Pilot[None]) -> None:
        await press(pilot, "enter", "n", "n", "n")
        assert "step 2 of 5" in seen(pilot)
        assert "is claimed. Only" not in seen(pilot)
        await press(pilot, "v")
        assert "is claimed. Only" in seen(pilot)
        assert "you guessed" not in seen(pilot)
        await press(pilot, "b", "n")
        assert "is claimed. Only" in seen(pilot)

    drive(journey, Session(), first="lessons")


def test_what_is_no_share_is_refused_and_letters_are_keys_of_the_screen() -> None:
    async def journey(pilot: Pilot[None]) -> None:
        await press(pilot, "enter", "n", "1", "0", "1", "enter")
        assert "'101' is not a share in per cent." in seen(pilot)
        await press(pilot, "i")
        assert "For the instructor: Ask who guessed below 80" in seen(pilot)
        await press(pilot, "i")
        assert "For the instructor" not in seen(pilot)
        await press(pilot, "escape")
        assert "Three short lessons" in seen(pilot)

    drive(journey, Session(), first="lessons")


def test_a_guess_is_read_with_or_without_its_sign_and_never_beyond_the_scale() -> None:
    assert lessons.read_guess(" 12,5 % ") == 12.5
    for text in ("", "x", "-1", "100.1", "nan", "inf"):
        with pytest.raises(UsageError):
            lessons.read_guess(text)


@pytest.mark.parametrize("name", list(library.builtin("lesson")))
def test_the_figures_of_a_lesson_are_those_of_the_command_that_it_shows(name: str) -> None:
    session = Session(lesson=name)
    result = lessons.run(library.lesson(name))
    told = joinlab(*shlex.split(lessons.command(session))[1:]).out
    for flow in result.flows:
        share = flow.share("claimed", result.category).value
        assert share is not None
        assert f"{100 * share:.1f} %" in told
    if name == "who_refuses":
        assert "by role" in told


def test_plain_text_lists_the_lessons_and_prints_one_in_full() -> None:
    listed = joinlab("ui", "--plain", "--screen", "lessons").out
    assert "--lesson ID" in listed
    told = joinlab("ui", "--plain", "--screen", "lessons", "--lesson", "claimed_is_not_wanted").out
    assert told.count("Guess: ") == 4
    assert "{" not in told
    done = joinlab("ui", "--plain", "--screen", "lessons", "--lesson", "claimed_is_not_wantd")
    assert done.code == 2
    assert 'Did you mean "claimed_is_not_wanted"?' in done.err


def test_the_list_fits_both_sizes() -> None:
    async def journey(pilot: Pilot[None]) -> None:
        assert "If one person in a meeting says no" in seen(pilot)

    drive(journey, Session(), first="lessons")
    drive(journey, Session(), first="lessons", size=WIDE)
