"""How fast a long run goes, and how spans of time are written."""

from __future__ import annotations


class Pace:
    """Follows how much of a run is done. A run may go on in further rounds, each with a larger total."""

    def __init__(self) -> None:
        self._total = 0
        self._underway: tuple[float, int] | None = None
        self._last = (0.0, 0)

    def note(self, done: int, total: int, now: float) -> None:
        """Take down what is done at a moment, in seconds of any clock."""
        if total != self._total:
            self._total, self._underway = total, None  # another round: the pause before it is none of its time
        if done and self._underway is None:
            self._underway = (now, done)  # the rate leaves out what came before: compiling, the first piece
        self._last = (now, done)

    @property
    def rate(self) -> float | None:
        """How much gets done in a second; None while that cannot be told."""
        if self._underway is None:
            return None
        seconds, done = (last - first for last, first in zip(self._last, self._underway, strict=True))
        return done / seconds if done > 0 and seconds > 0 else None


def span(seconds: float) -> str:
    """A span of time, such as `9 s` or `1 min 37 s`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours:,} h {minutes:02d} min"
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


def lasted(seconds: float) -> str:
    """How long something took: as `span`, and to a tenth below ten seconds."""
    return f"{seconds:.1f} s" if seconds < 9.95 else span(seconds)


def often(rate: float) -> str:
    """So many a second, such as `27 a second`; or where they are fewer, `1 every 3.1 s`."""
    return f"{rate:,.0f} a second" if rate >= 0.95 else f"1 every {lasted(1.0 / rate)}"
