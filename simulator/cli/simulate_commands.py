"""The commands that simulate: `compare`, `run`, `explain`, `people`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.arguments import (
    MOST_NUMBER,
    MOST_SHOWN,
    AnyBehaviourArg,
    BehaviourArg,
    By,
    ByArg,
    Category,
    CategoryArg,
    DateArg,
    FormatArg,
    LedgerArg,
    MeetingsArg,
    ObservedArg,
    OutputFormat,
    PerWeekArg,
    PrecisionArg,
    PurposeArg,
    PurposeOption,
    ReadingArg,
    ReadingOption,
    ReaskArg,
    RecordedArg,
    RunParticipantsArg,
    ScenarioArg,
    SeedArg,
    ThreadsArg,
    UncertaintyArg,
    VetoArg,
    WeeksArg,
    WhyArg,
    a_seed,
    day,
    proportion,
    split_files,
    whole,
)
from simulator.cli.diagnostics import Exit, ProgressLine, note
from simulator.cli.weeks_option import Weekly, write_weeks
from simulator.errors import Problem, UsageError

if TYPE_CHECKING:
    from simulator.analysis.across import AcrossBehaviours
    from simulator.analysis.comparison import Comparison
    from simulator.analysis.uncertainty import Uncertainty
    from simulator.engine.inputs import Inputs


ALL = "all"  # as the help of --behaviour has it
"""In place of a behaviour's name: all of them."""


@dataclass(frozen=True)
class Setting:
    """What is simulated, as the command line gives it; None leaves it as the scenario says."""

    flows: Sequence[str]
    scenario: str
    meetings: Sequence[Path] = ()
    category: Category | None = None
    purpose: PurposeOption | None = None
    date: str | None = None
    company_veto: bool | None = None
    reading: ReadingOption | None = None
    observed: str | None = None
    behaviour: str | None = None
    choices: str | None = None


@dataclass(frozen=True)
class Size:
    """How much is simulated, and from which seed."""

    participants: int | None
    seed: int | None
    threads: int | None
    precision: str | None


def compare(
    flows: Annotated[list[str] | None, typer.Argument(help="Two or more flows: built-in names or YAML files.")] = None,
    scenario: ScenarioArg = "everyday_meetings",
    meetings: MeetingsArg = None,
    participants: RunParticipantsArg = None,
    seed: SeedArg = None,
    threads: ThreadsArg = None,
    precision: PrecisionArg = None,
    category: CategoryArg = None,
    purpose: PurposeArg = None,
    by: ByArg = None,
    date: DateArg = None,
    company_veto: VetoArg = None,
    reading: ReadingArg = None,
    behaviour: AnyBehaviourArg = None,
    recorded: RecordedArg = None,
    observed: ObservedArg = None,
    weeks: WeeksArg = None,
    reask: ReaskArg = None,
    per_week: PerWeekArg = None,
    ledger: LedgerArg = False,
    why: WhyArg = False,
    uncertainty: UncertaintyArg = False,
    output: FormatArg = OutputFormat.TABLE,
) -> None:
    """Compare flows on the same people in the same meetings; the first is the baseline.

    Without flows, those that the scenario names: of everyday_meetings accept_or_leave and granular_opt_in.
    """
    chosen, files = split_files(flows or [], meetings)
    if len(chosen) == 1:
        remedy = f"Name a second flow, or report on one alone: joinlab run {chosen[0]}"
        raise UsageError(Problem("compare takes two flows or more.", remedy=remedy))
    setting = Setting(
        chosen, scenario, files, category, purpose, date, company_veto, reading, observed, behaviour, recorded
    )
    size = Size(participants, seed, threads, precision)
    if behaviour == ALL:
        for name, asked in (
            ("--by", by),
            ("--precision", precision),
            ("--uncertainty", uncertainty),
            ("--why", why),
            ("--weeks", weeks),
        ):
            if asked:
                raise UsageError(Problem(f"{name} goes with one behaviour.", remedy="Name it in place of `all`."))
        _write_across(_under_all(setting, size), output)
        return
    inputs, weekly = _prepare(setting), Weekly(weeks, reask, per_week)
    if weekly.wanted(inputs):
        unfit = {"--by": by, "--precision": precision, "--ledger": ledger, "--why": why}
        write_weeks(inputs, weekly, participants=participants, seed=seed, threads=threads, ends=uncertainty,
                    output=output, unfit=unfit)  # fmt: skip
        return
    result = _simulate(inputs, size)
    _write(result, by, ledger, why, output, _spread(result, threads, asked=uncertainty))


