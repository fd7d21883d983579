"""Keeping, comparing and taking away results in the app."""

from __future__ import annotations

import csv
import json
import shlex
from pathlib import Path

import pytest
from textual.pilot import Pilot

from simulator.errors import UsageError
from simulator.ui.content import results
from simulator.ui.session import Kept, Session
from tests.cli.command import joinlab
from tests.ui.driving import WIDE, drive, fill, press, seen

RUN = ("compare", "accept_or_leave", "two_buttons", "--participants", "1500", "--seed", "3")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two results, and the current one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "now.json").write_text(joinlab(*RUN, "--format", "json").out, encoding="utf-8")
    earlier = joinlab(*RUN, "--date", "2023-08-08", "--reading", "strict", "--format", "json").out
    (tmp_path / "then.json").write_text(earlier, encoding="utf-8")
    return tmp_path


def test_a_journey_by_keyboard_keeps_a_run_loads_others_names_compares_and_drops_them(folder: Path) -> None:
    session = Session(flows=("accept_or_leave", "two_buttons"), participants=1500, seed=3)

    async def journey(pilot: Pilot[None]) -> None:
        await press(pilot, "k", "enter", "6")
        assert "[x] on   run 1: accept_or_leave, two_buttons" in seen(pilot)
        await press(pilot, "l")
        await fill(pilot, str(folder))
        assert [kept.name for kept in session.runs] == ["run 1", "now", "then"]
        text = seen(pilot)
        assert "then: two_buttons" in text
        assert "differs" in text
        await press(pilot, "space")
        assert "run 1: two_buttons" not in seen(pilot)
        await press(pilot, "down", "n")
        await fill(pilot, "then")
        assert '"then" is the name of another run.' in seen(pilot)
        await fill(pilot, "today")
        assert session.runs[1].name == "today"
        assert "today: two_buttons" in seen(pilot)
        await press(pilot, "x")
        assert [kept.name for kept in session.runs] == ["run 1", "then"]

    drive(journey, session, first="compare", size=(120, 60))


def test_tables_and_charts_leave_as_the_command_line_writes_them(folder: Path) -> None:
    session = Session(runs=results.read_runs(folder / "now.json"))

    async def journey(pilot: Pilot[None]) -> None:
        for place, kind in enumerate(results.EXPORTS):
            await press(pilot, "e", *["down"] * place, "enter")
            await fill(pilot, results.export_name(session.runs[0], kind).replace("now", "out"))
        await press(pilot, "e", "enter")
        await fill(pilot, "out.csv")
        assert "out.csv is there already." in seen(pilot)

    drive(journey, session, first="results", size=WIDE)
    assert (folder / "out.csv").read_text().rstrip() == joinlab(*RUN, "--format", "csv").out.rstrip()
    assert json.loads((folder / "out.json").read_text()) == json.loads((folder / "now.json").read_text())
    for name in ("out.svg", "out_screen.svg"):
        assert "<svg" in (folder / name).read_text()[:200]
        assert "@font-face" not in (folder / name).read_text()
    assert (folder / "out.png").read_bytes()[:4] == b"\x89PNG"


def test_the_chart_names_every_flow_and_outcome(folder: Path) -> None:
    results.export(results.read_runs(folder), "svg", folder / "chart.svg")
    text = (folder / "chart.svg").read_text()
    for name in ("now: accept_or_leave", "then: two_buttons", "claimed", "lawful", "wanted"):
        assert name in text


def test_the_command_of_a_result_from_disk_gives_it_again(folder: Path) -> None:
    for kept in results.read_runs(folder):
        again = joinlab(*shlex.split(kept.command)[1:], "--format", "csv").out
        rows = list(csv.DictReader(again.splitlines()))
        for flow in kept.data["flows"]:
            for outcome in ("claimed", "lawful"):
                told = next(row for row in rows if (row["flow"], row["outcome"]) == (flow["id"], outcome))
                assert float(told["value"]) == flow["shares"][outcome]["value"]


@pytest.mark.parametrize(
    ("text", "says"),
    [("{", "not JSON"), ("[]", "no result"), ('{"run": {}, "flows": [{}]}', "no result"), (None, "cannot be read")],
)
def test_what_is_no_result_is_refused_with_its_place(text: str | None, says: str, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(UsageError, match=says) as refused:
        results.read_runs(path)
    assert "x.json" in str(refused.value)


def test_a_folder_without_results_is_said_on_the_screen_and_the_app_goes_on(tmp_path: Path) -> None:
    async def journey(pilot: Pilot[None]) -> None:
        assert "Nothing is kept yet." in seen(pilot)
        assert "e Export" not in seen(pilot)
        await press(pilot, "l")
        await fill(pilot, str(tmp_path))
        assert "holds no .json file." in " ".join(seen(pilot).replace("┃", " ").split())
        await press(pilot, "escape")
        assert "Nothing is kept yet." in seen(pilot)

    drive(journey, Session(), first="results", size=WIDE)


def test_names_are_told_apart() -> None:
    session = Session(runs=[Kept("a", {}, ""), Kept("a 2", {}, "")])
    assert results.unused_name(session, "a") == "a 3"
    assert results.unused_name(session, "b") == "b"


def test_plain_text_opens_results_from_disk(folder: Path) -> None:
    told = joinlab("ui", "--plain", "--screen", "results", "--results", str(folder)).out
    assert "then: two_buttons" in told
    assert "$ joinlab compare accept_or_leave two_buttons" in told
