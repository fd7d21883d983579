"""How the files that a session names stand, so that one which is edited meanwhile is noticed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from simulator.errors import JoinlabError
from simulator.scenario import library

Stamp = tuple[Path, int, int]
"""A file, when it was written (ns), and how long it is (bytes)."""


def stamps(flows: Sequence[str], scenario: str, meetings: Sequence[Path]) -> tuple[Stamp, ...]:
    """Of all files among flows, scenario with what it names, and meetings; what is not there has none."""
    return tuple(stamp for path in _files(flows, scenario, meetings) for stamp in _stamp(path))


def _files(flows: Sequence[str], scenario: str, meetings: Sequence[Path]) -> Iterator[Path]:
    yield from (Path(name) for name in flows if library.is_path(name))
    for path in meetings:
        yield path
        yield from sorted(path.rglob("*")) if path.is_dir() else ()
    if library.is_path(scenario):
        yield Path(scenario)
        yield from _parts(scenario, Path(scenario).parent)


def _parts(scenario: str, beside: Path) -> Iterator[Path]:
    try:
        found = library.scenario(scenario)
    except JoinlabError:  # whoever uses it says what is wrong with it
        return
    named = (found.population, found.meetings, found.parameters)
    yield from (beside / name for name in named if library.is_path(name, beside=beside))


def _stamp(path: Path) -> Iterator[Stamp]:
    try:
        found = path.stat()
    except OSError:
        return
    yield path, found.st_mtime_ns, found.st_size
