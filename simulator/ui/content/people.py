"""Who is asked, as it can be changed in the app: places, types and classes of meetings, how willing people are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from simulator.batch import durable
from simulator.engine.inputs import Inputs, gather
from simulator.scenario import library
from simulator.scenario.document import Scenario
from simulator.scenario.population import Population
from simulator.scenario.vocabulary import Confidentiality, Known
from simulator.scenario.written import as_yaml
from simulator.ui.content.writing import writing

FILE = Path("my_people.yaml")
"""Where a changed scenario is written first, unless it came from a file: then beside that one."""


@dataclass(frozen=True, kw_only=True)
class People:
    """What differs from the people and meetings of the scenario; None leaves it as it is there."""

    places: tuple[str, ...] | None = None
    meeting_types: tuple[str, ...] | None = None
    confidentiality: tuple[Confidentiality, ...] | None = None
    willing: float | None = None
    """Share of adults who would give audio of an internal meeting for training, asked neutrally."""

    def changes(self) -> dict[str, object]:
        """Fields of the scenario that it replaces."""
        given: dict[str, object] = {
            "places": None if self.places is None else list(self.places),
            "meeting_types": None if self.meeting_types is None else list(self.meeting_types),
            "confidentiality": None if self.confidentiality is None else list(self.confidentiality),
        }
        return {name: value for name, value in given.items() if value is not None}

    def applied(self, inputs: Inputs, scenario: str) -> Inputs:
        """The inputs of a run with these people in it.

        Args:
            inputs: As the scenario has them.
            scenario: Its name or path: the paths in a file start from its folder.

        Raises:
            ScenarioError: If nobody is left, or the parts do not fit together.
        """
        beside = Path(scenario).parent if library.is_path(scenario) else None
        changed, population = _changed(inputs.scenario, self, written_to(scenario), beside)
        return gather(
            changed, flows=inputs.flows, recorded=inputs.recorded, beside=beside, parts={"population": population}
        )


def as_willing(population: Population, share: float) -> Population:
    """The same people, of whom another share would give."""
    low, high = population.willing.range
    willing = population.willing.model_copy(
        update={
            "value": share,
            "range": (min(low, share), max(high, share)),
            "known": Known.ASSUMPTION,
            "source": None,
            "note": f"Set in the app. It was {population.willing.value:g}.",
        }
    )
    return population.model_copy(update={"willing": willing})


def written_to(scenario: str) -> Path:
    """Where a changed scenario is written: a file that is not there yet, as kept runs may be of one that is."""
    first = Path(scenario).parent / FILE if library.is_path(scenario) else FILE
    ways = (first if number == 1 else first.with_stem(f"{first.stem}_{number}") for number in count(1))
    return next(path for path in ways if not (path.exists() or _population_of(path).exists()))


def _population_of(path: Path) -> Path:
    """The file of the changed population, beside the scenario's."""
    return path.with_name(f"{path.stem}_population.yaml")


def write(people: People, scenario: str) -> Path:
    """Write the scenario with these people, and their population beside it where that has changed.

    Raises:
        ScenarioError: If the scenario's file cannot be used any more.
        StoreError: If it cannot be written.
    """
    path = written_to(scenario)
    beside = path.parent if library.is_path(scenario) else None
    changed, population = _changed(library.scenario(scenario), people, path, beside)
    with writing():
        if people.willing is not None:
            durable.write(_population_of(path), as_yaml(population).encode())
        durable.write(path, as_yaml(changed).encode())
    return path


def _changed(scenario: Scenario, people: People, path: Path, beside: Path | None) -> tuple[Scenario, Population]:
    """The scenario and its population as they are written to a path; runs say of themselves what the file says."""
    population = library.population(scenario.population, beside=beside)
    changed = scenario.model_copy(update={**people.changes(), "id": path.stem})
    if people.willing is None:
        return changed, population
    own = _population_of(path)
    population = as_willing(population, people.willing).model_copy(update={"id": own.stem})
    return changed.model_copy(update={"population": own.name}), population


def without(people: People, **changes: object) -> People | None:
    """The people with some changes; None where nothing is left that differs."""
    found = replace(people, **changes)  # type: ignore[arg-type]
    return None if found == People() else found
