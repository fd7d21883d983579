"""Text that is worked out for the width there is, and anew when the width changes."""

from __future__ import annotations

from collections.abc import Callable

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.text import Text

from simulator.ui.widgets.words import Words

Telling = Callable[[int], RenderableType]
"""Gives what is shown in so many columns."""


class _Fitted:
    """A telling as something to render: it is asked for the width that layout gives, so that its height is right."""

    def __init__(self, telling: Telling) -> None:
        self._telling = telling
        self._last: tuple[int, RenderableType] | None = None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = options.max_width
        if self._last is None or self._last[0] != width:
            found = self._telling(width)
            self._last = (width, Text(found) if isinstance(found, str) else found)  # Rich takes a str for markup
        yield self._last[1]


class Told(Words):
    """Shows what a telling gives for its width."""

    DEFAULT_CSS = """
    Told { width: 1fr; height: auto; }
    """

    def __init__(self, telling: Telling | None = None, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.tell(telling)

    def tell(self, telling: Telling | None, *, as_high: bool = False) -> None:
        """Show something else; None shows nothing. What is as high as before needs no layout, which takes long."""
        self.update("" if telling is None else _Fitted(telling), layout=not as_high)
