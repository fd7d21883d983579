"""The commands about content: `flows`, `check`, `schema`."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from simulator.cli.arguments import (
    MOST_PARTICIPANTS,
    CategoryArg,
    CheckFormat,
    FindingLevel,
    FlowFormat,
    ListFormat,
    ScenarioArg,
    a_seed,
    whole,
    word,
    words_of,
)
from simulator.cli.diagnostics import Exit
from simulator.errors import Problem, UsageError

flows_app = typer.Typer(rich_markup_mode=None, help="List the flows of the library, or show one.")


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
        from simulator.text.flow_view import library_as_dicts

        typer.echo(json.dumps(library_as_dicts(), indent=2))
    elif context.invoked_subcommand is None:
        from simulator.cli.terminal import console
        from simulator.text.flow_view import print_library

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
    from simulator.cli.terminal import console
    from simulator.scenario import library
    from simulator.text.flow_view import mermaid, print_tree

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
    from simulator.cli.check_view import check_files
    from simulator.cli.checked import Ablate
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
