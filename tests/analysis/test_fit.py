"""The fit: it finds what made the data, says what it cannot know, and takes nothing that it must not."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from simulator.analysis.fit import FITTED, Fit, Library, calibration, fit, rows_of, usable
from simulator.analysis.fitted_file import coefficients, draws_file, joint_draws, parameter_file
from simulator.analysis.scales import RANGE_WIDTH, SHARES, SIGNED, inner_value, outer_value, prior_of
from simulator.engine.shares import answer_shares, model_of, with_values
from simulator.scenario import library
from simulator.scenario.evidence import Arm, Design, Observed, Study
from simulator.scenario.joint_draws import read_draws
from simulator.scenario.parameters import COEFFICIENTS
from simulator.scenario.vocabulary import Answer, EvidenceRole, Known, Read
from tests.engine.by_hand import agree, flow_of, refuse, stage

PRIOR, POPULATION = library.parameters("prior"), library.population("office_workers")
STUDIES = [library.study(name) for name in library.builtin("evidence")]
PLAIN, LONG, URGED = "plain", "long", "urged"
DESIGNS = {
    PLAIN: flow_of(stage("ask", agree(), refuse())),
    LONG: flow_of(stage("ask", agree(), refuse(clicks=3))),
    URGED: flow_of(stage("ask", agree(urged=True), refuse())),
}
TRUE = {"click": 0.9, "urging": 0.3}


def invented(names: tuple[str, ...] = tuple(DESIGNS), read: Read = Read.PRIMARY, **more: object) -> Study:
    """A study whose arms answer as the model does with other coefficients, and a strong pull of its own."""
    model = model_of(with_values(PRIOR, TRUE), POPULATION)
    base = library.study("grassl2021").model_copy(
        update={
            "id": "invented",
            "contexts": {"here": "somewhere"},
            "designs": {name: Design(title=name, stages=DESIGNS[name].stages) for name in names},
            "arms": (),
            "contrasts": [],
        }
    )
    asked = Library.of([base], PRIOR, POPULATION).designs
    arms = [
        Arm(
            id=name, title=name, designs=[name], context="here", control=name == PLAIN, n=10**6, read=read, where="",
            observed=[
                Observed(
                    answer=Answer.ACCEPT,
                    share=answer_shares(asked["invented", name], model, pull=-1.5)[Answer.ACCEPT],
                )
            ],
        )
        for name in names
    ]  # fmt: skip
    return base.model_copy(update={"arms": arms, **more})


@cache
def fitted() -> Fit:
    return fit(Library.of([invented()], PRIOR, POPULATION))


def test_it_finds_the_coefficients_and_the_base_rate_that_made_the_data() -> None:
    found = {item.name: item for item in coefficients(fitted())}
    for name, true in TRUE.items():
        assert found[name].low < true < found[name].high
        assert abs(found[name].value - true) < abs(getattr(PRIOR, name).value - true)
    ((pull, _),) = fitted().constants.values()
    assert pull == pytest.approx(-1.5, abs=0.5)


def test_a_coefficient_of_which_no_arm_differs_is_prior_only() -> None:
    found = {item.name: item for item in coefficients(fitted())}
    for name in ("misread", "notice", "attention_prompts", "preselection"):
        assert found[name].informed == []
        assert found[name].value == pytest.approx(getattr(PRIOR, name).value, rel=0.05)
    assert found["click"].informed == ["invented"]


def test_a_base_rate_alone_informs_no_coefficient() -> None:
    one = fit(Library.of([invented((PLAIN,))], PRIOR, POPULATION))
    assert [item.name for item in coefficients(one) if item.informed] == []
    assert one.centre == pytest.approx([inner_value(name, getattr(PRIOR, name).value) for name in FITTED])


def test_figures_from_memory_are_never_fitted() -> None:
    assert list(rows_of(invented(read=Read.MEMORY))) == []
    for study in calibration(STUDIES):
        told = {arm.id for row in rows_of(study) for arm in row.arms}
        assert not told & {arm.id for arm in study.arms if arm.read in (Read.MEMORY, Read.NOT_SEEN)}
    assert not usable(library.study("sommers").arm("phone_forecast"))


def test_studies_of_another_role_are_never_fitted() -> None:
    assert {study.role for study in calibration(STUDIES)} == {EvidenceRole.CALIBRATION}
    assert calibration([invented(role=EvidenceRole.RESERVE)]) == []


def test_a_study_of_millions_counts_for_little_more_than_one_of_thousands() -> None:
    row = next(iter(rows_of(invented())))
    smaller = invented().arms[0].model_copy(update={"n": 2000})
    few = next(iter(rows_of(invented(arms=[smaller]))))
    assert row.sampling < few.sampling / 400
    assert few.spread(0.35) < 1.01 * row.spread(0.35)


@pytest.mark.parametrize("name", COEFFICIENTS)
def test_scales_turn_back_and_priors_are_the_ranges(name: str) -> None:
    figure = getattr(PRIOR, name)
    assert outer_value(name, inner_value(name, figure.value)) == pytest.approx(figure.value)
    mean, spread = prior_of(name, PRIOR)
    assert mean == inner_value(name, figure.value)
    low, high = (inner_value(name, end) for end in figure.range)
    assert high - low == pytest.approx(spread * RANGE_WIDTH)
    assert spread > 0.0


def test_every_fitted_coefficient_is_one_and_signs_are_kept() -> None:
    assert set(FITTED) <= set(COEFFICIENTS)
    for row in joint_draws(fitted(), seed=3):
        assert list(row) != []
        assert all(0.0 < row[name] < 1.0 for name in SHARES)
        assert all(row[name] > 0.0 for name in COEFFICIENTS if name not in (*SHARES, *SIGNED))


def test_the_same_seed_writes_the_same_files_and_another_seed_other_draws() -> None:
    again = fit(Library.of([invented()], PRIOR, POPULATION))
    assert draws_file(again, 5) == draws_file(fitted(), 5)
    assert draws_file(fitted(), 6) != draws_file(fitted(), 5)
    assert parameter_file(again, name="x", draws="x.csv", seed=5) == parameter_file(
        fitted(), name="x", draws="x.csv", seed=5
    )


def test_the_start_of_a_fit_does_not_show_in_its_end() -> None:
    library_ = Library.of([invented()], PRIOR, POPULATION)
    again = fit(library_, fitted())
    spread = np.sqrt(np.diag(fitted().covariance))
    assert np.abs((again.centre - fitted().centre) / spread).max() < 0.05


def test_what_is_written_can_be_read_and_says_where_each_number_is_from(tmp_path: Path) -> None:
    text = parameter_file(fitted(), name="mine", draws="mine.draws.csv", seed=5)
    (tmp_path / "mine.yaml").write_text(text)
    (tmp_path / "mine.draws.csv").write_text(draws_file(fitted(), 5))
    read = library.parameters(str(tmp_path / "mine.yaml"))
    assert (read.click.known, read.click.source) == (Known.ESTIMATED, "fitted to invented")
    assert (read.misread.known, read.stake) == (Known.ASSUMPTION, PRIOR.stake)
    assert "Prior only" in (read.misread.note or "")
    path = library.draws_path(read, str(tmp_path / "mine.yaml"))
    assert path is not None
    assert len(read_draws(path)) == 200


def test_draws_spread_as_the_intervals_say() -> None:
    rows = joint_draws(fitted(), seed=11)
    for item in coefficients(fitted()):
        inside = np.mean([item.low <= row[item.name] <= item.high for row in rows])
        assert 0.82 < inside < 0.97, item.name
