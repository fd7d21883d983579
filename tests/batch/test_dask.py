"""Batches on a real Dask scheduler, with worker processes on this machine that come, go and differ."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from simulator.batch.dask_executor import DaskCluster
from simulator.batch.executors import ClusterError, Threads
from simulator.batch.prepared import Prepared
from simulator.batch.run import run_batch
from simulator.errors import UsageError
from tests.batch.builders import FLOWS, HEAD, prepared
from tests.batch.test_run import tables_of
from tests.cli.command import joinlab

pytest.importorskip("distributed")

# One worker's start takes seconds.
pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
CELLS = 40
TEXT = (
    HEAD.replace("participants: 300", "participants: 20000")
    + FLOWS
    + f"uncertainties:\n  design: grid\n  of:\n    population.willing: {{range: file, steps: {CELLS // 2}}}\n"
)


class Cluster:
    """A scheduler on loopback, and workers that the test starts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / "scheduler.json"
        options = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(self._file)]
        self.scheduler = self._start("scheduler", *options)
        self._started = [self.scheduler]
        self.address = json.loads(_text_once_there(self._file))["address"]

    def worker(self, **environment: str) -> subprocess.Popen[bytes]:
        """Start a worker process of one thread."""
        options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(self._folder)]
        found = self._start("worker", self.address, *options, **environment)
        self._started.append(found)
        return found

    def wait_for(self, workers: int) -> None:
        """Wait until so many workers are there."""
        from distributed import Client

        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=60)

    def close(self) -> None:
        """End everything that was started."""
        for process in reversed(self._started):
            process.kill()
            process.wait()

    def _start(self, what: str, *options: str, **environment: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.dask_{what}", *options]
        out = (self._folder / f"{what}.log").open("ab")
        return subprocess.Popen(command, stdout=out, stderr=out, env={**os.environ, **environment}, cwd=self._folder)


def _text_once_there(path: Path) -> str:
    for _ in range(600):
        if path.exists() and path.read_text():
            return path.read_text()
        time.sleep(0.1)
    raise AssertionError(path)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    (tmp_path / "cluster").mkdir()
    made = Cluster(tmp_path / "cluster")
    yield made
    made.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepared(tmp_path_factory.mktemp("experiment"), TEXT)


@pytest.fixture(scope="module")
def undisturbed(made: Prepared, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("undisturbed") / "out"
    run_batch(made, folder, executor=Threads(2))
    return tables_of(folder)


def workers_of(folder: Path) -> set[str]:
    """Processes that ran the cells."""
    return set(pl.read_parquet(folder / "parts" / "*.parquet", columns=["worker"])["worker"])


def test_two_workers_give_the_same_tables_to_the_byte(
    cluster: Cluster, made: Prepared, tmp_path: Path, undisturbed: dict[str, str]
) -> None:
    for _ in range(2):
        cluster.worker()
    cluster.wait_for(2)
    summary = run_batch(made, tmp_path / "out", executor=DaskCluster(cluster.address))
    assert (summary.status, summary.done) == ("done", CELLS)
    assert tables_of(tmp_path / "out") == undisturbed
    assert len(workers_of(tmp_path / "out")) == 2


def test_one_worker_killed_and_one_that_joins_late_change_nothing(
    cluster: Cluster, made: Prepared, tmp_path: Path, undisturbed: dict[str, str]
) -> None:
    first, _ = cluster.worker(), cluster.worker()
    cluster.wait_for(2)
    late = []

    def progress(done: int, total: int) -> None:
        if done and not late:
            first.send_signal(signal.SIGKILL)
            late.append(cluster.worker())
            cluster.wait_for(2)

    summary = run_batch(made, tmp_path / "out", executor=DaskCluster(cluster.address), progress=progress)
    assert (summary.status, summary.done) == ("done", CELLS)
    assert tables_of(tmp_path / "out") == undisturbed
    ran = {int(worker.rsplit("/", 1)[1]) for worker in workers_of(tmp_path / "out")}
    assert late[0].pid in ran


def other_code(folder: Path) -> str:
    """A copy of the package in which a line is another; the folder to put first on the path."""
    shutil.copytree(ROOT / "simulator", folder / "simulator", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "scenarios", folder / "scenarios")
    with (folder / "simulator/analysis/estimates.py").open("a") as stream:
        stream.write("\nLEVEL = 0.9\n")
    return str(folder)


def test_a_worker_with_another_version_is_refused_before_anything_is_run(cluster: Cluster, tmp_path: Path) -> None:
    cluster.worker()
    cluster.worker(PYTHONPATH=other_code(tmp_path / "other"))
    cluster.wait_for(2)
    with pytest.raises(UsageError) as raised:
        DaskCluster(cluster.address)
    assert "has other code under the same version, joinlab" in str(raised.value)
    assert "Install the same joinlab and packages there as here; results would differ." in str(raised.value)
    assert len(raised.value.problems) == 1


def test_a_worker_with_another_version_that_joins_late_is_refused_and_what_is_finished_is_kept(
    cluster: Cluster, made: Prepared, tmp_path: Path, undisturbed: dict[str, str]
) -> None:
    path = other_code(tmp_path / "other")
    cluster.worker()
    cluster.wait_for(1)
    late = []

    def progress(done: int, total: int) -> None:
        if done and not late:
            late.append(cluster.worker(PYTHONPATH=path))
            cluster.wait_for(2)

    with pytest.raises(UsageError, match="has other code under the same version"):
        run_batch(made, tmp_path / "out", executor=DaskCluster(cluster.address), progress=progress)
    summary = run_batch(made, tmp_path / "out", executor=Threads(2))
    assert 0 < summary.ran < CELLS
    assert tables_of(tmp_path / "out") == undisturbed


def test_a_scheduler_that_is_lost_ends_the_batch_and_what_is_finished_is_kept(
    cluster: Cluster, made: Prepared, tmp_path: Path, undisturbed: dict[str, str]
) -> None:
    cluster.worker()
    cluster.wait_for(1)

    def progress(done: int, total: int) -> None:
        if done:
            cluster.scheduler.send_signal(signal.SIGKILL)

    with pytest.raises(ClusterError) as raised:
        run_batch(made, tmp_path / "out", executor=DaskCluster(cluster.address), progress=progress)
    assert f"the Dask scheduler at {cluster.address} is gone." in str(raised.value)
    assert 0 < run_batch(made, tmp_path / "out", executor=Threads(2)).ran < CELLS
    assert tables_of(tmp_path / "out") == undisturbed


def test_the_command_runs_on_a_cluster(cluster: Cluster, made: Prepared, tmp_path: Path) -> None:
    cluster.worker()
    cluster.wait_for(1)
    done = joinlab("batch", str(made.path), "--dask", cluster.address, "--output", str(tmp_path / "out"))
    assert done.code == 0
    assert f"{CELLS} done." in done.out


def test_a_scheduler_without_workers_is_told(cluster: Cluster, made: Prepared) -> None:
    shown = joinlab("batch", str(made.path), "--dask", cluster.address, "--dry-run")
    assert shown.code == 0
    said = f"note: no worker has joined the scheduler yet; cells wait for one: dask worker {cluster.address}"
    assert shown.err.splitlines() == [said]


def test_nobody_at_the_address_is_told() -> None:
    with pytest.raises(UsageError) as raised:
        DaskCluster("tcp://127.0.0.1:9")
    assert "no Dask scheduler answers at tcp://127.0.0.1:9" in str(raised.value)
    assert "Start one with `dask scheduler`, and workers with `dask worker ADDRESS`." in str(raised.value)
