"""Shares by propagated probabilities: equal to what the reference's own terms give, person by person."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.behaviour.choice import Chooser, attention_logit, probabilities, sigmoid, terms, toggle_terms
from simulator.draws import PERSON_STREAM, child, stream_key, uniform
from simulator.engine.shares import Model, answer_shares, compile_asked, model_of, people_at, points
from simulator.population import traits
from simulator.population.traits import base_willingness, population_tables
from simulator.scenario import library
from simulator.scenario.evidence import WHOLE
from simulator.scenario.flow import DONE, Flow, Option, Stage
from simulator.scenario.grants import CATEGORIES, PURPOSES
from simulator.scenario.stage_facts import asked, default_option, draw_order, untouched
from simulator.scenario.vocabulary import Answer, Effect, ToggleSetting
from tests.engine.builders import with_values
from tests.engine.by_hand import agree, flow_of, option, refuse, stage, toggle

PRIOR, POPULATION = library.parameters("prior"), library.population("office_workers")
# Prompts must matter, or the order of stages could not show.
PARAMETERS = with_values(PRIOR, attention_prompts=0.7, misread=0.3, urging=0.4)
FEW = points(24)


def choosers(model: Model) -> list[Chooser]:
    """The model's people as the reference knows them."""
    return [
        Chooser(
            attention=float(model.people.attention[row]),
            effort=float(model.people.effort[row]),
            stake=float(model.people.stake[row]),
            pressure=0.0,
            willing={
                (category, purpose): float(model.people.willing[row, column]) + POPULATION.purpose_shift[purpose].value
                for column, category in enumerate(CATEGORIES)
                for purpose in PURPOSES
            },
        )
        for row in range(len(model.people.attention))
    ]


def by_reference(flow: Flow, chooser: Chooser, passing: float) -> dict[Answer, float]:
    """One person's probability of each answer, by following every way through the flow."""
    found = dict.fromkeys(WHOLE, 0.0)
    parameters = PARAMETERS

    def follow(name: str | None, place: int, prompts: int, answer: Answer, share: float) -> None:
        if name == DONE or (name is None and place + 1 >= len(flow.stages)):
            found[answer] += share
            return
        ids = [other.id for other in flow.stages]
        walk(ids.index(name) if name else place + 1, prompts, answer, share)

    def take(asked_of: Stage, chosen: Option, place: int, prompts: int, before: Answer, share: float, a: float) -> None:
        if chosen.effect is Effect.LEAVE:
            found[Answer.LEAVE] += share
        elif chosen.toggles is ToggleSetting.AS_SET:
            odds = [sigmoid(sum(toggle_terms(one, chooser, a, parameters).values())) for one in asked_of.toggles]
            every, none = np.prod(odds), np.prod([1.0 - p for p in odds])
            for answer, part in (
                (Answer.ACCEPT_ALL, every), (Answer.REJECT_ALL, none), (Answer.ACCEPT_SOME, 1.0 - every - none),
            ):  # fmt: skip
                follow(chosen.next, place, prompts, answer, share * part)
        else:
            everything = untouched(chosen, asked_of) == asked(asked_of)
            answer = {
                Effect.GRANT: Answer.ACCEPT_ALL if everything else Answer.ACCEPT_SOME,
                Effect.DENY: Answer.REJECT_ALL,
                Effect.DEFER: Answer.NO_ANSWER,
            }.get(chosen.effect, before)
            follow(chosen.next, place, prompts, answer, share)

    def walk(place: int, prompts: int, before: Answer, share: float) -> None:
        here = flow.stages[place]
        logit = attention_logit(chooser, here, prompts, parameters)
        a = sigmoid(logit)
        noticed = 1.0 if here.blocking else sigmoid(logit + parameters.notice.value - passing)
        default = default_option(here)
        if noticed < 1.0:
            follow(default.next if default else None, place, prompts, before, share * (1.0 - noticed))
        options = draw_order(here)
        utilities = [
            sum(terms(one, here, flow, chooser, a, parameters).values()) + passing * (one.effect is Effect.DEFER)
            for one in options
        ]
        for chosen, p in zip(options, probabilities(utilities), strict=True):
            wanted = {Effect.GRANT: Effect.DENY, Effect.DENY: Effect.GRANT}.get(chosen.effect)
            other = next((one for one in options if one.effect is wanted), chosen)
            wrong = parameters.misread.value if here.negated else 0.0
            for taken, part in ((chosen, 1.0 - wrong), (other, wrong)):
                if part:
                    take(here, taken, place, prompts + 1, before, share * noticed * p * part, a)

    walk(0, 0, Answer.NO_ANSWER, 1.0)
    return found


