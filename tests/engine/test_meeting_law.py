"""What the law of the people in the room makes of what was claimed, one rule at a time."""

from __future__ import annotations

import pytest

from simulator.rules.law import Law
from simulator.scenario.vocabulary import Verdict, VoidTest
from tests.engine.by_hand import (
    AUDIO,
    CHAT,
    LEAVE,
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
from tests.rules.builders import jurisdiction, law_of, rule

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


def recording(*notices: tuple[str, Verdict | None]) -> Law:
    """Law of places whose recording rule, if any, takes a notice as this verdict says."""
    return law_of(*(
        jurisdiction(code) if notice is None
        else jurisdiction(code, rule(code, VoidTest.RECORDING, Verdict.VOID, notice=notice))
        for code, notice in notices
    ))  # fmt: skip


def test_the_strictest_recording_rule_of_those_present_decides_for_all() -> None:
    law = recording(("AA", None), ("BB", Verdict.VOID))
    share = stage("share", agree(AUDIO, CHAT), actor="host")  # nobody else agrees to anything
    outcomes = met(flow_of(share), person(0), person(1, code="BB"), given=setting(law))
    assert causes(outcomes) == ["recording", "recording"]
    assert [outcome.rule[AUDIO] for outcome in outcomes] == ["bb.recording", "bb.recording"]
    # Chat is no recording.
    assert causes(outcomes, CHAT) == ["kept", "kept"]
    alone = met(flow_of(share), person(0), person(1), given=setting(law))
    assert causes(alone) == ["kept", "kept"]


def test_who_has_left_brings_no_recording_rule() -> None:
    law = recording(("AA", None), ("BB", Verdict.VOID))
    flow = flow_of(stage("share", agree(), actor="host"), stage("notice", option("ok", "none"), LEAVE))
    leaver = person(2, code="BB", stake=-1000.0)
    assert causes(met(flow, HOST, person(1), leaver, given=setting(law))) == ["kept", "kept", "left"]


@pytest.mark.parametrize(("text", "cause"), [("We record.", "kept"), ("", "recording")])
def test_a_notice_to_everybody_keeps_a_recording_rule_that_asks_for_no_more(text: str, cause: str) -> None:
    law = recording(("AA", Verdict.STANDS))
    flow = flow_of(stage("share", agree(), actor="host"), stage("notice", option("ok", "none"), text=text))
    assert causes(met(flow, HOST, person(1), given=setting(law))) == [cause] * 2


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
