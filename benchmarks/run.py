"""Measures joinlab's speed and memory against its targets, and a Mesa model of the same scenario: `make bench`.

This process only starts others, one for each measure, and so none of them inherits memory or imports.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import TypedDict

HERE = Path(__file__).parent
JOINLAB = Path(sys.executable).with_name("joinlab")
CORES = min(2, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
COMPARE = ("compare", "accept_or_leave", "granular_opt_in", "--participants", "20000", "--seed", "1")
CAVEAT = (
    "Machines differ and are noisy: seconds and rates hold for this one, at this hour.\n"
    "Only the ratios carry over, and only as far as their ranges."
)


class Share(TypedDict):
    """An outcome from one side."""

    value: float
    error: float


class Pair(TypedDict):
    """An outcome of a flow from both sides."""

    flow: str
    outcome: str
    ours: Share
    theirs: Share
    apart: float
    agrees: bool


class Found(TypedDict):
    """What `rates.py` prints; lists have one entry per turn."""

    rates: dict[str, list[float]]
    processors: dict[str, list[float]]
    large_seconds: list[float]
    unequal: list[str]
    pairs: list[Pair]
    mesa: str


@dataclass(frozen=True)
class Measure:
    """One row of the table."""

    name: str
    values: Sequence[float]
    """One per repeat; empty: not measured."""
    show: Callable[[float], str]
    target: str = ""
    reaches: Callable[[float], bool] | None = None
    why_not: str = ""
    """Why there are no values."""

    @property
    def reached(self) -> bool | None:
        """Whether the median reaches the target; None without a target or a value."""
        return self.reaches(median(self.values)) if self.reaches and self.values else None

    def row(self) -> tuple[str, str, str, str]:
        """Measure, value with its range, target, reached."""
        if not self.values:
            return self.name, f"not measured: {self.why_not}", self.target, ""
        value = self.show(median(self.values))
        if len(self.values) > 1:
            value += f" ({self.show(min(self.values))} to {self.show(max(self.values))})"
        return self.name, value, self.target, {None: "", True: "yes", False: "no"}[self.reached]

    def as_json(self) -> dict[str, object]:
        """The same as data."""
        middle = median(self.values) if self.values else None
        return {
            "measure": self.name,
            "median": middle,
            "values": list(self.values),
            "target": self.target or None,
            "reached": self.reached,
            "not_measured": self.why_not or None,
        }


def note(text: str) -> None:
    """Say what is going on."""
    print(text, file=sys.stderr, flush=True)


def seconds(value: float) -> str:
    """A duration."""
    return f"{value:.2f} s"


def times(value: float) -> str:
    """A ratio."""
    return f"{value:,.0f} x" if value >= 100.0 else f"{value:.2f} x"


def plain(value: float) -> str:
    """A number."""
    return f"{value:.2f}"


def rate(value: float) -> str:
    """Joins per second."""
    return f"{value / 1e6:.2f} M" if value >= 1e6 else f"{value / 1e3:.1f} k"


def megabytes(value: float) -> str:
    """Memory."""
    return f"{value:.0f} MB"


def at_least(limit: float) -> Callable[[float], bool]:
    """A target that must be reached from below."""
    return lambda value: value >= limit


def at_most(limit: float) -> Callable[[float], bool]:
    """A target that must not be passed."""
    return lambda value: value <= limit


def script(name: str, *arguments: str) -> str:
    """What one of the scripts beside this one prints."""
    done = subprocess.run([sys.executable, HERE / name, *arguments], stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"{name} ended with {done.returncode}; its own message is above.")
    return done.stdout


def command(*arguments: str, **environment: str) -> float:
    """Seconds that a command of joinlab takes, from start to end."""
    start = time.perf_counter()
    done = subprocess.run([JOINLAB, *arguments], capture_output=True, text=True, env={**os.environ, **environment})
    taken = time.perf_counter() - start
    if done.returncode != 0:
        sys.exit(f"joinlab {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr}")
    return taken


def commands(quick: bool) -> list[Measure]:
    """How long a user waits."""
    why = "" if JOINLAB.exists() else "joinlab is not installed"
    helps, firsts = [], []
    if not why:
        note("joinlab --help")
        command("--help")
        helps = [command("--help") for _ in range(3 if quick else 9)]
        for number in range(1 if quick else 3):
            note(f"first compare, with nothing compiled, turn {number + 1}")
            with tempfile.TemporaryDirectory() as folder:
                firsts.append(command(*COMPARE, NUMBA_CACHE_DIR=folder))
    return [
        Measure("joinlab --help", helps, seconds, "< 0.3 s", lambda value: value < 0.3, why),
        Measure("first compare, with compile", firsts, seconds, "< 15 s", lambda value: value < 15.0, why),
    ]


def memory(quick: bool) -> list[Measure]:
    """Whether memory grows with the number of participants."""
    few, many = 100_000, 1_000_000 if quick else 10_000_000
    peaks = []
    script("memory.py", "1000", str(CORES))  # compiles, where nothing was: that takes memory of its own
    for participants in (few, many):
        note(f"memory at {participants:,} participants")
        peak: float = json.loads(script("memory.py", str(participants), str(CORES)))["peak_megabytes"]
        peaks.append(peak)
    return [
        Measure(f"peak memory, {few:,} people", peaks[:1], megabytes),
        Measure(f"peak memory, {many:,} people", peaks[1:], megabytes),
        Measure("memory, many / few", [peaks[1] / peaks[0]], times, "<= 1.2 x", at_most(1.2)),
    ]


def speed(found: Found) -> list[Measure]:
    """Joins per second, and their ratios turn by turn."""
    rates: dict[str, list[float]] = found["rates"]
    one, two = rates["engine_1"], rates.get("engine_2", [])
    best = two or one

    def over(top: list[float], bottom: list[float]) -> list[float]:
        return [high / low for high, low in zip(top, bottom, strict=True)]

    threads = "two threads" if two else "one thread"
    why = "" if two else "one processor"
    return [
        Measure("joins/s, engine, two threads", two, rate, why_not=why),
        Measure("joins/s, engine, one thread", one, rate),
        Measure("joins/s, reference walk", rates["reference"], rate),
        Measure(f"joins/s, Mesa {found['mesa']}", rates["mesa"], rate),
        Measure(f"{threads} / Mesa", over(best, rates["mesa"]), times, ">= 300 x", at_least(300.0)),
        Measure("one thread / Mesa", over(one, rates["mesa"]), times),
        Measure("two threads / one thread", over(two, one) if two else [], times, ">= 1.8 x", at_least(1.8), why),
        Measure("processors got, two threads", found["processors"].get("engine_2", []), plain, why_not=why),
        Measure("one thread / reference walk", over(one, rates["reference"]), times),
        Measure("1 M participants, 2 flows", found["large_seconds"], seconds, "<= 3 s", at_most(3.0)),
    ]


def table(measures: Sequence[Measure]) -> str:
    """The measures at 80 columns."""
    rows = [("measure", "value: median (least to most)", "target", "reached"), *(measure.row() for measure in measures)]
    return "\n".join(f"{name:<30} {value:<31} {target:<9} {reached}".rstrip() for name, value, target, reached in rows)


def agreement(found: Found) -> str:
    """The engine's and Mesa's outcomes side by side."""
    lines = [f"{'flow':<18} {'audio':<8} {'engine':>8} {'Mesa':>8} {'joint error':>12} {'errors apart':>13} agree"]
    for pair in found["pairs"]:
        ours, theirs = pair["ours"], pair["theirs"]
        joint = (ours["error"] ** 2 + theirs["error"] ** 2) ** 0.5
        lines.append(
            f"{pair['flow']:<18} {pair['outcome']:<8} {ours['value']:>8.2%} {theirs['value']:>8.2%}"
            f" {joint * 100:>9.2f} pp {pair['apart']:>13.1f} {'yes' if pair['agrees'] else 'NO'}"
        )
    return "\n".join(lines)


def disagreements(found: Found) -> list[str]:
    """What is wrong, a sentence each."""
    wrong = [f"{what}: not equal to the unit." for what in found["unequal"]]
    return wrong + [
        f"engine and Mesa, {pair['flow']}, {pair['outcome']}: {pair['apart']:.1f} joint standard errors apart."
        for pair in found["pairs"]
        if not pair["agrees"]
    ]


def main() -> int:
    """Measure everything and print it; 1 where results that must agree do not."""
    parser = argparse.ArgumentParser(description="Measure joinlab against its targets and a Mesa model.")
    parser.add_argument("--quick", action="store_true", help="a smoke run: small sizes, few repeats, wide ranges")
    parser.add_argument("--json", action="store_true", help="print JSON")
    arguments = parser.parse_args()
    if find_spec("mesa") is None:
        note("Mesa is not installed. Get it: .venv/bin/python -m pip install -e '.[bench]'")
        return 2
    busy = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else None
    measures = [*commands(arguments.quick), *memory(arguments.quick)]
    found: Found = json.loads(script("rates.py", "--cores", str(CORES), *(["--quick"] if arguments.quick else [])))
    measures = [*speed(found), *measures]
    wrong = disagreements(found)
    machine = {
        "cores": os.cpu_count(),
        "load before": busy,
        "python": platform.python_version(),
        "numba": version("numba"),
        "numpy": version("numpy"),
    }
    if arguments.json:
        data = [measure.as_json() for measure in measures]
        print(json.dumps({"machine": machine, "quick": arguments.quick, "measures": data, **found}, indent=2))
    else:
        if arguments.quick:
            print("A smoke run (--quick): too short to quote.\n")
        print(", ".join(f"{name} {value}" for name, value in machine.items()), CAVEAT, sep="\n", end="\n\n")
        print(table(measures), agreement(found), sep="\n\n")
        if not found["unequal"]:
            print("\nOne thread, two threads and the reference walk: equal to the unit.")
    for sentence in wrong:
        note(f"Results disagree. {sentence}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
