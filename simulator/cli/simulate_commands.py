"""The commands that simulate: `compare`, `run`, `explain`, `people`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.arguments import (
    MOST_NUMBER,
    MOST_SHOWN,
    AnyBehaviourArg,
    MeetingsArg,
    OutputFormat,
    ScenarioArg,
    a_seed,
    proportion,
    split_files,
    whole,
)
from simulator.cli.diagnostics import note, progress_line
from simulator.cli.run_options import Asked, asking
from simulator.cli.weeks_option import wants_weeks, write_weeks
from simulator.errors import Problem, UsageError

if TYPE_CHECKING:
    from simulator.analysis.across import AcrossBehaviours
    from simulator.analysis.comparison import Comparison
    from simulator.analysis.uncertainty import Uncertainty
    from simulator.engine.inputs import Inputs


ALL = "all"  # as the help of --behaviour has it
"""In place of a behaviour's name: all of them."""


@asking()
def compare(
    flows: Annotated[list[str] | None, typer.Argument(help="Two or more flows: built-in names or YAML files.")] = None,
    behaviour: AnyBehaviourArg = None,
    *,
    asked: Asked,
) -> None:
    """Compare flows on the same people in the same meetings; the first is the baseline.

    Without flows, those that the scenario names: of everyday_meetings accept_or_leave and granular_opt_in.
    """
    chosen, files = split_files(flows or [], asked.meetings)
    if len(chosen) == 1:
        remedy = f"Name a second flow, or report on one alone: joinlab run {chosen[0]}"
        raise UsageError(Problem("compare takes two flows or more.", remedy=remedy))
    asked = replace(asked, meetings=files)
    if behaviour == ALL:
        if unfit := asked.first("by", "precision", "uncertainty", "why", "weeks"):
            raise UsageError(Problem(f"{unfit} goes with one behaviour.", remedy="Name it in place of `all`."))
        _write_across(_under_all(chosen, asked), asked.output)
    else:
        _report(chosen, asked)


@asking(without="ledger")
def run(
    names: Annotated[list[str] | None, typer.Argument(help="One scenario, or flows: names or YAML files.")] = None,
    scenario: Annotated[str | None, typer.Option("--scenario", help="Scenario for flows: a name or a file.")] = None,
    *,
    asked: Asked,
) -> None:
    """Run a scenario document, or some flows, with the ledger of each."""
    from simulator.api import load
    from simulator.scenario.document import Scenario

    chosen, files = split_files(names or [], asked.meetings)
    held = [load(name) for name in chosen]
    scenarios = [name for name, item in zip(chosen, held, strict=True) if isinstance(item, Scenario)]
    if scenarios and (len(chosen) > 1 or scenario is not None):
        remedy = f"Run it alone: joinlab run {scenarios[0]}; or run flows in it: --scenario {scenarios[0]}"
        raise UsageError(Problem(f"{scenarios[0]!r} is a scenario, and a run has one scenario.", remedy=remedy))
    named = scenarios[0] if scenarios else scenario or "everyday_meetings"
    _report([] if scenarios else chosen, replace(asked, scenario=named, meetings=files), ledger=True)


@asking(without="participants threads precision by weeks reask per_week ledger why uncertainty output")
def explain(
    flows: Annotated[list[str], typer.Argument(help="One or more flows: built-in names or YAML files.")],
    participant: Annotated[
        int,
        typer.Option(
            parser=whole("--participant", 1, MOST_NUMBER),
            metavar="N",
            help="Which participant, counted from 1 as `joinlab people` does.",
        ),
    ] = 1,
    seed: Annotated[int, typer.Option(parser=a_seed, metavar="N", help="Seed of the run in which they live.")] = 1,
    *,
    asked: Asked,
) -> None:
    """Tell one person's way through each flow: what they weighed, did and why, and what became of their data."""
    from simulator.analysis.anchor import anchored
    from simulator.cli.terminal import console
    from simulator.engine.run import make_plan
    from simulator.text.explain_view import print_explanation

    chosen, files = split_files(flows, asked.meetings)
    inputs = _prepare(chosen, replace(asked, meetings=files))
    if inputs.counted:
        inputs, _ = anchored(inputs, seed)
    print_explanation(console(), make_plan(inputs), seed, participant)


