"""What a lesson reveals: its figures filled in from the run, and a prediction held against the result."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.analysis.comparison import Comparison
from simulator.analysis.estimates import Estimate
from simulator.analysis.outcomes import FlowOutcomes, paired_difference
from simulator.scenario.lesson import OF_A_PART, PLACEHOLDER, Guess, Part


@dataclass(frozen=True)
class Answered:
    """A guess beside what the run gave."""

    by_flow: dict[str, Estimate]
    """The outcome under the flow that was asked for, or under each."""
    most: tuple[str, ...]
    """Flows with most of the outcome: several where the intervals of their differences include 0."""
    points_off: float | None
    """Percentage points of the guess above the result; None where a flow was guessed, or there is no result."""


def answer(result: Comparison, guess: Guess, given: float | str) -> Answered:
    """Hold a prediction against the result.

    Args:
        result: The lesson's run.
        guess: What was asked.
        given: Per cent, or the id of a flow where the guess is which has most.
    """
    found = {flow.flow.id: flow for flow in result.flows}
    if guess.flow is not None:
        estimate = figure(result, found[guess.flow], guess.outcome, guess.part)
        off = None if estimate.value is None else float(given) - 100.0 * estimate.value
        return Answered({guess.flow: estimate}, (guess.flow,), off)
    by_flow = {name: figure(result, flow, guess.outcome, guess.part) for name, flow in found.items()}
    first = max(by_flow, key=lambda name: by_flow[name].value or 0.0)
    level = tuple(name for name in by_flow if name == first or _level(result, found[first], found[name], guess))
    return Answered(by_flow, level, None)


def filled_in(text: str, result: Comparison) -> str:
    """A text with its figures, such as `{two_buttons.claimed}`, as `79.0 %`."""
    found = {flow.flow.id: flow for flow in result.flows}

    def told(place: str) -> str:
        flow, outcome, *part = place.split(".")
        where = Part.model_validate({"split": part[0], "name": part[1]}) if part else None
        value = figure(result, found[flow], outcome, where).value
        return "n/a" if value is None else f"{100.0 * value:.1f} %"

    return PLACEHOLDER.sub(lambda match: told(match[1]), text)


def figure(result: Comparison, flow: FlowOutcomes, outcome: str, part: Part | None) -> Estimate:
    """An outcome of everybody or of one part; unknown where nobody is in that part."""
    if part is None:
        return flow.share(outcome, result.category)
    cell = flow.cells(part.split).get(part.name)
    if cell is None:
        return Estimate(None, None, None)
    return cell.part_of(outcome) if outcome in OF_A_PART else cell.share(outcome)


def _level(result: Comparison, first: FlowOutcomes, other: FlowOutcomes, guess: Guess) -> bool:
    """Whether two flows cannot be told apart: the paired interval, or of a part whether the intervals overlap."""
    if guess.part is None:
        low = paired_difference(first, other, guess.outcome, result.category).low
        return low is not None and low <= 0.0
    one, two = (figure(result, flow, guess.outcome, guess.part) for flow in (first, other))
    return one.low is not None and two.high is not None and two.high >= one.low
