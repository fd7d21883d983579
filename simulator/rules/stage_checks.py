"""Design checks of one stage at a time: its options, clicks, toggles, defaults and words."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.rules.check_facts import (
    asked_at,
    beyond_service,
    clicks_of,
    for_training,
    level,
    listed,
    number_of_clicks,
    own_stages,
    place_of,
    purposes_of,
    stages,
    stages_of_others,
)
from simulator.rules.findings import DEFINITION, Finding, Loc
from simulator.rules.paths import (
    Grant,
    Way,
    by_default,
    costs_the_meeting,
    refuses,
    silence_counts,
    takes_more,
    ways_to_grant,
    ways_to_refuse,
)
from simulator.rules.wording import AGAINST, GUILT, LOSS, double_negative, names_improvement, names_training, phrase
from simulator.scenario.flow import Flow, Option, Stage
from simulator.scenario.grants import Grants, grants_of
from simulator.scenario.stage_facts import asked, limits, shown, untouched
from simulator.scenario.vocabulary import TRAINING, Default, Effect, Purpose, Refusal, ToggleSetting

MOST_CLICKS = 4
"""Most clicks to refuse or take back of which `depth` says nothing, after TC260-003-2024."""


def steps(flow: Flow) -> Iterator[Finding]:
    """c1: clicks to refuse against clicks to grant."""
    check = DEFINITION["c1_steps"]
    for loc, stage in stages(flow):
        refuse, grant = ways_to_refuse(flow, stage, everything=True), ways_to_grant(flow, stage, everything=False)
        more = takes_more(refuse, grant)
        if more is None:
            message = f'The clicks at "{stage.id}" are not all counted, so it is not known which answer takes more.'
            yield check.unknown(message, (*loc, "options"))
        elif more:
            message = f'At "{stage.id}" refusing takes {clicks_of(refuse)}, granting {clicks_of(grant)}.'
            yield check.found(message, place_of(refuse, loc), level=level(check, asked(stage)))
        grant_all = ways_to_grant(flow, stage, everything=True)
        refuse_any = ways_to_refuse(flow, stage, everything=False)
        if takes_more(grant_all, refuse_any, allowing=1):
            message = f'At "{stage.id}" granting all takes {clicks_of(grant_all)}, refusing {clicks_of(refuse_any)}.'
            yield check.mirrored(message, place_of(grant_all, loc))


def preselected(flow: Flow) -> Iterator[Finding]:
    """c3: defaults and toggles that are on, and answers that take no click."""
    check = DEFINITION["c3_preselected"]
    for loc, stage in stages(flow):
        granted = beyond_service(by_default(stage))
        on = [place for place, toggle in enumerate(stage.toggles) if toggle.default is Default.ON]
        on = [place for place in on if beyond_service(grants_of(stage.toggles[place].grants))]
        if granted:
            message = f'"{stage.id}" is on by default, which grants {listed(granted)}.'
            yield check.found(message, (*loc, "default"))
        elif silent := [place for place, option in enumerate(stage.options) if _grants_silently(option, stage)]:
            option = stage.options[silent[0]]
            granted = beyond_service(untouched(option, stage))
            message = f'"{option.label}" at "{stage.id}" grants {listed(granted)} without a click.'
            yield check.found(message, (*loc, "options", silent[0], "clicks"))
        elif on:
            names = ", ".join(stage.toggles[place].id for place in on)
            message = f'At "{stage.id}" {len(on)} of {len(stage.toggles)} toggles are on: {names}.'
            yield check.found(message, (*loc, "toggles", on[0], "default"))


def _grants_silently(option: Option, stage: Stage) -> bool:
    grants = option.effect is Effect.GRANT and option.clicks == 0
    return grants and bool(beyond_service(untouched(option, stage)))


def no_refuse_option(flow: Flow) -> Iterator[Finding]:
    """c4: stages that offer yes alone, or yes and later."""
    check = DEFINITION["c4_no_refuse_option"]
    for loc, stage in stages(flow):
        options = [option for option in stage.options if shown(option)]
        can_leave = any(costs_the_meeting(option, flow, stage) for option in options)
        found = set()
        for grant in asked(stage):
            ways = {option.effect for option in options if refuses(option, grant, flow, stage)}
            if ways == {Effect.DEFER} or not (ways or can_leave or _silence_refuses(grant, flow, stage)):
                found.add(grant)
        if found:
            labels = ", ".join(f'"{option.label}"' for option in options)
            message = f'"{stage.id}" offers {labels or "nothing"}, and no way to refuse {listed(frozenset(found))}.'
            yield check.found(message, (*loc, "options"), level=level(check, frozenset(found)))


def accept_or_leave(flow: Flow) -> Iterator[Finding]:
    """c5: what not granting costs."""
    for loc, stage in own_stages(flow):
        yield from _forced(loc, stage, flow) if asked(stage) else _only_told(loc, stage, flow)


def _forced(loc: Loc, stage: Stage, flow: Flow) -> Iterator[Finding]:
    check = DEFINITION["c5_accept_or_leave"]
    options = [option for option in stage.options if shown(option)]
    exits = [option for option in options if costs_the_meeting(option, flow, stage)]
    ways = {grant: [option for option in options if refuses(option, grant, flow, stage)] for grant in asked(stage)}
    stuck = frozenset(grant for grant, found in ways.items() if exits and not found)
    muted = frozenset(
        grant for grant, found in ways.items() if found and all(_muted(option, flow, stage) for option in found)
    )
    if stuck:
        silent = all(_silence_refuses(grant, flow, stage) for grant in stuck)
        message = f'At "{stage.id}" the only option that does not grant {listed(stuck)} is "{exits[0].label}"'
        place = (*loc, "options", stage.options.index(exits[0]))
        if silent:
            yield check.found(f"{message}, though one may give no answer.", place, level=level(check, stuck).milder)
        else:
            yield check.found(f"{message}.", place, level=level(check, stuck))
    if muted:
        message = f'Whoever does not grant {listed(muted)} at "{stage.id}" stays muted and unseen.'
        yield check.found(message, ("refusal",), level=level(check, muted).milder)


def _only_told(loc: Loc, stage: Stage, flow: Flow) -> Iterator[Finding]:
    """Participants are told of what others granted, and can go on or leave."""
    check = DEFINITION["c5_accept_or_leave"]
    granted = asked_at(stages_of_others(flow)) - asked_at(own_stages(flow))
    options = [option for option in stage.options if shown(option)]
    exits = [option for option in options if costs_the_meeting(option, flow, stage)]
    if granted and exits and all(option.effect is Effect.NONE for option in options if option not in exits):
        message = f'"{stage.id}" tells of {listed(granted)}, and the only way not to go along is "{exits[0].label}".'
        yield check.found(message, (*loc, "options", stage.options.index(exits[0])), level=level(check, granted))


def _silence_refuses(grant: Grant, flow: Flow, stage: Stage) -> bool:
    if silence_counts(stage) and grant not in by_default(stage):
        return True
    return any(not shown(option) and refuses(option, grant, flow, stage) for option in stage.options)


def _muted(option: Option, flow: Flow, stage: Stage) -> bool:
    # Who takes the toggles as set and leaves one off has refused something, and that alone mutes.
    partly = option.effect is Effect.GRANT and flow.refusal is Refusal.VIEW_ONLY
    return partly or limits(option, flow, stage)


def bundling(flow: Flow) -> Iterator[Finding]:
    """c6: one click, several purposes."""
    for loc, stage in stages(flow):
        separate = any(option.toggles is ToggleSetting.AS_SET for option in stage.options)
        for place, option in enumerate(stage.options):
            # "All on" is one click for everything only where the toggles cannot be set one by one.
            own = grants_of(option.grants) if separate else untouched(option, stage)
            yield from _bundle(own, f'Option "{option.id}" of "{stage.id}"', (*loc, "options", place, "grants"))
        for place, toggle in enumerate(stage.toggles):
            what = f'Toggle "{toggle.id}" of "{stage.id}"'
            yield from _bundle(grants_of(toggle.grants), what, (*loc, "toggles", place, "grants"))


def _bundle(grants: Grants, what: str, loc: Loc) -> Iterator[Finding]:
    purposes = {purpose for _, purpose in grants}
    if len(purposes) > 1 and purposes & set(TRAINING):
        yield DEFINITION["c6_bundling"].found(f"{what} grants {purposes_of(grants)} in one click.", loc)


def prominence(flow: Flow) -> Iterator[Finding]:
    """c7: what stands out."""
    check = DEFINITION["c7_prominence"]
    unsaid = []
    for loc, stage in stages(flow):
        options = [option for option in stage.options if shown(option) and asked(stage)]
        granting = [option for option in options if untouched(option, stage)]
        others = [option for option in options if option not in granting and not _grants_later(option, stage)]
        if not granting or not others:
            continue
        grant, other = (max(group, key=lambda option: option.prominence) for group in (granting, others))
        # The loader fills in 1: only what the file itself says is known.
        if not {"prominence"} & (grant.model_fields_set | other.model_fields_set):
            unsaid.append(stage.id)
        elif grant.prominence != other.prominence:
            more = grant.prominence > other.prominence
            message = (
                f'At "{stage.id}" "{grant.label}" stands out {"more" if more else "less"} than "{other.label}", '
                f"{grant.prominence:g} against {other.prominence:g}."
            )
            place = (*loc, "options", stage.options.index(other if more else grant), "prominence")
            grave = level(check, asked(stage))
            yield check.found(message, place, level=grave) if more else check.mirrored(message, place)
    if unsaid:
        names = ", ".join(f'"{name}"' for name in unsaid)
        yield check.unknown(f"The file does not say how much the options stand out at {names}.", ("stages",))


def wording(flow: Flow) -> Iterator[Finding]:
    """c8: phrases in labels and texts."""
    check = DEFINITION["c8_wording"]
    for loc, stage in stages(flow):
        if stage.negated:
            yield check.found(f'The question at "{stage.id}" is put as a negation.', (*loc, "negated"))
        for place, words in _words(loc, stage):
            if pushing := phrase(words, GUILT + LOSS):
                yield check.found(f'The words at "{stage.id}" push towards granting: "{pushing}".', place)
            if warning := phrase(words, AGAINST):
                yield check.mirrored(f'The words at "{stage.id}" push against granting: "{warning}".', place)
            if clause := double_negative(words):
                yield check.found(f'The words at "{stage.id}" negate twice: "{clause}".', place)


def _words(loc: Loc, stage: Stage) -> Iterator[tuple[Loc, str]]:
    """The texts and labels of a stage with their places."""
    yield (*loc, "text"), stage.text
    for place, option in enumerate(stage.options):
        yield (*loc, "options", place, "label"), option.label
    for place, toggle in enumerate(stage.toggles):
        yield (*loc, "toggles", place, "label"), toggle.label


def vague_purpose(flow: Flow) -> Iterator[Finding]:
    """c10: whether training is called training."""
    check = DEFINITION["c10_vague_purpose"]
    for loc, stage in stages(flow):
        trained = for_training(asked(stage))
        words = " ".join(text for _, text in _words(loc, stage))
        if not trained or names_training(words):
            continue
        if names_improvement(words):
            message = f'"{stage.id}" can grant {listed(trained)}, and its words speak of improvement only.'
            yield check.found(message, (*loc, "text"))
        elif stage.text:
            message = f'"{stage.id}" can grant {listed(trained)}, and its words name neither training nor models.'
            yield check.found(message, (*loc, "text"))
        else:
            message = f'"{stage.id}" can grant {listed(trained)}; whether its text says so is not known.'
            yield check.unknown(message, (*loc, "text"))
    elsewhere = for_training(asked_at(stages_of_others(flow)) - asked_at(own_stages(flow)))
    for loc, stage in own_stages(flow):
        improved = {category for category, purpose in asked(stage) if purpose is Purpose.IMPROVEMENT}
        both = frozenset(grant for grant in elsewhere if grant[0] in improved)
        if both:
            yield check.found(f'"{stage.id}" asks about improvement, and others grant {listed(both)}.', loc)


def depth(flow: Flow) -> Iterator[Finding]:
    """c13: clicks to say no to training."""
    check = DEFINITION["c13_depth"]
    asking = [(loc, stage) for loc, stage in stages(flow) if for_training(asked(stage))]
    for loc, stage in asking:
        ways = ways_to_refuse(flow, stage, everything=True)
        if takes_more(ways, [Way(MOST_CLICKS, None)]):
            yield check.found(f'Refusing training at "{stage.id}" takes {clicks_of(ways)}.', place_of(ways, loc))
        ways = ways_to_grant(flow, stage, everything=False)
        if takes_more(ways, [Way(MOST_CLICKS, None)]):
            yield check.mirrored(f'Granting training at "{stage.id}" takes {clicks_of(ways)}.', place_of(ways, loc))
    if asking and flow.withdrawal.actor is not None:
        clicks, place = flow.withdrawal.clicks, ("withdrawal", "clicks")
        if clicks is None:
            yield check.unknown("The clicks to take a grant of training back are not counted.", place)
        elif clicks > MOST_CLICKS:
            yield check.found(f"Taking a grant of training back takes {number_of_clicks(clicks)}.", place)


def deadline(flow: Flow) -> Iterator[Finding]:
    """c17: answers put off that become grants."""
    check = DEFINITION["c17_deadline"]
    for loc, stage in stages(flow):
        grave = level(check, by_default(stage))
        later = [place for place, option in enumerate(stage.options) if _grants_later(option, stage)]
        if later:
            message = f'"{stage.options[later[0]].label}" at "{stage.id}" puts off, and then the default grants.'
            yield check.found(message, (*loc, "options", later[0]), level=grave)
        elif by_default(stage) and stage.shows > 1:
            message = f'After {stage.shows} times without an answer the default of "{stage.id}" grants.'
            yield check.found(message, (*loc, "shows"), level=grave)


def _grants_later(option: Option, stage: Stage) -> bool:
    return option.effect is Effect.DEFER and bool(by_default(stage))
