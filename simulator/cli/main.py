"""The command `joinlab`: where its commands are found, and how it ends. Heavy imports wait inside each command."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from simulator.cli import batch_commands, content_commands, evidence_commands, simulate_commands, ui_command
from simulator.cli.arguments import NotUnderstood, not_understood
from simulator.cli.diagnostics import Exit, report
from simulator.errors import JoinlabError, Problem

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
app.add_typer(content_commands.flows_app, name="flows")
app.add_typer(batch_commands.results_app, name="results")
for command in (
    simulate_commands.compare,
    simulate_commands.run,
    simulate_commands.explain,
    simulate_commands.people,
    batch_commands.batch,
    content_commands.check,
    content_commands.schema,
    evidence_commands.fit,
    evidence_commands.validate,
    ui_command.ui,
):
    app.command()(command)


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context, version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False
) -> None:
    """Simulate how people join meetings under different ways of asking for consent to AI training."""
    if version:
        from simulator.text.formats import joinlab_version

        typer.echo(f"joinlab {joinlab_version()}")
    elif context.invoked_subcommand is None:
        typer.echo(EXAMPLES)


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
