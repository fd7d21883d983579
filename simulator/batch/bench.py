"""What cells are made from: an experiment's scenario and all that it names, as plain values that can travel."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulator.batch.places import Content, NoSuchPlaceError, split, with_values
from simulator.engine.counted import Counted, load_counts
from simulator.engine.inputs import Given, Inputs, gather
from simulator.errors import ScenarioError, did_you_mean
from simulator.scenario import flow_checks, library
from simulator.scenario.document import Scenario
from simulator.scenario.flow import Flow
from simulator.scenario.load import MODELS, Kind, fitted
from simulator.scenario.sourced import Model
from simulator.scenario.yaml_file import Fault, Value, dotted, read, shown

Changes = Mapping[str, Value]
"""What a cell has in place of the scenario's own values, by path."""

_READ_LATER: tuple[Kind, ...] = ("observed", "choices")
"""Files that hold no model of their own."""
NAMED: tuple[Kind, ...] = ("population", "meetings", "parameters")
"""Parts that a scenario has one of, under a key of the same name."""

_FLOW_CHECKS: Callable[[Any], Iterable[Fault]] = flow_checks.problems


@dataclass(frozen=True)
class Unfit:
    """One thing about a cell's values that does not fit."""

    kind: Kind
    name: str
    """Of the scenario or its part."""
    fault: Fault


class UnfitError(Exception):
    """A cell's values do not fit into the scenario and its parts."""

    def __init__(self, found: Sequence[Unfit]) -> None:
        self.found = tuple(found)
        super().__init__("; ".join(self._told()))

    def _told(self) -> Iterator[str]:
        for one in self.found:
            remedy = "" if one.fault.remedy is None else f" {one.fault.remedy}"
            yield f"{one.name}: {dotted(one.fault.loc, called=one.kind)}: {one.fault.message}{remedy}"


@dataclass(frozen=True)
class Bench:
    """The base of an experiment."""

    scenario: Content
    """The base scenario; its relative paths are made whole, and `flows` is there, if only empty."""
    documents: Mapping[tuple[Kind, str], Content] = field(repr=False)
    """Flows, populations, meetings and parameters that cells may name, by kind and name as cells have it."""
    counted: Mapping[str, tuple[Counted, ...]] = field(default_factory=dict, repr=False)
    """Counts of live flows that cells may name."""
    files: Mapping[str, str] = field(default_factory=dict)
    """What the files of counts and of recorded choices held, as digests by name."""
    folder: str | None = None
    """Where relative paths of recorded choices start; they are read where a cell runs."""

    def parts(self, changes: Changes) -> Iterator[tuple[Kind, str, Content, dict[str, Value]]]:
        """The scenario of a cell and its parts: kind, name, content, and what the cell changes in it, by path.

        The scenario comes first, changed already, then the flow.

        Raises:
            UnfitError: If a path into the scenario leads nowhere.
        """
        inside: dict[Kind, dict[str, Value]] = {}
        for path, value in changes.items():
            kind, rest = split(path)
            inside.setdefault(kind, {})[rest] = value
        own = inside.get("scenario", {})
        flow = str(own["flow"])
        name = str(self.scenario["id"])
        changed = {path: own[path] for path in own if path != "flow"}
        scenario = dict(_changed("scenario", name, self.scenario, changed))
        scenario["flows"] = [flow]
        # Days of single flows that the cell does not run would be refused as those of no flow.
        dates = scenario.pop("dates", None)
        if isinstance(dates, dict) and self.id_of(flow) in dates:
            scenario["dates"] = {self.id_of(flow): dates[self.id_of(flow)]}
        yield "scenario", name, scenario, {}
        named: list[tuple[Kind, str]] = [("flow", flow), *((part, str(_named(scenario, part))) for part in NAMED)]
        for kind, name in named:
            yield kind, name, self.documents[kind, name], inside.get(kind, {})

    def id_of(self, flow: str) -> str:
        """The id of a flow, by name or path."""
        return str(self.documents["flow", flow]["id"])

    def inputs(self, changes: Changes) -> Inputs:
        """Everything that the run of a cell needs.

        Args:
            changes: Of the cell; `flow` is among them.

        Raises:
            UnfitError: If a value does not fit where it is put, or a path leads nowhere.
            ScenarioError: If the parts do not fit together.
        """
        loaded: list[tuple[Kind, Model]] = []
        unfit: list[Unfit] = []
        for kind, name, content, values in self.parts(changes):
            try:
                loaded.append((kind, _model(kind, name, self._text(kind, name, content, values))))
            except UnfitError as error:
                unfit += error.found
        if unfit:
            raise UnfitError(unfit)
        (_, scenario), (_, flow), *parts = loaded
        assert isinstance(scenario, Scenario), "the scenario comes first"
        assert isinstance(flow, Flow), "the flow comes second"
        if scenario.weeks is not None:
            fault = Fault(
                ("weeks",), "the meetings of a cell are held once.", "Leave weeks out; `joinlab run` has them."
            )
            raise UnfitError([Unfit("scenario", scenario.id, fault)])
        counted = None if scenario.observed is None else self._counted(scenario)
        folder = None if self.folder is None else Path(self.folder)
        return gather(scenario, flows=[Given(flow)], parts=dict(parts), counted=counted, beside=folder)

    def _text(self, kind: Kind, name: str, content: Content, values: Mapping[str, Value]) -> str:
        """The content of a part of a cell as JSON."""
        if kind == "scenario" or values:
            return json.dumps(_changed(kind, name, content, values))
        return self._texts[kind, name]

    @functools.cached_property
    def _texts(self) -> dict[tuple[Kind, str], str]:
        """The documents as JSON: most cells have most of them as they are."""
        return {(kind, name): json.dumps(content) for (kind, name), content in self.documents.items()}

    def __getstate__(self) -> dict[str, object]:
        """What is sent to workers: texts are longer than the documents, and as quickly made there."""
        return {name: value for name, value in vars(self).items() if name != "_texts"}

    def _counted(self, scenario: Scenario) -> tuple[Counted, ...]:
        """The counts that a cell names: read once, for all cells, as a worker elsewhere has not their file."""
        name, purpose = str(scenario.observed), scenario.purpose
        if name not in self.counted or purpose != self.scenario.get("purpose", purpose):
            fault = Fault(("observed",), f"the counts {name} are not at hand for {purpose.value}.")
            raise UnfitError([Unfit("scenario", scenario.id, fault)])
        return self.counted[name]


