"""Measures how often two right models would be taken to disagree: the engine against itself, seed after seed."""

from __future__ import annotations

import argparse

import numpy as np
from agreement import compared, limit
from outcomes import engine_totals
from rates import FULL, LARGE, QUICK, SCENARIO

from simulator.engine.inputs import gather
from simulator.engine.run import make_plan
from simulator.scenario import library


def main() -> None:
    """Compare, and print how far the farthest outcome of a run lies apart."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="samples as large as the smoke run's")
    parser.add_argument("--runs", type=int, default=200, help="seeds to try (default: 200)")
    arguments = parser.parse_args()
    sizes = QUICK if arguments.quick else FULL
    plan = make_plan(gather(library.scenario(SCENARIO)))
    ours = engine_totals(plan, 0, LARGE, threads=2)
    farthest, alarms, compared_at_all = [], 0, []
    for seed in range(1, arguments.runs + 1):
        pairs = compared(plan, ours, engine_totals(plan, seed, sizes.repeats * sizes.mesa, threads=2))
        farthest.append(max(pair.apart for pair in pairs))
        alarms += farthest[-1] > limit(pairs)
        compared_at_all.append(len(pairs))
    middle, nearly_all, most = np.quantile(farthest, [0.5, 0.99, 1.0])
    outcomes = f"{min(compared_at_all)} to {max(compared_at_all)} outcomes"
    print(f"{arguments.runs} runs of {outcomes} each: {alarms} false alarms.")
    print("Joint standard errors by which the farthest outcome of a run lies apart:")
    print(f"{middle:.1f} in the median, {nearly_all:.1f} or less in 99 % of runs, {most:.1f} at most.")


if __name__ == "__main__":
    main()
