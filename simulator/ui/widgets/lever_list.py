"""The levers of a flow, one a line; an arrow points at the one that the keys move."""

from __future__ import annotations

from rich.console import Group
from textual.containers import VerticalScroll
from textual.geometry import Region
from textual.message import Message

from simulator.ui.content import design
from simulator.ui.content.draft import Draft
from simulator.ui.content.levers import Lever
from simulator.ui.widgets.told import Told


class LeverList(VerticalScroll, can_focus=False):
    """Shows a draft's levers and which one is pointed at."""

    DEFAULT_CSS = """
    LeverList { scrollbar-size-vertical: 1; }
    """

    class Picked(Message):
        """A line was clicked."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(Told(), id=id)
        self.draft: Draft | None = None
        self.at = 0

    @property
    def lever(self) -> Lever | None:
        """The lever that is pointed at."""
        return None if self.draft is None else design.lever_at(self.draft, self.at)

    def show(self, draft: Draft) -> None:
        """Show how a draft's levers stand."""
        self.draft = draft
        self.at = min(self.at, len(draft.lines) - 1)
        if self.lever is None:
            self.move(1)
        self._tell()

    def move(self, by: int) -> None:
        """Point at the next lever in a direction, and at none beyond the ends; headings are passed over."""
        assert self.draft is not None
        levers = [number for number, line in enumerate(self.draft.lines) if isinstance(line, Lever)]
        ahead = [number for number in levers if (number - self.at) * by > 0]
        if ahead:
            ahead.sort(reverse=by < 0)
            self.at = ahead[min(abs(by), len(ahead)) - 1]
        self._tell()

    def _tell(self) -> None:
        draft, at = self.draft, self.at
        assert draft is not None
        self.query_one(Told).tell(
            lambda width: Group(
                *(design.lever_text(draft, number, width, marked=number == at) for number in range(len(draft.lines)))
            )
        )
        self.call_after_refresh(self.scroll_to_region, Region(0, at - 1, 1, 3), animate=False)

    def on_click(self, event: object) -> None:
        """Point at what is clicked on."""
        offset = getattr(event, "y", None)
        if isinstance(offset, int):
            self.post_message(self.Picked(offset + self.scroll_offset.y))
