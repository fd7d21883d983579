"""Runs a scenario: cuts meetings into chunks, walks them on threads, adds up the tallies."""

from __future__ import annotations

import os
import secrets
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
import numpy.typing as npt

from simulator.engine.ahead import worlds_compiled_beside
from simulator.engine.inputs import Inputs
from simulator.engine.kernel import Counting, scratch_for, walk_meetings
from simulator.engine.law_tables import LawTables, compile_law, rule_ids
from simulator.engine.tables import (
    ROW_KIND,
    Coefficients,
    FlowTables,
    compile_coefficients,
    compile_flow,
)
from simulator.engine.tally import GROUPS, Counters, Ints, Tally
from simulator.engine.weighing import meetings_at_once, weighed_world
from simulator.engine.world import World, make_world, no_world, sizes
from simulator.meetings.generate import MeetingTables, meeting_tables
from simulator.population.traits import PopulationTables, population_tables
from simulator.scenario.flow import Flow
from simulator.scenario.grants import CATEGORIES
from simulator.scenario.vocabulary import Channel, Confidentiality, Role

CHUNK = 1024
"""Meetings in a chunk: some tens of milliseconds of work, and a few megabytes of people."""
_SIZES_AT_ONCE = 1 << 10
"""Meetings whose sizes are drawn at first, and twice as many each time after that."""
_MOST_AT_ONCE = 1 << 16
_NO_CHOICES = np.zeros((0, 0), dtype=np.int16)
_PEOPLE_OF_A_MEETING = 12.0
"""About, officers included, where room is planned for."""
_LOW = 10
"""Priority of threads that let others go first, as `nice` counts it."""


class Progress(Protocol):
    """Somebody who wants to know how far a run is."""

    def __call__(self, done: int, total: int) -> None:
        """Participants done, and to do in all; called about ten times a second on the caller's thread."""


def no_progress(done: int, total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, kw_only=True)
class Breakdown:
    """One way to split the people: a dimension and the words of its cells, in the order of the tally's cells."""

    name: str
    cells: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PlannedLaw:
    """The law that one flow is judged by."""

    strict: LawTables
    """As the scenario reads it; strictly where it leaves the reading open."""
    lenient: LawTables
    """The same as `strict` where the scenario fixes the reading."""
    rules: tuple[str, ...]
    """Ids of all rules that can decide, by their index in the tables."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Inputs compiled for the kernel."""

    inputs: Inputs
    meetings: MeetingTables
    population: PopulationTables
    flows: tuple[FlowTables, ...]
    coefficients: Coefficients
    laws: tuple[PlannedLaw, ...]
    """One per flow, in order."""
    breakdowns: tuple[Breakdown, ...]
    officers: bool

    @property
    def counting(self) -> Counting:
        """How the kernel counts people."""
        return Counting(self.headline, GROUPS, self.cycle, self.cell_start)

    @property
    def cell_start(self) -> Ints:
        """(6,) first cell of each breakdown, then the number of cells."""
        return np.cumsum([0, *(len(breakdown.cells) for breakdown in self.breakdowns)]).astype(np.int64)

    @property
    def most_rules(self) -> int:
        """Number of rules that a tally has room for."""
        return max(len(law.rules) for law in self.laws)

    @property
    def headline(self) -> int:
        """Index of the category that headline shares are of."""
        return CATEGORIES.index(self.inputs.scenario.category)

    @property
    def ranged(self) -> bool:
        """Whether lawful is a range between two readings."""
        return self.inputs.lenient is not None

    @property
    def cycle(self) -> int:
        """Meetings whose ids are equal modulo this belong together: recorded ones recur, generated ones do not."""
        return len(self.inputs.recorded) or GROUPS

    def world(self, seed: int, first: int, count: int) -> World:
        """The meetings with ids `first` to `first + count - 1` and their people."""
        return make_world(seed, first, count, self.meetings, self.population, officers=self.officers)

    def weighed(self, world: World, number: int) -> World:
        """The world as the `number`-th flow finds it: with what a behaviour from outside makes of its stages."""
        inputs = self.inputs
        if inputs.weigher is None:
            return world
        flow = inputs.flows[number]
        return weighed_world(
            inputs.weigher,
            world,
            flow,
            self.flows[number],
            inputs.parameters_of(flow),
            self.coefficients,
            places=inputs.codes,
            segments=tuple(segment.id for segment in inputs.population.segments),
        )

    def at_once(self, wanted: int) -> int:
        """Meetings to walk at once: as many as wanted, or fewer where a behaviour from outside takes more room."""
        if self.inputs.weigher is None:
            return wanted
        return min(wanted, *(meetings_at_once(flow, _PEOPLE_OF_A_MEETING) for flow in self.inputs.flows))


