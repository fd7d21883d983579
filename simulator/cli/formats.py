"""A comparison as JSON or CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from simulator.analysis.comparison import Comparison
from simulator.analysis.estimates import Estimate
from simulator.analysis.learning import bought
from simulator.analysis.outcomes import SHARES, FlowOutcomes
from simulator.analysis.sources import weakest_source
from simulator.analysis.uncertainty import FOLLOWED, Uncertainty
from simulator.cli.law_view import lawful_note
from simulator.rules.law import briefly
from simulator.rules.ledger import Cause
from simulator.scenario.grants import CATEGORIES
from simulator.scenario.jurisdiction import Rule
from simulator.scenario.overlay import Overlay
from simulator.scenario.vocabulary import DataCategory, Row, VoidTest

Json = dict[str, Any]
_PERCENTILES = {"median": 0.5, "p90": 0.9}


def joinlab_version() -> str:
    """Version of the installed distribution."""
    try:
        return version("joinlab")
    except PackageNotFoundError:
        return "unknown"


def as_json(comparison: Comparison, *, by: str | None = None, spread: Uncertainty | None = None) -> str:
    """The comparison as JSON: `docs/reference/json.md` says what each key holds."""
    return json.dumps(as_dict(comparison, by=by, spread=spread), indent=2)


def as_dict(comparison: Comparison, *, by: str | None = None, spread: Uncertainty | None = None) -> Json:
    """The comparison as plain data."""
    run, inputs = comparison.run, comparison.inputs
    return {
        "run": {
            "joinlab": joinlab_version(),
            "seed": run.seed,
            "meetings": run.meetings,
            "recorded_meetings": len(inputs.recorded),
            "participants": run.participants,
            "scenario": inputs.scenario.id,
            "date": inputs.scenario.date.isoformat(),
            "company_veto": inputs.scenario.company_veto,
            "purpose": inputs.scenario.purpose.value,
            "category": comparison.category.value,
            "reading": "range" if inputs.scenario.reading is None else inputs.scenario.reading.value,
            "weakest_source": weakest_source(inputs).value,
            "note": f"Intervals: 95 %, over meetings, Monte Carlo error only. {lawful_note(inputs)}",
        },
        "rules": _rules(comparison),
        "flows": [_flow(comparison, flow, by) for flow in comparison.flows],
        "differences": [
            {"flow": item.flow, "baseline": item.baseline, "outcome": item.outcome, **_estimate(item.estimate)}
            for item in comparison.differences()
        ],
        **({} if spread is None else {"uncertainty": _uncertainty(comparison, spread)}),
    }


def _uncertainty(comparison: Comparison, spread: Uncertainty) -> Json:
    flows = list(enumerate(comparison.flows))
    return {
        "draws": spread.draws,
        "note": "Intervals: 95 % of the joint draws of coefficients and population; more meetings do not shrink them.",
        "flows": [
            {"id": flow.flow.id, **{outcome: _estimate(spread.interval(index, outcome)) for outcome in FOLLOWED}}
            for index, flow in flows
        ],
        "differences": [
            {
                "flow": flow.flow.id,
                "baseline": comparison.flows[0].flow.id,
                "outcome": outcome,
                **_estimate(spread.difference(index, outcome)),
            }
            for index, flow in flows[1:]
            for outcome in FOLLOWED
        ],
        "rankings": [
            {"flow": one.flow, "baseline": one.baseline, "outcome": one.outcome, "share_of_draws_with_more": one.more}
            for one in spread.rankings()
        ],
    }


def _flow(comparison: Comparison, flow: FlowOutcomes, by: str | None) -> Json:
    kept = bought(flow, comparison.inputs.mix.rates, comparison.inputs.parameters)
    found: Json = {
        "id": flow.flow.id,
        "title": flow.flow.title,
        "date": flow.law.day.isoformat(),
        "ledger": {category.value: _ledger(flow, category) for category in CATEGORIES},
        "shares": {outcome: _estimate(flow.share(outcome, comparison.category)) for outcome in SHARES},
        "left": _estimate(flow.share("left", comparison.category)),
        "given_up": _estimate(flow.given_up()),
        "seconds_to_join": {name: _estimate(flow.seconds_to_join(at)) for name, at in _PERCENTILES.items()},
        "buys": {
            "hours": kept.hours,
            "words": kept.words,
            "megabytes": kept.megabytes,
            "relative_error": _estimate(kept.relative_error),
        },
        "representativeness": {
            breakdown.name: {
                "total_variation": _estimate(flow.distance(breakdown.name)),
                "effective_share": _estimate(flow.effective_share(breakdown.name)),
            }
            for breakdown in comparison.run.plan.breakdowns
        },
    }
    if by is not None:
        found["by"] = {by: _parts(comparison, flow, by)}
    return found


def _ledger(flow: FlowOutcomes, category: DataCategory) -> Json:
    ledger = flow.ledger(category)
    return {
        "unit": ledger.unit,
        "produced": ledger.produced,
        **{row.value: ledger.row(row) for row in (Row.ABSENT, Row.NOT_CAPTURED, Row.REFUSED, Row.INSEPARABLE)},
        "claimed": ledger.claimed,
        "void": ledger.row(Row.VOID),
        "lawful": ledger.lawful,
        "withdrawn": ledger.row(Row.WITHDRAWN),
        "kept": ledger.row(Row.KEPT),
        "causes": {cause.value: amount for cause, amount in ledger.by_cause.items() if cause is not Cause.KEPT},
        "void_by_rule": {
            item.rule: {
                "amount": item.amount,
                "of_claimed": item.amount / ledger.claimed,
                "mixed": item.mixed,
                "lenient": item.lenient,
            }
            for item in flow.void_by_rule(category)
        },
    }


def _rules(comparison: Comparison) -> Json:
    """What the rules that void anything in this result say, and where they stand."""
    found: Json = {}
    for flow, planned in zip(comparison.flows, comparison.run.plan.laws, strict=True):
        deciding = {item.rule for category in CATEGORIES for item in flow.void_by_rule(category)}
        found |= {rule: _rule(flow.law.named(rule)) for rule in planned.rules if rule in deciding}
    return found


def _rule(rule: Rule | Overlay) -> Json:
    return {
        "test": rule.test.value if isinstance(rule, Rule) else VoidTest.EXCLUDED.value,
        "briefly": briefly(rule),
        "says": rule.says,
        "citation": rule.citation,
        "url": rule.url,
        "verdict": rule.verdict.value,
        "confidence": rule.confidence,
        "valid_from": None if rule.valid_from is None else rule.valid_from.isoformat(),
        "valid_to": None if rule.valid_to is None else rule.valid_to.isoformat(),
    }


def _parts(comparison: Comparison, flow: FlowOutcomes, by: str) -> Json:
    if by == "category":
        return {
            category.value: {outcome: _estimate(flow.share(outcome, category)) for outcome in SHARES}
            for category in CATEGORIES
        }
    outcomes = ("claimed", "lawful", "lawful_lenient", "wanted", "overreach", "missed", "left")
    return {
        name: {"participants": cell.participants, **{outcome: _estimate(cell.share(outcome)) for outcome in outcomes}}
        for name, cell in flow.cells(by).items()
    }


def _estimate(estimate: Estimate) -> Json:
    return {"value": estimate.value, "low": estimate.low, "high": estimate.high}


CSV_COLUMNS = ("flow", "baseline", "by", "part", "category", "outcome", "unit", "value", "low", "high")


def as_csv(comparison: Comparison, *, by: str | None = None, spread: Uncertainty | None = None) -> str:
    """The comparison as tidy CSV, one estimate or amount a line; an empty cell is not defined."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, CSV_COLUMNS, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(_rows(as_dict(comparison, by=by, spread=spread)))
    return buffer.getvalue()


