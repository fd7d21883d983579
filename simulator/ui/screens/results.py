"""Results: runs that were kept, or read from files; compared, named and taken away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget

from simulator.batch.durable import write
from simulator.ui.content import results
from simulator.ui.content.stage import ToggleRow
from simulator.ui.content.writing import writing
from simulator.ui.picture import without_outside_fonts
from simulator.ui.screens.asking import Ask
from simulator.ui.screens.base import JoinlabScreen
from simulator.ui.screens.panels import Pick
from simulator.ui.session import Kept
from simulator.ui.widgets.lines import LineList, ToggleLine
from simulator.ui.widgets.told import Told


class RunLine(ToggleLine):
    """A run, and whether it takes part in the comparison."""

    class Pointed(Message):
        """It is the one that is pointed at now."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self, kept: Kept, number: int, shown: bool) -> None:
        super().__init__(ToggleRow(kept.name, results.entry(kept), shown, ""))
        self.number = number

    def on_focus(self) -> None:
        """Say so."""
        self.post_message(self.Pointed(self.number))


class ResultsScreen(JoinlabScreen):
    """A list of runs, and below it those that are switched on, side by side."""

    NAME = "results"
    OF_SESSION = False
    AUTO_FOCUS = ""
    HELP_TEXT = """
Runs come from the Compare screen (*k* there), or from files (*l*). *Up* and *Down* go from run to run; the command
shown is that of the run pointed at. *Space* takes a run into the comparison below, or out of it. *e* writes the run
pointed at as a table, or a chart of all that are compared.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "load", "Load", tooltip="Read results from a JSON file, or a folder of them."),
        Binding("n", "name", "Name", tooltip="Give the run another name."),
        Binding("e", "export", "Export", tooltip="Write a table, a chart or a picture of the screen."),
        Binding("x", "drop", "Drop", tooltip="Keep the run no longer."),
        Binding("c", "copy", "Copy command", tooltip="Copy the command that gives this run again."),
    ]

    @dataclass
    class Loaded(Message):
        """Files have been read."""

        runs: list[Kept]

    @dataclass
    class Written(Message):
        """A file has been written."""

        path: Path

    def __init__(self) -> None:
        super().__init__()
        self._off: set[str] = set()
        self._seen: tuple[str, ...] | None = None

    def body(self) -> Iterable[Widget]:
        """The runs, and below them the comparison."""
        yield Vertical(id="runs")
        yield Told(id="compared")

    def renew(self) -> None:
        """Show the session's runs."""
        self.call_next(self._list)

    async def _list(self) -> None:
        runs = self.session.runs
        names = tuple(kept.name for kept in runs)
        if names != self._seen:
            self._seen = names
            self.session.run = max(0, min(self.session.run, len(runs) - 1))
            listed = LineList(
                *(RunLine(kept, number, kept.name not in self._off) for number, kept in enumerate(runs)), id="listed"
            )
            place = self.query_one("#runs", Vertical)
            with self.app.batch_update():
                await place.remove_children()
                await place.mount(listed)
            if runs:
                list(self.query(RunLine))[self.session.run].focus()
        self._compare()

    def _compare(self) -> None:
        shown = self._shown()
        if self.session.runs:
            self.query_one("#compared", Told).tell(lambda width: results.side_by_side(shown, width))
        else:
            self.query_one("#compared", Told).tell(lambda width: results.plain(self.session, width))
        self.show_command()
        self.refresh_bindings()

    def _shown(self) -> Sequence[Kept]:
        return [kept for kept in self.session.runs if kept.name not in self._off]

    @property
    def _pointed(self) -> Kept:
        return self.session.runs[self.session.run]

    def on_run_line_pointed(self, message: RunLine.Pointed) -> None:
        """Show the command of another run."""
        self.session.run = message.number
        self.show_command()

    def on_toggle_line_changed(self, message: ToggleLine.Changed) -> None:
        """Compare more, or fewer."""
        name = message.line.toggle.id
        self._off ^= {name}
        self._compare()

    def action_load(self) -> None:
        """Read results from disk."""
        self.app.push_screen(Ask("Read results from", hint="a JSON file, or a folder of them"), self._take_path)

    def _take_path(self, path: str | None) -> None:
        if path and path.strip():
            self._read(Path(path.strip()).expanduser())

    @work(thread=True, group="read", exit_on_error=False)
    def _read(self, path: Path) -> None:
        self.post_message(self.Loaded(results.read_runs(path)))

    def on_results_screen_loaded(self, message: Loaded) -> None:
        """Show what was read."""
        for kept in message.runs:
            self.session.keep(kept)
        self.renew()

    def action_name(self) -> None:
        """Give another name."""
        others = {kept.name for kept in self.session.runs} - {self._pointed.name}
        self.app.push_screen(
            Ask(
                "Name of the run",
                self._pointed.name,
                refused=lambda name: f'"{name}" is the name of another run.' if name.strip() in others else None,
            ),
            self._take_name,
        )

    def _take_name(self, name: str | None) -> None:
        if name and name.strip():
            self._off = {name.strip() if one == self._pointed.name else one for one in self._off}
            self.session.runs[self.session.run] = replace(self._pointed, name=name.strip())
            self.renew()

    def action_drop(self) -> None:
        """Keep it no longer."""
        self._off.discard(self._pointed.name)
        del self.session.runs[self.session.run]
        self.renew()

    def action_export(self) -> None:
        """Choose what to write."""
        self.app.push_screen(Pick("Take away what?", list(results.EXPORTS.items())), self._take_kind)

    def _take_kind(self, kind: str | None) -> None:
        if kind is None:
            return
        picture = without_outside_fonts(self.app.export_screenshot()) if kind == "screen" else ""
        self.app.push_screen(
            Ask("Write to", results.export_name(self._pointed, kind), refused=lambda name: results.refused(name, kind)),
            lambda name: self._take_file(name, kind, picture),
        )

    def _take_file(self, name: str | None, kind: str, picture: str) -> None:
        if name is not None:
            self._write(kind, Path(name), picture)

    @work(thread=True, group="write", exit_on_error=False)
    def _write(self, kind: str, path: Path, picture: str) -> None:
        if kind == "screen":
            with writing():
                write(path, picture.encode())
        else:
            one = kind in ("csv", "json")
            results.export([self._pointed] if one else self._shown() or [self._pointed], kind, path)
        self.post_message(self.Written(path))

    def on_results_screen_written(self, message: Written) -> None:
        """It is there."""
        self.notify(str(message.path), title="Written")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without runs there is nothing to name, write or drop."""
        if action in ("name", "export", "drop"):
            return bool(self.session.runs)
        return super().check_action(action, parameters)
