"""Who is asked, as it can be changed in the app: places, types and classes of meetings, how willing people are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from simulator.engine.inputs import Inputs, gather
from simulator.scenario import library
from simulator.scenario.document import Scenario
from simulator.scenario.population import Population
from simulator.scenario.vocabulary import Confidentiality, Known
from simulator.scenario.written import as_yaml

FILE = Path("my_people.yaml")
"""Where a changed scenario is written, unless it came from a file: then beside that one."""


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
        changed = inputs.scenario.model_copy(update=self.changes())
        beside = Path(scenario).parent if library.is_path(scenario) else None
        loaded = library.population(changed.population, beside=beside)
        people = loaded if self.willing is None else as_willing(loaded, self.willing)
        return gather(
            changed, flows=inputs.flows, recorded=inputs.recorded, beside=beside, parts={"population": people}
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
    """Where a changed scenario is written."""
    return Path(scenario).parent / FILE if library.is_path(scenario) else FILE


def write(people: People, scenario: str) -> Path:
    """Write the scenario with these people, and their population beside it where that has changed.

    Raises:
        OSError: If it cannot be written.
    """
    path = written_to(scenario)
    changed = _changed(library.scenario(scenario), people, path)
    if people.willing is not None:
        loaded = library.population(changed.population, beside=path.parent if library.is_path(scenario) else None)
        beside = path.with_name(f"{path.stem}_population.yaml")
        population = as_willing(loaded, people.willing).model_copy(update={"id": beside.stem})
        beside.write_text(as_yaml(population), encoding="utf-8")
        changed = changed.model_copy(update={"population": beside.name})
    path.write_text(as_yaml(changed), encoding="utf-8")
    return path


def _changed(scenario: Scenario, people: People, path: Path) -> Scenario:
    return scenario.model_copy(update={**people.changes(), "id": path.stem})


def without(people: People, **changes: object) -> People | None:
    """The people with some changes; None where nothing is left that differs."""
    found = replace(people, **changes)  # type: ignore[arg-type]
    return None if found == People() else found
