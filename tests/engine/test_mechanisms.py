"""What each part of a flow does to a small meeting, one mechanism at a time."""

from __future__ import annotations

import pytest

from simulator.scenario.vocabulary import Actor, Confidentiality, DataCategory, Effect, Role, VoidTest
from tests.engine.by_hand import (
    AUDIO,
    CHAT,
    LEAVE,
    TELEMETRY,
    VIDEO,
    agree,
    causes,
    flow_of,
    grants,
    met,
    officer,
    option,
    person,
    refuse,
    setting,
    stage,
    toggle,
    voiding,
)
from tests.rules.builders import jurisdiction, law_of

HOST = person(0)
ASK = stage()
UNNOTICED = {"notice": 1.1}
AGREE_OR_LEAVE = stage("ask", agree(), LEAVE)


# Refusal semantics


def test_who_may_only_agree_or_leave_leaves_and_the_others_data_are_kept() -> None:
    outcomes = met(flow_of(AGREE_OR_LEAVE, refusal="leave"), HOST, person(1), person(2, wants=False))
    assert causes(outcomes) == ["kept", "kept", "left"]


def test_who_has_too_much_at_stake_agrees_against_their_wish() -> None:
    outcomes = met(flow_of(AGREE_OR_LEAVE, refusal="leave"), HOST, person(1, wants=False, stake=1000.0))
    assert causes(outcomes) == ["kept", "kept"]
    assert [AUDIO in outcome.wanted for outcome in outcomes] == [True, False]


def test_a_refusal_counts_as_leaving_where_refusing_means_leaving() -> None:
    outcomes = met(flow_of(ASK, refusal="leave"), HOST, person(1), person(2, wants=False))
    assert causes(outcomes) == ["kept", "kept", "left"]


def test_when_the_host_leaves_the_meeting_ends_for_all() -> None:
    outcomes = met(flow_of(AGREE_OR_LEAVE), person(0, wants=False), person(1), person(2))
    assert causes(outcomes) == ["left", "meeting_ended", "meeting_ended"]


def test_a_meeting_of_one_is_none() -> None:
    outcomes = met(flow_of(AGREE_OR_LEAVE), HOST, person(1, wants=False))
    assert causes(outcomes) == ["meeting_ended", "left"]


def test_who_refuses_stays_view_only_and_produces_no_content() -> None:
    flow = flow_of(stage("ask", agree(AUDIO, TELEMETRY), refuse()), refusal="view_only", mixed=[AUDIO])
    outcomes = met(flow, HOST, person(1), person(2, wants=False))
    assert causes(outcomes) == ["kept", "kept", "view_only"]
    assert causes(outcomes, VIDEO) == ["not_asked", "not_asked", "view_only"]
    assert causes(outcomes, TELEMETRY) == ["kept", "kept", "refused"]


def test_going_on_view_only_costs_its_share_of_the_stake() -> None:
    flow = flow_of(ASK, refusal="view_only")
    people = HOST, person(1), person(2, wants=False, stake=210.0)
    # Refusing is worth 100 more than agreeing; at half the stake it costs 105, at a third 70.
    assert causes(met(flow, *people, given=setting(view_only=0.5))) == ["kept"] * 3
    assert causes(met(flow, *people, given=setting(view_only=1 / 3))) == ["kept", "kept", "view_only"]


def test_agreeing_so_as_not_to_be_view_only_may_be_void_as_detriment() -> None:
    law = voiding(VoidTest.DETRIMENT)
    for refusal, cause in (("view_only", "detriment"), ("excluded", "kept")):
        outcomes = met(flow_of(ASK, refusal=refusal), HOST, person(1), given=setting(law))
        assert causes(outcomes) == [cause] * 2


def test_one_refusal_stops_it_for_all_where_the_flow_says_so() -> None:
    flow = flow_of(stage("ask", agree(AUDIO, CHAT), refuse()), stage("video", agree(VIDEO), refuse()),
                   refusal="stop_for_all")  # fmt: skip
    outcomes = met(flow, HOST, person(1), person(2, wants={VIDEO}))
    assert causes(outcomes) == causes(outcomes, CHAT) == ["vetoed"] * 3
    assert causes(outcomes, VIDEO) == ["kept"] * 3


