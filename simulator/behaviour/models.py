"""The behaviour models that change only the coefficients: what people are taken to go by when they choose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from simulator.scenario.parameters import Parameters

MIXED_LOGIT = "mixed_logit"
RECORDED = "recorded"
"""Not here but in `recorded.py`: it changes no coefficients, and takes shares from a file."""

_FULL = 40.0  # logits of attention at which nothing is overlooked, to the last digit
_WEIGHED = (
    "value",
    "click",
    "stop_for_all",
    "pressure_subordinate",
    "pressure_other",
    "officer_benefit",
    "host_benefit",
)
_PRESENTED = (
    *("habit", "prominence", "hidden", "first", "urging", "preselection"),
    *("pressure_subordinate", "pressure_other", "stop_for_all"),
)
_INATTENTION = ("attention_spread", "attention_words", "attention_prompts", "misread")


@dataclass(frozen=True)
class BehaviourModel:
    """A way to choose, as a change of the coefficients of the mixed logit."""

    says: str
    """What people go by, in one sentence."""
    of: Callable[[Parameters], Parameters]
    """The coefficients under it."""


def _with(parameters: Parameters, **values: float) -> Parameters:
    update = {name: getattr(parameters, name).model_copy(update={"value": value}) for name, value in values.items()}
    return parameters.model_copy(update=update)


def _habit(parameters: Parameters) -> Parameters:
    return _with(parameters, **dict.fromkeys(_WEIGHED, 0.0))


def _rational(parameters: Parameters) -> Parameters:
    return _with(parameters, attention=_FULL, **dict.fromkeys((*_PRESENTED, *_INATTENTION), 0.0))


MODELS = {
    MIXED_LOGIT: BehaviourModel(
        "People weigh what they grant as far as they attend to it, and else go by habit and by how it is presented.",
        lambda parameters: parameters,
    ),
    "habit": BehaviourModel(
        "People go by habit, by what is set already and by what stands out; what they grant, clicks and others count "
        "for nothing.",
        _habit,
    ),
    "rational": BehaviourModel(
        "People read everything and weigh what they grant against the effort; how it is presented counts for nothing.",
        _rational,
    ),
}
"""By name. Under all of them leaving costs what it costs: it is the meeting that is lost, and not a presentation."""
