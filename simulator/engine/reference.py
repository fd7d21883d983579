"""The model in plain Python, written to be read aloud. The kernel must equal it choice for choice.

One meeting at a time: officers settle what binds the meeting; each participant walks the rest; the flow's refusal
semantics apply; the law decides about what each claimed, and then about what cannot be cut out of it; then every
category of every person has the first reason why it is not eligible, if any.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from simulator.behaviour.choice import sigmoid
from simulator.engine.inputs import Inputs
from simulator.engine.reference_people import (
    CONTENT,
    NOTHING,
    Answers,
    Categories,
    Meeting,
    Participant,
    PersonDraw,
    Setting,
)
from simulator.engine.reference_stages import walk_stages
from simulator.rules.law import Claim, Law, RecordingFault, void_because
from simulator.rules.ledger import Cause, Situation, unclaimed_because
from simulator.scenario.flow import Flow
from simulator.scenario.stage_facts import erases, no_way_back, sought, withdrawal_clicks
from simulator.scenario.vocabulary import (
    RECORDING,
    Affects,
    Confidentiality,
    DataCategory,
    Purpose,
    Refusal,
    Role,
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
    """Rule that decided, where the cause is void: for what is mixed, the rule that voided somebody else's consent."""
    claimed: Categories
    lawful: Categories
    lenient: Categories
    """Lawful if unsettled rules are read leniently; the same as `lawful` where the reading is fixed."""
    wanted: Categories


def setting_of(inputs: Inputs, flow: Flow) -> Setting:
    """What the walk of a flow needs besides it and a meeting."""
    scenario = inputs.scenario
    return Setting(
        purpose=scenario.purpose,
        parameters=inputs.parameters_of(flow),
        law=inputs.law_of(flow),
        lenient=inputs.lenient_of(flow),
        settled=scenario.settled,
    )


Verdicts = dict[DataCategory, tuple[Cause, str]]
"""Of what was claimed and is void: why, and by which rule."""


def walk(meeting: Meeting, flow: Flow, setting: Setting) -> list[Outcome]:
    """Take one meeting through a flow."""
    common = settle_for_all(meeting, flow, setting)
    switched_off = common.blocked
    if common.ended_by_refusal:
        # Without the feature no content is taken, whoever granted it; other data may be, without it.
        switched_off |= sought(flow, setting.purpose) - (common.own - CONTENT)

    answers = [Answers(by_others=common.own) for _ in meeting.people]
    if not common.ended_by_refusal:
        for person, mine in zip(meeting.people, answers, strict=True):
            walk_stages(Affects.SELF, person, meeting, flow, setting, mine)
    answers[0].share_of_host(common)

    vetoed = _vetoed(meeting, flow, setting, answers)
    present = [mine for mine in answers if not mine.left]
    ended = answers[0].left or len(present) < 2

    claims = [_claim_alone(flow, mine, switched_off | vetoed, ended=ended) for mine in answers]
    spoiled = NOTHING
    for person, mine, claim in zip(meeting.people, answers, claims, strict=True):
        if not ended and not mine.left and not _view_only(flow, mine):
            spoiled |= (frozenset(flow.capture.mixed) & sought(flow, setting.purpose) & _produced(person)) - claim
    claims = [claim - spoiled for claim in claims]

    void = _void(meeting, flow, setting, answers, claims, setting.law)
    leniently = void if setting.lenient is None else _void(meeting, flow, setting, answers, claims, setting.lenient)
    lawful = [claim - verdicts.keys() for claim, verdicts in zip(claims, void, strict=True)]
    withdrawn = [
        _withdraws(person, mine, own, flow, setting)
        for person, mine, own in zip(meeting.people, answers, lawful, strict=True)
    ]
    taken_back = NOTHING.union(
        *(own & _produced(person) for person, own, back in zip(meeting.people, lawful, withdrawn, strict=True) if back)
    )

    outcomes = []
    for number, (person, mine, claim) in enumerate(zip(meeting.people, answers, claims, strict=True)):
        cause = _unclaimed(mine, claim, flow, ended=ended, switched_off=switched_off, vetoed=vetoed)
        cause |= {category: why for category, (why, _) in void[number].items()}
        for category in lawful[number]:
            together = category in taken_back & frozenset(flow.capture.mixed)
            cause[category] = (
                Cause.WITHDRAWN if withdrawn[number] else Cause.WITHDRAWN_TOGETHER if together else Cause.KEPT
            )
        willing = person.chooser.willing
        outcomes.append(
            Outcome(
                participant=person,
                answers=mine,
                common=common,
                cause={category: cause[category] for category in DataCategory},
                rule={category: rule for category, (_, rule) in void[number].items()},
                claimed=claim,
                lawful=lawful[number],
                lenient=claim - leniently[number].keys(),
                wanted=frozenset(word for word in DataCategory if willing[word, setting.purpose] > 0.0),
            )
        )
    return outcomes


def settle_for_all(meeting: Meeting, flow: Flow, setting: Setting) -> Answers:
    """What the meeting's officers and host settle for everybody."""
    common = Answers()
    walk_stages(Affects.MEETING, meeting.people[0], meeting, flow, setting, common)
    return common


def _produced(person: Participant) -> Categories:
    return frozenset(category for category, amount in person.produced.items() if amount > 0)


