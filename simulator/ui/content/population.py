"""The Population screen: who is asked, in figures counted from generated meetings, and some of them by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from rich.console import Group, RenderableType
from rich.text import Text

from simulator.engine.run import Plan, meetings_for
from simulator.errors import Problem, UsageError
from simulator.scenario import library
from simulator.scenario.grants import CATEGORIES
from simulator.scenario.vocabulary import Channel, Confidentiality, Role
from simulator.text.comparison_view import PURPOSES
from simulator.text.layout import line, paragraph, titled
from simulator.text.numbers import block, percent
from simulator.text.people_view import made_up, people_table
from simulator.ui.content.people import People, without, written_to
from simulator.ui.content.stage import ToggleRow
from simulator.ui.session import Session, command_line

COUNTED = 20_000
"""Participants that shares are counted over."""
PAGE = 6
"""Participants shown by name at a time."""
STEP = 0.05
"""How far one press moves the share that is willing."""
_LABEL, _LONGEST_LABEL = 20, 34
_BINS = 12
_RANGE = 3.0
"""Willingness is shown from minus to plus this many standard deviations."""


@dataclass(frozen=True)
class Asked:
    """Who is asked, counted."""

    plan: Plan
    seed: int
    people: int
    meetings: int
    places: Mapping[str, float]
    roles: Mapping[str, float]
    channels: Mapping[str, float]
    types: Mapping[str, float]
    """Of participants, by the title of the type of meeting they are in."""
    classes: Mapping[str, float]
    """Of participants, by how secret their meeting is."""
    wanting: float
    """Share who would give the headline category for the scenario's purpose."""
    willingness: Sequence[float]
    """Histogram, shares of participants."""


def count(session: Session) -> Asked:
    """Generate meetings and count who is in them."""
    plan = session.plan()
    inputs, scenario = plan.inputs, plan.inputs.scenario
    world = plan.world(session.seed, 0, meetings_for(plan, session.seed, COUNTED))
    sizes = world.meetings["people"]
    # Officers follow the people of each meeting, and are no participants.
    spans = world.meetings["end"] - world.meetings["start"]
    present = np.arange(len(world.rows)) - np.repeat(world.meetings["start"], spans) < np.repeat(sizes, spans)
    rows = world.rows[present]
    shift = inputs.population.purpose_shift[scenario.purpose].value
    willing = world.willing[present][:, CATEGORIES.index(scenario.category)] + shift
    cells = np.histogram(np.clip(willing, -_RANGE, _RANGE), bins=_BINS, range=(-_RANGE, _RANGE))[0]
    return Asked(
        plan=plan,
        seed=session.seed,
        people=len(rows),
        meetings=len(sizes),
        places=_shares(rows["place"], inputs.codes),
        roles=_shares(rows["role"], [role.value for role in Role]),
        channels=_shares(rows["channel"], [channel.value for channel in Channel]),
        types=_shares(np.repeat(world.meetings["type"], sizes), [kind.title for kind in inputs.mix.types]),
        classes=_shares(np.repeat(world.meetings["confidentiality"], sizes), [one.value for one in Confidentiality]),
        wanting=float((willing > 0.0).mean()),
        willingness=[float(cell) for cell in cells / len(rows)],
    )


def _shares(codes: np.ndarray[tuple[int], np.dtype[np.int8]], names: Sequence[str]) -> dict[str, float]:
    counts = np.bincount(codes, minlength=len(names)) / max(1, len(codes))
    return {name.replace("_", " "): float(share) for name, share in zip(names, counts, strict=True)}


def plain(session: Session, width: int) -> RenderableType:
    """All of it as text."""
    found = count(session)
    return Group(
        what_text(found, session, width),
        Text(""),
        mix_view(found, width),
        people_view(found, session.participant, width),
    )


def command(session: Session) -> str:
    """Shows some of these people by name."""
    return command_line("ui", "--screen", "population", *session.setting_words(), "--participant", session.participant)


def what_text(found: Asked, session: Session, width: int) -> RenderableType:
    """Which scenario, and how many were counted."""
    scenario = found.plan.inputs.scenario
    text = f"{found.people:,} participants of {found.meetings:,} meetings, generated for {scenario.title} and counted."
    unsaved = f" Changed here; w writes it to {written_to(session.scenario)}." if session.people else ""
    return Group(line(scenario.title, "bold"), paragraph(f"{text}{unsaved}", width, "dim"))


