"""One person through the stages of a flow, in plain Python, written to be read aloud.

They miss a stage, recall an earlier answer, or weigh the options and choose; each answer is entered into what they have
granted and refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from simulator.behaviour.choice import (
    Chooser,
    Terms,
    attention_logit,
    choose,
    notice_logit,
    probabilities,
    reading_seconds,
    sigmoid,
    terms,
    toggle_terms,
)
from simulator.rules.law import Law
from simulator.scenario.flow import DONE, Flow, Option, Stage
from simulator.scenario.grants import categories_for, grants_of
from simulator.scenario.parameters import Parameters
from simulator.scenario.stage_facts import (
    asked,
    bundled,
    clicks,
    default_option,
    draw_order,
    forced,
    in_account,
    informs,
    leaves,
    recall_share,
    unequal_path,
    untouched,
)
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
    Role,
    Sector,
    ToggleSetting,
)

Categories = frozenset[DataCategory]
StageDraw = Literal["notice", "choice", "recall", "misread", "toggle"]
PersonDraw = Literal["yields", "overruled", "withdraws"]
NOTHING: Categories = frozenset()
EVERYTHING: Categories = frozenset(DataCategory)
CONTENT = EVERYTHING - {DataCategory.TELEMETRY}


@dataclass(frozen=True)
class Decision:
    """What somebody who plays a participant did at a stage."""

    option: str | None
    """Id of the option taken; None: the stage went unanswered, and its default holds."""
    on: frozenset[str] = frozenset()
    """Ids of the toggles that are on, where the option takes them as set."""


class Decider(Protocol):
    """Somebody who decides in a participant's place, where the model would draw. See `engine/play.py`."""

    def at_stage(self, stage: Stage, showing: int, before: Answers) -> Decision:
        """What they do at a stage shown to them for the `showing`-th time, after all the answers `before`."""

    def once(self, what: PersonDraw, before: Answers) -> bool:
        """Whether they do something that belongs to no stage."""


@dataclass(frozen=True)
class Weighing:
    """What a behaviour from outside makes of one stage for one person."""

    utilities: Sequence[float]
    """Of the options, in draw order."""
    toggles: Sequence[float]
    """Logits of on, of those who take the toggles as set."""
    noticing: float
    """Logit of noticing the stage, where it can be missed."""


Weighed = Callable[[int, int, bool], Weighing]
"""By the stage's number in the flow, the stages answered before, and whether an earlier answer is recalled."""


class Draws(Protocol):
    """The uniform draws of one person. `engine/people.py` takes them from the same keys as the kernel."""

    def at_stage(self, stage: Stage, showing: int, what: StageDraw, number: int = 0) -> float:
        """A draw for the `showing`-th time that this person meets the stage; `number` tells toggles apart."""

    def once(self, what: PersonDraw) -> float:
        """A draw that belongs to no stage."""


@dataclass(frozen=True, kw_only=True)
class Participant:
    """One person in a meeting, or an officer who settles stages for it."""

    number: int
    """0 is the host; officers have numbers beyond any participant's."""
    code: str
    role: Role
    channel: Channel
    age: int
    segment: str
    chooser: Chooser
    ordinary: Chooser
    """The same person in an ordinary internal meeting, without pressure: who gave a remembered answer."""
    produced: Mapping[DataCategory, int]
    """Milliseconds or counts."""
    draws: Draws
    tired: float = 0.0
    """Taken off the logit of attention in meetings, for prompts seen in earlier ones."""
    weighed: Weighed | None = None
    """What a behaviour from outside makes of a stage; None: the model's own terms."""
    decider: Decider | None = None
    """Who decides for them; None: the model."""


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """One meeting and everybody who matters to it."""

    id: int
    kind: str
    sector: Sector
    confidentiality: Confidentiality
    length_ms: int
    people: Sequence[Participant]
    officers: Mapping[Actor, Participant]


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What the walk needs besides a flow and a meeting."""

    purpose: Purpose
    parameters: Parameters
    law: Law
    """As the ledger reads it."""
    lenient: Law | None = None
    """The same law read leniently, where lawful is a range; None where the reading is fixed."""
    settled: Mapping[Actor, Effect] = field(default_factory=dict)


@dataclass(frozen=True)
class Switched:
    """What became of one toggle."""

    probability: float
    """Of on."""
    on: bool
    terms: Terms
    """Of the utility of on, less that of off."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One stage that somebody met: what they weighed and what they did."""

    stage: Stage
    attention: float
    noticed: bool = True
    recalled: bool = False
    misread: bool = False
    settled: bool = False
    weighing: Weighing | None = None
    """What a behaviour from outside made of it, where one decides."""
    terms: Mapping[str, Terms] = field(default_factory=dict)
    """Of each option, by id, in draw order; empty where nothing was weighed."""
    probability: Mapping[str, float] = field(default_factory=dict)
    draw: float | None = None
    option: Option | None = None
    """None: not answered, and the default held."""
    toggles: Mapping[str, Switched] = field(default_factory=dict)
    """By toggle id."""
    played: Decision | None = None
    """What somebody did who plays this person; None: the model chose."""


