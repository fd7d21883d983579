"""The fast walk, second part: from what people answered to what is claimed, withdrawn and kept. See `reference.py`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from simulator.compiled import inner
from simulator.draws import uniform
from simulator.engine.kernel_stages import (
    S_BUNDLED,
    S_BY_HOST,
    S_CLAIM,
    S_FORCED,
    S_LAWFUL,
    S_LEFT,
    S_NOTICED,
    S_OTHER,
    S_OWN,
    S_REFUSED,
    S_SILENT,
    S_TOLD,
    S_UNANSWERED,
    S_UNEQUAL,
    S_WITHDRAWN,
    sigmoid,
)
from simulator.engine.tables import CONTENT_BITS, REFUSALS, Coefficients, FlowTables
from simulator.engine.world import World
from simulator.rules.ledger import CAUSES, Cause
from simulator.scenario.vocabulary import Refusal

Ints = npt.NDArray[np.int64]

ALL_BITS = 0xFF

# Draws of a person outside any stage.
YIELD_SLOT, OVERRULED_SLOT, WITHDRAW_SLOT = 101, 102, 103

_VIEW_ONLY, _STOP = REFUSALS.index(Refusal.VIEW_ONLY), REFUSALS.index(Refusal.STOP_FOR_ALL)
_ASK_HOST = REFUSALS.index(Refusal.ASK_HOST)

_C_LEFT, _C_ENDED = CAUSES.index(Cause.LEFT), CAUSES.index(Cause.MEETING_ENDED)
_C_OFF, _C_VETOED = CAUSES.index(Cause.SWITCHED_OFF), CAUSES.index(Cause.VETOED)
_C_VIEW_ONLY, _C_NOT_ASKED = CAUSES.index(Cause.VIEW_ONLY), CAUSES.index(Cause.NOT_ASKED)
_C_REFUSED, _C_UNANSWERED = CAUSES.index(Cause.REFUSED), CAUSES.index(Cause.UNANSWERED)
_C_INSEPARABLE = CAUSES.index(Cause.INSEPARABLE)
_C_TOGETHER = CAUSES.index(Cause.WITHDRAWN_TOGETHER)
_C_WITHDRAWN, _C_KEPT = CAUSES.index(Cause.WITHDRAWN), CAUSES.index(Cause.KEPT)


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
            spoiled |= flow.mixed & flow.sought & ~claim & world.rows[start + person].made
        mine[S_CLAIM] = claim
    for person in range(people):
        state[person, S_CLAIM] &= ~spoiled


@inner
def take_hosts_share(common: Ints, host: Ints) -> None:
    """What the host granted for everybody is the host's own grant too, if nothing that came later takes it away."""
    granted = common[S_BY_HOST] & ~(host[S_OWN] | host[S_REFUSED] | host[S_UNANSWERED])
    if granted == 0:
        return
    host[S_OWN] |= granted
    host[S_SILENT] |= common[S_SILENT] & granted
    host[S_FORCED] |= common[S_FORCED] & granted
    host[S_BUNDLED] |= common[S_BUNDLED] & granted
    host[S_UNEQUAL] |= common[S_UNEQUAL] & granted
    host[S_TOLD] = 1
    if granted & ~common[S_SILENT]:
        host[S_NOTICED] = 1


_EACH = 0x0101010101010101
_BYTES = np.array([sum(0xFF << 8 * bit for bit in range(8) if bits >> bit & 1) for bits in range(256)], dtype=np.uint64)
_BYTES = _BYTES.view(np.int64)
"""(256,) for each mask of categories, a number with the bytes of those in it full."""


@inner
def put(mask: int, value: int, into: int) -> int:
    """Eight bytes, one per category, in one number: `into` with the value in those that are in the mask."""
    where = int(_BYTES[mask])
    return into & ~where | value * _EACH & where


@inner
def cause_of(causes: int, category: int) -> int:
    """The cause of one category among those that `put` entered."""
    return causes >> 8 * category & 0xFF


@inner
def unclaimed_causes(mine: Ints, ended: bool, switched_off: int, vetoed: int, limited: int, causes: int) -> int:
    """`causes` with the first reason of every category that is not claimed."""
    unclaimed = ALL_BITS & ~mine[S_CLAIM]
    if mine[S_LEFT] == 1 or ended:
        return put(unclaimed, _C_LEFT if mine[S_LEFT] == 1 else _C_ENDED, causes)
    # From the last reason to the first, which so has the last word.
    causes = put(unclaimed, _C_INSEPARABLE, causes)
    causes = put(unclaimed & ~(mine[S_OWN] | mine[S_OTHER]), _C_NOT_ASKED, causes)
    causes = put(unclaimed & mine[S_UNANSWERED], _C_UNANSWERED, causes)
    causes = put(unclaimed & mine[S_REFUSED], _C_REFUSED, causes)
    causes = put(unclaimed & limited, _C_VIEW_ONLY, causes)
    causes = put(unclaimed & vetoed, _C_VETOED, causes)
    return put(unclaimed & switched_off, _C_OFF, causes)


@inner
def _withdraws(clicks: float, world: World, row: int, lawful: int, coefficients: Coefficients) -> bool:
    """Whether somebody takes back all that stands; `clicks` is what that takes."""
    value = coefficients.value * _mean_willingness(world, row, lawful, coefficients.purpose_shift)
    odds = -value - coefficients.withdraw_inertia
    odds -= coefficients.click * world.rows[row].effort * clicks
    return bool(uniform(world.rows[row].key, WITHDRAW_SLOT) < sigmoid(odds))


@inner
def settle_withdrawn(flow: FlowTables, world: World, meeting: int, coefficients: Coefficients, state: Ints) -> int:
    """Fill S_WITHDRAWN of everybody; returns the mask of what that takes out of what is recorded together."""
    start, people = world.meetings[meeting].start, world.meetings[meeting].people
    taken_back = 0
    for person in range(people):
        lawful = state[person, S_LAWFUL]
        state[person, S_WITHDRAWN] = 0
        if lawful == 0 or flow.withdrawal_clicks < 0.0:
            continue
        if _withdraws(flow.withdrawal_clicks, world, start + person, lawful, coefficients):
            state[person, S_WITHDRAWN] = 1
            taken_back |= flow.mixed & lawful & world.rows[start + person].made
    return taken_back


@inner
def settle_kept(mine: Ints, taken_back: int, causes: int) -> int:
    """`causes` with what stands: withdrawn all together, gone with what others took back, or kept."""
    if mine[S_WITHDRAWN] == 1:
        return put(mine[S_LAWFUL], _C_WITHDRAWN, causes)
    causes = put(mine[S_LAWFUL], _C_KEPT, causes)
    return put(mine[S_LAWFUL] & taken_back, _C_TOGETHER, causes)
