"""The frontier of designs: those to which no other is better in one thing and as good in all else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.batch.results import Results
from simulator.errors import Problem, UsageError

Floats = npt.NDArray[np.float64]

AIMS = ("+lawful", "-overreach", "-missed", "-left")
"""Outcomes with the way that is better, unless others are named."""
SAME = 0.0005
"""Outcomes that differ by less count as equal: a twentieth of a percentage point."""


@dataclass(frozen=True)
class Design:
    """One sample of the levers."""

    levers: Mapping[str, Any]
    means: Mapping[str, float]
    """Of each outcome over the uncertainties."""
    dominated_by: Mapping[str, Any] | None
    """Levers of a design that is at least as good in every aim, in the mean; None on the frontier."""
    often: float
    """Share of the samples of the uncertainties in which some design dominates it."""


def frontier(results: Results, aims: Sequence[str] = AIMS) -> list[Design]:
    """All designs, those on the frontier first.

    Args:
        results: With levers.
        aims: Outcomes, each after `+` where more is better, or `-` where less is.

    Raises:
        UsageError: If there are no levers, no aims, an aim has no sign or is there twice, or no cell has them all.
    """
    if not aims:
        raise UsageError(Problem("there are no aims.", remedy="Name outcomes, such as +lawful and -left."))
    signs = {aim[1:]: {"+": 1.0, "-": -1.0}.get(aim[:1], 0.0) for aim in aims}
    wrong = next((aim for aim in aims if aim[:1] not in ("+", "-")), None)
    if wrong is not None:
        remedy = f"Write +{wrong} where more is better, -{wrong} where less is."
        raise UsageError(Problem(f"the aim {wrong!r} does not say which way is better.", remedy=remedy))
    if len(signs) < len(aims):
        twice = next(name for name in signs if sum(aim[1:] == name for aim in aims) > 1)
        raise UsageError(Problem(f"the aim {twice} is named twice."))
    factors = results.experiment.layout.factors
    levers = [factor.path for factor in factors if factor.lever]
    unknown = [factor.path for factor in factors if not factor.lever]
    if not levers:
        raise UsageError(Problem("there are no levers, and so no designs to choose from."))
    frame = results.done(list(signs))
    designs = [
        dict(zip(levers, key, strict=True)) for key in frame.select(levers).unique(maintain_order=True).iter_rows()
    ]
    values = np.array([_means(frame, levers, design, list(signs)) for design in designs])
    signed = values * np.array(list(signs.values()))
    often = _often(frame, levers, unknown, designs, signs)
    found = []
    for number, design in enumerate(designs):
        by = _dominating(signed, number)
        means = dict(zip(signs, map(float, values[number]), strict=True))
        found.append(Design(design, means, None if by is None else designs[by], often[number]))
    return sorted(found, key=lambda one: one.dominated_by is not None)


def _means(frame: Any, levers: Sequence[str], design: Mapping[str, Any], outcomes: Sequence[str]) -> list[float]:
    import polars as pl

    own = frame.filter(*(pl.col(path).eq_missing(pl.lit(design[path])) for path in levers))
    return [float(own[name].mean()) for name in outcomes]


def _dominating(signed: Floats, number: int) -> int | None:
    """A row that is as good in every column and better in one, the best such by its sum; None where there is none."""
    gaps = signed - signed[number]
    better = (gaps >= -SAME).all(axis=1) & (gaps > SAME).any(axis=1)
    return int(np.argmax(np.where(better, gaps.sum(axis=1), -np.inf))) if better.any() else None


def _often(
    frame: Any,
    levers: Sequence[str],
    unknown: Sequence[str],
    designs: Sequence[Mapping[str, Any]],
    signs: Mapping[str, float],
) -> list[float]:
    """For each design, in which share of the samples of the uncertainties it is dominated."""
    groups = [frame] if not unknown else [own for _, own in frame.group_by(list(unknown), maintain_order=True)]
    keys = [tuple(design.values()) for design in designs]
    met, lost = np.zeros(len(keys)), np.zeros(len(keys))
    for own in groups:
        places = [keys.index(key) for key in own.select(levers).iter_rows()]
        signed = own.select(list(signs)).to_numpy() * np.array(list(signs.values()))
        for row, place in enumerate(places):
            met[place] += 1
            lost[place] += _dominating(signed, row) is not None
    return [float(share) for share in lost / np.maximum(met, 1)]
