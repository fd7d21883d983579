"""A stage as it is put to somebody: its words, its toggles and options, how far each stands out, what silence means."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rich.console import Group, RenderableType
from rich.text import Text

from simulator.scenario.flow import Flow, Option, Stage
from simulator.scenario.stage_facts import clicks, default_option, is_switch, out_of_sight, shown
from simulator.scenario.vocabulary import Actor, At, Default, ToggleSetting
from simulator.text.flow_view import granted
from simulator.text.layout import line, paragraph

ON, OFF = "[x] on ", "[ ] off"
"""Marks of a toggle: they differ in sign and in word, and so without colour as well."""
STANDS, OPEN = "(•)", "( )"
"""Marks of an option that is set already, and of one that is not."""
NOTHING = "Do nothing, and go on"
MORE = "More options …"
LOOK = "Look at it"

_PLACES = {
    At.ACCOUNT: "In your account",
    At.SCHEDULE: "When the meeting is planned",
    At.JOIN: "At the door",
    At.IN_MEETING: "In the meeting",
    At.AFTER: "After the meeting",
}
_SMALL = 0.75
"""Prominence below which a stage that can be missed has to be opened before it can be read."""


class Weight(StrEnum):
    """How far an option stands out."""

    STRONG = "strong"
    PLAIN = "plain"
    FAINT = "faint"


_EDGES = {Weight.STRONG: ("[ ", " ]"), Weight.PLAIN: ("‹ ", " ›"), Weight.FAINT: ("", "")}
"""Signs about an option that tell without colour how far it stands out."""


@dataclass(frozen=True)
class Choice:
    """One way to answer."""

    id: str | None
    """Of the option; None: the stage goes unanswered."""
    label: str
    weight: Weight
    clicks: int
    """How often it has to be pressed."""
    hidden: bool = False
    """Whether it shows only once somebody asks for more options."""
    stands: bool | None = None
    """Whether it is set already; None where nothing is."""
    sets: ToggleSetting | None = None
    """What it does to the toggles."""


@dataclass(frozen=True)
class ToggleRow:
    """A switch and how it stands at first."""

    id: str
    label: str
    on: bool
    grants: str


@dataclass(frozen=True)
class Card:
    """A stage, ready to be shown."""

    place: str
    notes: tuple[str, ...]
    """Beside its words. What silence means is told afterwards, as designs do not say it."""
    text: str
    closed: str | None
    """What is seen before it is opened; None: it is open."""
    toggles: tuple[ToggleRow, ...]
    choices: tuple[Choice, ...]
    time_limit: int | None = None
    """Seconds after which it goes away unanswered."""

    @property
    def unanswered(self) -> Choice | None:
        """What not answering comes to; None where one has to answer."""
        return next((choice for choice in self.choices if choice.id is None or choice.clicks == 0), None)


def card_of(stage: Stage, flow: Flow, showing: int) -> Card:
    """A stage as somebody meets it who has met it `showing` times before."""
    choices = [_choice(option, stage, flow) for option in stage.options]
    if not stage.blocking and not any(choice.clicks == 0 for choice in choices):
        choices.append(Choice(None, NOTHING, Weight.PLAIN, 1))
    return Card(
        place=_PLACES[stage.at] + (", for everybody" if stage.actor is Actor.HOST else ""),
        notes=(f"You are asked again ({showing + 1} of at most {stage.shows}).",) if showing else (),
        text=" ".join(stage.text.split()),
        closed=_closed(stage),
        toggles=tuple(
            ToggleRow(one.id, one.label, one.default is Default.ON, granted(one.grants)) for one in stage.toggles
        ),
        choices=tuple(choices),
        time_limit=stage.time_limit,
    )


def question_card(place: str, text: str, *choices: tuple[str, str], toggles: tuple[ToggleRow, ...] = ()) -> Card:
    """A question that is no stage of the flow, put without any pull: all ways to answer stand out alike."""
    sets = ToggleSetting.AS_SET if toggles else None
    ways = tuple(Choice(name, label, Weight.PLAIN, 1, sets=sets) for name, label in choices)
    return Card(place=place, notes=(), text=text, closed=None, toggles=toggles, choices=ways)


def _choice(option: Option, stage: Stage, flow: Flow) -> Choice:
    needed = clicks(option, flow)
    stands = option is default_option(stage) if is_switch(stage) and stage.default is not Default.NONE else None
    if not shown(option):
        # It stands for not answering, and one has to do nothing for it.
        return Choice(option.id, f"{NOTHING} {option.label}".strip(), Weight.FAINT, 0, stands=stands)
    weight = Weight.STRONG if option.prominence >= 0.75 else Weight.PLAIN if option.prominence >= 0.4 else Weight.FAINT
    hidden = out_of_sight(option, flow)
    # Asking for more options is the first of the clicks.
    return Choice(option.id, option.label, weight, max(1, needed - hidden), hidden, stands, option.toggles)


def _closed(stage: Stage) -> str | None:
    if stage.blocking or stage.prominence >= _SMALL:
        return None
    if stage.prominence > 0.0:
        return "A small notice appears at the edge of the window."
    return "Nothing on the screen leads to it, but somewhere in the settings there is a switch."


def time_words(left: int) -> str:
    """How long a stage stays."""
    return f"It goes away in {left} second{'s' if left != 1 else ''}."


def toggle_mark(on: bool) -> str:
    """How a toggle shows which way it stands."""
    return ON if on else OFF


def choice_words(choice: Choice, pressed: int = 0) -> str:
    """An option's words, with its mark and with what is left to press."""
    mark = "" if choice.stands is None else f"{STANDS if choice.stands else OPEN} "
    already = ", set already" if choice.stands else ""
    if choice.clicks > 1:
        left = choice.clicks - pressed
        already += f", press {left} times" if left > 1 else ", press once more"
    before, after = _EDGES[choice.weight]
    return f"{mark}{before}{choice.label}{after}{already}"


def as_text(card: Card, width: int) -> RenderableType:
    """The stage in words, everything laid open."""
    parts: list[RenderableType] = [line(card.place, "bold")]
    if card.closed:
        parts.append(paragraph(f"{card.closed} It says:", width))
    parts += [paragraph(f'"{card.text}"', width)] if card.text else []
    notes = [*card.notes, *([time_words(card.time_limit)] if card.time_limit else [])]
    parts += [paragraph(note, width, "dim") for note in notes]
    parts += [paragraph(f"{toggle_mark(one.on)} {one.label}: {one.grants}", width, hang=8) for one in card.toggles]
    for choice in card.choices:
        kind = {Weight.STRONG: "stands out", Weight.PLAIN: "plain", Weight.FAINT: "hardly stands out"}[choice.weight]
        place = f"behind “{MORE}”" if choice.hidden else kind
        parts.append(paragraph(f"> {choice_words(choice)} ({place})", width, hang=2))
    return Group(*parts, Text(""))
