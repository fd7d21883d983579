"""Shares that were counted in live flows, as what the constants of a context and the flows' departures make of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from simulator.analysis.fit import PULL_SPREAD
from simulator.analysis.scales import RANGE_WIDTH
from simulator.engine.answers import Joining, joining
from simulator.engine.counted import Counted
from simulator.engine.inputs import Inputs
from simulator.engine.run import Plan, PlannedLaw, make_plan, meetings_for
from simulator.engine.world import World
from simulator.errors import Problem, UsageError
from simulator.scenario.parameters import Context
from simulator.scenario.vocabulary import JoinOutcome

Floats = npt.NDArray[np.float64]

_STEP = 0.5  # logits: wide enough that many people change their mind
_ROUNDS, _SLOPES_IN = 6, (0, 2)
_CLOSE = 0.01
_FAR = 30.0  # logits that leave nobody undecided
GRANT, LEAVE = 0, 1
SHARED = 2
"""The unknowns: two constants of the context, then two departures of each counted flow."""


@dataclass(frozen=True)
class Figure:
    """One share that was counted: of those in `among`, how many did `outcome`."""

    outcome: JoinOutcome
    among: tuple[JoinOutcome, ...]

    def logit(self, counts: Mapping[JoinOutcome, int]) -> float:
        """Its logit, half a person added to either side, which keeps it finite."""
        part, whole = self._of(counts)
        return float(np.log((part + 0.5) / (whole - part + 0.5)))

    def sampling(self, counts: Mapping[JoinOutcome, int]) -> float:
        """Sampling variance of the logit, of independent people."""
        part, whole = self._of(counts)
        return 1.0 / (part + 0.5) + 1.0 / (whole - part + 0.5)

    def share(self, counts: Mapping[JoinOutcome, int]) -> float:
        """The share itself."""
        part, whole = self._of(counts)
        return part / whole if whole else float("nan")

    def _of(self, counts: Mapping[JoinOutcome, int]) -> tuple[int, int]:
        return counts[self.outcome], sum(counts[word] for word in self.among)


def figures(counted: Counted) -> list[Figure]:
    """The shares that a flow's counts give: who left, and of those who joined who agreed."""
    words = [word for word in JoinOutcome if word in counted.counts]
    found = []
    if JoinOutcome.LEFT in words:
        found.append(Figure(JoinOutcome.LEFT, tuple(words)))
    joined = tuple(word for word in words if word is not JoinOutcome.LEFT)
    if len(joined) == 2:
        found.append(Figure(JoinOutcome.AGREED, joined))
    return found


def stake_spread(inputs: Inputs) -> float:
    """Standard deviation of the stake as it was known before anything was counted, logits."""
    low, high = inputs.parameters.stake.range
    return (high - low) / RANGE_WIDTH


