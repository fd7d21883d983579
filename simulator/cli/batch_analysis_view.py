"""What the results of an experiment depend on, in the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from simulator.batch.discovery import Condition, Discovery
from simulator.batch.frontier import Design
from simulator.batch.results import Results
from simulator.batch.sensitivity import Index, Swing
from simulator.batch.wording import wording
from simulator.cli.batch_view import head, reading
from simulator.cli.lever_names import LeverNames
from simulator.cli.terminal import console
from simulator.text.layout import line, paragraph, table
from simulator.text.numbers import plain_text

_BAR = 30


def print_swings(found: Sequence[tuple[Mapping[str, Any], Sequence[Swing]]], outcome: str, results: Results) -> None:
    """A tornado for each sample of the levers: how far the mean of the outcome moves with each factor."""
    out = console()
    names, of = LeverNames(results.experiment.layout), wording(outcome)
    for levers, swings in found:
        out.print(line(f"{names.of(levers)}: mean {outcome} by factor", "bold"))
        if not swings:
            out.print(line("  nothing that was varied moves it."))
            continue
        low, high = min(one.low for one in swings), max(one.high for one in swings)
        out.print(line(f"{'':{_BAR + 2}}bars run from {of.number(low)} to {of.number(high)} {of.unit}", "dim"))
        for one in swings:
            by_chance = " (no more than chance gives)" if one.width <= one.chance else ""
            out.print(paragraph(f"{_tornado(one, low, high)}  {one.factor}{by_chance}", out.width, hang=_BAR + 2))
            ends = f"{of.number(one.low)} ({one.at_low}) to {of.number(one.high)} ({one.at_high})"
            out.print(paragraph(f"{'':{_BAR + 2}}{ends}", out.width, hang=_BAR + 2))
        out.print(line(""))
    text = (
        "Each bar runs from the lowest to the highest mean over all that is varied beside it; numbers of a range are "
        f"cut into five parts of equal size. In {of.units}."
    )
    out.print(paragraph(text, out.width))
    out.print(paragraph(reading(results, [outcome]), out.width))


def _tornado(swing: Swing, low: float, high: float) -> str:
    span = (high - low) or 1.0
    first = round((swing.low - low) / span * _BAR)
    last = max(first + 1, round((swing.high - low) / span * _BAR))
    return f"{'':{first}}{('#' if plain_text() else '█') * (last - first)}{'':{_BAR - last}}"


def print_indices(found: Sequence[Index], outcome: str, results: Results) -> None:
    """Sobol indices or Morris effects, one table for each sample of the levers."""
    out = console()
    names, of = LeverNames(results.experiment.layout), wording(outcome)
    if not found:
        return
    sobol = found[0].first is not None
    for levers in _each([one.levers for one in found]):
        own = [one for one in found if one.levers == levers]
        if sobol:
            heads = [f"{names.of(levers)}: {outcome}", "alone", "in all", "±"]
            rows = [[one.factor, f"{one.first:.2f}", f"{one.total:.2f}", f"{one.total_reach:.2f}"] for one in own]
        else:
            heads = [f"{names.of(levers)}: {outcome}", "effect", "±", "direction", "spread"]
            rows = [
                [
                    one.factor, of.number(one.total), of.number(one.total_reach),
                    "" if one.direction is None else of.number(one.direction, "+.1f"), of.number(one.spread or 0.0),
                ]
                for one in own
            ]  # fmt: skip
        out.print(table(heads, rows, out.width))
        out.print(line(""))
    text = (
        "Sobol indices: the share of the outcome's variance that a factor explains alone, and that it has a part in, "
        "with the half width of a 95 % interval of the latter."
        if sobol
        else "Morris: mean size of the effect of going through a range, or from one word of a list to another, in "
        f"{of.gaps}; its mean with sign, where there is an order; and how much it differs from place to place."
    )
    out.print(paragraph(text, out.width))
    out.print(paragraph(reading(results, [outcome]), out.width))


def print_frontier(found: Sequence[Design], aims: Sequence[str], results: Results) -> None:
    """Designs with the outcomes that count, those on the frontier first."""
    out = console()
    levers = LeverNames(results.experiment.layout)
    names = [aim[1:] for aim in aims]
    rows = [
        [
            levers.of(one.levers),
            *(wording(name).number(one.means[name]) for name in names),
            "yes" if one.dominated_by is None else "no",
            f"{100 * one.often:.0f} %",
        ]
        for one in found
    ]
    for told in levers.constant:
        out.print(paragraph(told, out.width, hang=2))
    heads = [levers.heading, *(head(aim[1:], aim[0]) for aim in aims), "on the\nfrontier", "dominated\nin cases"]
    out.print(table(heads, rows, out.width))
    out.print(line(""))
    for one in found:
        if one.dominated_by is not None:
            text = f"{levers.of(one.levers)} is dominated by {levers.of(one.dominated_by)}."
            out.print(paragraph(text, out.width, hang=2))
    text = (
        "Means over the uncertainties; + more is better, - less is. A design is dominated where another is at least as "
        "good in all of these and better in one. Beside it, in how many of the uncertain cases one is."
    )
    out.print(paragraph(text, out.width))
    out.print(paragraph(reading(results, names), out.width))


def print_discovery(found: Discovery, where: Condition, results: Results) -> None:
    """What cells of interest have in common."""
    out = console()
    box = found.box
    out.print(line(f"{where} in {100 * found.share:.0f} % of {found.cells:,} cells.", "bold"))
    if found.left_out:
        told = f"{found.left_out:,} more leave a number as it is in the scenario, and were left out."
        out.print(paragraph(told, out.width))
    if box is None:
        out.print(line("No limits on what was varied make such cells more frequent."))
        out.print(paragraph(reading(results, [where.outcome]), out.width))
        return
    out.print(line(""))
    for factor, limits in box.limits.items():
        out.print(paragraph(f"{factor}: {limits}", out.width, hang=2))
    out.print(line(""))
    text = (
        f"Within these limits are {100 * box.mass:.0f} % of all cells. {100 * box.density:.0f} % of them are such "
        f"cells, and {100 * box.coverage:.0f} % of all such cells are among them. (Patient rule induction, PRIM.)"
    )
    out.print(paragraph(text, out.width))
    out.print(paragraph(reading(results, [where.outcome]), out.width))


def _each(items: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    for item in items:
        if item not in found:
            found.append(item)
    return found
