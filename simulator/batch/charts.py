"""Charts of results as SVG or PNG, drawn by Altair without a browser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.batch.durable import write
from simulator.batch.frontier import Design
from simulator.batch.sensitivity import Index, Swing
from simulator.batch.wording import Wording
from simulator.errors import Problem, UsageError
from simulator.text.formats import Json

if TYPE_CHECKING:
    import altair

ENDINGS = (".svg", ".png")
_WIDTH = 460
_DARK, _LIGHT = "#1f4e79", "#b9c6d3"
_COLOURS = {"claimed": "#e69f00", "lawful": "#56b4e9", "wanted": "#cc79a7"}
"""Outcomes and their colours, which the colour-blind can tell apart (Okabe and Ito 2008); each also has its name."""


def save(chart: altair.TopLevelMixin, path: Path) -> None:
    """Write a chart as its ending says.

    Raises:
        UsageError: If the ending is neither .svg nor .png.
        StoreError: If the file cannot be written.
    """
    import io

    if path.suffix.lower() not in ENDINGS:
        remedy = f"Endings: {', '.join(ENDINGS)}."
        raise UsageError(Problem(f"{path}: a chart has another ending.", remedy=remedy))
    if path.suffix.lower() == ".svg":
        text = io.StringIO()
        chart.save(text, format="svg")
        write(path, text.getvalue().encode())
    else:
        data = io.BytesIO()
        chart.save(data, format="png", scale_factor=2)
        write(path, data.getvalue())


def tornado(found: Sequence[Swing], outcome: Wording, title: str) -> altair.TopLevelMixin:
    """How far the mean of an outcome moves with each factor, widest on top; pale where chance alone may do it."""
    import altair as alt

    rows = [{**asdict(one), "clear": one.width > one.chance} for one in found]
    order = [one.factor for one in found]
    ends = [min(one.low for one in found), max(one.high for one in found)] if found else [0.0, 1.0]
    room = 0.3 * (ends[1] - ends[0])  # for what is written beside the bars
    axis = _axis(outcome)
    scale = alt.Scale(domain=[ends[0] - room, ends[1] + room], nice=False)
    base = alt.Chart(_data(rows)).encode(y=alt.Y("factor:N", sort=order, title=None, axis=alt.Axis(labelLimit=240)))
    bars = base.mark_bar(color=_DARK, height=14).encode(
        x=alt.X("low:Q", title=_titled(outcome, "mean "), axis=axis, scale=scale),
        x2="high:Q",
        opacity=alt.condition("datum.clear", alt.value(1.0), alt.value(0.35)),
    )
    left = base.mark_text(align="right", dx=-4, fontSize=10).encode(x="low:Q", text="at_low:N")
    right = base.mark_text(align="left", dx=4, fontSize=10).encode(x="high:Q", text="at_high:N")
    return alt.layer(bars, left, right).properties(width=_WIDTH, title=title)


def indices(found: Sequence[Index], outcome: Wording, title: str) -> altair.TopLevelMixin:
    """Total indices or effects of each factor, one row of bars for each sample of the levers."""
    import altair as alt

    sobol = bool(found) and found[0].first is not None
    what = f"total Sobol index of {outcome.label}" if sobol else f"mean effect on {outcome.label}, {outcome.gaps}"
    scale = 1.0 if sobol else outcome.scale
    rows = [
        {
            "factor": one.factor,
            "total": scale * one.total,
            "levers": " / ".join(str(value) for value in one.levers.values()) or "all",
        }
        for one in found
    ]
    chart: altair.TopLevelMixin = (
        alt.Chart(_data(rows))
        .mark_bar(height=12)
        .encode(
            y=alt.Y("factor:N", sort="-x", title=None, axis=alt.Axis(labelLimit=240)),
            yOffset="levers:N",
            x=alt.X("total:Q", title=what),
            color=alt.Color("levers:N", title=None, scale=alt.Scale(scheme="tableau10")),
        )
        .properties(width=_WIDTH, title=title)
    )
    return chart


def frontier(found: Sequence[Design], across: Wording, up: Wording, title: str) -> altair.TopLevelMixin:
    """Designs by two outcomes; those that another dominates are light."""
    import altair as alt

    rows = [
        {
            "design": " / ".join(str(value) for value in one.levers.values()),
            "across": one.means[across.name],
            "up": one.means[up.name],
            "kind": "on the frontier" if one.dominated_by is None else "dominated",
        }
        for one in found
    ]
    base = alt.Chart(_data(rows)).encode(
        x=alt.X("across:Q", title=_titled(across), axis=_axis(across)),
        y=alt.Y("up:Q", title=_titled(up), axis=_axis(up)),
    )
    points = base.mark_point(filled=True, size=90).encode(
        color=alt.Color(
            "kind:N", title=None, scale=alt.Scale(domain=["on the frontier", "dominated"], range=[_DARK, _LIGHT])
        ),
    )
    names = base.mark_text(align="left", dx=8, fontSize=10).encode(text="design:N")
    return alt.layer(points, names).properties(width=_WIDTH, height=320, title=title)


def outcomes(runs: Sequence[tuple[str, Json]], title: str) -> altair.TopLevelMixin:
    """What each flow claims, what would stand and what is wanted, with 95 % intervals; pale: lawful if read leniently.

    Args:
        runs: Names of runs and what `joinlab compare --format json` writes of each.
        title: Stands above all.
    """
    import altair as alt

    rows = []
    for name, data in runs:
        for flow in data["flows"]:
            for outcome in _COLOURS:
                lenient = flow["shares"]["lawful_lenient"]["value"] if outcome == "lawful" else None
                label = flow["id"] if len(runs) == 1 else f"{name}: {flow['id']}"
                rows.append({"flow": label, "outcome": outcome, "lenient": lenient, **flow["shares"][outcome]})
    names = list(dict.fromkeys(row["flow"] for row in rows))
    colours = alt.Color("outcome:N", legend=None, scale=alt.Scale(domain=list(_COLOURS), range=list(_COLOURS.values())))

    def across(field: str) -> altair.X:
        return alt.X(field, axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1]), title=None)

    base = alt.Chart(_data(rows)).encode(y=alt.Y("outcome:N", sort=list(_COLOURS), title=None))
    layers = (
        base.mark_bar(opacity=0.3).encode(x=across("lenient:Q"), color=colours),
        base.mark_bar().encode(x=across("value:Q"), color=colours),
        base.mark_rule(strokeWidth=1.5).encode(x=across("low:Q"), x2="high:Q"),
    )
    header = alt.Header(
        labelPadding=0, labelAngle=0, labelAlign="left", labelAnchor="start", labelOrient="top", labelFontWeight="bold"
    )
    chart: altair.TopLevelMixin = (
        alt.layer(*layers)
        .properties(width=_WIDTH, height=60)
        .facet(row=alt.Row("flow:N", sort=names, title=None, header=header), spacing=8)
        .properties(title=title)
    )
    return chart


def _titled(outcome: Wording, before: str = "") -> str:
    return f"{before}{outcome.label}{', seconds' if outcome.in_seconds else ''}"


def _axis(outcome: Wording) -> Any:
    """An axis of an outcome, without labels where there can be no value."""
    import altair as alt

    if outcome.in_seconds:
        return alt.Axis(labelExpr="datum.value < 0 ? '' : datum.label")
    return alt.Axis(format="%", labelExpr="datum.value < 0 || datum.value > 1 ? '' : datum.label")


def _data(rows: Sequence[dict[str, Any]]) -> Any:
    import altair as alt

    return alt.InlineData(values=list(rows))
