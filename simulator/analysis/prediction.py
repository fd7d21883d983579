"""Predicts the arms of a study that was not fitted, from its designs and the shares of its control arms."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from simulator.analysis.effects import MeanEffects, unchanged
from simulator.analysis.fit import NO_SHARES, PASSING_SPREAD, PULL_SPREAD, Fit, Library, Row, Shares, rows_of, usable
from simulator.analysis.scales import from_logit, logit
from simulator.analysis.shipped import ShippedFit
from simulator.engine.shares import Model
from simulator.scenario.evidence import Arm, Study
from simulator.scenario.vocabulary import Answer

Floats = npt.NDArray[np.float64]

PREDICTIVE_DRAWS = 60
"""Draws of the coefficients behind an interval."""
REPEATS = 20
"""Times that the spread of arms and the sampling error are added to each."""
LEVEL = 0.9
_STEP = 1e-3
_STEPS = 4


@dataclass(frozen=True)
class Predicted:
    """One observed figure and what was predicted of it."""

    row: Row
    title: str
    value: float
    low: float
    high: float
    unchanged: float
    """The same figure if the design made no difference from the control's."""
    mean_effect: float
    """The same figure if each mechanism had the mean effect that it has in the other studies."""

    @property
    def miss(self) -> float:
        """Predicted less observed, as a proportion; 0 on the right side of a bound."""
        return miss(self.value, self.row)

    @property
    def covered(self) -> bool:
        """Whether the observed figure lies inside the interval."""
        if self.row.bound == "at_most":
            return self.low <= self.row.value
        return self.row.value <= self.high and (self.row.bound == "at_least" or self.low <= self.row.value)


def miss(predicted: float, row: Row) -> float:
    """How far a prediction is off, as a proportion; 0 on the right side of a bound."""
    off = predicted - row.value
    if row.bound == "at_most":
        return max(off, 0.0)
    return min(off, 0.0) if row.bound == "at_least" else off


def predict(study: Study, fit: Fit | ShippedFit, library: Library, seed: int) -> list[Predicted]:
    """What the fit predicts of all arms that have a control, the controls left out.

    Args:
        study: Not among those fitted.
        fit: Of other studies.
        library: Holds the study's compiled designs.
        seed: Of the draws behind the intervals.
    """
    rng = np.random.default_rng(seed)
    centre, effects = library.model(fit.centre), MeanEffects.of(fit.library.studies)
    models = [library.model(draw) for draw in fit.draws(PREDICTIVE_DRAWS, seed)]
    found = []
    for context in study.contexts:
        control = next((arm for arm in study.arms if arm.control and arm.context == context), None)
        if control is None:
            continue
        wanted = [row for row in rows_of(study, lambda _: True) if _asks(row, context)]
        anchor = _Anchor(study, control, library)
        exact = anchor.solve(centre, np.zeros(2), anchor.observed)
        samples = []
        for model in models:
            noise = rng.standard_normal(len(anchor.rows)) * np.sqrt([row.sampling for row in anchor.rows])
            seen = anchor.observed + noise
            figures = anchor.figures(wanted, model, anchor.solve(model, exact, seen), seen)
            samples += [
                [_noisy(row, x, fit, rng) for row, x in zip(wanted, figures, strict=True)] for _ in range(REPEATS)
            ]
        tail = 100.0 * (1.0 - LEVEL) / 2.0
        low, middle, high = np.percentile(np.array(samples), [tail, 50.0, 100.0 - tail], axis=0)
        for number, row in enumerate(wanted):
            found.append(
                Predicted(
                    row=row,
                    title=row.arms[0].title,
                    value=float(middle[number]),
                    low=float(low[number]),
                    high=float(high[number]),
                    unchanged=unchanged(row, control),
                    mean_effect=effects.predict(row, control),
                )
            )
    return found


def _asks(row: Row, context: str) -> bool:
    return row.arms[0].context == context and not row.arms[0].control and row.answer not in NO_SHARES


def from_memory(study: Study) -> bool:
    """Whether some of the figures that a prediction is held against were not read at any source."""
    return any(not usable(arm) for arm in study.arms)


