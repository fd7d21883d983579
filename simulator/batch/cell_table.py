"""Reads a table of cells: a CSV file whose columns are paths."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from simulator.errors import Problem, ScenarioError, did_you_mean
from simulator.scenario.experiment import Level, Table
from simulator.scenario.yaml_file import told


@dataclass(frozen=True)
class Rows:
    """A table of cells as read."""

    path: Path
    columns: tuple[str, ...]
    levers: frozenset[str]
    rows: tuple[Mapping[str, Level], ...]


def read_table(path: Path, table: Table) -> Rows:
    """The cells in a file.

    Raises:
        ScenarioError: If it cannot be read, or a line does not fit; all problems are named.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ScenarioError(Problem(f"the table cannot be read: {reason}.", path)) from None
    lines = _lines(path, text)
    columns = [word.strip() for _, words in lines[:1] for word in words]
    found: list[Problem] = []
    if not columns or not all(columns):
        found.append(Problem("a column has no name.", path, 1, remedy="The first line names a path for each column."))
    for name in sorted({name for name in columns if columns.count(name) > 1}):
        found.append(Problem(f"the column {name} is there twice.", path, 1))
    for name in table.levers:
        if name not in columns:
            remedy = did_you_mean(name, columns, called="Columns")
            found.append(Problem(f"there is no column {name}, which `levers` names.", path, 1, remedy=remedy))
    rows: list[Mapping[str, Level]] = []
    for number, cells in lines[1:]:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(columns):
            found.append(Problem(f"the line has {len(cells)} fields; expected {len(columns)}.", path, number))
            continue
        pairs = zip(columns, cells, strict=True)
        rows.append({name: _scalar(cell.strip()) for name, cell in pairs if cell.strip()})
    if not rows and not found:
        found.append(Problem("the table has no cells.", path))
    if found:
        raise ScenarioError(told(path, found))
    return Rows(path, tuple(columns), frozenset(table.levers), tuple(rows))


def _lines(path: Path, text: str) -> list[tuple[int, list[str]]]:
    """The lines of a table, each with its number and fields."""
    reader = csv.reader(text.splitlines())
    found = []
    before = 0
    try:
        for fields in reader:
            found.append((reader.line_num, fields))
            before = reader.line_num
    except csv.Error:  # in this dialect nothing else can be wrong
        message = f"this field is longer than {csv.field_size_limit():,} characters."
        remedy = "Close the quote with which it begins, or remove it."
        raise ScenarioError(Problem(message, path, before + 1, remedy=remedy)) from None
    return found


def _scalar(text: str) -> Level:
    """A field of a table: a number, true, false or null, else the text."""
    try:
        found = json.loads(text)
    except ValueError:
        return text
    return found if found is None or isinstance(found, bool | int | float) else text
