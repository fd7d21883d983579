"""Flows over weeks: a table for each, and what is known of fatigue; the same as JSON and CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Console, RenderableType

from simulator.analysis.estimates import Estimate
from simulator.analysis.outcomes import OF_PEOPLE
from simulator.analysis.over_weeks import OverWeeks
from simulator.behaviour.models import MIXED_LOGIT
from simulator.engine.behaviours import says
from simulator.scenario.reask import SAYS
from simulator.text.anchor_view import anchor_data, anchor_rows, anchor_view
from simulator.text.comparison_view import PURPOSES
from simulator.text.formats import csv_text, joinlab_version
from simulator.text.law_view import labelled, lawful_note, one_day, readings
from simulator.text.layout import paragraph, table, titled
from simulator.text.numbers import EMPTY, margin, plus_minus

OUTCOMES = ("claimed", "lawful", "lawful_lenient", "wanted", "left")
_MANY = 8
_LANDMARKS = (1, 2, 4, 8, 13, 26, 39, 52, 78, 104)
"""Weeks that are shown of a span that is longer than _MANY."""
EVIDENCE = (
    "Evidence on fatigue is weak, and none is of meetings. Banners every 10 in place of every 60 minutes changed "
    "dismissals by -0.3 points (standard error 3.1), which is nothing to be seen; yet dismissals rose by 1.7 points a "
    "day over a week (Farronato, Fradkin and Lin, 2026)."
)


def print_weeks(console: Console, found: OverWeeks, ends: Sequence[OverWeeks] = ()) -> None:
    """The whole report.

    Args:
        console: Where to.
        found: With the central value of fatigue.
        ends: The same with both ends of its range, if that was asked for.
    """
    width = console.width
    console.print(_heading(found, width))
    if found.anchor is not None:
        console.print(anchor_view(found.anchor, width, drawn=False))
    for flow in range(len(found.weeks[0].flows)):
        console.print(_flow_table(found, flow, width))
    console.print(paragraph(_legend(found), width, "dim"))
    console.print()
    if ends:
        console.print(_ends_table(found, ends, width))
    for text in _notes(found):
        console.print(paragraph(text, width, "dim"))


def when_asked(found: OverWeeks) -> str:
    """The policy in words."""
    reask = found.span.reask
    if isinstance(reask, int):
        return f"{reask} weeks after they answered" if reask > 1 else "a week after they answered"
    return SAYS[reask]


def _heading(found: OverWeeks, width: int) -> RenderableType:
    scenario, span = found.inputs.scenario, found.span
    weeks = f"{span.weeks} weeks" if span.weeks > 1 else "one week"
    day = one_day(found.inputs) or "each flow's day"
    text = (
        f"{found.people:,} participants of {found.weeks[0].run.meetings:,} standing meetings, held {span.a_week:g} "
        f"times a week for {weeks}. They are asked again {when_asked(found)}. Shares are of the week's "
        f"{scenario.category.value.replace('_', ' ')}, for {PURPOSES[scenario.purpose]}, under the rules of "
        f"{day}."
    )
    return titled(f"{scenario.title}, week by week", paragraph(text, width))


def shown_weeks(count: int) -> list[int]:
    """The weeks to show of so many, counted from 1."""
    if count <= _MANY:
        return list(range(1, count + 1))
    return [week for week in _LANDMARKS if week < count] + [count]


def _flow_table(found: OverWeeks, flow: int, width: int) -> RenderableType:
    outcomes = readings(OUTCOMES, found.weeks[0].ranged)
    headings = ("week", *(_headed(outcome, found) for outcome in outcomes), "prompts\na person")
    rows = [
        (
            str(week),
            *(margin(found.share(week - 1, flow, outcome)) for outcome in outcomes),
            _mean(found.prompts(week - 1, flow)),
        )
        for week in shown_weeks(found.span.weeks)
    ]
    return titled(found.weeks[0].flows[flow].flow.id, table(headings, rows, width))


def _headed(outcome: str, found: OverWeeks) -> str:
    return labelled(outcome, found.weeks[0].ranged).replace(", ", ",\n") + " %"


def _mean(estimate: Estimate) -> str:
    if estimate.value is None:
        return EMPTY
    reach = estimate.reach
    return f"{estimate.value:.1f}" + (f" {plus_minus()}{reach:.1f}" if reach is not None and reach >= 0.05 else "")


def _legend(found: OverWeeks) -> str:
    return (
        "prompts: questions and notices that a person saw in the week, on average. ±, or + and -: the 95 % interval "
        "over meetings."
    ).replace("±", plus_minus())


def _ends_table(found: OverWeeks, ends: Sequence[OverWeeks], width: int) -> RenderableType:
    last = found.span.weeks - 1
    outcomes = readings(("claimed", "lawful", "lawful_lenient", "left"), found.weeks[0].ranged)
    rows = []
    for flow, outcomes_of in enumerate(found.weeks[0].flows):
        for outcome in outcomes:
            shares = [margin(each.share(last, flow, outcome)) for each in (ends[0], found, *ends[1:])]
            rows.append((f"{outcomes_of.flow.id}: {labelled(outcome, found.weeks[0].ranged)}", *shares))
    used = [f"{each.span.fatigue:g}" for each in (ends[0], found, *ends[1:])]
    return titled(f"Week {last + 1} by how fast people tire, %", table(("fatigue", *used), rows, width))


def _notes(found: OverWeeks) -> Iterator[str]:
    low, high = found.fatigue.range
    yield EVIDENCE
    yield (
        f"Here attention falls by {found.span.fatigue:g} logits per ln(1 + prompts seen in earlier meetings), an "
        f"assumption between {low:g} and {high:g}; --uncertainty shows both ends. Each time that people are asked, "
        "chance is drawn anew, so that asking again and again wins over those who are of two minds: how stubborn "
        "people are, nobody has measured."
    )
    yield lawful_note(found.inputs)
    if found.inputs.scenario.behaviour != MIXED_LOGIT:
        yield f"Behaviour {found.inputs.scenario.behaviour}: {says(found.inputs.scenario.behaviour)}"
    yield f"Scenario {found.inputs.scenario.id}, seed {found.seed}."


def weeks_dict(found: OverWeeks, ends: Sequence[OverWeeks] = ()) -> dict[str, Any]:
    """Every week of every flow as plain data."""
    scenario, span = found.inputs.scenario, found.span
    data: dict[str, Any] = {
        "run": {
            "joinlab": joinlab_version(),
            "seed": found.seed,
            "scenario": scenario.id,
            "date": scenario.date.isoformat(),
            "purpose": scenario.purpose.value,
            "category": scenario.category.value,
            "reading": "range" if scenario.reading is None else scenario.reading.value,
            "behaviour": scenario.behaviour,
            "people": found.people,
            "meetings": found.weeks[0].run.meetings,
            "weeks": span.weeks,
            "a_week": span.a_week,
            "reask": span.reask,
            "fatigue": span.fatigue,
            "note": f"Intervals: 95 %, over meetings, Monte Carlo error only. {EVIDENCE} {lawful_note(found.inputs)}",
        },
        "flows": [
            {
                "id": flow.flow.id,
                "title": flow.flow.title,
                "date": flow.law.day.isoformat(),
                "weeks": [_week(found, week, number) for week in range(span.weeks)],
            }
            for number, flow in enumerate(found.weeks[0].flows)
        ],
    }
    if found.anchor is not None:
        data["observed"] = anchor_data(found.anchor)
    if ends:
        data["fatigue"] = [
            {
                "fatigue": each.span.fatigue,
                "flows": [
                    {"id": flow.flow.id, "last_week": _week(each, span.weeks - 1, number)}
                    for number, flow in enumerate(each.weeks[0].flows)
                ],
            }
            for each in ends
        ]
    return data


def _week(found: OverWeeks, week: int, flow: int) -> dict[str, Any]:
    return {
        "week": week + 1,
        **{outcome: _estimate(found.share(week, flow, outcome)) for outcome in OUTCOMES},
        "prompts": _estimate(found.prompts(week, flow)),
        "asked": _estimate(found.asked(week, flow)),
    }


def _estimate(estimate: Estimate) -> dict[str, float | None]:
    return {"value": estimate.value, "low": estimate.low, "high": estimate.high}


def weeks_csv(found: OverWeeks, ends: Sequence[OverWeeks] = ()) -> str:
    """The same, one estimate a line: `by` is week, and `part` its number."""
    data = weeks_dict(found, ends)
    run = {key: data["run"][key] for key in ("joinlab", "scenario", "date", "purpose", "reading", "behaviour", "seed")}
    return csv_text({**row, **run} for row in _rows(data))


def _rows(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for flow in data["flows"]:
        for week in flow["weeks"]:
            yield from _week_rows(flow["id"], week, data["run"]["category"], "week")
    for each in data.get("fatigue", []):
        for flow in each["flows"]:
            by = f"week at fatigue {each['fatigue']:g}"
            yield from _week_rows(flow["id"], flow["last_week"], data["run"]["category"], by)
    yield from anchor_rows(data.get("observed"))
    yield {"outcome": "note", "unit": data["run"]["note"]}


def _week_rows(flow: str, week: dict[str, Any], category: str, by: str) -> Iterator[dict[str, Any]]:
    units = {"prompts": "prompts a person", "asked": "share of joins"}
    for outcome in (*OUTCOMES, *units):
        unit = units.get(outcome, "share of participants" if outcome in OF_PEOPLE else "share")
        of = {} if outcome in (*OF_PEOPLE, *units) else {"category": category}
        numbers = {key: "" if value is None else value for key, value in week[outcome].items()}
        yield {"flow": flow, "by": by, "part": week["week"], "outcome": outcome, "unit": unit, **of, **numbers}
