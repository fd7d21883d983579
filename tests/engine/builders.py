"""What the engine's tests are put together from: small inputs, and the reference's results in the kernel's form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import numpy.typing as npt

from simulator.engine.inputs import Inputs, gather
from simulator.engine.kernel import scratch_for, seconds_bin, walk_meetings
from simulator.engine.people import meeting_at
from simulator.engine.reference import Outcome, setting_of, walk
from simulator.engine.reference_people import Answers, Meeting
from simulator.engine.run import Plan, no_counts
from simulator.engine.tables import ROW_KIND
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
    GROUPS,
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
    WANTED,
    Ints,
    Tally,
)
from simulator.engine.world import World
from simulator.meetings.recorded import RecordedMeeting
from simulator.rules.law import in_force
from simulator.rules.ledger import CAUSES, Cause
from simulator.scenario import library
from simulator.scenario.flow import Flow
from simulator.scenario.grants import CATEGORIES
from simulator.scenario.jurisdiction import Jurisdiction
from simulator.scenario.meeting_mix import MeetingMix
from simulator.scenario.overlay import Overlays
from simulator.scenario.parameters import Parameters
from simulator.scenario.population import Population
from simulator.scenario.sourced import Sourced
from simulator.scenario.stage_facts import draw_order
from simulator.scenario.vocabulary import Confidentiality, Reading, Role, Sector

NOBODY = -1
"""In `choices`: no option was chosen."""


def valued(number: Sourced, value: float) -> Sourced:
    """The number with another value, in or out of its range."""
    return number.model_copy(update={"value": value})


def with_values(parameters: Parameters, **values: float) -> Parameters:
    """The parameters with some values replaced."""
    return parameters.model_copy(update={name: valued(getattr(parameters, name), v) for name, v in values.items()})


@cache
def everyday() -> Inputs:
    """The everyday scenario, changed so that nothing in it is rare.

    Meetings of at most six, in all classes and sectors, minors among them; all jurisdictions and channels alike
    frequent, and with them places whose rules are of kinds that the others have not.
    """
    given = gather(library.scenario("everyday_meetings"))
    types = [
        kind.model_copy(
            update={
                "size": kind.size.model_copy(update={"least": min(kind.size.least, 3), "most": min(kind.size.most, 6)}),
                "sector": Sector.EDUCATION if number % 2 else Sector.WORK,
                "minors": valued(kind.minors, 0.15),
                "confidentiality": dict.fromkeys(Confidentiality, 1.0 / len(Confidentiality)),
            }
        )
        for number, kind in enumerate(given.mix.types)
    ]
    people = given.population
    shares = {name: getattr(people, name) for name in ("jurisdictions", "channels")}
    more = {"jurisdictions": ("FR", "KR", "US-MA"), "channels": ()}
    even = {
        name: whole.model_copy(update={"of": dict.fromkeys(words := (*whole.of, *more[name]), 1.0 / len(words))})
        for name, whole in shares.items()
    }
    return replace(given, mix=given.mix.model_copy(update={"types": types}), population=people.model_copy(update=even))


@cache
def jurisdictions() -> tuple[Jurisdiction, ...]:
    """The jurisdictions of the everyday people."""
    names = {library.code_of(name): name for name in library.builtin("jurisdiction")}
    return tuple(library.jurisdiction(names[code]) for code in everyday().codes)


@cache
def overlays() -> tuple[Overlays, ...]:
    """All built-in sector rules."""
    return tuple(library.overlays(name) for name in library.builtin("overlays"))


def inputs_of(
    flows: Iterable[Flow],
    changes: Mapping[str, object] | None = None,
    *,
    parameters: Parameters | None = None,
    population: Population | None = None,
    mix: MeetingMix | None = None,
    recorded: Iterable[RecordedMeeting] = (),
) -> Inputs:
    """Everyday inputs with these flows, and with what is given in place of the everyday parts."""
    given = everyday()
    scenario = given.scenario.model_copy(update=dict(changes or {}))
    law = in_force(
        jurisdictions(),
        overlays(),
        day=scenario.date,
        reading=scenario.reading or Reading.STRICT,
        company_veto=scenario.company_veto,
        works_council=scenario.works_council,
    )
    return replace(
        given,
        scenario=scenario,
        flows=tuple(flows),
        law=law,
        lenient=replace(law, reading=Reading.LENIENT) if scenario.reading is None else None,
        parameters=parameters or given.parameters,
        population=population or given.population,
        mix=mix or given.mix,
        recorded=tuple(recorded),
    )


def meetings_of(plan: Plan, world: World) -> list[Meeting]:
    """All meetings of a world, for the reference walk."""
    inputs = plan.inputs
    return [
        meeting_at(world, index, codes=inputs.codes, mix=inputs.mix, population=inputs.population)
        for index in range(len(world.meetings))
    ]


@dataclass(frozen=True)
class Walked:
    """One flow's walk of a world: its tally and the option last chosen by each row at each stage."""

    tally: Tally
    choices: npt.NDArray[np.int16]


