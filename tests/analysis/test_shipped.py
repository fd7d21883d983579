"""The shipped fit, read from its files, predicts as the fit itself does, and never what it was fitted to."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.analysis.fit import FITTED, Library, calibration
from simulator.analysis.scales import outer_value
from simulator.analysis.shipped import POPULATION, PRIOR, ShippedFit, shipped_fit
from simulator.analysis.validation import predict_files
from simulator.errors import UsageError
from simulator.scenario import library

STUDIES = [library.study(name) for name in library.builtin("evidence")]
PRIORS, PEOPLE = library.parameters(PRIOR), library.population(POPULATION)


def shipped() -> ShippedFit:
    return shipped_fit(Library(tuple(calibration(STUDIES)), PRIORS, PEOPLE, {}))


def test_it_holds_the_values_and_draws_of_the_shipped_parameters() -> None:
    found, central = shipped(), library.parameters("central")
    assert [outer_value(name, value) for name, value in zip(FITTED, found.centre, strict=True)] == pytest.approx(
        [getattr(central, name).value for name in FITTED]
    )
    assert found.new_study_spread == central.design_spread
    assert found.rows.shape == (200, len(FITTED))
    draws = found.draws(60, 1)
    assert draws.shape == (60, len(FITTED))
    assert len(np.unique(draws, axis=0)) == 60
    assert np.array_equal(draws, found.draws(60, 1))
    assert not np.array_equal(draws, found.draws(60, 2))


def test_what_was_fitted_is_not_predicted_by_it_either() -> None:
    with pytest.raises(UsageError, match="what is fitted cannot be predicted"):
        predict_files([library.study("utz2019")], STUDIES, PRIORS, PEOPLE, seed=1, shipped=True)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_it_predicts_what_the_fit_predicts() -> None:
    files = [library.study("jbl2002")]
    read, made = (
        predict_files(files, STUDIES, PRIORS, PEOPLE, seed=1, shipped=shipped)[0].predicted for shipped in (True, False)
    )
    for one, other in zip(read, made, strict=True):
        assert one.value == pytest.approx(other.value, abs=0.03)
        assert (one.low, one.high) == pytest.approx((other.low, other.high), abs=0.08)
