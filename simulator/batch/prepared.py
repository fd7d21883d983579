"""An experiment made ready: its file read, its cells laid out, and every factor tried once in the scenario."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.batch.bench import NAMED, Bench, UnfitError, make_bench
from simulator.batch.cell_table import Rows, read_table
from simulator.batch.cells import Cell
from simulator.batch.designs import Block, Factor, Layout, lay_out, lists
from simulator.batch.places import Content, NoSuchPlaceError, figure_range, split
from simulator.engine.run import Progress, no_progress
from simulator.errors import JoinlabError, Problem, ScenarioError, UsageError, nearest
from simulator.scenario import experiment as files
from simulator.scenario import library
from simulator.scenario.experiment import MOST_CELLS, Between, Experiment, Level, value_of
from simulator.scenario.load import Kind, load_model
from simulator.scenario.yaml_file import Document, Fault, Loc, Value, read, told

if TYPE_CHECKING:
    from simulator.batch.executors import Executor
    from simulator.batch.results import Results

_PART_KINDS: tuple[Kind, ...] = ("flow", *NAMED, "observed", "choices")


@dataclass(frozen=True)
class Prepared:
    """An experiment that can be run."""

    experiment: Experiment
    path: Path
    bench: Bench
    layout: Layout

    def run(
        self,
        folder: str | Path | None = None,
        *,
        executor: Executor | None = None,
        most_failures: int | None = None,
        only_failed: bool = False,
        progress: Progress = no_progress,
    ) -> Results:
        """Run the cells that have no results yet, and open the results.

        Args:
            folder: Where results go; None: `results/` and the experiment's id.
            executor: Where cells run; None: on threads. Results do not depend on it.
            most_failures: Cells that may fail before the batch stops; None: any number.
            only_failed: Run only cells that failed before.
            progress: Told how many cells are done.

        Raises:
            ScenarioError: If the folder holds results of other inputs.
            StoreError: If the folder cannot be written to.
        """
        from simulator.batch.results import open_results
        from simulator.batch.run import run_batch

        place = self.folder if folder is None else Path(folder)
        run_batch(
            self, place, executor=executor, most_failures=most_failures, only_failed=only_failed, progress=progress
        )
        return open_results(place)

    @property
    def folder(self) -> Path:
        """Where results go, unless another folder is named."""
        return Path("results") / self.experiment.id

    def cell(self, number: int) -> Cell:
        """A cell, ready to run."""
        experiment = self.experiment
        return Cell(
            number=number,
            changes=self.layout.changes(number),
            seed=experiment.seed,
            own_numbers=experiment.random_numbers == "own",
            participants=experiment.participants,
            replications=experiment.replications,
            precision=experiment.precision,
        )


def prepare_experiment(name_or_path: str | Path) -> Prepared:
    """Read an experiment and try every factor.

    Args:
        name_or_path: Name of a built-in experiment, or path of a file.

    Raises:
        ScenarioError: If a file cannot be used, or a value does not fit where it is put; all problems are named.
        UsageError: If a name is not built in.
    """
    path = library.find("experiment", str(name_or_path))
    experiment = load_model(path, Experiment, called="experiment", checks=files.problems)
    document = read(path)
    table = read_table(path.parent / experiment.table.file, experiment.table) if experiment.table else None
    named = list(_named_parts(experiment, table))
    missing = [_missing(kind, name, path.parent, loc) for kind, name, loc in named]
    missing.append(_missing("scenario", experiment.scenario, path.parent, ("scenario",)))
    if any(missing):
        raise ScenarioError([document.problem(fault, called="experiment") for fault in missing if fault])
    scenario = library.find("scenario", experiment.scenario, beside=path.parent)
    bench = make_bench(scenario, [(kind, name) for kind, name, _ in named], beside=path.parent)
    layout = _layout(experiment, bench, table, document)
    if len(layout) > MOST_CELLS:
        message = f"the design has {len(layout):,} cells; expected at most {MOST_CELLS:,}."
        raise ScenarioError(document.problem(Fault((), message, "Take fewer points or values."), called="experiment"))
    prepared = Prepared(experiment, path, bench, layout)
    _try_factors(prepared, document)
    return prepared


def kept_experiment(folder: Path, bench: Bench) -> Prepared:
    """The experiment whose results a folder holds, as it was when they were made.

    Args:
        folder: Holds copies of the experiment and its table.
        bench: What its cells are made from.
    """
    path = folder / "experiment.yaml"
    experiment = load_model(path, Experiment, called="experiment", checks=files.problems)
    table = read_table(folder / "table.csv", experiment.table) if experiment.table else None
    return Prepared(experiment, path, bench, _layout(experiment, bench, table, read(path)))


def _factors_of_file(experiment: Experiment) -> Iterator[tuple[str, list[Level] | Between]]:
    for part in (experiment.levers, experiment.uncertainties):
        if part is not None:
            yield from part.of.items()


def _named_parts(experiment: Experiment, table: Rows | None) -> Iterator[tuple[Kind, str, Loc]]:
    """Flows, populations, meetings and parameters that cells name, and where in the experiment."""
    listed = [(path, spec) for path, spec in _factors_of_file(experiment) if isinstance(spec, list)]
    levels = [(path, level, _loc(experiment, path)) for path, spec in listed for level in spec]
    rows = table.rows if table else ()
    levels += [(path, level, ("table",)) for row in rows for path, level in row.items()]
    for path, level, loc in dict.fromkeys((path, str(value_of(level)), loc) for path, level, loc in levels):
        for kind in _PART_KINDS:
            if path == kind:
                yield kind, level, loc


def _missing(kind: Kind, name: str, folder: Path, loc: Loc) -> Fault | None:
    """What is wrong with the name of something that is not there; None where it is."""
    try:
        path = library.find(kind, name, beside=folder)
    except UsageError as error:
        return Fault(loc, error.problems[0].message, error.problems[0].remedy)
    if path.exists():
        return None
    return Fault(loc, f"there is no file {path}.", "Paths start from the experiment's folder.")


def _layout(experiment: Experiment, bench: Bench, table: Rows | None, document: Document) -> Layout:
    flows = [str(flow) for flow in bench.scenario["flows"]]  # type: ignore[union-attr]
    named = "flow" in (table.columns if table else dict(_factors_of_file(experiment)))
    if not named and not flows:
        fault = Fault(("scenario",), "the scenario names no flows, and no factor does.", "Add `flow` to the levers.")
        raise ScenarioError(document.problem(fault, called="experiment"))
    implied = () if named else (Factor("flow", True, tuple(flows)),)
    if table is not None:
        rows = [{**({} if named else {"flow": flow}), **row} for row in table.rows for flow in (flows or [""])]
        return _table_layout(table, rows if not named else list(table.rows), implied, document)
    ranges = _ranges(experiment, bench, flows, document)
    blocks: list[Block] = []
    if experiment.levers is not None:
        part = experiment.levers
        blocks.append(lay_out(part, ranges, lever=True, seed=experiment.seed, extra=implied))
    elif implied:
        blocks.append(lists(implied))
    if experiment.uncertainties is not None:
        blocks.append(lay_out(experiment.uncertainties, ranges, lever=False, seed=experiment.seed + 1))
    return Layout(tuple(blocks))


def _table_layout(
    table: Rows, rows: Sequence[Mapping[str, Level]], implied: Sequence[Factor], document: Document
) -> Layout:
    without = next((number for number, row in enumerate(rows) if "flow" not in row), None)
    if without is not None:
        message = f"row {without + 1} of the table {table.path.name} names no flow."
        raise ScenarioError(document.problem(Fault(("table",), message), called="experiment"))
    columns = tuple(
        Factor(name, name in table.levers, tuple(dict.fromkeys(row[name] for row in rows if name in row)))
        for name in table.columns
    )
    return Layout((), tuple(rows), (*implied, *columns))


def _ranges(
    experiment: Experiment, bench: Bench, flows: Sequence[str], document: Document
) -> dict[str, tuple[float, float]]:
    """Ranges that factors take from content files."""
    found, wrong = {}, []
    contents = {kind: content for kind, _, content, _ in bench.parts({"flow": _any_flow(experiment, flows)})}
    for part_name in ("levers", "uncertainties"):
        part = getattr(experiment, part_name)
        for path, spec in () if part is None else part.of.items():
            if not isinstance(spec, Between) or spec.range != "file":
                continue
            loc: Loc = (part_name, "of", path)
            kind, rest = split(path)
            try:
                ends = figure_range(contents[kind], rest)
            except NoSuchPlaceError:
                ends = None
            if ends is None:
                remedy = _near_path(path, bench) or "Only figures with a range have one; write it: [0.1, 0.4]."
                wrong.append(document.problem(Fault(loc, "no figure stands there.", remedy), called="experiment"))
            elif not ends[0] < ends[1]:
                message = f"the file gives it no range: {ends[0]:g} to {ends[1]:g}."
                wrong.append(document.problem(Fault(loc, message), called="experiment"))
            else:
                found[path] = ends
    if wrong:
        raise ScenarioError(wrong)
    return found


def _any_flow(experiment: Experiment, flows: Sequence[str]) -> str:
    listed = dict(_factors_of_file(experiment)).get("flow")
    return str(value_of(listed[0])) if isinstance(listed, list) else flows[0]


def _try_factors(prepared: Prepared, document: Document) -> None:
    """Make the inputs of a cell for each value of each list and each end of each range.

    Raises:
        ScenarioError: If some do not fit; each is told with the line of its factor.
    """
    problems: dict[str, Problem] = {}
    for path, cell in _telling_cells(prepared.layout):
        for problem in _trial(prepared, document, path, cell):
            problems.setdefault(str(problem), problem)
    if problems:
        raise ScenarioError(told(prepared.path, list(problems.values())))


def _telling_cells(layout: Layout) -> Iterator[tuple[str, int]]:
    """A factor and a cell that has one of its values, so that together they show all values of lists."""
    if layout.table:
        seen = set()
        for cell in range(len(layout)):
            for path, level in layout.table[cell].items():
                if (path, repr(level)) not in seen:
                    seen.add((path, repr(level)))
                    yield path, cell
        return
    step = len(layout)
    for block in layout.blocks:
        step //= len(block)
        for at, factor in enumerate(block.factors):
            column = block.parts[:, at]
            if not factor.levels:
                yield from ((factor.path, step * int(number)) for number in (column.argmin(), column.argmax()))
                continue
            unseen = {repr(level) for level in factor.levels}
            for number in range(len(block)):
                level = repr(block.sample(number)[factor.path])
                if level in unseen:
                    unseen.remove(level)
                    yield factor.path, step * number


def _trial(prepared: Prepared, document: Document, path: str, cell: int) -> Iterator[Problem]:
    changes = prepared.layout.changes(cell)
    loc = _loc(prepared.experiment, path)
    if path == "flows":
        yield document.problem(Fault(loc, "a cell runs one flow.", "Vary `flow`."), called="experiment")
        return
    try:
        prepared.bench.inputs(changes)
    except UnfitError as error:
        for unfit in error.found:
            fault = unfit.fault
            here = _blamed(fault.loc, unfit.kind, changes) or path
            whole = unfit.name if unfit.kind == "scenario" else f"{unfit.kind} {unfit.name}"
            # What leads nowhere may mean a place elsewhere.
            lost = " is not a key " in fault.message or fault.message.startswith("there is no ")
            remedy = _near_path(here, prepared.bench, fault.remedy) if lost else fault.remedy
            placed = Fault(_loc(prepared.experiment, here), f"in {whole}, {fault.message}", remedy)
            yield document.problem(placed, called="experiment")
    except KeyError as error:  # a table or list gave a part no text
        fault = Fault(loc, f"{error.args[0]!r} is no name.")
        yield document.problem(fault, called="experiment")
    except JoinlabError as error:
        for problem in error.problems:
            yield document.problem(Fault(loc, problem.message, problem.remedy), called="experiment")


def _loc(experiment: Experiment, path: str) -> Loc:
    for name in ("levers", "uncertainties"):
        part = getattr(experiment, name)
        if part is not None and path in part.of:
            return name, "of", path
    return ("table",) if experiment.table is not None else ("scenario",)


def _blamed(loc: Loc, kind: Kind, changes: Mapping[str, Value]) -> str | None:
    """The factor that put what does not fit: the one at the place of the fault, else the only one in that part."""
    wrong = ".".join(str(step) for step in loc)
    inside = {path: rest for path in changes for own, rest in [split(path)] if own == kind and path != "flow"}
    exact = [path for path, rest in inside.items() if wrong and (rest.startswith(wrong) or wrong.startswith(rest))]
    return exact[0] if exact else next(iter(inside)) if len(inside) == 1 else None


def _near_path(path: str, bench: Bench, otherwise: str | None = None) -> str | None:
    """The path that another may have meant, of all that lead somewhere in the content."""
    known = sorted(_paths(bench))
    same_end = [one for one in known if one.rsplit(".", 1)[-1] == path.rsplit(".", 1)[-1]]
    guess = nearest(path, known) or (same_end[0] if same_end else None)
    return f'Did you mean "{guess}"?' if guess and path not in known else otherwise


def _paths(bench: Bench) -> set[str]:
    found = {f"{kind}.{rest}" for (kind, _), content in bench.documents.items() for rest in _inside(content)}
    return found | set(_inside(bench.scenario)) | {"flow"}


def _inside(content: Content, before: str = "") -> Iterator[str]:
    for key, value in content.items():
        if key in ("sources", "schema_version", "id", "title", "question"):
            continue
        yield f"{before}{key}"
        if isinstance(value, dict) and "range" not in value:
            yield from _inside(value, f"{before}{key}.")
        elif isinstance(value, list):
            for number, item in enumerate(value):
                if isinstance(item, dict):
                    yield from _inside(item, f"{before}{key}.{item.get('id', number)}.")
