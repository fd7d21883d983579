"""Measures joins per second of the engine, the reference walk and Mesa, turn by turn, and compares what they find.

Prints JSON; `run.py` starts this in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import version
from typing import Generic, TypeVar

import numpy as np
from agreement import FALSE_ALARMS, compared, limit
from machine import spin_on
from mesa_model.collected import Collected, one_by_one
from mesa_model.model import Meetings
from outcomes import added, engine_totals, mesa_totals

from simulator.analysis.comparison import run_comparison
from simulator.engine.inputs import Inputs, gather
from simulator.engine.kernel import seconds_bin
from simulator.engine.people import meeting_at
from simulator.engine.reference import Outcome, walk
from simulator.engine.reference_people import Setting
from simulator.engine.run import Plan, make_plan, meetings_for, run_meetings
from simulator.engine.tally import (
    GROUPS,
    LEFT,
    LENIENT,
    MEETINGS,
    MISSED,
    OVERREACH,
    PARTICIPANTS,
    WANTED,
    Counters,
    Tally,
)
from simulator.rules.ledger import CAUSES
from simulator.scenario import library
from simulator.scenario.grants import CATEGORIES

SCENARIO = "everyday_meetings"
LARGE = 1_000_000
"""Participants of the run whose time is given in seconds, and of the one that Mesa is compared with."""

T = TypeVar("T")


@dataclass(frozen=True)
class Sizes:
    """How much is measured; participants of one turn."""

    repeats: int
    large_repeats: int
    engine: int
    reference: int
    mesa: int


FULL = Sizes(repeats=7, large_repeats=5, engine=400_000, reference=2_000, mesa=40_000)
QUICK = Sizes(repeats=2, large_repeats=1, engine=200_000, reference=500, mesa=5_000)


@dataclass(frozen=True)
class Turn(Generic[T]):
    """One measured run."""

    found: T
    rate: float
    """Joins per second, or whatever was counted."""
    processors: float
    """Processor time over time: how many processors the run was given."""


def timed(work: Callable[[], T], count: Callable[[T], int]) -> Turn[T]:
    """Run something, then count what it did."""
    start, start_used = time.perf_counter(), time.process_time()
    found = work()
    seconds, used = time.perf_counter() - start, time.process_time() - start_used
    return Turn(found, count(found) / seconds, used / seconds)


def engine_run(plan: Plan, seed: int, participants: int, threads: int) -> list[Tally]:
    """The engine, from choosing the number of meetings to the last tally."""
    return run_meetings(plan, seed, 0, meetings_for(plan, seed, participants), threads=threads)


def reference_run(plan: Plan, seed: int, participants: int) -> list[Tally]:
    """The reference walk over the same meetings; ledger, counts and seconds of the tallies."""
    inputs = plan.inputs
    setting = Setting(
        purpose=inputs.scenario.purpose,
        parameters=inputs.parameters,
        law=inputs.law,
        lenient=inputs.lenient,
        settled=inputs.scenario.settled,
    )
    meetings = meetings_for(plan, seed, participants)
    world = plan.world(seed, 0, meetings)
    tallies = [Counters.zero(cells=0, rules=0).tally() for _ in inputs.flows]
    for number in range(meetings):
        meeting = meeting_at(world, number, codes=inputs.codes, mix=inputs.mix, population=inputs.population)
        for flow, tally in zip(inputs.flows, tallies, strict=True):
            tally.counts[number % GROUPS, MEETINGS] += 1
            for outcome in walk(meeting, flow, setting):
                count(outcome, number % GROUPS, tally)
    return tallies


def count(outcome: Outcome, group: int, tally: Tally) -> None:
    """Add one person's outcome to a tally."""
    tally.counts[group, PARTICIPANTS] += 1
    if outcome.answers.left:
        tally.counts[group, LEFT] += 1
    else:
        tally.seconds[group, seconds_bin(outcome.answers.seconds)] += 1
    for category, row in zip(CATEGORIES, tally.ledger[group], strict=True):
        amount = outcome.participant.produced[category]
        claimed, wanted = category in outcome.claimed, category in outcome.wanted
        row[CAUSES.index(outcome.cause[category])] += amount
        row[[WANTED, OVERREACH, MISSED, LENIENT]] += [
            amount * wanted,
            amount * (claimed and not wanted),
            amount * (wanted and not claimed),
            amount * (category in outcome.lenient),
        ]


def mesa_run(model: Meetings, participants: int) -> Meetings:
    """The Mesa model, over meetings of its own."""
    while model.participants < participants:
        model.step()
    return model


def collected_run(inputs: Inputs, seed: int, participants: int) -> list[Collected]:
    """The Mesa model with a data collector, over meetings of its own, a run per flow; totals are added up."""
    models = [Collected(one, seed) for one in one_by_one(inputs)]
    for model in models:
        mesa_run(model, participants)
        model.results()
    return models


def joins_of_collected(models: list[Collected]) -> int:
    """Participants of all runs."""
    return sum(model.participants for model in models)


def joins_of(tallies: list[Tally]) -> int:
    """Participants times flows."""
    return int(sum(tally.counts[:, PARTICIPANTS].sum() for tally in tallies))


def joins_of_mesa(model: Meetings) -> int:
    """The same of the Mesa model."""
    return model.participants * len(model.ledgers)


