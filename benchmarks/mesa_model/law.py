"""The void tests that a plain question can fail: excluded, minor, forced and power gap."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from simulator.engine.inputs import Inputs
from simulator.scenario.jurisdiction import Jurisdiction
from simulator.scenario.meeting_mix import MeetingType
from simulator.scenario.overlay import Overlay
from simulator.scenario.vocabulary import Confidentiality, Reading, Role, Verdict, VoidTest


@dataclass(frozen=True, slots=True)
class Rules:
    """What the law of one place voids: rules by id, None where such a consent stands."""

    age: int
    """Below which a parent decides."""
    minor: str | None
    forced: str | None
    power_gap: str | None


@dataclass(frozen=True, slots=True)
class SectorRule:
    """Whom an overlay keeps out of a meeting that it reaches."""

    id: str
    places: frozenset[int]
    roles: frozenset[int]
    below_age: float


@dataclass(frozen=True, slots=True)
class Law:
    """One reading of the rules in force."""

    places: list[Rules]
    overlays: list[list[list[list[SectorRule]]]]
    """By type of meeting, confidentiality and the host's place: what reaches such meetings, first come first."""


def law(inputs: Inputs, reading: Reading) -> Law:
    """The law of the scenario's day, with unsettled rules read strictly or leniently."""
    voiding = {Verdict.VOID, Verdict.UNSETTLED} if reading is Reading.STRICT else {Verdict.VOID}
    overlays = [(overlay, _sector_rule(overlay, inputs)) for overlay in inputs.law.overlays]
    overlays = [(overlay, rule) for overlay, rule in overlays if overlay.verdict in voiding]
    return Law(
        places=[_rules(inputs.law.jurisdictions[code], inputs, voiding) for code in inputs.codes],
        overlays=[
            [
                [[rule for overlay, rule in overlays if _reaches(overlay, kind, word, host)] for host in inputs.codes]
                for word in Confidentiality
            ]
            for kind in inputs.mix.types
        ],
    )


def _rules(place: Jurisdiction, inputs: Inputs, voiding: Collection[Verdict]) -> Rules:
    in_force = {rule.test: rule for rule in place.rules if rule.in_force(inputs.scenario.date)}
    rules = {test: rule for test, rule in in_force.items() if rule.verdict in voiding}
    minor = rules.get(VoidTest.MINOR)
    ids = {test: rule.id for test, rule in rules.items()}
    return Rules(
        age=(minor.age or 0) if minor else 0,
        minor=ids.get(VoidTest.MINOR),
        forced=ids.get(VoidTest.FORCED),
        power_gap=ids.get(VoidTest.POWER_GAP),
    )


def _sector_rule(overlay: Overlay, inputs: Inputs) -> SectorRule:
    reaches = overlay.reaches
    return SectorRule(
        id=overlay.id,
        places=frozenset(place for place, code in enumerate(inputs.codes) if _within(code, reaches.places)),
        roles=frozenset(role for role, word in enumerate(Role) if reaches.roles is None or word in reaches.roles),
        below_age=float("inf") if reaches.below_age is None else reaches.below_age,
    )


def _reaches(overlay: Overlay, kind: MeetingType, word: Confidentiality, host: str) -> bool:
    reaches = overlay.reaches
    return (
        (reaches.confidentiality is None or word in reaches.confidentiality)
        and (reaches.sectors is None or kind.sector in reaches.sectors)
        and _within(host, reaches.hosted_in)
    )


def _within(code: str, places: Collection[str] | None) -> bool:
    """Whether a place, or the country that it is a part of, is named; US-CA is a part of US."""
    return places is None or code in places or code.partition("-")[0] in places
