"""What people do at each stage of a flow: counted over the reference walk of some meetings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby, islice

from simulator.engine.people import participants
from simulator.engine.reference import setting_of, walk
from simulator.engine.reference_people import Meeting, Step
from simulator.engine.run import Plan
from simulator.scenario.flow import Flow


@dataclass
class StageAnswers:
    """What became of one stage, over everybody who met it."""

    met: int = 0
    """Times it was met; for what binds a meeting, once in a meeting."""
    missed: int = 0
    """Went unanswered, so that its default held."""
    took: Counter[str] = field(default_factory=Counter)
    """By option id."""
    on: Counter[str] = field(default_factory=Counter)
    """Toggles left on, by id, by those who took the toggles as set."""
    set_toggles: int = 0
    """Times that somebody took the toggles as set."""

    def add(self, step: Step) -> None:
        """Count what somebody did."""
        self.met += 1
        self.missed += step.option is None
        if step.option is not None:
            self.took[step.option.id] += 1
        self.set_toggles += bool(step.toggles)
        self.on.update(name for name, switch in step.toggles.items() if switch.on)


def stage_answers(plan: Plan, flow: Flow, seed: int, people: int) -> dict[str, StageAnswers]:
    """Walk the first `people` participants, and those who meet them, through a flow.

    Returns:
        By stage id, for the stages that anybody met.
    """
    setting = setting_of(plan.inputs, flow)
    found: dict[str, StageAnswers] = {}
    for meeting in _meetings(plan, seed, people):
        outcomes = walk(meeting, flow, setting)
        steps = [*outcomes[0].common.steps, *(step for outcome in outcomes for step in outcome.answers.steps)]
        for step in steps:
            found.setdefault(step.stage.id, StageAnswers()).add(step)
    return found


def _meetings(plan: Plan, seed: int, people: int) -> Iterator[Meeting]:
    found = (meeting for meeting, _ in islice(participants(plan, seed, 1), people))
    return (next(same) for _, same in groupby(found, key=lambda meeting: meeting.id))
