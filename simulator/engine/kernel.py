"""The fast walk: the model of `reference.py` over arrays. Equal to it choice for choice and unit for unit."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

from simulator.draws import inner
from simulator.engine.kernel_ledger import (
    NOWHERE,
    claim_all,
    fill_failing,
    limited_bits,
    recording_broken_in,
    settle_kept,
    stands,
    unclaimed_causes,
    vetoed_bits,
    withdraws,
)
from simulator.engine.kernel_stages import (
    S_CLAIM,
    S_LEFT,
    S_OTHER,
    S_OWN,
    S_REFUSED,
    S_UNANSWERED,
    STATE_COLUMNS,
    walk_stages,
)
from simulator.engine.tables import CONTENT_BITS, VOID_TESTS, Coefficients, FlowTables, LawTables
from simulator.engine.tally import (
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
    SECONDS_BINS,
    SECONDS_PER_BIN,
    WANTED,
)
from simulator.engine.world import World
from simulator.population.traits import SUBORDINATE
from simulator.scenario.meeting_mix import MAX_PEOPLE

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@njit(cache=True)
def seconds_bin(seconds: float) -> int:
    """Bin of `Tally.seconds`; the first is for those whom the flow does not keep waiting at all."""
    if seconds <= 0.0:
        return 0
    return min(1 + int(seconds / SECONDS_PER_BIN), SECONDS_BINS - 1)


@inner
def _count_ledger(
    produced: Ints, willing: Floats, claim: int, lenient: int, purpose_shift: float, causes: Ints, ledger: Ints
) -> None:
    """Add what one person would have produced to the ledger of their group, by category."""
    for category in range(8):
        amount = produced[category]
        if amount == 0:
            continue
        wanted = willing[category] + purpose_shift > 0.0
        claimed = claim >> category & 1 == 1
        ledger[category, causes[category]] += amount
        if lenient >> category & 1:
            ledger[category, LENIENT] += amount
        if wanted:
            ledger[category, WANTED] += amount
        if claimed and not wanted:
            ledger[category, OVERREACH] += amount
        if wanted and not claimed:
            ledger[category, MISSED] += amount


@inner
def _count_cell(
    cells: Ints, group: int, cell: int, amount: int, claimed: int, lawful: int, lenient: int, wanted: int, left: int
) -> None:
    cells[group, cell, CELL_PRODUCED] += amount
    cells[group, cell, CELL_CLAIMED] += amount * claimed
    cells[group, cell, CELL_LAWFUL] += amount * lawful
    cells[group, cell, CELL_LENIENT] += amount * lenient
    cells[group, cell, CELL_WANTED] += amount * wanted
    cells[group, cell, CELL_OVERREACH] += amount * claimed * (1 - wanted)
    cells[group, cell, CELL_MISSED] += amount * wanted * (1 - claimed)
    cells[group, cell, CELL_PEOPLE] += 1
    cells[group, cell, CELL_LEFT] += left


@njit(cache=True, nogil=True)
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
        choices: (rows, stages) filled with the option last chosen at each stage; (0, 0) to skip.
    """
    state = np.zeros((MAX_PEOPLE + 1, STATE_COLUMNS), dtype=np.int64)
    causes = np.zeros(8, dtype=np.int64)
    failing = np.zeros(len(VOID_TESTS), dtype=np.int64)
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

        _, refused = walk_stages(
            flow, 0, flow.binding, world, start, meeting, coefficients, common, shown, utilities, willing, choices
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
                    utilities, willing, choices,
                )  # fmt: skip
        vetoed = vetoed_bits(flow, world, meeting, coefficients, state)
        present = 0
        for person in range(people):
            present += 1 - state[person, S_LEFT]
        ended = state[0, S_LEFT] == 1 or present < 2
        claim_all(flow, world, meeting, switched_off | vetoed, ended, state)
        broken_in = recording_broken_in(world, meeting, law, state)
        lenient_broken_in = recording_broken_in(world, meeting, lenient_law, state) if ranged else NOWHERE

        counts[group, MEETINGS] += 1
        counts[group, PARTICIPANTS] += people
        # Given up: the flow could have claimed something, and for everybody it was switched off or vetoed.
        counts[group, GIVEN_UP] += flow.sought != 0 and flow.sought & ~(switched_off | vetoed) == 0
        kind, confidentiality = world.meetings[meeting].type, world.meetings[meeting].confidentiality
        overlay = law.overlay[confidentiality]
        for person in range(people):
            row = start + person
            mine, somebody, produced = state[person], world.rows[row], world.produced[row]
            place, claim, left = somebody.place, mine[S_CLAIM], mine[S_LEFT]
            unclaimed_causes(mine, ended, switched_off, vetoed, limited_bits(flow.refusal, mine), causes)
            lawful = lenient = 0
            if claim != 0:
                fill_failing(mine, flow.refusal, flow.voiceprint, somebody.role == SUBORDINATE, failing)
                lawful = lenient = stands(
                    claim, place, somebody.age, overlay, broken_in, law.voiding, law.age, failing, produced, causes,
                    rules, True,
                )  # fmt: skip
                if ranged and lawful != claim:
                    lenient = stands(
                        claim, place, somebody.age, overlay, lenient_broken_in, lenient_law.voiding, lenient_law.age,
                        failing, produced, causes, rules, False,
                    )  # fmt: skip
            if lawful != 0:
                clicks = flow.withdrawal_clicks
                settle_kept(lawful, clicks >= 0.0 and withdraws(clicks, world, row, lawful, coefficients), causes)
            _count_ledger(
                produced, world.willing[row], claim, lenient, coefficients.purpose_shift, causes, ledger[group]
            )
            counts[group, LEFT] += left
            if left == 0:
                seconds_bins[group, seconds_bin(time[person])] += 1

            amount = produced[headline]
            wanted = 1 if world.willing[row, headline] + coefficients.purpose_shift > 0.0 else 0
            claimed, at_law, leniently = claim >> headline & 1, lawful >> headline & 1, lenient >> headline & 1
            parts = (place, somebody.role, somebody.channel, kind, confidentiality)
            for breakdown in range(5):
                _count_cell(
                    cells, group, cell_start[breakdown] + parts[breakdown], amount, claimed, at_law, leniently,
                    wanted, left,
                )  # fmt: skip
