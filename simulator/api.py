"""What Python users import: `load`, `simulate`, `compare`. The command line calls the same functions."""

from __future__ import annotations

import datetime
import functools
import inspect
import os
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import ParamSpec, TypedDict, TypeVar, Unpack, get_type_hints

from simulator.analysis.across import AcrossBehaviours
from simulator.analysis.comparison import DEFAULT_PARTICIPANTS, Comparison, run_comparison
from simulator.analysis.over_weeks import DEFAULT_PARTICIPANTS as PARTICIPANTS_OVER_WEEKS
from simulator.analysis.over_weeks import MOST_WEEKS, OverWeeks, over_weeks
from simulator.analysis.uncertainty import Uncertainty, over_draws
from simulator.behaviour.models import RECORDED
from simulator.engine.behaviours import known
from simulator.engine.inputs import Given, Inputs, gather
from simulator.engine.run import Progress, Run, fresh_seed, no_progress
from simulator.engine.weeks import MEETINGS_A_WEEK, Span
from simulator.errors import Gathered, Problem, UsageError, did_you_mean, nearest, number, whole_number
from simulator.meetings.read import read_meetings
from simulator.meetings.recorded import RecordedMeeting
from simulator.scenario import library
from simulator.scenario.document import Scenario
from simulator.scenario.flow import Flow
from simulator.scenario.joint_draws import read_draws
from simulator.scenario.load import Kind
from simulator.scenario.reask import Reask, read_reask
from simulator.scenario.sourced import AtLeastZero
from simulator.scenario.vocabulary import DataCategory, Purpose, Reading
from simulator.scenario.yaml_file import read

P = ParamSpec("P")
R = TypeVar("R")
W = TypeVar("W", bound=StrEnum)
Flows = Flow | str | Path | Sequence[Flow | str | Path]
"""Flows, built-in names or paths; none: those that the scenario names."""

DEFAULT_SCENARIO = "everyday_meetings"
MOST_SEED = (1 << 64) - 1
MOST_PARTICIPANTS = 1_000_000_000
MOST_THREADS = 1024
MOST_A_WEEK = 100.0


class Setting(TypedDict, total=False):
    """What is simulated: the keywords that all functions of `**setting` share. `compare` says what each means."""

    scenario: Scenario | str | Path
    meetings: str | Path | Sequence[str | Path]
    category: DataCategory | str | None
    purpose: Purpose | str | None
    date: datetime.date | str | None
    reading: Reading | str | None
    company_veto: bool | None
    choices: str | Path | None
    observed: str | Path | None


USUAL: Setting = {"scenario": DEFAULT_SCENARIO, "meetings": ()}
"""In place of what is left out; None for the others."""


def _spelled_out(function: Callable[P, R]) -> Callable[P, R]:
    """Gives a function of `**setting` a signature that names each keyword of `Setting`, and fills in what is left out.

    Help and notebooks show and complete the keywords then, and one that there is not is refused.
    """
    own = inspect.signature(function, eval_str=True)
    named = [one for one in own.parameters.values() if one.kind is not one.VAR_KEYWORD]
    words = [
        inspect.Parameter(word, inspect.Parameter.KEYWORD_ONLY, default=USUAL.get(word), annotation=meant)
        for word, meant in get_type_hints(Setting).items()
    ]
    whole = own.replace(parameters=[*named, *words])

    @functools.wraps(function)
    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            bound = whole.bind(*args, **kwargs)
        except TypeError as error:
            msg = f"{function.__name__}() {error}"
            raise TypeError(msg) from None
        bound.apply_defaults()
        return function(*bound.args, **bound.kwargs)

    called.__signature__ = whole  # type: ignore[attr-defined]
    return called


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
    guess = nearest(name, [*flows, *scenarios])
    hint = f'Did you mean "{guess}"? ' if guess else ""
    known = f"`joinlab flows` lists the flows; the scenarios are {', '.join(scenarios)}"
    remedy = f"{hint}{known}. Or give a path to a YAML file."
    raise UsageError(Problem(f'"{name}" is not the name of a flow or scenario.', remedy=remedy))