def run(
    names: Annotated[list[str] | None, typer.Argument(help="One scenario, or flows: names or YAML files.")] = None,
    scenario: Annotated[str | None, typer.Option("--scenario", help="Scenario for flows: a name or a file.")] = None,
    meetings: MeetingsArg = None,
    participants: RunParticipantsArg = None,
    seed: SeedArg = None,
    threads: ThreadsArg = None,
    precision: PrecisionArg = None,
    category: CategoryArg = None,
    purpose: PurposeArg = None,
    by: ByArg = None,
    date: DateArg = None,
    company_veto: VetoArg = None,
    reading: ReadingArg = None,
    behaviour: BehaviourArg = None,
    recorded: RecordedArg = None,
    observed: ObservedArg = None,
    weeks: WeeksArg = None,
    reask: ReaskArg = None,
    per_week: PerWeekArg = None,
    why: WhyArg = False,
    uncertainty: UncertaintyArg = False,
    output: FormatArg = OutputFormat.TABLE,
) -> None:
    """Run a scenario document, or some flows, with the ledger of each."""
    from simulator.api import load
    from simulator.scenario.document import Scenario

    chosen, files = split_files(names or [], meetings)
    held = [load(name) for name in chosen]
    scenarios = [name for name, item in zip(chosen, held, strict=True) if isinstance(item, Scenario)]
    if scenarios and (len(chosen) > 1 or scenario is not None):
        remedy = f"Run it alone: joinlab run {scenarios[0]}; or run flows in it: --scenario {scenarios[0]}"
        raise UsageError(Problem(f"{scenarios[0]!r} is a scenario, and a run has one scenario.", remedy=remedy))
    named = scenarios[0] if scenarios else scenario or "everyday_meetings"
    flows = [] if scenarios else chosen
    setting = Setting(
        flows, named, files, category, purpose, date, company_veto, reading, observed, behaviour, recorded
    )
    inputs, weekly = _prepare(setting), Weekly(weeks, reask, per_week)
    if weekly.wanted(inputs):
        unfit = {"--by": by, "--precision": precision, "--why": why}
        write_weeks(inputs, weekly, participants=participants, seed=seed, threads=threads, ends=uncertainty,
                    output=output, unfit=unfit)  # fmt: skip
        return
    result = _simulate(inputs, Size(participants, seed, threads, precision))
    _write(result, by, True, why, output, _spread(result, threads, asked=uncertainty))


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
    scenario: ScenarioArg = "everyday_meetings",
    meetings: MeetingsArg = None,
    seed: Annotated[int, typer.Option(parser=a_seed, metavar="N", help="Seed of the run in which they live.")] = 1,
    category: CategoryArg = None,
    purpose: PurposeArg = None,
    date: DateArg = None,
    company_veto: VetoArg = None,
    reading: ReadingArg = None,
    behaviour: BehaviourArg = None,
    recorded: RecordedArg = None,
    observed: ObservedArg = None,
) -> None:
    """Tell one person's way through each flow: what they weighed, did and why, and what became of their data."""
    from simulator.analysis.anchor import anchored
    from simulator.cli.terminal import console
    from simulator.engine.run import make_plan
    from simulator.text.explain_view import print_explanation

    chosen, files = split_files(flows, meetings)
    setting = Setting(
        chosen, scenario, files, category, purpose, date, company_veto, reading, observed, behaviour, recorded
    )
    inputs = _prepare(setting)
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
    from simulator.cli.terminal import console
    from simulator.engine.run import make_plan
    from simulator.text.people_view import print_people

    inputs = _prepare(Setting([], scenario, meetings or []))
    print_people(console(), make_plan(inputs), seed, first, number)


