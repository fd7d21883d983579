"""`--observed` on the command line: the fit is shown, kept as data, and what does not fit is told."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from simulator.scenario import library
from tests.cli.command import SMALL, joinlab

FLOWS = ("two_buttons", "accept_or_leave")
COUNTS = "flow,outcome,count\ntwo_buttons,agreed,610\ntwo_buttons,refused,390\n"


@pytest.fixture
def counts(tmp_path: Path) -> str:
    (tmp_path / "counts.csv").write_text(COUNTS)
    return str(tmp_path / "counts.csv")


@pytest.fixture
def scenario(tmp_path: Path, counts: str) -> str:
    """Everyday meetings with these counts, and parameters of four joint draws beside them."""
    central = library.find("parameters", "central")
    text = central.read_text().replace("id: central", "id: few").replace("central.draws.csv", "few.csv")
    (tmp_path / "few.yaml").write_text(text)
    lines = central.with_name("central.draws.csv").read_text().splitlines()
    (tmp_path / "few.csv").write_text("\n".join(lines[:5]) + "\n")
    everyday = library.find("scenario", "everyday_meetings").read_text()
    named = everyday.replace("parameters: central", "parameters: few.yaml\nobserved: counts.csv")
    (tmp_path / "everyday.yaml").write_text(named)
    return str(tmp_path / "everyday.yaml")


def test_the_report_shows_what_was_counted_and_what_was_fitted(scenario: str) -> None:
    done = joinlab("compare", *FLOWS, *SMALL, "--scenario", scenario)
    assert done.code == 0, done.err
    assert "Fitted to what was counted" in done.out
    assert "two_buttons  agreed, of those who joined   61.0 %  1,000" in done.out
    assert "constant towards granting " in done.out
    assert "the counts hardly tell" in done.out
    assert "Over 4 joint draws" in done.out
    assert max(map(len, done.out.splitlines())) <= 80


def test_a_scenario_and_the_option_give_the_same(scenario: str, counts: str) -> None:
    by_scenario = json.loads(joinlab("compare", *FLOWS, *SMALL, "--scenario", scenario, "--format", "json").out)
    words = ("compare", *FLOWS, *SMALL, "--scenario", scenario, "--observed", counts, "--format", "json")
    assert json.loads(joinlab(*words).out) == by_scenario
    assert by_scenario["observed"]["counts"][0]["counted"] == 0.61
    assert by_scenario["observed"]["constants"]["grant"]["identified"] is True


def test_csv_has_the_constants_and_both_shares(scenario: str) -> None:
    done = joinlab("compare", *FLOWS, *SMALL, "--scenario", scenario, "--format", "csv")
    rows = {row["outcome"]: row for row in csv.DictReader(io.StringIO(done.out)) if row["outcome"] != "note"}
    assert float(rows["counted_agreed"]["value"]) == 0.61
    assert float(rows["fitted_agreed"]["value"]) == pytest.approx(0.61, abs=0.005)
    assert rows["constant_grant"]["unit"] == "logits"
    assert float(rows["constant_grant"]["low"]) < float(rows["constant_grant"]["high"])


def test_without_counts_nothing_is_said_of_them() -> None:
    done = joinlab("compare", *FLOWS, *SMALL, "--format", "json")
    assert "observed" not in json.loads(done.out)


def test_the_story_of_one_person_has_the_constant_among_its_terms(counts: str) -> None:
    done = joinlab("explain", "two_buttons", "--participant", "7", "--observed", counts)
    assert done.code == 0, done.err
    assert "context -1." in done.out
    assert "context: what one's own counts say of this place" in " ".join(done.out.split())


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("live_two_button", '"live_two_button" is not the name of a built-in set of counts.'),
        ("nowhere.csv", "nowhere.csv: there is no such file."),
    ],
)
def test_a_file_that_is_not_there_is_told(name: str, said: str) -> None:
    done = joinlab("compare", *FLOWS, *SMALL, "--observed", name)
    assert done.code == 2
    assert said in done.err


def test_a_fault_in_the_counts_of_a_scenario_is_told_with_its_line(scenario: str) -> None:
    Path(scenario).with_name("counts.csv").write_text(COUNTS + "two_buttons,left,-3\n")
    done = joinlab("run", scenario, *SMALL)
    assert done.code == 2
    assert "counts.csv:4: observed.counts[2].count: -3 is out of range; expected at least 0." in done.err


def test_a_table_of_counts_can_be_checked(counts: str) -> None:
    done = joinlab("check", counts)
    assert (done.code, done.out) == (0, f"{counts}: the file of this set of counts is in order.\n")


def test_everybody_agreeing_is_said_to_leave_the_constant_open(tmp_path: Path) -> None:
    (tmp_path / "all.csv").write_text("flow,outcome,count\ntwo_buttons,agreed,500\ntwo_buttons,refused,0\n")
    text = library.find("scenario", "everyday_meetings").read_text()
    (tmp_path / "prior.yaml").write_text(text.replace("parameters: central", "parameters: prior"))
    words = ("--scenario", str(tmp_path / "prior.yaml"), "--observed", str(tmp_path / "all.csv"))
    done = joinlab("compare", *FLOWS, *SMALL, *words)
    told = " ".join(done.out.split())
    assert "Everybody of 500 agreed under two_buttons: how far beyond the constant lies cannot be told." in told
    assert "is assumed, as the parameters do not say it" in told
    assert "joint draws" not in told


def test_counts_of_a_flow_that_nobody_here_meets_are_told(scenario: str, tmp_path: Path) -> None:
    europe = tmp_path / "europe.yaml"
    text = Path(scenario).read_text(encoding="utf-8")
    europe.write_text(text + "\nplaces: [DE, FR]\n", encoding="utf-8")
    toggle = "linkedin_genai_toggle_2024"
    counts = tmp_path / "toggle.csv"
    counts.write_text(f"flow,outcome,count\n{toggle},agreed,700\n{toggle},refused,300\n")
    done = joinlab("compare", *FLOWS, *SMALL, "--scenario", str(europe), "--observed", str(counts))
    assert done.code == 2
    assert f"observed: with these people and meetings nobody is asked by {toggle}." in done.err
