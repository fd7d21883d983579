"""What came of a meeting that somebody joined: what they granted, their data, the people around them, everybody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.console import Group, RenderableType
from rich.text import Text

from simulator.analysis.stage_answers import StageAnswers
from simulator.engine.play import Over
from simulator.engine.reference import Outcome
from simulator.engine.reference_people import Answers, Step
from simulator.meetings.generate import MS_PER_MINUTE
from simulator.rules.ledger import ROW_OF, Cause
from simulator.scenario.flow import Stage
from simulator.scenario.vocabulary import UNITS, Actor, DataCategory, Default, Row
from simulator.text.comparison_view import PURPOSES
from simulator.text.explain_view import what_became
from simulator.text.flow_view import granted, who
from simulator.text.law_view import lawful_note
from simulator.text.layout import line, listing, paragraph, table
from simulator.text.numbers import block, percent
from simulator.ui.content.visit import Visit

_MOST_AROUND = 15
_BAR_ROOM = 30
_LABEL_ROOM = 36


def after_text(joined: Visit, over: Over, width: int) -> RenderableType:
    """All of it, one part below the other."""
    return Group(granted_view(joined, over, width), minutes_view(joined, over, width), around_view(joined, over, width))


def granted_view(joined: Visit, over: Over, width: int) -> RenderableType:
    """What the person at the keyboard did, and what they and others granted of their data."""
    outcome = over.outcomes[joined.number]
    purpose = PURPOSES[joined.plan.inputs.scenario.purpose]
    rows = [(category.value.replace("_", " "), _how(category, outcome.answers)) for category in joined.categories]
    parts = [paragraph(text, width, hang=2) for text in _deeds(joined, over)]
    asked_nothing = paragraph(f"This flow asks nobody for anything to be used for {purpose}.", width)
    heard = listing((f"for {purpose}", "granted?"), rows, width) if rows else asked_nothing
    return Group(*parts, Text(""), heard)


def _deeds(joined: Visit, over: Over) -> Iterator[str]:
    outcome = over.outcomes[joined.number]
    steps = [step for step in (*outcome.common.steps, *outcome.answers.steps) if step.played is not None]
    if not steps:
        yield "You were asked nothing."
    for step in steps:
        yield _deed(step)
    if outcome.answers.left:
        yield "So you left the meeting."
    elif any(outcome.cause[category] is Cause.MEETING_ENDED for category in DataCategory):
        yield "The meeting could not go on: the host left, or too few stayed."


def _deed(step: Step) -> str:
    if step.option is None:
        return f"{step.stage.id}: you did not answer. {_silence(step.stage)}"
    grants = f", which grants {granted(step.option.grants)}" if step.option.grants else ""
    switched = [
        f"{toggle.label} {'on' if step.toggles[toggle.id].on else 'off'}"
        for toggle in step.stage.toggles
        if toggle.id in step.toggles
    ]
    toggles = f", with {', '.join(switched)}" if switched else ""
    return f'{step.stage.id}: you took "{step.option.label}"{grants}{toggles}.'


def _silence(stage: Stage) -> str:
    return {
        Default.ON: "It counts as a yes.",
        Default.OFF: "It counts as a no.",
        Default.NONE: "It counts as nothing.",
    }[stage.default]


def _how(category: DataCategory, answers: Answers) -> str:
    if category in answers.refused:
        return "refused, by you"
    if category in answers.unanswered:
        return "not answered, which is a no"
    if category in answers.by_default:
        return "granted, by your silence"
    if category in answers.own:
        return "granted, by you"
    if category in answers.by_others:
        return "granted, by others for you"
    return "not granted; you were not asked"


def minutes_view(joined: Visit, over: Over, width: int) -> RenderableType:
    """The ledger of one person: each category as far as it came, under each reading, with the reasons."""
    outcome, inputs = over.outcomes[joined.number], joined.plan.inputs
    ranged = inputs.lenient is not None
    readings = ("lawful,\nstrict", "lawful,\nlenient") if ranged else ("lawful",)
    headings = ("your data", "produced", "claimed", *readings, "kept", "wanted")
    rows = [_row(category, outcome, ranged) for category in joined.categories]
    reasons = [
        paragraph(f"{'  ' * depth}{text}", width, hang=2)
        for depth, text in what_became(outcome, inputs, inputs.law_of(joined.flow))
    ]
    legend = "yes and no say whether it counts. Wanted: would be given, asked neutrally and free to refuse."
    nothing = paragraph("You would have produced nothing that this flow asks for.", width)
    shown = [table(headings, rows, width), paragraph(legend, width, "dim")] if rows else [nothing]
    return Group(*shown, Text(""), *reasons, paragraph(lawful_note(inputs), width, "dim"))


def _row(category: DataCategory, outcome: Outcome, ranged: bool) -> tuple[str, ...]:
    def said(holds: bool) -> str:
        return "yes" if holds else "no"

    readings = [category in outcome.lawful] + ([category in outcome.lenient] if ranged else [])
    return (
        category.value.replace("_", " "),
        amount_of(category, outcome.participant.produced[category]),
        said(category in outcome.claimed),
        *(said(each) for each in readings),
        said(ROW_OF[outcome.cause[category]] is Row.KEPT),
        said(category in outcome.wanted),
    )


def amount_of(category: DataCategory, produced: int) -> str:
    """An amount in its unit, short."""
    if UNITS[category] == "person_minutes":
        return f"{produced / MS_PER_MINUTE:.1f} min"
    return f"{produced}"


def around_view(joined: Visit, over: Over, width: int) -> RenderableType:
    """What the others in the meeting did, and what became of the headline category of each."""
    category = joined.plan.inputs.scenario.category
    others = [outcome for outcome in over.outcomes if outcome.participant.number != joined.number]
    named = category.value.replace("_", " ")
    rows = [_around(joined, outcome, category) for outcome in others[:_MOST_AROUND]]
    more = len(others) - len(rows)
    parts: list[RenderableType] = [listing(("who", "did", f"their {named}"), rows, width)]
    if more:
        parts.append(line(f"and {more} more", "dim"))
    return Group(paragraph(_around_in_all(others, category), width), Text(""), *parts)


def _around_in_all(others: list[Outcome], category: DataCategory) -> str:
    left = sum(outcome.answers.left for outcome in others)
    claimed = sum(category in outcome.claimed for outcome in others)
    wanted = sum(category in outcome.wanted for outcome in others)
    named = category.value.replace("_", " ")
    return (
        f"Of {len(others)} others, {left} left; the {named} of {claimed} is claimed; {wanted} would give theirs, "
        "asked neutrally."
    )


def _around(joined: Visit, outcome: Outcome, category: DataCategory) -> tuple[str, str, str]:
    steps = [step for step in outcome.answers.steps if step.option is not None]
    did = "left" if outcome.answers.left else steps[-1].option.label if steps and steps[-1].option else "nothing"
    cause = outcome.cause[category]
    row = ROW_OF[cause]
    came = {Row.KEPT: "kept", Row.VOID: "void"}.get(row, row.value.replace("_", " "))
    return joined.names[outcome.participant.number], did, came


def everybody_view(joined: Visit, over: Over, counted: Mapping[str, StageAnswers], width: int) -> RenderableType:
    """What the population does at each stage, with what you did marked."""
    outcome = over.outcomes[joined.number]
    played = {
        step.stage.id: step for step in (*outcome.common.steps, *outcome.answers.steps) if step.played is not None
    }
    parts: list[RenderableType] = []
    for stage in joined.flow.stages:
        if stage.id in counted:
            parts += [*_stage_bars(stage, counted[stage.id], played.get(stage.id), width), Text("")]
    if not parts:
        parts = [paragraph("Nobody in this population is asked anything.", width)]
    return Group(*parts)


def _stage_bars(stage: Stage, found: StageAnswers, step: Step | None, width: int) -> Iterator[RenderableType]:
    whom = "participants" if stage.actor is Actor.PARTICIPANT else f"times that the {who(stage.actor)} was asked"
    yield paragraph(f"{stage.id}: of {found.met:,} {whom}", width, "bold")
    taken = None if step is None else step.option.id if step.option else ""
    for option in stage.options:
        yield from _bar(option.label, found.took[option.id], found.met, taken == option.id, width)
    if found.missed:
        yield from _bar("did not answer", found.missed, found.met, taken == "", width)
    for toggle in stage.toggles:
        if found.set_toggles:
            mine = step is not None and toggle.id in step.toggles and step.toggles[toggle.id].on
            yield from _bar(f"[x] {toggle.label}", found.on[toggle.id], found.set_toggles, mine, width)


def _bar(label: str, count: int, whole: int, mine: bool, width: int) -> Iterator[RenderableType]:
    """A share with its label: on one line where there is room, else below each other."""
    share = count / whole if whole else 0.0
    name, style = f"  {label}{'  < you' if mine else ''}", "bold" if mine else ""
    beside = width - _BAR_ROOM - 9
    if len(name) > beside:
        yield paragraph(name, width, style, hang=4)
        name = ""
    drawn = block(share, min(_BAR_ROOM, width - 20))
    at = min(beside, _LABEL_ROOM) if len(name) <= _LABEL_ROOM else beside
    yield Text.assemble((f"{name:<{at}}", style), f" {percent(share):>7} ", (drawn, "bright_blue"), no_wrap=True)
