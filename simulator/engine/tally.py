"""What leaves the engine: integer totals that add up, whatever the order in which chunks finish."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.rules.ledger import CAUSES

Ints = npt.NDArray[np.int64]

GROUPS = 64
"""Meetings are dealt into this many groups; intervals come from leaving out one group at a time."""

WANTED, OVERREACH, MISSED, LENIENT = range(len(CAUSES), len(CAUSES) + 4)
LEDGER_COLUMNS = len(CAUSES) + 4

PARTICIPANTS, LEFT, MEETINGS, AGREED, GIVEN_UP = range(5)
COUNT_COLUMNS = 5

SECONDS_PER_BIN = 0.5
SECONDS_BINS = 362
"""None at all, then half seconds up to three minutes; the last bin holds everything longer."""

CELL_PRODUCED, CELL_CLAIMED, CELL_LAWFUL, CELL_LENIENT, CELL_WANTED, CELL_OVERREACH, CELL_MISSED = range(7)
CELL_PEOPLE, CELL_LEFT = 7, 8
CELL_COLUMNS = 9

RULE_OWN, RULE_MIXED, RULE_OWN_LENIENT, RULE_MIXED_LENIENT = range(4)
RULE_COLUMNS = 4
"""Void by a rule for the person's own sake, or as mixed with somebody of whom it is; and of each what would stand if
unsettled rules were read leniently."""


@dataclass(frozen=True)
class Tally:
    """Totals of one flow. G groups of meetings, 8 categories, B cells of the breakdowns, Q rules."""

    ledger: Ints
    """(G, 8, LEDGER_COLUMNS) milliseconds or counts: one column per cause, then wanted, overreach, missed and
    what would be lawful if unsettled rules were read leniently."""
    counts: Ints
    """(G, COUNT_COLUMNS) participants, those who left, meetings, people who stayed and granted something, meetings that
    gave the feature up."""
    seconds: Ints
    """(G, SECONDS_BINS) participants who joined, by how long joining took them."""
    cells: Ints
    """(G, B, CELL_COLUMNS) of the headline category, by jurisdiction, role, channel, type, confidentiality."""
    rules: Ints
    """(Q, 8, RULE_COLUMNS) void units by the rule that decided."""

    @classmethod
    def empty(cls, *, cells: int, rules: int) -> Tally:
        """All zeros."""
        return cls(
            ledger=np.zeros((GROUPS, 8, LEDGER_COLUMNS), dtype=np.int64),
            counts=np.zeros((GROUPS, COUNT_COLUMNS), dtype=np.int64),
            seconds=np.zeros((GROUPS, SECONDS_BINS), dtype=np.int64),
            cells=np.zeros((GROUPS, cells, CELL_COLUMNS), dtype=np.int64),
            rules=np.zeros((rules, 8, RULE_COLUMNS), dtype=np.int64),
        )

    def add(self, other: Tally) -> None:
        """Add another tally of the same shape to this one, in place."""
        self.ledger.__iadd__(other.ledger)
        self.counts.__iadd__(other.counts)
        self.seconds.__iadd__(other.seconds)
        self.cells.__iadd__(other.cells)
        self.rules.__iadd__(other.rules)
