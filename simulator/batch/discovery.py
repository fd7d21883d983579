"""Scenario discovery: which values of the factors lead to an outcome beyond a threshold.

The patient rule induction method (Friedman and Fisher 1999; Bryant and Lempert 2010 for scenarios) peels slices off the
space of the factors until what is left holds mostly cells of interest. It comes from the EMA Workbench.
"""

from __future__ import annotations

import contextlib
import io
import logging
import operator
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.batch.results import Results
from simulator.batch.sensitivity import words
from simulator.batch.wording import wording
from simulator.errors import Problem, UsageError

_COMPARED = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_CONDITION = re.compile(r"\s*([A-Za-z_.0-9-]+)\s*(<=|>=|<|>)\s*(\d+\.?\d*|\.\d+)\s*(%|pp|s)?\s*")
LEAST_CELLS = 20
"""Fewer cells show nothing."""


@dataclass(frozen=True)
class Condition:
    """An outcome beyond a threshold, such as `lawful < 10 %`."""

    outcome: str
    compared: str
    threshold: float

    def __str__(self) -> str:
        of = wording(self.outcome)
        return f"{self.outcome} {self.compared} {of.number(self.threshold, 'g')} {of.unit}"


@dataclass(frozen=True)
class Box:
    """Limits within which most cells of interest lie."""

    limits: Mapping[str, str]
    """By factor: a range or the values that are in it; factors without a limit are left out."""
    coverage: float
    """Share of all cells of interest that lie in it."""
    density: float
    """Share of the cells in it that are of interest."""
    mass: float
    """Share of all cells that lie in it."""


@dataclass(frozen=True)
class Discovery:
    """What cells of interest have in common."""

    box: Box | None
    """None where no limit makes cells of interest more frequent."""
    share: float
    """Share of the cells that are of interest."""
    cells: int
    """Cells that were looked at: done, with the outcome, and a value of each range."""
    left_out: int
    """Other cells with the outcome: a table leaves a number of theirs as it is in the scenario, which has no place
    among numbers."""


def condition(text: str) -> Condition:
    """A condition as it is written.

    Raises:
        UsageError: If it is none.
    """
    found = _CONDITION.fullmatch(text)
    if found is None:
        remedy = "Write an outcome, a sign and a number, such as 'lawful < 10%' or 'left >= 0.05'."
        raise UsageError(Problem(f"{text!r} is not a condition.", remedy=remedy))
    of = wording(found[1])
    if found[4] is not None and of.in_seconds != (found[4] == "s"):
        remedy = f"Write {found[1]} {found[2]} {found[3]}{'s' if of.in_seconds else '%'}."
        raise UsageError(Problem(f"{text!r}: {found[1]} is in {of.units}.", remedy=remedy))
    value = float(found[3]) / (100.0 if found[4] in ("%", "pp") else 1.0)
    return Condition(found[1], found[2], value)


def discover(results: Results, where: Condition) -> Discovery:
    """The box of the first pass of PRIM.

    Args:
        results: Of a design that samples its factors, at least `LEAST_CELLS` cells.
        where: What makes a cell one of interest.

    Raises:
        UsageError: If too few cells are done, all or none of them are of interest, or the library is not installed.
    """
    prim = _prim()
    import pandas  # comes with it

    layout = results.experiment.layout
    known = results.done([where.outcome])
    frame = known.drop_nulls([factor.path for factor in layout.factors if not factor.categorical])
    if len(frame) < LEAST_CELLS:
        message = f"{len(frame)} cells are done; it takes {LEAST_CELLS} to discover anything."
        raise UsageError(Problem(message, remedy="Take more points, or more values."))
    wanted = _COMPARED[where.compared](frame[where.outcome].to_numpy(), where.threshold)
    share = float(wanted.mean())
    if share in (0.0, 1.0):
        low, high = float(frame[where.outcome].min()), float(frame[where.outcome].max())  # type: ignore[arg-type]
        of = wording(where.outcome)
        remedy = f"It goes from {of.number(low, '.4g')} to {of.number(high, '.4g')} {of.unit}."
        raise UsageError(Problem(f"{'no' if share == 0.0 else 'every'} cell has {where}.", remedy=remedy))
    factors = [factor for factor in layout.factors if frame[factor.path].n_unique() > 1]
    columns = pandas.DataFrame(
        {
            factor.path: pandas.Categorical(words(frame[factor.path], factor).to_list())
            if factor.categorical
            else frame[factor.path].to_numpy()
            for factor in factors
        }
    )
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():  # it prints and warns as it goes
        warnings.simplefilter("ignore")
        box = prim.Prim(columns, wanted.astype(float), threshold=min(0.8, (1.0 + share) / 2.0)).find_box()
    limits = None if box is None else _as_box(box, columns)
    return Discovery(limits, share, len(frame), len(known) - len(frame))


def _as_box(box: Any, columns: Any) -> Box | None:
    trajectory = box.peeling_trajectory
    # Of all boxes on the way, the one that finds most of the cells of interest and little else.
    best = int((trajectory["coverage"] * trajectory["density"]).idxmax())
    lows, highs = box.box_lims[best].iloc[0], box.box_lims[best].iloc[1]
    limits: dict[str, str] = {}
    for name in columns.columns:
        if str(columns[name].dtype) == "category":
            inside = sorted(map(str, lows[name]))
            if len(inside) < len(columns[name].cat.categories):
                limits[name] = ", ".join(inside)
        elif lows[name] > columns[name].min() or highs[name] < columns[name].max():
            limits[name] = f"{float(lows[name]):.4g} to {float(highs[name]):.4g}"
    row = trajectory.iloc[best]
    if not limits:
        return None
    return Box(limits, float(row["coverage"]), float(row["density"]), float(row["mass"]))


def _prim() -> Any:
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")  # of parts that are not installed, and not needed
            from ema_workbench.analysis import prim
    except ImportError:
        remedy = 'Install it: pip install "joinlab[research]"'
        raise UsageError(Problem("scenario discovery needs the EMA Workbench.", remedy=remedy)) from None
    logging.getLogger("EMA").setLevel(logging.ERROR)
    return prim
