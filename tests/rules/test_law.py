"""The rules in force on a day, how a reading takes them, and which one decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import ScenarioError
from simulator.rules.law import TESTS, Claim, RecordingFault, complete_from, void_because
from simulator.scenario import library
from simulator.scenario.overlay import Overlay
from simulator.scenario.vocabulary import Confidentiality, Reading, Role, Sector, Verdict, VoidTest, WorksCouncil
from tests.rules.builders import DAY, FAULTS, SINCE, STANDING, jurisdiction, law_of, overlay, rule

CHANGE_DAY = date(2025, 2, 10)
SECTORS = library.overlays("sectors").overlays
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
        age=12, forced=True, detriment=True, bundled=True, unequal_path=True, no_way_back=True, role=Role.SUBORDINATE,
        recording_broken_in="AA",
    )  # fmt: skip
    order = [test for test in VoidTest if test not in (VoidTest.EXCLUDED, VoidTest.NOT_OWN_CHOICE)]
    order = [test for test in order if test not in (VoidTest.PRE_TICKED, VoidTest.VOICEPRINT)]
    for number, first in enumerate(order):
        place = jurisdiction("AA", *(rule("AA", test, Verdict.VOID) for test in order[number:]))
        assert void_because(everything, law_of(place)) == (first, f"aa.{first.value}")


def test_a_default_is_pre_ticked_and_not_forced_bundled_or_pressed() -> None:
    silent = replace(
        STANDING, by_default=True, forced=True, detriment=True, bundled=True, unequal_path=True, role=Role.SUBORDINATE
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


def test_a_voiceprint_that_must_be_released_apart_is_released_by_no_flow() -> None:
    law = law_of(jurisdiction("AA", rule("AA", VoidTest.VOICEPRINT, Verdict.VOID, separate=True)))
    assert void_because(replace(STANDING, voiceprint=True), law) == (VoidTest.VOICEPRINT, "aa.voiceprint")
    assert void_because(STANDING, law) is None


def test_what_was_granted_by_silence_must_be_possible_to_take_back_too() -> None:
    law = law_of(jurisdiction("AA", rule("AA", VoidTest.WITHDRAWAL, Verdict.VOID)))
    stuck = replace(STANDING, no_way_back=True, by_default=True)
    assert void_because(stuck, law) == (VoidTest.WITHDRAWAL, "aa.withdrawal")
    # What others granted is theirs to take back.
    assert void_because(replace(stuck, granted_oneself=False), law) is None


def test_days_without_a_rule_are_refused_with_all_places_and_the_first_day_that_has_them_all() -> None:
    late = [rule("AA", test, Verdict.VOID, valid_from=CHANGE_DAY) for test in (VoidTest.FORCED, VoidTest.BUNDLED)]
    one = rule("BB", VoidTest.FORCED, Verdict.VOID, valid_from=date(2025, 2, 11))
    with pytest.raises(ScenarioError) as refused:
        law_of(jurisdiction("AA", *late), jurisdiction("BB", one), jurisdiction("CC"), day=date(2025, 2, 9))
    assert str(refused.value) == (
        "the law of 2025-02-09 is not known for AA (known from 2025-02-10 on), BB (known from 2025-02-11 on).\n"
        "  Choose a day from 2025-02-11 on, or add what was the law then to aa.yaml, bb.yaml (verdict unsettled where "
        "it was open)."
    )


def test_a_day_before_a_file_begins_is_refused() -> None:
    with pytest.raises(ScenarioError) as refused:
        law_of(jurisdiction("AA"), day=date(1950, 1, 1))
    assert str(refused.value) == (
        "the law of 1950-01-01 is not known for AA (known from 2000-01-01 on).\n"
        "  Choose a day from 2000-01-01 on, or add what was the law then to aa.yaml (verdict unsettled where it was "
        "open)."
    )


def test_a_day_after_a_rule_has_ended_without_another_is_refused() -> None:
    ended = rule("AA", VoidTest.FORCED, Verdict.VOID, valid_to=date(2025, 2, 9))
    with pytest.raises(ScenarioError) as refused:
        law_of(jurisdiction("AA", ended), day=CHANGE_DAY)
    assert str(refused.value) == (
        "the law of 2025-02-10 is not known for AA (no rule for forced).\n"
        "  Choose another day, or add what was the law then to aa.yaml (verdict unsettled where it was open)."
    )


def test_places_are_complete_from_the_day_on_which_the_last_of_them_is() -> None:
    late = rule("BB", VoidTest.FORCED, Verdict.VOID, valid_from=CHANGE_DAY)
    assert complete_from([jurisdiction("AA")]) == SINCE
    assert complete_from([jurisdiction("AA"), jurisdiction("BB", late)]) == CHANGE_DAY
    assert complete_from([jurisdiction("AA", rule("AA", VoidTest.FORCED, Verdict.VOID, valid_to=DAY))]) is None


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


NO_FAULT = RecordingFault(0)
TOLD = RecordingFault.UNTOLD_RECORDED | RecordingFault.UNTOLD
AGREED = TOLD | RecordingFault.UNAGREED


@pytest.mark.parametrize(
    ("verdict", "notice", "strict", "lenient"),
    [
        (Verdict.STANDS, Verdict.STANDS, NO_FAULT, NO_FAULT),
        (Verdict.UNSETTLED, Verdict.STANDS, TOLD, NO_FAULT),
        (Verdict.UNSETTLED, Verdict.VOID, AGREED, NO_FAULT),
        (Verdict.VOID, Verdict.STANDS, TOLD, TOLD),
        (Verdict.VOID, Verdict.UNSETTLED, AGREED, TOLD),
        (Verdict.VOID, Verdict.VOID, AGREED, AGREED),
    ],
)
def test_what_breaks_a_recording_rule_follows_from_verdict_notice_and_reading(
    verdict: Verdict, notice: Verdict, strict: RecordingFault, lenient: RecordingFault
) -> None:
    place = jurisdiction("AA", rule("AA", VoidTest.RECORDING, verdict, notice=notice))
    assert law_of(place, reading=Reading.STRICT).recording("AA") == strict
    assert law_of(place, reading=Reading.LENIENT).recording("AA") == lenient


def test_a_recording_rule_may_look_at_those_recorded_alone_or_ask_that_a_notice_was_noticed() -> None:
    def faults(notice: Verdict, **more: object) -> RecordingFault:
        given = rule("AA", VoidTest.RECORDING, Verdict.VOID, notice=notice, **more)
        return law_of(jurisdiction("AA", given)).recording("AA")

    recorded = RecordingFault.UNTOLD_RECORDED
    assert faults(Verdict.STANDS, whose="recorded") == recorded
    assert faults(Verdict.VOID, whose="recorded") == recorded | RecordingFault.UNAGREED
    assert faults(Verdict.STANDS, noticed=True) == TOLD | RecordingFault.UNNOTICED
    assert faults(Verdict.VOID, noticed=True) == AGREED


def test_a_broken_recording_rule_is_named_after_the_place_that_has_it() -> None:
    law = law_of(jurisdiction("AA"), jurisdiction("BB", rule("BB", VoidTest.RECORDING, Verdict.VOID)))
    claim = replace(STANDING, recording_broken_in="BB")
    assert void_because(claim, law) == (VoidTest.RECORDING, "bb.recording")


def excluded(claim: Claim, *above: Overlay, **given: object) -> str | None:
    """The sector rule that keeps a claim out; None where none does."""
    found = void_because(claim, law_of(above=above, **given))  # type: ignore[arg-type]
    assert found is None or found[0] is VoidTest.EXCLUDED
    return None if found is None else found[1]


def test_a_sector_rule_keeps_its_meetings_out_before_anything_else_is_asked() -> None:
    law = law_of(jurisdiction(other=Verdict.VOID), above=[overlay("health", confidentiality=["health"])])
    in_health = replace(STANDING, confidentiality=Confidentiality.HEALTH, age=12)
    assert void_because(in_health, law) == (VoidTest.EXCLUDED, "overlay.health")
    assert void_because(STANDING, law) is None


@pytest.mark.parametrize(
    ("reaches", "change"),
    [
        ({"confidentiality": ["health"]}, {"confidentiality": Confidentiality.HEALTH}),
        ({"sectors": ["education"]}, {"sector": Sector.EDUCATION}),
        ({"hosted_in": ["BB"]}, {"host_code": "BB"}),
        ({"hosted_in": ["BB"]}, {"host_code": "BB-CC"}),
        ({"roles": ["subordinate", "external"]}, {"role": Role.EXTERNAL}),
        ({"below_age": 13}, {"age": 12}),
    ],
)
def test_a_sector_rule_reaches_only_what_its_conditions_say(
    reaches: dict[str, object], change: dict[str, object]
) -> None:
    rule = overlay("made", **reaches)
    assert excluded(STANDING, rule) is None
    assert excluded(replace(STANDING, **change), rule) == "overlay.made"  # type: ignore[arg-type]


def test_a_sector_rule_reaches_only_where_all_its_conditions_hold() -> None:
    both = overlay("made", places=["AA"], below_age=13)
    assert excluded(replace(STANDING, age=13), both) is None
    assert excluded(replace(STANDING, age=12), both) == "overlay.made"
    assert excluded(replace(STANDING, age=12), overlay("made", places=["BB"], below_age=13)) is None


def test_the_first_sector_rule_that_reaches_decides() -> None:
    assert excluded(
        STANDING, overlay("other", sectors=["education"]), overlay("one"), overlay("two", places=["AA"])
    ) == ("overlay.one")


@pytest.mark.parametrize(("reading", "found"), [(Reading.STRICT, "overlay.made"), (Reading.LENIENT, None)])
def test_an_unsettled_sector_rule_excludes_in_the_strict_reading_alone(reading: Reading, found: str | None) -> None:
    assert excluded(STANDING, overlay("made", verdict=Verdict.UNSETTLED), reading=reading) == found


def test_a_sector_rule_is_in_force_between_its_dates() -> None:
    dated = overlay("made").model_copy(update={"valid_from": CHANGE_DAY, "valid_to": CHANGE_DAY})
    days = [date(2025, 2, 9), CHANGE_DAY, date(2025, 2, 11)]
    assert [excluded(STANDING, dated, day=day) for day in days] == [None, "overlay.made", None]


@pytest.mark.parametrize("company_veto", [True, False])
def test_the_companys_veto_keeps_out_what_it_reaches_only_where_the_lever_is_on(company_veto: bool) -> None:
    rule = overlay("secret", lever="company_veto")
    assert excluded(STANDING, rule, company_veto=company_veto) == ("overlay.secret" if company_veto else None)


@pytest.mark.parametrize("council", WorksCouncil)
def test_a_works_council_counts_only_where_there_is_one_that_has_not_agreed(council: WorksCouncil) -> None:
    found = excluded(STANDING, overlay("council", lever="works_council"), works_council=council)
    assert found == ("overlay.council" if council is WorksCouncil.NOT_AGREED else None)


CLAIMS = st.builds(
    Claim,
    code=st.sampled_from([place.code for place in REAL]),
    host_code=st.sampled_from([place.code for place in REAL]),
    sector=st.sampled_from(tuple(Sector)),
    role=st.sampled_from(tuple(Role)),
    confidentiality=st.sampled_from(tuple(Confidentiality)),
    age=st.integers(10, 70),
    recording_broken_in=st.none() | st.sampled_from(("DE", "US-CA", "US-IL")),
    **dict.fromkeys(
        (
            "granted_oneself", "by_default", "forced", "detriment", "bundled", "unequal_path", "no_way_back",
            "voiceprint",
        ),
        st.booleans(),
    ),
)  # fmt: skip


@given(claim=CLAIMS, fault=st.sampled_from(("forced", "detriment", "bundled", "unequal_path", "no_way_back")))
def test_one_more_fault_never_lets_a_void_consent_stand(claim: Claim, fault: str) -> None:
    # Not so for `granted_oneself` and `by_default`, which change the kind of consent: where law asks for none, what
    # others granted may stand although one's own forced yes would not.
    law = law_of(*REAL)
    if void_because(replace(claim, **{fault: False}), law) is not None:
        assert void_because(replace(claim, **{fault: True}), law) is not None


@given(claim=CLAIMS, day=st.sampled_from((date(2023, 8, 8), DAY)), veto=st.booleans())
def test_what_stands_in_the_strict_reading_stands_in_the_lenient(claim: Claim, day: date, veto: bool) -> None:
    strict, lenient = (
        law_of(*REAL, above=SECTORS, day=day, reading=reading, company_veto=veto, works_council=WorksCouncil.NOT_AGREED)
        for reading in Reading
    )
    if void_because(claim, strict) is None:
        assert void_because(claim, lenient) is None
