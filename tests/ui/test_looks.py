"""How the app looks, as few pictures at both sizes. Each says what to look at when it changes.

After a change that is meant: look at the report that pytest names, then renew with `pytest tests/ui/test_looks.py
--snapshot-update`. Names of people stay out, as they change between versions of Faker.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot

from simulator import api
from simulator.population.faces import Face
from simulator.text import explain_view
from simulator.text.formats import as_dict
from simulator.ui.app import JoinlabApp
from simulator.ui.content import design, visit
from simulator.ui.session import Kept, Session
from tests.ui.driving import NARROW, WIDE, press

DAYS = ("2023-08-08", "2026-07-01")
Before = Callable[[Pilot[None]], Awaitable[None]]


def opened(session: Session, first: str = "join") -> JoinlabApp:
    """The app; its bar names only the screen in view, so that another screen changes no picture."""
    app = JoinlabApp(session, first=first)
    app.places = tuple(place for place in app.places if place.name == first)
    return app


def after(*keys: str) -> Before:
    """Press keys before the picture is taken, and let everything come to rest."""

    async def go(pilot: Pilot[None]) -> None:
        await press(pilot)
        if keys:
            await press(pilot, *keys)

    return go


@pytest.fixture(autouse=True)
def _nobody_in_particular(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (explain_view, visit):
        monkeypatch.setattr(module, "face_of", lambda *_: Face("Alex Example", "Example Ltd", "clerk"))


def test_a_stage_with_toggles_at_80_by_24(snap_compare) -> None:
    """Toggles say [x] on and [ ] off, the arrow points at one line, the text is whole, and nothing is cut."""
    app = opened(Session(flows=("granular_opt_in",), participant=7))
    assert snap_compare(app, terminal_size=NARROW, run_before=after("enter", "space", "down"))


def test_a_refusal_behind_more_clicks_at_120_by_40(snap_compare) -> None:
    """Agreeing fills a large field; the refusal stands out less, and says how often it has still to be pressed."""
    app = opened(Session(flows=("reject_hidden",), participant=7))
    assert snap_compare(app, terminal_size=WIDE, run_before=after("enter", "down", "enter"))


def test_ones_own_minutes_at_80_by_24(snap_compare) -> None:
    """Columns stand below their headings, both readings are named, and reasons are indented below their category."""
    app = opened(Session(flows=("granular_opt_in",), participant=7))
    keys = ("enter", "space", *["down"] * 7, "enter", "enter", "right")
    assert snap_compare(app, terminal_size=NARROW, run_before=after(*keys))


def test_one_person_under_two_flows_at_120_by_40(snap_compare) -> None:
    """Both flows begin on the same line; terms against go to the left of the middle, terms for to the right."""
    app = opened(Session(flows=("reject_hidden", "granular_opt_in"), participant=7), first="person")
    assert snap_compare(app, terminal_size=WIDE, run_before=after())


def test_who_is_asked_in_light_at_120_by_40(snap_compare) -> None:
    """Dark letters on light ground; long names are wrapped beside their marks; bars begin below each other."""
    app = opened(Session(), first="population")
    assert snap_compare(app, terminal_size=WIDE, run_before=after("ctrl+t", "down"))


def test_flows_compared_at_80_by_24(snap_compare) -> None:
    """Bars begin on one line below 0 %, each carries its name and interval; what may be lawful is drawn lightly."""
    app = opened(Session(flows=("accept_or_leave", "two_buttons"), participants=3000), first="compare")
    assert snap_compare(app, terminal_size=NARROW, run_before=after())


def test_a_split_by_role_at_120_by_40(snap_compare) -> None:
    """Parts stand largest first, their bars have whiskers, and the footer has the keys of the split."""
    app = opened(Session(flows=("accept_or_leave", "two_buttons"), participants=3000), first="compare")
    assert snap_compare(app, terminal_size=WIDE, run_before=after("left", "o", "z"))


def test_a_lesson_reveals_at_80_by_24(snap_compare) -> None:
    """The guess stands below the result on one scale; the text below it has its figures filled in."""
    app = opened(Session(), first="lessons")
    assert snap_compare(app, terminal_size=NARROW, run_before=after("enter", "n", "3", "0", "enter", "i"))


def test_a_changed_design_at_120_by_40(snap_compare, monkeypatch: pytest.MonkeyPatch) -> None:
    """A star and the old value mark what was moved; before and now stand beside it, and what a check finds anew."""
    monkeypatch.setattr(design, "PARTICIPANTS", 3000)
    app = opened(Session(flows=("two_buttons",)), first="design")
    assert snap_compare(app, terminal_size=WIDE, run_before=after(*["down"] * 13, "right"))


def test_results_at_120_by_40(snap_compare) -> None:
    """Each run has its mark; bars of all runs share a scale; what differs between the runs is named."""
    data = [api.compare(["accept_or_leave", "two_buttons"], date=day, participants=3000, seed=1) for day in DAYS]
    runs = [Kept(f"rules of {day}", as_dict(found), "joinlab compare") for day, found in zip(DAYS, data, strict=True)]
    for kept in runs:
        kept.data["run"]["joinlab"] = "0"
    app = opened(Session(runs=runs), first="results")
    assert snap_compare(app, terminal_size=WIDE, run_before=after())