def large_run(plan: Plan, threads: int) -> float:
    """Seconds for a million participants under every flow."""
    start = time.perf_counter()
    run_comparison(plan.inputs, participants=LARGE, seed=0, threads=threads)
    return time.perf_counter() - start


def note(text: str) -> None:
    """Say what is going on."""
    print(text, file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Round:
    """Everything measured once."""

    machine: dict[int, Turn[int]]
    """By threads."""
    engine: dict[int, Turn[list[Tally]]]
    """By threads."""
    reference: Turn[list[Tally]]
    mesa: Turn[Meetings]
    collected: Turn[list[Collected]]

    @property
    def turns(self) -> dict[str, Turn[list[Tally]] | Turn[int] | Turn[Meetings] | Turn[list[Collected]]]:
        """All of it, by name."""
        machine = {f"machine_{threads}": turn for threads, turn in self.machine.items()}
        engine = {f"engine_{threads}": turn for threads, turn in self.engine.items()}
        return {**machine, **engine, "reference": self.reference, "mesa": self.mesa, "collected": self.collected}


def measured(plan: Plan, sizes: Sizes, cores: int) -> list[Round]:
    """Everything once, then everything again: what slows the machine down for a while slows all of it."""
    rounds = []
    for seed in range(1, sizes.repeats + 1):
        note(f"joins per second, turn {seed} of {sizes.repeats}")
        machine, engine = {}, {}
        for threads in range(1, cores + 1):
            machine[threads] = timed(partial(spin_on, threads), int)
            engine[threads] = timed(partial(engine_run, plan, seed, sizes.engine, threads), joins_of)
        reference = timed(partial(reference_run, plan, seed, sizes.reference), joins_of)
        mesa = timed(partial(mesa_run, Meetings(plan.inputs, seed), sizes.mesa), joins_of_mesa)
        collected = timed(partial(collected_run, plan.inputs, seed, sizes.mesa), joins_of_collected)
        rounds.append(Round(machine, engine, reference, mesa, collected))
    return rounds


def unequal(plan: Plan, sizes: Sizes, rounds: list[Round]) -> list[str]:
    """What is not equal to the unit though it has to be: threads, and the reference walk over the same meetings."""
    found = []
    for seed, turn in enumerate(rounds, 1):
        one = turn.engine[1].found
        if not all(same(one, other.found, every=True) for other in turn.engine.values()):
            found.append(f"engine on one and on two threads, seed {seed}")
        if not same(engine_run(plan, seed, sizes.reference, 1), turn.reference.found, every=False):
            found.append(f"engine and reference walk, seed {seed}")
    rules = plan.laws[0].rules
    for flow, mine in zip(one_by_one(plan.inputs), collected_run(plan.inputs, 1, sizes.reference), strict=True):
        plain = mesa_run(Meetings(flow, 1), sizes.reference)
        if not all(map(np.array_equal, mesa_totals(mine.ledgers, rules)[0], mesa_totals(plain.ledgers, rules)[0])):
            found.append(f"Mesa with and without a data collector, {flow.flows[0].id}")
    return found


def same(mine: list[Tally], other: list[Tally], *, every: bool) -> bool:
    """Whether the tallies of all flows are equal: every array, or those that the reference run fills."""
    filled = [MEETINGS, PARTICIPANTS, LEFT]
    return all(
        np.array_equal(a.ledger, b.ledger)
        and np.array_equal(a.counts[:, filled], b.counts[:, filled])
        and np.array_equal(a.seconds, b.seconds)
        and (not every or (np.array_equal(a.cells, b.cells) and np.array_equal(a.rules, b.rules)))
        for a, b in zip(mine, other, strict=True)
    )


def main() -> None:
    """Measure, and print what was found as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller sizes, fewer turns")
    parser.add_argument("--cores", type=int, required=True, help="processors to use: 1 or 2")
    arguments = parser.parse_args()
    sizes = QUICK if arguments.quick else FULL
    plan = make_plan(gather(library.scenario(SCENARIO)))
    spin_on(1)  # compiles
    engine_run(plan, 1, 5_000, arguments.cores)  # compiles, or loads what was compiled
    rounds = measured(plan, sizes, arguments.cores)
    note(f"{LARGE:,} participants under {len(plan.flows)} flows")
    large_seconds = [large_run(plan, arguments.cores) for _ in range(sizes.large_repeats)]
    note("whether the engine and Mesa agree")
    ours = engine_totals(plan, 0, LARGE, arguments.cores)
    by_turn = [mesa_totals(turn.mesa.found.ledgers, plan.laws[0].rules) for turn in rounds]
    pairs = compared(plan, ours, [added(turns) for turns in zip(*by_turn, strict=True)])
    names = list(rounds[0].turns)
    found = {
        "rates": {name: [turn.turns[name].rate for turn in rounds] for name in names},
        "processors": {name: [turn.turns[name].processors for turn in rounds] for name in names},
        "large_seconds": large_seconds,
        "unequal": unequal(plan, sizes, rounds),
        "limit": limit(pairs),
        "false_alarms": FALSE_ALARMS,
        "pairs": [
            {**asdict(pair), "joint_error": pair.joint_error, "apart": pair.apart}
            for pair in sorted(pairs, key=lambda pair: -pair.apart)
        ],
        "mesa": version("mesa"),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