@dataclass
class Answers:
    """What somebody's answers amount to so far, as sets of categories for the one purpose."""

    own: Categories = NOTHING
    refused: Categories = NOTHING
    unanswered: Categories = NOTHING
    by_default: Categories = NOTHING
    forced: Categories = NOTHING
    bundled: Categories = NOTHING
    unequal: Categories = NOTHING
    by_others: Categories = NOTHING
    by_host: Categories = NOTHING
    """Of what was granted for everybody, what the host granted last."""
    left: bool = False
    told: bool = False
    """A stage was shown to them that says that data are taken."""
    noticed: bool = False
    """They answered such a stage, and did not overlook it."""
    ended_by_refusal: bool = False
    seconds: float = 0.0
    steps: list[Step] = field(default_factory=list)

    @property
    def chosen(self) -> Categories:
        """Granted by the person's own act."""
        return self.own - self.by_default

    @property
    def blocked(self) -> Categories:
        """Refused, or unanswered where silence means no."""
        return self.refused | self.unanswered

    def answer(
        self, asked_for: Categories, granted: Categories, by_default: Categories = NOTHING, *, host: bool = False
    ) -> None:
        """Take an answer to a stage; for what the stage asks, the last answer counts."""
        self.own = (self.own - asked_for) | granted
        self.refused = (self.refused - asked_for) | (asked_for - granted)
        self.unanswered -= asked_for
        self.by_default = (self.by_default - asked_for) | by_default
        self.forced -= asked_for
        self.bundled -= asked_for
        self.unequal -= asked_for
        self.by_host = (self.by_host - asked_for) | (granted if host else NOTHING)

    def hold_default(self, flow: Flow, stage: Stage, purpose: Purpose) -> None:
        """The stage's default holds, for whatever has not been answered."""
        still_open = categories_for(asked(stage), purpose) - self.own - self.refused
        if stage.default is Default.NONE:
            return
        option = default_option(stage)
        granted = NOTHING
        if stage.default is Default.ON and option is not None:
            granted = categories_for(untouched(option, stage), purpose) & still_open
        self.own |= granted
        self.by_default |= granted
        self.by_host |= granted if stage.actor is Actor.HOST else NOTHING
        self.unanswered |= still_open - granted

    def share_of_host(self, common: Answers) -> None:
        """What the host granted for everybody is the host's own grant too, if nothing that came later takes it away."""
        granted = common.by_host - self.own - self.blocked
        self.own |= granted
        self.by_default |= common.by_default & granted
        self.forced |= common.forced & granted
        self.bundled |= common.bundled & granted
        self.unequal |= common.unequal & granted
        self.told |= bool(granted)
        self.noticed |= bool(granted - common.by_default)


