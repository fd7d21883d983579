"""Every unit produced is counted once, in one row, under every flow."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.engine.kernel import seconds_bin
from simulator.engine.run import Plan, make_plan, no_counts
from simulator.engine.tally import (
    CELL_CLAIMED,
    CELL_LAWFUL,
    CELL_LEFT,
    CELL_LENIENT,
    CELL_MISSED,
    CELL_OVERREACH,
    CELL_PEOPLE,
    CELL_PRODUCED,
    CELL_WANTED,
    GIVEN_UP,
    LEFT,
    LENIENT,
    MEETINGS,
    MISSED,
    OVERREACH,
    PARTICIPANTS,
    RULE_MIXED,
    RULE_MIXED_LENIENT,
    RULE_OWN,
    RULE_OWN_LENIENT,
    SECONDS_BINS,
    WANTED,
    Ints,
    Tally,
)
from simulator.rules.ledger import CAUSES, FIRST_VOID, ROW_OF, Cause
from simulator.scenario.flow import Flow
from simulator.scenario.vocabulary import Reading, Row
from tests.engine.builders import by_kernel, everyday, inputs_of, with_values
from tests.strategies import coefficient_values, flows, scenario_changes

CENTRAL = everyday().parameters
MEETINGS_EACH = 30
VOID_BY_RULE, STANDING_BY_RULE = [RULE_OWN, RULE_MIXED], [RULE_OWN_LENIENT, RULE_MIXED_LENIENT]
VOID_AND_LATER = slice(FIRST_VOID, len(CAUSES))

several_flows = st.tuples(flows(name="one"), flows(name="other"))
any_plan = st.builds(
    lambda chosen, changes, values: make_plan(inputs_of(chosen, changes, parameters=with_values(CENTRAL, **values))),
    several_flows,
    scenario_changes(),
    coefficient_values(CENTRAL),
)
seeds = st.integers(0, 2**64 - 1)
few = settings(max_examples=40)


def tallies(plan: Plan, seed: int) -> list[Tally]:
    """Of every flow of the plan, over the same meetings."""
    world = plan.world(seed, 0, MEETINGS_EACH)
    return [by_kernel(plan, world, number).tally for number in range(len(plan.flows))]


def rows(tally: Tally) -> dict[Row, Ints]:
    """(8,) units of each row."""
    by_cause = tally.ledger[:, :, : len(CAUSES)].sum(axis=0)
    members = {row: [CAUSES.index(cause) for cause in CAUSES if ROW_OF[cause] is row] for row in Row}
    return {row: by_cause[:, columns].sum(axis=1) for row, columns in members.items()}


@few
@given(plan=any_plan, seed=seeds)
def test_the_rows_of_the_ledger_add_up_to_what_was_produced_under_every_flow(plan: Plan, seed: int) -> None:
    produced = plan.world(seed, 0, MEETINGS_EACH).produced.sum(axis=0)
    for tally in tallies(plan, seed):
        assert (sum(rows(tally).values()) == produced).all()


@few
@given(plan=any_plan, seed=seeds)
def test_claimed_less_overreach_and_with_what_was_missed_is_wanted(plan: Plan, seed: int) -> None:
    for tally in tallies(plan, seed):
        total = tally.ledger.sum(axis=0)
        claimed = total[:, VOID_AND_LATER].sum(axis=1)
        assert (claimed - total[:, OVERREACH] + total[:, MISSED] == total[:, WANTED]).all()


@few
@given(plan=any_plan, seed=seeds)
def test_what_is_wanted_does_not_depend_on_the_flow(plan: Plan, seed: int) -> None:
    one, other = tallies(plan, seed)
    assert np.array_equal(one.ledger[:, :, WANTED], other.ledger[:, :, WANTED])
    assert np.array_equal(one.counts[:, [PARTICIPANTS, MEETINGS]], other.counts[:, [PARTICIPANTS, MEETINGS]])


@few
@given(plan=any_plan, seed=seeds)
def test_claimed_is_at_least_lawful_and_lawful_at_least_kept(plan: Plan, seed: int) -> None:
    for tally in tallies(plan, seed):
        assert (tally.ledger >= 0).all()
        claimed, lawful = tally.cells[:, :, CELL_CLAIMED], tally.cells[:, :, CELL_LAWFUL]
        assert (tally.cells[:, :, CELL_PRODUCED] >= claimed).all()
        assert (claimed >= lawful).all()
        kept = rows(tally)[Row.KEPT][plan.headline]
        first = plan.cell_start[0], plan.cell_start[1]
        assert lawful[:, slice(*first)].sum() >= kept


@few
@given(plan=any_plan, seed=seeds)
def test_what_the_lenient_reading_lets_stand_lies_between_the_strict_and_all_that_is_claimed(
    plan: Plan, seed: int
) -> None:
    for tally in tallies(plan, seed):
        found, lenient = rows(tally), tally.ledger[:, :, LENIENT].sum(axis=0)
        lawful = found[Row.WITHDRAWN] + found[Row.KEPT]
        assert (lawful <= lenient).all()
        assert (lenient <= found[Row.VOID] + lawful).all()
        if not plan.ranged:
            assert (lenient == lawful).all()


@few
@given(flow=flows(), changes=scenario_changes(), seed=seeds)
def test_a_range_of_readings_runs_from_the_strict_to_the_lenient(
    flow: Flow, changes: dict[str, object], seed: int
) -> None:
    both, strict, lenient = (
        tallies(make_plan(inputs_of([flow], {**changes, "reading": reading})), seed)[0]
        for reading in (None, Reading.STRICT, Reading.LENIENT)
    )
    assert np.array_equal(both.ledger[:, :, :LENIENT], strict.ledger[:, :, :LENIENT])
    assert np.array_equal(both.ledger[:, :, LENIENT], lenient.ledger[:, :, LENIENT])
    assert np.array_equal(both.rules[:, :, VOID_BY_RULE], strict.rules[:, :, VOID_BY_RULE])
    assert not strict.rules[:, :, STANDING_BY_RULE].any()
    # What is void in the strict reading and stands in the lenient is all that lies between the two.
    between = rows(strict)[Row.VOID] - rows(lenient)[Row.VOID]
    assert np.array_equal(both.rules[:, :, STANDING_BY_RULE].sum(axis=(0, 2)), between)


@few
@given(plan=any_plan, seed=seeds)
def test_every_breakdown_adds_up_to_the_whole_of_the_headline_category(plan: Plan, seed: int) -> None:
    for tally in tallies(plan, seed):
        found, units = rows(tally), tally.ledger.sum(axis=0)[plan.headline]
        lawful = found[Row.WITHDRAWN] + found[Row.KEPT]
        whole = {
            CELL_PRODUCED: sum(found.values())[plan.headline],
            CELL_CLAIMED: (found[Row.VOID] + lawful)[plan.headline],
            CELL_LAWFUL: lawful[plan.headline],
            CELL_LENIENT: units[LENIENT],
            CELL_WANTED: units[WANTED],
            CELL_OVERREACH: units[OVERREACH],
            CELL_MISSED: units[MISSED],
            CELL_PEOPLE: tally.counts[:, PARTICIPANTS].sum(),
            CELL_LEFT: tally.counts[:, LEFT].sum(),
        }
        for first, end in zip(plan.cell_start, plan.cell_start[1:], strict=False):
            for column, total in whole.items():
                assert tally.cells[:, first:end, column].sum() == total


@few
@given(plan=any_plan, seed=seeds)
def test_every_void_unit_is_booked_to_the_rule_that_decided(plan: Plan, seed: int) -> None:
    for tally in tallies(plan, seed):
        assert (tally.rules[:, :, VOID_BY_RULE].sum(axis=(0, 2)) == rows(tally)[Row.VOID]).all()
        mixed = tally.ledger[:, :, CAUSES.index(Cause.MIXED)].sum(axis=0)
        assert (tally.rules[:, :, RULE_MIXED].sum(axis=0) == mixed).all()
        assert (tally.rules[:, :, STANDING_BY_RULE] <= tally.rules[:, :, VOID_BY_RULE]).all()


@few
@given(plan=any_plan, seed=seeds)
def test_who_has_not_left_has_a_time_and_who_has_left_has_none(plan: Plan, seed: int) -> None:
    for tally in tallies(plan, seed):
        joined = tally.counts[:, PARTICIPANTS] - tally.counts[:, LEFT]
        assert (tally.seconds.sum(axis=1) == joined).all()


@few
@given(plan=any_plan, seed=seeds)
def test_no_more_meetings_give_the_feature_up_than_there_are_meetings(plan: Plan, seed: int) -> None:
    for tally, flow in zip(tallies(plan, seed), plan.flows, strict=True):
        assert (tally.counts[:, GIVEN_UP] <= tally.counts[:, MEETINGS]).all()
        if flow.sought == 0:
            assert tally.counts[:, GIVEN_UP].sum() == 0


def test_times_fall_into_bins_of_half_a_second_after_one_for_none_at_all() -> None:
    seconds = [0.0, 0.01, 0.49, 0.5, 0.99, 1.0, 179.9, 180.0, 1e6]
    assert [seconds_bin(time) for time in seconds] == [0, 1, 1, 2, 2, 3, 360, 361, 361]
    assert SECONDS_BINS == 362


def test_a_tally_of_parts_is_the_tally_of_the_whole(two_buttons: Flow) -> None:
    plan = make_plan(inputs_of([two_buttons]))
    whole = by_kernel(plan, plan.world(1, 0, 100)).tally
    parts = no_counts(plan).tally()
    for first, count in ((60, 40), (0, 60)):
        parts.add(by_kernel(plan, plan.world(1, first, count)).tally)
    for name in Tally.__annotations__:
        assert np.array_equal(getattr(whole, name), getattr(parts, name)), name
