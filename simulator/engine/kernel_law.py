"""The fast walk, third part: what the law lets stand of the claims. See `reference.py`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from simulator.compiled import inner
from simulator.engine.kernel_ledger import ALL_BITS, put
from simulator.engine.kernel_stages import (
    S_BUNDLED,
    S_CAUSES,
    S_CLAIM,
    S_FORCED,
    S_LAWFUL,
    S_LEFT,
    S_LENIENT,
    S_NOTICED,
    S_OWN,
    S_SILENT,
    S_TOLD,
    S_UNEQUAL,
)
from simulator.engine.law_tables import VOID_TESTS, LawTables
from simulator.engine.tables import RECORDING_BITS, REFUSALS, SPEECH_BITS, FlowTables
from simulator.engine.world import World
from simulator.population.traits import SUBORDINATE
from simulator.rules.law import RecordingFault
from simulator.rules.ledger import CAUSES, FIRST_VOID, Cause
from simulator.scenario.vocabulary import Confidentiality, Refusal, VoidTest

Ints = npt.NDArray[np.int64]

NOWHERE = -1
"""No recording rule was broken."""

_VIEW_ONLY = REFUSALS.index(Refusal.VIEW_ONLY)
_C_MIXED = CAUSES.index(Cause.MIXED)
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
    found = reached and reached & law.person_overlays[place, role, law.bracket[age]]
    if found == 0:
        return -1
    rule = int(law.first_overlay)
    while found & 1 == 0:
        found >>= 1
        rule += 1
    return rule


@inner
def _decide(mask: int, rule: int, deciding: Ints) -> None:
    """Enter the rule that decided on the categories in the mask into `deciding` (8,)."""
    for category in range(8):
        if mask >> category & 1:
            deciding[category] = rule


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
        if lawful == 0:
            break
        hit = lawful & failing[test]
        if hit == 0:
            continue
        rule = overlay if test == _EXCLUDED else law.voiding[broken_in if test == _RECORDING else place, test]
        if rule < 0:
            continue
        lawful &= ~hit
        if noted:
            mine[S_CAUSES] = put(hit, FIRST_VOID + test, mine[S_CAUSES])
            _decide(hit, rule, deciding)
    return lawful


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
    deciding: Ints,
) -> None:
    """Fill S_LAWFUL and S_LENIENT of everybody, and enter why the rest of their claims is void into S_CAUSES.

    Args:
        flow: Compiled flow.
        world: People and meetings.
        meeting: Which.
        law: Rules in force, as the ledger reads them.
        lenient_law: The same with unsettled rules read leniently.
        ranged: Whether S_LENIENT is by `lenient_law`; otherwise it equals S_LAWFUL.
        state: (people, STATE_COLUMNS).
        failing: (tests,) to work with.
        deciding: (people, 8) filled with the rule that decided on what is claimed and void.
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
        mine, somebody = state[person], world.rows[start + person]
        claim, place, role, age = mine[S_CLAIM], somebody.place, somebody.role, somebody.age
        mine[S_LAWFUL] = mine[S_LENIENT] = 0
        if claim == 0:
            continue
        _fill_failing(flow, mine, person == 0, role == SUBORDINATE, failing)
        overlay = _overlay(law, reached, place, role, age)
        lawful = lenient = _stands(law, flow, mine, place, age, overlay, broken_in, failing, deciding[person], True)
        if ranged and lawful != claim:
            overlay = _overlay(lenient_law, leniently_reached, place, role, age)
            lenient = _stands(
                lenient_law, flow, mine, place, age, overlay, lenient_broken_in, failing,
                deciding[person], False,
            )  # fmt: skip
        mine[S_LAWFUL], mine[S_LENIENT] = lawful, lenient
        mixed = flow.mixed & somebody.made
        spoiled |= mixed & claim & ~lawful
        leniently_spoiled |= mixed & claim & ~lenient
    if spoiled:
        _void_mixed(flow, world, meeting, spoiled, leniently_spoiled, state, deciding)


@inner
def _void_mixed(
    flow: FlowTables,
    world: World,
    meeting: int,
    spoiled: int,
    leniently_spoiled: int,
    state: Ints,
    deciding: Ints,
) -> None:
    """Void what is recorded together with somebody whose consent is void, by the rule that voided the first such."""
    start, people = world.meetings[meeting].start, world.meetings[meeting].people
    for category in range(8):
        bit = 1 << category
        if spoiled & bit == 0:
            continue
        first = 0
        while state[first, S_CLAIM] & ~state[first, S_LAWFUL] & flow.mixed & world.rows[start + first].made & bit == 0:
            first += 1
        rule = deciding[first, category]
        for person in range(people):
            if state[person, S_LAWFUL] & bit:
                state[person, S_CAUSES] = put(bit, _C_MIXED, state[person, S_CAUSES])
                deciding[person, category] = rule
    for person in range(people):
        state[person, S_LAWFUL] &= ~spoiled
        state[person, S_LENIENT] &= ~leniently_spoiled
