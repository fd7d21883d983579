"""What the commands share: the words and options they take, and how these are read."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from simulator.errors import Problem, UsageError, did_you_mean, whole_number

W = TypeVar("W", bound=StrEnum)

MOST_PARTICIPANTS = 1_000_000_000
"""Most people that a run is asked for: a quarter of an hour of work, and more than any interval needs."""
MOST_THREADS = 1024
MOST_WEEKS = 104
MOST_SEED = (1 << 64) - 1
MOST_NUMBER = 10_000_000
"""Highest number of a participant who can be shown."""
MOST_SHOWN = 1000
"""Most people that are shown at once; a name takes a millisecond and more."""


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
    JSON = "json"


class ListFormat(StrEnum):
    """How the library is listed."""

    TABLE = "table"
    JSON = "json"


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


class PurposeOption(StrEnum):
    """Uses of data; `scenario.vocabulary` has the same words, and a test holds them equal."""

    SERVICE = "service"
    IMPROVEMENT = "improvement"
    TRAINING_FIRST_PARTY = "training_first_party"
    TRAINING_THIRD_PARTY = "training_third_party"


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


NotUnderstood: type[Exception] = typer.BadParameter.__mro__[1]
"""What typer raises where it does not understand a line."""


def not_understood(error: Exception) -> Problem:
    """What typer did not understand, in one sentence, and where help is."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "joinlab"
    near = getattr(error, "possibilities", None)
    if hasattr(error, "possibilities"):
        message = f"{getattr(error, 'option_name', '')}: there is no such option."
    else:
        message, _, hint = str(getattr(error, "format_message", error.__str__)()).partition(" Did you mean ")
        near = [hint.strip("?'")] if hint else None
    guess = f"Did you mean {near[0]}? " if near else ""
    return Problem(message, remedy=f"{guess}`{command} --help` says what there is.")


def whole(name: str, least: int, most: int) -> Callable[[object], int]:
    """Reads a whole number within a range, or says what is wrong with it."""
    return lambda given: whole_number(name, given, least, most)


def word(name: str, words: type[W]) -> Callable[[object], W]:
    """Reads one of some words, or says which is the nearest."""

    def read(given: object) -> W:
        allowed = [one.value for one in words]
        if given in allowed:
            return words(given)
        remedy = did_you_mean(str(given), allowed, called="Allowed")
        raise UsageError(Problem(f'{name}: "{given}" is not allowed here.', remedy=remedy))

    return read


def words_of(words: type[StrEnum]) -> str:
    """The words as help shows them."""
    return f"[{'|'.join(words)}]"


ScenarioArg = Annotated[str, typer.Option("--scenario", help="Scenario: a built-in name or a YAML file.")]
MeetingsArg = Annotated[
    list[Path] | None,
    typer.Option("--meetings", help="Recorded meetings (RTTM, WebVTT, CSV): files and folders, several may follow."),
]
_participants = whole("--participants", 1, MOST_PARTICIPANTS)
a_seed = whole("--seed", 0, MOST_SEED)
_threads = whole("--threads", 1, MOST_THREADS)
ParticipantsArg = Annotated[
    int, typer.Option(parser=_participants, metavar="N", help="At least so many participants, in whole meetings.")
]
RunParticipantsArg = Annotated[
    int | None,
    typer.Option(
        parser=_participants,
        metavar="N",
        help="At least so many participants, in whole meetings; without it 100,000, or 10,000 over weeks.",
    ),
]
SeedArg = Annotated[
    int | None, typer.Option(parser=a_seed, metavar="N", help="Seed; without it a fresh one, which the result names.")
]
ThreadsArg = Annotated[
    int | None,
    typer.Option(parser=_threads, metavar="N", help="Threads; without it all processors. Changes no result."),
]
PrecisionArg = Annotated[
    str | None, typer.Option(help="Add meetings until every interval is at most so wide on each side, such as 0.5pp.")
]
CategoryArg = Annotated[
    Category | None,
    typer.Option(
        parser=word("--category", Category), metavar=words_of(Category), help="Data category that shares are of."
    ),
]
PurposeArg = Annotated[
    PurposeOption | None,
    typer.Option(
        parser=word("--purpose", PurposeOption), metavar=words_of(PurposeOption), help="Use that shares are for."
    ),
]
ByArg = Annotated[By | None, typer.Option(parser=word("--by", By), metavar=words_of(By), help="Also split the result.")]
LedgerArg = Annotated[bool, typer.Option("--ledger", help="Also show where the data went, with causes and rules.")]
WhyArg = Annotated[
    bool, typer.Option("--why", help="Also show which rules void how much, with what each says and where it stands.")
]
UncertaintyArg = Annotated[
    bool, typer.Option("--uncertainty", help="Also run over the joint draws of the coefficients: how far they matter.")
]
FormatArg = Annotated[
    OutputFormat,
    typer.Option(
        "--format",
        parser=word("--format", OutputFormat),
        metavar=words_of(OutputFormat),
        help="How to write the result.",
    ),
]
DateArg = Annotated[str | None, typer.Option(help="Day whose rules apply, such as 2023-08-08.")]
WeeksArg = Annotated[
    int | None,
    typer.Option(
        parser=whole("--weeks", 1, MOST_WEEKS),
        metavar="N",
        help="Hold the meetings over so many weeks with the same people, and tell each week.",
    ),
]
ReaskArg = Annotated[
    str | None,
    typer.Option(
        metavar="WHEN",
        help="With --weeks: ask again as_designed, each_meeting, never, after_refusal, or after a number of weeks.",
    ),
]
PerWeekArg = Annotated[
    float | None, typer.Option("--per-week", metavar="N", help="With --weeks: meetings a week; without it 10.1.")
]
_behaviours = "What people go by: mixed_logit, habit, rational, recorded"
BehaviourArg = Annotated[
    str | None, typer.Option("--behaviour", metavar="NAME", help=f"{_behaviours}, or one that a package adds.")
]
AnyBehaviourArg = Annotated[
    str | None,
    typer.Option("--behaviour", metavar="NAME", help=f"{_behaviours}, one that a package adds; all: a ranking."),
]
RecordedArg = Annotated[
    str | None, typer.Option("--recorded", metavar="FILE", help="Recorded choices to draw from (CSV or YAML).")
]
ObservedArg = Annotated[
    str | None,
    typer.Option(
        "--observed",
        metavar="FILE",
        help="Counts of a live flow (CSV or YAML): its base rates are fitted, others predicted.",
    ),
]
VetoArg = Annotated[
    bool | None,
    typer.Option("--company-veto/--no-company-veto", help="Whether the company keeps confidential meetings out."),
]
ReadingArg = Annotated[
    ReadingOption | None,
    typer.Option(
        parser=word("--reading", ReadingOption), metavar=words_of(ReadingOption), help="How unsettled rules are read."
    ),
]


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
