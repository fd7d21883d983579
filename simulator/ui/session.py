"""What the app is set to at the moment, and what it has kept: the one object that all screens share."""

from __future__ import annotations

import datetime
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from itertools import count
from pathlib import Path
from typing import Any

from simulator.analysis.comparison import DEFAULT_PARTICIPANTS
from simulator.api import DEFAULT_SCENARIO, Setting, prepare
from simulator.engine.inputs import Inputs
from simulator.engine.play import Decided
from simulator.engine.run import Plan, make_plan
from simulator.errors import Problem, UsageError
from simulator.scenario.flow import Flow
from simulator.scenario.vocabulary import Channel, DataCategory, Purpose, Reading, Role
from simulator.text.formats import Json
from simulator.ui.content.draft import Draft
from simulator.ui.content.people import People, write, written_to
from simulator.ui.content.stamps import stamps

DEFAULT_FLOWS = ("accept_or_leave", "granular_opt_in")


@dataclass(frozen=True, kw_only=True)
class Yourself:
    """Who sits at the keyboard, as far as rules and flows tell people apart."""

    place: str
    """Code of the jurisdiction they are in."""
    role: Role = Role.PEER
    channel: Channel = Channel.DESKTOP


@dataclass(frozen=True)
class Look:
    """Which side of a comparison is looked at."""

    part: str = "outcomes"
    """`outcomes`, `ledger` or `split`."""
    by: str = "role"
    """What the split is by."""
    outcome: str = "claimed"
    """Of what the split is."""
    largest_first: bool = False


@dataclass(frozen=True)
class Kept:
    """A run that was kept, or read from a file."""

    name: str
    data: Json
    """As `joinlab compare --format json` writes it."""
    command: str
    """Reproduces it."""


@dataclass
class Session:
    """Settings that all screens share, and runs kept. Screens read it when they come into view."""

    flows: tuple[str, ...] = DEFAULT_FLOWS
    """Names or paths; the first is the one to join, and the baseline of differences."""
    scenario: str = DEFAULT_SCENARIO
    seed: int = 1
    participants: int = DEFAULT_PARTICIPANTS
    date: datetime.date | None = None
    """Day whose rules apply; None: as the scenario says."""
    reading: Reading | None = None
    category: DataCategory | None = None
    purpose: Purpose | None = None
    people: People | None = None
    """Who is asked, where that was changed in the app; None: as the scenario says."""
    meetings: tuple[Path, ...] = ()
    """Files of recorded meetings, in place of generated ones."""
    participant: int = 1
    """The participant to look at or to play, counted from 1."""
    yourself: Yourself | None = None
    """Who plays as themselves; None: the participant is played as generated."""
    decisions: tuple[Decided, ...] = ()
    """What was decided in the meeting joined last."""
    wanted: frozenset[DataCategory] | None = None
    """What who plays as themselves would give, asked neutrally; None: not asked yet."""
    look: Look = Look()
    draft: Draft | None = None
    """The flow that is being changed."""
    saved: str | None = None
    """File that the draft was saved to, if it has not been changed since."""
    lesson: str | None = None
    """Id of the lesson that is open."""
    step: int = 0
    """Its step, counted from 0."""
    guesses: dict[tuple[str, int], float | str | None] = field(default_factory=dict)
    """By lesson and step: per cent, or the id of a flow; None where the result was shown without a guess."""
    runs: list[Kept] = field(default_factory=list)
    run: int = 0
    """The run that is pointed at, counted from 0."""
    ticking: bool = False
    """Whether time runs: limits of stages, and how long a run took. In pictures and tests it stands still."""

    def setting(self) -> Setting:
        """What is simulated, whichever the flows."""
        return {
            "scenario": self.scenario,
            "meetings": self.meetings,
            "category": self.category,
            "purpose": self.purpose,
            "date": self.date,
            "reading": self.reading,
        }

    def inputs(self, flows: Sequence[Flow | str] | None = None) -> Inputs:
        """What a run of some flows needs, by default those of the session.

        Raises:
            UsageError: If a name is not known.
            ScenarioError: If a file cannot be used, or nobody is left.
        """
        found = self.whole(flows)
        return found if self.people is None else self.people.applied(found, self.scenario)

    def whole(self, flows: Sequence[Flow | str] | None = None) -> Inputs:
        """The same with all the people that the scenario has."""
        found = prepare(list(self.flows if flows is None else flows), **self.setting())
        _refuse_what_only_runs_do(found, self.scenario)
        return found

    def plan(self, flows: Sequence[str] | None = None) -> Plan:
        """The same, compiled, of the files as they are now."""
        return make_plan(self.inputs(flows))

    def state(self, flows: Sequence[str]) -> tuple[object, ...]:
        """Everything that a plan of some flows, and who is in it, depends on: files too, as they may be edited."""
        files = stamps(flows, self.scenario, self.meetings)
        return (tuple(flows), self.seed, self.people, *self.setting().values(), files)

    def write_people(self) -> Path | None:
        """Write changed people to a file and go on with it, so that commands which name it work; None: none changed.

        They stay the same people, and whoever is in a meeting stays in it.

        Raises:
            ScenarioError: If the scenario's file cannot be used any more.
            StoreError: If it cannot be written.
        """
        if self.people is None:
            return None
        path = write(self.people, self.scenario)
        self.scenario, self.people = str(path), None
        return path

    def keep(self, kept: Kept) -> Kept:
        """Keep a run. Runs go by their names, so one whose name another has gets a number after it."""
        ways = (kept.name if number == 1 else f"{kept.name} {number}" for number in count(1))
        self.runs.append(replace(kept, name=self._free(ways)))
        return self.runs[-1]

    def name_for_run(self) -> str:
        """A name that no run has."""
        return self._free(f"run {number}" for number in count(len(self.runs) + 1))

    def _free(self, names: Iterator[str]) -> str:
        taken = {one.name for one in self.runs}
        return next(name for name in names if name not in taken)

    def rejoin(self, **changes: Any) -> None:
        """Change settings and begin the meeting to join anew."""
        for name, value in changes.items():
            assert name in {one.name for one in fields(self)}, name
            setattr(self, name, value)
        self.decisions, self.wanted = (), None

    def setting_words(self) -> list[str]:
        """Options of the command line for what differs from the default and every screen depends on."""
        plain = Session()
        words: list[str] = []
        for option, value, usual in (
            ("--scenario", str(written_to(self.scenario)) if self.people else self.scenario, plain.scenario),
            ("--seed", self.seed, None),
            ("--date", self.date, None),
            ("--reading", self.reading, None),
            ("--category", self.category, None),
            ("--purpose", self.purpose, None),
        ):
            if value is not None and value != usual:
                words += [option, str(value)]
        for path in self.meetings:
            words += ["--meetings", str(path)]
        return words


def command_line(*words: object) -> str:
    """A command as it is typed."""
    return shlex.join(["joinlab", *(str(word) for word in words)])


def _refuse_what_only_runs_do(inputs: Inputs, named: str) -> None:
    """Who plays joins once, and chooses by the utilities that the app shows."""
    scenario = inputs.scenario
    given = {
        "weeks": scenario.weeks is not None,
        "observed": scenario.observed is not None,
        f"behaviour: {scenario.behaviour}": inputs.weigher is not None,
    }
    for what, is_given in given.items():
        if is_given:
            message = f"the scenario {scenario.id} has `{what}`, which the app has not."
            raise UsageError(Problem(message, remedy=f"Run it on the command line: {command_line('run', named)}"))
