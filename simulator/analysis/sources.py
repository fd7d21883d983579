"""How well founded a result is: which of the figures it used are measured, published, remembered or assumed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pydantic import BaseModel

from simulator.engine.inputs import Inputs
from simulator.scenario.population import Shares
from simulator.scenario.sourced import Sourced
from simulator.scenario.vocabulary import Known


def figures(inputs: Inputs) -> Iterator[Known]:
    """How each figure of the population, the meeting mix and the coefficients is known."""
    for model in (inputs.population, inputs.mix, inputs.parameters):
        yield from _inside(model)


def counted(inputs: Inputs) -> Counter[Known]:
    """Number of figures by how they are known."""
    return Counter(figures(inputs))


def weakest_source(inputs: Inputs) -> Known:
    """The weakest way in which any figure is known: what every outcome inherits."""
    order = list(Known)
    return max(figures(inputs), key=order.index)


def _inside(value: object) -> Iterator[Known]:
    if isinstance(value, Sourced | Shares):
        yield value.known
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _inside(getattr(value, name))
    elif isinstance(value, dict):
        for item in value.values():
            yield from _inside(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _inside(item)
