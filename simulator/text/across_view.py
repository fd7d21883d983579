"""A comparison under several behaviours: the ranking under each, what holds under all, and what depends on which."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from simulator.analysis.across import AcrossBehaviours, Order
from simulator.analysis.outcomes import GIVEN_AND_WANTED
from simulator.engine.behaviours import says
from simulator.text.anchor_view import anchors_view
from simulator.text.comparison_view import heading
from simulator.text.formats import as_csv_rows, as_dict, csv_text
from simulator.text.law_view import labelled, lawful_note
from simulator.text.layout import paragraph, table, titled
from simulator.text.numbers import EMPTY

_TITLES = {GIVEN_AND_WANTED: "claimed and wanted"}


def print_across(console: Console, across: AcrossBehaviours) -> None:
    """The whole report."""
    width = console.width
    console.print(heading(across.first, width))
    for name in across.comparisons:
        console.print(paragraph(f"{name}: {says(name)}", width, hang=2))
    console.print()
    anchors = {name: each.anchor for name, each in across.comparisons.items() if each.anchor is not None}
    for block in anchors_view(anchors, width):
        console.print(block)
    for outcome in across.outcomes:
        rows = [
            (flow, *(_placed(across, name, number, outcome) for name in across.comparisons))
            for number, flow in enumerate(across.flows)
        ]
        console.print(
            titled(f"{_title(outcome, across)}, %: place and share", table(("flow", *across.comparisons), rows, width))
        )
    for shown in (*_robust(across, width), *_dependent(across, width)):
        console.print(shown)
    console.print(paragraph(_legend(across), width, "dim"))


def _placed(across: AcrossBehaviours, name: str, flow: int, outcome: str) -> str:
    found = across.share(name, flow, outcome)
    share = EMPTY if found.value is None else f"{100 * found.value:.1f}"
    return f"{across.ranks(name, outcome)[flow]}. {share:>5}"


def _robust(across: AcrossBehaviours, width: int) -> Iterator[Text]:
    yield Text("What holds under all of them (> has more)", style="bold")
    found = False
    for outcome in across.outcomes:
        orders = [order for order in across.orders() if order.outcome == outcome]
        holding = [order for order in orders if order.robust]
        if holding:
            found = True
            chain = _chain(across.flows, holding) if len(holding) == len(orders) else None
            told = chain or "; ".join(f"{order.flow} > {order.other}" for order in holding)
            yield paragraph(f"- {_title(outcome, across)}: {told}", width, hang=2)
    if not found:
        yield Text("- nothing: no order of these flows is the same under all")
    yield Text("")


def _chain(flows: Sequence[str], orders: Sequence[Order]) -> str | None:
    """The flows from most to least, where all pairs are told apart and no circle is among them."""
    above = {flow: sum(order.flow == flow for order in orders) for flow in flows}
    if sorted(above.values()) != list(range(len(flows))):
        return None
    return " > ".join(sorted(flows, key=lambda flow: -above[flow]))


def _dependent(across: AcrossBehaviours, width: int) -> Iterator[Text]:
    found = [order for order in across.orders() if not order.robust and not order.tied]
    if not found:
        return
    yield Text("What depends on the model", style="bold")
    for order in found:
        names = {sign: [name for name, mine in order.sign.items() if mine == sign] for sign in (1, -1, 0)}
        parts = [f"{order.flow} > {order.other} under {_listed(names[1])}"]
        if names[-1]:
            parts.append(f"less under {_listed(names[-1])}")
        if names[0]:
            parts.append(f"no difference to be seen under {_listed(names[0])}")
        yield paragraph(f"- {_title(order.outcome, across)}: {'; '.join(parts)}", width, hang=2)
    yield Text("")


def _title(outcome: str, across: AcrossBehaviours) -> str:
    return _TITLES.get(outcome, labelled(outcome, across.first.ranged))


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _legend(across: AcrossBehaviours) -> str:
    run = across.first.run
    wanted = across.share(next(iter(across.comparisons)), 0, "wanted").value
    told = EMPTY if wanted is None else f"{100 * wanted:.1f} %"
    return (
        f"Wanted is {told} under every flow and behaviour: it is what people would give, asked neutrally. Flows share "
        "a place where the 95 % interval of their difference over meetings holds 0. The same people, meetings and "
        f"draws under each. {lawful_note(across.first.inputs)} Scenario {across.first.inputs.scenario.id}, "
        f"seed {run.seed}."
    )


def across_dict(across: AcrossBehaviours) -> dict[str, Any]:
    """All comparisons, and the orders of flows, as plain data."""
    return {
        "behaviours": {name: as_dict(comparison) for name, comparison in across.comparisons.items()},
        "ranks": {
            outcome: {
                name: dict(zip(across.flows, across.ranks(name, outcome), strict=True)) for name in across.comparisons
            }
            for outcome in across.outcomes
        },
        "orders": [
            {
                "outcome": order.outcome,
                "flow": order.flow,
                "other": order.other,
                "robust": order.robust,
                "sign": dict(order.sign),
            }
            for order in across.orders()
        ],
    }


def across_csv(across: AcrossBehaviours) -> str:
    """All comparisons as lines of one CSV; the column `behaviour` tells them apart."""
    return csv_text(row for comparison in across.comparisons.values() for row in as_csv_rows(comparison))
