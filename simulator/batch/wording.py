"""How outcomes are written: in which unit, and by which reading of the law."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.batch.prepared import Prepared
from simulator.scenario.experiment import value_of

_SECONDS = "seconds_to_join"
_LENIENT = "lawful_lenient"
_OF_LAW = ("lawful", "kept", "distance", "effective_share")
"""Outcomes of what is lawful, unless their name ends in `lawful_lenient`."""


@dataclass(frozen=True)
class Wording:
    """How one outcome is written."""

    name: str
    reading: str = ""
    """`strict` where the scenario leaves the reading of unsettled rules open, as it is the strict end then; empty
    where the reading is given, or the outcome is none of law."""

    @property
    def in_seconds(self) -> bool:
        """Whether it is a time; all others are shares."""
        return self.name.startswith(_SECONDS)

    @property
    def scale(self) -> float:
        """What a value is multiplied by to be written in its unit."""
        return 1.0 if self.in_seconds else 100.0

    @property
    def unit(self) -> str:
        """Of values, as it stands after a number."""
        return "s" if self.in_seconds else "%"

    @property
    def units(self) -> str:
        """The same in words."""
        return "seconds" if self.in_seconds else "per cent"

    @property
    def gaps(self) -> str:
        """Unit of differences, in words."""
        return "seconds" if self.in_seconds else "points"

    @property
    def label(self) -> str:
        """Its name, with the reading that it goes by."""
        return f"{self.name}, {self.reading}" if self.reading else self.name

    def number(self, value: float, form: str = ".1f") -> str:
        """A value or a difference in its unit, which is not written."""
        return f"{self.scale * value:{form}}"


def wording(name: str, prepared: Prepared | None = None) -> Wording:
    """How an outcome is written.

    Args:
        name: As `outcomes.outcome` takes it.
        prepared: The experiment that it is of; without it nothing is said of readings.
    """
    open_in = "" if prepared is None or not of_strict_law(name) else _open_in(prepared)
    return Wording(name, {"": "", "all": "strict", "some": "strict where open"}[open_in])


def of_strict_law(name: str) -> bool:
    """Whether an outcome is the strict end of what is lawful where the reading of unsettled rules is open."""
    first, _, rest = name.partition(".")
    return first in _OF_LAW and not rest.endswith(_LENIENT)


def _open_in(prepared: Prepared) -> str:
    """Whether `all` cells leave the reading of unsettled rules open, or `some`; empty: none."""
    own = prepared.bench.scenario.get("reading")
    factor = next((one for one in prepared.layout.factors if one.path == "reading"), None)
    found = [own] if factor is None or prepared.layout.table else []  # a table may leave a field empty
    found += [] if factor is None else [value_of(level) for level in factor.levels]
    left_open = [reading is None for reading in found]
    return "all" if all(left_open) else "some" if any(left_open) else ""
