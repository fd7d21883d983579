"""The fast walk, first part: one person (or a meeting's officers) through the stages. See `reference_stages.py`."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from simulator.compiled import both, inner
from simulator.draws import child, uniform
from simulator.engine.exponential import exponential
from simulator.engine.tables import (
    CONTENT_BITS,
    DEFAULTS,
    EFFECTS,
    END,
    NOBODY,
    P_BUNDLED,
    P_FLIPS,
    P_ON,
    P_SILENT,
    ROW_KIND,
    SETTINGS,
    T_SHIFT,
    T_STANDS,
    WIDE,
    Coefficients,
    FlowTables,
)
from simulator.engine.world import WEIGHED_NOTICING, WEIGHED_TOGGLES, World
from simulator.scenario.vocabulary import Actor, Default, Effect, ToggleSetting

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# Draws of one stage, by slot. `people.py` hands the reference the same.
NOTICE_SLOT, CHOICE_SLOT, RECALL_SLOT, MISREAD_SLOT, TOGGLE_SLOT = 0, 1, 2, 3, 8

# Columns of the state of a person (and of the meeting, in the row after the last person): masks, then flags.
S_OWN, S_OTHER, S_BY_HOST, S_REFUSED, S_UNANSWERED, S_SILENT, S_FORCED, S_BUNDLED, S_UNEQUAL = range(9)
S_CLAIM, S_LAWFUL, S_LENIENT = range(9, 12)
S_LEFT, S_TOLD, S_NOTICED, S_WITHDRAWN = range(12, 16)
S_CAUSES = 16  # one byte per category; see `put`
STATE_COLUMNS = 17

# Columns of `choices` after those of the stages, where it has them: of all showings of stages that are answered in a
# meeting, how many were seen, and in which ways they were met: a bit for missing one, then a bit for each effect.
MET_PROMPTS, MET_WITH, MET_COLUMNS = 0, 1, 2
MISSED = 1

_GRANT, _DENY = EFFECTS.index(Effect.GRANT), EFFECTS.index(Effect.DENY)
_DEFER, _LEAVE = EFFECTS.index(Effect.DEFER), EFFECTS.index(Effect.LEAVE)
_HOST_ROW = ROW_KIND[Actor.HOST]
_ON, _OFF = DEFAULTS.index(Default.ON), DEFAULTS.index(Default.OFF)
_AS_SET, _ALL_ON = SETTINGS.index(ToggleSetting.AS_SET), SETTINGS.index(ToggleSetting.ALL_ON)


@inner
def sigmoid(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))


@both
def fill_liked(flow: FlowTables, stage: int, willing: Floats, liked: Floats) -> None:
    """Fill `liked` (WIDE,) with the value of each toggle of a stage being on."""
    # Written out, and over a length that the compiler cannot know: so it takes several toggles at once.
    w0, w1, w2, w3 = willing[0], willing[1], willing[2], willing[3]
    w4, w5, w6, w7 = willing[4], willing[5], willing[6], willing[7]
    weight, shift = flow.toggle_weight[stage], flow.toggle_terms[stage, T_SHIFT]
    for toggle in range(len(liked)):
        value = shift[toggle] + weight[0, toggle] * w0
        value += weight[1, toggle] * w1
        value += weight[2, toggle] * w2
        value += weight[3, toggle] * w3
        value += weight[4, toggle] * w4
        value += weight[5, toggle] * w5
        value += weight[6, toggle] * w6
        liked[toggle] = value + weight[7, toggle] * w7


@both
def option_utilities(
    flow: FlowTables,
    stage: int,
    coefficients: Coefficients,
    attention: float,
    effort: float,
    stake: float,
    pressure: float,
    willing: Floats,
    liked: Floats,
    utilities: Floats,
) -> None:
    """Fill `utilities` with the systematic utility of each option of a stage, in draw order, logits.

    `liked` is that of `fill_liked`.
    """
    first = flow.stages[stage].option_start
    for option in range(first, flow.stages[stage].option_end):
        value = flow.options[option].shift
        for category in range(8):
            value += flow.weight[option, category] * willing[category]
        flips = 0
        if flow.options[option].setting == _AS_SET:
            first_toggle = flow.stages[stage].toggle_start
            for toggle in range(first_toggle, flow.stages[stage].toggle_end):
                worth = liked[toggle - first_toggle]
                value += flow.toggles[toggle].share * (worth if worth > 0.0 else 0.0)
                flips += (worth > 0.0) != flow.toggles[toggle].on
        utility = flow.options[option].constant + attention * coefficients.value * value
        if flow.options[option].affirmative:
            utility += (1.0 - attention) * coefficients.habit
        utility -= coefficients.click * effort * (flow.options[option].clicks + attention * flips)
        utility -= stake * flow.options[option].stake
        if flow.options[option].pressed:
            utility += pressure
        utilities[option - first] = utility


@inner
def _choose(utilities: Floats, count: int, u: float) -> int:
    top = utilities[0]
    for option in range(1, count):
        top = utilities[option] if utilities[option] > top else top
    total = 0.0
    for option in range(count):
        utilities[option] = math.exp(utilities[option] - top)
        total += utilities[option]
    passed, taken = 0.0, 0
    for option in range(count - 1):  # counted and not searched, as where to stop would be anybody's guess
        passed += utilities[option]
        taken += u * total >= passed
    return taken


@inner
def fill_odds(
    flow: FlowTables, stage: int, coefficients: Coefficients, attention: float, effort: float, liked: Floats
) -> None:
    """Turn values of toggles (WIDE,) into logits of the probability that each ends up on.

    That is of somebody who takes them as set.
    """
    for_liking = attention * coefficients.value
    for_standing = (1.0 - attention) * coefficients.habit + coefficients.preselection + coefficients.click * effort
    stands = flow.toggle_terms[stage, T_STANDS]
    for toggle in range(len(liked)):
        liked[toggle] = for_liking * liked[toggle] + stands[toggle] * for_standing


@inner
def _switched_on(key: np.uint64, odds: Floats) -> int:
    """The pattern of toggles that end up on, of their logits (WIDE,)."""
    pattern = 0
    for toggle in range(len(odds)):
        on = uniform(key, TOGGLE_SLOT + toggle) * (1.0 + exponential(-odds[toggle])) < 1.0
        pattern |= (1 if on else 0) << toggle
    return pattern


@inner
def _all_toggles(flow: FlowTables, stage: int, only_on: bool) -> int:
    on = 0
    for toggle in range(flow.stages[stage].toggle_start, flow.stages[stage].toggle_end):
        if flow.toggles[toggle].on or not only_on:
            on |= flow.toggles[toggle].mask
    return on


@inner
def _record_grant(
    state: Ints, asked: int, granted: int, silent: int, bundled: int, forced: int, unequal: int, by_host: bool
) -> None:
    # The last answer counts, for what this stage asks.
    keep = ~asked
    state[S_OWN] = state[S_OWN] & keep | granted
    state[S_REFUSED] = state[S_REFUSED] & keep | asked & ~granted
    state[S_UNANSWERED] &= keep
    state[S_SILENT] = state[S_SILENT] & keep | silent
    state[S_BUNDLED] = state[S_BUNDLED] & keep | bundled
    state[S_FORCED] = state[S_FORCED] & keep | granted & forced
    state[S_UNEQUAL] = state[S_UNEQUAL] & keep | granted & unequal
    state[S_BY_HOST] = state[S_BY_HOST] & keep | (granted if by_host else 0)


@inner
def _hold_default(flow: FlowTables, stage: int, state: Ints) -> None:
    """The stage's default, for whatever has not been answered."""
    default = flow.stages[stage].default
    open_bits = flow.stages[stage].asked & ~(state[S_OWN] | state[S_REFUSED])
    if default == _OFF:
        state[S_UNANSWERED] |= open_bits
    elif default == _ON:
        option = flow.stages[stage].default_option
        granted = flow.options[option].own
        if flow.options[option].setting == _ALL_ON or flow.options[option].setting == _AS_SET:
            granted |= _all_toggles(flow, stage, flow.options[option].setting == _AS_SET)
        granted &= open_bits
        state[S_OWN] |= granted
        state[S_SILENT] |= granted
        state[S_BY_HOST] |= granted if flow.stages[stage].row_kind == _HOST_ROW else 0
        state[S_UNANSWERED] |= open_bits & ~granted


