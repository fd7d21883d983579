"""The two naive predictors that a model has to beat: no design effect, and the mean published effect of a mechanism."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from simulator.analysis.fit import Row, rows_of
from simulator.analysis.scales import from_logit, logit
from simulator.scenario.evidence import Arm, Study
from simulator.scenario.vocabulary import Answer, Mechanism

_SAME = {Answer.ACCEPT_ALL: Answer.ACCEPT, Answer.CONSENT: Answer.ACCEPT}
"""Answers whose effects are averaged together."""
_RIDGE = 0.05


def unchanged(row: Row, control: Arm) -> float:
    """The control's own figure; where it has none for this answer, that of the nearest one."""
    if row.contrast:
        return 0.0
    known = {(item.answer, item.among): item.share for item in control.observed}
    near = {
        Answer.ACCEPT_ALL: (Answer.ACCEPT, Answer.CONSENT),
        Answer.ACCEPT: (Answer.ACCEPT_ALL, Answer.CONSENT),
        Answer.CONSENT: (Answer.ACCEPT, Answer.ACCEPT_ALL),
    }
    for answer in (row.answer, *near.get(row.answer, ())):
        if (answer, row.among) in known:
            return known[answer, row.among]
    return next(iter(known.values()))


@dataclass(frozen=True)
class MeanEffects:
    """Mean effect of each mechanism on each answer, in logits, over the arms of some studies."""

    by_answer: dict[Answer, dict[Mechanism, float]]

    @classmethod
    def of(cls, studies: Sequence[Study]) -> MeanEffects:
        """Least squares of the arms' effects on their mechanisms: arms with several share their effect out."""
        seen: dict[Answer, list[tuple[Arm, float]]] = {}
        for study in studies:
            for row, control in _compared(study):
                base = _level(row, control)
                value = base + row.value if row.contrast else row.value
                effect = logit(value) - logit(base)
                seen.setdefault(_SAME.get(row.answer, row.answer), []).append((row.arms[0], effect))
        return cls({answer: _means(arms) for answer, arms in seen.items()})

    def predict(self, row: Row, control: Arm) -> float:
        """The figure if each of the arm's mechanisms had its mean effect; one that nobody measured has none."""
        means = self.by_answer.get(_SAME.get(row.answer, row.answer), {})
        base = _level(row, control)
        moved = from_logit(logit(base) + sum(means.get(mechanism, 0.0) for mechanism in row.arms[0].mechanisms))
        return moved - base if row.contrast else moved


def _compared(study: Study) -> Iterator[tuple[Row, Arm]]:
    for row in rows_of(study):
        control = study.control_of(row.arms[0])
        if control is not None and row.arms[0] is not control and row.bound is None:
            yield row, control


def _level(row: Row, control: Arm) -> float:
    """The control's share of the row's answer."""
    if not row.contrast:
        return unchanged(row, control)
    return next((item.share for item in control.observed if item.answer is row.answer), 0.5)


def _means(arms: list[tuple[Arm, float]]) -> dict[Mechanism, float]:
    names = sorted({mechanism for arm, _ in arms for mechanism in arm.mechanisms})
    holds = np.array([[float(name in arm.mechanisms) for name in names] for arm, _ in arms])
    effects = np.array([effect for _, effect in arms])
    found = np.linalg.solve(holds.T @ holds + _RIDGE * np.eye(len(names)), holds.T @ effects)
    return dict(zip(names, found.tolist(), strict=True))