class CountedShares:
    """The counted shares as a function of the unknowns, over one set of people."""

    def __init__(
        self,
        inputs: Inputs,
        counts: Sequence[Counted],
        seed: int,
        participants: int,
        spread: float,
        laws: Sequence[PlannedLaw] | None = None,
    ) -> None:
        self.counts = tuple(counts)
        self.rows = [(counted, figure) for counted in counts for figure in figures(counted)]
        plain = replace(inputs, flows=tuple(counted.flow for counted in counts), contexts={}, own_laws={})
        self._plan: Plan = make_plan(plain, laws)
        self._world: World = self._plan.world(seed, 0, meetings_for(self._plan, seed, participants))
        self.laws = self._plan.laws
        self.observed = np.array([figure.logit(counted.counts) for counted, figure in self.rows])
        self.sampling = np.sqrt([figure.sampling(counted.counts) for counted, figure in self.rows])
        self.prior_spread = np.array([PULL_SPREAD, stake_spread(inputs), *([max(spread, 1e-3)] * 2 * len(counts))])

    def departures(self, at: Floats) -> dict[str, Context]:
        """The departures among the unknowns, by flow."""
        own = at[SHARED:].reshape(-1, 2)
        return {
            counted.flow.id: Context(grant=float(grant), leave=float(leave))
            for counted, (grant, leave) in zip(self.counts, own, strict=True)
        }

    def _joining(self, number: int, grant: float, stake: float, leave: float) -> Joining:
        """What people do under the `number`-th flow with these constants."""
        tables = self._plan.flows[number]
        options = tables.options.copy()
        options["constant"] += grant * options["pressed"] - leave * options["stake"]
        world = self._world
        if stake:
            rows = world.rows.copy()
            rows["stake"] += stake
            world = world._replace(rows=rows)
        return joining(self._plan, world, number, tables._replace(options=options))

    def _logits(self, number: int, grant: float, stake: float, leave: float) -> Floats:
        done = self._joining(number, grant, stake, leave)
        known = {word: done.of(word) for word in JoinOutcome}
        counted = self.counts[number]
        return np.array([figure.logit(known) for figure in figures(counted)])

    def _places(self, number: int) -> tuple[int, int]:
        return SHARED + 2 * number, SHARED + 2 * number + 1

    def _own(self, number: int, at: Floats) -> tuple[float, float, float]:
        grant, leave = self._places(number)
        return float(at[GRANT] + at[grant]), float(at[LEAVE]), float(at[leave])

    def logits(self, at: Floats) -> Floats:
        """Logits of all shares."""
        return np.concatenate([self._logits(number, *self._own(number, at)) for number in range(len(self.counts))])

    def values(self, at: Floats) -> list[float]:
        """All shares."""
        found = []
        for number, counted in enumerate(self.counts):
            done = self._joining(number, *self._own(number, at))
            known = {word: done.of(word) for word in JoinOutcome}
            found += [figure.share(known) for figure in figures(counted)]
        return found

    def slopes(self, at: Floats, base: Floats) -> Floats:
        """Derivatives of the logits by the unknowns, by forward differences."""
        found, first = np.zeros((len(base), len(at))), 0
        for number, counted in enumerate(self.counts):
            rows = slice(first, first + len(figures(counted)))
            own = self._own(number, at)
            by = [
                (self._logits(number, *(x + _STEP * (place == which) for which, x in enumerate(own))) - base[rows])
                / _STEP
                for place in range(3)
            ]
            grant, leave = self._places(number)
            found[rows, GRANT] = found[rows, grant] = by[0]
            found[rows, LEAVE], found[rows, leave] = by[1], by[2]
            first = rows.stop
        return found

    def solve(self, observed: Floats, prior: Floats) -> Floats:
        """The unknowns that bring the shares nearest to these and stay nearest to their priors."""
        at, slopes = prior.copy(), None
        held = np.diag(self.prior_spread**-2)
        for number in range(_ROUNDS):
            base = self.logits(at)
            if number in _SLOPES_IN:
                slopes = self.slopes(at, base)
            assert slopes is not None, "they are made in the first round"
            weighted = slopes / self.sampling[:, None]
            gradient = weighted.T @ ((observed - base) / self.sampling) - held @ (at - prior)
            step = np.linalg.solve(weighted.T @ weighted + held, gradient)
            at = at + np.clip(step, -3.0, 3.0)
            if np.abs(step).max() < _CLOSE:
                break
        return at

    def errors(self, at: Floats) -> tuple[float, float]:
        """Standard deviations of the two constants."""
        weighted = self.slopes(at, self.logits(at)) / self.sampling[:, None]
        covariance = np.linalg.inv(weighted.T @ weighted + np.diag(self.prior_spread**-2))
        return float(np.sqrt(covariance[GRANT, GRANT])), float(np.sqrt(covariance[LEAVE, LEAVE]))

    def refuse_unreachable(self) -> None:
        """Refuse shares that no constants bring about."""
        problems = []
        for number, counted in enumerate(self.counts):
            ends = [
                self._joining(number, grant, stake, 0.0)
                for grant, stake in ((-_FAR, _FAR), (_FAR, _FAR), (-_FAR, -_FAR), (_FAR, -_FAR))
            ]
            for figure in figures(counted):
                reached = [figure.share({word: end.of(word) for word in JoinOutcome}) for end in ends]
                inside = [share for share in reached if share == share]  # nobody may be left to have a share
                if not inside:
                    problems.append(_nobody_asked(counted))
                    break
                low, high, own = min(inside), max(inside), figure.share(counted.counts)
                error = 3.0 * (figure.sampling(counted.counts) ** 0.5) * max(own * (1.0 - own), 1e-3)
                if not low - error - 0.01 <= own <= high + error + 0.01:
                    problems.append(_out_of_reach(counted, figure, own, low, high))
        if problems:
            raise UsageError(problems)


def _nobody_asked(counted: Counted) -> Problem:
    message = f"observed: with these people and meetings nobody is asked by {counted.flow.id}."
    remedy = "Places, channels, roles or classes of meetings leave them out. Check the scenario or the counts."
    return Problem(message, remedy=remedy)


def _out_of_reach(counted: Counted, figure: Figure, own: float, low: float, high: float) -> Problem:
    whole = "of all" if figure.outcome is JoinOutcome.LEFT else "of those who joined"
    message = (
        f"observed: {100 * own:.1f} % {whole} {figure.outcome.value} under {counted.flow.id}, but with these people "
        f"and meetings it can be {100 * low:.1f} to {100 * high:.1f} %, whatever the constants."
    )
    remedy = "Some miss what they are asked, or are not asked at all. Check the counts, or what the flow says."
    return Problem(message, remedy=remedy)
