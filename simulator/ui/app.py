"""The app: which screens there are, how one gets from one to the other, and how it looks."""

from __future__ import annotations

import gc
from collections.abc import Iterable
from typing import Any, ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from simulator.ui.registry import SCREENS, entry
from simulator.ui.session import Session
from simulator.ui.theme import ANSI_DARK, ANSI_LIGHT, DARK, LIGHT


class JoinlabApp(App[None]):
    """`joinlab ui`."""

    TITLE = "joinlab"
    CSS_PATH = "joinlab.tcss"
    MODES: ClassVar[dict[str, Any]] = {one.name: one.screen for one in SCREENS}
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(one.key, f"app.switch_mode('{one.name}')", one.title, show=False, tooltip=one.about)
            for one in SCREENS
        ),
        Binding("ctrl+t", "other_theme", "Dark/light", show=False, tooltip="Dark or light."),
        Binding("ctrl+q", "quit", "Quit", show=False),
    ]

    def __init__(self, session: Session, *, first: str = SCREENS[0].name) -> None:
        super().__init__()
        self.session = session
        self.ansi_theme_dark, self.ansi_theme_light = ANSI_DARK, ANSI_LIGHT
        self.places = tuple(one.place for one in SCREENS)
        self._first = entry(first).name

    def on_mount(self) -> None:
        """Go to the first screen."""
        # Looking through all that was loaded for garbage would halt the app for a tenth of a second, again and again.
        gc.freeze()
        for theme in (DARK, LIGHT):
            self.register_theme(theme)
        self.theme = DARK.name
        self.switch_mode(self._first)

    def about(self, name: str) -> str:
        """What a screen is for."""
        return entry(name).about

    def command_of(self, name: str) -> str:
        """The command that reproduces what a screen shows."""
        return entry(name).command(self.session)

    def action_other_theme(self) -> None:
        """Change between dark and light."""
        self.theme = LIGHT.name if self.theme == DARK.name else DARK.name

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """What the command palette offers: every screen, then what applies to all of them."""
        for one in SCREENS:
            yield SystemCommand(one.title, one.about, lambda name=one.name: self.switch_mode(name))
        yield SystemCommand("Dark or light", "Change the colours.", self.action_other_theme)
        yield SystemCommand("Screenshot", "Save this screen as SVG.", lambda: self.set_timer(0.1, self.save_screenshot))
        yield SystemCommand("Quit", "Leave joinlab.", self.action_quit)
