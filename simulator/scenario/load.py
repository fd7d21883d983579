"""Loads content files into models, and says what is wrong with a file, all at once, with file and line."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

from pydantic import ValidationError

from simulator.errors import ScenarioError
from simulator.scenario import choices, evidence, experiment, flow_checks, law_checks, lesson, observed, yaml_file
from simulator.scenario.document import Scenario
from simulator.scenario.faults import faults
from simulator.scenario.flow import Flow
from simulator.scenario.jurisdiction import Jurisdiction
from simulator.scenario.meeting_mix import MeetingMix
from simulator.scenario.overlay import Overlays
from simulator.scenario.parameters import Parameters
from simulator.scenario.population import Population
from simulator.scenario.sourced import Model
from simulator.scenario.table_file import read_table
from simulator.scenario.yaml_file import Document, Fault, Value

Kind = Literal[
    "flow",
    "scenario",
    "population",
    "meetings",
    "parameters",
    "jurisdiction",
    "overlays",
    "evidence",
    "lesson",
    "experiment",
    "observed",
    "choices",
]
"""The kinds of content file."""

MODELS: dict[Kind, type[Model]] = {
    "flow": Flow,
    "scenario": Scenario,
    "population": Population,
    "meetings": MeetingMix,
    "parameters": Parameters,
    "jurisdiction": Jurisdiction,
    "overlays": Overlays,
    "evidence": evidence.Study,
    "observed": observed.Observed,
    "choices": choices.RecordedChoices,
    "lesson": lesson.Lesson,
    "experiment": experiment.Experiment,
}
"""What each kind of file holds."""

CHECKS: dict[Kind, Callable[[Any], Iterable[Fault]]] = {
    "flow": flow_checks.problems,
    "jurisdiction": law_checks.jurisdiction_problems,
    "overlays": law_checks.overlays_problems,
    "observed": observed.problems,
    "choices": choices.problems,
    "lesson": lesson.problems,
    "experiment": experiment.problems,
}
"""What is checked in a kind of file once its form fits."""

TABLES: dict[Kind, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "observed": ("counts", ("flow", "outcome", "count"), ()),
    "choices": ("choices", ("stage", "option", "count"), ("jurisdiction", "segment")),
}
"""Kinds that may be CSV too: key of the list of rows, columns, and columns that may be left out."""

M = TypeVar("M", bound=Model)

_LOADED: dict[tuple[Path, type[Model], object], tuple[tuple[int, int, int], Model]] = {}
"""Models by file and kind, with the state of the file; parsing takes longer than all else before a short run."""


def load_flow(path: Path) -> Flow:
    """The flow in a file, with everything checked that one file can be checked for.

    Raises:
        ScenarioError: with all problems of the file.
    """
    return load_model(path, Flow, called="flow", checks=flow_checks.problems)


def load_study(path: Path) -> evidence.Study:
    """The study in a file, with everything checked that one file can be checked for.

    Raises:
        ScenarioError: with all problems of the file.
    """
    return load_model(path, evidence.Study, called="study", checks=evidence.problems)


def load_rows(path: Path, model: type[M]) -> M:
    """The model in a file of one of the kinds that may be CSV too.

    Raises:
        ScenarioError: with all problems of the file.
    """
    kind = next(kind for kind in TABLES if MODELS[kind] is model)
    return _fitting(rows_document(path, kind), model, called=kind, checks=CHECKS[kind])


def rows_document(path: Path, kind: Kind) -> Document:
    """What such a file holds, with the line of each part."""
    if path.suffix.lower() != ".csv":
        return yaml_file.read(path)
    key, columns, optional = TABLES[kind]
    return read_table(path, key=key, columns=columns, optional=optional)


def load_model(path: Path, model: type[M], *, called: str, checks: Callable[[M], Iterable[Fault]] | None = None) -> M:
    """The model in a file; `called` names it in dotted keys; `checks` run once the model itself fits.

    Types are taken strictly: text is no number and 1 is not true, as YAML tells them apart. A file that has not changed
    is read once.

    Raises:
        ScenarioError: with all problems of the file.
    """
    state = _state(path)
    kept = _LOADED.get((path.absolute(), model, checks))
    if kept is not None and kept[0] == state:
        return cast(M, kept[1])
    loaded = _fitting(yaml_file.read(path), model, called=called, checks=checks)
    if state is not None:
        _LOADED[path.absolute(), model, checks] = (state, loaded)
    return loaded


def _fitting(document: Document, model: type[M], *, called: str, checks: Callable[[M], Iterable[Fault]] | None) -> M:
    loaded, wrong = fitted(document.value, model, checks=checks)
    if loaded is not None:
        return loaded
    problems = [document.problem(fault, called=called) for fault in wrong]
    raise ScenarioError(yaml_file.told(document.path, sorted(problems, key=lambda problem: problem.line or 0)))


def _state(path: Path) -> tuple[int, int, int] | None:
    """What changes whenever a file does; None where there is no such file, or it is a pipe and read only once."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_ino, found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else None


def fitted(
    value: dict[str, Value], model: type[M], *, checks: Callable[[M], Iterable[Fault]] | None = None
) -> tuple[M | None, list[Fault]]:
    """The model that a file's content makes, or None and all that is wrong with it."""
    try:
        loaded = model.model_validate_json(json.dumps(value), strict=True)
    except ValidationError as error:
        return None, faults(error, value, model)
    found = list(checks(loaded)) if checks else []
    return (None, found) if found else (loaded, [])


def json_schema(kind: Kind) -> dict[str, Any]:
    """The JSON Schema of a kind of file, for editors: descriptions are the docstrings of the models."""
    schema = MODELS[kind].model_json_schema(by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": f"joinlab {kind}",
    }
