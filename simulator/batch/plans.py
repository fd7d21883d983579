"""Plans of cells. Cells have most of their law in common, and compiling it takes longer than the rest of a plan."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.engine.inputs import Inputs
from simulator.engine.run import Plan, PlannedLaw, make_plan
from simulator.rules.law import Law
from simulator.scenario.flow import Flow
from simulator.scenario.meeting_mix import MeetingType

_MOST = 64
"""Laws that are kept; each takes some kilobytes."""


@dataclass(frozen=True)
class _Basis:
    """All that the compiled law of a flow comes from."""

    law: Law
    lenient: Law | None
    codes: tuple[str, ...]
    types: tuple[MeetingType, ...]


_kept: tuple[tuple[_Basis, PlannedLaw], ...] = ()
"""The last ones compiled in this process. Never changed but replaced, as cells on other threads look at it too."""


def plan_of(inputs: Inputs) -> Plan:
    """What `make_plan` makes, with a law that was compiled for another cell where that had the same."""
    global _kept
    bases = [_basis(flow, inputs) for flow in inputs.flows]
    laws = [next((law for basis, law in _kept if basis == own), None) for own in bases]
    if all(laws):
        return make_plan(inputs, [law for law in laws if law])
    plan = make_plan(inputs)
    _kept = (*zip(bases, plan.laws, strict=True), *_kept)[:_MOST]
    return plan


def _basis(flow: Flow, inputs: Inputs) -> _Basis:
    return _Basis(inputs.law_of(flow), inputs.lenient_of(flow), inputs.codes, tuple(inputs.mix.types))
