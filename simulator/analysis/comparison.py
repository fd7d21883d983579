"""Compares flows: the same people in the same meetings under each, until a wanted precision is reached."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from simulator.analysis.anchor import Anchor, anchored
from simulator.analysis.estimates import Estimate
from simulator.analysis.outcomes import COMPARED, FlowOutcomes, paired_difference
from simulator.engine.inputs import Inputs
from simulator.engine.run import (
    CHUNK,
    Progress,
    Run,
    compile_engine,
    fresh_seed,
    make_plan,
    meetings_for,
    no_progress,
    run_meetings,
    whole_cycles,
)
from simulator.engine.tally import GROUPS
from simulator.scenario.vocabulary import DataCategory

DEFAULT_PARTICIPANTS = 100_000
MOST_PARTICIPANTS = 100_000_000
"""Where a run with a target precision gives up."""
_TELLING = 10 * GROUPS
"""Meetings from which on an interval tells how many more it takes."""
_HOPELESS = 2.0
"""Times MOST_PARTICIPANTS: a run that would take more does not start on it."""

_FIRST_PEOPLE = 2_000
"""People after whom a growing comparison is first told."""
_MOST_PART = 64 * CHUNK
"""Most meetings between two tellings."""


@dataclass(frozen=True)
class Difference:
    """An outcome under a flow less the same under the baseline."""

    flow: str
    baseline: str
    outcome: str
    estimate: Estimate


class Comparison:
    """Flows side by side; the first is the baseline."""

    def __init__(self, run: Run, anchor: Anchor | None = None) -> None:
        self.run = run
        self.anchor = anchor
        """The constants of the context, where they were fitted to counts."""
        self.inputs = run.plan.inputs
        self.category: DataCategory = self.inputs.scenario.category
        self.flows = tuple(FlowOutcomes(run, index) for index in range(len(self.inputs.flows)))

    @property
    def ranged(self) -> bool:
        """Whether lawful is a range, from the strict reading of unsettled rules to the lenient one."""
        return self.run.plan.ranged

    def differences(self) -> Iterator[Difference]:
        """Every compared outcome of every flow but the first, less the baseline's."""
        yield from self._differences

    @cached_property
    def _differences(self) -> tuple[Difference, ...]:
        return tuple(self._from_baseline())

    def _from_baseline(self) -> Iterator[Difference]:
        baseline, *others = self.flows
        for flow in others:
            for outcome in COMPARED:
                found = paired_difference(flow, baseline, outcome, self.category)
                yield Difference(flow.flow.id, baseline.flow.id, outcome, found)

    def widest(self) -> float | None:
        """Reach of the widest interval of shares and differences; None where one of them is not defined."""
        shares = [flow.share(outcome, self.category) for flow in self.flows for outcome in COMPARED]
        estimates = shares + [difference.estimate for difference in self.differences()]
        widths = [estimate.reach for estimate in estimates if estimate.value is not None]
        known = [width for width in widths if width is not None]
        return max(known) if known and len(known) == len(widths) else None

    def participants_for(self, precision: float) -> float | None:
        """About how many participants would make every interval so narrow; None where that cannot be told.

        Errors fall with the root of the number of meetings. Recorded meetings recur, and tell no more each time.
        """
        widest = self.widest()
        if widest is None or self.inputs.recorded or self.run.meetings < _TELLING:
            return None
        return float(self.run.participants * (widest / precision) ** 2)


