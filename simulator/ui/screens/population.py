"""Who is asked: the mix of people and meetings, changed by switches, and some of the people by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widget import Widget

from simulator.errors import UsageError
from simulator.text.layout import paragraph
from simulator.ui.content import population
from simulator.ui.content.stage import ToggleRow
from simulator.ui.content.waiting import preparing
from simulator.ui.screens.base import JoinlabScreen
from simulator.ui.screens.panels import Pick
from simulator.ui.widgets.people_form import PeopleForm
from simulator.ui.widgets.told import Told


class PopulationScreen(JoinlabScreen):
    """The people of the scenario, and what can be changed about them."""

    NAME = "population"
    HELP_TEXT = """
Who is asked decides as much as how. Switch places, types of meetings and classes on and off, and move the share of
people who are willing; every other screen then runs with these people. With fewer places than the scenario has, the
meetings are spread over them in equal parts, with everybody where the host is.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("plus,equals_sign", "willing(1)", "Willing", key_display="+", tooltip="More people are willing."),
        Binding("minus", "willing(-1)", "Less", key_display="-", show=False, tooltip="Fewer people are willing."),
        Binding("n", "page(1)", "Next people", tooltip="The next people by name."),
        Binding("p", "page(-1)", "Back", show=False, tooltip="The people before."),
        Binding("s", "scenario", "Scenario", tooltip="Take another scenario."),
        Binding("w", "write", "Write", tooltip="Write the changed scenario to a file."),
        Binding("r", "reset", "Reset", tooltip="Take all changes back."),
    ]

    @dataclass
    class Found(Message):
        """A worker has counted who is asked."""

        number: int
        found: population.Asked
        switches: dict[str, list[ToggleRow]]
        willing: str

    def __init__(self) -> None:
        super().__init__()
        self._found: population.Asked | None = None
        self._seen: tuple[object, ...] | None = None

    def body(self) -> Iterable[Widget]:
        """Switches to the left, figures and names to the right."""
        yield Told(lambda width: paragraph(preparing("the people"), width), id="what")
        with Horizontal(id="asked"):
            with Vertical(id="switches"):
                yield Told(id="willing")
                yield Vertical(id="place-of-form")
            with Vertical(id="mix"):
                yield Told(id="bars")
        yield Told(id="names")

    def renew(self) -> None:
        """Count anew, if the people have changed since."""
        session = self.session
        state = (session.participant, *session.state(session.flows))
        if state != self._seen:
            self._seen = state
            self._count(self.ask())

    @work(thread=True, exclusive=True, group="population", exit_on_error=False)
    def _count(self, number: int) -> None:
        session = self.session
        found, switches = population.count(session), population.switches(session)
        self.post_message(self.Found(number, found, switches, population.willing_line(session)))

    async def on_population_screen_found(self, message: Found) -> None:
        """Show them."""
        if not self.is_newest(message.number):
            return
        found, session = message.found, self.session
        self.show_command()
        self.query_one("#what", Told).tell(lambda width: population.what_text(found, session, width))
        self.query_one("#willing", Told).tell(lambda width: population.willing_view(message.willing, width))
        self.query_one("#bars", Told).tell(lambda width: population.mix_view(found, width))
        first = session.participant
        self.query_one("#names", Told).tell(lambda width: population.people_view(found, first, width))
        await self._show_switches(message.switches)

    async def _show_switches(self, switches: dict[str, list[ToggleRow]]) -> None:
        forms = self.query(PeopleForm)
        if forms and forms.first().takes(switches):
            return
        place = self.query_one("#place-of-form")
        await place.remove_children()
        await place.mount(PeopleForm(switches))
        self.query_one(PeopleForm).action_move(0)

    def on_people_form_chosen(self, message: PeopleForm.Chosen) -> None:
        """Ask only those that are on."""
        message.stop()
        try:
            changed = population.chosen(self.session, message.field, message.on)
        except UsageError as error:
            self.failed(error)
            self._seen = None
        else:
            self.session.rejoin(people=changed)
        self.renew()

    def action_willing(self, by: int) -> None:
        """More or fewer people are willing."""
        self.session.rejoin(people=population.willing_by(self.session, by))
        self.renew()

    def action_page(self, by: int) -> None:
        """Other people by name."""
        first = max(1, self.session.participant + by * population.PAGE)
        self.session.rejoin(participant=first)
        self.renew()

    def action_reset(self) -> None:
        """Ask everybody again whom the scenario asks."""
        self.session.rejoin(people=None)
        self.renew()

    def action_scenario(self) -> None:
        """Choose another scenario."""
        panel = Pick("Which scenario?", population.scenario_titles(), self.session.scenario)
        self.app.push_screen(panel, self._take_scenario)

    def _take_scenario(self, name: str | None) -> None:
        if name is not None:
            self.session.rejoin(scenario=name, people=None, participant=1)
            self.renew()

    def action_write(self) -> None:
        """Write the changed scenario, and go on with the file."""
        if self.session.people is None:
            self.notify("Nothing is changed here, so there is nothing to write.")
            return
        told = self.write_people()
        if told:
            self.notify(told.strip())
