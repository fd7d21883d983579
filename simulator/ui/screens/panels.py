"""Panels over a screen: help, what went wrong, and a choice from a list."""

from __future__ import annotations

import traceback
from collections.abc import Sequence

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import ModalScreen, Screen
from textual.widgets import Footer, Input, Markdown, OptionList
from textual.widgets.option_list import Option

from simulator.errors import JoinlabError
from simulator.ui.widgets.words import Panel, Words

_CLOSE = Binding("escape,q", "app.pop_screen", "Close")


class HelpPanel(ModalScreen[None]):
    """What a screen is for, and the keys that work on it."""

    BINDINGS = [_CLOSE, Binding("question_mark", "app.pop_screen", "Close", show=False)]

    def __init__(self, about: str, text: str, screen: Screen[object] | Screen[None]) -> None:
        super().__init__()
        self._text = f"{about}\n\n{text}".strip()
        self._keys = _keys_of(screen)

    def compose(self) -> ComposeResult:
        """Text, then keys."""
        with Panel("Help"):
            yield Markdown(self._text)
            yield Words(_as_lines(self._keys))
        yield Footer()


def _keys_of(screen: Screen[object] | Screen[None]) -> list[tuple[str, str]]:
    """Keys that work on a screen, with what each does; the longer words of a tooltip where there are any."""
    found: dict[str, list[str]] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        ours = type(active.node).__module__.startswith("simulator.")
        if ours and active.enabled and (binding.description or binding.tooltip) and not binding.system:
            does = binding.tooltip or binding.description
            found.setdefault(does, []).append(screen.app.get_key_display(binding))
    return [(", ".join(dict.fromkeys(keys)), does) for does, keys in found.items()]


def _as_lines(keys: Sequence[tuple[str, str]]) -> Text:
    room = max((len(key) for key, _ in keys), default=0)
    return Text("\n").join(Text.assemble((f"{key:<{room}}", "bold"), f"  {does}") for key, does in keys)


class ErrorPanel(ModalScreen[None]):
    """What went wrong. A fault in what was given says how to mend it; any other is the app's own."""

    BINDINGS = [_CLOSE, Binding("enter", "app.pop_screen", "Close", show=False)]

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self.error = error

    def compose(self) -> ComposeResult:
        """What, and where."""
        ours = not isinstance(self.error, JoinlabError)
        title = "Something went wrong" if ours else "This cannot be used as it stands"
        with Panel(title, classes="error"):
            if ours:
                name = type(self.error).__name__
                yield Words(f"{name}: {self.error}")
                yield Words("\nThis is a fault of joinlab. The app goes on; what you had is still there.\n")
                yield Words("".join(traceback.format_exception(self.error)), classes="trace")
            else:
                yield Words(str(self.error))
        yield Footer()


class Pick(ModalScreen[str | None]):
    """One of a list, narrowed down by typing."""

    BINDINGS = [
        Binding("escape", "dismiss(None)", "Cancel"),
        Binding("down", "move(1)", "Next", show=False),
        Binding("up", "move(-1)", "Previous", show=False),
    ]

    def __init__(self, title: str, choices: Sequence[tuple[str, str]], current: str | None = None) -> None:
        super().__init__()
        self._title, self._choices, self._current = title, list(choices), current

    def compose(self) -> ComposeResult:
        """A line to type in, and what fits it."""
        with Panel(self._title, classes="pick"):
            yield Input(placeholder="type to narrow down", compact=True)
            yield OptionList(compact=True, markup=False)
        yield Footer()

    def on_mount(self) -> None:
        """Show all, the current one marked."""
        self.query_one(OptionList).can_focus = False
        self._fill("")
        names = [name for name, _ in self._choices]
        if self._current in names:
            self.query_one(OptionList).highlighted = names.index(self._current)

    def _fill(self, typed: str) -> None:
        listed = self.query_one(OptionList)
        words = typed.lower().split()
        fits = [(n, t) for n, t in self._choices if all(word in f"{n} {t}".lower() for word in words)]
        listed.clear_options()
        listed.add_options(Option(Text(title, no_wrap=True, overflow="ellipsis"), id=name) for name, title in fits)
        listed.highlighted = 0 if fits else None

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow down."""
        self._fill(event.value)

    def on_input_submitted(self) -> None:
        """Take the one that is marked."""
        listed = self.query_one(OptionList)
        if listed.highlighted is not None:
            self.dismiss(listed.get_option_at_index(listed.highlighted).id)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the one that was clicked on."""
        self.dismiss(event.option.id)

    def action_move(self, by: int) -> None:
        """Mark the next or the one before."""
        listed = self.query_one(OptionList)
        if by > 0:
            listed.action_cursor_down()
        else:
            listed.action_cursor_up()
