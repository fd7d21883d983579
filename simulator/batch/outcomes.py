"""The outcomes of a cell by name, computed from its tally: those that every batch keeps, and any other later.

A name is an outcome, and after a dot what it is of: `lawful` is of the scenario's category, `lawful.video` of another,
`lawful.jurisdiction.DE` of a part of a breakdown; `seconds_to_join.p90`, `distance.role`, `effective_share.role`.
"""

from __future__ import annotations

from collections.abc import Callable

from simulator.analysis.estimates import UNDEFINED, Estimate
from simulator.analysis.outcomes import OF_PEOPLE, SHARES, FlowOutcomes
from simulator.engine.tally import CELL_COLUMNS
from simulator.errors import Problem, UsageError, did_you_mean
from simulator.rules.ledger import CAUSES
from simulator.scenario.grants import CATEGORIES
from simulator.scenario.vocabulary import UNITS, DataCategory

OutcomeOf = Callable[[FlowOutcomes], Estimate]
"""What makes an estimate of a cell's totals."""

PERCENTILES = {"median": 0.5, "p90": 0.9}
BREAKDOWNS = ("jurisdiction", "role", "channel", "meeting_type", "confidentiality")
_OVER_PARTS = ("distance", "effective_share")

KEPT = (
    *SHARES,
    *OF_PEOPLE,
    "given_up",
    *(f"seconds_to_join.{name}" for name in PERCENTILES),
    *(f"distance.{name}" for name in BREAKDOWNS),
)
"""Outcomes that every batch writes into its table."""

SEGMENT_COLUMNS = (
    "produced", "claimed", "lawful", "lawful_lenient", "wanted", "overreach", "missed", "participants", "left",
)  # fmt: skip
"""Totals of a part of a breakdown, in the order of the tally's columns."""
assert len(SEGMENT_COLUMNS) == CELL_COLUMNS


def outcome(name: str) -> OutcomeOf:
    """How an outcome is computed.

    Raises:
        UsageError: If there is no such outcome; the nearest is named.
    """
    first, _, rest = name.partition(".")
    shares = (*SHARES, *OF_PEOPLE)
    if first in shares:
        return _share(name, first, rest)
    if first == "given_up" and not rest:
        return FlowOutcomes.given_up
    if first == "seconds_to_join" and rest in PERCENTILES:
        return lambda flow: flow.seconds_to_join(PERCENTILES[rest])
    if first in _OVER_PARTS:
        breakdown, _, of = rest.partition(".")
        if breakdown in BREAKDOWNS and of in ("", "lawful", "lawful_lenient"):
            statistic = FlowOutcomes.distance if first == "distance" else FlowOutcomes.effective_share
            return lambda flow: statistic(flow, breakdown, of or "lawful")
    raise _unknown(name)


def _share(name: str, outcome_name: str, of: str) -> OutcomeOf:
    if not of:
        return lambda flow: flow.share(outcome_name, flow.headline)
    if of in list(DataCategory) and outcome_name not in OF_PEOPLE:
        return lambda flow: flow.share(outcome_name, DataCategory(of))
    breakdown, _, part = of.partition(".")
    if breakdown not in BREAKDOWNS or not part or outcome_name == "kept":
        raise _unknown(name)

    def of_part(flow: FlowOutcomes) -> Estimate:
        cell = flow.cells(breakdown).get(part)
        return UNDEFINED if cell is None else cell.share(outcome_name)

    return of_part


def _unknown(name: str) -> UsageError:
    known = [*KEPT, *(f"{share}.{category}" for share in SHARES for category in DataCategory)]
    known += [f"effective_share.{breakdown}" for breakdown in BREAKDOWNS]
    remedy = did_you_mean(name, known, called="").split(" : ")[0].partition("? ")[0]
    guess = f"{remedy}? " if remedy.startswith("Did") else ""
    rest = "A name is an outcome such as lawful, lawful.video, lawful.jurisdiction.DE or distance.role."
    return UsageError(Problem(f"{name!r} is not an outcome.", remedy=f"{guess}{rest}"))


def ledger_rows(flow: FlowOutcomes) -> list[tuple[str, str, str, float]]:
    """Category, unit, cause and amount, for all causes with an amount."""
    rows = []
    for category in CATEGORIES:
        ledger = flow.ledger(category)
        rows += [(category.value, UNITS[category], cause.value, ledger.by_cause[cause]) for cause in CAUSES
                 if ledger.by_cause[cause]]  # fmt: skip
    return rows


def segment_rows(flow: FlowOutcomes) -> list[tuple[object, ...]]:
    """Breakdown, part and its totals, for all parts that hold anybody; of the headline category, in its unit."""
    rows: list[tuple[object, ...]] = []
    for breakdown in BREAKDOWNS:
        rows += [(breakdown, part, *cell.totals()) for part, cell in flow.cells(breakdown).items()]
    return rows
