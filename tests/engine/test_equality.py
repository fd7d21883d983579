"""The kernel equals the reference: choice for choice, unit for unit, and in the utilities themselves."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from simulator.engine.run import make_plan
from tests.engine.builders import by_kernel, by_reference, differences, everyday, inputs_of, with_values
from tests.strategies import coefficient_values, flows, scenario_changes

CENTRAL = everyday().parameters
SEEDS = st.integers(0, 2**64 - 1)


@given(flow=flows(), changes=scenario_changes(), values=coefficient_values(CENTRAL), seed=SEEDS)
def test_the_kernel_equals_the_reference_choice_for_choice_and_unit_for_unit(flow, changes, values, seed) -> None:
    plan = make_plan(inputs_of([flow], changes, parameters=with_values(CENTRAL, **values)))
    world = plan.world(seed, 0, 24)
    assert differences(by_kernel(plan, world), by_reference(plan, world)) == {}