def test_who_has_left_stops_nothing() -> None:
    flow = flow_of(stage("ask", agree(), refuse(), LEAVE), stage("again", agree(VIDEO), LEAVE), refusal="stop_for_all")
    leaver = person(2, wants=False, stake=-1000.0)
    assert causes(met(flow, HOST, person(1), leaver)) == ["kept", "kept", "left"]


def test_a_host_who_yields_switches_off_for_all_what_one_refused() -> None:
    flow = flow_of(stage("ask", agree(AUDIO), refuse()), stage("chat", agree(CHAT), refuse()), refusal="ask_host")
    outcomes = met(flow, HOST, person(1), person(2, wants={CHAT}), given=setting(host_yields=1.0))
    assert causes(outcomes) == ["vetoed"] * 3
    assert causes(outcomes, CHAT) == ["kept"] * 3


def test_who_is_overruled_by_the_host_stays_and_is_taken_by_the_hosts_choice() -> None:
    flow = flow_of(ASK, refusal="ask_host")
    people = HOST, person(1), person(2, wants=False, stake=1000.0)
    outcomes = met(flow, *people, given=setting(voiding(VoidTest.NOT_OWN_CHOICE), host_yields=0.0))
    assert causes(outcomes) == ["kept", "kept", "not_own_choice"]


def test_who_is_overruled_by_the_host_and_has_little_at_stake_leaves() -> None:
    flow = flow_of(ASK, refusal="ask_host")
    outcomes = met(flow, HOST, person(1), person(2, wants=False), given=setting(host_yields=0.0))
    assert causes(outcomes) == ["kept", "kept", "left"]


def test_who_refuses_is_excluded_and_costs_the_others_nothing_that_is_separable() -> None:
    outcomes = met(flow_of(ASK, refusal="excluded"), HOST, person(1), person(2, wants=False))
    assert causes(outcomes) == ["kept", "kept", "refused"]


# What is recorded together


def test_one_refusal_spoils_for_all_what_is_recorded_together() -> None:
    flow = flow_of(stage("ask", agree(AUDIO, VIDEO), refuse()), mixed=[VIDEO])
    outcomes = met(flow, HOST, person(1), person(2, wants=False))
    assert causes(outcomes, VIDEO) == ["inseparable", "inseparable", "refused"]
    assert causes(outcomes, AUDIO) == ["kept", "kept", "refused"]


def test_who_produces_nothing_of_a_category_spoils_it_for_nobody() -> None:
    flow = flow_of(stage("ask", agree(VIDEO), refuse()), mixed=[VIDEO])
    camera_off = person(2, wants=False, produced={word: 0 if word is VIDEO else 1000 for word in DataCategory})
    assert causes(met(flow, HOST, person(1), camera_off), VIDEO) == ["kept", "kept", "refused"]


@pytest.mark.parametrize("refusal", ["leave", "view_only"])
def test_who_has_left_or_is_view_only_spoils_nothing(refusal: str) -> None:
    flow = flow_of(stage("ask", agree(VIDEO), refuse()), mixed=[VIDEO], refusal=refusal)
    outcomes = met(flow, HOST, person(1), person(2, wants=False))
    assert causes(outcomes, VIDEO)[:2] == ["kept", "kept"]


def test_who_was_never_asked_spoils_what_is_recorded_together() -> None:
    flow = flow_of(stage("ask", agree(VIDEO), refuse(), when={"jurisdictions": ["BB"]}), mixed=[VIDEO])
    law = law_of(jurisdiction("AA"), jurisdiction("BB"))
    outcomes = met(flow, person(0, code="BB"), person(1, code="BB"), person(2), given=setting(law))
    assert causes(outcomes, VIDEO) == ["inseparable", "inseparable", "not_asked"]


# Who is asked, when, and how often


def test_who_does_not_meet_a_stage_neither_grants_nor_refuses_by_it() -> None:
    flow = flow_of(stage("ask", when={"roles": ["host", "external"]}))
    outcomes = met(flow, HOST, person(1, wants=False), person(2, wants=False, role=Role.EXTERNAL))
    assert causes(outcomes) == ["kept", "not_asked", "refused"]


