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
NOTABLE, FEW = 3.0, 5
"""Outcomes that many joint standard errors apart are all shown, and at least so many."""
CAVEAT = (
    "Machines differ and are noisy: seconds and rates hold for this one, at this hour.\n"
    "Only the ratios carry over, and only as far as their ranges."
)


class Value(TypedDict):
    """An outcome from one side."""

    value: float
    error: float


class Pair(TypedDict):
    """An outcome from both sides."""

    flow: str
    outcome: str
    is_share: bool
    ours: Value
    theirs: Value
    joint_error: float
    apart: float


class Found(TypedDict):
    """What `rates.py` prints; lists have one entry per turn."""

    rates: dict[str, list[float]]
    processors: dict[str, list[float]]
    large_seconds: list[float]
    unequal: list[str]
    limit: float
    false_alarms: float
    pairs: list[Pair]
    """Farthest apart first."""
    mesa: str


class OnExecutor(TypedDict):
    """One executor on the cells of the benchmark."""

    cells_per_second: float
    idle: float
    """Share of the workers' time in which no cell was run."""
    idle_once_started: float
    """The same, from each worker's first finished cell on."""
    seconds_to_first_cell: float
    """Until a worker has finished one, at the mean; it has loaded compiled code then."""
    seconds_in_a_cell: float


class Resumed(TypedDict):
    """A batch that was interrupted at half."""

    seconds_before_first: float


class Apart(TypedDict):
    """How far an outcome lies from Mesa's."""

    flow: str
    willing: float
    outcome: str
    apart: float


class BesideMesa(TypedDict):
    """The same sweep by Mesa's batch runner."""

    ratio: float
    processor_ratio: float
    """The same by processor time."""
    collected_ratio: float
    """Of Mesa's model as its tutorials would have it; the first two are of the tuned one."""
    collected_processor_ratio: float
    limit: float
    apart: list[Apart]


class Batches(TypedDict):
    """What `batches.py` prints."""

    cells: int
    executors: dict[str, OnExecutor]
    resumed: Resumed
    same_tables: bool
    beside_mesa: BesideMesa


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


def percent(value: float) -> str:
    """A share."""
    return f"{value:.2%}"


def amount(value: float) -> str:
    """Something that is no share."""
    return f"{value:.3f}"


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
    rates, processors = found["rates"], found["processors"]
    both = "engine_2" in rates
    why = "" if both else "one processor"
    used = {name: over(values, processors[name]) for name, values in rates.items()}
    one, two = rates["engine_1"], rates.get("engine_2", [])
    best, best_used = (two, doubled(used["engine_2"])) if both else (one, used["engine_1"])
    threads = "two threads" if both else "one thread"
    ours = over(two, one) if both else []
    machine = over(rates["machine_2"], rates["machine_1"]) if both else []
    return [
        Measure("joins/s, engine, two threads", two, rate, why_not=why),
        Measure("joins/s, engine, one thread", one, rate),
        Measure("joins/s, reference walk", rates["reference"], rate),
        *mesa_rows(found, threads, best, best_used),
        Measure("one thread / reference walk", over(one, rates["reference"]), times),
        Measure("two threads / one thread", ours, times, ">= 1.8 x", at_least(1.8), why),
        Measure("  plain arithmetic", machine, times, why_not=why),
        Measure("  engine / plain arithmetic", over(ours, machine), plain, why_not=why),
        Measure("processors got, two threads", processors.get("engine_2", []), plain, why_not=why),
        Measure("joins/CPU s, two threads", used.get("engine_2", []), rate, why_not=why),
        Measure("joins/CPU s, one thread", used["engine_1"], rate),
        Measure("1 M participants, 2 flows", found["large_seconds"], seconds, "<= 3 s", at_most(3.0)),
    ]


def mesa_rows(found: Found, threads: str, best: Sequence[float], best_used: Sequence[float]) -> list[Measure]:
    """The engine beside Mesa's model as tutorials would have it, and as it is fastest; both by time and by CPU time."""
    rates, processors, rows = found["rates"], found["processors"], []
    for name, key in ((f"Mesa {found['mesa']}, idiomatic", "collected"), (f"Mesa {found['mesa']}, tuned", "mesa")):
        used = over(rates[key], processors[key])
        rows += [
            Measure(f"joins/s, {name}", rates[key], rate),
            Measure(f"  {threads} / it", over(best, rates[key]), times, ">= 300 x", at_least(300.0)),
            Measure("  the same, by CPU time", over(best_used, used), times),
        ]
    return rows


