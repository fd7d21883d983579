"""What a results folder keeps of its inputs: enough to open it anew, and to say what changed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from simulator.batch.difference import rerun
from simulator.batch.durable import StoreError
from simulator.batch.manifest import bench_of, inputs_of
from simulator.batch.results import open_results
from simulator.errors import JoinlabError, ScenarioError
from simulator.scenario import library
from tests.batch.builders import FLOWS, SIX, prepared
from tests.cli.command import joinlab

COUNTS = "flow,outcome,count\ntwo_buttons,agreed,700\ntwo_buttons,refused,290\n"
OBSERVED = SIX.replace("    population.willing: [0.1, 0.3, 0.5]", "    observed: [live_two_buttons, counts.csv]")
CHOICES = "stage,option,count\nask,agree,3\nask,continue_without,1\n"
RECORDED = SIX.replace(
    FLOWS, "levers:\n  design: grid\n  of:\n    flow: [two_buttons]\n    behaviour: [recorded]\n"
).replace("    population.willing: [0.1, 0.3, 0.5]", "    choices: [choices.csv]")


def with_files(folder: Path) -> None:
    (folder / "counts.csv").write_text(COUNTS, encoding="utf-8")
    (folder / "choices.csv").write_text(CHOICES, encoding="utf-8")


def test_results_with_counts_of_a_live_flow_are_opened_with_all_that_they_came_from(tmp_path: Path) -> None:
    with_files(tmp_path)
    prepared(tmp_path, OBSERVED).run(tmp_path / "out")
    (tmp_path / "counts.csv").unlink()
    results = open_results(tmp_path / "out")
    frame = results.frame(["wanted", "lawful.video"])
    assert frame["lawful.video"].null_count() == 0
    assert results.outcome("wanted")["value"].to_list() == frame["wanted"].to_list()
    assert len(results.differences("flow", "accept_or_leave")) == 2
    again = rerun(results, 1)
    assert (again.same, again.code) == (True, ())


def test_changed_counts_are_told_with_their_numbers(tmp_path: Path) -> None:
    with_files(tmp_path)
    prepared(tmp_path, OBSERVED).run(tmp_path / "out")
    (tmp_path / "counts.csv").write_text(COUNTS.replace("700", "701"), encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"observed counts.csv: \[0\].counts.agreed is 701, was 700\."):
        prepared(tmp_path, OBSERVED).run(tmp_path / "out")


def test_recorded_choices_are_found_from_wherever_results_are_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_files(tmp_path)
    prepared(tmp_path, RECORDED).run(tmp_path / "out")
    monkeypatch.chdir("/")
    results = open_results(tmp_path / "out")
    assert results.frame(["lawful.video"])["lawful.video"].null_count() == 0
    again = rerun(results, 0)
    assert (again.same, again.code) == (True, ())
    (tmp_path / "choices.csv").write_text(CHOICES.replace(",3", ",30"), encoding="utf-8")
    again = rerun(results, 0)
    assert not again.same
    assert again.code[0].startswith("files: choices.csv is ")
    (tmp_path / "choices.csv").unlink()
    with pytest.raises(StoreError, match="cell 0 can no longer be made from its inputs: .*choices.csv"):
        results.frame(["lawful.video"])


def test_inputs_that_were_kept_make_the_bench_that_they_came_from(tmp_path: Path) -> None:
    with_files(tmp_path)
    made = prepared(tmp_path, OBSERVED)
    kept = json.loads(json.dumps(inputs_of(made)))
    assert bench_of(kept, tmp_path) == made.bench


@pytest.mark.parametrize("name", library.builtin("flow"))
def test_any_flow_that_was_counted_can_be_kept(name: str) -> None:
    from simulator.batch.manifest import _counted, _kept_counts
    from simulator.engine.counted import Counted
    from simulator.scenario.vocabulary import JoinOutcome

    counted = (Counted(library.flow(name), {JoinOutcome.AGREED: 3, JoinOutcome.REFUSED: 2}),)
    assert _counted(json.loads(json.dumps(_kept_counts(counted)))) == counted


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    prepared(tmp_path).run(tmp_path / "out")
    return tmp_path / "out"


def without(path: Path, key: str) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    del content[key]
    path.write_text(json.dumps(content), encoding="utf-8")


def spoil_inputs(folder: Path) -> None:
    path = folder / "inputs.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"seed": 7', '"seed": 8'), encoding="utf-8")


SPOILT = {
    "no results": (lambda folder: (folder / "manifest.json").unlink(), "out: there are no results here."),
    "no inputs": (lambda folder: (folder / "inputs.json").unlink(), "inputs.json: this is missing."),
    "cut": (
        lambda folder: (folder / "manifest.json").write_text('{"format": 2'),
        "manifest.json: this cannot be read: ",
    ),
    "no keys": (
        lambda folder: (folder / "manifest.json").write_text('{"format": 2}'),
        "manifest.json: this is not as a batch wrote it: status is missing.",
    ),
    "a list": (lambda folder: (folder / "inputs.json").write_text("[]"), "inputs.json: this is of another form"),
    "empty": (
        lambda folder: (folder / "inputs.json").write_text("{}"),
        "inputs.json: this is not as a batch wrote it: experiment is missing.",
    ),
    "one key": (
        lambda folder: without(folder / "manifest.json", "packages"),
        "manifest.json: this is not as a batch wrote it: packages is missing.",
    ),
    "changed": (spoil_inputs, "inputs.json: this is not as a batch wrote it: experiment was changed."),
    "no experiment": (lambda folder: (folder / "experiment.yaml").unlink(), "experiment.yaml"),
    "copy": (
        lambda folder: (folder / "parts/00000001 (copy).parquet").write_bytes(b""),
        "parts/00000001 (copy).parquet: this is no part of results.\n  Remove it",
    ),
    "cut part": (lambda folder: (folder / "parts/00000001.parquet").write_bytes(b"PAR1"), "this part cannot be read"),
}
"""Ways to spoil a folder, and what is said."""


@pytest.mark.parametrize("way", SPOILT)
def test_a_spoilt_folder_is_told_in_a_sentence(folder: Path, way: str) -> None:
    spoil, said = SPOILT[way]
    spoil(folder)
    with pytest.raises(JoinlabError) as raised:
        open_results(folder)
    assert said in str(raised.value)
    if way != "no results":
        with pytest.raises(JoinlabError):
            prepared(folder.parent).run(folder)


def test_a_title_may_be_changed_in_the_inputs_that_were_kept(folder: Path) -> None:
    path = folder / "inputs.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"title": "', '"title": "My '), encoding="utf-8")
    assert len(open_results(folder).frame()) == 6


def test_one_spoilt_folder_does_not_cost_the_others(folder: Path) -> None:
    for number, (spoil, _) in enumerate(SPOILT.values()):
        shutil.copytree(folder, folder.parent / f"spoilt_{number:02d}")
        spoil(folder.parent / f"spoilt_{number:02d}")
    listed = joinlab("results", "list", str(folder.parent))
    assert listed.code == 0
    assert "6 of 6" in listed.out
    assert listed.out.count("of 6") == 1
    assert listed.err.count("note: ") == len(SPOILT) - 1  # one has no manifest, and is no folder of results
