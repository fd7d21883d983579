"""Everything a run needs, gathered from a scenario's names and checked together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from simulator.errors import Problem, ScenarioError, did_you_mean
from simulator.meetings.recorded import RecordedMeeting
from simulator.rules.law import Law, in_force
from simulator.scenario import library
from simulator.scenario.document import Scenario
from simulator.scenario.flow import Flow
from simulator.scenario.meeting_mix import MAX_PEOPLE, MeetingMix
from simulator.scenario.parameters import Parameters
from simulator.scenario.population import Population
from simulator.scenario.vocabulary import Reading


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


def gather(
    scenario: Scenario,
    *,
    flows: Sequence[Flow] = (),
    recorded: Sequence[RecordedMeeting] = (),
    beside: Path | None = None,
) -> Inputs:
    """Load what a scenario names.

    Args:
        scenario: The document.
        flows: Flows to run in place of those that the scenario names.
        recorded: Meetings read from files, in place of generated ones.
        beside: Folder that relative paths in the scenario start from.

    Raises:
        ScenarioError: If a named thing cannot be loaded, or the parts do not fit together.
        UsageError: If a name is neither built in nor a file.
    """
    population = library.population(scenario.population, beside=beside)
    if scenario.places is not None:
        population = population.placed_in(scenario.places)
    whole = library.meetings(scenario.meetings, beside=beside)
    mix = whole.only(scenario.meeting_types, scenario.confidentiality)
    chosen = tuple(flows) or tuple(library.flow(name, beside=beside) for name in scenario.flows)
    peopled = f"population {population.id}" if scenario.places is None else f"scenario {scenario.id}"
    known = [library.code_of(name) for name in library.builtin("jurisdiction")]
    problems = [
        Problem(
            f"{peopled} has people in {code!r}, for which there are no rules.",
            remedy=did_you_mean(code, known, called="Jurisdictions"),
        )
        for code in population.jurisdictions.of
        if code not in known
    ]
    problems += [
        Problem(
            f"stage {stage.id} of flow {flow.id} names {code!r}, for which there are no rules.",
            remedy=did_you_mean(code, known, called="Jurisdictions"),
        )
        for flow in chosen
        for stage in flow.stages
        for code in (*(stage.when.jurisdictions or ()), *(stage.when.outside or ()))
        if code not in known
    ]
    problems += [
        Problem(
            f"flow {name} appears twice in one comparison.",
            remedy="Give each flow an id of its own.",
        )
        for name in sorted({flow.id for flow in chosen if [other.id for other in chosen].count(flow.id) > 1})
    ]
    problems += [
        Problem(
            f"meeting {meeting.id} has {len(meeting.speakers)} people; the engine takes at most {MAX_PEOPLE}.",
            path=meeting.path,
        )
        for meeting in recorded
        if len(meeting.speakers) > MAX_PEOPLE
    ]
    problems += _not_met(scenario, whole, mix)
    problems += [
        Problem(
            f"dates of scenario {scenario.id} has {name!r}, which is none of its flows.",
            remedy=did_you_mean(name, [flow.id for flow in chosen], called="Flows"),
        )
        for name in scenario.dates
        if name not in {*scenario.flows, *(flow.id for flow in chosen)}
    ]
    if not chosen:
        problems.append(Problem(f"scenario {scenario.id} names no flows.", remedy="Add `flows: [accept_or_leave]`."))
    if problems or mix is None:
        raise ScenarioError(problems)
    law, *own = _laws(scenario, population, [scenario.date, *scenario.dates.values()])
    return Inputs(
        scenario=scenario,
        flows=chosen,
        population=population,
        mix=mix,
        parameters=library.parameters(scenario.parameters, beside=beside),
        draws=library.draws_path(scenario.parameters, beside=beside),
        law=law,
        own_laws=dict(zip(scenario.dates, own, strict=True)),
        lenient=replace(law, reading=Reading.LENIENT) if scenario.reading is None else None,
        recorded=tuple(recorded),
    )


def _not_met(scenario: Scenario, whole: MeetingMix, mix: MeetingMix | None) -> Iterator[Problem]:
    """Types that the mix lacks, and a choice of meetings that leaves none."""
    known = [kind.id for kind in whole.types]
    unknown = [name for name in scenario.meeting_types or [] if name not in known]
    for name in unknown:
        remedy = did_you_mean(name, known, called="Types")
        yield Problem(f"meeting_types of scenario {scenario.id} has {name!r}, which {whole.id} lacks.", remedy=remedy)
    if mix is None and not unknown:
        classes = ", ".join(scenario.confidentiality or ())
        yield Problem(
            f"scenario {scenario.id} leaves no meetings: those types of {whole.id} are never {classes or 'held'}.",
            remedy="Leave `confidentiality` or `meeting_types` out, or name a mix that has such meetings.",
        )


def _laws(scenario: Scenario, population: Population, days: Sequence[date]) -> list[Law]:
    """The law of each day, for the places of the population, under the scenario's reading and levers."""
    places = [
        library.jurisdiction(str(path))
        for name, path in library.builtin("jurisdiction").items()
        if library.code_of(name) in population.jurisdictions.of
    ]
    sectors = [library.overlays(str(path)) for path in library.builtin("overlays").values()]
    return [
        in_force(
            places,
            sectors,
            day=day,
            reading=scenario.reading or Reading.STRICT,
            company_veto=scenario.company_veto,
            works_council=scenario.works_council,
        )
        for day in days
    ]
