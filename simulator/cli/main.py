"""The commands of `joinlab`. Everything heavy is imported inside the command that needs it."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli import evidence_commands
from simulator.cli.arguments import (
    MOST_NUMBER,
    MOST_PARTICIPANTS,
    MOST_SHOWN,
    By,
    ByArg,
    Category,
    CategoryArg,
    CheckFormat,
    DateArg,
    FindingLevel,
    FlowFormat,
    FormatArg,
    LedgerArg,
    ListFormat,
    MeetingsArg,
    NotUnderstood,
    OutputFormat,
    ParticipantsArg,
    PrecisionArg,
    ReadingArg,
    ReadingOption,
    ScenarioArg,
    SeedArg,
    ThreadsArg,
    UncertaintyArg,
    VetoArg,
    WhyArg,
    a_seed,
    day,
    not_understood,
    proportion,
    split_files,
    whole,
    word,
    words_of,
)
from simulator.cli.diagnostics import Exit, ProgressLine, note, report
from simulator.errors import JoinlabError, Problem, UsageError

if TYPE_CHECKING:
    from simulator.analysis.comparison import Comparison
    from simulator.analysis.uncertainty import Uncertainty
    from simulator.engine.inputs import Inputs

EXAMPLES = """Simulate how people join meetings under different ways of asking for consent
to AI training, and measure how much meeting data is claimed, lawful and wanted.

Three examples:

  joinlab compare accept_or_leave granular_opt_in
  joinlab flows show granular_opt_in
  joinlab explain accept_or_leave two_buttons --participant 7

`joinlab --help` lists all commands, `joinlab COMMAND --help` the options of one."""

app = typer.Typer(
    add_completion=False,
    no_args_is_help=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Simulate how people join meetings under different ways of asking for consent to AI training.",
)
flows_app = typer.Typer(rich_markup_mode=None, help="List the flows of the library, or show one.")
app.add_typer(flows_app, name="flows")
app.command()(evidence_commands.fit)
app.command()(evidence_commands.validate)


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context, version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False
) -> None:
    """Simulate how people join meetings under different ways of asking for consent to AI training."""
    if version:
        from simulator.cli.formats import joinlab_version

        typer.echo(f"joinlab {joinlab_version()}")
    elif context.invoked_subcommand is None:
        typer.echo(EXAMPLES)


@app.command()
def compare(
    flows: Annotated[list[str] | None, typer.Argument(help="Two or more flows: built-in names or YAML files.")] = None,
    scenario: ScenarioArg = "everyday_meetings",
    meetings: MeetingsArg = None,
    participants: ParticipantsArg = 100_000,
    seed: SeedArg = None,
    threads: ThreadsArg = None,
    precision: PrecisionArg = None,
    category: CategoryArg = None,
    by: ByArg = None,
    date: DateArg = None,
    company_veto: VetoArg = None,
    reading: ReadingArg = None,
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
    result = _simulate(
        chosen, scenario, files, participants, seed, threads, precision, category, date, company_veto, reading
    )
    _write(result, by, ledger, why, output, _spread(result, threads) if uncertainty else None)


@app.command()
def run(
    names: Annotated[list[str] | None, typer.Argument(help="One scenario, or flows: names or YAML files.")] = None,
    scenario: Annotated[str | None, typer.Option("--scenario", help="Scenario for flows: a name or a file.")] = None,
    meetings: MeetingsArg = None,
    participants: ParticipantsArg = 100_000,
    seed: SeedArg = None,
    threads: ThreadsArg = None,
    precision: PrecisionArg = None,
    category: CategoryArg = None,
    by: ByArg = None,
    date: DateArg = None,
    company_veto: VetoArg = None,
    reading: ReadingArg = None,
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
    result = _simulate(
        flows, named, files, participants, seed, threads, precision, category, date, company_veto, reading
    )
    _write(result, by, True, why, output, _spread(result, threads) if uncertainty else None)


@app.command()
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
    date: DateArg = None,
    company_veto: VetoArg = None,
    reading: ReadingArg = None,
) -> None:
    """Tell one person's way through each flow: what they weighed, did and why, and what became of their data."""
    from simulator.cli.explain_view import print_explanation
    from simulator.cli.terminal import console
    from simulator.engine.run import make_plan

    chosen, files = split_files(flows, meetings)
    inputs = _prepare(chosen, scenario, files, date, company_veto, reading)
    print_explanation(console(), make_plan(inputs), seed, participant)


