"""What the documents show is what joinlab does: their commands are run, their code too, their options exist."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from simulator.cli.main import app
from simulator.scenario import library
from tests.docs_pages import ELLIPSIS, PAGES, README, ROOT, Example, blocks, examples, renew, renewed, run


def fits(printed: list[str], shown: tuple[str, ...]) -> bool:
    """Whether the lines are those shown, where `...` stands for any number of lines."""
    pattern = "".join(r"(?:.*\n)*" if line.strip() == ELLIPSIS else re.escape(line) + r"\n" for line in shown)
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in printed)) is not None


SHOWN = [example for page in PAGES for example in examples(page)]


def test_the_readme_shows_a_command_and_code() -> None:
    assert [example for example in SHOWN if example.page == README]
    assert list(blocks(README, "python"))


@pytest.mark.parametrize("example", SHOWN, ids=str)
def test_a_command_prints_what_the_page_shows(example: Example) -> None:
    printed = run(example.command)
    stale = [line for line in example.shown if line != ELLIPSIS and line not in printed]
    assert stale == [], "\n".join(["shown, but not printed (`make docs` renews the page); printed is:", *printed])
    assert fits(printed, example.shown), "\n".join(["the lines stand in another order:", *printed])


@pytest.mark.parametrize("code", [block for _, block in blocks(README, "python")])
def test_the_code_of_the_readme_runs(code: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", "\n".join(code)], cwd=ROOT, capture_output=True, text=True, check=False,
        timeout=120,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip()


def readme_commands() -> list[str]:
    """Every call of joinlab in the README: in code spans, in shell blocks, after a prompt."""
    text = README.read_text(encoding="utf-8")
    lines = [line for language in ("sh", "console") for _, block in blocks(README, language) for line in block]
    outside = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    found = [*re.findall(r"`([^`\n]+)`", outside), *lines]
    calls = [re.search(r"(?:^|/|\$ )joinlab( .*)?$", call.split("#")[0].split(" > ")[0].strip()) for call in found]
    return sorted({(call[1] or "").strip() for call in calls if call})


def command_of(words: list[str]) -> tuple[typer.core.TyperCommand, list[str]]:
    """The command that some words call, and the words that are left for it."""
    command, rest = typer.main.get_command(app), list(words)
    while rest and rest[0] in getattr(command, "commands", {}):
        command = command.commands[rest.pop(0)]
    return command, rest


def built_in() -> set[str]:
    return {name for kind in library.KINDS for name in library.builtin(kind)}


def test_the_readme_calls_every_command() -> None:
    called = {call.split()[0] for call in readme_commands() if call}
    assert called == set(typer.main.get_command(app).commands)


@pytest.mark.parametrize("call", readme_commands())
def test_a_call_in_the_readme_is_understood(call: str) -> None:
    command, rest = command_of(shlex.split(call))
    assert not (command is typer.main.get_command(app) and rest and not rest[0].startswith("-")), call
    if "--help" in rest:
        return
    upper = [word for word in rest if word.isupper() and len(word) > 1]  # stands for a word of the reader's
    context = command.make_context(command.name or "joinlab", [*rest], resilient_parsing=bool(upper))
    flows = [word for key in ("flows", "names", "flow", "files") for word in _listed(context.params.get(key))]
    for word in flows:
        assert word in built_in() or word in upper or Path(word).suffix, f"{word} is no built-in name"


def _listed(value: object) -> list[str]:
    return [value] if isinstance(value, str) else list(value) if isinstance(value, list | tuple) else []


def test_an_option_named_alone_in_the_readme_exists() -> None:
    outside = re.sub(r"```.*?```", "", README.read_text(encoding="utf-8"), flags=re.DOTALL)
    named = [match[1] for match in re.finditer(r"`(--[a-z][a-z-]*)[^`]*`", outside)]
    commands = typer.main.get_command(app).commands.values()
    known = {option for command in commands for parameter in command.params for option in parameter.opts}
    assert named
    assert set(named) <= known | {"--help", "--version"}


def test_three_dots_stand_for_any_number_of_lines_and_nothing_else_does() -> None:
    assert fits(["a", "b", "c", "d"], ("a", "...", "d"))
    assert fits(["a", "d"], ("a", "...", "d"))
    assert not fits(["a", "b"], ("a", "...", "d"))
    assert not fits(["a", "bd"], ("a", "d"))
    assert not fits(["axd"], ("a.d",))
    assert fits(["a", "b"], ("a", "..."))
    assert fits(["a", "b"], ("a", "b"))
    assert not fits(["a", "b", "c"], ("a", "b"))


def test_what_a_page_shows_is_renewed_with_the_same_parts_left_out() -> None:
    shown = ("title", "flow 1.0 to 2.0", "", "table", "flow 3 ±0.1", ELLIPSIS, "seed 5 of 7", "end")
    printed = ["title", "flow 9.9 to 9.9", "", "table", "more", "flow 12 ±3", "", "note", "seed 6 of 8", "end 2"]
    assert renewed(printed, shown) == [*printed[:6], ELLIPSIS, *printed[8:]]
    assert renewed(["a 2", "b"], ("a 1", ELLIPSIS)) == ["a 2", ELLIPSIS]
    assert renewed(["a 2", "b"], ("a 1",)) == ["a 2", "b"]


def test_a_part_that_is_not_printed_any_more_is_told() -> None:
    with pytest.raises(ValueError, match="mend the page by hand: 'gone'"):
        renewed(["a", "b"], ("a", ELLIPSIS, "gone"))


def test_a_page_is_renewed_in_place(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("Say\n\n```console\n$ joinlab --version\njoinlab 0\n```\n\nmore\n", encoding="utf-8")
    renew(page)
    (version,) = run("joinlab --version")
    assert page.read_text(encoding="utf-8") == f"Say\n\n```console\n$ joinlab --version\n{version}\n```\n\nmore\n"
