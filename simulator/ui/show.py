"""The three ways to see the app: in the terminal, as plain text, as pictures."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console, Group
from rich.text import Text
from textual.pilot import Pilot

from simulator.ui.app import JoinlabApp
from simulator.ui.picture import without_outside_fonts
from simulator.ui.registry import SCREENS, Entry, entry
from simulator.ui.session import Session


def run(session: Session, first: str) -> None:
    """Open the app in the terminal, where time runs."""
    session.ticking = True
    JoinlabApp(session, first=first).run()


def named(screen: str | None) -> Sequence[Entry]:
    """The screens that are meant: one, or all.

    Raises:
        UsageError: If there is none of that name.
    """
    return SCREENS if screen is None else (entry(screen),)


def plain(console: Console, session: Session, entries: Sequence[Entry]) -> None:
    """Print what screens say."""
    for one in entries:
        title = Text(f"{one.title}: {one.about}", style="bold")
        console.print(Group(title, Text(""), one.plain(session, console.width)))
        # On one line, however long, so that it can be copied.
        console.print(Text(f"$ {one.command(session)}\n", style="dim"), soft_wrap=True)


def screenshots(session: Session, entries: Sequence[Entry], folder: Path, size: tuple[int, int]) -> list[Path]:
    """Write a picture of each screen into a folder, and name the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for one in entries:
        path = folder / f"{one.name}.svg"
        path.write_text(asyncio.run(_picture(session, one, size)), encoding="utf-8")
        written.append(path)
    return written


async def _picture(session: Session, one: Entry, size: tuple[int, int]) -> str:
    app = JoinlabApp(session, first=one.name)
    app.animation_level = "none"
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        return without_outside_fonts(app.export_screenshot(title=f"joinlab: {one.title}"))


async def settle(pilot: Pilot[None]) -> None:
    """Wait until no worker works any more and what they found is shown."""
    quiet = 0
    while quiet < 3:  # a message may lead to another, and that to a worker
        while any(not worker.is_finished for worker in pilot.app.workers):
            await asyncio.sleep(0.01)
            quiet = 0
        await pilot.pause()
        quiet += 1
