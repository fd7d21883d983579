"""The commands as a whole: help, exit codes, and words that equal the vocabularies."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest
import typer

from simulator import api
from simulator.analysis.comparison import DEFAULT_PARTICIPANTS
from simulator.analysis.over_weeks import DEFAULT_PARTICIPANTS as PARTICIPANTS_OVER_WEEKS
from simulator.api import DEFAULT_SCENARIO
from simulator.cli import arguments
from simulator.cli.arguments import By, Category, FindingLevel, PurposeOption, ReadingOption
from simulator.cli.diagnostics import Exit
from simulator.cli.main import app
from simulator.rules.findings import Level
from simulator.scenario.vocabulary import DataCategory, Purpose, Reading
from simulator.text.comparison_view import BREAKDOWNS
from tests.analysis.runs import every_flow
from tests.cli.command import JOINLAB, SMALL, environment, joinlab, process

COMMANDS = {
    "batch",
    "check",
    "compare",
    "explain",
    "fit",
    "flows",
    "people",
    "results",
    "run",
    "schema",
    "ui",
    "validate",
}


def commands() -> Iterator[tuple[str, typer.core.TyperCommand]]:
    """Every command and subcommand, with the words that call it."""
    waiting = [("joinlab", typer.main.get_command(app))]
    while waiting:
        words, command = waiting.pop()
        yield words, command
        waiting += [(f"{words} {name}", inner) for name, inner in getattr(command, "commands", {}).items()]


def examples(text: str) -> list[list[str]]:
    """The indented lines that call joinlab, cut into words."""
    return [shlex.split(line)[1:] for line in text.splitlines() if line.startswith("  joinlab ")]


def test_joinlab_alone_prints_three_examples_and_succeeds() -> None:
    done = process()
    assert (done.code, done.err) == (0, "")
    assert len(examples(done.out)) == 3
    assert joinlab().out == done.out


@pytest.mark.parametrize("words", examples(joinlab().out), ids=" ".join)
def test_an_example_works_as_it_stands(words: list[str]) -> None:
    done = joinlab(*words)
    assert done.code == 0, done.err  # where it takes long, progress is told there
    assert done.out


def test_the_help_names_every_command() -> None:
    done = joinlab("--help")
    assert (done.code, done.err) == (0, "")
    assert {words.split()[1] for words, _ in commands() if " " in words} == COMMANDS
    for name in COMMANDS:
        assert f"\n  {name} " in done.out


@pytest.mark.parametrize(("words", "command"), commands(), ids=[words for words, _ in commands()])
def test_every_command_and_each_of_its_arguments_says_what_it_is_for(words: str, command) -> None:
    assert command.help
    assert command.help.strip().endswith(".")
    for parameter in command.params:
        assert getattr(parameter, "help", None), f"{words}: {parameter.name}"
    done = joinlab(*words.split()[1:], "--help")
    assert (done.code, done.err) == (0, "")
    assert " ".join(command.help.split()) in " ".join(done.out.split())


def test_the_version_is_that_of_the_distribution() -> None:
    assert joinlab("--version").out == f"joinlab {version('joinlab')}\n"


def test_the_exit_codes_are_those_that_shells_expect() -> None:
    assert {code.name: int(code) for code in Exit} == {
        "OK": 0,
        "FAILED": 1,
        "USAGE": 2,
        "SOME_FAILED": 3,
        "INTERRUPTED": 130,
    }


@pytest.mark.parametrize(
    "words",
    [
        ("compare", "accept_or_leave", "two_buttons", *SMALL),
        ("run", "accept_or_leave", *SMALL),
        ("run", "zoom_2023", *SMALL),
        ("explain", "two_buttons"),
        ("people", "-n", "2"),
        ("flows",),
        ("flows", "show", "two_buttons"),
        ("check", "two_buttons"),
        ("schema", "flow"),
    ],
    ids=" ".join,
)
def test_a_command_that_succeeds_exits_with_0_and_says_nothing_beside_its_result(words: tuple[str, ...]) -> None:
    done = joinlab(*words)
    assert (done.code, done.err) == (0, "")
    assert done.out.endswith("\n")


@pytest.mark.parametrize(
    "words",
    [
        ("compar",),
        ("--verbose",),
        ("flows", "shw"),
        ("flows", "show"),
        ("explain",),
        ("check",),
        ("schema",),
    ],
    ids=" ".join,
)
def test_a_line_that_is_not_understood_exits_with_2_and_points_to_the_help(words: tuple[str, ...]) -> None:
    done = joinlab(*words)
    assert (done.code, done.out) == (2, "")
    message, remedy = done.err.splitlines()
    assert message.endswith(".")
    assert remedy.endswith(" --help` says what there is.")


@pytest.mark.parametrize("words", [("-h",), ("compare", "-h"), ("flows", "show", "-h")], ids=" ".join)
def test_h_is_short_for_help(words: tuple[str, ...]) -> None:
    assert joinlab(*words) == joinlab(*words[:-1], "--help")


def test_a_result_that_cannot_be_written_exits_with_1_in_one_line() -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    with full.open("wb") as stream:
        done = subprocess.run(
            [JOINLAB, "flows"], stdout=stream, stderr=subprocess.PIPE, check=False, timeout=60, env=environment()
        )
    assert done.returncode == 1
    assert done.stderr.decode() == "the result could not be written: No space left on device.\n"


def test_the_limits_on_the_command_line_are_those_in_python() -> None:
    for name in ("MOST_PARTICIPANTS", "MOST_THREADS", "MOST_SEED"):
        assert getattr(arguments, name) == getattr(api, name)


def test_the_words_of_options_are_those_of_the_vocabularies() -> None:
    assert [word.value for word in Category] == [word.value for word in DataCategory]
    assert [word.value for word in ReadingOption] == [word.value for word in Reading]
    assert [word.value for word in FindingLevel] == [word.value for word in Level]
    assert [word.value for word in PurposeOption] == [word.value for word in Purpose]


def test_a_result_can_be_split_by_category_and_by_every_breakdown_of_a_run() -> None:
    breakdowns = {breakdown.name for breakdown in every_flow().run.plan.breakdowns}
    assert {word.value for word in By} == breakdowns | {"category"}
    assert set(BREAKDOWNS) == breakdowns


@pytest.mark.parametrize(("words", "command"), commands(), ids=[words for words, _ in commands()])
def test_defaults_on_the_command_line_are_those_in_python(words: str, command) -> None:
    defaults = {parameter.name: parameter.default for parameter in command.params}
    assert defaults.get("scenario") in (None, DEFAULT_SCENARIO)
    if words in ("joinlab compare", "joinlab run"):
        assert defaults["participants"] is None  # then those of a comparison, or of weeks
        (told,) = (parameter.help for parameter in command.params if parameter.name == "participants")
        assert f"without it {DEFAULT_PARTICIPANTS:,}, or {PARTICIPANTS_OVER_WEEKS:,} over weeks" in told
