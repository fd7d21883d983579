"""What the readable walk is told of a meeting and those in it, and what it notes down about each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from simulator.behaviour.choice import (
    Chooser,
    Terms,
)
from simulator.rules.law import Law
from simulator.scenario.flow import Flow, Option, Stage
from simulator.scenario.grants import categories_for
from simulator.scenario.parameters import Parameters
from simulator.scenario.stage_facts import (
    asked,
    default_option,
    untouched,
)
from simulator.scenario.vocabulary import (
    Actor,
    Channel,
    Confidentiality,
    DataCategory,
    Default,
    Effect,
    Purpose,
    Role,
    Sector,
)

Categories = frozenset[DataCategory]
StageDraw = Literal["notice", "choice", "recall", "misread", "toggle"]
PersonDraw = Literal["yields", "overruled", "withdraws"]
NOTHING: Categories = frozenset()
EVERYTHING: Categories = frozenset(DataCategory)
CONTENT = EVERYTHING - {DataCategory.TELEMETRY}


@dataclass(frozen=True)
class Decision:
    """What somebody who plays a participant did at a stage."""

    option: str | None
    """Id of the option taken; None: the stage went unanswered, and its default holds."""
    on: frozenset[str] = frozenset()
    """Ids of the toggles that are on, where the option takes them as set."""


class Decider(Protocol):
    """Somebody who decides in a participant's place, where the model would draw. See `engine/play.py`."""

    def at_stage(self, stage: Stage, showing: int, before: Answers) -> Decision:
        """What they do at a stage shown to them for the `showing`-th time, after all the answers `before`."""

    def once(self, what: PersonDraw, before: Answers) -> bool:
        """Whether they do something that belongs to no stage."""


@dataclass(frozen=True)
class Weighing:
    """What a behaviour from outside makes of one stage for one person."""

    utilities: Sequence[float]
    """Of the options, in draw order."""
    toggles: Sequence[float]
    """Logits of on, of those who take the toggles as set."""
    noticing: float
    """Logit of noticing the stage, where it can be missed."""


Weighed = Callable[[int, int, bool], Weighing]
"""By the stage's number in the flow, the stages answered before, and whether an earlier answer is recalled."""


class Draws(Protocol):
    """The uniform draws of one person. `engine/people.py` takes them from the same keys as the kernel."""

    def at_stage(self, stage: Stage, showing: int, what: StageDraw, number: int = 0) -> float:
        """A draw for the `showing`-th time that this person meets the stage; `number` tells toggles apart."""

    def once(self, what: PersonDraw) -> float:
        """A draw that belongs to no stage."""


@dataclass(frozen=True, kw_only=True)
class Participant:
    """One person in a meeting, or an officer who settles stages for it."""

    number: int
    """0 is the host; officers have numbers beyond any participant's."""
    code: str
    role: Role
    channel: Channel
    age: int
    segment: str
    chooser: Chooser
    ordinary: Chooser
    """The same person in an ordinary internal meeting, without pressure: who gave a remembered answer."""
    produced: Mapping[DataCategory, int]
    """Milliseconds or counts."""
    draws: Draws
    tired: float = 0.0
    """Taken off the logit of attention in meetings, for prompts seen in earlier ones."""
    weighed: Weighed | None = None
    """What a behaviour from outside makes of a stage; None: the model's own terms."""
    decider: Decider | None = None
    """Who decides for them; None: the model."""


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """One meeting and everybody who matters to it."""

    id: int
    kind: str
    sector: Sector
    confidentiality: Confidentiality
    length_ms: int
    people: Sequence[Participant]
    officers: Mapping[Actor, Participant]


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What the walk needs besides a flow and a meeting."""

    purpose: Purpose
    parameters: Parameters
    law: Law
    """As the ledger reads it."""
    lenient: Law | None = None
    """The same law read leniently, where lawful is a range; None where the reading is fixed."""
    settled: Mapping[Actor, Effect] = field(default_factory=dict)


@dataclass(frozen=True)
class Switched:
    """What became of one toggle."""

    probability: float
    """Of on."""
    on: bool
    terms: Terms
    """Of the utility of on, less that of off."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One stage that somebody met: what they weighed and what they did."""

    stage: Stage
    attention: float
    noticed: bool = True
    recalled: bool = False
    misread: bool = False
    settled: bool = False
    weighing: Weighing | None = None
    """What a behaviour from outside made of it, where one decides."""
    terms: Mapping[str, Terms] = field(default_factory=dict)
    """Of each option, by id, in draw order; empty where nothing was weighed."""
    probability: Mapping[str, float] = field(default_factory=dict)
    draw: float | None = None
    option: Option | None = None
    """None: not answered, and the default held."""
    toggles: Mapping[str, Switched] = field(default_factory=dict)
    """By toggle id."""
    played: Decision | None = None
    """What somebody did who plays this person; None: the model chose."""


@dataclass
class Answers:
    """What somebody's answers amount to so far, as sets of categories for the one purpose."""

    own: Categories = NOTHING
    refused: Categories = NOTHING
    unanswered: Categories = NOTHING
    by_default: Categories = NOTHING
    forced: Categories = NOTHING
    bundled: Categories = NOTHING
    unequal: Categories = NOTHING
    by_others: Categories = NOTHING
    by_host: Categories = NOTHING
    """Of what was granted for everybody, what the host granted last."""
    left: bool = False
    told: bool = False
    """A stage was shown to them that says that data are taken."""
    noticed: bool = False
    """They answered such a stage, and did not overlook it."""
    ended_by_refusal: bool = False
    seconds: float = 0.0
    steps: list[Step] = field(default_factory=list)

    @property
    def chosen(self) -> Categories:
        """Granted by the person's own act."""
        return self.own - self.by_default

    @property
    def blocked(self) -> Categories:
        """Refused, or unanswered where silence means no."""
        return self.refused | self.unanswered

    def answer(
        self, asked_for: Categories, granted: Categories, by_default: Categories = NOTHING, *, host: bool = False
    ) -> None:
        """Take an answer to a stage; for what the stage asks, the last answer counts."""
        self.own = (self.own - asked_for) | granted
        self.refused = (self.refused - asked_for) | (asked_for - granted)
        self.unanswered -= asked_for
        self.by_default = (self.by_default - asked_for) | by_default
        self.forced -= asked_for
        self.bundled -= asked_for
        self.unequal -= asked_for
        self.by_host = (self.by_host - asked_for) | (granted if host else NOTHING)

    def hold_default(self, flow: Flow, stage: Stage, purpose: Purpose) -> None:
        """The stage's default holds, for whatever has not been answered."""
        still_open = categories_for(asked(stage), purpose) - self.own - self.refused
        if stage.default is Default.NONE:
            return
        option = default_option(stage)
        granted = NOTHING
        if stage.default is Default.ON and option is not None:
            granted = categories_for(untouched(option, stage), purpose) & still_open
        self.own |= granted
        self.by_default |= granted
        self.by_host |= granted if stage.actor is Actor.HOST else NOTHING
        self.unanswered |= still_open - granted

    def share_of_host(self, common: Answers) -> None:
        """What the host granted for everybody is the host's own grant too, if nothing that came later takes it away."""
        granted = common.by_host - self.own - self.blocked
        self.own |= granted
        self.by_default |= common.by_default & granted
        self.forced |= common.forced & granted
        self.bundled |= common.bundled & granted
        self.unequal |= common.unequal & granted
        self.told |= bool(granted)
        self.noticed |= bool(granted - common.by_default)
