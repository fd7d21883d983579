"""The behaviours by name: changes of coefficients, recorded choices, and those that packages add."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.behaviour.models import MODELS, RECORDED
from simulator.behaviour.question import installed, load_behaviour
from simulator.behaviour.recorded import Recorded, unfit
from simulator.errors import ScenarioError
from simulator.scenario.choices import RecordedChoices
from simulator.scenario.flow import Flow
from simulator.scenario.load import load_rows, rows_document
from simulator.scenario.population import Population
from simulator.scenario.vocabulary import Actor

if TYPE_CHECKING:  # what needs no behaviour from outside need not load the compiler
    from simulator.engine.weighing import Weigher


def known() -> list[str]:
    """The names of all behaviours."""
    return list(dict.fromkeys([*MODELS, RECORDED, *installed()]))


def says(name: str) -> str:
    """What people go by under a behaviour, in a sentence."""
    if name in MODELS:
        return MODELS[name].says
    if name == RECORDED:
        return "People do what others did at the same stage, as recorded; they weigh nothing."
    return f"People choose as {installed()[name].value} has it, which is no part of joinlab."


def plugged(name: str) -> Weigher | None:
    """The behaviour that a package adds; None for any other.

    Raises:
        UsageError: If it cannot be loaded.
    """
    if name in MODELS or name == RECORDED:
        return None
    from simulator.engine.weighing import Weigher

    return Weigher(name, load_behaviour(installed()[name]))


def from_choices(path: Path, flows: Sequence[Flow], population: Population, settled: Collection[Actor]) -> Weigher:
    """The behaviour that draws from the recorded choices in a file.

    Raises:
        ScenarioError: If they cannot be used, or do not fit the flows and people; all problems are named.
    """
    choices = load_rows(path, RecordedChoices)
    segments = [segment.id for segment in population.segments]
    faults = list(unfit(choices, flows, list(population.jurisdictions.of), segments, settled))
    if faults:
        document = rows_document(path, "choices")
        raise ScenarioError([document.problem(fault, called="choices") for fault in faults])
    from simulator.engine.weighing import Weigher

    return Weigher(RECORDED, Recorded(choices))
