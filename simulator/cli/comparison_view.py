"""A comparison on the terminal, within 80 columns: bars, people, differences, what the hours buy, who is in them."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from simulator.analysis.comparison import Comparison
from simulator.analysis.estimates import Estimate
from simulator.analysis.learning import bought
from simulator.analysis.outcomes import COMPARED, FlowOutcomes
from simulator.analysis.sources import counted, weakest_source
from simulator.analysis.uncertainty import Uncertainty
from simulator.cli.law_view import lawful_note, one_day, why_table
from simulator.cli.numbers import (
    EMPTY,
    amount,
    bar,
    beyond,
    block,
    interval,
    margin,
    percent,
    plain_text,
    points,
    seconds,
)
from simulator.cli.uncertainty_view import print_uncertainty
from simulator.rules.ledger import CAUSES, EXPLAINED, ROW_OF
from simulator.scenario.grants import CATEGORIES
from simulator.scenario.vocabulary import DataCategory, Known, Purpose, Row

BAR = 43
_CHART_LEFT = 36
_FLOWS_ACROSS = 3
HEADLINES = {"claimed": "yellow", "lawful": "bright_blue", "wanted": "magenta"}
"""Outcomes of the chart and their colours (safe for the colour-blind; each also carries its name)."""
BREAKDOWNS = ("jurisdiction", "role", "meeting_type", "channel", "confidentiality")

PURPOSES = {
    Purpose.SERVICE: "the service itself",
    Purpose.IMPROVEMENT: "improving the service",
    Purpose.TRAINING_FIRST_PARTY: "training the provider's models",
    Purpose.TRAINING_THIRD_PARTY: "training others' models",
}
"""Purposes in plain words."""
_PRODUCED = {
    DataCategory.AUDIO: "speech",
    DataCategory.VIDEO: "camera video",
    DataCategory.TRANSCRIPT: "transcribed speech",
    DataCategory.CHAT: "chat messages",
    DataCategory.SCREEN_SHARE: "shared screen time",
    DataCategory.FILES: "files",
    DataCategory.REACTIONS: "reactions",
    DataCategory.TELEMETRY: "telemetry",
}


def print_comparison(
    console: Console,
    comparison: Comparison,
    *,
    by: str | None,
    ledger: bool,
    why: bool = False,
    spread: Uncertainty | None = None,
) -> None:
    """The whole report."""
    console.print(_heading(comparison))
    console.print(_chart(comparison))
    console.print(_people_table(comparison))
    for table in _difference_tables(comparison):
        console.print(table)
    if spread is not None:
        print_uncertainty(console, comparison, spread)
    console.print(_value_table(comparison))
    if by is not None:
        for flow in comparison.flows:
            console.print(_breakdown_table(flow, by, ranged=comparison.ranged))
    if ledger:
        for flow in comparison.flows:
            console.print(waterfall(flow, comparison.category))
    if why:
        for flow in comparison.flows:
            console.print(why_table(flow, comparison))
    console.print(_footnotes(comparison))


def _heading(comparison: Comparison) -> RenderableType:
    run, scenario = comparison.run, comparison.inputs.scenario
    produced = comparison.flows[0].ledger(comparison.category)
    real = len(comparison.inputs.recorded)
    where = f"{real} recorded meetings, met {run.meetings / real:,.0f} times" if real else f"{run.meetings:,} meetings"
    unit = produced.unit.replace("_", "-")
    day = one_day(comparison.inputs) or "its day"
    text = (
        f"{where} with {run.participants:,} participants would produce {amount(produced.produced)} {unit} "
        f"of {_PRODUCED[comparison.category]}. The share of it that the flow claims for "
        f"{PURPOSES[scenario.purpose]}, that would stand under the rules of {day}, and that people "
        f"want to give:"
    )
    title = [Text(scenario.title, style="bold")]
    # Of other flows in these meetings, the scenario asks nothing.
    if {flow.flow.id for flow in comparison.flows} == set(scenario.flows):
        title.append(Text(scenario.question, style="italic"))
    return Group(*title, Text(""), Text(text), Text(""))


def _grid(*columns: tuple[str, str]) -> Table:
    """A table without lines: (heading, justify) for each column."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading, justify in columns:
        table.add_column(
            heading, justify="right" if justify == "right" else "left", no_wrap=heading != "flow", overflow="fold"
        )
    return table


def titled(title: str, *parts: RenderableType) -> RenderableType:
    return Group(Text(title, style="bold"), *parts, Text(""))


