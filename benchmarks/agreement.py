"""Whether two independent simulations of a scenario say the same: shares of totals, with errors over meetings."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

LIMIT = 4.4
"""Joint standard errors that two shares may lie apart: by chance alone one pair in 20,000 does."""


@dataclass(frozen=True)
class Share:
    """A ratio of totals and its standard error."""

    value: float
    error: float


@dataclass(frozen=True)
class Pair:
    """One outcome of one flow, from both."""

    flow: str
    outcome: str
    ours: Share
    theirs: Share

    @property
    def apart(self) -> float:
        """Distance in joint standard errors; enormous where two certain values differ."""
        joint = math.hypot(self.ours.error, self.theirs.error)
        return abs(self.ours.value - self.theirs.value) / max(joint, 1e-12)

    @property
    def agrees(self) -> bool:
        """Whether the two lie within the limit."""
        return self.apart <= LIMIT


def share(part: Ints, whole: Ints) -> Share:
    """Ratio of two totals; its error by leaving out one group of meetings at a time.

    Args:
        part: Totals by group of meetings, shape (groups,).
        whole: Likewise; every group holds something.
    """
    left_out = (part.sum() - part) / (whole.sum() - whole)
    groups = len(part)
    spread = np.sum((left_out - left_out.mean()) ** 2)
    return Share(float(part.sum() / whole.sum()), float(np.sqrt((groups - 1) / groups * spread)))
