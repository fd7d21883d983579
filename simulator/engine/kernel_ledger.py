"""The fast walk, second half: from what people answered to what is claimed, lawful and kept. See `reference.py`."""

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
    S_LENIENT,
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
from simulator.population.traits import SUBORDINATE
from simulator.rules.law import RecordingFault
from simulator.rules.ledger import CAUSES, FIRST_VOID, Cause
from simulator.scenario.vocabulary import Confidentiality, Refusal, VoidTest

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
_C_MIXED, _C_TOGETHER = CAUSES.index(Cause.MIXED), CAUSES.index(Cause.WITHDRAWN_TOGETHER)
_C_WITHDRAWN, _C_KEPT = CAUSES.index(Cause.WITHDRAWN), CAUSES.index(Cause.KEPT)

_EXCLUDED, _MINOR = VOID_TESTS.index(VoidTest.EXCLUDED), VOID_TESTS.index(VoidTest.MINOR)
_RECORDING, _NOT_OWN = VOID_TESTS.index(VoidTest.RECORDING), VOID_TESTS.index(VoidTest.NOT_OWN_CHOICE)
_PRE_TICKED, _FORCED = VOID_TESTS.index(VoidTest.PRE_TICKED), VOID_TESTS.index(VoidTest.FORCED)
_DETRIMENT, _BUNDLED = VOID_TESTS.index(VoidTest.DETRIMENT), VOID_TESTS.index(VoidTest.BUNDLED)
_UNEQUAL, _POWER_GAP = VOID_TESTS.index(VoidTest.UNEQUAL_PATH), VOID_TESTS.index(VoidTest.POWER_GAP)
_WITHDRAWAL, _VOICEPRINT = VOID_TESTS.index(VoidTest.WITHDRAWAL), VOID_TESTS.index(VoidTest.VOICEPRINT)
_TESTS = len(VOID_TESTS)

_UNTOLD_RECORDED, _UNTOLD = int(RecordingFault.UNTOLD_RECORDED), int(RecordingFault.UNTOLD)
_UNNOTICED, _UNAGREED = int(RecordingFault.UNNOTICED), int(RecordingFault.UNAGREED)
_PUBLIC = tuple(Confidentiality).index(Confidentiality.PUBLIC)


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


@inner
def _recording_faults(world: World, meeting: int, state: Ints) -> int:
    """Sum of what is wrong with the recording; see `RecordingFault`."""
    people = world.meetings[meeting].people
    faults = recorded_at_all = 0
    for person in range(people):
        mine = state[person]
        if mine[S_LEFT] == 1:
            continue
        recorded = mine[S_CLAIM] & RECORDING_BITS
        recorded_at_all |= recorded
        if mine[S_TOLD] == 0:
            faults |= _UNTOLD
            if recorded:
                faults |= _UNTOLD_RECORDED
        if mine[S_NOTICED] == 0:
            faults |= _UNNOTICED
        if recorded & ~(mine[S_OWN] & ~mine[S_SILENT]):
            faults |= _UNAGREED
    return faults if recorded_at_all else 0


@inner
def _recording_broken_in(world: World, meeting: int, recording: Ints, faults: int, state: Ints) -> int:
    """Jurisdiction, of the strictest rule broken among those of the people present, or NOWHERE."""
    strictest, at = 0, NOWHERE
    for person in range(world.meetings[meeting].people):
        where = world.rows[world.meetings[meeting].start + person].place
        if recording[where] & faults and recording[where] > strictest and state[person, S_LEFT] == 0:
            strictest, at = recording[where], where
    return at


@inner
def _put(mask: int, value: int, into: Ints) -> None:
    """Set the entries of `into` (8,) whose category is in the mask."""
    if mask != 0:
        for category in range(8):
            into[category] = value if mask >> category & 1 else into[category]


