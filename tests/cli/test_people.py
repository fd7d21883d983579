"""`joinlab people` and `joinlab explain`: the people of a run, one by one."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from simulator.api import prepare
from simulator.behaviour.choice import Chooser, fixed_terms, terms
from simulator.engine.people import participant_at
from simulator.engine.run import make_plan
from simulator.scenario import library
from simulator.text.explain_steps import TERMS, largest_difference
from tests.cli.command import joinlab, lines, process

FLOWS = list(library.builtin("flow"))


def flat(text: str) -> str:
    return " ".join(text.split())


def test_as_many_people_are_shown_as_asked_for_counted_from_the_first() -> None:
    numbers = [line.split()[0] for line in lines(joinlab("people", "-n", "5", "--first", "12").out)]
    assert [word for word in numbers if word.isdigit()] == ["12", "13", "14", "15", "16"]


def test_the_same_seed_shows_the_same_people_and_another_others() -> None:
    shown = joinlab("people", "-n", "3", "--seed", "4")
    assert (shown.code, shown.err) == (0, "")
    assert joinlab("people", "-n", "3", "--seed", "4").out == shown.out
    assert joinlab("people", "-n", "3", "--seed", "0").out != shown.out


def test_where_one_starts_does_not_change_who_somebody_is() -> None:
    def block(text: str, number: int) -> list[str]:
        found = [line.split() for line in lines(text)]
        start = next(place for place, words in enumerate(found) if words[0] == str(number))
        return found[start][1:4]

    all_of_them = joinlab("people", "-n", "6", "--seed", "3").out
    assert block(joinlab("people", "-n", "1", "--first", "5", "--seed", "3").out, 5) == block(all_of_them, 5)


@pytest.mark.parametrize("number", [1, 2, 3, 40])
def test_explain_tells_of_the_person_that_people_shows(number: int) -> None:
    plan = make_plan(prepare(["two_buttons"]))
    meeting, person = participant_at(plan, 9, number)
    text = flat(joinlab("explain", "two_buttons", "--participant", str(number), "--seed", "9").out)
    assert text.startswith(f"Participant {number}: ")
    assert f", {person.age}" in text
    assert f"in {person.code}, by {person.channel.value}." in text
    assert f"{len(meeting.people)} people" in text
    shown = flat(joinlab("people", "--first", str(number), "-n", "1", "--seed", "9").out)
    name = re.match(rf"Participant {number}: (.+?), {person.age}", text)
    assert name is not None
    assert name[1].split()[0] in shown


@pytest.mark.parametrize("flow", FLOWS)
def test_explain_says_of_every_flow_what_was_weighed_and_what_became_of_the_data(flow: str) -> None:
    done = joinlab("explain", flow, "--participant", "5")
    assert (done.code, done.err) == (0, "")
    assert f"{flow}: " in done.out
    assert "-> " in done.out
    assert "not legal advice" in flat(done.out)
    assert max(len(line) for line in lines(done.out)) <= 80


def test_explain_follows_the_same_person_through_several_flows() -> None:
    text = joinlab("explain", "accept_or_leave", "two_buttons", "granular_opt_in", "--participant", "7").out
    starts = [line.split(":")[0] for line in lines(text) if re.match(r"\w+: ", line)]
    assert [name for name in starts if name in FLOWS] == ["accept_or_leave", "two_buttons", "granular_opt_in"]
    alone = joinlab("explain", "two_buttons", "--participant", "7").out

    def part(whole: str) -> list[str]:
        found = lines(whole)
        start = next(place for place, line in enumerate(found) if line.startswith("two_buttons: "))
        return found[start : found.index("", start)]

    assert part(text) == part(alone)


def test_the_reason_is_the_largest_difference_to_the_strongest_other_option() -> None:
    # Prominence speaks for both options alike; what leaving costs is what sets them apart.
    text = flat(joinlab("explain", "host_decides", "--participant", "12").out)
    assert (
        "ok, probability 99.2 % prominence +0.80, clicks -0.32, habit +0.07, first -0.02; in all +0.53 "
        "leave, probability 0.8 % stake -4.79, prominence +0.80, clicks -0.32; in all -4.31 "
        "What decided: ok was ahead of leave, most of all by stake, +4.79 against leave. "
        'They took ok ("OK").'
    ) in text


def test_a_difference_counts_what_speaks_against_the_other_option() -> None:
    assert largest_difference({"prominence": 0.8, "habit": 0.5}, {"prominence": 0.8, "stake": -4.8}) == ("stake", 4.8)
    assert largest_difference({}, {}) == ("", 0.0)


def test_where_the_less_likely_was_taken_chance_is_said_to_have_decided() -> None:
    said = (
        r"Chance decided: the draw [\d.]+ fell to (\w+), though (\w+) was likelier, most of all by \w+, "
        r'\+[\d.]+ against \1\. They took \1 \("[^"]+"\)\.'
    )
    texts = (flat(joinlab("explain", "two_buttons", "--participant", str(number)).out) for number in range(1, 61))
    found = next(match for match in (re.search(said, text) for text in texts) if match)
    assert found.group(1) != found.group(2)


def test_who_decides_for_everybody_is_told_with_all_options_and_their_terms() -> None:
    text = flat(joinlab("explain", "host_decides", "--participant", "12").out)
    assert "host_share: when the meeting is planned, the host for everybody The host gave it " in text
    assert re.search(r" share, probability [\d.]+ % habit \+[\d.]+, .*do_not_share, probability [\d.]+ % ", text)
    assert re.search(r"The host took \w+ \(", text)


def test_switches_are_told_with_their_terms() -> None:
    text = flat(joinlab("explain", "granular_opt_in", "--participant", "7").out)
    assert re.search(r"audio \[ \] off, probability of on [\d.]+ % habit -[\d.]+, preselection -[\d.]+, ", text)


def test_what_is_granted_for_another_use_is_not_said_to_be_asked_for_this_one() -> None:
    text = flat(joinlab("explain", "meet_explicit_consent", "--participant", "7").out)
    assert 'They took consent ("Consent"). That grants audio, video, transcript for service.' in text
    assert "the flow never asks this person for it, for training the provider's models (consent unknown)." in text


def test_a_verdict_says_what_each_reading_makes_of_it() -> None:
    text = flat(joinlab("explain", "google_privacy_policy_jul_2023", "--scenario", "public_webinars").out)
    assert "policy: in the account, the provider for everybody Nobody is asked. Its default holds, which is yes" in text
    strict = flat(joinlab("explain", "accept_or_leave", "--participant", "12", "--reading", "strict").out)
    both = flat(joinlab("explain", "accept_or_leave", "--participant", "12").out)
    assert "on either reading" not in strict
    assert "claimed, but void on either reading: the only other way was to leave" in both


def test_costs_are_told_without_logits_and_every_term_is_explained() -> None:
    text = flat(joinlab("explain", "accept_or_leave", "zoom_iq_trial_aug_2023", "--participant", "12").out)
    assert "What it costs them to leave makes leaving 120 times less likely." in text
    assert "logit" not in text
    weighed, _, explained = text.partition("The numbers weigh an option")
    for name in re.findall(r"(\w+) [+-]\d\.\d\d,", weighed):
        assert f"{name}: " in explained


def test_the_terms_told_are_those_of_the_model() -> None:
    flow = library.flow("two_buttons")
    stage, chooser = flow.stages[0], Chooser(attention=0.0, effort=1.0, stake=1.0, pressure=1.0, willing={})
    fixed = fixed_terms(stage.options[1], stage, flow, library.parameters("central"))
    found = terms(stage.options[1], stage, flow, chooser, 0.0, library.parameters("central"))
    own = {"value", "habit", "clicks", "stake", "pressure", *fixed}
    assert own | {"behaviour"} == set(TERMS)  # the last in place of all others, where a behaviour from outside decides
    assert set(found) <= set(TERMS)


def test_the_story_is_the_same_whatever_order_sets_have() -> None:
    words = ("explain", "two_buttons", "accept_or_leave", "--participant", "12", "--seed", "3")
    assert process(*words, PYTHONHASHSEED="1") == process(*words, PYTHONHASHSEED="2")


def test_explain_applies_the_scenario_the_day_and_the_reading_asked_for() -> None:
    text = flat(
        joinlab("explain", "two_buttons", "--scenario", "lecture", "--date", "2024-05-06", "--reading", "lenient").out
    )
    assert "rules coded for 2024-05-06, lenient reading" in text
    assert "ecture" in text


def test_what_explain_says_became_of_two_peoples_speech_is_what_a_run_counts(tmp_path: Path) -> None:
    path = tmp_path / "talk.csv"
    path.write_text("participant,seconds\na,60\nb,60\n", "utf-8")
    told, counted = [], []
    for seed in ("1", "2", "3", "4"):
        words = ("two_buttons", "--meetings", str(path), "--seed", seed)
        stories = [flat(joinlab("explain", *words, "--participant", number).out) for number in ("1", "2")]
        told.append(sum(bool(re.search(r"-> audio 1\.0 min[^:]*: claimed", story)) for story in stories))
        done = joinlab("run", *words, "--participants", "2", "--format", "json")
        counted.append(json.loads(done.out)["flows"][0]["ledger"]["audio"]["claimed"])
    assert told == counted
    assert len(set(told)) > 1
