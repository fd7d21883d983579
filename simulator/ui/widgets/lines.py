"""Lines that can be pressed, with marks that need no colour: where the focus is, and which way a switch stands."""

from __future__ import annotations

from textwrap import wrap

from textual.binding import Binding
from textual.containers import Vertical
from textual.message import Message

from simulator.ui.content.stage import ToggleRow, toggle_mark
from simulator.ui.widgets.words import Words


class Line(Words, can_focus=True):
    """Something that can be pressed. Where the focus is, an arrow points at it."""

    BINDINGS = [
        Binding("enter,space", "press", "Choose"),
    ]

    DEFAULT_CSS = """
    Line { height: auto; padding: 0 1 0 0; }
    Line:focus { background: $primary 20%; text-style: bold; }
    """

    class Pressed(Message):
        """It was pressed."""

        def __init__(self, line: Line) -> None:
            super().__init__()
            self.line = line

        @property
        def control(self) -> Line:
            """The line."""
            return self.line

    def words(self) -> str:
        """What it says."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Show the words."""
        self.renew()

    def watch_has_focus(self, has_focus: bool) -> None:
        """Point at it, or no more."""
        super().watch_has_focus(has_focus)
        self.renew()

    def on_click(self) -> None:
        """As if pressed by key."""
        self.action_press()

    def action_press(self) -> None:
        """Tell that it was pressed."""
        self.post_message(self.Pressed(self))

    def renew(self) -> None:
        """Show the words as they are now."""
        self.update(f"{'> ' if self.has_focus else '  '}{self.words()}")


class ToggleLine(Line):
    """A switch."""

    class Changed(Message):
        """It was turned the other way."""

        def __init__(self, line: ToggleLine) -> None:
            super().__init__()
            self.line = line

        @property
        def control(self) -> ToggleLine:
            """The switch."""
            return self.line

    def __init__(self, toggle: ToggleRow) -> None:
        super().__init__()
        self.toggle, self.on = toggle, toggle.on

    def words(self) -> str:
        """How it stands, and for what; a long label is wrapped beside the mark."""
        mark = f"{toggle_mark(self.on)}  "
        room = self.content_size.width - len(mark) - 2
        lines = wrap(self.toggle.label, room) if room > 0 else [self.toggle.label]
        return f"\n{'':{len(mark) + 2}}".join([mark + lines[0], *lines[1:]])

    def on_resize(self) -> None:
        """Wrap anew."""
        self.renew()

    def action_press(self) -> None:
        """Turn it the other way."""
        self.on = not self.on
        self.renew()
        self.post_message(self.Changed(self))


class LineList(Vertical):
    """Lines among which the arrow keys move."""

    BINDINGS = [
        Binding("down", "move(1)", "Down", show=False),
        Binding("up", "move(-1)", "Up", show=False),
    ]

    def action_move(self, by: int) -> None:
        """Go to the line so many lines further, and no further than the last or first one."""
        lines = [line for line in self.query(Line) if line.focusable]
        focused = self.screen.focused
        at = next((index for index, line in enumerate(lines) if line is focused), 0)
        if lines:
            # At once, or keys typed fast would all move from the same line.
            self.screen.set_focus(lines[min(max(at + by, 0), len(lines) - 1)])