def run_comparison(
    inputs: Inputs,
    *,
    participants: int = DEFAULT_PARTICIPANTS,
    seed: int | None = None,
    threads: int = 1,
    precision: float | None = None,
    progress: Progress = no_progress,
) -> Comparison:
    """Run every flow of the inputs on the same meetings.

    Args:
        inputs: A gathered scenario; where it has counts, the constants of the context are fitted to them first.
        participants: At least so many people, in whole meetings.
        seed: None draws a fresh one; it is recorded in the result.
        threads: Threads to walk on; the result does not depend on it.
        precision: Wanted reach of every interval to either side, as a proportion; meetings are added until it is
            reached, or MOST_PARTICIPANTS are; none, where it would take far more than these.
        progress: Told how far the run is.

    Raises:
        UsageError: If the counts contradict the flows or each other.
    """
    chosen, anchor = fresh_seed() if seed is None else seed, None
    if inputs.counted:
        inputs, anchor = anchored(inputs, chosen)
    plan = make_plan(inputs)
    compile_engine(plan, progress)
    meetings = meetings_for(plan, chosen, participants)
    tallies = run_meetings(plan, chosen, 0, meetings, threads=threads, progress=progress)
    run = Run(plan=plan, seed=chosen, meetings=meetings, tallies=tuple(tallies))
    if precision is not None:
        run = _until_precise(run, precision, threads, progress)
    return Comparison(run, anchor)


def growing_comparison(
    inputs: Inputs, *, participants: int, seed: int, threads: int = 1, progress: Progress = no_progress
) -> Iterator[Comparison]:
    """What `run_comparison` gives, told while it grows: over the first meetings, then over more, at last over all.

    The last one is the same to the last unit. Whoever has seen enough stops asking, or raises from `progress`.
    """
    anchor = None
    if inputs.counted:
        inputs, anchor = anchored(inputs, seed)
    plan = make_plan(inputs)
    compile_engine(plan, progress)
    meetings = meetings_for(plan, seed, participants)

    def of_all(done: int, total: int) -> None:
        progress(done, meetings)

    part = min(meetings, meetings_for(plan, seed, _FIRST_PEOPLE))
    tallies = run_meetings(plan, seed, 0, part, threads=threads, progress=of_all, watched=True)
    run = Run(plan=plan, seed=seed, meetings=part, tallies=tuple(tallies))
    yield Comparison(run, anchor)
    while run.meetings < meetings:
        part = whole_cycles(plan, min(run.meetings, _MOST_PART))
        run = _extended(run, min(run.meetings + part, meetings), threads, of_all, watched=True)
        yield Comparison(run, anchor)


def _until_precise(run: Run, precision: float, threads: int, progress: Progress) -> Run:
    """Add meetings until every interval is narrow enough, or more of them no longer help."""
    while True:
        found = Comparison(run)
        widest, needed = found.widest(), found.participants_for(precision)
        if (widest is not None and widest <= precision) or run.participants >= MOST_PARTICIPANTS:
            return run
        if needed is not None and needed > _HOPELESS * MOST_PARTICIPANTS:
            return run
        longer = _extended(run, whole_cycles(run.plan, _wanted_meetings(run, widest, precision)), threads, progress)
        narrower = Comparison(longer).widest()
        # Recorded meetings recur: what is left are the differences between them, and more people do not mend that.
        if run.plan.inputs.recorded and (narrower is None or (widest and narrower > 0.95 * widest)):
            return longer
        run = longer


def _wanted_meetings(run: Run, widest: float | None, precision: float) -> int:
    """Meetings for the precision, if errors fall with the root of their number; at most four times as many as now."""
    growth = 4.0 if widest is None else min(4.0, max(1.1, 1.1 * (widest / precision) ** 2))
    most = int(run.meetings * MOST_PARTICIPANTS / max(1, run.participants)) + 1
    return max(run.meetings + 1, min(int(run.meetings * growth), most))


def _extended(run: Run, meetings: int, threads: int, progress: Progress, *, watched: bool = False) -> Run:
    before = run.meetings

    def onwards(done: int, total: int) -> None:
        progress(before + done, before + total)

    more = run_meetings(
        run.plan, run.seed, before, meetings - before, threads=threads, progress=onwards, watched=watched
    )
    for tally, old in zip(more, run.tallies, strict=True):
        tally.add(old)
    return replace(run, meetings=meetings, tallies=tuple(more))
