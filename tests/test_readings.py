"""What docs/readings claims holds: a change of model or rule that makes a page false fails here.

Each test is a claim of the page in its name, at fewer meetings than the page shows. Where a claim is that one flow has
more than another, the paired interval of the difference must exclude 0.
"""

from __future__ import annotations

import datetime
import re
import sys
from functools import cache
from pathlib import Path

import pytest

from simulator.analysis.comparison import Comparison
from simulator.analysis.estimates import Estimate
from simulator.analysis.outcomes import FlowOutcomes, paired_difference
from simulator.api import compare
from simulator.rules.ledger import Row
from simulator.scenario import library
from simulator.scenario.vocabulary import DataCategory

READINGS = Path(__file__).resolve().parents[1] / "docs/readings"
PAGES = sorted(page for page in READINGS.glob("*.md") if page.stem != "README")
PEOPLE = 30_000
UNCHANGED_LAW = {"EU", "DE", "UK", "US-CA", "US-IL", "US-1P", "IN"}
"""Places whose rules are the same on all of the Zoom scenario's days of 2023."""


@cache
def result(
    scenario: str,
    category: DataCategory | None = None,
    date: datetime.date | None = None,
    veto: bool | None = None,
) -> Comparison:
    """The scenario's own flows, on the page's seed."""
    return compare(scenario=scenario, category=category, date=date, company_veto=veto, participants=PEOPLE, seed=2023)


def flow(of: Comparison, name: str) -> FlowOutcomes:
    return next(found for found in of.flows if found.flow.id == name)


def value(of: Comparison, name: str, outcome: str) -> float:
    return known(flow(of, name).share(outcome, of.category))


def place(of: Comparison, name: str, by: str, part: str, outcome: str) -> float:
    return known(flow(of, name).cells(by)[part].share(outcome))


def known(estimate: Estimate) -> float:
    assert estimate.value is not None
    return estimate.value


def more(of: Comparison, outcome: str, this: str, that: str) -> bool:
    """Whether one flow has more of an outcome than another, beyond the paired interval."""
    low = paired_difference(flow(of, this), flow(of, that), outcome, of.category).low
    return low is not None and low > 0


def beyond(of: Comparison, this: str, that: str) -> bool:
    """Whether what is lawful at least under one flow is more than what is lawful at most under another."""
    low, high = (
        flow(of, this).share("lawful", of.category).low,
        flow(of, that).share("lawful_lenient", of.category).high,
    )
    assert low is not None
    assert high is not None
    return low > high


