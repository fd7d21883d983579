"""The model in plain Python, written to be read aloud. The kernel must equal it choice for choice.

One meeting at a time: officers settle what binds the meeting; each participant walks the rest; the flow's refusal
semantics apply; then every category of every person gets the first reason why it is not eligible, if any.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from simulator.behaviour.choice import (
    Chooser,
    Terms,
    attention_logit,
    choose,
    probabilities,
    reading_seconds,
    sigmoid,
    terms,
    toggle_terms,
)
from simulator.rules.law import ALL_MUST_AGREE, NOTICE_SUFFICES, ONE_PARTY, Claim, Law, void_because
from simulator.rules.ledger import Cause, Situation, unclaimed_because
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
    informs,
    leaves,
    sought,
    unequal_path,
    untouched,
)
from simulator.scenario.vocabulary import (
    RECORDING,
    Actor,
    Affects,
    At,
    Channel,
    Confidentiality,
    DataCategory,
    Default,
    Effect,
    Purpose,
    Refusal,
    Role,
    ToggleSetting,
)

Categories = frozenset[DataCategory]
StageDraw = Literal["notice", "choice", "recall", "misread", "toggle"]
PersonDraw = Literal["yields", "overruled", "withdraws"]
NOTHING: Categories = frozenset()
EVERYTHING: Categories = frozenset(DataCategory)
CONTENT = EVERYTHING - {DataCategory.TELEMETRY}
SPEECH = frozenset({DataCategory.AUDIO, DataCategory.TRANSCRIPT})


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


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """One meeting and everybody who matters to it."""

    id: int
    kind: str
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
    settled: Mapping[Actor, Effect]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One stage that somebody met: what they weighed and what they did."""

    stage: Stage
    attention: float
    noticed: bool = True
    recalled: bool = False
    misread: bool = False
    settled: bool = False
    terms: Mapping[str, Terms] = field(default_factory=dict)
    """Of each option, by id, in draw order; empty where nothing was weighed."""
    probability: Mapping[str, float] = field(default_factory=dict)
    draw: float | None = None
    option: Option | None = None
    """None: not answered, and the default held."""
    toggles: Mapping[str, tuple[float, bool]] = field(default_factory=dict)
    """Probability of on, and whether it ended on, by toggle id."""


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
    left: bool = False
    notified: bool = False
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

    def answer(self, asked_for: Categories, granted: Categories, by_default: Categories = NOTHING) -> None:
        """Take an answer to a stage; for what the stage asks, the last answer counts."""
        self.own = (self.own - asked_for) | granted
        self.refused = (self.refused - asked_for) | (asked_for - granted)
        self.unanswered -= asked_for
        self.by_default = (self.by_default - asked_for) | by_default
        self.forced -= asked_for
        self.bundled -= asked_for
        self.unequal -= asked_for

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
        self.unanswered |= still_open - granted


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one participant's data."""

    participant: Participant
    answers: Answers
    common: Answers
    """What the meeting's officers and host settled for everybody."""
    cause: Mapping[DataCategory, Cause]
    """First reason, or `kept`."""
    rule: Mapping[DataCategory, str]
    """Rule that decided, where the cause is void."""
    claimed: Categories
    lawful: Categories
    wanted: Categories


def walk(meeting: Meeting, flow: Flow, setting: Setting) -> list[Outcome]:
    """Take one meeting through a flow."""
    common = Answers()
    _walk_stages(Affects.MEETING, meeting.people[0], meeting, flow, setting, common)
    switched_off = common.blocked
    if common.ended_by_refusal:
        switched_off |= sought(flow, setting.purpose) - common.own

    answers = [Answers(by_others=common.own) for _ in meeting.people]
    if not common.ended_by_refusal:
        for person, mine in zip(meeting.people, answers, strict=True):
            _walk_stages(Affects.SELF, person, meeting, flow, setting, mine)

    vetoed = _vetoed(meeting, flow, setting, answers)
    present = [mine for mine in answers if not mine.left]
    ended = answers[0].left or len(present) < 2

    claims = [_claim_alone(flow, mine, switched_off | vetoed, ended=ended) for mine in answers]
    spoiled = NOTHING
    for person, mine, claim in zip(meeting.people, answers, claims, strict=True):
        if not ended and not mine.left and not _view_only(flow, mine):
            produced = {category for category, amount in person.produced.items() if amount > 0}
            spoiled |= (frozenset(flow.capture.mixed) & sought(flow, setting.purpose) & produced) - claim
    claims = [claim - spoiled for claim in claims]
    broken_in = _recording_broken_in(meeting, answers, claims, setting.law)

    return [
        _outcome(
            person, mine, common, claim, meeting, flow, setting,
            ended=ended, switched_off=switched_off, vetoed=vetoed, broken_in=broken_in,
        )
        for person, mine, claim in zip(meeting.people, answers, claims, strict=True)
    ]  # fmt: skip


