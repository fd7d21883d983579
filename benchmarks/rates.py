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

import numpy as np
from agreement import Pair, share
from mesa_model import CLAIMED, LEFT, PEOPLE, PRODUCED, WANTED, Ints, Meetings

from simulator.analysis.comparison import run_comparison
from simulator.analysis.outcomes import FlowOutcomes
from simulator.engine.inputs import gather
from simulator.engine.people import meeting_at
from simulator.engine.reference import walk
from simulator.engine.reference_stages import Setting
from simulator.engine.run import Plan, Run, make_plan, meetings_for, run_meetings
from simulator.engine.tally import GROUPS
from simulator.scenario import library
from simulator.scenario.vocabulary import DataCategory

SCENARIO = "everyday_meetings"
LARGE = 1_000_000
"""Participants of the run whose time is given in seconds."""
OUTCOMES = {"claimed": (CLAIMED, PRODUCED), "wanted": (WANTED, PRODUCED), "left": (LEFT, PEOPLE)}


@dataclass(frozen=True)
class Sizes:
    """How much is measured; participants of one turn."""

    repeats: int
    large_repeats: int
    engine: int
    reference: int
    mesa: int


FULL = Sizes(repeats=7, large_repeats=5, engine=400_000, reference=2_000, mesa=20_000)
QUICK = Sizes(repeats=2, large_repeats=1, engine=200_000, reference=500, mesa=5_000)


@dataclass(frozen=True)
class Turn:
    """One measured run."""

    totals: Ints
    """(flows, groups, 5) in the columns of the Mesa model."""
    rate: float
    """Joins per second."""
    processors: float
    """Processor time over time: how many processors the run was given."""


def timed(walked: Callable[[], Ints]) -> Turn:
    """Run something and count its joins: participants times flows."""
    start, start_used = time.perf_counter(), time.process_time()
    totals = walked()
    seconds, used = time.perf_counter() - start, time.process_time() - start_used
    return Turn(totals, float(totals[:, :, PEOPLE].sum() / seconds), used / seconds)


def engine_totals(plan: Plan, seed: int, participants: int, threads: int) -> Ints:
    """The engine's totals, from choosing the number of meetings to the last tally."""
    meetings = meetings_for(plan, seed, participants)
    tallies = run_meetings(plan, seed, 0, meetings, threads=threads)
    return totals_of(Run(plan=plan, seed=seed, meetings=meetings, tallies=tuple(tallies)))


def totals_of(run: Run) -> Ints:
    """Audio and participants of a run, (flows, groups, 5)."""
    found = np.zeros((len(run.tallies), GROUPS, 5), dtype=np.int64)
    for index, totals in enumerate(found):
        flow = FlowOutcomes(run, index)
        totals[:, CLAIMED], totals[:, PRODUCED] = flow.parts("claimed", DataCategory.AUDIO)
        totals[:, WANTED], _ = flow.parts("wanted", DataCategory.AUDIO)
        totals[:, LEFT], totals[:, PEOPLE] = flow.parts("left", DataCategory.AUDIO)
    return found


def reference_totals(plan: Plan, seed: int, participants: int) -> Ints:
    """The same from the reference walk, over the same meetings."""
    inputs = plan.inputs
    scenario = inputs.scenario
    setting = Setting(purpose=scenario.purpose, parameters=inputs.parameters, law=inputs.law, settled=scenario.settled)
    meetings = meetings_for(plan, seed, participants)
    world = plan.world(seed, 0, meetings)
    found = np.zeros((len(inputs.flows), GROUPS, 5), dtype=np.int64)
    for number in range(meetings):
        meeting = meeting_at(world, number, codes=inputs.codes, mix=inputs.mix, population=inputs.population)
        for flow, totals in zip(inputs.flows, found, strict=True):
            for outcome in walk(meeting, flow, setting):
                amount = outcome.participant.produced[DataCategory.AUDIO]
                claimed = amount * (DataCategory.AUDIO in outcome.claimed)
                wanted = amount * (DataCategory.AUDIO in outcome.wanted)
                totals[number % GROUPS] += (amount, claimed, wanted, 1, outcome.answers.left)
    return found


