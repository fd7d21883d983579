"""The Person screen: one synthetic participant, stage by stage, under two flows side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.text import Text

from simulator.engine.people import participant_at
from simulator.engine.reference import Outcome, setting_of, walk
from simulator.engine.reference_people import Meeting, Participant, Step
from simulator.engine.run import Plan
from simulator.scenario.flow import Flow, Option
from simulator.scenario.stage_facts import default_option
from simulator.scenario.vocabulary import Actor, Default, Role
from simulator.text.explain_steps import AT, TERMS, decided, recalled_words
from simulator.text.explain_view import introduction, what_became
from simulator.text.flow_view import who
from simulator.text.law_view import lawful_note
from simulator.text.layout import line, paragraph
from simulator.text.numbers import block, percent, plain_text
from simulator.ui.content.stage import toggle_mark
from simulator.ui.session import Session, command_line

_NAME = 12
_NUMBER = 6


@dataclass(frozen=True)
class Way:
    """One participant's way through one flow."""

    flow: Flow
    outcome: Outcome

    @property
    def steps(self) -> list[Step]:
        """The stages that somebody met: those of officers and host first."""
        return [*self.outcome.common.steps, *self.outcome.answers.steps]

    def own(self, step: Step) -> bool:
        """Whether the participant answered the step, and nobody for them."""
        host = self.outcome.participant.role is Role.HOST
        return step.stage.actor is Actor.PARTICIPANT or (host and step.stage.actor is Actor.HOST)


@dataclass(frozen=True)
class Followed:
    """A participant and their way through each flow."""

    plan: Plan
    seed: int
    number: int
    meeting: Meeting
    person: Participant
    ways: tuple[Way, ...]


def follow(session: Session) -> Followed:
    """The session's participant through its first two flows."""
    plan = session.plan(session.flows[:2])
    meeting, person = participant_at(plan, session.seed, session.participant)
    ways = tuple(
        Way(flow, walk(meeting, flow, setting_of(plan.inputs, flow))[person.number]) for flow in plan.inputs.flows
    )
    return Followed(plan, session.seed, session.participant, meeting, person, ways)


def plain(session: Session, width: int) -> RenderableType:
    """All of it, one flow below the other."""
    found = follow(session)
    parts: list[RenderableType] = [who_text(found, width), Text("")]
    for way in found.ways:
        parts.append(title(way, width))
        for number in range(len(way.steps)):
            parts += [step_view(way, number, width), Text("")]
        parts += [step_view(way, 0, width)] if not way.steps else []
        parts += [outcome_view(found, way, width), Text("")]
    return Group(*parts, terms_legend(width))


def command(session: Session) -> str:
    """Tells the same."""
    words = ["explain", *session.flows[:2], "--participant", session.participant, *session.setting_words()]
    return command_line(*words)


def who_text(found: Followed, width: int, *, brief: bool = False) -> RenderableType:
    """Who they are, and what they want."""
    lines = list(introduction(found.plan, found.seed, found.number, found.meeting, found.person))
    # Of the four, the first says who they are and the third what they want.
    return Group(*(paragraph(text, width) for text in (lines[0::2] if brief else lines)))


def title(way: Way, width: int) -> RenderableType:
    """The flow."""
    return Group(line(way.flow.id, "bold"), paragraph(way.flow.title, width, "dim"))


def step_view(way: Way, number: int, width: int) -> RenderableType:
    """One stage: what they weighed, as bars of the choice probabilities with the terms that made them."""
    steps = way.steps
    if not steps:
        return paragraph("Nobody is asked anything.", width)
    if number >= len(steps):
        return paragraph("Nothing more is asked.", width, "dim")
    step = steps[number]
    actor = "they" if way.own(step) else f"the {who(step.stage.actor)}, for everybody"
    head = f"{number + 1} of {len(steps)}: {step.stage.id}, {AT[step.stage.at]}, {actor}"
    return Group(paragraph(head, width, "bold"), *_what_happened(step, width))


