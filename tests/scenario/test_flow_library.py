"""The built-in flows: sourced, and the reference designs differ only in what they are about."""

from __future__ import annotations

from functools import cache

import pytest

from simulator.scenario import library, stage_facts
from simulator.scenario.flow import Flow, Stage
from simulator.scenario.load import load_flow
from simulator.scenario.vocabulary import Actor, DataCategory, Known, Purpose, Refusal

FILES = library.builtin("flow")
REFERENCE = [name for name, path in FILES.items() if path.parent.name == "reference"]
REAL = [name for name, path in FILES.items() if path.parent.name == "real"]

PROMISED_REFERENCE = {
    "accept_or_leave",
    "any_refusal_stops",
    "granular_opt_in",
    "granular_opt_out",
    "host_decides",
    "notice_only",
    "reject_hidden",
    "remember_my_choice",
    "stay_and_be_excluded",
    "two_buttons",
    "view_only_until_agreed",
}
PROMISED_REAL = {
    "anthropic_consumer_terms_2025",
    "atlassian_data_contribution_2026",
    "dropbox_third_party_ai_2023",
    "fireflies_notetaker",
    "google_privacy_policy_jul_2023",
    "grammarly_product_improvement",
    "linkedin_genai_toggle",
    "linkedin_genai_toggle_2024",
    "meet_explicit_consent",
    "meet_take_notes_default",
    "meta_ai_brazil_2024",
    "meta_ai_eu_objection_2025",
    "otter_notetaker",
    "readai_opt_in_training",
    "slack_global_models_2024",
    "teams_copilot_ephemeral",
    "teams_explicit_consent",
    "teams_recording_implicit",
    "webex_explicit_consent",
    "webex_join_implies_consent",
    "x_grok_2024",
    "zoom_ai_companion_default",
    "zoom_ai_companion_required_consent",
    "zoom_iq_team_chat_compose_aug_2023",
    "zoom_iq_trial_aug_2023",
    "zoom_terms_11_aug_2023",
    "zoom_terms_7_aug_2023",
    "zoom_tos_join_prompt_2023",
    "zoom_tos_mar_2023",
}

UNEQUAL = {
    "notice_only": "nobody has to answer, so that staying takes no click and leaving takes one",
    "reject_hidden": "it is about a refusal that stands out less and takes two more clicks",
}
"""Reference designs whose options are not equal, and why."""

SERVICE_ALONE = {
    "dropbox_third_party_ai_2023",
    "fireflies_notetaker",
    "meet_explicit_consent",
    "meet_take_notes_default",
    "teams_copilot_ephemeral",
    "teams_explicit_consent",
    "teams_recording_implicit",
    "webex_explicit_consent",
    "webex_join_implies_consent",
    "zoom_ai_companion_default",
    "zoom_ai_companion_required_consent",
    "zoom_terms_11_aug_2023",
}
"""Real flows that process content for the service alone."""

MEETING_PRODUCTS = {
    "Fireflies.ai",
    "Google",  # its policy of July 2023 is applied to public broadcasts of meetings
    "Google Meet",
    "Microsoft Teams",
    "Otter.ai",
    "Read AI",
    "Webex",
    "Zoom",
}

DAY_NOT_RECORDED = {
    "https://citylife.capetown/ai/fact-focus-zoom-says-it-isnt-training-ai-on-calls-without-consent-but-other-data-is-fair-game-2/335275/",
    "https://community.zoom.com/t5/Zoom-AI-Companion/Can-the-host-stop-participants-from-using-AI-Companion/m-p/181302/highlight/true",
    "https://confluence.esg.wsu.edu/display/KB/Zoom+-+Terms+of+Service+Explained",
    "https://github.com/OpenTermsArchive/contrib-versions/blob/00d4131fd11b0a20417c9b65bcc2b40f1528dd2f/Zoom/Terms%20of%20Service.md",
    "https://support.cwi.edu/TDClient/30/Portal/KB/ArticleDet?ID=358",
    "https://td.usnh.edu/TDClient/60/Portal/KB/PrintArticle?ID=5030",
    "https://tedprodromou.com/zooms-ai-policy-uproar-what-you-need-to-know/",
    "https://wiki.agc.wuaze.com/https-news.ycombinator.com/item?id=37034980",
    "https://www.elevenforum.com/t/zoom-updated-terms-of-service-to-train-ai-using-customer-data.17000/latest",
    "https://www.thestreet.com/technology/zooms-latest-move-may-make-you-reconsider-using-the-service",
    "https://zlacker.nvlled.com/item/discussion?id=37034910&tid=37021160",
}  # fmt: skip
"""Addresses that were read when the files were first written, without a note of the day."""