@app.command()
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
    from simulator.cli.people_view import print_people
    from simulator.cli.terminal import console
    from simulator.engine.run import make_plan

    inputs = _prepare([], scenario, meetings or [], None, None, None)
    print_people(console(), make_plan(inputs), seed, first, number)


@flows_app.callback(invoke_without_command=True)
def list_flows(
    context: typer.Context,
    output: Annotated[
        ListFormat,
        typer.Option(
            "--format",
            parser=word("--format", ListFormat),
            metavar=words_of(ListFormat),
            help="How to write the list.",
        ),
    ] = ListFormat.TABLE,
) -> None:
    """List the flows of the library: title, who decides, how one refuses."""
    if context.invoked_subcommand is None and output is ListFormat.JSON:
        from simulator.cli.flow_view import library_as_dicts

        typer.echo(json.dumps(library_as_dicts(), indent=2))
    elif context.invoked_subcommand is None:
        from simulator.cli.flow_view import print_library
        from simulator.cli.terminal import console

        print_library(console())


@flows_app.command("show")
def show_flow(
    flow: Annotated[str, typer.Argument(help="A built-in name or a YAML file.")],
    output: Annotated[
        FlowFormat,
        typer.Option(
            "--format",
            parser=word("--format", FlowFormat),
            metavar=words_of(FlowFormat),
            help="A tree, a Mermaid diagram, the file itself, or what it holds as JSON.",
        ),
    ] = FlowFormat.TREE,
) -> None:
    """Draw a flow: who is asked what, with which options, and where each leads."""
    from simulator.cli.flow_view import mermaid, print_tree
    from simulator.cli.terminal import console
    from simulator.scenario import library

    path = library.find("flow", flow)
    loaded = library.flow(flow)
    if output is FlowFormat.YAML:
        typer.echo(path.read_text(encoding="utf-8"), nl=False)
    elif output is FlowFormat.JSON:
        typer.echo(json.dumps(loaded.model_dump(mode="json", by_alias=True), indent=2))
    elif output is FlowFormat.MERMAID:
        typer.echo(mermaid(loaded))
    else:
        print_tree(console(), loaded)


@app.command()
def check(
    files: Annotated[list[str], typer.Argument(help="Content files of any kind, or names of built-in flows.")],
    fail_on: Annotated[
        FindingLevel | None,
        typer.Option(
            parser=word("--fail-on", FindingLevel),
            metavar=words_of(FindingLevel),
            help="Exit with 1 from findings of this level on.",
        ),
    ] = None,
    output: Annotated[
        CheckFormat,
        typer.Option(
            "--format",
            parser=word("--format", CheckFormat),
            metavar=words_of(CheckFormat),
            help="How to write the result.",
        ),
    ] = CheckFormat.TEXT,
    effect: Annotated[bool, typer.Option("--effect", help="Measure what switching each pattern off does.")] = False,
    participants: Annotated[
        int,
        typer.Option(
            parser=whole("--participants", 1, MOST_PARTICIPANTS),
            metavar="N",
            help="For --effect: at least so many participants.",
        ),
    ] = 50_000,
    seed: Annotated[int, typer.Option(parser=a_seed, metavar="N", help="For --effect: seed of the run.")] = 1,
    scenario: ScenarioArg = "everyday_meetings",
    category: CategoryArg = None,
) -> None:
    """Check content files: every problem with its line, and in flows what the design checks find."""
    from simulator.cli.check_view import Ablate, check_files
    from simulator.rules.findings import Level
    from simulator.scenario.vocabulary import DataCategory

    counted = None if category is None else DataCategory(category.value)
    done = check_files(
        files,
        output=output.value,
        fail_on=None if fail_on is None else Level(fail_on.value),
        ablate=Ablate(scenario, counted, participants, seed) if effect else None,
    )
    if done is not Exit.OK:
        raise typer.Exit(done)