@inner
def _meets(flow: FlowTables, stage: int, world: World, row: int, meeting: int) -> bool:
    return bool(
        flow.places[stage, world.rows[row].place]
        and world.rows[row].age >= flow.stages[stage].least_age
        and (flow.stages[stage].roles >> world.rows[row].role) & 1 == 1
        and (flow.stages[stage].channels >> world.rows[row].channel) & 1 == 1
        and (flow.stages[stage].classes >> world.meetings[meeting].confidentiality) & 1 == 1
    )


@inner
def _note_met(flow: FlowTables, stage: int, option: int, choices: npt.NDArray[np.int16]) -> None:
    """Note one showing of a stage that its people answer in a meeting, in the columns after those of the stages."""
    kind, stages = flow.stages[stage].row_kind, len(flow.stages)
    if kind < 0 or kind > _HOST_ROW or flow.stages[stage].recall == 1.0 or flow.stages[stage].settled != NOBODY:
        return
    if option == NOBODY:
        choices[stages + MET_WITH] |= MISSED
    else:
        choices[stages + MET_PROMPTS] += 1
        choices[stages + MET_WITH] |= MISSED << (1 + flow.options[option].effect)


@inner
def walk_stages(
    flow: FlowTables,
    first: int,
    last: int,
    world: World,
    row: int,
    meeting: int,
    coefficients: Coefficients,
    state: Ints,
    shown: Ints,
    utilities: Floats,
    willing: Floats,
    liked: Floats,
    choices: npt.NDArray[np.int16],
) -> tuple[float, bool]:
    """Take one person (or the meeting's officers) through stages `first` to `last - 1`.

    `row` is the participant, or for stages that bind the meeting the host; officers' rows are found from it.
    Returns seconds spent on joining, and whether the last answer was a refusal that ended the asking.
    """
    seconds, prompts, stage = 0.0, 0, first
    given = world.weighed.shape[0] > 0
    for number in range(first, last):
        shown[number] = 0
    while first <= stage < last:
        kind = flow.stages[stage].row_kind
        answering = row if kind < 2 else world.meetings[meeting].start + world.meetings[meeting].people + kind - 2
        following = stage + 1
        if not _meets(flow, stage, world, row, meeting):
            stage = following
            continue
        option = NOBODY
        own, tired = world.rows[answering].key, world.rows[answering].tired
        if flow.stages[stage].recall == 1.0:  # settled in the account, once and not in this meeting
            own, tired = world.rows[answering].account, 0.0
        key = child(own ^ flow.stages[stage].hash, shown[stage])
        attention_logit = world.rows[answering].attention - flow.stages[stage].words_log - tired
        attention_logit -= coefficients.attention_prompts * prompts
        attention = sigmoid(attention_logit)
        recalled = False
        exhausted = shown[stage] >= flow.stages[stage].shows
        if not exhausted:
            state[S_TOLD] |= flow.stages[stage].informs
            shown[stage] += 1
            recalled = flow.stages[stage].recall > 0.0 and uniform(key, RECALL_SLOT) < flow.stages[stage].recall
            ordinary = coefficients.confidentiality_shift[world.meetings[meeting].confidentiality] if recalled else 0.0
            for category in range(8):
                willing[category] = world.willing[answering, category] - ordinary
            noticing = attention_logit + flow.stages[stage].notice
            if given:
                before = min(prompts, world.weighed.shape[2] - 1)
                weighed = world.weighed[answering, stage, before, 1 if recalled else 0]
                for place in range(WIDE):
                    utilities[place], liked[place] = weighed[place], weighed[WEIGHED_TOGGLES + place]
                noticing = world.weighed[answering, stage, before, 0, WEIGHED_NOTICING]
            elif flow.stages[stage].toggle_start < flow.stages[stage].toggle_end:
                fill_liked(flow, stage, willing, liked)
            if flow.stages[stage].settled != NOBODY:
                option = flow.stages[stage].settled
            elif kind == NOBODY:
                option = NOBODY  # the provider's answer is its default
            elif flow.stages[stage].blocking or uniform(key, NOTICE_SLOT) < sigmoid(noticing):
                if not given:
                    pressure = 0.0 if recalled else world.rows[answering].pressure
                    option_utilities(
                        flow,
                        stage,
                        coefficients,
                        attention,
                        world.rows[answering].effort,
                        world.rows[answering].stake,
                        pressure,
                        willing,
                        liked,
                        utilities,
                    )
                begin = flow.stages[stage].option_start
                option = begin + _choose(utilities, flow.stages[stage].option_end - begin, uniform(key, CHOICE_SLOT))
                if flow.stages[stage].negated and uniform(key, MISREAD_SLOT) < coefficients.misread:
                    option = opposite(flow, stage, option)
                prompts += 1
            if choices.shape[0] > 0:
                choices[answering, stage] = option
                if choices.shape[1] > len(flow.stages):
                    _note_met(flow, stage, option, choices[answering])
        if option == NOBODY:
            _hold_default(flow, stage, state)
            option = flow.stages[stage].default_option
            if option == NOBODY:
                stage = following
                continue
            effect = flow.options[option].effect
        else:
            state[S_NOTICED] |= flow.stages[stage].informs
            effect = flow.options[option].effect
            flips = 0
            asked = flow.stages[stage].asked
            if effect == _GRANT:
                granted, silent, bundled = flow.options[option].own, 0, flow.options[option].bundled
                if flow.options[option].setting == _ALL_ON:
                    granted |= _all_toggles(flow, stage, False)
                elif flow.options[option].setting == _AS_SET:
                    if not given:
                        fill_odds(flow, stage, coefficients, attention, world.rows[answering].effort, liked)
                    pattern = flow.patterns[stage, _switched_on(key, liked)]
                    granted |= pattern[P_ON]
                    bundled |= pattern[P_BUNDLED]
                    silent, flips = pattern[P_SILENT], pattern[P_FLIPS]
                silent &= ~flow.options[option].own
                if flow.options[option].clicks == 0.0:  # staying without a click is silence
                    silent = granted
                _record_grant(
                    state, asked, granted, silent, bundled, flow.stages[stage].forced, flow.stages[stage].unequal,
                    kind == _HOST_ROW,
                )  # fmt: skip
            elif effect == _DENY or (effect == _LEAVE and stage < flow.binding):
                if asked == 0:  # objecting where nothing is asked means objecting to the content that is taken
                    asked = state[S_OTHER] & CONTENT_BITS
                _record_grant(state, asked, 0, 0, 0, 0, 0, False)
            elif effect == _DEFER:
                _hold_default(flow, stage, state)
            if flow.stages[stage].at_join and not recalled:
                seconds += attention * flow.stages[stage].read_seconds
                seconds += coefficients.click_seconds * (flow.options[option].clicks + flips)
            if flow.options[option].leaving and stage >= flow.binding:
                state[S_LEFT] = 1
                return seconds, False
        stage = flow.options[option].next
        if stage == END:
            return seconds, effect in (_DENY, _LEAVE)
        if exhausted:
            stage = max(stage, following)
    return seconds, False


@inner
def opposite(flow: FlowTables, stage: int, option: int) -> int:
    effect = flow.options[option].effect
    wanted = _DENY if effect == _GRANT else _GRANT if effect == _DENY else -1
    for other in range(flow.stages[stage].option_start, flow.stages[stage].option_end):
        if flow.options[other].effect == wanted:
            return other
    return option
