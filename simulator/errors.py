"""What can be wrong with what somebody gave us, said so that they can mend it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
