"""The fast walk, second half: from what people answered to what is claimed, lawful and kept. See `reference.py`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from simulator.draws import inner, uniform
from simulator.engine.kernel_stages import (
    S_BUNDLED,
    S_CLAIM,
    S_FORCED,
    S_LEFT,
    S_NOTIFIED,
    S_OTHER,
    S_OWN,
    S_REFUSED,
    S_SILENT,
    S_UNANSWERED,
    S_UNEQUAL,
    sigmoid,
)
from simulator.engine.tables import (
    CONTENT_BITS,
    RECORDING_BITS,
    REFUSALS,
    SPEECH_BITS,
    VOID_TESTS,
    Coefficients,
    FlowTables,
    LawTables,
)
from simulator.engine.world import World
from simulator.rules.law import ALL_MUST_AGREE, NOTICE_SUFFICES
from simulator.rules.ledger import CAUSES, FIRST_VOID, Cause
from simulator.scenario.vocabulary import Refusal, VoidTest

Ints = npt.NDArray[np.int64]

ALL_BITS = 0xFF
NOWHERE = -1
"""No recording rule was broken."""

# Draws of a person outside any stage.
YIELD_SLOT, OVERRULED_SLOT, WITHDRAW_SLOT = 101, 102, 103

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
        if uniform(world.rows[row].key, OVERRULED_SLOT) < sigmoid(-world.rows[row].stake - value):
            state[person, S_LEFT] = 1
        else:
            state[person, S_OTHER] |= refused
            state[person, S_REFUSED] = 0
    return 0


@inner
def vetoed_bits(flow: FlowTables, world: World, meeting: int, coefficients: Coefficients, state: Ints) -> int:
    """What is switched off for everybody because somebody present refused; those overruled stay or leave."""
    if flow.refusal == _ASK_HOST:
        return _ask_the_host(flow, world, meeting, coefficients, state)
    vetoed = 0
    if flow.refusal == _STOP:
        for person in range(world.meetings[meeting].people):
            if state[person, S_LEFT] == 0:
                vetoed |= state[person, S_REFUSED]
    return vetoed


@inner
def limited_bits(refusal: int, mine: Ints) -> int:
    """What somebody who goes on view-only does not produce."""
    return CONTENT_BITS if refusal == _VIEW_ONLY and (mine[S_REFUSED] | mine[S_UNANSWERED]) != 0 else 0


@inner
def claim_all(flow: FlowTables, world: World, meeting: int, off: int, ended: bool, state: Ints) -> None:
    """Fill S_CLAIM of everybody: what each could claim alone, less what is recorded with somebody who did not grant."""
    start, people = world.meetings[meeting].start, world.meetings[meeting].people
    spoiled = 0
    for person in range(people):
        mine = state[person]
        limited = limited_bits(flow.refusal, mine)
        claim = (mine[S_OWN] | mine[S_OTHER]) & ~(mine[S_REFUSED] | mine[S_UNANSWERED]) & ~off & ~limited
        if ended or mine[S_LEFT] == 1:
            claim = 0
        elif limited == 0:
            for category in range(8):
                bit = 1 << category
                if bit & flow.mixed & flow.sought & ~claim and world.produced[start + person, category] > 0:
                    spoiled |= bit
        mine[S_CLAIM] = claim
    for person in range(people):
        state[person, S_CLAIM] &= ~spoiled


@inner
def recording_broken_in(world: World, meeting: int, law: LawTables, state: Ints) -> int:
    """Jurisdiction whose recording rule the meeting broke, by the strictest of those present, or NOWHERE."""
    start, people = world.meetings[meeting].start, world.meetings[meeting].people
    strictest, at = 0, NOWHERE
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
    return NOWHERE


@inner
def unclaimed_causes(mine: Ints, ended: bool, switched_off: int, vetoed: int, limited: int, causes: Ints) -> None:
    """Fill `causes` (8,) with the first reason of every category that is not claimed."""
    for category in range(8):
        bit = 1 << category
        if mine[S_CLAIM] & bit:
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


@inner
def fill_failing(mine: Ints, refusal: int, voiceprint: bool, subordinate: bool, failing: Ints) -> None:
    """Fill `failing` (tests,) with the mask that fails each test, whatever the law makes of it.

    Those that need the law (excluded, minor, recording) are left to `stands`.
    """
    own = mine[S_OWN]
    chosen = own & ~mine[S_SILENT]
    failing[_NOT_OWN] = ~own
    failing[_PRE_TICKED] = own & mine[S_SILENT]
    failing[_FORCED] = chosen & mine[S_FORCED]
    failing[_DETRIMENT] = chosen if refusal == _VIEW_ONLY else 0
    failing[_BUNDLED] = chosen & mine[S_BUNDLED]
    failing[_UNEQUAL] = chosen & mine[S_UNEQUAL]
    failing[_POWER_GAP] = chosen if subordinate else 0
    failing[_VOICEPRINT] = ~chosen & SPEECH_BITS if voiceprint else 0


@inner
def stands(
    claim: int,
    place: int,
    age: int,
    overlay: int,
    broken_in: int,
    voiding: Ints,
    ages: Ints,
    failing: Ints,
    produced: Ints,
    causes: Ints,
    rules: Ints,
    counted: bool,
) -> int:
    """Mask of what of a claim stands under a law. If `counted`, the first failed tests enter `causes` and `rules`."""
    failing[_EXCLUDED] = ALL_BITS if overlay >= 0 else 0
    failing[_MINOR] = ALL_BITS if age < ages[place] else 0
    failing[_RECORDING] = RECORDING_BITS if broken_in != NOWHERE else 0
    lawful = claim
    for test in range(_TESTS):
        hit = lawful & failing[test]
        if hit == 0:
            continue
        rule = overlay if test == _EXCLUDED else voiding[broken_in if test == _RECORDING else place, test]
        if rule < 0:
            continue
        lawful &= ~hit
        if counted:
            for category in range(8):
                if hit >> category & 1:
                    causes[category] = FIRST_VOID + test
                    rules[rule, category] += produced[category]
    return lawful


@inner
def withdraws(clicks: float, world: World, row: int, lawful: int, coefficients: Coefficients) -> bool:
    """Whether somebody takes back all that stands; `clicks` is what that takes."""
    value = coefficients.value * _mean_willingness(world, row, lawful, coefficients.purpose_shift)
    odds = -value - coefficients.withdraw_inertia
    odds -= coefficients.click * world.rows[row].effort * clicks
    return bool(uniform(world.rows[row].key, WITHDRAW_SLOT) < sigmoid(odds))


@inner
def settle_kept(lawful: int, withdrawn: bool, causes: Ints) -> None:
    """Enter what stands into `causes`: withdrawn all together, or kept."""
    for category in range(8):
        if lawful >> category & 1:
            causes[category] = _C_WITHDRAWN if withdrawn else _C_KEPT
