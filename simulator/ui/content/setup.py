"""The settings of a run as lines to fill in: as they are, read back, and what is wrong with them."""

from __future__ import annotations

import datetime
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from simulator.api import MOST_PARTICIPANTS, MOST_SEED
from simulator.errors import Gathered, Problem, UsageError, did_you_mean, whole_number
from simulator.scenario import library
from simulator.scenario.vocabulary import DataCategory, Purpose, Reading
from simulator.ui.session import Session

W = TypeVar("W", bound=StrEnum)


@dataclass(frozen=True)
class Field:
    """A line to fill in."""

    name: str
    label: str
    value: str
    hint: str
    """What an empty line means."""
    words: tuple[str, ...] = ()
    """What can stand there, where that is a few words."""


def fields(session: Session) -> list[Field]:
    """The settings as they are."""
    return [
        Field("scenario", "Scenario", session.scenario, "a name or a file", tuple(library.builtin("scenario"))),
        Field("participants", "People", str(session.participants), ""),
        Field("meetings", "Meetings", shlex.join(str(path) for path in session.meetings), "generated; or files"),
        Field("date", "Rules of", "" if session.date is None else session.date.isoformat(), "as the scenario says"),
        Field("reading", "Reading", session.reading or "", "as the scenario says", tuple(Reading)),
        Field("category", "Data", session.category or "", "as the scenario says", tuple(DataCategory)),
        Field("purpose", "For", session.purpose or "", "as the scenario says", tuple(Purpose)),
        Field("seed", "Seed", str(session.seed), ""),
    ]


def given_settings(given: Mapping[str, str]) -> dict[str, Any]:
    """What is filled in, as settings of a session.

    Raises:
        UsageError: If a line cannot be used; all are named.
    """
    found, settings = Gathered(), dict[str, Any]()
    with found.part():
        library.find("scenario", given["scenario"])
        settings["scenario"] = given["scenario"]
    with found.part():
        settings["participants"] = whole_number("People", given["participants"], 1, MOST_PARTICIPANTS)
    with found.part():
        settings["meetings"] = _files(given["meetings"])
    with found.part():
        settings["date"] = _day(given["date"])
    with found.part():
        settings["reading"] = _word("Reading", given["reading"], Reading)
    with found.part():
        settings["category"] = _word("Data", given["category"], DataCategory)
    with found.part():
        settings["purpose"] = _word("For", given["purpose"], Purpose)
    with found.part():
        settings["seed"] = whole_number("Seed", given["seed"], 0, MOST_SEED)
    found.raise_any()
    return settings


def _files(text: str) -> tuple[Path, ...]:
    try:
        paths = tuple(Path(word) for word in shlex.split(text))
    except ValueError:
        raise UsageError(Problem(f"Meetings: {text!r} has a quote that is never closed.")) from None
    for path in paths:
        if not path.exists():
            raise UsageError(Problem("there is no such file or folder.", path, remedy="RTTM, WebVTT or CSV."))
    return paths


def _day(text: str) -> datetime.date | None:
    if not text:
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        remedy = "Write year-month-day, such as 2023-08-08."
        raise UsageError(Problem(f"Rules of: {text!r} is not a day.", remedy=remedy)) from None


def _word(label: str, text: str, words: type[W]) -> W | None:
    if not text:
        return None
    if text in list(words):
        return words(text)
    remedy = did_you_mean(text, [word.value for word in words], called="Allowed")
    raise UsageError(Problem(f"{label}: {text!r} is not allowed here.", remedy=remedy))
