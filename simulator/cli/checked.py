"""One content file of any kind, checked: whether it is sound, and for a flow what the design checks find in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from simulator.api import prepare
from simulator.cli.diagnostics import progress_line
from simulator.cli.effects import Ablation, Effects, effects
from simulator.errors import Problem, ScenarioError
from simulator.rules.design_checks import findings
from simulator.rules.findings import Finding
from simulator.scenario import library
from simulator.scenario.flow import Flow
from simulator.scenario.load import CHECKS, MODELS, Kind, load_flow, load_model, load_rows, load_study, rows_document
from simulator.scenario.vocabulary import DataCategory
from simulator.scenario.yaml_file import Document, read


@dataclass(frozen=True)
class Ablate:
    """How to measure what each pattern does."""

    scenario: str
    category: DataCategory | None
    participants: int
    seed: int


@dataclass(frozen=True)
class Checked:
    """One file that is sound."""

    name: str
    kind: Kind
    document: Document
    found: tuple[Finding, ...] = ()
    effects: Effects | None = None

    def line(self, finding: Finding) -> int:
        """Line of a finding."""
        return self.document.line(finding.loc)

    def ablation(self, place: int) -> Ablation | None:
        """What switching off the finding at a place does, if that was asked for."""
        return None if self.effects is None else self.effects.of[place]


def check(name: str, ablate: Ablate | None) -> Checked:
    """Check a file, by its path or as a built-in flow by its name.

    Raises:
        JoinlabError: If it is not sound; all its problems are named.
    """
    path = library.find("flow", name)
    if not library.is_path(name):
        return _checked_flow(name, path, ablate)
    if path.suffix.lower() == ".csv":
        rows: Kind = "choices" if "stage" in path.read_text(encoding="utf-8", errors="replace")[:200] else "observed"
        load_rows(path, MODELS[rows])
        return Checked(name, rows, rows_document(path, rows))
    document = read(path)
    kind = _kind(set(document.value))
    if kind is None:
        raise ScenarioError(
            Problem(
                "this is no kind of file that joinlab knows.",
                path,
                remedy=f"Kinds: {', '.join(MODELS)}; `joinlab schema KIND` prints what each holds.",
            )
        )
    if kind == "flow":
        return _checked_flow(name, path, ablate)
    if kind == "evidence":
        load_study(path)
    else:
        load_model(path, MODELS[kind], called=kind, checks=CHECKS.get(kind))
    if kind == "scenario":
        prepare(scenario=str(path))
    return Checked(name, kind, document)


def _checked_flow(name: str, path: Path, ablate: Ablate | None) -> Checked:
    flow = load_flow(path)
    found = tuple(findings(flow))
    return Checked(name, "flow", read(path), found, None if ablate is None else _measured(flow, found, ablate))


def _measured(flow: Flow, found: Sequence[Finding], ablate: Ablate) -> Effects:
    with progress_line(lost="interrupted.") as progress:
        return effects(
            flow,
            found,
            scenario=ablate.scenario,
            category=ablate.category,
            participants=ablate.participants,
            seed=ablate.seed,
            progress=progress,
        )


def _kind(keys: set[str]) -> Kind | None:
    """The kind whose own keys a file has most of, and of several that one whose keys are all there; None: no kind's."""
    common = {"schema_version", "id", "title", "question", "sources"}
    shared = {kind: len(keys & (set(model.model_fields) - common)) for kind, model in MODELS.items()}
    lacking = {
        kind: sum(field.is_required() and name not in keys for name, field in model.model_fields.items())
        for kind, model in MODELS.items()
    }
    best = max(shared, key=lambda kind: (shared[kind], -lacking[kind]))
    return best if shared[best] else None
