"""Flows, people and meetings written by hand, so that what they do can be read off.

People decide without doubt: attention is full, willingness counts a hundredfold, and every draw is a half.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from simulator.behaviour.choice import Chooser
from simulator.engine.reference import Outcome, walk
from simulator.engine.reference_people import Meeting, Participant, PersonDraw, Setting, StageDraw
from simulator.rules.law import Law
from simulator.scenario import library
from simulator.scenario.flow import Flow, Stage
from simulator.scenario.flow_checks import problems
from simulator.scenario.parameters import Parameters
from simulator.scenario.vocabulary import (
    Actor,
    Channel,
    Confidentiality,
    DataCategory,
    Effect,
    Purpose,
    Role,
    Sector,
    Verdict,
    VoidTest,
)
from tests.engine.builders import with_values
from tests.rules.builders import jurisdiction, law_of, rule

Part: TypeAlias = dict[str, object]

TRAINING = Purpose.TRAINING_FIRST_PARTY
AUDIO, VIDEO, CHAT = DataCategory.AUDIO, DataCategory.VIDEO, DataCategory.CHAT
TELEMETRY = DataCategory.TELEMETRY

DECIDED: Parameters = with_values(
    library.parameters("central"),
    value=100.0, habit=0.0, prominence=0.0, first=0.0, preselection=0.0, click=0.0, stop_for_all=0.0,
    officer_benefit=0.0, host_benefit=0.0, misread=0.0, notice=0.0, attention_prompts=0.0, attention_words=0.0,
)  # fmt: skip
"""Coefficients under which only willingness and the stake count."""


def grants(*categories: DataCategory, purpose: Purpose = TRAINING) -> dict[DataCategory, list[Purpose]]:
    """Grants of these categories for one purpose."""
    return {category: [purpose] for category in categories}


def option(name: str, effect: str, given: Mapping[DataCategory, list[Purpose]] | None = None, **more: object) -> Part:
    """An option of one click."""
    return {"id": name, "label": name, "effect": effect, "grants": given or {}, "clicks": 1, **more}


def agree(*categories: DataCategory, **more: object) -> Part:
    """An option that grants these categories for training; audio if none is named."""
    return option("agree", "grant", grants(*(categories or (AUDIO,))), **more)


def refuse(**more: object) -> Part:
    """An option that refuses and stays."""
    return option("refuse", "deny", **more)


LEAVE = option("leave", "leave")


def stage(name: str = "ask", *options: Part, actor: str = "participant", **more: object) -> Part:
    """A stage at the door; without options it asks for audio, yes or no."""
    return {"id": name, "actor": actor, "at": "join", "options": list(options) or [agree(), refuse()], **more}


def toggle(name: str, *categories: DataCategory, default: str = "off") -> Part:
    """A switch for these categories and training."""
    return {"id": name, "label": name, "grants": grants(*categories), "default": default}


def flow_of(*stages: Part, refusal: str = "excluded", mixed: Sequence[DataCategory] = (), **more: object) -> Flow:
    """A flow that passes the loader's checks; everything that is not mixed is separable, and nobody can withdraw."""
    whole: Part = {
        "schema_version": 1,
        "id": "by_hand",
        "title": "By hand",
        "question": "What comes of it?",
        "sources": [{"known": "assumption", "supports": "everything"}],
        "stages": list(stages),
        "refusal": refusal,
        "capture": {"mixed": list(mixed), "separable": [word for word in DataCategory if word not in mixed]},
        "withdrawal": {"actor": None},
    }
    flow = Flow.model_validate(whole | more)
    assert problems(flow) == []
    return flow


@dataclass(frozen=True)
class Fixed:
    """Draws that are all a half, but for those named."""

    named: Mapping[StageDraw | PersonDraw, float] = field(default_factory=dict)

    def at_stage(self, stage: Stage, showing: int, what: StageDraw, number: int = 0) -> float:
        """See `reference.Draws`."""
        return self.named.get(what, 0.5)

    def once(self, what: PersonDraw) -> float:
        """See `reference.Draws`."""
        return self.named.get(what, 0.5)


def person(
    number: int,
    wants: bool | set[DataCategory] = True,
    *,
    stake: float = 3.0,
    role: Role = Role.PEER,
    code: str = "AA",
    channel: Channel = Channel.DESKTOP,
    age: int = 40,
    produced: Mapping[DataCategory, int] | None = None,
    draws: Mapping[StageDraw | PersonDraw, float] | None = None,
) -> Participant:
    """Somebody who wants to give everything, nothing, or these categories; number 0 is the host.

    Their remembered answers, from ordinary meetings, are those of somebody who wants to give everything.
    """
    if isinstance(wants, bool):
        wants = set(DataCategory) if wants else set()
    willing = {(word, purpose): 1.0 if word in wants else -1.0 for word in DataCategory for purpose in Purpose}
    chooser = Chooser(attention=50.0, effort=1.0, stake=stake, pressure=0.0, willing=willing)
    return Participant(
        number=number,
        code=code,
        role=Role.HOST if number == 0 else role,
        channel=channel,
        age=age,
        segment="made",
        chooser=chooser,
        ordinary=replace(chooser, willing=dict.fromkeys(willing, 1.0)),
        produced=dict.fromkeys(DataCategory, 1000) if produced is None else produced,
        draws=Fixed(draws or {}),
    )


def meeting_of(
    *people: Participant,
    officers: Mapping[Actor, Participant] | None = None,
    confidentiality: Confidentiality = Confidentiality.INTERNAL,
    sector: Sector = Sector.WORK,
) -> Meeting:
    """A meeting of these people."""
    return Meeting(
        id=0,
        kind="made",
        sector=sector,
        confidentiality=confidentiality,
        length_ms=1000,
        people=people,
        officers=officers or {},
    )


def setting(
    law: Law | None = None,
    settled: Mapping[Actor, Effect] | None = None,
    *,
    lenient: Law | None = None,
    **coefficients: float,
) -> Setting:
    """A setting in which people decide without doubt and, unless law is given, everything claimed stands."""
    return Setting(
        purpose=TRAINING,
        parameters=with_values(DECIDED, **coefficients),
        law=law or law_of(),
        lenient=lenient,
        settled=settled or {},
    )


def causes(outcomes: Sequence[Outcome], category: DataCategory = AUDIO) -> list[str]:
    """The cause for one category of each person, the host first."""
    return [outcome.cause[category].value for outcome in outcomes]


def met(flow: Flow, *people: Participant, given: Setting | None = None, **more: object) -> list[Outcome]:
    """What becomes of a meeting of these people under a flow."""
    return walk(meeting_of(*people, **more), flow, given or setting())  # type: ignore[arg-type]


def voiding(test: VoidTest, *codes: str) -> Law:
    """Law under which only consents that fail this test are void, in these places (in AA, if none is named)."""
    places = [jurisdiction(code, rule(code, test, Verdict.VOID)) for code in codes or ("AA",)]
    return law_of(*places)


def officer(wants: bool) -> dict[Actor, Participant]:
    """The officers of a meeting: one administrator."""
    return {Actor.ADMIN: person(99, wants)}
