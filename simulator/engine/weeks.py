"""Meetings held again and again with the same people: what they answered before, and how many prompts they have seen.

Each generated meeting is a standing one. Everybody's traits stay; an answer is either given anew, with draws and
attention of that meeting, or kept, which is the walk of the meeting in which it was given. So the state of a person is
which meeting they answered in last, and the prompts that they had seen by then; the walk itself is that of one meeting.
`docs/decisions/0010-weeks.md` says why.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
import numpy.typing as npt

from simulator.compiled import entry
from simulator.draws import child
from simulator.engine.answers import NOT_SHOWN, participant_rows
from simulator.engine.inputs import Inputs
from simulator.engine.run import Plan, Progress, no_counts, no_progress, walk_world
from simulator.engine.tables import EFFECTS, NOBODY
from simulator.engine.tally import GROUPS, Counters, Ints, Tally
from simulator.engine.world import World
from simulator.scenario.flow import Flow
from simulator.scenario.reask import AFTER_REFUSAL, AS_DESIGNED, EACH_MEETING, Reask
from simulator.scenario.stage_facts import in_account
from simulator.scenario.vocabulary import Actor, Effect

Flags = npt.NDArray[np.bool_]

MEETINGS_A_WEEK = 10.1
"""Virtual meetings that an employee attends in a week: mean of 450,000 employees in 2023 (Vyopta)."""
CHUNK = 128
"""Meetings in a piece of work."""
_GRANT, _NONE, _DENY, _DEFER, _LEAVE = (
    EFFECTS.index(effect) for effect in (Effect.GRANT, Effect.NONE, Effect.DENY, Effect.DEFER, Effect.LEAVE)
)


@dataclass(frozen=True, kw_only=True)
class Span:
    """How long, how often, and when people are asked again."""

    weeks: int
    a_week: float = MEETINGS_A_WEEK
    """Times that a meeting is held in a week; where it is no whole number, some weeks have one more than others."""
    reask: Reask = AS_DESIGNED
    fatigue: float = 0.0
    """Fall of the logit of attention per ln(1 + prompts seen in earlier meetings)."""

    @property
    def occasions(self) -> int:
        """Times that each meeting is held in all."""
        return int(round(self.weeks * self.a_week, 9))

    def week_of(self, occasion: int) -> int:
        """The week of the occasion, both counted from 0."""
        return math.ceil(round((occasion + 1) / self.a_week, 9)) - 1


@dataclass(frozen=True)
class Week:
    """What happened in one week under one flow. G groups of meetings."""

    tally: Tally
    """Ledger and counts alone; what else a tally holds is 0."""
    prompts: Ints
    """(G,) stages that were put to participants and seen by them, in all meetings of the week."""
    asked: Ints
    """(G,) participants to whom a stage was put anew, in all meetings of the week."""


def one_meeting(inputs: Inputs) -> Inputs:
    """The inputs for single meetings of a span: what is remembered is carried from one to the next, and not drawn."""
    flows = tuple(
        flow.model_copy(update={"stages": [stage.model_copy(update={"remember": None}) for stage in flow.stages]})
        for flow in inputs.flows
    )
    return replace(inputs, flows=flows)


def kept_for(flow: Flow) -> int:
    """For how many meetings an answer is kept, as the flow says: the least of its stages that are met in a meeting."""
    asked = [stage for stage in flow.stages if stage.actor in (Actor.PARTICIPANT, Actor.HOST) and not in_account(stage)]
    return min((stage.remember or 1 for stage in asked), default=1)


def run_weeks(
    plan: Plan,
    seed: int,
    meetings: int,
    span: Span,
    kept: Sequence[int],
    *,
    threads: int = 1,
    progress: Progress = no_progress,
) -> list[list[Week]]:
    """Hold meetings 0 to `meetings - 1` again and again, under every flow of the plan.

    The result is the same, to the last unit, for any number of threads.

    Args:
        plan: Of inputs that `one_meeting` gave.
        seed: 0 or more, below 2**64. The first occasion is the meeting that a single run with this seed has.
        meetings: Number of standing meetings.
        span: How long, how often, and when people are asked again.
        kept: For each flow, for how many meetings an answer is kept as designed.
        threads: Threads to walk on.
        progress: Told how many meetings are done, occasions counted.

    Returns:
        For each week, one entry per flow.
    """
    chunk = plan.at_once(CHUNK)
    pieces = iter([(start, min(chunk, meetings - start)) for start in range(0, meetings, chunk)])
    lock, stop, done = threading.Lock(), threading.Event(), 0
    total = meetings * span.occasions * len(plan.flows)

    shape, empty = no_counts(plan), no_counts(plan).tally()
    found = [[_no_week(empty) for _ in plan.flows] for _ in range(span.weeks)]

    def hold(standing: _Standing, number: int, count: int) -> None:
        """Hold some meetings in all weeks; a week is added up by itself, so that threads need no weeks of their own."""
        nonlocal done
        for week, occasions in groupby(range(span.occasions), span.week_of):
            mine = _none_held(shape)
            for occasion in occasions:
                if stop.is_set():
                    return
                standing.hold(occasion, mine)
                with lock:
                    done += count
            with lock:
                _add(found[week][number], mine)

    def work() -> None:
        while not stop.is_set():
            with lock:
                piece = next(pieces, None)
            if piece is None:
                break
            world = plan.world(seed, *piece)
            for number in range(len(plan.flows)):
                hold(_Standing(plan, number, world, span, kept[number]), number, piece[1])

    with ThreadPoolExecutor(max_workers=threads) as pool:
        workers = [pool.submit(work) for _ in range(threads)]
        try:
            while wait(workers, timeout=0.1).not_done:
                progress(done, total)
        except BaseException:
            stop.set()
            raise
    for worker in workers:
        worker.result()
    progress(total, total)
    return found


def _no_week(empty: Tally) -> Week:
    """Zeros; what is not counted by week is shared among all."""
    tally = replace(empty, ledger=np.zeros_like(empty.ledger), counts=np.zeros_like(empty.counts))
    return Week(tally, np.zeros(GROUPS, dtype=np.int64), np.zeros(GROUPS, dtype=np.int64))


@dataclass(frozen=True)
class _Held:
    """What is counted of some meetings in one week, under one flow."""

    counters: Counters
    """Fates and counts alone; what else there is is shared, and 0."""
    prompts: Ints
    asked: Ints


def _none_held(shape: Counters) -> _Held:
    counters = shape._replace(fates=np.zeros_like(shape.fates), counts=np.zeros_like(shape.counts))
    return _Held(counters, np.zeros(GROUPS, dtype=np.int64), np.zeros(GROUPS, dtype=np.int64))


def _add(week: Week, held: _Held) -> None:
    tally = held.counters.tally()
    week.tally.ledger.__iadd__(tally.ledger)
    week.tally.counts.__iadd__(tally.counts)
    week.prompts.__iadd__(held.prompts)
    week.asked.__iadd__(held.asked)


@entry
def _rekey(keys: npt.NDArray[np.uint64], first: npt.NDArray[np.uint64], due: Flags, occasion: int) -> None:
    """Give those who are due the keys of this occasion; those of the first are those of a single meeting."""
    for row in range(len(keys)):
        if due[row]:
            keys[row] = child(first[row], occasion) if occasion else first[row]


class _Standing:
    """The people of some meetings under one flow, from occasion to occasion."""

    def __init__(self, plan: Plan, number: int, world: World, span: Span, kept_for: int) -> None:
        self._plan, self._number, self._span, self._kept_for = plan, number, span, kept_for
        self._world = world._replace(rows=world.rows.copy())
        self._first = world.rows["key"].copy()
        self._people = participant_rows(world)
        rows = len(world.rows)
        self._asked_in = np.zeros(rows, dtype=np.int64)
        self._seen = np.zeros(rows, dtype=np.int64)
        self._answered, self._refused = np.zeros(rows, dtype=bool), np.zeros(rows, dtype=bool)
        stages = plan.inputs.flows[number].stages
        self._put = [
            place
            for place, stage in enumerate(stages)
            if stage.actor in (Actor.PARTICIPANT, Actor.HOST)
            and not in_account(stage)
            and plan.flows[number].stages[place]["settled"] == NOBODY
        ]
        self._choices = np.empty((rows, len(stages)), dtype=np.int16)
        meeting = np.repeat(np.arange(len(world.meetings)), world.meetings["end"] - world.meetings["start"])
        self._group = (world.first + meeting) % plan.cycle % GROUPS
        self._last = no_counts(plan)

    def hold(self, occasion: int, held: _Held) -> None:
        """Hold the meetings once more, and add what happened."""
        due = self._people & self._due(occasion)
        if occasion == 0 or due.any():
            self._ask(due, occasion)
            self._last = no_counts(self._plan)
            self._choices.fill(NOT_SHOWN)
            walk_world(self._plan, self._number, self._world, self._last, choices=self._choices)
            self._remember(due, held)
        held.counters.fates.__iadd__(self._last.fates)
        held.counters.counts.__iadd__(self._last.counts)

    def _due(self, occasion: int) -> Flags:
        """Who is asked anew: whoever has no answer that is kept still."""
        if occasion == 0:
            return np.ones(len(self._people), dtype=bool)
        answered, reask = self._answered, self._span.reask
        if reask == EACH_MEETING:
            return np.ones(len(self._people), dtype=bool)
        if reask == AFTER_REFUSAL:
            return ~answered | self._refused
        if reask == AS_DESIGNED:
            return np.asarray(~answered | (occasion - self._asked_in >= self._kept_for))
        if isinstance(reask, int):
            weeks = np.array([self._span.week_of(each) for each in range(occasion + 1)])
            return np.asarray(~answered | (weeks[occasion] - weeks[self._asked_in] >= reask))
        return ~answered

    def _ask(self, due: Flags, occasion: int) -> None:
        rows = self._world.rows
        _rekey(rows["key"], self._first, due, occasion)
        rows["tired"][due] = self._span.fatigue * np.log1p(self._seen[due])
        self._asked_in[due] = occasion

    def _remember(self, due: Flags, held: _Held) -> None:
        """What those who were asked saw and answered.

        A notice that was acknowledged is answered, if nothing beside it was put off, missed or left.
        """
        options = self._choices[:, self._put]
        seen = (options >= 0).sum(axis=1) * due
        effects = np.where(options >= 0, self._plan.flows[self._number].options["effect"][options], NOBODY)
        granted, denied = (effects == _GRANT).any(axis=1), (effects == _DENY).any(axis=1)
        still_open = ((options == NOBODY) | (effects == _DEFER) | (effects == _LEAVE)).any(axis=1)
        acknowledged = (effects == _NONE).any(axis=1) & ~still_open
        self._answered = np.where(due, granted | denied | acknowledged, self._answered)
        self._refused = np.where(due, denied & ~granted, self._refused)
        self._seen += seen
        np.add.at(held.prompts, self._group, seen)
        np.add.at(held.asked, self._group, due & (options != NOT_SHOWN).any(axis=1))
