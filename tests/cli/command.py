"""Runs `joinlab` for the tests: inside this process, or as one of its own where that is what is tested."""

from __future__ import annotations

import functools
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from simulator.cli.main import main
from simulator.scenario import library, yaml_file

JOINLAB = str(Path(sys.executable).with_name("joinlab"))
SMALL = ("--participants", "400", "--seed", "5")
"""Options of a run of a blink."""
LONGEST = ("zoom_ai_companion_required_consent", "zoom_iq_team_chat_compose_aug_2023")
"""The longest names of the library."""
WATCHED = ("COLUMNS", "FORCE_COLOR", "LINES", "NO_COLOR", "PYTHONIOENCODING", "PYTHONUTF8", "TERM", "TTY_COMPATIBLE")
"""Variables that change what a terminal program writes."""


@dataclass(frozen=True)
class Done:
    """What a command came to."""

    code: int
    out: str
    err: str


def joinlab(*words: str) -> Done:
    """Run inside this process, with a pipe for the output; anything but a proper exit is raised here."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err):
        code: object = 0
        try:
            main(words)
        except SystemExit as end:
            code = end.code
    return Done(int(code or 0), *(stream.buffer.getvalue().decode("utf-8") for stream in (out, err)))


def environment(**more: str) -> dict[str, str]:
    """This process's environment without what changes a terminal program's output, and with what is given."""
    return {name: value for name, value in os.environ.items() if name not in WATCHED} | more


def process(*words: str, timeout: float = 120, **more: str) -> Done:
    """Run as a process of its own; `more` are variables of its environment."""
    done = subprocess.run([JOINLAB, *words], capture_output=True, check=False, timeout=timeout, env=environment(**more))
    return Done(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))


_parsed = functools.cache(yaml_file.read)


@contextmanager
def built_in_files_parsed_once() -> Iterator[None]:
    """Remembers the YAML of built-in files, as most of the time of a small run goes into parsing them again."""
    root, original = library.content_root(), yaml_file.read

    def read(path: Path) -> yaml_file.Document:
        return _parsed(path) if path.is_relative_to(root) else original(path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml_file, "read", read)
        yield


def lines(text: str) -> list[str]:
    """The lines without the spaces at their ends."""
    return [line.rstrip() for line in text.splitlines()]