CLOSE = option("close", "defer", prominence=0.3)
TOGGLES = [toggle("one", "chat", default="on"), toggle("two", "files", default="off")]
SAVE = option("save", "grant", toggles="as_set")
ALL = option("all", "grant", toggles="all_on")
DESIGNS = {
    "two buttons": flow_of(stage("ask", agree(), refuse(clicks=2, prominence=0.4))),
    "a notice that can be missed": flow_of(
        stage("ask", agree(urged=True), refuse(), CLOSE, blocking=False, text="Some words to read.")
    ),
    "a negation": flow_of(stage("ask", agree(), refuse(), negated=True)),
    "switches": flow_of(stage("ask", SAVE, ALL, refuse(), CLOSE, toggles=TOGGLES)),
    "two layers": flow_of(
        stage("first", ALL, option("more", "none", next="second"), option("x", "defer", next="done"), toggles=TOGGLES),
        stage("second", SAVE, refuse(), option("leave", "leave"), toggles=TOGGLES),
    ),
    "missed, then asked": flow_of(
        stage("first", agree(next="done"), refuse(next="done"), CLOSE, blocking=False, default="off"),
        stage("second", agree(), refuse()),
    ),
}


@pytest.mark.parametrize("name", DESIGNS)
@pytest.mark.parametrize("passing", [0.0, 0.8])
def test_shares_are_the_mean_of_the_references_probabilities(name: str, passing: float) -> None:
    flow, model = DESIGNS[name], model_of(PARAMETERS, POPULATION, FEW)
    shares = answer_shares(compile_asked(flow, PRIOR, POPULATION), model, passing=passing)
    people = [by_reference(flow, chooser, passing) for chooser in choosers(model)]
    for answer in WHOLE:
        assert shares[answer] == pytest.approx(np.mean([person[answer] for person in people]), abs=1e-12)
    assert sum(shares[answer] for answer in WHOLE) == pytest.approx(1.0)
    accepted = [person[Answer.ACCEPT_ALL] for person in people]
    assert shares[Answer.VARIED] == pytest.approx(np.std(accepted), abs=1e-9)


def test_pull_is_pressure_and_moves_granting_alone() -> None:
    flow, model = DESIGNS["two buttons"], model_of(PARAMETERS, POPULATION, FEW)
    design = compile_asked(flow, PRIOR, POPULATION)
    plain, pulled = answer_shares(design, model), answer_shares(design, model, pull=1.0)
    assert pulled[Answer.ACCEPT] > plain[Answer.ACCEPT]
    assert pulled[Answer.UNREAD] == plain[Answer.UNREAD]


def test_a_design_compiled_with_other_coefficients_gives_the_same_shares() -> None:
    model = model_of(PARAMETERS, POPULATION, FEW)
    for flow in DESIGNS.values():
        one, other = (compile_asked(flow, parameters, POPULATION) for parameters in (PRIOR, PARAMETERS))
        assert answer_shares(one, model) == answer_shares(other, model)


def test_who_is_silent_consents_where_silence_grants() -> None:
    model = model_of(PARAMETERS, POPULATION, FEW)
    for default, grants in (("on", True), ("off", False)):
        flow = flow_of(stage("ask", agree(), refuse(), CLOSE, blocking=False, default=default))
        shares = answer_shares(compile_asked(flow, PRIOR, POPULATION), model)
        assert shares[Answer.CONSENT] == shares[Answer.ACCEPT] + grants * shares[Answer.NO_ANSWER]


def test_people_have_the_traits_that_the_engine_gives_for_the_same_draws() -> None:
    tables = population_tables(POPULATION, PARAMETERS, tuple(POPULATION.jurisdictions.of))
    people_key = child(stream_key(7, PERSON_STREAM), 3)
    keys = [np.uint64(child(people_key, number)) for number in range(40)]
    slots = [
        traits._SEGMENT, traits._ATTENTION, traits._EFFORT, traits._STAKE, traits._COMMON,
        *range(traits._OWN, traits._OWN + 8),
    ]  # fmt: skip
    people = people_at(np.array([[uniform(key, slot) for slot in slots] for key in keys]), tables)
    base = base_willingness(POPULATION)
    for row, key in enumerate(keys):
        attention, effort, _, common, own = (_normal(key, slot) for slot in slots[1:6])
        assert people.attention[row] == pytest.approx(tables.attention + tables.attention_spread * attention)
        assert people.effort[row] == pytest.approx(np.exp(tables.effort_spread * effort))
        edges = tables.segment_cumulative
        segment = POPULATION.segments[int(np.sum(uniform(key, slots[0]) >= edges[:-1]))]
        audio = base + segment.shift.value + tables.common * common + tables.own * own
        assert people.willing[row, 0] == pytest.approx(audio)


def _normal(key: np.uint64, slot: int) -> float:
    from simulator.draws import normal

    return float(normal(uniform(key, slot)))


def test_the_points_are_spread_evenly_in_every_direction() -> None:
    at = points(512)
    assert ((at > 0.0) & (at < 1.0)).all()
    assert np.abs(at.mean(axis=0) - 0.5).max() < 0.01
    assert np.abs(np.corrcoef(at.T) - np.eye(at.shape[1])).max() < 0.12
