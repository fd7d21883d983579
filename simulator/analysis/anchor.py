"""Fits the constants of one's own context to what was counted in a live flow, and carries them to other flows.

A live flow's counts say how many agree, refuse and leave there. That fixes two constants: one towards granting, and
what leaving costs (`stake`). A flow departs from what the constants and the coefficients say of it, as the designs of
the studies did, by `design_spread`: for a flow that was counted the departure is found, for any other it is drawn.
`docs/decisions/0012-ones-own-counts.md` says why.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from simulator.analysis.fit import PULL_SPREAD, STUDY_SPREAD
from simulator.analysis.scales import RANGE_WIDTH
from simulator.engine.answers import Joining, joining
from simulator.engine.counted import Counted
from simulator.engine.inputs import Inputs
from simulator.engine.run import Plan, PlannedLaw, make_plan, meetings_for
from simulator.engine.shares import with_values
from simulator.engine.world import World
from simulator.errors import Problem, UsageError
from simulator.scenario.parameters import Context
from simulator.scenario.vocabulary import JoinOutcome

Floats = npt.NDArray[np.float64]

PARTICIPANTS = 20_000
"""People whom the constants are fitted on; their own Monte Carlo error is far below the departures of designs."""
DRAWS_PARTICIPANTS = 4_000
"""The same for each joint draw of the coefficients."""
CONTRADICTION = 3.0
"""Standard deviations between the constants that two flows ask for, from which on no one constant brings both about."""
_STEP = 0.5  # logits: wide enough that many people change their mind
_ROUNDS, _SLOPES_IN = 6, (0, 2)
_CLOSE = 0.01
_FAR = 30.0  # logits that leave nobody undecided
_GRANT, _LEAVE = 0, 1
_SHARED = 2
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


@dataclass(frozen=True)
class Fitted:
    """One counted share and what the fitted constants make of it."""

    flow: str
    figure: Figure
    observed: float
    n: int
    value: float
    certain: bool
    """Whether everybody or nobody did it, so that the counts bound the constant on one side only."""
    by_silence: bool
    """Whether the flow counts silence as agreeing."""


@dataclass(frozen=True)
class Anchor:
    """The constants of a context as counts have them."""

    inputs: Inputs
    """As they were given, before anything was fitted."""
    grant: float
    """Constant towards granting, logits."""
    stake: float
    """Added to the stake, logits."""
    departures: Mapping[str, Context]
    """By counted flow, how far it departs from what the constants say of it."""
    fitted: tuple[Fitted, ...]
    errors: tuple[float, float]
    """Standard deviations of the two constants, logits, at the central coefficients."""
    spread: float
    """Standard deviation of designs around the model, logits."""
    assumed_spread: bool
    """Whether the parameters do not say it, and the prior of the fit is taken."""
    seed: int = field(repr=False)
    counts: tuple[Counted, ...] = field(repr=False)
    laws: tuple[PlannedLaw, ...] = field(repr=False)
    """Of the counted flows, compiled once."""

    @property
    def identified(self) -> tuple[bool, bool]:
        """Whether the counts tell much more of each constant than was known before: they halve its spread."""
        priors = (PULL_SPREAD, _stake_spread(self.inputs))
        found = [error < 0.5 * prior for error, prior in zip(self.errors, priors, strict=True)]
        return found[0], found[1]

    def _task(self, inputs: Inputs) -> _Task:
        return _Task(inputs, self.counts, self.seed, DRAWS_PARTICIPANTS, self.spread, self.laws)

    def central(self) -> Inputs:
        """The inputs with constants fitted on the people of the draws, so that these have a centre."""
        task = self._task(self.inputs)
        return _with(self.inputs, task.solve(task.observed, np.zeros_like(task.prior_spread)), task, {})

    def redrawn(self, inputs: Inputs, number: int) -> Inputs:
        """Inputs with other coefficients, and constants fitted to them anew.

        The counts are drawn anew within their sampling error, and the departures of flows within their spread: the
        result is one draw of what the counts leave open (randomised maximum a posteriori).
        """
        rng = np.random.default_rng([number, 0x616E63])
        task = self._task(inputs)
        known = task.solve(
            observed=task.observed + task.sampling * rng.standard_normal(len(task.observed)),
            prior=task.prior_spread * _normal(number, [counted.flow.id for counted in self.counts]),
        )
        grants = {
            flow.id: Context(grant=departure[_GRANT], leave=departure[_LEAVE])
            for flow in inputs.flows
            for departure in [self.spread * _normal(number, [flow.id])[_SHARED:]]
        }
        return _with(inputs, known, task, grants)


def anchored(inputs: Inputs, seed: int) -> tuple[Inputs, Anchor]:
    """The inputs with constants fitted to their counts.

    Args:
        inputs: With counts.
        seed: Of the people whom they are fitted on.

    Raises:
        UsageError: If a share was counted that the flow cannot bring about, or two flows contradict each other.
    """
    spread = inputs.parameters.design_spread
    known_spread = STUDY_SPREAD if spread is None else spread
    task = _Task(inputs, inputs.counted, seed, PARTICIPANTS, known_spread)
    task.refuse_unreachable()
    found = task.solve(observed=task.observed, prior=np.zeros_like(task.prior_spread))
    _refuse_contradictions(task, found)
    shares = task.shares(found)
    anchor = Anchor(
        inputs=inputs,
        grant=float(found[_GRANT]),
        stake=float(found[_LEAVE]),
        departures=task.departures(found),
        fitted=tuple(
            Fitted(
                flow=counted.flow.id,
                figure=figure,
                observed=figure.share(counted.counts),
                n=sum(counted.counts[word] for word in figure.among),
                value=share,
                certain=figure.share(counted.counts) in (0.0, 1.0),
                by_silence=any(stage.default.value == "on" for stage in counted.flow.stages),
            )
            for (counted, figure), share in zip(task.rows, shares, strict=True)
        ),
        errors=task.errors(found),
        spread=known_spread,
        assumed_spread=spread is None,
        seed=seed,
        counts=inputs.counted,
        laws=task.laws,
    )
    return _with(inputs, found, task, {}), anchor


def _with(inputs: Inputs, found: Floats, task: _Task, others: Mapping[str, Context]) -> Inputs:
    """Inputs with constants: of a counted flow with its own departure, of any other with that of `others`."""
    departures = {**others, **task.departures(found)}
    base = inputs.parameters.context or Context()
    contexts = {}
    for flow in inputs.flows:
        own = departures.get(flow.id, Context())
        contexts[flow.id] = Context(
            grant=base.grant + float(found[_GRANT]) + own.grant,
            leave=base.leave + own.leave,
        )
    stake = inputs.parameters.stake.value + float(found[_LEAVE])
    return replace(inputs, parameters=with_values(inputs.parameters, {"stake": stake}), contexts=contexts, counted=())


def _stake_spread(inputs: Inputs) -> float:
    low, high = inputs.parameters.stake.range
    return (high - low) / RANGE_WIDTH


def _normal(number: int, flows: Sequence[str]) -> Floats:
    """Standard normal draws: two for the context, then two for each flow, which depend on nothing but its name."""
    parts = [np.random.default_rng([number, 0x636F6E]).standard_normal(_SHARED)]
    for flow in flows:
        name = int.from_bytes(hashlib.blake2b(flow.encode(), digest_size=8).digest(), "little")
        parts.append(np.random.default_rng([number, name]).standard_normal(2))
    found = np.concatenate(parts)
    found[_LEAVE] = 0.0  # what leaving costs is drawn with the coefficients
    return found


class _Task:
    """Counted shares as a function of the unknowns, over one set of people."""

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
        self.prior_spread = np.array([PULL_SPREAD, _stake_spread(inputs), *([max(spread, 1e-3)] * 2 * len(counts))])

    def departures(self, at: Floats) -> dict[str, Context]:
        """The departures among the unknowns, by flow."""
        own = at[_SHARED:].reshape(-1, 2)
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
        return _SHARED + 2 * number, _SHARED + 2 * number + 1

    def _own(self, number: int, at: Floats) -> tuple[float, float, float]:
        grant, leave = self._places(number)
        return float(at[_GRANT] + at[grant]), float(at[_LEAVE]), float(at[leave])

    def logits(self, at: Floats) -> Floats:
        """Logits of all shares."""
        return np.concatenate([self._logits(number, *self._own(number, at)) for number in range(len(self.counts))])

    def shares(self, at: Floats) -> list[float]:
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
            found[rows, _GRANT] = found[rows, grant] = by[0]
            found[rows, _LEAVE], found[rows, leave] = by[1], by[2]
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
        return float(np.sqrt(covariance[_GRANT, _GRANT])), float(np.sqrt(covariance[_LEAVE, _LEAVE]))

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


def _refuse_contradictions(task: _Task, found: Floats) -> None:
    """Refuse flows that ask for constants further apart than designs ever are."""
    departures = task.departures(found)
    for which, called in ((_GRANT, "towards granting"), (_LEAVE, "for leaving")):
        own = {name: (each.grant, each.leave)[which] for name, each in departures.items()}
        low, high = min(own, key=lambda name: own[name]), max(own, key=lambda name: own[name])
        gap = own[high] - own[low]
        usual = task.prior_spread[_SHARED] * np.sqrt(2.0)
        if gap > CONTRADICTION * usual:
            message = (
                f"observed: {low} and {high} contradict each other. The constant {called} that {high} asks for is "
                f"{gap:.1f} logits above that of {low}; two designs of one context are about {usual:.1f} apart."
            )
            remedy = "Were both counted among the same people, over the same time? Give them in files of their own."
            raise UsageError(Problem(message, remedy=remedy))
