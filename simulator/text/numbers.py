"""How numbers are written: shares, intervals, differences, amounts, bars."""

from __future__ import annotations

import sys

from simulator.analysis.estimates import Estimate

EMPTY = "n/a"
_ALIKE = 0.8
"""Sides of an interval whose lengths have at least this ratio are written as one."""
_EIGHTHS = " ▏▎▍▌▋▊▉█"


def percent(value: float | None) -> str:
    """A share, such as `98.3 %`."""
    return EMPTY if value is None else f"{100 * value:.1f} %"


def interval(estimate: Estimate) -> str:
    """The interval of a share in per cent, such as `98.1 to 98.5`."""
    if estimate.low is None or estimate.high is None:
        return ""
    return f"{100 * estimate.low:.1f} to {100 * estimate.high:.1f}"


def margin(estimate: Estimate) -> str:
    """A share in per cent with how far its interval reaches, such as `98.3 ±0.2`, or `0.2 +0.7 -0.1`."""
    return EMPTY if estimate.value is None else f"{100 * estimate.value:.1f}{_sides(estimate, 100)}"


def points(estimate: Estimate, *, short: bool = False) -> str:
    """A difference of shares in percentage points with how far its interval reaches, such as `-94.5 ±0.3`.

    Short, one figure stands for both sides, the longer one.
    """
    if estimate.value is None:
        return EMPTY
    one = f" {plus_minus()}{100 * estimate.reach:.1f}" if short and estimate.reach else None
    return f"{100 * estimate.value:+.1f}{one or _sides(estimate, 100)}"


def seconds(estimate: Estimate) -> str:
    """Seconds with how far their interval reaches, such as `5.2 ±0.1`."""
    return EMPTY if estimate.value is None else f"{estimate.value:.1f}{_sides(estimate, 1)}"


def _sides(estimate: Estimate, scale: float) -> str:
    """Both sides of an interval: as one where they are alike or nearly so, and then the longer one."""
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return ""
    if estimate.low == estimate.high:  # nothing is left to chance
        return ""
    up, down = scale * (estimate.high - estimate.value), scale * (estimate.value - estimate.low)
    longer, shorter = max(up, down), min(up, down)
    if shorter > 0.0 and (f"{up:.1f}" == f"{down:.1f}" or shorter > _ALIKE * longer):
        return f" {plus_minus()}{longer:.1f}"
    return "".join(f" {sign}{side:.1f}" for sign, side in (("+", up), ("-", down)) if side > 0.0)


def amount(value: float) -> str:
    """An amount with thousands separated."""
    return f"{value:,.0f}" if value >= 100 or value == 0 else f"{value:,.1f}"


def plain_text() -> bool:
    """Whether the output can only take ASCII."""
    # What stands in for the output while the app runs names no encoding; the app itself writes UTF-8.
    encoding = (getattr(sys.stdout, "encoding", "utf-8") or "ascii").lower()
    return not encoding.startswith("utf")


def plus_minus() -> str:
    """The sign before a half width."""
    return "+-" if plain_text() else "±"


def bar(estimate: Estimate, width: int) -> str:
    """A bar for a share on a scale from 0 to 1, its interval drawn as a whisker where it is wide enough to see."""
    if estimate.value is None:
        return ""
    low = estimate.value if estimate.low is None else estimate.low
    high = estimate.value if estimate.high is None else estimate.high
    first, last = round(low * width), min(round(high * width), width)
    if last - first < 2:
        return block(estimate.value, width)
    full, left, line, right = ("#", "|", "-", "|") if plain_text() else ("█", "├", "─", "┤")
    return full * first + left + line * (last - first - 2) + right


def beyond(drawn: str, share: float | None, width: int) -> str:
    """What to add to a drawn bar so that it reaches, lightly, to a further share."""
    return ("+" if plain_text() else "░") * (round((share or 0.0) * width) - len(drawn))


def block(share: float, width: int) -> str:
    """A bar without a whisker, to an eighth of a character."""
    if plain_text():
        return "#" * round(share * width)
    eighths = round(share * width * 8)
    if eighths == 0 and share > 0 and width > 0:
        eighths = 1
    whole, rest = divmod(eighths, 8)
    return "█" * whole + (_EIGHTHS[rest] if rest else "")
