"""Runs a scenario once and prints, as JSON, the most memory that this process held."""

from __future__ import annotations

import json
import resource
import sys

from simulator.analysis.comparison import run_comparison
from simulator.engine.inputs import gather
from simulator.scenario import library

BYTES = 1 if sys.platform == "darwin" else 1024
"""Unit in which the system states it."""


def main(participants: int, threads: int) -> None:
    """Run that many participants under every flow of the scenario."""
    inputs = gather(library.scenario("everyday_meetings"))
    comparison = run_comparison(inputs, participants=participants, seed=1, threads=threads)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * BYTES
    print(json.dumps({"participants": comparison.run.participants, "peak_megabytes": peak / 1e6}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