def walk_stages(
    binds: Affects, person: Participant, meeting: Meeting, flow: Flow, setting: Setting, mine: Answers
) -> None:
    """Take one person through the stages that bind them alone, or the officers through those that bind all."""
    stages = [stage for stage in flow.stages if stage.binds is binds]
    shown = {stage.id: 0 for stage in stages}
    prompts = 0
    position = 0
    while position < len(stages):
        stage = stages[position]
        if not meets(stage, person, meeting):
            position += 1
            continue
        actor = person if stage.actor in (Actor.PARTICIPANT, Actor.HOST) else meeting.officers.get(stage.actor)
        showing = shown[stage.id]
        option: Option | None = None
        if showing < stage.shows:
            shown[stage.id] += 1
            mine.told |= informs(stage)
            given = _given(stage, setting)
            if given is not None:
                option = _settle(given, stage, showing, prompts, actor or person, flow, setting, mine)
            elif actor is not None:  # the provider's answer is its default
                option = _meet(stage, showing, prompts, actor, flow, setting, mine)
                prompts += option is not None
            mine.noticed |= informs(stage) and option is not None
        if option is None:
            mine.hold_default(flow, stage, setting.purpose)
        elif leaves(option, flow, stage) and binds is Affects.SELF:
            mine.left = True
            return
        followed = option or default_option(stage)
        if followed is not None and followed.next == DONE:
            mine.ended_by_refusal = followed.effect in (Effect.DENY, Effect.LEAVE)
            return
        if followed is not None and followed.next is not None:
            named = next((index for index, other in enumerate(stages) if other.id == followed.next), len(stages))
            # A stage that has been shown as often as it may be does not lead back, or the asking would never end.
            position = named if showing < stage.shows else max(named, position + 1)
        else:
            position += 1


def meets(stage: Stage, person: Participant, meeting: Meeting) -> bool:
    """Whether the stage exists for somebody; one that binds the meeting, for its host."""
    when = stage.when
    return (
        when.met_in(person.code)
        and (when.least_age is None or person.age >= when.least_age)
        and (when.roles is None or person.role in when.roles)
        and (when.channels is None or person.channel in when.channels)
        and (when.confidentiality is None or meeting.confidentiality in when.confidentiality)
    )


def _given(stage: Stage, setting: Setting) -> Option | None:
    wanted = setting.settled.get(stage.actor)
    return next((option for option in draw_order(stage) if option.effect is wanted), None)


def _attention_logit(stage: Stage, prompts: int, person: Participant, setting: Setting) -> float:
    logit = attention_logit(person.chooser, stage, prompts, setting.parameters)
    return logit if in_account(stage) else logit - person.tired


def _recalled(stage: Stage, showing: int, person: Participant) -> bool:
    return person.draws.at_stage(stage, showing, "recall") < recall_share(stage)


def _settle(
    option: Option,
    stage: Stage,
    showing: int,
    prompts: int,
    person: Participant,
    flow: Flow,
    setting: Setting,
    mine: Answers,
) -> Option:
    """Take the answer that the scenario gives."""
    attention = sigmoid(_attention_logit(stage, prompts, person, setting))
    recalled = _recalled(stage, showing, person)
    given = None if person.weighed is None else person.weighed(flow.stages.index(stage), prompts, recalled)
    mine.steps.append(
        Step(stage=stage, attention=attention, recalled=recalled, settled=True, weighing=given, option=option)
    )
    chooser = person.ordinary if recalled else person.chooser
    return _take(option, stage, showing, attention, chooser, person, flow, setting, mine)


