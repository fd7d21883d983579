"""Every flow can be walked to an end by keyboard, and shows its options in the order and number of its file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from textual.pilot import Pilot

from simulator.engine.play import AtStage
from simulator.scenario import library
from simulator.scenario.flow import Flow
from simulator.ui.content import join
from simulator.ui.screens.join import JoinScreen
from simulator.ui.session import Session, Yourself
from simulator.ui.widgets.after_view import AfterView
from simulator.ui.widgets.lines import ToggleLine
from simulator.ui.widgets.stage_view import ChoiceLine, OpenLine, StageView
from tests.strategies import flows
from tests.ui.driving import drive, press

MOST_ANSWERS = 80
"""Far more than any flow here asks of one person."""


@pytest.fixture(autouse=True)
def _few_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(join, "COUNTED", 20)


async def walk(pilot: Pilot[None], steps: Iterator[int]) -> None:
    """Go in, and answer whatever comes by keys alone, choosing as the steps say, until there is nothing to answer."""
    await press(pilot, "enter")
    for _ in range(MOST_ANSWERS):
        screen = pilot.app.screen
        assert isinstance(screen, JoinScreen)
        if screen.query(AfterView):
            return
        await answer(pilot, screen, steps)
    pytest.fail("it goes on for ever")


async def answer(pilot: Pilot[None], screen: JoinScreen, steps: Iterator[int]) -> None:
    """Look at what is asked, set some toggles, and take an option."""
    view = screen.query_one(StageView)
    if view.card.closed and next(steps) % 2:
        await pilot.press("enter")
    elif view.card.closed and view.query("#look"):
        assert isinstance(pilot.app.focused, OpenLine)
        found = [line for line in view.query(ChoiceLine) if line.focusable]
        if not found:  # nothing can be done but to look
            await pilot.press("enter")
        else:
            await pilot.press("down", "enter")
            return await press(pilot)
    await press(pilot)
    moment = screen._moment
    if isinstance(moment, AtStage):
        shown = [line.choice.id for line in view.query(".inside ChoiceLine").results(ChoiceLine)]
        assert shown[: len(moment.stage.options)] == [option.id for option in moment.stage.options]
        assert len(shown) <= len(moment.stage.options) + (not moment.stage.blocking)
    while isinstance(pilot.app.focused, ToggleLine):
        if next(steps) % 2:
            await pilot.press("space")
        await pilot.press("down")
    for _ in range(next(steps)):
        await pilot.press("down")
    before = pilot.app.session.decisions, pilot.app.session.wanted
    for _ in range(60):
        await pilot.press("enter")
        if not view.is_attached or (pilot.app.session.decisions, pilot.app.session.wanted) != before:
            return await press(pilot)
    return None


@pytest.mark.slow
@given(flow=flows(), steps=st.lists(st.integers(0, 5), min_size=1, max_size=12), number=st.integers(1, 40))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_flow_that_validates_can_be_walked_to_an_end_by_keyboard(
    tmp_path: Path, flow: Flow, steps: list[int], number: int
) -> None:
    path = tmp_path / "made.yaml"
    path.write_text(json.dumps(flow.model_dump(mode="json", by_alias=True)), encoding="utf-8")
    yourself = Yourself(place="DE") if number % 2 else None

    async def journey(pilot: Pilot[None]) -> None:
        await walk(pilot, cycle(steps))

    drive(journey, Session(flows=(str(path),), participant=number, yourself=yourself))


@pytest.mark.slow
def test_every_flow_of_the_library_can_be_walked_to_an_end_by_keyboard() -> None:
    async def journey(pilot: Pilot[None]) -> None:
        for number, name in enumerate(library.builtin("flow")):
            screen = pilot.app.screen
            assert isinstance(screen, JoinScreen)
            pilot.app.session.rejoin(flows=(name,))
            screen._begin()
            await press(pilot)
            await walk(pilot, cycle([number % 3, number % 2, 1]))

    drive(journey, Session(participant=3))
