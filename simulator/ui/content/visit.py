"""One person who joins one meeting under one flow: who is there, and what has been decided so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from simulator.engine.people import participants
from simulator.engine.play import AtStage, AtTurn, Decided, Moment, Over, play, seated, with_wishes
from simulator.engine.reference import setting_of
from simulator.engine.reference_people import Decision, Meeting, Participant
from simulator.engine.run import Plan
from simulator.errors import Problem, UsageError, did_you_mean
from simulator.population.faces import Faces
from simulator.scenario.flow import Flow
from simulator.scenario.stage_facts import sought
from simulator.scenario.vocabulary import DataCategory, Role
from simulator.text.people_view import face_of
from simulator.ui.session import Session, Yourself

YOU = "You"
_SEARCHED = 2000
"""Participants looked through for a seat that suits who plays as themselves."""
_MOST_NAMES = 12
"""People who get a name; the names of more would take noticeable time."""
_ADULT = 30


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A seat in a meeting, under a flow."""

    plan: Plan
    flow: Flow
    seed: int
    meeting: Meeting
    number: int
    """Of the seat in the meeting; 0 is the host."""
    participant: int
    """The same counted from 1 through all meetings."""
    names: tuple[str, ...]
    """Of the people of the meeting, in order."""
    yourself: Yourself | None

    @property
    def person(self) -> Participant:
        """Who sits there."""
        return self.meeting.people[self.number]

    @property
    def categories(self) -> list[DataCategory]:
        """What the flow could claim of the person's data, in order."""
        asked_for = sought(self.flow, self.plan.inputs.scenario.purpose)
        return [one for one in DataCategory if one in asked_for and self.person.produced[one] > 0]

    def moment(self, decisions: Sequence[Decided], wanted: frozenset[DataCategory] | None = None) -> Moment:
        """Where the decisions lead; `wanted` is what who plays as themselves would give."""
        inputs = self.plan.inputs
        meeting = self.meeting
        if wanted is not None:
            person = with_wishes(self.person, wanted, inputs.scenario.purpose)
            meeting = seated(meeting, self.number, person)
        return play(meeting, self.number, self.flow, setting_of(inputs, self.flow), decisions)


def visit(session: Session) -> Visit:
    """The meeting that the session joins.

    Raises:
        UsageError: If no participant suits.
    """
    flow_name = session.flows[0]
    plan = session.plan([flow_name])
    you = session.yourself
    if you is not None and you.place not in plan.inputs.codes:
        remedy = did_you_mean(you.place, list(plan.inputs.codes), called="Places")
        raise UsageError(Problem(f'place: nobody of this population is in "{you.place}".', remedy=remedy))
    counted, meeting, person = _seat(plan, session, you)
    if you is not None:
        age = person.age if person.age >= 18 else _ADULT
        person = replace(person, code=you.place, channel=you.channel, age=age)
        meeting = seated(meeting, person.number, person)
    return Visit(
        plan=plan,
        flow=plan.inputs.flows[0],
        seed=session.seed,
        meeting=meeting,
        number=person.number,
        participant=counted,
        names=_names(plan, session.seed, meeting, person, as_themselves=you is not None),
        yourself=you,
    )


def _seat(plan: Plan, session: Session, you: Yourself | None) -> tuple[int, Meeting, Participant]:
    """The session's participant, or from there on the first in the role of who plays as themselves."""
    found = participants(plan, session.seed, session.participant)
    for counted, (meeting, person) in enumerate(found, session.participant):
        if you is None or person.role is you.role:
            return counted, meeting, person
        if counted - session.participant > _SEARCHED:
            break
    assert you is not None
    remedy = f"Choose another role: {', '.join(role for role in Role if role is not you.role)}."
    raise UsageError(
        Problem(f"role: nobody near participant {session.participant} is {you.role.value}.", remedy=remedy)
    )


def _names(plan: Plan, seed: int, meeting: Meeting, person: Participant, *, as_themselves: bool) -> tuple[str, ...]:
    faces = Faces(seed)
    named = {0, person.number, *range(_MOST_NAMES)}
    return tuple(
        YOU
        if one.number == person.number and as_themselves
        else face_of(faces, plan, meeting, one).name
        if one.number in named
        else f"Person {one.number + 1}"
        for one in meeting.people
    )


def as_words(decisions: Sequence[Decided]) -> list[str]:
    """Decisions as the command line takes them: an option's id, with the toggles that are on; `-`; yes; no."""
    found = []
    for decision in decisions:
        if isinstance(decision, bool):
            found.append("yes" if decision else "no")
        elif decision.option is None:
            found.append("-")
        else:
            found.append(decision.option + "".join(f"+{name}" for name in sorted(decision.on)))
    return found


def with_answers(joined: Visit, words: Sequence[str]) -> tuple[Decided, ...]:
    """The decisions that some words mean, checked against what is asked, one after the other.

    Raises:
        UsageError: If a word is no answer to what is asked; it says which are.
    """
    decisions: list[Decided] = []
    for word in words:
        moment = joined.moment(decisions)
        if isinstance(moment, Over):
            raise UsageError(Problem(f'answers: nothing is asked any more that "{word}" could answer.'))
        known = possible(moment)
        if word.partition("+")[0] not in known:
            where = moment.stage.id if isinstance(moment, AtStage) else moment.what
            remedy = did_you_mean(word, list(known), called="Answers")
            raise UsageError(Problem(f'answers: "{word}" does not answer {where}.', remedy=remedy))
        decisions.append(_decision(word, moment))
    return tuple(decisions)


def possible(moment: AtStage | AtTurn) -> list[str]:
    """The answers that a moment takes, without toggles."""
    if isinstance(moment, AtTurn):
        return ["yes", "no"]
    return [option.id for option in moment.stage.options] + ([] if moment.stage.blocking else ["-"])


def _decision(word: str, moment: AtStage | AtTurn) -> Decided:
    if isinstance(moment, AtTurn):
        return word == "yes"
    name, *on = word.split("+")
    known = [toggle.id for toggle in moment.stage.toggles]
    for toggle in on:
        if toggle not in known:
            remedy = did_you_mean(toggle, known, called="Toggles") if known else "It has none."
            raise UsageError(Problem(f'answers: "{toggle}" is not a toggle of {moment.stage.id}.', remedy=remedy))
    return Decision(None if name == "-" else name, frozenset(on))
