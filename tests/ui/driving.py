"""Drives the app from the keyboard, and reads what it shows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from textual.pilot import Pilot
from textual.widgets import Input

from simulator.ui.app import JoinlabApp
from simulator.ui.session import Session
from simulator.ui.show import settle

NARROW, WIDE = (80, 24), (120, 40)

Journey = Callable[[Pilot[None]], Awaitable[None]]


def drive(journey: Journey, session: Session, *, first: str = "join", size: tuple[int, int] = NARROW) -> JoinlabApp:
    """Open the app, take the journey, and close it again."""
    app = JoinlabApp(session, first=first)

    async def go() -> None:
        async with app.run_test(size=size, notifications=True) as pilot:  # else no toast is ever drawn
            await settle(pilot)
            await journey(pilot)

    asyncio.run(go())
    return app


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Press keys, one after the other, each after what the one before set off; none: wait for what is under way."""
    for key in keys:
        await pilot.press(key)
        await settle(pilot)
    if not keys:
        await settle(pilot)


async def fill(pilot: Pilot[None], text: str) -> None:
    """Type over what stands in the line of a panel, and press Enter."""
    pilot.app.screen.query_one(Input).value = text
    await press(pilot, "enter")


def seen(pilot: Pilot[None]) -> str:
    """The text on the screen, line by line."""
    app = pilot.app
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips)
