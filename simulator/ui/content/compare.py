"""The Compare screen: what is run, how far it is, and what came of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.text import Text

from simulator.analysis.comparison import Comparison, growing_comparison
from simulator.engine.run import Progress, no_progress
from simulator.scenario import library
from simulator.text.comparison_view import PURPOSES, chart, difference_table, footnotes, people_table
from simulator.text.law_view import readings
from simulator.text.layout import line, paragraph
from simulator.text.ledger_view import waterfall
from simulator.text.numbers import block
from simulator.text.pace import Pace, lasted, span
from simulator.text.split_view import SPLITS, split_bars
from simulator.ui.content.people import written_to
from simulator.ui.session import Session, command_line

LEAST, MOST = 2, 4
"""Flows that are compared at a time."""
TOO_FEW = "Compare takes two to four flows. Press f to pick them."
SIDES = ("outcomes", "ledger", "split")
OUTCOMES = ("claimed", "lawful", "lawful_lenient", "wanted", "overreach", "missed", "left")
"""Outcomes that can be split."""
_BAR = 24


def growing(session: Session, progress: Progress = no_progress) -> Iterator[Comparison]:
    """The run that the session asks for, told while it grows."""
    return growing_comparison(
        session.inputs(),
        participants=session.participants,
        seed=session.seed,
        threads=os.cpu_count() or 1,
        progress=progress,
    )


def ready(session: Session) -> bool:
    """Whether there are flows to compare."""
    return LEAST <= len(session.flows) <= MOST


def state(session: Session) -> tuple[object, ...]:
    """Everything that the run depends on."""
    return (session.participants, *session.state(session.flows))


def command(session: Session) -> str:
    """Reports the same on the command line."""
    look = session.look
    shown = {"ledger": ["--ledger"], "split": ["--by", look.by]}.get(look.part, [])
    words = ["compare", *session.flows, *session.setting_words(), "--participants", session.participants, *shown]
    return command_line(*words)


def plain(session: Session, width: int) -> RenderableType:
    """All of it as text."""
    if not ready(session):
        return Group(setting(session, width), line(TOO_FEW))
    *_, found = growing(session)
    sides = (outcomes(found, width), ledgers(found, width), split(found, session, width))
    return Group(setting(session, width), Text(""), *sides)


def setting(session: Session, width: int) -> RenderableType:
    """What is run, in a sentence."""
    scenario = library.scenario(session.scenario)
    category = (session.category or scenario.category).value.replace("_", " ")
    day = session.date or (scenario.date if not scenario.dates else "each flow's day")
    reading = session.reading or scenario.reading
    where = f"recorded meetings ({', '.join(path.name for path in session.meetings)})" if session.meetings else (
        "generated meetings"
    )  # fmt: skip
    use = PURPOSES[session.purpose or scenario.purpose]
    read = "" if reading is None else f" read {reading.value}ly"
    file = written_to(session.scenario)
    who = "" if session.people is None else f", asked as set on the Population screen (k and c write that to {file})"
    told = (
        f"{scenario.title}: {session.participants:,} people in {where}{who}; {category} for {use}; "
        f"rules of {day}{read}; seed {session.seed}."
    )
    return paragraph(told, width)


def outcomes(found: Comparison, width: int) -> RenderableType:
    """Bars with whiskers, who left, seconds, differences from the first flow, and what these figures are."""
    tables = (people_table(found, width), difference_table(found, width))
    return Group(chart(found, width), *tables, footnotes(found, width))


def ledgers(found: Comparison, width: int) -> RenderableType:
    """The ledger of each flow as a waterfall."""
    return Group(*(waterfall(flow, found.category, width, ranged=found.ranged) for flow in found.flows))


def split(found: Comparison, session: Session, width: int) -> RenderableType:
    """One outcome by one side of people, meetings or data."""
    look = session.look
    return split_bars(found, look.by, look.outcome, width, largest_first=look.largest_first)


def warmed(found: Comparison, session: Session) -> Comparison:
    """The comparison with its estimates worked out, so that showing them takes a blink."""
    Group(outcomes(found, 80), split(found, session, 80))
    return found


def flow_choices(session: Session) -> list[tuple[str, str]]:
    """Flows to choose from, with words: those of the session's files, then those of the library."""
    known = library.builtin("flow")
    own = [(name, f"{name} (a file)") for name in session.flows if name not in known]
    return [*own, *((name, f"{name}: {library.flow(name).title}") for name in known)]


def splits() -> list[tuple[str, str]]:
    """What can be split by, with words to choose from."""
    return [(name, f"by {name.replace('_', ' ')}") for name in SPLITS]


def outcome_choices(ranged: bool) -> list[str]:
    """Outcomes to choose from."""
    return readings(OUTCOMES, ranged)


@dataclass
class Underway:
    """A run that is under way."""

    compiles: bool = False
    """Whether the engine has to be compiled first."""
    done: int = 0
    total: int = 0
    """Meetings."""
    stopping: bool = False

    def __post_init__(self) -> None:
        self._pace = Pace()

    def note(self, done: int, total: int, now: float) -> None:
        """Take down how far it is, at a moment in seconds of any clock."""
        self.done, self.total = done, total
        self._pace.note(done, total, now)

    def told(self, people: int, width: int) -> RenderableType:
        """How far it is, how fast it goes, how long it takes yet; `people` is how many are asked for."""
        if self.stopping:
            return line("Stopping …")
        if not self.done:
            first = "Compiling the engine, which is done once on a machine and takes some seconds …"
            return paragraph(first if self.compiles else "Making the meetings …", width)
        share = self.done / self.total
        parts = [f"{share * people:,.0f} of {people:,} people"]
        if (rate := self._pace.rate) is not None:
            parts += [f"{rate * people / self.total:,.0f} a second", f"{span((self.total - self.done) / rate)} left"]
        text = f"{100 * share:3.0f} %  {', '.join(parts)}"
        room = min(_BAR, width - len(text) - 1)
        drawn = f"{block(share, room):<{room}} " if room > 5 else ""
        return Text.assemble((drawn, "cyan"), text, no_wrap=True)


def finished(found: Comparison, seconds: float | None) -> str:
    """What was run, and how long it took; None where time stands still, as in a picture."""
    what = f"{found.run.participants:,} people in {found.run.meetings:,} meetings"
    if seconds is None:
        return f"{what}."
    return f"{what}, in {lasted(seconds)}."


def stopped(found: Comparison | None) -> str:
    """What a run that was cancelled leaves."""
    if found is None:
        return "Cancelled. Press r to run."
    return f"Cancelled after {found.run.participants:,} people; what is shown is of these. Press r to run all."
