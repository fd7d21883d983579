"""Estimates with intervals over meetings, from integer totals of groups of meetings.

Meetings are dealt into groups; a statistic is computed with each group left out in turn, and the spread of those
values gives its standard error (delete-a-group jackknife; Kott 2001). People in one meeting are not independent, so
heads are never counted as trials. Monte Carlo error only: nothing here knows how far the coefficients are off.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LEVEL = 0.95


@dataclass(frozen=True)
class Estimate:
    """A value and its interval. None: not defined (nothing to divide by, or fewer than two groups of meetings)."""

    value: float | None
    low: float | None
    high: float | None

    @property
    def half_width(self) -> float | None:
        """Half the length of the interval; None where there is none."""
        return None if self.low is None or self.high is None else (self.high - self.low) / 2.0


UNDEFINED = Estimate(None, None, None)


def t_quantile(degrees: int, level: float = LEVEL) -> float:
    """Two-sided quantile of Student's t."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, 0.5 + level / 2.0))


def ratio(part: Ints, whole: Ints, *, level: float = LEVEL) -> Estimate:
    """Ratio of totals, such as a share, clipped to at most 1 and at least 0.

    Args:
        part: Totals, shape (groups,).
        whole: Totals, shape (groups,); groups without meetings are 0 in both.
        level: Coverage of the interval.
    """
    return estimate(np.stack([part, whole], axis=1), _first_over_second, present(whole), level=level, within=(0.0, 1.0))


def difference(part: Ints, whole: Ints, base_part: Ints, base_whole: Ints, *, level: float = LEVEL) -> Estimate:
    """Difference of two ratios over the same groups of meetings: paired, so what they share cancels."""
    totals = np.stack([part, whole, base_part, base_whole], axis=1)

    def statistic(sums: Floats) -> Floats:
        return _first_over_second(sums[..., :2]) - _first_over_second(sums[..., 2:])

    return estimate(totals, statistic, present(whole), level=level)


def present(counts: Ints) -> npt.NDArray[np.bool_]:
    """Groups in which there is anything."""
    return counts > 0


def estimate(
    totals: Ints,
    statistic: Callable[[Floats], Floats],
    groups: npt.NDArray[np.bool_],
    *,
    level: float = LEVEL,
    within: tuple[float, float] | None = None,
) -> Estimate:
    """A statistic of summed totals with its delete-a-group interval.

    Args:
        totals: (groups, columns).
        statistic: Maps sums (..., columns) to values (...).
        groups: Which groups hold meetings, shape (groups,).
        level: Coverage of the interval.
        within: Bounds that the interval is clipped to.

    Returns:
        The statistic of all groups together; undefined where it is not finite.
    """
    used = totals[groups].astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = float(statistic(used.sum(axis=0)))
        if not np.isfinite(value):
            return UNDEFINED
        number = len(used)
        if number < 2:
            return Estimate(value, None, None)
        left_out = statistic(used.sum(axis=0) - used)
    if not np.isfinite(left_out).all():
        return Estimate(value, None, None)
    error = float(np.sqrt((number - 1) / number * np.sum((left_out - left_out.mean()) ** 2)))
    margin = t_quantile(number - 1, level) * error
    low, high = value - margin, value + margin
    if within is not None:
        low, high = max(low, within[0]), min(high, within[1])
    return Estimate(value, low, high)


def _first_over_second(sums: Floats) -> Floats:
    return np.asarray(sums[..., 0] / sums[..., 1])


def quantile(histogram: Ints, share: float, width: float, *, level: float = LEVEL) -> Estimate:
    """Quantile of binned values, with the interval of Woodruff (1952): the share's own interval, mapped back.

    Args:
        histogram: (groups, bins) counts; bin 0 holds zeros, bin k values from (k - 1) * width on.
        share: Which quantile, in (0, 1).
        width: Width of a bin.
        level: Coverage of the interval.
    """
    cumulative = np.cumsum(histogram, axis=1)
    total = cumulative[:, -1].sum()
    if total == 0:
        return UNDEFINED
    curve = cumulative.sum(axis=0) / total
    value = _at(curve, share, width)
    below = cumulative[:, min(int(np.searchsorted(curve, share)), histogram.shape[1] - 1)]
    spread = ratio(below, cumulative[:, -1], level=level).half_width
    if spread is None:
        return Estimate(value, None, None)
    return Estimate(value, _at(curve, max(share - spread, 0.0), width), _at(curve, min(share + spread, 1.0), width))


def _at(curve: Floats, share: float, width: float) -> float:
    """Value at which the curve (shares at the bins' upper edges) reaches a share, linear within a bin."""
    used = int(np.searchsorted(curve, 1.0)) + 1  # empty bins beyond the largest value belong to no quantile
    return float(np.interp(share, curve[:used], np.arange(used) * width))
