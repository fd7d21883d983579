"""How well founded a result is: which of the figures it used are measured, published, remembered or assumed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pydantic import BaseModel

from simulator.engine.inputs import Inputs
from simulator.scenario.population import Segment, Shares
from simulator.scenario.sourced import Sourced
from simulator.scenario.vocabulary import Known


def figures(inputs: Inputs) -> Iterator[Known]:
    """How each figure is known that the people, the meetings, the choices and the flows of a run come from."""
    yield from _inside(inputs.population)
    # How far designs depart from the model only widens intervals, and people tire over weeks alone.
    yield from _inside(inputs.parameters.model_copy(update={"design_spread": None, "fatigue": None}))
    yield from _inside(_met(inputs))
    for flow in inputs.flows:
        yield from _inside(flow.assumes)


def _met(inputs: Inputs) -> list[object]:
    """What of the meeting mix is used: with recorded meetings, only what their files do not say."""
    mix = inputs.mix
    if not inputs.recorded:
        return [mix]
    kind = next(kind for kind in mix.types if kind.id == mix.recorded_as)
    rates = [getattr(mix.rates, name) for name in type(mix.rates).model_fields if name != "speech"]
    return [kind.subordinates, kind.externals, kind.minors, kind.stake, kind.confidentiality, *rates]


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
    elif isinstance(value, Segment):
        yield from _inside(value.shift)  # the shares have a source, but no word on how it was read
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            if name != "schema_version":
                yield from _inside(getattr(value, name))
    elif isinstance(value, dict):
        for item in value.values():
            yield from _inside(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _inside(item)
    elif isinstance(value, int | float):
        yield Known.ASSUMPTION  # a bare number: nothing says where it comes from
