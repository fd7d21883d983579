"""Comparing flows in the app."""

from __future__ import annotations

import asyncio
import json
import re
import shlex
import threading
import time
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from simulator.analysis.comparison import run_comparison
from simulator.engine.tally import Tally
from simulator.ui.app import JoinlabApp
from simulator.ui.content import compare
from simulator.ui.content.people import People
from simulator.ui.screens.compare import CompareScreen
from simulator.ui.session import Session
from simulator.ui.show import settle
from tests.cli.command import joinlab
from tests.ui.driving import WIDE, drive, press, seen

FIGURE = re.compile(r"\d+\.\d %")
PAIR = ("accept_or_leave", "two_buttons")


def small(**changes: object) -> Session:
    """A session whose runs take a blink."""
    return Session(**{"flows": PAIR, "participants": 2000, "seed": 5} | changes)  # type: ignore[arg-type]


def screen(pilot: Pilot[None]) -> CompareScreen:
    """The screen, below any panel."""
    found = pilot.app.screen_stack[0]
    assert isinstance(found, CompareScreen)
    return found


def test_the_bars_are_those_of_the_command_that_the_screen_shows() -> None:
    async def journey(pilot: Pilot[None]) -> None:
        text = seen(pilot)
        command = re.search(r"\$ joinlab (.*)", text)
        assert command
        told = joinlab(*shlex.split(command[1])).out
        shown = [line[:36].strip() for line in text.splitlines() if line.startswith("    ") and FIGURE.search(line)]
        assert len(shown) == 8
        for line in shown:
            assert line in told

    drive(journey, small(), first="compare", size=WIDE)


def test_what_grew_on_the_screen_is_the_whole_run_to_the_last_unit() -> None:
    session = small(participants=30_000)

    async def journey(pilot: Pilot[None]) -> None:
        found = screen(pilot).found
        assert found is not None
        whole = run_comparison(session.inputs(), participants=30_000, seed=5)
        for one, other in zip(found.run.tallies, whole.run.tallies, strict=True):
            assert all((getattr(one, name) == getattr(other, name)).all() for name in Tally.__annotations__)

    drive(journey, session, first="compare")


def test_a_journey_by_keyboard_picks_flows_looks_at_all_sides_and_keeps_the_run() -> None:
    session = small()

    async def journey(pilot: Pilot[None]) -> None:
        await press(pilot, "f", *"host_dec", "space", "enter")
        assert session.flows == (*PAIR, "host_decides")
        assert "host_decides" in seen(pilot)
        await press(pilot, "right")
        assert "accept_or_leave: where the audio went, in person-minutes" in seen(pilot)
        assert screen(pilot).joinlab.command_of("compare").endswith("--ledger")
        await press(pilot, "right", "s", *"juris", "enter", "o", "z")
        assert "Lawful, strict, by jurisdiction" in seen(pilot)
        assert "largest first" in seen(pilot)
        assert screen(pilot).joinlab.command_of("compare").endswith("--by jurisdiction")
        await press(pilot, "k", "x", "enter")
        assert [kept.name for kept in session.runs] == ["x"]
        assert [flow["id"] for flow in session.runs[0].data["flows"]] == list(session.flows)
        assert "jurisdiction" in session.runs[0].data["flows"][0]["by"]

    drive(journey, session, first="compare", size=WIDE)


def test_a_kept_run_says_whose_people_it_had_and_its_command_gives_it_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    people = People(willing=0.9, places=("DE",), meeting_types=("one_to_one",))
    session = small(people=people)

    async def journey(pilot: Pilot[None]) -> None:
        found = screen(pilot).found
        await press(pilot, "k", "enter")
        assert "my_people.yaml" in " ".join(seen(pilot).split())
        await press(pilot, "2")
        assert screen(pilot).found is found  # nothing is run anew for it

    drive(journey, session, first="compare", size=WIDE)
    (kept,) = session.runs
    assert kept.data["run"]["scenario"] == "my_people"
    assert kept.data["run"]["people"] == {
        "population": "my_people_population",
        "willing": 0.9,
        "places": ["DE"],
        "meeting_types": ["one_to_one"],
        "confidentiality": None,
    }
    again = json.loads(joinlab(*shlex.split(kept.command)[1:], "--format", "json").out)
    assert again == kept.data


def test_a_copied_command_names_a_file_that_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    session = small(people=People(places=("DE", "JP")))

    async def journey(pilot: Pilot[None]) -> None:
        await press(pilot, "c")
        words = shlex.split(pilot.app.clipboard)
        assert words[words.index("--scenario") + 1] == "my_people.yaml"
        assert joinlab(*words[1:]).code == 0
        await press(pilot, "c")
        assert sorted(path.name for path in tmp_path.iterdir()) == ["my_people.yaml"]

    drive(journey, session, first="compare", size=WIDE)


