"""The Join screen: the room before joining, what others settled, and what a flow asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from simulator.analysis.stage_answers import stage_answers
from simulator.engine.play import AtStage, AtTurn, Moment, Over
from simulator.engine.reference_people import Step
from simulator.engine.reference_stages import meets
from simulator.meetings.generate import MS_PER_MINUTE
from simulator.scenario import library
from simulator.scenario.stage_facts import withdrawal_clicks
from simulator.scenario.vocabulary import Actor, DataCategory, Default
from simulator.text.comparison_view import PURPOSES
from simulator.text.explain_steps import AT
from simulator.text.explain_view import ROLES
from simulator.text.flow_view import who
from simulator.text.layout import listing, paragraph, titled
from simulator.ui.content.after import after_text, everybody_view
from simulator.ui.content.stage import Card, ToggleRow, as_text, card_of, question_card
from simulator.ui.content.visit import Visit, as_words, visit
from simulator.ui.session import Session, command_line

COUNTED = 1500
"""Participants whose answers are counted to tell what the population does."""
_SHOWN = 10
"""People of a meeting who are listed."""


def plain(session: Session, width: int) -> RenderableType:
    """The meeting as far as the session's decisions lead."""
    joined = visit(session)
    moment = joined.moment(session.decisions, session.wanted)
    parts: list[RenderableType] = [*heading(joined, width), room(joined, width), Text("")]
    card = card_now(joined, moment, session.wanted)
    if card is not None:
        return Group(*parts, told(joined, common_steps(moment), width), as_text(card, width))
    assert isinstance(moment, Over)
    counted = stage_answers(joined.plan, joined.flow, joined.seed, COUNTED)
    everybody = titled("What everybody does", everybody_view(joined, moment, counted, width))
    return Group(*parts, told(joined, common_steps(moment), width), after_text(joined, moment, width), everybody)


def heading(joined: Visit, width: int, *, brief: bool = False) -> list[RenderableType]:
    """The flow, and, if there is room, the question that running it answers."""
    if brief:
        return [paragraph(joined.flow.title, width, "bold"), Text("")]
    return [paragraph(joined.flow.title, width, "bold"), paragraph(joined.flow.question, width, "italic"), Text("")]


def common_steps(moment: Moment) -> Sequence[Step]:
    """What officers and host settled for everybody."""
    return moment.outcomes[0].common.steps if isinstance(moment, Over) else moment.common


def command(session: Session) -> str:
    """Shows the same meeting at the same point."""
    words = ["ui", session.flows[0], "--screen", "join", *session.setting_words(), "--participant", session.participant]
    you = session.yourself
    if you is not None:
        words += ["--place", you.place, "--role", you.role, "--channel", you.channel]
    for word in as_words(session.decisions):
        words += ["--answer", word]
    if session.wanted is not None:
        words += ["--wanted", ",".join(sorted(session.wanted)) or "nothing"]
    return command_line(*words)


def room(joined: Visit, width: int) -> RenderableType:
    """The room before joining: which meeting, who hosts, who is there, who you are."""
    return Group(room_facts(joined, width), Text(""), room_people(joined, width))


def room_facts(joined: Visit, width: int) -> RenderableType:
    """Which meeting it is, and who you are."""
    meeting, person = joined.meeting, joined.person
    kind = next(kind.title for kind in joined.plan.inputs.mix.types if kind.id == meeting.kind)
    secrecy = meeting.confidentiality.value.replace("_", " ")
    facts = f"{kind}, {meeting.length_ms / MS_PER_MINUTE:.0f} minutes, {secrecy}, {len(meeting.people)} people"
    host = "You host it." if person.number == 0 else f"{joined.names[0]} hosts it."
    return Group(paragraph(facts, width, "bold"), paragraph(f"{host} {_yourself(joined)}", width))


def side_view(joined: Visit, width: int) -> RenderableType:
    """The room, beside what is asked."""
    rows = [(name, role) for name, role, _, _ in _people(joined)]
    return Group(room_facts(joined, width), Text(""), listing(("  in the room", "is"), rows, width))


def room_people(joined: Visit, width: int) -> RenderableType:
    """Who is there."""
    return listing(("  who", "is", "joins from", "by"), list(_people(joined)), width)


def _yourself(joined: Visit) -> str:
    person = joined.person
    if joined.yourself is not None:
        return f"You join as yourself: {ROLES[person.role]}, in {person.code}, by {person.channel.value}."
    name = joined.names[person.number]
    return (
        f"You play {name}, {person.age}: {ROLES[person.role]}, in {person.code}, by {person.channel.value} "
        f"(participant {joined.participant})."
    )


