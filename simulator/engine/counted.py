"""Counts of live flows, with the flows that they are of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from simulator.errors import Gathered, UsageError
from simulator.scenario import library
from simulator.scenario.flow import Flow
from simulator.scenario.load import load_rows, rows_document
from simulator.scenario.observed import Observed
from simulator.scenario.stage_facts import join_outcomes
from simulator.scenario.vocabulary import JoinOutcome, Purpose
from simulator.scenario.yaml_file import Fault


@dataclass(frozen=True)
class Counted:
    """A flow and how many of those whom it asked did what."""

    flow: Flow
    counts: Mapping[JoinOutcome, int]
    """By outcome; those that were not counted are missing, and those that the flow makes impossible too."""

    @property
    def total(self) -> int:
        """Everybody who was counted."""
        return sum(self.counts.values())


def load_counts(path: Path, purpose: Purpose) -> tuple[Counted, ...]:
    """The flows of a file with counts.

    Raises:
        ScenarioError: If the file cannot be used, names flows that there are not, or counts what cannot be; all
            problems are named, with their lines.
    """
    observed, document, found = load_rows(path, Observed), rows_document(path, "observed"), Gathered()
    counted = []
    for name in observed.flows:
        place = next(number for number, item in enumerate(observed.counts) if item.flow == name)
        with found.part():
            try:
                flow = library.flow(name, beside=path.parent)
            except UsageError as error:
                problem = error.problems[0]
                fault = Fault(("counts", place, "flow"), problem.message, problem.remedy)
                found.problems.append(document.problem(fault, called="observed"))
                continue
            possible = join_outcomes(flow, purpose)
            faults = list(_impossible(observed, flow, name, place, possible))
            found.problems += [document.problem(fault, called="observed") for fault in faults]
            counts = {word: count for word, count in observed.of(name).items() if word in possible}
            counted.append(Counted(flow, counts))
    found.raise_any()
    return tuple(counted)


def _impossible(
    observed: Observed, flow: Flow, name: str, first: int, possible: frozenset[JoinOutcome]
) -> Iterator[Fault]:
    """Counts of what nobody can do under a flow, and flows of which nothing can be learnt."""
    if not possible:
        message = f"{flow.id} asks participants for nothing, so that none of them can agree or refuse."
        yield Fault(("counts", first, "flow"), message, "Count a flow that asks them.")
        return
    for number, item in enumerate(observed.counts):
        if item.flow == name and item.outcome not in possible and item.count:
            words = ", ".join(word.value for word in JoinOutcome if word in possible)
            message = f"under {flow.id} nobody can be counted as {item.outcome.value}: {_WHY[item.outcome]}."
            yield Fault(("counts", number, "outcome"), message, f"Possible there: {words}.")
    if len(possible) < 2:
        message = f"under {flow.id} everybody who is asked agrees, so that counts tell nothing."
        yield Fault(("counts", first, "flow"), message, "Count a flow under which people can do one thing or another.")
    elif not [item for item in observed.counts if item.flow == name and item.outcome in possible and item.count]:
        yield Fault(
            ("counts", first, "flow"), f"nobody was counted who did what {flow.id} allows.", "Check the counts."
        )


_WHY = {
    JoinOutcome.AGREED: "it asks them for nothing",
    JoinOutcome.REFUSED: "who does not agree has to leave",
    JoinOutcome.LEFT: "no option leaves",
}
