"""Made-up jurisdictions and claims, for tests that must not depend on what real law says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from simulator.rules.law import Claim, Law, in_force
from simulator.scenario.jurisdiction import Jurisdiction, Rule
from simulator.scenario.overlay import Overlay, Overlays
from simulator.scenario.vocabulary import Confidentiality, Reading, Role, Sector, Verdict, VoidTest, WorksCouncil

DAY = date(2026, 7, 1)
SINCE = date(2000, 1, 1)
SOURCES = [{"known": "assumption", "supports": "everything"}]

STANDING = Claim(
    code="AA",
    host_code="AA",
    confidentiality=Confidentiality.INTERNAL,
    sector=Sector.WORK,
    role=Role.PEER,
    age=40,
    recording_broken_in=None,
    granted_oneself=True,
    by_default=False,
    forced=False,
    detriment=False,
    bundled=False,
    unequal_path=False,
    no_way_back=False,
    voiceprint=False,
)
"""A claim that no test finds fault with."""

FAULTS = {
    VoidTest.MINOR: replace(STANDING, age=12),
    VoidTest.NOT_OWN_CHOICE: replace(STANDING, granted_oneself=False),
    VoidTest.PRE_TICKED: replace(STANDING, by_default=True),
    VoidTest.FORCED: replace(STANDING, forced=True),
    VoidTest.DETRIMENT: replace(STANDING, detriment=True),
    VoidTest.BUNDLED: replace(STANDING, bundled=True),
    VoidTest.UNEQUAL_PATH: replace(STANDING, unequal_path=True),
    VoidTest.WITHDRAWAL: replace(STANDING, no_way_back=True),
    VoidTest.POWER_GAP: replace(STANDING, role=Role.SUBORDINATE),
    VoidTest.VOICEPRINT: replace(STANDING, voiceprint=True, by_default=True),
    VoidTest.RECORDING: replace(STANDING, recording_broken_in="AA"),
}
"""For each test a claim that fails it; the one without a voiceprint's release is silent as well."""


def rule(
    code: str,
    test: VoidTest,
    verdict: Verdict,
    *,
    name: str = "",
    valid_from: date | None = None,
    valid_to: date | None = None,
    notice: Verdict = Verdict.STANDS,
    **more: object,
) -> Rule:
    """One rule; its id is `aa.forced` for the test `forced` in AA, unless it has a name."""
    needs_notice = test is VoidTest.RECORDING and verdict is not Verdict.STANDS
    return Rule.model_validate(
        {
            "id": f"{code.lower()}.{name or test.value}",
            "test": test,
            "verdict": verdict,
            "says": "Made up.",
            "citation": "None.",
            "confidence": "low",
            "valid_from": valid_from,
            "valid_to": valid_to,
            "age": 16 if test is VoidTest.MINOR else None,
            "notice": notice if needs_notice else None,
            **more,
        }
    )


def jurisdiction(code: str = "AA", *rules: Rule, other: Verdict = Verdict.STANDS) -> Jurisdiction:
    """A jurisdiction with these rules, and with the verdict `other` on every test that they do not answer."""
    answered = {given.test for given in rules}
    rest = [rule(code, test, other) for test in VoidTest if test not in answered and test is not VoidTest.EXCLUDED]
    return Jurisdiction.model_validate(
        {
            "schema_version": 1,
            "id": code.lower(),
            "code": code,
            "name": code,
            "locale": "en_US",
            "since": SINCE,
            "reviewed": DAY,
            "sources": SOURCES,
            "rules": [*rules, *rest],
        }
    )


def overlay(name: str, *, verdict: Verdict = Verdict.VOID, lever: str | None = None, **reaches: object) -> Overlay:
    """A sector rule; its id is `overlay.` and the name, and without more it reaches everything."""
    given = {"id": f"overlay.{name}", "title": name, "says": "Made up.", "citation": "None.", "confidence": "low"}
    return Overlay.model_validate({**given, "verdict": verdict, "lever": lever, "reaches": reaches})


def overlays(*given: Overlay) -> Overlays:
    """These sector rules."""
    return Overlays.model_validate({"schema_version": 1, "id": "made", "sources": SOURCES, "overlays": list(given)})


def law_of(
    *places: Jurisdiction,
    above: Iterable[Overlay] = (),
    day: date = DAY,
    reading: Reading = Reading.STRICT,
    company_veto: bool = False,
    works_council: WorksCouncil = WorksCouncil.NONE,
) -> Law:
    """The law of these jurisdictions; of one where everything stands if none is given."""
    groups = [overlays(*above)] if above else []
    levers = {"company_veto": company_veto, "works_council": works_council}
    return in_force(places or [jurisdiction()], groups, day=day, reading=reading, **levers)
