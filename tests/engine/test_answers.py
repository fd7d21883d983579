"""Who agreed, refused and left, counted by the kernel, is what the reference walk says."""

from __future__ import annotations

import pytest

from simulator.engine.answers import counts_at, joining, participant_rows
from simulator.engine.reference import setting_of, walk
from simulator.engine.reference_people import Answers
from simulator.engine.run import make_plan
from simulator.scenario import library
from simulator.scenario.vocabulary import Purpose
from tests.engine.builders import inputs_of, meetings_of

FLOWS = ("accept_or_leave", "two_buttons", "granular_opt_out", "notice_only", "teams_explicit_consent")
TRAINING, SERVICE = Purpose.TRAINING_FIRST_PARTY, Purpose.SERVICE
HOST_GRANTS = ("zoom_ai_companion_required_consent", "teams_explicit_consent", "webex_explicit_consent")
"""Their host starts the feature for everybody; by the first the host is then not asked, by the others like all."""


@pytest.mark.parametrize(
    ("name", "purpose"), [*((flow, TRAINING) for flow in FLOWS), *((flow, SERVICE) for flow in HOST_GRANTS)]
)
def test_the_counts_are_those_of_the_reference(name: str, purpose: Purpose, monkeypatch: pytest.MonkeyPatch) -> None:
    # What the host grants for everybody is the host's decision, and no answer of a participant.
    monkeypatch.setattr(Answers, "share_of_host", lambda self, common: None)
    flow = library.flow(name)
    plan = make_plan(inputs_of([flow], {"purpose": purpose}))
    world = plan.world(4, 0, 60)
    asking = {stage.id for stage in flow.stages if counts_at(stage, plan, 0)}
    agreed = refused = left = 0
    for meeting in meetings_of(plan, world):
        for outcome in walk(meeting, flow, setting_of(plan.inputs, flow)):
            met = any(step.stage.id in asking for step in outcome.answers.steps)
            left += outcome.answers.left
            agreed += met and not outcome.answers.left and bool(outcome.answers.own)
            refused += met and not outcome.answers.left and not outcome.answers.own
    found = joining(plan, world, 0)
    assert (found.agreed, found.refused, found.left) == (agreed, refused, left)
    assert refused + left
    assert agreed or (name, purpose) == ("teams_explicit_consent", TRAINING)  # it never asks for training


def test_officers_are_no_participants() -> None:
    plan = make_plan(inputs_of([library.flow("zoom_iq_trial_aug_2023")]))
    world = plan.world(4, 0, 20)
    assert len(world.rows) > participant_rows(world).sum() == world.meetings["people"].sum()
