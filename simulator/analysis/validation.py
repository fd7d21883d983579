"""Holds predictions against what was observed: of each fitted study from the others, and of studies never fitted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from simulator.analysis.fit import Library, calibration, fit, rows_of
from simulator.analysis.prediction import Predicted, miss, pairs_in_order, predict
from simulator.analysis.shipped import shipped_fit
from simulator.errors import Problem, UsageError
from simulator.scenario.evidence import Study
from simulator.scenario.parameters import Parameters
from simulator.scenario.population import Population

Told = Callable[[int, int], None]
"""Told how many studies are done, of how many."""


def no_word(done: int, total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Judged:
    """One study and what was predicted of it by a fit that has not seen it."""

    study: Study
    predicted: list[Predicted]


@dataclass(frozen=True)
class Accuracy:
    """How well one way of predicting did."""

    arms: int
    error: float
    """Mean absolute error, as a proportion; each arm counts once, however many of its shares were observed."""
    covered: float | None
    """Share of the figures inside their intervals; None where there are no intervals."""
    figures: int
    in_order: float | None
    """Share of the pairs of arms that are predicted the right way round; None where there are no pairs."""
    pairs: int


@dataclass(frozen=True)
class Accuracies:
    """The model beside the two naive predictors."""

    model: Accuracy
    unchanged: Accuracy
    mean_effect: Accuracy


def leave_one_out(
    studies: Sequence[Study], prior: Parameters, population: Population, seed: int, told: Told = no_word
) -> list[Judged]:
    """Predict each calibration study that has a control from a fit to all the others."""
    library = Library.of(calibration(studies), prior, population)
    wanted = [study for study in library.studies if predictable(study)]
    told(0, len(wanted) + 1)
    start, found = fit(library), list[Judged]()
    for number, study in enumerate(wanted, start=1):
        told(number, len(wanted) + 1)
        found.append(Judged(study, predict(study, fit(library.without(study.id), start), library, seed)))
    told(len(wanted) + 1, len(wanted) + 1)
    return found


def predict_files(
    files: Sequence[Study],
    studies: Sequence[Study],
    prior: Parameters,
    population: Population,
    seed: int,
    *,
    shipped: bool = False,
) -> list[Judged]:
    """Predict studies that were not fitted from a fit to the calibration studies.

    Args:
        files: The studies to predict.
        studies: Those that may be fitted among them.
        prior: Of the coefficients.
        population: Who answers.
        seed: Of the draws behind the intervals.
        shipped: Whether studies, prior and population are those of the shipped fit, which is then read and not made.

    Raises:
        UsageError: If a study is one of those that are fitted, or has nothing to predict.
    """
    fitted = Library.of(calibration(studies), prior, population)
    _refuse(files, fitted)
    found = shipped_fit(fitted) if shipped else fit(fitted)
    library = Library.of(files, prior, population)
    return [Judged(study, predict(study, found, library, seed)) for study in files]


def _refuse(files: Sequence[Study], fitted: Library) -> None:
    names, cited = {study.id for study in fitted.studies}, {study.citation for study in fitted.studies}
    problems = []
    for study in files:
        if study.id in names or study.citation in cited:
            message = f"{study.id} is fitted, and what is fitted cannot be predicted."
            remedy = "`joinlab validate` without files predicts each fitted study from the others."
            problems.append(Problem(message, remedy=remedy))
        elif not predictable(study):
            message = f"{study.id} has nothing to predict: no arm beside a control."
            remedy = "Give an arm `control: true`, with its shares, in the context of the arms to predict."
            problems.append(Problem(message, remedy=remedy))
    if problems:
        raise UsageError(problems)


def predictable(study: Study) -> bool:
    """Whether some figure of the study has a control to start from."""
    rows = rows_of(study, lambda arm: True)
    return any(not row.arms[0].control and study.control_of(row.arms[0]) is not None for row in rows)


def accuracies(judged: Sequence[Judged]) -> Accuracies:
    """How well the model and the naive predictors did over all studies."""
    return Accuracies(
        model=_accuracy(judged, lambda item: item.value, intervals=True),
        unchanged=_accuracy(judged, lambda item: item.unchanged),
        mean_effect=_accuracy(judged, lambda item: item.mean_effect),
    )


def _accuracy(judged: Sequence[Judged], said: Callable[[Predicted], float], *, intervals: bool = False) -> Accuracy:
    items = [item for one in judged for item in one.predicted]
    by_arm: dict[tuple[str, ...], list[float]] = {}
    for item in items:
        key = (item.row.study, *(arm.id for arm in item.row.arms))
        by_arm.setdefault(key, []).append(abs(miss(said(item), item.row)))
    pairs = [right for one in judged for right in pairs_in_order(one.study, one.predicted, said)]
    return Accuracy(
        arms=len(by_arm),
        error=sum(sum(misses) / len(misses) for misses in by_arm.values()) / len(by_arm),
        covered=sum(item.covered for item in items) / len(items) if intervals else None,
        figures=len(items),
        in_order=sum(pairs) / len(pairs) if pairs else None,
        pairs=len(pairs),
    )
