"""Switches one pattern off: the flow as it stands, but for the one thing that a finding names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from simulator.rules.check_facts import asked_at, number_of_clicks, own_stages, stages
from simulator.rules.findings import Finding
from simulator.rules.flow_wide_checks import asked_again, reached
from simulator.rules.paths import Way, costs_the_meeting, fewest, ways_to_grant, ways_to_refuse
from simulator.rules.stage_checks import MOST_CLICKS
from simulator.scenario.flow import Flow, GrantMap, Option, Stage, Toggle, When
from simulator.scenario.flow_checks import problems
from simulator.scenario.stage_facts import informs, shown
from simulator.scenario.vocabulary import (
    TRAINING,
    Actor,
    Affects,
    Channel,
    Default,
    Effect,
    Purpose,
    Refusal,
    Role,
)

MOST_AT_STAGE = 8
"""Most options and most toggles of a stage, by its model."""
MOST_STAGES = 16
"""Most stages of a flow, by its model."""


@dataclass(frozen=True)
class Repair:
    """A flow without one pattern, or why there is none."""

    says: str
    """What is changed, or why no single change switches the pattern off."""
    flow: Flow | None = None


def repair(flow: Flow, finding: Finding) -> Repair:
    """Switch off what a finding names, and nothing else."""
    if not finding.known:
        return Repair("the file does not say, so there is nothing to switch off")
    if finding.id in _NO_SWITCH:
        return Repair(_NO_SWITCH[finding.id])
    done = _SWITCHES[finding.id](flow, finding)
    broken = done.flow is not None and problems(done.flow)
    return Repair("without it the ways through the flow would have to change too") if broken else done


def _steps(flow: Flow, finding: Finding) -> Repair:
    number, stage = _stage(flow, finding)
    if finding.mirrored:
        long, short = ways_to_grant(flow, stage, everything=True), ways_to_refuse(flow, stage, everything=False)
    else:
        long, short = ways_to_refuse(flow, stage, everything=True), ways_to_grant(flow, stage, everything=False)
    return _shortened(flow, number, long, max(1, _fewest_clicks(short)))


def _shortened(flow: Flow, number: int, ways: Sequence[Way], target: int) -> Repair:
    """Bring the shortest of some ways at a stage down to `target` clicks."""
    stage, way = flow.stages[number], fewest(ways)
    assert way is not None, "a finding about clicks has ways to compare"
    spare = (way.clicks or 0) - target
    if way.option is None or spare <= 0:
        return Repair("one click is the least that an answer takes; the default makes the other way shorter")
    option = stage.options[way.option]
    if option.clicks is None or option.clicks < spare:
        return Repair("the clicks are those of the toggles; one option for all of them would be a new one")
    options = list(stage.options)
    options[way.option] = option.model_copy(update={"clicks": option.clicks - spare})
    return Repair(
        f'"{option.label}" takes {number_of_clicks(target)}', _with_stage(flow, number, _options(stage, options))
    )


def _withdrawal(flow: Flow, finding: Finding) -> Repair:
    asking = own_stages(flow) if asked_at(own_stages(flow)) else stages(flow)
    ways = [way for _, stage in asking for way in ways_to_grant(flow, stage, everything=False)]
    clicks = max(1, _fewest_clicks(ways))
    changed = flow.withdrawal.model_copy(update={"actor": Actor.PARTICIPANT, "clicks": clicks})
    says = f"participants can take a grant back with {number_of_clicks(clicks)}"
    return Repair(says, flow.model_copy(update={"withdrawal": changed}))


def _off(flow: Flow, finding: Finding) -> Repair:
    number, stage = _stage(flow, finding)
    if finding.loc[-1] == "clicks":
        clicking = [
            option.model_copy(update={"clicks": 1}) if option.effect is Effect.GRANT and option.clicks == 0 else option
            for option in stage.options
        ]
        says = f'at "{stage.id}" it takes a click to grant'
        return Repair(says, _with_stage(flow, number, _options(stage, clicking)))
    toggles = [toggle.model_copy(update={"default": Default.OFF}) for toggle in stage.toggles]
    default = Default.OFF if stage.default is Default.ON else stage.default
    what = "the default" if stage.default is Default.ON else "every toggle"
    changed = stage.model_copy(update={"default": default, "toggles": toggles})
    return Repair(f'{what} of "{stage.id}" is off', _with_stage(flow, number, changed))


def _refusable(flow: Flow, finding: Finding) -> Repair:
    """One can refuse; where that would cost a participant the meeting, they stay and are left out instead."""
    excluded = flow.model_copy(update={"refusal": Refusal.EXCLUDED})
    if finding.loc == ("refusal",):
        return Repair("whoever refuses takes part in full and is left out of the data", excluded)
    number, stage = _stage(flow, finding)
    own = stage.binds is Affects.SELF
    frees = own and (finding.id == "c5_accept_or_leave" or flow.refusal is Refusal.LEAVE)
    changed = stage
    if not any(option.effect is Effect.DENY and shown(option) for option in stage.options):
        if len(stage.options) == MOST_AT_STAGE:
            return Repair(f'"{stage.id}" has {MOST_AT_STAGE} options already, the most there can be')
        changed = _options(stage, [*stage.options, _refusing(flow, stage)])
    says = f'at "{stage.id}" one can {"go on without granting" if own else "refuse"}'
    if frees:
        says += ", taking part in full"
    return Repair(says, _with_stage(excluded if frees else flow, number, changed))


def _refusing(flow: Flow, stage: Stage) -> Option:
    """An option that refuses, as easy and as prominent as the best of those that go along."""
    along = [option for option in stage.options if shown(option) and not costs_the_meeting(option, flow, stage)]
    counted = [option.clicks for option in along if option.clicks is not None]
    names = ("continue_without", *(f"continue_without_{number}" for number in range(MOST_AT_STAGE)))
    taken = {option.id for option in stage.options}
    return Option(
        id=next(name for name in names if name not in taken),
        label="Continue without sharing",
        effect=Effect.DENY,
        prominence=max((option.prominence for option in along), default=1.0),
        clicks=max(1, min(counted, default=1)),
    )


def _unbundled(flow: Flow, finding: Finding) -> Repair:
    """The same question once for each training purpose and once for the rest, or the toggle cut in the same way."""
    number, stage = _stage(flow, finding)
    if finding.loc[2] == "toggles":
        toggles = [part for toggle in stage.toggles for part in _cut(toggle)]
        if len(toggles) > MOST_AT_STAGE:
            return Repair(f"one toggle for each purpose would make more than {MOST_AT_STAGE}")
        changed = stage.model_copy(update={"toggles": toggles})
        return Repair(f'training has toggles of its own at "{stage.id}"', _with_stage(flow, number, changed))
    if stage.toggles:
        return Repair("the stage has toggles besides, and a question for each purpose would be a new design")
    parts = [part for part in (_about(stage, purposes) for purposes in _SEPARATE) if _grants_anything(part)]
    if len(flow.stages) + len(parts) - 1 > MOST_STAGES:
        return Repair(f"a question for each purpose would make more than {MOST_STAGES} stages")
    # The one about training keeps the id, and with it the draws of the people who answer it.
    kept = next(place for place, part in enumerate(parts) if _purposes(part) & set(TRAINING))
    parts = [part if place == kept else _renamed(part, place) for place, part in enumerate(parts)]
    parts = [*map(_goes_on, parts[:-1]), parts[-1]]
    first = {stage.id: parts[0].id}
    others = [_options(other, [_led(option, first) for option in other.options]) for other in flow.stages]
    whole = flow.model_copy(update={"stages": [*others[:number], *parts, *others[number + 1 :]]})
    return Repair(f'"{stage.id}" asks about training in a question of its own', whole)


_SEPARATE = (frozenset(Purpose) - frozenset(TRAINING), *(frozenset([purpose]) for purpose in TRAINING))


def _about(stage: Stage, purposes: frozenset[Purpose]) -> Stage:
    """The stage with its grants for some purposes only."""
    options = [option.model_copy(update={"grants": _only(option.grants, purposes)}) for option in stage.options]
    return _options(stage, [option for option in options if option.grants or option.effect is not Effect.GRANT])


def _only(grants: GrantMap, purposes: frozenset[Purpose]) -> GrantMap:
    found = {category: [purpose for purpose in named if purpose in purposes] for category, named in grants.items()}
    return {category: named for category, named in found.items() if named}


def _cut(toggle: Toggle) -> list[Toggle]:
    parts = [grants for grants in (_only(toggle.grants, purposes) for purposes in _SEPARATE) if grants]
    ids = [toggle.id, *(f"{toggle.id}_{place}" for place in range(1, len(parts)))]
    return [toggle.model_copy(update={"id": name, "grants": grants}) for name, grants in zip(ids, parts, strict=True)]


def _purposes(stage: Stage) -> set[Purpose]:
    return {purpose for option in stage.options for purposes in option.grants.values() for purpose in purposes}


def _grants_anything(stage: Stage) -> bool:
    return bool(_purposes(stage))


def _renamed(stage: Stage, place: int) -> Stage:
    return stage.model_copy(update={"id": f"{stage.id}_{place}"})


def _goes_on(stage: Stage) -> Stage:
    """Whoever grants goes on to the next part."""
    granting = [
        option.model_copy(update={"next": None}) if option.effect is Effect.GRANT else option
        for option in stage.options
    ]
    return _options(stage, granting)


def _led(option: Option, instead: dict[str, str]) -> Option:
    return option if option.next not in instead else option.model_copy(update={"next": instead[option.next]})


def _prominent(flow: Flow, finding: Finding) -> Repair:
    number, stage = _stage(flow, finding)
    equal = [option.model_copy(update={"prominence": 1.0}) if shown(option) else option for option in stage.options]
    return Repair(f'at "{stage.id}" all options stand out alike', _with_stage(flow, number, _options(stage, equal)))


def _wording(flow: Flow, finding: Finding) -> Repair:
    number, stage = _stage(flow, finding)
    if finding.loc[-1] != "negated":
        return Repair("the model knows how many words a text has, not what they mean")
    changed = stage.model_copy(update={"negated": False})
    return Repair(f'the question at "{stage.id}" is put without a negation', _with_stage(flow, number, changed))


def _everybody_told(flow: Flow, finding: Finding) -> Repair:
    number, stage = _stage(flow, finding)
    told = [other for _, other in own_stages(flow) if informs(other)]
    hosts = [Role.HOST] if any(other.actor is Actor.HOST for other in flow.stages) else []
    named = {channel for other in told for channel in other.when.channels or Channel}
    known = {role for other in told for role in other.when.roles or Role}
    when = stage.when.model_copy(
        update={
            "channels": stage.when.channels and [*stage.when.channels, *(one for one in Channel if one not in named)],
            "roles": stage.when.roles
            and [*stage.when.roles, *(one for one in Role if one not in known and one not in hosts)],
        }
    )
    if when == stage.when:
        return Repair("those left out differ by channel and role at once; name them in a stage of their own")
    changed = stage.model_copy(update={"when": When.model_validate(when.model_dump())})
    return Repair(f'"{stage.id}" is shown to those left out, too', _with_stage(flow, number, changed))


def _within_depth(flow: Flow, finding: Finding) -> Repair:
    if finding.loc[0] == "withdrawal":
        changed = flow.withdrawal.model_copy(update={"clicks": MOST_CLICKS})
        says = f"a grant can be taken back with {number_of_clicks(MOST_CLICKS)}"
        return Repair(says, flow.model_copy(update={"withdrawal": changed}))
    number, stage = _stage(flow, finding)
    ways = ways_to_grant if finding.mirrored else ways_to_refuse
    return _shortened(flow, number, ways(flow, stage, everything=not finding.mirrored), MOST_CLICKS)


def _not_asked_again(flow: Flow, finding: Finding) -> Repair:
    """Whoever is asked again takes the way of those who are not."""
    number, stage = _stage(flow, finding)
    again = {Effect.GRANT} if finding.mirrored else {Effect.DENY, Effect.DEFER}
    other = next(option for option in stage.options if (option.effect is Effect.GRANT) is not finding.mirrored)
    options = [
        option.model_copy(update={"next": other.next}) if option.effect in again else option for option in stage.options
    ]
    changed = _with_stage(flow, number, _options(stage, options))
    if asked_again(changed, changed.stages[number], options):
        return Repair("the next stage asks again whatever one answers")
    met = reached(changed, [0])
    kept = [other for place, other in enumerate(changed.stages) if place in met]
    return Repair(f'no answer at "{stage.id}" is asked for again', changed.model_copy(update={"stages": kept}))


_SWITCHES: dict[str, Callable[[Flow, Finding], Repair]] = {
    "c1_steps": _steps,
    "c2_withdrawal": _withdrawal,
    "c3_preselected": _off,
    "c4_no_refuse_option": _refusable,
    "c5_accept_or_leave": _refusable,
    "c6_bundling": _unbundled,
    "c7_prominence": _prominent,
    "c8_wording": _wording,
    "c12_channel_gap": _everybody_told,
    "c13_depth": _within_depth,
    "c15_reask": _not_asked_again,
    "c17_deadline": _off,
}
_NO_SWITCH = {
    "c9_someone_else_decides": "to ask each participant instead is another design; two_buttons is one to compare with",
    "c10_vague_purpose": "the model knows how many words a text has, not what they mean",
    "c11_late_notice": "the model does not know at which moment data are taken",
    "c14_retroactive_terms": "the model has no data from before the meeting",
    "c16_paid_refusal": "the model has no prices",
    "c18_non_user": "to tell people is a new stage; notice_only is one to compare with",
    "c19_record": "a record changes what can be proved, not what people choose",
}


def _stage(flow: Flow, finding: Finding) -> tuple[int, Stage]:
    number = finding.loc[1]
    assert isinstance(number, int), f"{finding.id} stands at a stage"
    return number, flow.stages[number]


def _with_stage(flow: Flow, number: int, stage: Stage) -> Flow:
    return flow.model_copy(update={"stages": [*flow.stages[:number], stage, *flow.stages[number + 1 :]]})


def _options(stage: Stage, options: Sequence[Option]) -> Stage:
    return stage.model_copy(update={"options": list(options)})


def _fewest_clicks(ways: Sequence[Way]) -> int:
    """The fewest counted clicks; 0 where none are."""
    way = fewest(ways)
    return 0 if way is None else way.clicks or 0
