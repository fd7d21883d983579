"""Measures batches: cells per second and overhead by executor, resuming at half, and Mesa's `batch_run` beside.

Prints JSON; `run.py` starts this in a process of its own. With `scheduling` it measures the executors alone. With
`memory N` it runs N cells and prints its peak memory; a process inherits its parent's peak, so that `run.py` has to
start that too.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import polars as pl

from simulator.analysis.estimates import ratio
from simulator.batch.bench import Bench
from simulator.batch.cells import Cell, CellResult, run_cell
from simulator.batch.executors import Executor, Processes, Threads
from simulator.batch.prepared import Prepared, prepare_experiment
from simulator.batch.results import open_results
from simulator.batch.run import run_batch
from simulator.batch.tables import TABLES

FLOWS = ("accept_or_leave", "granular_opt_in")
WILLING = (0.1, 0.2, 0.3, 0.4, 0.5)
COMPARED = ("claimed", "lawful", "wanted", "left")
LIMIT = 4.4
"""Joint standard errors; of forty outcomes of two right models one run in 2,000 has one farther apart."""


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    cells: int
    participants: int
    """Of each cell."""
    ours: int
    mesa: int
    """Participants of each cell beside Mesa."""


FULL = Sizes(cells=1_000, participants=100_000, ours=2_000_000, mesa=20_000)
"""Cells of about a tenth of a second: what scheduling costs is asked of these."""
QUICK = Sizes(cells=60, participants=60_000, ours=200_000, mesa=4_000)


class Watched:
    """An executor, and when each cell came back from it."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self.name, self.workers = executor.name, executor.workers
        self.came: list[tuple[float, CellResult]] = []
        """In the order of time, as `time.perf_counter` tells it; results without their tallies."""

    def results(self, bench: Bench, cells: Iterator[Cell]) -> Iterator[list[CellResult]]:
        """As `Executor` says."""
        found = self._executor.results(bench, cells)
        try:
            for results in found:
                self.came += [(time.perf_counter(), replace(result, tally=b"")) for result in results]
                yield results
        finally:
            found.close()  # type: ignore[attr-defined]

    def firsts(self) -> list[tuple[float, CellResult]]:
        """The first cell of each worker."""
        places = Counter(result.worker for _, result in self.came)
        firsts = []
        for place in places:
            of_place = [one for one in self.came if one[1].worker == place]
            firsts += of_place[: max(1, self.workers // len(places))]  # threads are workers of one process
        return firsts


class UntilHalf:
    """Threads that are interrupted when half of the cells are done."""

    name = "threads"

    def __init__(self, workers: int, cells: int) -> None:
        self._threads = Threads(workers)
        self.workers = workers
        self._half = cells // 2

    def results(self, bench: Bench, cells: Iterator[Cell]) -> Iterator[list[CellResult]]:
        """As `Executor` says, and then an interrupt."""
        done = 0
        for results in self._threads.results(bench, cells):
            yield results
            done += len(results)
            if done >= self._half:
                raise KeyboardInterrupt


def experiment(folder: Path, cells: int, participants: int) -> Prepared:
    """Two flows by as many values of one factor as make so many cells."""
    path = folder / f"cells{cells}.yaml"
    path.write_text(
        "schema_version: 1\nid: benchmark\ntitle: Benchmark\nquestion: How fast?\n"
        "sources: [{known: assumption, supports: nothing}]\nscenario: everyday_meetings\nseed: 1\n"
        f"participants: {participants}\n"
        f"levers: {{design: grid, of: {{flow: [{', '.join(FLOWS)}]}}}}\n"
        f"uncertainties: {{design: grid, of: {{population.willing: {{range: file, steps: {cells // 2}}}}}}}\n"
    )
    return prepare_experiment(path)


def tables_of(folder: Path) -> str:
    """A digest of all tables."""
    found = hashlib.sha256()
    for path in sorted(path for table in TABLES for path in (folder / table).iterdir()):
        found.update(path.read_bytes())
    return found.hexdigest()


def run_on(executor: Executor, prepared: Prepared, folder: Path) -> dict[str, Any]:
    """Cells per second, the share of the workers' time that no cell was run in, and the tables."""
    watched, workers = Watched(executor), executor.workers
    start, used = time.perf_counter(), time.process_time()
    run_batch(prepared, folder, executor=watched)
    end, own = time.perf_counter(), time.process_time() - used
    seconds, cells = end - start, len(prepared.layout)
    in_cells = sum(result.seconds for _, result in watched.came)
    # A worker has started when it has done a cell, as with that it loads compiled code.
    firsts = watched.firsts()
    starting = sum(came - start for came, _ in firsts)
    afterwards = in_cells - sum(result.seconds for _, result in firsts)
    return {
        "cells_per_second": cells / seconds,
        "idle": max(0.0, 1.0 - in_cells / (seconds * workers)),
        "idle_once_started": max(0.0, 1.0 - afterwards / (seconds * workers - starting)),
        "seconds_to_first_cell": starting / workers,
        # On threads the cells are run in this process too, and its time cannot be told apart.
        "own_seconds_per_cell": None if executor.name == "threads" else own / cells,
        "seconds_in_a_cell": in_cells / cells,
        "tables": tables_of(folder),
    }


def executors(prepared: Prepared, folder: Path, cores: int) -> dict[str, Any]:
    """Every executor on the same cells."""
    found = {}
    note(f"{len(prepared.layout):,} cells on threads")
    found["threads"] = run_on(Threads(cores), prepared, folder / "threads")
    note("in processes")
    found["processes"] = run_on(Processes(cores), prepared, folder / "processes")
    if find_spec("distributed") is not None:
        from distributed import LocalCluster

        from simulator.batch.dask_executor import DaskCluster

        note("on Dask")
        with LocalCluster(n_workers=cores, threads_per_worker=1, dashboard_address=None) as cluster:
            found["dask"] = run_on(DaskCluster(cluster.scheduler_address), prepared, folder / "dask")
    return found


def resumed(prepared: Prepared, folder: Path, cores: int) -> dict[str, Any]:
    """Interrupted at half and run again: what the second command ran, how long before its first cell, same tables."""
    place, cells = folder / "resumed", len(prepared.layout)
    note("interrupted at half, and resumed")
    with contextlib.suppress(KeyboardInterrupt):
        run_batch(prepared, place, executor=UntilHalf(cores, cells))
    start = time.perf_counter()
    first: list[float] = []

    class Noted(Threads):
        def results(self, bench: Bench, cells: Iterator[Cell]) -> Iterator[list[CellResult]]:
            first.append(time.perf_counter() - start)
            yield from super().results(bench, cells)

    summary = run_batch(prepared, place, executor=Noted(cores))
    return {"ran": summary.ran, "of": cells, "seconds_before_first": first[0], "tables": tables_of(place)}


def peak(cells: int) -> float:
    """Peak memory of this process in megabytes after so many small cells."""
    with tempfile.TemporaryDirectory() as folder:
        run_batch(experiment(Path(folder), cells, 2_000), Path(folder) / "out", executor=Threads(2))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


def beside_mesa(folder: Path, sizes: Sizes, cores: int) -> dict[str, Any]:
    """The same sweep by joinlab and by Mesa's batch_run, per joined participant, and whether outcomes agree."""
    import mesa
    from mesa_model.batch import CollectedSweep, Sweep, added_up

    text = (
        "schema_version: 1\nid: sweep\ntitle: Sweep\nquestion: How fast?\n"
        "sources: [{known: assumption, supports: nothing}]\nscenario: everyday_meetings\nseed: 1\n"
        f"participants: {sizes.ours}\n"
        f"levers: {{design: grid, of: {{flow: [{', '.join(FLOWS)}]}}}}\n"
        f"uncertainties: {{design: grid, of: {{population.willing: {list(WILLING)}}}}}\n"
    )
    (folder / "sweep.yaml").write_text(text)
    prepared = prepare_experiment(folder / "sweep.yaml")
    note("the sweep by joinlab")
    start, used = time.perf_counter(), processor_time()
    run_batch(prepared, folder / "sweep", executor=Threads(cores))
    seconds, processors = time.perf_counter() - start, processor_time() - used
    results = open_results(folder / "sweep")
    joins = int(results.table("cells")["participants"].sum())
    note("the sweep by Mesa's batch_run")
    start, used = time.perf_counter(), processor_time()
    rows = mesa.batch_run(
        Sweep,
        {"willing": list(WILLING), "seed": 1, "people": sizes.mesa},
        number_processes=1,  # as it is unless told otherwise; the ratio by processor time is for equal numbers
        max_steps=10**9,
        display_progress=False,
    )
    mesa_seconds, mesa_processors = time.perf_counter() - start, processor_time() - used
    mesa_joins = sum(row["totals"]["participants"] for row in rows) * len(FLOWS)
    note("the sweep by Mesa's batch_run, each participant collected")
    start, used = time.perf_counter(), processor_time()
    collected = added_up(
        mesa.batch_run(
            CollectedSweep,
            {"willing": list(WILLING), "flow": list(range(len(FLOWS))), "seed": 1, "people": sizes.mesa},
            number_processes=1,
            data_collection_period=1,
            max_steps=10**9,
            display_progress=False,
        )
    )
    collected_seconds, collected_processors = time.perf_counter() - start, processor_time() - used
    collected_joins = sum(row["totals"]["participants"] for row in collected)
    frame = results.frame(list(COMPARED))
    apart = [one for row in rows for one in agreement(row, FLOWS, frame)]
    apart += [one for row in collected for one in agreement(row, [FLOWS[row["flow"]]], frame)]
    return {
        "mesa": mesa.__version__,
        "joins_per_second": joins / seconds,
        "mesa_joins_per_second": mesa_joins / mesa_seconds,
        "collected_joins_per_second": collected_joins / collected_seconds,
        "ratio": (joins / seconds) / (mesa_joins / mesa_seconds),
        "processor_ratio": (joins / processors) / (mesa_joins / mesa_processors),
        "collected_ratio": (joins / seconds) / (collected_joins / collected_seconds),
        "collected_processor_ratio": (joins / processors) / (collected_joins / collected_processors),
        "limit": LIMIT,
        "apart": sorted(apart, key=lambda one: -float(one["apart"])),
    }


def processor_time() -> float:
    """Of this process and of those that it started and that have ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime


def agreement(row: dict[str, Any], flows: Sequence[str], frame: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """How far each outcome of a run of Mesa lies from that of the same cell, in joint standard errors."""
    import numpy as np

    for flow, parts in zip(flows, row["totals"]["flows"], strict=True):
        cell = frame.filter(pl.col("flow") == flow, pl.col("population.willing") == row["willing"]).row(0, named=True)
        for name in COMPARED:
            part, whole = (np.array(numbers, dtype=np.int64) for numbers in parts[name])
            theirs = ratio(part, whole)
            errors = [
                ((high if high is not None else 0.0) - (low if low is not None else 0.0)) / 4.0
                for low, high in ((theirs.low, theirs.high), (cell[f"{name}_low"], cell[f"{name}_high"]))
            ]
            gap = abs(float(theirs.value or 0.0) - cell[name])
            joint = float(np.hypot(*errors))
            yield {
                "flow": flow, "willing": row["willing"], "outcome": name, "ours": cell[name], "theirs": theirs.value,
                "apart": gap / joint if joint else 0.0,
            }  # fmt: skip


def note(text: str) -> None:
    """Say what is going on."""
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    """Measure, and print what was found as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="?", choices=["memory", "scheduling"])
    parser.add_argument("cells", nargs="?", type=int)
    parser.add_argument("--quick", action="store_true", help="fewer cells")
    parser.add_argument("--cores", type=int, default=2, help="workers")
    arguments = parser.parse_args()
    if arguments.what == "memory":
        print(json.dumps(peak(arguments.cells)))
        return
    sizes = QUICK if arguments.quick else FULL
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepared = experiment(folder, sizes.cells, sizes.participants)
        run_cell(prepared.bench, prepared.cell(0))  # compiles, or loads what was compiled
        by_executor = executors(prepared, folder, arguments.cores)
        if arguments.what == "scheduling":
            print(json.dumps(by_executor, indent=2))
            return
        half = resumed(prepared, folder, arguments.cores)
        found = {
            "cells": sizes.cells,
            "executors": by_executor,
            "resumed": half,
            "same_tables": len({one["tables"] for one in (*by_executor.values(), half)}) == 1,
            "beside_mesa": beside_mesa(folder, sizes, arguments.cores) if find_spec("mesa") is not None else None,
        }
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
