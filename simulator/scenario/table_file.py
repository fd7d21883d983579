"""Reads a CSV file of records into the form of a YAML document, with the line of every record."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path

from simulator.errors import Problem, ScenarioError, did_you_mean
from simulator.scenario.yaml_file import MAX_BYTES, Document, Loc, Value, told


def read_table(path: Path, *, key: str, columns: Sequence[str], optional: Sequence[str] = ()) -> Document:
    """A file with a header line as `{schema_version: 1, KEY: [{column: cell, ...}, ...]}`.

    Cells that are whole or decimal numbers become numbers; empty optional ones are left out.

    Args:
        path: Of the file.
        key: Name of the list of records.
        columns: Columns that must be there.
        optional: Columns that may be.

    Raises:
        ScenarioError: If it cannot be read, or its columns are others.
    """
    text = _text(path)
    delimiter = ";" if text.split("\n", 1)[0].count(";") > text.split("\n", 1)[0].count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((reader.line_num, [cell.strip() for cell in cells]))
    except csv.Error as error:
        raise ScenarioError(Problem(f"this is not CSV: {error}.", path, reader.line_num)) from None
    if not rows:
        raise ScenarioError(Problem("the file is empty.", path, remedy=f"Its first line is {','.join(columns)}."))
    header = [name.lower() for name in rows[0][1]]
    problems = [*_header(path, rows[0][0], header, columns, optional)]
    problems += [
        Problem(f"the number of fields is {len(cells)}; expected {len(header)}, as in the header.", path, line)
        for line, cells in rows[1:]
        if len(cells) != len(header)
    ]
    if problems:
        raise ScenarioError(told(path, problems))
    records: list[Value] = []
    lines: dict[Loc, int] = {(): 1, (key,): rows[0][0]}
    for number, (line, cells) in enumerate(rows[1:]):
        filled = {name: _value(cell) for name, cell in zip(header, cells, strict=True) if cell or name in columns}
        records.append(dict(filled))
        lines[key, number] = line
    return Document({"schema_version": 1, key: records}, path, lines)


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
        if len(data) > MAX_BYTES:
            message = f"the file has {len(data):,} bytes; a content file has at most {MAX_BYTES:,}."
            raise ScenarioError(Problem(message, path))
        return data.decode("utf-8-sig")
    except FileNotFoundError:
        raise ScenarioError(Problem("there is no such file.", path)) from None
    except OSError as error:
        raise ScenarioError(Problem(f"the file cannot be read: {error.strerror}.", path)) from None
    except UnicodeDecodeError:
        raise ScenarioError(Problem("the file is not UTF-8.", path, remedy="Save it as UTF-8.")) from None


def _header(
    path: Path, line: int, header: Sequence[str], columns: Sequence[str], optional: Sequence[str]
) -> list[Problem]:
    known = [*columns, *optional]
    missing = [name for name in columns if name not in header]
    problems = [
        Problem(f"the header has no column {name!r}.", path, line, remedy=f"The columns are {', '.join(known)}.")
        for name in missing
    ]
    for place, name in enumerate(header):
        if name not in known:
            remedy = did_you_mean(name, known, called="Columns")
            problems.append(Problem(f"{name!r} is no column of this file.", path, line, remedy=remedy))
        elif name in header[:place]:
            problems.append(Problem(f"the column {name!r} stands there twice.", path, line))
    return problems


def _value(cell: str) -> Value:
    if re.fullmatch(r"[-+]?\d{1,18}", cell):
        return int(cell)
    return float(cell) if re.fullmatch(r"[-+]?\d+\.\d+", cell) else cell
