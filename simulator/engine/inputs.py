"""Everything a run needs, gathered from a scenario's names and checked together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar, cast

from simulator.behaviour.models import MODELS, RECORDED
from simulator.engine.behaviours import from_choices, known, plugged
from simulator.engine.counted import Counted, load_counts
from simulator.errors import Gathered, Problem, UsageError, did_you_mean
from simulator.meetings.recorded import RecordedMeeting
from simulator.rules.law import Law, in_force
from simulator.scenario import library
from simulator.scenario.document import Scenario
from simulator.scenario.flow import Flow
from simulator.scenario.jurisdiction import Jurisdiction
from simulator.scenario.load import Kind
from simulator.scenario.meeting_mix import MAX_PEOPLE, MeetingMix
from simulator.scenario.parameters import Context, Parameters
from simulator.scenario.population import Population
from simulator.scenario.sourced import Model
from simulator.scenario.vocabulary import Reading
from simulator.scenario.yaml_file import Document, Fault, Loc, read

if TYPE_CHECKING:
    from simulator.engine.weighing import Weigher

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """A scenario with all that it names."""

    scenario: Scenario
    flows: tuple[Flow, ...]
    """The first is the baseline of differences."""
    population: Population
    mix: MeetingMix
    parameters: Parameters
    law: Law
    """As the scenario reads it; strictly where it leaves the reading open."""
    lenient: Law | None
    """The same law read leniently, where the scenario leaves the reading open."""
    own_laws: Mapping[str, Law] = field(default_factory=dict)
    """By flow id, the law of a flow that has a day of its own; read as `law` is."""
    recorded: tuple[RecordedMeeting, ...]
    """Meetings read from files; empty where meetings are generated."""
    draws: Path | None = None
    """File with joint draws of the coefficients; None where the parameters name none."""

    counted: tuple[Counted, ...] = ()
    """Live flows and what was counted in them, to which the constants of the context are to be fitted."""
    weigher: Weigher | None = None
    """A behaviour that is no change of coefficients; None where the scenario's is."""
    contexts: Mapping[str, Context] = field(default_factory=dict)
    """By flow id, the constants of the context, where they are fitted to one's own counts."""

    @property
    def coefficients(self) -> Parameters:
        """The parameters as the behaviour of the scenario has them."""
        model = MODELS.get(self.scenario.behaviour)
        return self.parameters if model is None else model.of(self.parameters)

    def parameters_of(self, flow: Flow) -> Parameters:
        """The coefficients by which people answer a flow."""
        context = self.contexts.get(flow.id)
        found = self.coefficients
        return found if context is None else found.model_copy(update={"context": context})

    def law_of(self, flow: Flow) -> Law:
        """The law that a flow is judged by."""
        return self.own_laws.get(flow.id, self.law)

    def lenient_of(self, flow: Flow) -> Law | None:
        """The same law read leniently, where the scenario leaves the reading open."""
        return None if self.lenient is None else replace(self.law_of(flow), reading=Reading.LENIENT)

    @property
    def codes(self) -> tuple[str, ...]:
        """Jurisdictions of the population; their order is the index in all tables."""
        return tuple(self.population.jurisdictions.of)


@dataclass(frozen=True)
class Given:
    """A flow to run."""

    flow: Flow
    path: Path | None = None
    """File that it was read from; None where it is built in or was made in Python."""
    loc: Loc | None = None
    """Place in the scenario that names it, if one does."""


