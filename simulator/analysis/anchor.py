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

from simulator.analysis.counted_shares import GRANT, LEAVE, SHARED, CountedShares, Figure, Floats, stake_spread
from simulator.analysis.fit import PULL_SPREAD, STUDY_SPREAD
from simulator.engine.counted import Counted
from simulator.engine.inputs import Inputs
from simulator.engine.run import PlannedLaw
from simulator.engine.shares import with_values
from simulator.errors import Problem, UsageError
from simulator.scenario.parameters import Context

PARTICIPANTS = 20_000
"""People whom the constants are fitted on; their own Monte Carlo error is far below the departures of designs."""
DRAWS_PARTICIPANTS = 4_000
"""The same for each joint draw of the coefficients."""
CONTRADICTION = 3.0
"""Standard deviations between the constants that two flows ask for, from which on no one constant brings both about."""


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
        priors = (PULL_SPREAD, stake_spread(self.inputs))
        found = [error < 0.5 * prior for error, prior in zip(self.errors, priors, strict=True)]
        return found[0], found[1]

    def _shares(self, inputs: Inputs) -> CountedShares:
        return CountedShares(inputs, self.counts, self.seed, DRAWS_PARTICIPANTS, self.spread, self.laws)

    def central(self) -> Inputs:
        """The inputs with constants fitted on the people of the draws, so that these have a centre."""
        shares = self._shares(self.inputs)
        return _with(self.inputs, shares.solve(shares.observed, np.zeros_like(shares.prior_spread)), shares, {})

    def redrawn(self, inputs: Inputs, number: int) -> Inputs:
        """Inputs with other coefficients, and constants fitted to them anew.

        The counts are drawn anew within their sampling error, and the departures of flows within their spread: the
        result is one draw of what the counts leave open (randomised maximum a posteriori).
        """
        rng = np.random.default_rng([number, 0x616E63])
        shares = self._shares(inputs)
        known = shares.solve(
            observed=shares.observed + shares.sampling * rng.standard_normal(len(shares.observed)),
            prior=shares.prior_spread * _normal(number, [counted.flow.id for counted in self.counts]),
        )
        grants = {
            flow.id: Context(grant=departure[GRANT], leave=departure[LEAVE])
            for flow in inputs.flows
            for departure in [self.spread * _normal(number, [flow.id])[SHARED:]]
        }
        return _with(inputs, known, shares, grants)


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
    shares = CountedShares(inputs, inputs.counted, seed, PARTICIPANTS, known_spread)
    shares.refuse_unreachable()
    found = shares.solve(observed=shares.observed, prior=np.zeros_like(shares.prior_spread))
    _refuse_contradictions(shares, found)
    anchor = Anchor(
        inputs=inputs,
        grant=float(found[GRANT]),
        stake=float(found[LEAVE]),
        departures=shares.departures(found),
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
            for (counted, figure), share in zip(shares.rows, shares.values(found), strict=True)
        ),
        errors=shares.errors(found),
        spread=known_spread,
        assumed_spread=spread is None,
        seed=seed,
        counts=inputs.counted,
        laws=shares.laws,
    )
    return _with(inputs, found, shares, {}), anchor


def _with(inputs: Inputs, found: Floats, shares: CountedShares, others: Mapping[str, Context]) -> Inputs:
    """Inputs with constants: of a counted flow with its own departure, of any other with that of `others`."""
    departures = {**others, **shares.departures(found)}
    base = inputs.parameters.context or Context()
    contexts = {}
    for flow in inputs.flows:
        own = departures.get(flow.id, Context())
        contexts[flow.id] = Context(
            grant=base.grant + float(found[GRANT]) + own.grant,
            leave=base.leave + own.leave,
        )
    stake = inputs.parameters.stake.value + float(found[LEAVE])
    return replace(inputs, parameters=with_values(inputs.parameters, {"stake": stake}), contexts=contexts, counted=())


def _normal(number: int, flows: Sequence[str]) -> Floats:
    """Standard normal draws: two for the context, then two for each flow, which depend on nothing but its name."""
    parts = [np.random.default_rng([number, 0x636F6E]).standard_normal(SHARED)]
    for flow in flows:
        name = int.from_bytes(hashlib.blake2b(flow.encode(), digest_size=8).digest(), "little")
        parts.append(np.random.default_rng([number, name]).standard_normal(2))
    found = np.concatenate(parts)
    found[LEAVE] = 0.0  # what leaving costs is drawn with the coefficients
    return found


def _refuse_contradictions(shares: CountedShares, found: Floats) -> None:
    """Refuse flows that ask for constants further apart than designs ever are."""
    departures = shares.departures(found)
    for which, called in ((GRANT, "towards granting"), (LEAVE, "for leaving")):
        own = {name: (each.grant, each.leave)[which] for name, each in departures.items()}
        low, high = min(own, key=lambda name: own[name]), max(own, key=lambda name: own[name])
        gap = own[high] - own[low]
        usual = shares.prior_spread[SHARED] * np.sqrt(2.0)
        if gap > CONTRADICTION * usual:
            message = (
                f"observed: {low} and {high} contradict each other. The constant {called} that {high} asks for is "
                f"{gap:.1f} logits above that of {low}; two designs of one context are about {usual:.1f} apart."
            )
            remedy = "Were both counted among the same people, over the same time? Give them in files of their own."
            raise UsageError(Problem(message, remedy=remedy))
