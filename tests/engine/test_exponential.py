"""The exponential for several numbers at once."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.engine.exponential import exponential


@given(st.floats(-700.0, 700.0))
def test_it_is_that_of_the_system_to_two_units_in_the_last_place(x: float) -> None:
    expected = math.exp(x)
    assert abs(exponential(x) - expected) <= 2.0 * math.ulp(expected)


@pytest.mark.parametrize(("x", "end"), [(-1e9, -700.0), (-700.5, -700.0), (700.5, 700.0), (math.inf, 700.0)])
def test_beyond_its_ends_it_stays_as_there(x: float, end: float) -> None:
    assert exponential(x) == exponential(end)


def test_nothing_is_one() -> None:
    assert exponential(0.0) == 1.0
