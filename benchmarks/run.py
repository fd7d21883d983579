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
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
JOINLAB = Path(sys.executable).with_name("joinlab")
CORES = min(2, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
COMPARE = ("compare", "accept_or_leave", "granular_opt_in", "--participants", "20000", "--seed", "1")
CAVEAT = (
    "Machines differ and are noisy: seconds and rates hold for this one and this hour.\n"
    "Only the ratios carry over, and only as far as their ranges."
)


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
    return f"{value:,.0f} x" if value >= 20.0 else f"{value:.2f} x"


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


def script(name: str, *arguments: str) -> dict[str, object]:
    """What one of the scripts beside this one prints."""
    done = subprocess.run([sys.executable, str(HERE / name), *arguments], check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, object] = json.loads(done.stdout)
    return found


def command(*arguments: str, **environment: str) -> float:
    """Seconds that a command of joinlab takes, from start to end."""
    start = time.perf_counter()
    subprocess.run([JOINLAB, *arguments], check=True, capture_output=True, env={**os.environ, **environment})
    return time.perf_counter() - start


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
    for participants in (few, many):
        note(f"memory at {participants:,} participants")
        peaks.append(float(script("memory.py", str(participants), str(CORES))["peak_megabytes"]))
    return [
        Measure(f"peak memory, {few:,} people", peaks[:1], megabytes),
        Measure(f"peak memory, {many:,} people", peaks[1:], megabytes),
        Measure("memory, many / few", [peaks[1] / peaks[0]], times, "<= 1.2 x", at_most(1.2)),
    ]


def speed(found: dict) -> list[Measure]:
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
        Measure("one thread / reference walk", over(one, rates["reference"]), times),
        Measure("1 M participants, 2 flows", found["large_seconds"], seconds, "<= 3 s", at_most(3.0)),
    ]


def table(measures: Sequence[Measure]) -> str:
    """The measures at 80 columns."""
    rows = [("measure", "value: median (least to most)", "target", "reached"), *(measure.row() for measure in measures)]
    return "\n".join(f"{name:<29} {value:<32} {target:<9} {reached}".rstrip() for name, value, target, reached in rows)


def agreement(found: dict) -> str:
    """The engine's and Mesa's outcomes side by side."""
    lines = [f"{'flow':<18} {'audio':<8} {'engine':>9} {'Mesa':>9} {'± joint error':>14} {'errors apart':>13}"]
    for pair in found["pairs"]:
        ours, theirs = pair["ours"], pair["theirs"]
        joint = (ours["error"] ** 2 + theirs["error"] ** 2) ** 0.5
        lines.append(
            f"{pair['flow']:<18} {pair['outcome']:<8} {ours['value']:>9.2%} {theirs['value']:>9.2%}"
            f" {joint * 100:>11.2f} pp {pair['apart']:>13.1f}{'' if pair['agrees'] else '  DISAGREE'}"
        )
    return "\n".join(lines)


def disagreements(found: dict) -> list[str]:
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
    measures = [*commands(arguments.quick), *memory(arguments.quick)]
    found = script("rates.py", "--cores", str(CORES), *(["--quick"] if arguments.quick else []))
    measures = [*speed(found), *measures]
    wrong = disagreements(found)
    machine = {
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "numba": version("numba"),
        "numpy": version("numpy"),
        "mesa": found["mesa"],
    }
    if arguments.json:
        data = [measure.as_json() for measure in measures]
        print(json.dumps({"machine": machine, "quick": arguments.quick, "measures": data, **found}, indent=2))
    else:
        if arguments.quick:
            print("A smoke run (--quick): too short to quote.\n")
        print(", ".join(f"{name} {value}" for name, value in machine.items()), CAVEAT, sep="\n", end="\n\n")
        print(table(measures), agreement(found), sep="\n\n")
        print("\nThreads and the reference walk: equal to the unit." if not found["unequal"] else "")
    for sentence in wrong:
        note(f"Results disagree. {sentence}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
