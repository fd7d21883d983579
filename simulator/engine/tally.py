"""What leaves the engine: integer totals that add up, whatever the order in which chunks finish."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simulator.rules.ledger import CAUSES, FIRST_VOID

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

    def add(self, other: Tally) -> None:
        """Add another tally of the same shape to this one, in place."""
        for field in fields(self):
            getattr(self, field.name).__iadd__(getattr(other, field.name))


F_LENIENT, F_WANTED, FATES_PER_CAUSE = 1, 2, 4
FATES = FATES_PER_CAUSE * len(CAUSES)
"""What becomes of one person's data of a category is one number: of its cause, whether it is wanted, and whether it
would be lawful if unsettled rules were read leniently."""
P_CLAIMED, P_LAWFUL, P_LENIENT, P_WANTED, P_LEFT, PARTS = 1, 2, 4, 8, 16, 32
"""What a cell counts by: which of these are true of a person."""


class Counters(NamedTuple):
    """What the kernel counts of one flow: each person in one place of each table, and not in every column that they
    are part of. Shapes as in `Tally`."""

    fates: Ints
    """(G, 8, FATES) milliseconds or counts."""
    counts: Ints
    """As in `Tally`, and so are seconds and rules."""
    seconds: Ints
    cells: Ints
    """(G, B, PARTS, 2) milliseconds or counts of the headline category, and people."""
    rules: Ints

    @classmethod
    def zero(cls, *, cells: int, rules: int) -> Counters:
        """All zeros."""
        return cls(
            fates=np.zeros((GROUPS, 8, FATES), dtype=np.int64),
            counts=np.zeros((GROUPS, COUNT_COLUMNS), dtype=np.int64),
            seconds=np.zeros((GROUPS, SECONDS_BINS), dtype=np.int64),
            cells=np.zeros((GROUPS, cells, PARTS, 2), dtype=np.int64),
            rules=np.zeros((rules, 8, RULE_COLUMNS), dtype=np.int64),
        )

    def add(self, other: Counters) -> None:
        """Add others of the same shape to these, in place."""
        for mine, theirs in zip(self, other, strict=True):
            mine.__iadd__(theirs)

    def tally(self) -> Tally:
        """The totals of every column."""
        amounts = _folded(self.cells[..., 0], _COLUMNS_OF_PARTS)
        people = _folded(self.cells[..., 1], _PEOPLE_OF_PARTS)
        cells = np.concatenate([amounts, people], axis=-1)
        return Tally(_folded(self.fates, _COLUMNS_OF_FATES), self.counts, self.seconds, cells, self.rules)


def _folded(counted: Ints, columns: Ints) -> Ints:
    """What was counted, (G, places, K), added up by the columns that each of the K is part of, (K, columns)."""
    seen = counted.any(axis=(0, 1))  # few of the K ever happen
    return counted[:, :, seen] @ columns[seen]


def _columns_of_fates() -> Ints:
    """(FATES, LEDGER_COLUMNS) which columns a fate is part of."""
    fate = np.arange(FATES)
    cause, wanted, lenient = fate // FATES_PER_CAUSE, fate & F_WANTED > 0, fate & F_LENIENT > 0
    claimed = cause >= FIRST_VOID  # the causes of what is void, withdrawn or kept come last
    rows = [cause == each for each in range(len(CAUSES))]
    return np.stack([*rows, wanted, claimed & ~wanted, wanted & ~claimed, lenient], axis=1).astype(np.int64)


def _columns_of_parts() -> Ints:
    """(PARTS, CELL_PEOPLE) for what is true of a person, which columns of amounts they are part of."""
    part = np.arange(PARTS)
    claimed, lawful, lenient, wanted = (part & each > 0 for each in (P_CLAIMED, P_LAWFUL, P_LENIENT, P_WANTED))
    everybody = np.full(PARTS, True)
    columns = [everybody, claimed, lawful, lenient, wanted, claimed & ~wanted, wanted & ~claimed]
    return np.stack(columns, axis=1).astype(np.int64)


_COLUMNS_OF_FATES, _COLUMNS_OF_PARTS = _columns_of_fates(), _columns_of_parts()
_PEOPLE_OF_PARTS = np.stack([np.full(PARTS, 1), np.arange(PARTS) & P_LEFT > 0], axis=1).astype(np.int64)
