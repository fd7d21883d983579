"""The screens of the app, once: the bar, the palette, `--screen`, `--plain` and `--screenshot` all read this list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rich.console import RenderableType

from simulator.errors import Problem, UsageError, did_you_mean
from simulator.ui.content import compare, design, join, lessons, person, population, results
from simulator.ui.screens.base import JoinlabScreen
from simulator.ui.screens.compare import CompareScreen
from simulator.ui.screens.design import DesignScreen
from simulator.ui.screens.join import JoinScreen
from simulator.ui.screens.lessons import LessonsScreen
from simulator.ui.screens.person import PersonScreen
from simulator.ui.screens.population import PopulationScreen
from simulator.ui.screens.results import ResultsScreen
from simulator.ui.session import Session
from simulator.ui.widgets.frame import Place


@dataclass(frozen=True)
class Entry:
    """A screen of the app."""

    name: str
    key: str
    title: str
    about: str
    """What it is for, in a sentence."""
    screen: Callable[[], JoinlabScreen]
    plain: Callable[[Session, int], RenderableType]
    """The same content as text, for a width."""
    command: Callable[[Session], str]
    """The command that reproduces what is seen."""

    @property
    def place(self) -> Place:
        """How the bar names it."""
        return Place(self.name, self.key, self.title)


SCREENS = (
    Entry(
        "join",
        "1",
        "Join",
        "Join a meeting under a flow, and see what your choice does to the data.",
        JoinScreen,
        join.plain,
        join.command,
    ),
    Entry(
        "compare",
        "2",
        "Compare",
        "Run flows on the same people in the same meetings, and see what each does to the data.",
        CompareScreen,
        compare.plain,
        compare.command,
    ),
    Entry(
        "design",
        "3",
        "Design",
        "Change a flow in place, and see at once what that does to the data.",
        DesignScreen,
        design.plain,
        design.command,
    ),
    Entry(
        "person",
        "4",
        "Person",
        "Follow one synthetic participant: what they weigh at each stage, under two flows side by side.",
        PersonScreen,
        person.plain,
        person.command,
    ),
    Entry(
        "population",
        "5",
        "Population",
        "See and change who is asked: places, roles, meetings, and how willing people are.",
        PopulationScreen,
        population.plain,
        population.command,
    ),
    Entry(
        "results",
        "6",
        "Results",
        "Keep, name and compare runs, and take tables and charts away.",
        ResultsScreen,
        results.plain,
        results.command,
    ),
    Entry(
        "lessons",
        "7",
        "Lessons",
        "Short lessons for a class: predict, run, reveal.",
        LessonsScreen,
        lessons.plain,
        lessons.command,
    ),
)


def entry(name: str) -> Entry:
    """A screen by name.

    Raises:
        UsageError: If there is none of that name.
    """
    found = next((one for one in SCREENS if one.name == name), None)
    if found is None:
        remedy = did_you_mean(name, [one.name for one in SCREENS], called="Screens")
        raise UsageError(Problem(f'--screen: there is no screen "{name}".', remedy=remedy))
    return found
