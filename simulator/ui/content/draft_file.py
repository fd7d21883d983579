"""A changed flow as a file: the original's text with its comments, the edits made, and a note of what was changed."""

from __future__ import annotations

import difflib
import io
from collections.abc import Sequence
from pathlib import Path
from textwrap import wrap
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, FoldedScalarString

from simulator.batch.durable import write
from simulator.errors import Problem, UsageError
from simulator.scenario.load import load_flow
from simulator.scenario.yaml_file import Value
from simulator.ui.content.draft import SUFFIX, Draft, told_edits
from simulator.ui.content.levers import with_edits
from simulator.ui.content.writing import writing

_WIDTH = 4096
"""So wide that no line is broken that was not before."""
_TEXT_WIDTH = 100
_SWITCH = ("on", "off")
"""Words that other readers of YAML take for something else: they are put in quotes."""


def as_yaml(draft: Draft, name: str) -> str:
    """The changed flow as YAML under an id; what no edit touches stays as the original has it, comments too."""
    yaml = _round_trip()
    document: Any = yaml.load(draft.path.read_text(encoding="utf-8-sig"))
    edits = {
        path: DoubleQuotedScalarString(value) if value in _SWITCH else value for path, value in draft.edits.items()
    }
    document = with_edits(document, edits)
    document["id"] = name
    document["title"] = f"{document['title']}, changed"
    # A changed design is no product's, and was in use at no time.
    for key in ("product", "period"):
        document.pop(key, None)
    sources = document["sources"]
    if isinstance(sources, list):  # else it is no flow, and only its changes are looked at
        sources.append({"known": "assumption", "supports": _styled(_note(draft))})
    text = io.StringIO()
    yaml.dump(document, text)
    return text.getvalue()


def _styled(value: Value) -> Any:
    """A value as the files of the library write it."""
    if not isinstance(value, str):
        return value
    if value in _SWITCH:
        return DoubleQuotedScalarString(value)
    lines = wrap(value, _TEXT_WIDTH, break_long_words=False, break_on_hyphens=False)
    if len(lines) < 2:
        return value
    text = FoldedScalarString(" ".join(lines))
    text.fold_pos = [sum(len(line) + 1 for line in lines[:number]) - 1 for number in range(1, len(lines))]
    return text


def _note(draft: Draft) -> str:
    return f"what was changed of {draft.original.id} in the app: {'; '.join(told_edits(draft))}"


def _round_trip() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = _WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.representer.add_representer(type(None), _null)
    return yaml


def _null(representer: Any, value: None) -> Any:
    return representer.represent_scalar("tag:yaml.org,2002:null", "null")


def default_name(draft: Draft) -> str:
    """The file that a changed flow is saved to unless another is named."""
    return f"{draft.original.id}{SUFFIX}.yaml"


def diff(draft: Draft) -> list[str]:
    """Lines that differ from the original, as a unified diff of the two files."""
    name = Path(default_name(draft)).stem
    before = _normal(draft)
    after = as_yaml(draft, name).splitlines()
    return list(difflib.unified_diff(before, after, draft.path.name, default_name(draft), lineterm="", n=1))


def _normal(draft: Draft) -> Sequence[str]:
    """The original, written as the changed one is, so that only edits differ."""
    yaml, text = _round_trip(), io.StringIO()
    yaml.dump(yaml.load(draft.path.read_text(encoding="utf-8-sig")), text)
    return text.getvalue().splitlines()


def refused(draft: Draft, name: str) -> str | None:
    """Why a changed flow cannot be saved under a name; None where it can."""
    path = Path(name)
    if draft.flow is None:
        return "The flow cannot be used as it stands, so it is not saved."
    if path.suffix not in (".yaml", ".yml"):
        return "The name of a flow's file ends in .yaml."
    if path.exists():
        return f"{name} is there already. Give another name."
    if not path.absolute().parent.is_dir():
        return f"There is no folder {path.parent}."
    return None


def save(draft: Draft, name: str) -> Path:
    """Write the changed flow, and read it back as any other file.

    Raises:
        UsageError: If it cannot be saved under that name.
        ScenarioError: If what was written is no flow.
        StoreError: If it cannot be written.
    """
    why = refused(draft, name)
    if why is not None:
        raise UsageError(Problem(why))
    path = Path(name)
    own = "".join(char if char.isascii() and char.isalnum() else "_" for char in path.stem.lower()).strip("_")
    own = own if own[:1].isalpha() else f"flow_{own}"
    with writing():
        write(path, as_yaml(draft, own[:80]).encode())
    load_flow(path)
    return path
