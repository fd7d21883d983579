"""The fast walk: the model of `reference.py` over arrays. Equal to it choice for choice and unit for unit."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simulator.compiled import both, entry, inner
from simulator.engine.kernel_law import settle_law
from simulator.engine.kernel_ledger import (
    claim_all,
    limited_bits,
    settle_kept,
    settle_withdrawn,
    take_hosts_share,
    unclaimed_causes,
    vetoed_bits,
)
from simulator.engine.kernel_stages import (
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
from simulator.engine.tables import CONTENT_BITS, Coefficients, FlowTables
from simulator.engine.tally import (
    AGREED,
    CELL_CLAIMED,
    CELL_LAWFUL,
    CELL_LEFT,
    CELL_LENIENT,
    CELL_MISSED,
    CELL_OVERREACH,
    CELL_PEOPLE,
    CELL_PRODUCED,
    CELL_WANTED,
    GIVEN_UP,
    LEFT,
    LENIENT,
    MEETINGS,
    MISSED,
    OVERREACH,
    PARTICIPANTS,
    RULE_MIXED,
    RULE_MIXED_LENIENT,
    RULE_OWN,
    RULE_OWN_LENIENT,
    SECONDS_BINS,
    SECONDS_PER_BIN,
    WANTED,
)
from simulator.engine.world import WEIGHED, World
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
def _count_ledger(
    produced: Ints, willing: Floats, mine: Ints, purpose_shift: float, causes: Ints, ledger: Ints
) -> None:
    """Add what one person would have produced to the ledger of their group, by category.

    Without branches: whether something is wanted is anybody's guess, and a wrong guess costs the processor more.
    """
    for category in range(8):
        amount, row = produced[category], ledger[category]
        wanted = 1 if willing[category] + purpose_shift > 0.0 else 0
        claimed = mine[S_CLAIM] >> category & 1
        row[causes[category]] += amount
        row[WANTED] += amount * wanted
        row[OVERREACH] += amount * (claimed & (1 - wanted))
        row[MISSED] += amount * (wanted & (1 - claimed))
        row[LENIENT] += amount * (mine[S_LENIENT] >> category & 1)


@inner
def _count_rules(produced: Ints, mine: Ints, causes: Ints, deciding: Ints, rules: Ints) -> None:
    """Add what is void of one person to the rules that decided."""
    void = mine[S_CLAIM] & ~mine[S_LAWFUL]
    if void == 0:
        return
    for category in range(8):
        if void >> category & 1:
            row, mixed = rules[deciding[category], category], causes[category] == _C_MIXED
            row[RULE_MIXED if mixed else RULE_OWN] += produced[category]
            if mine[S_LENIENT] >> category & 1:
                row[RULE_MIXED_LENIENT if mixed else RULE_OWN_LENIENT] += produced[category]


@inner
def _add(amount: int, mine: Ints, headline: int, wanted: int, cell: Ints) -> None:
    """Add what one person adds to a cell (CELL_COLUMNS,) that they are in."""
    claimed = mine[S_CLAIM] >> headline & 1
    cell[CELL_PRODUCED] += amount
    cell[CELL_CLAIMED] += amount * claimed
    cell[CELL_LAWFUL] += amount * (mine[S_LAWFUL] >> headline & 1)
    cell[CELL_LENIENT] += amount * (mine[S_LENIENT] >> headline & 1)
    cell[CELL_WANTED] += amount * wanted
    cell[CELL_OVERREACH] += amount * (claimed & (1 - wanted))
    cell[CELL_MISSED] += amount * (wanted & (1 - claimed))
    cell[CELL_PEOPLE] += 1
    cell[CELL_LEFT] += mine[S_LEFT]


class Scratch(NamedTuple):
    """Room to work in, of one thread; see `scratch_for`."""

    state: Ints
    causes: Ints
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
        causes=np.zeros((MAX_PEOPLE, 8), dtype=np.int64),
        deciding=np.zeros((MAX_PEOPLE, 8), dtype=np.int64),
        failing=np.zeros(len(VOID_TESTS), dtype=np.int64),
        shown=np.zeros(len(flow.stages), dtype=np.int64),
        utilities=np.zeros(WEIGHED),
        willing=np.zeros(8),
        liked=np.zeros(len(flow.toggles)),
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
    headline: int,
    group: int,
    cell_start: Ints,
    ledger: Ints,
    counts: Ints,
    seconds_bins: Ints,
    cells: Ints,
    rules: Ints,
    scratch: Scratch,
    choices: npt.NDArray[np.int16],
    meeting: int,
) -> None:
    """One meeting of `walk_meetings`, which belongs to that group."""
    state, causes, deciding, failing = scratch.state, scratch.causes, scratch.deciding, scratch.failing
    shown, utilities, willing, liked = scratch.shown, scratch.utilities, scratch.willing, scratch.liked
    time = scratch.time
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
    settle_law(flow, world, meeting, law, lenient_law, ranged, state, failing, causes, deciding)
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
        unclaimed_causes(mine, ended, switched_off, vetoed, limited, causes[person])
        settle_kept(mine, taken_back, causes[person])
        _count_ledger(produced, world.willing[row], mine, coefficients.purpose_shift, causes[person], ledger[group])
        _count_rules(produced, mine, causes[person], deciding[person], rules)
        counts[group, LEFT] += mine[S_LEFT]
        counts[group, AGREED] += mine[S_LEFT] == 0 and mine[S_OWN] != 0
        if mine[S_LEFT] == 0:
            seconds_bins[group, seconds_bin(time[person])] += 1

        wanted = 1 if world.willing[row, headline] + coefficients.purpose_shift > 0.0 else 0
        amount = produced[headline]
        _add(amount, mine, headline, wanted, cells[group, cell_start[0] + somebody.place])
        _add(amount, mine, headline, wanted, cells[group, cell_start[1] + somebody.role])
        _add(amount, mine, headline, wanted, cells[group, cell_start[2] + somebody.channel])
        _add(amount, mine, headline, wanted, cells[group, cell_start[3] + kind])
        _add(amount, mine, headline, wanted, cells[group, cell_start[4] + confidentiality])


@entry
def walk_meetings(
    world: World,
    flow: FlowTables,
    coefficients: Coefficients,
    law: LawTables,
    lenient_law: LawTables,
    ranged: bool,
    headline: int,
    groups: int,
    cycle: int,
    cell_start: Ints,
    ledger: Ints,
    counts: Ints,
    seconds_bins: Ints,
    cells: Ints,
    rules: Ints,
    scratch: Scratch,
    choices: npt.NDArray[np.int16],
) -> None:
    """Take every meeting of a world through a flow and add what happened to the tally's arrays.

    Args:
        world: People and meetings.
        flow: Compiled flow.
        coefficients: Of the choice model.
        law: Rules in force, as the ledger reads them.
        lenient_law: The same with unsettled rules read leniently.
        ranged: Whether to count what stands under `lenient_law` too; otherwise it is taken to equal the ledger's.
        headline: Index of the category that `cells` are of.
        groups: Number of groups of meetings.
        cycle: Meetings whose ids are equal modulo `cycle` belong to one group.
        cell_start: (6,) first cell of each breakdown: jurisdiction, role, channel, type, confidentiality, end.
        ledger: See `Tally`; likewise `counts`, `seconds_bins`, `cells`, `rules`.
        counts: See `Tally`.
        seconds_bins: See `Tally`.
        cells: See `Tally`.
        rules: See `Tally`.
        scratch: Room to work in, of this thread.
        choices: (rows, stages) filled with the option last chosen at each stage; (0, 0) to skip.
    """
    # Group by group, so that one group's totals at a time are worked on; any order gives the same.
    for dealt in range(min(groups, len(world.meetings))):
        for meeting in range(dealt, len(world.meetings), groups):
            _walk_meeting(
                world, flow, coefficients, law, lenient_law, ranged, headline, (world.first + meeting) % cycle % groups,
                cell_start, ledger, counts, seconds_bins, cells, rules, scratch, choices, meeting,
            )  # fmt: skip
