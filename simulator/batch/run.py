"""Runs an experiment into a folder: what is finished there already stays, and every cell is kept once it is done."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from simulator.batch.cells import FAILED, Cell, CellResult, run_cell
from simulator.batch.durable import UNFINISHED, StoreError, locked, make_folder, write
from simulator.batch.executors import TICK, Executor, Threads
from simulator.batch.manifest import (
    EXPERIMENT,
    INPUTS,
    MANIFEST,
    TABLE,
    Json,
    changed,
    inputs_of,
    now,
    read_folder,
    started,
    write_json,
)
from simulator.batch.prepared import Prepared
from simulator.batch.store import Store, open_store
from simulator.batch.tables import write_tables
from simulator.engine.run import Progress, no_progress
from simulator.errors import JoinlabError, Problem, ScenarioError

KEEP_EVERY = 1.0
"""Seconds for which finished cells may wait for each other before they are written together."""


@dataclass(frozen=True)
class Summary:
    """How a batch went."""

    folder: Path
    status: str
    """`done`, `some_failed`, `partly` where the others were not asked for, or `stopped` where too many failed."""
    cells: int
    done: int
    failed: int
    ran: int
    """Cells that were run this time."""
    seconds: float


def run_batch(
    prepared: Prepared,
    folder: Path,
    *,
    executor: Executor | None = None,
    most_failures: int | None = None,
    only_failed: bool = False,
    progress: Progress = no_progress,
) -> Summary:
    """Run the cells of an experiment that have no results in a folder yet.

    Args:
        prepared: The experiment.
        folder: Where results go; made if need be.
        executor: Where cells run; None: on as many threads as there are processors. Results do not depend on it.
        most_failures: Cells that may fail before the batch stops; None: any number.
        only_failed: Run only cells that failed before.
        progress: Told how many cells are done, once they are kept; several times a second.

    Raises:
        ScenarioError: If the folder holds results of other inputs; what differs is named.
        StoreError: If the folder cannot be written to, or another batch writes to it.
    """
    begun = time.monotonic()
    make_folder(folder)
    with locked(folder):
        manifest = _manifest(prepared, folder)
        store = open_store(folder, len(prepared.layout))
        cells = store.unfinished(only_failed=only_failed)
        used = executor or Threads()
        manifest["status"] = "started"
        manifest["runs"].append({"started": now(), "executor": used.name, "workers": used.workers, "cells": len(cells)})
        write_json(folder / MANIFEST, manifest)
        status = "broken"
        try:
            stopped = _run(prepared, store, cells, used, most_failures, progress)
            write_tables(store, prepared.layout)
            status = "stopped" if stopped else _ended(store)
        except KeyboardInterrupt:
            status = "cancelled"
            raise
        except StoreError:
            status = "unwritable"
            raise
        finally:
            # Where nothing can be written, the error that is under way says so.
            with suppress(StoreError):
                _end(folder, manifest, store, status)
        return Summary(folder, status, store.cells, store.done, store.failed, len(cells), time.monotonic() - begun)


def _run(
    prepared: Prepared,
    store: Store,
    cells: list[int],
    executor: Executor,
    most_failures: int | None,
    progress: Progress,
) -> bool:
    """Run cells and keep their results; whether too many failed."""
    compile_first(prepared, cells, lambda: progress(store.done + store.failed, store.cells))
    failures, stopped = 0, False
    for results in in_time(executor, prepared, cells):
        if results:
            store.add(results)
        progress(store.done + store.failed, store.cells)
        failures += sum(result.status == FAILED for result in results)
        stopped = most_failures is not None and failures > most_failures
        if stopped:
            break
    return stopped


def in_time(executor: Executor, prepared: Prepared, cells: list[int]) -> Iterator[list[CellResult]]:
    """Results as an executor yields them, those of about a second together, so that few files have to be written.

    Yields nothing each time that the executor gives back control, so that somebody can be told how far it is.
    """
    found = executor.results(prepared.bench, (prepared.cell(number) for number in cells))
    hand: list[CellResult] = []
    last = time.monotonic()
    try:
        for results in found:
            hand += results
            if hand and (time.monotonic() - last >= KEEP_EVERY or any(one.status == FAILED for one in results)):
                yield hand
                hand, last = [], time.monotonic()
            else:
                yield []
    except (KeyboardInterrupt, JoinlabError):
        if hand:
            yield hand
        raise
    finally:
        found.close()  # type: ignore[attr-defined]
    if hand:
        yield hand


def compile_first(prepared: Prepared, cells: list[int], underway: Callable[[], None] = lambda: None) -> None:
    """Compile the engine, where it is not yet, before several workers would at once.

    Args:
        prepared: The experiment.
        cells: Those that will be run.
        underway: Called now and then while it is compiled.
    """
    from simulator.compiled import compiles_first

    if cells and compiles_first():
        whole = prepared.cell(cells[0])
        least = Cell(whole.number, whole.changes, whole.seed, whole.own_numbers, 1, 1)
        with ThreadPoolExecutor(max_workers=1) as pool:
            compiling = pool.submit(run_cell, prepared.bench, least)
            while wait([compiling], timeout=TICK).not_done:
                underway()


def _manifest(prepared: Prepared, folder: Path) -> Json:
    """The folder's manifest; made where there is none.

    Raises:
        ScenarioError: If the folder's results have other inputs.
    """
    inputs = inputs_of(prepared)
    if (folder / MANIFEST).exists():
        manifest, before = read_folder(folder)
        differences = changed(before, inputs)
        if differences:
            remedy = "Name another folder with --output; what is here stays as it is."
            first = Problem("the results here have other inputs.", folder, remedy=remedy)
            raise ScenarioError([first, *differences])
        return manifest
    begun = ("lock", INPUTS, EXPERIMENT, TABLE)
    others = [path for path in folder.iterdir() if path.name.removesuffix(UNFINISHED) not in (*begun, MANIFEST)]
    if others:
        remedy = "Name a folder that is empty, or that does not exist, with --output."
        raise StoreError(Problem("this folder holds other files than results.", folder, remedy=remedy))
    write_json(folder / INPUTS, inputs)
    write(folder / EXPERIMENT, prepared.path.read_bytes())
    if prepared.experiment.table is not None:
        write(folder / TABLE, (prepared.path.parent / prepared.experiment.table.file).read_bytes())
    manifest = started(prepared, inputs)
    write_json(folder / MANIFEST, manifest)
    return manifest


def _ended(store: Store) -> str:
    """The status of a batch that ran all that it was asked to."""
    return "some_failed" if store.failed else "done" if store.done == store.cells else "partly"


def _end(folder: Path, manifest: Json, store: Store, status: str) -> None:
    manifest["status"] = status
    manifest["cells"] |= {"done": store.done, "failed": store.failed}
    manifest["ended"] = manifest["runs"][-1]["ended"] = now()
    manifest["runs"][-1]["status"] = status
    write_json(folder / MANIFEST, manifest)