def _chart(comparison: Comparison) -> RenderableType:
    lines = []
    dated = one_day(comparison.inputs) is None
    for index, flow in enumerate(comparison.flows):
        name = f"{flow.flow.id}, {flow.law.day}" if dated else flow.flow.id
        scale = f"{'':{max(1, _CHART_LEFT - len(name))}}0 %{'50 %':>{BAR // 2 - 1}}{'100 %':>{BAR // 2 - 2}}"
        lines.append(Text.assemble((name, "bold"), (scale if index == 0 else "", "dim")))
        for outcome, colour in HEADLINES.items():
            found = flow.share(outcome, comparison.category)
            drawn = bar(found, BAR)
            if outcome == "lawful" and comparison.ranged:
                lenient = flow.share("lawful_lenient", comparison.category)
                lines.append(_chart_line("lawful from", found, drawn + beyond(drawn, lenient.value, BAR), colour))
                lines.append(_chart_line("         to", lenient, "", colour))
            else:
                lines.append(_chart_line(outcome, found, drawn, colour))
    return Group(*lines, Text(""))


def _chart_line(label: str, found: Estimate, drawn: str, colour: str) -> Text:
    return Text.assemble(f"  {label:<11}{percent(found.value):>8} {interval(found):>14} ", (drawn, colour))


def _people_table(comparison: Comparison) -> RenderableType:
    table = _grid(
        ("flow", "left"), ("overreach %", "right"), ("missed %", "right"), ("left %", "right"), ("join s", "right"),
        ("90th s", "right"),
    )  # fmt: skip
    for flow in comparison.flows:
        table.add_row(
            flow.flow.id,
            margin(flow.share("overreach", comparison.category)),
            margin(flow.share("missed", comparison.category)),
            margin(flow.share("left", comparison.category)),
            seconds(flow.seconds_to_join(0.5)),
            seconds(flow.seconds_to_join(0.9)),
        )
    legend = (
        "overreach: claimed, not wanted; missed: wanted, not claimed; left: of participants; join: seconds that "
        "the flow adds to joining, median and 90th percentile."
    )
    return Group(table, Text(legend, style="dim"), Text(""))


def _difference_tables(comparison: Comparison) -> Iterator[RenderableType]:
    """Outcomes down, flows across, three flows to a table so that 80 columns hold them."""
    found = {(item.flow, item.outcome): item.estimate for item in comparison.differences()}
    others = [flow.flow.id for flow in comparison.flows[1:]]
    title = f"Percentage points more than under {comparison.flows[0].flow.id}"
    for first in range(0, len(others), _FLOWS_ACROSS):
        across = others[first : first + _FLOWS_ACROSS]
        table = _grid(("", "left"), *((flow, "right") for flow in across))
        for column in table.columns[1:]:
            column.no_wrap, column.overflow, column.max_width = False, "fold", 22
        for outcome in COMPARED:
            label = "lawful, strict" if outcome == "lawful" and comparison.ranged else outcome
            table.add_row(label, *(points(found[flow, outcome]) for flow in across))
        yield titled(title, table)


def _value_table(comparison: Comparison) -> RenderableType:
    table = _grid(
        ("flow", "left"), ("hours", "right"), ("words", "right"), ("error", "right"), ("range", "right"),
        ("by place", "right"), ("by role", "right"),
    )  # fmt: skip
    for flow in comparison.flows:
        kept = bought(flow, comparison.inputs.mix.rates, comparison.inputs.parameters)
        table.add_row(
            flow.flow.id,
            amount(kept.hours),
            _rounded(kept.words),
            EMPTY if kept.relative_error.value is None else f"x {kept.relative_error.value:.2f}",
            _range(kept.relative_error),
            _plain(flow.distance("jurisdiction")),
            _plain(flow.distance("role")),
        )
    legend = (
        "error: of a model trained on these hours, relative to one trained on all; range: of the learning curve's "
        "parameters. by place, by role: distance of the lawful data from everybody, 0 none to 1 nobody in common."
    )
    return titled("What is kept: speech, what it buys, who is in it", table, Text(legend, style="dim"))


def _rounded(count: float) -> str:
    for size, name in ((1e9, "bn"), (1e6, "M"), (1e3, "k")):
        if count >= size:
            return f"{count / size:.1f} {name}"
    return f"{count:.0f}"


def _range(estimate: Estimate) -> str:
    if estimate.low is None or estimate.high is None:
        return EMPTY
    return f"{estimate.low:.2f} to {estimate.high:.2f}"


def _plain(estimate: Estimate) -> str:
    return EMPTY if estimate.value is None else f"{estimate.value:.2f}"


