"""One comparison under several behaviours: which orders of flows hold under all, and which depend on the model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from simulator.analysis.comparison import Comparison
from simulator.analysis.estimates import Estimate
from simulator.analysis.outcomes import GIVEN_AND_WANTED, paired_difference

RANKED = ("claimed", "lawful", "lawful_lenient", GIVEN_AND_WANTED, "overreach", "left")
"""Outcomes that flows are ranked by. What people want is theirs, and the same under every flow and behaviour."""


@dataclass(frozen=True)
class Order:
    """How two flows compare in an outcome under each behaviour."""

    outcome: str
    flow: str
    other: str
    sign: Mapping[str, int]
    """By behaviour: 1 where `flow` has more, -1 where `other` has, 0 where the interval of the difference holds 0."""

    @property
    def robust(self) -> bool:
        """Whether it is the same under all behaviours, and not a tie."""
        return len(set(self.sign.values())) == 1 and 0 not in self.sign.values()

    @property
    def tied(self) -> bool:
        """Whether no behaviour tells the two apart."""
        return set(self.sign.values()) == {0}


class AcrossBehaviours:
    """The same flows, people, meetings and draws under several behaviours."""

    def __init__(self, comparisons: Mapping[str, Comparison]) -> None:
        self.comparisons = dict(comparisons)
        self.first = next(iter(self.comparisons.values()))
        self.flows = [flow.flow.id for flow in self.first.flows]

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Outcomes to rank by: the lenient reading only where lawful is a range."""
        return RANKED if self.first.ranged else tuple(word for word in RANKED if word != "lawful_lenient")

    def share(self, behaviour: str, flow: int, outcome: str) -> Estimate:
        """An outcome of the `flow`-th flow under a behaviour."""
        comparison = self.comparisons[behaviour]
        return comparison.flows[flow].share(outcome, comparison.category)

    def ranks(self, behaviour: str, outcome: str) -> list[int]:
        """The place of each flow, 1 for the most; flows whose intervals of difference hold 0 may share a place.

        A flow comes after all that clearly have more.
        """
        count = len(self.flows)
        return [
            1 + sum(self._sign(behaviour, other, one, outcome) > 0 for other in range(count)) for one in range(count)
        ]

    def orders(self) -> Iterator[Order]:
        """Every pair of flows in every outcome."""
        for outcome in self.outcomes:
            for one, other in combinations(range(len(self.flows)), 2):
                signs = {name: self._sign(name, one, other, outcome) for name in self.comparisons}
                first = next((sign for sign in signs.values() if sign), 0)
                if first < 0:  # the one that has more under the first behaviour that tells them apart comes first
                    one, other, signs = other, one, {name: -sign for name, sign in signs.items()}
                yield Order(outcome, self.flows[one], self.flows[other], signs)

    def _sign(self, behaviour: str, one: int, other: int, outcome: str) -> int:
        comparison = self.comparisons[behaviour]
        found = paired_difference(comparison.flows[one], comparison.flows[other], outcome, comparison.category)
        if found.low is None or found.high is None:
            return 0
        return int(found.low > 0.0) - int(found.high < 0.0)
