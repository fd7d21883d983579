"""How the laws of several people in one meeting combine: the seven rules that the program stands on, under real law."""

from __future__ import annotations

from datetime import date

import pytest

from simulator.engine.reference import Outcome
from simulator.engine.reference_people import Participant
from simulator.rules.law import Law, in_force
from simulator.scenario import library
from simulator.scenario.flow import Flow
from simulator.scenario.vocabulary import Confidentiality, Reading, Role, Sector, WorksCouncil
from tests.engine.by_hand import (
    AUDIO,
    CHAT,
    LEAVE,
    VIDEO,
    Part,
    agree,
    causes,
    flow_of,
    met,
    officer,
    person,
    refuse,
    setting,
    stage,
)

DAY = date(2026, 7, 1)
BACK: Part = {"actor": "participant", "clicks": 1, "retroactive": True}


def law(*codes: str, day: date = DAY, reading: Reading = Reading.LENIENT, **levers: object) -> Law:
    """The real law of some places; leniently, so that what is void is void for sure."""
    places = [found for code in codes if (found := library.jurisdiction_for(code))]
    return in_force(places, [library.overlays("sectors")], day=day, reading=reading, company_veto=False, **levers)


def free(*categories: object, **more: object) -> Flow:
    """A free choice that can be taken back."""
    return flow_of(stage("ask", agree(*categories), refuse()), withdrawal=BACK, **more)  # type: ignore[arg-type]


def meeting(flow: Flow, *people: Participant, under: Law, **more: object) -> list[Outcome]:
    return met(flow, *people, given=setting(under), **more)  # type: ignore[arg-type]


HOST = person(0, code="US-1P")


# 1. Per person and data category, under each one's own law; for recording, the strictest of those present; and where
# content cannot be separated, everybody's consent.


def test_training_is_judged_for_each_person_by_the_law_of_their_own_place() -> None:
    flow = flow_of(stage("ask", agree(AUDIO, CHAT), LEAVE), withdrawal=BACK)
    people = (HOST, person(1, code="DE"), person(2, code="US-IL"))
    outcomes = meeting(flow, *people, under=law("US-1P", "DE", "US-IL"))
    for category in (AUDIO, CHAT):
        assert causes(outcomes, category) == ["kept", "forced", "kept"]


def test_recording_is_judged_by_the_strictest_law_of_those_present() -> None:
    flow = flow_of(stage("share", agree(AUDIO, CHAT), actor="admin"), withdrawal=BACK)
    people = (HOST, person(1, code="US-OH"), person(2, code="US-CA"))
    outcomes = meeting(flow, *people, under=law("US-1P", "US-OH", "US-CA"), officers=officer(True))
    assert [outcome.rule.get(AUDIO) for outcome in outcomes] == ["us_ca.penal_632"] * 3
    assert causes(outcomes, CHAT) == ["kept"] * 3
    alone = meeting(flow, *people[:2], under=law("US-1P", "US-OH"), officers=officer(True))
    assert causes(alone) == ["kept"] * 2


def test_what_cannot_be_separated_needs_a_consent_that_stands_of_everybody_in_it() -> None:
    flow = flow_of(stage("ask", agree(AUDIO, VIDEO), LEAVE), mixed=[VIDEO], withdrawal=BACK)
    outcomes = meeting(flow, HOST, person(1, code="DE"), under=law("US-1P", "DE"))
    assert causes(outcomes, VIDEO) == ["mixed", "forced"]
    assert causes(outcomes, AUDIO) == ["kept", "forced"]


# 2. Where agree-or-leave is no consent, a click is recorded and invalid: claimed, and not lawful.


@pytest.mark.parametrize("code", ["EU", "UK", "DE", "FR", "CA", "CA-QC", "KR", "CN", "AU", "SG"])
def test_a_click_on_agree_or_leave_is_claimed_and_not_lawful_where_that_is_no_consent(code: str) -> None:
    flow = flow_of(stage("ask", agree(), LEAVE), withdrawal=BACK)
    outcomes = meeting(flow, HOST, person(1, code=code), under=law("US-1P", code))
    assert causes(outcomes) == ["kept", "forced"]
    assert [AUDIO in outcome.claimed for outcome in outcomes] == [True, True]
    assert [AUDIO in outcome.lawful for outcome in outcomes] == [True, False]