def _breakdown_table(flow: FlowOutcomes, by: str, *, ranged: bool) -> RenderableType:
    title = f"{flow.flow.id}, by {by.replace('_', ' ')}"
    if by == "category":
        table = _grid(
            ("category", "left"), ("produced", "right"), ("claimed %", "right"), ("lawful %", "right"),
            ("wanted %", "right"), ("overreach %", "right"))  # fmt: skip
        for category in CATEGORIES:
            shares = (flow.share(outcome, category) for outcome in ("claimed", "lawful", "wanted", "overreach"))
            table.add_row(category.value, amount(flow.ledger(category).produced), *(margin(share) for share in shares))
        return titled(title, table)
    to = [("to %", "right")] if ranged else []
    table = _grid(
        (by.replace("_", " "), "left"), ("people", "right"), ("claimed %", "right"), ("lawful %", "right"), *to,
        ("wanted %", "right"), ("left %", "right"))  # fmt: skip
    for name, cell in flow.cells(by).items():
        shown = ("claimed", "lawful", *(["lawful_lenient"] if ranged else []), "wanted", "left")
        table.add_row(name, f"{cell.participants:,}", *(margin(cell.share(outcome)) for outcome in shown))
    legend = [Text("lawful: by the strict reading of unsettled rules, to the lenient.", style="dim")] if ranged else []
    return titled(title, table, *legend)


def waterfall(flow: FlowOutcomes, category: DataCategory) -> RenderableType:
    """The ledger of one category: what is taken away step by step, with the causes and rules that took it."""
    ledger = flow.ledger(category)
    lines = []
    for label, value, drawn, style in _steps(flow, category):
        share = percent(value / ledger.produced if ledger.produced else 0.0)
        name = label if len(label) <= _LEDGER_LABEL else label[: _LEDGER_LABEL - 1] + "…"
        lines.append(Text(f"{name:<{_LEDGER_LABEL}} {amount(value):>12} {share:>7} {drawn}".rstrip(), style=style))
    unit = ledger.unit.replace("_", "-")
    return titled(f"{flow.flow.id}: where the {category.value.replace('_', ' ')} went, in {unit}", *lines)


def _steps(flow: FlowOutcomes, category: DataCategory) -> Iterator[tuple[str, float, str, str]]:
    """Lines of the waterfall: label, amount, drawing, style."""
    ledger = flow.ledger(category)
    whole = ledger.produced or 1.0
    left = ledger.produced
    yield "produced", left, _left_bar(left / whole), "bold"
    for row in Row:
        if row is Row.KEPT:
            break
        taken = ledger.row(row)
        yield f"- {row.value.replace('_', ' ')}", taken, _taken_bar(left / whole, taken / whole), ""
        yield from _details(flow, category, row)
        left -= taken
        total = {Row.INSEPARABLE: "claimed", Row.VOID: "lawful", Row.WITHDRAWN: "kept"}.get(row)
        if total is not None:
            yield f"= {total}", left, _left_bar(left / whole), "bold"


_LEDGER_LABEL = 35
_LEDGER_BAR = 80 - _LEDGER_LABEL - 22


def _left_bar(share: float) -> str:
    return block(share, _LEDGER_BAR)


def _taken_bar(before: float, taken: float) -> str:
    """Where on the bar something was taken: shaded, at the end of what was left before."""
    first, last = round((before - taken) * _LEDGER_BAR), round(before * _LEDGER_BAR)
    return " " * first + ("." if plain_text() else "░") * (last - first) if last > first else ""


def _details(flow: FlowOutcomes, category: DataCategory, row: Row) -> Iterator[tuple[str, float, str, str]]:
    if row is Row.VOID:
        found = {item.rule: item.amount for item in flow.void_by_rule(category)}
    else:
        causes = flow.ledger(category).by_cause
        found = {EXPLAINED[cause]: causes[cause] for cause in CAUSES if ROW_OF[cause] is row and causes[cause] > 0}
    for name, value in found.items():
        yield f"    {name}", value, "", "dim"


def _footnotes(comparison: Comparison) -> Text:
    run, inputs = comparison.run, comparison.inputs
    known = counted(inputs)
    assumed = known[Known.ASSUMPTION]
    lines = [
        "95 % intervals over meetings: they show Monte Carlo error only, not how far the",
        f"figures behind the model are off. Weakest source: {weakest_source(inputs).value} "
        f"({assumed} of {known.total()} figures).",
        lawful_note(inputs),
    ]
    if inputs.recorded:
        lines.append("Speech is from the files; all else about these meetings and their people is generated.")
    if inputs.scenario.company_veto:
        lines.append("The company keeps confidential meetings out.")
    lines.append(f"Scenario {inputs.scenario.id}, seed {run.seed}.")
    return Text("\n".join(lines), style="dim")
