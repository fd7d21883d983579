"""Points for Sobol indices and for Morris screening, by SALib."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.errors import Problem, UsageError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MORRIS_LEVELS = 4
"""Values that Morris takes of a range: 0, 1/3, 2/3 and 1 of the way; a step is two of them."""


def salib(*names: str) -> list[Any]:
    """Some modules of SALib.

    Raises:
        UsageError: If it is not installed.
    """
    import importlib

    try:
        return [importlib.import_module(f"SALib.{name}") for name in names]
    except ImportError:
        remedy = 'Install it: pip install "joinlab[research]"'
        raise UsageError(Problem("designs and indices of sensitivity need SALib.", remedy=remedy)) from None


def unit_problem(factors: int) -> dict[str, Any]:
    """SALib's description of factors that run from 0 to 1."""
    return {"num_vars": factors, "names": [str(number) for number in range(factors)], "bounds": [[0.0, 1.0]] * factors}


def saltelli(factors: int, points: int, rng: np.random.Generator) -> Floats:
    """Points for first and total Sobol indices, in [0, 1), shape (points * (factors + 2), factors)."""
    (sobol,) = salib("sample.sobol")
    found = sobol.sample(unit_problem(factors), points, calc_second_order=False, seed=_seed(rng))
    return np.asarray(found, dtype=np.float64)


def morris(levels: Sequence[int], trajectories: int, rng: np.random.Generator) -> tuple[Floats, Ints]:
    """Trajectories that move one factor at a time.

    Values of a list have no order, but a step always leads from the first half of them to the second or back. So each
    trajectory takes them in a random order of its own, and every pair of them is met.

    Args:
        levels: Number of values of each factor; 0 for a range.
        trajectories: How many.
        rng: Where the numbers come from.

    Returns:
        Points in [0, 1], shape (trajectories * (factors + 1), factors), and the orders, (trajectories, factors, most
        levels).
    """
    (sampler,) = salib("sample.morris")
    points = sampler.sample(unit_problem(len(levels)), trajectories, num_levels=MORRIS_LEVELS, seed=_seed(rng))
    orders = np.zeros((trajectories, len(levels), max(*levels, 1)), dtype=np.int64)
    for trajectory in range(trajectories):
        for factor, count in enumerate(levels):
            orders[trajectory, factor, :count] = rng.permutation(count)
    return np.asarray(points, dtype=np.float64), orders


def _seed(rng: np.random.Generator) -> int:
    return int(rng.integers(1, 1 << 31))  # SALib takes 0 for no seed
