"""The rules in force on a scenario's day, under its reading, and what they make of a claimed consent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntFlag

from simulator.errors import Problem, ScenarioError
from simulator.rules.ledger import EXPLAINED, Cause
from simulator.scenario.jurisdiction import Jurisdiction, Rule
from simulator.scenario.overlay import Overlay, Overlays
from simulator.scenario.vocabulary import Confidentiality, Reading, Role, Sector, Verdict, VoidTest, WorksCouncil

TESTS = tuple(test for test in VoidTest if test is not VoidTest.EXCLUDED)
"""The tests that a jurisdiction answers; what is excluded, the overlays say."""


class RecordingFault(IntFlag):
    """What can be wrong with a recording. A rule is the stricter the larger the sum of the faults that break it."""

    UNTOLD_RECORDED = 1
    """Something is recorded of somebody whom nobody told."""
    UNTOLD = 2
    """Somebody present was not told, recorded or not."""
    UNNOTICED = 4
    """Somebody present did not notice what they were told."""
    UNAGREED = 8
    """Something is recorded of somebody who did not agree to it by an act of their own."""


@dataclass(frozen=True)
class Law:
    """All rules in force: one per jurisdiction and test, and the sector rules that apply."""

    day: date
    reading: Reading
    jurisdictions: Mapping[str, Jurisdiction]
    overlays: tuple[Overlay, ...]
    """In force, and let apply by the scenario's levers."""

    def rule(self, code: str, test: VoidTest) -> Rule:
        """The rule of a jurisdiction for a test (not `excluded`)."""
        found = self.jurisdictions[code].rule(test, self.day)
        assert found is not None, f"{code} passed `in_force` without a rule for {test}"
        return found

    def voids(self, code: str, test: VoidTest) -> bool:
        """Whether a consent that fails this test is void there, as this scenario reads the law."""
        return self.reads_as_void(self.rule(code, test))

    def age_of_consent(self, code: str) -> int:
        """Age in years below which a parent decides; 0 where no age is fixed or the rule does not void."""
        rule = self.rule(code, VoidTest.MINOR)
        return rule.age or 0 if self.reads_as_void(rule) else 0

    def recording(self, code: str) -> RecordingFault:
        """The faults that break the recording rule there; none where one party's consent is enough."""
        rule = self.rule(code, VoidTest.RECORDING)
        if not self.reads_as_void(rule):
            return RecordingFault(0)
        untold = RecordingFault.UNTOLD_RECORDED
        if rule.whose != "recorded":
            untold |= RecordingFault.UNTOLD
        # `notice` is what a notice is worth: where that is open, the strict reading gives it nothing.
        lenient = self.reading is Reading.LENIENT
        if rule.notice is Verdict.STANDS or (rule.notice is Verdict.UNSETTLED and lenient):
            return untold | RecordingFault.UNNOTICED if rule.noticed else untold
        return untold | RecordingFault.UNAGREED

    def named(self, rule_id: str) -> Rule | Overlay:
        """The rule of a jurisdiction, or of a sector, with that id."""
        rules: list[Rule | Overlay] = [rule for place in self.jurisdictions.values() for rule in place.rules]
        return next(rule for rule in [*rules, *self.overlays] if rule.id == rule_id)

    def reads_as_void(self, rule: Rule | Overlay) -> bool:
        """Whether the rule voids, as this scenario reads the law."""
        unsettled = rule.verdict is Verdict.UNSETTLED and self.reading is Reading.STRICT
        return rule.verdict is Verdict.VOID or unsettled


def in_force(
    jurisdictions: Iterable[Jurisdiction],
    overlays: Iterable[Overlays],
    *,
    day: date,
    reading: Reading,
    company_veto: bool,
    works_council: WorksCouncil = WorksCouncil.NONE,
) -> Law:
    """The law of a day.

    Args:
        jurisdictions: Of the places where people are.
        overlays: Sector rules of all files, first come first.
        day: Whose law it is.
        reading: How unsettled rules are read.
        company_veto: Whether the company keeps confidential meetings out.
        works_council: Whether there is a works council, and whether it has agreed to the tool.

    Raises:
        ScenarioError: If a jurisdiction has no rule for some test on that day; all of them are named.
    """
    known = {jurisdiction.code: jurisdiction for jurisdiction in jurisdictions}
    above = [overlay for group in overlays for overlay in group.overlays]
    lacking = [place for place in known.values() if gaps(place, day)]
    if lacking:
        raise ScenarioError(_unknown_law(lacking, known.values(), day))
    applies = {
        None: True,
        "company_veto": company_veto,
        "works_council": works_council is WorksCouncil.NOT_AGREED,
    }
    applying = tuple(overlay for overlay in above if overlay.in_force(day) and applies[overlay.lever])
    return Law(day=day, reading=reading, jurisdictions=known, overlays=applying)


