"""How far outcomes move over what is not known: the same meetings, run with each of the joint draws.

Monte Carlo error shrinks with more meetings; this does not. The coefficients move together, as the fit ties them; the
population's figures move each within its own range. Meetings and law are taken as given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel

from simulator.analysis.comparison import Comparison
from simulator.analysis.estimates import Estimate
from simulator.analysis.outcomes import COMPARED, GIVEN_AND_WANTED, SHARES, FlowOutcomes
from simulator.analysis.scales import within
from simulator.engine.inputs import Inputs
from simulator.engine.run import Progress, Run, make_plan, meetings_for, no_progress, run_meetings
from simulator.engine.shares import with_values
from simulator.scenario.joint_draws import JointDraws
from simulator.scenario.population import Population
from simulator.scenario.sourced import Sourced

Floats = npt.NDArray[np.float64]

PARTICIPANTS_PER_DRAW = 4_000
"""Every draw meets the same people, so that few of them show what a draw changes."""
LEVEL = 0.95
_POPULATION = 0x706F70
"""Tells these draws from any other that a seed may stand for."""
FOLLOWED = (*SHARES, "left", GIVEN_AND_WANTED)


@dataclass(frozen=True)
class Ranking:
    """In which share of the draws a flow has more of an outcome than the baseline."""

    flow: str
    baseline: str
    outcome: str
    more: float | None
    """Share of the draws with more; ties count half. None where the two are level in every draw."""


class Uncertainty:
    """Outcomes of a comparison over the joint draws."""

    def __init__(self, comparison: Comparison, centre: Mapping[str, Floats], draws: Mapping[str, Floats]) -> None:
        self._comparison = comparison
        self._centre = centre  # (flows,) by outcome, on the meetings that the draws met
        self._draws = draws  # (draws, flows) by outcome

    @property
    def draws(self) -> int:
        """Number of draws."""
        return len(self._draws["claimed"])

    def interval(self, flow: int, outcome: str) -> Estimate:
        """The outcome as the comparison has it, with the interval of the draws around it."""
        moved = self._draws[outcome][:, flow] - self._centre[outcome][flow]
        return self._around(_value(self._comparison.flows[flow], outcome, self._comparison), moved, (0.0, 1.0))

    def difference(self, flow: int, outcome: str) -> Estimate:
        """The outcome less the baseline's, with the interval of the draws."""
        own, base = self._draws[outcome][:, flow], self._draws[outcome][:, 0]
        centre = self._centre[outcome][flow] - self._centre[outcome][0]
        value = _value(self._comparison.flows[flow], outcome, self._comparison)
        before = _value(self._comparison.flows[0], outcome, self._comparison)
        both = None if value is None or before is None else value - before
        return self._around(both, own - base - centre, (-1.0, 1.0))

    def _around(self, value: float | None, moved: Floats, within: tuple[float, float]) -> Estimate:
        if value is None or not np.isfinite(moved).all():
            return Estimate(value, None, None)
        tail = 100.0 * (1.0 - LEVEL) / 2.0
        low, high = (float(value + end) for end in np.percentile(moved, [tail, 100.0 - tail]))
        return Estimate(value, max(low, within[0]), min(high, within[1]))

    def rankings(self, outcomes: Sequence[str] = (*COMPARED, GIVEN_AND_WANTED)) -> Iterator[Ranking]:
        """How often each flow has more of each outcome than the baseline."""
        names = [flow.flow.id for flow in self._comparison.flows]
        for number, name in enumerate(names[1:], start=1):
            for outcome in outcomes:
                gap = self._draws[outcome][:, number] - self._draws[outcome][:, 0]
                if np.isfinite(gap).all():
                    more = float(np.mean(np.where(gap == 0.0, 0.5, gap > 0.0))) if gap.any() else None
                    yield Ranking(name, names[0], outcome, more)


def over_draws(
    comparison: Comparison, draws: JointDraws, *, threads: int = 1, progress: Progress = no_progress
) -> Uncertainty:
    """Run a comparison's flows with each draw, on the first of its meetings.

    Args:
        comparison: Run at the central values.
        draws: Of the coefficients.
        threads: Threads to walk on; the result does not depend on it.
        progress: Told how many draws are done.
    """
    run = comparison.run
    meetings = min(run.meetings, meetings_for(run.plan, run.seed, PARTICIPANTS_PER_DRAW))
    inputs = comparison.inputs if comparison.anchor is None else comparison.anchor.inputs
    found: dict[str, list[Floats]] = {outcome: [] for outcome in FOLLOWED}
    for number, row in enumerate(draws.rows):
        progress(number, len(draws))
        moved = replace(
            inputs,
            parameters=with_values(inputs.parameters, row),
            population=moved_population(inputs.population, number),
        )
        if comparison.anchor is not None:
            moved = comparison.anchor.redrawn(moved, number)
        for outcome, values in _outcomes(moved, run, meetings, threads).items():
            found[outcome].append(values)
    progress(len(draws), len(draws))
    central = inputs if comparison.anchor is None else comparison.anchor.central()
    centre = _outcomes(central, run, meetings, threads)
    return Uncertainty(comparison, centre, {outcome: np.array(rows) for outcome, rows in found.items()})


def _outcomes(inputs: Inputs, run: Run, meetings: int, threads: int) -> dict[str, Floats]:
    """Of the run's first meetings with other people or coefficients; its law stays."""
    plan = make_plan(inputs, run.plan.laws)
    tallies = run_meetings(plan, run.seed, 0, meetings, threads=threads)
    result = Comparison(Run(plan=plan, seed=run.seed, meetings=meetings, tallies=tuple(tallies)))
    return {
        outcome: np.array([_number(_value(flow, outcome, result)) for flow in result.flows]) for outcome in FOLLOWED
    }


def _number(value: float | None) -> float:
    return float("nan") if value is None else value


def _value(flow: FlowOutcomes, outcome: str, comparison: Comparison) -> float | None:
    part, whole = flow.parts(outcome, comparison.category)
    return float(part.sum() / whole.sum()) if whole.sum() else None


def moved_population(population: Population, draw: int) -> Population:
    """The population with each of its figures drawn anew within its range, which is taken for a 90 % interval.

    The same draw number gives the same people's distributions whatever the parameters.
    """
    moved = _moved(population, np.random.default_rng([draw, _POPULATION]))
    assert isinstance(moved, Population)
    return moved


def _moved(value: object, rng: np.random.Generator) -> object:
    """The same value with every figure inside it drawn anew, in the order of the file's keys."""
    if isinstance(value, Sourced):
        low, high = value.range
        drawn = within(float(rng.standard_normal()), low, value.value, high)
        return value.model_copy(update={"value": min(max(drawn, low), high)})
    if isinstance(value, BaseModel):
        inside = {name: getattr(value, name) for name in type(value).model_fields}
        return value.model_copy(update={name: _moved(part, rng) for name, part in inside.items()})
    if isinstance(value, dict):
        return {key: _moved(part, rng) for key, part in value.items()}
    return [_moved(part, rng) for part in value] if isinstance(value, list) else value
