"""What surrounds every screen: the bar of screens, the reproducing command, the word of a window too small."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.text import Text
from textual.content import Content

from simulator.ui.widgets.words import Words

LEAST_WIDTH, LEAST_HEIGHT = 60, 20


class Place(NamedTuple):
    """A screen, as the bar names it."""

    name: str
    key: str
    title: str


class ScreenBar(Words):
    """The screens with their keys, the one in view marked."""

    DEFAULT_CSS = """
    ScreenBar { height: 1; padding: 0 1; background: $panel; color: $foreground 80%; }
    """

    def __init__(self, places: Sequence[Place], current: str) -> None:
        super().__init__(id="bar")
        self.places, self.current = places, current

    def render(self) -> Content:
        """One line, with as much in it as there is room for: last of all, only the keys of the other screens."""
        ways = (self._line(named=True, titles=True), self._line(named=False, titles=True))
        room = self.content_size.width
        return next((line for line in ways if line.cell_length <= room), self._line(named=True, titles=False))

    def _line(self, *, named: bool, titles: bool) -> Content:
        parts: list[tuple[str, str] | str] = [("joinlab", "bold $accent"), "  "] if named else []
        for place in self.places:
            if place.name == self.current:
                parts += [(f"[{place.key} {place.title}]", "bold $primary"), " "]
            else:
                parts += [(place.key, "$accent"), f" {place.title}  " if titles else " "]
        return Content.assemble(*parts)


class Reproduce(Words):
    """The command that shows the same on the command line."""

    DEFAULT_CSS = """
    Reproduce { height: auto; max-height: 3; padding: 0 1; color: $foreground 70%; background: $surface; }
    """

    def tell(self, command: str) -> None:
        """Show a command."""
        self.command = command
        self.update(Text.assemble(("$ ", "bold"), command, overflow="fold"))

    command = ""


class TooSmall(Words):
    """What a window says that is too small to show anything properly."""

    DEFAULT_CSS = """
    TooSmall { display: none; width: 100%; height: 100%; content-align: center middle; text-align: center; }
    """

    def on_mount(self) -> None:
        """Say what is needed."""
        self.update(f"joinlab needs at least\n{LEAST_WIDTH} columns and {LEAST_HEIGHT} lines.\nMake the window larger.")
