"""The coefficients of the choice model, each with range and source. `docs/explanation/model.md` has the equations."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from simulator.scenario.sourced import AtLeastZero, Id, Model, Positive, Proportion, Source, Sourced, figures_of


class Context(Model):
    """Constants of the place where people are asked: what designs do not explain of a base rate."""

    grant: float = 0.0
    """Pull towards granting, logits."""
    leave: float = 0.0
    """Added to what leaving costs, logits; to going on view-only, `view_only` of it."""


class Parameters(Model):
    """How people choose. Utilities are in logits; the scale of the model is 1."""

    schema_version: Literal[1]
    id: Id
    title: str
    sources: list[Source] = Field(min_length=1)
    draws: str | None = None
    """File beside this one with joint draws of all coefficients (CSV), as `joinlab fit` writes it."""
    design_spread: float | None = Field(default=None, ge=0.0, le=5.0)
    """Standard deviation of designs of a new context around the model, logits, as `joinlab fit` writes it."""
    fatigue: AtLeastZero | None = None
    """Fall of the logit of attention per ln(1 + prompts seen in earlier meetings); used over weeks alone."""
    context: Context | None = None
    """Constants of one's own context, where one knows them; `--observed` finds them from counts."""

    value: AtLeastZero
    """Logits per standard deviation of latent willingness, at full attention."""
    habit: AtLeastZero
    """Pull of the affirmative way on, at no attention."""
    prominence: AtLeastZero
    """Logits between prominence 1 and 0."""
    hidden: AtLeastZero
    """Cost of an option that is out of sight until another is opened, besides prominence and clicks."""
    first: Sourced
    """Added to the first option shown."""
    urging: Sourced
    """Added to an option that words push towards."""
    preselection: AtLeastZero
    """Added to what is already set: a toggle's default state, or the option that equals the stage's default."""
    click: AtLeastZero
    """Cost of one click for a person of median effort."""
    effort_spread: AtLeastZero
    """Standard deviation of the logarithm of effort over people."""

    stake: AtLeastZero
    """Cost of leaving a meeting one cares about, in logits, before the meeting type's own."""
    stake_subordinate: AtLeastZero
    """Added to the stake where the host is one's superior."""
    stake_host: AtLeastZero
    """Added to the stake of the host."""
    stake_spread: AtLeastZero
    """Standard deviation of the stake over people."""
    view_only: Proportion
    """Cost of going on view-only, as a share of the stake."""
    stop_for_all: AtLeastZero
    """Cost of ending the feature for everybody, logits."""
    pressure_subordinate: AtLeastZero
    """Pull towards what the host asks for, where the host is one's superior."""
    pressure_other: AtLeastZero
    """The same for everybody else but the host."""

    attention: Sourced
    """Logit of the attention that a median person gives a stage of no words."""
    attention_spread: AtLeastZero
    """Standard deviation of that logit over people."""
    attention_words: AtLeastZero
    """Fall of that logit per ln(1 + words / 50)."""
    attention_prompts: AtLeastZero
    """Fall of that logit with each earlier stage met in the same meeting."""
    notice: Sourced
    """Logit of noticing a stage that does not block, added to the logit of attention."""
    notice_prominence: AtLeastZero
    """Fall of that logit from a stage of prominence 1 to one of prominence 0."""
    misread: Proportion
    """Share of answers to a negated question that mean the opposite."""

    officer_benefit: Sourced
    """What an account owner, administrator or bot owner gains by granting, logits."""
    host_benefit: Sourced
    """What a host gains by granting for the meeting, logits."""
    host_yields: Proportion
    """Share of hosts who switch the feature off when a participant asks."""

    withdraw_inertia: AtLeastZero
    """Cost of going back to a settled choice, logits."""

    words_per_minute: Positive
    """Reading speed at full attention."""
    decision_seconds: AtLeastZero
    """Seconds to decide, per option shown, at full attention."""
    click_seconds: AtLeastZero
    """Seconds per click."""

    learning_exponent: AtLeastZero
    """b of the learning curve error(s) = c + (1 - c) s^-b, s the eligible share."""
    learning_floor: Proportion
    """c of the learning curve: the part of today's error that more data would not mend."""


COEFFICIENTS = figures_of(Parameters)
"""All coefficients that joint draws hold, with what each may be."""
