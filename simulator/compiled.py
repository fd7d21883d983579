"""How functions are compiled, and where compiled code is kept: in a folder named after the sources it was made from.

Numba makes kept code anew when the file of the function that Python calls changes, but does not look at the files of
the functions called from there. With a folder for each state of all sources, no code is ever older than they are.
"""

from __future__ import annotations

import gc
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba import njit
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler, Flags
from numba.core.types import unliteral

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


_njit: Any = njit  # options of ours are not among those that it says it takes

# References are not counted: each use of an array in a tuple would be two atomic operations, more than the model costs,
# and threads fight over them. In return nothing compiled may allocate: room to work in comes from the caller.
# A product and a sum become one operation, rounded once: the only freedom that arithmetic is given.
_ALWAYS: dict[str, Any] = {"_nrt": False, "error_model": "numpy", "fastmath": {"contract"}}


class _Unmade(JITCodeLibrary):
    """Code on its way into its callers: it is made faster there, once, and never becomes machine code by itself."""

    class _Nowhere:
        """Where code of no address is."""

        def set_env(self, name: str, environment: object) -> None:
            """There is nothing to set: only a function that raises needs it."""

    codegen = _Nowhere()

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._finalized = True

    def get_pointer_to_function(self, name: str) -> int:
        self._ensure_finalized()
        return 0


class _Flags(Flags):
    """Numba's options, equal as theirs are. It compares them thousands of times, and made a list of all each time."""

    _names = hash(tuple(sorted(Flags.options)))

    def __hash__(self) -> int:
        return self._names

    def __eq__(self, other: object) -> bool:
        return (isinstance(other, _Flags) and self._values == other._values) or super().__eq__(other) is True


class _Whole(Compiler):
    """Compiles with cheaper options, and without looking for garbage all the while."""

    def __init__(self, *settings: Any) -> None:
        super().__init__(*(_Flags(one) if isinstance(one, Flags) else one for one in settings))

    def compile_extra(self, function: object) -> object:
        collecting = gc.isenabled()
        gc.disable()
        try:
            return super().compile_extra(function)
        finally:
            if collecting:
                gc.enable()


class _Inside(_Whole):
    """Compiles what goes into its callers."""

    def __init__(self, typing: Any, target: Any, library: Any, *others: Any) -> None:
        super().__init__(typing, target, library or _Unmade(target.codegen(), "inner"), *others)


# Both lean on how Numba is made inside. Versions outside those tried compile the plain way, which takes longer.
_TRIED = (0, 61) <= numba.version_info[:2] <= (0, 68)
_WHOLE = {"pipeline_class": _Whole} if _TRIED else {}
_INSIDE = {"pipeline_class": _Inside} if _TRIED else {}


def _for_any_number(dispatcher: Any) -> Any:
    """Have a function compiled for numbers, and not once more for each number that a caller writes out."""
    of_arguments = dispatcher.get_call_template

    def of_types(arguments: Iterable[Any], by_name: Mapping[str, Any]) -> Any:
        return of_arguments(
            [unliteral(one) for one in arguments], {key: unliteral(one) for key, one in by_name.items()}
        )

    dispatcher.get_call_template = of_types
    return dispatcher


def inner(function: F) -> F:
    """Compile a function that only compiled functions call: into each caller, and without a way in from Python."""
    options = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "forceinline": True}
    return _for_any_number(_njit(**options, **_INSIDE, **_ALWAYS)(function))  # type: ignore[no-any-return]


def entry(function: F) -> F:
    """Compile a function that Python calls: kept on disk, and run without the interpreter's lock."""
    with _numba_keeps_in(KEPT_IN):
        return _njit(cache=KEPT_IN is not None, nogil=True, **_WHOLE, **_ALWAYS)(function)  # type: ignore[no-any-return]


class _Both:
    """An inner function for compiled callers, and an entry for those in Python, compiled once there is one."""

    def __init__(self, function: Callable[..., object]) -> None:
        self._inner, self._entry = inner(function), entry(function)
        self._numba_type_ = self._inner._numba_type_  # type: ignore[attr-defined] # what Numba takes a value for
        self.__doc__, self.__name__ = function.__doc__, function.__name__

    def __call__(self, *arguments: object) -> object:
        return self._entry(*arguments)


def both(function: F) -> F:
    """Compile a function that Python and compiled functions call."""
    return _Both(function)  # type: ignore[return-value]


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
