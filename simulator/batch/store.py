"""The results of an experiment in a folder: parts, one for each time that finished cells were made durable."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from simulator.batch.cells import DONE, FAILED, CellResult
from simulator.batch.durable import UNFINISHED, StoreError, make_folder, write
from simulator.batch.outcomes import SEGMENT_COLUMNS
from simulator.errors import Problem

if TYPE_CHECKING:
    import polars

PARTS = "parts"
BLOCK = 1_000
"""Cells that are read, and written into one file of a table, at a time."""
_TALLIES = 64
"""Cells whose tallies are read at a time; each is half a megabyte once unpacked."""
_WITH_TALLY = (
    "status", "seed", "replications", "meetings", "participants", "reached", "error", "traceback", "seconds", "tally",
)  # fmt: skip
_MISSING = -1


class Store:
    """Which cells are finished, and where their results are."""

    def __init__(self, folder: Path, cells: int) -> None:
        self.folder = folder
        self.cells = cells
        self._part_of: npt.NDArray[np.int32] = np.full(cells, _MISSING, dtype=np.int32)
        self._failed = np.zeros(cells, dtype=np.bool_)
        self._last = 0
        self._read_index()

    @property
    def done(self) -> int:
        """Cells with results."""
        return int(np.count_nonzero(self._part_of != _MISSING)) - self.failed

    @property
    def failed(self) -> int:
        """Cells that failed when they were last run."""
        return int(np.count_nonzero(self._failed))

    def unfinished(self, *, only_failed: bool = False) -> list[int]:
        """Cells to run: those that are missing and those that failed, or the latter alone."""
        wanted = self._failed if only_failed else self._failed | (self._part_of == _MISSING)
        return [int(cell) for cell in np.flatnonzero(wanted)]

    def add(self, results: Sequence[CellResult]) -> None:
        """Keep the results of some cells; they are on the disk when this returns.

        Raises:
            StoreError: If they cannot be written; earlier ones stay as they are.
        """
        buffer = io.BytesIO()
        _frame(results).write_parquet(buffer, compression="zstd")
        write(self._path(self._last + 1), buffer.getvalue())
        self._last += 1
        for result in results:
            self._note(result.number, self._last, result.status)

    def blocks(self, columns: Sequence[str], *, size: int = BLOCK) -> Iterator[tuple[int, polars.DataFrame]]:
        """Results of the finished cells in order, some at a time: number of the block, and a row for each cell."""
        import polars as pl

        for number, start in enumerate(range(0, self.cells, size)):
            parts = self._part_of[start : start + size]
            frames = [pl.DataFrame(schema={name: schema_of_parts()[name] for name in ("cell", *columns)})]
            for part in np.unique(parts[parts != _MISSING]):
                wanted = [int(cell) for cell in start + np.flatnonzero(parts == part)]
                frame = self._read(int(part), ["cell", *columns])
                frames.append(frame.filter(pl.col("cell").is_in(wanted)))
            yield number, pl.concat(frames).sort("cell").rechunk()

    def tallies(self) -> Iterator[tuple[int, CellResult]]:
        """The cells that are done, in order, with their tallies; their rows stay empty."""
        for _, frame in self.blocks(_WITH_TALLY, size=_TALLIES):
            for row in frame.iter_rows(named=True):
                if row["status"] == DONE:
                    yield row["cell"], CellResult(number=row.pop("cell"), **row)

    def result(self, cell: int) -> CellResult | None:
        """The result of one cell with its tally; None while it is missing. Its rows stay empty."""
        import polars as pl

        part = int(self._part_of[cell])
        if part == _MISSING:
            return None
        row = self._read(part, ["cell", *_WITH_TALLY]).filter(pl.col("cell") == cell).row(0, named=True)
        return CellResult(number=row.pop("cell"), **row)

    def _read_index(self) -> None:
        folder = self.folder / PARTS
        for part in sorted(folder.glob("*.parquet")):
            frame = self._read(int(part.stem), ["cell", "status"])
            if len(frame) and not 0 <= int(frame["cell"].max()) < self.cells:  # type: ignore[arg-type]
                raise StoreError(Problem("this part holds cells that the experiment has not.", part))
            for cell, status in frame.iter_rows():
                self._note(cell, int(part.stem), status)
            self._last = max(self._last, int(part.stem))

    def _note(self, cell: int, part: int, status: str) -> None:
        self._part_of[cell] = part
        self._failed[cell] = status == FAILED

    def _read(self, part: int, columns: Sequence[str]) -> polars.DataFrame:
        import polars as pl

        path = self._path(part)
        try:
            return pl.read_parquet(path, columns=list(columns))
        except (OSError, pl.exceptions.PolarsError) as error:
            reason = str(error).splitlines()[0]
            remedy = "Remove this file, and run the same command again: its cells are then run anew."
            raise StoreError(Problem(f"this part cannot be read: {reason}.", path, remedy=remedy)) from None

    def _path(self, part: int) -> Path:
        return self.folder / PARTS / f"{part:08d}.parquet"


def open_store(folder: Path, cells: int) -> Store:
    """The store in a folder, made if need be, to write to; what a killed process left half-written is removed.

    Raises:
        StoreError: If it cannot be written to.
    """
    make_folder(folder / PARTS)
    for leftover in [*folder.glob(f"*{UNFINISHED}"), *folder.glob(f"*/*{UNFINISHED}")]:
        leftover.unlink(missing_ok=True)
    return Store(folder, cells)


def rows_of_parts() -> dict[str, dict[str, type[polars.DataType]]]:
    """Columns of the tables whose rows a part holds in lists, by table."""
    import polars as pl

    return {
        "outcomes": {"outcome": pl.String, "value": pl.Float64, "low": pl.Float64, "high": pl.Float64},
        "ledger": {"category": pl.String, "unit": pl.String, "cause": pl.String, "amount": pl.Float64},
        "segments": {"breakdown": pl.String, "part": pl.String, **dict.fromkeys(SEGMENT_COLUMNS, pl.Float64)},
    }


def schema_of_parts() -> dict[str, polars.DataType | type[polars.DataType]]:
    """Columns of a part."""
    import polars as pl

    return {
        "cell": pl.Int64,
        "status": pl.String,
        "seed": pl.UInt64,
        "replications": pl.Int64,
        "meetings": pl.Int64,
        "participants": pl.Int64,
        "reached": pl.Boolean,
        "error": pl.String,
        "traceback": pl.String,
        "seconds": pl.Float64,
        "worker": pl.String,
        **{name: pl.List(pl.Struct(columns)) for name, columns in rows_of_parts().items()},
        "tally": pl.Binary,
    }


def _frame(results: Sequence[CellResult]) -> polars.DataFrame:
    import polars as pl

    schema, tables = schema_of_parts(), rows_of_parts()
    rows = [
        {
            **{name: getattr(result, "number" if name == "cell" else name) for name in schema},
            **{
                name: [dict(zip(columns, row, strict=True)) for row in getattr(result, name)]
                for name, columns in tables.items()
            },
        }
        for result in results
    ]
    return pl.DataFrame(rows, schema=schema)
