"""What a stage amounts to, read off the flow alone: what it asks for, how one grants, how one refuses."""

from __future__ import annotations

from simulator.scenario.flow import Flow, Option, Stage
from simulator.scenario.grants import Grants, categories_for, grants_of
from simulator.scenario.vocabulary import (
    Actor,
    Affects,
    At,
    DataCategory,
    Default,
    Effect,
    JoinOutcome,
    Purpose,
    Refusal,
    Role,
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


def shown(option: Option) -> bool:
    """Whether an option is there to be seen; one without prominence and clicks stands for not answering."""
    return not (option.prominence == 0.0 and option.clicks == 0)


def is_switch(stage: Stage) -> bool:
    """Whether the stage is a setting that stands one way already, rather than a question that waits for an answer."""
    return stage.binds is Affects.MEETING or not stage.blocking


def informs(stage: Stage) -> bool:
    """Whether meeting the stage tells somebody that data are taken: it asks for something, or has a text.

    Where nothing leads to a stage, it tells nobody.
    """
    return stage.prominence > 0.0 and (bool(asked(stage)) or bool(stage.text))


def in_account(stage: Stage) -> bool:
    """Whether people settle it for themselves in their account, once and for all their meetings."""
    return stage.at is At.ACCOUNT and stage.binds is Affects.SELF


def recall_share(stage: Stage) -> float:
    """Share of meetings in which an earlier answer is recalled: every one, for what people settle in their account."""
    if in_account(stage):
        return 1.0
    return 1.0 - 1.0 / stage.remember if stage.remember is not None else 0.0


def leaves(option: Option, flow: Flow, stage: Stage) -> bool:
    """Whether taking the option means leaving the meeting."""
    if option.effect is Effect.LEAVE:
        return True
    refuses = option.effect is Effect.DENY and stage.binds is Affects.SELF
    return refuses and flow.refusal is Refusal.LEAVE


def can_leave(flow: Flow) -> bool:
    """Whether the flow has anybody leave: by an option, or because a host overrules who refuses."""
    by_option = any(leaves(option, flow, stage) for stage in flow.stages for option in stage.options)
    return by_option or flow.refusal is Refusal.ASK_HOST


def join_outcomes(flow: Flow, purpose: Purpose) -> frozenset[JoinOutcome]:
    """What participants whom the flow asks can do; nothing, where it asks them for nothing."""
    asking = [stage for stage in flow.stages if stage.binds is Affects.SELF and categories_for(asked(stage), purpose)]
    if not asking:
        return frozenset()
    found = {JoinOutcome.AGREED}
    if not any(forced(flow, stage, purpose) for stage in asking):
        found.add(JoinOutcome.REFUSED)
    if can_leave(flow):
        found.add(JoinOutcome.LEFT)
    return frozenset(found)


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


def _refusal_costs(
    category: DataCategory, purpose: Purpose, flow: Flow, stage: Stage, *, putting_off: bool = True
) -> list[int]:
    """Clicks of each way to stay and not to grant; putting off is one where silence does not grant."""
    costs, silent = [], _granted_by_silence(purpose, stage)
    for option in stage.options:
        deferring = option.effect is Effect.DEFER
        if leaves(option, flow, stage) or (
            deferring and (category in silent or not (putting_off or not shown(option)))
        ):
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
    """Categories that take more clicks to refuse (while staying) than to grant, or that one can only put off."""
    found = set()
    for category in categories_for(asked(stage), purpose):
        ways = _refusal_costs(category, purpose, flow, stage)
        refuse = _refusal_costs(category, purpose, flow, stage, putting_off=False)
        if not stage.blocking and category not in _granted_by_silence(purpose, stage):
            refuse.append(0)  # one can pass by and has refused
        grant = _grant_costs(category, purpose, flow, stage)
        if ways and grant and (not refuse or min(refuse) > min(grant)):
            found.add(category)
    return frozenset(found)


def no_way_back(flow: Flow, purpose: Purpose, role: Role) -> frozenset[DataCategory]:
    """Categories that somebody cannot take back, or only with more clicks than the fewest that granted them.

    One click is always allowed for. The host can take back what participants or the host can.
    """
    answers = (Actor.PARTICIPANT, Actor.HOST) if role is Role.HOST else (Actor.PARTICIPANT,)
    if flow.withdrawal.actor not in answers:
        return sought(flow, purpose)
    needed = withdrawal_clicks(flow)
    own = [stage for stage in flow.stages if stage.binds is Affects.SELF or stage.actor in answers]
    found = set()
    for category in sought(flow, purpose):
        costs = [cost for stage in own for cost in _grant_costs(category, purpose, flow, stage)]
        if costs and needed > max(1, min(costs)):
            found.add(category)
    return frozenset(found)


def withdrawal_clicks(flow: Flow) -> int:
    """Clicks to take back, with the flow's assumption where they were not counted; somebody must be able to."""
    counted = flow.withdrawal.clicks if flow.withdrawal.clicks is not None else flow.assumes.withdrawal_clicks
    assert counted is not None, f"{flow.id} passed the loader without clicks to withdraw"
    return counted


def erases(flow: Flow) -> bool:
    """Whether participants can take back what was already taken, with the flow's assumption where it is not known."""
    withdrawal = flow.withdrawal
    retroactive = withdrawal.retroactive if withdrawal.retroactive is not None else flow.assumes.retroactive
    return withdrawal.actor is Actor.PARTICIPANT and bool(retroactive)


def bundled(grants: Grants, purpose: Purpose) -> frozenset[DataCategory]:
    """Categories that one click grants for this purpose together with any other purpose."""
    if all(granted is purpose for _, granted in grants):
        return frozenset()
    return categories_for(grants, purpose)


def sought(flow: Flow, purpose: Purpose) -> frozenset[DataCategory]:
    """Categories that the flow could grant for a purpose at all."""
    return frozenset().union(*(categories_for(asked(stage), purpose) for stage in flow.stages))
