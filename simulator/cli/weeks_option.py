"""`--weeks` of `compare` and `run`: the same meetings over weeks, told week by week."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from simulator.cli.arguments import OutputFormat
from simulator.cli.diagnostics import Exit, ProgressLine, note
from simulator.errors import Problem, UsageError

if TYPE_CHECKING:
    from simulator.analysis.over_weeks import OverWeeks
    from simulator.engine.inputs import Inputs


@dataclass(frozen=True)
class Weekly:
    """What is asked for over weeks, as the command line gives it; None leaves it as the scenario says."""

    weeks: int | None
    reask: str | None
    per_week: float | None

    def wanted(self, inputs: Inputs) -> bool:
        """Whether the meetings are to be held over weeks.

        Raises:
            UsageError: If something is said of weeks, and there are none.
        """
        if self.weeks is not None or inputs.scenario.weeks is not None:
            return True
        for name, given in (("--reask", self.reask), ("--per-week", self.per_week)):
            if given is not None:
                raise UsageError(Problem(f"{name} goes with weeks.", remedy="Say how many: --weeks 12."))
        return False


def write_weeks(
    inputs: Inputs,
    weekly: Weekly,
    *,
    participants: int | None,
    seed: int | None,
    threads: int | None,
    ends: bool,
    output: OutputFormat,
    unfit: Mapping[str, object],
) -> None:
    """Run over weeks and write the result.

    Args:
        inputs: As `prepare` gives them.
        weekly: What is asked for.
        participants: At least so many; None: the default of runs over weeks.
        seed: None draws a fresh one.
        threads: None: all processors.
        ends: Whether to show both ends of what is known of fatigue too.
        output: How to write it.
        unfit: Options that do not go with weeks, by name, and what was given for each.
    """
    for name, given in unfit.items():
        if given:
            raise UsageError(Problem(f"{name} does not go with weeks.", remedy="Leave it out, or --weeks."))
    progress = ProgressLine("meetings")
    try:
        found = _run(inputs, weekly, participants, seed, threads, progress, None)
        both = (
            [_run(inputs, weekly, participants, found.seed, threads, progress, end) for end in found.fatigue.range]
            if ends
            else []
        )
    except KeyboardInterrupt:
        note("interrupted; nothing was written.")
        raise typer.Exit(Exit.INTERRUPTED) from None
    finally:
        progress.close()
    _write(found, both, output)


def _run(
    inputs: Inputs,
    weekly: Weekly,
    participants: int | None,
    seed: int | None,
    threads: int | None,
    progress: ProgressLine,
    fatigue: float | None,
) -> OverWeeks:
    from simulator.api import over_weeks_prepared
    from simulator.engine.weeks import MEETINGS_A_WEEK

    more = {} if participants is None else {"participants": participants}
    reask = int(weekly.reask) if weekly.reask is not None and weekly.reask.isdecimal() else weekly.reask
    return over_weeks_prepared(
        inputs,
        weekly.weeks,
        reask=reask,  # type: ignore[arg-type]
        a_week=MEETINGS_A_WEEK if weekly.per_week is None else weekly.per_week,
        seed=seed,
        threads=threads,
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
