"""Content written as YAML is read back as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from simulator.scenario import library
from simulator.scenario.flow import Flow
from simulator.scenario.load import load_flow
from simulator.scenario.written import as_yaml
from tests.strategies import flows


@given(flow=flows())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_flow_that_was_written_is_read_back_as_it_was(tmp_path: Path, flow: Flow) -> None:
    path = tmp_path / "made.yaml"
    path.write_text(as_yaml(flow), encoding="utf-8")
    assert load_flow(path) == flow


@pytest.mark.parametrize("name", library.builtin("scenario"))
def test_a_scenario_that_was_written_is_read_back_as_it_was(tmp_path: Path, name: str) -> None:
    path = tmp_path / f"{name}.yaml"
    path.write_text(as_yaml(library.scenario(name)), encoding="utf-8")
    assert library.scenario(str(path)) == library.scenario(name)


def test_a_population_that_was_written_is_read_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "people.yaml"
    path.write_text(as_yaml(library.population("office_workers")), encoding="utf-8")
    assert library.population(str(path)) == library.population("office_workers")
