"""A flow: who is asked what, when, with which options, what each grants, and what a refusal does."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from simulator.scenario.sourced import Id, Model, Source
from simulator.scenario.vocabulary import (
    Actor,
    Affects,
    At,
    Channel,
    Confidentiality,
    DataCategory,
    Default,
    Effect,
    Purpose,
    RecordField,
    Refusal,
    Role,
    ToggleSetting,
)

GrantMap = dict[DataCategory, Annotated[list[Purpose], Field(min_length=1)]]
"""Purposes granted for each data category, as written in a file."""

DONE = "done"
"""The `next` of an option after which nothing more is asked."""


class Toggle(Model):
    """A switch on a stage, with its own default."""

    id: Id
    label: str
    grants: GrantMap = Field(min_length=1)
    """What the switch grants when it is on."""
    default: Literal[Default.ON, Default.OFF]
    """How the switch stands before anybody touches it."""


class Option(Model):
    """One way to answer a stage."""

    id: Id
    label: str
    """The words on the button."""
    effect: Effect
    grants: GrantMap = Field(default_factory=dict)
    """What taking it grants, besides the toggles."""
    toggles: ToggleSetting | None = None
    """What it does to the stage's toggles: takes them as set, all on, or all off."""
    prominence: float = Field(default=1.0, ge=0.0, le=1.0)
    """How much it stands out, 1 most; 0 with a click or more: out of sight until another option is opened."""
    urged: bool = False
    """Whether words push towards it: "recommended", what most others do, little time, or shame for the other way."""
    clicks: int | None = Field(ge=0, le=50)
    """Actions to carry it out, counted from when the stage appears; null = not counted."""
    next: str | None = None
    """Stage that follows, or "done"; without it the next one in the file."""


class When(Model):
    """Who meets a stage; a list left out means everybody."""

    channels: list[Channel] | None = Field(default=None, min_length=1)
    jurisdictions: list[str] | None = Field(default=None, min_length=1)
    """Codes of the places where it is met, such as DE or US-CA."""
    outside: list[str] | None = Field(default=None, min_length=1)
    """Codes of the places where it is not met; it is met everywhere else."""
    roles: list[Role] | None = Field(default=None, min_length=1)
    least_age: int | None = Field(default=None, ge=1, le=120)
    """Age in years from which on one meets it; without it any age."""
    confidentiality: list[Confidentiality] | None = Field(default=None, min_length=1)
    """Classes of the meetings in which it is met, such as public for terms that reach only what is broadcast."""

    def met_in(self, code: str) -> bool:
        """Whether the stage is met in a jurisdiction."""
        return (self.jurisdictions is None or code in self.jurisdictions) and code not in (self.outside or ())


class Stage(Model):
    """One question (or notice, or switch) put to one actor."""

    id: Id
    actor: Actor
    at: At
    affects: Affects | None = None
    """Whom the answer binds; without it: self for a participant, the meeting for anybody else."""
    text: str = ""
    """The words shown; reading time and attention come from their number."""
    default: Default = Default.NONE
    """What holds when nobody answers: on = as if the first granting option were taken, off = as if refused."""
    blocking: bool = True
    """Whether one must answer to go on. A stage that does not block can be missed: then its default holds."""
    prominence: float = Field(default=1.0, ge=0.0, le=1.0)
    """How much a stage that can be missed stands out: 1 = in view, 0 = nothing leads to it, as in a settings menu."""
    options: list[Option] = Field(min_length=1, max_length=8)
    toggles: list[Toggle] = Field(default_factory=list, max_length=8)
    negated: bool = False
    """Whether the question is put as a negation ("do not use ..."), which some people misread."""
    when: When = When()
    """Who meets this stage. It does not exist for anybody else: they neither grant nor refuse by it."""
    shows: int = Field(default=1, ge=1, le=10)
    """How often one person may meet it in one meeting (asking again after a refusal); then its default holds."""
    time_limit: int | None = Field(default=None, ge=1, le=86400)
    """Seconds after which it goes away unanswered; null = it waits, or not known. Told to who plays; in the model,
    nobody is too slow."""
    remember: int | None = Field(default=None, ge=2, le=10000)
    """For how many meetings an answer is kept. It is then asked once in that many, and otherwise recalled."""

    @property
    def binds(self) -> Affects:
        """Whom the answer binds, with the rule for a missing `affects` applied."""
        if self.affects is not None:
            return self.affects
        return Affects.SELF if self.actor is Actor.PARTICIPANT else Affects.MEETING


class Capture(Model):
    """Which data of one person can be cut out of what is captured."""

    mixed: list[DataCategory] = Field(default_factory=list)
    """Categories recorded together: one refusal makes everybody's unusable."""
    separable: list[DataCategory] = Field(default_factory=list)
    """Categories kept apart for each person."""
    voiceprint: bool = False
    """Whether speakers are recognised by their voice."""


class Withdrawal(Model):
    """How a grant is taken back."""

    actor: Actor | None
    """Who can; null = nobody."""
    clicks: int | None = Field(default=None, ge=0, le=50)
    """Actions it takes; null = not counted."""
    retroactive: bool | None = None
    """Whether data already taken are removed; null = not known."""


class Assumptions(Model):
    """What the simulator takes for each thing that the file says is not known."""

    clicks: int | None = Field(default=None, ge=0, le=50)
    """Used for every `clicks: null` in an option."""
    withdrawal_clicks: int | None = Field(default=None, ge=0, le=50)
    """Used for `withdrawal.clicks: null` where somebody can withdraw."""
    retroactive: bool | None = None
    """Used for `withdrawal.retroactive: null` where somebody can withdraw."""


class Period(Model):
    """When a real design was in use; null = not known, or still in use."""

    from_: date | None = Field(default=None, alias="from")
    to: date | None = None


class Flow(Model):
    """A choice architecture for consent to AI training, from account terms to the last question at the door."""

    schema_version: Literal[1]
    id: Id
    title: str
    question: str
    """What running this flow answers."""
    summary: str = ""
    product: str | None = None
    """The product that has (or had) it; null for a reference design."""
    period: Period | None = None
    sources: list[Source] = Field(min_length=1)
    unknowns: list[str] = Field(default_factory=list)
    """What no source says."""
    assumes: Assumptions = Assumptions()
    stages: list[Stage] = Field(min_length=1, max_length=16)
    refusal: Refusal
    """What happens to a participant who says no without leaving."""
    capture: Capture = Capture()
    withdrawal: Withdrawal
    retroactive_terms: bool | None = None
    """Whether the terms reach data that were already held when they changed; null = not known."""
    paid_refusal: bool | None = None
    """Whether refusing takes a dearer plan; null = not known."""
    record: list[RecordField] | None = None
    """Fields of the record that is kept of a consent; [] = no record, null = not known."""
