"""Counter-based random draws: a pure function of seed, stream, meeting, person and slot.

Nothing here keeps state, so the same people meet every flow, and results do not depend on chunks or threads.
A key is 64 bits; children are hashed from it with the finaliser of SplitMix64 (Steele, Lea & Flood 2014,
constants of Stafford's variant 13).
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from simulator.compiled import both, inner

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_M1 = np.uint64(0xBF58476D1CE4E5B9)
_M2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S12 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(12)

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
    return (float(bits) + 0.5) * 2.220446049250313e-16


_CENTRE = 0.425
"""Half width of the middle part of AS 241, where most draws fall."""


@inner
def _normal_centre(q: float) -> float:
    r = 0.180625 - q * q
    top = (
        ((2509.0809287301226727 * r + 33430.575583588128105) * r + 67265.770927008700853) * r + 45921.953931549871457
    ) * r + 13731.693765509461125
    top = ((top * r + 1971.5909503065514427) * r + 133.14166789178437745) * r + 3.387132872796366608
    low = (
        ((5226.495278852545925 * r + 28729.085735721942674) * r + 39307.89580009271061) * r + 21213.794301586595867
    ) * r + 5394.1960214247511077
    low = ((low * r + 687.1870074920579083) * r + 42.313330701600911252) * r + 1.0
    return q * top / low


@inner
def _normal_tail(u: float) -> float:
    r = math.sqrt(-math.log(min(u, 1.0 - u)))
    if r <= 5.0:
        r -= 1.6
        top = (
            ((7.7454501427834140764e-4 * r + 0.0227238449892691845833) * r + 0.24178072517745061177) * r
            + 1.27045825245236838258
        ) * r + 3.64784832476320460504
        top = ((top * r + 5.7694972214606914055) * r + 4.6303378461565452959) * r + 1.42343711074968357734
        low = (
            ((1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r + 0.0151986665636164571966) * r
            + 0.14810397642748007459
        ) * r + 0.68976733498510000455
        low = ((low * r + 1.6763848301838038494) * r + 2.05319162663775882187) * r + 1.0
    else:
        r -= 5.0
        top = (
            ((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 0.0012426609473880784386) * r
            + 0.026532189526576123093
        ) * r + 0.29656057182850489123
        top = ((top * r + 1.7848265399172913358) * r + 5.4637849111641143699) * r + 6.6579046435011037772
        low = (
            ((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r + 1.8463183175100546818e-5) * r
            + 7.868691311456132591e-4
        ) * r + 0.0148753612908506148525
        low = ((low * r + 0.13692988092273580531) * r + 0.59983220655588793769) * r + 1.0
    return -top / low if u < 0.5 else top / low


@both
def normal(u: float) -> float:
    """Standard normal quantile of u in (0, 1): algorithm AS 241, PPND16 (Wichura 1988), to about 1e-16."""
    return _normal_centre(u - 0.5) if abs(u - 0.5) <= _CENTRE else _normal_tail(u)


@inner
def normals(key: np.uint64, first_slot: int, uniforms: Floats, tails: Ints, out: Floats) -> None:
    """Fill `out` with the normals of the slots from the first on: `normal(uniform(key, slot))` of each.

    Several draws are taken at a time, as if none were in a tail; then the few that are get theirs. `uniforms` and
    `tails`, as long as `out`, are room to work in.
    """
    for number in range(len(out)):
        uniforms[number] = uniform(key, first_slot + number)
    for number in range(len(out)):
        out[number] = _normal_centre(uniforms[number] - 0.5)
    found = 0
    for number in range(len(out)):
        tails[found] = number
        found += abs(uniforms[number] - 0.5) > _CENTRE
    for number in tails[:found]:
        out[number] = _normal_tail(uniforms[number])


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
    """Index of the part of a whole that u in (0, 1) falls into; `cumulative` rises to 1."""
    for index in range(len(cumulative) - 1):
        if u < cumulative[index]:
            return index
    return len(cumulative) - 1


def stream_key(seed: int, stream: int) -> np.uint64:
    """Key of a named stream under a seed, 0 <= seed < 2**64."""
    return np.uint64(child(np.uint64(seed), stream))
