"""A lesson: what a class reads, predicts and then sees, on flows that are run for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import Field

from simulator.errors import did_you_mean
from simulator.scenario.sourced import Id, Model, Source
from simulator.scenario.yaml_file import Fault, Loc

OutcomeName = Literal[
    "claimed", "lawful", "lawful_lenient", "wanted", "overreach", "missed", "left", "produced", "participants"
]
"""Outcomes that a lesson can ask for and tell: shares, of what would be produced or for `left` of participants.
`produced` and `participants` are a part's share of what everybody would produce, and of everybody."""

SplitName = Literal["jurisdiction", "role", "meeting_type", "channel", "confidentiality"]

OUTCOMES: tuple[str, ...] = OutcomeName.__args__  # type: ignore[attr-defined]
SPLITS: tuple[str, ...] = SplitName.__args__  # type: ignore[attr-defined]
OF_A_PART = ("produced", "participants")
"""Outcomes that only a part has: everybody's are 100 %."""

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
"""A figure in a text: `{flow.outcome}`, or `{flow.outcome.split.part}` for a part such as `role.host`."""


class Part(Model):
    """A part of everybody, such as the hosts."""

    split: SplitName
    name: str
    """The part as results name it: `host`, `DE`, `one_to_one`."""


class Guess(Model):
    """What the class predicts before it sees the result."""

    question: str
    outcome: OutcomeName
    flow: Id | None = None
    """The flow whose outcome is guessed, in per cent; without it the guess is which flow has most of it."""
    part: Part | None = None
    """Only of this part; without it of everybody."""


class Step(Model):
    """A page of the lesson. What stands below the guess is shown once the class has predicted."""

    text: str
    guess: Guess | None = None
    reveal: str | None = None
    """What the result shows. Figures stand as `{flow.outcome}` and are filled in from the run."""
    notes: str | None = None
    """For the instructor: how long to wait, what to ask, what is often misunderstood."""


class Lesson(Model):
    """A short guided lesson: predict, run, reveal."""

    schema_version: Literal[1]
    id: Id
    title: str
    question: str
    minutes: Annotated[int, Field(ge=1, le=90)]
    """How long it takes with a class."""
    sources: list[Source] = Field(min_length=1)
    scenario: str = "everyday_meetings"
    """Scenario in which the flows are run: a built-in name."""
    flows: list[Id] = Field(min_length=1, max_length=4)
    """Built-in flows that the lesson runs."""
    participants: Annotated[int, Field(ge=1000, le=1_000_000)] = 50_000
    seed: Annotated[int, Field(ge=0)] = 2023
    notes: str
    """For the instructor: what to prepare, and what the lesson is not."""
    steps: list[Step] = Field(min_length=2, max_length=20)


def problems(lesson: Lesson) -> Iterator[Fault]:
    """What is wrong with a lesson whose form fits."""
    for number, step in enumerate(lesson.steps):
        loc: Loc = ("steps", number)
        if (step.guess is None) != (step.reveal is None):
            remedy = "Give a step with a guess its reveal, and one without none."
            yield Fault(loc, "a guess and what it reveals belong together.", remedy)
        if step.guess is not None:
            yield from _guess((*loc, "guess"), step.guess, lesson)
        yield from _figures((*loc, "reveal"), step.reveal or "", lesson)


def _guess(loc: Loc, guess: Guess, lesson: Lesson) -> Iterator[Fault]:
    if guess.flow is not None and guess.flow not in lesson.flows:
        yield _no((*loc, "flow"), guess.flow, "flow of this lesson", lesson.flows)
    if guess.flow is None and len(lesson.flows) < 2:
        yield Fault(loc, "there is one flow, so which has most is no question.", "Name the flow.")
    if guess.outcome in OF_A_PART and guess.part is None:
        yield Fault((*loc, "outcome"), f"of everybody, {guess.outcome} is always 100 %.", "Name a part.")


def _figures(loc: Loc, text: str, lesson: Lesson) -> Iterator[Fault]:
    for found in PLACEHOLDER.findall(text):
        flow, outcome, *part = found.split(".")
        if flow not in lesson.flows:
            yield _no(loc, flow, "flow of this lesson", lesson.flows)
        elif outcome not in OUTCOMES:
            yield _no(loc, outcome, "outcome", OUTCOMES)
        elif part and (len(part) != 2 or part[0] not in SPLITS):
            yield _no(loc, ".".join(part), "part", [f"{split}.NAME" for split in SPLITS])
        elif outcome in OF_A_PART and not part:
            yield Fault(loc, f"of everybody, {outcome} is always 100 %.", f"Name a part: {{{found}.role.host}}.")


def _no(loc: Loc, word: str, noun: str, allowed: Sequence[str]) -> Fault:
    return Fault(loc, f'"{word}" is no {noun}.', did_you_mean(word, allowed, called="Allowed"))