def by_kernel(plan: Plan, world: World, number: int = 0) -> Walked:
    """The kernel's walk of the plan's `number`-th flow."""
    counters, flow, law = no_counts(plan), plan.flows[number], plan.laws[number]
    choices = np.full((len(world.rows), len(flow.stages)), NOBODY, dtype=np.int16)
    walk_meetings(
        world, flow, plan.coefficients, law.strict, law.lenient, plan.ranged, plan.counting, counters,
        scratch_for(flow), choices,
    )  # fmt: skip
    return Walked(counters.tally(), choices)


def by_reference(plan: Plan, world: World, number: int = 0) -> Walked:
    """The reference's walk of the same, brought into the kernel's form.

    `GIVEN_UP` stays 0: the reference has no word for it.
    """
    flow = plan.inputs.flows[number]
    tally = no_counts(plan).tally()
    choices = np.full((len(world.rows), len(flow.stages)), NOBODY, dtype=np.int16)
    setting = setting_of(plan.inputs, flow)
    for index, meeting in enumerate(meetings_of(plan, world)):
        group = (world.first + index) % plan.cycle % GROUPS
        row = world.meetings[index]
        rows = choices[row["start"] : row["end"]]
        outcomes = walk(meeting, flow, setting)
        _note(flow, 0, len(meeting.people), outcomes[0].common, rows)
        tally.counts[group, MEETINGS] += 1
        for outcome in outcomes:
            _count(plan, number, tally, group, int(row["type"]), meeting, outcome)
            _note(flow, outcome.participant.number, len(meeting.people), outcome.answers, rows)
    return Walked(tally, choices)


def _count(plan: Plan, number: int, tally: Tally, group: int, kind: int, meeting: Meeting, outcome: Outcome) -> None:
    person = outcome.participant
    left = outcome.answers.left
    tally.counts[group, PARTICIPANTS] += 1
    tally.counts[group, LEFT] += left
    tally.counts[group, AGREED] += not left and bool(outcome.answers.own)
    if not left:
        tally.seconds[group, seconds_bin(outcome.answers.seconds)] += 1
    for column, category in enumerate(CATEGORIES):
        amount = person.produced[category]
        totals = tally.ledger[group, column]
        totals[CAUSES.index(outcome.cause[category])] += amount
        totals[WANTED] += amount * (category in outcome.wanted)
        totals[OVERREACH] += amount * (category in outcome.claimed - outcome.wanted)
        totals[MISSED] += amount * (category in outcome.wanted - outcome.claimed)
        totals[LENIENT] += amount * (category in outcome.lenient)
        if category in outcome.rule:
            totals = tally.rules[plan.laws[number].rules.index(outcome.rule[category]), column]
            mixed, leniently = outcome.cause[category] is Cause.MIXED, category in outcome.lenient
            totals[RULE_MIXED if mixed else RULE_OWN] += amount
            totals[RULE_MIXED_LENIENT if mixed else RULE_OWN_LENIENT] += amount * leniently
    headline = plan.inputs.scenario.category
    amount = person.produced[headline]
    cells = (
        plan.inputs.codes.index(person.code),
        tuple(Role).index(person.role),
        plan.breakdowns[2].cells.index(person.channel),
        kind,
        tuple(Confidentiality).index(meeting.confidentiality),
    )
    for first, cell in zip(plan.cell_start, cells, strict=False):
        totals = tally.cells[group, first + cell]
        totals[CELL_PRODUCED] += amount
        totals[CELL_CLAIMED] += amount * (headline in outcome.claimed)
        totals[CELL_LAWFUL] += amount * (headline in outcome.lawful)
        totals[CELL_LENIENT] += amount * (headline in outcome.lenient)
        totals[CELL_WANTED] += amount * (headline in outcome.wanted)
        totals[CELL_OVERREACH] += amount * (headline in outcome.claimed - outcome.wanted)
        totals[CELL_MISSED] += amount * (headline in outcome.wanted - outcome.claimed)
        totals[CELL_PEOPLE] += 1
        totals[CELL_LEFT] += left


def _note(flow: Flow, number: int, people: int, answers: Answers, rows: npt.NDArray[np.int16]) -> None:
    """Enter the options of one person's (or the officers') steps, in draw order, into the rows of their meeting."""
    before = [0, *np.cumsum([len(stage.options) for stage in flow.stages])]
    for step in answers.steps:
        place = flow.stages.index(step.stage)
        kind = ROW_KIND[step.stage.actor]
        row = number if kind < 2 else people + kind - 2
        ids = [option.id for option in draw_order(step.stage)]
        rows[row, place] = NOBODY if step.option is None else before[place] + ids.index(step.option.id)


def differences(mine: Walked, other: Walked) -> dict[str, Ints]:
    """Where two walks differ, by array; empty where they are equal. Meetings given up are left out."""
    pairs = {name: (getattr(mine.tally, name), getattr(other.tally, name)) for name in Tally.__annotations__}
    pairs["counts"] = (mine.tally.counts[:, :GIVEN_UP], other.tally.counts[:, :GIVEN_UP])
    pairs["choices"] = (mine.choices, other.choices)
    return {name: np.argwhere(a != b) for name, (a, b) in pairs.items() if not np.array_equal(a, b)}
