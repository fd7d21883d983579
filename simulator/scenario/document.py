"""A scenario document: which flows meet which people in which meetings, under the rules of which day."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from simulator.scenario.sourced import Id, Model, Source
from simulator.scenario.vocabulary import Actor, DataCategory, Effect, Purpose, Reading, WorksCouncil


class Scenario(Model):
    """One question, with everything needed to answer it. Names are built-in content or paths beside this file."""

    schema_version: Literal[1]
    id: Id
    title: str
    question: str
    sources: list[Source] = Field(min_length=1)
    date: date
    """Rules in force on this day apply."""
    purpose: Purpose = Purpose.TRAINING_FIRST_PARTY
    """The use that eligibility is measured for."""
    category: DataCategory = DataCategory.AUDIO
    """The category that headline shares are of."""
    reading: Reading | None = None
    """How unsettled rules are read; without it both ways, and lawful is a range from the strict to the lenient."""
    flows: list[str] = Field(default_factory=list)
    """Flows to run; the first is the baseline of differences."""
    population: str = "office_workers"
    meetings: str = "working_week"
    parameters: str = "central"
    settled: dict[Actor, Literal[Effect.GRANT, Effect.DENY]] = Field(default_factory=dict)
    """Lever: answers that are taken as given for an actor's stages, instead of being simulated."""
    company_veto: bool = False
    """Lever: the company keeps confidential meetings out, whoever agrees in them."""
    works_council: WorksCouncil = WorksCouncil.NONE
    """Lever: whether the host's organisation has a works council, and whether it has agreed to the tool."""

    @property
    def answers_given(self) -> str:
        """What is settled, in words, such as `admin grant, host grant`."""
        return ", ".join(f"{actor.value.replace('_', ' ')} {effect.value}" for actor, effect in self.settled.items())
