"""How far the coefficients could move a result: two intervals side by side, and how often a ranking holds."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from simulator.analysis.comparison import Comparison
from simulator.analysis.estimates import Estimate
from simulator.analysis.outcomes import GIVEN_AND_WANTED, FlowOutcomes
from simulator.analysis.uncertainty import Ranking, Uncertainty
from simulator.text.law_view import labelled, readings
from simulator.text.layout import line, paragraph
from simulator.text.numbers import bar, interval, percent, points

_SHOWN = ("claimed", "lawful", "lawful_lenient", "wanted")
_BAR = 21
_VERBS = {
    "claimed": "claims more",
    "lawful": "has more that is lawful",
    "lawful_lenient": "has more that is lawful",
    "overreach": "claims more that people do not want to give",
    GIVEN_AND_WANTED: "claims more of what people want to give",
    "left": "makes more people leave",
}


def print_uncertainty(console: Console, comparison: Comparison, spread: Uncertainty) -> None:
    """Both intervals of the headline shares, of the differences, and the rankings."""
    title = f"Over {spread.draws} joint draws of the coefficients, and of the people within their ranges"
    console.print(Text(title, style="bold"))
    console.print(line(f"{'':<17}{'share':>7}  {'Monte Carlo':<14}parameters", "dim"))
    for index, flow in enumerate(comparison.flows):
        console.print(Text(flow.flow.id, style="bold"))
        for shown in _lines(comparison, spread, index, flow):
            console.print(shown)
    console.print()
    for shown in _differences(comparison, spread):
        console.print(shown)
    console.print(Text("How often a flow comes out ahead", style="bold"))
    for ranking in spread.rankings(readings(tuple(_VERBS), comparison.ranged)):
        if ranking.more is not None:  # such as who leaves, where no flow lets anybody leave
            told = sentence(ranking, ranking.more, comparison.ranged)
            console.print(paragraph(f"- {told}", console.width, hang=2))
    legend = (
        "Monte Carlo: 95 %, shrinks with more meetings. parameters: 95 % of the draws, which more meetings do not "
        "shrink; bars show these. What is prior only moves over its whole range."
    )
    console.print(paragraph(legend, console.width, "dim"))
    console.print()


def _lines(comparison: Comparison, spread: Uncertainty, index: int, flow: FlowOutcomes) -> Iterator[Text]:
    for outcome in readings(_SHOWN, comparison.ranged):
        label = labelled(outcome, comparison.ranged)
        over_meetings, over_draws = flow.share(outcome, comparison.category), spread.interval(index, outcome)
        yield Text(
            f"  {label:<15}{percent(over_meetings.value):>7}  {interval(over_meetings):<14}{interval(over_draws):<14}"
            f"{bar(over_draws, _BAR)}".rstrip()
        )


def _differences(comparison: Comparison, spread: Uncertainty) -> Iterator[Text]:
    if len(comparison.flows) < 2:
        return
    yield Text(f"Points more than under {comparison.flows[0].flow.id}, with both intervals", style="bold")
    found = {(item.flow, item.outcome): item.estimate for item in comparison.differences()}
    for index, flow in enumerate(comparison.flows[1:], start=1):
        yield Text(flow.flow.id)
        for outcome in readings(("claimed", "lawful", "lawful_lenient", "overreach", "left"), comparison.ranged):
            over_meetings, drawn = points(found[flow.flow.id, outcome]), spread.difference(index, outcome)
            yield Text(f"  {labelled(outcome, comparison.ranged):<15}{over_meetings:>17}   {_span(drawn)}".rstrip())
    yield Text("")


def _span(estimate: Estimate) -> str:
    if estimate.low is None or estimate.high is None:
        return ""
    return f"{100 * estimate.low:+.1f} to {100 * estimate.high:+.1f}"


def sentence(ranking: Ranking, more: float, ranged: bool) -> str:
    """A ranking as a sentence."""
    reading = {"lawful": ", read strictly,", "lawful_lenient": ", read leniently,"}.get(ranking.outcome, "")
    return (
        f"{ranking.flow} {_VERBS[ranking.outcome]}{reading if ranged else ''} than {ranking.baseline} in "
        f"{100 * more:.0f} % of the draws"
    )
