"""Keeps compiled code in step with its sources.

Numba keeps compiled code beside the source of the function that Python calls, and makes it anew when that file changes.
It does not look at the files of the functions called from there, so a change in those would go unnoticed.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parents[1]
_SOURCES = ("draws.py", "engine/*.py", "meetings/*.py", "population/*.py", "rules/*.py", "scenario/*.py")
"""Everything that compiled functions, and the constants in them, come from."""


@cache
def forget_stale(package: Path = PACKAGE) -> None:
    """Remove compiled code that is older than any source it may have been made from; once in a process."""
    newest = max(path.stat().st_mtime for pattern in _SOURCES for path in package.glob(pattern))
    for index in package.rglob("__pycache__/*.nbi"):
        if index.stat().st_mtime < newest:
            index.unlink(missing_ok=True)


def compiles_first() -> bool:
    """Whether the engine has to be compiled before anything can be run, as no compiled code of it is kept yet."""
    from simulator.engine.kernel import walk_meetings

    walk: Any = walk_meetings  # what Numba adds to a function has no types
    return not any(Path(walk.stats.cache_path).glob(f"kernel.{walk.__name__}-*.nbi"))
