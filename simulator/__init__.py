"""joinlab: people joining meetings under different ways of asking for consent to AI training.

`load`, `simulate` and `compare` are loaded when first used, so that importing this package costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.api import compare, load, simulate

__all__ = ["compare", "load", "simulate"]


def __dir__() -> list[str]:
    return sorted(__all__)


def __getattr__(name: str) -> object:
    if name not in __all__:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    from simulator import api

    return getattr(api, name)
