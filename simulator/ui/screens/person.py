"""One synthetic participant under two flows: what they weigh at each stage, and what becomes of their data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from rich.console import RenderableType
from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widget import Widget

from simulator.text.layout import paragraph
from simulator.ui.content import person
from simulator.ui.content.join import flow_titles
from simulator.ui.content.waiting import preparing
from simulator.ui.screens.base import JoinlabScreen
from simulator.ui.screens.panels import Pick
from simulator.ui.widgets.told import Telling, Told


class PersonScreen(JoinlabScreen):
    """A participant's way through two flows."""

    NAME = "person"
    HELP_TEXT = """
One participant, whom the model made, meets two flows. Each bar is how likely an option was to this person; below it
stand the terms of its utility, to the right what speaks for it and to the left what speaks against. *Left* and *right*
go from stage to stage.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "person(1)", "Next", tooltip="The next participant."),
        Binding("p", "person(-1)", "Back", tooltip="The participant before."),
        Binding("right", "stage(1)", "Stage", tooltip="The next stage."),
        Binding("left", "stage(-1)", "Stage", show=False, tooltip="The stage before."),
        Binding("f", "flow(0)", "Flow", tooltip="Change the first flow."),
        Binding("o", "flow(1)", "Other", tooltip="Change the second flow."),
        Binding("j", "join", "Join", tooltip="Join a meeting as this participant."),
    ]

    @dataclass
    class Followed(Message):
        """A worker has followed the participant."""

        number: int
        found: person.Followed

    def __init__(self) -> None:
        super().__init__()
        self._found: person.Followed | None = None
        self._stage = 0
        self._seen: tuple[object, ...] | None = None

    def body(self) -> Iterable[Widget]:
        """Who, then both flows side by side."""
        yield Told(lambda width: paragraph(preparing("the participant"), width), id="who")
        with Horizontal(id="ways"):
            for side in ("first", "second"):
                with Vertical(classes="way"):
                    yield Told(id=f"{side}-flow")
                    yield Told(id=f"{side}-step")
                    yield Told(id=f"{side}-outcome")
        yield Told(person.terms_legend, id="legend")

    def renew(self) -> None:
        """Follow the session's participant, if it or the flows have changed since."""
        session = self.session
        state = (session.participant, *session.state(session.flows[:2]))
        if state != self._seen:
            self._seen = state
            self._follow(self.ask())

    @work(thread=True, exclusive=True, group="person", exit_on_error=False)
    def _follow(self, number: int) -> None:
        self.post_message(self.Followed(number, person.follow(self.session)))

    def on_person_screen_followed(self, message: Followed) -> None:
        """Show them."""
        if self.is_newest(message.number):
            self._found, self._stage = message.found, 0
            self._show()

    def on_resize(self) -> None:
        """A low window has no room for the whole introduction."""
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        found, stage = self._found, self._stage
        if found is None:
            return
        self.show_command()
        brief = self.has_class("-flat")
        self.query_one("#who", Told).tell(lambda width: person.who_text(found, width, brief=brief))
        for number, side in enumerate(("first", "second")):
            way = found.ways[number] if number < len(found.ways) else None
            for part in ("flow", "step", "outcome"):
                telling = None if way is None else _telling(part, found, way, stage)
                self.query_one(f"#{side}-{part}", Told).tell(telling)

    def action_person(self, by: int) -> None:
        """Another participant."""
        self.session.rejoin(participant=max(1, self.session.participant + by))
        self.renew()

    def action_stage(self, by: int) -> None:
        """Another stage."""
        if self._found is not None:
            most = person.most_steps(self._found.ways) - 1
            self._stage = max(0, min(self._stage + by, most))
            self._show()

    def action_flow(self, number: int) -> None:
        """Choose one of the two flows."""
        choices = [(name, f"{name}: {title}") for name, title in flow_titles()]
        current = self.session.flows[number] if number < len(self.session.flows) else None

        def take(name: str | None) -> None:
            if name is not None:
                flows = [*self.session.flows[:number], name, *self.session.flows[number + 1 :]]
                self.session.rejoin(flows=tuple(dict.fromkeys(flows)))
                self.renew()

        self.app.push_screen(Pick("Which flow?", choices, current), take)

    def action_join(self) -> None:
        """Join as this participant."""
        self.session.rejoin(yourself=None)
        self.app.switch_mode("join")


def _telling(part: str, found: person.Followed, way: person.Way, stage: int) -> Telling:
    def tell(width: int) -> RenderableType:
        if part == "flow":
            return person.title(way, width)
        return person.step_view(way, stage, width) if part == "step" else person.outcome_view(found, way, width)

    return tell
