"""`--meetings`: recorded meetings as files and folders, one after the other as a shell expands them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.command import SMALL, joinlab

TWO = ("accept_or_leave", "two_buttons")


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Three meetings in three formats, of two, three and four people."""
    made = [tmp_path / name for name in ("a.rttm", "b.vtt", "c.csv")]
    made[0].write_text(
        "".join(f"SPEAKER a 1 {start} 20 <NA> <NA> {who} <NA> <NA>\n" for start, who in ((0, "x"), (20, "y"))), "utf-8"
    )
    cues = (f"00:00:0{n}.000 --> 00:00:0{n + 1}.000\n<v {who}>Word\n" for n, who in enumerate(("Xi", "Ya", "Zo")))
    made[1].write_text("\n".join(["WEBVTT\n", *cues]), "utf-8")
    made[2].write_text("participant,seconds\np,1\nq,2\nr,3\ns,0\n", "utf-8")
    return made


def run(*words: str | Path) -> dict[str, object]:
    """What a comparison with these words says of its run."""
    done = joinlab("compare", *map(str, words), *SMALL, "--format", "json")
    assert (done.code, done.err) == (0, "")
    found = json.loads(done.out)
    assert [flow["id"] for flow in found["flows"]] == list(TWO)
    return found


def test_one_file_is_read(files: list[Path]) -> None:
    found = run(*TWO, "--meetings", files[0])["run"]
    assert (found["recorded_meetings"], found["participants"]) == (1, 2 * found["meetings"])


def test_a_folder_is_read_whatever_is_in_it(files: list[Path]) -> None:
    assert run(*TWO, "--meetings", files[0].parent)["run"]["recorded_meetings"] == 3


def test_several_files_after_one_option_are_all_read(files: list[Path]) -> None:
    together = run(*TWO, "--meetings", files[0].parent)
    assert run(*TWO, "--meetings", *files) == together
    assert run("--meetings", *files, *TWO) == together
    assert run(TWO[0], "--meetings", *files, TWO[1]) == together
    assert run(*TWO, *(word for file in files for word in ("--meetings", file))) == together


def test_a_file_and_a_folder_may_follow_each_other(files: list[Path], tmp_path: Path) -> None:
    folder = tmp_path / "more"
    folder.mkdir()
    files[2].rename(folder / "c.csv")
    assert run(*TWO, "--meetings", files[0], folder)["run"]["recorded_meetings"] == 2


def test_a_flows_file_is_not_taken_for_a_meeting(files: list[Path], tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text(joinlab("flows", "show", "two_buttons", "--format", "yaml").out, encoding="utf-8")
    assert run(TWO[0], "--meetings", files[0], mine)["run"]["recorded_meetings"] == 1


def test_without_the_option_a_recording_is_no_flow(files: list[Path]) -> None:
    done = joinlab("compare", *TWO, str(files[0]), *SMALL)
    assert (done.code, done.out) == (2, "")


def test_the_produced_speech_is_that_of_the_files(files: list[Path]) -> None:
    found = run(*TWO, "--meetings", files[0])
    produced = found["flows"][0]["ledger"]["audio"]["produced"]
    assert produced == pytest.approx(found["run"]["meetings"] * 40 / 60)


def test_a_file_that_is_no_meeting_is_refused_with_the_endings(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Ann: hello", "utf-8")
    done = joinlab("compare", *TWO, "--meetings", str(path))
    assert (done.code, done.out) == (2, "")
    assert done.err == f"{path}: the ending '.txt' is not known; expected one of .rttm, .vtt, .csv.\n"


def test_problems_of_all_meeting_files_are_told_at_once(files: list[Path]) -> None:
    for file in files[:2]:
        file.write_text("", "utf-8")
    done = joinlab("compare", *TWO, "--meetings", *map(str, files))
    assert (done.code, done.out) == (2, "")
    assert [str(file) in done.err for file in files] == [True, True, False]


def test_people_and_explain_live_in_recorded_meetings_too(files: list[Path]) -> None:
    assert "2 people" in joinlab("people", "-n", "2", "--meetings", str(files[0])).out
    text = " ".join(joinlab("explain", "two_buttons", "--meetings", str(files[0])).out.split())
    assert "They would speak for 0.3 minutes." in text


def test_a_precision_that_one_meeting_cannot_give_ends_with_a_note(files: list[Path]) -> None:
    done = joinlab("compare", *TWO, "--meetings", str(files[0]), *SMALL, "--precision", "5pp")
    assert done.code == 0
    assert done.err == "note: precision 5pp was not reached: there are too few meetings for an interval.\n"


def test_a_precision_that_differing_meetings_cannot_give_ends_with_a_note(tmp_path: Path) -> None:
    path = tmp_path / "two.csv"
    rows = ["many,p{n},60" for _ in range(12)]
    many = [row.format(n=number) for number, row in enumerate(rows)]
    path.write_text("\n".join(["meeting,participant,seconds", *many, "few,a,60", "few,b,60"]), "utf-8")
    words = ("compare", "accept_or_leave", "any_refusal_stops", "--meetings", str(path), "--seed", "5")
    done = joinlab(*words, "--participants", "2000", "--precision", "0.1pp")
    assert done.code == 0
    assert done.err.startswith(
        "note: precision 0.1pp was not reached, because the recorded meetings differ from each other; "
        "the widest interval is "
    )
