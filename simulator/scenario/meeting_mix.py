"""A mix of meetings: which types there are, how large and long, who speaks, and what else they produce."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from pydantic import Field, model_validator

from simulator.scenario.sourced import AtLeastZero, Id, Model, Positive, Proportion, Share, Source, Sourced
from simulator.scenario.vocabulary import Confidentiality, Sector

MAX_PEOPLE = 1000
"""Largest meeting that the engine takes."""


class Size(Model):
    """Number of people: a power law cut off at both ends, P(n) falling as n to the minus `exponent`."""

    least: int = Field(ge=2, le=MAX_PEOPLE)
    most: int = Field(ge=2, le=MAX_PEOPLE)
    exponent: Sourced

    @model_validator(mode="after")
    def _ordered(self) -> Size:
        if self.least > self.most:
            msg = f"least {self.least!r} is more than most {self.most!r}"
            raise ValueError(msg)
        if abs(self.exponent.value - 1.0) < 1e-3:
            msg = "exponent must not be 1 (the inverse of its distribution has another form there); use 1.01"
            raise ValueError(msg)
        return self


class Length(Model):
    """Minutes: log-normal about the median, cut off at `most`."""

    median: Positive
    """Minutes."""
    spread: AtLeastZero
    """Standard deviation of the logarithm."""
    most: float = Field(gt=0, le=1440)
    """Longest, minutes."""


class MeetingType(Model):
    """One type of meeting."""

    id: Id
    title: str
    sector: Sector = Sector.WORK
    """What people do in it, where rules of law tell it apart."""
    weight: AtLeastZero
    """How frequent it is among all meetings, relative to the other types."""
    size: Size
    length: Length
    concentration: Positive
    """Alpha of the symmetric Dirichlet that splits the speech: 3 even, 0.3 one person holds the floor."""
    host_weight: Positive
    """How many times larger the host's part of the Dirichlet is: 1 where anybody may lead, more where one presents."""
    silent: Proportion
    """Share of participants (never the host) who say nothing."""
    subordinates: Proportion
    """Share of the host's guests whose superior the host is."""
    externals: Proportion
    """Share of the host's guests from outside the organisation."""
    minors: Proportion
    """Share of the host's guests who are under 18."""
    stake: Sourced
    """What leaving costs a guest of such a meeting, in logits."""
    confidentiality: dict[Confidentiality, Share] = Field(min_length=1)
    """How secret such meetings are, as shares; always an assumption to sweep."""

    @model_validator(mode="after")
    def _adds_up(self) -> MeetingType:
        total = sum(self.confidentiality.values())
        if abs(total - 1.0) > 1e-6:
            msg = f"confidentiality shares add up to {total:.6g}, and must add up to 1"
            raise ValueError(msg)
        if self.subordinates.value + self.externals.value > 1.0:
            msg = "subordinates and externals add up to more than 1"
            raise ValueError(msg)
        return self

    def only(self, classes: Collection[Confidentiality]) -> MeetingType | None:
        """The meetings of this type that are of some classes, by so much rarer; None where there are none."""
        kept = {word: share for word, share in self.confidentiality.items() if word in classes and share > 0}
        part = sum(kept.values())
        if not kept:
            return None
        low, high = self.weight.range
        rarer = {"value": self.weight.value * part, "range": (low * part, high * part)}
        return self.model_copy(
            update={
                "weight": self.weight.model_copy(update=rarer),
                "confidentiality": {word: share / part for word, share in kept.items()},
            }
        )


class Rates(Model):
    """What people produce besides being there."""

    speech: AtLeastZero
    """Speaker-hours per meeting-hour, overlap counted for each speaker."""
    words_per_minute: Positive
    """Words per minute of a person's own speech."""
    audio_megabytes_per_hour: AtLeastZero
    """Size of raw training audio."""
    camera_on: Proportion
    """Share of participants (not on the phone) whose camera is on."""
    screen_share: Proportion
    """Share of the meeting during which somebody shares a screen."""
    chat: AtLeastZero
    """Chat messages per person-hour."""
    files: AtLeastZero
    """Files per person-hour."""
    reactions: AtLeastZero
    """Reactions per person-hour."""


class MeetingMix(Model):
    """The meetings of a population."""

    schema_version: Literal[1]
    id: Id
    title: str
    sources: list[Source] = Field(min_length=1)
    types: list[MeetingType] = Field(min_length=1, max_length=16)
    rates: Rates
    recorded_as: Id
    """The type whose stake, roles and confidentiality are taken for meetings read from files."""

    @model_validator(mode="after")
    def _known_type(self) -> MeetingMix:
        ids = [kind.id for kind in self.types]
        if len(set(ids)) < len(ids):
            msg = "two meeting types have the same id"
            raise ValueError(msg)
        if self.recorded_as not in ids:
            msg = f"recorded_as {self.recorded_as!r} is none of the types: {', '.join(ids)}"
            raise ValueError(msg)
        if sum(kind.weight.value for kind in self.types) <= 0:
            msg = "the weights of the types add up to 0"
            raise ValueError(msg)
        return self

    def only(
        self, types: Collection[str] | None = None, classes: Collection[Confidentiality] | None = None
    ) -> MeetingMix | None:
        """The meetings of some types and confidentiality classes, as frequent among each other as before.

        None stands for all; the result is None where the mix has no such meeting.
        """
        of_type = [kind for kind in self.types if types is None or kind.id in types]
        kept = of_type if classes is None else [part for kind in of_type if (part := kind.only(classes)) is not None]
        if sum(kind.weight.value for kind in kept) <= 0:
            return None
        ids = [kind.id for kind in kept]
        recorded_as = self.recorded_as if self.recorded_as in ids else ids[0]
        return self.model_copy(update={"types": kept, "recorded_as": recorded_as})
