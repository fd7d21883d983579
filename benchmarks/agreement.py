"""Whether the engine and the Mesa model say the same: every outcome of both, with errors over meetings."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from outcomes import Numbers, Ratio, Totals, of_a_flow, of_the_world

from simulator.analysis.estimates import t_quantile
from simulator.engine.run import Plan
from simulator.engine.tally import GROUPS

FALSE_ALARMS = 0.001
"""Runs in which some outcome of two right models may lie beyond the limit, at most."""
TRIFLE = 5.0
"""An outcome of fewer standard errors than this, or a share as near to 1, is a trifle: too few meetings decide it."""


@dataclass(frozen=True)
class Value:
    """A ratio of totals and its standard error."""

    value: float
    error: float

    def trifling(self, is_share: bool) -> bool:
        """Whether it is too rare in the sample, or too nearly universal, to be compared."""
        rarer = min(self.value, 1.0 - self.value) if is_share else self.value
        return rarer <= 0.0 or rarer < TRIFLE * self.error


@dataclass(frozen=True)
class Pair:
    """One outcome, from both."""

    flow: str
    """Empty for what no flow changes."""
    outcome: str
    is_share: bool
    ours: Value
    theirs: Value

    @property
    def joint_error(self) -> float:
        """Standard error of the difference."""
        return math.hypot(self.ours.error, self.theirs.error)

    @property
    def apart(self) -> float:
        """Distance in joint standard errors; enormous where two certain values differ."""
        return abs(self.ours.value - self.theirs.value) / max(self.joint_error, 1e-12)


def value(part: Numbers, whole: Numbers) -> Value:
    """Ratio of two totals; its error by leaving out one group of meetings at a time.

    Args:
        part: Totals by group of meetings, shape (groups,).
        whole: Likewise. Where only one group or none holds any, the ratio is taken for 0.
    """
    rest = whole.sum() - whole
    if not rest.all():
        return Value(0.0, 0.0)
    left_out = (part.sum() - part) / rest
    groups = len(part)
    spread = np.sum((left_out - left_out.mean()) ** 2)
    return Value(float(part.sum() / whole.sum()), float(np.sqrt((groups - 1) / groups * spread)))


def compared(plan: Plan, ours: Sequence[Totals], theirs: Sequence[Totals]) -> list[Pair]:
    """Every outcome that is no trifle, from both.

    A small sample of rare and large meetings can miss them and its own spread with them. The error of theirs is
    therefore at least that of ours, scaled to the meetings that they had: of the same model it must be the same.

    Args:
        plan: Names the breakdowns and rules.
        ours: Totals of each flow, of many more meetings.
        theirs: Totals of the same flows.
    """
    pairs = _paired("", of_the_world(ours[0], plan), of_the_world(theirs[0], plan), _growth(ours, theirs))
    for flow, mine, other in zip(plan.inputs.flows, ours, theirs, strict=True):
        marks = _bin_at(0.5, mine), _bin_at(0.9, mine)
        pairs += _paired(flow.id, of_a_flow(mine, plan, *marks), of_a_flow(other, plan, *marks), _growth(ours, theirs))
    return pairs


def limit(pairs: Sequence[Pair]) -> float:
    """Joint standard errors that an outcome may lie apart: FALSE_ALARMS over all of them (Bonferroni).

    Student's t, as the errors are themselves estimated from GROUPS groups.
    """
    return t_quantile(GROUPS - 1, 1.0 - FALSE_ALARMS / len(pairs))


def _growth(ours: Sequence[Totals], theirs: Sequence[Totals]) -> float:
    """How many times larger errors are over their meetings than over ours."""
    return math.sqrt(ours[0].meetings.sum() / theirs[0].meetings.sum())


def _paired(flow: str, ours: Iterable[Ratio], theirs: Iterable[Ratio], growth: float) -> list[Pair]:
    pairs = []
    for mine, other in zip(ours, theirs, strict=True):
        known, found = value(mine.part, mine.whole), value(other.part, other.whole)
        expected = Value(known.value, known.error * growth)
        found = Value(found.value, max(found.error, expected.error))
        # What is always or never so for ours tells nothing of the error to expect.
        judged = expected if expected.error else found
        if not judged.trifling(mine.is_share):
            pairs.append(Pair(flow, mine.name, mine.is_share, known, found))
    return pairs


def _bin_at(share: float, totals: Totals) -> int:
    """Bin of seconds by which that share of those who joined have joined."""
    passed = np.cumsum(totals.seconds.sum(axis=0))
    return int(np.searchsorted(passed, share * passed[-1]))
