"""A comparison as JSON or CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from simulator.analysis.comparison import Comparison
from simulator.analysis.estimates import Estimate
from simulator.analysis.learning import bought
from simulator.analysis.outcomes import OF_PEOPLE, SHARES, FlowOutcomes
from simulator.analysis.sources import weakest_source
from simulator.analysis.uncertainty import FOLLOWED, Uncertainty
from simulator.engine.inputs import Inputs
from simulator.rules.law import briefly
from simulator.rules.ledger import Cause
from simulator.scenario.grants import CATEGORIES
from simulator.scenario.jurisdiction import Rule
from simulator.scenario.overlay import Overlay
from simulator.scenario.vocabulary import DataCategory, Row, VoidTest
from simulator.text.anchor_view import anchor_data, anchor_rows
from simulator.text.law_view import lawful_note

Json = dict[str, Any]
_PARTS_OF = ("produced", "claimed", "lawful", "lawful_lenient", "wanted")
"""What the composition of a split is of."""
_SHARE_OF_PEOPLE = "share of participants"
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
            "people": _people(inputs),
            "date": inputs.scenario.date.isoformat(),
            "company_veto": inputs.scenario.company_veto,
            "purpose": inputs.scenario.purpose.value,
            "category": comparison.category.value,
            "settled": {actor.value: effect.value for actor, effect in inputs.scenario.settled.items()},
            "works_council": inputs.scenario.works_council.value,
            "reading": "range" if inputs.scenario.reading is None else inputs.scenario.reading.value,
            "behaviour": inputs.scenario.behaviour,
            "weakest_source": weakest_source(inputs).value,
            "note": f"Intervals: 95 %, over meetings, Monte Carlo error only. {lawful_note(inputs)}",
        },
        "rules": _rules(comparison),
        "flows": [_flow(comparison, flow, by) for flow in comparison.flows],
        "differences": [
            {"flow": item.flow, "baseline": item.baseline, "outcome": item.outcome, **_estimate(item.estimate)}
            for item in comparison.differences()
        ],
        **({} if comparison.anchor is None else {"observed": anchor_data(comparison.anchor)}),
        **({} if spread is None else {"uncertainty": _uncertainty(comparison, spread)}),
    }


def _people(inputs: Inputs) -> Json:
    """Who was asked, as far as scenarios differ in it."""
    classes = inputs.scenario.confidentiality
    return {
        "population": inputs.population.id,
        "willing": inputs.population.willing.value,
        "places": list(inputs.codes),
        "meeting_types": [kind.id for kind in inputs.mix.types],
        "confidentiality": None if classes is None else [word.value for word in classes],
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
                "total_variation_lenient": _estimate(flow.distance(breakdown.name, "lawful_lenient")),
                "effective_share": _estimate(flow.effective_share(breakdown.name)),
                "effective_share_lenient": _estimate(flow.effective_share(breakdown.name, "lawful_lenient")),
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
        "lawful_lenient": ledger.lenient,
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
        name: {
            "participants": cell.participants,
            **{outcome: _estimate(cell.share(outcome)) for outcome in outcomes},
            "part_of": {outcome: _estimate(cell.part_of(outcome)) for outcome in _PARTS_OF},
        }
        for name, cell in flow.cells(by).items()
    }


def _estimate(estimate: Estimate) -> Json:
    return {"value": estimate.value, "low": estimate.low, "high": estimate.high}


CSV_COLUMNS = (
    *("flow", "baseline", "by", "part", "category", "outcome", "unit", "value", "low", "high"),
    *("joinlab", "scenario", "date", "purpose", "reading", "behaviour", "seed"),
)
"""What a line is of, its numbers, and the run that it comes from."""
_RUN_COLUMNS = CSV_COLUMNS[10:]


def as_csv(comparison: Comparison, *, by: str | None = None, spread: Uncertainty | None = None) -> str:
    """The comparison as tidy CSV, one estimate or amount a line; an empty cell is not defined."""
    return csv_text(as_csv_rows(comparison, by=by, spread=spread))


def as_csv_rows(comparison: Comparison, *, by: str | None = None, spread: Uncertainty | None = None) -> Iterator[Json]:
    """The lines of the CSV, by column."""
    return csv_rows(as_dict(comparison, by=by, spread=spread))


def csv_rows(data: Json) -> Iterator[Json]:
    """The lines of the CSV, by column, of what `as_dict` gave."""
    run = {column: data["run"][column] for column in _RUN_COLUMNS}
    return ({**row, **run} for row in _rows(data))


def csv_text(rows: Iterable[Json]) -> str:
    """Lines as CSV with its header; what a line lacks is empty."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, CSV_COLUMNS, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def _rows(data: Json) -> Iterator[Json]:
    headline = data["run"]["category"]
    for flow in data["flows"]:
        for row in (*_flow_rows(flow, headline), *_ledger_rows(flow), *_part_rows(flow, headline)):
            yield {"flow": flow["id"], **row}
    for item in data["differences"]:
        of = {} if item["outcome"] in OF_PEOPLE else {"category": headline}
        named = {"flow": item["flow"], "baseline": item["baseline"], "outcome": item["outcome"], **of}
        yield {**named, "unit": "difference of shares", **_blank({key: item[key] for key in ("value", "low", "high")})}
    yield from anchor_rows(data.get("observed"))
    yield from _drawn_rows(data.get("uncertainty"), headline)
    # Where a reader looks for the unit, so that the columns of numbers hold nothing else.
    yield {"outcome": "note", "unit": data["run"]["note"]}


