"""Runs one cell of an experiment and gathers what is kept of it."""

from __future__ import annotations

import hashlib
import os
import socket
import time
import traceback
import zlib
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from simulator.analysis.anchor import anchored
from simulator.analysis.outcomes import FlowOutcomes
from simulator.batch.bench import Bench, Changes, UnfitError
from simulator.batch.outcomes import KEPT, ledger_rows, outcome, segment_rows
from simulator.batch.plans import plan_of
from simulator.engine.inputs import Inputs
from simulator.engine.run import Plan, Run, meetings_for, no_counts, run_meetings
from simulator.engine.tally import Ints, Tally
from simulator.errors import JoinlabError
from simulator.scenario.experiment import Precision

DONE, FAILED = "done", "failed"


@dataclass(frozen=True)
class Cell:
    """One cell to run."""

    number: int
    changes: Changes
    seed: int
    """Of the experiment."""
    own_numbers: bool
    """Whether its random numbers are others than those of all other cells."""
    participants: int
    """At least so many people in each replication."""
    replications: int
    """With a precision, the least number of them."""
    precision: Precision | None = None

    @property
    def most_replications(self) -> int:
        """Replications that it takes, or with a precision may take."""
        return self.replications if self.precision is None else self.precision.most_replications

    def seed_of(self, replication: int) -> int:
        """Seed of a replication, below 2**64.

        With common random numbers it is the same in every cell, and that of the first is the experiment's own.
        """
        if not self.own_numbers and replication == 0:
            return self.seed
        text = f"replication/{self.seed}/{replication}"
        if self.own_numbers:
            text += f"/cell/{self.number}"
        return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


@dataclass(frozen=True)
class CellResult:
    """What is kept of a cell."""

    number: int
    status: str
    """`done` or `failed`."""
    seed: int
    """Of the first replication, or of the one that failed."""
    replications: int = 0
    meetings: int = 0
    participants: int = 0
    reached: bool | None = None
    """Whether it is as precise as asked; None where nothing was asked."""
    error: str | None = None
    """What is wrong, in a sentence or two."""
    traceback: str | None = None
    """Where it happened, if it is a fault of the program."""
    seconds: float = 0.0
    """Time it took where it ran."""
    worker: str = ""
    """Machine and process that ran it."""
    outcomes: tuple[tuple[str, float | None, float | None, float | None], ...] = ()
    """Name, value, and both ends of the interval."""
    ledger: tuple[tuple[str, str, str, float], ...] = ()
    segments: tuple[tuple[object, ...], ...] = ()
    tally: bytes = b""
    """The totals of all replications, as `packed` writes them."""


def run_cell(bench: Bench, cell: Cell, *, threads: int = 1) -> CellResult:
    """Run a cell; what goes wrong becomes its result.

    Args:
        bench: What it is made from.
        cell: What to run.
        threads: Threads to walk on; the result does not depend on it.
    """
    started = time.perf_counter()
    seed = cell.seed_of(0)
    try:
        inputs = bench.inputs(cell.changes)
        if inputs.counted:
            inputs, _ = anchored(inputs, seed)
        plan = plan_of(inputs)
        run: Run | None = None
        done, reached = 0, None
        for replication in range(cell.most_replications):
            seed = cell.seed_of(replication)
            run = _added(plan, run, seed, cell.participants, threads)
            done += 1
            if cell.precision is not None and done >= cell.replications:
                reached = precise(run, cell.precision)
                if reached:
                    break
        assert run is not None, "there is at least one replication"
        return replace(_kept(cell, run, done, reached), seconds=time.perf_counter() - started, worker=_here())
    except (JoinlabError, UnfitError) as error:
        told, where = str(error).removesuffix("nothing was run.").strip(), None
    except Exception as error:  # a fault of ours in one cell must not cost the others; the traceback is kept
        told, where = f"{type(error).__name__}: {error}", traceback.format_exc()
    seconds = time.perf_counter() - started
    return CellResult(cell.number, FAILED, seed, error=told, traceback=where, seconds=seconds, worker=_here())


def _here() -> str:
    return f"{socket.gethostname()}/{os.getpid()}"


def _added(plan: Plan, before: Run | None, seed: int, participants: int, threads: int) -> Run:
    """The run with one more replication in its totals."""
    meetings = meetings_for(plan, seed, participants)
    tallies = run_meetings(plan, seed, 0, meetings, threads=threads)
    if before is None:
        return Run(plan=plan, seed=seed, meetings=meetings, tallies=tuple(tallies))
    for tally, old in zip(tallies, before.tallies, strict=True):
        tally.add(old)
    return Run(plan=plan, seed=before.seed, meetings=before.meetings + meetings, tallies=tuple(tallies))


def precise(run: Run, precision: Precision) -> bool:
    """Whether all intervals that are asked about are narrow enough."""
    flow = FlowOutcomes(run, 0)
    reaches = [outcome(name)(flow).reach for name in precision.of]
    return all(reach is not None and reach <= precision.half_width for reach in reaches)


def _kept(cell: Cell, run: Run, replications: int, reached: bool | None) -> CellResult:
    flow = FlowOutcomes(run, 0)
    estimates = [(name, outcome(name)(flow)) for name in KEPT]
    return CellResult(
        number=cell.number,
        status=DONE,
        seed=run.seed,
        replications=replications,
        meetings=run.meetings,
        participants=run.participants,
        reached=reached,
        outcomes=tuple((name, found.value, found.low, found.high) for name, found in estimates),
        ledger=tuple(ledger_rows(flow)),
        segments=tuple(segment_rows(flow)),
        tally=packed(run.tallies[0]),
    )


def packed(tally: Tally) -> bytes:
    """A tally as bytes: its five tables one after the other, little-endian 64-bit integers, compressed.

    Most of them are zeros or small, and what is a fifth of the size or less waits for nobody on its way.
    """
    return zlib.compress(b"".join(getattr(tally, field.name).astype("<i8").tobytes() for field in fields(tally)), 1)


def numbers_of(data: bytes) -> Ints:
    """What is in a packed tally. Machines may pack the same numbers into other bytes."""
    return np.frombuffer(zlib.decompress(data), dtype="<i8")


def unpacked(data: bytes, plan: Plan) -> Tally:
    """The tally that `packed` made of a run of this plan.

    Raises:
        ValueError: If the plan's tallies have another size.
    """
    empty = no_counts(plan).tally()
    numbers = numbers_of(data)
    shapes = {field.name: getattr(empty, field.name).shape for field in fields(empty)}
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes.values()])
    if len(numbers) != ends[-1]:
        msg = f"a tally of {len(numbers):,} numbers where {ends[-1]:,} were expected"
        raise ValueError(msg)
    tables: dict[str, Any] = {
        name: part.astype(np.int64).reshape(shape)
        for (name, shape), part in zip(shapes.items(), np.split(numbers, ends[:-1]), strict=True)
    }
    return Tally(**tables)


def run_of(inputs: Inputs, result: CellResult) -> Run:
    """A cell's run, made again from its tally without walking anybody."""
    plan = plan_of(inputs)
    tally = unpacked(result.tally, plan)
    return Run(plan=plan, seed=result.seed, meetings=result.meetings, tallies=(tally,))
