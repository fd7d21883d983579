"""What an experiment will take, from running its first cell."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from simulator.batch.cells import run_cell
from simulator.batch.prepared import Prepared
from simulator.batch.run import compile_first
from simulator.batch.store import PARTS, open_store

_FEW, _MANY = 1_000, 40_000
"""Participants of the two runs that the time of a cell is read from."""


@dataclass(frozen=True)
class Estimated:
    """About what an experiment takes; with a precision, at least that."""

    participants: int
    seconds: float
    bytes: int


def estimate(prepared: Prepared, at_once: int) -> Estimated:
    """Run the first cell twice, with few and with many people, and take the other cells to be like it.

    Args:
        prepared: The experiment.
        at_once: Cells that make progress at a time: no more than there are processors.
    """
    compile_first(prepared, [0])
    cell = replace(prepared.cell(0), replications=1, precision=None)
    run_cell(prepared.bench, replace(cell, participants=_FEW))  # loads and reads what later cells have at hand
    few = run_cell(prepared.bench, replace(cell, participants=_FEW))
    many = run_cell(prepared.bench, replace(cell, participants=_MANY))
    each = max(many.seconds - few.seconds, 0.0) / max(many.participants - few.participants, 1)
    experiment, cells = prepared.experiment, len(prepared.layout)
    people = experiment.participants * experiment.replications
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder), cells)
        store.add([many])
        size = sum(path.stat().st_size for path in (Path(folder) / PARTS).iterdir())
    seconds = cells * (few.seconds + each * people) / min(at_once, cells)
    return Estimated(participants=cells * people, seconds=seconds, bytes=cells * size)
