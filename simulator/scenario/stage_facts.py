"""What a stage amounts to, read off the flow alone: what it asks for, how one grants, how one refuses."""

from __future__ import annotations

from simulator.scenario.flow import Flow, Option, Stage
from simulator.scenario.grants import Grants, categories_for, grants_of
from simulator.scenario.vocabulary import (
    Affects,
    DataCategory,
    Default,
    Effect,
    Purpose,
    Refusal,
    ToggleSetting,
)

_RANK = {Effect.GRANT: 0, Effect.NONE: 1, Effect.DENY: 2, Effect.DEFER: 3, Effect.LEAVE: 4}


def draw_order(stage: Stage) -> list[Option]:
    """Options from granting to leaving: the order in which one uniform draw runs through their probabilities.

    The same draw then means about the same inclination under every flow, whatever the order on the page.
    """
    return sorted(stage.options, key=lambda option: _RANK[option.effect])


def toggle_grants(stage: Stage) -> Grants:
    """Everything the stage's toggles could grant."""
    return frozenset().union(*(grants_of(toggle.grants) for toggle in stage.toggles))


def asked(stage: Stage) -> Grants:
    """Everything that some answer to the stage could grant."""
    options = (grants_of(option.grants) for option in stage.options)
    with_toggles = any(option.toggles in (ToggleSetting.AS_SET, ToggleSetting.ALL_ON) for option in stage.options)
    return frozenset().union(*options, toggle_grants(stage) if with_toggles else frozenset())


def untouched(option: Option, stage: Stage) -> Grants:
    """What an option grants when nobody touches a toggle."""
    granted = grants_of(option.grants)
    if option.toggles is ToggleSetting.ALL_ON:
        return granted | toggle_grants(stage)
    if option.toggles is ToggleSetting.AS_SET:
        on = (grants_of(toggle.grants) for toggle in stage.toggles if toggle.default is Default.ON)
        return granted.union(*on)
    return granted


def affirmative(stage: Stage) -> Option | None:
    """The "yes" of a stage: the granting option that grants most untouched, else the one that simply goes on.

    Where the question is negated, yes is the option that denies.
    """
    saying_yes = Effect.DENY if stage.negated else Effect.GRANT
    found = [option for option in stage.options if option.effect is saying_yes]
    if found:
        return max(found, key=lambda option: len(untouched(option, stage)))
    return next((option for option in stage.options if option.effect is Effect.NONE), None)


def out_of_sight(option: Option, flow: Flow) -> bool:
    """Whether the option shows only once something else is opened: it stands out not at all, and takes a click."""
    return option.prominence == 0.0 and clicks(option, flow) > 0


def default_option(stage: Stage) -> Option | None:
    """The option that the stage's default stands for; None where there is none."""
    wanted = {Default.ON: Effect.GRANT, Default.OFF: Effect.DENY, Default.NONE: None}[stage.default]
    return next((option for option in stage.options if option.effect is wanted), None)


def is_switch(stage: Stage) -> bool:
    """Whether the stage is a setting that stands one way already, rather than a question that waits for an answer."""
    return stage.binds is Affects.MEETING or not stage.blocking


def informs(stage: Stage) -> bool:
    """Whether meeting the stage tells somebody that data are taken: it asks for something, or has a text."""
    return bool(asked(stage)) or bool(stage.text)


def leaves(option: Option, flow: Flow, stage: Stage) -> bool:
    """Whether taking the option means leaving the meeting."""
    if option.effect is Effect.LEAVE:
        return True
    refuses = option.effect is Effect.DENY and stage.binds is Affects.SELF
    return refuses and flow.refusal is Refusal.LEAVE


def limits(option: Option, flow: Flow, stage: Stage) -> bool:
    """Whether taking the option means going on view-only."""
    if flow.refusal is not Refusal.VIEW_ONLY or stage.binds is not Affects.SELF:
        return False
    return option.effect is Effect.DENY or (option.effect is Effect.DEFER and stage.default is Default.OFF)


def clicks(option: Option, flow: Flow) -> int:
    """Clicks of an option, with the flow's assumption where they were not counted."""
    counted = option.clicks if option.clicks is not None else flow.assumes.clicks
    assert counted is not None, f"{flow.id}: {option.id} passed the loader without clicks"
    return counted


def _grant_costs(category: DataCategory, purpose: Purpose, flow: Flow, stage: Stage) -> list[int]:
    costs = []
    for option in stage.options:
        if option.effect is not Effect.GRANT:
            continue
        if category in categories_for(untouched(option, stage), purpose):
            costs.append(clicks(option, flow))
        elif option.toggles is ToggleSetting.AS_SET and category in categories_for(toggle_grants(stage), purpose):
            costs.append(clicks(option, flow) + 1)
    return costs


def _granted_by_silence(purpose: Purpose, stage: Stage) -> frozenset[DataCategory]:
    option = default_option(stage)
    if stage.default is not Default.ON or option is None:
        return frozenset()
    return categories_for(untouched(option, stage), purpose)


def _refusal_costs(category: DataCategory, purpose: Purpose, flow: Flow, stage: Stage) -> list[int]:
    costs, silent = [], _granted_by_silence(purpose, stage)
    for option in stage.options:
        if leaves(option, flow, stage) or (option.effect is Effect.DEFER and category in silent):
            continue
        own = category in categories_for(grants_of(option.grants), purpose)
        if category not in categories_for(untouched(option, stage), purpose):
            costs.append(clicks(option, flow))
        elif option.toggles is ToggleSetting.AS_SET and not own:
            costs.append(clicks(option, flow) + 1)
    return costs


def forced(flow: Flow, stage: Stage, purpose: Purpose) -> frozenset[DataCategory]:
    """Categories that one can only grant here, or leave."""
    if not stage.blocking and stage.default is not Default.ON:
        return frozenset()
    asked_for = categories_for(asked(stage), purpose)
    return frozenset(category for category in asked_for if not _refusal_costs(category, purpose, flow, stage))


def unequal_path(flow: Flow, stage: Stage, purpose: Purpose) -> frozenset[DataCategory]:
    """Categories that take more clicks to refuse (while staying) than to grant."""
    found = set()
    for category in categories_for(asked(stage), purpose):
        refuse = _refusal_costs(category, purpose, flow, stage)
        grant = _grant_costs(category, purpose, flow, stage)
        if refuse and grant and min(refuse) > min(grant):
            found.add(category)
    return frozenset(found)


def bundled(grants: Grants, purpose: Purpose) -> frozenset[DataCategory]:
    """Categories that one click grants for this purpose together with any other purpose."""
    if all(granted is purpose for _, granted in grants):
        return frozenset()
    return categories_for(grants, purpose)


def sought(flow: Flow, purpose: Purpose) -> frozenset[DataCategory]:
    """Categories that the flow could grant for a purpose at all."""
    return frozenset().union(*(categories_for(asked(stage), purpose) for stage in flow.stages))
