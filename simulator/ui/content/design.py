"""The Design screen: a flow's levers, what moving them does, and what the design checks make of it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from rich.console import Group, RenderableType
from rich.text import Text

from simulator.analysis.comparison import Comparison, growing_comparison
from simulator.analysis.estimates import Estimate
from simulator.analysis.outcomes import FlowOutcomes
from simulator.engine.run import Progress, no_progress
from simulator.rules.design_checks import findings
from simulator.rules.findings import DEFINITION, Finding, Level
from simulator.scenario.yaml_file import read
from simulator.text.comparison_view import HEADLINES
from simulator.text.law_view import labelled, readings
from simulator.text.layout import line, paragraph
from simulator.text.numbers import EMPTY, bar, points
from simulator.ui.content.draft import Draft, open_draft
from simulator.ui.content.draft_file import diff
from simulator.ui.content.levers import Heading, Lever, as_words
from simulator.ui.session import Session, command_line

PARTICIPANTS = 50_000
"""People at whom the effect stops getting finer; the first 2,000 are told at once."""
_OUTCOMES = ("claimed", "lawful", "lawful_lenient", "wanted", "overreach", "missed", "left")
_LABEL = 15
_NAME, _VALUE = 9, 6
_LEAST_BAR = 12
CHANGED = "*"
"""Stands before a lever that was moved."""


def command(session: Session) -> str:
    """Opens the same flow with the same edits; once these are saved, compares both files."""
    if session.saved is not None:
        words = ["compare", session.flows[0], session.saved, *session.setting_words(), "--participants", PARTICIPANTS]
        return command_line(*words)
    draft = session.draft
    changes = [] if draft is None else [word for edit in as_words(draft.edits) for word in ("--change", edit)]
    return command_line("ui", session.flows[0], "--screen", "design", *session.setting_words(), *changes)


def current(session: Session) -> Draft:
    """The session's draft, of its first flow."""
    if session.draft is None or session.draft.name != session.flows[0]:
        session.draft = open_draft(session.flows[0])
        session.saved = None
    return session.draft


def as_the_file_is(session: Session) -> Draft:
    """The same, opened anew with its edits where the file has been edited since.

    Raises:
        UsageError: If an edit leads nowhere in the file any more.
        ScenarioError: If the file cannot be used any more.
    """
    draft = current(session)
    if draft.content != read(draft.path).value:
        fresh = open_draft(draft.name, dict(draft.made))
        session.draft, session.saved = replace(fresh, made=draft.made, undone=draft.undone), None
    return current(session)


def growing(session: Session, draft: Draft, progress: Progress = no_progress) -> Iterator[Comparison]:
    """The original, and the changed flow beside it if there are edits, on ever more people.

    Raises:
        UsageError, ScenarioError: If the changed flow does not fit the scenario.
    """
    assert draft.flow is not None, "what cannot be used is never run"
    flows = [draft.original, draft.flow] if draft.edits else [draft.original]
    return growing_comparison(
        session.inputs(flows),
        participants=PARTICIPANTS,
        seed=session.seed,
        threads=os.cpu_count() or 1,
        progress=progress,
    )


def plain(session: Session, width: int) -> RenderableType:
    """All of it as text."""
    draft = current(session)
    levers = Group(*(lever_text(draft, number, width, marked=False) for number in range(len(draft.lines))))
    heading: list[RenderableType] = [paragraph(draft.original.title, width, "bold"), Text(""), levers, Text("")]
    if draft.flow is None:
        return Group(*heading, problems_view(draft, width))
    *_, found = growing(session, draft)
    changes: list[RenderableType] = [line("Changes", "bold"), diff_view(draft, width)] if draft.edits else []
    return Group(*heading, effect_view(found, width), Text(""), findings_view(draft, width), Text(""), *changes)


def title(draft: Draft, width: int) -> RenderableType:
    """Which flow it is, and how much of it is changed."""
    count = len(draft.edits)
    told = "as it is" if not count else "one change" if count == 1 else f"{count} changes"
    return Group(paragraph(draft.original.title, width, "bold"), line(told, "dim"), Text(""))


def lever_text(draft: Draft, number: int, width: int, *, marked: bool) -> Text:
    """A line of the list of levers; `marked` is the one that would be moved."""
    item = draft.lines[number]
    if isinstance(item, Heading):
        return Text(item.text, style="bold", no_wrap=True)
    moved = item.path in draft.edits
    pointer = ">" if marked else " "
    label = f"{'  ' * (item.indent - 1)}{item.label}"[:_LABEL]
    value = item.told(item.value)
    if moved and not isinstance(item.value, str | list) or moved and item.words:
        value = f"{value} (was {item.told(draft.original_value(item.path))})"
    text = f"{pointer}{CHANGED if moved else ' '}{label:<{_LABEL}} {value}"
    style = "reverse" if marked else "yellow" if moved else ""
    return Text(text if len(text) <= width else f"{text[: width - 1]}…", style=style, no_wrap=True)


