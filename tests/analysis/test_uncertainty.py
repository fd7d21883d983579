"""How far outcomes move over the draws: apart from Monte Carlo error, and on the same meetings."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulator.analysis.comparison import Comparison, run_comparison
from simulator.analysis.uncertainty import GIVEN_AND_WANTED, Uncertainty, moved_population, over_draws
from simulator.api import prepare
from simulator.engine.inputs import Inputs
from simulator.scenario import library
from simulator.scenario.joint_draws import JointDraws
from simulator.scenario.parameters import COEFFICIENTS
from simulator.scenario.population import Population
from simulator.scenario.sourced import Sourced

FLOWS = ("accept_or_leave", "granular_opt_in")


def central(inputs: Inputs, **values: float) -> dict[str, float]:
    return {**{name: getattr(inputs.parameters, name).value for name in COEFFICIENTS}, **values}


def certain(population: Population) -> Population:
    """The population without any range, so that only coefficients move."""

    def narrow(value: object) -> object:
        if isinstance(value, Sourced):
            return value.model_copy(update={"range": (value.value, value.value)})
        if isinstance(value, dict):
            return {key: narrow(item) for key, item in value.items()}
        return value

    changes = {name: narrow(getattr(population, name)) for name in type(population).model_fields}
    segments = [one.model_copy(update={"shift": narrow(one.shift)}) for one in population.segments]
    return population.model_copy(update={**changes, "segments": segments})


def comparison(participants: int = 3000) -> Comparison:
    inputs = prepare(FLOWS)
    return run_comparison(replace(inputs, population=certain(inputs.population)), participants=participants, seed=5)


def spread(result: Comparison, *rows: dict[str, float]) -> Uncertainty:
    return over_draws(result, JointDraws(rows), threads=2)


def test_draws_that_are_all_central_leave_no_interval_though_meetings_do() -> None:
    result = comparison()
    rows = central(result.inputs)
    found = spread(result, rows, rows, rows)
    for index, flow in enumerate(result.flows):
        own = flow.share("claimed", result.category)
        over = found.interval(index, "claimed")
        assert over.value == pytest.approx(own.value)
        assert (over.low, over.high) == (pytest.approx(own.value), pytest.approx(own.value))
        assert own.reach is not None
        assert own.reach > 0.0


def test_more_meetings_do_not_narrow_what_the_coefficients_leave_open() -> None:
    few, many = comparison(4000), comparison(16_000)
    rows = [central(few.inputs, habit=habit) for habit in (0.5, 1.0, 2.0, 3.0, 4.0)]
    widths = [spread(result, *rows).interval(1, "claimed").reach for result in (few, many)]
    assert widths[0] is not None
    assert widths[0] > 0.01
    assert widths[1] == pytest.approx(widths[0], rel=0.01)


def test_rankings_count_draws_and_ties_count_half() -> None:
    result = comparison()
    rows = [central(result.inputs), central(result.inputs, habit=0.01, stake=0.01, stake_subordinate=0.01)]
    shares = {item.outcome: item.more for item in spread(result, *rows).rankings()}
    assert shares["claimed"] in (0.0, 0.5)
    assert shares["wanted"] is None  # the same under every flow, so that there is no order
    assert set(shares) >= {"left", GIVEN_AND_WANTED}


def test_what_is_claimed_of_the_wanted_is_wanted_less_missed() -> None:
    result = comparison()
    found = spread(result, central(result.inputs), central(result.inputs))
    shares = {name: result.flows[1].share(name, result.category).value or 0.0 for name in ("wanted", "missed")}
    assert found.interval(1, GIVEN_AND_WANTED).value == pytest.approx(shares["wanted"] - shares["missed"])


def test_threads_change_nothing() -> None:
    result = comparison()
    rows = (central(result.inputs), central(result.inputs, click=1.0))
    one, two = (over_draws(result, JointDraws(rows), threads=threads) for threads in (1, 2))
    assert one.interval(1, "claimed") == two.interval(1, "claimed")


def test_a_population_moves_within_its_ranges_and_the_same_way_for_the_same_draw() -> None:
    population = library.population("office_workers")
    drawn = [moved_population(population, number) for number in range(60)]
    low, high = population.willing.range
    values = [one.willing.value for one in drawn]
    assert all(low <= value <= high for value in values)
    assert len(set(values)) > 40
    assert moved_population(population, 3) == drawn[3]
    assert {one.category_shift["audio"].value for one in drawn} == {0.0}  # type: ignore[index]
