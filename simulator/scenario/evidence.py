"""Evidence: one published study a file, its arms as stages in the flow language, and the shares that were observed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from simulator.errors import did_you_mean
from simulator.scenario import flow_checks
from simulator.scenario.flow import DONE, Capture, Flow, Stage, When, Withdrawal
from simulator.scenario.sourced import Id, Model, Share, Source
from simulator.scenario.stage_facts import asked
from simulator.scenario.vocabulary import Actor, Answer, DataCategory, EvidenceRole, Mechanism, Read, Refusal
from simulator.scenario.yaml_file import Fault, Loc

WHOLE = (Answer.ACCEPT_ALL, Answer.ACCEPT_SOME, Answer.REJECT_ALL, Answer.NO_ANSWER, Answer.LEAVE)
"""The answers of which everybody gives exactly one; the other words are made up of these."""

Points = Annotated[float, Field(ge=-1.0, le=1.0)]


class Design(Model):
    """What respondents met, as the stages of a flow. Whoever refuses goes on as before."""

    title: str
    stages: list[Stage] = Field(min_length=1, max_length=16)


class Observed(Model):
    """A share of respondents who answered in one way."""

    answer: Answer
    share: Share
    among: Answer | None = None
    """Only of those who answered so; without it, of everybody in the arm."""
    bound: Literal["at_least", "at_most"] | None = None
    """Where the study says only that the share is at least or at most so large."""
    n: int | None = Field(default=None, ge=1)
    """Choices that the share is of, where it is not the arm's n."""


class Arm(Model):
    """A group of respondents who met one design."""

    id: Id
    title: str
    designs: list[Id] = Field(min_length=1)
    """The design; several where the study pools them, which counts each alike."""
    context: Id
    control: bool = False
    """The arm that the others of its context are compared with: a prediction takes its shares as given."""
    mechanisms: list[Mechanism] = Field(default_factory=list)
    """In what the design departs from the control's."""
    n: int | None = Field(default=None, ge=1)
    """Choices observed; null = not stated."""
    observed: list[Observed] = Field(default_factory=list)
    read: Read
    """How the figures were read. Those from memory, or not seen, are never fitted."""
    where: str
    """Where they were read."""
    note: str | None = None


class Contrast(Model):
    """A difference between two arms, where a study gives that and not the shares."""

    arm: Id
    less: Id
    """The arm that is subtracted."""
    answer: Answer
    points: Points
    """Difference of the two shares, as a proportion: 0.1 is ten points."""
    n: int | None = Field(default=None, ge=1)
    """Choices in each of the two arms; null = not stated."""


class LeftOut(Model):
    """Something that the study reports and that is not used."""

    what: str
    why: str


class Study(Model):
    """A study of how people answer when asked: what they met, and what they did."""

    schema_version: Literal[1]
    id: Id
    title: str
    citation: str
    year: int = Field(ge=1950, le=2100)
    role: EvidenceRole
    """What it is for; only calibration is ever fitted."""
    setting: str
    """Field, laboratory, survey, ..."""
    respondents: str
    """Who was observed, and how many."""
    country: str | None = None
    sources: list[Source] = Field(min_length=1)
    contexts: dict[Id, str] = Field(default_factory=dict)
    """The settings within the study in which base rates differ, such as phases or devices, each with a description."""
    designs: dict[Id, Design] = Field(default_factory=dict)
    arms: list[Arm] = Field(default_factory=list)
    contrasts: list[Contrast] = Field(default_factory=list)
    left_out: list[LeftOut] = Field(default_factory=list)
    coding: str | None = None
    """How what respondents met was put into the flow language, where that is not plain."""

    def flow(self, design: str) -> Flow:
        """A design as a flow like any other: nobody leaves by refusing, and nothing can be taken back."""
        return Flow(
            schema_version=1,
            id=f"{self.id}_{design}"[:80],
            title=self.designs[design].title,
            question="What did respondents of the study answer?",
            sources=self.sources,
            stages=self.designs[design].stages,
            refusal=Refusal.EXCLUDED,
            capture=Capture(separable=list(DataCategory)),  # nobody is recorded together with anybody
            withdrawal=Withdrawal(actor=None),
        )

    def arm(self, name: str) -> Arm:
        """The arm of that id."""
        return next(arm for arm in self.arms if arm.id == name)

    def control_of(self, arm: Arm) -> Arm | None:
        """The control arm of the arm's context."""
        return next((other for other in self.arms if other.control and other.context == arm.context), None)


def problems(study: Study) -> list[Fault]:
    """All faults of a study whose parts fit on their own."""
    return [*_names(study), *_shares(study), *_controls(study), *_designs(study)]


