"""Totals of the engine and of the Mesa model in one form, and every outcome that can be read off them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from simulator.engine.run import Plan, meetings_for, run_meetings
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
    GROUPS,
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
)
from simulator.rules.ledger import CAUSES, ROW_OF
from simulator.scenario.grants import CATEGORIES
from simulator.scenario.vocabulary import UNITS, DataCategory, Row

if TYPE_CHECKING:
    from mesa_model.ledger import Ledger  # the comparison itself works without Mesa

Numbers = npt.NDArray[np.float64] | npt.NDArray[np.int64]


class Totals(NamedTuple):
    """Totals of one flow. G groups of meetings, 8 categories, B parts of the five breakdowns, Q rules."""

    meetings: Numbers
    """(G,)"""
    people: Numbers
    """(G,)"""
    left: Numbers
    """(G,)"""
    ledger: Numbers
    """(G, 8, columns) as in the engine's tally, like what follows."""
    seconds: Numbers
    """(G, bins)"""
    cells: Numbers
    """(G, B, columns)"""
    rules: Numbers
    """(G, Q, 8, columns)"""


def added(parts: Sequence[Totals]) -> Totals:
    """Totals of several runs, group by group."""
    return Totals(*(np.sum(columns, axis=0) for columns in zip(*parts, strict=True)))


