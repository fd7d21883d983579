"""The options that `compare`, `run` and `explain` share, each written once, in the order in which help shows them."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, get_type_hints

from simulator.cli.arguments import (
    BehaviourArg,
    ByArg,
    CategoryArg,
    DateArg,
    FormatArg,
    LedgerArg,
    MeetingsArg,
    ObservedArg,
    OutputFormat,
    PerWeekArg,
    PrecisionArg,
    PurposeArg,
    ReadingArg,
    ReaskArg,
    RecordedArg,
    RunParticipantsArg,
    ScenarioArg,
    SeedArg,
    ThreadsArg,
    UncertaintyArg,
    VetoArg,
    WeeksArg,
    WhyArg,
    day,
)

if TYPE_CHECKING:
    from simulator.api import Setting

Command = Callable[..., None]
KEYWORD = inspect.Parameter.KEYWORD_ONLY


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What somebody asks for on the command line; None: as the scenario says, or as without it."""

    scenario: ScenarioArg = "everyday_meetings"
    meetings: MeetingsArg = None
    participants: RunParticipantsArg = None
    seed: SeedArg = None
    threads: ThreadsArg = None
    precision: PrecisionArg = None
    category: CategoryArg = None
    purpose: PurposeArg = None
    by: ByArg = None
    date: DateArg = None
    company_veto: VetoArg = None
    reading: ReadingArg = None
    behaviour: BehaviourArg = None
    choices: RecordedArg = None
    observed: ObservedArg = None
    weeks: WeeksArg = None
    reask: ReaskArg = None
    per_week: PerWeekArg = None
    ledger: LedgerArg = False
    why: WhyArg = False
    uncertainty: UncertaintyArg = False
    output: FormatArg = OutputFormat.TABLE

    def first(self, *names: str) -> str | None:
        """The first of some options that is asked for, as it is typed; None: none is."""
        typed = {f"--{name.replace('_', '-')}": getattr(self, name) for name in names}
        return next((option for option, given in typed.items() if given is not None and given is not False), None)

    def setting(self) -> Setting:
        """What is simulated, as the functions of `simulator.api` take it."""
        return {
            "scenario": self.scenario,
            "meetings": self.meetings or (),
            "category": self.category,
            "purpose": self.purpose,
            "date": day(self.date),
            "company_veto": self.company_veto,
            "reading": self.reading,
            "choices": self.choices,
            "observed": self.observed,
        }


def asking(*, without: str = "") -> Callable[[Command], Command]:
    """Gives a command the options of `Asked` in place of its parameter `asked`.

    A parameter of the command's own that has the name of such an option stands in its place.

    Args:
        without: Names of options that the command has not; in `asked` they are as when nobody gives them.
    """

    kinds = get_type_hints(Asked, include_extras=True)
    shared = {
        one.name: inspect.Parameter(one.name, KEYWORD, default=one.default, annotation=kinds[one.name])
        for one in fields(Asked)
        if one.name not in without.split()
    }

    def decorate(command: Command) -> Command:
        signature = inspect.signature(command, eval_str=True)
        own = {name: one.replace(kind=KEYWORD) for name, one in signature.parameters.items() if name != "asked"}

        @functools.wraps(command)
        def called(**given: Any) -> None:
            asked = Asked(**{name: given[name] for name in shared})
            command(**{name: given[name] for name in own}, asked=asked)

        # Those of the command alone come first; the others stay in their order, whoever describes them.
        parameters = sorted({**shared, **own}.values(), key=lambda one: one.name in shared)
        called.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
        return called

    return decorate
