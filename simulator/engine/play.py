"""A participant played by somebody: the reference walk, with their decisions in place of drawn ones.

The walk starts anew after each decision and stops at the first one that is missing. As it is the same walk that
everybody else takes, what a player grants, and what becomes of it, follows the rules of the simulation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from simulator.engine.reference import Outcome, settle_for_all, walk
from simulator.engine.reference_people import Answers, Decision, Meeting, Participant, PersonDraw, Setting, Step
from simulator.scenario.flow import Flow, Stage
from simulator.scenario.vocabulary import DataCategory, Purpose


@dataclass(frozen=True, kw_only=True)
class AtStage:
    """A stage waits for the player's answer."""

    stage: Stage
    showing: int
    """How often they have met it before."""
    common: tuple[Step, ...]
    """What officers and host settled for everybody."""
    own: Answers
    """What the player answered before."""


@dataclass(frozen=True, kw_only=True)
class AtTurn:
    """A decision that belongs to no stage waits: to give way as host, to leave when overruled, to take data back."""

    what: PersonDraw
    common: tuple[Step, ...]
    own: Answers


@dataclass(frozen=True)
class Over:
    """Everything is decided."""

    outcomes: tuple[Outcome, ...]
    """One for each participant of the meeting, in order."""


Moment = AtStage | AtTurn | Over
Decided = Decision | bool
"""A decision at a stage, or yes or no to what belongs to none."""


def play(meeting: Meeting, number: int, flow: Flow, setting: Setting, decisions: Sequence[Decided]) -> Moment:
    """Go as far through a flow as the decisions lead.

    Args:
        meeting: Who meets whom.
        number: The played participant's number in the meeting; 0 is the host.
        flow: What is asked.
        setting: As for `walk`.
        decisions: The player's, in the order in which they were asked for.

    Raises:
        ValueError: If a decision does not fit what was asked.
    """
    try:
        common = settle_for_all(_played(meeting, number, decisions), flow, setting)
    except _Waiting as waiting:
        return waiting.moment
    try:
        return Over(tuple(walk(_played(meeting, number, decisions), flow, setting)))
    except _Waiting as waiting:
        return replace(waiting.moment, common=tuple(common.steps))


def seated(meeting: Meeting, number: int, person: Participant) -> Meeting:
    """The meeting with another person on a seat."""
    people = list(meeting.people)
    people[number] = person
    return replace(meeting, people=people)


def with_wishes(person: Participant, wanted: frozenset[DataCategory], purpose: Purpose) -> Participant:
    """A person who would give some categories for a purpose and no others; how much they mind is not known."""
    wishes = {(category, purpose): 1.0 if category in wanted else -1.0 for category in DataCategory}
    chooser = replace(person.chooser, willing={**person.chooser.willing, **wishes})
    return replace(person, chooser=chooser)


def _played(meeting: Meeting, number: int, decisions: Sequence[Decided]) -> Meeting:
    return seated(meeting, number, replace(meeting.people[number], decider=_Script(decisions)))


class _Waiting(Exception):
    """No fault: the walk has come to a decision that is not there yet."""

    def __init__(self, moment: AtStage | AtTurn) -> None:
        super().__init__()
        self.moment = moment


class _Script:
    """A decider who knows some decisions beforehand."""

    def __init__(self, decisions: Sequence[Decided]) -> None:
        self._left = iter(decisions)

    def at_stage(self, stage: Stage, showing: int, before: Answers) -> Decision:
        """See `Decider`."""
        found = next(self._left, None)
        if found is None:
            raise _Waiting(AtStage(stage=stage, showing=showing, common=(), own=before))
        known = [option.id for option in stage.options] + ([] if stage.blocking else [None])
        if not isinstance(found, Decision) or found.option not in known:
            msg = f"stage {stage.id} takes one of {known}, not {found!r}"
            raise ValueError(msg)
        return found

    def once(self, what: PersonDraw, before: Answers) -> bool:
        """See `Decider`."""
        found = next(self._left, None)
        if found is None:
            raise _Waiting(AtTurn(what=what, common=(), own=before))
        if not isinstance(found, bool):
            msg = f"{what} takes yes or no, not {found!r}"
            raise ValueError(msg)
        return found
