"""The pages about experiments show what joinlab does, and explain all that it writes."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.batch.manifest import started
from simulator.batch.outcomes import KEPT, outcome
from simulator.batch.run import run_batch
from simulator.scenario.experiment import SAMPLED, Experiment, Varied
from tests.batch.builders import prepared
from tests.cli.command import joinlab
from tests.docs_pages import ROOT, blocks
from tests.test_docs_examples import fits

HOW_TO = ROOT / "docs/how-to/experiments.md"
REFERENCE = ROOT / "docs/reference/experiments.md"
TEXT = REFERENCE.read_text(encoding="utf-8")


def shown() -> list[tuple[str, tuple[str, ...]]]:
    """The commands of the how-to in their order, with what it says they print."""
    found: list[tuple[str, tuple[str, ...]]] = []
    for _, block in blocks(HOW_TO, "text"):
        starts = [place for place, line in enumerate(block) if line.startswith("$ ")]
        for start, end in zip(starts, [*starts[1:], len(block)], strict=True):
            found.append((block[start].removeprefix("$ joinlab "), tuple(block[start + 1 : end])))
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("experiment", "examples"), [("willing_and_asked", 5), ("what_matters", 3)])
def test_the_how_to_shows_what_its_commands_print(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, experiment: str, examples: int
) -> None:
    monkeypatch.chdir(tmp_path)
    of_it = [(command, lines) for command, lines in shown() if experiment in command]
    assert len(of_it) == examples
    for command, lines in of_it:
        done = joinlab(*shlex.split(command))
        assert done.code == 0
        printed = [line.rstrip() for line in done.out.splitlines()]
        assert fits(printed, lines), "\n".join([command, *printed])


@pytest.mark.slow
def test_the_commands_of_the_how_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert joinlab("batch", "willing_and_asked").code == 0
    for _, block in blocks(HOW_TO, "sh"):
        for line in block:
            words = shlex.split(line.split("#")[0].split(">")[0])[1:]
            if "results/other" not in words:
                assert joinlab(*words).code == 0, line


@pytest.mark.slow
def test_the_code_of_the_how_to_runs() -> None:
    (code,) = [block for _, block in blocks(HOW_TO, "python")]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", "\n".join(code)], cwd=ROOT, capture_output=True, text=True, check=False,
        timeout=200,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "(36, 20)" in done.stdout


@pytest.mark.parametrize("key", Experiment.model_fields)
def test_the_reference_explains_each_key_of_an_experiment(key: str) -> None:
    assert f"`{key}`" in TEXT


def test_the_reference_explains_each_design() -> None:
    designs = Varied.model_json_schema()["properties"]["design"]["enum"]
    rows = re.findall(r"^\| `(\w+)` \|", TEXT, re.MULTILINE)
    assert [design for design in designs if design not in rows] == []
    assert set(SAMPLED) < set(designs)


def test_the_reference_explains_each_key_of_the_manifest_and_each_status(tmp_path: Path) -> None:
    made = prepared(tmp_path)
    for key in started(made, {}):
        assert f"`{key}`" in TEXT, key
    source = (ROOT / "simulator/batch/run.py").read_text(encoding="utf-8")
    for status in {*re.findall(r'status = "(\w+)"', source), "done", "some_failed", "stopped"}:
        assert f"`{status}`" in TEXT, status


def test_the_reference_explains_each_file_of_a_folder(tmp_path: Path) -> None:
    run_batch(prepared(tmp_path), tmp_path / "out")
    for path in (tmp_path / "out").iterdir():
        assert f"`{path.name}" in TEXT, path.name


def test_the_reference_names_outcomes_that_there_are() -> None:
    section = TEXT.split("## Outcomes by name")[1].split("\n## ")[0]
    names = [
        name for row in re.findall(r"^\| (`[^|]*)\|", section, re.MULTILINE) for name in re.findall(r"`([^`]+)`", row)
    ]
    assert len(names) > 12
    for name in names:
        outcome(name)
    kinds = {name.split(".")[0] for name in KEPT}
    assert kinds <= {name.split(".")[0] for name in names}


def test_a_data_dictionary_has_a_meaning_for_each_column(tmp_path: Path) -> None:
    run_batch(prepared(tmp_path), tmp_path / "out")
    for path in (tmp_path / "out").glob("*/columns.csv"):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert lines[0] == "column,type,unit,meaning"
        assert all(not line.endswith(",") for line in lines)
    assert json.loads((tmp_path / "out/manifest.json").read_text(encoding="utf-8"))["format"] == 2
