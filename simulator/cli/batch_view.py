"""What an experiment found, in the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from rich.console import RenderableType

from simulator.batch.designs import Factor, named
from simulator.batch.difference import Difference, Rerun
from simulator.batch.estimate import estimate
from simulator.batch.manifest import MANIFEST
from simulator.batch.prepared import Prepared
from simulator.batch.results import SHOWN, Results, open_results
from simulator.batch.run import Summary
from simulator.batch.wording import Wording, wording
from simulator.cli.diagnostics import note
from simulator.cli.lever_names import LeverNames, value_named
from simulator.cli.terminal import console
from simulator.errors import JoinlabError
from simulator.scenario.experiment import name_of
from simulator.text.layout import line, paragraph, table
from simulator.text.numbers import amount
from simulator.text.pace import lasted

if TYPE_CHECKING:
    import polars

_MOST_LINES = 40
_MOST_ERRORS = 3


def print_results(results: Results, *, outcomes: Sequence[str] = SHOWN, summary: Summary | None = None) -> None:
    """Outcomes by lever: the median over the uncertainties, and from where to where they go."""
    out = console()
    experiment = results.experiment.experiment
    width = out.width
    parts: list[RenderableType] = [line(experiment.title, "bold"), paragraph(experiment.question, width), line("")]
    parts += [paragraph(text, width) for text in _how_it_went(results, summary)]
    parts.append(line(""))
    for part in parts:
        out.print(part)
    for part in _by_lever(results, outcomes, width):
        out.print(part)
    out.print(paragraph(reading(results, outcomes), width))


def _how_it_went(results: Results, summary: Summary | None) -> Iterator[str]:
    layout, store = results.experiment.layout, results.store
    sizes = [len(block) for block in layout.blocks]
    cut = f" ({sizes[0]:,} of levers times {sizes[1]:,} of uncertainties)" if len(sizes) == 2 else ""
    failed = f", {store.failed:,} failed" if store.failed else ""
    missing = store.cells - store.done - store.failed
    rest = f", {missing:,} not run" if missing else ""
    took = ""
    if summary is not None and summary.ran:
        took = f" {summary.ran:,} of them now, in {lasted(summary.seconds)}." if summary.ran < store.cells else (
            f" That took {lasted(summary.seconds)}."
        )  # fmt: skip
    yield f"{store.cells:,} cells{cut}: {store.done:,} done{failed}{rest}.{took}"
    yield from _imprecise(results)
    yield f"Results: {results.folder}"


def _imprecise(results: Results) -> Iterator[str]:
    """How many cells are less precise than was asked, where some are."""
    precision = results.experiment.experiment.precision
    if precision is None:
        return
    reached = results.table("cells")["reached"]
    missed = reached.len() - reached.null_count() - int(reached.sum())
    if missed:
        told = f"{missed:,} of {results.store.cells:,} cells did not become as precise as asked"
        yield f"{told} in {precision.most_replications:,} replications."


def _by_lever(results: Results, outcomes: Sequence[str], width: int) -> Iterator[RenderableType]:
    import polars as pl

    frame = results.frame(outcomes).filter(pl.col("status") == "done")
    names = LeverNames(results.experiment.layout)
    levers = [factor.path for factor in results.experiment.layout.factors if factor.lever]
    if frame.is_empty():
        return
    groups = list(frame.group_by(levers, maintain_order=True)) if levers else [((), frame)]
    rows = [
        [names.of(dict(zip(levers, key, strict=True))), *(_cell(own[name], wording(name)) for name in outcomes)]
        for key, own in groups[:_MOST_LINES]
    ]
    several = any(len(own) > 1 for _, own in groups)
    heads = [head(name) for name in outcomes]
    for told in names.constant:
        yield paragraph(told, width, hang=2)
    yield table([names.heading, *heads], rows, width)
    if len(groups) > _MOST_LINES:
        yield line(f"... and {len(groups) - _MOST_LINES:,} more; `joinlab results export` has all.")
    if several:
        yield line("")
        yield paragraph("Median over the uncertainties, and the lowest and highest cell.", width)


def _cell(values: polars.Series, of: Wording) -> str:
    known = [float(value) for value in values if value is not None]
    if not known:
        return "n/a"
    middle = of.number(median(known))
    return middle if len(known) == 1 else f"{middle} ({of.number(min(known))} to {of.number(max(known))})"


def head(name: str, before: str = "") -> str:
    """The head of an outcome's column, with its unit; long names on two lines."""
    text = f"{before}{name} {wording(name).unit}"
    return text if len(text) <= 24 else text.replace(".", ".\n", 1)


def reading(results: Results, outcomes: Sequence[str]) -> str:
    """Of what the outcomes are, and by which reading of the law; every output that shows some says so once."""
    prepared = results.experiment
    scenario, strict = prepared.bench.scenario["id"], ""
    if any(wording(name, prepared).reading for name in outcomes):
        strict = " Where the reading of unsettled rules is open, lawful is the strict end; the other is lawful_lenient."
    return f"Scenario {scenario}, seed {prepared.experiment.seed}.{strict} Not legal advice."


