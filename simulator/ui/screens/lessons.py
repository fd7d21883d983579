"""Lessons: predict, run, reveal. Nothing moves on by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Key
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from simulator.analysis.comparison import Comparison
from simulator.errors import UsageError
from simulator.scenario import library
from simulator.scenario.lesson import Lesson, Step
from simulator.ui.content import lessons
from simulator.ui.content.stage import question_card
from simulator.ui.screens.base import JoinlabScreen
from simulator.ui.widgets.lines import Line, LineList
from simulator.ui.widgets.stage_view import StageView
from simulator.ui.widgets.told import Told
from simulator.ui.widgets.words import Words


class LessonLine(Line):
    """A lesson that can be opened."""

    def __init__(self, lesson: Lesson, name: str) -> None:
        super().__init__(classes="lesson")
        self.lesson, self.lesson_name = lesson, name

    def words(self) -> str:
        """Its title, how long it takes, and its question."""
        return f"{self.lesson.title} ({self.lesson.minutes} minutes)\n{self.lesson.question}"


class GuessInput(Input):
    """A line for a number in per cent; letters are left to the screen's keys."""

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether it takes a key for itself."""
        return character is not None and character in "0123456789.,% "

    async def _on_key(self, event: Key) -> None:
        if event.is_printable and not self.check_consume_key(event.key, event.character):
            event.prevent_default()  # else Input would write it down


class LessonsScreen(JoinlabScreen):
    """The list of lessons, or a page of one."""

    NAME = "lessons"
    OF_SESSION = False
    AUTO_FOCUS = ""
    HELP_TEXT = """
A lesson has a few steps. Some ask for a guess: type a number and press *Enter*, or choose a flow. Only then is the
result shown, beside the guess. *v* shows it without one, for a class that has its guesses on the board. Everything
runs on this machine. *i* shows what is meant for the instructor.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n,enter", "step(1)", "Next", tooltip="The next step."),
        Binding("b", "step(-1)", "Back", tooltip="The step before."),
        Binding("v", "skip", "Show", tooltip="Show the result without a guess."),
        Binding("i", "notes", "Notes", tooltip="Show or hide what is for the instructor."),
        Binding("escape", "leave", "Lessons", tooltip="Back to the list of lessons."),
    ]

    @dataclass
    class Ran(Message):
        """A lesson's run is done."""

        lesson: str
        result: Comparison

    def __init__(self) -> None:
        super().__init__()
        self._results: dict[str, Comparison] = {}
        self._begun: set[str] = set()
        self._notes = False
        self._seen: tuple[object, ...] | None = None

    def body(self) -> Iterable[Widget]:
        """What is now to be read."""
        yield Vertical(id="page")

    @property
    def lesson(self) -> Lesson | None:
        """The lesson that is open."""
        name = self.session.lesson
        return None if name is None else library.lesson(name)

    @property
    def _step(self) -> Step | None:
        lesson = self.lesson
        return None if lesson is None else lesson.steps[self.session.step]

    @property
    def _open(self) -> bool:
        """Whether the page waits for a guess."""
        step = self._step
        return step is not None and step.guess is not None and self._place not in self.session.guesses

    @property
    def _place(self) -> tuple[str, int]:
        return self.session.lesson or "", self.session.step

    def renew(self) -> None:
        """Show the page that the session is at."""
        self.call_next(self._turn)

    async def _turn(self) -> None:
        """Put another page in place of the one that is shown, if it is another."""
        lesson, name = self.lesson, self.session.lesson or ""
        result = self._results.get(name)
        state = (*self._place, self._open, self._notes, result is not None)
        if state == self._seen:
            return
        self._seen = state
        if lesson is not None and name not in self._begun:
            self._begun.add(name)
            self._run(name, lesson)
        page = self.query_one("#page", Vertical)
        with self.app.batch_update():
            await page.remove_children()
            await page.mount(*(self._contents() if lesson is None else self._page(lesson, result)))
        for widget in list(self.query("LessonLine, GuessInput"))[:1]:
            widget.focus()
        self.show_command()
        self.refresh_bindings()

    @work(thread=True, group="lesson", exit_on_error=False)
    def _run(self, name: str, lesson: Lesson) -> None:
        self.post_message(self.Ran(name, lessons.run(lesson)))

    async def on_lessons_screen_ran(self, message: Ran) -> None:
        """Show what waited for it."""
        self._results[message.lesson] = message.result
        await self._turn()

    def _contents(self) -> Iterable[Widget]:
        yield Words("Three short lessons for a class: predict, run, reveal.")
        yield LineList(*(LessonLine(library.lesson(name), name) for name in library.builtin("lesson")), id="contents")

    def _page(self, lesson: Lesson, result: Comparison | None) -> Iterable[Widget]:
        number, step = self.session.step, lesson.steps[self.session.step]
        yield Told(lambda width: lessons.reading(lesson, number, width))
        if step.guess is not None and self._open:
            yield from self._question(lesson, step)
        elif step.guess is not None and result is None:
            yield Words(f"\nRunning {lesson.participants:,} people …")
        elif step.guess is not None and result is not None:
            given = self.session.guesses[self._place]
            yield Words(f"\n{step.guess.question}", classes="question")
            yield Told(lambda width: lessons.reveal(step, given, result, width), classes="reveal")
        for text in (lesson.notes if number == 0 else None, step.notes):
            if self._notes and text:
                yield Told(partial(lessons.notes, text), classes="notes")

    def _question(self, lesson: Lesson, step: Step) -> Iterable[Widget]:
        assert step.guess is not None
        if step.guess.flow is None:
            yield StageView(question_card("Your guess", step.guess.question, *lessons.flow_choices(lesson)))
            return
        yield Words(f"\n{step.guess.question}", classes="question")
        yield GuessInput(placeholder="your guess, in per cent; then Enter", id="guess", compact=True)
        yield Words(id="refused")

    async def on_line_pressed(self, message: Line.Pressed) -> None:
        """Open a lesson."""
        if isinstance(message.line, LessonLine):
            self.session.lesson, self.session.step = message.line.lesson_name, 0
            await self._turn()

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take a guess in per cent, or say why not."""
        try:
            guess = lessons.read_guess(event.value)
        except UsageError as error:
            self.query_one("#refused", Words).update(str(error))
            return
        self.session.guesses[self._place] = guess
        await self._turn()

    async def on_stage_view_answered(self, message: StageView.Answered) -> None:
        """Take a guess of a flow."""
        message.stop()
        self.session.guesses[self._place] = message.decision.option
        await self._turn()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """One goes on once the page's question is answered."""
        lesson = self.lesson
        if action == "step" and lesson is not None:
            forwards = parameters == (1,)
            return not self._open and self.session.step + 1 < len(lesson.steps) if forwards else self.session.step > 0
        if action == "skip":
            return self._open
        if action in ("step", "notes", "leave"):
            return lesson is not None
        return super().check_action(action, parameters)

    async def action_step(self, by: int) -> None:
        """Go to another step."""
        self.session.step += by
        await self._turn()
        self.query_one("#body").scroll_home(animate=False)

    async def action_skip(self) -> None:
        """Show the result without a guess."""
        self.session.guesses[self._place] = lessons.SKIPPED
        await self._turn()

    async def action_notes(self) -> None:
        """Show or hide the notes."""
        self._notes = not self._notes
        await self._turn()

    async def action_leave(self) -> None:
        """Go back to the list."""
        self.session.lesson, self.session.step = None, 0
        await self._turn()
