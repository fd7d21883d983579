"""Design checks of a flow as a whole: who decides, who is told and when, who is asked again, what can be taken back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from simulator.rules.check_facts import (
    asked_at,
    beyond_service,
    clicks_of,
    level,
    listed,
    number_of_clicks,
    own_stages,
    purposes_of,
    stages,
    stages_of_others,
    who,
)
from simulator.rules.findings import DEFINITION, Finding
from simulator.rules.paths import Way, takes_more, ways_to_grant
from simulator.scenario.flow import DONE, Flow, Option, Stage, When
from simulator.scenario.flow_checks import successors
from simulator.scenario.stage_facts import asked, informs
from simulator.scenario.vocabulary import Actor, At, Channel, Default, Effect, RecordField, Role

_ORDER = tuple(At)
_BY = {
    Channel.DESKTOP: "on desktops",
    Channel.MOBILE: "on mobile devices",
    Channel.PHONE: "on the phone",
    Channel.ROOM: "in meeting rooms",
}
_ROLES = {Role.HOST: "hosts", Role.SUBORDINATE: "subordinates", Role.PEER: "peers", Role.EXTERNAL: "externals"}


def withdrawal(flow: Flow) -> Iterator[Finding]:
    """c2: who can take a grant back, and in how many clicks."""
    check = DEFINITION["c2_withdrawal"]
    sought = asked_at(stages(flow))
    if not sought:
        return
    actor, counted = flow.withdrawal.actor, flow.withdrawal.clicks
    if actor is not Actor.PARTICIPANT:
        message = "Nobody can take a grant back." if actor is None else f"Only {who(actor)} can take a grant back."
        yield check.found(message, ("withdrawal", "actor"), level=level(check, sought))
        return
    asking = own_stages(flow) if asked_at(own_stages(flow)) else stages(flow)
    grant = [way for _, stage in asking for way in ways_to_grant(flow, stage, everything=False)]
    more = takes_more([Way(counted, None)], grant, allowing=1)
    if more is None:
        message = "The clicks to take a grant back, or to grant, are not counted."
        yield check.unknown(message, ("withdrawal", "clicks"))
    elif more and counted is not None:
        message = f"Taking a grant back takes {number_of_clicks(counted)}, granting {clicks_of(grant)}."
        yield check.found(message, ("withdrawal", "clicks"), level=level(check, sought))


def someone_else_decides(flow: Flow) -> Iterator[Finding]:
    """c9: grants by others of what participants are not asked for."""
    check = DEFINITION["c9_someone_else_decides"]
    for loc, stage in stages_of_others(flow):
        granted = asked(stage) - asked_at(own_stages(flow))
        if granted:
            message = f'At "{stage.id}" {who(stage.actor)} settles {listed(granted)} for everybody.'
            yield check.found(message, (*loc, "actor"), level=level(check, granted))


def late_notice(flow: Flow) -> Iterator[Finding]:
    """c11: the first word to participants, and what was granted before it."""
    check = DEFINITION["c11_late_notice"]
    told = [(loc, stage) for loc, stage in own_stages(flow) if informs(stage)]
    if not told:
        return
    loc, first = min(told, key=lambda item: _ORDER.index(item[1].at))
    # Where the own question stands off until it is answered, nothing is taken before it.
    waiting = asked_at((place, stage) for place, stage in told if stage.default is not Default.ON)
    before = [item for item in stages_of_others(flow) if _ORDER.index(item[1].at) < _ORDER.index(first.at)]
    granted = asked_at(before) - waiting
    if granted and first.at in (At.IN_MEETING, At.AFTER):
        when = "in" if first.at is At.IN_MEETING else "after"
        message = (
            f'Participants are first told {when} the meeting, at "{first.id}"; before, others grant {listed(granted)}.'
        )
        yield check.found(message, (*loc, "at"), level=level(check, granted))


def channel_gap(flow: Flow) -> Iterator[Finding]:
    """c12: channels and roles for which there is no stage, while there is one for others."""
    check = DEFINITION["c12_channel_gap"]
    granted = asked_at(stages_of_others(flow))
    told = [(loc, stage) for loc, stage in own_stages(flow) if informs(stage)]
    hosts = {Role.HOST} if any(stage.actor is Actor.HOST for stage in flow.stages) else set()
    roles = [role for role in Role if role not in hosts]
    gaps = [
        (channel, role)
        for channel, role in product(Channel, roles)
        if not any(_covers(stage.when, channel, role) for _, stage in told)
    ]
    if granted and told and gaps:
        message = f"No stage asks or tells {_people(gaps, roles)}; others grant {listed(granted)}."
        yield check.found(message, (*told[0][0], "when"), level=level(check, granted))


def _covers(when: When, channel: Channel, role: Role) -> bool:
    return (when.channels is None or channel in when.channels) and (when.roles is None or role in when.roles)


def _people(gaps: Sequence[tuple[Channel, Role]], roles: Sequence[Role]) -> str:
    """Whom the gaps leave out: whole channels, whole roles, and pairs that are left."""
    channels = [channel for channel in Channel if all((channel, role) in gaps for role in roles)]
    whole = [role for role in roles if all((channel, role) in gaps for channel in Channel)]
    left = [(channel, role) for channel, role in gaps if channel not in channels and role not in whole]
    named = [f"people {_BY[channel]}" for channel in channels] + [_ROLES[role] for role in whole]
    return ", ".join(named + [f"{_ROLES[role]} {_BY[channel]}" for channel, role in left])


def retroactive_terms(flow: Flow) -> Iterator[Finding]:
    """c14: terms that reach back."""
    check, place = DEFINITION["c14_retroactive_terms"], ("retroactive_terms",)
    granted = beyond_service(asked_at(stages(flow)))
    if granted and flow.retroactive_terms is None:
        yield check.unknown("Whether the terms reach data already held is not known.", place)
    elif granted and flow.retroactive_terms:
        yield check.found(f"The terms reach data already held, for {purposes_of(granted)}.", place)


def reask(flow: Flow) -> Iterator[Finding]:
    """c15: who is asked the same again."""
    check = DEFINITION["c15_reask"]
    for loc, stage in own_stages(flow):
        refused = [option for option in stage.options if option.effect is Effect.DENY] or [
            option for option in stage.options if option.effect is Effect.DEFER
        ]
        granted = [option for option in stage.options if option.effect is Effect.GRANT]
        after_no, after_yes = (asked_again(flow, stage, options) for options in (refused, granted))
        if after_no and granted and not after_yes:
            message = f'Whoever refuses at "{stage.id}" is asked again at "{after_no[0]}"; whoever grants is not.'
            yield check.found(message, loc, level=level(check, asked(stage)))
        elif after_yes and refused and not after_no:
            message = f'Whoever grants at "{stage.id}" is asked again at "{after_yes[0]}"; whoever refuses is not.'
            yield check.mirrored(message, loc)


def asked_again(flow: Flow, stage: Stage, options: Sequence[Option]) -> list[str]:
    """Ids of the participants' stages, after one of these options, that ask for some of the same again."""
    index = {other.id: number for number, other in enumerate(flow.stages)}
    going_on = [option for option in options if option.effect is not Effect.LEAVE]
    found = reached(flow, (_next(option, index[stage.id], index) for option in going_on))
    return [
        other.id
        for number, other in enumerate(flow.stages)
        if number in found
        and other.actor is Actor.PARTICIPANT
        and asked(other) & asked(stage)
        and _same_people(other.when, stage.when)
    ]


