"""Why what is claimed is void: the table of rules, and what every output says of lawful."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from simulator.scenario import library
from simulator.text.numbers import amount, percent
from tests.cli.command import SMALL, joinlab, lines

TWO = ("accept_or_leave", "host_decides")
Json = dict[str, Any]


@cache
def told(*words: str) -> str:
    """What `compare --why` prints, or another command with it."""
    done = joinlab(*words, *SMALL, "--why")
    assert (done.code, done.err) == (0, "")
    return done.out


@cache
def ledger(*words: str) -> Json:
    """The ledger of audio of the first flow of the same run, from the JSON."""
    done = joinlab(*words, *SMALL, "--format", "json")
    found = json.loads(done.out)
    category = found["run"]["category"]
    return {**found["flows"][0]["ledger"][category], "rules": found["rules"]}


def table(text: str, flow: str) -> list[str]:
    """The lines of a flow's table, below its heading."""
    found = lines(text)
    rest = found[found.index(f"{flow}: why it is void") + 1 :]
    return rest[: rest.index("")]


def numbers(shown: list[str]) -> dict[str, list[str]]:
    """The cells of each line that has numbers, by its first word."""
    cells = [re.split(r"\s{2,}", line) for line in shown[2:] if not line.startswith(" ")]
    return {first: rest for first, *rest in cells if rest}


@pytest.mark.parametrize("words", [("compare", *TWO), ("run", TWO[0]), ("compare", *TWO, "--category", "video")])
def test_each_rule_stands_with_its_minutes_and_their_share_of_what_is_claimed(words: tuple[str, ...]) -> None:
    found, shown = ledger(*words), numbers(table(told(*words), TWO[0]))
    assert found["void_by_rule"]
    for rule, void in found["void_by_rule"].items():
        assert shown[rule] == [amount(void["amount"]), percent(void["of_claimed"]), amount(void["lenient"])]


def test_the_last_line_is_the_row_void_of_the_ledger() -> None:
    found, shown = ledger("compare", *TWO), numbers(table(told("compare", *TWO), TWO[0]))
    lenient = sum(rule["lenient"] for rule in found["void_by_rule"].values())
    assert shown["void in all"] == [amount(found["void"]), percent(found["void"] / found["claimed"]), amount(lenient)]
    waterfall = next(line for line in lines(joinlab("run", TWO[0], *SMALL).out) if line.startswith("- void"))
    assert waterfall.removeprefix("- void, read strictly").split()[0] == amount(found["void"])


def test_below_each_rule_stand_its_place_what_it_says_in_a_few_words_and_its_citation() -> None:
    text = " ".join(" ".join(table(told("compare", *TWO), TWO[0])).split())
    for rule, said in ledger("compare", *TWO)["rules"].items():
        if rule in text:
            assert said["briefly"] in text
            assert said["citation"] in text
    assert "Germany: the only other way was to leave GDPR Art. 7(4) and recital 43" in text


def test_what_is_unsettled_is_marked() -> None:
    text = " ".join(told("compare", *TWO).split())
    assert "Japan: the only other way was to leave (unsettled)" in text
    assert "Germany: the only other way was to leave (unsettled)" not in text
    assert re.search(r"Germany: recorded without[a-z ]*\(what a notice is worth is unsettled\)", text)


def test_what_is_void_only_as_mixed_with_somebody_elses_is_told_apart() -> None:
    video = ("compare", *TWO, "--category", "video")
    mixed = [rule["mixed"] for rule in ledger(*video)["void_by_rule"].values() if rule["mixed"]]
    assert mixed
    for part in mixed:
        assert f"{amount(part)} of it as recorded together" in told(*video)
    assert "recorded together" not in " ".join(table(told("compare", *TWO), TWO[0]))


@pytest.mark.parametrize("reading", ["strict", "lenient"])
def test_where_the_reading_is_fixed_there_is_one_column_less(reading: str) -> None:
    shown = table(told("compare", *TWO, "--reading", reading), TWO[0])
    assert shown[1].split() == ["rule", "void", "of", "claimed"]
    assert {len(cells) for cells in numbers(shown).values()} == {2}
    assert not any("lenient" in line for line in shown)


def test_a_flow_that_claims_nothing_or_nothing_void_says_so(tmp_path: Path) -> None:
    nothing = table(told("compare", "zoom_ai_companion_required_consent", TWO[0]), "zoom_ai_companion_required_consent")
    assert nothing == ["Nothing is claimed."]
    text = library.builtin("population")["office_workers"].read_text(encoding="utf-8")
    mine = text.replace(re.findall(r"of: (\{EU.*\})", text)[0], "{US-1P: 1.0}")
    (tmp_path / "people.yaml").write_text(mine, encoding="utf-8")
    scenario = library.builtin("scenario")["everyday_meetings"].read_text(encoding="utf-8")
    changed = scenario.replace("office_workers", "people.yaml").replace("working_week", "meetings.yaml")
    (tmp_path / "mine.yaml").write_text(changed, encoding="utf-8")
    week = library.builtin("meetings")["lectures"].read_text(encoding="utf-8")
    week = week.replace("sector: education", "sector: work").replace("minors: {value: 0.05", "minors: {value: 0.0")
    (tmp_path / "meetings.yaml").write_text(week, encoding="utf-8")
    shown = told("run", "two_buttons", "--scenario", str(tmp_path / "mine.yaml"))
    assert table(shown, "two_buttons") == ["Nothing that is claimed is void."]


@pytest.mark.parametrize("length", [40, 41, 60])
def test_a_rule_of_any_name_keeps_the_numbers_below_each_other(length: int) -> None:
    from simulator.text.law_view import _row

    *_, numbers_line = _row("n" * length, "1", "2", "3").split("\n")
    assert numbers_line.endswith(f"{'1':>13}{'2':>13}{'3':>13}")
    assert len(numbers_line) == 80


@pytest.mark.parametrize(
    "words",
    [
        ("compare", *TWO, *SMALL),
        ("compare", *TWO, *SMALL, "--why", "--ledger"),
        ("run", *TWO, *SMALL, "--why"),
        ("run", *TWO, *SMALL, "--format", "json"),
        ("run", *TWO, *SMALL, "--format", "csv"),
        ("explain", *TWO),
        ("check", "accept_or_leave", "--effect", "--participants", "400"),
        ("check", "accept_or_leave", "--effect", "--participants", "400", "--format", "json"),
    ],
)
def test_every_output_that_shows_lawful_says_once_that_it_is_no_legal_advice(words: tuple[str, ...]) -> None:
    done = joinlab(*words)
    assert done.code == 0
    assert " ".join(done.out.split()).count("not legal advice") == 1


def test_a_day_later_than_the_last_review_is_told() -> None:
    text = " ".join(joinlab("compare", *TWO, *SMALL, "--date", "2027-07-01").out.split())
    assert "not legal advice. Nobody has looked at them since 2026-07-01." in text
    assert "Nobody has looked" not in joinlab("compare", *TWO, *SMALL).out


def test_another_purpose_than_training_is_told(tmp_path: Path) -> None:
    scenario = library.builtin("scenario")["everyday_meetings"].read_text(encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(f"{scenario}purpose: service\n", encoding="utf-8")
    done = joinlab("run", "zoom_ai_companion_default", "--scenario", str(tmp_path / "mine.yaml"), *SMALL)
    assert "They are coded for training, and ask too much of other uses." in " ".join(done.out.split())
