"""Results of an experiment as frames, and outcomes that were not thought of when it ran."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.analysis.outcomes import FlowOutcomes, paired_difference
from simulator.batch.bench import UnfitError
from simulator.batch.cells import CellResult, run_of
from simulator.batch.durable import StoreError
from simulator.batch.manifest import Json, bench_of, read_folder
from simulator.batch.outcomes import KEPT, OutcomeOf, outcome
from simulator.batch.prepared import Prepared, kept_experiment
from simulator.batch.store import Store
from simulator.batch.tables import TABLES, factor_frame, frames
from simulator.errors import JoinlabError, Problem, UsageError, did_you_mean

if TYPE_CHECKING:
    import polars

SHOWN = ("claimed", "lawful", "wanted")
"""Outcomes that are shown unless others are asked for."""


class Results:
    """The results that a folder holds."""

    def __init__(self, folder: Path, manifest: Json, inputs: Json, experiment: Prepared, store: Store) -> None:
        self.folder = folder
        self.manifest = manifest
        """As `manifest.json` has it."""
        self.inputs = inputs
        """As `inputs.json` has them."""
        self.experiment = experiment
        """As it was when the results were made."""
        self.store = store

    @property
    def status(self) -> str:
        """`done` where every cell is; `some_failed`, `partly`, `stopped`, `cancelled`, `unwritable`, `broken`, or
        `started` where the batch was killed or is still under way."""
        return str(self.manifest["status"])

    def frame(self, outcomes: Sequence[str] = KEPT) -> polars.DataFrame:
        """A row for each finished cell: its factors, how it went, and each outcome with both ends of its interval.

        Args:
            outcomes: Names, such as `lawful`, `lawful.video` or `lawful.jurisdiction.DE`. What the batch did not write
                is computed from the stored totals.

        Raises:
            UsageError: If there is no such outcome.
        """
        outcomes = list(dict.fromkeys(outcomes))
        found = self.table("cells")
        kept = [name for name in outcomes if name in KEPT]
        if kept:
            import polars as pl

            # Filtered block by block, as all outcomes of all cells of a large batch are gigabytes.
            blocks = frames(self.store, self.experiment.layout, "outcomes")
            long = pl.concat([block.filter(pl.col("outcome").is_in(kept)) for _, block in blocks])
            for name in kept:
                own = long.filter(pl.col("outcome") == name)
                found = found.join(_widened(own.drop("outcome"), name), on="cell", how="left", maintain_order="left")
        for name in outcomes:
            if name not in KEPT:
                widened = _widened(self.outcome(name), name)
                found = found.join(widened, on="cell", how="left", maintain_order="left")
        wanted = [f"{name}{end}" for name in outcomes for end in ("", "_low", "_high")]
        return found.select(*(name for name in found.columns if name not in wanted), *wanted)

    def done(self, outcomes: Sequence[str]) -> polars.DataFrame:
        """As `frame`, of the cells that are done and have all the outcomes.

        Raises:
            UsageError: If there is no such outcome, or no such cell.
        """
        import polars as pl

        if not self.store.done:
            remedy = "The same `joinlab batch` goes on with them."
            raise UsageError(Problem("no cell is done yet.", self.folder, remedy=remedy))
        found = self.frame(outcomes).filter(pl.col("status") == "done").drop_nulls(list(outcomes))
        if found.is_empty():
            what = f"has all of {', '.join(outcomes)}" if len(outcomes) > 1 else f"has {outcomes[0]}"
            raise UsageError(Problem(f"no cell {what}.", self.folder))
        return found

    def table(self, name: str) -> polars.DataFrame:
        """One of the tables `cells`, `outcomes`, `ledger` and `segments`, of all finished cells.

        Raises:
            UsageError: If there is no such table.
        """
        if name not in TABLES:
            remedy = did_you_mean(name, TABLES, called="Tables")
            raise UsageError(Problem(f"{name!r} is not a table.", remedy=remedy))
        import polars as pl

        return pl.concat([frame for _, frame in frames(self.store, self.experiment.layout, name)])

    def outcome(self, of: str | OutcomeOf) -> polars.DataFrame:
        """An outcome of every cell that is done, from its stored totals: `cell`, `value`, `low`, `high`.

        Args:
            of: A name, or a function of `FlowOutcomes` that makes an `Estimate`.

        Raises:
            UsageError: If there is no outcome of that name.
        """
        import polars as pl

        compute = outcome(of) if isinstance(of, str) else of
        rows = []
        for cell, flow in self.flows():
            found = compute(flow)
            rows.append((cell, found.value, found.low, found.high))
        schema = {"cell": pl.Int64, "value": pl.Float64, "low": pl.Float64, "high": pl.Float64}
        return pl.DataFrame(rows, schema=schema, orient="row")

    def flows(self) -> Iterator[tuple[int, FlowOutcomes]]:
        """Every cell that is done, with what its flow did; made from the stored totals, one at a time.

        Raises:
            StoreError: If totals were made by code that counted otherwise, or recorded choices are gone.
        """
        for cell, result in self.store.tallies():
            yield cell, self._flow(result)

    def _flow(self, result: CellResult) -> FlowOutcomes:
        try:
            inputs = self.experiment.bench.inputs(self.experiment.layout.changes(result.number))
        except (JoinlabError, UnfitError) as error:
            told = str(error).removesuffix("nothing was run.").strip()
            message = f"cell {result.number} can no longer be made from its inputs: {told}"
            raise StoreError(Problem(message, self.folder)) from None
        try:
            return FlowOutcomes(run_of(inputs, result), 0)
        except ValueError as error:
            made = self.manifest["code"]
            remedy = f"They were made by joinlab {made.get('joinlab')}, revision {made.get('revision')}."
            problem = Problem(f"the totals of cell {result.number} are {error}.", self.folder, remedy=remedy)
            raise StoreError(problem) from None

    def differences(self, path: str, baseline: object, outcome_name: str = "lawful") -> polars.DataFrame:
        """An outcome less the same at another value of one factor, all others being equal.

        The same people in the same meetings are behind both, so that what they share cancels: all of them where cells
        have as many replications, in part where a precision decided how many, none with numbers of their own.

        Args:
            path: The factor.
            baseline: Its value to compare with.
            outcome_name: A share of the scenario's category, or `left`.

        Returns:
            Factors of each cell that has another value, then `value`, `low`, `high`.

        Raises:
            UsageError: If there is no such factor or value.
        """
        import polars as pl

        factors = factor_frame(self.experiment.layout, range(self.store.cells))
        if path not in factors.columns:
            remedy = did_you_mean(path, factors.columns, called="Factors")
            raise UsageError(Problem(f"{path!r} is not varied.", remedy=remedy))
        rows = factors.rows(named=True)
        if baseline not in [row[path] for row in rows]:
            values = [str(value) for value in factors[path].unique(maintain_order=True)]
            remedy = did_you_mean(str(baseline), values, called="Values")
            raise UsageError(Problem(f"{path} is never {baseline!r}.", remedy=remedy))
        wanted = {cell for cell, row in enumerate(rows) if row[path] == baseline}
        bases = {_others(rows[cell], path): flow for cell, flow in self.flows() if cell in wanted}
        found = []
        for cell, flow in self.flows():
            base = bases.get(_others(rows[cell], path))
            if cell not in wanted and base is not None:
                gap = paired_difference(flow, base, outcome_name, flow.headline)
                found.append((cell, *rows[cell].values(), gap.value, gap.low, gap.high))
        ends = dict.fromkeys(("value", "low", "high"), pl.Float64())
        schema = pl.Schema({"cell": pl.Int64(), **factors.schema, **ends})
        return pl.DataFrame(found, schema=schema, orient="row")


def _others(row: Mapping[str, object], path: str) -> tuple[object, ...]:
    return tuple(value for name, value in row.items() if name != path)


def _widened(long: polars.DataFrame, name: str) -> polars.DataFrame:
    return long.rename({"value": name, "low": f"{name}_low", "high": f"{name}_high"})


def open_results(folder: str | Path) -> Results:
    """The results in a folder, whether or not all cells are done.

    Raises:
        StoreError: If it holds none, or they cannot be read.
    """
    place = Path(folder)
    manifest, inputs = read_folder(place)
    experiment = kept_experiment(place, bench_of(inputs, Path(manifest["file"]).parent))
    if experiment.layout.digest() != inputs["cells"]:
        made = ", ".join(f"{name} {version}" for name, version in manifest["packages"].items())
        message = "its design is drawn otherwise by the packages installed here."
        raise StoreError(Problem(message, place, remedy=f"It was made with {made}."))
    return Results(place, manifest, inputs, experiment, Store(place, len(experiment.layout)))
