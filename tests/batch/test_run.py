"""Batches: what is finished is kept, what is missing is run, and nothing is overwritten by mistake."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.batch import durable, executors
from simulator.batch.bench import Bench
from simulator.batch.cells import FAILED, Cell, CellResult, run_cell
from simulator.batch.durable import StoreError, UnwritableError
from simulator.batch.executors import Executor, Processes, Threads
from simulator.batch.prepared import Prepared
from simulator.batch.results import open_results
from simulator.batch.run import run_batch
from simulator.batch.store import Store
from simulator.batch.tables import TABLES
from simulator.errors import JoinlabError, ScenarioError
from tests.batch.builders import FLOWS, HEAD, SIX, prepared, written


class Chosen:
    """Runs cells one by one: of some it says that they failed, after some it is interrupted."""

    name = "chosen"
    workers = 1

    def __init__(self, *, failing: tuple[int, ...] = (), interrupted_at: int | None = None) -> None:
        self.failing = failing
        self.interrupted_at = interrupted_at
        self.ran: list[int] = []

    def results(self, bench: Bench, cells: Iterator[Cell]) -> Iterator[list[CellResult]]:
        for cell in cells:
            if cell.number == self.interrupted_at:
                raise KeyboardInterrupt
            self.ran.append(cell.number)
            if cell.number in self.failing:
                yield [CellResult(cell.number, FAILED, cell.seed_of(0), error="it was chosen to fail.")]
            else:
                yield [run_cell(bench, cell)]


def tables_of(folder: Path) -> dict[str, str]:
    """Digest of every file of every table."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for table in TABLES
        for path in sorted((folder / table).iterdir())
    }


@pytest.fixture
def small(tmp_path: Path) -> Prepared:
    return prepared(tmp_path)


@pytest.fixture
def undisturbed(small: Prepared, tmp_path: Path) -> dict[str, str]:
    """The tables of a batch that ran in one go."""
    run_batch(small, tmp_path / "undisturbed", executor=Threads(1))
    return tables_of(tmp_path / "undisturbed")


@pytest.mark.parametrize(
    "executor", [Threads(1), Threads(3), Processes(1), Processes(2)], ids=lambda one: f"{one.name}{one.workers}"
)
def test_tables_are_the_same_to_the_byte_wherever_cells_run(
    small: Prepared, tmp_path: Path, undisturbed: dict[str, str], executor: Executor
) -> None:
    summary = run_batch(small, tmp_path / "out", executor=executor)
    assert (summary.status, summary.done, summary.failed, summary.ran) == ("done", 6, 0, 6)
    assert tables_of(tmp_path / "out") == undisturbed
    assert len(undisturbed) == 2 * len(TABLES)


def test_the_same_command_again_runs_nothing_and_changes_nothing(small: Prepared, tmp_path: Path) -> None:
    run_batch(small, tmp_path / "out")
    before = tables_of(tmp_path / "out")
    again = Chosen()
    assert run_batch(small, tmp_path / "out", executor=again).ran == 0
    assert again.ran == []
    assert tables_of(tmp_path / "out") == before


def test_an_interrupted_batch_keeps_what_is_finished_and_goes_on_from_there(
    small: Prepared, tmp_path: Path, undisturbed: dict[str, str]
) -> None:
    with pytest.raises(KeyboardInterrupt):
        run_batch(small, tmp_path / "out", executor=Chosen(interrupted_at=4))
    assert open_results(tmp_path / "out").status == "cancelled"
    assert Store(tmp_path / "out", 6).unfinished() == [4, 5]
    rest = Chosen()
    run_batch(small, tmp_path / "out", executor=rest)
    assert rest.ran == [4, 5]
    assert tables_of(tmp_path / "out") == undisturbed


