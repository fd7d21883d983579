"""Keeping, comparing and taking away results in the app."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from simulator.errors import UsageError
from simulator.scenario import library
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


@pytest.mark.slow
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


@pytest.mark.parametrize(
    "more",
    [
        (),
        ("--date", "2023-08-08", "--reading", "strict"),
        ("--company-veto",),
        ("--behaviour", "habit"),
        ("--scenario", "confidential_meeting", "--company-veto"),
        ("--by", "role"),
    ],
    ids=" ".join,
)
def test_the_command_of_a_result_from_disk_gives_it_again(more: tuple[str, ...], tmp_path: Path) -> None:
    written = joinlab(*RUN, *more, "--format", "json").out
    (tmp_path / "x.json").write_text(written, encoding="utf-8")
    (kept,) = results.read_runs(tmp_path / "x.json")
    assert json.loads(joinlab(*shlex.split(kept.command)[1:], "--format", "json").out) == json.loads(written)


@pytest.mark.slow
def test_the_command_of_a_result_names_each_file_that_it_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for kind, name, own in (("flow", "two_buttons", "mine"), ("scenario", "everyday_meetings", "wk")):
        text = library.builtin(kind)[name].read_text(encoding="utf-8")  # type: ignore[index]
        (tmp_path / f"{own}.yaml").write_text(text.replace(f"id: {name}", f"id: {own}", 1), encoding="utf-8")
    observed = library.builtin("observed")["live_two_buttons"]
    asked = (*RUN[:2], "mine.yaml", *RUN[3:], "--scenario", "wk.yaml", "--company-veto", "--observed", str(observed))
    written = joinlab(*asked, "--format", "json").out
    (tmp_path / "x.json").write_text(written, encoding="utf-8")
    (kept,) = results.read_runs(tmp_path / "x.json")
    files = {"FILE_OF_mine": "mine.yaml", "FILE_OF_wk": "wk.yaml", "FILE": str(observed)}
    words = [files.get(word, word) for word in shlex.split(kept.command)[1:]]
    assert set(files.values()) <= set(words)
    assert json.loads(joinlab(*words, "--format", "json").out) == json.loads(written)


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
    assert session.keep(Kept("a", {}, "")).name == "a 3"
    assert session.keep(Kept("b", {}, "")).name == "b"


def marks(pilot: Pilot[None]) -> list[str]:
    """Each run of the list, with its mark."""
    return re.findall(r"^ *>? *(\[[ x]\] \w+ +[\w ]+:) accept", seen(pilot), re.MULTILINE)


@pytest.mark.slow
def test_no_two_kept_runs_have_one_name() -> None:
    session = Session(participants=1000)

    async def journey(pilot: Pilot[None]) -> None:
        await press(pilot, "k", "enter", "k", "enter", "6", "x", "2", "k")
        assert pilot.app.screen.query_one(Input).value == "run 3"
        await fill(pilot, " run 2 ")
        assert [kept.name for kept in session.runs] == ["run 2", "run 2 2"]
        assert 'Kept as "run 2 2".' in seen(pilot)
        await press(pilot, "6", "space")
        assert marks(pilot) == ["[ ] off  run 2:", "[x] on   run 2 2:"]
        await press(pilot, "n")
        await fill(pilot, "first")
        assert marks(pilot) == ["[ ] off  first:", "[x] on   run 2 2:"]
        await press(pilot, "x", "2", "k")
        await fill(pilot, "first")
        await press(pilot, "6")
        assert marks(pilot) == ["[x] on   run 2 2:", "[x] on   first:"]

    drive(journey, session, first="compare", size=(120, 60))


def test_plain_text_opens_results_from_disk(folder: Path) -> None:
    told = joinlab("ui", "--plain", "--screen", "results", "--results", str(folder)).out
    assert "then: two_buttons" in told
    assert "$ joinlab compare accept_or_leave two_buttons" in told