def _meet(
    stage: Stage, showing: int, prompts: int, person: Participant, flow: Flow, setting: Setting, mine: Answers
) -> Option | None:
    """Show a stage to somebody: they miss it, recall an earlier answer, or choose; the answer is taken."""
    parameters, draws = setting.parameters, person.draws
    logit = _attention_logit(stage, prompts, person, setting)
    attention = sigmoid(logit)
    noticing = logit + notice_logit(stage, parameters)
    if person.weighed is not None:
        noticing = person.weighed(flow.stages.index(stage), prompts, False).noticing
    played = None if person.decider is None else person.decider.at_stage(stage, showing, mine)
    if played is not None:
        missed = played.option is None
    else:
        missed = not stage.blocking and draws.at_stage(stage, showing, "notice") >= sigmoid(noticing)
    if missed:
        mine.steps.append(Step(stage=stage, attention=attention, noticed=False, played=played))
        return None

    recalled = played is None and _recalled(stage, showing, person)
    chooser = person.ordinary if recalled else person.chooser
    options = draw_order(stage)
    weighed = {option.id: terms(option, stage, flow, chooser, attention, parameters) for option in options}
    given = None if person.weighed is None else person.weighed(flow.stages.index(stage), prompts, recalled)
    if given is not None:
        weighed = {option.id: {"behaviour": utility} for option, utility in zip(options, given.utilities, strict=False)}
    utilities = [sum(weighed[option.id].values()) for option in options]
    draw = draws.at_stage(stage, showing, "choice")
    option = options[choose(utilities, draw)]
    misread = stage.negated and draws.at_stage(stage, showing, "misread") < parameters.misread.value
    if misread:
        option = _opposite(option, options)
    if played is not None:
        option, misread = next(one for one in options if one.id == played.option), False
    step = Step(
        stage=stage,
        attention=attention,
        recalled=recalled,
        misread=misread,
        terms=weighed,
        weighing=given,
        probability=dict(zip(weighed, probabilities(utilities), strict=True)),
        draw=draw if played is None else None,
        option=option,
        played=played,
    )
    mine.steps.append(step)
    return _take(option, stage, showing, attention, chooser, person, flow, setting, mine)


def _opposite(option: Option, options: Sequence[Option]) -> Option:
    wanted = {Effect.GRANT: Effect.DENY, Effect.DENY: Effect.GRANT}.get(option.effect)
    return next((other for other in options if other.effect is wanted), option)


def _take(
    option: Option,
    stage: Stage,
    showing: int,
    attention: float,
    chooser: Chooser,
    person: Participant,
    flow: Flow,
    setting: Setting,
    mine: Answers,
) -> Option:
    """Enter an answer into what the person has granted and refused, and count its seconds."""
    purpose, parameters = setting.purpose, setting.parameters
    asked_for, given = categories_for(asked(stage), purpose), mine.steps[-1].weighing
    flips = 0
    if option.effect is Effect.GRANT:
        own = grants_of(option.grants)
        granted, together, silent = categories_for(own, purpose), bundled(own, purpose), NOTHING
        if option.toggles is ToggleSetting.ALL_ON:
            granted = categories_for(untouched(option, stage), purpose)
        elif option.toggles is ToggleSetting.AS_SET:
            for number, toggle in enumerate(stage.toggles):
                weighed = toggle_terms(toggle, chooser, attention, parameters)
                if given is not None:
                    weighed = {"behaviour": given.toggles[number]}
                chance = sigmoid(sum(weighed.values()))
                played = mine.steps[-1].played
                drawn = person.draws.at_stage(stage, showing, "toggle", number) < chance
                on = drawn if played is None else toggle.id in played.on
                switched = {**mine.steps[-1].toggles, toggle.id: Switched(chance, on, weighed)}
                mine.steps[-1] = replace(mine.steps[-1], toggles=switched)
                flips += on is not (toggle.default is Default.ON)
                if on:
                    taken = categories_for(grants_of(toggle.grants), purpose)
                    granted |= taken
                    together |= bundled(grants_of(toggle.grants), purpose)
                    silent |= taken if toggle.default is Default.ON else NOTHING
        # Staying without a click is silence.
        by_default = granted if clicks(option, flow) == 0 else silent - categories_for(own, purpose)
        mine.answer(asked_for, granted, by_default, host=stage.actor is Actor.HOST)
        mine.bundled |= together
        mine.forced |= granted & forced(flow, stage, purpose)
        mine.unequal |= granted & unequal_path(flow, stage, purpose)
    elif option.effect is Effect.DENY or (option.effect is Effect.LEAVE and stage.binds is Affects.MEETING):
        # Objecting where nothing is asked means objecting to the content that is taken.
        mine.answer(asked_for or mine.by_others & CONTENT, NOTHING)
    elif option.effect is Effect.DEFER:
        mine.hold_default(flow, stage, purpose)
    if stage.at is At.JOIN and not mine.steps[-1].recalled:
        mine.seconds += reading_seconds(stage, attention, parameters)
        mine.seconds += parameters.click_seconds.value * (clicks(option, flow) + flips)
    return option
