"""Predictions of what was not fitted: nothing of it leaks in, and misses are counted as they should be."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import pytest

from simulator.analysis import validation
from simulator.analysis.effects import MeanEffects, unchanged
from simulator.analysis.fit import Fit, Library, Row, calibration, fit, rows_of
from simulator.analysis.prediction import Predicted, miss, pairs_in_order, predict
from simulator.analysis.validation import Judged, accuracies, leave_one_out, predict_files, predictable
from simulator.errors import UsageError
from simulator.scenario import library
from simulator.scenario.evidence import Study
from simulator.scenario.vocabulary import Answer, Mechanism

PRIOR, POPULATION = library.parameters("prior"), library.population("office_workers")
STUDIES = [library.study(name) for name in library.builtin("evidence")]
FEW = [library.study(name) for name in ("grassl2021", "luguri2021", "chandrashekar2023")]


@cache
def judged() -> list[Judged]:
    return leave_one_out(FEW, PRIOR, POPULATION, seed=1)


def test_no_study_is_predicted_by_a_fit_that_has_seen_it(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[set[str]] = []

    def spy(study: Study, found: Fit, compiled: Library, seed: int) -> list[Predicted]:
        names = {other.id for other in found.library.studies}
        assert {context.study for context in found.constants} <= names
        seen.append({study.id} & names)
        return []

    monkeypatch.setattr(validation, "predict", spy)
    leave_one_out(FEW, PRIOR, POPULATION, seed=1)
    assert seen == [set(), set(), set()]


def test_a_fitted_study_is_refused_as_one_to_predict() -> None:
    with pytest.raises(UsageError, match="is fitted, and what is fitted cannot be predicted"):
        predict_files([FEW[0]], FEW, PRIOR, POPULATION, seed=1)
    renamed = FEW[0].model_copy(update={"id": "other_name"})
    with pytest.raises(UsageError, match="other_name is fitted"):
        predict_files([renamed], FEW, PRIOR, POPULATION, seed=1)


def test_a_study_without_a_control_has_nothing_to_predict() -> None:
    assert not predictable(library.study("chrome2021"))
    with pytest.raises(UsageError, match="nothing to predict"):
        predict_files([library.study("bielova2024")], FEW, PRIOR, POPULATION, seed=1)


def test_only_arms_beside_a_control_are_predicted_each_with_an_interval_around_it() -> None:
    for one in judged():
        controls = {arm.id for arm in one.study.arms if arm.control}
        assert one.predicted
        for item in one.predicted:
            assert item.row.arms[0].id not in controls
            assert item.low < item.value < item.high


def test_a_prediction_does_not_look_at_what_it_predicts() -> None:
    study = library.study("grassl2021")
    changed = study.arm("refusal_set")
    other = changed.model_copy(update={"observed": [changed.observed[0].model_copy(update={"share": 0.05})]})
    moved = study.model_copy(update={"arms": [study.arm("neutral"), other]})
    found = fit(Library.of(FEW[1:], PRIOR, POPULATION))
    compiled = Library.of([study], PRIOR, POPULATION)
    one, two = (predict(which, found, compiled, seed=1)[0] for which in (study, moved))
    assert two.value == pytest.approx(one.value, abs=0.01)
    assert (one.row.value, two.row.value) == (0.5505, 0.05)


def test_the_controls_own_shares_are_met_by_an_arm_of_the_same_design() -> None:
    study = library.study("grassl2021")
    again = study.arm("neutral").model_copy(update={"id": "again", "control": False})
    twice = study.model_copy(update={"arms": [study.arm("neutral"), again]})
    found = fit(Library.of(FEW[1:], PRIOR, POPULATION))
    (item,) = predict(twice, found, Library.of([study], PRIOR, POPULATION), seed=1)
    assert item.value == pytest.approx(0.6101, abs=0.02)


def figure(observed: float, predicted: float, bound: str | None = None) -> Predicted:
    study = FEW[0]
    row = Row(study.id, (study.arm("refusal_set"),), Answer.ACCEPT, None, observed, bound, 0.01, 1.0)
    low, high = predicted - 0.05, predicted + 0.05
    return Predicted(
        row=row, title="", value=predicted, low=low, high=high, unchanged=0.6101, mean_effect=observed - 0.02
    )  # fmt: skip


@pytest.mark.parametrize(
    ("observed", "predicted", "bound", "off", "covered"),
    [
        (0.5, 0.52, None, 0.02, True),
        (0.5, 0.6, None, 0.1, False),
        (0.5, 0.3, "at_most", 0.0, True),
        (0.5, 0.6, "at_most", 0.1, False),
        (0.5, 0.6, "at_least", 0.0, True),
        (0.5, 0.4, "at_least", -0.1, False),
    ],
)
def test_a_bound_is_missed_on_one_side_only(
    observed: float, predicted: float, bound: str | None, off: float, *, covered: bool
) -> None:
    item = figure(observed, predicted, bound)
    assert item.miss == pytest.approx(off)
    assert miss(predicted, item.row) == item.miss
    assert item.covered is covered


def test_scores_are_means_over_arms_beside_those_of_the_naive_predictors() -> None:
    found = accuracies([Judged(FEW[0], [figure(0.55, 0.50)])])
    assert found.model.error == pytest.approx(0.05)
    assert found.unchanged.error == pytest.approx(0.0601)
    assert found.mean_effect.error == pytest.approx(0.02)
    assert (found.model.arms, found.model.covered, found.model.pairs) == (1, 1.0, 1)
    assert (found.model.in_order, found.unchanged.in_order) == (1.0, 0.0)


def test_a_pair_is_in_order_where_both_shares_differ_the_same_way() -> None:
    for predicted, right in ((0.5, True), (0.7, False)):
        pairs = list(pairs_in_order(FEW[0], [figure(0.55, predicted)], lambda item: item.value))
        assert pairs == [right]


def test_no_design_effect_is_what_the_control_did() -> None:
    study = library.study("utz2019")
    rows = {row.arms[0].id: row for row in rows_of(study)}
    control = study.arm("text_links_desktop")
    assert unchanged(rows["accept_highlighted_desktop"], control) == 0.211
    assert unchanged(rows["purposes_ticked_desktop"], control) == 0.211  # of accepting all, the nearest is accepting
    contrasts = [row for row in rows_of(library.study("nouwens2020")) if row.contrast]
    assert [unchanged(row, row.arms[0]) for row in contrasts] == [0.0, 0.0]


def test_mean_effects_average_the_logits_of_other_studies_arms() -> None:
    study = library.study("grassl2021")
    effects = MeanEffects.of([study])
    logit = effects.by_answer[Answer.ACCEPT][Mechanism.PRESELECT_REFUSAL]
    assert logit == pytest.approx(-0.245, abs=0.02)  # 61.0 and 55.1 %; a little less by the ridge
    (row,) = [row for row in rows_of(study) if not row.arms[0].control]
    assert effects.predict(row, study.arm("neutral")) == pytest.approx(row.value, abs=0.005)
    assert MeanEffects.of([]).predict(row, study.arm("neutral")) == pytest.approx(0.6101)


def studies_named(names: Sequence[str]) -> list[Study]:
    return [library.study(name) for name in names]


def test_studies_of_context_and_reserve_can_be_predicted() -> None:
    files = studies_named(["advmetrics2018", "jbl2002"])
    found = predict_files(files, FEW, PRIOR, POPULATION, seed=1)
    assert [one.study.id for one in found] == ["advmetrics2018", "jbl2002"]
    assert len(found[1].predicted) == 3


def test_the_set_that_is_left_out_one_by_one_is_the_calibration_set() -> None:
    assert [study.id for study in calibration(STUDIES) if predictable(study)] == [
        "bauer2021", "chandrashekar2023", "farronato2026", "grassl2021", "jha2024", "luguri2021", "nouwens2020",
        "utz2019",
    ]  # fmt: skip