# 3. Nobody's consent stands in for a speaker's where an adult must opt in.


@pytest.mark.parametrize(("code", "day"), [("DE", DAY), ("CA-QC", DAY), ("CN", DAY), ("IN", date(2027, 7, 1))])
@pytest.mark.parametrize("actor", ["admin", "host"])
def test_no_admin_and_no_host_agrees_for_a_speaker_who_must_opt_in(code: str, day: date, actor: str) -> None:
    flow = flow_of(stage("share", agree(CHAT), actor=actor), withdrawal=BACK)
    under = law("US-1P", code, day=day)
    outcomes = meeting(flow, HOST, person(1, code=code), under=under, officers=officer(True))
    assert causes(outcomes, CHAT) == ["kept", "not_own_choice"]


# 4. An employee whose superior hosts is not free, however freely the click was made.


@pytest.mark.parametrize(
    ("code", "cause"), [("EU", "power_gap"), ("DE", "power_gap"), ("FR", "power_gap"), ("UK", "kept")]
)
def test_an_employee_asked_by_a_superior_has_not_agreed_where_employees_cannot(code: str, cause: str) -> None:
    employee = person(1, code=code, role=Role.SUBORDINATE)
    assert causes(meeting(free(), HOST, employee, under=law("US-1P", code))) == ["kept", cause]
    assert causes(meeting(free(), HOST, person(1, code=code), under=law("US-1P", code))) == ["kept", "kept"]


# 5. Whoever is too young has no consent of their own.


@pytest.mark.parametrize(
    ("code", "age"), [("EU", 16), ("FR", 15), ("UK", 13), ("CA-QC", 14), ("BR", 18), ("KR", 14), ("CN", 14), ("AU", 15)]
)
def test_somebody_below_the_age_of_their_place_has_no_consent_of_their_own(code: str, age: int) -> None:
    for years, cause in ((age - 1, "minor"), (age, "kept")):
        assert causes(meeting(free(), HOST, person(1, code=code, age=years), under=law("US-1P", code))) == [
            "kept",
            cause,
        ]


# 6. Sector rules keep out whatever was clicked.


@pytest.mark.parametrize(
    ("more", "levers"),
    [
        ({"confidentiality": Confidentiality.HEALTH}, {}),
        ({"confidentiality": Confidentiality.PRIVILEGED}, {}),
        ({"confidentiality": Confidentiality.INSIDE_INFORMATION}, {}),
        ({"sector": Sector.EDUCATION}, {}),
        ({}, {"works_council": WorksCouncil.NOT_AGREED}),
    ],
)
def test_a_sector_rule_keeps_out_what_was_agreed_to_freely(more: dict[str, object], levers: dict[str, object]) -> None:
    outcomes = meeting(free(), HOST, person(1, code="DE"), under=law("US-1P", "DE", **levers), **more)
    assert causes(outcomes)[1] == "excluded"


# 7. Withdrawing ends the use; whether what was taken before must go as well is a switch of the flow.


@pytest.mark.parametrize(("retroactive", "cause"), [(True, "withdrawn"), (False, "kept")])
def test_whether_taking_back_reaches_what_was_taken_before_is_a_switch(retroactive: bool, cause: str) -> None:
    flow = flow_of(stage(), withdrawal={**BACK, "retroactive": retroactive})
    back = person(1, code="DE", draws={"withdraws": -1.0})
    assert causes(meeting(flow, HOST, back, under=law("US-1P", "DE"))) == ["kept", cause]


def test_the_flow_of_these_tests_asks_in_a_way_that_no_law_minds() -> None:
    codes = [place.code for place in map(library.jurisdiction, library.builtin("jurisdiction"))]
    people = [HOST, *(person(number, code=code) for number, code in enumerate(codes, start=1))]
    assert set(causes(meeting(free(), *people, under=law(*codes, reading=Reading.STRICT)))) == {"kept"}
