"""One person's way through each flow, told from the reference walk."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from simulator.cli.comparison_view import PURPOSES
from simulator.cli.law_view import lawful_note
from simulator.cli.numbers import percent
from simulator.cli.people_view import face_of
from simulator.engine.people import participant_at
from simulator.engine.reference import Outcome, walk
from simulator.engine.reference_stages import Meeting, Participant, Setting, Step
from simulator.engine.run import Plan
from simulator.meetings.generate import MS_PER_MINUTE
from simulator.population.faces import Faces
from simulator.rules.law import Law
from simulator.rules.ledger import EXPLAINED, ROW_OF, STATUS_OF, Cause
from simulator.scenario.flow import Flow
from simulator.scenario.vocabulary import UNITS, At, DataCategory, Purpose, Role, Row

_ROLES = {
    Role.HOST: "the host",
    Role.SUBORDINATE: "an employee whose superior hosts",
    Role.PEER: "on one level with the host",
    Role.EXTERNAL: "from outside the host's organisation",
}


def print_explanation(console: Console, plan: Plan, seed: int, number: int) -> None:
    """Who they are, then what they did under each flow and what became of their data."""
    inputs = plan.inputs
    scenario = inputs.scenario
    meeting, person = participant_at(plan, seed, number)
    console.print(_introduction(plan, seed, number, meeting, person))
    for flow in inputs.flows:
        setting = Setting(
            purpose=scenario.purpose,
            parameters=inputs.parameters,
            law=inputs.law_of(flow),
            lenient=inputs.lenient_of(flow),
            settled=scenario.settled,
        )
        outcome = walk(meeting, flow, setting)[person.number]
        console.print(Text(f"\n{flow.id}: {flow.title}", style="bold"))
        for line in _story(flow, outcome, setting.law, scenario.purpose):
            console.print(Padding(line, (0, 0, 0, 2)))
    console.print(Text(f"\nSeed {seed}. {lawful_note(inputs)}", style="dim"))


def _introduction(plan: Plan, seed: int, number: int, meeting: Meeting, person: Participant) -> Text:
    face = face_of(Faces(seed), plan, meeting, person)
    scenario = plan.inputs.scenario
    minutes = person.produced[DataCategory.AUDIO] / MS_PER_MINUTE
    willing = person.chooser.willing[scenario.category, scenario.purpose]
    kind = next(kind.title for kind in plan.inputs.mix.types if kind.id == meeting.kind)
    work = f", {face.job} at {face.employer}" if face.job else ""
    return Text(
        f"Participant {number}: {face.name}, {person.age}{work}; {_ROLES[person.role]}; in {person.code}, "
        f"by {person.channel.value}.\n"
        f"Meeting {meeting.id}: {kind}, {meeting.confidentiality.value.replace('_', ' ')}, "
        f"{len(meeting.people)} people, {meeting.length_ms / MS_PER_MINUTE:.0f} minutes. "
        f"They would speak for {minutes:.1f} minutes.\n"
        f"Asked neutrally, they would {'' if willing > 0 else 'not '}give their {scenario.category.value} for "
        f"{PURPOSES[scenario.purpose]} (willingness {willing:+.2f}; above 0 is wanted). "
        f"Leaving costs them {person.chooser.stake:.1f} logits, a click {person.chooser.effort:.1f} times the usual."
    )


def _story(flow: Flow, outcome: Outcome, law: Law, purpose: Purpose) -> Iterator[RenderableType]:
    for step in outcome.common.steps:
        yield Text(_officer(step))
    if not outcome.answers.steps:
        yield Text("They were asked nothing.")
    for step in outcome.answers.steps:
        yield from _step(step)
    if outcome.answers.seconds:
        yield Text(f"Joining took {outcome.answers.seconds:.1f} seconds longer.")
    yield _results(outcome, law)


def _officer(step: Step) -> str:
    """A stage that binds the meeting, in a line."""
    who = f"{step.stage.id}, for everybody, by the {step.stage.actor.value.replace('_', ' ')}"
    if step.option is None:
        return f"{who}: not noticed; its default ({step.stage.default.value}) held."
    if step.settled:
        return f"{who}: {step.option.id}, as the scenario gives it."
    return f"{who}: {step.option.id} (P {percent(step.probability[step.option.id])})."


def _step(step: Step) -> Iterator[RenderableType]:
    stage = step.stage
    yield Text(f"{stage.id}: attention {step.attention:.2f}", style="underline")
    if not step.noticed:
        yield Text(f"They did not notice it; its default ({stage.default.value}) held.")
        return
    if step.settled:
        yield Text(f'The scenario takes the answer as given: "{step.option.label if step.option else ""}".')
        return
    names = list(dict.fromkeys(name for terms in step.terms.values() for name in terms))
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("option")
    table.add_column("P", justify="right")
    for name in names:
        table.add_column(_SHORT.get(name, name), justify="right")
    for option, terms in step.terms.items():
        table.add_row(option, percent(step.probability[option]), *(_term(terms.get(name)) for name in names))
    yield table
    yield Text(_deed(step))
    if step.toggles:
        switched = ", ".join(
            f"{name} {'on' if on else 'off'} (P on {percent(chance)})" for name, (chance, on) in step.toggles.items()
        )
        yield Text(f"Switches: {switched}.")


_SHORT = {"prominence": "promin.", "preselection": "presel."}


def _term(value: float | None) -> str:
    return "" if value is None else f"{value:+.2f}"


def _deed(step: Step) -> str:
    assert step.option is not None, "a step that was weighed has an answer"
    assert step.draw is not None, "a step that was weighed has a draw"
    chosen = step.option.id
    said = f"The draw {step.draw:.3f} falls to {chosen}" if not step.misread else f"They misread it and took {chosen}"
    terms = step.terms[chosen]
    others = [sum(other.values()) for name, other in step.terms.items() if name != chosen]
    best = all(sum(terms.values()) >= other for other in others)
    drive = max(terms, key=lambda name: terms[name], default="nothing")
    why = f", the likeliest; most for it: {drive}" if best and terms else ", though another was likelier"
    return f"{said}{why}{_recalled(step)}."


def _recalled(step: Step) -> str:
    if not step.recalled:
        return ""
    settled = step.stage.at is At.ACCOUNT
    return f" (an answer {'given in the account' if settled else 'remembered from an earlier meeting'})"


def _results(outcome: Outcome, law: Law) -> RenderableType:
    """What became of each category, those with the same reason together."""
    together: dict[tuple[Cause, str | None, bool], list[DataCategory]] = {}
    for category, cause in outcome.cause.items():
        if outcome.participant.produced[category] > 0:
            leniently = ROW_OF[cause] is Row.VOID and category in outcome.lenient
            together.setdefault((cause, outcome.rule.get(category), leniently), []).append(category)
    lines: list[RenderableType] = []
    for (cause, rule, leniently), categories in together.items():
        amounts = ", ".join(_amount(category, outcome.participant.produced[category]) for category in categories)
        row = ROW_OF[cause].value.replace("_", " ")
        verdict = "claimed, lawful, kept" if cause is Cause.KEPT else row
        if ROW_OF[cause] is Row.VOID:
            verdict = "claimed, but void"
        reason = "" if cause is Cause.KEPT else f": {EXPLAINED[cause]}"
        lines.append(Text(f"-> {amounts}: {verdict}{reason} (consent {STATUS_OF[cause].value})."))
        if rule is not None:
            cited = law.named(rule)
            stands = " Read leniently, it stands." if leniently else ""
            says = f"{rule} ({cited.citation}): {cited.says}{stands}"
            lines.append(Padding(Text(says, style="dim"), (0, 0, 0, 3)))
    return Group(*lines)


def _amount(category: DataCategory, produced: int) -> str:
    name = category.value.replace("_", " ")
    if UNITS[category] == "person_minutes":
        return f"{name} {produced / MS_PER_MINUTE:.1f} min"
    return f"{name} {produced}"
