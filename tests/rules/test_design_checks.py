"""Design checks: each finds its pattern, lets the nearest design without it pass, and says what is not known."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given

from simulator.rules.design_checks import CHECKS, findings
from simulator.rules.findings import DEFINITIONS, Finding, Level
from simulator.rules.repairs import repair
from simulator.scenario import library
from simulator.scenario.flow import Flow
from simulator.scenario.flow_checks import problems
from simulator.scenario.yaml_file import read
from tests.rules.design_cases import CASES, SERVE, Part, flow, no, officer, option, stage, yes
from tests.strategies import flows

PAGE = (Path(__file__).resolve().parents[2] / "docs/reference/design-checks.md").read_text(encoding="utf-8")


def short(finding: Finding) -> str:
    """Such as `c1`, `c1 mirrored`, `c1 unknown`."""
    name = finding.id.split("_")[0]
    return f"{name} mirrored" if finding.mirrored else name if finding.known else f"{name} unknown"


def found(made: Flow) -> list[str]:
    """What the checks find, in their order, each once."""
    return list(dict.fromkeys(short(finding) for finding in findings(made)))


def only(made: Flow, name: str) -> Finding:
    """The one finding of that name."""
    (finding,) = (finding for finding in findings(made) if short(finding) == name)
    return finding


def names(written: str) -> list[str]:
    """`c1 c2 mirrored, c3` as its parts: a comma ends a part that has two words."""
    return re.findall(r"c\d+(?: mirrored| unknown)?", written)


def test_a_plain_question_with_two_equal_answers_has_no_findings() -> None:
    assert findings(flow()) == []


@pytest.mark.parametrize("case", CASES)
def test_a_check_finds_its_pattern_and_nothing_else(case: str) -> None:
    made, expected, _, _ = CASES[case]
    assert found(made) == names(expected)


@pytest.mark.parametrize("case", CASES)
def test_a_check_lets_the_nearest_design_without_the_pattern_pass(case: str) -> None:
    _, _, neighbour, expected = CASES[case]
    assert found(neighbour) == names(expected)


def test_every_check_has_a_case_and_its_place_in_the_registry() -> None:
    seen = {name.split()[0] for _, expected, _, _ in CASES.values() for name in names(expected)}
    assert [definition.id.split("_")[0] for definition in DEFINITIONS] == [f"c{n}" for n in range(1, 20)]
    assert seen == {f"c{n}" for n in range(1, 20)}
    assert len(CHECKS) == len(DEFINITIONS)


def test_every_mirror_image_has_a_case_and_every_case_a_definition() -> None:
    seen = {name.split()[0] for _, expected, _, _ in CASES.values() for name in names(expected) if "mirrored" in name}
    assert seen == {definition.id.split("_")[0] for definition in DEFINITIONS if definition.mirror}


def test_a_finding_says_the_values_the_place_the_pattern_and_the_rule() -> None:
    (finding,) = findings(flow(stage(yes(), no(clicks=3))))
    assert finding == Finding(
        id="c1_steps",
        level=Level.ERROR,
        message='At "ask" refusing takes 3 clicks, granting 1 click.',
        pattern="obstructing: longer than necessary (EDPB 03/2022)",
        rule="11 CCR 7004(a)(2); 4 CCR 904-3-7.09(A)(1)(b)",
        loc=("stages", 0, "options", 1, "clicks"),
    )


@pytest.mark.parametrize(
    ("case", "name", "level"),
    [
        ("agree or leave", "c5", "error"),
        ("who refuses is muted", "c5", "warning"),
        ("granting stands out", "c7", "warning"),
        ("refusing stands out", "c7 mirrored", "note"),
        ("whether terms reach back is not known", "c14 unknown", "note"),
    ],
)
def test_a_level_is_that_of_the_check_unless_the_finding_is_slight_mirrored_or_not_known(
    case: str, name: str, level: str
) -> None:
    assert only(CASES[case][0], name).level == level


def test_a_finding_is_milder_where_only_the_service_is_at_stake() -> None:
    assert only(flow(stage(yes(grants=SERVE), no(clicks=2))), "c1").level is Level.WARNING
    both = flow(stage(yes(grants={"audio": ["service"], "chat": ["improvement"]}), no(clicks=2)))
    assert only(both, "c1").level is Level.ERROR


def test_leaving_is_not_the_only_way_where_one_may_give_no_answer() -> None:
    silent = option("no_answer", "defer", clicks=0, prominence=0.0)
    finding = only(flow(stage(yes(), option("go", "leave"), silent, default="off")), "c5")
    assert finding.level is Level.WARNING
    assert finding.message == (
        'At "ask" the only option that does not grant audio for training_first_party is "go", '
        "though one may give no answer."
    )


def test_prominence_that_the_file_leaves_out_is_not_known() -> None:
    bare = [{key: value for key, value in part.items() if key != "prominence"} for part in (yes(), no())]
    assert found(flow(stage(*bare))) == ["c7 unknown"]
    assert found(flow(stage(bare[0], no(prominence=0.5)))) == ["c7"]


def test_those_left_out_are_named_by_channel_by_role_or_by_both() -> None:
    def left_out(*whens: Part) -> str:
        asking = [stage(id=f"ask{number}", when=when) for number, when in enumerate(whens)]
        return only(flow(officer(), *asking), "c12").message

    grants = "others grant audio for training_first_party."
    assert left_out({"channels": ["desktop", "mobile"]}) == (
        f"No stage asks or tells people on the phone, people in meeting rooms; {grants}"
    )
    assert left_out({"roles": ["peer", "external"]}) == f"No stage asks or tells subordinates; {grants}"
    everybody_else = {"channels": ["desktop", "mobile", "room"]}
    assert left_out(everybody_else, {"channels": ["phone"], "roles": ["peer", "subordinate"]}) == (
        f"No stage asks or tells externals on the phone; {grants}"
    )


FOUND = {
    "accept_or_leave": "c5, c19 unknown",
    "any_refusal_stops": "c19 unknown",
    "granular_opt_in": "c1 mirrored, c19 unknown",
    "granular_opt_out": "c3, c19 unknown",
    "host_decides": "c2, c5, c9, c19 unknown",
    "notice_only": "c3, c5, c19 unknown",
    "reject_hidden": "c1, c7, c19 unknown",
    "remember_my_choice": "c19 unknown",
    "stay_and_be_excluded": "c19 unknown",
    "two_buttons": "c19 unknown",
    "view_only_until_agreed": "c4, c5, c19 unknown",
    "anthropic_consumer_terms_2025": "c1, c2, c3, c7, c15, c19 unknown",
    "atlassian_data_contribution_2026": "c1, c2, c3, c4, c6, c9, c10 unknown, c14, c16, c18, c19 unknown",
    "dropbox_third_party_ai_2023": "c1, c1 mirrored, c2, c15 mirrored, c19 unknown",
    "fireflies_notetaker": "c1, c2, c4, c9, c11, c19 unknown",
    "google_privacy_policy_jul_2023": ("c2, c3, c4, c6, c9, c10 unknown, c14 unknown, c16 unknown, c18, c19 unknown"),
    "grammarly_product_improvement": "c1, c3, c6, c14 unknown, c19 unknown",
    "linkedin_genai_toggle": "c1 unknown, c2, c3, c13, c14, c19 unknown",
    "linkedin_genai_toggle_2024": "c1, c2, c3, c13, c14, c19 unknown",
    "meet_explicit_consent": "c1 unknown, c2 unknown, c7 unknown, c19 unknown",
    "meet_take_notes_default": "c1 unknown, c1 mirrored, c2, c5, c7 unknown, c9, c11, c19 unknown",
    "meta_ai_brazil_2024": "c1, c3, c14 unknown, c15 mirrored, c19 unknown",
    "meta_ai_eu_objection_2025": "c1, c2, c3, c13, c14, c15 mirrored, c19 unknown",
    "otter_notetaker": (
        "c1 unknown, c2, c3, c4, c6, c7 unknown, c9, c10 unknown, c11, c13 unknown, c14 unknown, c16 unknown, "
        "c19 unknown"
    ),
    "readai_opt_in_training": ("c1, c2, c7 unknown, c9, c11, c13 unknown, c14 unknown, c16 unknown, c19 unknown"),
    "slack_global_models_2024": "c1 unknown, c2, c3, c9, c13 unknown, c14 unknown, c16 unknown, c18, c19 unknown",
    "teams_copilot_ephemeral": "c1 unknown, c2, c7 unknown, c9, c11, c19 unknown",
    "teams_explicit_consent": "c1 mirrored, c5, c7 unknown, c19 unknown",
    "teams_recording_implicit": "c2, c5, c7 unknown, c19 unknown",
    "webex_explicit_consent": "c2 unknown, c5, c7 unknown, c19 unknown",
    "webex_join_implies_consent": "c2, c5, c7 unknown, c19 unknown",
    "x_grok_2024": "c1, c2, c3, c4, c10 unknown, c14 unknown, c18, c19 unknown",
    "zoom_ai_companion_default": (
        "c1 mirrored, c2, c3, c4, c6, c7 unknown, c9, c10 unknown, c13 unknown, c14 unknown, c16 unknown, c19 unknown"
    ),
    "zoom_ai_companion_required_consent": (
        "c1 mirrored, c3, c4, c5, c6, c7 unknown, c9, c10 unknown, c12, c14 unknown, c16 unknown, c19 unknown"
    ),
    "zoom_iq_team_chat_compose_aug_2023": (
        "c1 unknown, c2, c3, c4, c6, c7 unknown, c9, c10 unknown, c10, c11, c13 unknown, c14 unknown, c16 unknown, "
        "c19 unknown"
    ),
    "zoom_iq_trial_aug_2023": (
        "c1 unknown, c2, c3, c4, c5, c6, c7 unknown, c9, c10 unknown, c10, c13 unknown, c14 unknown, c16 unknown, "
        "c19 unknown"
    ),
    "zoom_terms_11_aug_2023": "c2, c3, c4, c6, c9, c10 unknown, c14 unknown, c16 unknown, c18, c19 unknown",
    "zoom_terms_7_aug_2023": (
        "c2, c3, c4, c6, c7 unknown, c9, c10 unknown, c10, c13 unknown, c14 unknown, c16 unknown, c18, c19 unknown"
    ),
    "zoom_tos_join_prompt_2023": (
        "c2, c3, c4, c5, c6, c7 unknown, c10 unknown, c10, c12, c14, c16 unknown, c19 unknown"
    ),
    "zoom_tos_mar_2023": "c2, c3, c4, c6, c9, c10 unknown, c14, c16 unknown, c18, c19 unknown",
}
"""What the checks find in each built-in flow."""

FLAG_OF = {
    "accept_or_leave": "c5",
    "broad_purpose": "c10",
    "bundled_purposes": "c6",
    "channel_gap": "c12",
    "deadline_pressure": "c17",
    "no_inproduct_refusal": "c4",
    "no_withdrawal": "c2",
    "non_user_captured": "c18",
    "paywalled_refusal": "c16",
    "preselected_grant": "c3",
    "re_ask": "c15",
    "retroactive_terms_change": "c14",
    "terms_only_no_prompt": "c18",
    "third_party_decides_for_others": "c9",
    "unequal_clicks": "c1",
    "unequal_prominence": "c7",
}
"""Flags that people gave to real designs after reading about them, and the check that looks for the same."""

FLAGS = {
    "anthropic_consumer_terms_2025": (
        "bundled_purposes deadline_pressure preselected_grant unequal_clicks unequal_prominence"
    ),
    "atlassian_data_contribution_2026": (
        "deadline_pressure paywalled_refusal preselected_grant retroactive_terms_change "
        "third_party_decides_for_others unequal_clicks"
    ),
    "dropbox_third_party_ai_2023": "preselected_grant third_party_decides_for_others unequal_clicks",
    "fireflies_notetaker": "non_user_captured third_party_decides_for_others",
    "google_privacy_policy_jul_2023": "broad_purpose no_inproduct_refusal non_user_captured terms_only_no_prompt",
    "grammarly_product_improvement": "bundled_purposes preselected_grant unequal_clicks",
    "linkedin_genai_toggle": "preselected_grant retroactive_terms_change unequal_clicks",
    "meet_explicit_consent": "",
    "meet_take_notes_default": "third_party_decides_for_others unequal_clicks",
    "meta_ai_brazil_2024": "unequal_clicks",
    "meta_ai_eu_objection_2025": "deadline_pressure non_user_captured re_ask unequal_clicks",
    "otter_notetaker": "bundled_purposes non_user_captured third_party_decides_for_others",
    "readai_opt_in_training": "non_user_captured third_party_decides_for_others",
    "slack_global_models_2024": (
        "no_inproduct_refusal terms_only_no_prompt third_party_decides_for_others unequal_clicks"
    ),
    "teams_copilot_ephemeral": "third_party_decides_for_others",
    "teams_explicit_consent": "",
    "teams_recording_implicit": "accept_or_leave third_party_decides_for_others unequal_clicks",
    "webex_explicit_consent": "channel_gap",
    "webex_join_implies_consent": "accept_or_leave no_withdrawal terms_only_no_prompt",
    "x_grok_2024": "channel_gap preselected_grant terms_only_no_prompt unequal_clicks",
    "zoom_ai_companion_default": "non_user_captured third_party_decides_for_others",
    "zoom_ai_companion_required_consent": "accept_or_leave",
    "zoom_iq_trial_aug_2023": "accept_or_leave bundled_purposes non_user_captured third_party_decides_for_others",
    "zoom_tos_mar_2023": (
        "broad_purpose bundled_purposes no_withdrawal non_user_captured retroactive_terms_change "
        "terms_only_no_prompt third_party_decides_for_others"
    ),
}

_BOT_IS_SEEN = "the bot stands among the participants, which tells of it"

DIFFERING = {
    ("anthropic_consumer_terms_2025", "bundled_purposes"): "the button accepts other terms too, which are no purpose",
    ("anthropic_consumer_terms_2025", "deadline_pressure"): "putting off leads to a question, not to a grant",
    ("atlassian_data_contribution_2026", "deadline_pressure"): "its file is what holds from the day on",
    ("dropbox_third_party_ai_2023", "preselected_grant"): "the switch is for the service alone",
    ("dropbox_third_party_ai_2023", "third_party_decides_for_others"): "what others send of shared files is left out",
    ("fireflies_notetaker", "non_user_captured"): _BOT_IS_SEEN,
    ("linkedin_genai_toggle", "unequal_clicks"): "the actions of its form are not counted",
    ("meet_take_notes_default", "unequal_clicks"): "the clicks to stop the notes are not counted",
    ("meta_ai_eu_objection_2025", "deadline_pressure"): "the last day was for past posts; silence grants after it too",
    ("meta_ai_eu_objection_2025", "non_user_captured"): "people shown in posts of others are left out",
    ("meta_ai_eu_objection_2025", "re_ask"): "the objection of 2024, which did not last, is not in its file",
    ("otter_notetaker", "non_user_captured"): _BOT_IS_SEEN,
    ("readai_opt_in_training", "non_user_captured"): _BOT_IS_SEEN,
    ("slack_global_models_2024", "no_inproduct_refusal"): "an e-mail is a way to refuse, if outside the product",
    ("slack_global_models_2024", "unequal_clicks"): "the actions of an e-mail are not counted",
    ("teams_recording_implicit", "third_party_decides_for_others"): "participants are asked, if only by staying",
    ("teams_recording_implicit", "unequal_clicks"): "leaving is no way to refuse while staying",
    ("webex_explicit_consent", "channel_gap"): "callers and rooms are told, if not asked",
    ("webex_join_implies_consent", "terms_only_no_prompt"): "participants grant for themselves, by joining",
    ("x_grok_2024", "channel_gap"): "nobody is told, whatever the channel",
    ("google_privacy_policy_jul_2023", "broad_purpose"): "its file does not give the policy's text",
    ("zoom_tos_mar_2023", "broad_purpose"): "its file does not give the terms' text",
    ("zoom_ai_companion_default", "non_user_captured"): "guests have no account, and get a notice all the same",
    ("zoom_iq_trial_aug_2023", "non_user_captured"): "guests have no account, and get a notice all the same",
}
"""Flags that the check does not confirm, and why."""


@cache
def built_in(name: str) -> Flow:
    return library.flow(name)


@pytest.mark.parametrize("name", library.builtin("flow"))
def test_the_findings_in_a_built_in_flow_are_those_expected(name: str) -> None:
    assert found(built_in(name)) == names(FOUND[name])


@pytest.mark.parametrize("name", FLAGS)
def test_a_flag_given_by_a_reader_is_found_by_the_check_for_it(name: str) -> None:
    flags = FLAGS[name].split()
    confirmed = {flag for flag in flags if FLAG_OF[flag] in found(built_in(name))}
    assert confirmed == {flag for flag in flags if (name, flag) not in DIFFERING}


@pytest.mark.parametrize("name", library.builtin("flow"))
def test_every_finding_in_a_built_in_flow_stands_at_a_line_of_its_own_part(name: str) -> None:
    document = read(library.builtin("flow")[name])
    for finding in findings(built_in(name)):
        whole_file = finding.loc[0] != "stages" and finding.loc[0] not in document.value
        assert (document.line(finding.loc) == 1) is whole_file


@given(flows())
def test_the_checks_take_any_flow_that_the_loader_takes(made: Flow) -> None:
    for finding in findings(made):
        assert finding.message.endswith(".")
        part: object = made.model_dump(mode="json")
        for step in finding.loc:
            assert step in part if isinstance(part, dict) else int(step) < len(part)  # type: ignore[arg-type]
            part = part[step]  # type: ignore[index]


@given(flows())
def test_a_repaired_flow_is_a_flow_without_the_finding(made: Flow) -> None:
    for finding in findings(made):
        done = repair(made, finding)
        assert done.says
        if done.flow is not None:
            assert problems(Flow.model_validate(done.flow.model_dump())) == []
            assert finding.message not in {left.message for left in findings(done.flow)}


def test_what_is_not_known_cannot_be_switched_off() -> None:
    made = flow(paid_refusal=None)
    assert repair(made, only(made, "c16 unknown")).flow is None


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda definition: definition.id)
def test_the_page_has_the_definition_of_each_check(definition: object) -> None:
    index = next(number for number, known in enumerate(DEFINITIONS) if known is definition)
    known = DEFINITIONS[index]
    mirror = f"Mirror image: {known.mirror}" if known.mirror else ""
    expected = f"""
        {known.says}
        {mirror}
        - Level: {known.level.value}. {known.why}
        - Pattern: {known.pattern}
        - Rule: {known.rule}
    """
    written = re.search(rf"^## `{known.id}`: {re.escape(known.title)}\n(.*?)(?=^## )", PAGE, re.MULTILINE | re.DOTALL)
    assert written, f"no section on {known.id}"
    assert written[1].split() == dedent(expected).split()


def test_the_page_has_the_checks_in_their_order_and_no_others() -> None:
    assert re.findall(r"^## `(c\d+_\w+)`", PAGE, re.MULTILINE) == [definition.id for definition in DEFINITIONS]
