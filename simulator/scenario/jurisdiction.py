"""Law as data: what each jurisdiction makes of a claimed consent, dated and cited."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from simulator.scenario.sourced import Id, Model, Source
from simulator.scenario.vocabulary import Verdict, VoidTest

Code = Annotated[str, Field(pattern=r"^[A-Z]{2}(-[A-Z0-9]{2,4})?$")]
"""Jurisdiction code such as DE or US-CA."""

RuleId = Annotated[str, Field(pattern=r"^[a-z0-9_]+\.[a-z0-9_]+$")]
"""Name of a rule: place, dot, provision; such as `de.gdpr_7_4_forced`."""

Confidence = Literal["high", "medium", "low"]
"""How sure the coding of a rule is."""


class Dated(Model):
    """A provision: what it says, where it stands, and from when until when."""

    id: RuleId
    says: str
    """The rule in a sentence."""
    citation: str
    """Act and article, or decision."""
    url: str | None = None
    confidence: Confidence
    """How sure the coding is."""
    valid_from: date | None = None
    """First day in force; null = on every day that the file speaks for."""
    valid_to: date | None = None
    """Last day in force; null = still in force."""

    @model_validator(mode="after")
    def _in_order(self) -> Dated:
        if self.valid_from and self.valid_to and self.valid_from > self.valid_to:
            msg = f"valid_from {self.valid_from} is after valid_to {self.valid_to}"
            raise ValueError(msg)
        return self

    def in_force(self, day: date) -> bool:
        """Whether the rule is in force on that day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


class Rule(Dated):
    """What one provision says of consents that fail one test, between two dates."""

    test: VoidTest
    verdict: Verdict
    """void: such a consent does not count; stands: it counts; unsettled: the law is open."""
    age: int | None = Field(default=None, ge=0, le=21)
    """For the test `minor`: below this age a parent decides. 0 = no fixed age."""
    notice: Verdict | None = None
    """For the test `recording`, unless it stands: what a notice and staying is worth as agreement."""
    whose: Literal["present", "recorded"] | None = None
    """For the test `recording`, unless it stands: whose agreement counts; left out, of everybody present."""
    noticed: bool = False
    """For the test `recording`: a notice counts only with whom noticed it, and not with whom it was only shown to."""
    separate: bool = False
    """For the test `voiceprint`: the release must be asked for apart from everything else."""

    @model_validator(mode="after")
    def _fitting(self) -> Rule:
        for msg in self._misfits():
            raise ValueError(msg)
        return self

    def _misfits(self) -> Iterator[str]:
        recording = self.test is VoidTest.RECORDING and self.verdict is not Verdict.STANDS
        if self.test is VoidTest.EXCLUDED:
            yield "the test excluded belongs to overlays, not to a jurisdiction"
        if (self.test is VoidTest.MINOR) != (self.age is not None):
            yield "age goes with the test minor, and only with it"
        if recording != (self.notice is not None):
            yield "notice goes with the test recording where all parties must agree, and only with it"
        if self.whose and not recording:
            yield "whose goes with the test recording where all parties must agree, and only with it"
        if self.noticed and not (recording and self.whose != "recorded"):
            yield "noticed goes with the test recording where all parties present must agree, and only with it"
        if self.separate and self.test is not VoidTest.VOICEPRINT:
            yield "separate goes with the test voiceprint, and only with it"


class Jurisdiction(Model):
    """The rules of one place on training with meeting content."""

    schema_version: Literal[1]
    id: Id
    code: Code
    name: str
    locale: str = Field(pattern=r"^[a-z]{2}_[A-Z]{2}$")
    """Locale of the names that generated people from here get."""
    stands_for: list[Code] = Field(default_factory=list)
    """Other places that have the same rules, so far as is known, and no file of their own."""
    since: date
    """First day that this file speaks for; what is asked of earlier days is refused."""
    reviewed: date
    """Day on which somebody last went through these rules."""
    sources: list[Source] = Field(min_length=1)
    rules: list[Rule] = Field(min_length=1)

    def rule(self, test: VoidTest, day: date) -> Rule | None:
        """The rule for a test on a day; None where the file has none."""
        if day < self.since:
            return None
        return next((rule for rule in self.rules if rule.test is test and rule.in_force(day)), None)
