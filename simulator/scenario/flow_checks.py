"""What must hold between the parts of a flow: its ways through, its effects and grants, and what is not counted."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.errors import did_you_mean
from simulator.scenario.flow import DONE, Flow, GrantMap, Option, Stage
from simulator.scenario.grants import grants_of
from simulator.scenario.stage_facts import leaves, shown
from simulator.scenario.vocabulary import Actor, Affects, DataCategory, Default, Effect, Purpose, ToggleSetting
from simulator.scenario.yaml_file import Fault, Loc

MUST_BE_PLACED = (DataCategory.AUDIO, DataCategory.VIDEO, DataCategory.TRANSCRIPT, DataCategory.SCREEN_SHARE)
"""Categories of which a flow that grants them must say whether they are mixed; the others are separable unless said."""

_SWITCHING_ON = (ToggleSetting.AS_SET, ToggleSetting.ALL_ON)
_END = -1
_LEFT = -2


def problems(flow: Flow) -> list[Fault]:
    """All faults of a flow whose parts fit on their own. Ways through it are judged only when every `next` is clear."""
    names = [*_ids(flow), *_nexts(flow)]
    return [
        *names,
        *([] if names else _ways(flow)),
        *_order(flow),
        *_who_meets(flow),
        *_options(flow),
        *_toggles(flow),
        *_defaults(flow),
        *_capture(flow),
        *_not_counted(flow),
    ]


def successors(flow: Flow) -> list[set[int]]:
    """Indices of the stages that can follow each stage; -1 is the end of the flow, -2 leaving the meeting.

    Stages run in file order unless an option names its `next`. A stage that some never meet (`when`) or can miss (not
    blocking) can also be followed by the next in the file. Every `next` must name a stage or "done".
    """
    index = {stage.id: number for number, stage in enumerate(flow.stages)} | {DONE: _END}
    found = []
    for number, stage in enumerate(flow.stages):
        following = number + 1 if number + 1 < len(flow.stages) else _END
        after = {
            _LEFT if leaves(option, flow, stage) else index[option.next] if option.next else following
            for option in stage.options
        }
        skippable = not stage.blocking or stage.when.model_dump(exclude_none=True)
        found.append(after | {following} if skippable else after)
    return found


def _ids(flow: Flow) -> Iterator[Fault]:
    yield from _repeated([stage.id for stage in flow.stages], (), "stages")
    for number, stage in enumerate(flow.stages):
        loc: Loc = ("stages", number)
        if stage.id == DONE:
            yield Fault((*loc, "id"), '"done" is kept for the end of the flow.', "Give the stage another id.")
        yield from _repeated([option.id for option in stage.options], loc, "options")
        yield from _repeated([toggle.id for toggle in stage.toggles], loc, "toggles")


def _repeated(ids: list[str], loc: Loc, group: str) -> Iterator[Fault]:
    for number, name in enumerate(ids):
        first = ids.index(name)
        if first < number:
            yield Fault(
                (*loc, group, number, "id"), f'"{name}" is already the id of {group}[{first}].', "Give it its own id."
            )


def _nexts(flow: Flow) -> Iterator[Fault]:
    allowed = [*(stage.id for stage in flow.stages), DONE]
    for loc, stage, option in _all_options(flow):
        if option.next is None:
            continue
        if option.next not in allowed:
            yield Fault(
                (*loc, "next"),
                f'"{option.next}" is not a stage.',
                did_you_mean(option.next, allowed, called="Stages"),
            )
        elif option.effect is Effect.LEAVE:
            yield Fault((*loc, "next"), "nothing comes after leaving.", "Remove next, or change the effect.")
        elif leaves(option, flow, stage):
            message = "nothing comes after a refusal, which means leaving here (refusal: leave)."
            yield Fault((*loc, "next"), message, "Remove next, or change the flow's refusal.")


def _all_options(flow: Flow) -> Iterator[tuple[Loc, Stage, Option]]:
    for number, stage in enumerate(flow.stages):
        for place, option in enumerate(stage.options):
            yield ("stages", number, "options", place), stage, option


def _ways(flow: Flow) -> Iterator[Fault]:
    after = successors(flow)
    reach = [_reachable(after, number) for number in range(len(after))]
    met = {0} | reach[0]
    for number, stage in enumerate(flow.stages):
        if number not in met:
            remedy = "Let an option of another stage name it in next, or remove it."
            yield Fault(("stages", number), f'no way leads to stage "{stage.id}".', remedy)
    trapped = {number for number in met if number >= 0 and not reach[number] & {_END, _LEFT}}
    yield from _loops(flow, trapped, reach)
    if _END not in met and 0 not in trapped:
        yield _nobody_stays(flow, after, met - trapped)


def _reachable(after: list[set[int]], start: int) -> set[int]:
    """Everything that can come after a stage, at any distance; the stage itself only when it can come again."""
    found: set[int] = set()
    waiting = set(after[start])
    while waiting:
        number = waiting.pop()
        found.add(number)
        if number >= 0:
            waiting |= after[number] - found
    return found


def _loops(flow: Flow, trapped: set[int], reach: list[set[int]]) -> Iterator[Fault]:
    named: set[int] = set()
    for number in sorted(trapped):
        if number in named or number not in reach[number]:
            continue
        loop = sorted(other for other in reach[number] if number in reach[other])
        named.update(loop)
        ids = ", ".join(f'"{flow.stages[other].id}"' for other in loop)
        remedy = "Let an option go on to a later stage or to done, or have the effect leave."
        yield Fault(("stages", number), f"no option leads out of the loop {ids}.", remedy)


def _nobody_stays(flow: Flow, after: list[set[int]], met: set[int]) -> Fault:
    dead = sorted(number for number in met if number >= 0 and _LEFT in after[number])
    # A stage that can only be left is to blame before one that leads to it.
    number = next((number for number in dead if after[number] == {_LEFT}), dead[0])
    stage = flow.stages[number]
    message = f'nobody can get past stage "{stage.id}" without leaving.'
    if any(option.effect is not Effect.LEAVE and leaves(option, flow, stage) for option in stage.options):
        remedy = "To refuse means leaving here (refusal: leave): give it an option that goes on, or change the refusal."
        return Fault(("stages", number), message, remedy)
    return Fault(("stages", number), message, "Give it an option that goes on.")


def _order(flow: Flow) -> Iterator[Fault]:
    index = {stage.id: number for number, stage in reversed(list(enumerate(flow.stages)))}
    first_self: Stage | None = None
    for number, stage in enumerate(flow.stages):
        if stage.actor is Actor.PARTICIPANT and stage.binds is Affects.MEETING:
            remedy = "Remove affects, or name the actor who decides for the meeting."
            yield Fault(("stages", number, "affects"), "a participant cannot bind the meeting.", remedy)
        elif stage.actor is not Actor.PARTICIPANT and stage.binds is Affects.SELF:
            message = f"the {stage.actor.value.replace('_', ' ')} decides for the meeting, not for each participant."
            yield Fault(("stages", number, "affects"), message, "Remove affects, or make participant the actor.")
        elif stage.binds is Affects.MEETING and first_self is not None:
            message = f'"{stage.id}" binds the meeting, but comes after "{first_self.id}", which does not.'
            yield Fault(("stages", number), message, "Put the stages that bind the meeting first.")
        elif stage.binds is Affects.SELF:
            first_self = first_self or stage
    for loc, stage, option in _all_options(flow):
        if option.next in index and option.effect is not Effect.LEAVE:
            yield from _backward((*loc, "next"), stage, flow.stages[index[option.next]], index)


def _backward(loc: Loc, stage: Stage, target: Stage, index: dict[str, int]) -> Iterator[Fault]:
    if index[target.id] > index[stage.id]:
        return
    if stage.binds is Affects.SELF and target.binds is Affects.MEETING:
        message = f'"{stage.id}" does not bind the meeting, and cannot go back to "{target.id}", which does.'
        yield Fault(loc, message, "Name a later stage, or done.")
    elif target.shows == 1:
        message = f'it goes back to "{target.id}", which is shown only once.'
        yield Fault(loc, message, f'Set shows of "{target.id}" to 2 or more, or name a later stage.')


def _who_meets(flow: Flow) -> Iterator[Fault]:
    """Who meets a stage, and whether they can miss it."""
    for number, stage in enumerate(flow.stages):
        if stage.when.jurisdictions is not None and stage.when.outside is not None:
            message = "jurisdictions already says where the stage is met."
            yield Fault(("stages", number, "when", "outside"), message, "Keep one of the two.")
        if stage.blocking and stage.prominence < 1.0:
            message = "a stage that blocks cannot be missed, however little it stands out."
            yield Fault(("stages", number, "prominence"), message, "Remove prominence, or set blocking to false.")
        if stage.time_limit is not None and stage.blocking and all(shown(option) for option in stage.options):
            message = "a stage that blocks, and has no option that stands for not answering, cannot go away unanswered."
            remedy = "Add an option with prominence 0 and clicks 0, set blocking to false, or remove time_limit."
            yield Fault(("stages", number, "time_limit"), message, remedy)


def _options(flow: Flow) -> Iterator[Fault]:
    for loc, stage, option in _all_options(flow):
        switches_on = option.toggles in _SWITCHING_ON
        if option.effect is not Effect.GRANT and option.grants:
            message = f"an option with effect {option.effect.value} cannot grant anything."
            yield Fault((*loc, "grants"), message, "Remove grants, or set effect to grant.")
        if option.toggles is not None and not stage.toggles:
            yield Fault((*loc, "toggles"), "the stage has no toggles.", "Remove this key, or give the stage toggles.")
        elif option.effect is not Effect.GRANT and switches_on:
            message = f"an option with effect {option.effect.value} cannot take toggles that may be on."
            yield Fault((*loc, "toggles"), message, "Set toggles to all_off, or effect to grant.")
        first = next((other for other in stage.options if other.toggles is ToggleSetting.AS_SET), option)
        if option.toggles is ToggleSetting.AS_SET and grants_of(option.grants) != grants_of(first.grants):
            message = f'the toggles are taken as set here and by "{first.id}", which grants something else besides.'
            yield Fault((*loc, "grants"), message, "Let both grant the same, or one of them take all_on or no toggles.")
        if option.effect is Effect.GRANT and not option.grants and not (switches_on and stage.toggles):
            remedy = "Add grants, or set effect to none." if not stage.toggles else "Add grants, or toggles: as_set."
            yield Fault((*loc, "effect"), "this option grants nothing.", remedy)


def _toggles(flow: Flow) -> Iterator[Fault]:
    for number, stage in enumerate(flow.stages):
        loc: Loc = ("stages", number, "toggles")
        if stage.toggles and not any(option.toggles in _SWITCHING_ON for option in stage.options):
            remedy = "Give an option toggles: as_set or all_on."
            yield Fault(loc, "no option takes the toggles as set or switches them on.", remedy)
        owner: dict[tuple[DataCategory, Purpose], str] = {}
        for place, toggle in enumerate(stage.toggles):
            again = [pair for pair in _pairs(toggle.grants) if pair in owner]
            owner |= {pair: toggle.id for pair in _pairs(toggle.grants) if pair not in owner}
            for category, purpose in again:
                message = f'toggle "{owner[category, purpose]}" already grants {category.value} for {purpose.value}.'
                yield Fault((*loc, place, "grants", category.value), message, "Let one toggle grant it.")


def _pairs(grants: GrantMap) -> list[tuple[DataCategory, Purpose]]:
    return [(category, purpose) for category, purposes in grants.items() for purpose in dict.fromkeys(purposes)]


def _defaults(flow: Flow) -> Iterator[Fault]:
    for number, stage in enumerate(flow.stages):
        grants = any(option.effect is Effect.GRANT for option in stage.options)
        if stage.default is Default.ON and not grants and not stage.toggles:
            message = '"on" holds as if granted, but this stage grants nothing.'
            yield Fault(("stages", number, "default"), message, "Add an option with effect grant, or toggles.")


def _capture(flow: Flow) -> Iterator[Fault]:
    mixed, separable = flow.capture.mixed, flow.capture.separable
    for place, category in enumerate(separable):
        if category in mixed:
            remedy = "Name it in one of the two."
            yield Fault(("capture", "separable", place), f"{category.value} is in capture.mixed as well.", remedy)
    unplaced = [category for category in MUST_BE_PLACED if category not in mixed and category not in separable]
    granted = dict(reversed(list(_granted(flow))))
    for category in unplaced:
        if category in granted:
            message = f"{category.value} is granted, but capture does not say whether one person can be cut out of it."
            remedy = f"Name {category.value} in capture.mixed or capture.separable."
            yield Fault(granted[category], message, remedy)


def _granted(flow: Flow) -> Iterator[tuple[DataCategory, Loc]]:
    """Each category granted, with where."""
    for number, stage in enumerate(flow.stages):
        for place, option in enumerate(stage.options):
            for category in option.grants:
                yield category, ("stages", number, "options", place, "grants", category.value)
        for place, toggle in enumerate(stage.toggles):
            for category in toggle.grants:
                yield category, ("stages", number, "toggles", place, "grants", category.value)


def _not_counted(flow: Flow) -> Iterator[Fault]:
    for loc, _, option in _all_options(flow):
        if option.clicks is None and flow.assumes.clicks is None:
            yield Fault((*loc, "clicks"), "the clicks are not counted.", "Say in assumes.clicks what to assume.")
    withdrawal, assumes = flow.withdrawal, flow.assumes
    if withdrawal.actor is None:
        if withdrawal.clicks is not None:
            message = "nobody can withdraw, so there is nothing to click."
            yield Fault(("withdrawal", "clicks"), message, "Remove clicks, or name the actor.")
        return
    if withdrawal.clicks is None and assumes.withdrawal_clicks is None:
        remedy = "Say in assumes.withdrawal_clicks what to assume."
        yield Fault(("withdrawal", "clicks"), "the clicks are not counted.", remedy)
    if withdrawal.retroactive is None and assumes.retroactive is None:
        remedy = "Say in assumes.retroactive what to assume."
        yield Fault(("withdrawal", "retroactive"), "it is not known whether data are removed.", remedy)