def gather(
    scenario: Scenario,
    *,
    flows: Sequence[Flow | Given] = (),
    recorded: Sequence[RecordedMeeting] = (),
    document: Document | None = None,
    beside: Path | None = None,
    parts: Mapping[Kind, Model] = MappingProxyType({}),
    counted: Sequence[Counted] | None = None,
) -> Inputs:
    """Load what a scenario names.

    Args:
        scenario: What the document says, perhaps changed.
        flows: Flows to run in place of those that the scenario names.
        recorded: Meetings read from files, in place of generated ones.
        document: The scenario's file: relative paths start from its folder, and problems name its lines.
        beside: Folder that relative paths start from, where there is no document.
        parts: Population, meetings or parameters to take in place of those that the scenario names.
        counted: Counts of live flows, in place of the file that the scenario names.

    Raises:
        ScenarioError: If a named thing cannot be loaded, or the parts do not fit together; all problems are named.
        UsageError: If a name is neither built in nor a file.
    """
    found = Gathered()
    named = _Named(document, beside, found, parts)
    chosen = [flow if isinstance(flow, Given) else Given(flow) for flow in flows]
    if not flows:
        chosen = named.flows(scenario.flows)
        if not scenario.flows:
            fault = Fault(("flows",), f"scenario {scenario.id} names no flows.", "Add `flows: [accept_or_leave]`.")
            found.problems.append(named.problem(fault))
        found.problems += [named.problem(fault) for fault in _days_of_no_flow(scenario, chosen)]
    found.problems += named.twice(chosen)
    population = named.part("population", scenario.population, library.population)
    if population is not None and scenario.places is not None:
        population = population.placed_in(scenario.places)
    whole = named.part("meetings", scenario.meetings, library.meetings)
    mix = None if whole is None else whole.only(scenario.meeting_types, scenario.confidentiality)
    if whole is not None:
        found.problems += [named.problem(fault) for fault in _not_met(scenario, whole, mix)]
    parameters = named.part("parameters", scenario.parameters, library.parameters)
    rules = {} if population is None else {code: library.jurisdiction_for(code) for code in population.jurisdictions.of}
    if scenario.places is not None:
        found.problems += [named.problem(fault) for fault in _placed_without_rules(scenario, rules)]
    elif population is not None:
        people_in = library.find("population", scenario.population, beside=named.beside)
        found.problems += _places_without_rules(rules, people_in)
    found.problems += _stages_without_rules([given.flow for given in chosen])
    found.problems += [
        Problem(
            f"meeting {meeting.id} has {len(meeting.speakers)} people; the engine takes at most {MAX_PEOPLE}.",
            path=meeting.path,
        )
        for meeting in recorded
        if len(meeting.speakers) > MAX_PEOPLE
    ]
    if counted is None and scenario.observed is not None:
        counted = named.load("observed", scenario.observed, _counts_for(scenario))
    weigher = None
    faults = list(_behaviour_faults(scenario))
    found.problems += [named.problem(fault) if named.says(fault.loc) else _of_a_call(fault) for fault in faults]
    if not faults and population is not None:
        with found.part():
            weigher = plugged(scenario.behaviour)
        if scenario.behaviour == RECORDED:
            weigher = _recorded_choices(named, scenario, [one.flow for one in chosen], population)
    laws: dict[date, Law] = {}
    for day in {} if population is None else dict.fromkeys([scenario.date, *scenario.dates.values()]):
        with found.part():
            laws[day] = _law(scenario, rules, day)
    found.raise_any()
    assert population is not None, "nothing was raised, so everything was loaded"
    assert mix is not None, "the same"
    assert parameters is not None, "the same"
    law = laws[scenario.date]
    return Inputs(
        scenario=scenario,
        flows=tuple(given.flow for given in chosen),
        population=population,
        mix=mix,
        parameters=parameters,
        draws=library.draws_path(parameters, scenario.parameters, beside=named.beside),
        law=law,
        own_laws={flow: laws[day] for flow, day in scenario.dates.items()},
        lenient=replace(law, reading=Reading.LENIENT) if scenario.reading is None else None,
        recorded=tuple(recorded),
        counted=tuple(counted or ()),
        weigher=weigher,
    )


def _of_a_call(fault: Fault) -> Problem:
    """A fault of what was asked for beside the scenario's file."""
    return Problem(fault.message, remedy=fault.remedy)


