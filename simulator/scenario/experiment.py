"""An experiment document: many runs of one scenario, laid out beforehand."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Annotated, Literal, TypeAlias

from pydantic import Discriminator, Field, JsonValue, Tag

from simulator.scenario.sourced import Id, Model, Source
from simulator.scenario.yaml_file import Fault, Loc, Value

Scalar: TypeAlias = None | bool | int | float | str
"""A value that can stand in one place of a file; dates are text."""

ByDesign = Literal["list", "grid", "latin_hypercube", "sobol", "saltelli", "morris"]
SAMPLED = ("latin_hypercube", "sobol", "saltelli", "morris")
"""Designs that draw points, and so need their number; the others take the values as they are listed."""

MOST_CELLS = 10_000_000


class Named(Model):
    """A value with a short name, for what does not fit into one word, such as a mix of jurisdictions."""

    name: Id
    value: JsonValue


Level: TypeAlias = Annotated[
    Annotated[Scalar, Tag("value")] | Annotated[Named, Tag("named")],
    Discriminator(lambda given: "named" if isinstance(given, dict | Named) else "value"),
]


class Between(Model):
    """Any number between two ends."""

    range: Literal["file"] | tuple[float, float]
    """Lowest and highest value; `file`: the range that the figure has in its own file."""
    steps: int | None = Field(default=None, ge=2, le=10_000)
    """For grids and lists: how many values, evenly spread from end to end."""
    scale: Literal["linear", "log"] = "linear"
    """Whether values are spread evenly by difference or by ratio."""


Factor: TypeAlias = Annotated[
    Annotated[list[Level], Field(min_length=1), Tag("levels")] | Annotated[Between, Tag("between")],
    Discriminator(lambda given: "levels" if isinstance(given, list) else "between"),
]
"""What one place of the scenario is varied over."""


class Correlation(Model):
    """Two factors that go up together, or one up as the other goes down."""

    between: tuple[str, str]
    """Paths of the two; a list counts in the order in which it is written."""
    rank: float = Field(gt=-1.0, lt=1.0)
    """Spearman's rank correlation."""


class Varied(Model):
    """Some places of the scenario, and how their values are combined."""

    design: ByDesign
    """list: the first values of all, then the second, and so on; grid: every combination; latin_hypercube and sobol:
    points spread over all at once; saltelli and morris: points for Sobol indices and for Morris screening."""
    points: int | None = Field(default=None, ge=1, le=1_000_000)
    """Points to draw. saltelli makes (number of factors + 2) cells of each, morris (number of factors + 1)."""
    of: dict[str, Factor] = Field(min_length=1)
    """What is varied: `flow`, `reading`, `date`, any other key of the scenario, or a path into one of its parts, such
    as population.willing, parameters.click or flow.stages.notice.blocking."""
    correlations: list[Correlation] = Field(default_factory=list)
    """For latin_hypercube and sobol; factors that are not named are independent."""


class Table(Model):
    """Cells one by one, in a CSV file whose columns are paths; an empty field leaves the scenario as it is."""

    file: str
    """CSV file beside this one."""
    levers: list[str] = Field(default_factory=list)
    """Columns that a designer could choose; the others are uncertainties."""


class Precision(Model):
    """How narrow the intervals of a cell have to be."""

    half_width: float = Field(gt=0.0, lt=0.5)
    """Longest side of an interval, as a proportion: 0.005 is half a percentage point."""
    of: list[Literal["claimed", "lawful", "lawful_lenient", "kept", "wanted", "overreach", "missed", "left"]] = Field(
        default=["claimed", "lawful", "lawful_lenient", "wanted"], min_length=1
    )
    """Outcomes that are to be so precise."""
    most_replications: int = Field(default=100, ge=1, le=100_000)
    """Where a cell gives up."""


class Experiment(Model):
    """A question over many cells: levers, which a designer can set, and uncertainties, which nobody controls.

    Every combination of the levers meets every sample of the uncertainties. Without levers for it, each flow of the
    scenario is one.
    """

    schema_version: Literal[1]
    id: Id
    title: str
    question: str
    """What running it answers."""
    sources: list[Source] = Field(min_length=1)
    scenario: str
    """What is varied: the name of a built-in scenario, or a file beside this one."""
    levers: Varied | None = None
    uncertainties: Varied | None = None
    table: Table | None = None
    """Cells one by one, in place of levers and uncertainties."""
    participants: int = Field(default=20_000, ge=1, le=1_000_000_000)
    """At least so many people in each replication, in whole meetings."""
    replications: int = Field(default=1, ge=1, le=100_000)
    """Runs of each cell, with a seed each; their totals are added up."""
    precision: Precision | None = None
    """Replications are added until a cell is so precise; `replications` is then the least number."""
    seed: int = Field(ge=0, lt=1 << 64)
    """The first replication runs with this seed, as `joinlab compare --seed` would; those after it with seeds made
    from it."""
    random_numbers: Literal["common", "own"] = "common"
    """common: the same people, meetings and draws in every cell, with a precision in the replications that cells have
    in common; own: others in each."""
    expects: list[str] = Field(default_factory=list)
    """What the author expects to find, written before running it."""