CONTENT = frozenset(DataCategory) - {DataCategory.TELEMETRY}


@cache
def flow(name: str) -> Flow:
    return load_flow(FILES[name])


def question(name: str) -> Stage:
    """The one stage that asks participants in a reference design."""
    (stage,) = (stage for stage in flow(name).stages if stage.actor is Actor.PARTICIPANT)
    return stage


def differing(first: str, second: str) -> set[str]:
    """Keys in which two flows differ, those of their question dotted; what names and explains a file left out."""
    found = set()
    for one, other, place in ((flow(first), flow(second), ""), (question(first), question(second), "ask.")):
        ours, theirs = one.model_dump(), other.model_dump()
        found |= {f"{place}{key}" for key in ours if ours[key] != theirs[key]}
    return found - {"id", "title", "question", "summary", "sources", "stages"}


def test_every_promised_design_is_there() -> None:
    assert set(REFERENCE) >= PROMISED_REFERENCE
    assert set(REAL) >= PROMISED_REAL


@pytest.mark.parametrize("name", FILES)
def test_a_flow_loads_and_is_named_after_its_id(name: str) -> None:
    assert flow(name).id == name


@pytest.mark.parametrize("name", FILES)
def test_what_a_flow_would_answer_is_put_as_a_question(name: str) -> None:
    assert flow(name).question.endswith("?")


@pytest.mark.parametrize("name", FILES)
def test_no_flow_gives_data_to_others_for_their_training(name: str) -> None:
    assert not stage_facts.sought(flow(name), Purpose.TRAINING_THIRD_PARTY)


def test_every_refusal_is_what_some_flow_is_about() -> None:
    assert {flow(name).refusal for name in FILES} == set(Refusal)


@pytest.mark.parametrize("name", REFERENCE)
def test_a_reference_design_belongs_to_no_product_and_says_so(name: str) -> None:
    assert flow(name).product is None
    assert {source.known for source in flow(name).sources} == {Known.ASSUMPTION}
    assert "reference design" in flow(name).sources[0].supports


@pytest.mark.parametrize("name", REFERENCE)
def test_participants_of_a_reference_design_meet_one_stage_named_ask(name: str) -> None:
    assert question(name).id == "ask"


@pytest.mark.parametrize("name", REFERENCE)
def test_a_reference_design_seeks_all_content_for_first_party_training_and_nothing_else(name: str) -> None:
    sought = {purpose: stage_facts.sought(flow(name), purpose) for purpose in Purpose}
    assert sought == {purpose: CONTENT if purpose is Purpose.TRAINING_FIRST_PARTY else set() for purpose in Purpose}


@pytest.mark.parametrize("name", REFERENCE)
def test_a_reference_question_says_what_for_what_and_how_to_take_it_back(name: str) -> None:
    text = question(name).text
    named = {category for category in CONTENT if category.value.replace("_", " ") in text}
    assert named == CONTENT
    assert "to train its own AI models" in text
    assert "back at any time with one click" in text


@pytest.mark.parametrize("name", REFERENCE)
def test_reference_questions_are_about_as_long_as_each_other(name: str) -> None:
    assert 45 <= len(question(name).text.split()) <= 65


@pytest.mark.parametrize("name", sorted(set(REFERENCE) - UNEQUAL.keys()))
def test_the_options_of_a_neutral_design_are_equally_prominent_and_equally_far(name: str) -> None:
    for stage in flow(name).stages:
        assert {(option.prominence, option.clicks) for option in stage.options} == {(1.0, 1)}


@pytest.mark.parametrize("name", UNEQUAL)
def test_a_design_that_is_excepted_from_equality_needs_to_be(name: str) -> None:
    assert len({(option.prominence, option.clicks) for option in question(name).options}) > 1


