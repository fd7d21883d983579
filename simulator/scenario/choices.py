"""Recorded choices: how often each option of a stage was taken, by whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from simulator.scenario.sourced import Id, Model, Source
from simulator.scenario.yaml_file import Fault

NO_ANSWER = "no_answer"
"""In place of an option: the stage went unanswered, and its default held."""


class Taken(Model):
    """How often one option was taken."""

    stage: Id
    """Id of the stage, in whatever flow it stands."""
    option: str = Field(pattern=r"^[a-z][a-z0-9_]*(=(on|off))?$", max_length=90)
    """Id of the option; `no_answer`; or, of a toggle taken as set, its id with =on or =off."""
    jurisdiction: str | None = None
    """Code of the place where it was taken; without it, anywhere that has no row of its own."""
    segment: Id | None = None
    """Segment of the population; without it, any that has no row of its own."""
    count: int = Field(ge=0, le=10**12)


class RecordedChoices(Model):
    """Choices of real people at stages, to be drawn from again."""

    schema_version: Literal[1]
    id: Id | None = None
    title: str = ""
    sources: list[Source] = Field(default_factory=list)
    choices: list[Taken] = Field(min_length=1)


def problems(recorded: RecordedChoices) -> Iterator[Fault]:
    """All faults of recorded choices whose parts fit on their own."""
    seen: dict[tuple[object, ...], int] = {}
    for number, row in enumerate(recorded.choices):
        key = (row.stage, row.option, row.jurisdiction, row.segment)
        if key in seen:
            where = " and ".join(word for word in (row.jurisdiction, row.segment) if word) or "everybody"
            message = f"{row.option} at stage {row.stage} is counted twice for {where}."
            yield Fault(("choices", number), message, "Add the counts up in one row.")
        seen.setdefault(key, number)
