"""Figures keep to what they can be: shares from 0 to 1, amounts not below 0, what is divided by above 0."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from simulator.analysis.comparison import run_comparison
from simulator.analysis.scales import SHARES, SIGNED
from simulator.api import prepare
from simulator.errors import ScenarioError
from simulator.scenario import library
from simulator.scenario.load import Kind, json_schema, load_model
from simulator.scenario.meeting_mix import MeetingMix
from simulator.scenario.parameters import COEFFICIENTS, Parameters
from simulator.scenario.population import Population
from simulator.scenario.sourced import AtLeastZero, Positive, Proportion, Sourced

MODELS: dict[Kind, type[BaseModel]] = {"population": Population, "meetings": MeetingMix, "parameters": Parameters}
NAMES: dict[Kind, str] = {"population": "office_workers", "meetings": "working_week", "parameters": "central"}

OUTSIDE = [
    ("meetings", "concentration", "value: -1, range: [-1, 10]", "-1 is out of range; expected more than 0"),
    ("population", "common", "value: 1.5, range: [0.1, 1.5]", "1.5 is out of range; expected at most 1"),
    ("population", "common", "value: 0.5, range: [-0.2, 0.6]", "-0.2 is out of range; expected at least 0"),
    ("parameters", "words_per_minute", "value: 0, range: [0, 1]", "0 is out of range; expected more than 0"),
    ("meetings", "speech", "value: -1, range: [-1, 2]", "-1 is out of range; expected at least 0"),
    ("meetings", "chat", "value: -3, range: [-3, 12]", "-3 is out of range; expected at least 0"),
    ("meetings", "median", "value: -28, range: [-30, 60]", "-28 is out of range; expected more than 0"),
    ("meetings", "weight", "value: -10, range: [-20, 1]", "-10 is out of range; expected at least 0"),
    ("meetings", "silent", "value: 7, range: [0, 7]", "7 is out of range; expected at most 1"),
    ("population", "willing", "value: 0.3, range: [0.1, 1.4]", "1.4 is out of range; expected at most 1"),
    ("population", "cross_border", "value: 3, range: [0, 3]", "3 is out of range; expected at most 1"),
    ("parameters", "misread", "value: 3, range: [0, 3]", "3 is out of range; expected at most 1"),
    ("parameters", "effort_spread", "value: -1, range: [-1, 1]", "-1 is out of range; expected at least 0"),
    ("parameters", "fatigue", "value: -1, range: [-1, 1]", "-1 is out of range; expected at least 0"),
]
"""Kind of content, figure, what is put in its place, and what is said of it."""


def with_figure(kind: Kind, name: str, figure: str, folder: Path) -> tuple[Path, int]:
    """A copy of shipped content with another figure in the first place of that name, and its line."""
    lines = library.find(kind, NAMES[kind]).read_text(encoding="utf-8").splitlines()
    at = next(number for number, line in enumerate(lines) if line.strip().startswith(f"{name}:"))
    indent = len(lines[at]) - len(lines[at].lstrip())
    rest = at + 1
    while rest < len(lines) and (not lines[rest].strip() or len(lines[rest]) - len(lines[rest].lstrip()) > indent):
        rest += 1
    path = folder / f"{kind}.yaml"
    path.write_text(
        "\n".join([*lines[:at], f"{' ' * indent}{name}: {{{figure}, known: assumption}}", *lines[rest:]]),
        encoding="utf-8",
    )
    return path, at + 1


@pytest.mark.parametrize(("kind", "name", "figure", "said"), OUTSIDE)
def test_a_figure_that_cannot_be_is_told_with_its_line(
    kind: Kind, name: str, figure: str, said: str, tmp_path: Path
) -> None:
    path, line = with_figure(kind, name, figure, tmp_path)
    with pytest.raises(ScenarioError) as caught:
        load_model(path, MODELS[kind], called=kind)
    assert f"{path}:{line}: {kind}." in str(caught.value)
    assert said in str(caught.value)


@pytest.mark.parametrize("kind", MODELS)
def test_the_schema_of_a_file_says_what_its_figures_can_be(kind: Kind) -> None:
    figures = json_schema(kind)["$defs"]
    proportion = figures["Proportion"]["properties"]
    assert (proportion["value"]["minimum"], proportion["value"]["maximum"]) == (0.0, 1.0)
    assert [(end["minimum"], end["maximum"]) for end in proportion["range"]["prefixItems"]] == [(0.0, 1.0)] * 2


def test_the_coefficients_are_bounded_as_the_fit_takes_them() -> None:
    assert len(COEFFICIENTS) > 30
    for name, figure in COEFFICIENTS.items():
        expected = {Sourced} if name in SIGNED else {Proportion} if name in SHARES else {AtLeastZero, Positive}
        assert figure in expected, name


def pushed(value: Any, ends: dict[type[Sourced], float]) -> Any:
    """Content with each bounded figure at an end of what it can be."""
    if isinstance(value, Sourced):
        return value.model_copy(update={"value": ends.get(type(value), value.value)})
    if isinstance(value, BaseModel):
        inside = {name: getattr(value, name) for name in type(value).model_fields}
        return value.model_copy(update={name: pushed(part, ends) for name, part in inside.items()})
    if isinstance(value, list):
        return [pushed(part, ends) for part in value]
    return value


@pytest.mark.parametrize(
    "ends",
    [{Proportion: 0.0, AtLeastZero: 0.0}, {Proportion: 1.0}, {Positive: 1e-9}, {Positive: 1e9}, {AtLeastZero: 1e3}],
    ids=str,
)
def test_figures_at_the_ends_of_what_they_can_be_are_run_without_a_fault(ends: dict[type[Sourced], float]) -> None:
    given = prepare(["accept_or_leave", "granular_opt_in"])
    mix = given.mix.model_copy(update={"rates": pushed(given.mix.rates, ends)})
    types = [pushed(kind, {**ends, AtLeastZero: max(ends.get(AtLeastZero, 1.0), 1.0)}) for kind in mix.types]
    inputs = type(given)(
        **{
            **vars(given),
            "mix": mix.model_copy(update={"types": types}),
            "population": pushed(given.population, ends),
            "parameters": pushed(given.parameters, ends),
        }
    )
    found = run_comparison(inputs, participants=300, seed=3)
    for flow in found.flows:
        share = flow.share("wanted", found.category).value
        assert share is None or 0.0 <= share <= 1.0
