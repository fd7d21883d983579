"""Flows whose parts fit on their own, but not together."""

from __future__ import annotations

from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.scenario import flow_checks
from simulator.scenario.flow import Flow
from simulator.scenario.yaml_file import Loc

Part: TypeAlias = dict[str, object]

AUDIO = {"audio": ["training_first_party"]}


def option(name: str, effect: str = "none", **more: object) -> Part:
    return {"id": name, "label": name, "effect": effect, "clicks": 1, **more}


def stage(name: str, *options: Part, **more: object) -> Part:
    asked = list(options) or [option("agree", "grant", grants=AUDIO), option("refuse", "deny")]
    return {"id": name, "actor": "participant", "at": "join", "options": asked, **more}


def toggle(name: str, grants: object = AUDIO) -> Part:
    return {"id": name, "label": name, "grants": grants, "default": "off"}


def flow_of(*stages: Part, **more: object) -> Flow:
    whole: Part = {
        "schema_version": 1,
        "id": "small",
        "title": "Small",
        "question": "What comes of it?",
        "sources": [{"known": "assumption", "supports": "everything"}],
        "stages": list(stages),
        "refusal": "excluded",
        "capture": {"mixed": ["audio"]},
        "withdrawal": {"actor": "participant", "clicks": 2, "retroactive": False},
    }
    return Flow.model_validate(whole | more)


def said(*stages: Part, **more: object) -> list[tuple[Loc, str, str | None]]:
    faults = flow_checks.problems(flow_of(*stages, **more))
    return [(fault.loc, fault.message, fault.remedy) for fault in faults]


def test_a_sound_flow_has_no_problems() -> None:
    admin = stage("share", actor="admin", at="account", default="off")
    asked = stage(
        "notice",
        option("all", "grant", toggles="all_on"),
        option("save", "grant", toggles="as_set"),
        option("none", "deny", toggles="all_off"),
        option("later", "defer", next="notice"),
        option("leave", "leave"),
        toggles=[toggle("audio"), toggle("telemetry", {"telemetry": ["improvement"]})],
        shows=2,
    )
    assert said(admin, asked) == []


def test_a_stage_that_does_not_block_may_grant_without_a_default() -> None:
    assert said(stage("notice", blocking=False, default="none")) == []


def test_duplicate_ids_of_stages_options_and_toggles_are_refused() -> None:
    save = option("save", "grant", toggles="as_set")
    toggles = [toggle("t"), toggle("t", {"chat": ["service"]})]
    assert said(stage("a"), stage("a", save, save, toggles=toggles)) == [
        (("stages", 1, "id"), '"a" is already the id of stages[0].', "Give it its own id."),
        (("stages", 1, "options", 1, "id"), '"save" is already the id of options[0].', "Give it its own id."),
        (("stages", 1, "toggles", 1, "id"), '"t" is already the id of toggles[0].', "Give it its own id."),
    ]


def test_two_stages_may_have_options_of_one_name() -> None:
    assert said(stage("a"), stage("b")) == []


def test_a_stage_cannot_be_called_done() -> None:
    assert said(stage("done")) == [
        (("stages", 0, "id"), '"done" is kept for the end of the flow.', "Give the stage another id.")
    ]


def test_next_must_name_a_stage() -> None:
    assert said(stage("notice", option("go", next="detials")), stage("details")) == [
        (
            ("stages", 0, "options", 0, "next"),
            '"detials" is not a stage.',
            'Did you mean "details"? Stages: notice, details, done.',
        )
    ]


def test_an_option_that_leaves_has_no_next() -> None:
    assert said(stage("a", option("go"), option("leave", "leave", next="done"))) == [
        (("stages", 0, "options", 1, "next"), "nothing comes after leaving.", "Remove next, or change the effect.")
    ]


def test_a_stage_that_no_way_leads_to_is_refused() -> None:
    assert said(stage("a", option("go", next="c"), option("end", next="done")), stage("b"), stage("c")) == [
        (
            ("stages", 1),
            'no way leads to stage "b".',
            "Let an option of another stage name it in next, or remove it.",
        )
    ]


@pytest.mark.parametrize(
    "missable", [{"blocking": False}, {"when": {"channels": ["phone"]}}, {"when": {"jurisdictions": ["DE"]}}]
)
def test_a_stage_that_some_do_not_answer_is_followed_by_the_next_in_the_file(missable: Part) -> None:
    assert said(stage("a", option("go", next="c"), **missable), stage("b"), stage("c")) == []


def test_a_loop_with_no_way_out_is_refused() -> None:
    first = stage("a", option("go"), shows=2)
    second = stage("b", option("back", next="a"), option("again", next="b"), shows=2)
    assert said(first, second) == [
        (
            ("stages", 0),
            'no option leads out of the loop "a", "b".',
            "Let an option go on to a later stage or to done, or have the effect leave.",
        )
    ]


