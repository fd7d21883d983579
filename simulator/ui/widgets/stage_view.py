"""A stage that waits for an answer, by keyboard or mouse."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from simulator.engine.reference_people import Decision
from simulator.scenario.vocabulary import ToggleSetting
from simulator.ui.content.stage import LOOK, MORE, NOTHING, Card, Choice, Weight, choice_words, time_words
from simulator.ui.widgets.lines import Line, LineList, ToggleLine
from simulator.ui.widgets.words import Words, as_title


class ChoiceLine(Line):
    """An option. One that takes several clicks has to be pressed as often."""

    DEFAULT_CSS = """
    ChoiceLine { width: auto; max-width: 100%; padding: 0 1; }
    ChoiceLine.strong { background: $primary; color: $background; text-style: bold; margin: 0 0 0 1; }
    ChoiceLine.plain { background: $panel; margin: 0 0 0 1; }
    ChoiceLine.faint { color: $foreground 65%; margin: 0 0 0 1; }
    ChoiceLine.strong:focus, ChoiceLine.plain:focus { background: $accent; color: $background; }
    """

    def __init__(self, choice: Choice) -> None:
        super().__init__(classes=choice.weight.value)
        self.choice, self.pressed = choice, 0

    def words(self) -> str:
        """The label, with what is left to press."""
        return choice_words(self.choice, self.pressed)

    def action_press(self) -> None:
        """Count the press; the last one takes the option."""
        self.pressed += 1
        if self.pressed >= max(1, self.choice.clicks):
            super().action_press()
        else:
            self.renew()


class OpenLine(Line):
    """What has to be opened before more can be seen."""

    def __init__(self, label: str, id: str) -> None:
        super().__init__(id=id)
        self.label = label

    def words(self) -> str:
        """The label."""
        return self.label


class StageView(LineList):
    """A stage and its answer."""

    DEFAULT_CSS = """
    StageView { height: auto; border: round $primary; padding: 0 1; background: $surface; border-title-style: bold; }
    StageView .note { color: $foreground 70%; margin: 1 0 0 0; }
    StageView .toggles, StageView .options { height: auto; margin: 1 0 0 0; }
    StageView.bare .options { margin: 0; }
    StageView .shut { display: none; }
    StageView.bare { border: none; padding: 0; background: $background; }
    """

    class Answered(Message):
        """Somebody answered the stage."""

        def __init__(self, view: StageView, decision: Decision) -> None:
            super().__init__()
            self.view, self.decision = view, decision

        @property
        def control(self) -> StageView:
            """The stage."""
            return self.view

    def __init__(self, card: Card, *, id: str | None = None, ticking: bool = False) -> None:
        super().__init__(id=id)
        self._left = card.time_limit if ticking else None
        self.card = card
        self._answered = False
        self.border_title = as_title(card.place)
        self.set_class(not card.place, "bare")

    def compose(self) -> ComposeResult:
        """The words, the toggles, the options; what is out of sight behind a line that opens it."""
        closed = " shut" if self.card.closed else ""
        if self.card.closed:
            yield Words(self.card.closed, classes="text opener")
            yield OpenLine(LOOK, "look")
            if any(choice.id is None for choice in self.card.choices):
                yield ChoiceLine(Choice(None, NOTHING, Weight.PLAIN, 1))
        if self.card.text:
            yield Words(self.card.text, classes=f"text inside{closed}")
        if self.card.notes:
            yield Words("\n".join(self.card.notes), classes=f"note inside{closed}")
        if self.card.time_limit:
            yield Words(time_words(self.card.time_limit), id="time", classes="note")
        if self.card.toggles:
            with Vertical(classes=f"toggles inside{closed}"):
                yield from (ToggleLine(toggle) for toggle in self.card.toggles)
        with Vertical(classes=f"options inside{closed}"):
            for choice in self.card.choices:
                line_of = ChoiceLine(choice)
                line_of.set_class(choice.hidden, "shut")
                yield line_of
            if any(choice.hidden for choice in self.card.choices):
                yield OpenLine(MORE, "more")

    def on_mount(self) -> None:
        """Begin at the first thing that can be pressed, and count down where time is limited."""
        if self._left is not None:
            self.set_interval(1.0, self.tick)
        self._focus_first()

    def _focus_first(self) -> None:
        self.action_move(0)

    def tick(self) -> None:
        """A second has passed; the last one leaves the stage unanswered."""
        assert self._left is not None, "nothing ticks without a limit"
        self._left -= 1
        silence = self.card.unanswered
        if self._left > 0 or silence is None:
            self.query_one("#time", Words).update(time_words(max(self._left, 0)))
        elif not self._answered:
            self._answered = True
            self.post_message(self.Answered(self, Decision(silence.id)))

    def on_line_pressed(self, message: Line.Pressed) -> None:
        """Open what was shut, or answer."""
        message.stop()
        line = message.line
        if isinstance(line, OpenLine):
            self._open(line)
        elif isinstance(line, ChoiceLine) and not self._answered:
            self._answered = True  # a second press, made before the next stage is there, is no second answer
            self.post_message(self.Answered(self, self._decision(line.choice)))

    def _open(self, line: OpenLine) -> None:
        if line.id == "more":
            found = [one for one in self.query(ChoiceLine) if one.choice.hidden]
            self.query(ChoiceLine).remove_class("shut")
            line.remove()
            found[0].focus()
            return
        for before in [*self.query(".opener"), *(one for one in self.children if isinstance(one, ChoiceLine))]:
            before.remove()
        line.remove()
        self.query(".inside").remove_class("shut")
        self.call_after_refresh(self._focus_first)

    def _decision(self, choice: Choice) -> Decision:
        on = (line.toggle.id for line in self.query(ToggleLine) if line.on)
        return Decision(choice.id, frozenset(on) if choice.sets is ToggleSetting.AS_SET else frozenset())
