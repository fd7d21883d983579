"""Design checks: what a flow's file shows of deceptive design patterns, as pure functions over the flow.

`findings.DEFINITIONS` says what each looks for. A check that needs what the file does not say reports just that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from simulator.rules import flow_wide_checks, stage_checks
from simulator.rules.findings import Finding
from simulator.scenario.flow import Flow

CHECKS: tuple[Callable[[Flow], Iterator[Finding]], ...] = (
    stage_checks.steps,
    flow_wide_checks.withdrawal,
    stage_checks.preselected,
    stage_checks.no_refuse_option,
    stage_checks.accept_or_leave,
    stage_checks.bundling,
    stage_checks.prominence,
    stage_checks.wording,
    flow_wide_checks.someone_else_decides,
    stage_checks.vague_purpose,
    flow_wide_checks.late_notice,
    flow_wide_checks.channel_gap,
    stage_checks.depth,
    flow_wide_checks.retroactive_terms,
    flow_wide_checks.reask,
    flow_wide_checks.paid_refusal,
    stage_checks.deadline,
    flow_wide_checks.non_user,
    flow_wide_checks.record,
)
"""The checks, in the order of their definitions."""


def findings(flow: Flow) -> list[Finding]:
    """Everything that the checks find, in the order of the checks and then of the file."""
    return [finding for check in CHECKS for finding in check(flow)]
