"""A comparison on the terminal: bars, people, differences, what the hours buy, who is in the data, splits."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.text import Text

from simulator.analysis.comparison import Comparison
from simulator.analysis.estimates import Estimate
from simulator.analysis.learning import bought
from simulator.analysis.outcomes import COMPARED, FlowOutcomes
from simulator.analysis.sources import counted, weakest_source
from simulator.analysis.uncertainty import Uncertainty
from simulator.behaviour.models import MIXED_LOGIT
from simulator.engine.behaviours import says
from simulator.scenario.grants import CATEGORIES
from simulator.scenario.stage_facts import sought
from simulator.scenario.vocabulary import DataCategory, Known, Purpose, WorksCouncil
from simulator.text.anchor_view import anchor_view
from simulator.text.law_view import labelled, lawful_note, one_day, readings, why_table
from simulator.text.layout import folded, paragraph, table, titled
from simulator.text.ledger_view import waterfall
from simulator.text.numbers import EMPTY, amount, bar, beyond, interval, margin, percent, points, seconds
from simulator.text.uncertainty_view import print_uncertainty

_BESIDE_BAR = 37
_FLOW_ACROSS = 22
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
    DataCategory.AUDIO: "person-minutes of speech",
    DataCategory.VIDEO: "person-minutes of camera video",
    DataCategory.TRANSCRIPT: "person-minutes of transcribed speech",
    DataCategory.CHAT: "chat messages",
    DataCategory.SCREEN_SHARE: "person-minutes of shared screen",
    DataCategory.FILES: "files",
    DataCategory.REACTIONS: "reactions",
    DataCategory.TELEMETRY: "person-minutes of telemetry",
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
    width = console.width
    console.print(heading(comparison, width))
    if comparison.anchor is not None:
        console.print(anchor_view(comparison.anchor, width))
    console.print(chart(comparison, width))
    console.print(people_table(comparison, width))
    console.print(difference_table(comparison, width))
    if spread is not None:
        print_uncertainty(console, comparison, spread)
    console.print(_kept_table(comparison, width))
    console.print(_representation_table(comparison, width))
    if by is not None:
        for flow in comparison.flows:
            console.print(_breakdown_tables(comparison, flow, by, width))
    if ledger:
        for flow in comparison.flows:
            console.print(waterfall(flow, comparison.category, width, ranged=comparison.ranged))
    if why:
        for flow in comparison.flows:
            console.print(why_table(flow, comparison))
    console.print(footnotes(comparison, width))


def heading(comparison: Comparison, width: int) -> RenderableType:
    """What is compared, of whom, and the question of the scenario."""
    run, scenario = comparison.run, comparison.inputs.scenario
    produced = comparison.flows[0].ledger(comparison.category).produced
    real = len(comparison.inputs.recorded)
    where = _number(run.meetings, "meeting")
    if real:
        where = f"{_number(real, 'recorded meeting')}, met {_number(round(run.meetings / real), 'time')}"
    day = one_day(comparison.inputs) or "its day"
    text = (
        f"{where} with {_number(run.participants, 'participant')} would produce {amount(produced)} "
        f"{_PRODUCED[comparison.category]}. The share of it that the flow claims for "
        f"{PURPOSES[scenario.purpose]}, that would stand under the rules of {day}, and that people "
        f"want to give:"
    )
    # Of other flows in these meetings, the scenario asks nothing.
    own = {flow.flow.id for flow in comparison.flows} == set(scenario.flows)
    question = [paragraph(scenario.question, width, "italic"), Text("")] if own else []
    return titled(scenario.title, *question, paragraph(text, width))


def _number(count: int, thing: str) -> str:
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"


def chart(comparison: Comparison, width: int) -> RenderableType:
    """What each flow claims, what would stand and what is wanted, as bars with whiskers."""
    room = max(1, width - _BESIDE_BAR)
    lines: list[RenderableType] = []
    dated = one_day(comparison.inputs) is None
    for index, flow in enumerate(comparison.flows):
        name = f"{flow.flow.id}, {flow.law.day}" if dated else flow.flow.id
        scale = f"{'':{max(1, _BESIDE_BAR - 1 - len(name))}}0 %{'50 %':>{room // 2 - 1}}{'100 %':>{room // 2 - 2}}"
        lines.append(Text.assemble((name, "bold"), (scale if index == 0 else "", "dim"), overflow="ignore"))
        for outcome, colour in HEADLINES.items():
            found = flow.share(outcome, comparison.category)
            drawn = bar(found, room)
            if outcome == "lawful" and comparison.ranged:
                lenient = flow.share("lawful_lenient", comparison.category)
                lines.append(_chart_line("lawful from", found, drawn + beyond(drawn, lenient.value, room), colour))
                lines.append(_chart_line("         to", lenient, "", colour))
            else:
                lines.append(_chart_line(outcome, found, drawn, colour))
        if comparison.category not in sought(flow.flow, comparison.inputs.scenario.purpose):
            lines.append(paragraph(f"  {_never_asked(comparison, flow)}", width, "dim", hang=2))
    return Group(*lines, Text(""))


def _never_asked(comparison: Comparison, flow: FlowOutcomes) -> str:
    what, purpose = comparison.category.value.replace("_", " "), comparison.inputs.scenario.purpose
    text = f"This flow never asks for {what} for {PURPOSES[purpose]}."
    others = [other for other in Purpose if comparison.category in sought(flow.flow, other)]
    if not others:
        return text
    return f"{text} It does for {PURPOSES[others[0]]}: --purpose {others[0].value} measures that."


def _chart_line(label: str, found: Estimate, drawn: str, colour: str) -> Text:
    beside = f"  {label:<11}{percent(found.value):>8} {interval(found):>14} "
    return Text.assemble(beside if drawn else beside.rstrip(), (drawn, colour), no_wrap=True, overflow="ignore")


def people_table(comparison: Comparison, width: int) -> RenderableType:
    """Overreach, what is missed, who left, and seconds to join."""
    headings = ("flow", "overreach %", "missed %", "left %", "join s", "90th s")
    rows = [
        (
            flow.flow.id,
            *(margin(flow.share(outcome, comparison.category)) for outcome in ("overreach", "missed", "left")),
            *(seconds(flow.seconds_to_join(share)) for share in (0.5, 0.9)),
        )
        for flow in comparison.flows
    ]
    legend = (
        "overreach: claimed, not wanted; missed: wanted, not claimed; left: of participants; join: seconds that "
        "the flow adds to joining, median and 90th percentile. ±, or + and -: the 95 % interval."
    )
    return Group(table(headings, rows, width), paragraph(legend, width, "dim"), Text(""))


def difference_table(comparison: Comparison, width: int) -> RenderableType:
    """Outcomes down, flows across."""
    others = [flow.flow.id for flow in comparison.flows[1:]]
    if not others:
        return Group()
    found = {(item.flow, item.outcome): item.estimate for item in comparison.differences()}
    # People want the same whatever they are asked.
    outcomes = [outcome for outcome in readings(COMPARED, comparison.ranged) if outcome != "wanted"]
    rows = [
        (labelled(outcome, comparison.ranged), *(points(found[flow, outcome]) for flow in others))
        for outcome in outcomes
    ]
    headings = ("", *(folded(flow, _FLOW_ACROSS) for flow in others))
    title = f"Percentage points more than under {comparison.flows[0].flow.id}"
    return titled(title, table(headings, rows, width))


def _kept_table(comparison: Comparison, width: int) -> RenderableType:
    rows = []
    for flow in comparison.flows:
        kept = bought(flow, comparison.inputs.mix.rates, comparison.inputs.parameters)
        error = kept.relative_error
        times = EMPTY if error.value is None else f"x {error.value:.2f}"
        rows.append((flow.flow.id, amount(kept.hours), _rounded(kept.words), times, _range(error)))
    strictly = ", read strictly" if comparison.ranged else ""
    legend = (
        "kept: lawful and not taken back. error: of a model trained on these hours, relative to one trained on all; "
        "range: of the learning curve's parameters."
    )
    return titled(
        f"What is kept{strictly}: speech, and what it buys",
        table(("flow", "hours", "words", "error", "range"), rows, width),
        paragraph(legend, width, "dim"),
    )


def _rounded(count: float) -> str:
    for size, name in ((1e9, "bn"), (1e6, "M"), (1e3, "k")):
        if count >= size:
            return f"{count / size:.1f} {name}"
    return f"{count:.0f}"


def _range(estimate: Estimate) -> str:
    if estimate.low is None or estimate.high is None:
        return EMPTY
    return f"{estimate.low:.2f} to {estimate.high:.2f}"


def _representation_table(comparison: Comparison, width: int) -> RenderableType:
    rows = []
    for flow in comparison.flows:
        for outcome in readings(("lawful", "lawful_lenient"), comparison.ranged):
            reading = labelled(outcome, comparison.ranged).removeprefix("lawful")
            distances = (_plain(flow.distance(by, outcome), 1, 2) for by in ("jurisdiction", "role"))
            effective = (_plain(flow.effective_share(by, outcome), 100, 0) for by in ("jurisdiction", "role"))
            rows.append((f"{flow.flow.id}{reading}", *distances, *effective))
    headings = (
        "flow",
        "distance\nby place",
        "distance\nby role",
        "effective %\nby place",
        "effective %\nby role",
    )
    legend = (
        "distance: from what everybody would produce, 0 none to 1 nobody in common. effective: how much the data "
        "count for once they are weighed so as to stand for everybody; 0 where somebody is missing altogether."
    )
    return titled("Who is in what is lawful", table(headings, rows, width), paragraph(legend, width, "dim"))


def _plain(estimate: Estimate, scale: float, decimals: int) -> str:
    return EMPTY if estimate.value is None else f"{scale * estimate.value:.{decimals}f}"


def _breakdown_tables(comparison: Comparison, flow: FlowOutcomes, by: str, width: int) -> RenderableType:
    name, title = by.replace("_", " "), f"{flow.flow.id}, by {by.replace('_', ' ')}"
    shown = readings(("claimed", "lawful", "lawful_lenient", "wanted"), comparison.ranged)
    first = [_heading_of(outcome, comparison.ranged) for outcome in shown]
    if by == "category":
        whole = {category: amount(flow.ledger(category).produced) for category in CATEGORIES}
        rows = [
            (category.value, whole[category], *(margin(flow.share(outcome, category)) for outcome in shown))
            for category in CATEGORIES
        ]
        others = [
            (category.value, *(margin(flow.share(outcome, category)) for outcome in ("overreach", "missed")))
            for category in CATEGORIES
        ]
        return titled(
            title,
            table((name, "produced", *first), rows, width),
            Text(""),
            table((name, "overreach %", "missed %"), others, width),
        )
    cells = flow.cells(by)
    rows = [
        (part, f"{cell.participants:,}", *(margin(cell.share(outcome)) for outcome in shown))
        for part, cell in cells.items()
    ]
    of = readings(("lawful", "lawful_lenient"), comparison.ranged)
    others = [
        (
            part,
            *(margin(cell.share(outcome)) for outcome in ("overreach", "missed", "left")),
            *(_plain(cell.part_of(outcome), 100, 1) for outcome in ("produced", *of)),
        )
        for part, cell in cells.items()
    ]
    parts = ("of\nall", *("of\n" + labelled(outcome, comparison.ranged).split(", ")[-1] for outcome in of))
    lawful = ", ".join(f"of {labelled(outcome, comparison.ranged).split(', ')[-1]}" for outcome in of)
    legend = (
        f"of all: per cent of what everybody would produce that comes from this part; {lawful}: of what is lawful. "
        "Where that is more, this part is over-represented in the data."
    )
    return titled(
        title,
        table((name, "people", *first), rows, width),
        Text(""),
        table((name, "overreach %", "missed %", "left %", *parts), others, width),
        paragraph(legend, width, "dim"),
    )


def _heading_of(outcome: str, ranged: bool) -> str:
    return labelled(outcome, ranged).replace(", ", ",\n") + " %"


def footnotes(comparison: Comparison, width: int) -> RenderableType:
    """What the figures are, and what they are not."""
    run, inputs = comparison.run, comparison.inputs
    known = counted(inputs)
    lines = [
        "95 % intervals over meetings: they show Monte Carlo error only, not how far the figures behind the model are "
        f"off. Weakest source: {weakest_source(inputs).value} "
        f"({known[Known.ASSUMPTION]} of {known.total()} figures).",
        lawful_note(inputs),
        *_levers(comparison),
    ]
    if inputs.recorded:
        lines.append("Speech is from the files; all else about these meetings and their people is generated.")
    lines.append(f"Scenario {inputs.scenario.id}, seed {run.seed}.")
    return Group(*(paragraph(text, width, "dim") for text in lines))


def _levers(comparison: Comparison) -> Iterator[str]:
    """What the scenario takes as given that moves results."""
    scenario = comparison.inputs.scenario
    if scenario.settled:
        yield f"Taken as given by the scenario, not simulated: {scenario.answers_given}."
    if scenario.behaviour != MIXED_LOGIT:
        yield f"Behaviour {scenario.behaviour}: {says(scenario.behaviour)}"
    if scenario.company_veto:
        yield "The company keeps confidential meetings out."
    if scenario.works_council is not WorksCouncil.NONE:
        yield f"Works council at the host's: {scenario.works_council.value.replace('_', ' ')}."