def print_estimate(prepared: Prepared, workers: int, processors: int | None) -> None:
    """How many cells an experiment has, and about how much time and disk they take.

    Args:
        prepared: The experiment.
        workers: Cells that are run at a time.
        processors: Those that they share; None: each has its own.
    """
    out = console()
    experiment, layout = prepared.experiment, prepared.layout
    found = estimate(prepared, workers if processors is None else min(workers, processors))
    out.print(line(experiment.title, "bold"))
    out.print(paragraph(experiment.question, out.width))
    out.print(line(""))
    rows = [[factor.path, "lever" if factor.lever else "uncertainty", _values(factor)] for factor in layout.factors]
    for path, kind, values in rows:
        out.print(paragraph(f"{path} ({kind}): {values}", out.width, hang=2))
    out.print(line(""))
    least = "" if experiment.precision is None else "at least "
    out.print(line(f"cells         {len(layout):,}"))
    out.print(line(f"participants  {least}{found.participants:,}"))
    shared = "" if processors is None or workers <= processors else f" on {processors} processors"
    out.print(line(f"time          {least}about {lasted(found.seconds)} with {workers} at a time{shared}"))
    out.print(line(f"disk          about {_bytes(found.bytes)}"))
    out.print(line(""))
    out.print(paragraph("Measured on one cell; nothing was written.", out.width))


def _values(factor: Factor) -> str:
    if not factor.levels:
        return f"{factor.low:g} to {factor.high:g}" + (" by ratio" if factor.scale == "log" else "")
    names = [f"{level:g}" if isinstance(level, float) else name_of(level) for level in factor.levels]
    return ", ".join(names) if len(names) <= 12 else f"{len(names)} values from {names[0]} to {names[-1]}"


def say_failures(results: Results, *, stopped: bool) -> None:
    """The first cells that failed, and what to do."""
    import polars as pl

    failed = results.table("cells").filter(pl.col("status") == "failed")
    if stopped:
        note("stopped, because too many cells failed.")
    for row in failed.head(_MOST_ERRORS).iter_rows(named=True):
        note(f"cell {row['cell']} failed (seed {row['seed']}): {row['error']}")
    if len(failed) > _MOST_ERRORS:
        note(f"and {len(failed) - _MOST_ERRORS:,} more; the table cells has all.")
    note("the same command runs the failed cells again; --only-failed nothing else.")


def print_list(folder: Path) -> None:
    """All results below a folder."""
    out = console()
    found = sorted(path.parent for path in folder.rglob(MANIFEST))
    if not found:
        out.print(line(f"There are no results below {folder}."))
        return
    rows = []
    for place in found:
        try:
            results = open_results(place)
        except JoinlabError as error:
            note(str(error))
            continue
        store, manifest = results.store, results.manifest
        done = f"{store.done:,} of {store.cells:,}"
        rows.append(
            [str(place), done, f"{store.failed:,}", manifest["status"], manifest["started"][:16].replace("T", " ")]
        )
    out.print(table(["folder", "done", "failed", "status", "started, UTC"], rows, out.width))


def print_difference(found: Difference) -> None:
    """In what two results differ."""
    out = console()
    for told in found.inputs:
        out.print(paragraph(f"- {told}", out.width, hang=2))
    if not found.inputs:
        out.print(line("The inputs are the same."))
    lonely = ((found.only_first, "first"), (found.only_second, "second"))
    rest = "".join(f", {number:,} only in the {which}" for number, which in lonely if number)
    out.print(line(""))
    if found.unmatched:
        out.print(paragraph(found.unmatched, out.width))
        return
    out.print(line(f"{found.matched:,} cells have the same values{rest}."))
    if not found.matched:
        return
    rows = [
        [
            one.outcome,
            f"{one.differ:,}",
            *(wording(one.outcome).number(value, "+.2f") for value in (one.mean, one.most)),
        ]
        for one in found.moved
    ]
    out.print(table(["second less first", "cells that differ", "mean", "most"], rows, out.width))
    widest = max(found.moved, key=lambda one: 0.0 if wording(one.outcome).in_seconds else abs(one.most))
    if widest.differ:
        out.print(line(""))
        values = ", ".join(f"{path} {value_named(value)}" for path, value in widest.at.items())
        out.print(paragraph(f"{widest.outcome} differs most at {values}. Shares in points.", out.width))


def print_rerun(results: Results, found: Rerun) -> None:
    """Whether a cell that was run again is what it was."""
    out = console()
    levels = named(results.experiment.layout.levels(found.cell))
    out.print(
        paragraph(
            f"Cell {found.cell}: " + ", ".join(f"{path} {value_named(value)}" for path, value in levels.items()),
            out.width,
        )
    )
    if found.same:
        out.print(line(f"The same to the last unit; it took {lasted(found.seconds)}."))
        return
    for told in found.code:
        out.print(paragraph(f"- {told}", out.width, hang=2))
    rows = [
        [name, *("n/a" if value is None else wording(name).number(value, ".2f") for value in (before, now))]
        for name, before, now in found.moved
    ]
    if rows:
        out.print(table(["not the same", "before", "now"], rows, out.width))
    else:
        out.print(line("The outcomes are the same, other totals are not."))


def print_frame(frame: polars.DataFrame) -> None:
    """A frame, for reading."""
    out = console()
    rows = [[_text(value) for value in row] for row in frame.iter_rows()]
    out.print(table(frame.columns, rows, out.width))


def _text(value: object) -> str:
    return "" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)


def _bytes(number: float) -> str:
    unit, size = next(((unit, size) for unit, size in (("GB", 1e9), ("MB", 1e6)) if number >= size), ("kB", 1e3))
    return f"{amount(number / size)} {unit}"
