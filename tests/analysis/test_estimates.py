"""Estimates equal their closed forms, and their intervals cover as often as they say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.analysis.estimates import (
    UNDEFINED,
    Estimate,
    Sample,
    difference,
    estimate,
    quantile,
    ratio,
    t_quantile,
)
from simulator.engine.tally import GROUPS, Ints

WIDTH = 0.5

totals = st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)), min_size=1, max_size=12)
"""Part and rest of some groups."""
histograms = st.lists(st.lists(st.integers(0, 50), min_size=6, max_size=6), min_size=1, max_size=5).map(np.array)
"""(groups, 6) counts."""


def ints(*values: int) -> Ints:
    return np.array(values, dtype=np.int64)


def parts(pairs: list[tuple[int, int]]) -> tuple[Ints, Ints]:
    """Part and whole by group."""
    table = np.array(pairs, dtype=np.int64)
    return table[:, 0], table.sum(axis=1)


def held(meetings: int, groups: int = GROUPS) -> Sample:
    """So many meetings, dealt in turn."""
    return Sample(np.bincount(np.arange(meetings) % groups, minlength=groups))


def random_groups(seed: int, groups: int = GROUPS) -> tuple[Ints, Ints]:
    """Part and whole of groups whose sizes and shares both vary."""
    generator = np.random.default_rng(seed)
    whole = generator.integers(80_000, 120_000, groups)
    return (whole * generator.uniform(0.2, 0.4, groups)).astype(np.int64), whole


@pytest.mark.parametrize(
    ("degrees", "level", "value"),
    [(1, 0.95, 12.7062), (2, 0.95, 4.3027), (10, 0.95, 2.2281), (63, 0.95, 1.9983), (10**7, 0.95, 1.9600)]
    + [(5, 0.90, 2.0150), (5, 0.99, 4.0321)],
)
def test_students_quantiles_are_those_of_the_tables(degrees: int, level: float, value: float) -> None:
    assert t_quantile(degrees, level) == pytest.approx(value, abs=5e-5)


def test_a_ratio_is_that_of_the_totals_not_the_mean_of_the_groups() -> None:
    assert ratio(ints(1, 9), ints(2, 98)).value == 0.1


def test_over_equal_groups_the_interval_is_that_of_wilson_for_trials_that_vary_as_much() -> None:
    part = random_groups(1)[0]
    whole = np.full_like(part, 120_000)
    found = ratio(part, whole)
    shares = part / whole
    p, error = shares.mean(), shares.std(ddof=1) / np.sqrt(GROUPS)
    assert found.value == pytest.approx(p)
    # Its ends are the shares from which p lies z standard errors away, with n trials of error sqrt(p (1 - p) / n).
    trials, z = p * (1 - p) / error**2, t_quantile(GROUPS - 1)
    for end in (found.low, found.high):
        assert abs(p - end) == pytest.approx(z * np.sqrt(end * (1 - end) / trials))


def test_over_unequal_groups_the_interval_is_near_the_linearised_one() -> None:
    part, whole = random_groups(2)
    found = ratio(part, whole)
    residual = part - part.sum() / whole.sum() * whole
    error = np.sqrt(GROUPS / (GROUPS - 1) * (residual**2).sum()) / whole.sum()
    assert found.reach == pytest.approx(t_quantile(GROUPS - 1) * error, rel=0.02)


def test_a_lower_level_gives_a_narrower_interval_in_the_ratio_of_the_quantiles() -> None:
    part, whole = random_groups(3)
    wide, narrow = ratio(part, whole).reach, ratio(part, whole, level=0.5).reach
    assert wide is not None
    assert narrow == pytest.approx(wide * t_quantile(GROUPS - 1, 0.5) / t_quantile(GROUPS - 1), rel=0.02)


def test_what_one_group_alone_makes_has_few_degrees_of_freedom_and_a_wide_interval() -> None:
    whole = np.full(GROUPS, 1000, dtype=np.int64)
    spread_out, heaped = np.ones(GROUPS, dtype=np.int64), np.zeros(GROUPS, dtype=np.int64)
    spread_out[::2], heaped[0] = 3, 128
    even, one = ratio(spread_out, whole), ratio(heaped, whole)
    assert even.value == one.value == 0.002
    assert even.high < 0.003
    assert one.high > 0.03
    assert one.low < 0.0002


def test_where_nothing_was_seen_the_interval_says_what_so_many_meetings_allow() -> None:
    nothing, whole = np.zeros(GROUPS, dtype=np.int64), np.full(GROUPS, 100, dtype=np.int64)
    found, fewer = ratio(nothing, whole, sample=held(1000)), ratio(nothing, whole, sample=held(100))
    # About the 3.7 / n of exact binomial bounds.
    assert (found.value, found.low) == (0.0, 0.0)
    assert 0.003 < found.high < 0.004
    assert 0.03 < fewer.high < 0.04
    everything = ratio(whole, whole, sample=held(1000))
    assert (everything.low, everything.high) == (pytest.approx(1.0 - found.high), 1.0)


def test_meetings_of_unequal_weight_allow_less_than_their_number_says() -> None:
    nothing, even = np.zeros(GROUPS, dtype=np.int64), np.full(GROUPS, 100, dtype=np.int64)
    uneven = even.copy()
    uneven[0] = 10_000
    assert ratio(nothing, uneven, sample=held(1000)).high > 10 * ratio(nothing, even, sample=held(1000)).high


def test_a_meeting_that_recurs_in_its_group_counts_as_often_as_it_was_met() -> None:
    nothing, whole = np.zeros(8, dtype=np.int64), np.array([500, 1500] * 4, dtype=np.int64)
    again, new = (
        ratio(nothing, whole, sample=replace(held(800, 8), recurring=recurring)) for recurring in (True, False)
    )
    assert again.high < 0.01
    assert new.high > 0.05


@pytest.mark.parametrize("holding", [2, 3, 5, 20])
def test_a_part_that_few_meetings_hold_is_known_as_well_as_so_few_can_tell(holding: int) -> None:
    nothing, whole = np.zeros(GROUPS, dtype=np.int64), np.zeros(GROUPS, dtype=np.int64)
    whole[:holding] = 10
    found = ratio(nothing, whole, sample=held(5000))
    # The exact binomial bound of no success in so many trials; that no two are in one group means that some more were.
    trials = holding * (GROUPS - 1) / (GROUPS - holding)
    assert found.high == pytest.approx(1.0 - 0.025 ** (1 / trials), rel=0.25)
    everything = ratio(whole, whole, sample=held(5000))
    assert everything.low == pytest.approx(1.0 - found.high)


@pytest.mark.parametrize("size", [1, 3])
def test_intervals_of_a_part_that_few_meetings_hold_cover_its_true_share(size: int) -> None:
    generator, runs, truth, meetings = np.random.default_rng(449), 2000, 0.03, 2400
    hits = defined = nothing = 0
    for _ in range(runs):
        group = np.flatnonzero(generator.random(meetings) < 0.005) % GROUPS
        left = generator.random(len(group)) < truth  # all who are together do the same
        whole = size * np.bincount(group, minlength=GROUPS)
        found = ratio(size * np.bincount(group[left], minlength=GROUPS), whole, sample=held(meetings))
        if found.low is not None:
            defined, hits, nothing = defined + 1, hits + covers(found, truth), nothing + (found.value == 0.0)
    assert nothing > defined / 2
    assert hits / defined >= 0.95


def test_intervals_of_a_part_that_few_copies_of_recorded_meetings_hold_cover_its_true_share() -> None:
    generator, runs, truth, files, copies = np.random.default_rng(97), 2000, 0.03, 8, 100
    sizes = generator.integers(3, 9, files)
    hits = defined = nothing = 0
    for _ in range(runs):
        holding = generator.binomial(copies, 0.03, files)
        left = generator.binomial(holding, truth)
        sample = Sample(holding, recurring=True)
        found = ratio(left * sizes, holding * sizes, sample=sample)
        if found.low is not None:
            defined, hits, nothing = defined + 1, hits + covers(found, truth), nothing + (found.value == 0.0)
    assert nothing > defined / 3
    assert hits / defined >= 0.95


def test_where_neither_of_two_saw_anything_the_difference_is_not_exactly_nothing() -> None:
    nothing, whole = np.zeros(GROUPS, dtype=np.int64), np.full(GROUPS, 100, dtype=np.int64)
    found = difference(nothing, whole, nothing, whole, sample=held(1000))
    assert (found.value, found.low, found.high) == (
        0.0,
        pytest.approx(-found.high),
        ratio(nothing, whole, sample=held(1000)).high,
    )


def test_the_difference_of_identical_parts_is_exactly_nothing() -> None:
    part, whole = random_groups(4)
    assert difference(part, whole, part, whole) == Estimate(0.0, 0.0, 0.0)


def test_a_difference_over_the_same_whole_is_nearly_the_ratio_of_the_difference() -> None:
    part, whole = random_groups(5)
    more = part + np.random.default_rng(6).integers(0, 20_000, GROUPS)
    paired, single = difference(more, whole, part, whole), ratio(more - part, whole)
    assert paired.value == pytest.approx(single.value)
    assert paired.reach == pytest.approx(single.reach, rel=0.1)


def test_pairing_cancels_what_two_flows_share() -> None:
    part, whole = random_groups(7)
    paired = difference(part + 500, whole, part, whole).reach
    alone = ratio(part, whole).reach
    assert paired is not None
    assert alone is not None
    assert paired < alone / 20


def test_a_difference_can_be_negative_and_never_leaves_what_differences_can_be() -> None:
    nothing, whole = ints(0, 0, 50), ints(50, 50, 50)
    found = difference(nothing, whole, whole, whole)
    assert found.value == pytest.approx(-2 / 3)
    assert found.low is not None
    assert -1.0 <= found.low < -2 / 3


def test_the_sides_of_a_difference_turn_round_with_its_order() -> None:
    part, whole = random_groups(10)
    rare = (part > np.median(part)).astype(np.int64)
    there, back = difference(rare, whole, part, whole), difference(part, whole, rare, whole)
    assert (there.value, there.low, there.high) == pytest.approx((-back.value, -back.high, -back.low))


def test_a_ratio_of_nothing_is_undefined() -> None:
    assert ratio(ints(0, 0), ints(0, 0)) == UNDEFINED
    assert UNDEFINED.reach is None


def test_a_difference_from_nothing_is_undefined() -> None:
    assert difference(ints(1, 2), ints(3, 4), ints(0, 0), ints(0, 0)) == UNDEFINED


def test_one_group_has_a_value_and_no_interval() -> None:
    assert ratio(ints(3, 0), ints(4, 0)) == Estimate(0.75, None, None)


def test_where_leaving_a_group_out_leaves_nothing_there_is_no_interval() -> None:
    assert difference(ints(1, 1), ints(2, 2), ints(1, 0), ints(2, 0)) == Estimate(0.0, None, None)


def test_groups_without_meetings_change_nothing() -> None:
    part, whole = random_groups(8, groups=9)
    nothing = np.zeros(5, dtype=np.int64)
    assert ratio(np.append(part, nothing), np.append(whole, nothing)) == ratio(part, whole)


def test_the_interval_of_a_share_stays_between_0_and_1() -> None:
    low = ratio(ints(0, 0, 0, 9), ints(10, 10, 10, 10))
    high = ratio(ints(10, 10, 10, 1), ints(10, 10, 10, 10))
    assert 0.0 < low.low < low.value < low.high < 1.0
    assert 0.0 < high.low < high.value < high.high < 1.0


def test_two_groups_of_8_and_0_have_the_interval_of_one_degree_of_freedom() -> None:
    found = estimate(np.array([[8], [0]]), lambda sums: sums[..., 0], np.array([True, True]))
    # Left out in turn: 0 and 8, so the error is sqrt(1/2 * 32) = 4.
    assert found.reach == pytest.approx(12.7062 * 4, abs=1e-3)


@given(totals)
def test_a_share_lies_in_its_interval_and_both_between_0_and_1(pairs: list[tuple[int, int]]) -> None:
    found = ratio(*parts(pairs))
    if found.value is not None:
        assert 0.0 <= found.value <= 1.0
    if found.low is not None:
        assert 0.0 <= found.low <= found.value <= found.high <= 1.0


@given(totals, st.randoms(use_true_random=False))
def test_the_order_of_groups_does_not_matter(pairs, random) -> None:
    shuffled = random.sample(pairs, len(pairs))
    first, second = ratio(*parts(pairs)), ratio(*parts(shuffled))
    assert first.value == second.value
    assert first.reach == (None if second.reach is None else pytest.approx(second.reach, abs=1e-6))


def clustered(generator: np.random.Generator, meetings: int = 8) -> tuple[Ints, Ints]:
    """People who agree, and people, by group; whoever meets shares a mood. Half of all agree in the long run."""
    sizes = generator.integers(3, 13, (GROUPS, meetings))
    mood = generator.beta(1.0, 1.0, (GROUPS, meetings))
    return generator.binomial(sizes, mood).sum(axis=1), sizes.sum(axis=1)


def covers(found: Estimate, truth: float) -> bool:
    assert found.low is not None
    assert found.high is not None
    return found.low <= truth <= found.high


def test_95_of_100_intervals_over_clustered_people_cover_the_truth_and_heads_would_not() -> None:
    generator, runs, by_groups, by_heads = np.random.default_rng(2023), 4000, 0, 0
    for _ in range(runs):
        agreed, people = clustered(generator)
        by_groups += covers(ratio(agreed, people), 0.5)
        share = agreed.sum() / people.sum()
        by_heads += abs(share - 0.5) <= 1.96 * np.sqrt(share * (1 - share) / people.sum())
    bound = 4 * np.sqrt(0.95 * 0.05 / runs)
    assert abs(by_groups / runs - 0.95) < bound
    assert by_heads / runs < 0.80


def test_95_of_100_intervals_of_a_paired_difference_cover_the_truth() -> None:
    generator, runs, hits = np.random.default_rng(1107), 4000, 0
    for _ in range(runs):
        agreed, people = clustered(generator)
        fewer = generator.binomial(agreed, 0.8)
        hits += covers(difference(fewer, people, agreed, people), -0.1)
    assert abs(hits / runs - 0.95) < 4 * np.sqrt(0.95 * 0.05 / runs)


def binned(values: np.ndarray, bins: int = 60) -> Ints:
    """Counts of one group: bin 0 for zeros, bin k from (k - 1) * WIDTH on."""
    places = np.where(values == 0.0, 0, np.floor(values / WIDTH).astype(int) + 1)
    return np.bincount(places, minlength=bins)


@pytest.mark.parametrize(("share", "seconds"), [(0.1, 0.0), (0.25, 0.0), (0.5, 0.5), (0.625, 0.75), (1.0, 1.5)])
def test_a_quantile_of_a_known_histogram_lies_where_it_should(share: float, seconds: float) -> None:
    # A quarter took no time; the others are spread evenly over the bins that end at 0.5, 1 and 1.5 s.
    assert quantile(np.array([[10, 10, 10, 10]]), share, WIDTH).value == pytest.approx(seconds)


def test_no_quantile_and_no_interval_goes_beyond_the_largest_value() -> None:
    # Half took no time, the others half a second at most; nobody is in the four bins above.
    found = quantile(np.array([[10, 0, 0, 0, 0, 0], [0, 10, 0, 0, 0, 0]]), 0.5, WIDTH)
    assert (found.value, found.low) == (0.0, 0.0)
    assert 0.49 < found.high <= 0.5
    assert quantile(np.array([[10, 0, 0], [9, 1, 0]]), 1.0, WIDTH).value == 0.5


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_quantile_is_within_a_bin_of_the_exact_one(share: float) -> None:
    values = np.random.default_rng(9).gamma(3.0, 2.0, (GROUPS, 200))
    found = quantile(np.array([binned(group) for group in values]), share, WIDTH)
    assert found.value == pytest.approx(np.quantile(values, share), abs=WIDTH / 10)
    assert found.low < found.value < found.high


def test_95_of_100_intervals_of_a_quantile_cover_the_truth() -> None:
    generator, runs, hits = np.random.default_rng(310), 1500, 0
    truth = 3.0 + 2.0 * 0.5
    for _ in range(runs):
        # Uniform between 3 and 5 within groups that differ: the median over all groups is 4.
        shift = generator.uniform(-0.5, 0.5, (GROUPS, 1))
        values = generator.uniform(3.0, 5.0, (GROUPS, 20)) + shift
        hits += covers(quantile(np.array([binned(group, 14) for group in values]), 0.5, WIDTH), truth)
    assert abs(hits / runs - 0.95) < 4 * np.sqrt(0.95 * 0.05 / runs)


def test_a_quantile_of_nobody_is_undefined() -> None:
    assert quantile(np.zeros((4, 5), dtype=np.int64), 0.5, WIDTH) == UNDEFINED


def test_a_quantile_of_one_group_has_no_interval() -> None:
    assert quantile(np.array([[0, 4, 4], [0, 0, 0]]), 0.5, WIDTH) == Estimate(0.5, None, None)


def test_a_quantile_where_nobody_took_any_time_is_exactly_0() -> None:
    assert quantile(np.array([[5, 0, 0], [7, 0, 0]]), 0.9, WIDTH) == Estimate(0.0, 0.0, 0.0)


@given(histograms, st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_quantiles_are_monotone_and_lie_in_their_intervals(histogram: Ints, one: float, other: float) -> None:
    lower, upper = quantile(histogram, min(one, other), WIDTH), quantile(histogram, max(one, other), WIDTH)
    if lower.value is None:
        assert upper == UNDEFINED
        return
    assert upper.value is not None
    assert lower.value <= upper.value
    for found in (lower, upper):
        if found.low is not None:
            assert found.low <= found.value <= found.high