def test_largest_first_orders_the_parts_by_the_first_flow() -> None:
    session = small(participants=20_000)
    *_, found = compare.growing(session)
    shares = {name: cell.share("claimed").value or 0.0 for name, cell in found.flows[0].cells("jurisdiction").items()}

    async def journey(pilot: Pilot[None]) -> None:
        await press(pilot, "left", "s", *"juris", "enter", "z")
        told = [line.split()[0] for line in seen(pilot).splitlines() if re.search(r" [\d,]+ people$", line)]
        assert told == sorted(shares, key=lambda name: -shares[name])[: len(told)]
        assert len(told) > 3

    drive(journey, session, first="compare", size=WIDE)


def test_the_setup_changes_who_and_what_is_run_and_says_what_it_cannot_use(tmp_path: Path) -> None:
    file = tmp_path / "meetings.csv"
    file.write_text("meeting,participant,seconds,length_seconds\na,x,60,600\na,y,90,600\n", encoding="utf-8")
    session = small()

    async def journey(pilot: Pilot[None]) -> None:
        await press(pilot, "e", "down", "end", *(["backspace"] * 4), *"lots", "enter")
        assert 'People: "lots" is not a whole number' in seen(pilot)
        pilot.app.screen.query_one("#participants", Input).value = "600"
        pilot.app.screen.query_one("#meetings", Input).value = str(file)
        pilot.app.screen.query_one("#category", Input).value = "chat"
        pilot.app.screen.query_one("#date", Input).value = "2023-08-08"
        await press(pilot, "enter")
        assert session.participants == 600
        assert session.meetings == (file,)
        found = screen(pilot).found
        assert found is not None
        assert found.category == "chat"
        assert len(found.inputs.recorded) == 1
        assert "rules of 2023-08-08" in " ".join(seen(pilot).split())

    drive(journey, session, first="compare", size=WIDE)


def test_one_flow_is_too_few_and_the_screen_says_what_to_do() -> None:
    async def journey(pilot: Pilot[None]) -> None:
        assert compare.TOO_FEW in seen(pilot)
        assert not pilot.app.workers._workers

    drive(journey, small(flows=PAIR[:1]), first="compare")


def test_a_run_can_be_cancelled_at_any_time_and_what_it_has_stays() -> None:
    session = small(participants=100_000_000)
    app = JoinlabApp(session, first="compare")

    async def go() -> None:
        async with app.run_test(size=WIDE) as pilot:
            while not (isinstance(app.screen, CompareScreen) and app.screen.found):
                await asyncio.sleep(0.02)
            await pilot.press("escape")
            pressed = time.monotonic()
            await settle(pilot)
            assert time.monotonic() - pressed < 10.0
            text = seen(pilot)
            assert re.search(r"Cancelled after [\d,]+ people; what is shown is of these\.", text)
            assert "r Run" in text
            assert "claimed" in text

    asyncio.run(go())


def test_a_fault_while_running_is_said_and_the_screen_can_go_on() -> None:
    async def journey(pilot: Pilot[None]) -> None:
        assert "no_such_flow" in seen(pilot)
        await press(pilot, "escape")
        assert "The run failed." in seen(pilot)
        await press(pilot, "f", "space")  # drops the name that is none
        await press(pilot, "down", "down", "space", "enter")
        assert "claimed" in seen(pilot)

    drive(journey, small(flows=("no_such_flow", PAIR[0])), first="compare")


@pytest.mark.slow
def test_a_million_people_under_four_flows_never_hold_the_screen_up_for_a_tenth_of_a_second() -> None:
    """The longest time between two turns of the event loop; others at work on the machine get three chances."""
    flows = ("accept_or_leave", "granular_opt_in", "two_buttons", "any_refusal_stops")
    drive(lambda pilot: asyncio.sleep(0), small(flows=flows), first="compare", size=WIDE)  # compiles, if need be
    longest = [_longest_gap(Session(flows=flows, participants=1_000_000)) for _ in range(3)]
    assert min(longest) < 0.1, longest


def _longest_gap(session: Session) -> float:
    app = JoinlabApp(session, first="compare")
    gaps: list[float] = []

    async def watch() -> None:
        last, waited = time.perf_counter(), _waited()
        while True:
            await asyncio.sleep(0.002)
            now, waited_now = time.perf_counter(), _waited()
            gaps.append(now - last - (waited_now - waited))
            last, waited = now, waited_now

    async def go() -> None:
        async with app.run_test(size=WIDE) as pilot:
            watching = asyncio.create_task(watch())
            await settle(pilot)
            watching.cancel()
            found = screen(pilot).found
            assert found is not None
            assert found.run.participants >= 1_000_000

    asyncio.run(go())
    return max(gaps)


def _waited() -> float:
    """Seconds that this thread could have gone on in and had no processor, as others had them; 0 where unknown."""
    told = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat")
    return int(told.read_text().split()[1]) / 1e9 if told.exists() else 0.0
