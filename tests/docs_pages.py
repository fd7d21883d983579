"""The commands that README and docs show, and what they print. `make docs` runs them and pastes it in anew."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").rglob("*.md"))]
ELLIPSIS = "..."
"""Stands for any number of lines that a page leaves out."""
WATCHED = ("COLUMNS", "FORCE_COLOR", "LINES", "NO_COLOR", "PYTHONIOENCODING", "TERM", "TTY_COMPATIBLE")


@dataclass(frozen=True)
class Example:
    """One command of a console block and what the page says it prints."""

    page: Path
    line: int
    """Of the command, counted from 1; what it prints stands below."""
    command: str
    shown: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line}"


def blocks(page: Path, language: str) -> Iterator[tuple[int, list[str]]]:
    """The fenced blocks of a language, each with the number of its first line."""
    inside: tuple[str, int, list[str]] | None = None
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
        fence = re.fullmatch(r"\s*```+\s*([\w-]*).*", line)
        if fence and inside is None:
            inside = (fence[1], number + 1, [])
        elif fence and inside is not None:
            if inside[0] == language:
                yield inside[1], inside[2]
            inside = None
        elif inside is not None:
            inside[2].append(line)


def examples(page: Path) -> Iterator[Example]:
    """The `joinlab` commands of a page's console blocks; other commands and what they print are passed over."""
    for first, block in blocks(page, "console"):
        starts = [place for place, line in enumerate(block) if line.startswith("$ ")]
        for start, end in zip(starts, [*starts[1:], len(block)], strict=True):
            command = block[start].removeprefix("$ ")
            if command.split()[0] == "joinlab":
                shown = tuple(line.rstrip() for line in block[start + 1 : end])
                yield Example(page, first + start, command, shown)


def run(command: str) -> list[str]:
    """What a command prints to a pipe, run in the checkout as the documents assume."""
    names = {name: value for name, value in os.environ.items() if name not in WATCHED}
    path = os.pathsep.join([str(Path(sys.executable).parent), names.get("PATH", "")])
    done = subprocess.run(
        command, shell=True, cwd=ROOT, env={**names, "PATH": path, "PYTHONUTF8": "1"}, capture_output=True,
        text=True, encoding="utf-8", check=False, timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [line.rstrip() for line in done.stdout.splitlines()]


def renewed(printed: list[str], shown: tuple[str, ...]) -> list[str]:
    """The printed lines in place of those shown, with the same parts left out.

    A part that is shown begins and ends with the printed lines that have the words of its first and last line.

    Raises:
        ValueError: If such a line is not printed any more.
    """
    lines: list[str] = []
    place = 0
    parts = _parts(shown)
    for number, part in enumerate(parts):
        if number:
            lines.append(ELLIPSIS)
        if not part:
            continue
        start = _find(printed, place, part[0], 1) if number else 0
        same = sum(_words(line) == _words(part[-1]) for line in part)
        place = len(printed) if number == len(parts) - 1 else _find(printed, start, part[-1], same) + 1
        lines += printed[start:place]
    return lines


def _parts(shown: tuple[str, ...]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for line in shown:
        if line == ELLIPSIS:
            parts.append([])
        else:
            parts[-1].append(line)
    return parts


def _find(printed: list[str], start: int, sought: str, which: int) -> int:
    found = [place for place in range(start, len(printed)) if _words(printed[place]) == _words(sought)]
    if len(found) < which:
        msg = f"this line is not printed any more, mend the page by hand: {sought!r}"
        raise ValueError(msg)
    return found[which - 1]


def _words(line: str) -> list[str]:
    """What of a line stays when its numbers change."""
    return re.findall(r"[^\W\d]+", line)


def renew(page: Path) -> None:
    """Run the commands that a page shows, and write what they print now into it."""
    lines = page.read_text(encoding="utf-8").splitlines()
    for example in reversed(list(examples(page))):
        printed = renewed(run(example.command), example.shown)
        lines[example.line : example.line + len(example.shown)] = printed
    page.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    for each in PAGES:
        renew(each)
