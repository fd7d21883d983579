"""What the law of the people in the room makes of what was claimed, one rule at a time."""

from __future__ import annotations

import pytest

from simulator.rules.law import Law
from simulator.scenario.vocabulary import Channel, Confidentiality, Reading, Sector, Verdict, VoidTest
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
    option,
    person,
    refuse,
    setting,
    stage,
    voiding,
)
from tests.rules.builders import jurisdiction, law_of, overlay, rule

HOST = person(0)
ASK = stage()
UNNOTICED = {"notice": 1.1}


@pytest.mark.parametrize(("options", "cause"), [([LEAVE], "forced"), ([refuse()], "kept"), ([], "forced")])
def test_a_grant_is_forced_where_the_only_other_way_is_to_leave(options: list[Part], cause: str) -> None:
    flow = flow_of(stage("ask", agree(), *options))
    assert causes(met(flow, HOST, person(1), given=setting(voiding(VoidTest.FORCED)))) == [cause] * 2


def test_a_grant_is_bundled_where_one_click_grants_another_purpose_with_it() -> None:
    for purposes, cause in ((["training_first_party", "service"], "bundled"), (["training_first_party"], "kept")):
        flow = flow_of(stage("ask", option("agree", "grant", {AUDIO: purposes}), refuse()))
        assert causes(met(flow, HOST, person(1), given=setting(voiding(VoidTest.BUNDLED)))) == [cause] * 2


def test_a_path_is_unequal_where_refusing_takes_more_clicks() -> None:
    for clicks, cause in ((2, "unequal_path"), (1, "kept")):
        flow = flow_of(stage("ask", agree(), refuse(clicks=clicks)))
        assert causes(met(flow, HOST, person(1), given=setting(voiding(VoidTest.UNEQUAL_PATH)))) == [cause] * 2


def test_a_voiceprint_touches_speech_that_nobody_released_and_nothing_else() -> None:
    share = stage("share", agree(AUDIO, CHAT), actor="admin")
    separable = [AUDIO, CHAT]
    flow = flow_of(share, capture={"separable": separable, "voiceprint": True})
    outcomes = met(flow, HOST, person(1), given=setting(voiding(VoidTest.VOICEPRINT)), officers=officer(True))
    assert causes(outcomes) == ["voiceprint"] * 2
    assert causes(outcomes, CHAT) == ["kept"] * 2


def test_a_minor_among_adults_is_void_alone() -> None:
    outcomes = met(flow_of(ASK), HOST, person(1, age=15), given=setting(voiding(VoidTest.MINOR)))
    assert causes(outcomes) == ["kept", "minor"]


def test_what_somebody_cannot_take_back_as_easily_is_void_where_the_law_asks_for_that() -> None:
    law = setting(voiding(VoidTest.WITHDRAWAL))
    for withdrawal, cause in (
        ({"actor": None}, "withdrawal"),
        ({"actor": "admin", "clicks": 1, "retroactive": True}, "withdrawal"),
        ({"actor": "participant", "clicks": 2, "retroactive": False}, "withdrawal"),
        ({"actor": "participant", "clicks": 1, "retroactive": False}, "kept"),
    ):
        flow = flow_of(ASK, withdrawal=withdrawal)
        assert causes(met(flow, HOST, person(1), given=law)) == [cause] * 2


def test_who_can_only_put_off_has_no_equal_path() -> None:
    later = option("later", "defer")
    law = setting(voiding(VoidTest.UNEQUAL_PATH))
    assert causes(met(flow_of(stage("ask", agree(), later)), HOST, person(1), given=law)) == ["unequal_path"] * 2
    with_no = flow_of(stage("ask", agree(), later, refuse()))
    assert causes(met(with_no, HOST, person(1), given=law)) == ["kept"] * 2


# What the host grants for everybody.

SHARE = stage("share", agree(), actor="host")
NOT_OWN = setting(voiding(VoidTest.NOT_OWN_CHOICE))


def test_the_host_who_grants_for_everybody_has_granted_for_himself() -> None:
    assert causes(met(flow_of(SHARE), HOST, person(1), given=NOT_OWN)) == ["kept", "not_own_choice"]


def test_what_an_officer_grants_is_nobodys_own_choice() -> None:
    flow = flow_of(stage("share", agree(), actor="admin"))
    outcomes = met(flow, HOST, person(1), given=NOT_OWN, officers=officer(True))
    assert causes(outcomes) == ["not_own_choice"] * 2


def test_what_an_officer_granted_after_the_host_is_the_officers_grant() -> None:
    flow = flow_of(SHARE, stage("allow", agree(), actor="admin"))
    assert causes(met(flow, HOST, person(1), given=NOT_OWN, officers=officer(True))) == ["not_own_choice"] * 2