@inner
def unclaimed_causes(mine: Ints, ended: bool, switched_off: int, vetoed: int, limited: int, causes: Ints) -> None:
    """Fill `causes` (8,) with the first reason of every category that is not claimed."""
    unclaimed = ALL_BITS & ~mine[S_CLAIM]
    if mine[S_LEFT] == 1 or ended:
        _put(unclaimed, _C_LEFT if mine[S_LEFT] == 1 else _C_ENDED, causes)
        return
    # From the last reason to the first, which so has the last word.
    _put(unclaimed, _C_INSEPARABLE, causes)
    _put(unclaimed & ~(mine[S_OWN] | mine[S_OTHER]), _C_NOT_ASKED, causes)
    _put(unclaimed & mine[S_UNANSWERED], _C_UNANSWERED, causes)
    _put(unclaimed & mine[S_REFUSED], _C_REFUSED, causes)
    _put(unclaimed & limited, _C_VIEW_ONLY, causes)
    _put(unclaimed & vetoed, _C_VETOED, causes)
    _put(unclaimed & switched_off, _C_OFF, causes)


@inner
def _fill_failing(flow: FlowTables, mine: Ints, host: bool, subordinate: bool, failing: Ints) -> None:
    """Fill `failing` (tests,) with the mask that fails each test, whatever the law makes of it.

    Those that need the law (excluded, minor, voiceprint, recording) are left to `_stands`.
    """
    own = mine[S_OWN]
    chosen = own & ~mine[S_SILENT]
    failing[_NOT_OWN] = ~own
    failing[_PRE_TICKED] = own & mine[S_SILENT]
    failing[_FORCED] = chosen & mine[S_FORCED]
    failing[_DETRIMENT] = chosen if flow.refusal == _VIEW_ONLY else 0
    failing[_BUNDLED] = chosen & mine[S_BUNDLED]
    failing[_UNEQUAL] = chosen & mine[S_UNEQUAL]
    failing[_WITHDRAWAL] = own & (flow.no_way_back_host if host else flow.no_way_back)
    failing[_POWER_GAP] = chosen if subordinate else 0


@inner
def _overlay(law: LawTables, reached: int, place: int, role: int, age: int) -> int:
    """Index of the first sector rule that reaches a person in a meeting; -1 = none."""
    found = reached & law.person_overlays[place, role, law.bracket[age]]
    if found == 0:
        return -1
    rule = int(law.first_overlay)
    while found & 1 == 0:
        found >>= 1
        rule += 1
    return rule


@inner
def _stands(
    law: LawTables,
    flow: FlowTables,
    mine: Ints,
    place: int,
    age: int,
    overlay: int,
    broken_in: int,
    failing: Ints,
    causes: Ints,
    deciding: Ints,
    noted: bool,
) -> int:
    """Mask of what stands of a claim, taken by itself. If `noted`, why the rest fails is put down, by category."""
    failing[_EXCLUDED] = ALL_BITS if overlay >= 0 else 0
    failing[_MINOR] = ALL_BITS if age < law.age[place] else 0
    released = 0 if law.separate[place] else mine[S_OWN] & ~mine[S_SILENT]
    failing[_VOICEPRINT] = ~released & SPEECH_BITS if flow.voiceprint else 0
    failing[_RECORDING] = RECORDING_BITS if broken_in != NOWHERE else 0
    lawful = int(mine[S_CLAIM])
    for test in range(_TESTS):
        hit = lawful & failing[test]
        if hit == 0:
            continue
        rule = overlay if test == _EXCLUDED else law.voiding[broken_in if test == _RECORDING else place, test]
        if rule < 0:
            continue
        lawful &= ~hit
        if noted:
            _put(hit, FIRST_VOID + test, causes)
            _put(hit, rule, deciding)
    return lawful


@inner
def _mixed_and_produced(flow: FlowTables, bits: int, produced: Ints) -> int:
    """Of some categories those that are recorded together and that somebody does produce."""
    found = bits & flow.mixed
    if found == 0:
        return 0
    for category in range(8):
        if found >> category & 1 and produced[category] == 0:
            found &= ~(1 << category)
    return found


