"""Compiles in two processes at once where nothing is compiled yet: in one, Numba compiles one thing after another."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from simulator.compiled import KEPT_IN, PACKAGE, compiles_first
from simulator.engine.world import make_world
from simulator.meetings.generate import meeting_tables
from simulator.population.traits import population_tables
from simulator.scenario import library

_CODE = "from simulator.engine.ahead import compile_worlds; compile_worlds()"
_LONGEST = 120.0
"""Seconds after which another process is not waited for."""


@contextmanager
def worlds_compiled_beside() -> Iterator[None]:
    """Have another process compile the making of worlds meanwhile, where that is not done yet and can be kept.

    Whatever goes wrong there is left at that: this process then compiles what it does not find.
    """
    child = _start() if KEPT_IN is not None and compiles_first() and (os.cpu_count() or 1) > 1 else None
    try:
        yield
        if child is not None:
            with suppress(subprocess.TimeoutExpired):
                child.wait(_LONGEST)
    finally:
        if child is not None and child.poll() is None:
            child.kill()
            child.wait()


def _start() -> subprocess.Popen[bytes] | None:
    if not sys.executable:
        return None
    path = os.pathsep.join([str(PACKAGE.parent), *filter(None, [os.environ.get("PYTHONPATH")])])
    silent = subprocess.DEVNULL
    try:
        return subprocess.Popen(
            [sys.executable, "-c", _CODE],
            stdin=silent,
            stdout=silent,
            stderr=silent,
            env={**os.environ, "PYTHONPATH": path},
        )
    except OSError:
        return None


def compile_worlds() -> None:
    """Make a world of one meeting; whose it is does not matter, as all are compiled alike."""
    population, mix = library.population("office_workers"), library.meetings("working_week")
    codes = tuple(population.jurisdictions.of)
    people = population_tables(population, library.parameters("central"), codes)
    make_world(0, 0, 1, meeting_tables(mix, ()), people, officers=False)