def test_a_loop_that_only_some_enter_is_refused_too() -> None:
    first = stage("a", option("end", next="done"), option("go"))
    assert said(first, stage("b", option("again", next="b"), shows=3)) == [
        (
            ("stages", 1),
            'no option leads out of the loop "b".',
            "Let an option go on to a later stage or to done, or have the effect leave.",
        )
    ]


def test_asking_again_with_a_way_on_is_allowed() -> None:
    assert said(stage("a", option("yes", "grant", grants=AUDIO), option("no", "deny", next="a"), shows=3)) == []


def test_a_flow_that_everybody_must_leave_is_refused() -> None:
    assert said(stage("a"), stage("b", option("leave", "leave"), option("go", "leave"))) == [
        (("stages", 1), 'nobody can get past stage "b" without leaving.', "Give it an option that goes on.")
    ]


def test_a_loop_that_one_can_only_leave_is_refused() -> None:
    assert said(stage("a", option("leave", "leave"), option("again", next="a"), shows=2)) == [
        (("stages", 0), 'nobody can get past stage "a" without leaving.', "Give it an option that goes on.")
    ]


def test_a_stage_of_leaving_only_is_allowed_where_it_can_be_avoided() -> None:
    leave = option("leave", "leave")
    assert said(stage("a", option("no"), option("yes", next="done")), stage("b", leave)) == []
    assert said(stage("a", leave, when={"channels": ["phone"]})) == []


def test_stages_that_bind_the_meeting_come_first() -> None:
    host = stage("start", actor="host", at="in_meeting")
    assert said(stage("notice"), host) == [
        (
            ("stages", 1),
            '"start" binds the meeting, but comes after "notice", which does not.',
            "Put the stages that bind the meeting first.",
        )
    ]


def test_a_stage_that_binds_one_person_cannot_go_back_to_one_that_binds_the_meeting() -> None:
    host = stage("start", actor="host", shows=2)
    assert said(host, stage("notice", option("ask", next="start"), option("go"))) == [
        (
            ("stages", 1, "options", 0, "next"),
            '"notice" does not bind the meeting, and cannot go back to "start", which does.',
            "Name a later stage, or done.",
        )
    ]


def test_a_stage_that_binds_the_meeting_may_skip_ahead() -> None:
    off = option("off", "deny", next="done")
    host = stage("start", option("on", "grant", grants=AUDIO), option("ask", next="b"), off, actor="host")
    assert said(host, stage("a"), stage("b")) == []


def test_a_participant_cannot_bind_the_meeting() -> None:
    assert said(stage("a"), stage("b", affects="meeting")) == [
        (
            ("stages", 1, "affects"),
            "a participant cannot bind the meeting.",
            "Remove affects, or name the actor who decides for the meeting.",
        )
    ]


def test_whoever_is_not_a_participant_binds_the_meeting() -> None:
    assert said(stage("a", actor="bot_owner", affects="self"), stage("b")) == [
        (
            ("stages", 0, "affects"),
            "the bot owner decides for the meeting, not for each participant.",
            "Remove affects, or make participant the actor.",
        )
    ]


@pytest.mark.parametrize("target", ["a", "b"])
def test_going_back_needs_a_stage_that_may_be_shown_again(target: str) -> None:
    assert said(stage("a"), stage("b", option("back", next=target), option("go"))) == [
        (
            ("stages", 1, "options", 0, "next"),
            f'it goes back to "{target}", which is shown only once.',
            f'Set shows of "{target}" to 2 or more, or name a later stage.',
        )
    ]


@pytest.mark.parametrize("effect", ["deny", "defer", "leave", "none"])
def test_only_a_grant_option_carries_grants(effect: str) -> None:
    assert said(stage("a", option("go"), option("x", effect, grants=AUDIO))) == [
        (
            ("stages", 0, "options", 1, "grants"),
            f"an option with effect {effect} cannot grant anything.",
            "Remove grants, or set effect to grant.",
        )
    ]


@pytest.mark.parametrize("effect", ["deny", "defer", "leave", "none"])
@pytest.mark.parametrize("setting", ["as_set", "all_on"])
def test_only_a_grant_option_takes_toggles_that_may_be_on(effect: str, setting: str) -> None:
    save = option("save", "grant", toggles="as_set")
    assert said(stage("a", save, option("x", effect, toggles=setting), toggles=[toggle("t")])) == [
        (
            ("stages", 0, "options", 1, "toggles"),
            f"an option with effect {effect} cannot take toggles that may be on.",
            "Set toggles to all_off, or effect to grant.",
        )
    ]


