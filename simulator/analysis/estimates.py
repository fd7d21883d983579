"""Estimates with intervals over meetings, from integer totals of groups of meetings.

Meetings are dealt into groups; a statistic is computed with each group left out in turn, and the spread of those
values gives its standard error (delete-a-group jackknife; Kott 2001). People in one meeting are not independent, so
heads are never counted as trials. What is rare rests on few of the groups: the degrees of freedom are counted from how
unequal their parts in the spread are (Satterthwaite 1946), and the interval of a share is that of Wilson (1927) for as
many independent trials as would vary so much. Differences join the intervals of two shares (Newcombe 1998, Zou 2008).
Monte Carlo error only: nothing here knows how far the coefficients are off.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

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
    def reach(self) -> float | None:
        """How far the interval goes to its longer side; None where there is none."""
        if self.value is None or self.low is None or self.high is None:
            return None
        return max(self.high - self.value, self.value - self.low)


UNDEFINED = Estimate(None, None, None)


@dataclass(frozen=True, eq=False)
class Sample:
    """The meetings behind some totals."""

    held: Ints | Floats
    """(groups,) meetings of each group; of recurring ones those that hold some of the whole."""
    recurring: bool = False
    """Whether those of a group are the same meeting met again with other people, as recorded ones are."""
    certain: bool = False
    """Whether a part of nothing could not have been anything else, however many meetings there were."""

    def alike(self, whole: Ints) -> float:
        """As many meetings of equal weight as tell as much as these (Kish's effective size).

        Args:
            whole: Totals, shape (groups,). How unequal single meetings are shows in how unequal these are; groups of
                which nobody is part of the whole count too. Recurring meetings are alike within their group.
        """
        if self.certain:
            return float("inf")
        among = self.held > 0
        held, wholes = self.held[among].astype(np.float64), whole[among].astype(np.float64)
        if self.recurring:
            return float(wholes.sum() ** 2 / np.sum(wholes**2 / held))
        spread = wholes.var(ddof=1) / wholes.mean() ** 2 if len(wholes) > 1 else 0.0
        return float(held.sum() / (1.0 + held.mean() * spread))


def t_quantile(degrees: float, level: float = LEVEL) -> float:
    """Two-sided quantile of Student's t; of the normal distribution for infinitely many degrees of freedom."""
    from scipy.special import ndtri, stdtrit

    tail = 0.5 + level / 2.0
    return float(stdtrit(degrees, tail) if np.isfinite(degrees) else ndtri(tail))


def ratio(part: Ints, whole: Ints, *, sample: Sample | None = None, level: float = LEVEL) -> Estimate:
    """A share as a ratio of totals, with the interval of Wilson.

    Args:
        part: Totals, shape (groups,).
        whole: Totals, shape (groups,); groups without meetings are 0 in both.
        sample: The meetings; None: one in each group.
        level: Coverage of the interval.
    """
    share = _share(part, whole, sample)
    return UNDEFINED if share is None else Estimate(share.value, *share.interval(level))


def difference(
    part: Ints,
    whole: Ints,
    base_part: Ints,
    base_whole: Ints,
    *,
    sample: Sample | None = None,
    base_sample: Sample | None = None,
    level: float = LEVEL,
) -> Estimate:
    """Difference of two ratios over the same groups of meetings: paired, so what they share cancels.

    Arguments are those of `ratio`, twice; without a `base_sample` the sample is that of both.
    """
    used = whole > 0
    share, base = (
        _share(part, whole, sample),
        _share(np.where(used, base_part, 0), np.where(used, base_whole, 0), base_sample or sample),
    )
    if share is None or base is None:
        return UNDEFINED
    value = share.value - base.value
    (low, high), (base_low, base_high) = share.interval(level), base.interval(level)
    if low is None or high is None or base_low is None or base_high is None:
        return Estimate(value, None, None)
    if share.error and np.array_equal(share.deviations, base.deviations):
        return Estimate(value, value, value)
    together = _correlation(share.deviations, base.deviations)
    return Estimate(
        value,
        value - _joined(share.value - low, base_high - base.value, together),
        value + _joined(high - share.value, base.value - base_low, together),
    )


@dataclass(frozen=True)
class _Share:
    """A share and how it moves if a group of meetings is left out."""

    value: float
    deviations: Floats
    """(groups,) the share without each group, less the mean of these; not finite where nothing is left."""
    trials: float
    """Meetings that would count if all were alike and nothing but chance told them apart."""

    @cached_property
    def error(self) -> float:
        """Standard error by the jackknife."""
        return _error(self.deviations)

    def interval(self, level: float) -> tuple[float, float] | tuple[None, None]:
        """Both ends of Wilson's interval, with as many trials as have the error of the jackknife."""
        if len(self.deviations) < 2 or not np.isfinite(self.deviations).all():
            return None, None
        share, chance = self.value, self.value * (1.0 - self.value)
        if self.error == 0.0 and 0.0 < share < 1.0:
            return share, share
        seen = self.error > 0.0
        trials = chance / self.error**2 if seen else self.trials
        z = t_quantile(_degrees(self.deviations) if seen else np.inf, level)
        centre = (share + z**2 / (2.0 * trials)) / (1.0 + z**2 / trials)
        margin = z / (1.0 + z**2 / trials) * float(np.sqrt(chance / trials + z**2 / (4.0 * trials**2)))
        return max(min(centre - margin, share), 0.0), min(max(centre + margin, share), 1.0)


def _share(part: Ints, whole: Ints, sample: Sample | None) -> _Share | None:
    """The share, or None where there is nothing to divide by."""
    used = whole > 0
    parts, wholes = part[used].astype(np.float64), whole[used].astype(np.float64)
    if not used.any():
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        left_out = (parts.sum() - parts) / (wholes.sum() - wholes)
    trials = (sample or Sample(used.astype(np.int64))).alike(whole)
    return _Share(float(parts.sum() / wholes.sum()), left_out - left_out.mean(), trials)


def _error(deviations: Floats) -> float:
    groups = len(deviations)
    return float(np.sqrt((groups - 1) / groups * np.sum(deviations**2)))


def _degrees(deviations: Floats) -> float:
    """Degrees of freedom of an error: all groups but one where their parts in it are alike, few where few make it."""
    squares = deviations**2
    surplus = np.sum(squares**2) - squares.sum() ** 2 / len(squares)
    most = float(len(squares) - 1)
    return float(np.clip(2.0 * squares.sum() ** 2 / surplus, 1.0, most)) if surplus > 0.0 else most


def _correlation(one: Floats, other: Floats) -> float:
    size = float(np.sqrt(np.sum(one**2) * np.sum(other**2)))
    return float(np.clip(np.sum(one * other) / size, -1.0, 1.0)) if size > 0.0 else 0.0


def _joined(one: float, other: float, together: float) -> float:
    """Length of a side of the interval of a difference, from the sides of the two shares."""
    return float(np.sqrt(max(one**2 + other**2 - 2.0 * together * one * other, 0.0)))


def estimate(
    totals: Ints,
    statistic: Callable[[Floats], Floats],
    groups: npt.NDArray[np.bool_],
    *,
    level: float = LEVEL,
    within: tuple[float, float] | None = None,
) -> Estimate:
    """Any statistic of summed totals with its delete-a-group interval.

    Args:
        totals: (groups, columns).
        statistic: Maps sums (..., columns) to values (...).
        groups: Which groups hold meetings, shape (groups,).
        level: Coverage of the interval.
        within: Bounds that the interval is cut off at.

    Returns:
        The statistic of all groups together; undefined where it is not finite.
    """
    used = totals[groups].astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = float(statistic(used.sum(axis=0)))
        if not np.isfinite(value):
            return UNDEFINED
        if len(used) < 2:
            return Estimate(value, None, None)
        left_out = statistic(used.sum(axis=0) - used)
    if not np.isfinite(left_out).all():
        return Estimate(value, None, None)
    deviations = left_out - left_out.mean()
    margin = t_quantile(_degrees(deviations), level) * _error(deviations)
    low, high = value - margin, value + margin
    if within is not None:
        low, high = max(low, within[0]), min(high, within[1])
    return Estimate(value, low, high)


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
    found = ratio(below, cumulative[:, -1], level=level)
    if found.value is None or found.low is None or found.high is None:
        return Estimate(value, None, None)
    low, high = max(share - (found.value - found.low), 0.0), min(share + (found.high - found.value), 1.0)
    return Estimate(value, _at(curve, low, width), _at(curve, high, width))


def _at(curve: Floats, share: float, width: float) -> float:
    """Value at which the curve (shares at the bins' upper edges) reaches a share, linear within a bin."""
    used = int(np.searchsorted(curve, 1.0)) + 1  # empty bins beyond the largest value belong to no quantile
    return float(np.interp(share, curve[:used], np.arange(used) * width))
