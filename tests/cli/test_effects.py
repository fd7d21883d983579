"""Switching one pattern off is measured on the same people: for every check that has a switch."""

from __future__ import annotations

from functools import cache

import pytest

from simulator.cli.effects import MEASURED, Ablation, effects
from simulator.engine.run import no_progress
from simulator.rules.design_checks import findings
from simulator.rules.repairs import _NO_SWITCH, _SWITCHES
from tests.rules.design_cases import CASES

SWITCHED = {
    "c1_steps": "more clicks to refuse",
    "c2_withdrawal": "nobody can take back",
    "c3_preselected": "a switch is on",
    "c4_no_refuse_option": "yes or later",
    "c5_accept_or_leave": "agree or leave",
    "c6_bundling": "training with improvement",
    "c7_prominence": "granting stands out",
    "c8_wording": "a question put as a negation",
    "c12_channel_gap": "the phone is left out",
    "c13_depth": "five clicks to refuse",
    "c15_reask": "asked until one grants",
    "c17_deadline": "later means yes",
}
"""A flow with the pattern of each check that can be switched off."""


@cache
def measured(case: str, check: str) -> Ablation:
    """What switching off the check's first finding in a case's flow does."""
    flow = CASES[case][0]
    found = [finding for finding in findings(flow) if finding.known]
    result = effects(
        flow, found, scenario="everyday_meetings", category=None, participants=3000, seed=1, progress=no_progress
    )
    assert result.why is None
    return next(one for one, finding in zip(result.of, found, strict=True) if finding.id == check)


def test_every_check_can_be_switched_off_or_says_why_not() -> None:
    assert _SWITCHES.keys() == SWITCHED.keys()
    assert not _SWITCHES.keys() & _NO_SWITCH.keys()
    assert len(_SWITCHES) + len(_NO_SWITCH) == 19


@pytest.mark.parametrize("check", SWITCHED)
def test_what_a_pattern_does_is_measured_on_the_same_people_in_the_same_meetings(check: str) -> None:
    done = measured(SWITCHED[check], check)
    assert done.differences is not None, done.says
    assert done.differences.keys() == set(MEASURED)
    # The same people want the same: not about, but exactly.
    assert done.differences["wanted"].value == 0.0
    assert (done.differences["wanted"].low, done.differences["wanted"].high) == (0.0, 0.0)
    moved = [name for name, difference in done.differences.items() if difference.value != 0.0]
    assert moved, f"{check} moves nothing: {done.says}"


def test_a_pattern_that_only_the_law_minds_moves_what_is_lawful_alone() -> None:
    taken = measured("nobody can take back", "c2_withdrawal").differences
    assert taken is not None
    assert taken["claimed"].value == 0.0
    assert taken["lawful"].low > 0.0
