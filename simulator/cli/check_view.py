"""What checking content files found, as text, JSON or SARIF."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from textwrap import fill

import typer

from simulator.cli.checked import Ablate, Checked, check
from simulator.cli.diagnostics import Exit, report
from simulator.cli.effects import Ablation, Effects
from simulator.cli.sarif import sarif
from simulator.errors import JoinlabError, Problem
from simulator.rules.findings import DEFINITION, Finding, Level
from simulator.scenario import library
from simulator.scenario.yaml_file import dotted
from simulator.text.formats import Json, joinlab_version
from simulator.text.law_view import lawful_note
from simulator.text.numbers import percent, points

_WIDTH = 80
_REST = {"overreach": "overreach", "missed": "missed", "left": "left"}
_FIXED = {"claimed": "claimed", "lawful": "lawful", "kept": "kept", **_REST}
_RANGED = {"claimed": "claimed", "lawful": "strict", "lawful_lenient": "lenient", **_REST}
"""Outcomes of the effects and their headings, where the reading of unsettled rules is fixed and where it is open; what
is wanted belongs to the people, and does not move."""
_LEVELS = tuple(Level)


def check_files(names: Sequence[str], *, output: str, fail_on: Level | None, ablate: Ablate | None) -> Exit:
    """Check each file; results on stdout, problems on stderr.

    Args:
        names: Content files of any kind, or names of built-in flows.
        output: text, json or sarif.
        fail_on: Level from which a finding makes the command fail; None: findings never do.
        ablate: How to measure what each pattern does; None: not at all.

    Returns:
        USAGE where a file is not sound, FAILED where a finding is as grave as `fail_on`, else OK.
    """
    problems: list[Problem] = []
    sound: list[Checked] = []
    for name in names:
        try:
            checked = check(name, ablate)
        except JoinlabError as error:
            report(error)
            problems += error.problems
        else:
            sound.append(checked)
            if output == "text":
                typer.echo("\n".join(_text(checked)))
    if output == "json":
        typer.echo(json.dumps(_as_dict(sound, problems), indent=2))
    elif output == "sarif":
        placed = ((item.document.path, item.line(one), _key(one), one) for item in sound for one in item.found)
        typer.echo(json.dumps(sarif(placed, problems, version=joinlab_version(), folder=Path()), indent=2))
    if problems:
        return Exit.USAGE
    grave = [finding for item in sound for finding in item.found if fail_on and _as_grave(finding.level, fail_on)]
    return Exit.FAILED if grave else Exit.OK


def _as_grave(level: Level, limit: Level) -> bool:
    return _LEVELS.index(level) <= _LEVELS.index(limit)


def _text(checked: Checked) -> Iterator[str]:
    """A line for a sound file, and for a flow what was found, gravest first, each check explained once."""
    yield f"{checked.name}: the file of this {library.CALLED[checked.kind]} is in order."
    if checked.kind != "flow":
        return
    yield _counts(checked.found)
    if checked.effects is not None:
        yield from _run(checked.effects)
    order = sorted(range(len(checked.found)), key=lambda place: _LEVELS.index(checked.found[place].level))
    explained: set[str] = set()
    for place in order:
        finding = checked.found[place]
        yield ""
        yield f"{finding.level.value} {finding.id}"
        yield f"  {_shown(checked.document.path)}:{checked.line(finding)}"
        yield _wrapped(finding.message)
        explanation = list(_explanation(finding))
        if explanation[0] not in explained:
            explained.add(explanation[0])
            yield from (_wrapped(text, indent=4) for text in explanation)
        if checked.effects is not None and checked.effects.why is None:
            yield from _effect(checked.effects.of[place], _columns(checked.effects))


def _counts(found: Sequence[Finding]) -> str:
    numbers = [(level, sum(finding.level is level for finding in found)) for level in Level]
    said = [f"{number} {level.value}{'' if number == 1 else 's'}" for level, number in numbers if number]
    return f"The design checks find {', '.join(said) or 'nothing'}."


def _explanation(finding: Finding) -> Iterator[str]:
    definition = DEFINITION[finding.id]
    if finding.mirrored:
        yield f'The mirror image of "{definition.title}". {definition.mirror}'
    elif finding.known:
        yield f"{definition.title}. {definition.says}"
    else:
        yield f'Looked for: "{definition.title}". {definition.says}'
    yield f"Pattern: {definition.pattern}. Rule: {definition.rule}."


def _run(result: Effects) -> Iterator[str]:
    """What the effects below are effects on."""
    if result.why is not None:
        yield _wrapped(f"Not measured: {result.why}.", indent=0)
    if result.comparison is None:
        return
    run, inputs = result.comparison.run, result.comparison.inputs
    category, purpose = result.comparison.category, inputs.scenario.purpose
    readings = "strict, lenient: lawful by either reading. " if result.comparison.ranged else ""
    yield ""
    yield _wrapped(
        f"Switched off: the share of {category.value} for {purpose.value} without one pattern, less the share with "
        f"it, in percentage points with a 95 % interval; {run.meetings:,} meetings with {run.participants:,} people "
        f"(scenario {inputs.scenario.id}, seed {run.seed}), the same with and without. {readings}left: of people. "
        f"Wanted does not move. Monte Carlo error only. {lawful_note(inputs)}",
        indent=0,
    )
    columns = _columns(result)
    base = result.comparison.flows[0]
    yield _row("", list(columns.values()))
    yield _row("as is", [percent(base.share(outcome, category).value) for outcome in columns])


def _columns(result: Effects) -> dict[str, str]:
    return _RANGED if result.comparison is not None and result.comparison.ranged else _FIXED


def _effect(ablation: Ablation, columns: dict[str, str]) -> Iterator[str]:
    if ablation.differences is None:
        yield _wrapped(f"Not measured: {ablation.says}.", indent=4)
        return
    yield _wrapped(f"Switched off: {ablation.says}.", indent=4)
    yield _row("", [points(ablation.differences[outcome], short=True) for outcome in columns])


def _row(label: str, cells: Sequence[str]) -> str:
    return f"{label:<8}" + "".join(f"{cell:>12}" for cell in cells)


def _wrapped(text: str, *, indent: int = 2) -> str:
    space = " " * indent
    return fill(text, _WIDTH, initial_indent=space, subsequent_indent=space, break_on_hyphens=False)


def _shown(path: Path) -> str:
    """A path as it can be clicked on: relative where it lies below the current folder."""
    whole, here = path.resolve(), Path.cwd()
    return str(whole.relative_to(here) if whole.is_relative_to(here) else path)


def _key(finding: Finding) -> str:
    return dotted(finding.loc, called="flow")


def _as_dict(sound: Sequence[Checked], problems: Sequence[Problem]) -> Json:
    """The result as plain data: `docs/reference/design-checks.md` says what each key holds."""
    return {
        "joinlab": joinlab_version(),
        "files": [
            {
                "name": item.name,
                "kind": item.kind,
                "path": _shown(item.document.path),
                "run": _run_as_dict(item.effects),
                "findings": [_finding_as_dict(item, place) for place in range(len(item.found))],
            }
            for item in sound
        ],
        "problems": [
            {
                "message": problem.message,
                "path": None if problem.path is None else str(problem.path),
                "line": problem.line,
                "key": problem.key,
                "remedy": problem.remedy,
            }
            for problem in problems
        ],
    }


def _finding_as_dict(item: Checked, place: int) -> Json:
    finding, ablation = item.found[place], item.ablation(place)
    return {
        "id": finding.id,
        "level": finding.level.value,
        "message": finding.message,
        "line": item.line(finding),
        "key": _key(finding),
        "mirrored": finding.mirrored,
        "known": finding.known,
        "pattern": finding.pattern,
        "rule": finding.rule,
        "definition": DEFINITION[finding.id].says,
        "effect": None if ablation is None else _ablation_as_dict(ablation),
    }


def _ablation_as_dict(ablation: Ablation) -> Json:
    differences = ablation.differences
    return {
        "switched_off": differences is not None,
        "says": ablation.says,
        "differences": None if differences is None else {name: asdict(one) for name, one in differences.items()},
    }


def _run_as_dict(result: Effects | None) -> Json | None:
    if result is None or result.comparison is None:
        return None
    run, scenario = result.comparison.run, result.comparison.inputs.scenario
    return {
        "scenario": scenario.id,
        "seed": run.seed,
        "meetings": run.meetings,
        "participants": run.participants,
        "category": result.comparison.category.value,
        "purpose": scenario.purpose.value,
        "note": lawful_note(result.comparison.inputs),
    }
