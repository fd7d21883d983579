"""What to do about a file that the app cannot write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from simulator.batch.durable import StoreError

REMEDY = "Write to another folder, or make room in this one. The app goes on."


@contextmanager
def writing() -> Iterator[None]:
    """Says what can be done in the app, where there are no options, about what cannot be written.

    Raises:
        StoreError: If what is done within does.
    """
    try:
        yield
    except StoreError as error:
        raise StoreError(replace(problem, remedy=REMEDY) for problem in error.problems) from None
