"""The model as Mesa's `batch_run` wants it: parameters in, a row of totals out when enough people have met."""

from __future__ import annotations

import functools
from typing import Any

import mesa
import pandas as pd

from mesa_model.collected import Collected, add_up, one_by_one
from mesa_model.ledger import Ledger
from mesa_model.model import Meetings
from simulator.engine.inputs import Inputs, gather
from simulator.engine.tally import WANTED
from simulator.rules.ledger import CAUSES, ROW_OF
from simulator.scenario import library
from simulator.scenario.vocabulary import Row

AUDIO = 0
_CLAIMED = [at for at, cause in enumerate(CAUSES) if ROW_OF[cause] in (Row.VOID, Row.WITHDRAWN, Row.KEPT)]
_LAWFUL = [at for at, cause in enumerate(CAUSES) if ROW_OF[cause] in (Row.WITHDRAWN, Row.KEPT)]


@functools.cache
def inputs_for(willing: float) -> Inputs:
    """The everyday meetings with another share of willing people; read once in each process."""
    population = library.population("office_workers")
    moved = population.model_copy(update={"willing": population.willing.model_copy(update={"value": willing})})
    return gather(library.scenario("everyday_meetings"), parts={"population": moved})


class Sweep(Meetings):
    """Meetings until enough people have joined; then what a row of results needs."""

    def __init__(self, willing: float, seed: int, people: int) -> None:
        """Take the parameters of one run.

        Args:
            willing: Share of people who would grant, asked neutrally.
            seed: Of the run.
            people: Participants after which it ends.
        """
        super().__init__(inputs_for(willing), seed)
        self.people_wanted = people
        self.datacollector = mesa.DataCollector(model_reporters={"totals": _totals})

    def step(self) -> None:
        """One meeting."""
        super().step()
        self.running = self.participants < self.people_wanted
        self.datacollector.collect(self)  # batch_run looks its row up by step, so there has to be one for each


class CollectedSweep(Collected):
    """The same under one flow, with what became of each participant's data collected, a row for each."""

    def __init__(self, willing: float, flow: int, seed: int, people: int) -> None:
        """Take the parameters of one run; `flow` is counted from 0 among the scenario's, the others as in `Sweep`."""
        super().__init__(one_by_one(inputs_for(willing))[flow], seed)
        self.people_wanted = people

    def step(self) -> None:
        """One meeting."""
        super().step()
        self.running = self.participants < self.people_wanted


def added_up(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What `batch_run` returned of a `CollectedSweep`, a row a participant, as a row a run with its totals."""
    found = []
    people = pd.DataFrame([row for row in rows if "AgentID" in row])  # it has a row of nobody for step 0
    for (willing, flow), of_run in people.groupby(["willing", "flow"]):
        inputs = inputs_for(willing)
        ledger = Ledger(places=len(inputs.codes), kinds=len(inputs.mix.types))
        add_up(of_run.set_index(["Step", "AgentID"]), ledger)
        found.append({"willing": willing, "flow": flow, "totals": told(len(of_run), [ledger])})
    return found


def _totals(model: Sweep) -> dict[str, Any] | None:
    return None if model.running else told(model.participants, model.ledgers)


def told(participants: int, ledgers: list[Ledger]) -> dict[str, Any]:
    """Parts and wholes by group of meetings."""
    flows = []
    for ledger in ledgers:
        amounts = [groups[AUDIO] for groups in ledger.amounts]
        produced = [sum(row[: len(CAUSES)]) for row in amounts]
        flows.append(
            {
                "claimed": ([sum(row[at] for at in _CLAIMED) for row in amounts], produced),
                "lawful": ([sum(row[at] for at in _LAWFUL) for row in amounts], produced),
                "wanted": ([row[WANTED] for row in amounts], produced),
                "left": (list(ledger.left), list(ledger.people)),
            }
        )
    return {"participants": participants, "flows": flows}
