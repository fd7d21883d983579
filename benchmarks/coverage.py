"""How often 95 % intervals of small runs cover what a large run finds: `python -m benchmarks.coverage`.

Every outcome of some flows, alone and less the first flow's, over many seeds. What is rare is the hard part: few
meetings decide it, and unequal ones. The figures of docs/explanation/model.md come from here.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from simulator.analysis.comparison import Comparison, run_comparison
from simulator.analysis.estimates import Estimate
from simulator.analysis.outcomes import OF_PEOPLE, SHARES
from simulator.api import prepare
from simulator.engine.inputs import Inputs

FLOWS = ("accept_or_leave", "two_buttons", "granular_opt_in", "reject_hidden", "notice_only", "host_decides")
LARGE = 3_000_000
LARGE_SEED = 10**6

Name = tuple[str, str]
"""Flow and outcome; a difference from the first flow has `less` before the outcome."""


def named(found: Comparison) -> Iterator[tuple[Name, Estimate]]:
    """All shares and differences."""
    for flow in found.flows:
        for outcome in (*SHARES, *OF_PEOPLE):
            yield (flow.flow.id, outcome), flow.share(outcome, found.category)
        for share in (0.5, 0.9):
            yield (flow.flow.id, f"seconds, {share:.0%}"), flow.seconds_to_join(share)
    for item in found.differences():
        yield (item.flow, f"less {item.outcome}"), item.estimate


def covered(inputs: Inputs, truth: dict[Name, float], people: int, seeds: int) -> dict[Name, list[tuple[bool, float]]]:
    """Of each interval over the seeds: whether it covers the truth, and its length."""
    found: dict[Name, list[tuple[bool, float]]] = defaultdict(list)
    for seed in range(seeds):
        for name, estimate in named(run_comparison(inputs, participants=people, seed=seed, threads=2)):
            if name in truth and estimate.low is not None and estimate.high is not None:
                hit = estimate.low <= truth[name] <= estimate.high
                found[name].append((hit, estimate.high - estimate.low))
    return found


def main() -> None:
    """Print a line for each outcome of each flow: the truth, the coverage, the mean length of the interval."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=400, help="small runs")
    parser.add_argument("--people", type=int, default=5_000, help="participants of a small run")
    arguments = parser.parse_args()
    inputs = prepare(FLOWS)
    large = named(run_comparison(inputs, participants=LARGE, seed=LARGE_SEED, threads=2))
    # What never happens, such as leaving where nobody can, is covered always and says nothing.
    truth = {name: float(found.value) for name, found in large if found.value}
    found = covered(inputs, truth, arguments.people, arguments.seeds)
    print(f"{arguments.seeds} runs of {arguments.people:,} people, against one of {LARGE:,}")
    print(f"{'flow':<18}{'outcome':<22}{'truth':>10}{'covered %':>11}{'mean length':>13}")
    for name, tries in found.items():
        hits, lengths = np.array(tries).T
        print(f"{name[0]:<18}{name[1]:<22}{truth[name]:>10.5f}{100 * hits.mean():>11.1f}{lengths.mean():>13.5f}")
    rates = np.array([np.mean([hit for hit, _ in tries]) for tries in found.values()])
    print(f"all: mean {100 * rates.mean():.1f} %, least {100 * rates.min():.1f} %, most {100 * rates.max():.1f} %")


if __name__ == "__main__":
    main()