def test_the_hosts_grant_for_everybody_has_the_faults_of_the_hosts_stage() -> None:
    forcing = flow_of(stage("share", agree(), actor="host"))
    assert causes(met(forcing, HOST, person(1), given=setting(voiding(VoidTest.FORCED)))) == ["forced", "kept"]
    silent = flow_of(stage("share", agree(), refuse(), actor="host", blocking=False, default="on"))
    missing = person(0, draws=UNNOTICED)
    law = setting(voiding(VoidTest.PRE_TICKED))
    assert causes(met(silent, missing, person(1), given=law)) == ["pre_ticked", "kept"]


# Recording.


def recording(*notices: tuple[str, Verdict | None], **more: object) -> Law:
    """Law of places whose recording rule, if any, takes a notice as this verdict says."""
    return law_of(*(
        jurisdiction(code) if notice is None
        else jurisdiction(code, rule(code, VoidTest.RECORDING, Verdict.VOID, notice=notice, **more))
        for code, notice in notices
    ))  # fmt: skip


ALLOW = stage("allow", agree(AUDIO, CHAT), actor="admin")
GRANTED = {"officers": officer(True)}


def test_the_strictest_recording_rule_of_those_present_decides_for_all() -> None:
    law = recording(("AA", None), ("BB", Verdict.VOID))
    # Nobody in the room agrees to anything.
    outcomes = met(flow_of(ALLOW), person(0), person(1, code="BB"), given=setting(law), **GRANTED)
    assert causes(outcomes) == ["recording", "recording"]
    assert [outcome.rule[AUDIO] for outcome in outcomes] == ["bb.recording", "bb.recording"]
    # Chat is no recording.
    assert causes(outcomes, CHAT) == ["kept", "kept"]
    alone = met(flow_of(ALLOW), person(0), person(1), given=setting(law), **GRANTED)
    assert causes(alone) == ["kept", "kept"]


def test_what_is_said_to_everybody_breaks_no_recording_rule() -> None:
    law = setting(recording(("AA", Verdict.VOID)))
    outcomes = met(flow_of(ALLOW), HOST, person(1), given=law, confidentiality=Confidentiality.PUBLIC, **GRANTED)
    assert causes(outcomes) == ["kept"] * 2


def test_who_has_left_brings_no_recording_rule() -> None:
    law = recording(("AA", None), ("BB", Verdict.VOID))
    flow = flow_of(ALLOW, stage("notice", option("ok", "none"), LEAVE))
    leaver = person(2, code="BB", stake=-1000.0)
    outcomes = met(flow, HOST, person(1), leaver, given=setting(law), **GRANTED)
    assert causes(outcomes) == ["kept", "kept", "left"]


@pytest.mark.parametrize(("text", "cause"), [("We record.", "kept"), ("", "recording")])
def test_a_notice_to_everybody_keeps_a_recording_rule_that_asks_for_no_more(text: str, cause: str) -> None:
    law = recording(("AA", Verdict.STANDS))
    flow = flow_of(ALLOW, stage("notice", option("ok", "none"), text=text))
    assert causes(met(flow, HOST, person(1), given=setting(law), **GRANTED)) == [cause] * 2


@pytest.mark.parametrize(("noticed", "cause"), [(False, "kept"), (True, "recording")])
def test_a_notice_that_somebody_overlooked_was_shown_and_not_noticed(noticed: bool, cause: str) -> None:
    law = recording(("AA", Verdict.STANDS), noticed=noticed)
    flow = flow_of(ALLOW, stage("notice", option("ok", "none"), text="We record.", blocking=False))
    missing = person(1, draws=UNNOTICED)
    assert causes(met(flow, HOST, missing, given=setting(law), **GRANTED)) == [cause] * 2
    assert causes(met(flow, HOST, person(1), given=setting(law), **GRANTED)) == ["kept"] * 2


@pytest.mark.parametrize(("whose", "cause"), [("present", "recording"), ("recorded", "kept")])
def test_somebody_present_whom_nobody_told_counts_where_the_talk_is_protected_and_not_the_speaker(
    whose: str, cause: str
) -> None:
    law = recording(("AA", Verdict.STANDS), whose=whose)
    flow = flow_of(stage(when={"channels": ["desktop"]}))
    caller = person(2, channel=Channel.PHONE)
    outcomes = met(flow, HOST, person(1), caller, given=setting(law))
    assert causes(outcomes) == [cause, cause, "not_asked"]


def test_a_weaker_rule_that_is_broken_decides_where_the_strictest_is_kept() -> None:
    places = [
        jurisdiction("AA", rule("AA", VoidTest.RECORDING, Verdict.VOID, notice=Verdict.STANDS)),
        jurisdiction("BB", rule("BB", VoidTest.RECORDING, Verdict.VOID, notice=Verdict.VOID, whose="recorded")),
    ]
    flow = flow_of(stage(when={"channels": ["desktop"]}))
    outcomes = met(
        flow,
        person(0, code="BB"),
        person(1, code="BB"),
        person(2, channel=Channel.PHONE),
        given=setting(law_of(*places)),
    )
    assert [outcome.rule.get(AUDIO) for outcome in outcomes] == ["aa.recording", "aa.recording", None]


