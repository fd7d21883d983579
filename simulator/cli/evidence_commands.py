"""The commands about evidence: `fit` the coefficients to it, `validate` what they predict."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.arguments import a_seed, word, words_of
from simulator.cli.diagnostics import Exit, note, progress_line
from simulator.errors import Problem, UsageError

if TYPE_CHECKING:
    from simulator.scenario.evidence import Study
    from simulator.scenario.parameters import Parameters
    from simulator.scenario.population import Population


class ValidationFormat(StrEnum):
    """How a validation is written."""

    TABLE = "table"
    JSON = "json"
    MARKDOWN = "markdown"


PriorArg = Annotated[str, typer.Option("--prior", help="Parameters whose ranges are the priors: a name or a file.")]
PopulationArg = Annotated[str, typer.Option("--population", help="Who answers, as traits: a name or a file.")]
SeedArg = Annotated[
    int, typer.Option(parser=a_seed, metavar="N", help="Seed of the draws; the same seed writes the same files.")
]


def fit(
    files: Annotated[list[Path] | None, typer.Argument(help="More studies to fit, beside the built-in ones.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Parameter file to write (YAML).")] = None,
    prior: PriorArg = "prior",
    population: PopulationArg = "office_workers",
    seed: SeedArg = 1,
) -> None:
    """Fit the coefficients of choice to published studies; write them with 200 joint draws beside them."""
    from simulator.analysis.fit import Library, calibration
    from simulator.analysis.fit import fit as fit_to
    from simulator.analysis.fitted_file import draws_file, parameter_file
    from simulator.cli.evidence_view import print_fit

    if output is not None:
        _check_output(output)
    studies = [*_built_in(), *_loaded(files or [])]
    _refuse_other_roles(files or [], studies)
    before, people = _prior(prior, population)
    note("fitting takes about a minute.")
    try:
        found = fit_to(Library.of(calibration(studies), before, people))
    except KeyboardInterrupt:
        note("interrupted; nothing was written.")
        raise typer.Exit(Exit.INTERRUPTED) from None
    print_fit(found)
    if output is None:
        typer.echo("Nothing was written; --output FILE writes a parameter file and its draws.")
        return
    beside = output.with_suffix(".draws.csv")
    beside.write_text(draws_file(found, seed), encoding="utf-8", newline="\n")
    text = parameter_file(found, name=output.stem, draws=beside.name, seed=seed)
    output.write_text(text, encoding="utf-8", newline="\n")
    typer.echo(f"Written: {output} and {beside}. Use it in a scenario: `parameters: {output.name}`.")


def validate(
    files: Annotated[list[Path] | None, typer.Argument(help="Studies that are not fitted, to predict.")] = None,
    prior: PriorArg = "prior",
    population: PopulationArg = "office_workers",
    seed: Annotated[int, typer.Option(parser=a_seed, metavar="N", help="Seed of the draws behind the intervals.")] = 1,
    output: Annotated[
        ValidationFormat,
        typer.Option(
            "--format",
            parser=word("--format", ValidationFormat),
            metavar=words_of(ValidationFormat),
            help="How to write the result.",
        ),
    ] = ValidationFormat.TABLE,
) -> None:
    """Predict studies that were not fitted: each built-in one from the others, or the studies in files."""
    from simulator.analysis.shipped import POPULATION, PRIOR
    from simulator.analysis.validation import leave_one_out, predict_files
    from simulator.cli.evidence_view import as_markdown, print_validation, validation_json
    from simulator.scenario import library

    before, people = _prior(prior, population)
    # A file of that name in the folder is another one.
    paths = [library.find("parameters", prior), library.find("population", population)]
    shipped = paths == [library.builtin("parameters")[PRIOR], library.builtin("population")[POPULATION]]
    if not (files and shipped):
        note("each fit takes some seconds to a minute.")
    with progress_line("fits", lost="interrupted.") as progress:
        if files:
            judged = predict_files(_loaded(files), _built_in(), before, people, seed, shipped=shipped)
        else:
            judged = leave_one_out(_built_in(), before, people, seed, progress)
    if output is ValidationFormat.JSON:
        typer.echo(validation_json(judged))
    elif output is ValidationFormat.MARKDOWN:
        typer.echo(as_markdown(judged, left_out=not files).rstrip())
    else:
        print_validation(judged, left_out=not files)


def _prior(prior: str, population: str) -> tuple[Parameters, Population]:
    from simulator.scenario import library

    return library.parameters(prior), library.population(population)


def _built_in() -> list[Study]:
    from simulator.scenario import library

    return [library.study(str(path)) for path in library.builtin("evidence").values()]


def _loaded(files: Sequence[Path]) -> list[Study]:
    from simulator.scenario import library

    return [library.study(str(file)) for file in files]


def _refuse_other_roles(files: Sequence[Path], studies: Sequence[Study]) -> None:
    """A study that is kept apart is not fitted, and two studies of one id would be one."""
    given = studies[len(studies) - len(files) :]
    for file, study in zip(files, given, strict=True):
        if study.role.value != "calibration":
            message = f"{study.id} has the role {study.role.value}; only studies for calibration are fitted."
            raise UsageError(Problem(message, file, remedy=f"Predict it instead: joinlab validate {file}"))
        if sum(other.id == study.id for other in studies) > 1:
            message = f"there is another study {study.id}."
            raise UsageError(Problem(message, file, remedy="Give it an id of its own."))


def _check_output(output: Path) -> None:
    import re

    if not re.fullmatch(r"[a-z][a-z0-9_]*", output.stem) or output.suffix not in (".yaml", ".yml"):
        message = f"--output: {output.name!r} is no name for a parameter file."
        remedy = "Use lower case letters, digits and underscores, ending in .yaml: the name becomes the id."
        raise UsageError(Problem(message, remedy=remedy))
    if not output.parent.is_dir():
        raise UsageError(Problem(f"--output: there is no folder {output.parent}.", remedy="Make it first."))
