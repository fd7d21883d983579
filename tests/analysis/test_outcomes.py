"""The outcomes of a flow add up: the ledger, the rules, the parts of every breakdown."""

from __future__ import annotations

import pytest

from simulator.analysis.estimates import UNDEFINED, Estimate
from simulator.analysis.outcomes import COMPARED, OF_PEOPLE, SHARES, FlowOutcomes, in_unit, paired_difference
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
    MEETINGS,
    PARTICIPANTS,
)
from simulator.rules.ledger import CAUSES, ROW_OF
from simulator.scenario import library
from simulator.scenario.grants import CATEGORIES
from simulator.scenario.vocabulary import UNITS, DataCategory, Row
from tests.analysis.runs import blank, every_flow, everywhere, with_tally

FLOWS = list(library.builtin("flow"))
BREAKDOWNS = ("jurisdiction", "role", "channel", "meeting_type", "confidentiality")
AUDIO = DataCategory.AUDIO


def outcomes_of(flow: str) -> FlowOutcomes:
    return next(outcomes for outcomes in every_flow().flows if outcomes.flow.id == flow)


def tally_of(flow: str):
    return every_flow().run.tallies[FLOWS.index(flow)]


def edited(edit) -> FlowOutcomes:
    """The outcomes of a tally of nothing after an edit."""
    run = every_flow().run
    tally = blank(run)
    edit(tally, int(run.plan.cell_start[1]))
    return FlowOutcomes(with_tally(run, tally), 0)


def test_the_run_reaches_every_row_and_many_causes_so_that_sums_over_it_say_something() -> None:
    rows = {
        row
        for flow in every_flow().flows
        for category in CATEGORIES
        for row in Row
        if flow.ledger(category).row(row) > 0
    }
    assert rows == set(Row)


@pytest.mark.parametrize("flow", FLOWS)
def test_what_is_produced_is_what_the_meetings_hold_whatever_the_flow(flow: str) -> None:
    run = every_flow().run
    world = run.plan.world(run.seed, 0, run.meetings)
    produced = world.produced.sum(axis=0)
    for column, category in enumerate(CATEGORIES):
        assert outcomes_of(flow).ledger(category).produced == pytest.approx(produced[column] * in_unit(category))
    assert run.participants == int(world.meetings["people"].sum())


@pytest.mark.parametrize("flow", FLOWS)
def test_the_rows_of_every_ledger_add_up_to_what_is_produced(flow: str) -> None:
    for category in CATEGORIES:
        ledger = outcomes_of(flow).ledger(category)
        rows = {row: ledger.row(row) for row in Row}
        assert sum(rows.values()) == pytest.approx(ledger.produced)
        before = sum(rows[row] for row in (Row.ABSENT, Row.NOT_CAPTURED, Row.REFUSED, Row.INSEPARABLE))
        assert ledger.claimed + before == pytest.approx(ledger.produced)
        assert ledger.lawful + rows[Row.VOID] == pytest.approx(ledger.claimed)
        assert ledger.lawful == pytest.approx(rows[Row.WITHDRAWN] + rows[Row.KEPT])
        assert min(rows.values()) >= 0


@pytest.mark.parametrize("flow", FLOWS)
def test_claimed_less_overreach_and_with_missed_is_wanted_to_the_last_unit(flow: str) -> None:
    outcomes = outcomes_of(flow)
    for category in CATEGORIES:
        part = {name: outcomes.parts(name, category)[0] for name in SHARES}
        assert (part["claimed"] - part["overreach"] + part["missed"] == part["wanted"]).all()
        assert (part["kept"] <= part["lawful"]).all()
        assert (part["lawful"] <= part["lawful_lenient"]).all()
        assert (part["lawful_lenient"] <= part["claimed"]).all()


@pytest.mark.parametrize("flow", FLOWS)
def test_a_share_is_the_ledgers_amount_over_what_is_produced(flow: str) -> None:
    for category in CATEGORIES:
        ledger = outcomes_of(flow).ledger(category)
        for outcome, amount in (
            ("claimed", ledger.claimed),
            ("lawful", ledger.lawful),
            ("kept", ledger.row(Row.KEPT)),
        ):
            assert outcomes_of(flow).share(outcome, category).value == pytest.approx(amount / ledger.produced)


@pytest.mark.parametrize("flow", FLOWS)
def test_what_single_rules_void_adds_up_to_void_largest_first(flow: str) -> None:
    for category in CATEGORIES:
        rules = outcomes_of(flow).void_by_rule(category)
        units = [rule.units for rule in rules]
        void = [index for index, cause in enumerate(CAUSES) if ROW_OF[cause] is Row.VOID]
        # As the engine counts, the parts are the row to the last unit.
        assert sum(units) == tally_of(flow).ledger[:, CATEGORIES.index(category), void].sum()
        assert sum(rule.amount for rule in rules) == pytest.approx(outcomes_of(flow).ledger(category).row(Row.VOID))
        assert units == sorted(units, reverse=True)
        assert {rule.rule for rule in rules} <= set(every_flow().run.plan.laws[0].rules)
        assert all(rule.units > 0 and rule.mixed <= rule.amount for rule in rules)


