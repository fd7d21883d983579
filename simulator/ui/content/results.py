"""The Results screen: runs that were kept or read from files, side by side, and how they leave the app."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Group, RenderableType
from rich.text import Text

from simulator.analysis.estimates import Estimate
from simulator.api import DEFAULT_SCENARIO
from simulator.batch.durable import write
from simulator.behaviour.models import RECORDED
from simulator.errors import Problem, UsageError
from simulator.scenario import library
from simulator.scenario.load import Kind
from simulator.text.comparison_view import HEADLINES
from simulator.text.formats import Json, csv_rows, csv_text
from simulator.text.layout import line, listing, paragraph, table
from simulator.text.numbers import bar, beyond, interval, margin, percent
from simulator.ui.content.writing import writing
from simulator.ui.session import Kept, Session, command_line

NOTHING = (
    "Nothing is kept yet. On the Compare screen k keeps a run; here l reads what "
    "`joinlab compare --format json` wrote, from a file or a folder of them."
)
EXPORTS = {
    "csv": "table as CSV, one figure a line",
    "json": "everything as JSON",
    "svg": "chart as SVG",
    "png": "chart as PNG",
    "screen": "this screen as SVG",
}
"""What can be taken away, by ending; `screen` ends in .svg as well."""
_PEOPLE = ("population", "willing", "places", "meeting_types", "confidentiality")
_SETTINGS = (
    "scenario", *_PEOPLE, "date", "reading", "category", "purpose", "behaviour", "company_veto", "seed", "participants",
    "joinlab",
)  # fmt: skip
"""Settings that runs may differ in."""
_BESIDE = 34


def command(session: Session) -> str:
    """Reproduces the run that is pointed at."""
    if not session.runs:
        return command_line("ui", "--screen", "results", "--results", "FOLDER")
    return session.runs[min(session.run, len(session.runs) - 1)].command


def plain(session: Session, width: int) -> RenderableType:
    """All of it as text."""
    if not session.runs:
        return paragraph(NOTHING, width)
    names = Group(*(paragraph(entry(kept), width, hang=2) for kept in session.runs))
    return Group(names, Text(""), side_by_side(session.runs, width))


def entry(kept: Kept) -> str:
    """A run on one line."""
    run = kept.data["run"]
    flows = ", ".join(flow["id"] for flow in kept.data["flows"])
    return f"{kept.name}: {flows}; {run['participants']:,} people, {run['scenario']}, {run['date']}"


def side_by_side(runs: Sequence[Kept], width: int) -> RenderableType:
    """Bars, figures and what differs between the settings of some runs."""
    if not runs:
        return paragraph("Space takes a run into the comparison.", width, "dim")
    parts: list[RenderableType] = [_chart(runs, width), Text(""), _figures(runs, width), Text("")]
    if len(runs) > 1:
        parts += [*_differing(runs, width), Text("")]
    parts += [paragraph(note, width, "dim") for note in dict.fromkeys(kept.data["run"]["note"] for kept in runs)]
    return Group(*parts)


def _chart(runs: Sequence[Kept], width: int) -> RenderableType:
    room = max(8, width - _BESIDE - 1)
    scale = f"{'':{_BESIDE - 1}}0 %{'50 %':>{room // 2 - 1}}{'100 %':>{room - room // 2 - 2}}"
    lines: list[RenderableType] = [line(scale, "dim")]
    for kept in runs:
        for flow in kept.data["flows"]:
            lines.append(line(_label(runs, kept, flow), "bold"))
            for outcome, colour in HEADLINES.items():
                found = _estimate(flow["shares"][outcome])
                drawn = bar(found, room)
                if outcome == "lawful":
                    drawn += beyond(drawn, flow["shares"]["lawful_lenient"]["value"], room)
                beside = f"  {outcome:<8}{percent(found.value):>8} {interval(found):>14} "
                lines.append(Text.assemble(beside, (drawn, colour), no_wrap=True, overflow="ignore"))
    return Group(*lines)


def _label(runs: Sequence[Kept], kept: Kept, flow: Json) -> str:
    return flow["id"] if len(runs) == 1 else f"{kept.name}: {flow['id']}"


def _figures(runs: Sequence[Kept], width: int) -> RenderableType:
    headings = ("", "lenient %", "overreach %", "missed %", "left %", "join s")
    rows = [
        (
            _label(runs, kept, flow),
            *(margin(_estimate(flow["shares"][outcome])) for outcome in ("lawful_lenient", "overreach", "missed")),
            margin(_estimate(flow["left"])),
            _seconds(flow["seconds_to_join"]["median"]["value"]),
        )
        for kept in runs
        for flow in kept.data["flows"]
    ]
    return table(headings, rows, width)


def _seconds(value: float | None) -> str:
    return "n/a" if value is None else f"{value:.1f}"


def _differing(runs: Sequence[Kept], width: int) -> Iterator[RenderableType]:
    """Settings in which the runs differ."""
    rows = []
    for setting in _SETTINGS:
        values = [_told(kept.data["run"], setting) for kept in runs]
        if len(set(values)) > 1:
            rows.append((setting, *values))
    if rows:
        yield listing(("differs", *(kept.name for kept in runs)), rows, width)
        told = "Different runs: their intervals are each run's own, and no difference between them is paired."
        yield paragraph(told, width, "dim")


def _told(run: Json, setting: str) -> str:
    """A setting of a run in words; empty where its file is of a version that did not say."""
    value = run.get("people", {}).get(setting, "") if setting in _PEOPLE else run.get(setting, "")
    return "all" if value is None else ", ".join(value) if isinstance(value, list) else str(value)


def _estimate(data: Json) -> Estimate:
    return Estimate(data["value"], data["low"], data["high"])


def read_runs(path: Path) -> list[Kept]:
    """Runs from a file that `joinlab compare --format json` wrote, or from all such files of a folder.

    Raises:
        UsageError: If there is none, or a file holds something else.
    """
    if path.is_dir():
        files = sorted(path.glob("*.json"))
        if not files:
            raise UsageError(Problem("this folder holds no .json file.", path))
        return [_read_run(file) for file in files]
    return [_read_run(path)]


def _read_run(path: Path) -> Kept:
    remedy = "Write one with `joinlab compare FLOW FLOW --format json > FILE`."
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(Problem(f"this cannot be read: {error.strerror}.", path, remedy=remedy)) from None
    except ValueError:
        raise UsageError(Problem("this is not JSON.", path, remedy=remedy)) from None
    kept = Kept(path.stem, data, "")
    try:
        # Whatever is shown is looked at once here, so that nothing is missing later.
        side_by_side([kept], 80)
        csv_text(csv_rows(data))
        return Kept(path.stem, data, _command_of(data))
    except (KeyError, TypeError, AttributeError, IndexError, ValueError):
        raise UsageError(Problem("this is no result of `joinlab compare`.", path, remedy=remedy)) from None


def _command_of(data: Json) -> str:
    """The command that gives a result again, from what the result says of itself; for files stands FILE."""
    run, flows = data["run"], data["flows"]
    words = ["compare" if len(flows) > 1 else "run", *(_named("flow", flow["id"]) for flow in flows)]
    if run["scenario"] != DEFAULT_SCENARIO:
        words += ["--scenario", _named("scenario", run["scenario"])]
    words += ["--participants", run["participants"], "--seed", run["seed"], "--category", run["category"]]
    words += ["--purpose", run["purpose"]]
    if len({flow["date"] for flow in flows}) == 1:
        words += ["--date", run["date"]]
    if run["reading"] != "range":
        words += ["--reading", run["reading"]]
    words += _levers_of(data)
    if run["recorded_meetings"]:
        words += ["--meetings", "FILES"]
    for split in flows[0].get("by", {}):
        words += ["--by", split]
    return command_line(*words, *(["--uncertainty"] if "uncertainty" in data else []))


def _named(kind: Kind, id: str) -> str:
    """What a flow or scenario is asked for by: its name if it is built in, else a word for the file that it was in."""
    return id if id in library.builtin(kind) else f"FILE_OF_{id}"


def _levers_of(data: Json) -> Iterator[str]:
    """Options for what the scenario may not say; of a scenario in a file nobody knows here what it says."""
    run, known = data["run"], library.builtin("scenario")
    scenario = library.scenario(run["scenario"]) if run["scenario"] in known else None
    if scenario is None or run["company_veto"] != scenario.company_veto:
        yield "--company-veto" if run["company_veto"] else "--no-company-veto"
    if scenario is None or run["behaviour"] != scenario.behaviour:
        yield from ("--recorded", "FILE") if run["behaviour"] == RECORDED else ("--behaviour", run["behaviour"])
    if "observed" in data and (scenario is None or scenario.observed is None):
        yield from ("--observed", "FILE")


def export_name(kept: Kept, kind: str) -> str:
    """The file that an export is written to unless another is named."""
    plain_name = "".join(char if char.isalnum() else "_" for char in kept.name)
    return f"{plain_name}_screen.svg" if kind == "screen" else f"{plain_name}.{kind}"


def refused(name: str, kind: str) -> str | None:
    """Why an export cannot be written under a name; None where it can."""
    path, ending = Path(name), ".svg" if kind == "screen" else f".{kind}"
    if path.suffix.lower() != ending:
        return f"The name ends in {ending}."
    if path.exists():
        return f"{name} is there already. Give another name."
    return None if path.absolute().parent.is_dir() else f"There is no folder {path.parent}."


def export(runs: Sequence[Kept], kind: str, path: Path) -> None:
    """Write the table of the first run, or a chart of all.

    Raises:
        StoreError: If it cannot be written.
    """
    from simulator.batch import charts

    with writing():
        if kind == "csv":
            write(path, csv_text(csv_rows(runs[0].data)).encode())
        elif kind == "json":
            write(path, f"{json.dumps(runs[0].data, indent=2)}\n".encode())
        else:
            charts.save(charts.outcomes([(kept.name, kept.data) for kept in runs], title(runs)), path)


def title(runs: Sequence[Kept]) -> str:
    """What a chart is of."""
    run = runs[0].data["run"]
    where = ", ".join(dict.fromkeys(kept.data["run"]["scenario"] for kept in runs))
    return f"{where}: share of {run['category'].replace('_', ' ')}, for {run['purpose'].replace('_', ' ')}"