def batches(found: Batches, quick: bool) -> list[Measure]:
    """Cells per second, what running them costs besides, and the same sweep by Mesa's batch runner."""
    cells, beside = found["cells"], found["beside_mesa"]
    counts = (20, 100) if quick else (100, 1_000)
    few, many = (float(json.loads(script("batches.py", "memory", str(count)))) for count in counts)
    rows = []
    for name, one in found["executors"].items():
        rows.append(Measure(f"cells/s, {name}", [one["cells_per_second"]], plain))
        rows.append(Measure("  a cell", [one["seconds_in_a_cell"]], seconds))
        rows.append(Measure(f"  not in cells, {cells:,} cells", [one["idle"]], percent, "< 5 %", at_most(0.05)))
        rows.append(Measure("    once workers have started", [one["idle_once_started"]], percent))
        rows.append(Measure("  start to first cell finished", [one["seconds_to_first_cell"]], seconds))
    return [
        *rows,
        Measure("resumed at half: before a cell", [found["resumed"]["seconds_before_first"]], seconds),
        Measure("memory, many / few cells", [many / few], times, "<= 1.1 x", at_most(1.1)),
        Measure("sweep / batch_run, idiomatic", [beside["collected_ratio"]], times, ">= 200 x", at_least(200.0)),
        Measure("  CPU time", [beside["collected_processor_ratio"]], times),
        Measure("sweep / batch_run, tuned", [beside["ratio"]], times, ">= 200 x", at_least(200.0)),
        Measure("  CPU time", [beside["processor_ratio"]], times),
    ]


def batch_disagreements(found: Batches) -> list[str]:
    """What is wrong with batches, a sentence each."""
    wrong = [] if found["same_tables"] else ["tables differ between executors, or after resuming."]
    beside = found["beside_mesa"]
    return wrong + [
        f"sweep and Mesa's batch_run, {one['flow']} at {one['willing']}, {one['outcome']}: {one['apart']:.1f} joint"
        f" standard errors apart, and {beside['limit']:.1f} is the limit."
        for one in beside["apart"]
        if one["apart"] > beside["limit"]
    ]


def over(top: Sequence[float], bottom: Sequence[float]) -> list[float]:
    """Ratios, turn by turn."""
    return [high / low for high, low in zip(top, bottom, strict=True)]


def doubled(values: Sequence[float]) -> list[float]:
    """Of one processor, taken for two."""
    return [2.0 * value for value in values]


def table(measures: Sequence[Measure]) -> str:
    """The measures at 80 columns."""
    rows = [("measure", "value: median (least to most)", "target", "reached"), *(measure.row() for measure in measures)]
    return "\n".join(f"{name:<30} {value:<31} {target:<9} {reached}".rstrip() for name, value, target, reached in rows)


def agreement(found: Found) -> str:
    """How far the engine's and Mesa's outcomes lie apart, and those that do most."""
    pairs, limit = found["pairs"], found["limit"]
    shown = max(FEW, sum(pair["apart"] > NOTABLE for pair in pairs))
    runs = f"1 of {1.0 / found['false_alarms']:,.0f} runs"
    lines = [
        f"Engine and Mesa, {len(pairs)} outcomes: at most {pairs[0]['apart']:.1f} joint standard errors apart.",
        f"The limit is {limit:.1f}: two right models pass it in {runs} at most. Farthest apart:",
        "",
        f"{'flow':<15} {'outcome':<35} {'engine':>7} {'Mesa':>7} {'error':>6} {'apart':>5}",
    ]
    for pair in pairs[:shown]:
        show = percent if pair["is_share"] else amount
        ours, theirs, error = show(pair["ours"]["value"]), show(pair["theirs"]["value"]), show(pair["joint_error"])
        where = pair["flow"] or "every flow"
        lines.append(f"{where:<15} {pair['outcome']:<35} {ours:>7} {theirs:>7} {error:>6} {pair['apart']:>5.1f}")
    return "\n".join(lines)


def disagreements(found: Found) -> list[str]:
    """What is wrong, a sentence each."""
    wrong = [f"{what}: not equal to the unit." for what in found["unequal"]]
    return wrong + [
        f"engine and Mesa, {pair['flow'] or 'every flow'}, {pair['outcome']}: {pair['apart']:.1f} joint standard errors"
        f" apart, and {found['limit']:.1f} is the limit."
        for pair in found["pairs"]
        if pair["apart"] > found["limit"]
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
    of_batches: Batches = json.loads(
        script("batches.py", "--cores", str(CORES), *(["--quick"] if arguments.quick else []))
    )
    measures = [*speed(found), *measures, *batches(of_batches, arguments.quick)]
    wrong = [*disagreements(found), *batch_disagreements(of_batches)]
    machine = {
        "cores": os.cpu_count(),
        "load before": busy,
        "python": platform.python_version(),
        "numba": version("numba"),
        "numpy": version("numpy"),
    }
    if arguments.json:
        data = [measure.as_json() for measure in measures]
        print(
            json.dumps(
                {"machine": machine, "quick": arguments.quick, "measures": data, **found, "batches": of_batches},
                indent=2,
            )
        )
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
