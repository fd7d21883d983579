"""The outcomes of one flow, by name: shares of a category, people who left, seconds to join, the ledger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from simulator.analysis.estimates import Estimate, Floats, Ints, Sample, difference, estimate, quantile, ratio
from simulator.engine.run import Breakdown, Plan, Run
from simulator.engine.tally import (
    CELL_CLAIMED,
    CELL_LAWFUL,
    CELL_LEFT,
    CELL_LENIENT,
    CELL_MISSED,
    CELL_OVERREACH,
    CELL_PEOPLE,
    CELL_PRODUCED,
    CELL_WANTED,
    GIVEN_UP,
    LEFT,
    LENIENT,
    MEETINGS,
    MISSED,
    OVERREACH,
    PARTICIPANTS,
    RULE_MIXED,
    RULE_MIXED_LENIENT,
    RULE_OWN,
    RULE_OWN_LENIENT,
    SECONDS_PER_BIN,
    WANTED,
    Tally,
)
from simulator.meetings.generate import MS_PER_MINUTE
from simulator.rules.ledger import CAUSES, ROW_OF, Cause
from simulator.scenario.grants import CATEGORIES
from simulator.scenario.stage_facts import can_leave, sought
from simulator.scenario.vocabulary import UNITS, DataCategory, Row

SHARES = ("claimed", "lawful", "lawful_lenient", "kept", "wanted", "overreach", "missed")
"""Outcomes that are shares of what a category would have produced. Where the scenario leaves the reading of unsettled
rules open, `lawful` is the strict one and `lawful_lenient` the other end; otherwise both are the same."""
GIVEN_AND_WANTED = "claimed_and_wanted"
"""What is claimed of what people want to give: wanted less missed."""
OF_PEOPLE = ("left",)
"""Outcomes that are shares of participants."""
COMPARED = ("claimed", "lawful", "lawful_lenient", "wanted", "overreach", "missed", "left")
"""Outcomes that a comparison takes differences of."""

_CELL_PART = {
    "produced": CELL_PRODUCED,
    "claimed": CELL_CLAIMED,
    "lawful": CELL_LAWFUL,
    "lawful_lenient": CELL_LENIENT,
    "wanted": CELL_WANTED,
    "overreach": CELL_OVERREACH,
    "missed": CELL_MISSED,
    "left": CELL_LEFT,
    "participants": CELL_PEOPLE,
}

_OF_CLAIMED = ("claimed", "lawful", "lawful_lenient", "kept", "overreach", GIVEN_AND_WANTED)
"""Outcomes that are part of what is claimed."""


def _columns(*rows: Row) -> list[int]:
    return [index for index, cause in enumerate(CAUSES) if ROW_OF[cause] in rows]


_SHARE_COLUMNS = {
    "claimed": _columns(Row.VOID, Row.WITHDRAWN, Row.KEPT),
    "lawful": _columns(Row.WITHDRAWN, Row.KEPT),
    "lawful_lenient": [LENIENT],
    "kept": _columns(Row.KEPT),
    "wanted": [WANTED],
    "overreach": [OVERREACH],
    "missed": [MISSED],
}


@dataclass(frozen=True)
class Ledger:
    """One category of one flow, in the category's unit. The rows that take something away and `kept` add up."""

    category: DataCategory
    unit: str
    produced: float
    """What the meetings would have produced if nobody had been asked anything."""
    by_cause: dict[Cause, float]
    lenient: float
    """What would be lawful if unsettled rules were read leniently; `lawful` where the scenario fixes the reading."""

    def row(self, row: Row) -> float:
        """Amount of a row."""
        return sum(amount for cause, amount in self.by_cause.items() if ROW_OF[cause] is row)

    @property
    def claimed(self) -> float:
        """Produced less absent, not captured, refused and inseparable."""
        return self.row(Row.VOID) + self.lawful

    @property
    def lawful(self) -> float:
        """Claimed less void."""
        return self.row(Row.WITHDRAWN) + self.row(Row.KEPT)


@dataclass(frozen=True)
class VoidByRule:
    """What one rule voids of one category. Amounts of all rules add up to the ledger's row `void`."""

    rule: str
    units: int
    """The amount as the engine counts it: milliseconds, or pieces."""
    amount: float
    """In the category's unit, as are the next two."""
    mixed: float
    """Of the amount, what is recorded together with somebody whose consent the rule voids."""
    lenient: float | None
    """Of the amount, what stands if unsettled rules are read leniently; None where the scenario fixes the reading."""


