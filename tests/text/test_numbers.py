"""How numbers are written."""

from __future__ import annotations

import io
from contextlib import redirect_stdout

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.analysis.estimates import UNDEFINED, Estimate
from simulator.text.numbers import amount, bar, block, interval, margin, percent, points, seconds

SHARE = Estimate(0.9834, 0.9812, 0.9856)
ALONE = Estimate(0.25, None, None)

shares = st.floats(0.0, 1.0)
widths = st.integers(1, 60)


def test_an_estimate_is_written_with_its_interval_or_half_of_it() -> None:
    assert percent(SHARE.value) == "98.3 %"
    assert interval(SHARE) == "98.1 to 98.6"
    assert margin(SHARE) == "98.3 ±0.2"
    assert points(Estimate(-0.945, -0.948, -0.942)) == "-94.5 ±0.3"
    assert points(Estimate(0.0, 0.0, 0.0)) == "+0.0"
    assert seconds(Estimate(5.23, 5.1, 5.36)) == "5.2 ±0.1"


def test_an_interval_whose_sides_differ_is_written_with_both() -> None:
    assert margin(Estimate(0.002, 0.001, 0.009)) == "0.2 +0.7 -0.1"
    assert points(Estimate(-0.033, -0.06, -0.02)) == "-3.3 +1.3 -2.7"
    assert points(Estimate(-0.033, -0.06, -0.02), short=True) == "-3.3 ±2.7"
    assert margin(Estimate(0.001, 0.0009, 0.002)) == "0.1 +0.1 -0.0"
    assert margin(Estimate(0.5, 0.41, 0.6)) == "50.0 ±10.0"


def test_where_nothing_was_seen_stands_what_it_may_be_and_no_zero_below_it() -> None:
    assert margin(Estimate(0.0, 0.0, 0.004)) == "0.0 +0.4"
    assert margin(Estimate(1.0, 0.98, 1.0)) == "100.0 -2.0"
    assert margin(Estimate(0.0, 0.0, 0.0004)) == "0.0 +0.0"
    assert points(Estimate(0.0, -0.004, 0.004)) == "+0.0 ±0.4"


def test_what_is_not_defined_is_never_written_as_a_number() -> None:
    assert [percent(None), margin(UNDEFINED), points(UNDEFINED), seconds(UNDEFINED)] == ["n/a"] * 4
    assert (interval(UNDEFINED), bar(UNDEFINED, 40)) == ("", "")


def test_without_an_interval_the_value_stands_alone() -> None:
    assert (margin(ALONE), points(ALONE), seconds(ALONE), interval(ALONE)) == ("25.0", "+25.0", "0.2", "")
    assert bar(ALONE, 40) == "█" * 10


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (0.04, "0.0"), (9.96, "10.0"), (99.9, "99.9"), (100, "100"), (405889.4, "405,889")]
)
def test_amounts_have_their_thousands_separated_and_a_decimal_where_they_are_small(value: float, text: str) -> None:
    assert amount(value) == text


def test_a_bar_ends_with_a_whisker_over_its_interval() -> None:
    assert bar(Estimate(0.5, 0.25, 0.75), 40) == "█" * 10 + "├" + "─" * 18 + "┤"


def test_a_bar_is_drawn_to_an_eighth_of_a_character_and_never_hides_a_little() -> None:
    assert block(0.5, 9) == "████▌"
    assert block(1e-9, 40) == "▏"
    assert block(0.0, 40) == ""


@given(shares, shares, shares, widths)
def test_no_bar_is_wider_than_its_scale(one: float, two: float, three: float, width: int) -> None:
    low, value, high = sorted((one, two, three))
    assert len(bar(Estimate(value, low, high), width)) <= width
    assert len(block(value, width)) <= width


@given(shares, shares, widths)
def test_more_is_never_drawn_shorter(one: float, other: float, width: int) -> None:
    less, more = sorted((one, other))
    assert len(block(less, width)) <= len(block(more, width))


def test_an_output_that_takes_only_ascii_gets_bars_and_signs_it_can_take() -> None:
    with redirect_stdout(io.TextIOWrapper(io.BytesIO(), encoding="ascii")):
        assert bar(Estimate(0.5, 0.25, 0.75), 40) == "#" * 10 + "|" + "-" * 18 + "|"
        assert block(0.5, 10) == "#####"
        assert margin(SHARE) == "98.3 +-0.2"
        assert points(SHARE) == "+98.3 +-0.2"
        assert seconds(Estimate(5.23, 5.1, 5.36)) == "5.2 +-0.1"
