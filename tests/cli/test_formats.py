"""JSON and CSV: the keys and columns that others build on, and numbers that agree with each other."""

from __future__ import annotations

import csv
import io
import json
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from simulator.analysis.outcomes import COMPARED, SHARES
from simulator.cli.arguments import By
from simulator.scenario import library
from simulator.scenario.vocabulary import UNITS, DataCategory, Known
from simulator.text.formats import CSV_COLUMNS
from tests.cli.command import SMALL, joinlab

FLOWS = ("accept_or_leave", "granular_opt_in", "zoom_ai_companion_required_consent")
ROWS = ("absent", "not_captured", "refused", "inseparable", "claimed", "void", "lawful", "withdrawn", "kept")
ESTIMATE = {"value", "low", "high"}
JSON_PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "json.md"

Json = dict[str, Any]


def never(word: str) -> None:
    pytest.fail(f"{word} is no JSON")


@cache
def result(*more: str) -> Json:
    """A comparison as JSON."""
    done = joinlab("compare", *FLOWS, "--participants", "2000", "--seed", "5", "--format", "json", *more)
    assert (done.code, done.err) == (0, "")
    found = json.loads(done.out, parse_constant=never)
    assert isinstance(found, dict)
    return found


@cache
def table(*more: str) -> list[dict[str, str]]:
    """The same as CSV."""
    done = joinlab("compare", *FLOWS, "--participants", "2000", "--seed", "5", "--format", "csv", *more)
    assert (done.code, done.err) == (0, "")
    return list(csv.DictReader(io.StringIO(done.out)))


def estimates(found: object) -> list[Json]:
    """Every estimate in a result, wherever it is."""
    if isinstance(found, dict):
        inner = [estimate for value in found.values() for estimate in estimates(value)]
        return [found, *inner] if found.keys() >= ESTIMATE else inner
    return [estimate for item in found for estimate in estimates(item)] if isinstance(found, list) else []


def ledgers() -> list[tuple[str, str, Json]]:
    """Flow, category and ledger of all ledgers."""
    return [(flow["id"], category, ledger) for flow in result()["flows"] for category, ledger in flow["ledger"].items()]


def test_the_top_holds_the_run_the_rules_the_flows_and_the_differences() -> None:
    assert set(result()) == {"run", "rules", "flows", "differences"}


def test_the_run_says_what_was_run() -> None:
    run = result()["run"]
    assert run.keys() >= {"joinlab", "seed", "meetings", "participants", "scenario", "weakest_source"}
    assert run["joinlab"] == version("joinlab")
    assert run["seed"] == 5
    assert run["participants"] >= 2000
    assert 0 < run["meetings"] < run["participants"]
    assert run["scenario"] == "everyday_meetings"
    assert run["weakest_source"] in list(Known)


def test_a_flow_holds_its_ledger_its_shares_who_left_and_the_seconds_to_join() -> None:
    assert [flow["id"] for flow in result()["flows"]] == list(FLOWS)
    for flow in result()["flows"]:
        assert flow.keys() >= {"id", "ledger", "shares", "left", "seconds_to_join"}
        assert flow["shares"].keys() >= {"claimed", "lawful", "wanted", "overreach", "missed"}
        assert all(share.keys() == ESTIMATE for share in flow["shares"].values())
        assert flow["left"].keys() == ESTIMATE
        assert all(quantile.keys() == ESTIMATE for quantile in flow["seconds_to_join"].values())


def test_a_ledger_holds_its_unit_what_was_produced_and_every_row_for_every_category() -> None:
    for flow in result()["flows"]:
        assert list(flow["ledger"]) == [category.value for category in DataCategory]
    for _, category, ledger in ledgers():
        assert ledger.keys() >= {"unit", "produced", *ROWS}
        assert ledger["unit"] == UNITS[DataCategory(category)]


def test_the_rows_of_every_ledger_add_up() -> None:
    for _, _, ledger in ledgers():
        before = sum(ledger[row] for row in ("absent", "not_captured", "refused", "inseparable"))
        assert ledger["produced"] == pytest.approx(before + ledger["claimed"])
        assert ledger["claimed"] == pytest.approx(ledger["void"] + ledger["lawful"])
        assert ledger["lawful"] == pytest.approx(ledger["withdrawn"] + ledger["kept"])
        assert sum(ledger["causes"].values()) == pytest.approx(ledger["produced"] - ledger["kept"])
        assert sum(rule["amount"] for rule in ledger["void_by_rule"].values()) == pytest.approx(ledger["void"])
        assert min(ledger[row] for row in ROWS) >= 0


