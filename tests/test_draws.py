"""Draws: where they lie, that they are what SplitMix64 gives, and that they do not know of one another."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

from simulator.draws import child, gamma, normal, pick, stream_key, uniform

Floats = npt.NDArray[np.float64]

KEYS = st.integers(0, 2**64 - 1)
SLOTS = st.integers(0, 2**31)
Z = 4.4
"""Standard errors allowed. With another seed, a right program would fail one such check in 1e-5."""

MASK, GOLDEN = 2**64 - 1, 0x9E3779B97F4A7C15
FIRST, SECOND = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


def scrambled(x: int) -> int:
    """The finaliser of SplitMix64 in plain integers."""
    x = (x ^ (x >> 30)) * FIRST & MASK
    x = (x ^ (x >> 27)) * SECOND & MASK
    return x ^ (x >> 31)


def unscrambled(x: int) -> int:
    """The number that `scrambled` makes x of."""
    x = _unshifted(x, 31) * pow(SECOND, -1, 2**64) & MASK
    x = _unshifted(x, 27) * pow(FIRST, -1, 2**64) & MASK
    return _unshifted(x, 30)


def _unshifted(x: int, by: int) -> int:
    found = x
    for _ in range(64 // by + 1):
        found = x ^ (found >> by)
    return found


def split_mix(seed: int, number: int) -> int:
    """The `number`-th output, from 0, of SplitMix64 after a seed."""
    return scrambled((seed + (number + 1) * GOLDEN) & MASK)


@njit()
def uniforms(key: np.uint64, first_slot: int, count: int) -> Floats:
    return np.array([uniform(key, first_slot + slot) for slot in range(count)])


@njit()
def gammas(key: np.uint64, shape: float, count: int) -> Floats:
    return np.array([gamma(child(key, number), shape) for number in range(count)])


def test_the_plain_split_mix_gives_the_outputs_published_for_a_seed() -> None:
    # Test vector of the generator in Rosetta Code, "Pseudo-random numbers/Splitmix64".
    assert [split_mix(1234567, number) for number in range(5)] == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]


@given(key=KEYS, slot=SLOTS)
def test_a_uniform_draw_is_the_leading_bits_of_split_mix(key: int, slot: int) -> None:
    leading = split_mix(key, slot) >> 12
    assert uniform(np.uint64(key), slot) == (2 * leading + 1) / 2**53


@given(key=KEYS, slot=SLOTS)
def test_a_uniform_draw_lies_strictly_between_0_and_1(key: int, slot: int) -> None:
    assert 0.0 < uniform(np.uint64(key), slot) < 1.0


@pytest.mark.parametrize("bits", [0, MASK])
def test_even_the_extreme_bits_give_a_draw_inside_the_interval(bits: int) -> None:
    key = (unscrambled(bits) - GOLDEN) & MASK
    assert split_mix(key, 0) == bits
    draw = uniform(np.uint64(key), 0)
    assert 0.0 < draw < 1.0
    assert math.isfinite(normal(draw))


@given(key=KEYS, number=SLOTS)
def test_a_child_key_is_split_mix_of_its_scrambled_parent(key: int, number: int) -> None:
    assert child(np.uint64(key), number) == split_mix(scrambled(key), number)


def test_seed_0_is_a_seed_like_any_other() -> None:
    keys = {int(stream_key(seed, stream)) for seed in range(100) for stream in range(1, 6)}
    assert len(keys) == 500
    assert 0 not in keys


def test_uniform_draws_fill_the_interval_evenly() -> None:
    count, parts = 200_000, 50
    found, _ = np.histogram(uniforms(stream_key(0, 1), 0, count), bins=parts, range=(0.0, 1.0))
    expected = count / parts
    chi_squared = float(((found - expected) ** 2 / expected).sum())
    # Of 49 degrees of freedom; as a normal with mean 49 and variance 98.
    assert abs(chi_squared - 49.0) < Z * math.sqrt(98.0)


def test_neighbouring_slots_keys_and_streams_are_uncorrelated() -> None:
    count = 100_000
    key = stream_key(3, 1)
    here = uniforms(key, 0, count)
    others = {
        "next slot": uniforms(key, 1, count),
        "far slot": uniforms(key, 1_000_000, count),
        "next key": uniforms(np.uint64(key + np.uint64(1)), 0, count),
        "child": uniforms(np.uint64(child(key, 0)), 0, count),
        "other stream": uniforms(stream_key(3, 2), 0, count),
        "next seed": uniforms(stream_key(4, 1), 0, count),
    }
    for name, there in others.items():
        correlation = float(np.corrcoef(here, there)[0, 1])
        assert abs(correlation) * math.sqrt(count) < Z, name


@pytest.mark.parametrize(
    ("u", "quantile"),
    # Tables of the normal distribution, to the digits that every source gives.
    [(0.5, 0.0), (0.8413447460685429, 1.0), (0.975, 1.959963984540054), (0.995, 2.5758293035489004)],
)
def test_normal_quantiles_are_those_of_the_tables(u: float, quantile: float) -> None:
    assert normal(u) == pytest.approx(quantile, abs=1e-11)
    assert normal(1.0 - u) == pytest.approx(-quantile, abs=1e-11)


DRAWN = st.floats(2.0**-53, 1.0 - 2.0**-53)


@given(DRAWN)
def test_normal_quantiles_agree_with_the_standard_library(u: float) -> None:
    assert normal(u) == pytest.approx(NormalDist().inv_cdf(u), abs=1e-11)


@pytest.mark.parametrize("least", [2.0**-53, 2.0**-60, 1e-300, 0.0])
def test_nothing_is_nearer_to_an_end_than_the_last_draw(least: float) -> None:
    assert normal(least) == pytest.approx(NormalDist().inv_cdf(2.0**-53), abs=1e-11)


@given(DRAWN.filter(lambda u: u < 0.5))
def test_the_normal_distribution_leads_back_from_its_quantile(u: float) -> None:
    # By the error function, which shares nothing with the quantile's algorithm; far out it magnifies an error.
    assert 0.5 * math.erfc(-normal(u) / math.sqrt(2.0)) == pytest.approx(u, rel=1e-9)


@pytest.mark.parametrize("shape", [0.05, 0.3, 1.0, 3.1, 40.0])
def test_gamma_draws_have_the_mean_and_variance_of_their_shape(shape: float) -> None:
    count = 200_000
    found = gammas(stream_key(5, 3), shape, count)
    assert found.min() >= 0.0
    assert abs(found.mean() - shape) < Z * math.sqrt(shape / count)
    # The fourth central moment of a gamma is 3 k^2 + 6 k, so the variance of its variance is (2 k^2 + 6 k) / n.
    assert abs(found.var() - shape) < Z * math.sqrt((2.0 * shape**2 + 6.0 * shape) / count)


@given(st.lists(st.floats(0.01, 1.0), min_size=1, max_size=6), st.floats(1e-12, 1.0 - 1e-12))
def test_pick_takes_the_part_that_the_draw_falls_into(parts: list[float], u: float) -> None:
    cumulative = np.cumsum(np.array(parts) / sum(parts))
    index = pick.py_func(u, cumulative)  # it has no way in from Python
    assert index == 0 or cumulative[index - 1] <= u
    assert index == len(parts) - 1 or u < cumulative[index]