@inner
def settle_law(
    flow: FlowTables,
    world: World,
    meeting: int,
    law: LawTables,
    lenient_law: LawTables,
    ranged: bool,
    state: Ints,
    failing: Ints,
    causes: Ints,
    deciding: Ints,
) -> None:
    """Fill S_LAWFUL and S_LENIENT of everybody, and note why the rest of their claims is void.

    Args:
        flow: Compiled flow.
        world: People and meetings.
        meeting: Which.
        law: Rules in force, as the ledger reads them.
        lenient_law: The same with unsettled rules read leniently.
        ranged: Whether S_LENIENT is by `lenient_law`; otherwise it equals S_LAWFUL.
        state: (people, STATE_COLUMNS).
        failing: (tests,) to work with.
        causes: (people, 8) filled with the cause of what is claimed and void.
        deciding: (people, 8) filled with the rule that decided that.
    """
    start, people = world.meetings[meeting].start, world.meetings[meeting].people
    kind, confidentiality = world.meetings[meeting].type, world.meetings[meeting].confidentiality
    # What is said to everybody is no private talk, and that is what recording laws protect.
    faults = 0 if confidentiality == _PUBLIC else _recording_faults(world, meeting, state)
    broken_in = lenient_broken_in = NOWHERE
    if faults:
        broken_in = _recording_broken_in(world, meeting, law.recording, faults, state)
        if ranged:
            lenient_broken_in = _recording_broken_in(world, meeting, lenient_law.recording, faults, state)
    hosted_in = world.rows[start].place
    reached = law.meeting_overlays[kind, confidentiality, hosted_in]
    leniently_reached = lenient_law.meeting_overlays[kind, confidentiality, hosted_in]
    spoiled = leniently_spoiled = 0
    for person in range(people):
        mine, somebody, produced = state[person], world.rows[start + person], world.produced[start + person]
        claim, place, role, age = mine[S_CLAIM], somebody.place, somebody.role, somebody.age
        mine[S_LAWFUL] = mine[S_LENIENT] = 0
        if claim == 0:
            continue
        _fill_failing(flow, mine, person == 0, role == SUBORDINATE, failing)
        overlay = _overlay(law, reached, place, role, age)
        lawful = lenient = _stands(
            law, flow, mine, place, age, overlay, broken_in, failing, causes[person], deciding[person], True
        )
        if ranged and lawful != claim:
            overlay = _overlay(lenient_law, leniently_reached, place, role, age)
            lenient = _stands(
                lenient_law, flow, mine, place, age, overlay, lenient_broken_in, failing, causes[person],
                deciding[person], False,
            )  # fmt: skip
        mine[S_LAWFUL], mine[S_LENIENT] = lawful, lenient
        spoiled |= _mixed_and_produced(flow, claim & ~lawful, produced)
        leniently_spoiled |= _mixed_and_produced(flow, claim & ~lenient, produced)
    if spoiled:
        _void_mixed(flow, world, meeting, spoiled, leniently_spoiled, state, causes, deciding)


@inner
def _void_mixed(
    flow: FlowTables,
    world: World,
    meeting: int,
    spoiled: int,
    leniently_spoiled: int,
    state: Ints,
    causes: Ints,
    deciding: Ints,
) -> None:
    """Void what is recorded together with somebody whose consent is void, by the rule that voided the first such."""
    start, people = world.meetings[meeting].start, world.meetings[meeting].people
    for category in range(8):
        bit = 1 << category
        if spoiled & bit == 0:
            continue
        first = 0
        while (
            _mixed_and_produced(flow, state[first, S_CLAIM] & ~state[first, S_LAWFUL], world.produced[start + first])
            & bit
            == 0
        ):
            first += 1
        rule = deciding[first, category]
        for person in range(people):
            if state[person, S_LAWFUL] & bit:
                causes[person, category] = _C_MIXED
                deciding[person, category] = rule
    for person in range(people):
        state[person, S_LAWFUL] &= ~spoiled
        state[person, S_LENIENT] &= ~leniently_spoiled


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
            taken_back |= _mixed_and_produced(flow, lawful, world.produced[start + person])
    return taken_back


@inner
def settle_kept(mine: Ints, taken_back: int, causes: Ints) -> None:
    """Enter what stands into `causes`: withdrawn all together, gone with what others took back, or kept."""
    if mine[S_WITHDRAWN] == 1:
        _put(mine[S_LAWFUL], _C_WITHDRAWN, causes)
    else:
        _put(mine[S_LAWFUL], _C_KEPT, causes)
        _put(mine[S_LAWFUL] & taken_back, _C_TOGETHER, causes)