def test_what_a_rule_voids_is_part_of_what_is_claimed_and_says_what_stands_leniently() -> None:
    lawful = {flow["id"]: flow["shares"]["lawful_lenient"]["value"] for flow in result()["flows"]}
    for flow, category, ledger in ledgers():
        void = ledger["void_by_rule"].values()
        for rule in void:
            assert rule["of_claimed"] == pytest.approx(rule["amount"] / ledger["claimed"])
            assert 0 <= rule["mixed"] <= rule["amount"]
            assert 0 <= rule["lenient"] <= rule["amount"]
        if category == "audio":
            lenient = ledger["lawful"] + sum(rule["lenient"] for rule in void)
            assert lenient == pytest.approx(lawful[flow] * ledger["produced"])


def test_where_the_reading_is_fixed_nothing_is_said_of_the_other() -> None:
    found = result("--reading", "lenient")["flows"][0]["ledger"]["audio"]["void_by_rule"]
    assert found
    assert {rule["lenient"] for rule in found.values()} == {None}


def test_every_rule_that_voids_anything_says_what_it_says_and_where_it_stands() -> None:
    named = {rule for _, _, ledger in ledgers() for rule in ledger["void_by_rule"]}
    assert result()["rules"].keys() == named
    rule = result()["rules"]["eu.gdpr_7_4_forced"]
    assert rule["citation"].startswith("GDPR Art. 7(4)")
    assert (rule["test"], rule["briefly"]) == ("forced", "the only other way was to leave")
    assert (rule["verdict"], rule["confidence"], rule["valid_from"], rule["valid_to"]) == (
        "void", "high", "2018-05-25", None,
    )  # fmt: skip
    assert result()["rules"]["overlay.hipaa"]["test"] == "excluded"


def test_json_and_csv_say_once_what_lawful_means() -> None:
    note = result()["run"]["note"]
    assert note.count("not legal advice") == 1
    (line,) = (row for row in table() if row["outcome"] == "note")
    assert line["unit"] == note
    assert sum("not legal advice" in cell for row in table() for cell in row.values()) == 1


def test_csv_holds_what_each_rule_voids() -> None:
    by_words = {tuple(row[name] for name in CSV_COLUMNS[:6]): row for row in table()}
    seen = 0
    for flow, category, ledger in ledgers():
        for rule, void in ledger["void_by_rule"].items():
            for outcome, key in (("void", "amount"), ("void_mixed", "mixed"), ("void_lenient", "lenient")):
                line = by_words[flow, "", "rule", rule, category, outcome]
                assert (float(line["value"]), line["unit"]) == (void[key], ledger["unit"])
                seen += 1
    assert seen > 30
    assert not [row for row in table("--reading", "strict") if row["outcome"] == "void_lenient"]


def test_what_is_produced_is_the_same_in_every_flow() -> None:
    produced = [[ledger["produced"] for ledger in flow["ledger"].values()] for flow in result()["flows"]]
    assert produced[0] == pytest.approx(produced[1], rel=1e-12)
    assert produced[0] == pytest.approx(produced[2], rel=1e-12)
    assert min(produced[0]) > 0


@pytest.mark.parametrize("category", DataCategory)
def test_shares_are_those_of_the_ledger_of_the_category_asked_for(category: DataCategory) -> None:
    found = result("--category", category.value)
    assert found["run"]["category"] == category.value
    for flow in found["flows"]:
        ledger, share = flow["ledger"][category.value], {name: flow["shares"][name]["value"] for name in SHARES}
        for row in ("claimed", "lawful", "kept"):
            assert share[row] == pytest.approx(ledger[row] / ledger["produced"])
        assert share["claimed"] - share["overreach"] + share["missed"] == pytest.approx(share["wanted"])


def test_every_estimate_lies_in_its_interval() -> None:
    found = estimates(result("--by", "role"))
    assert len(found) > 100
    for estimate in found:
        if estimate["low"] is None:
            assert estimate["high"] is None
        else:
            assert estimate["low"] - 1e-9 <= estimate["value"] <= estimate["high"] + 1e-9


