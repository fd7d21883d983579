"""The kernel equals the reference: choice for choice, unit for unit, and in the utilities themselves."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.engine.inputs import gather
from simulator.engine.kernel import option_utilities
from simulator.engine.reference import Participant, Step, walk
from simulator.engine.run import Plan, make_plan
from simulator.engine.world import World
from simulator.scenario import library
from simulator.scenario.flow import Flow
from simulator.scenario.vocabulary import Affects, Confidentiality, Effect, Purpose, Reading
from tests.engine.builders import (
    by_kernel,
    by_reference,
    differences,
    everyday,
    inputs_of,
    meetings_of,
    setting_of,
    with_values,
)
from tests.strategies import DATES, coefficient_values, flows, scenario_changes

CENTRAL = everyday().parameters
SEEDS = st.integers(0, 2**64 - 1)
BUILT_IN = [library.flow(name) for name in library.builtin("flow")]


@given(flow=flows(), changes=scenario_changes(), values=coefficient_values(CENTRAL), seed=SEEDS)
def test_the_kernel_equals_the_reference_choice_for_choice_and_unit_for_unit(
    flow: Flow, changes: dict[str, object], values: dict[str, float], seed: int
) -> None:
    plan = make_plan(inputs_of([flow], changes, parameters=with_values(CENTRAL, **values)))
    world = plan.world(seed, 0, 24)
    assert differences(by_kernel(plan, world), by_reference(plan, world)) == {}


@pytest.mark.parametrize("day", DATES)
def test_the_kernel_equals_the_reference_on_every_built_in_flow(day: date) -> None:
    plan = make_plan(inputs_of(BUILT_IN, {"date": day}))
    world = plan.world(5, 0, 40)
    for number, flow in enumerate(BUILT_IN):
        assert differences(by_kernel(plan, world, number), by_reference(plan, world, number)) == {}, flow.id


@pytest.mark.slow
@pytest.mark.parametrize("day", DATES)
@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("settled", [{}, dict.fromkeys(("account_owner", "admin", "host"), Effect.GRANT)])
def test_the_kernel_equals_the_reference_on_every_built_in_flow_in_whole_working_weeks(
    day: date, purpose: Purpose, settled: dict[str, Effect]
) -> None:
    changes = {"date": day, "purpose": purpose, "settled": settled, "reading": Reading.LENIENT}
    plan = make_plan(gather(library.scenario("everyday_meetings").model_copy(update=changes), flows=BUILT_IN))
    world = plan.world(11, 0, 300)
    for number, flow in enumerate(BUILT_IN):
        assert differences(by_kernel(plan, world, number), by_reference(plan, world, number)) == {}, flow.id


@given(flow=flows(), values=coefficient_values(CENTRAL), seed=SEEDS)
def test_the_utilities_are_the_sums_of_the_terms(flow: Flow, values: dict[str, float], seed: int) -> None:
    plan = make_plan(inputs_of([flow], parameters=with_values(CENTRAL, **values)))
    world = plan.world(seed, 0, 6)
    setting = setting_of(plan.inputs)
    for index, meeting in enumerate(meetings_of(plan, world)):
        for outcome in walk(meeting, flow, setting):
            for step in outcome.answers.steps:
                by_participant = step.stage.actor.value in ("participant", "host")
                if step.terms and by_participant and step.stage.binds is Affects.SELF:
                    expected = [sum(terms.values()) for terms in step.terms.values()]
                    found = kernel_utilities(plan, world, index, outcome.participant, step)
                    assert found == pytest.approx(expected, rel=1e-12, abs=1e-12)


def kernel_utilities(plan: Plan, world: World, index: int, person: Participant, step: Step) -> list[float]:
    """The kernel's utilities of the options of a stage that somebody met."""
    meeting = world.meetings[index]
    row = int(meeting["start"]) + person.number
    willing = world.willing[row].copy()
    if step.recalled:
        word = tuple(Confidentiality)[int(meeting["confidentiality"])]
        willing -= plan.inputs.population.confidentiality_shift[word].value
    pressure = 0.0 if step.recalled else float(world.rows["pressure"][row])
    utilities = np.zeros(8)
    option_utilities(
        plan.flows[0], plan.inputs.flows[0].stages.index(step.stage), plan.coefficients, step.attention,
        float(world.rows["effort"][row]), float(world.rows["stake"][row]), pressure, willing, utilities,
    )  # fmt: skip
    return utilities[: len(step.stage.options)].tolist()