@_spelled_out
def prepare(flows: Flows = (), *, behaviour: str | None = None, **setting: Unpack[Setting]) -> Inputs:
    """Everything a run needs, loaded and checked; arguments and errors as for `compare`."""
    scenario, meetings, date = setting["scenario"], setting["meetings"], setting["date"]
    choices, observed = setting["choices"], setting["observed"]
    changes: dict[str, object] = {
        "category": _word("category", setting["category"], DataCategory),
        "purpose": _word("purpose", setting["purpose"], Purpose),
        "date": _day(date),
        "dates": None if date is None else {},  # one day for all
        "reading": _word("reading", setting["reading"], Reading),
        "company_veto": _yes_or_no("company_veto", setting["company_veto"]),
        # Paths of a scenario start from its folder, and those of a call from where the caller is.
        "observed": None if observed is None else _own_file("observed", _name("observed", observed)),
        "choices": None if choices is None else _own_file("choices", _name("choices", choices)),
        "behaviour": RECORDED if behaviour is None and choices is not None else _behaviour(behaviour),
    }
    folders = [meetings] if isinstance(meetings, str | Path) else meetings
    found, given = Gathered(), None
    document = None
    with found.part():
        if not isinstance(scenario, Scenario):
            document = read(library.find("scenario", _name("scenario", scenario)))
            scenario = library.scenario(str(scenario))
        given = scenario.model_copy(update={name: value for name, value in changes.items() if value is not None})
        if behaviour not in (None, RECORDED) and choices is None:  # what the scenario records is not drawn from then
            given = given.model_copy(update={"choices": None})
    chosen = []
    for place, flow in enumerate([flows] if isinstance(flows, Flow | str | Path) else flows):
        with found.part():
            chosen.append(_flow(f"flows[{place}]", flow))
    recorded: Sequence[RecordedMeeting] = ()
    with found.part():
        recorded = read_meetings([Path(path) for path in folders]) if folders else ()
    found.raise_any()
    assert given is not None, "nothing was raised, so the scenario was loaded"
    return gather(given, flows=chosen, recorded=recorded, document=document)


