"""What the terminal says of law: which rules void how much, and what lawful means here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from textwrap import wrap

from rich.console import Group, RenderableType
from rich.text import Text

from simulator.analysis.comparison import Comparison
from simulator.analysis.outcomes import FlowOutcomes, VoidByRule
from simulator.engine.inputs import Inputs
from simulator.rules.law import Law, briefly
from simulator.scenario.jurisdiction import Rule
from simulator.scenario.overlay import Overlay
from simulator.scenario.vocabulary import TRAINING, Row, Verdict
from simulator.text.numbers import amount, percent

_NAME, _NUMBER = 41, 13
_WIDTH = _NAME + 3 * _NUMBER


_READINGS = {"lawful": "lawful, strict", "lawful_lenient": "lawful, lenient"}


def labelled(outcome: str, ranged: bool) -> str:
    """An outcome by name; where the reading is open, what is lawful with the reading it goes by."""
    return _READINGS.get(outcome, outcome) if ranged else outcome


def readings(outcomes: Sequence[str], ranged: bool) -> list[str]:
    """The outcomes to show: both ends of what is lawful only where the reading is open, as else they are the same."""
    return [outcome for outcome in outcomes if ranged or outcome != "lawful_lenient"]


def lawful_note(inputs: Inputs) -> str:
    """What lawful means in a result; every output that shows it says so once."""
    scenario, law = inputs.scenario, inputs.law
    reading = (
        "from the strict reading of unsettled ones to the lenient"
        if scenario.reading is None
        else f"{scenario.reading.value} reading"
    )
    reviewed = min(place.reviewed for place in law.jurisdictions.values())
    last = max(inputs.law_of(flow).day for flow in inputs.flows)
    later = f" Nobody has looked at them since {reviewed}." if last > reviewed else ""
    other = "" if scenario.purpose in TRAINING else " They are coded for training, and ask too much of other uses."
    day = one_day(inputs) or "each flow's day"
    return f"Lawful: under the rules coded for {day}, {reading}; not legal advice.{later}{other}"


def one_day(inputs: Inputs) -> date | None:
    """The day whose rules all flows are judged by; None where they are judged by those of different days."""
    days = {inputs.law_of(flow).day for flow in inputs.flows}
    return days.pop() if len(days) == 1 else None


def why_table(flow: FlowOutcomes, comparison: Comparison) -> RenderableType:
    """The rules that void what a flow claims of the headline category, the largest part first."""
    category, law = comparison.category, flow.law
    ledger = flow.ledger(category)
    void, unit = ledger.row(Row.VOID), ledger.unit.replace("_", "-")
    what = f"{unit} of {category.value.replace('_', ' ')}"
    title = Text(f"{flow.flow.id}: why it is void", style="bold")
    if not void:
        why = "Nothing is claimed." if not ledger.claimed else "Nothing that is claimed is void."
        return Group(title, Text(f"{why}\n"))
    found = flow.void_by_rule(category)
    lenient = sum(item.lenient or 0.0 for item in found) if comparison.ranged else None
    lines = [
        title,
        Text(f"Of {amount(ledger.claimed)} {what} claimed, {amount(void)} are void, by these rules:"),
        Text(_row("rule", "void", "of claimed", "lenient" if comparison.ranged else ""), style="dim"),
    ]
    for item in found:
        lines += _rule(item, law, ledger.claimed)
    lines.append(Text(_numbers("void in all", void, lenient, ledger.claimed), style="bold"))
    if comparison.ranged:
        legend = "lenient: what of it stands if unsettled rules are read leniently."
        lines.append(Text(legend, style="dim"))
    return Group(*lines, Text(""))


def _rule(item: VoidByRule, law: Law, claimed: float) -> Iterator[Text]:
    rule = law.named(item.rule)
    yield Text(_numbers(item.rule, item.amount, item.lenient, claimed))
    about = [f"{_where(rule, law)}{briefly(rule)}{_open(rule)}", rule.citation]
    if item.mixed:
        about.append(f"{amount(item.mixed)} of it as recorded together with somebody whose consent it voids")
    for text in about:
        yield Text("\n".join(wrap(text, _WIDTH, initial_indent="  ", subsequent_indent="  ")), style="dim")


def _where(rule: Rule | Overlay, law: Law) -> str:
    return next((f"{place.name}: " for place in law.jurisdictions.values() if rule in place.rules), "")


def _open(rule: Rule | Overlay) -> str:
    if rule.verdict is Verdict.UNSETTLED:
        return " (unsettled)"
    by_notice = isinstance(rule, Rule) and rule.notice is Verdict.UNSETTLED
    return " (what a notice is worth is unsettled)" if by_notice else ""


def _numbers(name: str, value: float, lenient: float | None, claimed: float) -> str:
    return _row(name, amount(value), percent(value / claimed), "" if lenient is None else amount(lenient))


def _row(name: str, *cells: str) -> str:
    # A long name has a line of its own, so that the numbers below each other stay so.
    first = name if len(name) < _NAME else f"{name}\n"
    space = _NAME - len(name) if len(name) < _NAME else _NAME
    return f"{first}{'':{space}}" + "".join(f"{cell:>{_NUMBER}}" for cell in cells).rstrip()