def _flow_rows(flow: Json, headline: str) -> Iterator[Json]:
    """What is told of a flow as a whole."""
    for outcome, estimate in flow["shares"].items():
        yield {"category": headline, "outcome": outcome, "unit": "share", **_blank(estimate)}
    yield {"outcome": "left", "unit": _SHARE_OF_PEOPLE, **_blank(flow["left"])}
    yield {"outcome": "given_up", "unit": "share of meetings", **_blank(flow["given_up"])}
    for name, estimate in flow["seconds_to_join"].items():
        yield {"outcome": f"seconds_to_join_{name}", "unit": "seconds", **_blank(estimate)}
    for unit in ("hours", "words", "megabytes"):
        yield {"category": "audio", "outcome": f"buys_{unit}", "unit": unit, "value": flow["buys"][unit]}
    error = _blank(flow["buys"]["relative_error"])
    yield {"category": "audio", "outcome": "buys_relative_error", "unit": "error over that of all", **error}
    for dimension, found in flow["representativeness"].items():
        for outcome, estimate in found.items():
            of = {"by": dimension, "category": headline, "outcome": outcome, "unit": "share"}
            yield {**of, **_blank(estimate)}


def _ledger_rows(flow: Json) -> Iterator[Json]:
    for category, ledger in flow["ledger"].items():
        unit = {"category": category, "unit": ledger["unit"]}
        for row, value in ledger.items():
            if isinstance(value, float):
                yield {**unit, "outcome": f"ledger_{row}", "value": value}
        for cause, value in ledger["causes"].items():
            yield {**unit, "by": "cause", "part": cause, "outcome": "ledger_amount", "value": value}
        for rule, void in ledger["void_by_rule"].items():
            of = {**unit, "by": "rule", "part": rule}
            yield {**of, "outcome": "void", "value": void["amount"]}
            yield {**of, "outcome": "void_mixed", "value": void["mixed"]}
            if void["lenient"] is not None:
                yield {**of, "outcome": "void_lenient", "value": void["lenient"]}


def _part_rows(flow: Json, headline: str) -> Iterator[Json]:
    """The parts of a split."""
    for by, parts in flow.get("by", {}).items():
        for part, found in parts.items():
            of = {"by": by, "part": part}
            data = {**of, "category": part if by == "category" else headline}
            if "participants" in found:
                yield {**of, "outcome": "participants", "unit": "participants", "value": found["participants"]}
            for outcome, estimate in found.get("part_of", {}).items():
                yield {**data, "outcome": f"part_of_{outcome}", "unit": "share of everybody's", **_blank(estimate)}
            for outcome, estimate in found.items():
                if outcome in OF_PEOPLE:
                    yield {**of, "outcome": outcome, "unit": _SHARE_OF_PEOPLE, **_blank(estimate)}
                elif outcome not in ("participants", "part_of"):
                    yield {**data, "outcome": outcome, "unit": "share", **_blank(estimate)}


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
        yield {**named, "unit": "share of draws with more", **_blank({"value": item["share_of_draws_with_more"]})}


def _blank(estimate: Json) -> Json:
    return {key: "" if value is None else value for key, value in estimate.items()}