def _prepare(setting: Setting) -> Inputs:
    from simulator.api import prepare

    if setting.behaviour == ALL:
        remedy = "`joinlab compare ... --behaviour all` ranks flows under each; name one here."
        raise UsageError(Problem("--behaviour all is for compare.", remedy=remedy))

    return prepare(
        setting.flows,
        scenario=setting.scenario,
        meetings=setting.meetings,
        category=setting.category,
        purpose=setting.purpose,
        date=day(setting.date),
        company_veto=setting.company_veto,
        reading=setting.reading,
        observed=setting.observed,
        behaviour=setting.behaviour,
        choices=setting.choices,
    )


def _simulate(inputs: Inputs, size: Size) -> Comparison:
    from simulator.analysis.comparison import DEFAULT_PARTICIPANTS
    from simulator.api import run_prepared
    from simulator.compiled import KEPT_IN

    if KEPT_IN is None:
        note("no folder for compiled code can be written, so each run compiles; NUMBA_CACHE_DIR may name one.")
    wanted = proportion(size.precision)
    progress = ProgressLine()
    try:
        result = run_prepared(
            inputs,
            participants=size.participants or DEFAULT_PARTICIPANTS,
            seed=size.seed,
            threads=size.threads,
            precision=wanted,
            progress=progress,
        )
    except KeyboardInterrupt:
        note("interrupted; nothing was written.")
        raise typer.Exit(Exit.INTERRUPTED) from None
    finally:
        progress.close()
    _say_precision(result, wanted)
    return result


def _under_all(setting: Setting, size: Size) -> AcrossBehaviours:
    from simulator.analysis.comparison import DEFAULT_PARTICIPANTS
    from simulator.api import compare_behaviours

    progress = ProgressLine()
    try:
        return compare_behaviours(
            setting.flows,
            scenario=setting.scenario,
            meetings=setting.meetings,
            category=setting.category,
            purpose=setting.purpose,
            date=day(setting.date),
            reading=setting.reading,
            company_veto=setting.company_veto,
            choices=setting.choices,
            observed=setting.observed,
            participants=size.participants or DEFAULT_PARTICIPANTS,
            seed=size.seed,
            threads=size.threads,
            progress=progress,
        )
    except KeyboardInterrupt:
        note("interrupted; nothing was written.")
        raise typer.Exit(Exit.INTERRUPTED) from None
    finally:
        progress.close()


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


def _spread(result: Comparison, threads: int | None, *, asked: bool) -> Uncertainty | None:
    """What the joint draws make of a result: where that is asked for, and wherever constants were fitted to counts."""
    from simulator.api import uncertainty

    if not asked and (result.anchor is None or result.inputs.draws is None):
        return None

    progress = ProgressLine("draws")
    try:
        return uncertainty(result, threads=threads, progress=progress)
    except KeyboardInterrupt:
        note("interrupted; nothing was written.")
        raise typer.Exit(Exit.INTERRUPTED) from None
    finally:
        progress.close()


def _write(
    result: Comparison, by: By | None, ledger: bool, why: bool, output: OutputFormat, spread: Uncertainty | None
) -> None:
    split = None if by is None else by.value
    if output is OutputFormat.TABLE:
        from simulator.cli.terminal import console
        from simulator.text.comparison_view import print_comparison

        print_comparison(console(), result, by=split, ledger=ledger, why=why, spread=spread)
        return
    from simulator.text.formats import as_csv, as_json

    write = as_json if output is OutputFormat.JSON else as_csv
    typer.echo(write(result, by=split, spread=spread).rstrip())