def _vetoed(meeting: Meeting, flow: Flow, setting: Setting, answers: Sequence[Answers]) -> Categories:
    """What is switched off for everybody because somebody present refused; those overruled stay or leave."""
    objected = NOTHING.union(*(mine.refused for mine in answers if not mine.left))
    if flow.refusal is Refusal.STOP_FOR_ALL:
        return objected
    if flow.refusal is not Refusal.ASK_HOST or not objected:
        return NOTHING
    if _does("yields", meeting.people[0], answers[0], setting.parameters.host_yields.value):
        return objected
    for person, mine in zip(meeting.people, answers, strict=True):
        if mine.refused and not mine.left:
            value = setting.parameters.value.value * _mean_willingness(person, mine.refused, setting.purpose)
            if _does("overruled", person, mine, sigmoid(-person.chooser.stake - value)):
                mine.left = True
            else:
                mine.by_others |= mine.refused
                mine.refused = NOTHING
    return NOTHING


def _does(what: PersonDraw, person: Participant, mine: Answers, probability: float) -> bool:
    """Whether a person does something that belongs to no stage."""
    if person.decider is not None:
        return person.decider.once(what, mine)
    return person.draws.once(what) < probability


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


def _void(
    meeting: Meeting,
    flow: Flow,
    setting: Setting,
    answers: Sequence[Answers],
    claims: Sequence[Categories],
    law: Law,
) -> list[Verdicts]:
    """What a law voids of everybody's claims: of their own, and then what is mixed with somebody's that is void."""
    broken_in = _recording_broken_in(meeting, answers, claims, law)
    stuck = {role: no_way_back(flow, setting.purpose, role) for role in Role}
    void = []
    for person, mine, claim in zip(meeting.people, answers, claims, strict=True):
        verdicts: Verdicts = {}
        for category in sorted(claim):
            failed = void_because(_claim(category, person, mine, meeting, flow, stuck[person.role], broken_in), law)
            if failed is not None:
                verdicts[category] = Cause(failed[0].value), failed[1]
        void.append(verdicts)

    # Who comes first in the meeting is named, where several spoil what is recorded together.
    spoiled: dict[DataCategory, str] = {}
    for person, verdicts in zip(meeting.people, void, strict=True):
        for category in _produced(person) & verdicts.keys() & frozenset(flow.capture.mixed):
            spoiled.setdefault(category, verdicts[category][1])
    for claim, verdicts in zip(claims, void, strict=True):
        for category in claim & spoiled.keys():
            verdicts.setdefault(category, (Cause.MIXED, spoiled[category]))
    return void


def _claim(
    category: DataCategory,
    person: Participant,
    mine: Answers,
    meeting: Meeting,
    flow: Flow,
    stuck: Categories,
    broken_in: str | None,
) -> Claim:
    return Claim(
        code=person.code,
        host_code=meeting.people[0].code,
        confidentiality=meeting.confidentiality,
        sector=meeting.sector,
        role=person.role,
        age=person.age,
        recording_broken_in=broken_in if category in RECORDING else None,
        granted_oneself=category in mine.own,
        by_default=category in mine.by_default,
        forced=category in mine.forced,
        detriment=flow.refusal is Refusal.VIEW_ONLY,
        bundled=category in mine.bundled,
        unequal_path=category in mine.unequal,
        no_way_back=category in stuck,
        voiceprint=flow.capture.voiceprint and category in SPEECH,
    )


def _recording_broken_in(
    meeting: Meeting, answers: Sequence[Answers], claims: Sequence[Categories], law: Law
) -> str | None:
    """The jurisdiction, of the strictest rule broken among those of the people present; None where none is."""
    recorded = [claim & frozenset(RECORDING) for claim in claims]
    # What is said to everybody is no private talk, and that is what these laws protect.
    if meeting.confidentiality is Confidentiality.PUBLIC or not any(recorded):
        return None
    faults = RecordingFault(0)
    for mine, part in zip(answers, recorded, strict=True):
        if not mine.left:
            faults |= RecordingFault.UNTOLD if not mine.told else RecordingFault(0)
            faults |= RecordingFault.UNNOTICED if not mine.noticed else RecordingFault(0)
            faults |= RecordingFault.UNTOLD_RECORDED if part and not mine.told else RecordingFault(0)
            faults |= RecordingFault.UNAGREED if part - mine.chosen else RecordingFault(0)
    strictest, at = RecordingFault(0), None
    for person, mine in zip(meeting.people, answers, strict=True):
        rule = law.recording(person.code)
        if not mine.left and rule & faults and rule > strictest:
            strictest, at = rule, person.code
    return at


def _unclaimed(
    mine: Answers,
    claim: Categories,
    flow: Flow,
    *,
    ended: bool,
    switched_off: Categories,
    vetoed: Categories,
) -> dict[DataCategory, Cause]:
    """The first reason for each category of one person that is not claimed."""
    cause: dict[DataCategory, Cause] = {}
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
    return cause


def _withdraws(person: Participant, mine: Answers, lawful: Categories, flow: Flow, setting: Setting) -> bool:
    """Whether the person takes back what stands of what is already taken, where the flow lets them."""
    if not lawful or not erases(flow):
        return False
    parameters = setting.parameters
    odds = -parameters.value.value * _mean_willingness(person, lawful, setting.purpose)
    odds -= parameters.withdraw_inertia.value
    odds -= parameters.click.value * person.chooser.effort * withdrawal_clicks(flow)
    return _does("withdraws", person, mine, sigmoid(odds))
