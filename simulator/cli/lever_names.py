"""How samples of the levers are named in tables: by what differs between them, and by the ends of paths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from simulator.batch.designs import Layout
from simulator.scenario.experiment import name_of


class LeverNames:
    """Names for the levers of an experiment and for their values."""

    def __init__(self, layout: Layout) -> None:
        levers = [factor for factor in layout.factors if factor.lever]
        self.constant = [f"{one.path}: {name_of(one.levels[0])}" for one in levers if len(one.levels) == 1]
        """Levers that are the same in all cells, with their value."""
        self._told = [one.path for one in levers if len(one.levels) != 1] or [one.path for one in levers]
        self.heading = " /\n".join(short(self._told)) or "all cells"
        """On a line for each lever, as values are short and names are not."""

    def of(self, levers: Mapping[str, object]) -> str:
        """A sample of the levers in a few words."""
        return " / ".join(value_named(levers[path]) for path in self._told if path in levers) or "all cells"


def value_named(value: object) -> str:
    """A value as a table shows it."""
    if value is None:
        return "–"
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)


def short(paths: Sequence[str]) -> list[str]:
    """The ends of paths, as long as it takes to tell them apart."""
    found = []
    for path in paths:
        steps = path.split(".")
        for count in range(1, len(steps) + 1):
            end = steps[-count:]
            if sum(other.split(".")[-count:] == end for other in paths) == 1:
                break
        found.append(".".join(end))
    return found
