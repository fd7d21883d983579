"""Join a meeting: the room, the stages of its flow, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from rich.console import Group
from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widget import Widget

from simulator.analysis.stage_answers import StageAnswers, stage_answers
from simulator.engine.play import AtStage, AtTurn, Moment, Over
from simulator.scenario.vocabulary import DataCategory, Role
from simulator.text.explain_view import ROLES
from simulator.ui.content import join
from simulator.ui.content.stage import question_card
from simulator.ui.content.visit import Visit, visit
from simulator.ui.content.waiting import preparing
from simulator.ui.screens.base import JoinlabScreen
from simulator.ui.screens.panels import Pick
from simulator.ui.session import Yourself
from simulator.ui.widgets.after_view import AfterView
from simulator.ui.widgets.stage_view import StageView
from simulator.ui.widgets.told import Told
from simulator.ui.widgets.words import Words


class JoinScreen(JoinlabScreen):
    """One person's way into a meeting."""

    NAME = "join"
    HELP_TEXT = """
You stand before a meeting. *Enter* joins it. What the flow asks then comes as its file says: its words, its order,
what stands out and what is set already. Arrow keys move, *Enter* or *Space* chooses. An option that takes several
clicks has to be pressed as often. Account owners, administrators and hosts are simulated, unless you are the host.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "flow", "Flow", tooltip="Join under another flow."),
        Binding("n", "next", "Next", tooltip="Play the next generated person."),
        Binding("y", "yourself", "Yourself", tooltip="Play as yourself, or as the generated person again."),
        Binding("b", "back", "Back", tooltip="Take the last decision back."),
        Binding("r", "restart", "Door", tooltip="Come to the door again."),
    ]

    @dataclass
    class Arrived(Message):
        """A worker has found out where the decisions lead."""

        number: int
        joined: Visit
        moment: Moment
        fits: bool
        """Whether what was decided still answers what is asked; else nothing is decided in this moment."""

    @dataclass
    class Counted(Message):
        """A worker has counted what everybody does."""

        number: int
        answers: dict[str, StageAnswers]

    def __init__(self) -> None:
        super().__init__()
        self._joined: Visit | None = None
        self._moment: Moment | None = None
        self._inside = False
        self._over = False
        self._seen: tuple[object, ...] | None = None

    def body(self) -> Iterable[Widget]:
        """The flow, and below it what there is to see or to answer now."""
        yield Told(id="flow")
        with Horizontal(id="meeting"):
            yield Vertical(Words(preparing("the meeting"), classes="dim"), id="now")
            yield Told(id="side")

    def renew(self) -> None:
        """Find out where the session's decisions lead, if it has changed since."""
        session = self.session
        played = (session.participant, session.yourself, session.decisions, session.wanted)
        state = (*played, *session.state(session.flows[:1]))
        if state != self._seen:
            self._seen = state
            self._inside = self._inside or bool(session.decisions)
            self._find_out(self.ask())

    @work(thread=True, exclusive=True, group="visit", exit_on_error=False)
    def _find_out(self, number: int) -> None:
        joined, fits = visit(self.session), True
        try:
            moment = joined.moment(self.session.decisions, self.session.wanted)
        except ValueError:  # a file has been edited since
            moment, fits = joined.moment(()), False
        self.post_message(self.Arrived(number, joined, moment, fits))

    @work(thread=True, exclusive=True, group="counts", exit_on_error=False)
    def _count(self, number: int, joined: Visit) -> None:
        found = stage_answers(joined.plan, joined.flow, joined.seed, join.COUNTED)
        self.post_message(self.Counted(number, found))

    async def on_join_screen_arrived(self, message: Arrived) -> None:
        """Show it."""
        if not self.is_newest(message.number):
            return
        self._joined, self._moment = message.joined, message.moment
        if not message.fits:
            self.notify("Your answers do not fit what is asked now. You are at the door again.")
            self.session.rejoin()
            self._inside = False
        await self._show()

    def on_join_screen_counted(self, message: Counted) -> None:
        """Show what everybody does."""
        if self.is_newest(message.number):
            for view in self.query(AfterView):
                view.tell_everybody(message.answers)

    async def _show(self) -> None:
        joined, moment = self._joined, self._moment
        assert joined is not None
        assert moment is not None
        self.show_command()
        brief = self._inside
        self.query_one("#flow", Told).tell(lambda width: Group(*join.heading(joined, width, brief=brief)))
        asked = join.card_now(joined, moment, self.session.wanted) is not None
        self._over = self._inside and not asked
        side = self.query_one("#side", Told)
        side.tell(lambda width: join.side_view(joined, width))
        side.set_class(self._inside and asked, "shown")
        now = self.query_one("#now", Vertical)
        with self.app.batch_update():
            await now.remove_children()
            await now.mount(*self._parts(joined, moment))
        self.query_one("#body").scroll_home(animate=False)
        self.refresh_bindings()

    def _parts(self, joined: Visit, moment: Moment) -> Iterable[Widget]:
        card = join.card_now(joined, moment, self.session.wanted)
        if not self._inside:
            yield Told(lambda width: join.room_facts(joined, width))
            yield StageView(question_card("", "", ("join", "Join the meeting")), id="door")
            yield Told(lambda width: join.room_people(joined, width), id="people")
            return
        steps = join.common_steps(moment)
        yield Told(lambda width: join.told(joined, steps, width))
        if card is not None:
            yield StageView(card, ticking=self.session.ticking)
        elif isinstance(moment, Over):
            yield AfterView(joined, moment)
            self._count(self._asked, joined)

    def on_stage_view_answered(self, message: StageView.Answered) -> None:
        """Go on to where the answer leads."""
        message.stop()
        if not self._inside:
            self._inside, self._seen = True, None
        elif isinstance(self._moment, AtStage):
            self.session.decisions = (*self.session.decisions, message.decision)
        elif isinstance(self._moment, AtTurn):
            self.session.decisions = (*self.session.decisions, message.decision.option == "yes")
        else:
            self.session.wanted = frozenset(DataCategory(name) for name in message.decision.on)
        self.renew()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """At the door one chooses what to join; inside one goes on, back, or out."""
        if action in ("flow", "next", "yourself"):
            return self._over or not self._inside
        if action in ("back", "restart"):
            return self._inside
        return super().check_action(action, parameters)

    def action_back(self) -> None:
        """Take the last decision back, or come out of the meeting."""
        session = self.session
        if session.wanted is not None:
            session.wanted = None
        elif session.decisions:
            session.decisions = session.decisions[:-1]
        else:
            self._inside, self._seen = False, None
        self.renew()

    def action_restart(self) -> None:
        """Come to the door again."""
        self.session.rejoin()
        self._begin()

    def action_next(self) -> None:
        """Play the next generated person."""
        self.session.rejoin(participant=self.session.participant + 1)
        self._begin()

    def action_flow(self) -> None:
        """Choose another flow."""
        choices = [(name, f"{name}: {title}") for name, title in join.flow_titles()]
        self.app.push_screen(Pick("Join under which flow?", choices, self.session.flows[0]), self._take_flow)

    def _take_flow(self, name: str | None) -> None:
        if name is not None:
            others = [flow for flow in self.session.flows if flow != name]
            self.session.rejoin(flows=(name, *others[: len(self.session.flows) - 1]))
            self._begin()

    def action_yourself(self) -> None:
        """Play as yourself: choose where you are; or as the generated person again."""
        if self._joined is None:
            return
        if self.session.yourself is not None:
            self.session.rejoin(yourself=None)
            self._begin()
            return
        choices = [(code, f"{code}: {name}") for code, name in join.places(self._joined)]
        self.app.push_screen(Pick("You join as yourself. Where are you?", choices), self._take_place)

    def _take_place(self, code: str | None) -> None:
        if code is not None:
            choices = [(role.value, f"{role.value}: {ROLES[role]}") for role in Role]
            panel = Pick("What are you to the host?", choices, Role.PEER)
            self.app.push_screen(panel, lambda role: self._take_role(code, role))

    def _take_role(self, code: str, role: str | None) -> None:
        if role is not None:
            self.session.rejoin(yourself=Yourself(place=code, role=Role(role)))
            self._begin()

    def _begin(self) -> None:
        self._inside, self._seen = False, None
        self.renew()