@pytest.mark.parametrize("name", REFERENCE)
def test_what_a_reference_design_granted_is_withdrawn_with_one_click_by_whoever_granted_it(name: str) -> None:
    decider = flow(name).stages[0].actor
    withdrawal = flow(name).withdrawal
    assert (withdrawal.actor, withdrawal.clicks, withdrawal.retroactive) == (decider, 1, True)


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("stay_and_be_excluded", {"capture"}),
        ("remember_my_choice", {"ask.text", "ask.remember"}),
        ("reject_hidden", {"ask.options"}),
        ("accept_or_leave", {"ask.text", "ask.options", "refusal"}),
        ("any_refusal_stops", {"ask.text", "ask.options", "refusal"}),
        ("view_only_until_agreed", {"ask.text", "ask.options", "ask.default", "refusal"}),
        ("granular_opt_in", {"ask.text", "ask.options", "ask.toggles"}),
    ],
)
def test_a_design_differs_from_two_buttons_only_in_what_it_is_about(name: str, keys: set[str]) -> None:
    assert differing("two_buttons", name) == keys


def test_the_granular_designs_differ_only_in_how_the_toggles_stand() -> None:
    assert differing("granular_opt_in", "granular_opt_out") == {"ask.toggles"}
    off, on = (
        [toggle.model_dump() for toggle in question(name).toggles] for name in ("granular_opt_in", "granular_opt_out")
    )
    assert [toggle | {"default": "on"} for toggle in off] == on


@pytest.mark.parametrize("name", REAL)
def test_a_real_flow_names_its_product_and_where_that_was_published(name: str) -> None:
    assert flow(name).product
    assert any(source.url and source.known is Known.PUBLISHED for source in flow(name).sources)


@pytest.mark.parametrize("name", REAL)
def test_what_a_real_flow_calls_published_has_an_address(name: str) -> None:
    assert all(source.url for source in flow(name).sources if source.known is Known.PUBLISHED)


@pytest.mark.parametrize("name", REAL)
def test_the_day_on_which_an_address_was_read_is_recorded(name: str) -> None:
    addresses = {source.url: source.accessed for source in flow(name).sources if source.url}
    assert {url for url, day in addresses.items() if day is None} <= DAY_NOT_RECORDED
    assert any(addresses.values())


def test_no_address_is_excepted_that_has_its_day() -> None:
    undated = {source.url for name in REAL for source in flow(name).sources if source.accessed is None}
    assert undated >= DAY_NOT_RECORDED


@pytest.mark.parametrize("name", REAL)
def test_a_design_that_is_about_no_meeting_says_which_data_of_a_meeting_stand_for_its_own(name: str) -> None:
    about_meetings = flow(name).product in MEETING_PRODUCTS
    assert ("here as the meeting's" in flow(name).summary) is not about_meetings


@pytest.mark.parametrize("name", REAL)
def test_a_real_flow_names_as_unknown_each_number_that_it_assumes(name: str) -> None:
    unknowns = " ".join(flow(name).unknowns)
    assumed = {flow(name).assumes.clicks, flow(name).assumes.withdrawal_clicks} - {None}
    assert unknowns
    assert all(f" {number} " in unknowns for number in assumed)


@pytest.mark.parametrize("name", REAL)
def test_a_real_flow_assumes_only_what_it_leaves_open(name: str) -> None:
    uncounted = any(option.clicks is None for stage in flow(name).stages for option in stage.options)
    withdrawal, assumes = flow(name).withdrawal, flow(name).assumes
    open_clicks = withdrawal.actor is not None and withdrawal.clicks is None
    assert (assumes.clicks is not None) == uncounted
    assert (assumes.withdrawal_clicks is not None) == open_clicks


@pytest.mark.parametrize("name", REAL)
def test_a_real_flow_seeks_training_on_content_unless_it_is_for_the_service_alone(name: str) -> None:
    content = stage_facts.sought(flow(name), Purpose.TRAINING_FIRST_PARTY) & CONTENT
    assert (not content) == (name in SERVICE_ALONE)


@pytest.mark.parametrize("name", [name for name in REAL if name.startswith("zoom_")])
def test_telemetry_stays_outside_every_promise_of_zoom(name: str) -> None:
    assert DataCategory.TELEMETRY in stage_facts.sought(flow(name), Purpose.TRAINING_FIRST_PARTY)