def _changed(kind: Kind, name: str, content: Content, values: Mapping[str, Value]) -> Content:
    if not values:
        return content
    try:
        return with_values(content, values)
    except NoSuchPlaceError as error:
        remedy = did_you_mean(error.step, error.known, called="There are") if error.known else None
        fault = Fault(tuple(error.path.split(".")), f"there is no {shown(error.step)} there.", remedy)
        raise UnfitError([Unfit(kind, name, fault)]) from None


def _named(scenario: Content, part: str) -> object:
    return scenario.get(part, Scenario.model_fields[part].default)


@functools.lru_cache(maxsize=512)
def _model(kind: Kind, name: str, content: str) -> Model:
    """The model of some content; kept, as most cells have most parts in common."""
    model: type[Any] = MODELS[kind]
    loaded, faults = fitted(json.loads(content), model, checks=_FLOW_CHECKS if kind == "flow" else None)
    if loaded is None:
        raise UnfitError([Unfit(kind, name, fault) for fault in faults])
    return loaded  # type: ignore[no-any-return]


def make_bench(scenario: Path, names: Iterable[tuple[Kind, str]], *, beside: Path) -> Bench:
    """The bench of a scenario and of the parts that its cells may name.

    Args:
        scenario: File of the base scenario.
        names: Further flows, populations, meetings and parameters, by kind and name or path.
        beside: Folder that relative paths among the names start from.

    Raises:
        ScenarioError: If a file cannot be read.
        UsageError: If a name is not built in.
    """
    library.scenario(str(scenario.absolute()))  # says what is wrong with it
    base = dict(read(scenario).value)
    for key in (*NAMED, *_READ_LATER):
        if base.get(key):
            base[key] = _whole(str(base[key]), scenario.parent)
    listed = base.get("flows")
    flows = [_whole(str(flow), scenario.parent) for flow in listed] if isinstance(listed, list) else []
    base["flows"] = list[Value](flows)
    purpose = Scenario.model_validate_json(json.dumps(base)).purpose
    base["purpose"] = purpose.value
    own: list[tuple[Kind, str]] = [
        *((kind, str(_named(base, kind))) for kind in NAMED),
        *(("flow", flow) for flow in flows),
    ]
    own += [(kind, str(base[kind])) for kind in _READ_LATER if base.get(kind)]
    # What the scenario names is whole by now, so that all relative paths left are the experiment's.
    paths = {(kind, name): library.find(kind, name, beside=beside) for kind, name in [*own, *names]}
    counts = {name: load_counts(path, purpose) for (kind, name), path in paths.items() if kind == "observed"}
    return Bench(
        scenario=base,
        documents={
            (kind, name): _content(kind, path) for (kind, name), path in paths.items() if kind not in _READ_LATER
        },
        counted=counts,
        files={
            name: hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()
            for (kind, name), path in paths.items()
            if kind in _READ_LATER
        },
        folder=str(beside.absolute()),
    )


def _content(kind: Kind, path: Path) -> Content:
    """What a file holds, once it fits its model."""
    document = read(path)
    loaded, faults = fitted(document.value, MODELS[kind], checks=_FLOW_CHECKS if kind == "flow" else None)
    if loaded is None:
        raise ScenarioError([document.problem(fault, called=kind) for fault in faults])
    return document.value


def _whole(name: str, folder: Path) -> str:
    return str((folder / name).resolve()) if library.is_path(name, beside=folder) else name
