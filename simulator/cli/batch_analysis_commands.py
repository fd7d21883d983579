"""The commands that ask what the results of an experiment depend on: `results sensitivity`, `frontier`, `discover`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.arguments import listed
from simulator.cli.diagnostics import note

if TYPE_CHECKING:
    from altair import TopLevelMixin

    from simulator.batch.results import Results
    from simulator.batch.sensitivity import Swing

FolderArg = Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder that `joinlab batch` wrote.")]
ChartArg = Annotated[
    Path | None,
    typer.Option("--chart", metavar="FILE", help="Also draw a chart into a file that ends in .svg or .png."),
]


def sensitivity(
    folder: FolderArg,
    outcome: Annotated[str, typer.Option("--outcome", metavar="NAME", help="Which outcome.")] = "lawful",
    swings: Annotated[bool, typer.Option("--swings", help="Show swings even where there are indices.")] = False,
    chart: ChartArg = None,
) -> None:
    """Show what an outcome depends on, for each sample of the levers.

    Sobol indices or Morris effects where the design is laid out for them; else how far the mean moves with each factor.
    """
    from simulator.batch.results import open_results
    from simulator.batch.sensitivity import indices, method
    from simulator.batch.wording import wording
    from simulator.cli.batch_analysis_view import print_indices, print_swings
    from simulator.cli.lever_names import LeverNames

    results = open_results(folder)
    title, of = results.experiment.experiment.title, wording(outcome, results.experiment)
    if method(results) is not None and not swings:
        found = indices(results, outcome)
        print_indices(found, outcome, results)
        if chart is not None:
            from simulator.batch import charts

            _draw(charts.indices(found, of, title), chart)
        return
    by_design = _swings(results, outcome)
    print_swings(by_design, outcome, results)
    if chart is not None:
        from simulator.batch import charts

        names = LeverNames(results.experiment.layout)
        _draw(charts.tornado(by_design[0][1], of, f"{title}: {names.of(by_design[0][0])}"), chart)
        if len(by_design) > 1:
            note(f"the chart shows the first of {len(by_design)} designs, {names.of(by_design[0][0])}.")


def _swings(results: Results, outcome: str) -> list[tuple[dict[str, object], list[Swing]]]:
    from simulator.batch.sensitivity import swings

    factors = results.experiment.layout.factors
    levers = [factor.path for factor in factors if factor.lever]
    unknown = [factor for factor in factors if not factor.lever]
    frame = results.done([outcome])
    blocks = results.experiment.layout.blocks
    whole = bool(blocks) and all(block.design == "grid" or len(block.factors) == 1 for block in blocks)
    balanced = whole and len(frame) == results.store.cells
    if not unknown or not levers:
        return [({}, swings(frame, factors, outcome, balanced=balanced))]
    groups = frame.group_by(levers, maintain_order=True)
    return [
        (dict(zip(levers, key, strict=True)), swings(own, unknown, outcome, balanced=balanced)) for key, own in groups
    ]


def frontier(
    folder: FolderArg,
    aims: Annotated[
        str | None,
        typer.Option(
            "--aims",
            metavar="AIMS",
            help="Outcomes with + where more is better, or -; such as +lawful,-overreach,-left.",
        ),
    ] = None,
    chart: ChartArg = None,
) -> None:
    """Show which designs no other design beats, and by which the others are dominated."""
    from simulator.batch.frontier import AIMS
    from simulator.batch.frontier import frontier as find
    from simulator.batch.results import open_results
    from simulator.cli.batch_analysis_view import print_frontier

    wanted = AIMS if aims is None else tuple(listed("--aims", aims, example="+lawful,-left"))
    results = open_results(folder)
    found = find(results, wanted)
    print_frontier(found, wanted, results)
    if chart is not None:
        from simulator.batch import charts
        from simulator.batch.wording import wording

        names = (wanted[1][1:], wanted[0][1:]) if len(wanted) > 1 else (wanted[0][1:],) * 2
        across, up = (wording(name, results.experiment) for name in names)
        _draw(charts.frontier(found, across, up, results.experiment.experiment.title), chart)


def discover(
    folder: FolderArg,
    where: Annotated[str, typer.Argument(metavar="CONDITION", help="Such as 'lawful < 10%' or 'left >= 0.05'.")],
) -> None:
    """Find the values that lead to an outcome beyond a threshold (scenario discovery by PRIM)."""
    from simulator.batch.discovery import condition
    from simulator.batch.discovery import discover as find
    from simulator.batch.results import open_results
    from simulator.cli.batch_analysis_view import print_discovery

    results, wanted = open_results(folder), condition(where)
    print_discovery(find(results, wanted), wanted, results)


def _draw(chart: TopLevelMixin, path: Path) -> None:
    from simulator.batch.charts import save
    from simulator.batch.durable import UnwritableError

    try:
        save(chart, path)
    except UnwritableError as error:
        raise error.remedied("Make room." if error.full else "Name another file with --chart.") from None
    note(f"the chart is in {path}.")
