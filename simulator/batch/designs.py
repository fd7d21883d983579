"""Lays out cells: which value every factor has in each.

Designs that draw points take their numbers in [0, 1) from scipy's quasi-Monte Carlo engines and from SALib; a factor
turns its number into a value: a range by its scale, a list by equal parts. Correlated factors are tied by a Gaussian
copula, which leaves the distribution of each as it is: r = 2 sin(pi rho / 6) for a rank correlation rho (Pearson 1907).
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from simulator.errors import Problem, UsageError
from simulator.scenario.experiment import SAMPLED, Between, Level, Varied, name_of, spread, value_of
from simulator.scenario.yaml_file import Value

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Factor:
    """One place of the scenario that is varied, and over what."""

    path: str
    lever: bool
    levels: tuple[Level, ...] = ()
    """What it is taken from; empty where it is a range."""
    low: float = 0.0
    high: float = 1.0
    scale: str = "linear"

    @property
    def categorical(self) -> bool:
        """Whether its values are words and not numbers; a number with a name goes by the name."""
        return any(isinstance(level, bool) or not isinstance(level, int | float) for level in self.levels)

    def at(self, part: float) -> Level:
        """The value at a number in [0, 1]."""
        if self.levels:
            return self.levels[min(int(part * len(self.levels)), len(self.levels) - 1)]
        return spread(self.low, self.high, self.scale, part)


@dataclass(frozen=True)
class Block:
    """One part of a design, levers or uncertainties: its samples, as one number in [0, 1] for each factor."""

    design: str
    factors: tuple[Factor, ...]
    parts: Floats = field(repr=False)
    """(samples, factors)."""
    orders: Ints | None = field(default=None, repr=False)
    """(trajectories, factors, most levels) for Morris: the order in which a trajectory has a list's values."""

    def __len__(self) -> int:
        return len(self.parts)

    def sample(self, number: int) -> dict[str, Level]:
        """Values of one sample, by path."""
        row = self.parts[number]
        if self.orders is None:
            return {factor.path: factor.at(float(part)) for factor, part in zip(self.factors, row, strict=True)}
        orders = self.orders[number // (len(self.factors) + 1)]
        return {
            factor.path: factor.at(float(row[at]))
            if not factor.levels
            else factor.levels[int(orders[at, min(int(row[at] * len(factor.levels)), len(factor.levels) - 1)])]
            for at, factor in enumerate(self.factors)
        }


@dataclass(frozen=True)
class Layout:
    """All cells: every lever sample with every sample of the uncertainties, the latter changing fastest."""

    blocks: tuple[Block, ...]
    table: tuple[Mapping[str, Level], ...] = ()
    """Cells of a table, in place of blocks."""
    columns: tuple[Factor, ...] = ()
    """Factors of a table."""

    def __len__(self) -> int:
        if self.table:
            return len(self.table)
        count = 1
        for block in self.blocks:
            count *= len(block)
        return count

    @property
    def factors(self) -> tuple[Factor, ...]:
        """All factors; levers first."""
        return self.columns or tuple(factor for block in self.blocks for factor in block.factors)

    def levels(self, cell: int) -> dict[str, Level]:
        """What each factor is in a cell, by path; a factor that a table leaves empty is missing."""
        if self.table:
            return dict(self.table[cell])
        found: dict[str, Level] = {}
        numbers = []
        for block in reversed(self.blocks):
            cell, number = divmod(cell, len(block))
            numbers.append(number)
        for block, number in zip(self.blocks, reversed(numbers), strict=True):
            found |= block.sample(number)
        return found

    def changes(self, cell: int) -> dict[str, Value]:
        """What a cell puts into the scenario, by path."""
        return {path: value_of(level) for path, level in self.levels(cell).items()}

    def digest(self) -> str:
        """A name for all values of all cells, so that a design drawn otherwise by another version is noticed."""
        found = hashlib.blake2b(digest_size=16)
        for cell in range(len(self)):
            levels = {path: value_of(level) for path, level in self.levels(cell).items()}
            found.update(json.dumps(levels, sort_keys=True).encode())
        return found.hexdigest()


def named(levels: Mapping[str, Level]) -> dict[str, str | float | bool | None]:
    """Levels as tables have them: numbers and yes or no as they are, all else by name."""
    return {path: level if level is None or isinstance(level, bool | int | float) else name_of(level)
            for path, level in levels.items()}  # fmt: skip


def lay_out(
    part: Varied, ranges: Mapping[str, tuple[float, float]], *, lever: bool, seed: int, extra: Sequence[Factor] = ()
) -> Block:
    """The samples of one part of an experiment.

    Args:
        part: Levers or uncertainties, as the file has them.
        ranges: Ends of the ranges that are taken from content files, by path.
        lever: Whether these are levers.
        seed: Of what is drawn.
        extra: Factors of lists to combine with all others, put first.
    """
    factors = tuple(_factor(path, spec, ranges.get(path), part.design, lever) for path, spec in part.of.items())
    if part.design in SAMPLED:
        assert part.points is not None, "the file is checked"
        parts, orders = _drawn(part, factors, seed)
        block = Block(part.design, factors, parts, orders)
    else:
        counts = [len(factor.levels) for factor in factors]
        numbers = itertools.product(*(range(count) for count in counts)) if part.design == "grid" else zip(
            *(range(count) for count in counts), strict=True
        )  # fmt: skip
        rows = [[(number + 0.5) / count for number, count in zip(row, counts, strict=True)] for row in numbers]
        block = Block(part.design, factors, np.array(rows))
    return _with_lists(extra, block) if extra else block


def lists(factors: Sequence[Factor]) -> Block:
    """Every combination of some lists."""
    counts = [len(factor.levels) for factor in factors]
    rows = [[(number + 0.5) / count for number, count in zip(row, counts, strict=True)]
            for row in itertools.product(*(range(count) for count in counts))]  # fmt: skip
    return Block("grid", tuple(factors), np.array(rows))


def _with_lists(extra: Sequence[Factor], block: Block) -> Block:
    first = lists(extra)
    parts = np.hstack([np.repeat(first.parts, len(block), axis=0), np.tile(block.parts, (len(first), 1))])
    return Block(block.design, (*first.factors, *block.factors), parts)


def _factor(
    path: str, spec: list[Level] | Between, of_file: tuple[float, float] | None, design: str, lever: bool
) -> Factor:
    if isinstance(spec, list):
        return Factor(path, lever, tuple(spec))
    ends = of_file if spec.range == "file" else spec.range
    assert ends is not None, "ranges of files are looked up before"
    low, high = ends
    if design in SAMPLED:
        return Factor(path, lever, (), low, high, spec.scale)
    assert spec.steps is not None, "the file is checked"
    last = spec.steps - 1
    values = [spread(low, high, spec.scale, step / last) for step in range(spec.steps)]
    return Factor(path, lever, tuple(values))


def _drawn(part: Varied, factors: Sequence[Factor], seed: int) -> tuple[Floats, Ints | None]:
    assert part.points is not None, "the file is checked"
    rng = np.random.default_rng([int.from_bytes(hashlib.blake2b(f"design/{seed}".encode()).digest()[:8], "big")])
    if part.design in ("latin_hypercube", "sobol"):
        from scipy.stats import qmc

        engine = qmc.LatinHypercube if part.design == "latin_hypercube" else qmc.Sobol
        points = np.asarray(engine(len(factors), seed=rng).random(part.points), dtype=np.float64)
        return (_tied(points, part, factors) if part.correlations else points), None
    from simulator.batch.sensitivity_designs import morris, saltelli

    if part.design == "saltelli":
        return saltelli(len(factors), part.points, rng), None
    return morris([len(factor.levels) for factor in factors], part.points, rng)


def _tied(points: Floats, part: Varied, factors: Sequence[Factor]) -> Floats:
    from scipy.special import ndtr, ndtri

    places = {factor.path: place for place, factor in enumerate(factors)}
    matrix = np.eye(len(factors))
    for pair in part.correlations:
        one, other = (places[path] for path in pair.between)
        matrix[one, other] = matrix[other, one] = 2.0 * np.sin(np.pi * pair.rank / 6.0)
    try:
        lower = np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        remedy = "If A goes with B and B with C, then A goes with C to some degree; make the ranks smaller."
        problem = Problem("correlations: these ranks cannot hold together.", remedy=remedy)
        raise UsageError(problem) from None
    # The ends have no place on the normal scale.
    normal = ndtri(np.clip(points, 1e-12, 1.0 - 1e-12)) @ lower.T
    return np.asarray(ndtr(normal), dtype=np.float64)
