"""What differs between two results, and between a cell's results and the same cell run again."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.batch.bench import Changes
from simulator.batch.cells import numbers_of, run_cell
from simulator.batch.designs import named
from simulator.batch.manifest import changed, files_now, inputs_of
from simulator.batch.outcomes import KEPT
from simulator.batch.results import Results
from simulator.errors import Problem, UsageError

if TYPE_CHECKING:
    import polars

_VALUES = "_values"
"""Column with the values of a cell."""


@dataclass(frozen=True)
class Moved:
    """How far one outcome differs between cells that have the same values."""

    outcome: str
    cells: int
    """Cells that have it in both."""
    differ: int
    """Those of them in which it is not the same."""
    mean: float
    """Mean of the second less the first."""
    most: float
    """The largest difference, with its sign."""
    at: Mapping[str, object]
    """The values of the cell with the largest difference, as the first names them; empty where there is none."""


@dataclass(frozen=True)
class Difference:
    """What differs between two results."""

    inputs: tuple[str, ...]
    """What the inputs differ in, in sentences."""
    unmatched: str
    """Why no cells can have the same values: what is varied in one alone, in a sentence; empty where they can."""
    matched: int
    """Cells that have the same values in both."""
    only_first: int
    only_second: int
    moved: tuple[Moved, ...]


def difference(first: Results, second: Results, outcomes: Sequence[str] = KEPT) -> Difference:
    """What differs between two results: inputs, and outcomes of cells with the same values.

    Cells are compared where both results vary the same factors, as else each cell would meet others with values that
    it has not. Values count and not their names.

    Raises:
        UsageError: If there is no such outcome.
    """
    inputs = changed(first.inputs, second.inputs)
    one, two = (_by_values(result, outcomes) for result in (first, second))
    unmatched = _unmatched(*([factor.path for factor in one.experiment.layout.factors] for one in (first, second)))
    both = one.join(two, on=[_VALUES], how="inner", suffix="_second", maintain_order="left")
    matched = 0 if unmatched else len(both)
    return Difference(
        inputs=tuple(problem.message for problem in inputs),
        unmatched=unmatched,
        matched=matched,
        only_first=len(one) - matched,
        only_second=len(two) - matched,
        moved=() if unmatched else tuple(_moved(both, first, name) for name in outcomes),
    )


def _unmatched(own: Sequence[str], other: Sequence[str]) -> str:
    """What is varied in one result alone, in a sentence; empty where there is nothing."""
    lonely = (
        ([path for path in own if path not in other], "first"),
        ([path for path in other if path not in own], "second"),
    )
    told = [(", ".join(paths), len(paths), which) for paths, which in lonely if paths]
    if not told:
        return ""
    parts = [f"{paths} {('is' if count == 1 else 'are')} varied in the {which} only" for paths, count, which in told]
    return f"{', '.join(parts)}, so that no cells have the same values."


def _by_values(results: Results, outcomes: Sequence[str]) -> polars.DataFrame:
    """Outcomes of the cells that are done, with the values that each has as text."""
    import polars as pl

    frame = results.frame(outcomes).filter(pl.col("status") == "done").select("cell", *outcomes)
    met: Counter[str] = Counter()
    keys = []
    for cell in frame["cell"]:
        values = values_as_text(results.experiment.layout.changes(cell))
        keys.append(f"{values} {met[values]}")  # a list or a table may have a cell twice
        met[values] += 1
    return frame.with_columns(pl.Series(_VALUES, keys, dtype=pl.String))


def values_as_text(changes: Changes) -> str:
    """The values of a cell; 1 and 1.0 are the same."""
    alike = {path: float(value) if type(value) is int else value for path, value in changes.items()}
    return json.dumps(alike, sort_keys=True)


def _moved(both: polars.DataFrame, first: Results, name: str) -> Moved:
    import polars as pl

    gaps = both.with_columns((pl.col(f"{name}_second") - pl.col(name)).alias("_gap")).drop_nulls("_gap")
    if gaps.is_empty():
        return Moved(name, 0, 0, 0.0, 0.0, {})
    widest = gaps.sort(pl.col("_gap").abs(), descending=True).row(0, named=True)
    differ = int((gaps["_gap"] != 0.0).sum())
    mean = gaps["_gap"].mean()
    assert isinstance(mean, float), "there are rows"
    values = named(first.experiment.layout.levels(widest["cell"]))
    return Moved(name, len(gaps), differ, mean, float(widest["_gap"]), values)


@dataclass(frozen=True)
class Rerun:
    """A cell run again."""

    cell: int
    seconds: float
    same: bool
    """Whether its totals are those that were kept, to the last unit."""
    moved: tuple[tuple[str, float | None, float | None], ...]
    """Outcomes that are not what they were: name, before, now."""
    code: tuple[str, ...]
    """What changed since in code, rules and recorded choices."""


def rerun(results: Results, cell: int) -> Rerun:
    """Run a cell again, from the inputs that were kept with its results.

    Raises:
        UsageError: If there is no such cell, it has no results, or it fails now.
    """
    if not 0 <= cell < results.store.cells:
        raise UsageError(Problem(f"there is no cell {cell}; there are 0 to {results.store.cells - 1}."))
    kept = results.store.result(cell)
    if kept is None or not kept.tally:
        raise UsageError(Problem(f"cell {cell} has no results yet."))
    found = run_cell(results.experiment.bench, results.experiment.cell(cell))
    if found.error is not None:
        raise UsageError(Problem(f"cell {cell} fails now: {found.error}"))
    before = {name: value for _, name, value, _, _ in _rows(results, cell)}
    now = {name: value for name, value, _, _ in found.outcomes}
    moved = tuple((name, before.get(name), value) for name, value in now.items() if before.get(name) != value)
    now_of = inputs_of(results.experiment) | {"files": files_now(results.experiment.bench)}
    code = changed(results.inputs, now_of)
    same = np.array_equal(numbers_of(found.tally), numbers_of(kept.tally))
    return Rerun(cell, found.seconds, same, moved, tuple(problem.message for problem in code))


def _rows(results: Results, cell: int) -> list[tuple[int, str, float | None, float | None, float | None]]:
    import polars as pl

    return list(results.table("outcomes").filter(pl.col("cell") == cell).iter_rows())
