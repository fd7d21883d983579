"""How functions are compiled, and where compiled code is kept: in a folder named after the sources it was made from.

Numba makes kept code anew when the file of the function that Python calls changes, but does not look at the files of
the functions called from there. With a folder for each state of all sources, no code is ever older than they are.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba import njit

F = TypeVar("F", bound=Callable[..., object])

PACKAGE = Path(__file__).resolve().parent
_SOURCES = ("compiled.py", "draws.py", "engine/*.py", "meetings/*.py", "population/*.py", "rules/*.py", "scenario/*.py")
"""Everything that compiled functions, and the constants in them, come from."""


def fingerprint(package: Path) -> str:
    """A name for the state of all sources of a package."""
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(path for pattern in _SOURCES for path in package.glob(pattern)):
        digest.update(f"{path.relative_to(package)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def folder_for(package: Path, *, roots: Iterable[Path] | None = None) -> Path | None:
    """The folder for compiled code of a package as it stands, made if need be; None where none can be written.

    Args:
        package: Folder of the sources.
        roots: Where it may be, the best place first; None: as the machine has it.
    """
    of_package = f"joinlab-{hashlib.blake2b(str(package).encode(), digest_size=4).hexdigest()}-"
    for root in _roots(package) if roots is None else roots:
        folder = root / f"{of_package}{fingerprint(package)}"
        if _writable(folder):
            for old in root.glob(f"{of_package}*"):
                if old != folder:
                    shutil.rmtree(old, ignore_errors=True)
            return folder
    return None


def _roots(package: Path) -> Iterator[Path]:
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    if chosen:
        yield Path(chosen)
    yield package / "__pycache__"
    try:
        home = Path.home()
    except RuntimeError:  # there is none
        return
    if sys.platform == "win32":
        yield Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "joinlab"
    elif sys.platform == "darwin":
        yield home / "Library" / "Caches" / "joinlab"
    else:
        yield Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache") / "joinlab"


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


KEPT_IN = folder_for(PACKAGE)
"""Where compiled code is kept; None: nowhere, and every process compiles anew."""


def compiles_first() -> bool:
    """Whether the engine has to be compiled before anything can be run, as no compiled code of it is kept yet."""
    return KEPT_IN is None or not any(KEPT_IN.rglob("kernel.walk_meetings-*.nbi"))


# References are not counted: each use of an array in a tuple would be two atomic operations, more than the model costs,
# and threads fight over them. In return nothing compiled may allocate: room to work in comes from the caller.
_ALWAYS: dict[str, Any] = {"_nrt": False, "error_model": "numpy"}


def inner(function: F) -> F:
    """Compile a function that only compiled functions call: into each caller, and without a way in from Python."""
    return njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, forceinline=True, **_ALWAYS)(function)  # type: ignore[call-overload,no-any-return]


def entry(function: F) -> F:
    """Compile a function that Python calls: kept on disk, and run without the interpreter's lock."""
    with _numba_keeps_in(KEPT_IN):
        return njit(cache=KEPT_IN is not None, nogil=True, **_ALWAYS)(function)  # type: ignore[no-any-return]


@contextmanager
def _numba_keeps_in(folder: Path | None) -> Iterator[None]:
    """Numba asks for the folder when a function is decorated; other programs' functions keep theirs."""
    config: Any = numba.config
    before = config.CACHE_DIR
    config.CACHE_DIR = before if folder is None else str(folder)
    try:
        yield
    finally:
        config.CACHE_DIR = before