@pytest.mark.parametrize(("when", "cause"), [({"outside": ["BB"]}, "refused"), ({"outside": ["AA"]}, "not_asked")])
def test_a_stage_is_met_everywhere_but_where_it_is_left_out(when: dict[str, object], cause: str) -> None:
    outcomes = met(flow_of(stage("ask", when=when)), HOST, person(1, wants=False))
    assert causes(outcomes)[1] == cause


def test_a_stage_is_met_from_its_age_on() -> None:
    flow = flow_of(stage("ask", blocking=False, default="on", when={"least_age": 18}))
    outcomes = met(flow, HOST, *(person(n, age=age, draws=UNNOTICED) for n, age in ((1, 17), (2, 18))))
    assert causes(outcomes) == ["kept", "not_asked", "kept"]


@pytest.mark.parametrize(("met_in", "cause"), [("public", "kept"), ("internal", "not_asked")])
def test_a_stage_is_met_in_meetings_of_its_classes_alone(met_in: str, cause: str) -> None:
    flow = flow_of(stage("terms", agree(), actor="provider", default="on", when={"confidentiality": ["public"]}))
    outcomes = met(flow, HOST, person(1), confidentiality=Confidentiality(met_in))
    assert causes(outcomes) == [cause, cause]


@pytest.mark.parametrize(("prominence", "noticed"), [(1.0, [True, True]), (0.5, [True, False]), (0.0, [False, False])])
def test_a_stage_that_stands_out_less_is_missed_by_more(prominence: float, noticed: list[bool]) -> None:
    flow = flow_of(stage("ask", blocking=False, default="on", prominence=prominence))
    # Attention is a logit of 50 and noticing costs 100 at no prominence: 1, 1/2 and 0 of people notice.
    people = [person(1, draws={"notice": 0.49}), person(2, draws={"notice": 0.51})]
    outcomes = met(flow, HOST, *people, given=setting(notice_prominence=100.0))
    assert [outcome.answers.steps[0].noticed for outcome in outcomes[1:]] == noticed


def test_where_nothing_leads_to_a_stage_it_tells_nobody() -> None:
    flows = [flow_of(stage("ask", blocking=False, default="on", prominence=prominence)) for prominence in (0.1, 0.0)]
    told = [[outcome.answers.told for outcome in met(flow, HOST, person(1))] for flow in flows]
    assert told == [[True, True], [False, False]]


@pytest.mark.parametrize(("default", "cause"), [("on", "kept"), ("off", "unanswered"), ("none", "not_asked")])
def test_the_default_holds_for_who_misses_a_stage(default: str, cause: str) -> None:
    missing = person(1, wants=False, draws=UNNOTICED)
    outcomes = met(flow_of(stage(blocking=False, default=default)), HOST, missing)
    assert causes(outcomes) == ["kept", cause]
    assert not outcomes[1].answers.steps[0].noticed


def test_a_grant_by_default_is_pre_ticked_and_one_by_answer_is_not() -> None:
    flow = flow_of(stage(blocking=False, default="on"))
    missing = person(1, draws=UNNOTICED)
    outcomes = met(flow, HOST, missing, given=setting(voiding(VoidTest.PRE_TICKED)))
    assert causes(outcomes) == ["kept", "pre_ticked"]


def test_deferring_leaves_it_to_the_default() -> None:
    for default, cause in (("on", "kept"), ("off", "unanswered"), ("none", "not_asked")):
        flow = flow_of(stage("ask", agree(), option("later", "defer"), default=default))
        assert causes(met(flow, HOST, person(1, wants=False))) == ["kept", cause]


@pytest.mark.parametrize(("shows", "asked"), [(1, 1), (3, 3)])
def test_asking_again_after_a_refusal_ends_when_the_stage_has_been_shown_often_enough(shows: int, asked: int) -> None:
    again = {"next": "ask"} if shows > 1 else {}
    flow = flow_of(stage("ask", agree(), refuse(**again), shows=shows, default="off"), stage("then", agree(CHAT)))
    outcomes = met(flow, HOST, person(1, wants={CHAT}))
    assert [step.stage.id for step in outcomes[1].answers.steps] == ["ask"] * asked + ["then"]
    assert causes(outcomes) == ["kept", "refused"]
    assert causes(outcomes, CHAT) == ["kept", "kept"]