def _people(joined: Visit) -> Iterator[tuple[str, str, str, str]]:
    people = list(joined.meeting.people)
    first = people[:_SHOWN]
    if joined.person not in first:
        first[-1] = joined.person
    for person in first:
        mark = "> " if person is joined.person else "  "
        yield f"{mark}{joined.names[person.number]}", person.role.value, person.code, person.channel.value
    if len(people) > len(first):
        yield f"  and {len(people) - len(first)} more", "", "", ""


def told(joined: Visit, steps: Sequence[Step], width: int) -> RenderableType:
    """What others settled for everybody before the person at the keyboard is asked anything."""
    lines = list(settled_lines(joined, steps))
    return Group(*(paragraph(text, width, hang=2) for text in lines), *([Text("")] if lines else []))


def settled_lines(joined: Visit, steps: Sequence[Step]) -> Iterator[str]:
    """One sentence for each stage that somebody else settled."""
    meeting = joined.meeting
    for stage in joined.flow.stages:
        if stage.actor is Actor.PROVIDER and meets(stage, meeting.people[0], meeting):
            yield f"The provider, {AT[stage.at]}, asks nobody. {_holds(stage.default)}"
    for step in steps:
        if step.played is None:
            yield f"The {who(step.stage.actor)}{_name(joined, step)}, {AT[step.stage.at]}: {_did(step)}"


def _name(joined: Visit, step: Step) -> str:
    return f" ({joined.names[0]})" if step.stage.actor is Actor.HOST else ""


def _did(step: Step) -> str:
    if step.option is None or not step.noticed:
        return f"did not notice. {_holds(step.stage.default)}"
    given = " (as the scenario says)" if step.settled else ""
    return f'took "{step.option.label}"{given}.'


def _holds(default: Default) -> str:
    return {
        Default.ON: "The default holds, which is yes.",
        Default.OFF: "The default holds, which is no.",
        Default.NONE: "Nothing holds by default.",
    }[default]


def card_now(joined: Visit, moment: Moment, wanted: frozenset[DataCategory] | None) -> Card | None:
    """What waits for an answer; None: nothing does any more."""
    if isinstance(moment, AtStage):
        return card_of(moment.stage, joined.flow, moment.showing)
    if isinstance(moment, AtTurn):
        return _turn_card(joined, moment)
    if joined.yourself is not None and wanted is None and joined.categories:
        return _neutral_card(joined)
    return None


def _turn_card(joined: Visit, moment: AtTurn) -> Card:
    """A decision that belongs to no stage."""
    if moment.what == "withdraws":
        clicks = withdrawal_clicks(joined.flow)
        effort = "one click" if clicks == 1 else f"{clicks} clicks"
        text = f"The meeting is over. You can take back what was taken of yours, with {effort}."
        return question_card("After the meeting", text, ("no", "Leave it there"), ("yes", "Take it back"))
    if moment.what == "overruled":
        text = (
            f"{joined.names[0]}, the host, was asked to switch it off, and leaves it on although you refused. "
            "If you stay, your refusal is overruled."
        )
        return question_card("In the meeting", text, ("no", "Stay, and be overruled"), ("yes", "Leave the meeting"))
    text = "Somebody in your meeting refused, and asks you, the host, to switch it off for everybody."
    return question_card("In the meeting", text, ("yes", "Switch it off"), ("no", "Leave it on"))


def _neutral_card(joined: Visit) -> Card:
    """What who plays as themselves would have given: the model cannot know."""
    purpose = PURPOSES[joined.plan.inputs.scenario.purpose]
    text = (
        "Before you see what came of it: suppose somebody had asked you neutrally, with all the time you need, and "
        f"saying no had cost you nothing. What of yours would you have given for {purpose}?"
    )
    toggles = tuple(ToggleRow(one.value, one.value.replace("_", " "), False, "") for one in joined.categories)
    return question_card("Asked neutrally", text, ("say", "That is what I would give"), toggles=toggles)


def flow_titles() -> list[tuple[str, str]]:
    """The flows of the library by name, each with its title."""
    return [(name, library.flow(name).title) for name in library.builtin("flow")]


def places(joined: Visit) -> list[tuple[str, str]]:
    """Where one can be, by code, each with the name of the place."""
    return [(code, place.name) for code, place in joined.plan.inputs.law.jurisdictions.items()]
