"""Following one participant through two flows in the app, by keyboard alone."""

from __future__ import annotations

from textual.pilot import Pilot

from simulator.engine.reference import setting_of, walk
from simulator.text.numbers import percent
from simulator.ui.content import person
from simulator.ui.session import Session
from tests.cli.command import joinlab
from tests.ui.driving import NARROW, WIDE, drive, press, seen


def test_a_stage_shows_the_probability_of_each_option_and_the_terms_that_made_it() -> None:
    session = Session(flows=("reject_hidden", "granular_opt_in"), participant=7)
    found = person.follow(session)
    step = found.ways[0].outcome.answers.steps[0]

    async def journey(pilot: Pilot[None]) -> None:
        await press(pilot, "4")
        text = seen(pilot)
        for option in step.stage.options:
            assert option.label in text
            assert percent(step.probability[option.id]) in text
            for term in step.terms[option.id].values():
                assert f"{term:+.2f}" in text
        assert "(•) Agree and join, taken" in text
        assert "( ) Join without sharing" in text
        assert "$ joinlab explain reject_hidden granular_opt_in --participant 7 --seed 1" in text

    drive(journey, session, size=WIDE)


def test_both_flows_meet_the_same_person_and_stages_are_stepped_through() -> None:
    async def journey(pilot: Pilot[None]) -> None:
        assert "1 of 5" in seen(pilot)
        assert "1 of 1" in seen(pilot)
        await press(pilot, "right")
        assert "2 of 5" in seen(pilot)
        assert "Nothing more is asked." in seen(pilot)
        await press(pilot, *["right"] * 9)
        assert "5 of 5" in seen(pilot)
        await press(pilot, "left")
        assert "4 of 5" in seen(pilot)

    session = Session(flows=("two_buttons", "zoom_iq_trial_aug_2023"), participant=7)
    drive(journey, session, first="person", size=WIDE)


def test_one_goes_from_person_to_person_and_joins_as_one_of_them() -> None:
    async def journey(pilot: Pilot[None]) -> None:
        await press(pilot, "n", "n", "p")
        assert "Participant 8:" in seen(pilot)
        await press(pilot, "j")
        assert "(participant 8)" in " ".join(seen(pilot).split())

    drive(journey, Session(participant=7), first="person", size=NARROW)


def test_another_flow_takes_the_second_place() -> None:
    async def journey(pilot: Pilot[None]) -> None:
        await press(pilot, "o")
        await pilot.press(*"host_dec")
        await press(pilot, "enter")
        assert "host_decides" in seen(pilot)
        assert pilot.app.session.flows == ("accept_or_leave", "host_decides")

    drive(journey, Session(), first="person", size=WIDE)


def test_plain_tells_every_stage_with_the_numbers_of_the_walk() -> None:
    session = Session(flows=("reject_hidden",), participant=7)
    found = person.follow(session)
    flow = found.ways[0].flow
    outcome = walk(found.meeting, flow, setting_of(found.plan.inputs, flow))[found.person.number]
    done = joinlab("ui", "reject_hidden", "--screen", "person", "--participant", "7", "--plain")
    assert done.code == 0, done.err
    for step in outcome.answers.steps:
        for share in step.probability.values():
            assert percent(share) in done.out
    assert "What became of their data" in done.out
    assert "habit: the accustomed way on, taken unread" in " ".join(done.out.split())
