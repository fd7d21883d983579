"""The Lessons screen: what a class reads, what it guesses, and how the guess compares with what the run gave."""

from __future__ import annotations

import math
from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from simulator.analysis.comparison import Comparison
from simulator.analysis.estimates import Estimate
from simulator.analysis.lesson_result import answer, filled_in
from simulator.api import compare
from simulator.errors import Problem, UsageError
from simulator.scenario import library
from simulator.scenario.lesson import PLACEHOLDER, Guess, Lesson, Step
from simulator.text.comparison_view import HEADLINES
from simulator.text.layout import line, paragraph
from simulator.text.numbers import bar, interval, percent, plain_text
from simulator.ui.session import Session, command_line

SKIPPED = None
"""Stands for the guess of somebody who wants to see the result without one."""
MEASURE = 78
"""Columns beyond which running text is no longer easy to read."""
_BESIDE = 34
_LABEL = _BESIDE - 12

Given = float | str | None
"""A guess: per cent, or the id of a flow."""


def lessons() -> list[Lesson]:
    """The built-in lessons."""
    return [library.lesson(name) for name in library.builtin("lesson")]


def run(lesson: Lesson) -> Comparison:
    """What the lesson runs; the same on every machine, as its file fixes the seed."""
    return compare(lesson.flows, scenario=lesson.scenario, participants=lesson.participants, seed=lesson.seed)


def command(session: Session) -> str:
    """Gives the figures of the lesson; without one, opens the list."""
    if session.lesson is None:
        return command_line("ui", "--screen", "lessons")
    lesson = library.lesson(session.lesson)
    words: list[object] = ["compare" if len(lesson.flows) > 1 else "run", *lesson.flows]
    if lesson.scenario != Session().scenario:
        words += ["--scenario", lesson.scenario]
    words += ["--participants", lesson.participants, "--seed", lesson.seed]
    splits = sorted({split for step in lesson.steps for split in _splits(step)})
    return command_line(*words, *(["--by", splits[0]] if splits else []))


def _splits(step: Step) -> Iterator[str]:
    """By what a step's figures are split."""
    for found in PLACEHOLDER.findall(step.reveal or ""):
        parts = found.split(".")
        if len(parts) > 2:
            yield parts[2]


def plain(session: Session, width: int) -> RenderableType:
    """The lessons there are; or one in full, with what the run gave below each question."""
    if session.lesson is None:
        chosen = paragraph("`joinlab ui --plain --screen lessons --lesson ID` prints one in full.", width, "dim")
        return Group(
            *(part for one in lessons() for part in (*entry(one, width), line(one.id, "dim"), Text(""))), chosen
        )
    lesson = library.lesson(session.lesson)
    result = run(lesson)
    parts: list[RenderableType] = [*entry(lesson, width), Text(""), notes(lesson.notes, width), Text("")]
    for number, step in enumerate(lesson.steps):
        parts += [reading(lesson, number, width), Text("")]
        if step.guess is not None:
            parts += [paragraph(f"Guess: {step.guess.question}", width, "bold"), Text("")]
            parts += [reveal(step, SKIPPED, result, width), Text("")]
        if step.notes:
            parts += [notes(step.notes, width), Text("")]
    return Group(*parts)


def entry(lesson: Lesson, width: int) -> list[RenderableType]:
    """A lesson, as a list of them names it."""
    return [
        line(f"{lesson.title} ({lesson.minutes} minutes)", "bold"),
        paragraph(lesson.question, min(width, MEASURE), "italic"),
    ]


def reading(lesson: Lesson, number: int, width: int) -> RenderableType:
    """A step's own text."""
    heading = f"{lesson.title}: step {number + 1} of {len(lesson.steps)}"
    return Group(line(heading, "dim"), Text(""), paragraph(lesson.steps[number].text, min(width, MEASURE)))


def notes(text: str, width: int) -> RenderableType:
    """What is for the instructor alone."""
    return paragraph(f"For the instructor: {text}", min(width, MEASURE), "dim", hang=2)


def read_guess(text: str) -> float:
    """A guess in per cent.

    Raises:
        UsageError: If it is no number from 0 to 100.
    """
    try:
        value = float(text.strip().removesuffix("%").strip().replace(",", "."))
    except ValueError:
        value = math.nan
    if not 0.0 <= value <= 100.0:
        raise UsageError(Problem(f"{text!r} is not a share in per cent.", remedy="Write a number from 0 to 100."))
    return value


def flow_choices(lesson: Lesson) -> list[tuple[str, str]]:
    """The lesson's flows to choose from, each with its title."""
    return [(name, library.flow(name).title) for name in lesson.flows]


def reveal(step: Step, given: Given, result: Comparison, width: int) -> RenderableType:
    """The guess beside the result, and what there is to learn from it."""
    assert step.guess is not None
    assert step.reveal is not None
    drawn = _figures(step.guess, given, result, width)
    return Group(*drawn, Text(""), paragraph(filled_in(step.reveal, result), min(width, MEASURE)))


def _figures(guess: Guess, given: Given, result: Comparison, width: int) -> Iterator[RenderableType]:
    found = answer(result, guess, 0.0 if given is None else given)
    room = max(10, min(width, MEASURE + 20) - _BESIDE - 3)
    colour = HEADLINES.get(guess.outcome.removesuffix("_lenient"), "cyan")
    yield line(f"{'':{_BESIDE}}0 %{'50 %':>{room // 2 - 1}}{'100 %':>{room - room // 2 - 2}}", "dim")
    for name, estimate in found.by_flow.items():
        mark, label = ("> " if given == name else "  "), (name if len(found.by_flow) > 1 else "the run gave")
        beside = f"{mark}{label[:_LABEL]:<{_LABEL}} {percent(estimate.value):>7}  "
        yield Text.assemble(beside, (bar(estimate, room), colour), no_wrap=True, overflow="ignore")
    if isinstance(given, float):
        pointer = "^" if plain_text() else "▲"
        place = " " * min(round(given / 100.0 * room), room - 1)
        beside = f"  {'you guessed':<{_LABEL}} {given:5.1f} %  "
        yield Text.assemble(beside, (f"{place}{pointer}", "bold"), no_wrap=True, overflow="ignore")
    yield Text("")
    yield paragraph(_verdict(given, found.most, next(iter(found.by_flow.values())), found.points_off), width, "bold")


def _verdict(given: Given, most: tuple[str, ...], estimate: Estimate, off: float | None) -> str:
    """What to say of a guess."""
    if isinstance(given, str) or off is None:
        level = " and ".join(most)
        told = f"Most is under {level}." if len(most) == 1 else f"{level} cannot be told apart, and have most."
        if given is None:
            return told
        return f"{told} That was your guess." if given in most else f"{told} You guessed {given}."
    sure = f"95 % interval: {interval(estimate)} %."
    if given is None:
        return sure
    if estimate.low is not None and estimate.high is not None and 100 * estimate.low <= given <= 100 * estimate.high:
        return f"Your guess lies within the interval. {sure}"
    return f"You guessed {abs(off):.1f} points too {'high' if off > 0 else 'low'}. {sure}"
