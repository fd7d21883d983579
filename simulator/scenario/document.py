"""A scenario document: which flows meet which people in which meetings, under the rules of which day."""

from __future__ import annotations

import datetime
from typing import Literal

from pydantic import Field, field_validator

from simulator.scenario.jurisdiction import Code
from simulator.scenario.reask import AS_DESIGNED, Reask
from simulator.scenario.sourced import Id, Model, Source
from simulator.scenario.vocabulary import (
    Actor,
    Confidentiality,
    DataCategory,
    Effect,
    Purpose,
    Reading,
    WorksCouncil,
)


class Scenario(Model):
    """One question, with everything needed to answer it. Names are built-in content or paths beside this file."""

    schema_version: Literal[1]
    id: Id
    title: str
    question: str
    sources: list[Source] = Field(min_length=1)
    date: datetime.date
    """Rules in force on this day apply."""
    dates: dict[Id, datetime.date] = Field(default_factory=dict)
    """Days of single flows, by flow id, where they are not judged by the rules of `date`."""
    purpose: Purpose = Purpose.TRAINING_FIRST_PARTY
    """The use that eligibility is measured for."""
    category: DataCategory = DataCategory.AUDIO
    """The category that headline shares are of."""
    reading: Reading | None = None
    """How unsettled rules are read; without it both ways, and lawful is a range from the strict to the lenient."""
    flows: list[str] = Field(default_factory=list)
    """Flows to run; the first is the baseline of differences."""
    population: str = "office_workers"
    places: list[Code] | None = Field(default=None, min_length=1)
    """Places that the meetings are spread over in equal parts, with everybody where the host is; without it, as the
    population has them."""
    meetings: str = "working_week"
    meeting_types: list[Id] | None = Field(default=None, min_length=1)
    """Only these types of the meeting mix; without it all."""
    confidentiality: list[Confidentiality] | None = Field(default=None, min_length=1)
    """Only meetings of these classes; without it all."""
    parameters: str = "central"
    weeks: int | None = Field(default=None, ge=1, le=104)
    """Weeks over which the meetings are held again and again with the same people; without it, once."""
    reask: Reask = AS_DESIGNED
    """Lever, over weeks: when people are asked again; a number says after how many weeks."""
    behaviour: Id = "mixed_logit"
    """What people go by when they choose: mixed_logit, habit, rational, recorded, or one that a package adds."""
    choices: str | None = None
    """Recorded choices, for the behaviour `recorded`: a file beside this one."""
    observed: str | None = None
    """Counts of a live flow, to which the constants of the context are fitted: a file beside this one."""
    settled: dict[Actor, Literal[Effect.GRANT, Effect.DENY]] = Field(default_factory=dict)
    """Lever: answers that are taken as given for an actor's stages, instead of being simulated."""
    company_veto: bool = False
    """Lever: the company keeps confidential meetings out, whoever agrees in them."""
    works_council: WorksCouncil = WorksCouncil.NONE
    """Lever: whether the host's organisation has a works council, and whether it has agreed to the tool."""

    @property
    def answers_given(self) -> str:
        """What is settled, in words, such as `admin grants, host denies`."""
        done = {Effect.GRANT: "grants", Effect.DENY: "denies"}
        return ", ".join(f"{actor.value.replace('_', ' ')} {done[effect]}" for actor, effect in self.settled.items())

    @field_validator("places", "meeting_types", "confidentiality")
    @classmethod
    def _each_once(cls, words: list[str] | None) -> list[str] | None:
        again = next((word for number, word in enumerate(words or []) if word in (words or [])[:number]), None)
        if again is not None:
            msg = f"{again!r} stands there twice"
            raise ValueError(msg)
        return words
