"""What all screens have: bar, body, the reproducing command, footer; and a panel for what goes wrong in a worker."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer
from textual.worker import Worker, WorkerState

from simulator.errors import JoinlabError
from simulator.ui.screens.panels import ErrorPanel, HelpPanel
from simulator.ui.session import Session
from simulator.ui.widgets.frame import LEAST_HEIGHT, LEAST_WIDTH, Reproduce, ScreenBar, TooSmall

if TYPE_CHECKING:
    from simulator.ui.app import JoinlabApp


class JoinlabScreen(Screen[None]):
    """A screen of the app. Workers hand results to `call_from_thread` or return them; they touch no widget."""

    NAME: ClassVar[str]
    """As in the registry."""
    OF_SESSION: ClassVar[bool] = True
    """Whether its command is of the session's scenario and people."""
    HELP_TEXT: ClassVar[str] = ""
    """What can be done here, as Markdown."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark", "help", "Help"),
        Binding("c", "copy", "Copy command", show=False, tooltip="Copy the command that reproduces this."),
        Binding("down", "scroll(1)", "Scroll down", show=False),
        Binding("up", "scroll(-1)", "Scroll up", show=False),
        Binding("pagedown", "scroll(10)", "A page down", show=False),
        Binding("pageup", "scroll(-10)", "A page up", show=False),
    ]

    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (LEAST_WIDTH, "-narrow"), (100, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (LEAST_HEIGHT, "-flat"), (32, "-tall")]

    def __init__(self) -> None:
        super().__init__()
        self._asked = 0

    def ask(self) -> int:
        """The number of a new question to a worker: threads go on, and an older one may be answered later."""
        self._asked += 1
        return self._asked

    def is_newest(self, number: int) -> bool:
        """Whether what answers the question of that number is to be shown, as nothing was asked since."""
        return number == self._asked

    @property
    def joinlab(self) -> JoinlabApp:
        """The app."""
        return cast("JoinlabApp", self.app)

    @property
    def session(self) -> Session:
        """What all screens share."""
        return self.joinlab.session

    def compose(self) -> ComposeResult:
        """The frame, with the body in it."""
        yield ScreenBar(self.joinlab.places, self.NAME)
        with VerticalScroll(id="body", can_focus=False):
            yield from self.body()
        yield Reproduce(id="reproduce")
        yield Footer()
        yield TooSmall(id="too-small")

    def body(self) -> Iterable[Widget]:
        """What stands between bar and footer."""
        raise NotImplementedError

    def on_screen_resume(self) -> None:
        """Another screen may have changed the session."""
        self.show_command()
        self.renew()

    def renew(self) -> None:
        """Show the session as it is now."""

    def show_command(self) -> None:
        """Show the command that reproduces what is seen."""
        self.query_one(Reproduce).tell(self.joinlab.command_of(self.NAME))

    def action_help(self) -> None:
        """Say what this screen is for, and which keys work here."""
        self.app.push_screen(HelpPanel(self.joinlab.about(self.NAME), self.HELP_TEXT, self))

    def action_scroll(self, lines: int) -> None:
        """Move what is in view."""
        self.query_one("#body").scroll_relative(y=lines, animate=False)

    def action_copy(self) -> None:
        """Copy the reproducing command; the file that it names, of people changed here, is written first."""
        told = self.write_people() if self.OF_SESSION else ""
        if told is not None:
            self.app.copy_to_clipboard(self.query_one(Reproduce).command)
            self.notify(f"Copied. Paste it in a terminal.{told}", title="Command")

    def write_people(self) -> str | None:
        """Write people that were changed here to a file, as commands name it; a word on it, and None if that fails."""
        try:
            path = self.session.write_people()
        except JoinlabError as error:
            self.failed(error)
            return None
        if path is None:
            return ""
        self.show_command()
        self.people_written()
        return f" The people are in {path}, the scenario of all screens now."

    def people_written(self) -> None:
        """The people are the same, and the session's scenario is another."""
        self.renew()

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Tell something for a moment. What Textual itself tells has markup, what a screen tells has none."""
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=markup)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A worker that fails shows what went wrong; the app lives on."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            event.stop()
            self.failed(event.worker.error)

    def failed(self, error: BaseException) -> None:
        """Show what went wrong."""
        self.app.push_screen(ErrorPanel(error))
