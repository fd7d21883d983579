"""The scales on which coefficients are taken to be normal, and their priors there."""

from __future__ import annotations

import math

from simulator.scenario.parameters import Parameters

SHARES = ("misread", "view_only", "host_yields", "learning_floor")
"""Between 0 and 1: normal in their logits."""
SIGNED = ("attention", "notice", "first", "urging", "officer_benefit", "host_benefit")
"""Either sign: normal as they are. All other coefficients are positive, and normal in their logarithms."""
RANGE_WIDTH = 2.0 * 1.6448536269514722
"""Standard deviations from end to end of a range: it is taken for a 90 % interval."""


def logit(share: float) -> float:
    """ln(p / (1 - p)), kept finite."""
    inside = min(max(share, 1e-9), 1.0 - 1e-9)
    return math.log(inside / (1.0 - inside))


def from_logit(x: float) -> float:
    """The share with that logit."""
    return 1.0 / (1.0 + math.exp(-x)) if x > -700.0 else 0.0


def inner_value(name: str, value: float) -> float:
    """A coefficient's value on the scale on which it is normal."""
    if name in SIGNED:
        return value
    return logit(value) if name in SHARES else math.log(max(value, 1e-9))


def outer_value(name: str, inner: float) -> float:
    """The value back on its own scale."""
    if name in SIGNED:
        return inner
    return from_logit(inner) if name in SHARES else math.exp(inner)


def within(z: float, low: float, centre: float, high: float) -> float:
    """Where a standard normal draw falls if low to high is the 90 % interval around a centre, halves apart."""
    return centre + z * ((high - centre) if z > 0.0 else (centre - low)) / (RANGE_WIDTH / 2.0)


def prior_of(name: str, prior: Parameters) -> tuple[float, float]:
    """Mean and standard deviation of a coefficient's prior on its inner scale: the range is its 90 % interval."""
    figure = getattr(prior, name)
    low, high = (inner_value(name, end) for end in figure.range)
    return inner_value(name, figure.value), (high - low) / RANGE_WIDTH
