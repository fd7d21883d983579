"""Which factors an outcome depends on: swings from any design, Sobol indices and Morris screening from theirs.

A list of words has no order. Sobol indices need none: a list takes equal parts of [0, 1), and an index is a share of
variance. Morris needs steps: in each trajectory a list has a random order of its own, a step is the change from one of
its values to another, and only the size of its effect is told, as its sign means nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from simulator.batch.designs import Block, Factor, named
from simulator.batch.results import Results
from simulator.batch.sensitivity_designs import MORRIS_LEVELS, salib, unit_problem
from simulator.errors import Problem, UsageError

if TYPE_CHECKING:
    import polars

Floats = npt.NDArray[np.float64]

PARTS = 5
"""Parts of equal size that the values of a range are cut into for a swing."""
AS_IN_SCENARIO = "as in the scenario"
"""Stands for a field that a table leaves empty."""
_STEP = MORRIS_LEVELS / (2.0 * (MORRIS_LEVELS - 1.0))
"""Length of a step of Morris, as a part of the range."""
_SHUFFLES = 400
_SEED = 1  # SALib takes 0 for no seed


@dataclass(frozen=True)
class Swing:
    """How far the mean of an outcome moves as one factor goes through its values, over all else that is varied."""

    factor: str
    low: float
    high: float
    at_low: str
    """The value, or part of the range, where the mean is lowest."""
    at_high: str
    chance: float
    """A width that chance alone passes once in twenty times; 0 where every value meets the same others, as in grids."""

    @property
    def width(self) -> float:
        """From the lowest to the highest mean."""
        return self.high - self.low


def swings(frame: polars.DataFrame, factors: Sequence[Factor], outcome: str, *, balanced: bool) -> list[Swing]:
    """Swings of an outcome, widest first; of factors with more than one value in the frame.

    Args:
        frame: Cells with their factors and the outcome, as `Results.frame` gives them.
        factors: Those to look at.
        outcome: Name of the column.
        balanced: Whether every value of each factor meets the same values of all others, as in a whole grid.
    """

    known = frame.drop_nulls(outcome)
    values = known[outcome].to_numpy()
    found = []
    for factor in factors:
        column = known[factor.path]
        labels = words(column, factor) if factor.categorical else _binned(column, factor)
        names, parts = np.unique(labels.to_numpy().astype(str), return_inverse=True)
        if len(names) < 2:
            continue
        means = _means(values, parts)
        low, high = int(np.argmin(means)), int(np.argmax(means))
        chance = 0.0 if balanced else _by_chance(values, parts)
        found.append(
            Swing(factor.path, float(means[low]), float(means[high]), str(names[low]), str(names[high]), chance)
        )
    return sorted(found, key=lambda swing: -swing.width)


def _means(values: Floats, parts: npt.NDArray[np.intp]) -> Floats:
    return np.bincount(parts, weights=values) / np.bincount(parts)


def _by_chance(values: Floats, parts: npt.NDArray[np.intp]) -> float:
    """The width that is passed once in twenty times if the outcome has nothing to do with the factor."""
    rng = np.random.default_rng(_SEED)
    widths = [float(np.ptp(_means(rng.permutation(values), parts))) for _ in range(_SHUFFLES)]
    return float(np.quantile(widths, 0.95))


def words(column: polars.Series, factor: Factor) -> polars.Series:
    """The values of a list as words; a field that a table leaves empty is a word of its own."""
    import polars as pl

    return column.cast(pl.String).fill_null("null" if None in factor.levels else AS_IN_SCENARIO)


def _binned(column: polars.Series, factor: Factor) -> polars.Series:
    """Numbers as words: each its own where there are few, else by parts of equal size; empty fields are one word."""
    import polars as pl

    known = column.drop_nulls()
    few = bool(factor.levels) and len(factor.levels) <= 2 * PARTS
    written = iter([f"{value:g}" for value in known] if few else _parts(known.to_numpy()))
    return pl.Series([AS_IN_SCENARIO if value is None else next(written) for value in column])


def _parts(values: Floats) -> list[str]:
    """For each number the range of its part, of `PARTS` with about as many numbers each."""
    order = np.argsort(np.argsort(values, kind="stable"), kind="stable")
    part = order * PARTS // len(values)
    ends = [
        (values[part == number].min(), values[part == number].max())
        for number in range(PARTS)
        if (part == number).any()
    ]
    return [f"{ends[number][0]:.3g} to {ends[number][1]:.3g}" for number in part]


@dataclass(frozen=True)
class Index:
    """What one factor makes of an outcome, under one sample of the levers."""

    levers: Mapping[str, str | float | bool | None]
    factor: str
    first: float | None
    """Sobol: share of the variance that it explains alone. None for Morris."""
    total: float
    """Sobol: share of the variance that it has a part in. Morris: mean size of its effects over the whole range."""
    first_reach: float | None
    total_reach: float
    """Half widths of the 95 % intervals (bootstrap)."""
    direction: float | None
    """Morris: mean of its effects with their signs; None for lists of words and for Sobol."""
    spread: float | None
    """Morris: standard deviation of its effects: large where it works differently in different places."""


def method(results: Results) -> str | None:
    """`sobol` or `morris`, where the uncertainties were laid out for it."""
    designs = {block.design for block in results.experiment.layout.blocks}
    return "sobol" if "saltelli" in designs else "morris" if "morris" in designs else None


def indices(results: Results, outcome: str) -> list[Index]:
    """Sobol indices or Morris effects of an outcome, most important first within each sample of the levers.

    Raises:
        UsageError: If the design is not laid out for either, a cell is missing, or SALib is not installed.
    """
    layout = results.experiment.layout
    kind = method(results)
    if kind is None:
        remedy = "Give the uncertainties `design: saltelli` or `design: morris`; swings need neither."
        raise UsageError(Problem("this design gives no Sobol indices and no Morris effects.", remedy=remedy))
    name = "saltelli" if kind == "sobol" else "morris"
    place = next(number for number, block in enumerate(layout.blocks) if block.design == name)
    block = layout.blocks[place]
    values = _values(results, outcome)
    found: list[Index] = []
    for levers, cells in _groups(results, place):
        own = values[cells]
        rows = _sobol(block, own, levers) if kind == "sobol" else _morris(block, own, levers)
        found += sorted(rows, key=lambda index: -index.total)
    return found


def _values(results: Results, outcome: str) -> Floats:
    import polars as pl

    frame = results.frame([outcome]).filter(pl.col("status") == "done", pl.col(outcome).is_not_null())
    missing = results.store.cells - len(frame)
    if missing:
        remedy = "Run the batch again for cells that failed or are missing; a design has to be whole."
        message = f"{missing:,} of {results.store.cells:,} cells have no {outcome}."
        raise UsageError(Problem(message, remedy=remedy))
    return np.asarray(frame.sort("cell")[outcome].to_numpy(), dtype=np.float64)


def _groups(results: Results, place: int) -> Iterator[tuple[Mapping[str, Any], npt.NDArray[np.int64]]]:
    """Samples of the other block, and the cells of each in the order of this block's samples."""
    blocks = results.experiment.layout.blocks
    if len(blocks) == 1:
        yield {}, np.arange(len(blocks[0]))
        return
    numbers = np.arange(results.store.cells).reshape([len(block) for block in blocks])
    other = blocks[1 - place]
    for sample in range(len(other)):
        yield named(other.sample(sample)), numbers[sample] if place == 1 else numbers[:, sample]