def _names(study: Study) -> Iterator[Fault]:
    ids = [arm.id for arm in study.arms]
    for number, arm in enumerate(study.arms):
        if ids.index(arm.id) < number:
            yield Fault(("arms", number, "id"), f'"{arm.id}" is already the id of an arm.', "Give it its own id.")
        for place, name in enumerate(arm.designs):
            yield from _known(("arms", number, "designs", place), name, list(study.designs), "design", "Designs")
        yield from _known(("arms", number, "context"), arm.context, list(study.contexts), "context", "Contexts")
    for number, contrast in enumerate(study.contrasts):
        for key, name in (("arm", contrast.arm), ("less", contrast.less)):
            yield from _known(("contrasts", number, key), name, ids, "arm", "Arms")
        if contrast.arm == contrast.less:
            yield Fault(("contrasts", number, "less"), "an arm does not differ from itself.", "Name another arm.")
        contexts = [arm.context for name in (contrast.arm, contrast.less) for arm in study.arms if arm.id == name]
        if len(set(contexts)) > 1:
            message = f"the arms stand in the contexts {' and '.join(contexts)}, whose base rates differ."
            remedy = "Name two arms of one context, or give the shares of both arms."
            yield Fault(("contrasts", number, "less"), message, remedy)


def _known(loc: Loc, name: str, allowed: list[str], noun: str, called: str) -> Iterator[Fault]:
    if name not in allowed:
        remedy = did_you_mean(name, allowed, called=called) if allowed else f"Add it to {called.lower()}."
        yield Fault(loc, f'"{name}" is not one of the {noun}s of this file.', remedy)


def _shares(study: Study) -> Iterator[Fault]:
    for number, arm in enumerate(study.arms):
        loc: Loc = ("arms", number, "observed")
        seen = [(item.answer, item.among) for item in arm.observed]
        for place, pair in enumerate(seen):
            if seen.index(pair) < place:
                yield Fault((*loc, place), f'the share of "{pair[0].value}" is given twice.', "Remove one of them.")
        whole = [item for item in arm.observed if item.answer in WHOLE and item.among is None and item.bound is None]
        total = sum(item.share for item in whole)
        if total > 1.015:  # what is rounded in print may add up to a little more
            yield Fault(loc, f"the shares add up to {total:.3g}; people give one answer each.", "Correct the shares.")
        if len(whole) == len(WHOLE) and total < 0.985:
            yield Fault(loc, f"the shares of all answers add up to {total:.3g}, and not to 1.", "Correct the shares.")


def _controls(study: Study) -> Iterator[Fault]:
    for context in study.contexts:
        places = [place for place, arm in enumerate(study.arms) if arm.control and arm.context == context]
        for place in places[1:]:
            message = f'context "{context}" has a control already.'
            yield Fault(("arms", place, "control"), message, "Mark one arm of each context as its control.")
        if places and not study.arms[places[0]].observed:
            remedy = "Give its shares, or mark another arm."
            yield Fault(("arms", places[0]), "a control without observed shares is no control.", remedy)


def _designs(study: Study) -> Iterator[Fault]:
    for name in study.designs:
        flow = study.flow(name)
        loc: Loc = ("designs", name)
        for fault in flow_checks.problems(flow):
            yield Fault((*loc, *fault.loc), fault.message, fault.remedy)
        seeking = {asked(stage) for stage in flow.stages if asked(stage)}
        if len(seeking) > 1:
            message = "its stages ask for different things, so that accepting all of them is not one answer."
            yield Fault((*loc, "stages"), message, "Let all stages that ask for something ask for the same.")
        for number, stage in enumerate(flow.stages):
            yield from _stage((*loc, "stages", number), stage, flow)


def _stage(loc: Loc, stage: Stage, flow: Flow) -> Iterator[Fault]:
    if stage.actor is not Actor.PARTICIPANT:
        yield Fault((*loc, "actor"), "a respondent answers alone; the actor is participant.", "Write participant.")
    for key, plain in (("when", When()), ("remember", None), ("shows", 1)):
        if getattr(stage, key) != plain:
            yield Fault((*loc, key), "respondents of an arm meet each stage once and alike.", f"Remove {key}.")
    names = [other.id for other in flow.stages]
    for place, option in enumerate(stage.options):
        if option.next in names and option.next != DONE and names.index(option.next) <= names.index(stage.id):
            remedy = "Name a later stage, or done."
            yield Fault((*loc, "options", place, "next"), "the stages of a design lead forward only.", remedy)
