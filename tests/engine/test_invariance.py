"""What must not matter does not, and what must not help does not help."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from simulator.engine.run import make_plan
from simulator.engine.tally import GIVEN_UP, LEFT, MEETINGS, MISSED, WANTED, Ints, Tally
from simulator.rules.ledger import CAUSES, FIRST_VOID, Cause
from simulator.scenario.flow import Flow, GrantMap, Option, Stage
from simulator.scenario.flow_checks import problems
from simulator.scenario.grants import CATEGORIES
from simulator.scenario.parameters import Parameters
from simulator.scenario.stage_facts import asked, draw_order, sought
from simulator.scenario.vocabulary import Actor, DataCategory, Effect, Purpose, Refusal
from tests.engine.builders import by_kernel, everyday, inputs_of, with_values
from tests.engine.by_hand import AUDIO, CHAT, VIDEO, agree, flow_of, refuse, stage
from tests.strategies import flows

CENTRAL = everyday().parameters
COUNT = 40
TRAINING = Purpose.TRAINING_FIRST_PARTY
seeds = st.integers(0, 2**64 - 1)


def tally_of(flow: Flow, seed: int, parameters: Parameters = CENTRAL, count: int = COUNT, **changes: object) -> Tally:
    """The tally of one flow over everyday meetings."""
    plan = make_plan(inputs_of([flow], changes, parameters=parameters))
    return by_kernel(plan, plan.world(seed, 0, count)).tally


def same(one: Tally, other: Tally) -> bool:
    """Whether two tallies are equal to the last unit."""
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in Tally.__annotations__)


def claimed(tally: Tally) -> Ints:
    """(groups, 8) units claimed."""
    return np.asarray(tally.ledger[:, :, FIRST_VOID : len(CAUSES)].sum(axis=2))


def with_options(flow: Flow, changed: dict[tuple[str, str], dict[str, object]]) -> Flow:
    """The flow with fields of some options, named by stage and option, replaced."""
    stages = [
        each.model_copy(
            update={
                "options": [option.model_copy(update=changed.get((each.id, option.id), {})) for option in each.options]
            }
        )
        for each in flow.stages
    ]
    return flow.model_copy(update={"stages": stages})


def every_option(flow: Flow) -> list[tuple[Stage, Option]]:
    """All options with their stages."""
    return [(each, option) for each in flow.stages for option in each.options]


# Only differences in utility matter, and names and places do not.


@given(flow=flows(), seed=seeds)
def test_making_all_options_of_a_stage_stand_out_more_alike_changes_nothing(flow: Flow, seed: int) -> None:
    # In sight all of them: what does not stand out at all is another matter.
    some = {(each.id, option.id): option.prominence / 4.0 + 0.125 for each, option in every_option(flow)}
    low = with_options(flow, {where: {"prominence": part} for where, part in some.items()})
    high = with_options(flow, {where: {"prominence": part + 0.5} for where, part in some.items()})
    assert same(tally_of(low, seed), tally_of(high, seed))


@given(flow=flows(), seed=seeds)
def test_other_names_and_labels_of_options_change_nothing(flow: Flow, seed: int) -> None:
    others = {
        (each.id, option.id): {"id": f"z{option.id}", "label": "Another label"} for each, option in every_option(flow)
    }
    assert same(tally_of(flow, seed), tally_of(with_options(flow, others), seed))


@given(flow=flows(), seed=seeds, data=st.data())
def test_the_order_on_the_page_changes_nothing_where_being_first_is_worth_nothing(
    flow: Flow, seed: int, data: st.DataObject
) -> None:
    # Options of one effect keep their order: the first of them is the default and the "yes" of the stage.
    stages = []
    for each in flow.stages:
        kept: dict[Effect, Option] = {}
        for option in each.options:
            kept.setdefault(option.effect, option)
        stages.append(each.model_copy(update={"options": list(kept.values())}))
    distinct = flow.model_copy(update={"stages": stages})
    assume(problems(distinct) == [])
    permuted = [
        each.model_copy(update={"options": data.draw(st.permutations(each.options))}) for each in distinct.stages
    ]
    nothing = with_values(CENTRAL, first=0.0)
    other = distinct.model_copy(update={"stages": permuted})
    assert same(tally_of(distinct, seed, nothing), tally_of(other, seed, nothing))


def test_being_first_on_the_page_is_worth_something_otherwise() -> None:
    first, last = flow_of(stage("ask", agree(), refuse())), flow_of(stage("ask", refuse(), agree()))
    strong = with_values(CENTRAL, first=2.0)
    column = CATEGORIES.index(AUDIO)
    for_first, for_last = (claimed(tally_of(flow, 1, strong))[:, column].sum() for flow in (first, last))
    assert for_first > for_last


def test_wider_chances_of_an_option_keep_everybody_who_took_it_before() -> None:
    # One draw runs from granting to refusing, so that with common random numbers people change in one direction only.
    flow = flow_of(stage("ask", agree(), refuse()))
    plans = [make_plan(inputs_of([flow], parameters=with_values(CENTRAL, habit=habit))) for habit in (1.0, 3.0)]
    world = plans[0].world(1, 0, 500)
    granting = [option.effect for option in draw_order(flow.stages[0])].index(Effect.GRANT)
    weak, strong = (by_kernel(plan, world).choices[:, 0] == granting for plan in plans)
    assert (strong >= weak).all()
    assert strong.sum() > weak.sum()


# Taking a grant out of an option


# Under the other two a refusal touches more than what was refused: the view-only lose all their content, the overruled
# may leave, and neither spoils any more for others what is recorded together.
STEADY = (Refusal.LEAVE, Refusal.STOP_FOR_ALL, Refusal.EXCLUDED)


def with_a_choice_of(flow: Flow, place: int, wide: GrantMap, narrow: GrantMap) -> Flow:
    """The flow with two more options of a stage: first one that grants `wide`, and last one that grants `narrow`."""
    each = flow.stages[place]
    first, last = (
        Option(id=name, label=name, effect=Effect.GRANT, grants=granted, clicks=1)
        for name, granted in (("wide", wide), ("narrow", narrow))
    )
    stages = list(flow.stages)
    stages[place] = each.model_copy(update={"options": [first, *each.options, last]})
    return flow.model_copy(update={"stages": stages})


@st.composite
def narrowings(draw: st.DrawFn) -> tuple[Flow, Flow, DataCategory]:
    """Two flows, the second with one category less in one option of a participant's stage, and that category.

    In both the first option grants all that the stage asks for, that category too. So the stage asks for the same,
    its "yes" and its default are the same, and where value counts nothing nobody chooses otherwise.
    """
    flow = draw(flows(refusals=STEADY))
    places = [place for place, each in enumerate(flow.stages) if each.actor is Actor.PARTICIPANT]
    assume(places)
    place = draw(st.sampled_from(places))
    taken, other = draw(st.lists(st.sampled_from(DataCategory), min_size=2, max_size=2, unique=True))
    wide: GrantMap = {taken: [TRAINING], other: [TRAINING]}
    for category, purpose in sorted(asked(flow.stages[place])):
        wide[category] = sorted({*wide.get(category, []), purpose})
    narrow: GrantMap = {taken: [TRAINING], other: [TRAINING]}
    before, after = (with_a_choice_of(flow, place, wide, grants) for grants in (narrow, {other: [TRAINING]}))
    assert problems(before) == problems(after) == []
    return before, after, taken


@given(narrowing=narrowings(), seed=seeds)
def test_taking_a_grant_out_of_an_option_claims_no_more_of_it_and_as_much_of_the_rest(
    narrowing: tuple[Flow, Flow, DataCategory], seed: int
) -> None:
    # Claimed and not lawful: with one recording less, a meeting may keep the recording law that it broke before.
    choices_ignore_grants = with_values(CENTRAL, value=0.0)
    before, after = (claimed(tally_of(flow, seed, choices_ignore_grants)) for flow in narrowing[:2])
    column = CATEGORIES.index(narrowing[2])
    assert (after[:, column] <= before[:, column]).all()
    rest = [number for number in range(8) if number != column]
    assert np.array_equal(after[:, rest], before[:, rest])


def test_taking_a_grant_out_of_the_only_yes_costs_all_of_it_and_nothing_else() -> None:
    both = flow_of(stage("ask", agree(AUDIO, CHAT), refuse()))
    one = flow_of(stage("ask", agree(CHAT), refuse()))
    before, after = (claimed(tally_of(flow, 1, with_values(CENTRAL, value=0.0))).sum(axis=0) for flow in (both, one))
    audio, chat = CATEGORIES.index(AUDIO), CATEGORIES.index(CHAT)
    assert before[audio] > 0
    assert before[chat] > 0
    assert after[audio] == 0
    assert after[chat] == before[chat]


@given(flow=flows(), seed=seeds)
def test_what_no_answer_can_grant_is_never_claimed(flow: Flow, seed: int) -> None:
    found = claimed(tally_of(flow, seed)).sum(axis=0)
    for column, category in enumerate(CATEGORIES):
        if category not in sought(flow, TRAINING):
            assert found[column] == 0


# Flows in which nobody answers


def units(tally: Tally) -> dict[Cause, int]:
    """Units of audio by cause, where there are any."""
    by_cause = tally.ledger[:, CATEGORIES.index(AUDIO)].sum(axis=0)
    return {cause: int(by_cause[number]) for number, cause in enumerate(CAUSES) if by_cause[number]}


# Nobody notices anything that does not block.
UNNOTICED = with_values(CENTRAL, notice=-1000.0)


@pytest.mark.parametrize("actor", ["provider", "account_owner", "host"])
@pytest.mark.parametrize(
    ("default", "causes"),
    [("on", {Cause.NOT_OWN_CHOICE, Cause.EXCLUDED, Cause.MINOR}), ("off", {Cause.SWITCHED_OFF}),
     ("none", {Cause.NOT_ASKED})],
)  # fmt: skip
def test_where_nobody_answers_the_flow_gives_what_its_default_says(
    actor: str, default: str, causes: set[Cause]
) -> None:
    flow = flow_of(stage("terms", agree(AUDIO), refuse(), actor=actor, blocking=False, default=default))
    tally = tally_of(flow, 1, UNNOTICED)
    found = units(tally)
    # What others decide stands in some places, and breaks the recording law of others; the host decides by silence.
    own = {Cause.PRE_TICKED} if actor == "host" and default == "on" else set()
    may_be = {Cause.KEPT, Cause.RECORDING} if default == "on" else set()
    assert causes | own <= found.keys() <= causes | own | may_be
    assert tally.counts[:, LEFT].sum() == 0
    assert tally.seconds[:, 1:].sum() == 0
    if default == "on":
        assert tally.ledger[:, CATEGORIES.index(AUDIO), MISSED].sum() == 0


@pytest.mark.parametrize(
    ("default", "causes"),
    [("on", {Cause.PRE_TICKED}), ("off", {Cause.UNANSWERED}), ("none", {Cause.NOT_ASKED})],
)  # fmt: skip
def test_where_no_participant_answers_silence_means_what_the_default_says(default: str, causes: set[Cause]) -> None:
    flow = flow_of(stage("ask", agree(AUDIO), refuse(), blocking=False, default=default))
    found = units(tally_of(flow, 1, UNNOTICED)).keys()
    if default == "on":
        assert causes <= found
        assert not found & {Cause.NOT_OWN_CHOICE, Cause.REFUSED, Cause.UNANSWERED, Cause.NOT_ASKED, Cause.FORCED}
    else:
        assert found == causes


# Meetings that give the feature up; the reference does not count them


@pytest.mark.parametrize(
    ("flow", "settled", "share"),
    [
        (flow_of(stage("share", agree(AUDIO), refuse(), actor="host")), {Actor.HOST: Effect.DENY}, 1.0),
        (flow_of(stage("share", agree(AUDIO), refuse(), actor="host")), {Actor.HOST: Effect.GRANT}, 0.0),
        (flow_of(stage(), refusal="stop_for_all"), {Actor.PARTICIPANT: Effect.DENY}, 1.0),
        (flow_of(stage(), refusal="stop_for_all"), {Actor.PARTICIPANT: Effect.GRANT}, 0.0),
        (flow_of(stage(), refusal="excluded"), {Actor.PARTICIPANT: Effect.DENY}, 0.0),
        # Switched off for audio alone.
        (flow_of(stage("share", agree(AUDIO), refuse(), actor="host"), stage("ask", agree(VIDEO), refuse())),
         {Actor.HOST: Effect.DENY, Actor.PARTICIPANT: Effect.GRANT}, 0.0),
    ],
)  # fmt: skip
def test_a_meeting_gives_the_feature_up_when_all_that_the_flow_seeks_is_off_for_everybody(
    flow: Flow, settled: dict[Actor, Effect], share: float
) -> None:
    counts = tally_of(flow, 1, settled=settled).counts.sum(axis=0)
    assert counts[GIVEN_UP] == share * counts[MEETINGS]


def test_wanting_is_not_changed_by_what_is_asked() -> None:
    one, other = (tally_of(flow_of(stage("ask", agree(AUDIO), **more)), 1) for more in ({}, {"actor": "host"}))
    assert np.array_equal(one.ledger[:, :, WANTED], other.ledger[:, :, WANTED])
