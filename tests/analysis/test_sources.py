"""What a result says about how well it is founded."""

from __future__ import annotations

from dataclasses import replace

from pydantic import BaseModel

from simulator.analysis.sources import counted, weakest_source
from simulator.scenario.population import Shares
from simulator.scenario.sourced import Sourced
from simulator.scenario.vocabulary import Known
from tests.analysis.runs import inputs

GIVEN = inputs("accept_or_leave", "two_buttons")


def as_known(value: object, known: Known) -> object:
    """The same with every figure known in this way."""
    if isinstance(value, Sourced | Shares):
        return value.model_copy(update={"known": known})
    if isinstance(value, BaseModel):
        return value.model_copy(
            update={name: as_known(getattr(value, name), known) for name in type(value).model_fields}
        )
    if isinstance(value, dict):
        return {key: as_known(item, known) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(as_known(item, known) for item in value)
    return value


def test_every_coefficient_is_counted() -> None:
    coefficients = [value for _, value in GIVEN.parameters if isinstance(value, Sourced)]
    assert coefficients
    assert counted(GIVEN).total() > len(coefficients)
    assert set(counted(GIVEN)) <= set(Known)


def test_a_result_inherits_the_weakest_figure_and_one_is_enough() -> None:
    measured = replace(
        GIVEN,
        **{name: as_known(getattr(GIVEN, name), Known.MEASURED) for name in ("population", "mix", "parameters")},
    )
    assert weakest_source(measured) is Known.MEASURED
    assert counted(measured) == {Known.MEASURED: counted(GIVEN).total()}
    for known in (Known.PUBLISHED, Known.MEMORY, Known.ASSUMPTION):
        weak = as_known(measured.parameters.host_yields, known)
        parameters = measured.parameters.model_copy(update={"host_yields": weak})
        assert weakest_source(replace(measured, parameters=parameters)) is known
