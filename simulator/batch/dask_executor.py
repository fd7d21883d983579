"""Cells on a Dask cluster, for what outgrows one machine.

What travels: the bench once to each worker, a few values to each cell, and the totals back. Workers that are lost are
made good by the scheduler, those that join late get their part, and one that has other code is refused.
"""

from __future__ import annotations

import functools
import re
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from simulator.batch.bench import Bench
from simulator.batch.cells import FAILED, Cell, CellResult, run_cell
from simulator.batch.executors import AHEAD, ClusterError, pump
from simulator.errors import Problem, UsageError

CONNECT = 10.0
"""Seconds to wait for a scheduler."""
CLOSE = 5.0
"""Seconds to wait for the connection to close."""
COUNT_EVERY = 2.0
"""Seconds between two looks at how many workers there are."""
_WITH_PORTS = ("", "tcp", "tls", "ws", "wss")
"""Ways to connect that take a host and a port; without one it is tcp."""
_ALIKE = ("joinlab", "numba", "numpy", "scipy")
"""Packages whose versions have to be the same everywhere, for results to be."""


def _check_address(address: str) -> None:
    """Refuse what is no address before a client is made of it, which would say much and end with a traceback.

    Raises:
        UsageError: If host or port are missing.
    """
    scheme, _, rest = address.rpartition("://")
    if scheme in _WITH_PORTS and not re.match(r"[^/\s]+:\d{1,5}(/|$)", rest):
        remedy = "Write tcp://HOST:PORT, as `dask scheduler` shows it."
        raise UsageError(Problem(f'--dask: "{address}" is no address of a scheduler.', remedy=remedy))


class OtherCodeError(Exception):
    """Raised on a worker whose code is not that of the batch."""


class DaskCluster:
    """The workers of a scheduler that somebody has started."""

    name = "dask"

    def __init__(self, address: str) -> None:
        """Connect to a scheduler and look at its workers.

        Args:
            address: Of the scheduler, such as `tcp://10.0.0.1:8786`.

        Raises:
            UsageError: If this is no address, Dask is not installed, nobody answers, or a worker has other code than is
                installed here.
        """
        _check_address(address)
        try:
            from distributed import Client
        except ImportError:
            remedy = 'Install it: pip install "joinlab[dask]"'
            raise UsageError(Problem("--dask needs Dask, which is not installed.", remedy=remedy)) from None
        self.address = address
        try:
            self._client = Client(address, timeout=CONNECT, set_as_default=False)
        except (OSError, ValueError) as error:
            reason = str(error).splitlines()[0][:120]
            remedy = "Start one with `dask scheduler`, and workers with `dask worker ADDRESS`."
            raise UsageError(Problem(f"no Dask scheduler answers at {address}: {reason}", remedy=remedy)) from None
        self._own = code_here()
        self._in_hand, self._counted = AHEAD, -COUNT_EVERY
        self._check_workers()

    @property
    def deserted(self) -> bool:
        """Whether no worker is there, so that cells wait until one joins."""
        return not self._client.nthreads()

    @property
    def workers(self) -> int:
        """Threads of all workers that are there now."""
        threads: dict[str, int] = self._client.nthreads()
        return max(1, sum(threads.values()))

    def results(self, bench: Bench, cells: Iterator[Cell]) -> Iterator[list[CellResult]]:
        """As `Executor` says.

        Raises:
            UsageError: If a worker that joined late has other code.
            ClusterError: If the scheduler is gone.
        """
        # Made by a task, and so made again should the workers that hold it be lost.
        base = self._client.submit(_same, bench, pure=False)
        waiting: set[Any] = set()  # what nobody refers to is cancelled

        def submit(cell: Cell) -> Future[CellResult]:
            done: Future[CellResult] = Future()
            remote = self._client.submit(_run_there, base, cell, self._own, pure=False)
            waiting.add(remote)
            remote.add_done_callback(functools.partial(self._settle, done, cell, waiting))
            return done

        try:
            yield from pump(submit, cells, self._ahead, [])
        except (OSError, RuntimeError, AttributeError):
            if self._client.status == "running":
                raise
            raise self._gone() from None  # what its client raises then is no sentence
        finally:
            with suppress(OSError, RuntimeError, TimeoutError):
                self._client.cancel(list(waiting), force=True)
                self._client.close(timeout=CLOSE)

    def _ahead(self) -> int:
        """Cells to have in hand; workers are counted every few seconds, as asking the scheduler takes its time."""
        if time.monotonic() - self._counted >= COUNT_EVERY:
            self._in_hand, self._counted = AHEAD * self.workers, time.monotonic()
        return self._in_hand

    def _settle(self, done: Future[CellResult], cell: Cell, waiting: set[Any], remote: Any) -> None:
        from distributed import KilledWorker

        waiting.discard(remote)
        if remote.status == "finished":
            done.set_result(remote.result())
        elif remote.status == "error":
            error = remote.exception()
            if isinstance(error, KilledWorker):
                text = "each worker that ran it died; it may have been short of memory."
                done.set_result(CellResult(cell.number, FAILED, cell.seed_of(0), error=text))
            elif isinstance(error, OtherCodeError):
                done.set_exception(UsageError(Problem(str(error), remedy=_REMEDY)))
            else:
                done.set_exception(ClusterError(Problem(f"a worker failed: {type(error).__name__}: {error}.")))
        else:
            done.set_exception(self._gone())

    def _gone(self) -> ClusterError:
        remedy = "What was finished is kept; the same command goes on from there."
        return ClusterError(Problem(f"the Dask scheduler at {self.address} is gone.", remedy=remedy))

    def _check_workers(self) -> None:
        found = self._client.run(_code_of_worker, on_error="return")
        problems = []
        for worker, code in found.items():
            told = _difference(worker, code, self._own)
            if told:
                problems.append(Problem(told, remedy=_REMEDY))
        if problems:
            self._client.close()
            raise UsageError(problems)


_REMEDY = "Install the same joinlab and packages there as here; results would differ."


def code_here() -> dict[str, str | None]:
    """What decides about results: versions of packages, and the state of the code."""
    from simulator.batch.manifest import code_digest

    return {**{name: _version(name) for name in _ALIKE}, "code": code_digest()}


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _difference(worker: str, code: object, own: dict[str, str | None]) -> str | None:
    """In what a worker differs from here; None where it does not."""
    if not isinstance(code, dict):
        return f"the worker {worker} cannot load joinlab: {code}"
    parts = [f"{name} {code.get(name)} (here {own[name]})" for name in _ALIKE if code.get(name) != own[name]]
    if not parts and code.get("code") != own["code"]:
        parts = [f"other code under the same version, joinlab {own['joinlab']}"]
    return f"the worker {worker} has {', '.join(parts)}." if parts else None


@functools.cache
def _code_of_worker() -> dict[str, str | None]:
    return code_here()


def _same(bench: Bench) -> Bench:
    return bench


def _run_there(bench: Bench, cell: Cell, expected: dict[str, str | None]) -> CellResult:
    from distributed import get_worker

    told = _difference(get_worker().address, _code_of_worker(), expected)
    if told:
        raise OtherCodeError(told)
    return run_cell(bench, cell)
