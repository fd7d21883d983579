"""Design: change a flow in place, and see beside it what that does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.message import Message
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Footer
from textual.worker import get_current_worker

from simulator.analysis.comparison import Comparison
from simulator.compiled import compiles_first
from simulator.errors import JoinlabError
from simulator.ui.content import compare, design, draft_file
from simulator.ui.content.draft import Draft, open_draft
from simulator.ui.content.levers import Kind, Lever, moved, typed
from simulator.ui.screens.asking import Ask
from simulator.ui.screens.base import JoinlabScreen
from simulator.ui.screens.panels import Pick
from simulator.ui.widgets.lever_list import LeverList
from simulator.ui.widgets.told import Told
from simulator.ui.widgets.words import Panel


class _StoppedError(Exception):
    """The draft has been changed again."""


class DiffPanel(ModalScreen[None]):
    """What differs from the original's file."""

    BINDINGS = [Binding("escape,q,d", "app.pop_screen", "Close")]

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self._draft = draft

    def compose(self) -> ComposeResult:
        """The lines."""
        with Panel("Changes to the file", classes="diff"):
            yield Told(lambda width: design.diff_view(self._draft, width))
        yield Footer()


class DesignScreen(JoinlabScreen):
    """The levers of one flow, and the effect of moving them."""

    NAME = "design"
    AUTO_FOCUS = ""
    HELP_TEXT = """
*Up* and *Down* go from lever to lever, *Left* and *Right* move one, *Enter* types or picks its value. A star marks what
differs from the original. After each change the same people meet the original and the changed flow: 2,000 at once, and
more until there are 50,000. What cannot be used as it stands is never run. Saved files are flows like any other.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "lever(-1)", "Change", key_display="←→", tooltip="Move the lever."),
        Binding("right", "lever(1)", "Change", show=False),
        Binding("enter", "value", "Value", tooltip="Type or pick the lever's value."),
        Binding("down", "line(1)", "Down", show=False),
        Binding("up", "line(-1)", "Up", show=False),
        Binding("pagedown", "line(8)", "Down", show=False),
        Binding("pageup", "line(-8)", "Up", show=False),
        Binding("u", "undo", "Undo", tooltip="Take the last change back."),
        Binding("y", "redo", "Redo", tooltip="Make the change again that was taken back last."),
        Binding("d", "diff", "Diff", tooltip="What differs from the original's file."),
        Binding("s", "save", "Save", tooltip="Save the changed flow as a file."),
        Binding("f", "flow", "Flow", tooltip="Change another flow."),
    ]

    @dataclass
    class Measured(Message):
        """There is an effect to show."""

        number: int
        found: Comparison

    def __init__(self) -> None:
        super().__init__()
        self.found: Comparison | None = None
        """The effect that is shown."""
        self._seen: tuple[object, ...] | None = None

    def body(self) -> Iterable[Widget]:
        """Levers to the left, their effect to the right."""
        with Horizontal(id="design"):
            yield LeverList(id="levers")
            with VerticalScroll(id="effect", can_focus=False):
                yield Told(id="title")
                yield Told(id="told-effect")
                yield Told(id="told-findings")

    @property
    def draft(self) -> Draft:
        """The flow that is being changed."""
        return design.current(self.session)

    def renew(self) -> None:
        """Show the draft, and run it, if anything that it depends on has changed."""
        try:
            draft = design.as_the_file_is(self.session)
        except JoinlabError as error:
            self.failed(error)
            return
        state = (draft, *self.session.state(()))
        if state == self._seen:
            return
        self._seen = state
        number = self.ask()
        self.query_one(LeverList).show(draft)
        self.query_one("#title", Told).tell(lambda width: design.title(draft, width))
        if draft.flow is None:
            self.workers.cancel_group(self, "effect")
            self.found = None
            self._tell_effect()
            self.query_one("#told-findings", Told).tell(None)
        else:
            self._tell_effect()
            self.query_one("#told-findings", Told).tell(lambda width: design.findings_view(draft, width))
            self._work(draft, number)
        self.show_command()
        self.refresh_bindings()

    @work(thread=True, exclusive=True, group="effect", exit_on_error=False)
    def _work(self, draft: Draft, number: int) -> None:
        worker = get_current_worker()

        def progress(done: int, total: int) -> None:
            if worker.is_cancelled:
                raise _StoppedError

        try:
            for found in design.growing(self.session, draft, progress):
                design.effect_view(found, 40)  # works the estimates out here, so that showing them takes a blink
                self.post_message(self.Measured(number, found))
        except _StoppedError:
            return

    def on_design_screen_measured(self, message: Measured) -> None:
        """Show the effect, unless the draft has been changed since."""
        if self.is_newest(message.number):
            self.found = message.found
            self._tell_effect()

    def _tell_effect(self) -> None:
        draft, found = self.draft, self.found
        shown = self.query_one("#told-effect", Told)
        if draft.flow is None:
            shown.tell(lambda width: design.problems_view(draft, width))
        elif found is not None:
            shown.tell(lambda width: design.effect_view(found, width))
        elif compiles_first():
            shown.tell(lambda width: "Compiling the engine, which is done once on a machine …")

    def _change(self, path: str, value: object) -> None:
        self._put(self.draft.with_edit(path, value))  # type: ignore[arg-type]

    def _put(self, draft: Draft) -> None:
        self.session.draft, self.session.saved = draft, None
        self.renew()

    def on_lever_list_picked(self, message: LeverList.Picked) -> None:
        """Point at what was clicked on."""
        levers = self.query_one(LeverList)
        if design.lever_at(self.draft, message.number) is not None:
            levers.at = message.number
            levers.show(self.draft)

    def action_line(self, by: int) -> None:
        """Point at another lever."""
        self.query_one(LeverList).move(by)

    def action_lever(self, by: int) -> None:
        """Move the lever."""
        lever = self.query_one(LeverList).lever
        if lever is not None and moved(lever, by) != lever.value:
            self._change(lever.path, moved(lever, by))

    def action_value(self) -> None:
        """Type or pick a value."""
        lever = self.query_one(LeverList).lever
        if lever is None:
            return
        if lever.kind is Kind.WORDS:
            choices = [(str(number), lever.told(value)) for number, value in enumerate(lever.words)]
            now = str(lever.words.index(lever.value)) if lever.value in lever.words else None
            self.app.push_screen(
                Pick(lever.label, choices, now),
                lambda number: None if number is None else self._change(lever.path, lever.words[int(number)]),
            )
            return
        hint = {Kind.ORDER: "all of them, with commas", Kind.TEXT: ""}.get(lever.kind, lever.kind.value)
        self.app.push_screen(
            Ask(lever.label, _as_typed(lever), hint=hint, refused=lambda text: self._refused(lever, text)),
            lambda text: None if text is None else self._change(lever.path, typed(lever, text)),
        )

    def _refused(self, lever: Lever, text: str) -> str | None:
        """Why an order cannot be had; of all else the flow's own model says so, and the draft shows it."""
        try:
            assert self.draft.with_edit(lever.path, typed(lever, text)).changed
        except JoinlabError as error:
            return str(error)
        return None

    def action_undo(self) -> None:
        """Take the last change back."""
        self._put(self.draft.undo())

    def action_redo(self) -> None:
        """Make it again."""
        self._put(self.draft.redo())

    def action_diff(self) -> None:
        """Show what differs."""
        self.app.push_screen(DiffPanel(self.draft))

    def action_save(self) -> None:
        """Save the changed flow."""
        draft = self.draft
        panel = Ask(
            "Save as", draft_file.default_name(draft), refused=lambda name: draft_file.refused(draft, name.strip())
        )
        self.app.push_screen(panel, self._save)

    def _save(self, name: str | None) -> None:
        if name is None:
            return
        try:
            path = draft_file.save(self.draft, name.strip())
        except JoinlabError as error:
            self.failed(error)
            return
        self.session.saved = str(path)
        self.show_command()
        self.notify(f"{path}. Compare and Join take it like any other flow.", title="Saved")

    def action_flow(self) -> None:
        """Change another flow."""
        choices = compare.flow_choices(self.session)
        self.app.push_screen(Pick("Change which flow?", choices, self.session.flows[0]), self._take_flow)

    def _take_flow(self, name: str | None) -> None:
        if name is not None:
            others = [flow for flow in self.session.flows if flow != name]
            self.session.rejoin(flows=(name, *others[: max(1, len(self.session.flows) - 1)]), draft=open_draft(name))
            self.renew()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What can be taken back, made again, compared or saved."""
        draft = self.session.draft
        if action in ("undo", "redo", "diff", "save"):
            if draft is None:
                return False
            return bool({"undo": draft.made, "redo": draft.undone}.get(action, draft.edits))
        return super().check_action(action, parameters)


def _as_typed(lever: Lever) -> str:
    value = lever.value
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return "null" if value is None else str(value)
