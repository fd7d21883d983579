"""What stands where something is still being worked out."""

from __future__ import annotations

from simulator.compiled import compiles_first


def preparing(what: str) -> str:
    """That something is being prepared, and why it takes so long where it does."""
    why = " The first time on a machine the engine is compiled, which takes some seconds." if compiles_first() else ""
    return f"Preparing {what} …{why}"
