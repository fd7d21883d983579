"""Everything a run needs, gathered from a scenario's names and checked together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
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
from simulator.scenario.yaml_file import read


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
    recorded: tuple[RecordedMeeting, ...]
    """Meetings read from files; empty where meetings are generated."""
    draws: Path | None = None
    """File with joint draws of the coefficients; None where the parameters name none."""

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
    chosen = tuple(flows) or tuple(library.flow(name, beside=beside) for name in scenario.flows)
    rules = {code: library.jurisdiction_for(code) for code in population.jurisdictions.of}
    problems = [
        _homeless(code, library.find("population", scenario.population, beside=beside))
        for code, found in rules.items()
        if found is None
    ]
    problems += [
        Problem(f"stage {stage.id} of flow {flow.id} names {code!r}, for which there are no rules.", remedy=_near(code))
        for flow in chosen
        for stage in flow.stages
        for code in (*(stage.when.jurisdictions or ()), *(stage.when.outside or ()))
        if code not in rules and library.jurisdiction_for(code) is None
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
    if not chosen:
        problems.append(Problem(f"scenario {scenario.id} names no flows.", remedy="Add `flows: [accept_or_leave]`."))
    if problems:
        raise ScenarioError(problems)
    law = in_force(
        [found for found in rules.values() if found is not None],
        [library.overlays(str(path)) for path in library.builtin("overlays").values()],
        day=scenario.date,
        reading=scenario.reading or Reading.STRICT,
        company_veto=scenario.company_veto,
        works_council=scenario.works_council,
    )
    parameters = library.parameters(scenario.parameters, beside=beside)
    return Inputs(
        scenario=scenario,
        flows=chosen,
        population=population,
        mix=library.meetings(scenario.meetings, beside=beside),
        parameters=parameters,
        draws=library.draws_path(parameters, scenario.parameters, beside=beside),
        law=law,
        lenient=replace(law, reading=Reading.LENIENT) if scenario.reading is None else None,
        recorded=tuple(recorded),
    )


def _homeless(code: str, population: Path) -> Problem:
    line = read(population).line(("jurisdictions", "of", code))
    message = "people are in a place for which there are no rules."
    return Problem(message, population, line, f"population.jurisdictions.of.{code}", _near(code))


def _near(code: str) -> str:
    return did_you_mean(
        code, [library.code_of(name) for name in library.builtin("jurisdiction")], called="Jurisdictions"
    )
