"""What differs between two results, and between a cell's results and the same cell run again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator.batch.cells import numbers_of, run_cell
from simulator.batch.manifest import INPUTS, changed, read_json
from simulator.batch.outcomes import KEPT
from simulator.batch.results import Results
from simulator.errors import Problem, UsageError


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
    at: str
    """The values of the cell with the largest difference."""


@dataclass(frozen=True)
class Difference:
    """What differs between two results."""

    inputs: tuple[str, ...]
    """What the inputs differ in, in sentences."""
    matched: int
    """Cells that have the same values in both."""
    only_first: int
    only_second: int
    moved: tuple[Moved, ...]


def difference(first: Results, second: Results, outcomes: Sequence[str] = KEPT) -> Difference:
    """What differs between two results: inputs, and outcomes of cells with the same values.

    Raises:
        UsageError: If no factor is varied in both.
    """
    import polars as pl

    inputs = changed(read_json(first.folder / INPUTS), read_json(second.folder / INPUTS))
    own = [factor.path for factor in first.experiment.layout.factors]
    other = [factor.path for factor in second.experiment.layout.factors]
    common = [path for path in own if path in other]
    if not common:
        remedy = f"The first varies {', '.join(own)}, the second {', '.join(other)}."
        raise UsageError(Problem("no factor is varied in both results.", remedy=remedy))
    one, two = (result.frame(outcomes).filter(pl.col("status") == "done").select(*common, *outcomes)
                for result in (first, second))  # fmt: skip
    both = one.join(two, on=common, how="inner", nulls_equal=True, suffix="_second", maintain_order="left")
    moved = tuple(_moved(both, common, name) for name in outcomes)
    return Difference(
        inputs=tuple(problem.message for problem in inputs),
        matched=len(both),
        only_first=len(one.join(both.select(common), on=common, how="anti", nulls_equal=True)),
        only_second=len(two.join(both.select(common), on=common, how="anti", nulls_equal=True)),
        moved=moved,
    )


def _moved(both: object, common: Sequence[str], name: str) -> Moved:
    import polars as pl

    assert isinstance(both, pl.DataFrame), "two frames were joined"
    gaps = both.with_columns((pl.col(f"{name}_second") - pl.col(name)).alias("_gap")).drop_nulls("_gap")
    if gaps.is_empty():
        return Moved(name, 0, 0, 0.0, 0.0, "")
    widest = gaps.sort(pl.col("_gap").abs(), descending=True).row(0, named=True)
    values = ", ".join(f"{path} {widest[path]}" for path in common)
    differ = int((gaps["_gap"] != 0.0).sum())
    mean = gaps["_gap"].mean()
    assert isinstance(mean, float), "there are rows"
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
    """What changed in code and rules since."""


def rerun(results: Results, cell: int) -> Rerun:
    """Run a cell again, from the inputs that were kept with its results.

    Raises:
        UsageError: If there is no such cell, it has no results, or it fails now.
    """
    from simulator.batch.manifest import inputs_of

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
    code = changed(read_json(results.folder / INPUTS), inputs_of(results.experiment))
    same = np.array_equal(numbers_of(found.tally), numbers_of(kept.tally))
    return Rerun(cell, found.seconds, same, moved, tuple(problem.message for problem in code))


def _rows(results: Results, cell: int) -> list[tuple[int, str, float | None, float | None, float | None]]:
    import polars as pl

    return list(results.table("outcomes").filter(pl.col("cell") == cell).iter_rows())
