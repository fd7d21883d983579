"""`joinlab batch` and `joinlab results`, as a user meets them."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import random
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from simulator.batch.estimate import Estimated
from simulator.batch.results import open_results
from tests.batch.builders import FLOWS, HEAD, SIX, written
from tests.cli.command import JOINLAB, Done, environment, joinlab


@pytest.fixture
def done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Done:
    monkeypatch.chdir(tmp_path)
    written(tmp_path)
    return joinlab("batch", "small.yaml", "--workers", "1")


def test_a_batch_shows_outcomes_by_lever_and_where_the_results_are(done: Done) -> None:
    assert done.code == 0
    assert "6 cells (2 of levers times 3 of uncertainties): 6 done." in done.out
    assert "Results: results/small" in done.out
    assert "granular_opt_in" in done.out
    assert all(len(line) <= 80 for line in done.out.splitlines())


def test_results_are_listed_and_shown(done: Done) -> None:
    listed = joinlab("results", "list")
    assert "results/small  6 of 6" in listed.out
    shown = joinlab("results", "show", "results/small", "--outcomes", "left,lawful.video,seconds_to_join.p90")
    assert "left %" in shown.out
    assert "seconds_to_join.p90 s" in shown.out.replace(".\n", ".")


def test_results_are_exported_as_csv_and_json(done: Done) -> None:
    rows = list(csv.DictReader(io.StringIO(joinlab("results", "export", "results/small").out)))
    assert len(rows) == 6
    assert rows[5]["flow"] == "granular_opt_in"
    assert 0.0 < float(rows[5]["wanted"]) < 1.0
    ledger = json.loads(joinlab("results", "export", "results/small", "--table", "ledger", "--format", "json").out)
    assert {"cell", "category", "unit", "cause", "amount"} == set(ledger[0])


def test_a_dry_run_counts_and_estimates_and_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path)
    shown = joinlab("batch", "small.yaml", "--dry-run")
    assert shown.code == 0
    assert "cells         6\nparticipants  1,800\ntime          about " in shown.out
    assert "disk          about " in shown.out
    assert list(tmp_path.iterdir()) == [tmp_path / "small.yaml"]


def test_more_workers_than_processors_make_an_estimate_no_shorter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def estimated(_: object, at_once: int) -> Estimated:
        return Estimated(participants=1, seconds=60.0 / at_once, bytes=1)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("simulator.cli.batch_view.estimate", estimated)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    written(tmp_path)
    for workers, said in (("1", "1 min 00 s with 1 at a time"), ("64", "30 s with 64 at a time on 2 processors")):
        assert f"about {said}\n" in joinlab("batch", "small.yaml", "--dry-run", "--workers", workers).out


@pytest.mark.parametrize("address", ["nonsense", "tcp://somewhere", "tcp://:8786", "8786", ""])
def test_what_is_no_address_of_a_scheduler_is_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path)
    refused = joinlab("batch", "small.yaml", "--dask", address)
    assert (refused.code, refused.out) == (2, "")
    said = (
        f'--dask: "{address}" is no address of a scheduler.\n  Write tcp://HOST:PORT, as `dask scheduler` shows it.\n'
    )
    assert refused.err == said


def test_other_inputs_are_refused_with_code_2(done: Done, tmp_path: Path) -> None:
    written(tmp_path, SIX.replace("participants: 300", "participants: 400"))
    refused = joinlab("batch", "small.yaml")
    assert refused.code == 2
    assert "results/small: the results here have other inputs." in refused.err
    assert "experiment: participants is 400, was 300." in refused.err


def test_failed_cells_end_with_code_3_and_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    # One value fits with each of the others' first value, and not with another one: only running shows it.
    text = SIX.replace("population.willing: [0.1, 0.3, 0.5]", "adult: [1]").replace(
        "    adult: [1]",
        "    population.adult_age: [{name: any, value: [18, 70]}, {name: old, value: [60, 70]}]\n"
        "    population.adult_age.1: [70, 50]",
    )
    written(tmp_path, text)
    ended = joinlab("batch", "small.yaml", "--workers", "1")
    assert ended.code == 3
    assert "8 cells (2 of levers times 4 of uncertainties): 6 done, 2 failed." in ended.out
    assert "note: cell 3 failed (seed 7): " in ended.err
    assert "note: the same command runs the failed cells again" in ended.err
    stopped = joinlab("batch", "small.yaml", "--workers", "1", "--fail-fast")
    assert stopped.code == 3
    assert "note: stopped, because too many cells failed." in stopped.err


@pytest.mark.parametrize(("half_width", "said"), [(0.01, "2 of 2 cells"), (0.04, "1 of 2 cells"), (0.4, None)])
def test_cells_that_missed_the_precision_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, half_width: float, said: str | None
) -> None:
    monkeypatch.chdir(tmp_path)
    precision = f"precision: {{half_width: {half_width}, of: [claimed], most_replications: 2}}\n"
    text = HEAD + precision + FLOWS.replace("granular_opt_in", "two_buttons")
    written(tmp_path, text.replace("participants: 300", "participants: 1000"))
    for shown in (joinlab("batch", "small.yaml"), joinlab("results", "show", "results/small")):
        assert shown.code == 0
        told = " ".join(shown.out.split())
        assert ("as precise as asked" in told) == (said is not None)
        assert said is None or f"{said} did not become as precise as asked in 2 replications." in told


def test_cells_that_only_failed_leaves_out_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path)
    ended = joinlab("batch", "small.yaml", "--only-failed")
    assert ended.code == 0
    assert "6 cells have never run; the same command without --only-failed runs them." in ended.err
    assert "partly" in joinlab("results", "list").out


def test_a_folder_without_results_is_refused(tmp_path: Path) -> None:
    refused = joinlab("results", "show", str(tmp_path))
    assert refused.code == 2
    assert "there are no results here." in refused.err


def test_the_schema_of_an_experiment_can_be_printed() -> None:
    schema = json.loads(joinlab("schema", "experiment").out)
    assert {"levers", "uncertainties", "table", "replications", "precision"} <= set(schema["properties"])


@pytest.mark.slow
def test_sensitivity_frontier_and_discovery_are_shown(done: Done, tmp_path: Path) -> None:
    shown = joinlab("results", "sensitivity", "results/small", "--outcome", "wanted", "--chart", "t.svg")
    assert "accept_or_leave: mean wanted by factor" in shown.out
    assert "population.willing" in shown.out
    assert "note: the chart is in t.svg." in shown.err
    assert (tmp_path / "t.svg").read_text(encoding="utf-8").startswith("<svg")
    front = joinlab("results", "frontier", "results/small", "--aims", "+claimed,+wanted")
    assert "granular_opt_in is dominated by accept_or_leave." in front.out
    refused = joinlab("results", "discover", "results/small", "claimed > 50%")
    assert refused.code == 2
    assert "6 cells are done; it takes 20 to discover anything." in refused.err
    for one in (shown, front):
        assert all(len(line) <= 80 for line in one.out.splitlines())


def test_times_are_shown_in_seconds_wherever_outcomes_are(done: Done) -> None:
    name = "seconds_to_join.p90"
    swings = joinlab("results", "sensitivity", "results/small", "--outcome", name).out
    low, high = (float(word) for word in re.findall(r"bars run from ([0-9.]+) to ([0-9.]+) s\n", swings)[0])
    assert 1.0 < low <= high < 60.0
    assert "In seconds." in swings
    front = joinlab("results", "frontier", "results/small", "--aims", f"-{name},+lawful").out
    assert "p90 s  +lawful %" in front
    assert 1.0 < float(front.split("\ntwo")[0].split("granular_opt_in")[1].split()[0]) < 60.0


def test_what_depends_on_the_reading_says_by_which_it_goes(done: Done) -> None:
    said = "Where the reading of unsettled rules is open, lawful is the strict end; the other is lawful_lenient."
    of = "Scenario everyday_meetings, seed 7."
    commands = (("show",), ("sensitivity",), ("frontier",))
    for command in commands:
        shown = " ".join(joinlab("results", *command, "results/small").out.split())
        assert shown.endswith(f"{of} {said} Not legal advice.")
    shown = " ".join(joinlab("results", "sensitivity", "results/small", "--outcome", "wanted").out.split())
    assert shown.endswith(f"{of} Not legal advice.")


def test_a_cell_is_run_again_and_two_results_are_compared(done: Done) -> None:
    again = joinlab("results", "rerun", "results/small", "4")
    assert (again.code, "The same to the last unit" in again.out) == (0, True)
    assert joinlab("results", "rerun", "results/small", "6").code == 2
    written(Path(), SIX.replace("seed: 7", "seed: 8"))
    joinlab("batch", "small.yaml", "--output", "other")
    differs = joinlab("results", "diff", "results/small", "other")
    assert "- experiment: seed is 8, was 7." in differs.out
    assert "6 cells have the same values." in differs.out
    assert all(len(line) <= 80 for line in differs.out.splitlines())


def test_results_that_vary_other_things_are_compared_in_their_inputs_alone(done: Done) -> None:
    written(Path(), SIX.replace("    population.willing: [0.1, 0.3, 0.5]", "    company_veto: [true]"))
    joinlab("batch", "small.yaml", "--output", "other")
    differs = joinlab("results", "diff", "results/small", "other")
    assert differs.code == 0
    assert "- experiment: uncertainties.of." in differs.out
    told = " ".join(differs.out.split())
    assert told.endswith(
        "population.willing is varied in the first only, company_veto is varied in the second only, so that no cells "
        "have the same values."
    )


@pytest.mark.parametrize(
    "words",
    [
        ("show", "results/small", "--outcomes", " "),
        ("export", "results/small", "--outcomes", ","),
        ("diff", "results/small", "results/small", "--outcomes", ""),
        ("frontier", "results/small", "--aims", ""),
    ],
)
def test_a_list_of_outcomes_that_names_none_is_refused(words: tuple[str, ...]) -> None:
    refused = joinlab("results", *words)
    option, given = words[-2:]
    assert refused.code == 2
    assert f'{option}: "{given}" names no outcome.\n  Put commas between several, such as ' in refused.err


def test_a_folder_that_is_not_there_is_told_from_one_without_results(tmp_path: Path) -> None:
    nowhere = joinlab("results", "list", str(tmp_path / "nowhere"))
    assert (nowhere.code, nowhere.out) == (2, "")
    assert nowhere.err == f"{tmp_path / 'nowhere'}: there is no such folder.\n"
    empty = joinlab("results", "list", str(tmp_path))
    assert empty.code == 0
    assert "There are no results below" in empty.out


def test_outcomes_go_with_the_table_of_cells_alone(done: Done) -> None:
    refused = joinlab("results", "export", "results/small", "--table", "outcomes", "--outcomes", "left")
    assert (refused.code, refused.out) == (2, "")
    assert refused.err == "--outcomes goes with the table cells.\n  Leave it out, or --table outcomes.\n"


def test_what_cannot_be_written_is_told_with_the_option_that_names_it(done: Done, tmp_path: Path) -> None:
    refused = joinlab("results", "sensitivity", "results/small", "--chart", "nowhere/a.svg")
    assert refused.code == 2
    assert refused.err == (
        "nowhere/a.svg: this cannot be written: No such file or directory.\n  Name another file with --chart.\n"
    )
    (tmp_path / "file").write_text("")
    refused = joinlab("batch", "small.yaml", "--output", "file/out")
    assert refused.code == 1
    assert refused.err.endswith(
        "file/out: this cannot be written: Not a directory.\n  Name another folder with --output.\n"
    )


def test_a_full_disk_is_told_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.chdir(tmp_path)
    written(tmp_path)
    monkeypatch.setattr(os, "fsync", full)
    refused = joinlab("batch", "small.yaml")
    assert refused.code == 1
    assert "What was finished before is kept: make room, and run the same command again." in refused.err


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="there are no process groups")
def test_ctrl_c_ends_processes_within_seconds_and_keeps_what_is_finished(tmp_path: Path) -> None:
    # Cells of some milliseconds, so that the signal often meets a process that hands in a result.
    many = "design: latin_hypercube\n  points: 3000\n  of:\n    population.willing: {range: [0.1, 0.5]}\n"
    written(tmp_path, f"{HEAD}{FLOWS}uncertainties:\n  {many}")
    command = [JOINLAB, "batch", "small.yaml", "--processes", "--workers", "2"]
    folder, moments, seen = tmp_path / "results/small", random.Random(3), 0

    def runs() -> int:
        path = folder / "manifest.json"
        return len(json.loads(path.read_text(encoding="utf-8"))["runs"]) if path.exists() else 0

    for number in range(4):
        with subprocess.Popen(
            command, cwd=tmp_path, start_new_session=True, env=environment(), text=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        ) as batch:  # fmt: skip
            before = len(list(folder.glob("parts/*")))
            deadline = time.monotonic() + 60.0

            # Half of the times while the processes start, half once results have come.
            while time.monotonic() < deadline and runs() <= number:
                time.sleep(0.05)
            while number % 2 and time.monotonic() < deadline and len(list(folder.glob("parts/*"))) == before:
                time.sleep(0.05)
            time.sleep(moments.uniform(0.0, 1.0))
            sent = time.monotonic()
            os.killpg(batch.pid, signal.SIGINT)  # as a terminal does: to all of them
            time.sleep(0.1)
            if batch.poll() is None:
                os.killpg(batch.pid, signal.SIGINT)  # by somebody who is impatient
            _, err = batch.communicate(timeout=60)
        assert time.monotonic() - sent < 10.0
        assert batch.returncode in (130, -signal.SIGINT), err  # the second may meet an interpreter that is ending
        assert "Traceback" not in err
        assert "KeyboardInterrupt" not in err
        assert "interrupted; what is finished is kept in results/small" in err
        results = open_results(folder)
        assert results.status == "cancelled"
        assert results.store.done >= seen
        seen = results.store.done
    assert 0 < seen < 6000


def test_levers_are_named_by_what_tells_them_apart() -> None:
    from simulator.cli.lever_names import short

    paths = ["flow.stages.ask.options.agree.clicks", "flow.stages.ask.options.deny.clicks", "reading"]
    assert short(paths) == ["agree.clicks", "deny.clicks", "reading"]
