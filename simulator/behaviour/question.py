"""What a behaviour from outside is asked, and what it answers: one stage, for many people at once."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from simulator.errors import Problem, UsageError
from simulator.scenario.flow import Flow, Option, Stage

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

GROUP = "joinlab.behaviours"
"""Entry points under which packages add behaviours, by name."""


class People(NamedTuple):
    """Traits of P people who meet a stage; all arrays are (P,) unless said otherwise, and not to be changed."""

    attention: Floats
    """Share of the stage that they take in, 0 to 1."""
    effort: Floats
    """What a click costs, relative to the median person."""
    stake: Floats
    """Cost of leaving, logits."""
    pressure: Floats
    """Pull towards what the host asks for, logits; 0 where an earlier answer is recalled."""
    willing: Floats
    """(P, 8) latent willingness by data category, in the order of `DataCategory`, for the scenario's purpose; above 0
    is wanted."""
    place: Ints
    """Index into `Question.places`."""
    segment: Ints
    """Index into `Question.segments`."""
    role: Ints
    """Index into the words of `Role`."""
    channel: Ints
    """Index into the words of `Channel`."""
    age: Ints
    """Years."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """A stage put to P people. Its O options and T toggles are the columns of what is answered."""

    flow: Flow
    stage: Stage
    options: tuple[Option, ...]
    """In the order of the columns: granting, none, denying, deferring, leaving; as in the file within these."""
    people: People
    places: tuple[str, ...]
    segments: tuple[str, ...]
    prompts: int
    """Stages that they have answered before in this meeting."""
    recalled: bool
    """Whether the answer is one that was given earlier, in an ordinary meeting and without pressure."""
    terms: Mapping[str, Floats]
    """(P, O) each: the terms of the mixed logit, logits; their sum is its systematic utility."""
    toggles: Mapping[str, Floats]
    """(P, T) each: the terms of the utility of "on" less that of "off", of those who take the toggles as set."""
    noticing: Floats
    """(P,) logit of noticing the stage, where it can be missed."""


class Behaviour(Protocol):
    """How people choose, given from outside. A plain function serves as `utilities` alone.

    What is answered may depend on nothing but the question: no randomness, no memory, and no person's row on another's.
    Then the same people meet every behaviour with the same draws, and no result depends on chunks or threads. It may
    also have `toggles(question)`, (P, T) logits of on, and `noticing(question)`, (P,) logits; without them these are
    the mixed logit's.
    """

    def utilities(self, question: Question) -> Floats:
        """(P, O) systematic utilities in logits; choice probabilities are their logit. -inf: never taken."""


def installed() -> Mapping[str, EntryPoint]:
    """The behaviours that installed packages add, by name."""
    return _in_folders(tuple((folder, _changed(folder)) for folder in sys.path))


@functools.lru_cache(maxsize=4)
def _in_folders(folders: tuple[tuple[str, int], ...]) -> Mapping[str, EntryPoint]:
    """What packages add; kept, as every cell of a batch asks, and each package has to be looked at."""
    return MappingProxyType({point.name: point for point in entry_points(group=GROUP)})


def _changed(folder: str) -> int:
    """When a package last came to a folder or went; 0 where there is no such folder."""
    try:
        return Path(folder).stat().st_mtime_ns
    except OSError:
        return 0


def load_behaviour(point: EntryPoint) -> Behaviour:
    """The behaviour of an entry point: an object, or a class or function that is made into one.

    Raises:
        UsageError: If it cannot be loaded, or is no behaviour.
    """
    try:
        found = point.load()
        made = found() if isinstance(found, type) else found
    except Exception as error:  # whatever a package does when it is imported
        message = f"behaviour {point.name} ({point.value}) cannot be loaded: {type(error).__name__}: {error}."
        raise UsageError(Problem(message, remedy="Install its package anew, or choose another behaviour.")) from error
    if hasattr(made, "utilities"):
        return made  # type: ignore[no-any-return]
    if callable(made):
        return _Function(made)
    message = f"behaviour {point.name} ({point.value}) has no `utilities` and is no function."
    raise UsageError(Problem(message, remedy="docs/how-to/a-behaviour-of-your-own.md shows what it takes."))


class _Function:
    """A behaviour of one function."""

    def __init__(self, function: Callable[[Question], Floats]) -> None:
        self.utilities = function
