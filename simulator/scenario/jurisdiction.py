"""Law as data: what each jurisdiction makes of a claimed consent, dated and cited."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from simulator.scenario.sourced import Id, Model, Source
from simulator.scenario.vocabulary import Confidentiality, Verdict, VoidTest

Code = Annotated[str, Field(pattern=r"^[A-Z]{2}(-[A-Z0-9]{2,4})?$")]
"""Jurisdiction code such as DE or US-CA."""

RuleId = Annotated[str, Field(pattern=r"^[a-z0-9_]+\.[a-z0-9_]+$")]
"""Name of a rule: place, dot, provision; such as `de.gdpr_7_4_forced`."""


class Rule(Model):
    """What one provision says of consents that fail one test, between two dates."""

    id: RuleId
    test: VoidTest
    verdict: Verdict
    """void: such a consent does not count; stands: it counts; unsettled: the law is open."""
    says: str
    """The rule in a sentence."""
    citation: str
    """Act and article, or decision."""
    url: str | None = None
    confidence: Literal["high", "medium", "low"]
    """How sure the coding is."""
    valid_from: date | None = None
    """First day in force; null = for as long as this tool cares."""
    valid_to: date | None = None
    """Last day in force; null = still in force."""
    age: int | None = Field(default=None, ge=0, le=21)
    """For the test `minor`: below this age a parent decides. 0 = no fixed age."""
    notice: Verdict | None = None
    """For the test `recording` with verdict void: what a notice and staying is worth as agreement."""

    @model_validator(mode="after")
    def _fitting(self) -> Rule:
        if (self.test is VoidTest.MINOR) != (self.age is not None):
            msg = "age goes with the test minor, and only with it"
            raise ValueError(msg)
        needs_notice = self.test is VoidTest.RECORDING and self.verdict is not Verdict.STANDS
        if needs_notice != (self.notice is not None):
            msg = "notice goes with the test recording where all parties must agree, and only with it"
            raise ValueError(msg)
        if self.test is VoidTest.EXCLUDED:
            msg = "the test excluded belongs to overlays, not to a jurisdiction"
            raise ValueError(msg)
        if self.valid_from and self.valid_to and self.valid_from > self.valid_to:
            msg = f"valid_from {self.valid_from} is after valid_to {self.valid_to}"
            raise ValueError(msg)
        return self

    def in_force(self, day: date) -> bool:
        """Whether the rule is in force on that day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


class Jurisdiction(Model):
    """The rules of one place on training with meeting content."""

    schema_version: Literal[1]
    id: Id
    code: Code
    name: str
    locale: str = Field(pattern=r"^[a-z]{2}_[A-Z]{2}$")
    """Locale of the names that generated people from here get."""
    reviewed: date
    """Day on which somebody last went through these rules."""
    sources: list[Source] = Field(min_length=1)
    rules: list[Rule] = Field(min_length=1)

    @model_validator(mode="after")
    def _no_overlap(self) -> Jurisdiction:
        for number, rule in enumerate(self.rules):
            for other in self.rules[:number]:
                if other.test is rule.test and _overlap(other, rule):
                    msg = f"{other.id} and {rule.id} both answer the test {rule.test.value} on the same days"
                    raise ValueError(msg)
        return self

    def rule(self, test: VoidTest, day: date) -> Rule | None:
        """The rule for a test on a day; None where the file has none."""
        return next((rule for rule in self.rules if rule.test is test and rule.in_force(day)), None)


def _overlap(first: Rule, second: Rule) -> bool:
    starts = max(first.valid_from or date.min, second.valid_from or date.min)
    ends = min(first.valid_to or date.max, second.valid_to or date.max)
    return starts <= ends


class Overlay(Model):
    """A sector rule on top of all jurisdictions: nothing said in such meetings is eligible, whatever was clicked."""

    id: RuleId
    confidentiality: Confidentiality
    applies: Literal["always", "company_veto"]
    """Always, or only where the scenario's lever `company_veto` is on."""
    says: str
    citation: str
    confidence: Literal["high", "medium", "low"]


class Overlays(Model):
    """All sector rules."""

    schema_version: Literal[1]
    id: Id
    sources: list[Source] = Field(min_length=1)
    overlays: list[Overlay] = Field(min_length=1)
