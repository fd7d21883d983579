"""Checks content files of any kind and says what is wrong with each."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from simulator.api import prepare
from simulator.cli.diagnostics import report
from simulator.errors import JoinlabError, Problem, ScenarioError
from simulator.scenario import library
from simulator.scenario.load import MODELS, Kind, load_flow, load_model
from simulator.scenario.yaml_file import read


def check_files(names: Sequence[str]) -> bool:
    """Check each file; a line for each sound one on stdout, problems on stderr. Whether all are sound."""
    sound = True
    for name in names:
        try:
            kind = _check(name)
        except JoinlabError as error:
            report(error)
            sound = False
        else:
            typer.echo(f"{name}: sound {library.CALLED[kind]}")
    return sound


def _check(name: str) -> Kind:
    if not library.is_path(name):
        library.flow(name)
        return "flow"
    path = library.find("flow", name)
    held = read(path).value
    kind = _kind(set(held) if isinstance(held, dict) else set())
    if kind is None:
        raise ScenarioError(
            Problem(
                "this is no kind of file that joinlab knows.",
                path,
                remedy=f"Kinds: {', '.join(MODELS)}; `joinlab schema KIND` prints what each holds.",
            )
        )
    if kind == "flow":
        load_flow(path)
    else:
        load_model(path, MODELS[kind], called=library.CALLED[kind])
    if kind == "scenario":
        prepare(scenario=str(path))
    return kind


def _kind(keys: set[object]) -> Kind | None:
    """The kind whose own keys a file has most of; None where it has none."""
    common = {"schema_version", "id", "title", "question", "sources"}
    shared = {kind: len(keys & (set(model.model_fields) - common)) for kind, model in MODELS.items()}
    best = max(shared, key=lambda kind: shared[kind])
    return best if shared[best] else None
