"""What Python users import: `load`, `simulate`, `compare`. The command line calls the same functions."""

from __future__ import annotations

import datetime
import os
from collections.abc import Sequence
from pathlib import Path

from simulator.analysis.comparison import DEFAULT_PARTICIPANTS, Comparison, run_comparison
from simulator.analysis.uncertainty import Uncertainty, over_draws
from simulator.engine.inputs import Inputs, gather
from simulator.engine.run import Progress, Run, no_progress
from simulator.errors import Problem, UsageError, did_you_mean
from simulator.meetings.read import read_meetings
from simulator.scenario import library
from simulator.scenario.document import Scenario
from simulator.scenario.flow import Flow
from simulator.scenario.joint_draws import read_draws
from simulator.scenario.vocabulary import DataCategory, Reading
from simulator.scenario.yaml_file import read

DEFAULT_SCENARIO = "everyday_meetings"
MOST_SEED = (1 << 64) - 1


def load(name_or_path: str | Path) -> Flow | Scenario:
    """A flow or a scenario, by the name of a built-in one or by path.

    Raises:
        UsageError: If it is neither a built-in name nor a file.
        ScenarioError: If the file cannot be used; all its problems are named.
    """
    name = str(name_or_path)
    flows, scenarios = library.builtin("flow"), library.builtin("scenario")
    if library.is_path(name):
        held = read(Path(name)).value
        is_flow = not isinstance(held, dict) or "stages" in held or "refusal" in held
        return library.flow(name) if is_flow else library.scenario(name)
    if name in flows:
        return library.flow(name)
    if name in scenarios:
        return library.scenario(name)
    raise UsageError(
        Problem(
            f"there is no flow or scenario {name!r}.",
            remedy=did_you_mean(name, [*flows, *scenarios], called="Known") + " Or give a path to a YAML file.",
        )
    )


def prepare(
    flows: Flow | str | Path | Sequence[Flow | str | Path] = (),
    *,
    scenario: Scenario | str | Path = DEFAULT_SCENARIO,
    meetings: Sequence[str | Path] = (),
    category: DataCategory | None = None,
    date: datetime.date | None = None,
    reading: Reading | None = None,
    company_veto: bool | None = None,
) -> Inputs:
    """Everything a run needs, loaded and checked. Arguments that are None leave the scenario as it is."""
    beside = None
    if not isinstance(scenario, Scenario):
        path = library.find("scenario", str(scenario))
        beside, scenario = path.parent, library.scenario(str(scenario))
    changes: dict[str, object] = {
        "category": category,
        "date": date,
        "dates": None if date is None else {},  # one day for all
        "reading": reading,
        "company_veto": company_veto,
    }
    scenario = scenario.model_copy(update={name: value for name, value in changes.items() if value is not None})
    several = [flows] if isinstance(flows, Flow | str | Path) else flows
    chosen = [flow if isinstance(flow, Flow) else library.flow(str(flow)) for flow in several]
    recorded = read_meetings([Path(path) for path in meetings]) if meetings else ()
    return gather(scenario, flows=chosen, recorded=recorded, beside=beside)


def compare(
    flows: Flow | str | Path | Sequence[Flow | str | Path] = (),
    *,
    scenario: Scenario | str | Path = DEFAULT_SCENARIO,
    meetings: Sequence[str | Path] = (),
    category: DataCategory | None = None,
    date: datetime.date | None = None,
    reading: Reading | None = None,
    company_veto: bool | None = None,
    participants: int = DEFAULT_PARTICIPANTS,
    seed: int | None = None,
    threads: int | None = None,
    precision: float | None = None,
    progress: Progress = no_progress,
) -> Comparison:
    """Run flows on the same people in the same meetings; the first is the baseline of differences.

    Args:
        flows: Flows, built-in names or paths; none: those that the scenario names.
        scenario: Scenario, built-in name or path.
        meetings: Files and folders of recorded meetings, in place of generated ones.
        category: Data category that shares are of; None: as the scenario says.
        date: Day whose rules apply to all flows; None: as the scenario says.
        reading: How unsettled rules are read; None: as the scenario says.
        company_veto: Whether the company keeps confidential meetings out; None: as the scenario says.
        participants: At least so many people, in whole meetings.
        seed: 0 to 2**64 - 1; None draws a fresh one, which the result records.
        threads: None: all processors. The result does not depend on it.
        precision: Wanted half width of every share and difference, in (0, 1); None: as many people as asked.
        progress: Told how far the run is.

    Raises:
        UsageError: If an argument is out of range or names nothing.
        ScenarioError: If a file cannot be used.
        MeetingFileError: If a recorded meeting cannot be read.
    """
    _in_range("participants", participants, 1, 10**12)
    _in_range("threads", threads, 1, 1024)
    _in_range("seed", seed, 0, MOST_SEED)
    if precision is not None and not 0.0 < precision < 1.0:
        raise UsageError(Problem(f"precision {precision!r} must lie between 0 and 1, such as 0.005."))
    inputs = prepare(
        flows,
        scenario=scenario,
        meetings=meetings,
        category=category,
        date=date,
        reading=reading,
        company_veto=company_veto,
    )
    return run_comparison(
        inputs,
        participants=participants,
        seed=seed,
        threads=threads or os.cpu_count() or 1,
        precision=precision,
        progress=progress,
    )


def uncertainty(comparison: Comparison, *, threads: int | None = None, progress: Progress = no_progress) -> Uncertainty:
    """How far a comparison's outcomes move over the joint draws of its scenario's parameters.

    Args:
        comparison: As `compare` returns it.
        threads: None: all processors. The result does not depend on it.
        progress: Told how many draws are done.

    Raises:
        UsageError: If the parameters have no joint draws.
        ScenarioError: If the draws cannot be read.
    """
    path = comparison.inputs.draws
    if path is None:
        name = comparison.inputs.parameters.id
        remedy = "`joinlab fit --output FILE` writes parameters with draws; name that file in the scenario."
        raise UsageError(Problem(f"parameters {name} have no joint draws.", remedy=remedy))
    return over_draws(comparison, read_draws(path), threads=threads or os.cpu_count() or 1, progress=progress)


def simulate(
    flows: Flow | str | Path | Sequence[Flow | str | Path] = (),
    *,
    scenario: Scenario | str | Path = DEFAULT_SCENARIO,
    meetings: Sequence[str | Path] = (),
    participants: int = DEFAULT_PARTICIPANTS,
    seed: int | None = None,
    threads: int | None = None,
) -> Run:
    """The raw totals of one or more flows; arguments as for `compare`."""
    return compare(
        flows, scenario=scenario, meetings=meetings, participants=participants, seed=seed, threads=threads
    ).run


def _in_range(name: str, value: int | None, least: int, most: int) -> None:
    if value is not None and not least <= value <= most:
        raise UsageError(Problem(f"{name} {value!r} must lie between {least} and {most}."))
