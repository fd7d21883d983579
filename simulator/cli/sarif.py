"""Findings as SARIF 2.1.0, which code hosts and editors read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote

from simulator.errors import Problem
from simulator.rules.findings import DEFINITIONS, Definition, Finding

Json: TypeAlias = "None | bool | int | float | str | Sequence[Json] | dict[str, Json]"
Placed = tuple[Path, int, str, Finding]
"""File, line, dotted key, finding."""

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT = "%SRCROOT%"
"""Stands for the folder that relative addresses start from."""


def sarif(found: Iterable[Placed], problems: Sequence[Problem], *, version: str, folder: Path) -> Json:
    """One run of `joinlab check`.

    Args:
        found: The findings with their places.
        problems: What is wrong with files that could not be checked; these make the run unsuccessful.
        version: Version of joinlab.
        folder: Folder that addresses of files are relative to; a file outside it gets its whole address.
    """
    notices: list[Json] = [
        {"level": "error", "message": {"text": _text(problem)}, "locations": list(_locations(problem, folder))}
        for problem in problems
    ]
    rules: list[Json] = [_rule(definition) for definition in DEFINITIONS]
    run: dict[str, Json] = {
        "tool": {"driver": {"name": "joinlab", "version": version, "rules": rules}},
        "invocations": [{"executionSuccessful": not problems, "toolExecutionNotifications": notices}],
        "results": [_result(*placed, folder=folder) for placed in found],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(definition: Definition) -> Json:
    text = f"{definition.says} Pattern: {definition.pattern}. Rule: {definition.rule}."
    if definition.mirror:
        text = (
            f"{definition.says} Mirrored, as a note: {definition.mirror} {text.removeprefix(definition.says).strip()}"
        )
    return {
        "id": definition.id,
        "shortDescription": {"text": f"{definition.title}."},
        "fullDescription": {"text": definition.says},
        "help": {"text": text},
        "defaultConfiguration": {"level": definition.level.value},
        "properties": {"pattern": definition.pattern, "rule": definition.rule},
    }


_INDEX = {definition.id: number for number, definition in enumerate(DEFINITIONS)}


def _result(path: Path, line: int, key: str, finding: Finding, *, folder: Path) -> Json:
    return {
        "ruleId": finding.id,
        "ruleIndex": _INDEX[finding.id],
        "level": finding.level.value,
        "message": {"text": finding.message},
        "locations": [{**_location(path, line, folder), "logicalLocations": [{"fullyQualifiedName": key}]}],
    }


def _location(path: Path, line: int | None, folder: Path) -> dict[str, Json]:
    physical: dict[str, Json] = {"artifactLocation": _artifact(path, folder)}
    if line is not None:
        physical["region"] = {"startLine": line}
    return {"physicalLocation": physical}


def _artifact(path: Path, folder: Path) -> dict[str, Json]:
    whole = path.resolve()
    if whole.is_relative_to(folder.resolve()):
        return {"uri": quote(whole.relative_to(folder.resolve()).as_posix()), "uriBaseId": ROOT}
    return {"uri": whole.as_uri()}


def _locations(problem: Problem, folder: Path) -> Iterator[Json]:
    if problem.path is not None:
        yield _location(problem.path, problem.line, folder)


def _text(problem: Problem) -> str:
    subject = "" if problem.key is None else f"{problem.key}: "
    return f"{subject}{problem.message}" + ("" if problem.remedy is None else f" {problem.remedy}")