def test_a_batch_that_the_program_broke_off_does_not_say_that_somebody_cancelled_it(
    small: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("simulator.batch.run.write_tables", broken)
    with pytest.raises(AssertionError):
        run_batch(small, tmp_path / "out")
    assert open_results(tmp_path / "out").status == "broken"


def test_failed_cells_are_data_and_are_run_again(small: Prepared, tmp_path: Path, undisturbed: dict[str, str]) -> None:
    summary = run_batch(small, tmp_path / "out", executor=Chosen(failing=(1, 3)))
    assert (summary.status, summary.done, summary.failed) == ("some_failed", 4, 2)
    cells = open_results(tmp_path / "out").table("cells")
    assert cells.filter(cells["status"] == FAILED)["cell"].to_list() == [1, 3]
    assert cells["error"].to_list()[1] == "it was chosen to fail."
    assert cells["seed"].to_list() == [7] * 6
    outcomes = open_results(tmp_path / "out").table("outcomes")
    assert sorted(set(outcomes["cell"])) == [0, 2, 4, 5]
    again = Chosen()
    assert run_batch(small, tmp_path / "out", executor=again).status == "done"
    assert again.ran == [1, 3]
    assert tables_of(tmp_path / "out") == undisturbed


def test_only_failed_cells_can_be_run(small: Prepared, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        run_batch(small, tmp_path / "out", executor=Chosen(failing=(1,), interrupted_at=3))
    again = Chosen()
    assert run_batch(small, tmp_path / "out", executor=again, only_failed=True).status == "partly"
    assert again.ran == [1]
    assert open_results(tmp_path / "out").status == "partly"
    assert run_batch(small, tmp_path / "out", executor=again).status == "done"
    assert again.ran == [1, 3, 4, 5]


@pytest.mark.parametrize(("most", "ran"), [(0, [0, 1]), (1, [0, 1, 2, 3]), (2, [0, 1, 2, 3, 4, 5])])
def test_a_batch_stops_when_too_many_cells_failed(small: Prepared, tmp_path: Path, most: int, ran: list[int]) -> None:
    executor = Chosen(failing=(1, 3))
    summary = run_batch(small, tmp_path / "out", executor=executor, most_failures=most)
    assert executor.ran == ran
    assert summary.status == ("stopped" if most < 2 else "some_failed")


@pytest.mark.slow
def test_a_cell_that_kills_its_process_fails_alone(
    small: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "deadly.py").write_text(
        "import os, signal\n"
        "def run_cell(bench, cell, **_):\n"
        "    from simulator.batch.cells import run_cell\n"
        "    if cell.number == 2:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return run_cell(bench, cell)\n"
    )
    code = textwrap.dedent(f"""
        import sys
        from pathlib import Path
        sys.path.insert(0, {str(tmp_path)!r})
        import deadly
        from simulator.batch import executors
        executors.run_cell = deadly.run_cell
        if __name__ == "__main__":
            from simulator.batch.prepared import prepare_experiment
            from simulator.batch.run import run_batch
            done = run_batch(prepare_experiment({str(small.path)!r}), Path({str(tmp_path / "out")!r}),
                             executor=executors.Processes(2))
            print(done.status, done.done, done.failed)
    """)
    script = tmp_path / "script.py"
    script.write_text(code)
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.split() == ["some_failed", "5", "1"], done.stderr
    cells = open_results(tmp_path / "out").table("cells")
    assert cells["error"].to_list()[2] == "each process that ran it died; it may have been short of memory."


@pytest.mark.slow
def test_a_script_that_every_process_would_run_again_is_told_what_to_do(small: Prepared, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from simulator.batch.executors import Processes\n"
        "from simulator.batch.prepared import prepare_experiment\n"
        f"prepare_experiment({str(small.path)!r}).run({str(tmp_path / 'out')!r}, executor=Processes(1))\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=120, check=False)
    assert "the worker processes ended as they started." in done.stderr
    assert not list((tmp_path / "out/parts").iterdir())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("participants: 300", "participants: 301", "experiment: participants is 301, was 300."),
        ("seed: 7", "seed: 8", "experiment: seed is 8, was 7."),
        ("[0.1, 0.3, 0.5]", "[0.1, 0.3, 0.4]", "experiment: uncertainties.of.population.willing[2] is 0.4, was 0.5."),
    ],
)
def test_other_inputs_are_refused_with_what_changed(
    small: Prepared, tmp_path: Path, old: str, new: str, said: str
) -> None:
    run_batch(small, tmp_path / "out")
    before = tables_of(tmp_path / "out")
    with pytest.raises(ScenarioError) as raised:
        run_batch(prepared(tmp_path, SIX.replace(old, new)), tmp_path / "out")
    assert "the results here have other inputs." in str(raised.value)
    assert said in str(raised.value)
    assert tables_of(tmp_path / "out") == before


def test_a_changed_flow_is_told_with_its_place(tmp_path: Path) -> None:
    from simulator.scenario import library

    mine = tmp_path / "mine.yaml"
    text = library.find("flow", "two_buttons").read_text(encoding="utf-8").replace("id: two_buttons", "id: mine")
    mine.write_text(text, encoding="utf-8")
    experiment = SIX.replace("granular_opt_in", "mine.yaml")
    run_batch(prepared(tmp_path, experiment), tmp_path / "out")
    mine.write_text(text.replace("title: ", "title: New, ", 1), encoding="utf-8")
    run_batch(prepared(tmp_path, experiment), tmp_path / "out")  # no result depends on a title
    mine.write_text(text.replace("refusal: excluded", "refusal: leave"), encoding="utf-8")
    with pytest.raises(ScenarioError, match='flow mine.yaml: refusal is "leave", was "excluded"'):
        run_batch(prepared(tmp_path, experiment), tmp_path / "out")


def test_changed_code_is_refused(small: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_batch(small, tmp_path / "out")
    monkeypatch.setattr("simulator.batch.manifest.code_digest", lambda: "another")
    with pytest.raises(ScenarioError, match="the code of joinlab is another"):
        run_batch(small, tmp_path / "out")


def test_a_folder_with_other_files_is_left_alone(small: Prepared, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/thesis.tex").write_text("important")
    with pytest.raises(StoreError, match="this folder holds other files than results"):
        run_batch(small, tmp_path / "out")


def test_two_batches_in_one_folder_are_refused(small: Prepared, tmp_path: Path) -> None:
    with durable_lock(tmp_path / "out"), pytest.raises(StoreError) as raised:
        run_batch(small, tmp_path / "out")
    assert f"another batch writes to this folder (process {os.getpid()} on " in str(raised.value)
    assert run_batch(small, tmp_path / "out").status == "done"


def durable_lock(folder: Path) -> object:
    durable.make_folder(folder)
    return durable.locked(folder)


def test_a_full_disk_ends_the_batch_with_a_sentence_and_loses_nothing(
    small: Prepared, tmp_path: Path, undisturbed: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    synced = os.fsync
    calls = []

    def full(handle: int) -> None:
        calls.append(handle)
        if len(calls) > 14:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        synced(handle)

    monkeypatch.setattr("simulator.batch.run.KEEP_EVERY", 0.0)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UnwritableError) as raised:
        run_batch(small, tmp_path / "out", executor=Chosen())
    assert "this cannot be written: No space left on device." in str(raised.value)
    assert raised.value.full
    monkeypatch.setattr(os, "fsync", synced)
    left = Store(tmp_path / "out", 6)
    assert 0 < left.done < 6
    rest = Chosen()
    run_batch(small, tmp_path / "out", executor=rest)
    assert rest.ran == list(range(left.done, 6))
    assert tables_of(tmp_path / "out") == undisturbed


def test_a_folder_that_cannot_be_written_to_is_told(
    small: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "mkdir", refused)  # permissions do not hold for the superuser, who may run this test
    with pytest.raises(UnwritableError) as raised:
        run_batch(small, tmp_path / "out")
    assert str(raised.value) == f"{tmp_path / 'out'}: this cannot be written: Permission denied."
    assert not raised.value.full


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="permissions do not hold for the superuser")
def test_a_read_only_folder_is_told(small: Prepared, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir(mode=0o500)
    with pytest.raises(StoreError, match="Permission denied"):
        run_batch(small, tmp_path / "out")


def test_a_file_in_the_folders_place_is_told(small: Prepared, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(StoreError, match="this is a file; expected a folder for results"):
        run_batch(small, tmp_path / "out")


def test_a_part_that_cannot_be_read_is_told_with_what_to_do(small: Prepared, tmp_path: Path) -> None:
    run_batch(small, tmp_path / "out")
    (part,) = (tmp_path / "out/parts").iterdir()
    part.write_bytes(part.read_bytes()[:-20])
    with pytest.raises(StoreError) as raised:
        run_batch(small, tmp_path / "out")
    assert f"{part}: this part cannot be read" in str(raised.value)
    part.unlink()
    assert run_batch(small, tmp_path / "out").ran == 6


def test_the_manifest_says_what_was_run_by_which_code_and_where(small: Prepared, tmp_path: Path) -> None:
    run_batch(small, tmp_path / "out", executor=Threads(2))
    manifest = json.loads((tmp_path / "out/manifest.json").read_text(encoding="utf-8"))
    assert manifest["format"] == 2
    assert manifest["status"] == "done"
    assert manifest["cells"] == {"all": 6, "done": 6, "failed": 0}
    assert manifest["seed"] == 7
    assert {"experiment", "scenario", "flow accept_or_leave", "rules", "code"} <= set(manifest["inputs"])
    assert set(manifest["code"]) == {"joinlab", "revision", "changed"}
    assert manifest["packages"]["numpy"]
    assert manifest["runs"][0] | {"started": "", "ended": ""} == {
        "started": "", "executor": "threads", "workers": 2, "cells": 6, "ended": "", "status": "done",
    }  # fmt: skip
    assert manifest["started"] <= manifest["ended"]


def test_each_table_has_a_dictionary_that_names_each_of_its_columns(small: Prepared, tmp_path: Path) -> None:
    run_batch(small, tmp_path / "out")
    results = open_results(tmp_path / "out")
    for table in TABLES:
        lines = (tmp_path / "out" / table / "columns.csv").read_text(encoding="utf-8").splitlines()
        frame = results.table(table)
        assert [line.split(",")[0] for line in lines[1:]] == frame.columns
        assert [line.split(",")[1] for line in lines[1:]] == [str(kind) for kind in frame.dtypes]


def test_progress_is_told_only_of_what_is_on_the_disk(
    small: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.batch.run.KEEP_EVERY", 0.0)
    told = []

    def progress(done: int, total: int) -> None:
        told.append((done, total, Store(tmp_path / "out", 6).done))

    run_batch(small, tmp_path / "out", executor=Chosen(), progress=progress)
    assert list(dict.fromkeys(told)) == [(number, 6, number) for number in range(1, 7)]


def test_progress_is_told_while_the_engine_is_compiled_and_while_the_first_cells_run(
    small: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow(Chosen):
        def results(self, bench: Bench, cells: Iterator[Cell]) -> Iterator[list[CellResult]]:
            yield []
            steps.append("asked")
            yield from super().results(bench, cells)

    def compiled(bench: Bench, cell: Cell) -> None:
        assert (cell.participants, cell.replications) == (1, 1)
        begun.wait(10.0)
        steps.append("compiled")

    def progress(done: int, total: int) -> None:
        steps.append((done, total))
        begun.set()

    steps: list[object] = []
    begun = threading.Event()
    monkeypatch.setattr("simulator.compiled.compiles_first", lambda: True)
    monkeypatch.setattr("simulator.batch.run.run_cell", compiled)
    run_batch(small, tmp_path / "out", executor=Slow(), progress=progress)
    assert steps[:2] == [(0, 6), "compiled"]
    assert (0, 6) in steps[2 : steps.index("asked")]
    assert steps[-1] == (6, 6)


def test_memory_holds_only_a_few_cells(small: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "AHEAD", 2)
    taken = []

    class Watched(Threads):
        def results(self, bench: Bench, cells: Iterator[Cell]) -> Iterator[list[CellResult]]:
            finished = 0
            lock = threading.Lock()

            def counted() -> Iterator[Cell]:
                for cell in cells:
                    with lock:
                        taken.append(cell.number - finished)
                    yield cell

            for results in super().results(bench, counted()):
                finished += len(results)
                yield results

    run_batch(small, tmp_path / "out", executor=Watched(1))
    assert max(taken) <= 2


FORKED = """
import os, signal, sys
from pathlib import Path
import polars
from simulator.batch import run
from simulator.batch.cells import run_cell
from simulator.batch.executors import Threads
from simulator.batch.prepared import prepare_experiment
run.KEEP_EVERY = 0.0
prepared = prepare_experiment(sys.argv[1])
run_cell(prepared.bench, prepared.cell(0))
print("ready", flush=True)
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        run.run_batch(prepared, Path(sys.argv[2]), executor=Threads(2))
        os._exit(0)
    print(child, flush=True)
    print(os.waitpid(child, 0)[1], flush=True)
"""
"""Forks a process that runs the batch for each line it reads, as starting 50 interpreters would take minutes."""


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="there is no SIGKILL")
def test_killed_at_any_moment_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    text = HEAD + FLOWS + "uncertainties:\n  design: grid\n  of:\n    population.willing: {range: file, steps: 50}\n"
    made = prepared(tmp_path, text)
    run_batch(made, tmp_path / "undisturbed", executor=Threads(2))
    expected, cells = tables_of(tmp_path / "undisturbed"), len(made.layout)
    folder, moments = tmp_path / "out", random.Random(1)
    arguments = [sys.executable, "-c", FORKED, str(made.path), str(folder)]
    seen: set[int] = set()
    killed_midway = 0
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as forker:
        assert forker.stdin is not None
        assert forker.stdout is not None
        assert forker.stdout.readline() == "ready\n"
        for number in range(50):
            print("go", file=forker.stdin, flush=True)
            child = int(forker.stdout.readline())
            time.sleep(moments.uniform(0.0, 0.4))
            os.kill(child, signal.SIGKILL)
            killed_midway += int(forker.stdout.readline()) == signal.SIGKILL
            kept = set(range(cells)) - set(Store(folder, cells).unfinished()) if folder.exists() else set()
            assert seen <= kept, f"cells were lost at kill {number}"
            seen = kept
            if len(kept) == cells:  # from the start again
                shutil.rmtree(folder)
                seen = set()
        forker.stdin.close()
    assert killed_midway > 25  # a fast machine may finish before the signal comes
    assert run_batch(made, folder, executor=Threads(2)).done == cells
    assert tables_of(folder) == expected
    assert not list(folder.rglob("*.unfinished"))


def test_results_that_are_not_there_are_told(tmp_path: Path) -> None:
    with pytest.raises(JoinlabError, match="there are no results here"):
        open_results(tmp_path)


def test_an_experiment_file_can_move_once_it_has_run(small: Prepared, tmp_path: Path) -> None:
    run_batch(small, tmp_path / "out")
    written(tmp_path, "")
    assert len(open_results(tmp_path / "out").frame()) == 6