def test_the_default_does_not_turn_a_refusal_into_a_grant_when_the_asking_ends() -> None:
    flow = flow_of(stage("ask", agree(), refuse(next="ask"), shows=2, default="on"))
    assert causes(met(flow, HOST, person(1, wants=False))) == ["kept", "refused"]


def test_two_stages_that_lead_to_each_other_end_when_both_have_been_shown_often_enough() -> None:
    first = stage("first", agree(), refuse(next="second"), shows=2, default="off")
    second = stage("second", agree(CHAT), refuse(next="first"), shows=3, default="off")
    outcomes = met(flow_of(first, second), HOST, person(1, wants=False))
    assert [step.stage.id for step in outcomes[1].answers.steps] == ["first", "second", "first", "second", "second"]


def test_the_last_answer_counts_for_what_the_stage_asks() -> None:
    yes_then_no = stage("second", option("both", "grant", {AUDIO: ["service"]}), refuse())
    flow = flow_of(stage("first", agree(AUDIO, CHAT), LEAVE), stage("second", agree(AUDIO), refuse()))
    insistent = person(1, wants={CHAT}, stake=1000.0)
    outcomes = met(flow, HOST, insistent)
    assert causes(outcomes) == ["kept", "refused"]
    assert causes(outcomes, CHAT) == ["kept", "kept"]
    other_purpose = flow_of(stage("first", agree(AUDIO, CHAT), LEAVE), yes_then_no)
    assert causes(met(other_purpose, HOST, insistent)) == ["kept", "kept"]


def test_an_answer_may_skip_stages_or_end_the_asking() -> None:
    first = stage("first", agree(next="third"), refuse(next="done"), option("wait", "none"))
    flow = flow_of(first, stage("second", agree(CHAT)), stage("third", agree(VIDEO)))
    waiting = person(2, wants=False, draws={"choice": 0.1})  # waiting and refusing are worth the same
    outcomes = met(flow, HOST, person(1, wants=False), waiting)
    met_by = [[step.stage.id for step in outcome.answers.steps] for outcome in outcomes]
    assert met_by == [["first", "third"], ["first"], ["first", "second", "third"]]


def test_a_remembered_answer_is_that_of_an_ordinary_meeting_and_takes_no_time() -> None:
    flow = flow_of(stage(remember=10, text="word " * 50))
    # An answer kept for ten meetings is recalled in nine of them.
    recalling, asked = person(1, wants=False, draws={"recall": 0.89}), person(2, wants=False, draws={"recall": 0.91})
    outcomes = met(flow, HOST, recalling, asked, confidentiality=Confidentiality.CONFIDENTIAL)
    assert causes(outcomes) == ["kept", "kept", "refused"]
    assert [outcome.answers.steps[0].recalled for outcome in outcomes] == [True, True, False]
    assert [outcome.answers.seconds > 0.0 for outcome in outcomes] == [False, False, True]


def test_what_people_settle_in_their_account_is_always_recalled() -> None:
    flow = flow_of(stage("ask", at="account"), stage("then", agree(CHAT), refuse()))
    settled = person(1, wants=False, draws={"recall": 0.9999})
    outcomes = met(flow, HOST, settled, confidentiality=Confidentiality.CONFIDENTIAL)
    assert [step.recalled for step in outcomes[1].answers.steps] == [True, False]
    assert causes(outcomes) == ["kept", "kept"]
    assert causes(outcomes, CHAT) == ["kept", "refused"]


def test_an_officer_answers_in_the_account_with_this_meeting_in_mind() -> None:
    flow = flow_of(stage("share", actor="admin", at="account"))
    outcomes = met(flow, HOST, person(1), officers=officer(wants=False))
    assert [step.recalled for step in outcomes[0].common.steps] == [False]
    assert causes(outcomes) == ["switched_off", "switched_off"]


def test_a_negated_question_misread_gives_the_opposite_of_what_is_wanted() -> None:
    for misread, found in ((0.0, ["kept", "refused"]), (1.0, ["refused", "kept"])):
        outcomes = met(flow_of(stage(negated=True)), HOST, person(1, wants=False), given=setting(misread=misread))
        assert causes(outcomes) == found
    plain = met(flow_of(stage(negated=False)), HOST, person(1, wants=False), given=setting(misread=1.0))
    assert causes(plain) == ["kept", "refused"]