def test_differences_are_between_each_flow_and_the_first_for_each_outcome() -> None:
    shares = {flow["id"]: {**flow["shares"], "left": flow["left"]} for flow in result()["flows"]}
    found = result()["differences"]
    named = [(item["flow"], item["baseline"], item["outcome"]) for item in found]
    assert named == [(flow, FLOWS[0], outcome) for flow in FLOWS[1:] for outcome in COMPARED]
    for item in found:
        assert item.keys() >= {"flow", "baseline", "outcome", *ESTIMATE}
        own, base = (shares[item[name]][item["outcome"]]["value"] for name in ("flow", "baseline"))
        assert item["value"] == pytest.approx(own - base)


def test_a_flow_that_claims_nothing_has_nulls_where_nothing_is_defined() -> None:
    nothing = result()["flows"][2]
    assert nothing["shares"]["claimed"] == {"value": 0.0, "low": 0.0, "high": 0.0}
    assert nothing["buys"]["relative_error"] == {"value": None, "low": None, "high": None}
    assert nothing["representativeness"]["role"]["total_variation"]["value"] is None


@pytest.mark.parametrize("by", By)
def test_the_parts_of_a_split_hold_everybody_or_every_category(by: By) -> None:
    found = result("--by", by.value)
    for flow in found["flows"]:
        (parts,) = flow["by"].values()
        if by is By.CATEGORY:
            assert list(parts) == list(DataCategory)
            assert parts["audio"] == flow["shares"]
        else:
            assert sum(part["participants"] for part in parts.values()) == found["run"]["participants"]
            assert all(part["claimed"].keys() == ESTIMATE for part in parts.values())
    assert [dict(flow, by=None) for flow in found["flows"]] == [dict(flow, by=None) for flow in result()["flows"]]


def test_without_a_split_there_is_none() -> None:
    assert all("by" not in flow for flow in result()["flows"])


def test_every_key_stands_on_the_reference_page() -> None:
    page = JSON_PAGE.read_text(encoding="utf-8")
    found = result("--by", "role")
    flow, rule = found["flows"][0], "eu.gdpr_7_4_forced"
    ledger = flow["ledger"]["audio"]
    for name in (
        *found["run"], *flow, *flow["buys"], *ledger, *ledger["void_by_rule"][rule], *found["rules"][rule],
    ):  # fmt: skip
        assert f"{name}`" in page or f"{name}." in page, name


def test_run_writes_the_same_as_compare() -> None:
    done = joinlab("run", *FLOWS, "--participants", "2000", "--seed", "5", "--format", "json")
    assert json.loads(done.out) == result()


def test_run_takes_flows_and_settings_from_a_scenario() -> None:
    found = json.loads(joinlab("run", "zoom_2023", *SMALL, "--format", "json").out)
    scenario = library.scenario("zoom_2023")
    assert [flow["id"] for flow in found["flows"]] == scenario.flows
    assert (found["run"]["scenario"], found["run"]["date"]) == (scenario.id, scenario.date.isoformat())
    assert {flow["id"]: flow["date"] for flow in found["flows"]} == {
        name: day.isoformat() for name, day in scenario.dates.items()
    }


def test_the_companys_veto_is_an_option_and_stands_in_the_result() -> None:
    for option, veto in ((["--company-veto"], True), (["--no-company-veto"], False), ([], False)):
        assert result(*option)["run"]["company_veto"] is veto


def test_answers_that_the_scenario_settles_are_told() -> None:
    found = json.loads(joinlab("run", "zoom_2023", *SMALL, "--format", "json").out)
    assert found["run"]["settled"] == {"admin": "grant", "host": "grant"}
    assert result()["run"]["settled"] == {}


def test_options_change_what_the_run_says_of_itself() -> None:
    expected = {"date": "2024-02-01", "reading": "lenient", "scenario": "lecture", "category": "chat"}
    expected["purpose"] = "service"
    found = result(*(word for name, value in expected.items() for word in (f"--{name}", value)))
    assert {name: found["run"][name] for name in expected} == expected


def test_the_columns_are_fixed_and_every_line_has_them_all() -> None:
    assert CSV_COLUMNS == (
        "flow", "baseline", "by", "part", "category", "outcome", "unit", "value", "low", "high",
        "joinlab", "scenario", "date", "purpose", "reading", "behaviour", "seed",
    )  # fmt: skip
    done = joinlab("compare", *FLOWS, *SMALL, "--format", "csv", "--by", "role")
    header, *rows = csv.reader(io.StringIO(done.out))
    assert header == list(CSV_COLUMNS)
    assert rows
    assert {len(row) for row in rows} == {len(CSV_COLUMNS)}
    assert done.out.endswith("\n")
    assert not done.out.endswith("\n\n")
    assert "\r" not in done.out