def _noisy(row: Row, figure: float, fit: Fit | ShippedFit, rng: np.random.Generator) -> float:
    # The spread of arms counts twice: the control that fixed the constants has it too.
    spread = 2.0 * fit.new_study_spread**2
    if row.contrast:
        return figure + float(rng.standard_normal()) * float(np.sqrt(row.sampling + 0.04 * spread))
    share = min(max(figure, 1e-4), 1.0 - 1e-4)
    # Sampling error belongs to the predicted share and not to the observed one, which is not known.
    n = 1.0 / (row.sampling * row.value * (1.0 - row.value))
    sampling = 1.0 / (n * share * (1.0 - share))
    return from_logit(logit(share) + float(rng.standard_normal()) * float(np.sqrt(min(sampling, 4.0) + spread)))


_First: TypeAlias = tuple[tuple[Answer, Answer | None], float, float]
"""The first figure of an arm: of what, observed, predicted."""


class _Anchor:
    """The constants of a context, found from the shares of its control arm."""

    def __init__(self, study: Study, control: Arm, library: Library) -> None:
        self.study, self.control, self.library = study, control, library
        self.rows = [row for row in rows_of(study, lambda arm: arm is control) if row.answer not in NO_SHARES]
        self.observed = np.array([logit(row.value) for row in self.rows])
        self._sd = np.array([np.sqrt((row.sampling + 0.0025) / row.weight) for row in self.rows])

    def solve(self, model: Model, start: Floats, observed: Floats) -> Floats:
        """Pull and passing that bring the control's predicted shares nearest to these, by a few Gauss-Newton steps."""
        at, prior = start, np.diag([1.0 / PULL_SPREAD**2, 1.0 / PASSING_SPREAD**2])
        for _ in range(_STEPS):
            base = self._logits(model, at)
            slopes = np.stack([(self._logits(model, at + move) - base) / _STEP for move in _STEP * np.eye(2)], axis=1)
            weighted = slopes / self._sd[:, None]
            gradient = weighted.T @ ((observed - base) / self._sd) - prior @ at
            step = np.linalg.solve(weighted.T @ weighted + prior, gradient)
            at = at + np.clip(step, -2.0, 2.0)
            if np.abs(step).max() < 1e-3:
                break
        return np.asarray(at)

    def _logits(self, model: Model, constants: Floats) -> Floats:
        shares = self._shares(self.control, model, constants)
        return np.array([logit(row.predicted([shares])) for row in self.rows])

    def _shares(self, arm: Arm, model: Model, constants: Floats) -> Shares:
        return self.library.shares(self.study.id, arm, model, (float(constants[0]), float(constants[1])))

    def figures(self, rows: list[Row], model: Model, constants: Floats, observed: Floats) -> list[float]:
        """The predicted figure of each row.

        What the constants leave between the control's predicted and observed shares is taken to be the same, in logits,
        for the other arms: two constants cannot meet four shares.
        """
        arms = {arm.id: self._shares(arm, model, constants) for row in rows for arm in row.arms}
        rest = observed - self._logits(model, constants)
        left = {(row.answer, row.among): float(off) for row, off in zip(self.rows, rest, strict=True)}
        found = []
        for row in rows:
            figure = row.predicted([arms[arm.id] for arm in row.arms])
            off = 0.0 if row.contrast else left.get((row.answer, row.among), 0.0)
            found.append(from_logit(logit(figure) + off) if off else figure)
        return found


def pairs_in_order(study: Study, predicted: list[Predicted], said: Callable[[Predicted], float]) -> Iterator[bool]:
    """For all pairs of arms of one context that differ in what was observed: whether predicted the right way round.

    The control counts with what was observed of it. Arms are compared by their first share, differences by their sign.
    `said` takes from a prediction what is to be judged.
    """
    for context in study.contexts:
        mine = [item for item in predicted if item.row.arms[0].context == context]
        yield from (said(item) * item.row.value > 0.0 for item in mine if item.row.contrast)
        firsts: dict[str, _First] = {}
        control = next((arm for arm in study.arms if arm.control and arm.context == context), None)
        if control is not None:
            first = control.observed[0]
            firsts[control.id] = ((first.answer, first.among), first.share, first.share)
        for item in mine:
            if not item.row.contrast:
                row = item.row
                firsts.setdefault(row.arms[0].id, ((row.answer, row.among), row.value, said(item)))
        for one, other in combinations(firsts.values(), 2):
            if one[0] == other[0] and one[1] != other[1]:
                yield (one[2] - other[2]) * (one[1] - other[1]) > 0.0
