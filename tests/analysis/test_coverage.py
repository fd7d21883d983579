"""Intervals of whole runs cover what a far larger run finds about as often as they say."""

from __future__ import annotations

from itertools import chain

import pytest

from simulator.analysis.comparison import Comparison, run_comparison
from simulator.analysis.estimates import Estimate
from simulator.analysis.outcomes import COMPARED
from tests.analysis.runs import inputs

RUNS = 100
FLOWS = ("accept_or_leave", "two_buttons", "granular_opt_in")


def estimates(found: Comparison) -> dict[tuple[str, ...], Estimate]:
    """All shares and differences, by name."""
    shares = (
        ((flow.flow.id, outcome), flow.share(outcome, found.category)) for flow in found.flows for outcome in COMPARED
    )
    differences = (((item.flow, "less", item.baseline, item.outcome), item.estimate) for item in found.differences())
    return dict(chain(shares, differences))


@pytest.mark.slow
def test_intervals_of_100_small_runs_cover_a_large_one_about_95_times() -> None:
    large = run_comparison(inputs(*FLOWS), participants=4_000_000, seed=10**6, threads=2)
    # What never varies, such as nobody leaving where nobody has to, is covered always and says nothing.
    truths = {name: found.value for name, found in estimates(large).items() if found.reach}
    hits = dict.fromkeys(truths, 0)
    for seed in range(RUNS):
        small = estimates(run_comparison(inputs(*FLOWS), participants=5_000, seed=seed, threads=2))
        for name, truth in truths.items():
            hits[name] += small[name].low <= truth <= small[name].high
    for flow in FLOWS:
        assert 0.88 <= hits[flow, "claimed"] / RUNS <= 0.99, hits
    # What is rare is the hard part: 87 of these 100 or fewer are three standard errors below 95.
    for outcome in ("missed", "left"):
        assert hits["accept_or_leave", outcome] / RUNS >= 0.88, hits
    assert 0.92 <= sum(hits.values()) / (RUNS * len(hits)) <= 0.97, hits
