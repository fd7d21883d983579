"""Rules of a sector, on top of all jurisdictions: which meetings and people they reach, on which days."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from pydantic import Field

from simulator.scenario.jurisdiction import Code, Dated
from simulator.scenario.sourced import Id, Model, Source
from simulator.scenario.vocabulary import Confidentiality, Role, Sector, Verdict

NEVER_AGE = 200
"""An age that nobody reaches."""


class Reach(Model):
    """Which data an overlay is about: all that is given must hold; what is left out always does."""

    confidentiality: list[Confidentiality] | None = Field(default=None, min_length=1)
    """Of meetings in one of these classes."""
    sectors: list[Sector] | None = Field(default=None, min_length=1)
    """Of meetings of a type in one of these sectors."""
    hosted_in: list[Code] | None = Field(default=None, min_length=1)
    """Of meetings whose host is in one of these places; a country stands for all its parts, US for US-CA."""
    places: list[Code] | None = Field(default=None, min_length=1)
    """Of people in one of these places; a country stands for all its parts."""
    roles: list[Role] | None = Field(default=None, min_length=1)
    """Of people who are this to the host."""
    below_age: int | None = Field(default=None, ge=1, le=21)
    """Of people younger than this."""

    def meeting(self, confidentiality: Confidentiality, sector: Sector, host_code: str) -> bool:
        """Whether a meeting can be reached."""
        return (
            (self.confidentiality is None or confidentiality in self.confidentiality)
            and (self.sectors is None or sector in self.sectors)
            and (self.hosted_in is None or within(host_code, self.hosted_in))
        )

    def person(self, code: str, role: Role, age: int) -> bool:
        """Whether somebody in such a meeting is reached."""
        return (
            (self.places is None or within(code, self.places))
            and (self.roles is None or role in self.roles)
            and age < (self.below_age or NEVER_AGE)
        )


def within(code: str, places: Collection[str]) -> bool:
    """Whether a place is one of some places, or part of one."""
    return code in places or code.split("-")[0] in places


class Overlay(Dated):
    """A sector rule: what it reaches is not eligible, whatever was clicked."""

    title: str = Field(max_length=60)
    """The rule in a few words."""
    verdict: Literal[Verdict.VOID, Verdict.UNSETTLED]
    """void: what it reaches does not count; unsettled: the law is open."""
    reaches: Reach
    lever: Literal["company_veto", "works_council"] | None = None
    """Applies only where the scenario says so: `company_veto: true`, or `works_council: not_agreed`."""


class Overlays(Model):
    """Sector rules, first come first."""

    schema_version: Literal[1]
    id: Id
    sources: list[Source] = Field(min_length=1)
    overlays: list[Overlay] = Field(min_length=1)