@_spelled_out
def compare(
    flows: Flows = (),
    *,
    behaviour: str | None = None,
    participants: int = DEFAULT_PARTICIPANTS,
    seed: int | None = None,
    threads: int | None = None,
    precision: float | None = None,
    progress: Progress = no_progress,
    **setting: Unpack[Setting],
) -> Comparison:
    """Run flows on the same people in the same meetings; the first is the baseline of differences.

    Args:
        flows: Flows, built-in names or paths; none: those that the scenario names.
        scenario: Scenario, built-in name or path.
        meetings: Files and folders of recorded meetings, in place of generated ones.
        category: Data category that shares are of; None: as the scenario says.
        purpose: Use of the data that shares are for; None: as the scenario says.
        date: Day whose rules apply to all flows; None: as the scenario says.
        reading: How unsettled rules are read; None: as the scenario says.
        company_veto: Whether the company keeps confidential meetings out; None: as the scenario says.
        behaviour: What people go by: mixed_logit, habit, rational, recorded, or one that a package adds; None: as the
            scenario says, or `recorded` where choices are given.
        choices: File with recorded choices, for the behaviour `recorded`; None: as the scenario says.
        observed: File with counts of a live flow, to which the constants of the context are fitted; None: as the
            scenario says.
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
    inputs = prepare(flows, behaviour=behaviour, **setting)
    return run_prepared(
        inputs, participants=participants, seed=seed, threads=threads, precision=precision, progress=progress
    )


def run_prepared(
    inputs: Inputs,
    *,
    participants: int = DEFAULT_PARTICIPANTS,
    seed: int | None = None,
    threads: int | None = None,
    precision: float | None = None,
    progress: Progress = no_progress,
) -> Comparison:
    """`compare` of inputs that `prepare` gave; arguments and errors as there."""
    participants = whole_number("participants", participants, 1, MOST_PARTICIPANTS)
    seed = None if seed is None else whole_number("seed", seed, 0, MOST_SEED)
    if precision is not None and not (isinstance(precision, int | float) and 0.0 < precision < 1.0):
        remedy = "0.005 is half a percentage point."
        raise UsageError(Problem(f"precision: {precision!r} is not a number between 0 and 1.", remedy=remedy))
    return run_comparison(
        inputs,
        participants=participants,
        seed=seed,
        threads=_threads(threads),
        precision=precision,
        progress=progress,
    )


@_spelled_out
def compare_behaviours(
    flows: Flows = (),
    *,
    behaviours: Sequence[str] = (),
    participants: int = DEFAULT_PARTICIPANTS,
    seed: int | None = None,
    threads: int | None = None,
    progress: Progress = no_progress,
    **setting: Unpack[Setting],
) -> AcrossBehaviours:
    """`compare` under several behaviours, with the same people, meetings and draws.

    `behaviours` are names; none means all that there are, `recorded` among them where choices are given, which are for
    it alone. The other arguments, and errors, are those of `compare`.
    """
    seed = fresh_seed() if seed is None else whole_number("seed", seed, 0, MOST_SEED)
    scenario, choices = setting["scenario"], setting["choices"]
    held = scenario if isinstance(scenario, Scenario) else library.scenario(_name("scenario", scenario))
    drawn = choices is not None or held.choices is not None
    found = {}
    for name in behaviours or [one for one in known() if one != RECORDED or drawn]:
        setting["choices"] = choices if name == RECORDED else None
        inputs = prepare(flows, behaviour=name, **setting)
        found[name] = run_prepared(inputs, participants=participants, seed=seed, threads=threads, progress=progress)
    return AcrossBehaviours(found)


def over_weeks_prepared(
    inputs: Inputs,
    weeks: int | None = None,
    *,
    reask: Reask | None = None,
    a_week: float = MEETINGS_A_WEEK,
    participants: int = PARTICIPANTS_OVER_WEEKS,
    seed: int | None = None,
    threads: int | None = None,
    fatigue: float | None = None,
    progress: Progress = no_progress,
) -> OverWeeks:
    """Hold the meetings of inputs that `prepare` gave week after week, with the same people.

    Args:
        inputs: As `prepare` gives them.
        weeks: 1 to 104; None: as the scenario says, or 1.
        reask: When people are asked again: as_designed, each_meeting, never, after_refusal, or a number of weeks; None:
            as the scenario says.
        a_week: Times that each meeting is held in a week, 1 to 100.
        participants: At least so many people, in whole meetings.
        seed: 0 to 2**64 - 1; None draws a fresh one, which the result records.
        threads: None: all processors. The result does not depend on it.
        fatigue: In place of the value of the parameters, such as an end of its range.
        progress: Told how far the run is.

    Raises:
        UsageError: If an argument is out of range, the parameters have no fatigue, or the meetings are recorded ones.
    """
    weeks = whole_number("weeks", inputs.scenario.weeks or 1 if weeks is None else weeks, 1, MOST_WEEKS)
    if fatigue is not None and not (isinstance(fatigue, int | float) and AtLeastZero.allows(fatigue)):
        raise UsageError(Problem(f"fatigue: {fatigue!r} is not {AtLeastZero.allowed}."))
    span = Span(
        weeks=weeks,
        a_week=number("a_week", a_week, 1, MOST_A_WEEK),
        reask=read_reask("reask", inputs.scenario.reask if reask is None else reask, MOST_WEEKS),
    )
    return over_weeks(
        inputs,
        span,
        participants=whole_number("participants", participants, 1, MOST_PARTICIPANTS),
        seed=None if seed is None else whole_number("seed", seed, 0, MOST_SEED),
        threads=_threads(threads),
        progress=progress,
        fatigue=None if fatigue is None else float(fatigue),
    )


def _threads(given: int | None) -> int:
    """As many as asked for, or one for each processor."""
    return (os.cpu_count() or 1) if given is None else whole_number("threads", given, 1, MOST_THREADS)


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
    return over_draws(comparison, read_draws(path), threads=_threads(threads), progress=progress)


@_spelled_out
def simulate(
    flows: Flows = (),
    *,
    behaviour: str | None = None,
    participants: int = DEFAULT_PARTICIPANTS,
    seed: int | None = None,
    threads: int | None = None,
    **setting: Unpack[Setting],
) -> Run:
    """The raw totals of one or more flows; arguments and errors as for `compare`."""
    inputs = prepare(flows, behaviour=behaviour, **setting)
    return run_prepared(inputs, participants=participants, seed=seed, threads=threads).run


def _flow(place: str, flow: object) -> Given:
    """A flow, with the name or path that it was asked for by."""
    if isinstance(flow, Flow):
        return Given(flow)
    name = _name(place, flow)
    return Given(library.flow(name), library.find("flow", name) if library.is_path(name) else None)


def _behaviour(name: str | None) -> str | None:
    if name is None or name in known():
        return name
    raise UsageError(
        Problem(f"behaviour: {name!r} is none.", remedy=did_you_mean(str(name), known(), called="Behaviours"))
    )


def _own_file(kind: Kind, name: str) -> str:
    path = library.find(kind, name)
    if not path.exists():
        remedy = f"`{kind}` is the name or path of a {library.CALLED[kind]}."
        raise UsageError(Problem("there is no such file.", path, remedy=remedy))
    return str(path.absolute())


def _name(place: str, given: object) -> str:
    if not isinstance(given, str | Path):
        raise UsageError(Problem(f"{place}: {given!r} is neither a name nor a path."))
    return str(given)


def _word(name: str, given: object, words: type[W]) -> W | None:
    if given is None:
        return None
    if isinstance(given, str) and given in list(words):
        return words(given)
    remedy = did_you_mean(str(given), [word.value for word in words], called="Allowed")
    raise UsageError(Problem(f"{name}: {given!r} is not allowed here.", remedy=remedy))


def _yes_or_no(name: str, given: object) -> bool | None:
    if given is None or isinstance(given, bool):
        return given
    raise UsageError(Problem(f"{name}: {given!r} is neither True nor False."))


def _day(given: object) -> datetime.date | None:
    if isinstance(given, datetime.datetime):
        return given.date()
    if given is None or isinstance(given, datetime.date):
        return given
    try:
        return datetime.date.fromisoformat(given)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        remedy = "Give a datetime.date, or year-month-day such as 2023-08-08."
        raise UsageError(Problem(f"date: {given!r} is not a day.", remedy=remedy)) from None