def effect_view(found: Comparison, width: int) -> RenderableType:
    """Outcomes before and after; of an unchanged flow, how it is."""
    before, *after = found.flows
    now = after[0] if after else None
    wide = width - _NAME - 2 * (_VALUE + 2) - 14
    rows = [
        _outcome_line(found, outcome, before, now, wide if wide >= _LEAST_BAR else 0)
        for outcome in readings(_OUTCOMES, found.ranged)
    ]
    people = f"{found.run.participants:,} people, per cent"
    head = (
        f"{'':<{_NAME}}{'before':>{_VALUE + 1}}{'now':>{_VALUE + 1}}" if now else f"{'':<{_NAME}}{'now':>{_VALUE + 1}}"
    )
    return Group(line(people, "dim"), line(head, "dim"), *rows, *_seconds(before, now))


def _outcome_line(
    found: Comparison, outcome: str, before: FlowOutcomes, now: FlowOutcomes | None, room: int
) -> RenderableType:
    shares = [flow.share(outcome, found.category) for flow in (before, now) if flow is not None]
    name = labelled(outcome, found.ranged).replace("lawful, ", "")[:_NAME]
    text = f"{name:<{_NAME}}" + "".join(f"{_short(share):>{_VALUE + 1}}" for share in shares)
    if now is not None:
        gap = next(item.estimate for item in found.differences() if item.outcome == outcome)
        text += f" {points(gap, short=True):>12}"
    drawn = (bar(shares[-1], room), HEADLINES.get(outcome.removesuffix("_lenient"), "cyan")) if room else ""
    return Text.assemble(text, " ", drawn, no_wrap=True, overflow="ignore")


def _short(estimate: Estimate) -> str:
    return EMPTY if estimate.value is None else f"{100 * estimate.value:.1f}"


def _seconds(before: FlowOutcomes, now: FlowOutcomes | None) -> Iterator[RenderableType]:
    medians = [flow.seconds_to_join(0.5).value for flow in (before, now) if flow is not None]
    told = "".join(f"{EMPTY if value is None else f'{value:.1f}':>{_VALUE + 1}}" for value in medians)
    yield line(f"{'join, s':<{_NAME}}{told}")


def problems_view(draft: Draft, width: int) -> RenderableType:
    """What is wrong with the flow as it stands, in the loader's own words."""
    told = [line("Not run: it cannot be used as it stands.", "bold"), Text("")]
    for problem in draft.problems:
        told += [paragraph(part, width, hang=2) for part in str(problem).split("\n")]
    return Group(*told, Text(""), paragraph("u takes the last change back.", width, "dim"))


def findings_view(draft: Draft, width: int) -> RenderableType:
    """What the design checks find: first what is new, then what was there, then what is gone."""
    assert draft.flow is not None
    before, now = findings(draft.original), findings(draft.flow)
    old, new = Counter(map(_key, before)), Counter(map(_key, now))
    added, gone = new - old, old - new
    told: list[RenderableType] = [line("Design checks", "bold")]
    if not now and not gone:
        told.append(line("nothing found"))
    order = list(Level)
    for finding in sorted(now, key=lambda one: (not added[_key(one)], order.index(one.level))):
        fresh = added[_key(finding)] > 0
        added[_key(finding)] -= 1
        told.append(_finding_line(finding, "+ new" if fresh else " ", width))
        if fresh:
            told.append(paragraph(f"    {finding.message}", width, "dim", hang=4))
    for finding in before:
        if gone[_key(finding)] > 0:
            gone[_key(finding)] -= 1
            told.append(_finding_line(finding, "- gone", width))
    return Group(*told)


def _key(finding: Finding) -> tuple[str, bool, bool]:
    return finding.id, finding.mirrored, finding.known


def _finding_line(finding: Finding, mark: str, width: int) -> Text:
    kind = ", turned round" if finding.mirrored else "" if finding.known else ", not known"
    return paragraph(f"{mark} {finding.level.value}: {DEFINITION[finding.id].title}{kind}", width, hang=4)


def diff_view(draft: Draft, width: int) -> RenderableType:
    """What differs from the original's file, line by line."""
    if not draft.edits:
        return line("Nothing is changed.")
    styles = {"+": "green", "-": "red", "@": "dim"}
    return Group(*(Text(text, style=styles.get(text[:1], ""), overflow="fold") for text in diff(draft)))


def lever_at(draft: Draft, number: int) -> Lever | None:
    """The lever on a line; None for a heading."""
    item = draft.lines[number] if 0 <= number < len(draft.lines) else None
    return item if isinstance(item, Lever) else None
