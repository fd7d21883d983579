"""Flows that several of the engine's tests run."""

from __future__ import annotations

import pytest

from simulator.scenario import library
from simulator.scenario.flow import Flow


@pytest.fixture(scope="session")
def two_buttons() -> Flow:
    """One question to each participant, yes or no."""
    return library.flow("two_buttons")


@pytest.fixture(scope="session")
def built_in() -> list[Flow]:
    """Every built-in flow."""
    return [library.flow(name) for name in library.builtin("flow")]
