"""The only writer to stderr: errors, notes and progress; and the exit codes."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

import typer

from simulator.errors import JoinlabError
from simulator.text.pace import Pace, often, span


class Exit(IntEnum):
    """Exit codes."""

    OK = 0
    FAILED = 1
    USAGE = 2
    SOME_FAILED = 3
    INTERRUPTED = 130


def report(error: JoinlabError) -> None:
    """Say what is wrong and how to mend it."""
    print(error, file=sys.stderr)


def note(text: str) -> None:
    """Say something that is not the result."""
    print(f"note: {text}", file=sys.stderr)


class ProgressLine:
    """How far a run is, its rate and the time left, once it has taken a second. Silent before.

    On a terminal one line that is written over; elsewhere a line every ten seconds. A run may go on in further rounds:
    what was done before counts as done.
    """

    def __init__(self, unit: str = "meetings") -> None:
        self._unit = unit
        self._started = time.monotonic()
        self._last = self._started
        self._pace = Pace()
        self._said_why = False
        self._open = False

    def __call__(self, done: int, total: int) -> None:
        """Show it, if it is time."""
        now = time.monotonic()
        pause = 0.2 if sys.stderr.isatty() else 10.0
        first = 1.0 if sys.stderr.isatty() else 3.0
        self._pace.note(done, total, now)
        if done >= total:
            self.close()
        elif now - self._started >= first and now - self._last >= min(pause, now - self._started):
            self._show(done, total, now)

    def close(self) -> None:
        """End the line that is written over."""
        if self._open:
            print("\r" + " " * 78 + "\r", end="", file=sys.stderr, flush=True)
            self._open = False

    def _show(self, done: int, total: int, now: float) -> None:
        text = f"{done:,} of {total:,} {self._unit}"
        if not done:
            if self._said_why or not _compiles():
                return
            self._said_why = True
            text = "the first run on a machine compiles the engine, which takes some seconds"
        elif (rate := self._pace.rate) is not None:
            text = f"{text}, {often(rate)}, {span((total - done) / rate)} left"
        self._last = now
        if sys.stderr.isatty():
            print(f"\r{text:<78}", end="", file=sys.stderr, flush=True)
            self._open = True
        else:
            print(text, file=sys.stderr, flush=True)


@contextmanager
def progress_line(unit: str = "meetings", *, lost: str = "interrupted; nothing was written.") -> Iterator[ProgressLine]:
    """A progress line for as long as something runs; Ctrl-C ends the command with a note of what is lost."""
    line = ProgressLine(unit)
    try:
        yield line
    except KeyboardInterrupt:
        line.close()
        note(lost)
        raise typer.Exit(Exit.INTERRUPTED) from None
    finally:
        line.close()


def _compiles() -> bool:
    from simulator.compiled import compiles_first

    return compiles_first()
