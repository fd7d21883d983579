"""The model in plain Python, written to be read aloud. The kernel must equal it choice for choice.

One meeting at a time: officers settle what binds the meeting; each participant walks the rest; the flow's refusal
semantics apply; then every category of every person gets the first reason why it is not eligible, if any.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from simulator.behaviour.choice import sigmoid
from simulator.engine.reference_stages import (
    CONTENT,
    NOTHING,
    Answers,
    Categories,
    Meeting,
    Participant,
    Setting,
    walk_stages,
)
from simulator.rules.law import ALL_MUST_AGREE, NOTICE_SUFFICES, ONE_PARTY, Claim, Law, void_because
from simulator.rules.ledger import Cause, Situation, unclaimed_because
from simulator.scenario.flow import Flow
from simulator.scenario.stage_facts import sought
from simulator.scenario.vocabulary import (
    RECORDING,
    Actor,
    Affects,
    DataCategory,
    Purpose,
    Refusal,
    Role,
    VoidTest,
)

SPEECH = frozenset({DataCategory.AUDIO, DataCategory.TRANSCRIPT})


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
    lenient: Categories
    """Lawful if unsettled rules are read leniently; the same as `lawful` where the reading is fixed."""
    wanted: Categories


def walk(meeting: Meeting, flow: Flow, setting: Setting) -> list[Outcome]:
    """Take one meeting through a flow."""
    common = Answers()
    walk_stages(Affects.MEETING, meeting.people[0], meeting, flow, setting, common)
    switched_off = common.blocked
    if common.ended_by_refusal:
        switched_off |= sought(flow, setting.purpose) - common.own

    answers = [Answers(by_others=common.own) for _ in meeting.people]
    if not common.ended_by_refusal:
        for person, mine in zip(meeting.people, answers, strict=True):
            walk_stages(Affects.SELF, person, meeting, flow, setting, mine)

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
    lenient_broken_in = _recording_broken_in(meeting, answers, claims, setting.lenient or setting.law)

    return [
        _outcome(
            person, mine, common, claim, meeting, flow, setting,
            ended=ended, switched_off=switched_off, vetoed=vetoed, broken_in=broken_in,
            lenient_broken_in=lenient_broken_in,
        )
        for person, mine, claim in zip(meeting.people, answers, claims, strict=True)
    ]  # fmt: skip


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
    lenient_broken_in: str | None,
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
        failed = _void(category, person, mine, meeting, flow, setting.law, broken_in)
        if failed is not None:
            cause[category], rule[category] = Cause(failed[0].value), failed[1]
        else:
            cause[category] = Cause.KEPT
    lawful = frozenset(category for category, why in cause.items() if why is Cause.KEPT)
    lenient = lawful
    if setting.lenient is not None:
        verdicts = {
            category: _void(category, person, mine, meeting, flow, setting.lenient, lenient_broken_in)
            for category in claim
        }
        lenient = frozenset(category for category, failed in verdicts.items() if failed is None)
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
        lenient=lenient,
        wanted=wanted,
    )


def _void(
    category: DataCategory,
    person: Participant,
    mine: Answers,
    meeting: Meeting,
    flow: Flow,
    law: Law,
    broken_in: str | None,
) -> tuple[VoidTest, str] | None:
    """The first test that a claim fails under a law, and the rule that decided."""
    claim = Claim(
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
    )
    return void_because(claim, law)


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