def gaps(jurisdiction: Jurisdiction, day: date) -> list[VoidTest]:
    """The tests for which a jurisdiction has no rule on a day."""
    return [test for test in TESTS if jurisdiction.rule(test, day) is None]


def complete_from(jurisdictions: Iterable[Jurisdiction]) -> date | None:
    """First day from which on every test has a rule in each place, for ever; None where one comes to an end."""
    places = list(jurisdictions)
    # What is in force changes only at these days, so that none between them need be looked at.
    days = {place.since for place in places}
    for rule in (rule for place in places for rule in place.rules):
        days |= {rule.valid_from} if rule.valid_from else set()
        days |= {rule.valid_to + timedelta(days=1)} if rule.valid_to else set()
    found = None
    for day in sorted(days, reverse=True):
        if any(gaps(place, day) for place in places):
            break
        found = day
    return found


def briefly(rule: Rule | Overlay) -> str:
    """What a rule says, in a few words."""
    return rule.title if isinstance(rule, Overlay) else EXPLAINED[Cause(rule.test.value)]


def _unknown_law(lacking: Sequence[Jurisdiction], places: Iterable[Jurisdiction], day: date) -> Problem:
    """One problem for all places that have no rules for a day, or not all they need."""
    first = complete_from(places)
    later = first is not None and first > day
    return Problem(
        f"the law of {day} is not known for {', '.join(_lack(place, day) for place in lacking)}.",
        remedy=f"Choose {f'a day from {first} on' if later else 'another day'}, or add what was the law then to "
        f"{', '.join(f'{place.id}.yaml' for place in lacking)} (verdict unsettled where it was open).",
    )


def _lack(place: Jurisdiction, day: date) -> str:
    known = complete_from([place])
    if known is not None and known > day:
        return f"{place.code} (known from {known} on)"
    return f"{place.code} (no rule for {', '.join(test.value for test in gaps(place, day))})"


@dataclass(frozen=True, kw_only=True)
class Claim:
    """How one person's data of one category came to be claimed."""

    code: str
    """Jurisdiction of the speaker."""
    host_code: str
    """Jurisdiction of the host."""
    confidentiality: Confidentiality
    sector: Sector
    role: Role
    age: int
    recording_broken_in: str | None
    """Jurisdiction whose recording rule the meeting broke for this category; None where it broke none."""
    granted_oneself: bool
    """The person's own answer or default granted it, at a stage that binds them or, of the host, everybody."""
    by_default: bool
    """Granted by silence or an untouched pre-set switch."""
    forced: bool
    detriment: bool
    bundled: bool
    unequal_path: bool
    no_way_back: bool
    """The person cannot take it back, or only with more clicks than granting takes."""
    voiceprint: bool
    """Speakers are recognised by their voice, and this category carries voice."""


def void_because(claim: Claim, law: Law) -> tuple[VoidTest, str] | None:
    """The first test that a claimed consent fails and the id of the rule that decided; None where it stands."""
    overlay = excluding(claim, law)
    if overlay is not None:
        return VoidTest.EXCLUDED, overlay.id
    if claim.age < law.age_of_consent(claim.code):
        return VoidTest.MINOR, law.rule(claim.code, VoidTest.MINOR).id
    chosen = claim.granted_oneself and not claim.by_default
    released = chosen and not law.rule(claim.code, VoidTest.VOICEPRINT).separate
    failed = {
        VoidTest.NOT_OWN_CHOICE: not claim.granted_oneself,
        VoidTest.PRE_TICKED: claim.granted_oneself and claim.by_default,
        VoidTest.FORCED: chosen and claim.forced,
        VoidTest.DETRIMENT: chosen and claim.detriment,
        VoidTest.BUNDLED: chosen and claim.bundled,
        VoidTest.UNEQUAL_PATH: chosen and claim.unequal_path,
        VoidTest.WITHDRAWAL: claim.granted_oneself and claim.no_way_back,
        VoidTest.POWER_GAP: chosen and claim.role is Role.SUBORDINATE,
        # No flow can ask for a voiceprint apart from the rest, so where that is needed nothing releases it.
        VoidTest.VOICEPRINT: claim.voiceprint and not released,
    }
    for test, fails in failed.items():
        if fails and law.voids(claim.code, test):
            return test, law.rule(claim.code, test).id
    if claim.recording_broken_in is not None:
        return VoidTest.RECORDING, law.rule(claim.recording_broken_in, VoidTest.RECORDING).id
    return None


def excluding(claim: Claim, law: Law) -> Overlay | None:
    """The first sector rule that keeps a claim out; None where none does."""
    return next(
        (
            overlay
            for overlay in law.overlays
            if law.reads_as_void(overlay)
            and overlay.reaches.meeting(claim.confidentiality, claim.sector, claim.host_code)
            and overlay.reaches.person(claim.code, claim.role, claim.age)
        ),
        None,
    )
