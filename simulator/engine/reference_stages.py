"""One person through the stages of a flow, in plain Python, written to be read aloud.

They miss a stage, recall an earlier answer, or weigh the options and choose; each answer is entered into what they have
granted and refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from simulator.behaviour.choice import (
    Chooser,
    attention_logit,
    choose,
    notice_logit,
    probabilities,
    reading_seconds,
    sigmoid,
    terms,
    toggle_terms,
)
from simulator.engine.reference_people import CONTENT, NOTHING, Answers, Meeting, Participant, Setting, Step, Switched
from simulator.scenario.flow import DONE, Flow, Option, Stage
from simulator.scenario.grants import categories_for, grants_of
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
    Default,
    Effect,
    ToggleSetting,
)


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
