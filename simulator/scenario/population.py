"""A population: who joins, from where, by which channel, and how willing they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, TypeVar

from pydantic import Field, model_validator

from simulator.scenario.sourced import Id, Model, Proportion, Share, Source, Sourced
from simulator.scenario.vocabulary import Channel, Confidentiality, DataCategory, Known, Purpose

K = TypeVar("K", DataCategory, Purpose, Confidentiality)


class Shares(Model):
    """How a whole splits into parts; the parts add up to 1."""

    of: dict[str, Share] = Field(min_length=1)
    known: Known
    source: str | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _adds_up(self) -> Shares:
        total = sum(self.of.values())
        if abs(total - 1.0) > 1e-6:
            msg = f"shares add up to {total:.6g}, and must add up to 1"
            raise ValueError(msg)
        return self


class Segment(Model):
    """A part of the population with an attitude of its own."""

    id: Id
    share: Share
    shift: Sourced
    """Added to the latent willingness of its members, in standard deviations of the rest."""


class Population(Model):
    """Everybody who might join, as distributions.

    Latent willingness of person i for category c and purpose p, in a meeting of confidentiality k:
    w = base + segment shift + category shift + purpose shift + confidentiality shift
    + sqrt(common) z_i + sqrt(1 - common) z_ic, with z standard normal. `base` is solved so that the share
    `willing` has w > 0 for audio, training_first_party, internal. Wanted means w > 0.
    """

    schema_version: Literal[1]
    id: Id
    title: str
    sources: list[Source] = Field(min_length=1)
    jurisdictions: Shares
    """Where hosts are, by code."""
    cross_border: Proportion
    """Share of participants who are drawn from `jurisdictions` anew instead of sitting where the host sits."""
    channels: Shares
    """How people join."""
    segments: list[Segment] = Field(min_length=1, max_length=8)
    segments_source: str
    """Where the split into segments comes from."""
    willing: Proportion
    """Share of adults who would let audio of an internal meeting train the provider's models, asked neutrally."""
    common: Proportion
    """Share of the variance of willingness that all categories have in common."""
    category_shift: dict[DataCategory, Sourced]
    """Added for each category; audio must be 0."""
    purpose_shift: dict[Purpose, Sourced]
    """Added for each purpose; training_first_party must be 0."""
    confidentiality_shift: dict[Confidentiality, Sourced]
    """Added for each class; internal must be 0."""
    adult_age: tuple[int, int]
    """Youngest and oldest adult, years; ages are uniform between."""
    minor_age: tuple[int, int]
    """Youngest and oldest minor, years."""

    @model_validator(mode="after")
    def _complete(self) -> Population:
        unknown = sorted(set(self.channels.of) - {channel.value for channel in Channel})
        if unknown:
            msg = f"{unknown[0]!r} is not a channel; channels: {', '.join(Channel)}"
            raise ValueError(msg)
        total = sum(segment.share for segment in self.segments)
        if abs(total - 1.0) > 1e-6:
            msg = f"segment shares add up to {total:.6g}, and must add up to 1"
            raise ValueError(msg)
        _all_given("category_shift", self.category_shift, DataCategory, zero=DataCategory.AUDIO)
        _all_given("purpose_shift", self.purpose_shift, Purpose, zero=Purpose.TRAINING_FIRST_PARTY)
        _all_given("confidentiality_shift", self.confidentiality_shift, Confidentiality, zero=Confidentiality.INTERNAL)
        if not 18 <= self.adult_age[0] <= self.adult_age[1] <= 120:
            msg = f"adult_age {list(self.adult_age)!r} must run from 18 or more, upwards"
            raise ValueError(msg)
        if not 0 <= self.minor_age[0] <= self.minor_age[1] < 18:
            msg = f"minor_age {list(self.minor_age)!r} must run upwards, below 18"
            raise ValueError(msg)
        return self

    def placed_in(self, places: Sequence[str]) -> Population:
        """The same people, spread over some places in equal parts, with nobody joining from elsewhere."""
        note = "As the scenario says."
        even = Shares(of={code: 1.0 / len(places) for code in places}, known=Known.ASSUMPTION, note=note)
        nobody = Proportion(value=0.0, range=(0.0, 0.0), known=Known.ASSUMPTION, note=note)
        return self.model_copy(update={"jurisdictions": even, "cross_border": nobody})


def _all_given(field: str, given: Mapping[K, Sourced], words: Iterable[K], *, zero: K) -> None:
    missing = [word.value for word in words if word not in given]
    if missing:
        msg = f"{field} lacks {', '.join(missing)}"
        raise ValueError(msg)
    if given[zero].value != 0:
        msg = f"{field}.{zero.value} is the reference and must be 0, not {given[zero].value!r}"
        raise ValueError(msg)
