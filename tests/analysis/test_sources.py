"""What a result says about how well it is founded."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

from pydantic import BaseModel

from simulator.analysis.sources import counted, weakest_source
from simulator.api import prepare
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
    # Bare numbers, such as ages, stay what they are.
    assert counted(measured).keys() == {Known.MEASURED, Known.ASSUMPTION}
    assert counted(measured).total() == counted(GIVEN).total()
    alone = measured.parameters.model_copy(update={"design_spread": None})  # no bare numbers are in these
    measured = replace(measured, parameters=alone, population=alone, mix=alone)
    assert weakest_source(measured) is Known.MEASURED
    for known in (Known.PUBLISHED, Known.MEMORY, Known.ASSUMPTION):
        weak = as_known(measured.parameters.host_yields, known)
        parameters = measured.parameters.model_copy(update={"host_yields": weak})
        assert weakest_source(replace(measured, parameters=parameters)) is known


def test_with_recorded_meetings_the_figures_that_they_stand_in_for_are_not_counted(tmp_path: Path) -> None:
    (tmp_path / "talk.csv").write_text("meeting,participant,seconds\na,x,60\na,y,30\n", encoding="utf-8")
    recorded = prepare(["accept_or_leave", "two_buttons"], meetings=[tmp_path])
    left_out = counted(GIVEN) - counted(recorded)
    (kind,) = [kind for kind in GIVEN.mix.types if kind.id == GIVEN.mix.recorded_as]
    others = counted(replace(GIVEN, mix=GIVEN.mix.model_copy(update={"types": [kind]})))
    # Of the type that recorded meetings are taken for: weight, two sizes and their exponent, three of length, three of
    # speech; and how much is spoken in an hour.
    assert left_out.total() == (counted(GIVEN) - others).total() + 10 + 1


def test_numbers_without_a_source_are_assumptions() -> None:
    bare = counted(GIVEN)
    younger = GIVEN.population.model_copy(update={"adult_age": ()})
    assert bare - counted(replace(GIVEN, population=younger)) == Counter({Known.ASSUMPTION: 2})
    secret = GIVEN.mix.types[0].model_copy(update={"confidentiality": {}})
    fewer = replace(GIVEN, mix=GIVEN.mix.model_copy(update={"types": [secret, *GIVEN.mix.types[1:]]}))
    assert bare - counted(fewer) == Counter({Known.ASSUMPTION: len(GIVEN.mix.types[0].confidentiality)})


def test_what_a_flow_assumes_where_nothing_is_known_is_counted() -> None:
    with_assumed = prepare(["accept_or_leave", "meet_explicit_consent"])
    without = prepare(["accept_or_leave", "two_buttons"])
    # Its clicks, those to take back, and whether data already taken are removed then.
    assert counted(with_assumed) - counted(without) == Counter({Known.ASSUMPTION: 3})
