"""Generated participants on the terminal."""

from __future__ import annotations

from itertools import islice

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from simulator.engine.people import participants
from simulator.engine.reference_people import Meeting, Participant
from simulator.engine.run import Plan
from simulator.population.faces import Face, Faces


def print_people(console: Console, plan: Plan, seed: int, first: int, number: int) -> None:
    """A list of participants `first` to `first + number - 1`."""
    console.print(people_table(plan, seed, first, number))
    console.print(Text(made_up(seed), style="dim"))


def people_table(plan: Plan, seed: int, first: int, number: int) -> RenderableType:
    """Participants `first` to `first + number - 1`: who they are, how they join, what they want."""
    faces = Faces(seed)
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("#", justify="right")
    table.add_column("who")
    table.add_column("joins")
    table.add_column("wants")
    shown = islice(participants(plan, seed, first), number)
    for position, (meeting, person) in enumerate(shown, start=first):
        face = face_of(faces, plan, meeting, person)
        table.add_row(str(position), _who(face, person), _joins(meeting, person), _wants(plan, person))
    return table


def made_up(seed: int) -> str:
    """What the names are worth, and what is meant by wants."""
    return (
        f"Names, employers and jobs are made up (seed {seed}); they play no part in the model. wants: whether "
        "they would let their audio train the provider's models, asked neutrally."
    )


def face_of(faces: Faces, plan: Plan, meeting: Meeting, person: Participant) -> Face:
    """The face of a participant."""
    jurisdictions = plan.inputs.law.jurisdictions
    return faces.face(
        locale=jurisdictions[person.code].locale,
        host_locale=jurisdictions[meeting.people[0].code].locale,
        meeting=meeting.id,
        person=person.number,
        role=person.role,
        minor=person.age < 18,
    )


def _who(face: Face, person: Participant) -> str:
    work = f"\n{face.job}, {face.employer}" if face.job else ""
    return f"{face.name}, {person.age}{work}"


def _joins(meeting: Meeting, person: Participant) -> str:
    kind = meeting.kind.replace("_", " ")
    where = f"{kind}, {len(meeting.people)} people, {meeting.confidentiality.value.replace('_', ' ')}"
    return f"{where}\nas {person.role.value}, {person.code}, {person.channel.value}"


def _wants(plan: Plan, person: Participant) -> str:
    scenario = plan.inputs.scenario
    willing = person.chooser.willing[scenario.category, scenario.purpose]
    return f"{'yes' if willing > 0 else 'no'} ({willing:+.1f})\n{person.segment}"
