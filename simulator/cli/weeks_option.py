"""`--weeks` of `compare` and `run`: the same meetings over weeks, told week by week."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import typer

from simulator.cli.arguments import OutputFormat
from simulator.cli.diagnostics import ProgressLine, progress_line
from simulator.cli.run_options import Asked
from simulator.errors import Problem, UsageError

if TYPE_CHECKING:
    from simulator.analysis.over_weeks import OverWeeks
    from simulator.engine.inputs import Inputs


def wants_weeks(inputs: Inputs, asked: Asked) -> bool:
    """Whether the meetings are to be held over weeks.

    Raises:
        UsageError: If something is said of weeks, and there are none.
    """
    if asked.weeks is not None or inputs.scenario.weeks is not None:
        return True
    if unfit := asked.first("reask", "per_week"):
        raise UsageError(Problem(f"{unfit} goes with weeks.", remedy="Say how many: --weeks 12."))
    return False


def write_weeks(inputs: Inputs, asked: Asked) -> None:
    """Run over weeks and write the result; `--uncertainty` shows both ends of what is known of fatigue too.

    Raises:
        UsageError: If something is asked for that does not go with weeks.
    """
    if unfit := asked.first("by", "precision", "ledger", "why"):
        raise UsageError(Problem(f"{unfit} does not go with weeks.", remedy="Leave it out, or --weeks."))
    with progress_line() as progress:
        found = _run(inputs, asked, asked.seed, progress, None)
        ends = found.fatigue.range if asked.uncertainty else ()
        both = [_run(inputs, asked, found.seed, progress, end) for end in ends]
    _write(found, both, asked.output)


def _run(inputs: Inputs, asked: Asked, seed: int | None, progress: ProgressLine, fatigue: float | None) -> OverWeeks:
    from simulator.api import over_weeks_prepared
    from simulator.engine.weeks import MEETINGS_A_WEEK

    more = {} if asked.participants is None else {"participants": asked.participants}
    reask = int(asked.reask) if asked.reask is not None and asked.reask.isdecimal() else asked.reask
    return over_weeks_prepared(
        inputs,
        asked.weeks,
        reask=reask,  # type: ignore[arg-type]
        a_week=MEETINGS_A_WEEK if asked.per_week is None else asked.per_week,
        seed=seed,
        threads=asked.threads,
        progress=progress,
        fatigue=fatigue,
        **more,
    )


def _write(found: OverWeeks, ends: list[OverWeeks], output: OutputFormat) -> None:
    from simulator.cli.terminal import console
    from simulator.text.weeks_view import print_weeks, weeks_csv, weeks_dict

    if output is OutputFormat.TABLE:
        print_weeks(console(), found, ends)
    elif output is OutputFormat.JSON:
        typer.echo(json.dumps(weeks_dict(found, ends), indent=2))
    else:
        typer.echo(weeks_csv(found, ends).rstrip())
