"""The kernel equals the reference: choice for choice, unit for unit, and in the utilities themselves."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.engine.run import make_plan
from simulator.scenario.flow import Flow
from tests.engine.builders import by_kernel, by_reference, differences, everyday, inputs_of
from tests.strategies import flows, parameter_sets, scenario_changes

PARAMETERS = st.one_of(st.just(everyday().parameters), parameter_sets(everyday().parameters))


@given(flow=flows(), changes=scenario_changes(), parameters=PARAMETERS, seed=st.integers(0, 2**64 - 1))
def test_the_kernel_equals_the_reference_choice_for_choice_and_unit_for_unit(flow, changes, parameters, seed) -> None:
    plan = make_plan(inputs_of([flow], changes, parameters=parameters))
    world = plan.world(seed, 0, 24)
    assert differences(by_kernel(plan, world), by_reference(plan, world)) == {}