@app.command()
def schema(
    kind: Annotated[str, typer.Argument(help="flow, scenario, population, meetings, parameters, evidence, ...")],
) -> None:
    """Print the JSON Schema of a kind of file, for editors."""
    from simulator.errors import did_you_mean
    from simulator.scenario.library import KINDS
    from simulator.scenario.load import json_schema

    found = next((known for known in KINDS if known == kind), None)
    if found is None:
        raise UsageError(Problem(f"{kind!r} is not a kind of file.", remedy=did_you_mean(kind, KINDS, called="Kinds")))
    typer.echo(json.dumps(json_schema(found), indent=2))


def _prepare(
    flows: Sequence[str],
    scenario: str,
    meetings: Sequence[Path],
    date: str | None,
    company_veto: bool | None,
    reading: ReadingOption | None,
) -> Inputs:
    from simulator.api import prepare
    from simulator.scenario.vocabulary import Reading

    return prepare(
        flows,
        scenario=scenario,
        meetings=meetings,
        date=day(date),
        company_veto=company_veto,
        reading=None if reading is None else Reading(reading.value),
    )


def _simulate(
    flows: Sequence[str],
    scenario: str,
    meetings: Sequence[Path],
    participants: int,
    seed: int | None,
    threads: int | None,
    precision: str | None,
    category: Category | None,
    date: str | None,
    company_veto: bool | None,
    reading: ReadingOption | None,
) -> Comparison:
    from simulator.api import compare as run_flows
    from simulator.compiled import KEPT_IN
    from simulator.scenario.vocabulary import DataCategory, Reading

    if KEPT_IN is None:
        note("no folder for compiled code can be written, so each run compiles; NUMBA_CACHE_DIR may name one.")
    progress = ProgressLine()
    try:
        wanted = proportion(precision)
        result = run_flows(
            flows,
            scenario=scenario,
            meetings=meetings,
            category=None if category is None else DataCategory(category.value),
            date=day(date),
            company_veto=company_veto,
            reading=None if reading is None else Reading(reading.value),
            participants=participants,
            seed=seed,
            threads=threads,
            precision=wanted,
            progress=progress,
        )
    except KeyboardInterrupt:
        progress.close()
        note("interrupted; nothing was written.")
        raise typer.Exit(Exit.INTERRUPTED) from None
    progress.close()
    _say_precision(result, wanted)
    return result


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


def _spread(result: Comparison, threads: int | None) -> Uncertainty:
    from simulator.api import uncertainty

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
        from simulator.cli.comparison_view import print_comparison
        from simulator.cli.terminal import console

        print_comparison(console(), result, by=split, ledger=ledger, why=why, spread=spread)
        return
    from simulator.cli.formats import as_csv, as_json

    write = as_json if output is OutputFormat.JSON else as_csv
    typer.echo(write(result, by=split, spread=spread).rstrip())


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit: 0 done, 1 failed, 2 wrong usage or input, 130 interrupted."""
    # An output that takes only ASCII gets `?` for the letters of a name that it lacks.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    try:
        code = app(args=None if arguments is None else list(arguments), prog_name="joinlab", standalone_mode=False)
        sys.stdout.flush()
    except JoinlabError as error:
        report(error)
        sys.exit(Exit.USAGE)
    except NotUnderstood as error:
        report(JoinlabError(not_understood(error)))
        sys.exit(Exit.USAGE)
    except (BrokenPipeError, SystemExit):  # the reader has what it wants, such as `head`; typer exits for that alone
        # What is left to write is thrown away, or closing the output would fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(Exit.OK)
    except OSError as error:
        place = "the result could not be written" if error.filename is None else str(error.filename)
        report(JoinlabError(Problem(f"{place}: {error.strerror}.")))
        sys.exit(Exit.FAILED)
    sys.exit(code if isinstance(code, int) else Exit.OK)


if __name__ == "__main__":
    main()
