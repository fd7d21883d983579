"""What is shipped is what the commands make: the parameters of `joinlab fit`, the page of `joinlab validate`.

Bytes may differ between machines in the last digits of their mathematics; numbers may not by more than is said here.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from simulator.analysis.fit import Fit, Library, calibration, fit
from simulator.analysis.fitted_file import coefficients, joint_draws
from simulator.analysis.scales import inner_value
from simulator.analysis.validation import leave_one_out
from simulator.cli.evidence_view import as_markdown
from simulator.scenario import library
from simulator.scenario.joint_draws import read_draws
from simulator.scenario.vocabulary import Known

PAGE = Path(__file__).resolve().parents[1] / "docs" / "explanation" / "validation.md"
CENTRAL, PRIOR = library.parameters("central"), library.parameters("prior")
NUMBER = r"[-+]?\d+(?:\.\d+)?"


@cache
def fitted() -> Fit:
    studies = [library.study(name) for name in library.builtin("evidence")]
    return fit(Library.of(calibration(studies), PRIOR, library.population("office_workers")))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_shipped_parameters_are_those_of_the_fit() -> None:
    for item in coefficients(fitted()):
        shipped = getattr(CENTRAL, item.name)
        values = [inner_value(item.name, x) for x in (item.value, item.low, item.high)]
        width = values[2] - values[1]
        for mine, theirs in zip(values, (shipped.value, *shipped.range), strict=True):
            assert abs(mine - inner_value(item.name, theirs)) < 0.02 * width, item.name
        assert (shipped.known is Known.ESTIMATED) is bool(item.informed), item.name
        if item.informed:
            assert shipped.source == f"fitted to {', '.join(item.informed)}"


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_shipped_draws_are_those_of_the_fit() -> None:
    path = library.draws_path(CENTRAL, "central")
    assert path is not None
    shipped, made = read_draws(path).rows, joint_draws(fitted(), seed=1)
    assert len(shipped) == len(made) == 200
    for name in made[0]:
        values = [inner_value(name, row[name]) for row in made]
        width = max(values) - min(values)
        for value, row in zip(values, shipped, strict=True):
            assert abs(value - inner_value(name, row[name])) < 0.02 * width, name


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_page_of_the_validation_is_what_the_command_prints() -> None:
    studies = [library.study(name) for name in library.builtin("evidence")]
    judged = leave_one_out(studies, PRIOR, library.population("office_workers"), seed=1)
    made, shown = as_markdown(judged, left_out=True), PAGE.read_text(encoding="utf-8")
    assert sorted(re.sub(NUMBER, "0", shown).splitlines()) == sorted(re.sub(NUMBER, "0", made).splitlines())
    detail = [page[page.index("## Accuracy") :] for page in (made, shown)]
    for mine, theirs in zip(*(re.findall(NUMBER, page) for page in detail), strict=True):
        assert abs(float(mine) - float(theirs)) <= 1.0


def test_the_shipped_coefficients_that_no_study_informs_are_the_priors() -> None:
    for name in ("stake", "pressure_subordinate", "withdraw_inertia", "words_per_minute", "learning_floor"):
        assert getattr(CENTRAL, name) == getattr(PRIOR, name)


def test_the_page_shows_the_misses_before_the_scores() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text.index("## Misses") < text.index("## Accuracy")
