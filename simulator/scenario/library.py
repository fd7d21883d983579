"""Finds and loads content by the name of what is built in, or by path."""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import get_args

from simulator.errors import Problem, UsageError, did_you_mean, nearest
from simulator.scenario.document import Scenario
from simulator.scenario.evidence import Study
from simulator.scenario.flow import Flow
from simulator.scenario.jurisdiction import Jurisdiction
from simulator.scenario.lesson import Lesson
from simulator.scenario.load import CHECKS, TABLES, Kind, load_flow, load_model, load_study
from simulator.scenario.meeting_mix import MeetingMix
from simulator.scenario.overlay import Overlays
from simulator.scenario.parameters import Parameters
from simulator.scenario.population import Population

KINDS: tuple[Kind, ...] = get_args(Kind)

_PACKAGE = Path(__file__).resolve().parents[1]

_FOLDERS: dict[Kind, tuple[str, ...]] = {
    "flow": ("flows/reference", "flows/real"),
    "scenario": (".",),
    "population": ("populations",),
    "meetings": ("meetings",),
    "parameters": ("parameters",),
    "jurisdiction": ("jurisdictions",),
    "overlays": ("overlays",),
    "evidence": ("evidence",),
    "observed": ("observed",),
    "choices": ("choices",),
    "lesson": ("lessons",),
    "experiment": ("experiments",),
}
"""Where the files of each kind are, below the content root."""


def content_root() -> Path:
    """The folder of the built-in content: inside an installed package, beside the package in a checkout.

    Raises:
        UsageError: when the installation carries no content.
    """
    # The installed folder first: beside an installed package, `scenarios` may belong to somebody else.
    for folder in (_PACKAGE / "_scenarios", _PACKAGE.parent / "scenarios"):
        if folder.is_dir():
            return folder
    msg = "this installation of joinlab has no built-in content."
    raise UsageError(Problem(msg, _PACKAGE, remedy="Install it again, or give paths to YAML files."))


def builtin(kind: Kind) -> dict[str, Path]:
    """The built-in files of a kind by id, which is the file's name without .yaml; sorted within each folder."""
    root = content_root()
    folders = [root / folder for folder in _FOLDERS[kind]]
    # A folder's time changes whenever a file comes or goes.
    return dict(_files(tuple((folder, folder.stat().st_mtime_ns) for folder in folders if folder.is_dir())))


@functools.lru_cache(maxsize=64)
def _files(folders: tuple[tuple[Path, int], ...]) -> dict[str, Path]:
    return {path.stem: path for folder, _ in folders for path in sorted(folder.glob("*.yaml"))}


def find(kind: Kind, name_or_path: str, *, beside: Path | None = None) -> Path:
    """The file that a name or path means; a path always wins over a built-in name.

    What contains a path separator, ends in .yaml or .yml, or exists as a file is a path, relative to `beside` (by
    default the current folder). A path need not exist: reading it says so.

    Raises:
        UsageError: for a name that is not built in.
    """
    if is_path(name_or_path, beside=beside) or (kind in TABLES and name_or_path.endswith(".csv")):
        return (beside or Path()) / name_or_path
    known = builtin(kind)
    if name_or_path in known:
        return known[name_or_path]
    msg = f'"{name_or_path}" is not the name of a built-in {CALLED[kind]}.'
    raise UsageError(Problem(msg, remedy=f"{_near(kind, name_or_path, list(known))}; or give a path to a YAML file."))


def _near(kind: Kind, name: str, known: list[str]) -> str:
    """What a name may have meant; the flows are too many to list."""
    if kind != "flow":
        return did_you_mean(name, known, called="Built in").removesuffix(".")
    guess = nearest(name, known)
    hint = f'Did you mean "{guess}"? ' if guess else ""
    return f"{hint}`joinlab flows` lists all"


