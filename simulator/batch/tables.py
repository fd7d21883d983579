"""The tables of a results folder as Parquet, the same to the last byte however the batch was cut, killed or resumed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from simulator.batch.designs import Factor, Layout, named
from simulator.batch.durable import make_folder, write
from simulator.batch.outcomes import SEGMENT_COLUMNS
from simulator.batch.store import BLOCK, Store, rows_of_parts, schema_of_parts

if TYPE_CHECKING:
    import polars

TABLES = ("cells", "outcomes", "ledger", "segments")
COLUMNS = "columns.csv"

_OF_CELL = ("status", "seed", "replications", "meetings", "participants", "reached", "error")

_MEANING: dict[str, dict[str, tuple[str, str]]] = {
    "cells": {
        "cell": ("number", "number of the cell in the design, from 0"),
        "status": ("", "done or failed"),
        "seed": ("", "of the first replication, or of the one that failed"),
        "replications": ("number", "replications whose totals are added up"),
        "meetings": ("number", "meetings in all replications"),
        "participants": ("number", "people in all meetings"),
        "reached": ("", "whether the cell is as precise as asked; empty where nothing was asked"),
        "error": ("", "why the cell failed"),
    },
    "outcomes": {
        "cell": ("number", "number of the cell"),
        "outcome": ("", "name of the outcome, as the reference of results explains it"),
        "value": ("share or seconds", "the estimate; empty where it is not defined"),
        "low": ("share or seconds", "lower end of the 95 % interval over meetings"),
        "high": ("share or seconds", "upper end of the 95 % interval over meetings"),
    },
    "ledger": {
        "cell": ("number", "number of the cell"),
        "category": ("", "data category"),
        "unit": ("", "unit of the amount"),
        "cause": ("", "the one first reason why this part was lost, or kept; causes that took nothing are left out"),
        "amount": ("unit", "how much, over all meetings; the amounts of a category add up to what was produced"),
    },
    "segments": {
        "cell": ("number", "number of the cell"),
        "breakdown": ("", "by what the people are split"),
        "part": ("", "the part of them"),
        **{name: ("unit of the category", f"amount {name} by these people, of the scenario's category")
           for name in SEGMENT_COLUMNS if name not in ("participants", "left")},
        "participants": ("number", "people in this part, over all meetings"),
        "left": ("number", "those of them who left"),
    },
}  # fmt: skip


def frames(store: Store, layout: Layout, table: str, *, size: int = BLOCK) -> Iterator[tuple[int, polars.DataFrame]]:
    """A table some cells at a time: number of the block, and its rows in the order of the cells."""
    import polars as pl

    if table == "cells":
        for number, frame in store.blocks(_OF_CELL, size=size):
            factors = factor_frame(layout, frame["cell"].to_list())
            yield number, pl.concat([frame.select("cell"), factors, frame.select(_OF_CELL)], how="horizontal")
        return
    for number, frame in store.blocks(["status", table], size=size):
        rows = frame.filter(pl.col("status") == "done", pl.col(table).list.len() > 0)
        yield number, rows.select("cell", table).explode(table).unnest(table)


def factor_frame(layout: Layout, cells: Sequence[int]) -> polars.DataFrame:
    """What each factor is in some cells: numbers, yes or no, or names."""
    import polars as pl

    rows = [named(layout.levels(cell)) for cell in cells]
    return pl.DataFrame(
        {factor.path: [_typed(row.get(factor.path), kind) for row in rows] for factor, kind in _kinds(layout)},
        schema={factor.path: getattr(pl, kind) for factor, kind in _kinds(layout)},
    )


def _kinds(layout: Layout) -> Iterator[tuple[Factor, str]]:
    """Factors with the type of their column."""
    for factor in layout.factors:
        if not factor.categorical:
            yield factor, "Float64"
            continue
        values = list(named({str(place): level for place, level in enumerate(factor.levels)}).values())
        yield factor, "Boolean" if all(value is None or isinstance(value, bool) for value in values) else "String"


def _typed(value: str | float | bool | None, kind: str) -> str | float | bool | None:
    if value is None or kind == "Boolean":
        return value
    return float(value) if kind == "Float64" else str(value).lower() if isinstance(value, bool) else str(value)


def write_tables(store: Store, layout: Layout) -> None:
    """Write all tables, a file for each block of cells, and what their columns hold.

    Raises:
        StoreError: If they cannot be written.
    """
    for table in TABLES:
        folder = store.folder / table
        make_folder(folder)
        write(folder / COLUMNS, _dictionary(table, layout).encode())
        for number, frame in frames(store, layout, table):
            buffer = io.BytesIO()
            frame.write_parquet(buffer, compression="zstd")
            write(folder / f"{number:05d}.parquet", buffer.getvalue())


def _dictionary(table: str, layout: Layout) -> str:
    import polars as pl

    types = {"cell": pl.Int64, **(schema_of_parts() if table == "cells" else rows_of_parts()[table])}
    meaning = dict(_MEANING[table])
    if table == "cells":
        kinds = {factor.path: (kind, factor.lever) for factor, kind in _kinds(layout)}
        types |= {path: getattr(pl, kind) for path, (kind, _) in kinds.items()}
        factors = {
            path: ("as in the scenario", f"{'lever' if lever else 'uncertainty'}: what stands at this path")
            for path, (_, lever) in kinds.items()
        }
        meaning = {"cell": meaning.pop("cell"), **factors, **meaning}
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["column", "type", "unit", "meaning"])
    writer.writerows([name, str(types[name]), unit, text] for name, (unit, text) in meaning.items())
    return buffer.getvalue()
