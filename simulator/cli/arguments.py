"""What the commands share: the words and options they take, and how these are read."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from simulator.errors import Problem, UsageError


class OutputFormat(StrEnum):
    """How a result is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


class FlowFormat(StrEnum):
    """How a flow is drawn."""

    TREE = "tree"
    MERMAID = "mermaid"
    YAML = "yaml"


class By(StrEnum):
    """Ways to split a result."""

    CATEGORY = "category"
    JURISDICTION = "jurisdiction"
    ROLE = "role"
    MEETING_TYPE = "meeting_type"
    CHANNEL = "channel"
    CONFIDENTIALITY = "confidentiality"


class Category(StrEnum):
    """Data categories; `scenario.vocabulary` has the same words, and a test holds them equal."""

    AUDIO = "audio"
    VIDEO = "video"
    TRANSCRIPT = "transcript"
    CHAT = "chat"
    SCREEN_SHARE = "screen_share"
    FILES = "files"
    REACTIONS = "reactions"
    TELEMETRY = "telemetry"


class ReadingOption(StrEnum):
    """How unsettled rules are read."""

    STRICT = "strict"
    LENIENT = "lenient"


class FindingLevel(StrEnum):
    """How grave a finding is; `rules.findings` has the same words, and a test holds them equal."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class CheckFormat(StrEnum):
    """How the result of a check is written."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"


ScenarioArg = Annotated[str, typer.Option("--scenario", help="Scenario: a built-in name or a YAML file.")]
MeetingsArg = Annotated[
    list[Path] | None,
    typer.Option("--meetings", help="Recorded meetings (RTTM, WebVTT, CSV): files and folders, several may follow."),
]
ParticipantsArg = Annotated[int, typer.Option(help="At least so many participants, in whole meetings.")]
SeedArg = Annotated[int | None, typer.Option(help="Seed; without it a fresh one, which the result names.")]
ThreadsArg = Annotated[int | None, typer.Option(help="Threads; without it all processors. Changes no result.")]
PrecisionArg = Annotated[
    str | None, typer.Option(help="Add meetings until every interval is at most so wide on each side, such as 0.5pp.")
]
CategoryArg = Annotated[Category | None, typer.Option(help="Data category that shares are of.")]
ByArg = Annotated[By | None, typer.Option(help="Also split the result.")]
LedgerArg = Annotated[bool, typer.Option("--ledger", help="Also show where the data went, with causes and rules.")]
WhyArg = Annotated[
    bool, typer.Option("--why", help="Also show which rules void how much, with what each says and where it stands.")
]
UncertaintyArg = Annotated[
    bool, typer.Option("--uncertainty", help="Also run over the joint draws of the coefficients: how far they matter.")
]
FormatArg = Annotated[OutputFormat, typer.Option("--format", help="How to write the result.")]
DateArg = Annotated[str | None, typer.Option(help="Day whose rules apply, such as 2023-08-08.")]
VetoArg = Annotated[
    bool | None,
    typer.Option("--company-veto/--no-company-veto", help="Whether the company keeps confidential meetings out."),
]
ReadingArg = Annotated[ReadingOption | None, typer.Option(help="How unsettled rules are read.")]


def split_files(words: Sequence[str], meetings: Sequence[Path] | None) -> tuple[list[str], list[Path]]:
    """Flows and meeting files: what follows `--meetings FILE` on a line may be more files, as a shell expands them."""
    endings = (".rttm", ".uem", ".vtt", ".csv")
    if not meetings:
        return list(words), []
    files = [word for word in words if Path(word).suffix.lower() in endings or Path(word).is_dir()]
    return [word for word in words if word not in files], [*meetings, *(Path(file) for file in files)]


def proportion(precision: str | None) -> float | None:
    """`0.5pp`, `0.5 pp`, `0.5%` as 0.005."""
    if precision is None:
        return None
    number = precision.strip().removesuffix("pp").removesuffix("%").strip()
    try:
        value = float(number) / 100.0
    except ValueError:
        value = -1.0
    if not 0.0 < value < 0.5:
        remedy = "Give percentage points between 0 and 50, such as 0.5pp."
        raise UsageError(Problem(f"--precision: {precision!r} is not a precision.", remedy=remedy))
    return value


def day(text: str | None) -> datetime.date | None:
    """The day that is meant; None where none is given."""
    if text is None:
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        remedy = "Write year-month-day, such as 2023-08-08."
        raise UsageError(Problem(f"--date: {text!r} is not a day.", remedy=remedy)) from None


def positive(name: str, value: int) -> None:
    """Refuse a number below 1."""
    if value < 1:
        raise UsageError(Problem(f"--{name}: {value!r} must be 1 or more."))


def a_seed(seed: int) -> None:
    """Refuse what is no seed."""
    from simulator.api import MOST_SEED

    if not 0 <= seed <= MOST_SEED:
        raise UsageError(Problem(f"seed {seed!r} must lie between 0 and {MOST_SEED}."))
