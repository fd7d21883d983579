"""What the kept hours buy."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.analysis.estimates import UNDEFINED
from simulator.analysis.learning import bought, error_curve
from simulator.analysis.outcomes import FlowOutcomes
from simulator.engine.tally import GROUPS
from simulator.rules.ledger import CAUSES, Cause
from tests.analysis.runs import blank, every_flow, with_tally

MIX, PARAMETERS = every_flow().inputs.mix, every_flow().inputs.parameters


def with_kept(kept_ms: int, refused_ms: int) -> FlowOutcomes:
    """A flow under which each group of meetings keeps and loses so much audio."""
    run = every_flow().run
    tally = blank(run)
    tally.ledger[:, 0, CAUSES.index(Cause.KEPT)] = kept_ms
    tally.ledger[:, 0, CAUSES.index(Cause.REFUSED)] = refused_ms
    return FlowOutcomes(with_tally(run, tally), 0)


def test_hours_words_and_megabytes_are_those_of_the_kept_speech() -> None:
    found = bought(with_kept(3_600_000, 900_000), MIX.rates, PARAMETERS)
    assert found.hours == pytest.approx(GROUPS)
    assert found.words == pytest.approx(GROUPS * 60 * MIX.rates.words_per_minute.value)
    assert found.megabytes == pytest.approx(GROUPS * MIX.rates.audio_megabytes_per_hour.value)


def test_keeping_everything_costs_no_error_whatever_the_curve() -> None:
    found = bought(with_kept(1000, 0), MIX.rates, PARAMETERS).relative_error
    assert (found.value, found.low, found.high) == pytest.approx((1.0, 1.0, 1.0))


def test_keeping_a_quarter_costs_what_the_curve_says_within_the_range_of_its_parameters() -> None:
    found = bought(with_kept(1000, 3000), MIX.rates, PARAMETERS).relative_error
    exponent, floor = PARAMETERS.learning_exponent, PARAMETERS.learning_floor
    assert found.value == pytest.approx(floor.value + (1 - floor.value) * 4**exponent.value)
    assert found.low == pytest.approx(floor.range[1] + (1 - floor.range[1]) * 4 ** exponent.range[0])
    assert found.high == pytest.approx(floor.range[0] + (1 - floor.range[0]) * 4 ** exponent.range[1])


def test_keeping_nothing_has_no_error_to_speak_of() -> None:
    found = bought(with_kept(0, 1000), MIX.rates, PARAMETERS)
    assert found.relative_error == UNDEFINED
    assert found.hours == 0.0


@given(st.floats(1e-6, 1.0), st.floats(1e-6, 1.0), st.floats(0.0, 1.0), st.floats(0.0, 0.99))
def test_more_data_never_makes_the_error_larger(one: float, other: float, exponent: float, floor: float) -> None:
    fewer, more = sorted((one, other))
    assert error_curve(fewer, exponent, floor) >= error_curve(more, exponent, floor) >= 1.0 - 1e-12
