"""Flows over weeks: outcomes of each week, and the prompts that people have seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from simulator.analysis.anchor import Anchor, anchored
from simulator.analysis.comparison import Comparison
from simulator.analysis.estimates import Estimate, Floats, estimate
from simulator.engine.inputs import Inputs
from simulator.engine.run import Progress, Run, fresh_seed, make_plan, meetings_for, no_progress
from simulator.engine.tally import PARTICIPANTS
from simulator.engine.weeks import Span, Week, kept_for, one_meeting, run_weeks
from simulator.errors import Problem, UsageError
from simulator.scenario.sourced import Sourced

DEFAULT_PARTICIPANTS = 10_000
MOST_WEEKS = 104


class OverWeeks:
    """Every week as a comparison of its own, and what was asked in it."""

    def __init__(
        self,
        inputs: Inputs,
        span: Span,
        runs: list[Run],
        weeks: list[list[Week]],
        fatigue: Sourced,
        anchor: Anchor | None = None,
    ) -> None:
        self.inputs = inputs
        self.anchor = anchor
        """The constants that were fitted, where there are counts."""
        self.span = span
        self.fatigue = fatigue
        """The coefficient with its range and note; `span.fatigue` is the value that was used."""
        self.weeks = [Comparison(run) for run in runs]
        self._asked = weeks

    @property
    def seed(self) -> int:
        """Of the run."""
        return self.weeks[0].run.seed

    @property
    def people(self) -> int:
        """Participants of the standing meetings, each counted once."""
        return self.weeks[0].run.participants // self._occasions(0)

    def _occasions(self, week: int) -> int:
        """Times that each meeting is held in a week, counted from 0."""
        return sum(self.span.week_of(each) == week for each in range(self.span.occasions))

    def share(self, week: int, flow: int, outcome: str) -> Estimate:
        """An outcome of a week, both counted from 0."""
        comparison = self.weeks[week]
        return comparison.flows[flow].share(outcome, comparison.category)

    def prompts(self, week: int, flow: int) -> Estimate:
        """Prompts that a person sees in the week, on average."""
        return self._each(week, flow, self._asked[week][flow].prompts, self._occasions(week))

    def asked(self, week: int, flow: int) -> Estimate:
        """Share of the week's joins in which the person is asked anew."""
        return self._each(week, flow, self._asked[week][flow].asked, 1, within=(0.0, 1.0))

    def _each(
        self, week: int, flow: int, totals: np.ndarray, times: int, *, within: tuple[float, float] | None = None
    ) -> Estimate:
        people = self.weeks[week].run.tallies[flow].counts[:, PARTICIPANTS]

        def mean(sums: Floats) -> Floats:
            return np.asarray(times * sums[..., 0] / sums[..., 1])

        return estimate(np.stack([totals, people], axis=1), mean, people > 0, within=within)


def over_weeks(
    inputs: Inputs,
    span: Span,
    *,
    participants: int = DEFAULT_PARTICIPANTS,
    seed: int | None = None,
    threads: int = 1,
    progress: Progress = no_progress,
    fatigue: float | None = None,
) -> OverWeeks:
    """Hold the meetings of a scenario week after week.

    Args:
        inputs: A gathered scenario; where it has counts, the constants of the context are fitted to them first.
        span: How long, how often, and when people are asked again; its fatigue is taken from the parameters.
        participants: At least so many people, in whole meetings.
        seed: None draws a fresh one, which the result records.
        threads: Threads to walk on; the result does not depend on it.
        progress: Told how far it is.
        fatigue: In place of the parameters' value.

    Raises:
        UsageError: If the parameters say nothing of fatigue, or the meetings are recorded ones.
    """
    known = inputs.parameters.fatigue
    if known is None:
        remedy = "Copy `fatigue` from scenarios/parameters/prior.yaml."
        raise UsageError(Problem(f"parameters {inputs.parameters.id} have no fatigue.", remedy=remedy))
    if inputs.recorded:
        remedy = "Leave --meetings out: the standing meetings are generated."
        raise UsageError(Problem("recorded meetings were held once, and cannot be held every week.", remedy=remedy))
    chosen = fresh_seed() if seed is None else seed
    anchor = None
    if inputs.counted:
        inputs, anchor = anchored(inputs, chosen)
    plan = make_plan(one_meeting(inputs))
    meetings = meetings_for(plan, chosen, participants)
    used = replace(span, fatigue=known.value if fatigue is None else fatigue)
    kept = [kept_for(flow) for flow in inputs.flows]
    weeks = run_weeks(plan, chosen, meetings, used, kept, threads=threads, progress=progress)
    runs = [
        Run(plan=plan, seed=chosen, meetings=meetings, tallies=tuple(flow.tally for flow in week)) for week in weeks
    ]
    return OverWeeks(inputs, used, runs, weeks, known, anchor)
