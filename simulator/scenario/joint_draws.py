"""Joint draws of the coefficients: a table beside the parameter file, one draw a line."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from simulator.errors import Problem, ScenarioError, did_you_mean
from simulator.scenario.parameters import COEFFICIENTS
from simulator.scenario.yaml_file import told

MOST_DRAWS = 10_000


@dataclass(frozen=True)
class JointDraws:
    """Draws of all coefficients together, so that what the evidence ties to each other stays tied."""

    rows: tuple[Mapping[str, float], ...]

    def __len__(self) -> int:
        return len(self.rows)


def written(rows: Sequence[Mapping[str, float]]) -> str:
    """The draws as CSV, to five digits."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COEFFICIENTS)
    writer.writerows([f"{row[name]:.5g}" for name in COEFFICIENTS] for row in rows)
    return buffer.getvalue()


def read_draws(path: Path) -> JointDraws:
    """The draws in a file.

    Raises:
        ScenarioError: If it cannot be read, lacks a coefficient, or holds what the coefficient cannot be.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ScenarioError(Problem(f"the draws cannot be read: {reason}.", path)) from None
    reader = csv.reader(text.splitlines())
    header = next(reader, [])
    problems = [
        Problem(
            f'"{name}" is no coefficient.', path, 1, remedy=did_you_mean(name, [*COEFFICIENTS], called="Coefficients")
        )
        for name in header
        if name not in COEFFICIENTS
    ]
    problems += [
        Problem(f"the column {name} is missing.", path, 1, remedy="Write the file anew with `joinlab fit`.")
        for name in COEFFICIENTS
        if name not in header
    ]
    if problems:
        raise ScenarioError(problems)
    rows: list[dict[str, float]] = []
    for number, cells in enumerate(reader, start=2):
        try:
            row = dict(zip(header, (float(cell) for cell in cells), strict=True))
        except ValueError:
            message = f"the line does not hold {len(header)} numbers."
            raise ScenarioError(Problem(message, path, number, remedy="Write it anew with `joinlab fit`.")) from None
        problems += [
            Problem(f"{name} is {value:g}; expected {COEFFICIENTS[name].allowed}.", path, number)
            for name, value in row.items()
            if not COEFFICIENTS[name].allows(value)
        ]
        rows.append(row)
    if problems:
        raise ScenarioError(told(path, problems))
    if not 2 <= len(rows) <= MOST_DRAWS:
        raise ScenarioError(Problem(f"{len(rows)} draws; expected 2 to {MOST_DRAWS:,}.", path))
    return JointDraws(tuple(rows))