def reached(flow: Flow, start: Iterable[int]) -> set[int]:
    """Indices of the stages that can be met from some stages on, these among them."""
    after, waiting = successors(flow), list(start)
    found: set[int] = set()
    while waiting:
        number = waiting.pop()
        if 0 <= number < len(flow.stages) and number not in found:
            found.add(number)
            waiting += after[number]
    return found


def _next(option: Option, number: int, index: dict[str, int]) -> int:
    if option.next is None:
        return number + 1
    return -1 if option.next == DONE else index[option.next]


def _same_people(one: When, other: When) -> bool:
    """Whether somebody meets both stages."""
    pairs = ((one.channels, other.channels), (one.roles, other.roles), (one.jurisdictions, other.jurisdictions))
    somebody = all(first is None or second is None or set(first) & set(second) for first, second in pairs)
    named = one.jurisdictions or other.jurisdictions
    return somebody and (named is None or any(one.met_in(code) and other.met_in(code) for code in named))


def paid_refusal(flow: Flow) -> Iterator[Finding]:
    """c16: refusal on a dearer plan."""
    check, place = DEFINITION["c16_paid_refusal"], ("paid_refusal",)
    granted = beyond_service(asked_at(stages(flow)))
    if granted and flow.paid_refusal is None:
        yield check.unknown("Whether refusing takes a dearer plan is not known.", place)
    elif granted and flow.paid_refusal:
        yield check.found(f"Refusing {purposes_of(granted)} takes a dearer plan.", place)


def non_user(flow: Flow) -> Iterator[Finding]:
    """c18: people of whom data are taken, and whom no stage knows."""
    check = DEFINITION["c18_non_user"]
    taking = [(loc, stage) for loc, stage in stages_of_others(flow) if asked(stage)]
    granted = asked_at(taking)
    if granted and not any(informs(stage) for _, stage in own_stages(flow)):
        hidden = " but one that nothing leads to" if asked_at(own_stages(flow)) else ""
        message = f"Others grant {listed(granted)} for everybody, and no stage{hidden} asks or tells participants."
        yield check.found(message, taking[0][0], level=level(check, granted))


def record(flow: Flow) -> Iterator[Finding]:
    """c19: what is written down of a consent."""
    check, place = DEFINITION["c19_record"], ("record",)
    if not asked_at(stages(flow)):
        return
    if flow.record is None:
        yield check.unknown("What the record of a consent holds is not known.", place)
    elif missing := [field.value for field in RecordField if field not in flow.record]:
        yield check.found(f"The record of a consent lacks {', '.join(missing)}.", place)
