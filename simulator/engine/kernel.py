"""The fast walk: the model of `reference.py` over arrays. Equal to it choice for choice and unit for unit."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simulator.compiled import both, entry, inner
from simulator.engine.kernel_law import settle_law
from simulator.engine.kernel_ledger import (
    cause_of,
    claim_all,
    limited_bits,
    settle_kept,
    settle_withdrawn,
    take_hosts_share,
    unclaimed_causes,
    vetoed_bits,
)
from simulator.engine.kernel_stages import (
    S_CAUSES,
    S_CLAIM,
    S_LAWFUL,
    S_LEFT,
    S_LENIENT,
    S_OTHER,
    S_OWN,
    S_REFUSED,
    S_UNANSWERED,
    STATE_COLUMNS,
    walk_stages,
)
from simulator.engine.law_tables import VOID_TESTS, LawTables
from simulator.engine.tables import CONTENT_BITS, WIDE, Coefficients, FlowTables
from simulator.engine.tally import (
    AGREED,
    F_LENIENT,
    F_WANTED,
    FATES_PER_CAUSE,
    GIVEN_UP,
    LEFT,
    MEETINGS,
    P_CLAIMED,
    P_LAWFUL,
    P_LEFT,
    P_LENIENT,
    P_WANTED,
    PARTICIPANTS,
    RULE_MIXED,
    RULE_MIXED_LENIENT,
    RULE_OWN,
    RULE_OWN_LENIENT,
    SECONDS_BINS,
    SECONDS_PER_BIN,
    Counters,
)
from simulator.engine.world import World
from simulator.rules.ledger import CAUSES, Cause
from simulator.scenario.meeting_mix import MAX_PEOPLE

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_C_MIXED = CAUSES.index(Cause.MIXED)


@both
def seconds_bin(seconds: float) -> int:
    """Bin of `Tally.seconds`; the first is for those whom the flow does not keep waiting at all."""
    if seconds <= 0.0:
        return 0
    return min(1 + int(seconds / SECONDS_PER_BIN), SECONDS_BINS - 1)


@inner
def _count_fates(produced: Ints, willing: Floats, mine: Ints, purpose_shift: float, causes: int, fates: Ints) -> None:
    """Add what one person would have produced to the fates of their group, by category.

    Without branches: whether something is wanted is anybody's guess, and a wrong guess costs the processor more.
    """
    for category in range(8):
        wanted = F_WANTED if willing[category] + purpose_shift > 0.0 else 0
        lenient = F_LENIENT * (mine[S_LENIENT] >> category & 1)
        fates[category, FATES_PER_CAUSE * cause_of(causes, category) + wanted + lenient] += produced[category]


@inner
def _count_rules(produced: Ints, mine: Ints, causes: int, deciding: Ints, rules: Ints) -> None:
    """Add what is void of one person to the rules that decided."""
    void = mine[S_CLAIM] & ~mine[S_LAWFUL]
    if void == 0:
        return
    for category in range(8):
        if void >> category & 1:
            row, mixed = rules[deciding[category], category], cause_of(causes, category) == _C_MIXED
            row[RULE_MIXED if mixed else RULE_OWN] += produced[category]
            if mine[S_LENIENT] >> category & 1:
                row[RULE_MIXED_LENIENT if mixed else RULE_OWN_LENIENT] += produced[category]


@inner
def _part(mine: Ints, headline: int, wanted: bool) -> int:
    """What is true of one person, as cells count it."""
    part = P_CLAIMED * (mine[S_CLAIM] >> headline & 1) + P_LAWFUL * (mine[S_LAWFUL] >> headline & 1)
    part += P_LENIENT * (mine[S_LENIENT] >> headline & 1) + P_LEFT * mine[S_LEFT]
    return int(part + (P_WANTED if wanted else 0))


@inner
def _add(amount: int, part: int, cell: Ints) -> None:
    """Add one person to a cell (PARTS, 2) that they are in."""
    cell[part, 0] += amount
    cell[part, 1] += 1


class Counting(NamedTuple):
    """How people are counted."""

    headline: int
    """Index of the category that cells are of."""
    groups: int
    """Number of groups of meetings."""
    cycle: int
    """Meetings whose ids are equal modulo this belong to one group."""
    cell_start: Ints
    """(6,) first cell of each breakdown: jurisdiction, role, channel, type, confidentiality, end."""


class Scratch(NamedTuple):
    """Room to work in, of one thread; see `scratch_for`."""

    state: Ints
    deciding: Ints
    failing: Ints
    shown: Ints
    utilities: Floats
    willing: Floats
    liked: Floats
    time: Floats


def scratch_for(flow: FlowTables) -> Scratch:
    """Room for one thread to walk meetings through a flow."""
    return Scratch(
        state=np.zeros((MAX_PEOPLE + 1, STATE_COLUMNS), dtype=np.int64),
        deciding=np.zeros((MAX_PEOPLE, 8), dtype=np.int64),
        failing=np.zeros(len(VOID_TESTS), dtype=np.int64),
        shown=np.zeros(len(flow.stages), dtype=np.int64),
        utilities=np.zeros(WIDE),
        willing=np.zeros(8),
        liked=np.zeros(WIDE),
        time=np.zeros(MAX_PEOPLE),
    )


@inner
def _walk_meeting(
    world: World,
    flow: FlowTables,
    coefficients: Coefficients,
    law: LawTables,
    lenient_law: LawTables,
    ranged: bool,
    counting: Counting,
    group: int,
    counters: Counters,
    scratch: Scratch,
    choices: npt.NDArray[np.int16],
    meeting: int,
) -> None:
    """One meeting of `walk_meetings`, which belongs to that group."""
    state, deciding, failing = scratch.state, scratch.deciding, scratch.failing
    shown, utilities, willing, liked = scratch.shown, scratch.utilities, scratch.willing, scratch.liked
    time = scratch.time
    counts, cells = counters.counts, counters.cells[group]
    headline, cell_start = counting.headline, counting.cell_start
    stages = len(flow.stages)
    start, people = world.meetings[meeting].start, world.meetings[meeting].people
    state[: people + 1] = 0
    common = state[people]

    _, refused = walk_stages(
        flow, 0, flow.binding, world, start, meeting, coefficients, common, shown, utilities, willing, liked, choices
    )
    switched_off = common[S_REFUSED] | common[S_UNANSWERED]
    if refused:
        switched_off |= flow.sought & ~(common[S_OWN] & ~CONTENT_BITS)
    for person in range(people):
        state[person, S_OTHER] = common[S_OWN]
        time[person] = 0.0
        if not refused:
            time[person], _ = walk_stages(
                flow, flow.binding, stages, world, start + person, meeting, coefficients, state[person], shown,
                utilities, willing, liked, choices,
            )  # fmt: skip
    take_hosts_share(common, state[0])
    vetoed = vetoed_bits(flow, world, meeting, coefficients, state)
    present = 0
    for person in range(people):
        present += 1 - state[person, S_LEFT]
    ended = state[0, S_LEFT] == 1 or present < 2
    claim_all(flow, world, meeting, switched_off | vetoed, ended, state)
    settle_law(flow, world, meeting, law, lenient_law, ranged, state, failing, deciding)
    taken_back = settle_withdrawn(flow, world, meeting, coefficients, state)

    counts[group, MEETINGS] += 1
    counts[group, PARTICIPANTS] += people
    # Given up: the flow could have claimed something, and for everybody it was switched off or vetoed.
    counts[group, GIVEN_UP] += flow.sought != 0 and flow.sought & ~(switched_off | vetoed) == 0
    kind, confidentiality = world.meetings[meeting].type, world.meetings[meeting].confidentiality
    for person in range(people):
        row = start + person
        mine, somebody, produced = state[person], world.rows[row], world.produced[row]
        limited = limited_bits(flow.refusal, mine)
        causes = unclaimed_causes(mine, ended, switched_off, vetoed, limited, mine[S_CAUSES])
        causes = settle_kept(mine, taken_back, causes)
        _count_fates(produced, world.willing[row], mine, coefficients.purpose_shift, causes, counters.fates[group])
        _count_rules(produced, mine, causes, deciding[person], counters.rules)
        counts[group, LEFT] += mine[S_LEFT]
        counts[group, AGREED] += mine[S_LEFT] == 0 and mine[S_OWN] != 0
        if mine[S_LEFT] == 0:
            counters.seconds[group, seconds_bin(time[person])] += 1

        part = _part(mine, headline, world.willing[row, headline] + coefficients.purpose_shift > 0.0)
        amount = produced[headline]
        _add(amount, part, cells[cell_start[0] + somebody.place])
        _add(amount, part, cells[cell_start[1] + somebody.role])
        _add(amount, part, cells[cell_start[2] + somebody.channel])
        _add(amount, part, cells[cell_start[3] + kind])
        _add(amount, part, cells[cell_start[4] + confidentiality])


@entry
def walk_meetings(
    world: World,
    flow: FlowTables,
    coefficients: Coefficients,
    law: LawTables,
    lenient_law: LawTables,
    ranged: bool,
    counting: Counting,
    counters: Counters,
    scratch: Scratch,
    choices: npt.NDArray[np.int16],
) -> None:
    """Take every meeting of a world through a flow and add what happened to its counters.

    Args:
        world: People and meetings.
        flow: Compiled flow.
        coefficients: Of the choice model.
        law: Rules in force, as the ledger reads them.
        lenient_law: The same with unsettled rules read leniently.
        ranged: Whether to count what stands under `lenient_law` too; otherwise it is taken to equal the ledger's.
        counting: How people are counted.
        counters: Of the flow, added to.
        scratch: Room to work in, of this thread.
        choices: (rows, stages) filled with the option last chosen at each stage; (rows, stages + MET_COLUMNS), those
            columns 0, to note what was met too; (0, 0) to skip.
    """
    # Group by group, so that one group's totals at a time are worked on; any order gives the same.
    for dealt in range(min(counting.groups, len(world.meetings))):
        for meeting in range(dealt, len(world.meetings), counting.groups):
            group = (world.first + meeting) % counting.cycle % counting.groups
            _walk_meeting(
                world,
                flow,
                coefficients,
                law,
                lenient_law,
                ranged,
                counting,
                group,
                counters,
                scratch,
                choices,
                meeting,
            )
