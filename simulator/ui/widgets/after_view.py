"""What came of a meeting, in four parts side by side as tabs."""

from __future__ import annotations

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import TabbedContent, TabPane, Tabs

from simulator.analysis.stage_answers import StageAnswers
from simulator.engine.play import Over
from simulator.ui.content import after
from simulator.ui.content.visit import Visit
from simulator.ui.widgets.told import Told


class AfterView(Vertical):
    """Tabs with what one person's meeting came to."""

    DEFAULT_CSS = """
    AfterView { height: auto; }
    AfterView TabbedContent, AfterView ContentSwitcher, AfterView TabPane { height: auto; }
    AfterView TabPane { padding: 1 0 0 0; }
    """

    def __init__(self, joined: Visit, over: Over) -> None:
        super().__init__()
        self._joined, self._over = joined, over

    def compose(self) -> ComposeResult:
        """You, your data, those around you, everybody."""
        joined, over = self._joined, self._over
        with TabbedContent():
            with TabPane("What you granted"):
                yield Told(lambda width: after.granted_view(joined, over, width))
            with TabPane("Your minutes"):
                yield Told(lambda width: after.minutes_view(joined, over, width))
            with TabPane("Around you"):
                yield Told(lambda width: after.around_view(joined, over, width))
            with TabPane("Everybody"):
                yield Told(lambda width: "Counting what everybody does …", id="everybody")

    def on_mount(self) -> None:
        """The arrow keys go from tab to tab."""
        self.query_one(Tabs).focus()

    def tell_everybody(self, answers: Mapping[str, StageAnswers]) -> None:
        """Show what everybody does, once it is counted."""
        joined, over = self._joined, self._over
        self.query_one("#everybody", Told).tell(lambda width: after.everybody_view(joined, over, answers, width))
