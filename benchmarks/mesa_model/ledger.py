"""What comes out under one flow: integer totals by group of meetings, in the columns of the engine's tally."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from mesa_model.agents import MIXED, Participant
from mesa_model.question import Question
from mesa_model.world import AUDIO
from simulator.engine.tally import (
    CELL_CLAIMED,
    CELL_COLUMNS,
    CELL_LAWFUL,
    CELL_LEFT,
    CELL_LENIENT,
    CELL_MISSED,
    CELL_OVERREACH,
    CELL_PEOPLE,
    CELL_PRODUCED,
    CELL_WANTED,
    GROUPS,
    LEDGER_COLUMNS,
    LENIENT,
    MISSED,
    OVERREACH,
    RULE_COLUMNS,
    RULE_MIXED,
    RULE_MIXED_LENIENT,
    RULE_OWN,
    RULE_OWN_LENIENT,
    SECONDS_BINS,
    SECONDS_PER_BIN,
    WANTED,
)
from simulator.rules.ledger import CAUSES, Cause
from simulator.scenario.vocabulary import Channel, Confidentiality, DataCategory, Role

LEFT, ENDED = CAUSES.index(Cause.LEFT), CAUSES.index(Cause.MEETING_ENDED)
REFUSED, NOT_ASKED = CAUSES.index(Cause.REFUSED), CAUSES.index(Cause.NOT_ASKED)
INSEPARABLE = CAUSES.index(Cause.INSEPARABLE)

Table = list[list[int]]


def zeros(groups: int, rows: int, columns: int) -> list[Table]:
    """Nested lists: adding to one number is quicker than in an array."""
    return [[[0] * columns for _ in range(rows)] for _ in range(groups)]


class Ledger:
    """Totals of one flow."""

    def __init__(self, *, places: int, kinds: int) -> None:
        """All zeros."""
        self.amounts = zeros(GROUPS, len(DataCategory), LEDGER_COLUMNS)
        """(groups, categories, causes and what stands beside them) milliseconds, or counts."""
        self.meetings = [0] * GROUPS
        self.people = [0] * GROUPS
        self.left = [0] * GROUPS
        self.seconds = [[0] * SECONDS_BINS for _ in range(GROUPS)]
        """(groups, bins) people who joined."""
        sizes = (places, len(Role), len(Channel), kinds, len(Confidentiality))
        self.breakdowns = [zeros(GROUPS, cells, CELL_COLUMNS) for cells in sizes]
        """By place, role, channel, type and confidentiality: (groups, cells, columns) of audio."""
        self.rules: list[defaultdict[str, Table]] = [
            defaultdict(lambda: [[0] * RULE_COLUMNS for _ in DataCategory]) for _ in range(GROUPS)
        ]
        """By group and rule: (categories, columns) void by it."""

    def enter(
        self,
        person: Participant,
        question: Question,
        ended: bool,
        void: Mapping[int, str],
        taken_back: set[int],
        group: int,
    ) -> None:
        """Add what became of one person's data."""
        self.people[group] += 1
        if person.left:
            self.left[group] += 1
        else:
            half_seconds = int(person.seconds / SECONDS_PER_BIN)
            self.seconds[group][min(1 + half_seconds, SECONDS_BINS - 1)] += 1
        table, claimed, willing = self.amounts[group], person.claimed, person.willing
        for category, amount in enumerate(person.produced):
            if amount == 0:
                continue
            row = table[category]
            wanted = willing[category] > 0.0
            if wanted:
                row[WANTED] += amount
            if category in claimed:
                lenient = category in person.lenient
                fate, rule = person.fate(category, void, taken_back)
                row[fate] += amount
                if rule:
                    mixed, voided = fate == MIXED, self.rules[group][rule][category]
                    voided[RULE_MIXED if mixed else RULE_OWN] += amount
                    if lenient:
                        voided[RULE_MIXED_LENIENT if mixed else RULE_OWN_LENIENT] += amount
                if lenient:
                    row[LENIENT] += amount
                if not wanted:
                    row[OVERREACH] += amount
            else:
                row[self.unclaimed(category, person, question, ended)] += amount
                if wanted:
                    row[MISSED] += amount
        self.break_down(person, group)

    def unclaimed(self, category: int, person: Participant, question: Question, ended: bool) -> int:
        """The first reason why a category is not claimed."""
        if person.left:
            return LEFT
        if ended:
            return ENDED
        if category not in question.asked:
            return NOT_ASKED
        return INSEPARABLE if category in person.granted else REFUSED

    def break_down(self, person: Participant, group: int) -> None:
        """Add one person and their audio to the parts that they belong to."""
        meeting = person.meeting
        parts = (person.place, person.role, person.channel, meeting.kind.index, meeting.confidentiality)
        amount, claimed, wanted = person.produced[AUDIO], AUDIO in person.claimed, person.willing[AUDIO] > 0.0
        lawful, lenient = AUDIO in person.lawful, AUDIO in person.lenient
        for breakdown, part in zip(self.breakdowns, parts, strict=True):
            cell = breakdown[group][part]
            cell[CELL_PEOPLE] += 1
            if person.left:
                cell[CELL_LEFT] += 1
            if amount:
                cell[CELL_PRODUCED] += amount
                if wanted:
                    cell[CELL_WANTED] += amount
                if claimed:
                    cell[CELL_CLAIMED] += amount
                    if not wanted:
                        cell[CELL_OVERREACH] += amount
                elif wanted:
                    cell[CELL_MISSED] += amount
                if lawful:
                    cell[CELL_LAWFUL] += amount
                if lenient:
                    cell[CELL_LENIENT] += amount
