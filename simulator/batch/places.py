"""Places in content, by path: setting what stands there, and what a path may have meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import TypeAlias

from simulator.scenario.load import Kind
from simulator.scenario.yaml_file import Value

Content: TypeAlias = dict[str, Value]
"""What one file holds."""

PARTS: dict[str, Kind] = {
    "flow": "flow",
    "population": "population",
    "meetings": "meetings",
    "parameters": "parameters",
}
"""First words of paths that lead into a part of the scenario; alone, each names the part itself."""

VARIED = "Varied by an experiment."
_TINY = 1e-12


class NoSuchPlaceError(Exception):
    """A path leads nowhere."""

    def __init__(self, path: str, step: str, known: Sequence[str]) -> None:
        super().__init__(path, step, known)
        self.path = path
        self.step = step
        """The part of the path that does not fit."""
        self.known = known
        """What could stand in its stead."""


def split(path: str) -> tuple[Kind, str]:
    """Which part a path leads into, and the rest of it; `scenario` for keys of the scenario itself."""
    first, _, rest = path.partition(".")
    return (PARTS[first], rest) if rest and first in PARTS else ("scenario", path)


def with_values(content: Content, values: Mapping[str, Value]) -> Content:
    """The content with other values at some places.

    A number put where a figure stands (a mapping with `value` and `range`) replaces its value, and the figure is an
    assumption from then on. Shares that are not named shrink or grow together, so that they still add up.

    Args:
        content: What a file holds; it stays as it is.
        values: By path: keys joined with dots; an item of a list is named by its id or by its number from 0.

    Raises:
        NoSuchPlaceError: If a path leads through something that is not there.
    """
    changed = deepcopy(content)
    shares: dict[tuple[str, ...], dict[str, float]] = {}
    for path, value in values.items():
        holder, key, trail = _holder(changed, path)
        old = holder.get(key) if isinstance(holder, dict) else holder[int(key)]
        if isinstance(holder, dict) and trail[-1:] == ("of",) and isinstance(value, int | float):
            shares.setdefault(trail, {})[key] = float(value)
        new = _new(old, value)
        if isinstance(holder, dict):
            holder[key] = new
        else:
            holder[int(key)] = new
    for trail, named in shares.items():
        _even_out(_at(changed, trail), named)
    return changed


def figure_range(content: Content, path: str) -> tuple[float, float] | None:
    """The range that the figure at a path has in its file; None where no figure stands there.

    Raises:
        NoSuchPlaceError: If the path leads nowhere.
    """
    holder, key, _ = _holder(deepcopy(content), path)
    found = holder.get(key) if isinstance(holder, dict) else holder[int(key)]
    ends = _ends(found)
    return (float(ends[0]), float(ends[1])) if ends else None  # type: ignore[arg-type]


def _ends(value: Value) -> list[Value] | None:
    """Both ends of a figure's range; None where the value is no figure."""
    ends = value.get("range") if isinstance(value, dict) and "value" in value else None
    return ends if isinstance(ends, list) and len(ends) == 2 else None


def _new(old: Value, value: Value) -> Value:
    ends = _ends(old)
    if ends and not isinstance(value, dict):
        return {"value": value, "range": ends, "known": "assumption", "note": VARIED}
    if isinstance(old, dict) and "of" in old and isinstance(value, dict) and "of" not in value:
        return {"of": deepcopy(value), "known": "assumption", "note": VARIED}
    return deepcopy(value)


def _even_out(of: Content, named: Mapping[str, float]) -> None:
    """Scale the shares that were not named to what those that were leave."""
    others = {key: float(share) for key, share in of.items() if key not in named}  # type: ignore[arg-type]
    before, left = sum(others.values()), 1.0 - sum(named.values())
    if others and left >= -_TINY and before > 0.0:
        for key, share in others.items():
            of[key] = share * max(left, 0.0) / before


def _at(content: Content, trail: Sequence[str]) -> Content:
    found: Value = content
    for step in trail:
        found = found[step] if isinstance(found, dict) else found[int(step)]  # type: ignore[index]
    assert isinstance(found, dict), "shares are a mapping"
    return found


def _holder(content: Content, path: str) -> tuple[Content | list[Value], str, tuple[str, ...]]:
    """What holds the value that a path leads to, its key or number there, and the steps to the holder."""
    steps = path.split(".")
    found: Value = content
    trail: list[str] = []
    for place, step in enumerate(steps):
        last = place == len(steps) - 1
        if isinstance(found, dict) and step not in found and isinstance(found.get("of"), dict):
            found = found["of"]
            trail.append("of")
        if isinstance(found, dict):
            if last:
                return found, step, tuple(trail)
            # A key that is left out may be one that the file could have: its model decides.
            found = found.setdefault(step, {})
            trail.append(step)
        elif isinstance(found, list):
            number = _number(found, step, path)
            if last:
                return found, str(number), tuple(trail)
            found = found[number]
            trail.append(str(number))
        else:
            raise NoSuchPlaceError(path, step, [])
    msg = "a path has at least one step"
    raise AssertionError(msg)


def _number(items: list[Value], step: str, path: str) -> int:
    """Number of the item that a step of a path means."""
    ids = [str(item["id"]) for item in items if isinstance(item, dict) and "id" in item]
    if step in ids:
        return [item.get("id") if isinstance(item, dict) else None for item in items].index(step)
    if step.isdigit() and int(step) < len(items):
        return int(step)
    raise NoSuchPlaceError(path, step, ids or [str(number) for number in range(len(items))])
