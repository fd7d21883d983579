"""The terminal, or pipe, that results are written to."""

from __future__ import annotations

from typing import NoReturn

from rich.console import Console


class _Output(Console):
    def on_broken_pipe(self) -> NoReturn:
        raise BrokenPipeError  # `main` ends the command; rich would call it a failure


def console() -> Console:
    """Where results go."""
    wide = Console()
    # A line that a projector shows well; the width of a pipe or a narrow terminal is taken as it is.
    return _Output(width=min(wide.width, 100) if wide.is_terminal else 80, highlight=False)
