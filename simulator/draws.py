"""Counter-based random draws: a pure function of seed, stream, meeting, person and slot.

Nothing here keeps state, so the same people meet every flow, and results do not depend on chunks or threads.
A key is 64 bits; children are hashed from it with the finaliser of SplitMix64 (Steele, Lea & Flood 2014,
constants of Stafford's variant 13).
"""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from simulator.compiled import both, inner

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_M1 = np.uint64(0xBF58476D1CE4E5B9)
_M2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S12 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(12)
_ONE = np.uint64(1023 << 52)
"""The bits of 1.0."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MEETING_STREAM, PERSON_STREAM, SPEECH_STREAM, CHOICE_STREAM, FACE_STREAM = 1, 2, 3, 4, 5


@both
def mix(x: np.uint64) -> np.uint64:
    """Scramble 64 bits."""
    x = (x ^ (x >> _S30)) * _M1
    x = (x ^ (x >> _S27)) * _M2
    return x ^ (x >> _S31)


@both
def child(key: np.uint64, number: int) -> np.uint64:
    """Key of the `number`-th child (number >= 0) of a key."""
    return mix(mix(key) + (np.uint64(number) + np.uint64(1)) * GOLDEN)


@both
def uniform(key: np.uint64, slot: int) -> float:
    """The draw of a key in a slot, uniform in the open interval (0, 1), 52 bits: with 53, the largest rounds to 1."""
    bits = mix(key + (np.uint64(slot) + np.uint64(1)) * GOLDEN) >> _S12
    # As the digits of a number from 1 to 2, which takes no conversion; then half a step above the number from 0 to 1.
    return np.uint64(bits | _ONE).view(np.float64) - (1.0 - 2.0**-53)


_BINS, _DEGREE = 5, 4
"""Each halving of the distance to the nearer end has 2**_BINS bins, and each bin a polynomial."""
_IN_BIN, _BIN = np.uint64((1 << 52 - _BINS) - 1), np.uint64(52 - _BINS)
_FIRST_BIN = np.uint64(1023 - 53 << _BINS)
_LEAST, _MOST = 2.0**-53, 0.5 - 2.0**-54
"""Ends of the first and last bin."""


def _quantiles() -> Floats:
    """Coefficients of the upper normal quantile of p < 0.5 in y, shape (bins, _DEGREE + 1).

    Bins go by the exponent and the first bits of p; y in [0, 2**-_BINS) is what its other bits add, scaled by the
    exponent. Each polynomial meets the quantile at the Chebyshev points of its bin.
    """
    exact = NormalDist()
    points = (0.5 - 0.5 * np.cos(np.pi * (np.arange(_DEGREE + 1) + 0.5) / (_DEGREE + 1))) / 2**_BINS
    firsts = 1.0 + np.arange(2**_BINS) / 2**_BINS
    ps = np.multiply.outer(2.0 ** np.arange(-53, -1), np.add.outer(firsts, points)).reshape(-1, _DEGREE + 1)
    values = np.array([[-exact.inv_cdf(p) for p in row] for row in ps.tolist()])
    return np.ascontiguousarray(np.linalg.solve(np.vander(points, increasing=True), values.T).T)


_QUANTILES = _quantiles()


@both
def normal(u: float) -> float:
    """Standard normal quantile of u in (0, 1) to 1e-11; u nearer to an end than any draw counts as the last draw.

    Without a branch for the tails: a table by the bits of the distance to the nearer end is as fine there as elsewhere.
    """
    bits = np.float64(min(max(min(u, 1.0 - u), _LEAST), _MOST)).view(np.uint64)
    y = np.uint64((bits & _IN_BIN) | _ONE).view(np.float64) - 1.0
    row = (bits >> _BIN) - _FIRST_BIN
    value: float = _QUANTILES[row, _DEGREE]
    for power in range(_DEGREE - 1, -1, -1):
        value = value * y + _QUANTILES[row, power]
    return math.copysign(value, u - 0.5)


@inner
def fill_normals(key: np.uint64, first_slot: int, out: Floats) -> None:
    """Fill `out` with the normals of the slots from the first on: `normal(uniform(key, slot))` of each."""
    for number in range(len(out)):
        out[number] = uniform(key, first_slot + number)
    for number in range(len(out)):
        u = out[number]
        if u <= 0.0:  # never; but with a way out, the loop looks up one after the other, which is faster than together
            break
        out[number] = normal(u)


@both
def gamma(key: np.uint64, shape: float) -> float:
    """Gamma draw of that shape, scale 1 (Marsaglia & Tsang 2000; below shape 1 with their power of a uniform)."""
    boosted = shape + 1.0 if shape < 1.0 else shape
    d = boosted - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    slot = 1
    while True:
        x = normal(uniform(key, slot))
        v = 1.0 + c * x
        if v > 0.0:
            v = v * v * v
            u = uniform(key, slot + 1)
            if u < 1.0 - 0.0331 * x * x * x * x:  # implies what follows, and spares the logarithms
                break
            if math.log(u) < 0.5 * x * x + d - d * v + d * math.log(v):
                break
        slot += 2
    value = d * v
    return value * uniform(key, 0) ** (1.0 / shape) if shape < 1.0 else value


@inner
def pick(u: float, cumulative: np.ndarray) -> int:
    """Index of the part of a whole that u in (0, 1) falls into; `cumulative` rises to 1.

    It counts the parts that end before u: where to stop looking would be anybody's guess.
    """
    index = 0
    for part in range(len(cumulative) - 1):
        index += u >= cumulative[part]
    return index


def stream_key(seed: int, stream: int) -> np.uint64:
    """Key of a named stream under a seed, 0 <= seed < 2**64."""
    return np.uint64(child(np.uint64(seed), stream))