# Toggles


SWITCHES = [toggle("audio", AUDIO), toggle("chat", CHAT, default="on")]
SAVE, ALL = option("save", "grant", toggles="as_set"), option("all", "grant", toggles="all_on")
NONE = option("none", "deny", toggles="all_off")


def test_toggles_are_set_as_each_person_likes() -> None:
    flow = flow_of(stage("ask", SAVE, toggles=SWITCHES))
    outcomes = met(flow, HOST, person(1, wants={AUDIO}), person(2, wants=False))
    assert causes(outcomes) == ["kept", "kept", "refused"]
    assert causes(outcomes, CHAT) == ["kept", "refused", "refused"]


def test_a_toggle_left_on_is_pre_ticked_and_one_switched_on_is_not() -> None:
    flow = flow_of(stage("ask", SAVE, toggles=SWITCHES))
    outcomes = met(flow, HOST, person(1), given=setting(voiding(VoidTest.PRE_TICKED)))
    assert causes(outcomes) == ["kept"] * 2
    assert causes(outcomes, CHAT) == ["pre_ticked"] * 2


def test_what_the_button_grants_by_itself_is_chosen_though_a_pre_set_toggle_grants_it_as_well() -> None:
    save = option("save", "grant", grants(AUDIO), toggles="as_set")
    flow = flow_of(stage("ask", save, toggles=[toggle("both", AUDIO, CHAT, default="on")]))
    outcomes = met(flow, HOST, person(1), given=setting(voiding(VoidTest.PRE_TICKED)))
    assert causes(outcomes) == ["kept"] * 2
    assert causes(outcomes, CHAT) == ["pre_ticked"] * 2


def test_accepting_all_switches_every_toggle_on_and_rejecting_all_none() -> None:
    flow = flow_of(stage("ask", ALL, NONE, toggles=SWITCHES))
    outcomes = met(flow, HOST, person(1, wants=False))
    assert causes(outcomes) == causes(outcomes, CHAT) == ["kept", "refused"]


def test_every_switch_thrown_takes_a_click() -> None:
    flow = flow_of(stage("ask", SAVE, toggles=SWITCHES))
    people = HOST, person(1, wants={CHAT})  # one switch to throw, and none
    outcomes = met(flow, *people, given=setting(decision_seconds=0.0, click_seconds=10.0))
    assert [outcome.answers.seconds for outcome in outcomes] == pytest.approx([20.0, 10.0])


# Officers


SHARE = stage("share", agree(AUDIO, CHAT), refuse(next="done"), actor="admin", at="account")


def test_what_an_officer_grants_is_claimed_of_everybody_present_and_is_not_their_own_choice() -> None:
    outcomes = met(
        flow_of(SHARE), HOST, person(1, wants=False),
        given=setting(voiding(VoidTest.NOT_OWN_CHOICE)), officers=officer(True),
    )  # fmt: skip
    assert causes(outcomes) == ["not_own_choice"] * 2


def test_an_officer_who_refuses_and_ends_the_asking_switches_off_all_that_the_flow_seeks() -> None:
    flow = flow_of(SHARE, stage("ask", agree(VIDEO), LEAVE))
    outcomes = met(flow, HOST, person(1), officers=officer(False))
    for category in (AUDIO, CHAT, VIDEO):
        assert causes(outcomes, category) == ["switched_off"] * 2
    assert causes(outcomes, TELEMETRY) == ["not_asked"] * 2
    assert [outcome.answers.steps for outcome in outcomes] == [[], []]


def test_a_refusal_that_ends_the_asking_switches_off_the_content_that_another_officer_granted_before() -> None:
    terms = stage("terms", agree(AUDIO, TELEMETRY), actor="provider", default="on", blocking=False)
    start = stage("start", option("start", "grant", {AUDIO: ["service"]}), refuse(next="done"), actor="admin")
    outcomes = met(flow_of(terms, start), HOST, person(1), officers=officer(False))
    assert causes(outcomes) == ["switched_off"] * 2
    assert causes(outcomes, TELEMETRY) == ["kept"] * 2


