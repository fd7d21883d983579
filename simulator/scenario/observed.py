"""What somebody counted in a live flow: how many joined and agreed, joined and refused, or left."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from simulator.scenario.sourced import Id, Model, Source
from simulator.scenario.vocabulary import JoinOutcome
from simulator.scenario.yaml_file import Fault


class Count(Model):
    """How many of those whom a flow asked did one thing."""

    flow: str = Field(min_length=1)
    """The flow that was live: a built-in name, or a path from this file's folder."""
    outcome: JoinOutcome
    count: int = Field(ge=0, le=10**12)
    """Participants in meetings; somebody in five meetings counts five times."""


class Observed(Model):
    """Counts of a live flow, which fix the constants of one's own context."""

    schema_version: Literal[1]
    id: Id | None = None
    title: str = ""
    sources: list[Source] = Field(default_factory=list)
    counts: list[Count] = Field(min_length=1)

    def of(self, flow: str) -> dict[JoinOutcome, int]:
        """The counts of a flow, by the name that the file gives it."""
        return {item.outcome: item.count for item in self.counts if item.flow == flow}

    @property
    def flows(self) -> list[str]:
        """The flows that were counted, each once, as the file names them."""
        return list(dict.fromkeys(item.flow for item in self.counts))


def problems(observed: Observed) -> Iterator[Fault]:
    """All faults of counts whose parts fit on their own."""
    seen: dict[tuple[str, JoinOutcome], int] = {}
    for number, item in enumerate(observed.counts):
        before = seen.setdefault((item.flow, item.outcome), item.count)
        if before != item.count:
            message = f"{item.flow} has {before:,} {item.outcome.value} above, and {item.count:,} here."
            yield Fault(("counts", number, "count"), message, "Keep the right one, or add them up in one line.")
    for flow in observed.flows:
        counts = observed.of(flow)
        first = next(number for number, item in enumerate(observed.counts) if item.flow == flow)
        words = ", ".join(word.value for word in JoinOutcome)
        if len(counts) < 2:
            message = f"of {flow} only {next(iter(counts)).value} is counted, which is no share of anything."
            yield Fault(("counts", first), message, f"Count at least two of {words}.")
        elif not sum(counts.values()):
            yield Fault(("counts", first), f"the counts of {flow} add up to 0.", "Leave the flow out, or count people.")