def _behaviour_faults(scenario: Scenario) -> Iterator[Fault]:
    """What the scenario says of how people choose, and cannot mean."""
    name = scenario.behaviour
    if name not in known():
        yield Fault(("behaviour",), f'"{name}" is no behaviour.', did_you_mean(name, known(), called="Behaviours"))
        return
    if name == RECORDED and scenario.choices is None:
        remedy = "Name a file of recorded choices: `choices`, or --recorded FILE."
        yield Fault(("behaviour",), "the behaviour recorded draws from choices, and none are named.", remedy)
    if name != RECORDED and scenario.choices is not None:
        message = f"choices are named, and the behaviour {name} does not draw from them."
        yield Fault(("choices",), message, "Write `behaviour: recorded`, or leave the choices out.")
    if name not in MODELS and scenario.observed is not None:
        message = f"counts fix constants of the mixed logit, and the behaviour {name} has none."
        yield Fault(("observed",), message, f"Leave the counts out, or choose one of {', '.join(MODELS)}.")


def _recorded_choices(
    named: _Named, scenario: Scenario, flows: Sequence[Flow], population: Population
) -> Weigher | None:
    assert scenario.choices is not None, "nothing was found wrong, so they are named"

    def load(name: str, beside: Path | None) -> Weigher:
        return from_choices(library.find("choices", name, beside=beside), flows, population, scenario.settled)

    return named.load("choices", scenario.choices, load)


def _counts_for(scenario: Scenario) -> Callable[..., tuple[Counted, ...]]:
    return lambda name, beside: load_counts(library.find("observed", name, beside=beside), scenario.purpose)


class _Named:
    """Loads what a scenario names; what cannot be found is told with the scenario's line."""

    def __init__(
        self, document: Document | None, beside: Path | None, found: Gathered, parts: Mapping[Kind, Model]
    ) -> None:
        self.beside = beside if document is None else document.path.parent
        self._document = document
        self._found = found
        self._parts = parts

    def says(self, loc: Loc) -> bool:
        """Whether the scenario's file has something at a place."""
        return self._document is not None and loc[0] in self._document.value

    def problem(self, fault: Fault) -> Problem:
        """The fault, with its line where the scenario was read from a file."""
        if self._document is None:
            return Problem(fault.message, remedy=fault.remedy)
        return self._document.problem(fault, called="scenario")

    def part(self, kind: Kind, name: str, load: Callable[..., T]) -> T | None:
        """The one given in place of the scenario's, or the scenario's own."""
        given = self._parts.get(kind)
        return self.load(kind, name, load) if given is None else cast(T, given)

    def load(self, kind: Kind, name: str, load: Callable[..., T], loc: Loc | None = None) -> T | None:
        """The thing of that name; None where it cannot be had, which is noted."""
        try:
            path = library.find(kind, name, beside=self.beside)
        except UsageError as error:
            fault = error.problems[0]
            self._found.problems.append(self.problem(Fault(loc or (kind,), fault.message, fault.remedy)))
            return None
        if not path.exists():
            fault_here = Fault(loc or (kind,), f"there is no file {path}.", "Paths start from the scenario's folder.")
            self._found.problems.append(self.problem(fault_here))
            return None
        with self._found.part():
            return load(name, beside=self.beside)
        return None

    def flows(self, names: Sequence[str]) -> list[Given]:
        """The flows that can be had."""
        flows = [self.load("flow", name, library.flow, ("flows", place)) for place, name in enumerate(names)]
        return [
            Given(flow, self._own_file(names[place]), ("flows", place))
            for place, flow in enumerate(flows)
            if flow is not None
        ]

    def _own_file(self, name: str) -> Path | None:
        own = library.is_path(name, beside=self.beside)
        return library.find("flow", name, beside=self.beside) if own else None

    def twice(self, chosen: Sequence[Given]) -> Iterator[Problem]:
        """Flows of one id, whose results could not be told apart."""
        ids = [given.flow.id for given in chosen]
        for name in sorted({name for name in ids if ids.count(name) > 1}):
            message = f"flow {name} appears twice in one comparison."
            same = [given for given in reversed(chosen) if given.flow.id == name]
            # The id to change is that of a file of one's own, the last of them.
            path = next((given.path for given in same if given.path), None)
            if path is not None:
                fault = Fault(("id",), message, "Give this one an id of its own.")
                yield read(path).problem(fault, called="flow")
            elif same[0].loc is not None:
                yield self.problem(Fault(same[0].loc, message, "Name it once."))
            else:
                yield Problem(message, remedy="Name it once.")


