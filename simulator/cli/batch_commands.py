"""The commands that run experiments over many cells, and look at their results: `batch`, `results`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli import batch_analysis_commands
from simulator.cli.arguments import OutputFormat, listed, whole, word, words_of
from simulator.cli.batch_analysis_commands import FolderArg
from simulator.cli.diagnostics import Exit, ProgressLine, note, report
from simulator.errors import Problem, UsageError

if TYPE_CHECKING:
    from simulator.batch.executors import Executor

MOST_WORKERS = 1024
MOST_CELLS = 10_000_000

OutcomesArg = Annotated[
    str,
    typer.Option(
        "--outcomes", metavar="NAMES", help="Outcomes, such as lawful,lawful.video,lawful.jurisdiction.DE,left."
    ),
]

results_app = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help="Look at the results of experiments.")
for command in (
    batch_analysis_commands.sensitivity,
    batch_analysis_commands.frontier,
    batch_analysis_commands.discover,
):
    results_app.command()(command)


def batch(
    experiment: Annotated[str, typer.Argument(help="Experiment: a built-in name or a YAML file.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FOLDER", help="Where results go; results/ID by default.")
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            parser=whole("--workers", 1, MOST_WORKERS),
            metavar="N",
            help="Cells at a time; without it as many as processors. Changes no result.",
        ),
    ] = None,
    processes: Annotated[
        bool, typer.Option("--processes", help="Run cells in processes of their own, for many short cells.")
    ] = False,
    dask: Annotated[
        str | None, typer.Option("--dask", metavar="ADDRESS", help="Run cells on the Dask cluster of a scheduler.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check everything, and say how many cells, how long and how large.")
    ] = False,
    max_failures: Annotated[
        int | None,
        typer.Option(
            parser=whole("--max-failures", 0, MOST_CELLS), metavar="N", help="Stop when more cells than that failed."
        ),
    ] = None,
    fail_fast: Annotated[bool, typer.Option("--fail-fast", help="Stop at the first cell that fails.")] = False,
    only_failed: Annotated[bool, typer.Option("--only-failed", help="Run only cells that failed before.")] = False,
) -> None:
    """Run an experiment: every cell that has no results yet. The same command goes on where it ended.

    Exit code 3: some cells failed; the others are kept, and the same command tries the failed ones again.
    """
    from simulator.batch.durable import StoreError, UnwritableError
    from simulator.batch.executors import ClusterError
    from simulator.batch.prepared import prepare_experiment
    from simulator.batch.results import open_results
    from simulator.batch.run import run_batch
    from simulator.cli.batch_view import print_estimate, print_results, say_failures

    prepared = prepare_experiment(experiment)
    folder = output or prepared.folder
    executor = _executor(workers, processes, dask)
    if dry_run:
        print_estimate(prepared, executor.workers, None if dask else os.cpu_count())
        return
    progress = ProgressLine("cells")
    try:
        summary = run_batch(
            prepared,
            folder,
            executor=executor,
            most_failures=0 if fail_fast else max_failures,
            only_failed=only_failed,
            progress=progress,
        )
    except UnwritableError as error:
        progress.close()
        again = "What was finished before is kept: make room, and run the same command again."
        report(error.remedied(again if error.full else "Name another folder with --output."))
        raise typer.Exit(Exit.FAILED) from None
    except (StoreError, ClusterError) as error:
        progress.close()
        report(error)
        raise typer.Exit(Exit.FAILED) from None
    except KeyboardInterrupt:
        progress.close()
        note(f"interrupted; what is finished is kept in {folder}, and the same command goes on from there.")
        raise typer.Exit(Exit.INTERRUPTED) from None
    progress.close()
    print_results(open_results(folder), summary=summary)
    if summary.status == "partly":
        note(
            f"{summary.cells - summary.done:,} cells have never run; the same command without --only-failed runs them."
        )
    if summary.failed:
        say_failures(open_results(folder), stopped=summary.status == "stopped")
        raise typer.Exit(Exit.SOME_FAILED)


def _executor(workers: int | None, processes: bool, dask: str | None) -> Executor:
    from simulator.batch.executors import Processes, Threads

    if dask is not None:
        if processes or workers is not None:
            remedy = "The cluster's own workers run the cells."
            raise UsageError(Problem("--dask takes neither --workers nor --processes.", remedy=remedy))
        from simulator.batch.dask_executor import DaskCluster

        cluster = DaskCluster(dask)
        if cluster.deserted:
            note(f"no worker has joined the scheduler yet; cells wait for one: dask worker {dask}")
        return cluster
    return Processes(workers) if processes else Threads(workers)


@results_app.command("list")
def list_results(
    folder: Annotated[
        Path | None, typer.Argument(metavar="FOLDER", help="Where to look; without it in results.")
    ] = None,
) -> None:
    """List the results below a folder: experiment, how many cells are done, when."""
    from simulator.cli.batch_view import print_list

    if folder is not None and not folder.is_dir():
        raise UsageError(Problem("there is no such folder.", folder))
    print_list(folder or Path("results"))


@results_app.command("show")
def show_results(folder: FolderArg, outcomes: OutcomesArg = "claimed,lawful,wanted") -> None:
    """Show what an experiment found: outcomes by lever, over all uncertainties."""
    from simulator.batch.results import open_results
    from simulator.cli.batch_view import print_results

    names = _named(outcomes)
    print_results(open_results(folder), outcomes=names)


@results_app.command("export")
def export_results(
    folder: FolderArg,
    table: Annotated[
        str, typer.Option(help="cells (with outcomes beside each), outcomes, ledger or segments.")
    ] = "cells",
    outcomes: Annotated[
        str | None, typer.Option("--outcomes", metavar="NAMES", help="For the table cells: other outcomes.")
    ] = None,
    output: Annotated[
        OutputFormat,
        typer.Option(
            "--format",
            parser=word("--format", OutputFormat),
            metavar=words_of(OutputFormat),
            help="How to write it; table is for reading.",
        ),
    ] = OutputFormat.CSV,
) -> None:
    """Write a tidy table of all finished cells to the output."""
    from simulator.batch.outcomes import KEPT
    from simulator.batch.results import open_results

    if outcomes is not None and table != "cells":
        remedy = f"Leave it out, or --table {table}."
        raise UsageError(Problem("--outcomes goes with the table cells.", remedy=remedy))
    names = list(KEPT) if outcomes is None else _named(outcomes)
    results = open_results(folder)
    frame = results.frame(names) if table == "cells" else results.table(table)
    if output is OutputFormat.CSV:
        typer.echo(frame.write_csv(), nl=False)
    elif output is OutputFormat.JSON:
        typer.echo(frame.write_json())
    else:
        from simulator.cli.batch_view import print_frame

        print_frame(frame)


def _named(outcomes: str) -> list[str]:
    return listed("--outcomes", outcomes, example="claimed,lawful")


@results_app.command("diff")
def diff_results(
    first: FolderArg,
    second: Annotated[Path, typer.Argument(metavar="OTHER", help="Another such folder.")],
    outcomes: OutcomesArg = "claimed,lawful,wanted,left",
) -> None:
    """Show in what two results differ: their inputs, and outcomes of cells that have the same values."""
    from simulator.batch.difference import difference
    from simulator.batch.results import open_results
    from simulator.cli.batch_view import print_difference

    names = _named(outcomes)
    print_difference(difference(open_results(first), open_results(second), names))


@results_app.command("rerun")
def rerun_cell(
    folder: FolderArg,
    cell: Annotated[
        int, typer.Argument(parser=whole("CELL", 0, MOST_CELLS), metavar="CELL", help="Number of the cell, from 0.")
    ],
) -> None:
    """Run one cell again from the inputs kept with the results, and compare. Exit code 1 if it is not the same."""
    from simulator.batch.difference import rerun
    from simulator.batch.results import open_results
    from simulator.cli.batch_view import print_rerun

    results = open_results(folder)
    found = rerun(results, cell)
    print_rerun(results, found)
    if not found.same:
        raise typer.Exit(Exit.FAILED)