class FlowOutcomes:
    """What one flow did, as estimates."""

    def __init__(self, run: Run, index: int) -> None:
        self.flow = run.plan.inputs.flows[index]
        self.law = run.plan.inputs.law_of(self.flow)
        self._rules = run.plan.laws[index].rules
        self._plan: Plan = run.plan
        self._tally: Tally = run.tallies[index]
        # Over weeks the same meetings are held again, and count once.
        held = self._tally.counts[:, MEETINGS] * (run.meetings / max(self._tally.counts[:, MEETINGS].sum(), 1))
        self._sample = Sample(held, recurring=bool(run.plan.inputs.recorded))
        self._shares: dict[tuple[str, DataCategory], Estimate] = {}

    @property
    def headline(self) -> DataCategory:
        """The category that breakdowns are of."""
        return self._plan.inputs.scenario.category

    def parts(self, outcome: str, category: DataCategory) -> tuple[Ints, Ints]:
        """Numerator and denominator of an outcome by group, each (groups,)."""
        if outcome == "left":
            return self._tally.counts[:, LEFT], self._tally.counts[:, PARTICIPANTS]
        totals = self._tally.ledger[:, CATEGORIES.index(category)]
        if outcome == GIVEN_AND_WANTED:
            return totals[:, WANTED] - totals[:, MISSED], totals[:, : len(CAUSES)].sum(axis=1)
        return totals[:, _SHARE_COLUMNS[outcome]].sum(axis=1), totals[:, : len(CAUSES)].sum(axis=1)

    def sample(self, outcome: str, category: DataCategory) -> Sample:
        """The meetings behind an outcome; where the flow makes it impossible, none of it is no chance."""
        scenario = self._plan.inputs.scenario
        if outcome == "left":
            certain = not can_leave(self.flow)
        else:
            certain = outcome in _OF_CLAIMED and category not in sought(self.flow, scenario.purpose)
        return replace(self._sample, certain=certain)

    def sample_of_part(self, outcome: str, people: Ints) -> Sample:
        """The meetings behind an outcome of a part of the headline category, by its people, shape (groups,).

        Of generated meetings the groups' totals show how many hold the part. Groups of a recorded meeting are alike
        whether all its copies hold the part or few: there, as many count as would if its people were among themselves.
        """
        sample = self.sample(outcome, self.headline)
        if not sample.recurring:
            return sample
        everybody = np.maximum(self._tally.counts[:, PARTICIPANTS], 1)
        return replace(sample, held=np.maximum(sample.held * people / everybody, people > 0))

    def share(self, outcome: str, category: DataCategory) -> Estimate:
        """An outcome as a share: of what the category would have produced, or for `left` of participants."""
        found = self._shares.get((outcome, category))
        if found is None:
            found = ratio(*self.parts(outcome, category), sample=self.sample(outcome, category))
            self._shares[outcome, category] = found
        return found

    def given_up(self) -> Estimate:
        """Share of meetings in which everything that the flow could claim was switched off or vetoed."""
        counts = self._tally.counts
        return ratio(counts[:, GIVEN_UP], counts[:, MEETINGS], sample=self._sample)

    def seconds_to_join(self, share: float) -> Estimate:
        """Quantile of the seconds that a flow adds to joining, over those who joined."""
        return quantile(self._tally.seconds, share, SECONDS_PER_BIN)

    def ledger(self, category: DataCategory) -> Ledger:
        """The ledger of a category, in its unit."""
        columns = self._tally.ledger[:, CATEGORIES.index(category)].sum(axis=0)
        totals, scale = columns[: len(CAUSES)], in_unit(category)
        amounts = {cause: float(total) * scale for cause, total in zip(CAUSES, totals, strict=True)}
        # Summed as integers, so that it is the same under every flow to the last digit.
        return Ledger(category, UNITS[category], int(totals.sum()) * scale, amounts, int(columns[LENIENT]) * scale)

    def void_by_rule(self, category: DataCategory) -> list[VoidByRule]:
        """What each rule voids, largest first."""
        totals, scale = self._tally.rules[:, CATEGORIES.index(category)], in_unit(category)
        units = totals[:, [RULE_OWN, RULE_MIXED]].sum(axis=1)
        lenient = totals[:, [RULE_OWN_LENIENT, RULE_MIXED_LENIENT]].sum(axis=1)
        found = [
            VoidByRule(
                rule=rule,
                units=int(units[index]),
                amount=int(units[index]) * scale,
                mixed=int(totals[index, RULE_MIXED]) * scale,
                lenient=int(lenient[index]) * scale if self._plan.ranged else None,
            )
            for index, rule in enumerate(self._rules)
            if units[index] > 0
        ]
        return sorted(found, key=lambda item: -item.units)

    def cells(self, breakdown: str) -> dict[str, FlowCell]:
        """The parts of a breakdown that hold anybody, in its own order; of the headline category."""
        dimension, start = self._breakdown(breakdown)
        columns = self._tally.cells[:, start : start + len(dimension.cells)]
        cells = {
            name: FlowCell(self, columns[:, index], columns.sum(axis=1)) for index, name in enumerate(dimension.cells)
        }
        return {name: cell for name, cell in cells.items() if cell.participants > 0}

    def distance(self, breakdown: str, outcome: str = "lawful") -> Estimate:
        """Total-variation distance, over the parts of a breakdown, of lawful data from all that would be produced.

        0: everybody is in the data as they are in the meetings; 1: no overlap. Undefined where nothing is lawful.
        `outcome` is `lawful` or `lawful_lenient`.
        """
        return self._over_parts(breakdown, outcome, _total_variation)

    def effective_share(self, breakdown: str, outcome: str = "lawful") -> Estimate:
        """Kish's effective sample size of the lawful data over its nominal size, if reweighted to all produced.

        1: no loss; 0 where some part has no lawful data at all, as no weight can mend that.
        """
        return self._over_parts(breakdown, outcome, _kish)

    def _over_parts(self, breakdown: str, outcome: str, statistic: Callable[[Floats], Floats]) -> Estimate:
        dimension, start = self._breakdown(breakdown)
        columns = self._tally.cells[:, start : start + len(dimension.cells)]
        both = np.concatenate([columns[:, :, CELL_PRODUCED], columns[:, :, _CELL_PART[outcome]]], axis=1)
        used = self._tally.counts[:, MEETINGS] > 0
        return estimate(both, statistic, used, within=(0.0, 1.0))

    def _breakdown(self, name: str) -> tuple[Breakdown, int]:
        names = [breakdown.name for breakdown in self._plan.breakdowns]
        index = names.index(name)
        return self._plan.breakdowns[index], int(self._plan.cell_start[index])


