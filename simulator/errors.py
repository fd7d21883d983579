"""What can be wrong with what somebody gave us, said so that they can mend it."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Problem:
    """One fault in an input: where it is, what is wrong, and what would be right.

    `line` is 1-based; None where the whole file (or no file) is meant. `key` is the dotted path of the
    value inside the file, such as `stages[2].options[1].effect`. `counts` is more than 1 where this one line
    stands for the rest of a list that was cut.
    """

    message: str
    path: Path | None = None
    line: int | None = None
    key: str | None = None
    remedy: str | None = None
    counts: int = 1

    def __str__(self) -> str:
        place = "" if self.path is None else f"{self.path}:" if self.line is None else f"{self.path}:{self.line}:"
        subject = "" if self.key is None else f"{self.key}:"
        first = " ".join(part for part in (place, subject, self.message) if part)
        return first if self.remedy is None else f"{first}\n  {self.remedy}"


class JoinlabError(Exception):
    """Base of every error that a user can mend. Holds all problems found, not only the first."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__(str(self))

    def __str__(self) -> str:
        text = "\n".join(str(problem) for problem in self.problems)
        count = sum(problem.counts for problem in self.problems)
        return text if count == 1 else f"{text}\n{count} problems; nothing was run."


class ScenarioError(JoinlabError):
    """A flow, scenario or other content file that cannot be used as it stands."""


class MeetingFileError(JoinlabError):
    """A recording's file (RTTM, UEM, WebVTT, CSV) that cannot be read as it stands."""


class UsageError(JoinlabError):
    """An argument that does not fit: an unknown name, a number outside its range."""


class Gathered:
    """Problems of several parts, so that all of them are told at once."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._kind: type[JoinlabError] = ScenarioError

    @contextmanager
    def part(self) -> Iterator[None]:
        """Take up what is raised within, and go on after it."""
        try:
            yield
        except JoinlabError as error:
            self._kind = self._kind if self.problems else type(error)
            self.problems += error.problems

    def raise_any(self) -> None:
        """Raise all problems, if there are any, as one error: of the kind of the first that was taken up."""
        if self.problems:
            raise self._kind(self.problems)


def nearest(word: str, allowed: Sequence[str]) -> str | None:
    """The allowed word that `word` most resembles, or None when nothing comes close."""
    import difflib

    plain = {other.lower(): other for other in allowed}
    found = difflib.get_close_matches(word.lower(), list(plain), n=1, cutoff=0.6)
    return plain[found[0]] if found else None


def did_you_mean(word: str, allowed: Sequence[str], *, called: str) -> str:
    """The remedy line for an unknown word: the nearest allowed one, then all of them."""
    guess = nearest(word, allowed)
    hint = f'Did you mean "{guess}"? ' if guess else ""
    return f"{hint}{called}: {', '.join(allowed)}."


def whole_number(name: str, given: object, least: int, most: int) -> int:
    """A whole number within a range, also written as text.

    Raises:
        UsageError: If it is something else; `name` says where it stood.
    """
    expected = f"expected {least:,} to {most:,}." if most < 10**12 else f"expected {least} to {most}."
    value = _whole(given)
    if value is None:
        raise UsageError(Problem(f"{name}: {_quoted(given)} is not a whole number; {expected}", remedy=_written(given)))
    if not least <= value <= most:
        raise UsageError(Problem(f"{name}: {value} is out of range; {expected}"))
    return value


def number(name: str, given: object, least: float, most: float) -> float:
    """A number within a range, also written as text.

    Raises:
        UsageError: If it is something else; `name` says where it stood.
    """
    try:
        value = float("nan") if isinstance(given, bool) else float(given)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        value = float("nan")
    expected = f"expected {least:g} to {most:g}."
    if value != value:
        raise UsageError(Problem(f"{name}: {_quoted(given)} is not a number; {expected}"))
    if not least <= value <= most:
        raise UsageError(Problem(f"{name}: {given} is out of range; {expected}"))
    return value


def _whole(given: object) -> int | None:
    if isinstance(given, bool):
        return None
    try:
        return int(given) if isinstance(given, str) else operator.index(given)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None


def _written(given: object) -> str | None:
    """How a whole number is written that was given as something else, such as 1e6 or 1,000."""
    try:
        value = float(given.replace(",", "") if isinstance(given, str) else given)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return f"Write {int(value)}." if value.is_integer() and abs(value) < 1e15 else None


def _quoted(given: object) -> str:
    return f'"{given}"' if isinstance(given, str) else repr(given)
