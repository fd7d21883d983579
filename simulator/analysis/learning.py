"""What the eligible hours buy: their size, and the error of a model trained on them relative to one trained on all."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.analysis.estimates import Estimate
from simulator.analysis.outcomes import FlowOutcomes
from simulator.scenario.meeting_mix import Rates
from simulator.scenario.parameters import Parameters
from simulator.scenario.vocabulary import DataCategory, Row


@dataclass(frozen=True)
class Bought:
    """The audio that a flow keeps, and what it is worth."""

    hours: float
    """Hours of speech kept."""
    words: float
    megabytes: float
    relative_error: Estimate
    """Error over that of training on everything, by the learning curve; its range is that of the curve's
    parameters, not a confidence interval. Undefined where nothing is kept."""


def bought(flow: FlowOutcomes, rates: Rates, parameters: Parameters) -> Bought:
    """What the audio kept by a flow amounts to."""
    ledger = flow.ledger(DataCategory.AUDIO)
    minutes = ledger.row(Row.KEPT)
    share = minutes / ledger.produced if ledger.produced else 0.0
    return Bought(
        hours=minutes / 60.0,
        words=minutes * rates.words_per_minute.value,
        megabytes=minutes / 60.0 * rates.audio_megabytes_per_hour.value,
        relative_error=_relative_error(share, parameters),
    )


def _relative_error(share: float, parameters: Parameters) -> Estimate:
    if share <= 0.0:
        return Estimate(None, None, None)
    exponent, floor = parameters.learning_exponent, parameters.learning_floor
    corners = [error_curve(share, b, c) for b in exponent.range for c in floor.range]
    return Estimate(error_curve(share, exponent.value, floor.value), min(corners), max(corners))


def error_curve(share: float, exponent: float, floor: float) -> float:
    """c + (1 - c) s^-b: error at a share s of the data relative to all of it (power law with a floor)."""
    return float(floor + (1.0 - floor) * share**-exponent)
