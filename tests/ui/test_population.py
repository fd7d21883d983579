"""Changing who is asked in the app, by keyboard alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from simulator.scenario import library
from simulator.scenario.vocabulary import Role
from simulator.text.numbers import percent
from simulator.ui.content import population
from simulator.ui.content.people import People
from simulator.ui.screens.panels import ErrorPanel
from simulator.ui.session import Session
from tests.cli.command import joinlab
from tests.ui.driving import WIDE, drive, press, seen

TALL = (120, 90)


def test_the_mix_is_counted_over_those_who_would_be_asked() -> None:
    found = population.count(Session())
    inputs = found.plan.inputs
    for shares in (found.places, found.roles, found.channels, found.types, found.classes, found.willingness):
        values = shares.values() if isinstance(shares, dict) else shares
        assert sum(values) == pytest.approx(1.0)
    assert found.people >= population.COUNTED
    assert found.roles["host"] == pytest.approx(found.meetings / found.people)
    assert found.channels["desktop"] == pytest.approx(inputs.population.channels.of["desktop"], abs=0.02)
    assert found.wanting == pytest.approx(inputs.population.willing.value, abs=0.05)
    with_officers = population.count(Session(flows=("zoom_iq_trial_aug_2023",)))
    assert with_officers.roles == found.roles


def test_switching_a_place_off_leaves_nobody_there_and_every_screen_runs_without_it() -> None:
    session = Session()

    async def journey(pilot: Pilot[None]) -> None:
        assert "European Union" in seen(pilot)
        await press(pilot, "space")
        assert "> [ ] off  EU" in seen(pilot)
        assert session.people == People(places=("DE", "UK", "US-CA", "US-IL", "US-1P", "IN", "JP"))
        assert "EU" not in session.plan().inputs.codes
        assert "w writes it to my_people.yaml" in " ".join(seen(pilot).split())
        assert "--scenario my_people.yaml" in seen(pilot)
        await press(pilot, "r")
        assert session.people is None
        assert "> [x] on   EU" in seen(pilot)

    drive(journey, session, first="population", size=WIDE)


def test_plus_makes_more_people_willing() -> None:
    session = Session()

    async def journey(pilot: Pilot[None]) -> None:
        before = population.count(session).wanting
        await press(pilot, "plus", "plus")
        assert session.people == People(willing=0.37)
        assert population.count(session).wanting > before + 0.07
        assert "37 % would give audio" in " ".join(seen(pilot).split())
        await press(pilot, "minus", "minus")
        assert session.people is None

    drive(journey, session, first="population", size=WIDE)


def test_the_last_switch_of_a_kind_cannot_be_turned_off() -> None:
    session = Session(people=People(places=("EU",)))

    async def journey(pilot: Pilot[None]) -> None:
        await press(pilot, "space")
        assert isinstance(pilot.app.screen, ErrorPanel)
        assert "places: nobody would be asked." in seen(pilot)
        await press(pilot, "escape")
        assert "> [x] on   EU" in seen(pilot)

    drive(journey, session, first="population", size=WIDE)


def test_what_is_written_is_a_scenario_that_gives_the_same_people(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    session = Session(people=People(places=("DE", "JP"), meeting_types=("one_to_one",), willing=0.5))
    before = population.count(session)

    async def journey(pilot: Pilot[None]) -> None:
        await press(pilot, "w")
        assert session.scenario == "my_people.yaml"
        assert session.people is None

    drive(journey, session, first="population", size=WIDE)
    after = population.count(session)
    assert (after.places, after.types, after.wanting) == (before.places, before.types, before.wanting)
    assert library.scenario("my_people.yaml").population == "my_people_population.yaml"
    for file in ("my_people.yaml", "my_people_population.yaml"):
        checked = joinlab("check", file)
        assert checked.code == 0, checked.out + checked.err
    assert joinlab("people", "--scenario", "my_people.yaml", "-n", "2").code == 0


def test_what_is_written_never_takes_the_place_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my_people.yaml").write_text("precious: true\n")
    (tmp_path / "my_people_2_population.yaml").write_text("precious: true\n")
    session = Session(people=People(willing=0.5))

    async def journey(pilot: Pilot[None]) -> None:
        assert "w writes it to my_people_3.yaml" in " ".join(seen(pilot).split())
        await press(pilot, "w")
        assert session.scenario == "my_people_3.yaml"
        await press(pilot, "plus", "w")  # what was kept of these people before stays what it was
        assert session.scenario == "my_people_4.yaml"

    drive(journey, session, first="population", size=WIDE)
    assert (tmp_path / "my_people.yaml").read_text() == "precious: true\n"
    assert library.population("my_people_3_population.yaml").willing.value == 0.5
    assert library.population("my_people_4_population.yaml").willing.value == 0.55


def test_where_nothing_can_be_written_the_people_stay_and_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    session = Session(people=People(willing=0.5))

    async def journey(pilot: Pilot[None]) -> None:
        await press(pilot, "w")
        assert isinstance(pilot.app.screen, ErrorPanel)
        assert "my_people_population.yaml: this cannot be written" in " ".join(seen(pilot).split())
        assert "Write to another folder" in seen(pilot)
        assert "--output" not in seen(pilot)
        assert session.people == People(willing=0.5)

    drive(journey, session, first="population", size=WIDE)


def test_people_are_listed_by_name_and_paged_through() -> None:
    async def journey(pilot: Pilot[None]) -> None:
        assert "Some of them" in seen(pilot)
        first = seen(pilot).split("Some of them")[1]
        await press(pilot, "n")
        assert pilot.app.session.participant == 1 + population.PAGE
        assert seen(pilot).split("Some of them")[1] != first

    drive(journey, Session(), first="population", size=TALL)


def test_plain_says_the_same_in_text() -> None:
    found = population.count(Session())
    done = joinlab("ui", "--screen", "population", "--plain")
    assert done.code == 0, done.err
    for role in Role:
        assert f"{role.value} {percent(found.roles[role.value])} " in " ".join(done.out.split())
    assert "Names, employers and jobs are made up (seed 1)" in done.out
