"""The same model as Mesa's tutorials would have it: a run per flow, and a `DataCollector` that feeds a data frame."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import mesa
import pandas as pd

from mesa_model.agents import MIXED, Participant
from mesa_model.ledger import Ledger, Table
from mesa_model.model import Meetings
from mesa_model.question import Question
from simulator.engine.inputs import Inputs
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
    LENIENT,
    MISSED,
    OVERREACH,
    RULE_MIXED,
    RULE_MIXED_LENIENT,
    RULE_OWN,
    RULE_OWN_LENIENT,
    SECONDS_BINS,
    SECONDS_PER_BIN,
    WANTED,
)
from simulator.scenario.vocabulary import DataCategory

WORDS = tuple(DataCategory)
AUDIO = WORDS.index(DataCategory.AUDIO)
PARTS = ("place", "role", "channel", "kind", "confidentiality")
"""Breakdowns, in the order of the ledger's."""
Reporter = Callable[[Participant], Any]


class Collected(Meetings):
    """A meeting per step under one flow; what becomes of each participant's data is collected, and added up later."""

    def __init__(self, inputs: Inputs, rng: int) -> None:
        """Take the numbers of a scenario with one flow."""
        super().__init__(inputs, rng)
        self.datacollector = mesa.DataCollector(agent_reporters=reporters())

    def record(self, ledger: Ledger, asked: Question, ended: bool, void: dict[int, str], taken_back: set[int]) -> None:
        """Collect what became of everybody's data."""
        for person in self.agents:
            person.fates = [
                person.fate(category, void, taken_back)
                if category in person.claimed
                else (ledger.unclaimed(category, person, asked, ended), None)
                for category in range(len(WORDS))
            ]
        self.datacollector.collect(self)

    def results(self) -> Ledger:
        """The totals of all that was collected."""
        ledger = self.ledgers[0]
        add_up(self.datacollector.get_agent_vars_dataframe(), ledger)
        return ledger


def one_by_one(inputs: Inputs) -> list[Inputs]:
    """The scenario once for each of its flows."""
    return [replace(inputs, flows=(flow,)) for flow in inputs.flows]


def reporters() -> dict[str, Reporter]:
    """What is collected of a participant."""
    found: dict[str, Reporter] = {
        "group": lambda person: person.model.steps % GROUPS,
        "place": lambda person: person.place,
        "role": lambda person: person.role,
        "channel": lambda person: person.channel,
        "kind": lambda person: person.meeting.kind.index,
        "confidentiality": lambda person: person.meeting.confidentiality,
        "left": lambda person: person.left,
        "seconds": lambda person: person.seconds,
    }
    for category, word in enumerate(WORDS):
        found |= _of_category(category, word)
    return found


def _of_category(category: int, word: str) -> dict[str, Reporter]:
    return {
        f"{word} produced": lambda person: person.produced[category],
        f"{word} wanted": lambda person: person.willing[category] > 0.0,
        f"{word} claimed": lambda person: category in person.claimed,
        f"{word} lawful": lambda person: category in person.lawful,
        f"{word} lenient": lambda person: category in person.lenient,
        f"{word} cause": lambda person: person.fates[category][0],
        f"{word} rule": lambda person: person.fates[category][1],
    }


def add_up(frame: pd.DataFrame, ledger: Ledger) -> None:
    """Fill a ledger from one row per participant."""
    for group, people in frame.groupby("group").size().items():
        ledger.people[group] = int(people)
    for group, left in frame.groupby("group")["left"].sum().items():
        ledger.left[group] = int(left)
    joined = frame[~frame["left"].astype(bool)]
    bins = (joined["seconds"] / SECONDS_PER_BIN).astype(int).add(1).clip(upper=SECONDS_BINS - 1)
    for (group, seconds), people in joined.groupby(["group", bins]).size().items():
        ledger.seconds[group][seconds] = int(people)
    for category, word in enumerate(WORDS):
        _add_category(frame, category, word, ledger)
    audio = flags(frame, WORDS[AUDIO])
    columns = {
        CELL_PRODUCED: None, CELL_CLAIMED: audio["claimed"], CELL_LAWFUL: audio["lawful"],
        CELL_LENIENT: audio["lenient"], CELL_WANTED: audio["wanted"],
        CELL_OVERREACH: audio["claimed"] & ~audio["wanted"], CELL_MISSED: audio["wanted"] & ~audio["claimed"],
    }  # fmt: skip
    for part, breakdown in zip(PARTS, ledger.breakdowns, strict=True):
        for column, rows in columns.items():
            _put(sums(frame, rows, ["group", part], WORDS[AUDIO]), breakdown, column)
        _put(frame.groupby(["group", part]).size().items(), breakdown, CELL_PEOPLE)
        _put(frame.groupby(["group", part])["left"].sum().items(), breakdown, CELL_LEFT)


def flags(frame: pd.DataFrame, word: str) -> dict[str, pd.Series]:
    """The yes or no columns of a category."""
    return {name: frame[f"{word} {name}"].astype(bool) for name in ("wanted", "claimed", "lawful", "lenient")}


def sums(frame: pd.DataFrame, rows: pd.Series | None, by: list[str], word: str) -> Iterable[tuple[Any, Any]]:
    """Amounts produced of a category, by some columns, over some rows."""
    chosen = frame if rows is None else frame[rows]
    found: Iterable[tuple[Any, Any]] = chosen.groupby(by)[f"{word} produced"].sum().items()
    return found


def _add_category(frame: pd.DataFrame, category: int, word: str, ledger: Ledger) -> None:
    for (group, cause), amount in sums(frame, None, ["group", f"{word} cause"], word):
        ledger.amounts[group][category][cause] = int(amount)
    of = flags(frame, word)
    wanted, claimed = of["wanted"], of["claimed"]
    for column, rows in {
        WANTED: wanted, OVERREACH: claimed & ~wanted, MISSED: wanted & ~claimed, LENIENT: of["lenient"],
    }.items():  # fmt: skip
        for group, amount in sums(frame, rows, ["group"], word):
            ledger.amounts[group][category][column] = int(amount)
    void, mixed = frame[f"{word} rule"].notna(), frame[f"{word} cause"] == MIXED
    for column, rows in {
        RULE_OWN: void & ~mixed, RULE_MIXED: void & mixed,
        RULE_OWN_LENIENT: void & ~mixed & of["lenient"], RULE_MIXED_LENIENT: void & mixed & of["lenient"],
    }.items():  # fmt: skip
        for (group, rule), amount in sums(frame, rows, ["group", f"{word} rule"], word):
            ledger.rules[group][rule][category][column] = int(amount)


def _put(found: Iterable[tuple[Any, Any]], breakdown: list[Table], column: int) -> None:
    for (group, part), value in found:
        breakdown[group][part][column] = int(value)
