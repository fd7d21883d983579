"""`--weeks` on the command line: a table for each flow, the same as data, and what is known of fatigue."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from simulator.api import over_weeks_prepared, prepare
from simulator.errors import UsageError
from simulator.scenario import library
from simulator.text.weeks_view import shown_weeks
from tests.cli.command import SMALL, joinlab

FLOWS = ("two_buttons", "remember_my_choice")
FEW = ("--weeks", "3", "--per-week", "2")


def test_the_table_has_a_line_for_each_week_and_says_how_weak_the_evidence_is() -> None:
    done = joinlab("compare", *FLOWS, *SMALL, *FEW)
    assert done.code == 0, done.err
    told = " ".join(done.out.split())
    assert "standing meetings, held 2 times a week for 3 weeks." in told
    assert "They are asked again when an answer has run out, as the flow says." in told
    assert [line.split()[0] for line in done.out.splitlines() if line[:1] in "123" and "±" in line] == [
        "1",
        "2",
        "3",
    ] * 2
    assert "Evidence on fatigue is weak" in told
    assert "-0.3 points (standard error 3.1)" in told
    assert "1.7 points a day" in told
    assert max(map(len, done.out.splitlines())) <= 80


def test_both_ends_of_fatigue_are_shown_if_uncertainty_is_asked_for() -> None:
    done = joinlab("compare", *FLOWS, *SMALL, *FEW, "--uncertainty")
    assert "Week 3 by how fast people tire, %" in done.out
    assert "fatigue" in done.out
    found = json.loads(joinlab("compare", *FLOWS, *SMALL, *FEW, "--uncertainty", "--format", "json").out)
    assert [each["fatigue"] for each in found["fatigue"]] == [0.0, 0.25]


def test_json_and_csv_hold_every_week_of_every_flow() -> None:
    found = json.loads(joinlab("compare", *FLOWS, *SMALL, *FEW, "--format", "json").out)
    assert found["run"]["weeks"] == 3
    assert found["run"]["reask"] == "as_designed"
    assert [week["week"] for flow in found["flows"] for week in flow["weeks"]] == [1, 2, 3] * 2
    assert found["flows"][0]["weeks"][0]["prompts"]["value"] == 2.0
    rows = list(csv.DictReader(io.StringIO(joinlab("compare", *FLOWS, *SMALL, *FEW, "--format", "csv").out)))
    lines = [row for row in rows if (row["flow"], row["outcome"], row["by"]) == ("two_buttons", "claimed", "week")]
    weeks = found["flows"][0]["weeks"]
    assert [float(row["value"]) for row in lines] == [week["claimed"]["value"] for week in weeks]
    assert [row["part"] for row in lines] == ["1", "2", "3"]
    assert rows[-1]["outcome"] == "note"


def test_the_same_seed_gives_the_same_weeks_on_any_number_of_threads() -> None:
    words = ("compare", *FLOWS, *SMALL, *FEW, "--reask", "after_refusal", "--format", "json")
    assert joinlab(*words, "--threads", "1").out == joinlab(*words, "--threads", "2").out


@pytest.mark.parametrize(
    ("reask", "said"),
    [
        ("never", "never, once they have answered."),
        ("each_meeting", "asked again in each meeting."),
        ("after_refusal", "in the next meeting, if they refused."),
        ("2", "2 weeks after they answered."),
    ],
)
def test_the_report_says_when_people_are_asked_again(reask: str, said: str) -> None:
    assert said in " ".join(joinlab("run", "two_buttons", *SMALL, *FEW, "--reask", reask).out.split())


def test_a_scenario_may_say_how_many_weeks_and_when(tmp_path: Path) -> None:
    text = library.find("scenario", "everyday_meetings").read_text()
    named = text.replace("parameters: central", "parameters: central\nweeks: 2\nreask: 4")
    (tmp_path / "weeks.yaml").write_text(named)
    found = json.loads(joinlab("run", str(tmp_path / "weeks.yaml"), *SMALL, "--format", "json").out)
    assert (found["run"]["weeks"], found["run"]["reask"]) == (2, 4)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--weeks", "0"), "--weeks: 0 is out of range; expected 1 to 104."),
        (("--weeks", "3", "--reask", "somtimes"), "--reask: 'somtimes' is not allowed here."),
        (("--weeks", "3", "--reask", "nevr"), 'Did you mean "never"?'),
        (("--weeks", "3", "--per-week", "0.5"), "--per-week: 0.5 is out of range; expected 1 to 100."),
        (("--weeks", "3", "--reask", "200"), "--reask: 200 is not allowed here."),
        (("--weeks", "3", "--per-week", "nan"), '--per-week: "nan" is not a number; expected 1 to 100.'),
        (("--weeks", "3", "--per-week", "abc"), '--per-week: "abc" is not a number; expected 1 to 100.'),
        (("--reask", "never"), "--reask goes with weeks."),
        (("--per-week", "3"), "--per-week goes with weeks."),
        (("--weeks", "3", "--why"), "--why does not go with weeks."),
        (("--weeks", "3", "--by", "role"), "--by does not go with weeks."),
        (("--weeks", "3", "--behaviour", "all"), "--weeks goes with one behaviour."),
    ],
)
def test_what_does_not_fit_is_told(words: tuple[str, ...], said: str) -> None:
    done = joinlab("compare", *FLOWS, *SMALL, *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_parameters_without_fatigue_are_told() -> None:
    inputs = prepare(FLOWS)
    from dataclasses import replace

    without = replace(inputs, parameters=inputs.parameters.model_copy(update={"fatigue": None}))
    with pytest.raises(UsageError, match="have no fatigue"):
        over_weeks_prepared(without, 2)


def test_weeks_go_with_a_behaviour_and_with_counts() -> None:
    done = joinlab("compare", *FLOWS, *SMALL, *FEW, "--behaviour", "habit")
    assert "Behaviour habit: People " in done.out
    counted = joinlab("compare", *FLOWS, *SMALL, *FEW, "--observed", "live_two_buttons", "--format", "json")
    plain = joinlab("compare", *FLOWS, *SMALL, *FEW, "--format", "json")
    one, other = (json.loads(each.out)["flows"][0]["weeks"][0]["claimed"]["value"] for each in (counted, plain))
    assert one < other


def test_where_each_flow_has_its_day_no_other_is_said() -> None:
    words = ("compare", "--scenario", "zoom_2023", *SMALL, "--weeks", "1", "--per-week", "1")
    told = " ".join(joinlab(*words).out.split())
    assert "under the rules of each flow's day." in told
    assert "under the rules of 2" not in told
    days = {flow["id"]: flow["date"] for flow in json.loads(joinlab(*words, "--format", "json").out)["flows"]}
    assert days["zoom_tos_mar_2023"] == "2023-03-31"
    assert len(set(days.values())) > 2


def test_the_share_of_joins_at_which_people_are_asked_is_a_share() -> None:
    flows = ("meta_ai_eu_objection_2025", "host_decides", "two_buttons")
    words = ("compare", *flows, *SMALL, "--weeks", "1", "--per-week", "4", "--format", "json")
    of_account, of_notice, of_question = json.loads(joinlab(*words).out)["flows"]
    assert of_account["weeks"][0]["asked"] == {"value": 0.0, "low": 0.0, "high": 0.0}
    asked = of_notice["weeks"][0]["asked"]
    assert 0.0 < asked["low"] < asked["value"] < asked["high"] <= 1.0
    assert of_question["weeks"][0]["asked"]["value"] == 1.0


def test_the_counts_that_weeks_rest_on_are_told() -> None:
    words = ("compare", *FLOWS, *SMALL, *FEW, "--observed", "live_two_buttons")
    told = " ".join(joinlab(*words).out.split())
    assert "Fitted to what was counted" in told
    assert "constant towards granting -" in told
    assert "Neither it nor the sampling error of the counts is in the intervals here." in told
    found = json.loads(joinlab(*words, "--format", "json").out)["observed"]
    assert found["constants"]["grant"]["identified"] is True
    assert found["counts"][0]["flow"] == "two_buttons"
    rows = list(csv.DictReader(io.StringIO(joinlab(*words, "--format", "csv").out)))
    assert {"constant_grant", "constant_stake", "counted_agreed", "fitted_agreed"} <= {row["outcome"] for row in rows}


def test_long_spans_show_some_weeks_and_the_last() -> None:
    assert shown_weeks(3) == [1, 2, 3]
    assert shown_weeks(8) == list(range(1, 9))
    assert shown_weeks(20) == [1, 2, 4, 8, 13, 20]
    assert shown_weeks(52) == [1, 2, 4, 8, 13, 26, 39, 52]