def is_path(name_or_path: str, *, beside: Path | None = None) -> bool:
    """Whether a word is taken for a path rather than a name."""
    path = (beside or Path()) / name_or_path
    separators = {"/", os.sep, os.altsep or os.sep}
    if any(mark in name_or_path for mark in separators) or path.suffix in (".yaml", ".yml"):
        return True
    try:
        return path.is_file()
    except OSError:  # longer than any file's name
        return False


CALLED: dict[Kind, str] = {
    "flow": "flow",
    "scenario": "scenario",
    "population": "population",
    "meetings": "meeting mix",
    "parameters": "parameter set",
    "jurisdiction": "jurisdiction",
    "overlays": "set of overlays",
    "evidence": "study",
    "observed": "set of counts",
    "choices": "set of recorded choices",
    "lesson": "lesson",
    "experiment": "experiment",
}


def code_of(jurisdiction_id: str) -> str:
    """The code of a built-in jurisdiction, which its file name tells: us_ca holds US-CA."""
    return jurisdiction_id.upper().replace("_", "-")


def jurisdiction_for(code: str) -> Jurisdiction | None:
    """The built-in rules of a place: of its own file, or of one that stands for it; None where there is neither."""
    files = builtin("jurisdiction")
    own = [name for name in files if code_of(name) == code]
    # Only files of the same country stand for a place, so that no others need be read.
    country = code.split("-")[0]
    for name in own or [name for name in files if code_of(name).split("-")[0] == country]:
        found = _jurisdiction(files[name])
        if found.code == code or code in found.stands_for:
            return found.model_copy(update={"code": code})
    return None


def flow(name_or_path: str, *, beside: Path | None = None) -> Flow:
    """The flow of that name or path."""
    return load_flow(find("flow", name_or_path, beside=beside))


def scenario(name_or_path: str, *, beside: Path | None = None) -> Scenario:
    """The scenario of that name or path."""
    return load_model(find("scenario", name_or_path, beside=beside), Scenario, called="scenario")


def population(name_or_path: str, *, beside: Path | None = None) -> Population:
    """The population of that name or path."""
    return load_model(find("population", name_or_path, beside=beside), Population, called="population")


def meetings(name_or_path: str, *, beside: Path | None = None) -> MeetingMix:
    """The meeting mix of that name or path."""
    return load_model(find("meetings", name_or_path, beside=beside), MeetingMix, called="meetings")


def parameters(name_or_path: str, *, beside: Path | None = None) -> Parameters:
    """The parameters of that name or path."""
    return load_model(find("parameters", name_or_path, beside=beside), Parameters, called="parameters")


def draws_path(loaded: Parameters, name_or_path: str, *, beside: Path | None = None) -> Path | None:
    """The file with the joint draws of parameters loaded by that name or path; None where they name none."""
    return None if loaded.draws is None else find("parameters", name_or_path, beside=beside).parent / loaded.draws


def jurisdiction(name_or_path: str, *, beside: Path | None = None) -> Jurisdiction:
    """The jurisdiction of that name or path."""
    return _jurisdiction(find("jurisdiction", name_or_path, beside=beside))


def _jurisdiction(path: Path) -> Jurisdiction:
    return load_model(path, Jurisdiction, called="jurisdiction", checks=CHECKS["jurisdiction"])


def overlays(name_or_path: str, *, beside: Path | None = None) -> Overlays:
    """The sector rules of that name or path."""
    path = find("overlays", name_or_path, beside=beside)
    return load_model(path, Overlays, called="overlays", checks=CHECKS["overlays"])


def study(name_or_path: str, *, beside: Path | None = None) -> Study:
    """The study of that name or path."""
    return load_study(find("evidence", name_or_path, beside=beside))


def lesson(name_or_path: str, *, beside: Path | None = None) -> Lesson:
    """The lesson of that name or path."""
    path = find("lesson", name_or_path, beside=beside)
    return load_model(path, Lesson, called="lesson", checks=CHECKS["lesson"])
