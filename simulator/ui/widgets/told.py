"""Text that is worked out for the width there is, and anew when the width changes."""

from __future__ import annotations

from collections.abc import Callable

from rich.console import RenderableType
from textual.events import Resize
from textual.widgets import Static

Telling = Callable[[int], RenderableType]
"""Gives what is shown in so many columns."""


class Told(Static):
    """Shows what a telling gives for its width."""

    DEFAULT_CSS = """
    Told { width: 1fr; height: auto; }
    """

    def __init__(self, telling: Telling | None = None, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._telling = telling

    def tell(self, telling: Telling | None) -> None:
        """Show something else; None shows nothing."""
        self._telling = telling
        self._show()

    def on_resize(self, event: Resize) -> None:
        """Fit the new width."""
        self._show()

    def _show(self) -> None:
        width = self.content_size.width
        if self._telling is None or width <= 0:
            self.update("")
        else:
            self.update(self._telling(width))