@pytest.mark.parametrize("flow", FLOWS)
def test_what_single_rules_void_and_let_stand_leniently_adds_up_to_what_lies_between_the_readings(flow: str) -> None:
    for category in CATEGORIES:
        found, ledger = outcomes_of(flow), outcomes_of(flow).ledger(category)
        lenient = sum(rule.lenient for rule in found.void_by_rule(category))
        share = found.share("lawful_lenient", category).value
        assert ledger.lawful + lenient == pytest.approx(share * ledger.produced)


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize("breakdown", BREAKDOWNS)
def test_the_parts_of_a_breakdown_add_up_to_the_whole_in_every_group_of_meetings(breakdown: str, flow: str) -> None:
    outcomes, tally = outcomes_of(flow), tally_of(flow)
    start, end = every_flow().run.plan.cell_start[BREAKDOWNS.index(breakdown) :][:2]
    cells = tally.cells[:, start:end].sum(axis=1)
    columns = {
        "claimed": CELL_CLAIMED,
        "lawful": CELL_LAWFUL,
        "lawful_lenient": CELL_LENIENT,
        "wanted": CELL_WANTED,
        "overreach": CELL_OVERREACH,
        "missed": CELL_MISSED,
    }
    for outcome, column in columns.items():
        part, whole = outcomes.parts(outcome, AUDIO)
        assert (cells[:, column] == part).all()
        assert (cells[:, CELL_PRODUCED] == whole).all()
    assert (cells[:, CELL_PEOPLE] == tally.counts[:, PARTICIPANTS]).all()
    assert (cells[:, CELL_LEFT] == tally.counts[:, LEFT]).all()


@pytest.mark.parametrize("breakdown", BREAKDOWNS)
def test_the_parts_hold_everybody_once_and_leave_out_empty_ones(breakdown: str) -> None:
    run = every_flow().run
    cells = every_flow().flows[0].cells(breakdown)
    (dimension,) = [found for found in run.plan.breakdowns if found.name == breakdown]
    assert sum(cell.participants for cell in cells.values()) == run.participants
    assert list(cells) == [name for name in dimension.cells if name in cells]
    assert all(cell.participants > 0 for cell in cells.values())


def test_a_parts_share_is_its_own_and_left_is_of_its_people() -> None:
    def edit(tally, start: int) -> None:
        tally.cells[:, 0, CELL_PEOPLE], tally.cells[:, 0, CELL_LEFT] = 4, 1
        tally.cells[:, 0, CELL_PRODUCED], tally.cells[:, 0, CELL_CLAIMED] = 100, 60

    (cell,) = edited(edit).cells("jurisdiction").values()
    assert cell.share("claimed") == Estimate(pytest.approx(0.6), pytest.approx(0.6), pytest.approx(0.6))
    assert cell.share("left").value == 0.25


def test_an_unknown_breakdown_is_not_taken_for_another() -> None:
    with pytest.raises(ValueError, match="age"):
        every_flow().flows[0].cells("age")


def kept(tally, place: int, produced: int, lawful: int) -> None:
    """Enter what one jurisdiction's people produce in each group of meetings, and what of it is lawful."""
    tally.cells[:, place, CELL_PRODUCED] = everywhere(produced)
    tally.cells[:, place, CELL_LAWFUL] = everywhere(lawful)


def distances(*places: tuple[int, int]) -> tuple[Estimate, Estimate]:
    """Distance and effective share where places produce and keep these amounts."""

    def edit(tally, start: int) -> None:
        for place, amounts in enumerate(places):
            kept(tally, place, *amounts)

    outcomes = edited(edit)
    return outcomes.distance("jurisdiction"), outcomes.effective_share("jurisdiction")


def test_where_everything_is_kept_the_distance_is_0_and_the_effective_share_1() -> None:
    assert distances((70, 70), (30, 30)) == (Estimate(0.0, 0.0, 0.0), Estimate(1.0, 1.0, 1.0))


def test_where_the_same_part_of_everybody_is_kept_nothing_is_lost_either() -> None:
    distance, effective = distances((70, 35), (30, 15))
    assert distance.value == pytest.approx(0.0)
    assert effective.value == pytest.approx(1.0)


def test_distance_and_effective_share_of_unequal_parts_are_those_computed_by_hand() -> None:
    distance, effective = distances((50, 30), (50, 10))
    # Halves against three quarters and one: (|.5 - .75| + |.5 - .25|) / 2; Kish: 1 / (.25 / .75 + .25 / .25).
    assert distance.value == pytest.approx(0.25)
    assert effective.value == pytest.approx(0.75)


def test_where_a_place_is_missing_no_weight_mends_it() -> None:
    distance, effective = distances((50, 50), (50, 0))
    assert distance.value == pytest.approx(0.5)
    assert effective.value == pytest.approx(0.0)


def test_where_nothing_is_lawful_the_distance_is_undefined() -> None:
    assert distances((50, 0), (50, 0))[0] == UNDEFINED