def problems(experiment: Experiment) -> Iterator[Fault]:
    """What does not fit together in an experiment, as far as its own file tells."""
    parts = [("levers", experiment.levers), ("uncertainties", experiment.uncertainties)]
    given = [(name, part) for name, part in parts if part is not None]
    if experiment.table is not None and given:
        remedy = "Put everything into the table, or leave `table` out."
        yield Fault((given[0][0],), f"there are {given[0][0]} beside a table of cells.", remedy)
    if experiment.table is None and not given:
        yield Fault((), "nothing is varied.", "Add `levers`, `uncertainties` or `table`.")
    precision = experiment.precision
    if precision is not None and precision.most_replications < experiment.replications:
        message = f"{experiment.replications} replications are more than the most, {precision.most_replications}."
        yield Fault(("precision",), message, "Raise `most_replications`.")
    for name, part in given:
        yield from _varied_problems((name,), part)
    twice = set(experiment.levers.of if experiment.levers else ()) & set(
        experiment.uncertainties.of if experiment.uncertainties else ()
    )
    for path in sorted(twice):
        yield Fault(("uncertainties", "of", path), "this is a lever already.", "A place is either, not both.")


def _varied_problems(at: Loc, part: Varied) -> Iterator[Fault]:
    if part.design in SAMPLED and part.points is None:
        yield Fault((*at, "design"), f"{part.design} does not say how many points.", "Add `points: 64`.")
    if part.design not in SAMPLED and part.points is not None:
        yield Fault((*at, "points"), f"a {part.design} has no points.", "Remove it; a range takes `steps`.")
    if part.design in ("sobol", "saltelli") and part.points is not None and part.points & (part.points - 1):
        lower = 1 << (part.points.bit_length() - 1)
        remedy = f"Take {lower} or {2 * lower}: other numbers leave gaps."
        yield Fault((*at, "points"), f"{part.points} is no power of two.", remedy)
    for path, factor in part.of.items():
        yield from _factor_problems((*at, "of", path), factor, part.design)
    if part.design == "list":
        yield from _unequal(at, part)
    if part.correlations and part.design not in ("latin_hypercube", "sobol"):
        remedy = "Take latin_hypercube or sobol, or list the cells in a table."
        yield Fault((*at, "correlations"), f"a {part.design} design has no correlations.", remedy)
    for place, pair in enumerate(part.correlations):
        for path in pair.between:
            if path not in part.of:
                remedy = f"Factors: {', '.join(part.of)}."
                yield Fault((*at, "correlations", place), f"{path} is not among the factors.", remedy)
        if pair.between[0] == pair.between[1]:
            yield Fault((*at, "correlations", place), "these are one and the same factor.")


def _factor_problems(at: Loc, factor: list[Level] | Between, design: str) -> Iterator[Fault]:
    if isinstance(factor, list):
        names = [name_of(level) for level in factor]
        again = next((name for place, name in enumerate(names) if name in names[:place]), None)
        if again is not None and design != "list":
            yield Fault(at, f"{again} stands there twice.")
        return
    if design not in SAMPLED and factor.steps is None:
        yield Fault(at, f"a {design} needs to know how many values to take of a range.", "Add `steps: 5`.")
    if design in SAMPLED and factor.steps is not None:
        yield Fault((*at, "steps"), f"{design} takes any number of the range.", "Remove it.")
    if factor.range == "file":
        return
    low, high = factor.range
    if not low < high:
        yield Fault((*at, "range"), f"the range runs from {low:g} to {high:g}.", "Put the lower end first.")
    elif factor.scale == "log" and low <= 0.0:
        yield Fault((*at, "range"), f"{low:g} has no logarithm.", "Start above 0, or use `scale: linear`.")


def _unequal(at: Loc, part: Varied) -> Iterator[Fault]:
    counts = {path: len(factor) if isinstance(factor, list) else factor.steps for path, factor in part.of.items()}
    if len(set(counts.values())) > 1:
        told = ", ".join(f"{path} {count}" for path, count in counts.items())
        remedy = "A list takes one value of each at a time; `grid` combines them."
        yield Fault((*at, "of"), f"the factors have different numbers of values: {told}.", remedy)


def name_of(level: Level) -> str:
    """How a level is called in tables."""
    if isinstance(level, Named):
        return level.name
    return level if isinstance(level, str) else json.dumps(level)


def value_of(level: Level) -> Value:
    """What a level puts into the scenario."""
    if isinstance(level, Named):
        return level.model_dump()["value"]  # type: ignore[no-any-return]
    return level


def spread(low: float, high: float, scale: str, part: float) -> float:
    """The number at a part of the way, 0 to 1, from the lower to the higher end."""
    if scale == "log":
        return float(math.exp(math.log(low) + part * (math.log(high) - math.log(low))))
    return float(low + part * (high - low))