@dataclass(frozen=True, kw_only=True)
class Run:
    """What was run, and its totals."""

    plan: Plan
    seed: int
    meetings: int
    tallies: tuple[Tally, ...]
    """One per flow, in order."""

    @property
    def participants(self) -> int:
        """People in all meetings; the same in every flow."""
        return int(self.tallies[0].counts[:, 0].sum())


def make_plan(inputs: Inputs, laws: Sequence[PlannedLaw] | None = None) -> Plan:
    """Compile a scenario's inputs.

    Args:
        inputs: A gathered scenario.
        laws: One per flow, where they were compiled before and only people or coefficients have changed.
    """
    scenario = inputs.scenario
    return Plan(
        inputs=inputs,
        meetings=meeting_tables(inputs.mix, inputs.recorded),
        population=population_tables(inputs.population, inputs.coefficients, inputs.codes),
        flows=tuple(
            compile_flow(
                flow,
                purpose=scenario.purpose,
                parameters=inputs.parameters_of(flow),
                population=inputs.population,
                codes=inputs.codes,
                settled=scenario.settled,
            )
            for flow in inputs.flows
        ),
        coefficients=compile_coefficients(inputs.coefficients, inputs.population, scenario.purpose),
        laws=tuple(_law_for(flow, inputs) for flow in inputs.flows) if laws is None else tuple(laws),
        breakdowns=(
            Breakdown(name="jurisdiction", cells=inputs.codes),
            Breakdown(name="role", cells=tuple(Role)),
            Breakdown(name="channel", cells=tuple(Channel)),
            Breakdown(name="meeting_type", cells=tuple(kind.id for kind in inputs.mix.types)),
            Breakdown(name="confidentiality", cells=tuple(Confidentiality)),
        ),
        officers=any(ROW_KIND[stage.actor] > 1 for flow in inputs.flows for stage in flow.stages),
    )


def _law_for(flow: Flow, inputs: Inputs) -> PlannedLaw:
    law = inputs.law_of(flow)
    return PlannedLaw(
        strict=compile_law(law, inputs.codes, inputs.mix.types),
        lenient=compile_law(inputs.lenient_of(flow) or law, inputs.codes, inputs.mix.types),
        rules=tuple(rule_ids(law, inputs.codes)),
    )


def fresh_seed() -> int:
    """A seed that nobody chose."""
    return secrets.randbelow(1 << 32)


def meetings_for(plan: Plan, seed: int, participants: int) -> int:
    """Number of whole meetings, from id 0 on, that hold at least so many participants.

    Recorded meetings are met equally often: where there are any, it is a multiple of their number.
    """
    return whole_cycles(plan, meeting_of(plan, seed, participants)[0] + 1)


