"""What can be wrong with a file of rules beyond its form: two rules that answer the same question on the same day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from simulator.scenario.jurisdiction import Dated, Jurisdiction
from simulator.scenario.overlay import Overlay, Overlays
from simulator.scenario.vocabulary import VoidTest
from simulator.scenario.yaml_file import Fault


def jurisdiction_problems(jurisdiction: Jurisdiction) -> Iterator[Fault]:
    """Rules of one place with the same id, or that answer one test on the same day; tests that none answers."""
    yield from _same_ids("rules", jurisdiction.rules)
    answered = {VoidTest.EXCLUDED, *(rule.test for rule in jurisdiction.rules)}
    for test in VoidTest:
        if test not in answered:
            message = f"no rule answers the test {test.value}."
            yield Fault(("rules",), message, "Add one; its verdict is unsettled where the law is open.")
    for number, rule in enumerate(jurisdiction.rules):
        for other in jurisdiction.rules[:number]:
            days = _overlap(other, rule) if other.test is rule.test else None
            if days:
                message = f"{rule.id} and {other.id} both answer the test {rule.test.value} {_period(*days)}."
                yield Fault(("rules", number), message, "End one before the other begins.")


def overlays_problems(overlays: Overlays) -> Iterator[Fault]:
    """Sector rules with the same id, or that say something of the same meetings and people on the same day."""
    yield from _same_ids("overlays", overlays.overlays)
    for number, overlay in enumerate(overlays.overlays):
        for other in overlays.overlays[:number]:
            if message := contradiction(other, overlay):
                yield Fault(("overlays", number), message, "End one before the other begins.")


def contradiction(first: Overlay, second: Overlay) -> str | None:
    """Why two sector rules cannot stand side by side; None where they can."""
    days = _overlap(first, second)
    if days is None or (first.reaches, first.lever) != (second.reaches, second.lever):
        return None
    same = first.verdict is second.verdict
    said = "the same" if same else f"{second.verdict.value} and {first.verdict.value}"
    return f"{second.id} and {first.id} reach the same meetings and people {_period(*days)} and say {said}."


def _same_ids(key: str, rules: Sequence[Dated]) -> Iterator[Fault]:
    seen: set[str] = set()
    for number, rule in enumerate(rules):
        if rule.id in seen:
            yield Fault((key, number, "id"), f"{rule.id} is the id of an earlier rule.", "Give it its own.")
        seen.add(rule.id)


def _overlap(first: Dated, second: Dated) -> tuple[date, date] | None:
    """First and last day on which both are in force; None where there is none."""
    starts = max(first.valid_from or date.min, second.valid_from or date.min)
    ends = min(first.valid_to or date.max, second.valid_to or date.max)
    return (starts, ends) if starts <= ends else None


def _period(starts: date, ends: date) -> str:
    if ends == date.max:
        return "on every day" if starts == date.min else f"from {starts} on"
    return f"until {ends}" if starts == date.min else f"from {starts} to {ends}"
