"""An exponential of our own, for several numbers at once; the system's takes one after the other."""

from __future__ import annotations

import math

import numpy as np

from simulator.compiled import both

_LOG2_E, _LN2_HIGH, _LN2_LOW = 1.4426950408889634, 6.93147180369123816490e-01, 1.90821492927058770002e-10
"""1 / ln 2, and ln 2 in two parts, of which the first leaves room for a product without rounding."""
_INTEGER = 1.5 * 2.0**52
"""Added to a number, it leaves no room for a fraction."""
_T3, _T4, _T5, _T6, _T7, _T8, _T9, _T10, _T11, _T12 = (1.0 / math.factorial(term) for term in range(3, 13))


@both
def exponential(x: float) -> float:
    """exp(x) to two units in the last place; beyond 700 either way, that of 700.

    x = n ln 2 + r, and exp(r) is the Taylor polynomial of degree 12; the reduction is that of Cody & Waite (1980).
    """
    x = min(max(x, -700.0), 700.0)
    shifted = x * _LOG2_E + _INTEGER  # n now stands in the last bits
    n = shifted - _INTEGER
    r = (x - n * _LN2_HIGH) - n * _LN2_LOW
    value = ((_T12 * r + _T11) * r + _T10) * r + _T9
    value = (((value * r + _T8) * r + _T7) * r + _T6) * r + _T5
    value = (((value * r + _T4) * r + _T3) * r + 0.5) * r + 1.0
    power: float = np.int64((np.float64(shifted).view(np.int64) + 1023) << 52).view(np.float64)
    return (value * r + 1.0) * power
