"""Compare flows: the same people in the same meetings under each, live."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Tab, Tabs
from textual.worker import get_current_worker

from simulator.analysis.comparison import Comparison
from simulator.compiled import compiles_first
from simulator.text.formats import as_dict
from simulator.ui.content import compare, setup
from simulator.ui.screens.asking import Ask, Form, PickSeveral
from simulator.ui.screens.base import JoinlabScreen
from simulator.ui.screens.panels import Pick
from simulator.ui.session import Kept, Look
from simulator.ui.widgets.told import Telling, Told


class _StoppedError(Exception):
    """Somebody cancelled the run."""


class CompareScreen(JoinlabScreen):
    """A run of two to four flows, and what came of it."""

    NAME = "compare"
    AUTO_FOCUS = ""
    HELP_TEXT = """
Two to four flows are run on the same people in the same meetings; the first is the baseline. Results grow while the
run goes on. *Left* and *Right* go between outcomes, ledger and split. Bars run from 0 to 100 per cent; what ends in
`├──┤` is a 95 % interval, as far as it is wide enough to be seen.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "run", "Run", tooltip="Run all of it."),
        Binding("escape", "cancel", "Cancel", tooltip="Stop the run; what it has so far stays."),
        Binding("f", "flows", "Flows", tooltip="Pick the flows to compare."),
        Binding("e", "setup", "Setup", tooltip="Who meets, how many, on which day, which data."),
        Binding("k", "keep", "Keep", tooltip="Keep this run among the results."),
        Binding("left", "side(-1)", "Side", key_display="←→", tooltip="Outcomes, ledger or split."),
        Binding("right", "side(1)", "Side", show=False),
        Binding("s", "split", "Split", tooltip="Choose what to split by."),
        Binding("o", "outcome", "What", tooltip="Split the next outcome."),
        Binding("z", "order", "Sort", tooltip="Largest first, or as in the files."),
    ]

    @dataclass
    class Advanced(Message):
        """A run is so far."""

        number: int
        done: int
        total: int

    @dataclass
    class Grown(Message):
        """There is more to show."""

        number: int
        found: Comparison

    @dataclass
    class Ended(Message):
        """A run is over: all of it is there, or somebody cancelled it."""

        number: int
        whole: bool

    @dataclass
    class Written(Message):
        """A run is ready to be kept."""

        kept: Kept
        told: str
        """A word on its people, if they had to be written for it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: Comparison | None = None
        """What there is to show."""
        self._underway: compare.Underway | None = None
        self._whole = False
        self._began = 0.0
        self._seen: tuple[object, ...] | None = None

    def body(self) -> Iterable[Widget]:
        """The setting, how far the run is, and what came of it on three sides."""
        yield Told(id="setting", classes="dim")
        yield Told(id="status")
        with Vertical(id="sides"):
            yield Tabs(*(Tab(side.capitalize(), id=side) for side in compare.SIDES), active=self.session.look.part)
            yield Told(id="side")

    def on_mount(self) -> None:
        """The arrow keys are the screen's."""
        self.query_one(Tabs).can_focus = False

    def renew(self) -> None:
        """Run, if the session asks for something else than what is shown."""
        if compare.state(self.session) != self._seen:
            self.action_run()

    def action_run(self) -> None:
        """Run from the start."""
        self._seen = compare.state(self.session)
        number = self.ask()
        self.found, self._underway, self._whole = None, None, False
        self._tell_setting()
        if not compare.ready(self.session):
            self._tell_status(lambda width: compare.TOO_FEW)
        else:
            self._underway = compare.Underway(compiles=compiles_first())
            self._began = time.monotonic()
            self._work(number)
        self._show()
        self._show_status()
        self.refresh_bindings()

    @work(thread=True, exclusive=True, group="run", exit_on_error=False)
    def _work(self, number: int) -> None:
        worker = get_current_worker()

        def progress(done: int, total: int) -> None:
            if worker.is_cancelled:
                raise _StoppedError
            self.post_message(self.Advanced(number, done, total))

        try:
            for found in compare.growing(self.session, progress):
                self.post_message(self.Grown(number, compare.warmed(found, self.session)))
        except _StoppedError:
            self.post_message(self.Ended(number, whole=False))
        else:
            self.post_message(self.Ended(number, whole=True))

    def on_compare_screen_advanced(self, message: Advanced) -> None:
        """Show how far it is."""
        if self.is_newest(message.number) and self._underway is not None:
            self._underway.note(message.done, message.total, time.monotonic())
            self._show_status()

    def on_compare_screen_grown(self, message: Grown) -> None:
        """Show what there is so far."""
        if self.is_newest(message.number):
            self.found = message.found
            self._show()

    def on_compare_screen_ended(self, message: Ended) -> None:
        """Say how it ended."""
        if self.is_newest(message.number):
            self._underway, self._whole = None, message.whole
            seconds = time.monotonic() - self._began
            found = self.found
            told = (
                compare.finished(found, seconds if self.session.ticking else None)
                if message.whole and found
                else compare.stopped(found)
            )
            self._tell_status(lambda width: told)
            self.refresh_bindings()

    def failed(self, error: BaseException) -> None:
        """A run that fails is over."""
        self._underway = None
        self._tell_status(lambda width: "The run failed. Change the setup with e, or the flows with f.")
        super().failed(error)

    def _show(self) -> None:
        """Show what there is; cheap, as it is done while a run goes on."""
        found, session, sides = self.found, self.session, self.query_one("#sides")
        if (found is not None) != sides.display:
            sides.display = found is not None
            self.refresh_bindings()
        if found is not None:
            tellings: dict[str, Telling] = {
                "outcomes": lambda width: compare.outcomes(found, width),
                "ledger": lambda width: compare.ledgers(found, width),
                "split": lambda width: compare.split(found, session, width),
            }
            self.query_one("#side", Told).tell(tellings[session.look.part])

    def _tell_setting(self) -> None:
        self.show_command()
        self.query_one("#setting", Told).tell(lambda width: compare.setting(self.session, width))

    def _show_status(self) -> None:
        underway, people = self._underway, self.session.participants
        if underway is not None:
            self._tell_status(lambda width: underway.told(people, width))

    def _tell_status(self, telling: Telling) -> None:
        self.query_one("#status", Told).tell(telling, as_high=True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What works depends on whether a run is under way, and on the side that is shown."""
        if action == "cancel":
            return self._underway is not None
        if action == "run":
            return self._underway is None and not self._whole and compare.ready(self.session)
        if action == "keep":
            return self._underway is None and self.found is not None
        if action in ("split", "outcome", "order"):
            return self.session.look.part == "split"
        return super().check_action(action, parameters)

    def on_tabs_tab_activated(self, event: Tabs.TabActivated) -> None:
        """Look at another side."""
        self._look(part=event.tab.id)

    def action_side(self, by: int) -> None:
        """Look at the side before or after."""
        at = compare.SIDES.index(self.session.look.part) + by
        self.query_one(Tabs).active = compare.SIDES[at % len(compare.SIDES)]

    def _look(self, **changes: Any) -> None:
        self.session.look = replace(self.session.look, **changes)
        self.show_command()
        self._show()
        self.refresh_bindings()

    def action_cancel(self) -> None:
        """Stop the run."""
        assert self._underway is not None
        self._underway.stopping = True
        self.workers.cancel_group(self, "run")
        self._show_status()

    def action_flows(self) -> None:
        """Pick flows."""
        panel = PickSeveral(
            "Compare which flows?",
            compare.flow_choices(self.session),
            self.session.flows,
            least=compare.LEAST,
            most=compare.MOST,
        )
        self.app.push_screen(panel, self._take_flows)

    def _take_flows(self, names: tuple[str, ...] | None) -> None:
        if names is not None:
            self.session.rejoin(flows=names)
            self.renew()

    def action_setup(self) -> None:
        """Change who meets, how many, and what is measured."""
        panel = Form("Settings of the run", setup.fields(self.session), setup.given_settings)
        self.app.push_screen(panel, self._take_setup)

    def _take_setup(self, given: Mapping[str, str] | None) -> None:
        if given is not None:
            self.session.rejoin(**setup.given_settings(given))
            self.renew()

    def action_split(self) -> None:
        """Choose what the split is by."""
        self.app.push_screen(Pick("Split by what?", compare.splits(), self.session.look.by), self._take_split)

    def _take_split(self, by: str | None) -> None:
        if by is not None:
            self._look(by=by)

    def action_outcome(self) -> None:
        """The next outcome."""
        known = compare.outcome_choices(self.found is not None and self.found.ranged)
        outcome = self.session.look.outcome
        self._look(outcome=known[(known.index(outcome) + 1) % len(known) if outcome in known else 0])

    def action_order(self) -> None:
        """Largest first, or not."""
        self._look(largest_first=not self.session.look.largest_first)

    def action_keep(self) -> None:
        """Keep this run, under a name."""
        self.app.push_screen(Ask("Keep this run as", self.session.name_for_run()), self._take_name)

    def _take_name(self, name: str | None) -> None:
        if name is None or not name.strip() or self.found is None:
            return
        told = self.write_people()
        if told is not None:
            self._write(self.found, name.strip(), self.joinlab.command_of(self.NAME), self.session.look, told)

    def people_written(self) -> None:
        """Nothing is run anew for it."""
        self._seen = compare.state(self.session)
        self._tell_setting()

    @work(thread=True, group="keep", exit_on_error=False)
    def _write(self, found: Comparison, name: str, command: str, look: Look, told: str) -> None:
        data = as_dict(found, by=look.by if look.part == "split" else None)
        self.post_message(self.Written(Kept(name, data, command), told))

    def on_compare_screen_written(self, message: Written) -> None:
        """It is kept."""
        kept = self.session.keep(message.kept)
        self.notify(f'Kept as "{kept.name}".{message.told}', title="Results")
