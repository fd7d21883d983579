"""Panels that ask: for a line of text, for several of a list, for the settings of a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.screen import ModalScreen
from textual.suggester import SuggestFromList
from textual.widgets import Footer, Input, OptionList
from textual.widgets.option_list import Option

from simulator.errors import JoinlabError
from simulator.ui.content.setup import Field
from simulator.ui.widgets.words import Panel, Words

_CANCEL = Binding("escape", "dismiss(None)", "Cancel")


class Ask(ModalScreen[str | None]):
    """Asks for a line of text; what `refused` says of it is shown, and then it is not taken."""

    BINDINGS = [_CANCEL]

    def __init__(
        self, title: str, value: str = "", *, hint: str = "", refused: Callable[[str], str | None] = lambda text: None
    ) -> None:
        super().__init__()
        self._title, self._value, self._hint, self._refused = title, value, hint, refused

    def compose(self) -> ComposeResult:
        """A line to type in."""
        with Panel(self._title):
            if self._hint:
                yield Words(self._hint, classes="dim")
            yield Input(self._value, compact=True)
            yield Words(id="refused")
        yield Footer()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take it, or say why not."""
        why = self._refused(event.value)
        if why is None:
            self.dismiss(event.value)
        else:
            self.query_one("#refused", Words).update(f"\n{why}")


class _Narrow(Input):
    """A line to narrow a list down with; the space bar is left to the list."""

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether it takes a key for itself."""
        return key != "space" and super().check_consume_key(key, character)


class PickSeveral(ModalScreen[tuple[str, ...] | None]):
    """Some of a list, in the order in which they are taken; typing narrows the list down."""

    BINDINGS = [
        Binding("enter", "done", "Done", priority=True),
        Binding("space", "take", "Take or drop", priority=True),
        _CANCEL,
        Binding("down", "move(1)", "Next", show=False),
        Binding("up", "move(-1)", "Previous", show=False),
    ]

    def __init__(
        self, title: str, choices: Sequence[tuple[str, str]], taken: Sequence[str], *, least: int, most: int
    ) -> None:
        super().__init__()
        self._title, self._choices, self._least, self._most = title, list(choices), least, most
        self._taken = [*taken]

    def compose(self) -> ComposeResult:
        """A line to type in, what fits it, and how many may be taken."""
        with Panel(self._title, classes="pick several"):
            yield _Narrow(placeholder="type to narrow down", compact=True)
            yield OptionList(compact=True, markup=False)
            yield Words(id="taken")
        yield Footer()

    def on_mount(self) -> None:
        """Show all."""
        self.query_one(OptionList).can_focus = False
        self._fill("")

    def _fill(self, typed: str, at: int = 0) -> None:
        listed = self.query_one(OptionList)
        fits = [(name, text) for name, text in self._choices if typed.lower() in f"{name} {text}".lower()]
        listed.clear_options()
        listed.add_options(Option(self._words(name, text), id=name) for name, text in fits)
        listed.highlighted = min(at, len(fits) - 1) if fits else None
        self._tell()

    def _words(self, name: str, text: str) -> Text:
        mark = f"[{self._taken.index(name) + 1}]" if name in self._taken else "[ ]"
        return Text(f"{mark} {text}", no_wrap=True, overflow="ellipsis")

    def _tell(self) -> None:
        told = f"{len(self._taken)} taken; {self._least} to {self._most} are needed, the first is the baseline."
        self.query_one("#taken", Words).update(told)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow down."""
        self._fill(event.value)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take or drop the one that was clicked on."""
        self.action_take()

    def action_take(self) -> None:
        """Take or drop the one that is marked."""
        listed = self.query_one(OptionList)
        if listed.highlighted is None:
            return
        at = listed.highlighted
        name = str(listed.get_option_at_index(at).id)
        if name in self._taken:
            self._taken.remove(name)
        elif len(self._taken) < self._most:
            self._taken.append(name)
        self._fill(self.query_one(Input).value, at)

    def action_done(self) -> None:
        """Take those that are marked, if they are enough."""
        if self._least <= len(self._taken) <= self._most:
            self.dismiss(tuple(self._taken))

    def action_move(self, by: int) -> None:
        """Mark the next or the one before."""
        listed = self.query_one(OptionList)
        if by > 0:
            listed.action_cursor_down()
        else:
            listed.action_cursor_up()


class Form(ModalScreen[dict[str, str] | None]):
    """Several lines to fill in; `refused` raises what is wrong with them, and then they are not taken."""

    BINDINGS = [
        _CANCEL,
        Binding("down", "app.focus_next", "Next", show=False),
        Binding("up", "app.focus_previous", "Previous", show=False),
        Binding("enter", "done", "Done", priority=True),
    ]
    DEFAULT_CSS = """
    Form Horizontal { height: 1; }
    Form .label { width: 14; }
    Form Input { width: 1fr; }
    """

    def __init__(self, title: str, fields: Sequence[Field], refused: Callable[[Mapping[str, str]], object]) -> None:
        super().__init__()
        self._title, self._fields, self._refused = title, fields, refused

    def compose(self) -> ComposeResult:
        """A label and a line for each field."""
        with Panel(self._title, subtitle="down: next line; right: take the suggestion"):
            for field in self._fields:
                with Horizontal():
                    yield Words(field.label, classes="label")
                    near = SuggestFromList(field.words) if field.words else None
                    yield Input(field.value, id=field.name, compact=True, placeholder=field.hint, suggester=near)
            yield Words(id="refused")
        yield Footer()

    def action_done(self) -> None:
        """Take what is filled in, or say what is wrong with it."""
        given = {one.id or "": one.value.strip() for one in self.query(Input)}
        try:
            self._refused(given)
        except JoinlabError as error:
            self.query_one("#refused", Words).update(f"\n{error}")
        else:
            self.dismiss(given)
