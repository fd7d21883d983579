"""Rows of a world as named people, for the reference walk and for anybody who wants to look at one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from simulator.behaviour.choice import Chooser
from simulator.draws import child, uniform
from simulator.engine.kernel_ledger import OVERRULED_SLOT, WITHDRAW_SLOT, YIELD_SLOT
from simulator.engine.kernel_stages import CHOICE_SLOT, MISREAD_SLOT, NOTICE_SLOT, RECALL_SLOT, TOGGLE_SLOT
from simulator.engine.reference_people import Meeting, Participant, PersonDraw, StageDraw, Weighed, Weighing
from simulator.engine.run import Plan, meeting_of
from simulator.engine.tables import ROW_KIND, stage_hash
from simulator.engine.world import OFFICERS, WEIGHED_NOTICING, WEIGHED_TOGGLES, World
from simulator.scenario.flow import Stage
from simulator.scenario.grants import CATEGORIES, PURPOSES
from simulator.scenario.meeting_mix import MeetingMix
from simulator.scenario.population import Population
from simulator.scenario.stage_facts import in_account
from simulator.scenario.vocabulary import Actor, Channel, Confidentiality, Role

_STAGE_SLOTS: dict[StageDraw, int] = {
    "notice": NOTICE_SLOT,
    "choice": CHOICE_SLOT,
    "recall": RECALL_SLOT,
    "misread": MISREAD_SLOT,
    "toggle": TOGGLE_SLOT,
}
_PERSON_SLOTS: dict[PersonDraw, int] = {
    "yields": YIELD_SLOT,
    "overruled": OVERRULED_SLOT,
    "withdraws": WITHDRAW_SLOT,
}


@dataclass(frozen=True)
class KeyedDraws:
    """Draws from a person's key."""

    key: np.uint64
    account: np.uint64
    """Of what they settle in their account."""

    def at_stage(self, stage: Stage, showing: int, what: StageDraw, number: int = 0) -> float:
        """See `reference.Draws`."""
        own = self.account if in_account(stage) else self.key
        return float(uniform(np.uint64(child(own ^ stage_hash(stage), showing)), _STAGE_SLOTS[what] + number))

    def once(self, what: PersonDraw) -> float:
        """See `reference.Draws`."""
        return float(uniform(self.key, _PERSON_SLOTS[what]))


def meeting_at(world: World, index: int, *, codes: Sequence[str], mix: MeetingMix, population: Population) -> Meeting:
    """The `index`-th meeting of a world (0-based within the world)."""
    meeting = world.meetings[index]
    people = int(meeting["people"])
    officers: dict[Actor, Participant] = {}
    if meeting["end"] - meeting["start"] == people + OFFICERS:
        for actor, kind in ROW_KIND.items():
            if kind > 1:
                officers[actor] = _person(world, index, people + kind - 2, codes, population)
    return Meeting(
        id=world.first + index,
        kind=mix.types[int(meeting["type"])].id,
        sector=mix.types[int(meeting["type"])].sector,
        confidentiality=tuple(Confidentiality)[int(meeting["confidentiality"])],
        length_ms=int(meeting["length_ms"]),
        people=[_person(world, index, number, codes, population) for number in range(people)],
        officers=officers,
    )


def _person(world: World, index: int, number: int, codes: Sequence[str], population: Population) -> Participant:
    meeting = world.meetings[index]
    position = int(meeting["start"]) + number
    row = world.rows[position]
    shift = population.confidentiality_shift[tuple(Confidentiality)[int(meeting["confidentiality"])]].value
    return Participant(
        number=number,
        code=codes[int(row["place"])],
        role=tuple(Role)[int(row["role"])],
        channel=tuple(Channel)[int(row["channel"])],
        age=int(row["age"]),
        segment=population.segments[int(row["segment"])].id,
        chooser=_chooser(world, position, population, shift=0.0, pressure=float(row["pressure"])),
        ordinary=_chooser(world, position, population, shift=shift, pressure=0.0),
        produced={category: int(world.produced[position, column]) for column, category in enumerate(CATEGORIES)},
        draws=KeyedDraws(np.uint64(row["key"]), np.uint64(row["account"])),
        tired=float(row["tired"]),
        weighed=_weighed(world, position),
    )


def _weighed(world: World, position: int) -> Weighed | None:
    """What a behaviour from outside makes of each stage for the person of a row."""
    if not len(world.weighed):
        return None

    def at(stage: int, prompts: int, recalled: bool) -> Weighing:
        row = world.weighed[position, stage, min(prompts, world.weighed.shape[2] - 1), int(recalled)].tolist()
        return Weighing(row[:WEIGHED_TOGGLES], row[WEIGHED_TOGGLES:WEIGHED_NOTICING], row[WEIGHED_NOTICING])

    return at


def _chooser(world: World, position: int, population: Population, *, shift: float, pressure: float) -> Chooser:
    row = world.rows[position]
    return Chooser(
        attention=float(row["attention"]),
        effort=float(row["effort"]),
        stake=float(row["stake"]),
        pressure=pressure,
        willing={
            (category, purpose): float(world.willing[position, number])
            - shift
            + population.purpose_shift[purpose].value
            for number, category in enumerate(CATEGORIES)
            for purpose in PURPOSES
        },
    )


def meeting_under(plan: Plan, seed: int, meeting: int, number: int) -> Meeting:
    """A meeting of a run as the plan's `number`-th flow finds it: with what a behaviour from outside makes of it."""
    inputs = plan.inputs
    world = plan.weighed(plan.world(seed, meeting, 1), number)
    return meeting_at(world, 0, codes=inputs.codes, mix=inputs.mix, population=inputs.population)


def participants(plan: Plan, seed: int, first: int) -> Iterator[tuple[Meeting, Participant]]:
    """The participants of a run from the `first`-th on, counted from 1 through its meetings, each with their meeting.

    They go on for ever; take as many as needed.
    """
    inputs = plan.inputs
    meeting, skip = meeting_of(plan, seed, first)
    while True:
        world = plan.world(seed, meeting, 1)
        found = meeting_at(world, 0, codes=inputs.codes, mix=inputs.mix, population=inputs.population)
        yield from ((found, person) for person in found.people[skip:])
        meeting, skip = meeting + 1, 0


def participant_at(plan: Plan, seed: int, number: int) -> tuple[Meeting, Participant]:
    """The `number`-th participant of a run, counted from 1 through its meetings, and their meeting."""
    return next(participants(plan, seed, number))