def people(
    number: Annotated[
        int,
        typer.Option("-n", "--number", parser=whole("--number", 1, MOST_SHOWN), metavar="N", help="How many to show."),
    ] = 8,
    first: Annotated[
        int, typer.Option(parser=whole("--first", 1, MOST_NUMBER), metavar="N", help="Number of the first to show.")
    ] = 1,
    scenario: ScenarioArg = "everyday_meetings",
    meetings: MeetingsArg = None,
    seed: Annotated[
        int, typer.Option(parser=a_seed, metavar="N", help="Seed; the same seed gives the same people.")
    ] = 1,
) -> None:
    """Show some generated participants, with a name, an employer and a job."""
    from simulator.api import prepare
    from simulator.cli.terminal import console
    from simulator.engine.run import make_plan
    from simulator.text.people_view import print_people

    inputs = prepare(scenario=scenario, meetings=meetings or ())
    print_people(console(), make_plan(inputs), seed, first, number)


def _prepare(flows: Sequence[str], asked: Asked) -> Inputs:
    from simulator.api import prepare

    if asked.behaviour == ALL:
        remedy = "`joinlab compare ... --behaviour all` ranks flows under each; name one here."
        raise UsageError(Problem("--behaviour all is for compare.", remedy=remedy))
    return prepare(flows, behaviour=asked.behaviour, **asked.setting())


def _report(flows: Sequence[str], asked: Asked, *, ledger: bool = False) -> None:
    """Run flows, over weeks where that is asked for, and write what came out."""
    inputs = _prepare(flows, asked)
    if wants_weeks(inputs, asked):
        write_weeks(inputs, asked)
        return
    result = _simulate(inputs, asked)
    _write(result, asked, _spread(result, asked), ledger=ledger or asked.ledger)


def _simulate(inputs: Inputs, asked: Asked) -> Comparison:
    from simulator.analysis.comparison import DEFAULT_PARTICIPANTS
    from simulator.api import run_prepared
    from simulator.compiled import KEPT_IN

    if KEPT_IN is None:
        note("no folder for compiled code can be written, so each run compiles; NUMBA_CACHE_DIR may name one.")
    wanted = proportion(asked.precision)
    with progress_line() as progress:
        result = run_prepared(
            inputs,
            participants=asked.participants or DEFAULT_PARTICIPANTS,
            seed=asked.seed,
            threads=asked.threads,
            precision=wanted,
            progress=progress,
        )
    _say_precision(result, wanted)
    return result


def _under_all(flows: Sequence[str], asked: Asked) -> AcrossBehaviours:
    from simulator.analysis.comparison import DEFAULT_PARTICIPANTS
    from simulator.api import compare_behaviours

    with progress_line() as progress:
        return compare_behaviours(
            flows,
            participants=asked.participants or DEFAULT_PARTICIPANTS,
            seed=asked.seed,
            threads=asked.threads,
            progress=progress,
            **asked.setting(),
        )


def _write_across(across: AcrossBehaviours, output: OutputFormat) -> None:
    from simulator.cli.terminal import console
    from simulator.text.across_view import across_csv, across_dict, print_across

    if output is OutputFormat.TABLE:
        print_across(console(), across)
    elif output is OutputFormat.JSON:
        typer.echo(json.dumps(across_dict(across), indent=2))
    else:
        typer.echo(across_csv(across).rstrip())


def _say_precision(result: Comparison, wanted: float | None) -> None:
    widest = result.widest()
    if wanted is None or (widest is not None and widest <= wanted):
        return
    if widest is None:
        note(f"precision {100 * wanted:g}pp was not reached: there are too few meetings for an interval.")
        return
    needed = result.participants_for(wanted)
    why = "the run became too long" if needed is None else f"it would take about {needed:,.0f} participants"
    if result.inputs.recorded:
        why = "the recorded meetings differ from each other"
    note(
        f"precision {100 * wanted:g}pp was not reached, because {why}; "
        f"the widest interval is {100 * widest:.2f}pp on its longer side."
    )


def _spread(result: Comparison, asked: Asked) -> Uncertainty | None:
    """What the joint draws make of a result: where that is asked for, and wherever constants were fitted to counts."""
    from simulator.api import uncertainty

    if not asked.uncertainty and (result.anchor is None or result.inputs.draws is None):
        return None
    with progress_line("draws") as progress:
        return uncertainty(result, threads=asked.threads, progress=progress)


def _write(result: Comparison, asked: Asked, spread: Uncertainty | None, *, ledger: bool) -> None:
    split = None if asked.by is None else asked.by.value
    if asked.output is OutputFormat.TABLE:
        from simulator.cli.terminal import console
        from simulator.text.comparison_view import print_comparison

        print_comparison(console(), result, by=split, ledger=ledger, why=asked.why, spread=spread)
        return
    from simulator.text.formats import as_csv, as_json

    write = as_json if asked.output is OutputFormat.JSON else as_csv
    typer.echo(write(result, by=split, spread=spread).rstrip())
