"""Ctrl-C where processes work: a terminal tells it to all of them, and the command alone answers, between two steps."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker


class Interrupts:
    """Takes Ctrl-C down, for as long as it is entered, so that it meets no half-started process or half-read result.

    Outside the main thread, which alone is interrupted, it does nothing.
    """

    def __init__(self) -> None:
        self._came = False

    def check(self) -> None:
        """Interrupt here, if Ctrl-C has come.

        Raises:
            KeyboardInterrupt: If it has.
        """
        if self._came:
            raise KeyboardInterrupt

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Take Ctrl-C down until this is left; as before then."""
        before = signal.getsignal(signal.SIGINT)
        # Who ignores it or has an answer of their own, such as a notebook, goes on with that.
        if threading.current_thread() is not threading.main_thread() or before is not signal.default_int_handler:
            yield
            return
        signal.signal(signal.SIGINT, self._take)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def _take(self, *_: object) -> None:
        self._came = True


@contextmanager
def deaf_from_birth() -> Iterator[None]:
    """Processes that are started within never hear Ctrl-C: not even while they load what would handle it."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows; there they are deaf from `deaf` on
        yield
        return
    resource_tracker.ensure_running()  # starting it later would take the block away
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def deaf() -> None:
    """This process ignores Ctrl-C from now on."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