def _walk_stages(
    binds: Affects, person: Participant, meeting: Meeting, flow: Flow, setting: Setting, mine: Answers
) -> None:
    """Take one person through the stages that bind them alone, or the officers through those that bind all."""
    stages = [stage for stage in flow.stages if stage.binds is binds]
    shown = {stage.id: 0 for stage in stages}
    prompts = 0
    position = 0
    while position < len(stages):
        stage = stages[position]
        if not _meets(stage, person):
            position += 1
            continue
        actor = person if stage.actor in (Actor.PARTICIPANT, Actor.HOST) else meeting.officers.get(stage.actor)
        showing = shown[stage.id]
        option: Option | None = None
        if showing < stage.shows:
            shown[stage.id] += 1
            mine.notified |= informs(stage)
            given = _given(stage, setting)
            if given is not None:
                option = _settle(given, stage, showing, prompts, actor or person, flow, setting, mine)
            elif actor is not None:  # the provider's answer is its default
                option = _meet(stage, showing, prompts, actor, flow, setting, mine)
                prompts += option is not None
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


def _meets(stage: Stage, person: Participant) -> bool:
    when = stage.when
    return (
        (when.jurisdictions is None or person.code in when.jurisdictions)
        and (when.roles is None or person.role in when.roles)
        and (when.channels is None or person.channel in when.channels)
    )


def _given(stage: Stage, setting: Setting) -> Option | None:
    wanted = setting.settled.get(stage.actor)
    return next((option for option in draw_order(stage) if option.effect is wanted), None)


def _attention_logit(stage: Stage, prompts: int, person: Participant, setting: Setting) -> float:
    return attention_logit(person.chooser, stage, prompts, setting.parameters)


def _recalled(stage: Stage, showing: int, person: Participant) -> bool:
    share = 1.0 - 1.0 / stage.remember if stage.remember is not None else 0.0
    return person.draws.at_stage(stage, showing, "recall") < share


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
    mine.steps.append(Step(stage=stage, attention=attention, recalled=recalled, settled=True, option=option))
    chooser = person.ordinary if recalled else person.chooser
    return _take(option, stage, showing, attention, chooser, person, flow, setting, mine)