def _rows(data: Json) -> Iterator[Json]:
    headline = data["run"]["category"]
    for flow in data["flows"]:
        own = {"flow": flow["id"]}
        for outcome, estimate in flow["shares"].items():
            yield {**own, "category": headline, "outcome": outcome, "unit": "share", **_blank(estimate)}
        yield {**own, "outcome": "left", "unit": "share of participants", **_blank(flow["left"])}
        for name, estimate in flow["seconds_to_join"].items():
            yield {**own, "outcome": f"seconds_to_join_{name}", "unit": "seconds", **_blank(estimate)}
        for category, ledger in flow["ledger"].items():
            for row, value in ledger.items():
                if isinstance(value, float):
                    outcome = f"ledger_{row}"
                    yield {**own, "category": category, "outcome": outcome, "unit": ledger["unit"], "value": value}
            for rule, void in ledger["void_by_rule"].items():
                cell = {**own, "by": "rule", "part": rule, "category": category, "unit": ledger["unit"]}
                yield {**cell, "outcome": "void", "value": void["amount"]}
                yield {**cell, "outcome": "void_mixed", "value": void["mixed"]}
                if void["lenient"] is not None:
                    yield {**cell, "outcome": "void_lenient", "value": void["lenient"]}
        for by, parts in flow.get("by", {}).items():
            for part, estimates in parts.items():
                for outcome, estimate in estimates.items():
                    if isinstance(estimate, dict):
                        cell = {"by": by, "part": part, "category": part if by == "category" else headline}
                        yield {**own, **cell, "outcome": outcome, "unit": "share", **_blank(estimate)}
    for item in data["differences"]:
        named = {"flow": item["flow"], "baseline": item["baseline"], "category": headline, "outcome": item["outcome"]}
        yield {**named, "unit": "difference of shares", **_blank({key: item[key] for key in ("value", "low", "high")})}
    yield from _drawn_rows(data.get("uncertainty"), headline)
    # Where a reader looks for the unit, so that the columns of numbers hold nothing else.
    yield {"outcome": "note", "unit": data["run"]["note"]}


def _drawn_rows(drawn: Json | None, headline: str) -> Iterator[Json]:
    """The intervals over the draws, as units of their own."""
    if drawn is None:
        return
    for flow in drawn["flows"]:
        for outcome in FOLLOWED:
            named = {"flow": flow["id"], "category": headline, "outcome": outcome}
            yield {**named, "unit": "share, over draws", **_blank(flow[outcome])}
    for item in drawn["differences"]:
        named = {"flow": item["flow"], "baseline": item["baseline"], "category": headline, "outcome": item["outcome"]}
        figures = _blank({key: item[key] for key in ("value", "low", "high")})
        yield {**named, "unit": "difference of shares, over draws", **figures}
    for item in drawn["rankings"]:
        named = {"flow": item["flow"], "baseline": item["baseline"], "category": headline, "outcome": item["outcome"]}
        yield {**named, "unit": "share of draws with more", "value": item["share_of_draws_with_more"]}


def _blank(estimate: Json) -> Json:
    return {key: "" if value is None else value for key, value in estimate.items()}