def test_a_grant_option_must_grant_something() -> None:
    assert said(stage("a", option("yes", "grant"))) == [
        (
            ("stages", 0, "options", 0, "effect"),
            "this option grants nothing.",
            "Add grants, or set effect to none.",
        )
    ]


def test_options_that_take_the_toggles_as_set_grant_the_same_besides() -> None:
    save = option("save", "grant", toggles="as_set")
    more = option("more", "grant", grants={"chat": ["service"]}, toggles="as_set")
    again = option("again", "grant", grants={"chat": ["service", "service"]}, toggles="as_set")
    on = option("all", "grant", grants={"chat": ["service"]}, toggles="all_on")
    assert said(stage("a", save, more, toggles=[toggle("t")])) == [
        (
            ("stages", 0, "options", 1, "grants"),
            'the toggles are taken as set here and by "save", which grants something else besides.',
            "Let both grant the same, or one of them take all_on or no toggles.",
        )
    ]
    assert said(stage("a", more, again, on, toggles=[toggle("t")])) == []


def test_a_grant_option_that_switches_all_toggles_off_grants_nothing() -> None:
    save, off = option("save", "grant", toggles="as_set"), option("off", "grant", toggles="all_off")
    assert said(stage("a", save, off, toggles=[toggle("t")])) == [
        (("stages", 0, "options", 1, "effect"), "this option grants nothing.", "Add grants, or toggles: as_set.")
    ]


def test_an_option_cannot_set_toggles_that_the_stage_does_not_have() -> None:
    assert said(stage("a", option("yes", "grant", grants=AUDIO, toggles="all_on"))) == [
        (
            ("stages", 0, "options", 0, "toggles"),
            "the stage has no toggles.",
            "Remove this key, or give the stage toggles.",
        )
    ]


def test_toggles_must_be_taken_by_an_option() -> None:
    assert said(stage("a", option("off", "deny", toggles="all_off"), toggles=[toggle("t")])) == [
        (
            ("stages", 0, "toggles"),
            "no option takes the toggles as set or switches them on.",
            "Give an option toggles: as_set or all_on.",
        )
    ]


def test_two_toggles_cannot_grant_the_same() -> None:
    both = toggle("both", {"chat": ["service"], "audio": ["service", "training_first_party"]})
    save = option("save", "grant", toggles="as_set")
    assert said(stage("a", save, toggles=[toggle("t"), both])) == [
        (
            ("stages", 0, "toggles", 1, "grants", "audio"),
            'toggle "t" already grants audio for training_first_party.',
            "Let one toggle grant it.",
        )
    ]


def test_default_on_needs_something_that_grants() -> None:
    assert said(stage("a", option("go"), default="on")) == [
        (
            ("stages", 0, "default"),
            '"on" holds as if granted, but this stage grants nothing.',
            "Add an option with effect grant, or toggles.",
        )
    ]


def test_a_category_cannot_be_mixed_and_separable() -> None:
    assert said(stage("a"), capture={"mixed": ["audio", "video"], "separable": ["chat", "audio"]}) == [
        (("capture", "separable", 1), "audio is in capture.mixed as well.", "Name it in one of the two.")
    ]


@pytest.mark.parametrize("category", ["audio", "video", "transcript", "screen_share"])
def test_capture_must_place_each_category_that_is_granted(category: str) -> None:
    yes = option("yes", "grant", grants={"chat": ["service"], category: ["service"]})
    message = f"{category} is granted, but capture does not say whether one person can be cut out of it."
    remedy = f"Name {category} in capture.mixed or capture.separable."
    assert said(stage("a", yes), stage("b", yes), capture={}) == [
        (("stages", 0, "options", 0, "grants", category), message, remedy)
    ]
    assert said(stage("a", yes), capture={"separable": [category]}) == []


def test_capture_must_place_what_a_toggle_grants() -> None:
    asked = stage("a", option("save", "grant", toggles="as_set"), toggles=[toggle("t")])
    assert [loc for loc, *_ in said(asked, capture={})] == [("stages", 0, "toggles", 0, "grants", "audio")]


@pytest.mark.parametrize("category", ["telemetry", "files", "chat", "reactions"])
def test_other_categories_are_separable_unless_said(category: str) -> None:
    assert said(stage("a", option("yes", "grant", grants={category: ["service"]})), capture={}) == []


def test_clicks_that_nobody_counted_need_an_assumption() -> None:
    asked = stage("a", option("go"), option("x", clicks=None))
    assert said(asked) == [
        (
            ("stages", 0, "options", 1, "clicks"),
            "the clicks are not counted.",
            "Say in assumes.clicks what to assume.",
        )
    ]
    assert said(asked, assumes={"clicks": 0}) == []