def whole_cycles(plan: Plan, meetings: int) -> int:
    """The number of meetings, rounded up so that recorded ones are met equally often."""
    cycle = max(1, len(plan.inputs.recorded))
    return -(-meetings // cycle) * cycle


def meeting_of(plan: Plan, seed: int, participant: int) -> tuple[int, int]:
    """Id of the meeting of the `participant`-th person, counted from 1 through all meetings, and their place in it.

    The place is counted from 0.
    """
    meetings, people, at_once = 0, 0, _SIZES_AT_ONCE
    while True:
        block = np.cumsum(sizes(seed, meetings, at_once, plan.meetings))
        index = int(np.searchsorted(block, participant - people))
        if index < len(block):
            before = people + (int(block[index - 1]) if index else 0)
            return meetings + index, participant - before - 1
        meetings, people, at_once = meetings + len(block), people + int(block[-1]), min(2 * at_once, _MOST_AT_ONCE)


def compile_engine(plan: Plan, progress: Progress = no_progress) -> None:
    """Compile the walk, where it is not yet, while another process does the rest. At first a run needs the rest."""
    if getattr(walk_meetings, "signatures", True) or plan.inputs.weigher is not None:
        return
    with worlds_compiled_beside(), ThreadPoolExecutor(max_workers=1) as pool:
        compiling = pool.submit(walk_world, plan, 0, no_world(), no_counts(plan))
        while wait([compiling], timeout=0.1).not_done:
            progress(0, 1)
        compiling.result()


def run_meetings(
    plan: Plan,
    seed: int,
    first: int,
    count: int,
    *,
    threads: int = 1,
    chunk: int = CHUNK,
    progress: Progress = no_progress,
    watched: bool = False,
) -> list[Tally]:
    """Walk meetings `first` to `first + count - 1` through every flow of the plan.

    The result is the same, to the last unit, for any `threads` and `chunk`.

    Args:
        plan: Compiled inputs.
        seed: 0 or more, below 2**64.
        first: Id of the first meeting.
        count: Number of meetings.
        threads: Threads to walk on.
        chunk: Meetings in a piece of work.
        progress: Told how many meetings are done; an exception from it (or Ctrl-C) stops the run.
        watched: Whether somebody sits before it, whose keys and screen go first where threads have priorities.

    Returns:
        One tally per flow.
    """
    compile_engine(plan, progress)
    bounds = [*range(first, first + count, plan.at_once(chunk)), first + count]
    pieces = iter(list(pairwise(bounds)))
    lock, stop = threading.Lock(), threading.Event()
    done = 0

    def take() -> tuple[int, int] | None:
        with lock:
            return None if stop.is_set() else next(pieces, None)

    def work() -> list[Counters]:
        nonlocal done
        mine = [no_counts(plan) for _ in plan.flows]
        for start, end in iter(take, None):
            world = plan.world(seed, start, end - start)
            for number, counters in enumerate(mine):
                walk_world(plan, number, world, counters)
            with lock:
                done += end - start
        return mine

    with ThreadPoolExecutor(max_workers=threads, initializer=_step_back if watched else None) as pool:
        workers = [pool.submit(work) for _ in range(threads)]
        try:
            while wait(workers, timeout=0.1).not_done:
                progress(done, count)
        except BaseException:
            stop.set()
            raise
    progress(count, count)
    return _merged(plan, (worker.result() for worker in workers))


def walk_world(
    plan: Plan,
    number: int,
    world: World,
    counters: Counters,
    *,
    tables: FlowTables | None = None,
    choices: npt.NDArray[np.int16] | None = None,
) -> None:
    """Take a world through the plan's `number`-th flow, and add what happened to its counters.

    Args:
        plan: Compiled inputs.
        number: Which flow.
        world: People and meetings.
        counters: Of the plan's shape.
        tables: Of the flow, where they differ from the plan's.
        choices: (rows, stages) filled with the option last chosen at each stage that was met, or with columns for what
            was met besides, see `walk_meetings`; None: not wanted.
    """
    flow, law = tables or plan.flows[number], plan.laws[number]
    walk_meetings(
        plan.weighed(world, number), flow, plan.coefficients, law.strict, law.lenient, plan.ranged,
        plan.counting, counters, scratch_for(flow),
        _NO_CHOICES if choices is None else choices,
    )  # fmt: skip


def no_counts(plan: Plan) -> Counters:
    """All zeros, in the plan's shape."""
    return Counters.zero(cells=int(plan.cell_start[-1]), rules=plan.most_rules)


def _step_back() -> None:
    """Let other threads go first; on other systems than Linux a thread has no priority of its own."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LOW)


def _merged(plan: Plan, parts: Iterator[list[Counters]]) -> list[Tally]:
    total = [no_counts(plan) for _ in plan.flows]
    for part in parts:
        for counters, piece in zip(total, part, strict=True):
            counters.add(piece)
    return [counters.tally() for counters in total]
