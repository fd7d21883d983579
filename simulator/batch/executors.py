"""Where cells are run: on threads of this process, or in processes of this machine.

Cells run side by side, and each of them on one thread; results are the same wherever a cell runs.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import Protocol

from simulator.batch.bench import Bench
from simulator.batch.cells import FAILED, Cell, CellResult, run_cell
from simulator.batch.interrupts import Interrupts, deaf, deaf_from_birth
from simulator.errors import JoinlabError, Problem

AHEAD = 8
"""Cells that each worker has in hand or waiting, so that it has work while the command writes to the disk."""
TICK = 0.25
"""Seconds after which an executor gives back control, whether or not a cell has finished."""


class ClusterError(JoinlabError):
    """A cluster that cannot go on."""


class Executor(Protocol):
    """Somebody who runs cells."""

    @property
    def name(self) -> str:
        """What it is called in the manifest."""

    @property
    def workers(self) -> int:
        """Cells that it runs at the same time."""

    def results(self, bench: Bench, cells: Iterator[Cell]) -> Iterator[list[CellResult]]:
        """Run cells, in any order, taking them from the iterator only as they are needed.

        Yields what has finished since the last time, and nothing if a while has passed without. Closing the iterator
        ends the work; cells that are under way are lost.
        """


class Threads:
    """Cells on threads of this process: quick to start, and most of a cell runs without the interpreter's lock."""

    name = "threads"

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or os.cpu_count() or 1

    def results(self, bench: Bench, cells: Iterator[Cell]) -> Iterator[list[CellResult]]:
        """As `Executor` says."""
        pool = ThreadPoolExecutor(self.workers)
        try:
            yield from pump(lambda cell: pool.submit(run_cell, bench, cell), cells, lambda: AHEAD * self.workers, [])
        finally:
            pool.shutdown(cancel_futures=True)


class Processes:
    """Cells in processes of this machine: where many short cells would wait for the interpreter's lock."""

    name = "processes"

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or os.cpu_count() or 1

    def results(self, bench: Bench, cells: Iterator[Cell]) -> Iterator[list[CellResult]]:
        """As `Executor` says. A cell that ends its process is run again, at last alone, and then counts as failed."""
        interrupts = Interrupts()
        with interrupts.taken():
            yield from self._tried(bench, cells, AHEAD * self.workers, interrupts)

    def _tried(
        self, bench: Bench, cells: Iterator[Cell], together: int, interrupts: Interrupts
    ) -> Iterator[list[CellResult]]:
        """Run cells with so many in hand. What is lost with a process is run again with fewer, to find who ended it."""
        while True:
            pool = _processes(bench, min(self.workers, together))
            lost: list[Cell] = []
            try:
                _wait_for_start(pool, interrupts)
                for results in pump(lambda cell: _submit(pool, cell), cells, lambda: together, lost):  # noqa: B023
                    yield results
                    interrupts.check()
            except BaseException:
                _end_now(pool)
                raise
            pool.shutdown()
            if not lost:
                return
            if together == 1:
                yield [_died(cell) for cell in lost]
            else:
                fewer = self.workers if together > self.workers else 1
                yield from self._tried(bench, iter(lost), fewer, interrupts)


def pump(
    submit: Callable[[Cell], Future[CellResult]], cells: Iterator[Cell], ahead: Callable[[], int], lost: list[Cell]
) -> Iterator[list[CellResult]]:
    """Keep some cells in hand until there are no more, or the pool breaks.

    Args:
        submit: Starts a cell.
        cells: Taken from only as there is room.
        ahead: Most cells in hand, asked again each time.
        lost: Gets the cells that were in hand when a process pool broke.
    """
    waiting: dict[Future[CellResult], Cell] = {}
    while not lost:
        for cell in islice(cells, max(0, ahead() - len(waiting))):
            try:
                waiting[submit(cell)] = cell
            except BrokenProcessPool:
                lost.append(cell)
                break
        if not waiting:
            return
        finished = wait(waiting, timeout=TICK, return_when=FIRST_COMPLETED).done
        if lost or any(_broke(future) for future in finished):
            finished = wait(waiting).done  # a pool that broke settles all that it had
        lost += [waiting[future] for future in finished if _broke(future)]
        yield [future.result() for future in finished if not _broke(future)]
        for future in finished:
            del waiting[future]


def _broke(future: Future[CellResult]) -> bool:
    return isinstance(future.exception(), BrokenProcessPool)


def _processes(bench: Bench, workers: int) -> ProcessPoolExecutor:
    # Spawned, not forked: a fork would copy threads' locks, and keep the folder's lock when this process is killed.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(bench,))


def _submit(pool: ProcessPoolExecutor, cell: Cell) -> Future[CellResult]:
    with deaf_from_birth():
        return pool.submit(_run_here, cell)


def _end_now(pool: ProcessPoolExecutor) -> None:
    """End a pool with all that it has in hand."""
    for process in list(pool._processes.values()):
        process.kill()
    # A process that is killed as it hands in a result leaves half of it: the pool would wait for the rest for ever,
    # as it holds the other end of the pipe too.
    pool._result_queue._writer.close()  # type: ignore[attr-defined]
    pool.shutdown(cancel_futures=True)


def _wait_for_start(pool: ProcessPoolExecutor, interrupts: Interrupts) -> None:
    """Wait for a first worker, so that one that dies later was ended by a cell.

    Raises:
        ClusterError: If processes cannot be started.
    """
    with deaf_from_birth():
        first = pool.submit(os.getpid)
    try:
        while not wait([first], timeout=TICK).done:
            interrupts.check()
        first.result()
    except BrokenProcessPool:
        remedy = 'In a script, run the batch below `if __name__ == "__main__":`, as each process reads the script anew.'
        raise ClusterError(Problem("the worker processes ended as they started.", remedy=remedy)) from None


def _died(cell: Cell) -> CellResult:
    text = "each process that ran it died; it may have been short of memory."
    return CellResult(cell.number, FAILED, cell.seed_of(0), error=text)


_bench: Bench | None = None
"""In a worker process: what cells are made from, sent once."""


def _begin(bench: Bench) -> None:
    global _bench
    _bench = bench
    deaf()
    atexit.register(os._exit, 0)  # taking compiled code apart again would take half a second, and nobody needs it
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process when the one that started it is gone: a killed one cannot say so."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _run_here(cell: Cell) -> CellResult:
    assert _bench is not None, "a worker begins with its bench"
    return run_cell(_bench, cell)
