"""What was counted in a live flow, and the constants that were fitted to it: on the terminal, as JSON and CSV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import RenderableType

from simulator.analysis.anchor import Anchor, Fitted
from simulator.scenario.vocabulary import JoinOutcome
from simulator.text.layout import line, paragraph, table, titled
from simulator.text.numbers import percent

_TIMES = 1.96
"""Standard deviations to each end of an interval of 95 %."""


def anchor_view(anchor: Anchor, width: int, *, drawn: bool = True) -> RenderableType:
    """Counted and fitted shares, the constants, and what is taken for granted.

    Args:
        anchor: The fit.
        width: Columns.
        drawn: Whether intervals over joint draws follow, which hold how far designs depart from the model.
    """
    return titled("Fitted to what was counted", *_found(anchor, width), *_told(anchor, width, drawn=drawn))


def anchors_view(anchors: Mapping[str, Anchor], width: int) -> Iterator[RenderableType]:
    """The same for each behaviour that was fitted; what is taken for granted is said once, after the last."""
    for name, anchor in anchors.items():
        last = name == list(anchors)[-1]
        told = _told(anchor, width, drawn=False) if last else []
        yield titled(f"Fitted to what was counted, {name}", *_found(anchor, width), *told)


def _found(anchor: Anchor, width: int) -> list[RenderableType]:
    rows = [
        (item.flow, _said(item), percent(item.observed), f"{item.n:,}", percent(item.value)) for item in anchor.fitted
    ]
    return [
        table(("flow", "outcome", "counted", "of", "fitted"), rows, width),
        *(line(text) for text in _constants(anchor)),
    ]


def _told(anchor: Anchor, width: int, *, drawn: bool) -> list[RenderableType]:
    return [paragraph(text, width, "dim") for text in _notes(anchor, drawn=drawn)]


def _said(item: Fitted) -> str:
    if item.figure.outcome is JoinOutcome.LEFT:
        return "left"
    return f"{item.figure.outcome.value}, of those who joined"


def _constants(anchor: Anchor) -> Iterator[str]:
    known = zip(
        ("constant towards granting", "added to what leaving costs"),
        (anchor.grant, anchor.stake),
        anchor.errors,
        anchor.identified,
        strict=True,
    )
    for name, value, error, identified in known:
        told = f"{value - _TIMES * error:+.1f} to {value + _TIMES * error:+.1f} logits"
        yield f"{name:<28}{value:+.2f}   {told}{'' if identified else '; the counts hardly tell'}"


def _notes(anchor: Anchor, *, drawn: bool) -> Iterator[str]:
    for item in anchor.fitted:
        if item.certain:
            who = "Nobody" if item.observed == 0.0 else "Everybody"
            yield (
                f"{who} of {item.n:,} {item.figure.outcome.value} under {item.flow}: how far beyond the constant lies "
                "cannot be told. Half a person is taken to have done otherwise."
            )
        if item.by_silence and item.figure.outcome is JoinOutcome.AGREED:
            yield f"Under {item.flow} silence counts as agreeing."
    spread = (
        "is assumed, as the parameters do not say it" if anchor.assumed_spread else "is what the fitted studies show"
    )
    held = (
        "It is in the intervals over draws, with the sampling error of the counts, as of independent people."
        if drawn
        else "Neither it nor the sampling error of the counts is in the intervals here."
    )
    yield (
        "A flow that was not counted departs from this by what its design does in ways that the model does not know: "
        f"a standard deviation of {anchor.spread:.2f} logits, which {spread}. {held}"
    )


def anchor_data(anchor: Anchor) -> dict[str, Any]:
    """The fit as plain data."""
    names = ("grant", "stake")
    return {
        "constants": {
            name: {
                "value": value,
                "low": value - _TIMES * error,
                "high": value + _TIMES * error,
                "identified": identified,
            }
            for name, value, error, identified in zip(
                names, (anchor.grant, anchor.stake), anchor.errors, anchor.identified, strict=True
            )
        },
        "design_spread": anchor.spread,
        "counts": [
            {
                "flow": item.flow,
                "outcome": item.figure.outcome.value,
                "among": [word.value for word in item.figure.among],
                "n": item.n,
                "counted": item.observed,
                "fitted": item.value,
            }
            for item in anchor.fitted
        ],
    }


def anchor_rows(data: dict[str, Any] | None) -> Iterator[dict[str, Any]]:
    """The fit as lines of CSV."""
    if data is None:
        return
    for name, found in data["constants"].items():
        numbers = {key: found[key] for key in ("value", "low", "high")}
        yield {"outcome": f"constant_{name}", "unit": "logits", **numbers}
    for item in data["counts"]:
        unit = f"share of {' and '.join(item['among'])}"
        for which in ("counted", "fitted"):
            yield {"flow": item["flow"], "outcome": f"{which}_{item['outcome']}", "unit": unit, "value": item[which]}
