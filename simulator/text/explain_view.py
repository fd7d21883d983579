"""One person's way through each flow, told as a story from the reference walk."""

from __future__ import annotations

import math
from collections.abc import Iterator
from textwrap import wrap

from rich.console import Console
from rich.text import Text

from simulator.behaviour.models import MIXED_LOGIT
from simulator.engine.behaviours import says
from simulator.engine.inputs import Inputs
from simulator.engine.people import meeting_under, participant_at
from simulator.engine.reference import Outcome, setting_of, walk
from simulator.engine.reference_people import Meeting, Participant, Step
from simulator.engine.reference_stages import meets
from simulator.engine.run import Plan
from simulator.meetings.generate import MS_PER_MINUTE
from simulator.population.faces import Faces
from simulator.rules.law import Law
from simulator.rules.ledger import EXPLAINED, ROW_OF, STATUS_OF, Cause
from simulator.scenario.flow import Flow
from simulator.scenario.vocabulary import UNITS, Actor, DataCategory, Role, Row
from simulator.text.comparison_view import PURPOSES
from simulator.text.explain_steps import TERMS, Line, provider_lines, stage_lines, terms_of
from simulator.text.law_view import lawful_note
from simulator.text.people_view import face_of

ROLES = {
    Role.HOST: "the host",
    Role.SUBORDINATE: "an employee whose superior hosts",
    Role.PEER: "on one level with the host",
    Role.EXTERNAL: "from outside the host's organisation",
}
"""What somebody is to the host, in plain words."""


def print_explanation(console: Console, plan: Plan, seed: int, number: int) -> None:
    """Who they are, then what they weighed and did under each flow, and what became of their data."""
    inputs = plan.inputs
    meeting, person = participant_at(plan, seed, number)
    _print(console, ((0, text) for text in introduction(plan, seed, number, meeting, person)))
    steps: list[Step] = []
    for place, flow in enumerate(inputs.flows):
        met = meeting if inputs.weigher is None else meeting_under(plan, seed, meeting.id, place)
        outcome = walk(met, flow, setting_of(inputs, flow))[person.number]
        steps += [*outcome.common.steps, *outcome.answers.steps]
        _print(console, [(0, f"{flow.id}: {flow.title}")], style="bold", after="\n")
        _print(console, _story(flow, outcome, meeting, inputs))
    _print(console, ((0, text) for text in _footer(inputs, steps, seed)), style="dim", after="\n")


def _print(console: Console, lines: Iterator[Line] | list[Line], *, style: str = "", after: str = "") -> None:
    """Lines, wrapped between words."""
    found = []
    for depth, text in lines:
        space = "  " * depth
        found += wrap(text, console.width, initial_indent=space, subsequent_indent=space, break_on_hyphens=False)
    console.print(Text(after + "\n".join(found), style=style))


def introduction(plan: Plan, seed: int, number: int, meeting: Meeting, person: Participant) -> Iterator[str]:
    """Who a participant is, which meeting they are in, what they want and what leaving costs them."""
    face = face_of(Faces(seed), plan, meeting, person)
    inputs = plan.inputs
    scenario = inputs.scenario
    minutes = person.produced[DataCategory.AUDIO] / MS_PER_MINUTE
    willing = person.chooser.willing[scenario.category, scenario.purpose]
    kind = next(kind.title for kind in inputs.mix.types if kind.id == meeting.kind)
    work = f", {face.job} at {face.employer}" if face.job else ""
    recorded = inputs.recorded
    name = f", recorded as {recorded[meeting.id % len(recorded)].id}" if recorded else ""
    yield (
        f"Participant {number}: {face.name}, {person.age}{work}; {ROLES[person.role]}; in {person.code}, "
        f"by {person.channel.value}."
    )
    yield (
        f"Their meeting: {kind}{name}, {meeting.confidentiality.value.replace('_', ' ')}, "
        f"{len(meeting.people)} people, {meeting.length_ms / MS_PER_MINUTE:.0f} minutes. "
        f"They would speak for {minutes:.1f} minutes."
    )
    yield (
        f"Asked neutrally, they would {'' if willing > 0 else 'not '}give their {scenario.category.value} for "
        f"{PURPOSES[scenario.purpose]} (willingness {willing:+.2f}; above 0 is wanted)."
    )
    yield f"{_stake(person.chooser.stake)} A click costs them {person.chooser.effort:.1f} times the usual."


