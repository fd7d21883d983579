"""Batches: experiments over many cells, their results, and what runs them.

`load_experiment` and `open_results` are what notebooks import; they are loaded when first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.batch.executors import Processes, Threads
    from simulator.batch.prepared import prepare_experiment as load_experiment
    from simulator.batch.results import open_results

__all__ = ["Processes", "Threads", "load_experiment", "open_results"]

_FROM = {
    "Processes": ("executors", "Processes"),
    "Threads": ("executors", "Threads"),
    "load_experiment": ("prepared", "prepare_experiment"),
    "open_results": ("results", "open_results"),
}


def __dir__() -> list[str]:
    return sorted(__all__)


def __getattr__(name: str) -> object:
    if name not in _FROM:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    import importlib

    module, own = _FROM[name]
    return getattr(importlib.import_module(f"{__name__}.{module}"), own)
