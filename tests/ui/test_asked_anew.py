"""What screens show is of the files as they are now, and answers the newest question."""

from __future__ import annotations

import threading
from pathlib import Path
from types import ModuleType

import pytest
from textual.pilot import Pilot

from simulator.scenario import library
from simulator.ui.content import person as person_content
from simulator.ui.content import population as population_content
from simulator.ui.content.people import People, write
from simulator.ui.screens import join as join_screen
from simulator.ui.session import Session
from simulator.ui.show import settle
from tests.ui.driving import WIDE, drive, press, seen

TALL = (120, 90)
TITLE = "A toggle for each data category, all off"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A flow in a file of one's own."""
    path = tmp_path / "own.yaml"
    path.write_text(library.builtin("flow")["granular_opt_in"].read_text(encoding="utf-8"), encoding="utf-8")
    return path


def edit(path: Path, old: str, new: str) -> None:
    """Put other words into a file."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_every_screen_shows_an_edited_flow_as_it_is_now(own: Path) -> None:
    session = Session(flows=(str(own), "two_buttons"), participants=1000)

    async def journey(pilot: Pilot[None]) -> None:
        for key in "123":
            await press(pilot, key)
        await press(pilot, "4")
        assert TITLE in seen(pilot)
        edit(own, TITLE, "Another title")
        edit(own, "question: ", "question: How? ")
        for key in "134":
            await press(pilot, key)
            assert "Another title" in seen(pilot)
            assert TITLE not in seen(pilot)

    drive(journey, session, size=WIDE)


def test_compare_runs_an_edited_flow_anew(own: Path) -> None:
    session = Session(flows=(str(own), "two_buttons"), participants=1000)

    async def journey(pilot: Pilot[None]) -> None:
        assert "own_flow" not in seen(pilot)
        edit(own, "id: granular_opt_in", "id: own_flow")
        await press(pilot, "1", "2")
        assert "own_flow" in seen(pilot)

    drive(journey, session, first="compare", size=WIDE)


def test_changes_made_on_design_are_made_to_the_file_as_it_is_now(own: Path) -> None:
    session = Session(flows=(str(own), "two_buttons"))

    async def journey(pilot: Pilot[None]) -> None:
        await press(pilot, "down", "right")
        assert session.draft is not None
        edits = session.draft.edits
        edit(own, TITLE, "Another title")
        await press(pilot, "1", "3")
        assert session.draft.original.title == "Another title"
        assert session.draft.edits == edits

    drive(journey, session, first="design", size=WIDE)


def test_answers_that_an_edited_flow_does_not_take_lead_to_the_door(own: Path) -> None:
    session = Session(flows=(str(own), "two_buttons"), participant=7)

    async def journey(pilot: Pilot[None]) -> None:
        await press(pilot, "enter", *["down"] * 7, "enter")
        assert session.decisions
        edit(own, f"id: {session.decisions[0].option}\n", "id: another\n")  # type: ignore[union-attr]
        await press(pilot, "4", "1")
        assert session.decisions == ()
        assert "Join the meeting" in seen(pilot)
        assert "Your answers do not fit" in seen(pilot)

    drive(journey, session, size=WIDE)


def test_a_scenario_is_read_with_the_files_that_it_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    session = Session(scenario=str(write(People(willing=0.5), "everyday_meetings")))
    before, plan = session.state(()), session.plan()
    assert session.state(()) == before
    edit(tmp_path / "my_people_population.yaml", "value: 0.5", "value: 0.25")
    assert session.state(()) != before
    assert (plan.inputs.population.willing.value, session.plan().inputs.population.willing.value) == (0.5, 0.25)


def test_people_changed_twice_are_others_on_every_screen() -> None:
    session = Session(people=People(places=("DE",)))

    async def journey(pilot: Pilot[None]) -> None:
        for key in "14":
            await press(pilot, key)
            assert "in DE" in seen(pilot)
        session.rejoin(people=People(places=("JP",)))
        for key in "14":
            await press(pilot, key)
            assert "in JP" in seen(pilot)

    drive(journey, session, size=WIDE)


@pytest.mark.parametrize(
    ("screen", "module", "name"),
    [
        ("join", join_screen, "visit"),
        ("person", person_content, "follow"),
        ("population", population_content, "count"),
    ],
    ids=["join", "person", "population"],
)
def test_the_newest_question_is_the_one_that_is_shown(
    screen: str, module: ModuleType, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    older, newer = People(places=("DE",)), People(places=("JP",))
    found, newer_is_shown, told = getattr(module, name), threading.Event(), []

    def late(session: Session) -> object:
        """Of which the second question waits until the third has been answered."""
        waits = session.people == older
        answer = found(session)
        assert not waits or newer_is_shown.wait(20)
        return answer

    async def asked_thrice(pilot: Pilot[None]) -> None:
        for people in (older, newer):
            pilot.app.session.rejoin(people=people)
            pilot.app.screen.renew()
            await pilot.pause(1.0)
        newer_is_shown.set()
        await tell(pilot)

    async def tell(pilot: Pilot[None]) -> None:
        await settle(pilot)
        told.append(seen(pilot))

    drive(tell, Session(people=newer), first=screen, size=TALL)
    monkeypatch.setattr(module, name, late)
    drive(asked_thrice, Session(), first=screen, size=TALL)
    assert told[0] == told[1]
