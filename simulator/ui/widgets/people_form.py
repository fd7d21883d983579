"""Who is asked, as switches: what is off is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.app import ComposeResult
from textual.message import Message

from simulator.ui.content.stage import ToggleRow
from simulator.ui.widgets.lines import LineList, ToggleLine
from simulator.ui.widgets.words import Words

_TITLES = {"places": "Places", "meeting_types": "Meetings", "confidentiality": "How secret"}


class PeopleForm(LineList):
    """Switches for places, types of meetings and classes."""

    DEFAULT_CSS = """
    PeopleForm { height: auto; }
    PeopleForm .heading { text-style: bold; margin: 1 0 0 0; }
    """

    class Chosen(Message):
        """A switch was turned."""

        def __init__(self, form: PeopleForm, field: str, on: Sequence[str]) -> None:
            super().__init__()
            self.form, self.field, self.on = form, field, on

        @property
        def control(self) -> PeopleForm:
            """The form."""
            return self.form

    def __init__(self, switches: Mapping[str, Sequence[ToggleRow]]) -> None:
        super().__init__(id="form")
        self.switches = switches

    def compose(self) -> ComposeResult:
        """A heading and switches for each field."""
        for field, rows in self.switches.items():
            yield Words(_TITLES[field], classes="heading")
            for row in rows:
                yield ToggleLine(row).add_class(field)

    def takes(self, switches: Mapping[str, Sequence[ToggleRow]]) -> bool:
        """Stand as other switches of the same names do; False where they have other names."""
        rows = [(field, row) for field, each in switches.items() for row in each]
        lines = list(self.query(ToggleLine))
        if [row.id for _, row in rows] != [line.toggle.id for line in lines]:
            return False
        for (_, row), line in zip(rows, lines, strict=True):
            line.on = row.on
            line.renew()
        return True

    def on_toggle_line_changed(self, message: ToggleLine.Changed) -> None:
        """Tell which are on."""
        message.stop()
        field = next(field for field in self.switches if message.line.has_class(field))
        on = [line.toggle.id for line in self.query(f".{field}").results(ToggleLine) if line.on]
        self.post_message(self.Chosen(self, field, on))