def _meet(
    stage: Stage, showing: int, prompts: int, person: Participant, flow: Flow, setting: Setting, mine: Answers
) -> Option | None:
    """Show a stage to somebody: they miss it, recall an earlier answer, or choose; the answer is taken."""
    parameters, draws = setting.parameters, person.draws
    logit = _attention_logit(stage, prompts, person, setting)
    attention = sigmoid(logit)
    if not stage.blocking and draws.at_stage(stage, showing, "notice") >= sigmoid(logit + parameters.notice.value):
        mine.steps.append(Step(stage=stage, attention=attention, noticed=False))
        return None

    recalled = _recalled(stage, showing, person)
    chooser = person.ordinary if recalled else person.chooser
    options = draw_order(stage)
    weighed = {option.id: terms(option, stage, flow, chooser, attention, parameters) for option in options}
    utilities = [sum(weighed[option.id].values()) for option in options]
    draw = draws.at_stage(stage, showing, "choice")
    option = options[choose(utilities, draw)]
    misread = stage.negated and draws.at_stage(stage, showing, "misread") < parameters.misread.value
    if misread:
        option = _opposite(option, options)
    step = Step(
        stage=stage,
        attention=attention,
        recalled=recalled,
        misread=misread,
        terms=weighed,
        probability=dict(zip(weighed, probabilities(utilities), strict=True)),
        draw=draw,
        option=option,
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
    asked_for = categories_for(asked(stage), purpose)
    flips = 0
    if option.effect is Effect.GRANT:
        own = grants_of(option.grants)
        granted, together, silent = categories_for(own, purpose), bundled(own, purpose), NOTHING
        if option.toggles is ToggleSetting.ALL_ON:
            granted = categories_for(untouched(option, stage), purpose)
        elif option.toggles is ToggleSetting.AS_SET:
            for number, toggle in enumerate(stage.toggles):
                odds = sum(toggle_terms(toggle, chooser, attention, parameters).values())
                on = person.draws.at_stage(stage, showing, "toggle", number) < sigmoid(odds)
                mine.steps[-1] = replace(
                    mine.steps[-1], toggles={**mine.steps[-1].toggles, toggle.id: (sigmoid(odds), on)}
                )
                flips += on is not (toggle.default is Default.ON)
                if on:
                    switched = categories_for(grants_of(toggle.grants), purpose)
                    granted |= switched
                    together |= bundled(grants_of(toggle.grants), purpose)
                    silent |= switched if toggle.default is Default.ON else NOTHING
        mine.answer(asked_for, granted, silent - categories_for(own, purpose))
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


def _vetoed(meeting: Meeting, flow: Flow, setting: Setting, answers: Sequence[Answers]) -> Categories:
    """What is switched off for everybody because somebody present refused; those overruled stay or leave."""
    objected = NOTHING.union(*(mine.refused for mine in answers if not mine.left))
    if flow.refusal is Refusal.STOP_FOR_ALL:
        return objected
    if flow.refusal is not Refusal.ASK_HOST or not objected:
        return NOTHING
    if meeting.people[0].draws.once("yields") < setting.parameters.host_yields.value:
        return objected
    for person, mine in zip(meeting.people, answers, strict=True):
        if mine.refused and not mine.left:
            value = setting.parameters.value.value * _mean_willingness(person, mine.refused, setting.purpose)
            if person.draws.once("overruled") < sigmoid(-person.chooser.stake - value):
                mine.left = True
            else:
                mine.by_others |= mine.refused
                mine.refused = NOTHING
    return NOTHING


def _mean_willingness(person: Participant, categories: Categories, purpose: Purpose) -> float:
    return sum(person.chooser.willing[category, purpose] for category in categories) / len(categories)


def _view_only(flow: Flow, mine: Answers) -> bool:
    return flow.refusal is Refusal.VIEW_ONLY and bool(mine.blocked)


def _claim_alone(flow: Flow, mine: Answers, off: Categories, *, ended: bool) -> Categories:
    """What could be claimed of a person if nothing were recorded together."""
    if ended or mine.left:
        return NOTHING
    claim = (mine.own | mine.by_others) - mine.blocked - off
    return claim - CONTENT if _view_only(flow, mine) else claim


def _recording_broken_in(
    meeting: Meeting, answers: Sequence[Answers], claims: Sequence[Categories], law: Law
) -> str | None:
    """The jurisdiction, of the strictest among those present, whose recording rule was not kept."""
    strictest, at = ONE_PARTY, None
    unaware = unagreed = False
    for person, mine, claim in zip(meeting.people, answers, claims, strict=True):
        if mine.left:
            continue
        if law.recording(person.code) > strictest:
            strictest, at = law.recording(person.code), person.code
        recorded = claim & frozenset(RECORDING)
        unaware |= bool(recorded) and not mine.notified
        unagreed |= bool(recorded - mine.chosen)
    broken = (strictest == NOTICE_SUFFICES and unaware) or (strictest == ALL_MUST_AGREE and unagreed)
    return at if broken else None


def _outcome(
    person: Participant,
    mine: Answers,
    common: Answers,
    claim: Categories,
    meeting: Meeting,
    flow: Flow,
    setting: Setting,
    *,
    ended: bool,
    switched_off: Categories,
    vetoed: Categories,
    broken_in: str | None,
) -> Outcome:
    """The first reason for each category of one person."""
    cause: dict[DataCategory, Cause] = {}
    rule: dict[DataCategory, str] = {}
    for category in DataCategory:
        situation = Situation(
            left=mine.left,
            meeting_ended=ended,
            switched_off=category in switched_off,
            vetoed=category in vetoed,
            view_only=_view_only(flow, mine) and category in CONTENT,
            granted=category in mine.own | mine.by_others,
            refused=category in mine.refused,
            unanswered=category in mine.unanswered,
            mixed_with_ungranted=category not in claim,
        )
        reason = unclaimed_because(situation)
        if reason is not None:
            cause[category] = reason
            continue
        failed = void_because(
            Claim(
                code=person.code,
                confidentiality=meeting.confidentiality,
                age=person.age,
                recording_broken_in=broken_in if category in RECORDING else None,
                granted_oneself=category in mine.own,
                by_default=category in mine.by_default,
                forced=category in mine.forced,
                detriment=flow.refusal is Refusal.VIEW_ONLY,
                bundled=category in mine.bundled,
                unequal_path=category in mine.unequal,
                subordinate=person.role is Role.SUBORDINATE,
                voiceprint=flow.capture.voiceprint and category in SPEECH,
            ),
            setting.law,
        )
        if failed is not None:
            cause[category], rule[category] = Cause(failed[0].value), failed[1]
        else:
            cause[category] = Cause.KEPT
    lawful = frozenset(category for category, why in cause.items() if why is Cause.KEPT)
    if lawful and _withdraws(person, lawful, flow, setting):
        cause.update(dict.fromkeys(lawful, Cause.WITHDRAWN))
    wanted = frozenset(category for category in DataCategory if person.chooser.willing[category, setting.purpose] > 0.0)
    return Outcome(
        participant=person,
        answers=mine,
        common=common,
        cause=cause,
        rule=rule,
        claimed=claim,
        lawful=lawful,
        wanted=wanted,
    )


def _withdraws(person: Participant, lawful: Categories, flow: Flow, setting: Setting) -> bool:
    """Whether the person takes back what is already taken, where the flow lets them."""
    withdrawal, assumes, parameters = flow.withdrawal, flow.assumes, setting.parameters
    retroactive = withdrawal.retroactive if withdrawal.retroactive is not None else assumes.retroactive
    if withdrawal.actor is not Actor.PARTICIPANT or not retroactive:
        return False
    counted = withdrawal.clicks if withdrawal.clicks is not None else assumes.withdrawal_clicks
    assert counted is not None, f"{flow.id} passed the loader without clicks to withdraw"
    odds = -parameters.value.value * _mean_willingness(person, lawful, setting.purpose)
    odds -= parameters.withdraw_inertia.value
    odds -= parameters.click.value * person.chooser.effort * counted
    return person.draws.once("withdraws") < sigmoid(odds)