def test_every_reading_runs_a_scenario_of_its_name_has_a_test_and_is_in_the_list() -> None:
    names = [page.stem for page in PAGES]
    listed = re.findall(r"\]\((\w+)\.md\)", (READINGS / "README.md").read_text(encoding="utf-8"))
    assert sorted(listed) == names
    assert set(names) <= set(library.builtin("scenario"))
    tests = [name for name in vars(sys.modules[__name__]) if name.startswith("test_")]
    assert [name for name in names if not any(test.startswith(f"test_{name}_") for test in tests)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_reading_opens_with_the_question_of_its_scenario_and_shows_its_run(page: Path) -> None:
    text = " ".join(page.read_text(encoding="utf-8").split())
    assert f"*{library.scenario(page.stem).question}*" in text
    assert f"$ joinlab run {page.stem} --seed 2023" in text


OVER_CONTENT = (
    "zoom_tos_mar_2023",
    "zoom_tos_join_prompt_2023",
    "zoom_terms_7_aug_2023",
    "zoom_iq_trial_aug_2023",
)
NOT_AT_ALL = ("zoom_terms_11_aug_2023", "zoom_ai_companion_default", "zoom_ai_companion_required_consent")


def test_zoom_2023_claims_speech_until_11_august_and_telemetry_throughout() -> None:
    speech, telemetry = result("zoom_2023"), result("zoom_2023", DataCategory.TELEMETRY)
    assert all(value(speech, name, "claimed") > 0.9 for name in OVER_CONTENT)
    assert all(value(speech, name, "claimed") == 0 for name in NOT_AT_ALL)
    assert all(value(telemetry, found.flow.id, "claimed") > 0.9 for found in telemetry.flows)


def test_zoom_2023_loses_much_to_the_law_and_less_where_people_click() -> None:
    speech = result("zoom_2023")
    assert all(value(speech, name, "lawful_lenient") < 0.75 for name in OVER_CONTENT)
    assert more(speech, "lawful", "zoom_iq_trial_aug_2023", "zoom_terms_7_aug_2023")
    rules = {item.rule.split(".")[1] for item in flow(speech, "zoom_iq_trial_aug_2023").void_by_rule(speech.category)}
    assert any(rule.endswith("_forced") for rule in rules)


def test_zoom_2023_has_less_that_stands_in_august_than_in_march_and_only_by_japans_rule() -> None:
    speech = result("zoom_2023")
    march, august = "zoom_tos_mar_2023", "zoom_terms_7_aug_2023"
    assert value(speech, march, "claimed") == value(speech, august, "claimed")
    assert more(speech, "lawful", march, august)
    lawful = {
        name: {code: known(cell.share("lawful")) for code, cell in flow(speech, name).cells("jurisdiction").items()}
        for name in (march, august)
    }
    assert {code for code in lawful[march] if lawful[march][code] == lawful[august][code]} == UNCHANGED_LAW
    assert lawful[march]["JP"] > 0.3
    assert lawful[august]["JP"] == 0


def test_zoom_2023_takes_less_chat_where_composing_starts_than_in_the_meeting() -> None:
    chat = result("zoom_2023", DataCategory.CHAT)
    assert value(chat, "zoom_iq_team_chat_compose_aug_2023", "claimed") > 0
    assert value(chat, "zoom_iq_team_chat_compose_aug_2023", "claimed") < value(chat, OVER_CONTENT[-1], "claimed") / 2


def test_eight_places_makes_the_same_clicks_nothing_everything_or_unsettled() -> None:
    places = result("eight_places")
    claimed = [known(cell.share("claimed")) for cell in flow(places, "accept_or_leave").cells("jurisdiction").values()]
    assert max(claimed) - min(claimed) < 0.03
    lawful = {
        code: (known(cell.share("lawful")), known(cell.share("lawful_lenient")))
        for code, cell in flow(places, "accept_or_leave").cells("jurisdiction").items()
    }
    assert {code for code, ends in lawful.items() if ends == (0, 0)} == {"DE", "UK", "CA-QC"}
    assert {code for code, (low, high) in lawful.items() if low == 0 and high > 0.85} == {"BR", "US-CA", "JP"}
    assert {code for code, (low, _) in lawful.items() if low > 0.85} == {"US-1P", "IN"}


def test_eight_places_has_about_half_or_more_everywhere_with_two_buttons_and_more_in_all() -> None:
    places = result("eight_places")
    cells = flow(places, "two_buttons").cells("jurisdiction")
    assert min(known(cell.share("lawful")) for cell in cells.values()) > 0.4
    assert beyond(places, "two_buttons", "accept_or_leave")
    one_party = {
        found: place(places, found, "jurisdiction", "US-1P", "lawful") for found in ("two_buttons", "accept_or_leave")
    }
    assert one_party["two_buttons"] < one_party["accept_or_leave"]
    own = [item for item in flow(places, "two_buttons").void_by_rule(places.category) if item.rule.startswith("de.")]
    assert own[0].rule.endswith("power_gap")


def test_eight_places_changes_for_india_with_its_new_act() -> None:
    later = result("eight_places", date=datetime.date(2027, 6, 1))
    assert place(later, "accept_or_leave", "jurisdiction", "IN", "lawful_lenient") == 0


def test_confidential_meeting_gives_much_away_that_few_want_and_nothing_under_the_veto() -> None:
    without, veto = result("confidential_meeting"), result("confidential_meeting", veto=True)
    assert value(without, "two_buttons", "lawful") > 2 * value(without, "two_buttons", "wanted")
    for found in veto.flows:
        assert value(veto, found.flow.id, "lawful_lenient") == 0
        assert value(veto, found.flow.id, "claimed") == value(without, found.flow.id, "claimed")
        assert [item.rule for item in found.void_by_rule(veto.category)] == ["overlay.trade_secret"]


def test_lecture_keeps_less_of_what_students_say_and_less_on_the_strict_reading_by_the_gentler_way() -> None:
    speech = result("lecture")
    for name in ("accept_or_leave", "stay_and_be_excluded"):
        assert place(speech, name, "role", "peer", "lawful") < 0.8 * place(speech, name, "role", "host", "lawful")
    produced = {row: flow(speech, "accept_or_leave").ledger(speech.category).row(row) for row in (Row.VOID, Row.KEPT)}
    assert all(produced.values())
    assert more(speech, "lawful", "accept_or_leave", "view_only_until_agreed")
    assert more(speech, "lawful_lenient", "view_only_until_agreed", "accept_or_leave")
    narrow = [value(speech, "stay_and_be_excluded", outcome) for outcome in ("lawful", "lawful_lenient")]
    assert narrow[1] - narrow[0] < 0.05


def test_lecture_loses_more_of_the_picture_and_a_good_part_of_it_to_the_rule_on_students_records() -> None:
    speech, video = result("lecture"), result("lecture", DataCategory.VIDEO)
    for name in ("accept_or_leave", "stay_and_be_excluded"):
        assert value(video, name, "lawful") < value(speech, name, "lawful") - 0.1
    found = flow(video, "stay_and_be_excluded")
    first = found.void_by_rule(video.category)[0]
    assert first.rule == "overlay.ferpa"
    assert first.amount > 0.15 * found.ledger(video.category).claimed


def test_telehealth_leaves_nothing_lawful_however_one_asks() -> None:
    visits = result("telehealth")
    for found in visits.flows:
        assert value(visits, found.flow.id, "claimed") > value(visits, found.flow.id, "lawful_lenient") == 0
        rules = {item.rule for item in found.void_by_rule(visits.category)}
        assert rules == {"overlay.hipaa", "overlay.medical_secrecy"}
    assert value(visits, "accept_or_leave", "claimed") > 0.9
    assert value(visits, "accept_or_leave", "left") < 0.05
    assert value(visits, "granular_opt_in", "claimed") < 0.1
    assert more(visits, "overreach", "accept_or_leave", "two_buttons")
    assert more(visits, "overreach", "two_buttons", "granular_opt_in")


def test_public_webinars_is_all_claimed_by_a_policy_of_which_asking_leaves_more() -> None:
    webinar, policy = result("public_webinars"), "google_privacy_policy_jul_2023"
    assert value(webinar, policy, "claimed") == 1
    assert beyond(webinar, "two_buttons", policy)
    assert beyond(webinar, "two_buttons", "notice_only")
    assert value(webinar, policy, "wanted") < 0.5 < value(webinar, policy, "overreach")
    assert all(
        value(webinar, policy, "wanted") > value(result(page.stem), result(page.stem).flows[0].flow.id, "wanted")
        for page in PAGES
        if page.stem != "public_webinars"
    )


def test_public_webinars_stands_by_place_and_loses_by_the_one_sound_track() -> None:
    webinar, policy = result("public_webinars"), "google_privacy_policy_jul_2023"
    ends = {
        code: (known(cell.share("lawful")), known(cell.share("lawful_lenient")))
        for code, cell in flow(webinar, policy).cells("jurisdiction").items()
    }
    assert all(ends[code] == (0, 0) for code in ("EU", "DE"))
    assert all(ends[code][0] == 0 < ends[code][1] for code in ("UK", "US-CA", "JP"))
    assert 0.2 < ends["US-1P"][0] < 0.9
    assert sum(item.mixed for item in flow(webinar, policy).void_by_rule(webinar.category)) > 0


def test_board_meeting_loses_the_same_part_to_its_secrets_under_every_design() -> None:
    board = result("board_meeting")
    secret = {}
    for found in board.flows:
        claimed = found.ledger(board.category).claimed
        rules = found.void_by_rule(board.category)
        secret[found.flow.id] = sum(item.amount for item in rules if item.rule.startswith("overlay.")) / claimed
    assert min(secret.values()) > 0.25
    assert max(secret.values()) - min(secret.values()) < 0.1
    two = flow(board, "two_buttons")
    void = two.ledger(board.category).row(Row.VOID)
    assert secret["two_buttons"] * two.ledger(board.category).claimed > 0.8 * void
    assert two.void_by_rule(board.category)[0].rule == "overlay.inside_information"


def test_board_meeting_has_most_that_stands_with_two_buttons_and_little_with_a_veto_for_everybody() -> None:
    board = result("board_meeting")
    assert more(board, "claimed", "accept_or_leave", "two_buttons")
    assert beyond(board, "two_buttons", "accept_or_leave")
    assert value(board, "any_refusal_stops", "claimed") < 0.5 * value(board, "two_buttons", "claimed")
    assert more(board, "missed", "any_refusal_stops", "two_buttons")
    assert value(board, "two_buttons", "lawful") > 2 * value(board, "two_buttons", "wanted")
    veto = result("board_meeting", veto=True)
    assert all(value(veto, found.flow.id, "lawful_lenient") == 0 for found in veto.flows)


def test_switches_off_brings_in_less_that_is_lawful_and_less_that_is_wanted() -> None:
    everyday = result("switches_off")
    for other in ("accept_or_leave", "two_buttons"):
        assert beyond(everyday, other, "granular_opt_in")
    for other in ("accept_or_leave", "two_buttons", "granular_opt_out"):
        # All flows meet the same wants: who misses less has more of what is wanted.
        assert more(everyday, "missed", "granular_opt_in", other)
        assert value(everyday, other, "overreach") > value(everyday, other, "wanted")
        assert more(everyday, "overreach", other, "granular_opt_in")
    assert value(everyday, "accept_or_leave", "missed") < 0.1 * value(everyday, "accept_or_leave", "wanted")
    assert value(everyday, "granular_opt_in", "missed") > 0.5 * value(everyday, "granular_opt_in", "wanted")


def test_switches_off_is_about_where_the_switches_start() -> None:
    everyday = result("switches_off")
    assert value(everyday, "granular_opt_out", "claimed") > 0.5 > 5 * value(everyday, "granular_opt_in", "claimed")
    assert value(everyday, "granular_opt_out", "lawful") < 0.05


def test_switches_off_still_beats_force_where_consent_must_be_free() -> None:
    everyday = result("switches_off")
    for code in ("EU", "DE", "UK"):
        assert place(everyday, "accept_or_leave", "jurisdiction", code, "lawful_lenient") == 0
        assert place(everyday, "granular_opt_in", "jurisdiction", code, "lawful") > 0