def _stake(stake: float) -> str:
    """What leaving costs, as odds: e to the power of the term."""
    times = math.exp(min(abs(stake), 14.0))
    if times < 1.05:
        return "What leaving costs them hardly matters to their choice."
    much = f"{times:.1f}" if times < 10 else f"{times:,.0f}"
    return f"What it costs them to leave makes leaving {much} times {'less' if stake > 0 else 'more'} likely."


def _story(flow: Flow, outcome: Outcome, meeting: Meeting, inputs: Inputs) -> Iterator[Line]:
    host = outcome.participant.role is Role.HOST
    for stage in flow.stages:
        if stage.actor is Actor.PROVIDER and meets(stage, meeting.people[0], meeting):
            yield from _deeper(provider_lines(stage))
    for step in outcome.common.steps:
        yield from _deeper(stage_lines(step, host=host))
    if not outcome.answers.steps:
        yield 1, "They themselves were asked nothing."
    for step in outcome.answers.steps:
        yield from _deeper(stage_lines(step, host=host))
    if outcome.answers.left:
        yield 1, "So they left the meeting."
    if outcome.answers.seconds:
        yield 1, f"Joining took {outcome.answers.seconds:.1f} seconds longer."
    yield 1, f"What became of their data, for {PURPOSES[inputs.scenario.purpose]}:"
    yield from _deeper(what_became(outcome, inputs, inputs.law_of(flow)))


def _deeper(lines: Iterator[Line]) -> Iterator[Line]:
    return ((depth + 1, text) for depth, text in lines)


def what_became(outcome: Outcome, inputs: Inputs, law: Law) -> Iterator[Line]:
    """What became of each category, those with the same reason together."""
    together: dict[tuple[Cause, str | None, bool], list[DataCategory]] = {}
    for category in DataCategory:
        cause = outcome.cause[category]
        if outcome.participant.produced[category] > 0:
            leniently = ROW_OF[cause] is Row.VOID and category in outcome.lenient
            together.setdefault((cause, outcome.rule.get(category), leniently), []).append(category)
    for (cause, rule, leniently), categories in together.items():
        amounts = ", ".join(_amount(category, outcome.participant.produced[category]) for category in categories)
        reason = "" if cause is Cause.KEPT else f": {_because(cause, inputs)}"
        verdict = _verdict(cause, leniently=leniently, ranged=inputs.lenient is not None)
        yield 0, f"-> {amounts}: {verdict}{reason} (consent {STATUS_OF[cause].value})."
        if rule is not None:
            cited = law.named(rule)
            yield 1, f"{rule} ({cited.citation}): {cited.says}"


def _verdict(cause: Cause, *, leniently: bool, ranged: bool) -> str:
    """How far the data came: in both readings of unsettled rules, where both apply."""
    row = ROW_OF[cause]
    either = " on either reading" if ranged else ""
    if row is Row.KEPT:
        return f"claimed, lawful{either}, kept"
    if row is Row.WITHDRAWN:
        return f"claimed, lawful{either}, withdrawn"
    if row is Row.VOID:
        return (
            "claimed; void on the strict reading, lawful on the lenient" if leniently else f"claimed, but void{either}"
        )
    return row.value.replace("_", " ")


def _because(cause: Cause, inputs: Inputs) -> str:
    if cause is Cause.NOT_ASKED:
        return f"{EXPLAINED[cause]}, for {PURPOSES[inputs.scenario.purpose]}"
    return EXPLAINED[cause]


def _footer(inputs: Inputs, steps: list[Step], seed: int) -> Iterator[str]:
    used = terms_of(steps)
    if used:
        yield (
            "The numbers weigh an option: one more makes it 2.7 times as likely against another. "
            + "; ".join(f"{name}: {TERMS[name]}" for name in used)
            + "."
        )
    if inputs.scenario.behaviour != MIXED_LOGIT:
        yield f"Behaviour {inputs.scenario.behaviour}: {says(inputs.scenario.behaviour)}"
    if inputs.scenario.settled:
        yield f"Taken as given by the scenario, not simulated: {inputs.scenario.answers_given}."
    yield f"Scenario {inputs.scenario.id}, seed {seed}. {lawful_note(inputs)}"


def _amount(category: DataCategory, produced: int) -> str:
    name = category.value.replace("_", " ")
    if UNITS[category] == "person_minutes":
        return f"{name} {produced / MS_PER_MINUTE:.1f} min"
    return f"{name} {produced}"
