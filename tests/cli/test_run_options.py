"""Options that several commands share: one list, in one order, that a command may leave out of or describe anew."""

from __future__ import annotations

import inspect
from dataclasses import fields
from typing import Annotated, get_args

import pytest
import typer

from simulator.api import Setting
from simulator.cli import simulate_commands
from simulator.cli.run_options import Asked, asking

SHARED = [one.name for one in fields(Asked)]


@pytest.mark.parametrize("command", [simulate_commands.compare, simulate_commands.run, simulate_commands.explain])
def test_shared_options_stand_in_one_order_whichever_a_command_has(command) -> None:
    names = [name for name in inspect.signature(command).parameters if name in SHARED]
    assert names == [name for name in SHARED if name in names]
    assert len(names) >= 11


def test_an_option_that_a_command_describes_itself_stands_in_its_place_and_reaches_both() -> None:
    seen = []

    @asking(without="precision")
    def command(flow: str, seed: Annotated[int, typer.Option(help="of the command")] = 7, *, asked: Asked) -> None:
        seen.append((flow, seed, asked.seed, asked.precision))

    parameters = inspect.signature(command).parameters
    assert list(parameters) == ["flow", *(name for name in SHARED if name != "precision")]
    assert get_args(parameters["seed"].annotation)[1].help == "of the command"
    command(**{name: one.default for name, one in parameters.items()} | {"flow": "two_buttons", "seed": 9})
    assert seen == [("two_buttons", 9, 9, None)]


def test_the_first_option_that_is_asked_for_is_named_as_it_is_typed() -> None:
    asked = Asked(per_week=0.0, why=True)
    assert asked.first("by", "ledger", "per_week", "why") == "--per-week"
    assert asked.first("by", "ledger", "weeks") is None


def test_what_nobody_asks_for_leaves_the_setting_as_the_scenario_says() -> None:
    given = Asked().setting()
    assert {word for word, value in given.items() if value is not None} == {"scenario", "meetings"}
    assert set(given) == set(Setting.__annotations__)