def test_an_officer_cannot_leave_so_leaving_is_refusing() -> None:
    flow = flow_of(stage("share", agree(), LEAVE, actor="admin"))
    assert causes(met(flow, HOST, person(1), officers=officer(False))) == ["switched_off"] * 2


def test_objecting_where_nothing_is_asked_refuses_the_content_that_an_officer_granted() -> None:
    share = stage("share", agree(AUDIO, TELEMETRY), refuse(), actor="admin")
    flow = flow_of(share, stage("notice", option("ok", "none"), refuse(), default="off"))
    # Both answers are worth the same, so the draw decides.
    fine, objecting = person(0, draws={"choice": 0.4}), person(1, draws={"choice": 0.6})
    outcomes = met(flow, fine, objecting, officers=officer(True))
    assert causes(outcomes) == ["kept", "refused"]
    assert causes(outcomes, TELEMETRY) == ["kept", "kept"]


def test_the_hosts_stage_is_answered_by_the_host_alone() -> None:
    flow = flow_of(stage("share", actor="host"))
    assert causes(met(flow, person(0, wants=False), person(1))) == ["switched_off"] * 2
    assert causes(met(flow, HOST, person(1, wants=False))) == ["kept"] * 2


@pytest.mark.parametrize(("default", "cause"), [("on", "kept"), ("off", "switched_off"), ("none", "not_asked")])
def test_the_providers_answer_is_its_default(default: str, cause: str) -> None:
    flow = flow_of(stage("terms", actor="provider", default=default))
    assert causes(met(flow, HOST, person(1, wants=False))) == [cause] * 2


@pytest.mark.parametrize(("effect", "cause"), [(Effect.GRANT, "kept"), (Effect.DENY, "switched_off")])
def test_a_settled_answer_is_taken_as_given_whatever_the_officer_wants(effect: Effect, cause: str) -> None:
    flow = flow_of(stage("share", actor="admin"), stage("terms", actor="provider", default="none"))
    for wants in (True, False):
        given = setting(settled={Actor.ADMIN: effect})
        assert causes(met(flow, HOST, person(1), given=given, officers=officer(wants))) == [cause] * 2
    given = setting(settled={Actor.PROVIDER: effect, Actor.ADMIN: Effect.GRANT})
    assert causes(met(flow, HOST, person(1), given=given, officers=officer(True))) == [cause] * 2


def test_an_answer_is_not_settled_where_the_stage_has_none_of_that_effect() -> None:
    flow = flow_of(stage("notice", option("ok", "none"), LEAVE))
    outcomes = met(flow, HOST, person(1), given=setting(settled={Actor.PARTICIPANT: Effect.GRANT}))
    assert [outcome.answers.steps[0].settled for outcome in outcomes] == [False, False]


# Withdrawal


@pytest.mark.parametrize(
    ("actor", "retroactive", "assumed", "cause"),
    [
        ("participant", True, None, "withdrawn"),
        ("participant", None, True, "withdrawn"),
        ("participant", False, None, "kept"),
        ("participant", None, False, "kept"),
        ("admin", True, None, "kept"),
    ],
)
def test_data_already_taken_are_withdrawn_only_by_participants_and_only_retroactively(
    actor: str, retroactive: bool | None, assumed: bool | None, cause: str
) -> None:
    withdrawal = {"actor": actor, "clicks": 1, "retroactive": retroactive}
    flow = flow_of(ASK, withdrawal=withdrawal, assumes={"retroactive": assumed})
    # With so little inertia everybody would withdraw who can.
    outcomes = met(flow, HOST, person(1), given=setting(withdraw_inertia=-1000.0))
    assert causes(outcomes) == [cause] * 2


def test_what_is_void_is_not_withdrawn_as_well() -> None:
    flow = flow_of(ASK, withdrawal={"actor": "participant", "clicks": 0, "retroactive": True})
    given = setting(voiding(VoidTest.POWER_GAP), withdraw_inertia=-1000.0)
    outcomes = met(flow, HOST, person(1, role=Role.SUBORDINATE), given=given)
    assert causes(outcomes) == ["withdrawn", "power_gap"]