class FlowCell:
    """One part of a breakdown of one flow."""

    def __init__(self, flow: FlowOutcomes, columns: Ints, whole: Ints) -> None:
        self._flow = flow
        self._columns = columns
        self._whole = whole

    @property
    def participants(self) -> int:
        """People in it."""
        return int(self._columns[:, CELL_PEOPLE].sum())

    def share(self, outcome: str) -> Estimate:
        """An outcome as a share, of the headline category."""
        whole = CELL_PEOPLE if outcome == "left" else CELL_PRODUCED
        sample = self._flow.sample_of_part(outcome, self._columns[:, CELL_PEOPLE])
        return ratio(self._columns[:, _CELL_PART[outcome]], self._columns[:, whole], sample=sample)

    def totals(self) -> tuple[float, ...]:
        """Amounts in the order of the tally's columns: of the headline category in its unit, then people."""
        sums, scale = self._columns.sum(axis=0), in_unit(self._flow.headline)
        return tuple(float(total) * (1.0 if at >= CELL_PEOPLE else scale) for at, total in enumerate(sums))

    def part_of(self, outcome: str) -> Estimate:
        """How much of everybody's comes from this part, of the headline category; also of what is `produced`."""
        column = _CELL_PART[outcome]
        sample = self._flow.sample("produced", self._flow.headline)
        return ratio(self._columns[:, column], self._whole[:, column], sample=sample)


def paired_difference(flow: FlowOutcomes, baseline: FlowOutcomes, outcome: str, category: DataCategory) -> Estimate:
    """An outcome under one flow less the same under another, over the same meetings."""
    return difference(
        *flow.parts(outcome, category),
        *baseline.parts(outcome, category),
        sample=flow.sample(outcome, category),
        base_sample=baseline.sample(outcome, category),
    )


def in_unit(category: DataCategory) -> float:
    """What turns the engine's integers into the category's unit."""
    return 1.0 / MS_PER_MINUTE if UNITS[category] == "person_minutes" else 1.0


def _distributions(sums: Floats) -> tuple[Floats, Floats]:
    half = sums.shape[-1] // 2
    produced, lawful = sums[..., :half], sums[..., half:]
    return produced / produced.sum(-1, keepdims=True), lawful / lawful.sum(-1, keepdims=True)


def _total_variation(sums: Floats) -> Floats:
    produced, lawful = _distributions(sums)
    return np.asarray(np.abs(produced - lawful).sum(-1) / 2.0)


def _kish(sums: Floats) -> Floats:
    produced, lawful = _distributions(sums)
    weighted = np.where(produced > 0.0, produced**2 / lawful, 0.0)
    return np.asarray(1.0 / weighted.sum(-1))
