"""`fit`, `validate` and `--uncertainty` on the command line."""

from __future__ import annotations

import csv
import io
import json
from functools import cache
from pathlib import Path

import pytest

from simulator.analysis.fit import Fit, Library, fit
from simulator.analysis.fitted_file import draws_file, parameter_file
from simulator.analysis.validation import Judged, leave_one_out
from simulator.cli.evidence_view import as_data, as_markdown, print_fit, print_validation
from simulator.scenario import library
from tests.cli.command import SMALL, joinlab

FLOWS = ("accept_or_leave", "two_buttons")


@cache
def small_fit() -> Fit:
    prior, people = library.parameters("prior"), library.population("office_workers")
    return fit(Library.of([library.study("grassl2021")], prior, people))


@cache
def small_validation() -> list[Judged]:
    prior, people = library.parameters("prior"), library.population("office_workers")
    few = [library.study(name) for name in ("grassl2021", "chandrashekar2023")]
    return leave_one_out(few, prior, people, seed=1)


@pytest.fixture
def scenario(tmp_path: Path) -> str:
    """Everyday meetings with parameters that have a few joint draws."""
    found = small_fit()
    (tmp_path / "mine.yaml").write_text(parameter_file(found, name="mine", draws="mine.csv", seed=1))
    lines = draws_file(found, 1).splitlines()
    (tmp_path / "mine.csv").write_text("\n".join(lines[:9]) + "\n")
    text = library.find("scenario", "everyday_meetings").read_text()
    (tmp_path / "everyday.yaml").write_text(text.replace("parameters: central", "parameters: mine.yaml"))
    return str(tmp_path / "everyday.yaml")


def test_the_table_shows_both_intervals_and_how_often_a_ranking_holds(scenario: str) -> None:
    done = joinlab("compare", *FLOWS, *SMALL, "--scenario", scenario, "--uncertainty")
    assert done.code == 0, done.err
    assert "Monte Carlo   parameters" in done.out
    assert "Over 8 joint draws" in done.out
    assert "two_buttons claims more than accept_or_leave in" in done.out
    assert max(map(len, done.out.splitlines())) <= 80


def test_differences_and_rankings_say_which_reading_they_go_by(scenario: str) -> None:
    text = joinlab("compare", *FLOWS, *SMALL, "--scenario", scenario, "--uncertainty").out
    below = text[text.index("Points more than under") : text.index("What is kept")]
    assert "  lawful, strict " in below
    assert "  lawful, lenient " in below
    sentences = " ".join(below.split())
    for reading in ("strictly", "leniently"):
        assert f"two_buttons has more that is lawful, read {reading}, than accept_or_leave in" in sentences


def test_json_and_csv_keep_the_two_intervals_apart(scenario: str) -> None:
    words = ("compare", *FLOWS, *SMALL, "--scenario", scenario, "--uncertainty", "--format")
    found = json.loads(joinlab(*words, "json").out)
    drawn = found["uncertainty"]
    assert drawn["draws"] == 8
    one, other = found["flows"][1]["shares"]["claimed"], drawn["flows"][1]["claimed"]
    assert one["value"] == other["value"]
    assert (one["low"], one["high"]) != (other["low"], other["high"])
    assert {item["outcome"] for item in drawn["rankings"]} >= {"claimed", "lawful", "claimed_and_wanted"}
    rows = list(csv.DictReader(io.StringIO(joinlab(*words, "csv").out)))
    (line,) = [
        row for row in rows
        if (row["flow"], row["outcome"], row["unit"]) == ("two_buttons", "claimed", "share, over draws")
    ]  # fmt: skip
    assert float(line["low"]) == other["low"]


def test_what_the_draws_change_is_not_in_the_run_itself(scenario: str) -> None:
    words = ("compare", *FLOWS, *SMALL, "--scenario", scenario, "--format", "json")
    plain, spread = json.loads(joinlab(*words).out), json.loads(joinlab(*words, "--uncertainty").out)
    assert "uncertainty" not in plain
    assert {key: spread[key] for key in plain} == plain


def test_parameters_without_draws_are_told_with_the_remedy(tmp_path: Path) -> None:
    text = library.find("scenario", "everyday_meetings").read_text()
    (tmp_path / "everyday.yaml").write_text(text.replace("parameters: central", "parameters: prior"))
    done = joinlab("compare", *FLOWS, *SMALL, "--scenario", str(tmp_path / "everyday.yaml"), "--uncertainty")
    assert done.code == 2
    assert "parameters prior have no joint draws." in done.err
    assert "joinlab fit --output FILE" in done.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("fit", "--output", "My-Fit.yaml"), "is no name for a parameter file"),
        (("fit", "--output", "nowhere/mine.yaml"), "there is no folder nowhere"),
        (("fit", "--prior", "priro"), 'Did you mean "prior"?'),
        (("fit", "--seed", "-1"), "--seed: -1 is out of range; expected 0 to 18446744073709551615."),
        (("validate", "none.yaml"), "none.yaml"),
    ],
)
def test_wrong_usage_is_told(words: tuple[str, ...], said: str) -> None:
    done = joinlab(*words)
    assert done.code == 2
    assert said in done.err


def test_a_study_that_is_kept_apart_is_not_fitted() -> None:
    done = joinlab("fit", str(library.find("evidence", "jbl2002")))
    assert done.code == 2
    assert "has the role reserve" in done.err
    assert "joinlab validate" in done.err


def test_a_fitted_study_is_not_predicted_as_if_it_were_new() -> None:
    done = joinlab("validate", str(library.find("evidence", "grassl2021")))
    assert done.code == 2
    assert "grassl2021 is fitted, and what is fitted cannot be predicted." in done.err


def test_a_flow_is_no_study() -> None:
    done = joinlab("validate", str(library.find("flow", "two_buttons")))
    assert done.code == 2
    assert "two_buttons.yaml" in done.err


def test_the_fit_is_printed_within_eighty_columns_with_its_studies(capsys: pytest.CaptureFixture[str]) -> None:
    print_fit(small_fit())
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 80
    assert "prior only" in out
    assert "grassl2021" in out


def test_the_validation_is_printed_within_eighty_columns(capsys: pytest.CaptureFixture[str]) -> None:
    print_validation(small_validation(), left_out=True)
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 80
    for word in ("no design effect", "mean effect", "refusal_set", "negated"):
        assert word in out


def test_the_page_shows_misses_first_and_says_what_was_not_reached() -> None:
    page = as_markdown(small_validation(), left_out=True)
    assert page.index("## Misses") < page.index("## Accuracy") < page.index("## All figures")
    assert "reached" in page
    data = as_data(small_validation())
    assert {one["id"] for one in data["studies"]} == {"grassl2021", "chandrashekar2023"}
    assert set(data["accuracy"]) == {"the_model", "no_design_effect", "mean_effect"}
