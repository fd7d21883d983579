"""The ledger on the terminal: what is taken away of one category, and by which causes and rules."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from rich.console import RenderableType

from simulator.analysis.outcomes import FlowOutcomes
from simulator.rules.ledger import CAUSES, EXPLAINED, ROW_OF
from simulator.scenario.vocabulary import DataCategory, Row
from simulator.text.law_view import labelled
from simulator.text.layout import line, titled
from simulator.text.numbers import amount, block, percent, plain_text

_LABEL, _SHORTEST_LABEL = 35, 20
_NUMBERS = 22
_LEAST_BAR = 5
_DETAIL = "    "

Step = tuple[str, float, str, str]
"""Label, amount, drawing, style."""


def waterfall(flow: FlowOutcomes, category: DataCategory, width: int, *, ranged: bool) -> RenderableType:
    """The ledger of one category of a flow; where the reading is open, by the strict one, with the lenient below."""
    ledger = flow.ledger(category)
    label_width = min(_LABEL, max(_SHORTEST_LABEL, width - _NUMBERS))
    room = width - label_width - _NUMBERS
    lines = []
    for label, value, drawn, style in _steps(flow, category, room if room >= _LEAST_BAR else 0, ranged):
        share = percent(value / ledger.produced if ledger.produced else 0.0)
        *above, last = _wrapped(label, label_width)
        lines += [line(text, style) for text in above]
        lines.append(line(f"{last:<{label_width}} {amount(value):>12} {share:>7} {drawn}", style))
    unit = ledger.unit.replace("_", "-")
    return titled(f"{flow.flow.id}: where the {category.value.replace('_', ' ')} went, in {unit}", *lines)


def _wrapped(label: str, width: int) -> list[str]:
    """A label on as many lines as it needs; the numbers go beside the last, and below a name that fills its line."""
    indent = _DETAIL if label.startswith(_DETAIL) else ""
    lines = wrap(
        label, width, initial_indent=indent, subsequent_indent=f"{2 * indent}  ", break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
    return lines if len(lines[-1]) <= width else [*lines, ""]


def _steps(flow: FlowOutcomes, category: DataCategory, room: int, ranged: bool) -> Iterator[Step]:
    ledger = flow.ledger(category)
    whole = ledger.produced or 1.0
    left = ledger.produced
    yield "produced", left, block(left / whole, room), "bold"
    for row in Row:
        if row is Row.KEPT:
            break
        taken = ledger.row(row)
        strictly = ", read strictly" if ranged and row is Row.VOID else ""
        yield f"- {row.value.replace('_', ' ')}{strictly}", taken, _taken(left / whole, taken / whole, room), ""
        yield from _details(flow, category, row)
        left -= taken
        total = {Row.INSEPARABLE: "claimed", Row.VOID: "lawful", Row.WITHDRAWN: "kept"}.get(row)
        if total is not None:
            strictly = ", strict" if ranged and total != "claimed" else ""
            yield f"= {total}{strictly}", left, block(left / whole, room), "bold"
        if ranged and row is Row.VOID:
            yield f"  {labelled('lawful_lenient', ranged)}", ledger.lenient, "", ""


def _taken(before: float, taken: float, room: int) -> str:
    """Where on the bar something was taken: shaded, at the end of what was left before."""
    first, last = round((before - taken) * room), round(before * room)
    return " " * first + ("." if plain_text() else "░") * (last - first) if last > first else ""


def _details(flow: FlowOutcomes, category: DataCategory, row: Row) -> Iterator[Step]:
    if row is Row.VOID:
        found = {item.rule: item.amount for item in flow.void_by_rule(category)}
    else:
        causes = flow.ledger(category).by_cause
        found = {EXPLAINED[cause]: causes[cause] for cause in CAUSES if ROW_OF[cause] is row and causes[cause] > 0}
    for name, value in found.items():
        yield f"{_DETAIL}{name}", value, "", "dim"
