"""What switching one pattern off does: the flow against itself without it, on the same people in the same meetings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simulator.analysis.comparison import Comparison
from simulator.analysis.estimates import Estimate
from simulator.analysis.outcomes import paired_difference
from simulator.api import compare, prepare
from simulator.engine.run import Progress
from simulator.rules.findings import Finding
from simulator.rules.repairs import Repair, repair
from simulator.scenario.flow import Flow
from simulator.scenario.grants import categories_for
from simulator.scenario.stage_facts import asked, sought
from simulator.scenario.vocabulary import DataCategory, Purpose

MEASURED = ("claimed", "lawful", "lawful_lenient", "kept", "wanted", "overreach", "missed", "left")
"""Outcomes whose difference is taken."""


@dataclass(frozen=True)
class Ablation:
    """One finding's pattern switched off."""

    says: str
    """What is changed, or why nothing is."""
    differences: dict[str, Estimate] | None = None
    """Each outcome without the pattern less the same with it; None where nothing was run."""


@dataclass(frozen=True)
class Effects:
    """All findings of a flow, each switched off on its own."""

    of: tuple[Ablation, ...]
    """In the order of the findings."""
    comparison: Comparison | None
    """The run behind it, the flow as it stands first; None where there was nothing to run."""
    why: str | None = None
    """Why nothing of this flow can be measured; None where something can."""


def effects(
    flow: Flow,
    found: Sequence[Finding],
    *,
    scenario: str,
    category: DataCategory | None,
    participants: int,
    seed: int,
    progress: Progress,
) -> Effects:
    """Run a flow against itself without each pattern, one at a time.

    Args:
        flow: The flow.
        found: Its findings.
        scenario: Scenario, built-in name or path.
        category: Data category that shares are of; None: as the scenario says.
        participants: At least so many people, the same under each flow.
        seed: 0 to 2**64 - 1.
        progress: Told how far the run is.

    Raises:
        UsageError: If an argument is out of range or names nothing.
        ScenarioError: If the scenario cannot be used.
    """
    inputs = prepare([flow], scenario=scenario, category=category)
    purpose, shown = inputs.scenario.purpose, inputs.scenario.category
    if shown not in sought(flow, purpose):
        why = f"the flow does not ask for {shown.value} for {purpose.value}, which {inputs.scenario.id} measures"
        return Effects(tuple(Ablation(why) for _ in found), None, why)
    repairs = [_measurable(repair(flow, finding), flow, finding, shown, purpose) for finding in found]
    changed = [_named(item.flow, place) for place, item in enumerate(repairs) if item.flow is not None]
    if not changed:
        return Effects(tuple(Ablation(item.says) for item in repairs), None)
    result = compare(
        [flow, *changed],
        scenario=scenario,
        category=category,
        participants=participants,
        seed=seed,
        progress=progress,
    )
    return Effects(tuple(_ablation(item, place, result) for place, item in enumerate(repairs)), result)


def _measurable(item: Repair, flow: Flow, finding: Finding, category: DataCategory, purpose: Purpose) -> Repair:
    """The repair, unless it is of a stage that asks for other things than those measured."""
    if item.flow is None or finding.loc[0] != "stages":
        return item
    number = finding.loc[1]
    assert isinstance(number, int), "a finding at a stage has its number"
    granted = asked(flow.stages[number])
    if not granted or category in categories_for(granted, purpose):
        return item
    return Repair(f'"{flow.stages[number].id}" does not ask for {category.value} for {purpose.value}; see --category')


def _named(flow: Flow, place: int) -> Flow:
    """A copy with an id of its own, as a comparison asks for."""
    return flow.model_copy(update={"id": _id(flow.id, place)})


def _id(name: str, place: int) -> str:
    return f"{name}_without_{place}"


def _ablation(item: Repair, place: int, result: Comparison) -> Ablation:
    if item.flow is None:
        return Ablation(item.says)
    base, *others = result.flows
    without = next(other for other in others if other.flow.id == _id(item.flow.id, place))
    found = {outcome: paired_difference(without, base, outcome, result.category) for outcome in MEASURED}
    return Ablation(item.says, found)
