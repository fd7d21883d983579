"""Constants fitted to one's own counts: they bring the counts about, carry over, and say what they do not know."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from simulator.analysis.anchor import Anchor, anchored
from simulator.analysis.comparison import Comparison, run_comparison
from simulator.analysis.uncertainty import over_draws
from simulator.engine.answers import joining
from simulator.engine.counted import Counted
from simulator.engine.inputs import Inputs
from simulator.engine.run import make_plan, meetings_for
from simulator.errors import UsageError
from simulator.scenario import library
from simulator.scenario.joint_draws import JointDraws, read_draws
from simulator.scenario.parameters import Context
from simulator.scenario.vocabulary import JoinOutcome
from tests.analysis.runs import SEED, inputs

AGREED, REFUSED, LEFT = JoinOutcome
FLOWS = ("two_buttons", "accept_or_leave")


def counting(**counts: dict[JoinOutcome, int]) -> Inputs:
    """Everyday meetings under two flows, with counts of some flows."""
    return replace(inputs(*FLOWS), counted=tuple(Counted(library.flow(name), of) for name, of in counts.items()))


@cache
def two_buttons(agreed: int = 6100, refused: int = 3900) -> tuple[Inputs, Anchor]:
    return anchored(counting(two_buttons={AGREED: agreed, REFUSED: refused}), SEED)


def shares(given: Inputs, number: int) -> dict[JoinOutcome, float]:
    plan = make_plan(given)
    done = joining(plan, plan.world(SEED, 0, meetings_for(plan, SEED, 20_000)), number)
    total = sum(done.of(word) for word in JoinOutcome)
    return {word: done.of(word) / total for word in JoinOutcome}


def test_the_fitted_constant_brings_about_what_was_counted() -> None:
    given, anchor = two_buttons()
    assert shares(given, 0)[AGREED] == pytest.approx(0.61, abs=0.003)
    assert [item.value for item in anchor.fitted] == [pytest.approx(0.61, abs=0.003)]
    assert anchor.identified == (True, False)
    assert anchor.stake == pytest.approx(0.0, abs=0.05)


def test_a_constant_that_is_put_in_is_found_again() -> None:
    plain = inputs(*FLOWS)
    moved = replace(plain, contexts={name: Context(grant=-1.2) for name in FLOWS})
    known = shares(moved, 0)
    found = counting(two_buttons={AGREED: round(1e6 * known[AGREED]), REFUSED: round(1e6 * known[REFUSED])})
    anchor = anchored(found, SEED)[1]
    assert anchor.grant + anchor.departures["two_buttons"].grant == pytest.approx(-1.2, abs=0.03)


def test_leaving_fixes_what_leaving_costs() -> None:
    given, anchor = anchored(
        counting(two_buttons={AGREED: 8000, REFUSED: 2000}, accept_or_leave={AGREED: 9000, LEFT: 1000}), SEED
    )
    assert anchor.identified == (True, True)
    assert shares(given, 1)[LEFT] == pytest.approx(0.1, abs=0.003)
    assert shares(given, 0)[AGREED] == pytest.approx(0.8, abs=0.003)
    assert anchor.stake < -0.5


def test_agreeing_or_leaving_alone_tells_the_two_constants_apart_only_by_what_was_known_before() -> None:
    given, anchor = anchored(counting(accept_or_leave={AGREED: 9000, LEFT: 1000}), SEED)
    assert anchor.identified == (False, False)
    assert shares(given, 1)[LEFT] == pytest.approx(0.1, abs=0.003)
    assert anchor.grant < 0.0
    assert anchor.stake < 0.0


def test_a_flow_that_was_not_counted_moves_with_the_constant() -> None:
    low, high = (shares(two_buttons(agreed, 10_000 - agreed)[0], 1)[LEFT] for agreed in (5000, 9000))
    assert low > 2 * high


def test_the_same_seed_and_counts_give_the_same_constants() -> None:
    counts = counting(two_buttons={AGREED: 6100, REFUSED: 3900})
    assert anchored(counts, SEED)[1].grant == two_buttons()[1].grant


@pytest.mark.parametrize(("agreed", "refused"), [(1000, 0), (0, 1000)])
def test_all_or_none_bounds_the_constant_on_one_side_and_is_told(agreed: int, refused: int) -> None:
    anchor = two_buttons(agreed, refused)[1]
    assert [item.certain for item in anchor.fitted] == [True]
    assert (anchor.grant > 0.0) is (agreed > 0)
    assert np.isfinite(anchor.grant)


def test_two_flows_that_no_constant_brings_together_are_refused_saying_by_how_much() -> None:
    counts = counting(two_buttons={AGREED: 9500, REFUSED: 500}, reject_hidden={AGREED: 500, REFUSED: 9500})
    with pytest.raises(UsageError) as caught:
        anchored(counts, SEED)
    assert "observed: reject_hidden and two_buttons contradict each other." in str(caught.value)
    assert "logits above that of reject_hidden; two designs of one context are about 0.5 apart." in str(caught.value)


def test_flows_that_agree_are_not_refused() -> None:
    plain = inputs(*FLOWS)
    known = [shares(plain, 0)[AGREED], shares(replace(plain, flows=(library.flow("reject_hidden"),)), 0)[AGREED]]
    one, other = ({AGREED: round(1e4 * share), REFUSED: round(1e4 * (1 - share))} for share in known)
    anchor = anchored(counting(two_buttons=one, reject_hidden=other), SEED)[1]
    assert anchor.grant == pytest.approx(0.0, abs=0.1)


def test_a_share_that_no_constant_brings_about_is_refused() -> None:
    # Under this flow silence is no, and most people overlook the question.
    counts = replace(
        counting(), counted=(Counted(library.flow("grammarly_product_improvement"), {AGREED: 100, REFUSED: 9900}),)
    )
    with pytest.raises(UsageError) as caught:
        anchored(counts, SEED)
    assert "whatever the constants." in str(caught.value)


def some_draws(count: int) -> JointDraws:
    path = inputs(*FLOWS).draws
    assert path is not None
    return JointDraws(read_draws(path).rows[:count])


@cache
def predicted() -> Comparison:
    return run_comparison(counting(two_buttons={AGREED: 610, REFUSED: 390}), participants=4000, seed=SEED)


@pytest.mark.slow
def test_the_counted_flow_is_known_to_its_sampling_error_and_others_less_well() -> None:
    comparison = predicted()
    anchor = comparison.anchor
    assert anchor is not None
    agreed, left = [], []
    for number in range(40):
        redrawn = anchor.redrawn(anchor.inputs, number)
        agreed.append(shares(redrawn, 0)[AGREED])
        left.append(np.log(shares(redrawn, 1)[LEFT]))
    # Binomial: the root of 0.61 * 0.39 / 1000; what the smaller sample of people adds is less than that again.
    assert 0.010 < np.std(agreed) < 0.030
    assert np.mean(agreed) == pytest.approx(0.61, abs=0.015)
    # Of as many people who were counted leaving it would be 0.1.
    assert np.std(left) > 0.17


@pytest.mark.slow
def test_intervals_of_other_flows_are_wider_than_the_counts_alone_would_make_them() -> None:
    comparison = predicted()
    spread = over_draws(comparison, some_draws(24))
    own, other = spread.interval(0, "claimed"), spread.interval(1, "left")
    assert own.low is not None
    assert own.low < own.value < own.high
    assert other.high - other.low > 2 * 1.96 * np.sqrt(0.09 * 0.91 / 1000)
    again = over_draws(comparison, some_draws(24))
    assert (again.interval(1, "left"), again.interval(0, "claimed")) == (other, own)


def test_a_draw_of_a_flow_does_not_depend_on_which_other_flows_are_compared() -> None:
    given, anchor = two_buttons()
    alone = replace(anchor.inputs, flows=anchor.inputs.flows[1:])
    both, one = (anchor.redrawn(each, 3).contexts["accept_or_leave"] for each in (anchor.inputs, alone))
    assert both == one
    assert given.counted == ()