def _what_happened(step: Step, width: int) -> Iterator[RenderableType]:
    if not step.noticed:
        yield paragraph(f"Not noticed. {_default(step)}", width)
        return
    if step.settled:
        yield paragraph(f'Not weighed: the scenario settles it, "{step.option.label if step.option else ""}".', width)
        return
    yield _labelled_bar("attention", step.attention, width)
    for option in step.stage.options:
        yield from _option(option, step, width)
    for toggle in step.stage.toggles:
        if toggle.id in step.toggles:
            switch = step.toggles[toggle.id]
            yield paragraph(f"{toggle_mark(switch.on)} {toggle.label}", width, hang=8)
            yield _labelled_bar("on", switch.probability, width, indent=2)
    yield paragraph(f"{decided(step)}{_from_before(step)}", width)


def _from_before(step: Step) -> str:
    words = recalled_words(step).removeprefix(", ")
    return f" It is {words}." if words else ""


def _option(option: Option, step: Step, width: int) -> Iterator[RenderableType]:
    taken = option is step.option
    mark = "(•)" if taken else "( )"
    yield paragraph(f"{mark} {option.label}{', taken' if taken else ''}", width, "bold" if taken else "", hang=4)
    yield _labelled_bar("probability", step.probability[option.id], width, indent=2)
    terms = step.terms[option.id]
    most = max((abs(term) for each in step.terms.values() for term in each.values()), default=1.0)
    for name, term in sorted(terms.items(), key=lambda item: -abs(item[1])):
        yield _term_bar(name, term, most, width)


def _labelled_bar(label: str, share: float, width: int, *, indent: int = 0) -> Text:
    """A share with its name, on a scale from 0 to 1."""
    room = max(1, width - indent - _NAME - 9)
    drawn = block(share, min(room, 40))
    return Text.assemble(f"{'':{indent}}{label:<{_NAME}} {percent(share):>7} ", (drawn, "bright_blue"), no_wrap=True)


def _term_bar(name: str, term: float, most: float, width: int) -> Text:
    """A term, to the left of the middle where it speaks against and to the right where it speaks for."""
    side = max(2, min(12, (width - 4 - _NAME - _NUMBER - 2) // 2))
    size = min(side, max(1, round(abs(term) / most * side)))
    full, middle = ("#", "|") if plain_text() else ("▪", "│")
    left = f"{full * size if term < 0 else '':>{side}}"
    right = full * size if term > 0 else ""
    colour = "yellow" if term < 0 else "bright_blue"
    return Text.assemble(
        (f"    {name:<{_NAME}}", "dim"), f"{term:>+{_NUMBER}.2f} ", (left, colour), (middle, "dim"), (right, colour),
        no_wrap=True,
    )  # fmt: skip


def _default(step: Step) -> str:
    stage = step.stage
    if stage.default is Default.NONE:
        return "Nothing holds by default."
    if stage.default is Default.OFF or default_option(stage) is None:
        return "Its default holds, which is no."
    return "Its default holds, which is yes."


def outcome_view(found: Followed, way: Way, width: int) -> RenderableType:
    """What became of their data."""
    inputs = found.plan.inputs
    lines = what_became(way.outcome, inputs, inputs.law_of(way.flow))
    left = [paragraph("They left the meeting.", width)] if way.outcome.answers.left else []
    told = [paragraph(f"{'  ' * depth}{text}", width, hang=2) for depth, text in lines]
    return Group(line("What became of their data", "bold"), *left, *told, paragraph(lawful_note(inputs), width, "dim"))


def terms_legend(width: int) -> RenderableType:
    """What the terms mean."""
    meanings = "; ".join(f"{name}: {meaning}" for name, meaning in TERMS.items())
    text = f"One more makes an option 2.7 times as likely against another. {meanings}."
    return paragraph(text, width, "dim")


def most_steps(ways: Sequence[Way]) -> int:
    """Stages of the longest way."""
    return max((len(way.steps) for way in ways), default=0)
