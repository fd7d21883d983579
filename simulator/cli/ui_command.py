"""The command `ui`: opens the app, prints what its screens say, or takes pictures of them."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.arguments import (
    MOST_NUMBER,
    CategoryArg,
    DateArg,
    MeetingsArg,
    ParticipantsArg,
    PurposeArg,
    ReadingArg,
    ScenarioArg,
    a_seed,
    day,
    split_files,
    whole,
    word,
)
from simulator.errors import Problem, UsageError

if TYPE_CHECKING:
    from simulator.scenario.vocabulary import DataCategory
    from simulator.ui.session import Session, Yourself


def ui(
    flows: Annotated[
        list[str] | None,
        typer.Argument(help="Flows to start with, names or YAML files: the first is the one to join."),
    ] = None,
    screen: Annotated[str | None, typer.Option(help="Screen to start with, such as join.")] = None,
    plain: Annotated[bool, typer.Option("--plain", help="Print what the screens say as text, and end.")] = False,
    screenshot: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write an SVG of each screen into a folder, and end.")
    ] = None,
    size: Annotated[str, typer.Option(metavar="WxH", help="Size of the pictures, in columns and lines.")] = "120x40",
    scenario: ScenarioArg = "everyday_meetings",
    meetings: MeetingsArg = None,
    participants: ParticipantsArg = 100_000,
    seed: Annotated[int, typer.Option(parser=a_seed, metavar="N", help="Seed of the people and meetings.")] = 1,
    category: CategoryArg = None,
    purpose: PurposeArg = None,
    date: DateArg = None,
    reading: ReadingArg = None,
    participant: Annotated[
        int,
        typer.Option(parser=whole("--participant", 1, MOST_NUMBER), metavar="N", help="Whom to play, counted from 1."),
    ] = 1,
    place: Annotated[str | None, typer.Option(help="Play as yourself, in this place, such as DE.")] = None,
    role: Annotated[
        str | None, typer.Option(help="What you are to the host, as yourself; with --place, peer unless said.")
    ] = None,
    channel: Annotated[
        str | None, typer.Option(help="How you join, as yourself; with --place, desktop unless said.")
    ] = None,
    answer: Annotated[
        list[str] | None,
        typer.Option(help="An answer given in the meeting: an option with its switches (save+audio), - , yes or no."),
    ] = None,
    lesson: Annotated[str | None, typer.Option(help="Lesson to open, such as accept_or_leave.")] = None,
    change: Annotated[
        list[str] | None,
        typer.Option(metavar="PATH=VALUE", help="A change to the first flow, such as stages.ask.default=off."),
    ] = None,
    results: Annotated[
        list[Path] | None,
        typer.Option(metavar="PATH", help="Results to open: what compare wrote as JSON, or folders."),
    ] = None,
    wanted: Annotated[
        str | None, typer.Option(help="What you would give, asked neutrally: categories with commas, or nothing.")
    ] = None,
) -> None:
    """Open the app: join a meeting, and see what a choice does to the data."""
    if not plain and screenshot is None and not (sys.stdin.isatty() and sys.stdout.isatty()):
        remedy = "--plain prints what the screens say; --screenshot DIR takes pictures of them."
        raise UsageError(Problem("the app needs a terminal, and this is none.", remedy=remedy))
    from simulator.scenario import library
    from simulator.scenario.vocabulary import DataCategory, Purpose, Reading
    from simulator.ui.content.draft import open_draft
    from simulator.ui.content.levers import read_edits
    from simulator.ui.content.results import read_runs
    from simulator.ui.content.visit import visit, with_answers
    from simulator.ui.session import Session

    if lesson is not None:
        library.find("lesson", lesson)
    chosen, files = split_files(flows or [], meetings)
    session = Session(
        scenario=scenario,
        seed=seed,
        participants=participants,
        date=day(date),
        reading=None if reading is None else Reading(reading.value),
        category=None if category is None else DataCategory(category.value),
        purpose=None if purpose is None else Purpose(purpose.value),
        meetings=tuple(files),
        participant=participant,
        yourself=_yourself(place, role, channel),
        lesson=lesson,
        wanted=None if wanted is None else _categories(wanted),
    )
    if chosen:
        session.flows = tuple(chosen)
    if change:
        session.draft = open_draft(session.flows[0], read_edits(change))
    for path in results or []:
        for kept in read_runs(path):
            session.keep(kept)
    if answer:
        session.decisions = with_answers(visit(session), answer)
    _show(session, screen, plain, screenshot, size)


def _yourself(place: str | None, role: str | None, channel: str | None) -> Yourself | None:
    """Who plays as themselves; None: nobody does."""
    from simulator.scenario.vocabulary import Channel, Role
    from simulator.ui.session import Yourself

    given = {
        "role": None if role is None else word("--role", Role)(role),
        "channel": None if channel is None else word("--channel", Channel)(channel),
    }
    said = {name: value for name, value in given.items() if value is not None}
    if place is None:
        for name in said:
            remedy = "Say where you are as well: --place DE."
            raise UsageError(Problem(f"--{name}: only who plays as themselves has one.", remedy=remedy))
        return None
    return Yourself(place=place, **said)  # type: ignore[arg-type]


def _categories(words: str) -> frozenset[DataCategory]:
    from simulator.scenario.vocabulary import DataCategory

    named = [] if words == "nothing" else words.split(",")
    return frozenset(word("--wanted", DataCategory)(name.strip()) for name in named)


def _size(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{1,3})x(\d{1,3})", text)
    if found is None:
        raise UsageError(Problem(f"--size: {text!r} is not a size.", remedy="Write columns x lines, such as 120x40."))
    return int(found[1]), int(found[2])


def _show(session: Session, screen: str | None, plain: bool, screenshot: Path | None, size: str) -> None:
    from simulator.ui import show

    entries = show.named(screen)
    if plain:
        from simulator.cli.terminal import console

        show.plain(console(), session, entries)
    if screenshot is not None:
        for path in show.screenshots(session, entries, screenshot, _size(size)):
            typer.echo(str(path))
    if not plain and screenshot is None:
        show.run(session, entries[0].name)
