"""What a results folder says of itself: what was run, from which inputs, by which code, where, when and how it went."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import platform
import subprocess
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, TypeAlias

from simulator.batch.bench import Bench
from simulator.batch.durable import StoreError, write
from simulator.batch.places import PARTS
from simulator.batch.prepared import Prepared
from simulator.errors import Problem
from simulator.scenario import library
from simulator.scenario.yaml_file import Value, shown

FORMAT = 2
"""Version of the folder's form."""
MANIFEST, INPUTS, EXPERIMENT, TABLE = "manifest.json", "inputs.json", "experiment.yaml", "table.csv"
PACKAGES = ("numba", "numpy", "polars", "pydantic", "scipy")
_MOST_TOLD = 5
_SIDE = ("title", "question", "sources", "expects", "summary", "note")
"""Keys of content that no result depends on."""
_SOURCES = ("analysis", "behaviour")
"""Packages whose code results depend on, besides those that compiled code comes from."""
_OF_CELLS = ("bench", "cells", "designs", "outcomes", "places", "plans")
"""Modules beside this one whose code they depend on."""

Json: TypeAlias = dict[str, Any]


def inputs_of(prepared: Prepared) -> Json:
    """Everything that results depend on: content in full, rules and code as digests."""
    root = library.content_root()
    rules = [*sorted((root / "jurisdictions").glob("*.yaml")), *sorted((root / "overlays").glob("*.yaml"))]
    bench = prepared.bench
    return {
        "experiment": prepared.experiment.model_dump(mode="json", by_alias=True),
        "cells": prepared.layout.digest(),
        "scenario": bench.scenario,
        **{f"{kind} {name}": content for (kind, name), content in sorted(bench.documents.items())},
        "files": dict(bench.files),
        "rules": {f"{path.parent.name}/{path.name}": digest(path.read_bytes()) for path in rules},
        "code": code_digest(),
    }


def bench_of(inputs: Json) -> Bench:
    """The bench that the inputs of a folder hold."""
    parts = {name: content for name, content in inputs.items() if name.partition(" ")[0] in PARTS and " " in name}
    documents = {
        (PARTS[kind], rest): content for name, content in parts.items() for kind, _, rest in [name.partition(" ")]
    }
    return Bench(inputs["scenario"], documents)


def _telling(value: Any) -> Any:
    """Content without what no result depends on."""
    if isinstance(value, dict):
        return {key: _telling(inner) for key, inner in value.items() if key not in _SIDE}
    return [_telling(inner) for inner in value] if isinstance(value, list) else value


def digest(data: bytes) -> str:
    """A name for some bytes."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def code_digest() -> str:
    """A name for the state of all code that results depend on."""
    from simulator.compiled import PACKAGE, fingerprint

    found = hashlib.blake2b(fingerprint(PACKAGE).encode(), digest_size=16)
    paths = [path for name in _SOURCES for path in sorted((PACKAGE / name).glob("*.py"))]
    paths += [PACKAGE / "batch" / f"{name}.py" for name in _OF_CELLS]
    for path in paths:
        found.update(path.read_bytes())
    return found.hexdigest()


def changed(before: Json, now: Json) -> list[Problem]:
    """What differs between the inputs of a folder and those of an experiment as it is now."""
    found = []
    before, now = _telling(before), _telling(now)
    for name in [*now, *(name for name in before if name not in now)]:
        if before.get(name) == now.get(name):
            continue
        if name == "code":
            found.append("the code of joinlab is another")
        elif name == "cells":
            found.append("the values of the cells are others")
        else:
            found += [f"{name}: {told}" for told in _differences(before.get(name), now.get(name))]
    # Cells are others wherever the experiment is, which says more.
    found = [told for told in found if not told.startswith("the values of") or len(found) == 1]
    rest = len(found) - _MOST_TOLD
    more = [f"and {rest} more"] if rest > 0 else []
    return [Problem(f"{told}.") for told in [*found[:_MOST_TOLD], *more]]


def _differences(before: Value, now: Value, at: str = "") -> Iterator[str]:
    """Places that differ, with what stands there and what stood there."""
    if isinstance(before, dict) and isinstance(now, dict):
        for key in [*now, *(key for key in before if key not in now)]:
            if before.get(key) != now.get(key):
                yield from _differences(before.get(key), now.get(key), f"{at}.{key}" if at else key)
    elif isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        for number, (old, new) in enumerate(zip(before, now, strict=True)):
            if old != new:
                yield from _differences(old, new, f"{at}[{number}]")
    else:
        where = f"{at} " if at else ""
        yield f"{where}is {shown(now, limit=40)}, was {shown(before, limit=40)}"


def started(prepared: Prepared, inputs: Json) -> Json:
    """The manifest of a folder in which nothing is finished yet."""
    experiment = prepared.experiment
    return {
        "format": FORMAT,
        "status": "started",
        "experiment": {"id": experiment.id, "title": experiment.title, "question": experiment.question},
        "file": str(prepared.path.absolute()),
        "seed": experiment.seed,
        "cells": {"all": len(prepared.layout), "done": 0, "failed": 0},
        "factors": [
            {"path": factor.path, "lever": factor.lever, "categorical": factor.categorical}
            for factor in prepared.layout.factors
        ],
        "inputs": {
            name: digest(json.dumps(_telling(value), sort_keys=True).encode()) for name, value in inputs.items()
        },
        "code": {"joinlab": _version("joinlab"), **_revision()},
        "packages": {name: _version(name) for name in PACKAGES},
        "machine": machine(),
        "started": now(),
        "ended": None,
        "runs": [],
    }


def now() -> str:
    """The time, in UTC."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def machine() -> Json:
    """Where this runs."""
    return {
        "system": platform.system(),
        "processor": platform.machine(),
        "processors": os.cpu_count(),
        "python": platform.python_version(),
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _revision() -> Json:
    """The code's revision in git and whether files were changed since; None where it is in no checkout."""
    from simulator.compiled import PACKAGE

    unknown: Json = {"revision": None, "changed": None}
    if not (PACKAGE.parent / ".git").exists():
        return unknown
    try:
        revision = _git(PACKAGE.parent, "rev-parse", "HEAD").strip()
        return {"revision": revision, "changed": bool(_git(PACKAGE.parent, "status", "--porcelain", "simulator"))}
    except (OSError, subprocess.SubprocessError):
        return unknown


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True, timeout=10
    )
    return done.stdout


def read_json(path: Path) -> Json:
    """A JSON file of a results folder.

    Raises:
        StoreError: If it cannot be read.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        remedy = "Results are folders that `joinlab batch` wrote; `joinlab results list` shows those below a folder."
        raise StoreError(Problem("there are no results here.", path.parent, remedy=remedy)) from None
    except (OSError, ValueError) as error:
        raise StoreError(Problem(f"this cannot be read: {error}.", path)) from None
    if not isinstance(found, dict) or (path.name == MANIFEST and found.get("format") != FORMAT):
        message = f"this is of another form; this joinlab reads format {FORMAT}."
        raise StoreError(Problem(message, path))
    return found


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write a JSON file of a results folder; it is on the disk when this returns."""
    write(path, (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode())
