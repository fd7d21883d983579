"""The rules in force on a day, how a reading takes them, and which one decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import ScenarioError
from simulator.rules.law import ALL_MUST_AGREE, NOTICE_SUFFICES, ONE_PARTY, Claim, void_because
from simulator.scenario import library
from simulator.scenario.vocabulary import Confidentiality, Reading, Verdict, VoidTest
from tests.rules.builders import DAY, FAULTS, STANDING, jurisdiction, law_of, overlays, rule

TESTS = tuple(FAULTS)
CHANGE_DAY = date(2025, 2, 10)
REAL = [library.jurisdiction(name) for name in ("eu", "de", "uk", "us_ca", "us_il", "us_1p", "in", "jp")]


def test_a_claim_without_fault_stands_even_where_every_fault_voids() -> None:
    assert void_because(STANDING, law_of(jurisdiction(other=Verdict.VOID))) is None


@pytest.mark.parametrize("test", TESTS)
def test_a_fault_voids_where_the_rule_for_it_says_so_and_the_rule_is_named(test: VoidTest) -> None:
    law = law_of(jurisdiction("AA", rule("AA", test, Verdict.VOID)))
    assert void_because(FAULTS[test], law) == (test, f"aa.{test.value}")


@pytest.mark.parametrize("test", [test for test in TESTS if test is not VoidTest.RECORDING])
def test_a_fault_does_no_harm_where_the_rule_lets_it_stand(test: VoidTest) -> None:
    others_void = [rule("AA", other, Verdict.VOID) for other in TESTS if other is not test]
    if test is VoidTest.VOICEPRINT:  # its example is silent as well, which is another test's affair
        others_void = []
    assert void_because(FAULTS[test], law_of(jurisdiction("AA", *others_void))) is None


@pytest.mark.parametrize("test", [test for test in TESTS if test is not VoidTest.RECORDING])
def test_an_unsettled_rule_voids_in_the_strict_reading_and_not_in_the_lenient(test: VoidTest) -> None:
    place = jurisdiction("AA", rule("AA", test, Verdict.UNSETTLED))
    assert void_because(FAULTS[test], law_of(place, reading=Reading.STRICT)) == (test, f"aa.{test.value}")
    assert void_because(FAULTS[test], law_of(place, reading=Reading.LENIENT)) is None


def test_the_first_failing_test_in_the_order_of_the_vocabulary_is_the_reason() -> None:
    everything = replace(
        STANDING,
        age=12, forced=True, detriment=True, bundled=True, unequal_path=True, subordinate=True,
        recording_broken_in="AA",
    )  # fmt: skip
    order = [test for test in VoidTest if test not in (VoidTest.EXCLUDED, VoidTest.NOT_OWN_CHOICE)]
    order = [test for test in order if test not in (VoidTest.PRE_TICKED, VoidTest.VOICEPRINT)]
    for number, first in enumerate(order):
        place = jurisdiction("AA", *(rule("AA", test, Verdict.VOID) for test in order[number:]))
        assert void_because(everything, law_of(place)) == (first, f"aa.{first.value}")


def test_a_default_is_pre_ticked_and_not_forced_bundled_or_pressed() -> None:
    silent = replace(
        STANDING, by_default=True, forced=True, detriment=True, bundled=True, unequal_path=True, subordinate=True
    )
    every_other = [
        rule("AA", test, Verdict.VOID) for test in TESTS if test not in (VoidTest.PRE_TICKED, VoidTest.VOICEPRINT)
    ]
    assert void_because(silent, law_of(jurisdiction("AA", *every_other))) is None


def test_a_voiceprint_needs_a_release_by_ones_own_act() -> None:
    law = law_of(jurisdiction("AA", rule("AA", VoidTest.VOICEPRINT, Verdict.VOID)))
    own_act = replace(STANDING, voiceprint=True)
    assert void_because(own_act, law) is None
    for without in (replace(own_act, by_default=True), replace(own_act, granted_oneself=False)):
        assert void_because(without, law) == (VoidTest.VOICEPRINT, "aa.voiceprint")


def test_the_rule_of_the_day_decides() -> None:
    earlier = rule("AA", VoidTest.FORCED, Verdict.STANDS, name="old", valid_to=date(2025, 2, 9))
    later = rule("AA", VoidTest.FORCED, Verdict.VOID, name="new", valid_from=CHANGE_DAY)
    place = jurisdiction("AA", earlier, later)
    claim = FAULTS[VoidTest.FORCED]
    assert void_because(claim, law_of(place, day=date(2025, 2, 9))) is None
    assert void_because(claim, law_of(place, day=CHANGE_DAY)) == (VoidTest.FORCED, "aa.new")


def test_days_without_a_rule_are_refused_with_all_gaps() -> None:
    late = [rule("AA", test, Verdict.VOID, valid_from=CHANGE_DAY) for test in (VoidTest.FORCED, VoidTest.BUNDLED)]
    with pytest.raises(ScenarioError) as refused:
        law_of(jurisdiction("AA", *late), jurisdiction("BB"), day=date(2025, 2, 9))
    remedy = "  Add one to its file (verdict unsettled where the law is open), or choose another date."
    assert str(refused.value).splitlines() == [
        "AA has no rule for the test forced on 2025-02-09",
        remedy,
        "AA has no rule for the test bundled on 2025-02-09",
        remedy,
        "2 problems; nothing was run.",
    ]


@pytest.mark.parametrize(
    ("verdict", "reading", "age"),
    [
        (Verdict.VOID, Reading.STRICT, 16),
        (Verdict.VOID, Reading.LENIENT, 16),
        (Verdict.UNSETTLED, Reading.STRICT, 16),
        (Verdict.UNSETTLED, Reading.LENIENT, 0),
        (Verdict.STANDS, Reading.STRICT, 0),
    ],
)
def test_the_age_of_consent_holds_where_the_rule_on_minors_voids(verdict: Verdict, reading: Reading, age: int) -> None:
    law = law_of(jurisdiction("AA", rule("AA", VoidTest.MINOR, verdict)), reading=reading)
    assert law.age_of_consent("AA") == age


def test_somebody_of_the_age_of_consent_decides_alone() -> None:
    law = law_of(jurisdiction("AA", rule("AA", VoidTest.MINOR, Verdict.VOID)))
    assert void_because(replace(STANDING, age=15), law) == (VoidTest.MINOR, "aa.minor")
    assert void_because(replace(STANDING, age=16), law) is None


@pytest.mark.parametrize(
    ("verdict", "notice", "strict", "lenient"),
    [
        (Verdict.STANDS, Verdict.STANDS, ONE_PARTY, ONE_PARTY),
        (Verdict.UNSETTLED, Verdict.STANDS, NOTICE_SUFFICES, ONE_PARTY),
        (Verdict.UNSETTLED, Verdict.VOID, ALL_MUST_AGREE, ONE_PARTY),
        (Verdict.VOID, Verdict.STANDS, NOTICE_SUFFICES, NOTICE_SUFFICES),
        (Verdict.VOID, Verdict.UNSETTLED, ALL_MUST_AGREE, NOTICE_SUFFICES),
        (Verdict.VOID, Verdict.VOID, ALL_MUST_AGREE, ALL_MUST_AGREE),
    ],
)
def test_what_recording_asks_for_follows_from_verdict_notice_and_reading(
    verdict: Verdict, notice: Verdict, strict: int, lenient: int
) -> None:
    place = jurisdiction("AA", rule("AA", VoidTest.RECORDING, verdict, notice=notice))
    assert law_of(place, reading=Reading.STRICT).recording("AA") == strict
    assert law_of(place, reading=Reading.LENIENT).recording("AA") == lenient


def test_a_broken_recording_rule_is_named_after_the_place_that_has_it() -> None:
    law = law_of(jurisdiction("AA"), jurisdiction("BB", rule("BB", VoidTest.RECORDING, Verdict.VOID)))
    claim = replace(STANDING, recording_broken_in="BB")
    assert void_because(claim, law) == (VoidTest.RECORDING, "bb.recording")


def test_a_sector_rule_keeps_its_meetings_out_before_anything_else_is_asked() -> None:
    law = law_of(jurisdiction(other=Verdict.VOID), above=[overlays(Confidentiality.HEALTH, "always")])
    in_health = replace(STANDING, confidentiality=Confidentiality.HEALTH, age=12)
    assert void_because(in_health, law) == (VoidTest.EXCLUDED, "overlay.health")
    assert void_because(STANDING, law) is None


@pytest.mark.parametrize("company_veto", [True, False])
def test_the_companys_veto_keeps_confidential_meetings_out_only_where_the_lever_is_on(company_veto: bool) -> None:
    law = law_of(above=[overlays(Confidentiality.CONFIDENTIAL, "company_veto")], company_veto=company_veto)
    secret = replace(STANDING, confidentiality=Confidentiality.CONFIDENTIAL)
    assert void_because(secret, law) == ((VoidTest.EXCLUDED, "overlay.confidential") if company_veto else None)


CLAIMS = st.builds(
    Claim,
    code=st.sampled_from([place.code for place in REAL]),
    confidentiality=st.sampled_from(tuple(Confidentiality)),
    age=st.integers(10, 70),
    recording_broken_in=st.none() | st.sampled_from(("DE", "US-CA", "US-IL")),
    **dict.fromkeys(
        (
            "granted_oneself", "by_default", "forced", "detriment", "bundled", "unequal_path", "subordinate",
            "voiceprint",
        ),
        st.booleans(),
    ),
)  # fmt: skip


@given(claim=CLAIMS, fault=st.sampled_from(("forced", "detriment", "bundled", "unequal_path", "subordinate")))
def test_one_more_fault_never_lets_a_void_consent_stand(claim: Claim, fault: str) -> None:
    # Not so for `granted_oneself` and `by_default`, which change the kind of consent: where law asks for none, what
    # others granted may stand although one's own forced yes would not.
    law = law_of(*REAL)
    if void_because(replace(claim, **{fault: False}), law) is not None:
        assert void_because(replace(claim, **{fault: True}), law) is not None


@given(claim=CLAIMS, day=st.sampled_from((date(2023, 8, 8), DAY)), veto=st.booleans())
def test_what_stands_in_the_strict_reading_stands_in_the_lenient(claim: Claim, day: date, veto: bool) -> None:
    strict, lenient = (law_of(*REAL, day=day, reading=reading, company_veto=veto) for reading in Reading)
    if void_because(claim, strict) is None:
        assert void_because(claim, lenient) is None