def mesa_totals(model: Meetings, participants: int) -> Ints:
    """The same from the Mesa model, over meetings of its own."""
    while model.participants < participants:
        model.step()
    return model.totals


def large_run(plan: Plan, threads: int) -> tuple[float, Ints]:
    """Seconds for a million participants under every flow, and what came out."""
    start = time.perf_counter()
    comparison = run_comparison(plan.inputs, participants=LARGE, seed=0, threads=threads)
    seconds = time.perf_counter() - start
    return seconds, totals_of(comparison.run)


def note(text: str) -> None:
    """Say what is going on."""
    print(text, file=sys.stderr, flush=True)


def turns_of(plan: Plan, sizes: Sizes, threads: list[int]) -> list[dict[str, Turn]]:
    """Everything measured once, then everything again: what slows the machine down for a while slows all of it."""
    found = []
    for seed in range(1, sizes.repeats + 1):
        note(f"joins per second, turn {seed} of {sizes.repeats}")
        engine = {f"engine_{n}": timed(partial(engine_totals, plan, seed, sizes.engine, n)) for n in threads}
        reference = timed(partial(reference_totals, plan, seed, sizes.reference))
        mesa = timed(partial(mesa_totals, Meetings(plan.inputs, seed), sizes.mesa))
        found.append({**engine, "reference": reference, "mesa": mesa})
    return found


def unequal(plan: Plan, sizes: Sizes, turns: list[dict[str, Turn]]) -> list[str]:
    """What is not equal to the unit though it has to be: threads, and the reference walk over the same meetings."""
    found = []
    for seed, turn in enumerate(turns, 1):
        one = turn["engine_1"].totals
        if any((measured.totals != one).any() for name, measured in turn.items() if name.startswith("engine")):
            found.append(f"engine on one and on two threads, seed {seed}")
        if (engine_totals(plan, seed, sizes.reference, 1) != turn["reference"].totals).any():
            found.append(f"engine and reference walk, seed {seed}")
    return found


def pairs_of(plan: Plan, ours: Ints, theirs: Ints) -> list[Pair]:
    """Every outcome of every flow, from the engine and from Mesa."""
    return [
        Pair(flow.id, outcome, share(mine[:, part], mine[:, whole]), share(other[:, part], other[:, whole]))
        for flow, mine, other in zip(plan.inputs.flows, ours, theirs, strict=True)
        for outcome, (part, whole) in OUTCOMES.items()
    ]


def main() -> None:
    """Measure, and print what was found as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller sizes, fewer turns")
    parser.add_argument("--cores", type=int, required=True, help="processors to use: 1 or 2")
    arguments = parser.parse_args()
    sizes = QUICK if arguments.quick else FULL
    plan = make_plan(gather(library.scenario(SCENARIO)))
    engine_totals(plan, 1, 5_000, arguments.cores)  # compiles, or loads what was compiled
    turns = turns_of(plan, sizes, list(range(1, arguments.cores + 1)))
    note(f"{LARGE:,} participants under {len(plan.flows)} flows")
    large = [large_run(plan, arguments.cores) for _ in range(sizes.large_repeats)]
    pairs = pairs_of(plan, large[0][1], np.sum([turn["mesa"].totals for turn in turns], axis=0))
    found = {
        "rates": {name: [turn[name].rate for turn in turns] for name in turns[0]},
        "processors": {name: [turn[name].processors for turn in turns] for name in turns[0]},
        "large_seconds": [seconds for seconds, _ in large],
        "unequal": unequal(plan, sizes, turns),
        "pairs": [{**asdict(pair), "apart": pair.apart, "agrees": pair.agrees} for pair in pairs],
        "mesa": version("mesa"),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