def engine_totals(plan: Plan, seed: int, participants: int, threads: int) -> list[Totals]:
    """A run of the engine in as many blocks of meetings as there are groups; totals of each flow."""
    block = -(-meetings_for(plan, seed, participants) // GROUPS)
    blocks = [run_meetings(plan, seed, group * block, block, threads=threads) for group in range(GROUPS)]
    return [
        Totals(
            meetings=np.array([tally.counts[:, MEETINGS].sum() for tally in tallies]),
            people=np.array([tally.counts[:, PARTICIPANTS].sum() for tally in tallies]),
            left=np.array([tally.counts[:, LEFT].sum() for tally in tallies]),
            ledger=np.array([tally.ledger.sum(axis=0) for tally in tallies]),
            seconds=np.array([tally.seconds.sum(axis=0) for tally in tallies]),
            cells=np.array([tally.cells.sum(axis=0) for tally in tallies]),
            rules=np.array([tally.rules for tally in tallies]),
        )
        for tallies in zip(*blocks, strict=True)
    ]


def mesa_totals(ledgers: Sequence[Ledger], rules: Sequence[str]) -> list[Totals]:
    """The same from the ledgers of a Mesa model, one per flow; `rules` are the plan's."""
    return [
        Totals(
            meetings=np.array(ledger.meetings),
            people=np.array(ledger.people),
            left=np.array(ledger.left),
            ledger=np.array(ledger.amounts),
            seconds=np.array(ledger.seconds),
            cells=np.concatenate([np.array(breakdown) for breakdown in ledger.breakdowns], axis=1),
            rules=np.array([[by_rule[rule] for rule in rules] for by_rule in ledger.rules]),
        )
        for ledger in ledgers
    ]


class Ratio(NamedTuple):
    """An outcome as a ratio of two totals."""

    name: str
    """`CATEGORY OUTCOME`, or `PART: OUTCOME` for a part of a breakdown of the headline category."""
    part: Numbers
    """(G,)"""
    whole: Numbers
    """(G,)"""
    is_share: bool = True


def of_the_world(totals: Totals, plan: Plan) -> Iterator[Ratio]:
    """Who comes and what they produce and want, which no flow changes."""
    yield Ratio("people in a meeting", totals.people, totals.meetings, is_share=False)
    for index, category in enumerate(CATEGORIES):
        produced = _produced(totals, index)
        scale = 1.0 / 60_000.0 if UNITS[category] == "person_minutes" else 1.0
        yield Ratio(f"{category} a person", produced * scale, totals.people, is_share=False)
        yield Ratio(f"{category} wanted", totals.ledger[:, index, WANTED], produced)
    for name, cell in _cells(totals, plan):
        yield Ratio(f"{name}: people", cell[:, CELL_PEOPLE], totals.people)
        yield Ratio(f"{name}: produced", cell[:, CELL_PRODUCED], _produced(totals, plan.headline))
        yield Ratio(f"{name}: wanted", cell[:, CELL_WANTED], cell[:, CELL_PRODUCED])


def of_a_flow(totals: Totals, plan: Plan, median: int, late: int) -> Iterator[Ratio]:
    """What a flow did; `median` and `late` are the bins of seconds that the shares of the joined are taken up to."""
    joined = totals.seconds.sum(axis=1)
    middles = (np.arange(totals.seconds.shape[1]) - 0.5) * SECONDS_PER_BIN
    yield Ratio("left", totals.left, totals.people)
    yield Ratio("seconds to join", totals.seconds @ middles, joined, is_share=False)
    for mark in (median, late):
        yield Ratio(f"joined in {mark * SECONDS_PER_BIN} s", totals.seconds[:, : mark + 1].sum(axis=1), joined)
    for index, category in enumerate(CATEGORIES):
        amounts, produced = totals.ledger[:, index], _produced(totals, index)
        yield Ratio(f"{category} claimed", amounts[:, _CLAIMED].sum(axis=1), produced)
        yield Ratio(f"{category} lawful", amounts[:, _LAWFUL].sum(axis=1), produced)
        yield Ratio(f"{category} lawful, lenient", amounts[:, LENIENT], produced)
        yield Ratio(f"{category} overreach", amounts[:, OVERREACH], produced)
        yield Ratio(f"{category} missed", amounts[:, MISSED], produced)
        for number, cause in enumerate(CAUSES):
            yield Ratio(f"{category} {cause}", amounts[:, number], produced)
    for number, rule in enumerate(plan.laws[0].rules):
        own, mixed = totals.rules[:, number, plan.headline], totals.rules[:, number, _TRANSCRIPT]
        yield Ratio(f"void by {rule}", own[:, RULE_OWN], _produced(totals, plan.headline))
        yield Ratio(f"open: {rule}", own[:, RULE_OWN_LENIENT], _produced(totals, plan.headline))
        yield Ratio(f"mixed: {rule}", mixed[:, RULE_MIXED], _produced(totals, _TRANSCRIPT))
        yield Ratio(f"open, mixed: {rule}", mixed[:, RULE_MIXED_LENIENT], _produced(totals, _TRANSCRIPT))
    for name, cell in _cells(totals, plan):
        yield Ratio(f"{name}: left", cell[:, CELL_LEFT], cell[:, CELL_PEOPLE])
        for outcome, column in _OF_A_CELL.items():
            yield Ratio(f"{name}: {outcome}", cell[:, column], cell[:, CELL_PRODUCED])


_CLAIMED = [number for number, cause in enumerate(CAUSES) if ROW_OF[cause] in (Row.VOID, Row.WITHDRAWN, Row.KEPT)]
_LAWFUL = [number for number, cause in enumerate(CAUSES) if ROW_OF[cause] in (Row.WITHDRAWN, Row.KEPT)]
_TRANSCRIPT = CATEGORIES.index(DataCategory.TRANSCRIPT)
"""Recorded together under both flows, of everybody who speaks."""
_OF_A_CELL = {
    "claimed": CELL_CLAIMED,
    "lawful": CELL_LAWFUL,
    "lawful, lenient": CELL_LENIENT,
    "overreach": CELL_OVERREACH,
    "missed": CELL_MISSED,
}


def _produced(totals: Totals, category: int) -> Numbers:
    return totals.ledger[:, category, : len(CAUSES)].sum(axis=1)


def _cells(totals: Totals, plan: Plan) -> Iterator[tuple[str, Numbers]]:
    names = [cell for breakdown in plan.breakdowns for cell in breakdown.cells]
    return zip(names, np.moveaxis(totals.cells, 1, 0), strict=True)
