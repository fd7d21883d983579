"""The fast walk: the model of `reference.py` over arrays. Equal to it choice for choice and unit for unit."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from numba import njit

from simulator.draws import child, inner, uniform
from simulator.engine.tables import (
    CONTENT_BITS,
    DEFAULTS,
    EFFECTS,
    END,
    NOBODY,
    RECORDING_BITS,
    REFUSALS,
    SETTINGS,
    SPEECH_BITS,
    VOID_TESTS,
    Coefficients,
    FlowTables,
    LawTables,
)
from simulator.engine.tally import (
    CELL_CLAIMED,
    CELL_LAWFUL,
    CELL_LEFT,
    CELL_MISSED,
    CELL_OVERREACH,
    CELL_PEOPLE,
    CELL_PRODUCED,
    CELL_WANTED,
    GIVEN_UP,
    LEFT,
    MEETINGS,
    MISSED,
    OVERREACH,
    PARTICIPANTS,
    SECONDS_BINS,
    SECONDS_PER_BIN,
    WANTED,
)
from simulator.engine.world import World
from simulator.population.traits import SUBORDINATE
from simulator.rules.law import ALL_MUST_AGREE, NOTICE_SUFFICES
from simulator.rules.ledger import CAUSES, FIRST_VOID, Cause
from simulator.scenario.meeting_mix import MAX_PEOPLE
from simulator.scenario.vocabulary import Default, Effect, Refusal, ToggleSetting, VoidTest

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

ALL_BITS = 0xFF

# Draws of one stage, by slot. `reference.py` uses the same.
NOTICE_SLOT, CHOICE_SLOT, RECALL_SLOT, MISREAD_SLOT, TOGGLE_SLOT = 0, 1, 2, 3, 8
# Draws of a person outside any stage.
YIELD_SLOT, OVERRULED_SLOT, WITHDRAW_SLOT = 101, 102, 103

# Columns of the state of a person (and of the meeting, in the row after the last person).
S_OWN, S_OTHER, S_REFUSED, S_UNANSWERED, S_SILENT, S_FORCED, S_BUNDLED, S_UNEQUAL = range(8)
S_LEFT, S_NOTIFIED, S_CLAIM, S_LAWFUL, S_WANTED = range(8, 13)
STATE_COLUMNS = 13

_GRANT, _DENY = EFFECTS.index(Effect.GRANT), EFFECTS.index(Effect.DENY)
_DEFER, _LEAVE = EFFECTS.index(Effect.DEFER), EFFECTS.index(Effect.LEAVE)
_ON, _OFF = DEFAULTS.index(Default.ON), DEFAULTS.index(Default.OFF)
_AS_SET, _ALL_ON = SETTINGS.index(ToggleSetting.AS_SET), SETTINGS.index(ToggleSetting.ALL_ON)
_VIEW_ONLY, _STOP = REFUSALS.index(Refusal.VIEW_ONLY), REFUSALS.index(Refusal.STOP_FOR_ALL)
_ASK_HOST = REFUSALS.index(Refusal.ASK_HOST)

_C_LEFT, _C_ENDED = CAUSES.index(Cause.LEFT), CAUSES.index(Cause.MEETING_ENDED)
_C_OFF, _C_VETOED = CAUSES.index(Cause.SWITCHED_OFF), CAUSES.index(Cause.VETOED)
_C_VIEW_ONLY, _C_NOT_ASKED = CAUSES.index(Cause.VIEW_ONLY), CAUSES.index(Cause.NOT_ASKED)
_C_REFUSED, _C_UNANSWERED = CAUSES.index(Cause.REFUSED), CAUSES.index(Cause.UNANSWERED)
_C_INSEPARABLE = CAUSES.index(Cause.INSEPARABLE)
_C_WITHDRAWN, _C_KEPT = CAUSES.index(Cause.WITHDRAWN), CAUSES.index(Cause.KEPT)

_EXCLUDED, _MINOR = VOID_TESTS.index(VoidTest.EXCLUDED), VOID_TESTS.index(VoidTest.MINOR)
_RECORDING, _NOT_OWN = VOID_TESTS.index(VoidTest.RECORDING), VOID_TESTS.index(VoidTest.NOT_OWN_CHOICE)
_PRE_TICKED, _FORCED = VOID_TESTS.index(VoidTest.PRE_TICKED), VOID_TESTS.index(VoidTest.FORCED)
_DETRIMENT, _BUNDLED = VOID_TESTS.index(VoidTest.DETRIMENT), VOID_TESTS.index(VoidTest.BUNDLED)
_UNEQUAL, _POWER_GAP = VOID_TESTS.index(VoidTest.UNEQUAL_PATH), VOID_TESTS.index(VoidTest.POWER_GAP)
_VOICEPRINT = VOID_TESTS.index(VoidTest.VOICEPRINT)
_TESTS = len(VOID_TESTS)


@inner
def _sigmoid(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))


@njit(cache=True)
def seconds_bin(seconds: float) -> int:
    """Bin of `Tally.seconds`; the first is for those whom the flow does not keep waiting at all."""
    if seconds <= 0.0:
        return 0
    return min(1 + int(seconds / SECONDS_PER_BIN), SECONDS_BINS - 1)


@inner
def _toggle_value(flow: FlowTables, toggle: int, willing: Floats) -> float:
    value = float(flow.toggles[toggle].shift)
    for category in range(8):
        value += flow.toggle_weight[toggle, category] * willing[category]
    return value


@njit(cache=True)
def option_utilities(
    flow: FlowTables,
    stage: int,
    coefficients: Coefficients,
    attention: float,
    effort: float,
    stake: float,
    pressure: float,
    willing: Floats,
    utilities: Floats,
) -> None:
    """Fill `utilities` with the systematic utility of each option of a stage, in draw order, logits."""
    first = flow.stages[stage].option_start
    for option in range(first, flow.stages[stage].option_end):
        value = flow.options[option].shift
        for category in range(8):
            value += flow.weight[option, category] * willing[category]
        flips = 0
        if flow.options[option].setting == _AS_SET:
            for toggle in range(flow.stages[stage].toggle_start, flow.stages[stage].toggle_end):
                liked = _toggle_value(flow, toggle, willing)
                if liked > 0.0:
                    value += flow.toggles[toggle].share * liked
                flips += (liked > 0.0) != flow.toggles[toggle].on
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
        top = max(top, utilities[option])
    total = 0.0
    for option in range(count):
        utilities[option] = math.exp(utilities[option] - top)
        total += utilities[option]
    passed = 0.0
    for option in range(count - 1):
        passed += utilities[option] / total
        if u < passed:
            return option
    return count - 1


@inner
def _set_toggles(
    flow: FlowTables,
    stage: int,
    key: np.uint64,
    coefficients: Coefficients,
    attention: float,
    effort: float,
    willing: Floats,
) -> tuple[int, int, int, int]:
    """What the toggles end up granting: mask on, mask of those left on as pre-set, mask bundled, flips."""
    on = silent = bundled = flips = 0
    for toggle in range(flow.stages[stage].toggle_start, flow.stages[stage].toggle_end):
        stands = 1.0 if flow.toggles[toggle].on else -1.0
        odds = attention * coefficients.value * _toggle_value(flow, toggle, willing)
        odds += stands * (
            (1.0 - attention) * coefficients.habit + coefficients.preselection + coefficients.click * effort
        )
        switched_on = uniform(key, TOGGLE_SLOT + toggle - flow.stages[stage].toggle_start) < _sigmoid(odds)
        flips += switched_on != flow.toggles[toggle].on
        if switched_on:
            on |= flow.toggles[toggle].mask
            bundled |= flow.toggles[toggle].bundled
            if flow.toggles[toggle].on:
                silent |= flow.toggles[toggle].mask
    return on, silent, bundled, flips


@inner
def _all_toggles(flow: FlowTables, stage: int, only_on: bool) -> int:
    on = 0
    for toggle in range(flow.stages[stage].toggle_start, flow.stages[stage].toggle_end):
        if flow.toggles[toggle].on or not only_on:
            on |= flow.toggles[toggle].mask
    return on


@inner
def _record_grant(state: Ints, asked: int, granted: int, silent: int, bundled: int, forced: int, unequal: int) -> None:
    # The last answer counts, for what this stage asks.
    keep = ~asked
    state[S_OWN] = state[S_OWN] & keep | granted
    state[S_REFUSED] = state[S_REFUSED] & keep | asked & ~granted
    state[S_UNANSWERED] &= keep
    state[S_SILENT] = state[S_SILENT] & keep | silent
    state[S_BUNDLED] = state[S_BUNDLED] & keep | bundled
    state[S_FORCED] = state[S_FORCED] & keep | granted & forced
    state[S_UNEQUAL] = state[S_UNEQUAL] & keep | granted & unequal


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
        state[S_UNANSWERED] |= open_bits & ~granted


@inner
def _meets(flow: FlowTables, stage: int, world: World, row: int) -> bool:
    return bool(
        flow.places[stage, world.rows[row].place]
        and (flow.stages[stage].roles >> world.rows[row].role) & 1 == 1
        and (flow.stages[stage].channels >> world.rows[row].channel) & 1 == 1
    )


@inner
def _walk(
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
    choices: npt.NDArray[np.int16],
) -> tuple[float, bool]:
    """Take one person (or the meeting's officers) through stages `first` to `last - 1`.

    `row` is the participant, or for stages that bind the meeting the host; officers' rows are found from it.
    Returns seconds spent on joining, and whether the last answer was a refusal that ended the asking.
    """
    seconds, prompts, stage = 0.0, 0, first
    for number in range(first, last):
        shown[number] = 0
    while first <= stage < last:
        kind = flow.stages[stage].row_kind
        answering = row if kind < 2 else world.meetings[meeting].start + world.meetings[meeting].people + kind - 2
        following = stage + 1
        if not _meets(flow, stage, world, row):
            stage = following
            continue
        option = NOBODY
        key = child(world.rows[answering].key ^ flow.stages[stage].hash, shown[stage])
        attention_logit = world.rows[answering].attention - flow.stages[stage].words_log
        attention_logit -= coefficients.attention_prompts * prompts
        attention = _sigmoid(attention_logit)
        recalled = False
        exhausted = shown[stage] >= flow.stages[stage].shows
        if not exhausted:
            state[S_NOTIFIED] |= flow.stages[stage].informs
            shown[stage] += 1
            recalled = uniform(key, RECALL_SLOT) < flow.stages[stage].recall
            ordinary = coefficients.confidentiality_shift[world.meetings[meeting].confidentiality] if recalled else 0.0
            for category in range(8):
                willing[category] = world.willing[answering, category] - ordinary
            if flow.stages[stage].settled != NOBODY:
                option = flow.stages[stage].settled
            elif kind == NOBODY:
                option = NOBODY  # the provider's answer is its default
            elif flow.stages[stage].blocking or uniform(key, NOTICE_SLOT) < _sigmoid(
                attention_logit + coefficients.notice
            ):
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
                    utilities,
                )
                begin = flow.stages[stage].option_start
                option = begin + _choose(utilities, flow.stages[stage].option_end - begin, uniform(key, CHOICE_SLOT))
                if flow.stages[stage].negated and uniform(key, MISREAD_SLOT) < coefficients.misread:
                    option = _opposite(flow, stage, option)
                prompts += 1
            if choices.shape[0] > 0:
                choices[answering, stage] = option
        if option == NOBODY:
            _hold_default(flow, stage, state)
            option = flow.stages[stage].default_option
            if option == NOBODY:
                stage = following
                continue
            effect = flow.options[option].effect
        else:
            effect = flow.options[option].effect
            flips = 0
            asked = flow.stages[stage].asked
            if effect == _GRANT:
                granted, silent, bundled = flow.options[option].own, 0, flow.options[option].bundled
                if flow.options[option].setting == _ALL_ON:
                    granted |= _all_toggles(flow, stage, False)
                elif flow.options[option].setting == _AS_SET:
                    on, silent, with_others, flips = _set_toggles(
                        flow, stage, key, coefficients, attention, world.rows[answering].effort, willing
                    )
                    granted |= on
                    bundled |= with_others
                silent &= ~flow.options[option].own
                _record_grant(
                    state, asked, granted, silent, bundled, flow.stages[stage].forced, flow.stages[stage].unequal
                )
            elif effect == _DENY or (effect == _LEAVE and stage < flow.binding):
                if asked == 0:  # objecting where nothing is asked means objecting to the content that is taken
                    asked = state[S_OTHER] & CONTENT_BITS
                _record_grant(state, asked, 0, 0, 0, 0, 0)
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
def _opposite(flow: FlowTables, stage: int, option: int) -> int:
    effect = flow.options[option].effect
    wanted = _DENY if effect == _GRANT else _GRANT if effect == _DENY else -1
    for other in range(flow.stages[stage].option_start, flow.stages[stage].option_end):
        if flow.options[other].effect == wanted:
            return other
    return option


@inner
def _mean_willingness(world: World, row: int, bits: int, shift: float) -> float:
    total, count = 0.0, 0
    for category in range(8):
        if bits >> category & 1:
            total += world.willing[row, category] + shift
            count += 1
    return total / count if count > 0 else 0.0


@inner
def _ask_the_host(flow: FlowTables, world: World, meeting: int, coefficients: Coefficients, state: Ints) -> int:
    """The host's answer to those who refused: mask switched off for all; or they are overruled and stay or leave."""
    start, people = world.meetings[meeting].start, world.meetings[meeting].people
    objected = 0
    for person in range(people):
        if state[person, S_LEFT] == 0:
            objected |= state[person, S_REFUSED]
    if objected == 0:
        return 0
    if uniform(world.rows[start].key, YIELD_SLOT) < coefficients.host_yields:
        return objected
    for person in range(people):
        refused = state[person, S_REFUSED]
        if refused == 0 or state[person, S_LEFT] == 1:
            continue
        row = start + person
        value = coefficients.value * _mean_willingness(world, row, refused, coefficients.purpose_shift)
        if uniform(world.rows[row].key, OVERRULED_SLOT) < _sigmoid(-world.rows[row].stake - value):
            state[person, S_LEFT] = 1
        else:
            state[person, S_OTHER] |= refused
            state[person, S_REFUSED] = 0
    return 0


@inner
def _recording_broken_in(world: World, meeting: int, law: LawTables, state: Ints) -> int:
    """Jurisdiction whose recording rule the meeting broke, by the strictest of those present; -1 = none."""
    start, people = world.meetings[meeting].start, world.meetings[meeting].people
    strictest, at = 0, -1
    unaware = unagreed = False
    for person in range(people):
        if state[person, S_LEFT] == 1:
            continue
        where = world.rows[start + person].place
        if law.recording[where] > strictest:
            strictest, at = law.recording[where], where
        recorded = state[person, S_CLAIM] & RECORDING_BITS
        if recorded:
            unaware |= state[person, S_NOTIFIED] == 0
            unagreed |= recorded & ~(state[person, S_OWN] & ~state[person, S_SILENT]) != 0
    if strictest == NOTICE_SUFFICES and unaware:
        return at
    if strictest == ALL_MUST_AGREE and unagreed:
        return at
    return -1


@njit(cache=True, nogil=True)
def walk_meetings(
    world: World,
    flow: FlowTables,
    coefficients: Coefficients,
    law: LawTables,
    headline: int,
    groups: int,
    cycle: int,
    cell_start: Ints,
    ledger: Ints,
    counts: Ints,
    seconds_bins: Ints,
    cells: Ints,
    rules: Ints,
    choices: npt.NDArray[np.int16],
) -> None:
    """Take every meeting of a world through a flow and add what happened to the tally's arrays.

    Args:
        world: People and meetings.
        flow: Compiled flow.
        coefficients: Of the choice model.
        law: Rules in force.
        headline: Index of the category that `cells` are of.
        groups: Number of groups of meetings.
        cycle: Meetings whose ids are equal modulo `cycle` belong to one group.
        cell_start: (6,) first cell of each breakdown: jurisdiction, role, channel, type, confidentiality, end.
        ledger: See `Tally`; likewise `counts`, `seconds_bins`, `cells`, `rules`.
        counts: See `Tally`.
        seconds_bins: See `Tally`.
        cells: See `Tally`.
        rules: See `Tally`.
        choices: (rows, stages) filled with the option last chosen at each stage; (0, 0) to skip.
    """
    state = np.zeros((MAX_PEOPLE + 1, STATE_COLUMNS), dtype=np.int64)
    causes = np.zeros(8, dtype=np.int64)
    failing = np.zeros(_TESTS, dtype=np.int64)
    shown = np.zeros(len(flow.stages), dtype=np.int64)
    utilities = np.zeros(8)
    willing = np.zeros(8)
    time = np.zeros(MAX_PEOPLE)
    stages = len(flow.stages)
    for meeting in range(len(world.meetings)):
        start, people = world.meetings[meeting].start, world.meetings[meeting].people
        group = (world.first + meeting) % cycle % groups
        state[: people + 1] = 0
        common = state[people]

        _, refused = _walk(
            flow, 0, flow.binding, world, start, meeting, coefficients, common, shown, utilities, willing, choices
        )
        switched_off = common[S_REFUSED] | common[S_UNANSWERED]
        if refused:
            switched_off |= flow.sought & ~common[S_OWN]
        for person in range(people):
            state[person, S_OTHER] = common[S_OWN]
            time[person] = 0.0
            if not refused:
                time[person], _ = _walk(
                    flow,
                    flow.binding,
                    stages,
                    world,
                    start + person,
                    meeting,
                    coefficients,
                    state[person],
                    shown,
                    utilities,
                    willing,
                    choices,
                )
        vetoed = 0
        if flow.refusal == _ASK_HOST:
            vetoed = _ask_the_host(flow, world, meeting, coefficients, state)
        elif flow.refusal == _STOP:
            for person in range(people):
                if state[person, S_LEFT] == 0:
                    vetoed |= state[person, S_REFUSED]

        present = 0
        for person in range(people):
            present += 1 - state[person, S_LEFT]
        ended = state[0, S_LEFT] == 1 or present < 2

        # What each person could claim alone; then what is recorded together with somebody who did not grant it.
        spoiled = 0
        for person in range(people):
            mine = state[person]
            blocked = mine[S_REFUSED] | mine[S_UNANSWERED]
            limited = flow.refusal == _VIEW_ONLY and blocked != 0
            claim = (mine[S_OWN] | mine[S_OTHER]) & ~blocked & ~switched_off & ~vetoed
            if limited:
                claim &= ~CONTENT_BITS
            if ended or mine[S_LEFT] == 1:
                claim = 0
            elif not limited:
                for category in range(8):
                    bit = 1 << category
                    if bit & flow.mixed & flow.sought & ~claim and world.produced[start + person, category] > 0:
                        spoiled |= bit
            mine[S_CLAIM] = claim
        spoiled &= flow.mixed
        for person in range(people):
            state[person, S_CLAIM] &= ~spoiled
        broken_in = _recording_broken_in(world, meeting, law, state)

        counts[group, MEETINGS] += 1
        counts[group, PARTICIPANTS] += people
        # Given up: the flow could have claimed something, and for everybody it was switched off or vetoed.
        counts[group, GIVEN_UP] += flow.sought != 0 and flow.sought & ~(switched_off | vetoed) == 0
        overlay = law.overlay[world.meetings[meeting].confidentiality]
        for person in range(people):
            row = start + person
            mine = state[person]
            place = world.rows[row].place
            claim = mine[S_CLAIM]

            # Unclaimed, first reason first.
            blocked = mine[S_REFUSED] | mine[S_UNANSWERED]
            limited = CONTENT_BITS if flow.refusal == _VIEW_ONLY and blocked != 0 else 0
            rest = ALL_BITS & ~claim
            for category in range(8):
                bit = 1 << category
                if rest & bit == 0:
                    continue
                if mine[S_LEFT] == 1:
                    cause = _C_LEFT
                elif ended:
                    cause = _C_ENDED
                elif switched_off & bit:
                    cause = _C_OFF
                elif vetoed & bit:
                    cause = _C_VETOED
                elif limited & bit:
                    cause = _C_VIEW_ONLY
                elif mine[S_REFUSED] & bit:
                    cause = _C_REFUSED
                elif mine[S_UNANSWERED] & bit:
                    cause = _C_UNANSWERED
                elif (mine[S_OWN] | mine[S_OTHER]) & bit == 0:
                    cause = _C_NOT_ASKED
                else:
                    cause = _C_INSEPARABLE
                causes[category] = cause

            # Claimed but void, first failing test first.
            own = mine[S_OWN]
            chosen = own & ~mine[S_SILENT]
            failing[_EXCLUDED] = ALL_BITS if overlay >= 0 else 0
            failing[_MINOR] = ALL_BITS if world.rows[row].age < law.age[place] else 0
            failing[_RECORDING] = RECORDING_BITS if broken_in >= 0 else 0
            failing[_NOT_OWN] = ~own
            failing[_PRE_TICKED] = own & mine[S_SILENT]
            failing[_FORCED] = chosen & mine[S_FORCED]
            failing[_DETRIMENT] = chosen if flow.refusal == _VIEW_ONLY else 0
            failing[_BUNDLED] = chosen & mine[S_BUNDLED]
            failing[_UNEQUAL] = chosen & mine[S_UNEQUAL]
            failing[_POWER_GAP] = chosen if world.rows[row].role == SUBORDINATE else 0
            failing[_VOICEPRINT] = ~chosen & SPEECH_BITS if flow.voiceprint else 0
            lawful = claim
            for test in range(_TESTS):
                hit = lawful & failing[test]
                if hit == 0:
                    continue
                if test == _EXCLUDED:
                    rule = overlay
                elif test == _RECORDING:
                    rule = law.voiding[broken_in, test]
                else:
                    rule = law.voiding[place, test]
                if rule < 0:
                    continue
                for category in range(8):
                    if hit >> category & 1:
                        causes[category] = FIRST_VOID + test
                        rules[rule, category] += world.produced[row, category]
                lawful &= ~hit

            kept = lawful
            if lawful != 0 and flow.withdrawal_clicks >= 0.0:
                value = coefficients.value * _mean_willingness(world, row, lawful, coefficients.purpose_shift)
                odds = -value - coefficients.withdraw_inertia
                odds -= coefficients.click * world.rows[row].effort * flow.withdrawal_clicks
                if uniform(world.rows[row].key, WITHDRAW_SLOT) < _sigmoid(odds):
                    kept = 0
            for category in range(8):
                bit = 1 << category
                if kept & bit:
                    causes[category] = _C_KEPT
                elif lawful & bit:
                    causes[category] = _C_WITHDRAWN

            for category in range(8):
                amount = world.produced[row, category]
                if amount == 0:
                    continue
                totals = ledger[group, category]
                totals[causes[category]] += amount
                wanted = world.willing[row, category] + coefficients.purpose_shift > 0.0
                claimed = claim >> category & 1 == 1
                if wanted:
                    totals[WANTED] += amount
                if claimed and not wanted:
                    totals[OVERREACH] += amount
                if wanted and not claimed:
                    totals[MISSED] += amount

            left = mine[S_LEFT]
            counts[group, LEFT] += left
            if left == 0:
                seconds_bins[group, seconds_bin(time[person])] += 1

            amount = world.produced[row, headline]
            wanted = world.willing[row, headline] + coefficients.purpose_shift > 0.0
            claimed = claim >> headline & 1 == 1
            stands = lawful >> headline & 1 == 1
            for breakdown in range(5):
                if breakdown == 0:
                    cell = cell_start[0] + place
                elif breakdown == 1:
                    cell = cell_start[1] + world.rows[row].role
                elif breakdown == 2:
                    cell = cell_start[2] + world.rows[row].channel
                elif breakdown == 3:
                    cell = cell_start[3] + world.meetings[meeting].type
                else:
                    cell = cell_start[4] + world.meetings[meeting].confidentiality
                totals = cells[group, cell]
                totals[CELL_PRODUCED] += amount
                totals[CELL_CLAIMED] += amount * claimed
                totals[CELL_LAWFUL] += amount * stands
                totals[CELL_WANTED] += amount * wanted
                totals[CELL_OVERREACH] += amount * (claimed and not wanted)
                totals[CELL_MISSED] += amount * (wanted and not claimed)
                totals[CELL_PEOPLE] += 1
                totals[CELL_LEFT] += left