def _days_of_no_flow(scenario: Scenario, chosen: Sequence[Given]) -> Iterator[Fault]:
    """Days of flows that the scenario does not name; told only once all that it names could be had."""
    ids = [given.flow.id for given in chosen]
    for name in scenario.dates if len(ids) == len(scenario.flows) else ():
        if name not in ids:
            message = f"dates of scenario {scenario.id} has {name!r}, which is none of its flows."
            yield Fault(("dates", name), message, did_you_mean(name, ids, called="Flows"))


def _not_met(scenario: Scenario, whole: MeetingMix, mix: MeetingMix | None) -> Iterator[Fault]:
    """Types that the mix lacks, and a choice of meetings that leaves none."""
    known = [kind.id for kind in whole.types]
    unknown = [(place, name) for place, name in enumerate(scenario.meeting_types or []) if name not in known]
    for place, name in unknown:
        message = f"meeting_types of scenario {scenario.id} has {name!r}, which {whole.id} lacks."
        yield Fault(("meeting_types", place), message, did_you_mean(name, known, called="Types"))
    if mix is None and not unknown:
        classes = ", ".join(scenario.confidentiality or ())
        yield Fault(
            ("confidentiality" if classes else "meeting_types",),
            f"scenario {scenario.id} leaves no meetings: those types of {whole.id} are never {classes or 'held'}.",
            "Leave `confidentiality` or `meeting_types` out, or name a mix that has such meetings.",
        )


def _law(scenario: Scenario, rules: Mapping[str, Jurisdiction | None], day: date) -> Law:
    """The law of a day in the places where its people are."""
    return in_force(
        [own for own in rules.values() if own is not None],
        [library.overlays(str(path)) for path in library.builtin("overlays").values()],
        day=day,
        reading=scenario.reading or Reading.STRICT,
        company_veto=scenario.company_veto,
        works_council=scenario.works_council,
    )


def _placed_without_rules(scenario: Scenario, rules: Mapping[str, Jurisdiction | None]) -> Iterator[Fault]:
    for place, code in enumerate(scenario.places or []):
        if rules.get(code) is None:
            message = f"scenario {scenario.id} has people in {code!r}, for which there are no rules."
            yield Fault(("places", place), message, _near(code))


def _places_without_rules(rules: Mapping[str, Jurisdiction | None], population: Path) -> Iterator[Problem]:
    for code, own in rules.items():
        if own is None:
            line = read(population).line(("jurisdictions", "of", code))
            message = "people are in a place for which there are no rules."
            yield Problem(message, population, line, f"population.jurisdictions.of.{code}", _near(code))


def _stages_without_rules(flows: Sequence[Flow]) -> Iterator[Problem]:
    for flow, stage in ((one, stage) for one in flows for stage in one.stages):
        for code in (*(stage.when.jurisdictions or ()), *(stage.when.outside or ())):
            if library.jurisdiction_for(code) is None:
                message = f"stage {stage.id} of flow {flow.id} names {code!r}, for which there are no rules."
                yield Problem(message, remedy=_near(code))


def _near(code: str) -> str:
    return did_you_mean(
        code, [library.code_of(name) for name in library.builtin("jurisdiction")], called="Jurisdictions"
    )
