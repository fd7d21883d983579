"""What those whom a flow asks do, as one would count them in a live product: agree, refuse, or leave."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.engine.run import Plan, no_counts, walk_world
from simulator.engine.tables import ROW_KIND, FlowTables
from simulator.engine.tally import AGREED, LEFT
from simulator.engine.world import World
from simulator.scenario.flow import Stage
from simulator.scenario.grants import categories_for
from simulator.scenario.stage_facts import asked, leaves
from simulator.scenario.vocabulary import Actor, Affects, JoinOutcome

NOT_SHOWN = -2
"""In `choices`: the stage was not put to the person."""


@dataclass(frozen=True)
class Joining:
    """How many participants of some meetings did what, of those whom the flow asked or let leave."""

    agreed: int
    """Joined, and something is granted by what they answered or left as it stood."""
    refused: int
    """Joined, and nothing is."""
    left: int

    def of(self, outcome: JoinOutcome) -> int:
        """The number who did it."""
        return int(getattr(self, outcome.value))


def joining(plan: Plan, world: World, number: int, tables: FlowTables | None = None) -> Joining:
    """Walk a world through the plan's `number`-th flow and count.

    Args:
        plan: Compiled inputs.
        world: People and meetings.
        number: Which flow.
        tables: Of that flow, where they differ from the plan's.
    """
    counters = no_counts(plan)
    choices = np.full((len(world.rows), len(plan.flows[number].stages)), NOT_SHOWN, dtype=np.int16)
    asked = _asked_alone(tables or plan.flows[number])
    walk_world(plan, number, world, counters, tables=asked, choices=choices)
    asking = [place for place, stage in enumerate(plan.inputs.flows[number].stages) if counts_at(stage, plan, number)]
    met = int((choices[participant_rows(world)][:, asking] != NOT_SHOWN).any(axis=1).sum())
    agreed, left = int(counters.counts[:, AGREED].sum()), int(counters.counts[:, LEFT].sum())
    return Joining(agreed, max(met - agreed - left, 0), left)


def _asked_alone(tables: FlowTables) -> FlowTables:
    """The flow with nothing of what a host grants for everybody counted as the host's own.

    The host's row answers a stage that binds the meeting all the same, as that of any first participant would.
    """
    stages = tables.stages.copy()
    stages["row_kind"][stages["row_kind"] == ROW_KIND[Actor.HOST]] = ROW_KIND[Actor.PARTICIPANT]
    return tables._replace(stages=stages)


def counts_at(stage: Stage, plan: Plan, number: int) -> bool:
    """Whether those who meet a stage are counted: it asks them for something for the purpose, or lets them leave."""
    flow, purpose = plan.inputs.flows[number], plan.inputs.scenario.purpose
    if stage.binds is not Affects.SELF:
        return False
    return bool(categories_for(asked(stage), purpose)) or any(leaves(option, flow, stage) for option in stage.options)


def participant_rows(world: World) -> npt.NDArray[np.bool_]:
    """Which rows of a world are participants, and not officers; (rows,)."""
    found = np.zeros(len(world.rows), dtype=bool)
    for start, people in zip(world.meetings["start"], world.meetings["people"], strict=True):
        found[start : start + people] = True
    return found
