"""The rules in force on a scenario's day, under its reading, and what they make of a claimed consent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from simulator.errors import Problem, ScenarioError
from simulator.scenario.jurisdiction import Jurisdiction, Overlay, Overlays, Rule
from simulator.scenario.vocabulary import Confidentiality, Reading, Verdict, VoidTest

ONE_PARTY, NOTICE_SUFFICES, ALL_MUST_AGREE = 0, 1, 2
"""What recording asks for, from mild to strict."""


@dataclass(frozen=True)
class Law:
    """All rules in force: one per jurisdiction and test, and the sector rules that apply."""

    day: date
    reading: Reading
    jurisdictions: Mapping[str, Jurisdiction]
    overlays: Mapping[Confidentiality, Overlay]

    def rule(self, code: str, test: VoidTest) -> Rule:
        """The rule of a jurisdiction for a test (not `excluded`)."""
        found = self.jurisdictions[code].rule(test, self.day)
        assert found is not None, f"{code} passed `in_force` without a rule for {test}"
        return found

    def voids(self, code: str, test: VoidTest) -> bool:
        """Whether a consent that fails this test is void there, as this scenario reads the law."""
        return self._read(self.rule(code, test).verdict)

    def age_of_consent(self, code: str) -> int:
        """Age in years below which a parent decides; 0 where no age is fixed or the rule does not void."""
        rule = self.rule(code, VoidTest.MINOR)
        return rule.age or 0 if self._read(rule.verdict) else 0

    def recording(self, code: str) -> int:
        """What recording asks for there: ONE_PARTY, NOTICE_SUFFICES or ALL_MUST_AGREE."""
        rule = self.rule(code, VoidTest.RECORDING)
        if not self._read(rule.verdict):
            return ONE_PARTY
        # `notice` is what a notice is worth: where that is open, the strict reading gives it nothing.
        suffices = rule.notice is Verdict.STANDS or (
            rule.notice is Verdict.UNSETTLED and self.reading is Reading.LENIENT
        )
        return NOTICE_SUFFICES if suffices else ALL_MUST_AGREE

    def _read(self, verdict: Verdict) -> bool:
        return verdict is Verdict.VOID or (verdict is Verdict.UNSETTLED and self.reading is Reading.STRICT)


def in_force(
    jurisdictions: Iterable[Jurisdiction],
    overlays: Iterable[Overlays],
    *,
    day: date,
    reading: Reading,
    company_veto: bool,
) -> Law:
    """The law of a day.

    Raises:
        ScenarioError: If a jurisdiction has no rule for some test on that day; all gaps are named.
    """
    known = {jurisdiction.code: jurisdiction for jurisdiction in jurisdictions}
    gaps = [
        Problem(
            f"{code} has no rule for the test {test.value} on {day}",
            remedy="Add one to its file (verdict unsettled where the law is open), or choose another date.",
        )
        for code, jurisdiction in known.items()
        for test in VoidTest
        if test is not VoidTest.EXCLUDED and jurisdiction.rule(test, day) is None
    ]
    if gaps:
        raise ScenarioError(gaps)
    applying = {
        overlay.confidentiality: overlay
        for group in overlays
        for overlay in group.overlays
        if overlay.applies == "always" or company_veto
    }
    return Law(day=day, reading=reading, jurisdictions=known, overlays=applying)


@dataclass(frozen=True, kw_only=True)
class Claim:
    """How one person's data of one category came to be claimed."""

    code: str
    """Jurisdiction of the speaker."""
    confidentiality: Confidentiality
    age: int
    recording_broken_in: str | None
    """Jurisdiction whose recording rule the meeting broke for this category; None where it broke none."""
    granted_oneself: bool
    """The person's own stage granted it, by an answer or by its default."""
    by_default: bool
    """Granted by silence or an untouched pre-set switch."""
    forced: bool
    detriment: bool
    bundled: bool
    unequal_path: bool
    subordinate: bool
    voiceprint: bool
    """Speakers are recognised by their voice, and this category carries voice."""


def void_because(claim: Claim, law: Law) -> tuple[VoidTest, str] | None:
    """The first test that a claimed consent fails and the id of the rule that decided; None where it stands."""
    overlay = law.overlays.get(claim.confidentiality)
    if overlay is not None:
        return VoidTest.EXCLUDED, overlay.id
    if claim.age < law.age_of_consent(claim.code):
        return VoidTest.MINOR, law.rule(claim.code, VoidTest.MINOR).id
    chosen = claim.granted_oneself and not claim.by_default
    failed = {
        VoidTest.NOT_OWN_CHOICE: not claim.granted_oneself,
        VoidTest.PRE_TICKED: claim.granted_oneself and claim.by_default,
        VoidTest.FORCED: chosen and claim.forced,
        VoidTest.DETRIMENT: chosen and claim.detriment,
        VoidTest.BUNDLED: chosen and claim.bundled,
        VoidTest.UNEQUAL_PATH: chosen and claim.unequal_path,
        VoidTest.POWER_GAP: chosen and claim.subordinate,
        VoidTest.VOICEPRINT: claim.voiceprint and not chosen,
    }
    for test, fails in failed.items():
        if fails and law.voids(claim.code, test):
            return test, law.rule(claim.code, test).id
    if claim.recording_broken_in is not None:
        return VoidTest.RECORDING, law.rule(claim.recording_broken_in, VoidTest.RECORDING).id
    return None
