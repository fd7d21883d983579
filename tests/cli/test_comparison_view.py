"""The report on the terminal: it fits 80 columns, names every flow, and shows the numbers of the JSON."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pytest

from simulator.analysis.estimates import Estimate
from simulator.cli.arguments import By
from simulator.cli.numbers import amount, interval, percent, points
from simulator.scenario import library
from tests.cli.command import LONGEST, SMALL, Done, joinlab, lines

TWO = ("accept_or_leave", "granular_opt_in")
FIVE = (*LONGEST, "google_privacy_policy_jul_2023", "zoom_tos_join_prompt_2023", "zoom_ai_companion_default")


@cache
def compared(*words: str) -> Done:
    """A small comparison as a table."""
    done = joinlab("compare", *words, *SMALL)
    assert (done.code, done.err) == (0, "")
    return done


def widest(text: str) -> int:
    return max(len(line) for line in lines(text))


def after(text: str, heading: str) -> list[str]:
    """The lines below a heading, up to the next empty one."""
    found = lines(text)
    rest = found[found.index(heading) + 1 :]
    return rest[: rest.index("")]


def test_the_longest_names_of_the_library_are_tried() -> None:
    assert set(LONGEST) == set(sorted(library.builtin("flow"), key=len)[-2:])


@pytest.mark.parametrize("by", By)
@pytest.mark.parametrize("flows", [LONGEST, FIVE], ids=["two", "five"])
def test_the_table_fits_80_columns_with_every_split_and_the_ledger(flows: tuple[str, ...], by: By) -> None:
    text = compared(*flows, "--ledger", "--why", "--by", by.value).out
    assert widest(text) <= 80
    for flow in flows:
        assert f"{flow}, by {by.value.replace('_', ' ')}" in lines(text)
        assert f"{flow}: where the audio went, in person-minutes" in lines(text)


@pytest.mark.parametrize("length", [35, 36, 80])
def test_a_name_of_any_length_fits(length: int, tmp_path: Path) -> None:
    name = "n" * length
    text = library.builtin("flow")["two_buttons"].read_text(encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(text.replace("id: two_buttons", f"id: {name}", 1), encoding="utf-8")
    for flows in ((str(tmp_path / "mine.yaml"), "accept_or_leave"), ("accept_or_leave", str(tmp_path / "mine.yaml"))):
        found = compared(*flows).out
        assert widest(found) <= 80
        assert name in found


def charted(text: str, flow: str) -> list[str]:
    """The lines of a flow in the chart."""
    found = lines(text)
    start = next(place for place, line in enumerate(found) if line.split("  ")[0] == flow)
    end = next(place for place in range(start + 1, len(found)) if not found[place].startswith("  "))
    return found[start + 1 : end]


@pytest.mark.parametrize("reading", ["strict", "lenient"])
def test_every_flow_stands_in_the_chart_with_the_numbers_of_the_json(reading: str) -> None:
    words = (*TWO, "host_decides", "--reading", reading)
    for flow in json.loads(joinlab("compare", *words, *SMALL, "--format", "json").out)["flows"]:
        shown = charted(compared(*words).out, flow["id"])
        for line, outcome in zip(shown, ("claimed", "lawful", "wanted"), strict=True):
            estimate = Estimate(**flow["shares"][outcome])
            assert line.split()[0] == outcome
            assert percent(estimate.value) in line
            assert interval(estimate) in line


def test_where_the_reading_is_open_the_chart_shows_lawful_from_the_strict_to_the_lenient() -> None:
    for flow in json.loads(joinlab("compare", *TWO, *SMALL, "--format", "json").out)["flows"]:
        _, strict, lenient, _ = charted(compared(*TWO).out, flow["id"])
        for line, outcome in ((strict, "lawful"), (lenient, "lawful_lenient")):
            estimate = Estimate(**flow["shares"][outcome])
            assert percent(estimate.value) in line
            assert interval(estimate) in line


def test_a_split_shows_lawful_from_the_strict_to_the_lenient_reading_and_one_column_where_it_is_fixed() -> None:
    head = after(compared(*TWO, "--by", "role").out, "accept_or_leave, by role")[0].split("  ")
    assert [word.strip() for word in head if word] == [
        "role", "people", "claimed %", "lawful %", "to %", "wanted %", "left %",
    ]  # fmt: skip
    assert "to %" not in compared(*TWO, "--by", "role", "--reading", "strict").out


def test_flows_with_days_of_their_own_stand_in_the_chart_with_their_day() -> None:
    text = compared("--scenario", "zoom_2023").out
    for flow, day in library.scenario("zoom_2023").dates.items():
        assert any(line.split("  ")[0] == f"{flow}, {day}" for line in lines(text))
    assert "the rules of its day" in " ".join(text.split())
    assert "coded for each flow's day" in " ".join(text.split())
    assert ", 2023-08-08" not in compared("--scenario", "zoom_2023", "--date", "2023-08-08").out


def test_the_question_of_the_scenario_is_shown_with_its_own_flows_alone() -> None:
    question = library.scenario("lecture").question
    assert question in " ".join(compared("--scenario", "lecture").out.split())
    assert question not in " ".join(compared(*TWO, "--scenario", "lecture").out.split())


def test_the_footer_names_the_companys_veto_where_it_is_on() -> None:
    told = "The company keeps confidential meetings out."
    assert told in lines(compared(*TWO, "--company-veto").out)
    assert told not in lines(compared(*TWO).out)


def test_differences_are_shown_in_points_from_the_first_flow() -> None:
    words = (*TWO, "--reading", "strict")
    found = json.loads(joinlab("compare", *words, *SMALL, "--format", "json").out)
    shown = after(compared(*words).out, "Percentage points more than under accept_or_leave")
    assert shown[0].split() == ["granular_opt_in"]
    for line, item in zip(shown[1:], found["differences"], strict=True):
        assert line.split() == [item["outcome"], *points(Estimate(item["value"], item["low"], item["high"])).split()]


def test_five_flows_have_their_four_differences() -> None:
    text = "".join(compared(*FIVE).out.split())
    for flow in FIVE[1:]:
        assert flow in text
    assert len(re.findall("overreach", text)) >= 2


def test_one_flow_alone_has_no_differences_and_a_ledger() -> None:
    done = joinlab("run", "accept_or_leave", *SMALL)
    assert done.code == 0
    assert "Percentage points" not in done.out
    assert "accept_or_leave: where the audio went, in person-minutes" in lines(done.out)


STEPS = (
    "produced",
    "absent",
    "not_captured",
    "refused",
    "inseparable",
    "claimed",
    "void",
    "lawful",
    "withdrawn",
    "kept",
)


def test_the_ledger_goes_from_what_is_produced_to_what_is_kept_with_the_amounts_of_the_json() -> None:
    words = ("accept_or_leave", "two_buttons", "--category", "transcript")
    found = json.loads(joinlab("compare", *words, *SMALL, "--format", "json").out)
    for flow in found["flows"]:
        heading = f"{flow['id']}: where the transcript went, in person-minutes"
        shown = after(compared(*words, "--ledger").out, heading)
        steps = [re.split(r"\s{2,}", line)[:2] for line in shown if not line.startswith("    ")]
        assert [name.lstrip("-= ").replace(" ", "_") for name, _ in steps] == list(STEPS)
        ledger = flow["ledger"]["transcript"]
        assert [text.split(" ")[0] for _, text in steps] == [amount(ledger[step]) for step in STEPS]


def test_below_what_is_void_stand_the_rules_that_decided() -> None:
    found = json.loads(joinlab("compare", *TWO, *SMALL, "--format", "json").out)["flows"][0]["ledger"]["audio"]
    assert found["void_by_rule"]
    shown = after(compared(*TWO, "--ledger").out, "accept_or_leave: where the audio went, in person-minutes")
    start = next(place for place, line in enumerate(shown) if line.startswith("- void"))
    rules = [line.split() for line in shown[start + 1 : start + 1 + len(found["void_by_rule"])]]
    assert [words[1] for words in rules] == [amount(rule["amount"]) for rule in found["void_by_rule"].values()]


def test_the_footer_says_what_the_numbers_rest_on_and_how_to_get_them_again() -> None:
    text = " ".join(compared(*TWO).out.split())
    assert "95 % intervals over meetings" in text
    assert "Weakest source: assumption" in text
    assert text.count("not legal advice") == 1
    assert text.endswith("Scenario everyday_meetings, seed 5.")


def test_the_same_seed_gives_the_same_text_and_another_another() -> None:
    assert joinlab("compare", *TWO, *SMALL, "--threads", "1").out == compared(*TWO).out
    assert joinlab("compare", *TWO, "--participants", "400", "--seed", "6").out != compared(*TWO).out


def test_without_a_seed_the_text_names_the_one_that_gives_it_again() -> None:
    first = joinlab("compare", *TWO, "--participants", "400").out
    (seed,) = re.findall(r"seed (\d+)\.\s*$", first)
    assert joinlab("compare", *TWO, "--participants", "400", "--seed", seed).out == first


def test_recorded_meetings_are_named_as_such(tmp_path: Path) -> None:
    (tmp_path / "talk.csv").write_text("meeting,participant,seconds\na,x,60\na,y,30\nb,x,9\nb,y,9\n", "utf-8")
    text = " ".join(compared(*TWO, "--meetings", str(tmp_path)).out.split())
    assert "2 recorded meetings, met 100 times with 400 participants" in text
    assert "Speech is from the files" in text
    assert "Speech is from the files" not in compared(*TWO).out


def test_a_part_of_nobody_and_a_value_that_is_not_defined_are_not_zeros() -> None:
    text = compared(*LONGEST).out
    shown = after(text, "What is kept: speech, what it buys, who is in it")
    assert shown[1].split()[-4:] == ["n/a"] * 4