def test_a_withdrawal_of_which_little_is_known_needs_assumptions() -> None:
    assert said(stage("a"), withdrawal={"actor": "admin"}) == [
        (
            ("withdrawal", "clicks"),
            "the clicks are not counted.",
            "Say in assumes.withdrawal_clicks what to assume.",
        ),
        (
            ("withdrawal", "retroactive"),
            "it is not known whether data are removed.",
            "Say in assumes.retroactive what to assume.",
        ),
    ]
    assert said(stage("a"), withdrawal={"actor": "admin"}, assumes={"withdrawal_clicks": 0, "retroactive": False}) == []


def test_a_withdrawal_that_nobody_can_make_has_no_clicks() -> None:
    assert said(stage("a"), withdrawal={"actor": None, "clicks": 3}) == [
        (
            ("withdrawal", "clicks"),
            "nobody can withdraw, so there is nothing to click.",
            "Remove clicks, or name the actor.",
        )
    ]
    assert said(stage("a"), withdrawal={"actor": None}) == []


def test_where_a_refusal_means_leaving_one_must_be_able_to_go_on_otherwise() -> None:
    remedy = "To refuse means leaving here (refusal: leave): give it an option that goes on, or change the refusal."
    assert said(stage("a", option("no", "deny")), refusal="leave") == [
        (("stages", 0), 'nobody can get past stage "a" without leaving.', remedy)
    ]
    assert said(stage("a", option("no", "deny")), refusal="excluded") == []
    assert said(stage("a", option("no", "deny"), option("on")), refusal="leave") == []
    admin = stage("share", option("no", "deny"), actor="admin", at="account")
    assert said(admin, refusal="leave") == []


def test_nothing_comes_after_a_refusal_that_means_leaving() -> None:
    parts = (stage("a", option("on"), option("no", "deny", next="b")), stage("b", option("on")))
    assert said(*parts, refusal="leave") == [
        (
            ("stages", 0, "options", 1, "next"),
            "nothing comes after a refusal, which means leaving here (refusal: leave).",
            "Remove next, or change the flow's refusal.",
        )
    ]
    assert said(*parts, refusal="excluded") == []


def test_successors_follow_the_file_unless_an_option_says_otherwise() -> None:
    flow = flow_of(
        stage("a", option("x"), option("y", next="c")),
        stage("b", option("leave", "leave"), option("z", next="done"), blocking=False),
        stage("c", option("w")),
    )
    assert flow_checks.successors(flow) == [{1, 2}, {-2, -1, 2}, {-1}]


@given(data=st.data())
def test_a_flow_without_problems_of_way_can_be_walked_to_its_end(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 5))
    names = [f"s{number}" for number in range(count)]
    effects = st.sampled_from(("none", "leave"))
    nexts = st.none() | st.sampled_from([*names, "done"])
    stages = [
        stage(name, *(option(f"o{k}", data.draw(effects), next=data.draw(nexts)) for k in range(2)), shows=2)
        for name in names
    ]
    flow = flow_of(*stages)
    if flow_checks.problems(flow):
        return
    after = flow_checks.successors(flow)
    seen, waiting = set(), {0}
    while waiting:
        number = waiting.pop()
        seen.add(number)
        if number >= 0:
            waiting |= after[number] - seen
    assert -1 in seen
    assert set(range(count)) <= seen


def test_a_stage_says_in_one_way_where_it_is_met() -> None:
    where = {"jurisdictions": ["DE"], "outside": ["UK"]}
    assert said(stage("a", when=where)) == [
        (("stages", 0, "when", "outside"), "jurisdictions already says where the stage is met.", "Keep one of the two.")
    ]
    assert said(stage("a", when={"outside": ["UK"]})) == []


def test_only_a_stage_that_can_be_missed_stands_out_less() -> None:
    assert said(stage("a", prominence=0.5)) == [
        (
            ("stages", 0, "prominence"),
            "a stage that blocks cannot be missed, however little it stands out.",
            "Remove prominence, or set blocking to false.",
        )
    ]
    assert said(stage("a", prominence=0.5, blocking=False)) == []


def test_a_stage_with_a_time_limit_can_go_unanswered() -> None:
    message = "a stage that blocks, and has no option that stands for not answering, cannot go away unanswered."
    remedy = "Add an option with prominence 0 and clicks 0, set blocking to false, or remove time_limit."
    assert said(stage("ask", time_limit=90)) == [(("stages", 0, "time_limit"), message, remedy)]
    silent = option("silent", "defer", prominence=0.0) | {"clicks": 0}
    assert said(stage("ask", option("agree", "grant", grants=AUDIO), silent, time_limit=90)) == []
    assert said(stage("ask", blocking=False, time_limit=90)) == []