def mix_view(found: Asked, width: int) -> RenderableType:
    """The mix as bars."""
    inputs = found.plan.inputs
    names = {code: law.name for code, law in inputs.law.jurisdictions.items()}
    places = {names.get(code, code): share for code, share in found.places.items()}
    wants = f"{inputs.scenario.category.value.replace('_', ' ')} for {PURPOSES[inputs.scenario.purpose]}"
    return Group(
        titled(
            "How willing", paragraph(f"Would give {wants}: {percent(found.wanting)}.", width), *_histogram(found, width)
        ),
        titled("Where they are", *_bars(places, width)),
        titled("What they are to the host", *_bars(found.roles, width)),
        titled("Which meetings they are in", *_bars(found.types, width)),
        titled("How secret these are", *_bars(found.classes, width)),
        titled("How they join", *_bars(found.channels, width)),
    )


def _bars(shares: Mapping[str, float], width: int) -> Iterator[RenderableType]:
    """A bar for each share, the longest as long as there is room for."""
    most = max(shares.values(), default=0.0) or 1.0
    label = max(_LABEL, min(_LONGEST_LABEL, width // 3))
    room = max(4, min(40, width - label - 10))
    for name, share in shares.items():
        short = name if len(name) <= label else f"{name[: label - 1]}…"
        drawn = block(share / most, room) if share else ""
        yield Text.assemble(f"{short:<{label}} {percent(share):>7} ", (drawn, "bright_blue"), no_wrap=True)


def _histogram(found: Asked, width: int) -> Iterator[RenderableType]:
    most = max(found.willingness) or 1.0
    step = 2 * _RANGE / _BINS
    for number, share in enumerate(found.willingness):
        low = -_RANGE + number * step
        name = f"{low:+.1f} to {low + step:+.1f}"
        colour = "bright_blue" if low >= 0 else "yellow"
        says = "yes" if low >= 0 else "no"
        drawn = block(share / most, max(4, min(40, width - _LABEL - 10)))
        yield Text.assemble(f"{name:<{_LABEL - 4}} {says:<3} {percent(share):>7} ", (drawn, colour), no_wrap=True)


def people_view(found: Asked, first: int, width: int) -> RenderableType:
    """Some of them by name."""
    return titled(
        "Some of them",
        people_table(found.plan, found.seed, first, PAGE),
        paragraph(made_up(found.seed), width, "dim"),
    )


def switches(session: Session) -> dict[str, list[ToggleRow]]:
    """What can be left out, by the field of `People` it belongs to; what is left out stands at off."""
    whole, people = session.whole([]), session.people or People()
    scenario = whole.scenario
    law = whole.law.jurisdictions
    classes = [one for one in Confidentiality if any(kind.confidentiality.get(one) for kind in whole.mix.types)]
    offered = {
        "places": ([(code, f"{code}  {law[code].name}") for code in whole.codes], people.places or scenario.places),
        "meeting_types": ([(kind.id, kind.title) for kind in whole.mix.types], people.meeting_types),
        "confidentiality": ([(one.value, one.value.replace("_", " ")) for one in classes], people.confidentiality),
    }
    return {
        field: [ToggleRow(id, label, chosen is None or id in chosen, "") for id, label in rows]
        for field, (rows, chosen) in offered.items()
    }


def chosen(session: Session, field: str, on: Sequence[str]) -> People | None:
    """The people with only some places, types or classes; all of them is no change.

    Raises:
        UsageError: If none is left.
    """
    known = [row.id for row in switches(session)[field]]
    if not on:
        raise UsageError(Problem(f"{field}: nobody would be asked.", remedy="Leave at least one on."))
    values = None if len(on) == len(known) else tuple(on)
    return without(session.people or People(), **{field: values})


def willing_by(session: Session, by: int) -> People | None:
    """The people, of whom a larger or smaller share is willing, within 0 and 1."""
    people, usual = session.people or People(), session.whole([]).population.willing.value
    share = round(min(max((usual if people.willing is None else people.willing) + by * STEP, 0.01), 0.99), 2)
    return without(people, willing=None if abs(share - usual) < STEP / 2 else share)


def willing_view(text: str, width: int) -> RenderableType:
    """The same, to show."""
    return Group(line("Willing", "bold"), paragraph(text, width), paragraph("+ and - move it", width, "dim"))


def scenario_titles() -> list[tuple[str, str]]:
    """The scenarios of the library by name, each with its question."""
    loaded = [(name, library.scenario(name)) for name in library.builtin("scenario")]
    return [(name, f"{one.title}: {one.question}") for name, one in loaded]


def willing_line(session: Session) -> str:
    """How many are willing, with the range that a careful reader would still try."""
    willing = session.whole([]).population.willing
    share = willing.value if session.people is None or session.people.willing is None else session.people.willing
    low, high = willing.range
    return f"{100 * share:.0f} % would give audio for training (sources: {100 * low:.0f} to {100 * high:.0f} %)"
