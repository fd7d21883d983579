"""The void tests that a plain question can fail: excluded, minor, forced and power gap."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from simulator.engine.inputs import Inputs
from simulator.scenario.jurisdiction import Jurisdiction
from simulator.scenario.vocabulary import Confidentiality, Reading, Verdict, VoidTest


@dataclass(frozen=True, slots=True)
class Rules:
    """What the law of one place voids: rules by id, None where such a consent stands."""

    age: int
    """Below which a parent decides."""
    minor: str | None
    forced: str | None
    power_gap: str | None


@dataclass(frozen=True, slots=True)
class Law:
    """One reading of the rules in force."""

    places: list[Rules]
    overlays: list[str | None]
    """By confidentiality: the sector rule that keeps such meetings out."""


def law(inputs: Inputs, reading: Reading) -> Law:
    """The law of the scenario's day, with unsettled rules read strictly or leniently."""
    voiding = {Verdict.VOID, Verdict.UNSETTLED} if reading is Reading.STRICT else {Verdict.VOID}
    overlays = {word: overlay.id for word, overlay in inputs.law.overlays.items()}
    return Law(
        places=[_rules(inputs.law.jurisdictions[code], inputs, voiding) for code in inputs.codes],
        overlays=[overlays.get(word) for word in Confidentiality],
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
