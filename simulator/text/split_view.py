"""One outcome, split by place, role or another side of people and meetings, as bars: every part under every flow."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Group, RenderableType
from rich.text import Text

from simulator.analysis.comparison import Comparison
from simulator.analysis.estimates import UNDEFINED, Estimate
from simulator.scenario.grants import CATEGORIES
from simulator.text.comparison_view import HEADLINES
from simulator.text.law_view import labelled
from simulator.text.layout import line, paragraph, titled
from simulator.text.numbers import bar, margin

SPLITS = ("role", "jurisdiction", "meeting_type", "channel", "confidentiality", "category")
"""What people, meetings and data are split by."""
_NUMBER = 16
_LONGEST_NAME = 34
_LEAST_BAR = 10

Parts = Mapping[str, Mapping[str, Estimate]]
"""Estimates by part and by flow."""


def split_bars(comparison: Comparison, by: str, outcome: str, width: int, *, largest_first: bool) -> RenderableType:
    """An outcome of each part under each flow; `largest_first` orders the parts by the first flow's."""
    found, people = parts(comparison, by, outcome)
    first = comparison.flows[0].flow.id
    order = list(found)
    if largest_first:
        order.sort(key=lambda part: -(found[part].get(first, UNDEFINED).value or 0.0))
    names = [flow.flow.id for flow in comparison.flows]
    beside = min(_LONGEST_NAME, max(len(name) for name in names), max(8, width - _NUMBER - _LEAST_BAR))
    room = max(0, width - beside - _NUMBER - 4)
    lines: list[RenderableType] = []
    for part in order:
        counted = f"  {people[part]:,} people" if part in people else ""
        lines.append(Text.assemble((part.replace("_", " "), "bold"), (counted, "dim"), no_wrap=True))
        for name in names:
            estimate = found[part].get(name, UNDEFINED)
            text = f"  {name[:beside]:<{beside}} {margin(estimate):<{_NUMBER}} "
            drawn = (bar(estimate, room), HEADLINES.get(outcome, "cyan"))
            lines.append(Text.assemble(text, drawn, no_wrap=True, overflow="ignore"))
    ordered = f"largest first, by {first}" if largest_first else "in the order of the files"
    what = "participants" if outcome == "left" else "what each part would produce"
    told = f"Per cent of {what}, with 95 % interval; {ordered}."
    if by != "category" and outcome != "left":
        told = f"Of {comparison.category.value.replace('_', ' ')}. {told}"
    title = f"{labelled(outcome, comparison.ranged)}, by {by.replace('_', ' ')}"
    return titled(title[0].upper() + title[1:], paragraph(told, width, "dim"), Text(""), Group(*lines), line(""))


def parts(comparison: Comparison, by: str, outcome: str) -> tuple[Parts, dict[str, int]]:
    """Estimates of an outcome by part and by flow, and how many people each part holds, where that can be said."""
    if by == "category":
        shares = {
            category.value: {flow.flow.id: flow.share(outcome, category) for flow in comparison.flows}
            for category in CATEGORIES
        }
        return shares, {}
    cells = {flow.flow.id: flow.cells(by) for flow in comparison.flows}
    names = cells[comparison.flows[0].flow.id]
    found = {part: {flow: own[part].share(outcome) for flow, own in cells.items() if part in own} for part in names}
    return found, {part: cell.participants for part, cell in names.items()}
