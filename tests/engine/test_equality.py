"""The kernel equals the reference: choice for choice, unit for unit, and in the utilities themselves."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.engine.inputs import gather
from simulator.engine.kernel_stages import fill_liked, option_utilities
from simulator.engine.reference import setting_of, walk
from simulator.engine.reference_people import Participant, Step
from simulator.engine.run import Plan, make_plan
from simulator.engine.tables import WIDE
from simulator.engine.tally import PARTICIPANTS
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
    with_values,
)
from tests.engine.by_hand import AUDIO, CHAT, LEAVE, VIDEO, agree, flow_of, grants, option, refuse, stage, toggle
from tests.strategies import DATES, coefficient_values, flows, scenario_changes

CENTRAL = everyday().parameters
SEEDS = st.integers(0, 2**64 - 1)
BUILT_IN = [library.flow(name) for name in library.builtin("flow")]
REAL = [library.flow(str(path)) for path in library.builtin("flow").values() if path.parent.name == "real"]


@settings(max_examples=200)
@given(flow=flows(), changes=scenario_changes(), values=coefficient_values(CENTRAL), seed=SEEDS)
def test_the_kernel_equals_the_reference_choice_for_choice_and_unit_for_unit(
    flow: Flow, changes: dict[str, object], values: dict[str, float], seed: int
) -> None:
    plan = make_plan(inputs_of([flow], changes, parameters=with_values(CENTRAL, **values)))
    world = plan.world(seed, 0, 24)
    assert differences(by_kernel(plan, world), by_reference(plan, world)) == {}


AGREE_OR_NOT = (agree(), refuse())
BOTH_PURPOSES = option("both", "grant", {AUDIO: ["training_first_party", "service"]})
CORNERS = {
    "refusing one thing and then leaving, where a refusal stops it for all": flow_of(
        stage("first", *AGREE_OR_NOT), stage("then", agree(VIDEO), LEAVE), refusal="stop_for_all"
    ),
    "refusing one thing and then leaving, where the host is asked": flow_of(
        stage("first", *AGREE_OR_NOT), stage("then", agree(VIDEO), LEAVE), refusal="ask_host"
    ),
    "a button that grants what a pre-set toggle grants as well": flow_of(
        stage("ask", option("save", "grant", grants(AUDIO), toggles="as_set"), refuse(),
              toggles=[toggle("both", AUDIO, CHAT, default="on")])
    ),
    "a bundled grant given again alone": flow_of(
        stage("first", BOTH_PURPOSES, refuse()), stage("then", agree(), LEAVE)
    ),
    "a forced grant given again freely": flow_of(stage("first", agree(), LEAVE), stage("then", *AGREE_OR_NOT)),
    "an unequal path and then an equal one": flow_of(
        stage("first", agree(), refuse(clicks=3)), stage("then", *AGREE_OR_NOT)
    ),
    "an officer who leaves": flow_of(
        stage("share", agree(AUDIO, CHAT), LEAVE, actor="admin"), stage("ask", agree(AUDIO, VIDEO), refuse())
    ),
    "voiceprints of those who missed the question": flow_of(
        stage(blocking=False, default="on", text="word " * 50), capture={"separable": [AUDIO], "voiceprint": True}
    ),
    "a silent yes after a silent no": flow_of(
        stage("first", blocking=False, default="off"), stage("then", blocking=False, default="on")
    ),
    "a silent yes and then a spoken one": flow_of(
        stage("first", blocking=False, default="on"), stage("then", *AGREE_OR_NOT)
    ),
    "a refusal and then silence that would mean yes, where the host is asked": flow_of(
        stage("first", *AGREE_OR_NOT), stage("then", blocking=False, default="on"), refusal="ask_host"
    ),
    "taking data back": flow_of(
        stage("ask", agree(AUDIO, CHAT), refuse()),
        withdrawal={"actor": "participant", "clicks": 3, "retroactive": True},
    ),
}  # fmt: skip


@pytest.mark.parametrize("corner", CORNERS)
def test_the_kernel_equals_the_reference_in_corners_that_made_up_flows_seldom_reach(corner: str) -> None:
    changes = {"reading": None, "date": DATES[0]}
    parameters = with_values(CENTRAL, withdraw_inertia=0.0)
    plan = make_plan(inputs_of([CORNERS[corner]], changes, parameters=parameters))
    world = plan.world(3, 0, 300)
    assert differences(by_kernel(plan, world), by_reference(plan, world)) == {}


@pytest.mark.slow
@settings(max_examples=250)
@given(flow=flows(most_stages=4), changes=scenario_changes(), values=coefficient_values(CENTRAL), seed=SEEDS)
def test_the_kernel_equals_the_reference_on_hundreds_of_flows(
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


def test_the_kernel_equals_the_reference_where_each_flow_has_its_own_day() -> None:
    plan = make_plan(gather(library.scenario("zoom_2023")))
    world = plan.world(5, 0, 40)
    assert len({law.rules for law in plan.laws}) > 1
    for number, flow in enumerate(plan.inputs.flows):
        assert differences(by_kernel(plan, world, number), by_reference(plan, world, number)) == {}, flow.id


SETTLED = ({}, dict.fromkeys(("account_owner", "admin", "host"), Effect.GRANT))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("purpose", "day", "settled"),
    [(purpose, DATES[place % 2], SETTLED[place // 2 % 2]) for place, purpose in enumerate(Purpose)],
)
def test_the_kernel_equals_the_reference_on_every_built_in_flow_for_every_purpose(
    day: date, purpose: Purpose, settled: dict[str, Effect]
) -> None:
    changes = {"date": day, "purpose": purpose, "settled": settled, "reading": Reading.LENIENT}
    plan = make_plan(gather(library.scenario("everyday_meetings").model_copy(update=changes), flows=BUILT_IN))
    world = plan.world(11, 0, 40)
    for number, flow in enumerate(BUILT_IN):
        assert differences(by_kernel(plan, world, number), by_reference(plan, world, number)) == {}, flow.id


@pytest.mark.slow
@pytest.mark.parametrize("purpose", [Purpose.SERVICE, Purpose.TRAINING_FIRST_PARTY])
def test_the_kernel_equals_the_reference_for_a_thousand_participants_of_every_real_flow(purpose: Purpose) -> None:
    plan = make_plan(inputs_of(REAL, {"purpose": purpose, "reading": None}))
    world = plan.world(24, 0, 330)
    for number, flow in enumerate(REAL):
        walked = by_kernel(plan, world, number)
        assert int(walked.tally.counts[:, PARTICIPANTS].sum()) >= 1000
        assert differences(walked, by_reference(plan, world, number)) == {}, flow.id


@given(flow=flows(), values=coefficient_values(CENTRAL), seed=SEEDS)
def test_the_utilities_are_the_sums_of_the_terms(flow: Flow, values: dict[str, float], seed: int) -> None:
    plan = make_plan(inputs_of([flow], parameters=with_values(CENTRAL, **values)))
    world = plan.world(seed, 0, 6)
    setting = setting_of(plan.inputs, flow)
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
    flow, stage = plan.flows[0], plan.inputs.flows[0].stages.index(step.stage)
    utilities, liked = np.zeros(8), np.zeros(WIDE)
    fill_liked(flow, stage, willing, liked)
    option_utilities(
        flow, stage, plan.coefficients, step.attention, float(world.rows["effort"][row]),
        float(world.rows["stake"][row]), pressure, willing, liked, utilities,
    )  # fmt: skip
    return utilities[: len(step.stage.options)].tolist()
