"""Small runs that the tests of the analysis share; each is made once."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from simulator.analysis.comparison import Comparison, run_comparison
from simulator.api import prepare
from simulator.engine.inputs import Inputs
from simulator.engine.run import Run, no_counts
from simulator.engine.tally import GROUPS, Tally
from simulator.scenario import library
from simulator.scenario.vocabulary import Actor, Effect

SEED = 2023


@cache
def inputs(*flows: str) -> Inputs:
    """Everyday meetings with these flows."""
    return prepare(flows)


@cache
def every_flow() -> Comparison:
    """All built-in flows in the same everyday meetings, where administrators and hosts share what they can."""
    scenario = library.scenario("everyday_meetings").model_copy(
        update={"settled": {Actor.ADMIN: Effect.GRANT, Actor.HOST: Effect.GRANT, Actor.ACCOUNT_OWNER: Effect.GRANT}}
    )
    return run_comparison(prepare(list(library.builtin("flow")), scenario=scenario), participants=3000, seed=SEED)


def blank(run: Run) -> Tally:
    """A tally of nothing, in the run's shape, with one meeting in each group."""
    tally = no_counts(run.plan).tally()
    tally.counts[:, 2] = 1
    return tally


def with_tally(run: Run, tally: Tally) -> Run:
    """The run as if its first flow had come to this."""
    return replace(run, tallies=(tally, *run.tallies[1:]))


def everywhere(amount: int) -> np.ndarray:
    """The same amount in each group of meetings."""
    return np.full(GROUPS, amount, dtype=np.int64)