def test_places_where_nobody_is_do_not_count() -> None:
    assert distances((70, 70), (0, 0), (30, 30)) == distances((70, 70), (30, 30))


@pytest.mark.parametrize("flow", FLOWS)
def test_distances_of_real_runs_lie_between_0_and_1_with_their_intervals(flow: str) -> None:
    for breakdown in BREAKDOWNS:
        for found in (outcomes_of(flow).distance(breakdown), outcomes_of(flow).effective_share(breakdown)):
            if found.low is not None:
                assert 0.0 <= found.low <= found.high <= 1.0
                assert -1e-9 <= found.value <= 1.0 + 1e-9


def test_left_is_a_share_of_participants_whatever_the_category() -> None:
    tally = tally_of("accept_or_leave")
    for category in CATEGORIES:
        value = outcomes_of("accept_or_leave").share("left", category).value
        assert value == tally.counts[:, LEFT].sum() / tally.counts[:, PARTICIPANTS].sum()


def test_what_a_flow_makes_impossible_is_nothing_for_certain_and_what_was_only_not_seen_may_be() -> None:
    nothing = Estimate(0.0, 0.0, 0.0)
    asked_for_service = outcomes_of("meet_explicit_consent")
    for outcome in ("claimed", "lawful", "lawful_lenient", "kept", "overreach"):
        assert asked_for_service.share(outcome, AUDIO) == nothing
    for flow in ("two_buttons", "zoom_terms_7_aug_2023"):
        assert outcomes_of(flow).share("left", AUDIO) == nothing
    given_up = outcomes_of("accept_or_leave").given_up()
    assert given_up.value == 0.0
    assert given_up.high > 0.0


@pytest.mark.parametrize("flow", FLOWS)
def test_what_is_said_to_be_impossible_does_not_happen(flow: str) -> None:
    for category in CATEGORIES:
        for outcome in (*SHARES, *OF_PEOPLE):
            if outcomes_of(flow).sample(outcome, category).certain:
                assert outcomes_of(flow).share(outcome, category).value in (0.0, None)


def test_the_parts_of_what_is_lawful_add_up_to_all_of_it() -> None:
    cells = outcomes_of("accept_or_leave").cells("jurisdiction").values()
    for outcome in ("produced", "lawful", "lawful_lenient"):
        assert sum(cell.part_of(outcome).value for cell in cells) == pytest.approx(1.0)


def test_who_is_in_what_is_lawful_depends_on_the_reading() -> None:
    flow = outcomes_of("accept_or_leave")
    strict, lenient = (flow.distance("jurisdiction", outcome).value for outcome in ("lawful", "lawful_lenient"))
    assert lenient < strict


def test_given_up_is_a_share_of_meetings() -> None:
    tally = tally_of("any_refusal_stops")
    value = outcomes_of("any_refusal_stops").given_up().value
    assert value == tally.counts[:, GIVEN_UP].sum() / tally.counts[:, MEETINGS].sum()
    assert value > 0


def test_amounts_are_in_the_units_of_their_categories() -> None:
    def edit(tally, start: int) -> None:
        tally.ledger[:, :, CAUSES.index("kept")] = everywhere(60_000)[:, None]

    outcomes = edited(edit)
    for category in CATEGORIES:
        ledger = outcomes.ledger(category)
        groups = len(everywhere(1))
        assert ledger.unit == UNITS[category]
        assert ledger.produced == (groups if ledger.unit == "person_minutes" else groups * 60_000)


def test_a_flows_difference_from_itself_is_exactly_nothing() -> None:
    flow = outcomes_of("accept_or_leave")
    for outcome in COMPARED:
        assert paired_difference(flow, flow, outcome, AUDIO) == Estimate(0.0, 0.0, 0.0)


def test_a_paired_difference_is_the_difference_of_the_shares() -> None:
    flow, baseline = outcomes_of("granular_opt_in"), outcomes_of("accept_or_leave")
    for outcome in COMPARED:
        shares = flow.share(outcome, AUDIO).value, baseline.share(outcome, AUDIO).value
        assert paired_difference(flow, baseline, outcome, AUDIO).value == pytest.approx(shares[0] - shares[1])


def test_people_want_the_same_under_every_flow() -> None:
    flow, baseline = outcomes_of("granular_opt_in"), outcomes_of("accept_or_leave")
    assert paired_difference(flow, baseline, "wanted", AUDIO) == Estimate(0.0, 0.0, 0.0)


def test_what_is_compared_are_shares_and_those_of_people() -> None:
    assert set(COMPARED) == set(SHARES) - {"kept"} | set(OF_PEOPLE)


def test_seconds_to_join_rise_with_the_share_and_ask_nothing_of_those_who_were_not_asked() -> None:
    asked = outcomes_of("granular_opt_in")
    assert 0.0 < asked.seconds_to_join(0.5).value < asked.seconds_to_join(0.9).value
    assert outcomes_of("zoom_tos_mar_2023").seconds_to_join(0.9) == Estimate(0.0, 0.0, 0.0)