def test_a_line_is_found_by_its_words_and_never_twice() -> None:
    keys = [tuple(row[name] for name in CSV_COLUMNS[:6]) for row in table("--by", "role")]
    assert len(set(keys)) == len(keys)


def test_amounts_are_numbers_and_what_is_not_defined_is_empty() -> None:
    for row in table("--by", "confidentiality"):
        if row["value"] == "":
            assert (row["low"], row["high"]) == ("", "")
        for name in ("value", "low", "high"):
            assert row[name] == "" or float(row[name]) == float(row[name])


def test_csv_holds_the_shares_ledgers_and_differences_of_the_json() -> None:
    by_words = {tuple(row[name] for name in CSV_COLUMNS[:6]): row for row in table()}
    for flow in result()["flows"]:
        for outcome, estimate in flow["shares"].items():
            row = by_words[flow["id"], "", "", "", "audio", outcome]
            assert [float(row[name]) for name in ("value", "low", "high")] == list(estimate.values())
        assert float(by_words[flow["id"], "", "", "", "", "left"]["value"]) == flow["left"]["value"]
        for name, estimate in flow["seconds_to_join"].items():
            assert float(by_words[flow["id"], "", "", "", "", f"seconds_to_join_{name}"]["value"]) == estimate["value"]
    for flow, category, ledger in ledgers():
        for row in ("produced", *ROWS):
            line = by_words[flow, "", "", "", category, f"ledger_{row}"]
            assert (float(line["value"]), line["unit"]) == (ledger[row], ledger["unit"])
    for item in result()["differences"]:
        category = "" if item["outcome"] == "left" else "audio"
        line = by_words[item["flow"], item["baseline"], "", "", category, item["outcome"]]
        assert float(line["value"]) == item["value"]


def test_csv_holds_the_parts_of_a_split() -> None:
    rows = [row for row in table("--by", "role") if row["by"] == "role"]
    for flow in result("--by", "role")["flows"]:
        for part, found in flow["by"]["role"].items():
            mine = {row["outcome"]: row for row in rows if (row["flow"], row["part"]) == (flow["id"], part)}
            parts = {f"part_of_{outcome}" for outcome in found["part_of"]}
            assert mine.keys() == (found.keys() - {"part_of"}) | parts
            assert float(mine["claimed"]["value"]) == found["claimed"]["value"]
            assert float(mine["participants"]["value"]) == found["participants"]
            assert float(mine["part_of_produced"]["value"]) == found["part_of"]["produced"]["value"]
            assert (mine["left"]["unit"], mine["left"]["category"]) == ("share of participants", "")


def test_every_line_of_the_csv_says_which_run_it_comes_from() -> None:
    run = result()["run"]
    for row in table():
        for column in ("joinlab", "scenario", "date", "purpose", "reading", "behaviour", "seed"):
            assert row[column] == str(run[column])


def test_csv_holds_what_was_given_up_what_the_hours_buy_who_is_in_them_and_the_causes() -> None:
    by_words = {tuple(row[name] for name in CSV_COLUMNS[:6]): row for row in table()}
    for flow in result()["flows"]:
        name = flow["id"]
        assert float(by_words[name, "", "", "", "", "given_up"]["value"]) == flow["given_up"]["value"]
        assert float(by_words[name, "", "", "", "audio", "buys_hours"]["value"]) == flow["buys"]["hours"]
        distance = flow["representativeness"]["role"]["total_variation"]["value"]
        assert by_words[name, "", "role", "", "audio", "total_variation"]["value"] == (
            "" if distance is None else str(distance)
        )
        for cause, value in flow["ledger"]["chat"]["causes"].items():
            assert float(by_words[name, "", "cause", cause, "chat", "ledger_amount"]["value"]) == value


def test_what_a_scenario_takes_as_given_stands_in_the_run() -> None:
    found = json.loads(joinlab("run", "zoom_2023", *SMALL, "--format", "json").out)
    assert found["run"]["settled"] == {"admin": "grant", "host": "grant"}
    assert result()["run"]["settled"] == {}
