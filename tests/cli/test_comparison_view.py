"""The report on the terminal: it fits 80 columns, names every flow, and shows the numbers of the JSON."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pytest
from rich.console import Console

from simulator.analysis.estimates import Estimate
from simulator.cli import terminal
from simulator.cli.arguments import By
from simulator.scenario import library
from simulator.text.numbers import amount, interval, percent, points
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
    # People want the same whatever they are asked, and a fixed reading has one end.
    items = [item for item in found["differences"] if item["outcome"] not in ("wanted", "lawful_lenient")]
    for line, item in zip(shown[1:], items, strict=True):
        assert line.split() == [item["outcome"], *points(Estimate(item["value"], item["low"], item["high"])).split()]


def test_where_the_reading_is_open_differences_splits_and_ledgers_say_which_one_they_go_by() -> None:
    words = (*TWO, "--ledger", "--by", "jurisdiction")
    text, found = compared(*words).out, json.loads(joinlab("compare", *TWO, *SMALL, "--format", "json").out)
    shown = {line[:17].strip(): line for line in after(text, "Percentage points more than under accept_or_leave")}
    for label, outcome in (("lawful, strict", "lawful"), ("lawful, lenient", "lawful_lenient")):
        (item,) = [item for item in found["differences"] if item["outcome"] == outcome]
        assert points(Estimate(item["value"], item["low"], item["high"])) in shown[label]
    ledger = found["flows"][0]["ledger"]["audio"]
    steps = after(text, "accept_or_leave: where the audio went, in person-minutes")
    for label, row in (("= lawful, strict", "lawful"), ("  lawful, lenient", "lawful_lenient")):
        (line,) = [line for line in steps if line.startswith(label)]
        assert amount(ledger[row]) in line
    heads = after(text, "accept_or_leave, by jurisdiction")[:2]
    assert "strict %" in heads[1]
    assert "lenient %" in heads[1]


def test_with_a_fixed_reading_no_reading_is_named() -> None:
    text = compared(*TWO, "--reading", "strict", "--ledger", "--by", "role").out.split("Lawful:")[0]
    assert "strict" not in text
    assert "lenient" not in text


@pytest.mark.parametrize("columns", ["60", "80", "100", "45"])
def test_no_line_is_wider_than_the_terminal_ends_in_spaces_or_breaks_a_name(
    columns: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal, "console", lambda: Console(width=int(columns), highlight=False))
    text = joinlab("compare", *TWO, "view_only_until_agreed", "--ledger", "--by", "role", *SMALL).out
    assert [line for line in text.splitlines() if line != line.rstrip()] == []
    assert max(map(len, text.splitlines())) <= int(columns)
    for name in (*TWO, "view_only_until_agreed"):
        assert name in text


def test_a_flow_that_never_asks_for_the_use_in_question_says_so() -> None:
    text = " ".join(compared("accept_or_leave", "meet_explicit_consent").out.split())
    assert text.count("This flow never asks for audio for training the provider's models.") == 1
    assert "It does for the service itself: --purpose service measures that." in text


def test_what_the_scenario_settles_is_told() -> None:
    text = " ".join(joinlab("run", "zoom_2023", *SMALL).out.split())
    assert "Taken as given by the scenario, not simulated: admin grants, host grants." in text
    assert "Taken as given" not in compared(*TWO).out


@pytest.mark.parametrize(
    ("category", "said"),
    [("chat", r"produce [\d,]+ chat messages\."), ("files", r"produce [\d,.]+ files\."),
     ("video", r"produce [\d,]+ person-minutes of camera video\.")],
)  # fmt: skip
def test_what_is_produced_is_told_in_plain_words(category: str, said: str) -> None:
    assert re.search(said, " ".join(compared(*TWO, "--category", category).out.split()))


def test_one_meeting_is_one_meeting(tmp_path: Path) -> None:
    (tmp_path / "talk.csv").write_text("meeting,participant,seconds\na,x,60\na,y,30\n", "utf-8")
    words = ("compare", *TWO, "--participants", "1", "--seed", "5")
    assert "\n1 meeting with" in joinlab(*words).out
    recorded = " ".join(joinlab(*words, "--meetings", str(tmp_path)).out.split())
    assert "1 recorded meeting, met 1 time with 2 participants" in recorded


def test_who_is_over_represented_stands_in_the_split() -> None:
    found = json.loads(joinlab("compare", *TWO, *SMALL, "--by", "jurisdiction", "--format", "json").out)
    shown = compared(*TWO, "--by", "jurisdiction").out.split(", by jurisdiction")[1]
    for place, part in found["flows"][0]["by"]["jurisdiction"].items():
        of = [f"{100 * part['part_of'][name]['value']:.1f}" for name in ("produced", "lawful", "lawful_lenient")]
        numbers = " ".join(line for line in shown.splitlines() if line.startswith(f"{place} "))
        assert numbers.split()[-1] == of[2], place
        assert f"{of[0]} {of[1]}" in " ".join(numbers.split()), place


def test_the_effective_size_is_shown_for_both_readings() -> None:
    (flow, _) = json.loads(joinlab("compare", *TWO, *SMALL, "--format", "json").out)["flows"]
    shown = after(compared(*TWO).out, "Who is in what is lawful")
    role = flow["representativeness"]["role"]
    assert shown[2].split()[-1] == f"{100 * role['effective_share']['value']:.0f}"
    assert shown[3].split()[-1] == f"{100 * role['effective_share_lenient']['value']:.0f}"


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
        steps = [re.split(r"\s{2,}", line)[:2] for line in shown if not line.startswith("  ")]
        assert [name.lstrip("-= ").split(",")[0].replace(" ", "_") for name, _ in steps] == list(STEPS)
        ledger = flow["ledger"]["transcript"]
        assert [text.split(" ")[0] for _, text in steps] == [amount(ledger[step]) for step in STEPS]


def test_below_what_is_void_stand_the_rules_that_decided() -> None:
    found = json.loads(joinlab("compare", *TWO, *SMALL, "--format", "json").out)["flows"][0]["ledger"]["audio"]
    assert found["void_by_rule"]
    shown = after(compared(*TWO, "--ledger").out, "accept_or_leave: where the audio went, in person-minutes")
    start = next(place for place, line in enumerate(shown) if line.startswith("- void"))
    end = next(place for place, line in enumerate(shown) if line.startswith("= lawful"))
    # A rule whose name is long has its numbers on the next line.
    words = " ".join(shown[start + 1 : end]).split()
    for rule, void in found["void_by_rule"].items():
        assert words[words.index(rule) + 1] == amount(void["amount"])
    assert "…" not in "".join(shown)


def test_the_footer_says_what_the_numbers_rest_on_and_how_to_get_them_again() -> None:
    text = " ".join(compared(*TWO).out.split())
    assert "95 % intervals over meetings" in text
    assert "Weakest source: assumption" in text
    assert text.count("not legal advice") == 1
    assert text.endswith("Scenario everyday_meetings, seed 5.")


def test_what_the_scenario_settles_is_told_below_the_table() -> None:
    text = joinlab("run", "zoom_2023", *SMALL).out
    assert lines(text)[-2:] == [
        "Taken as given by the scenario, not simulated: admin grants, host grants.",
        "Scenario zoom_2023, seed 5.",
    ]


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
    shown = after(text, "What is kept, read strictly: speech, and what it buys")
    assert shown[1].split()[-2:] == ["n/a"] * 2
    assert after(text, "Who is in what is lawful")[3].split()[-4:] == ["n/a"] * 4