def test_one_person_who_did_not_agree_breaks_the_rule_that_all_must_agree() -> None:
    law = recording(("AA", Verdict.VOID))
    flow = flow_of(stage(blocking=False, default="on"))
    missing = person(2, draws=UNNOTICED)
    assert causes(met(flow, HOST, person(1), given=setting(law))) == ["kept"] * 2
    assert causes(met(flow, HOST, person(1), missing, given=setting(law))) == ["recording"] * 3


def test_who_refused_and_is_not_recorded_breaks_no_recording_rule() -> None:
    law = recording(("AA", Verdict.VOID))
    outcomes = met(flow_of(ASK), HOST, person(1), person(2, wants=False), given=setting(law))
    assert causes(outcomes) == ["kept", "kept", "refused"]


# What is recorded together.

MINORS = setting(voiding(VoidTest.MINOR))


def test_what_is_mixed_with_somebody_whose_consent_is_void_is_void_by_the_same_rule() -> None:
    flow = flow_of(stage("ask", agree(AUDIO, VIDEO), refuse()), mixed=[VIDEO])
    outcomes = met(flow, HOST, person(1, age=15), person(2), given=MINORS)
    assert causes(outcomes, VIDEO) == ["mixed", "minor", "mixed"]
    assert [outcome.rule[VIDEO] for outcome in outcomes] == ["aa.minor"] * 3
    assert [VIDEO in outcome.claimed for outcome in outcomes] == [True] * 3
    # What can be cut out is not spoilt.
    assert causes(outcomes, AUDIO) == ["kept", "minor", "kept"]


def test_who_is_not_in_the_mixture_does_not_spoil_it() -> None:
    flow = flow_of(stage("ask", agree(AUDIO, VIDEO), refuse()), mixed=[VIDEO])
    unseen = person(1, age=15, produced={AUDIO: 1000})
    assert causes(met(flow, HOST, unseen, person(2), given=MINORS), VIDEO) == ["kept", "minor", "kept"]


def test_the_first_of_several_who_spoil_a_mixture_is_named_and_ones_own_fault_comes_before() -> None:
    law = law_of(
        jurisdiction("AA"),
        *(jurisdiction(code, rule(code, VoidTest.MINOR, Verdict.VOID)) for code in ("BB", "CC")),
    )
    flow = flow_of(stage("ask", agree(VIDEO), refuse()), mixed=[VIDEO])
    outcomes = met(flow, HOST, person(1, code="CC", age=15), person(2, code="BB", age=15), given=setting(law))
    assert [outcome.rule[VIDEO] for outcome in outcomes] == ["cc.minor", "cc.minor", "bb.minor"]


def test_what_is_mixed_stands_leniently_where_the_rule_that_spoils_it_is_unsettled() -> None:
    place = jurisdiction("AA", rule("AA", VoidTest.MINOR, Verdict.UNSETTLED))
    both = setting(law_of(place), lenient=law_of(place, reading=Reading.LENIENT))
    flow = flow_of(stage("ask", agree(VIDEO), refuse()), mixed=[VIDEO])
    outcomes = met(flow, HOST, person(1, age=15), given=both)
    assert causes(outcomes, VIDEO) == ["mixed", "minor"]
    assert [VIDEO in outcome.lenient for outcome in outcomes] == [True, True]


def test_what_somebody_takes_back_is_gone_from_the_mixture_too() -> None:
    back = {"actor": "participant", "clicks": 1, "retroactive": True}
    flow = flow_of(stage("ask", agree(AUDIO, VIDEO), refuse()), mixed=[VIDEO], withdrawal=back)
    leaving = person(1, draws={"withdraws": -1.0})
    outcomes = met(flow, HOST, leaving, person(2))
    assert causes(outcomes, VIDEO) == ["withdrawn_together", "withdrawn", "withdrawn_together"]
    assert causes(outcomes, AUDIO) == ["kept", "withdrawn", "kept"]


# Sectors.


def test_a_sector_rule_looks_at_the_hosts_place_and_at_each_persons_age() -> None:
    above = [overlay("school", sectors=["education"], hosted_in=["BB"]), overlay("children", below_age=13)]
    places = [jurisdiction("AA"), jurisdiction("BB")]
    flow, law = flow_of(ASK), setting(law_of(*places, above=above))
    child = person(1, age=12)
    assert causes(met(flow, HOST, child, given=law)) == ["kept", "excluded"]
    elsewhere = met(flow, person(0, code="BB"), child, given=law, sector=Sector.EDUCATION)
    assert [outcome.rule[AUDIO] for outcome in elsewhere] == ["overlay.school"] * 2
    assert causes(met(flow, HOST, person(1, code="BB"), given=law, sector=Sector.EDUCATION)) == ["kept"] * 2