def _sobol(block: Block, values: Floats, levers: Mapping[str, Any]) -> list[Index]:
    (analyze,) = salib("analyze.sobol")
    if np.ptp(values) == 0.0:  # nothing varies, and nothing explains it
        return [Index(levers, factor.path, 0.0, 0.0, 0.0, 0.0, None, None) for factor in block.factors]
    found = analyze.analyze(unit_problem(len(block.factors)), values, calc_second_order=False, seed=_SEED)
    return [
        Index(
            levers, factor.path, float(found["S1"][at]), float(found["ST"][at]),
            float(found["S1_conf"][at]), float(found["ST_conf"][at]), None, None,
        )
        for at, factor in enumerate(block.factors)
    ]  # fmt: skip


def _morris(block: Block, values: Floats, levers: Mapping[str, Any]) -> list[Index]:
    (analyze,) = salib("analyze.morris")
    found = analyze.analyze(unit_problem(len(block.factors)), block.parts, values, num_levels=MORRIS_LEVELS, seed=_SEED)
    rows = []
    for at, factor in enumerate(block.factors):
        # SALib divides by the step, to have the effect of the whole range; between two words there is no more to go.
        scale = _STEP if factor.levels else 1.0
        direction = None if factor.categorical or factor.levels else float(found["mu"][at])
        size, reach = float(found["mu_star"][at]) * scale, float(found["mu_star_conf"][at]) * scale
        rows.append(Index(levers, factor.path, None, size, None, reach, direction, float(found["sigma"][at]) * scale))
    return rows
