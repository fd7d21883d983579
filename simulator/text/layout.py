"""Paragraphs and tables of plain lines: no line is wider than asked, none ends in spaces, no word is broken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

from rich.console import Group, RenderableType
from rich.text import Text

_GAP = 2
_LEAST_NAME = 12


def line(text: str, style: str = "") -> Text:
    """A line as it is."""
    return Text(text.rstrip(), style=style, no_wrap=True, overflow="ignore")


def paragraph(text: str, width: int, style: str = "", *, hang: int = 0) -> Text:
    """Running text, the second line and those after it indented by `hang`."""
    lines = wrap(text, width, subsequent_indent=" " * hang, break_long_words=False, break_on_hyphens=False)
    return line("\n".join(lines), style)


def titled(title: str, *parts: RenderableType) -> RenderableType:
    """A title, parts below it, and an empty line."""
    return Group(line(title, "bold"), *parts, Text(""))


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> RenderableType:
    """A table without rules: names to the left, all else to the right.

    A name that leaves too little room has a line of its own; columns that still do not fit go below the others.

    Args:
        headings: One for each column; a line feed in one makes it two lines.
        rows: Cells, as many as there are headings.
        width: Columns of the terminal.
    """
    sizes = [max(len(part) for part in (*heading.split("\n"), *(row[at] for row in rows)))
             for at, heading in enumerate(headings)]  # fmt: skip
    blocks = list(_blocks(sizes, width))
    parts: list[RenderableType] = []
    for block in blocks:
        if parts:
            parts.append(Text(""))
        room = width - sum(sizes[at] + _GAP for at in block)
        name = sizes[0] if sizes[0] <= room else max(len(headings[0]), _fitting(rows, room))
        columns = [(at, sizes[at]) for at in block]
        lines = [heading.split("\n") for heading in headings]
        for level in range(max(len(lines[at]) for at in (0, *block)), 0, -1):
            cells = ["" if level > len(parts_of) else parts_of[-level] for parts_of in lines]
            parts.append(line(_row(cells, name, columns), "dim"))
        parts += [line(_row(row, name, columns)) for row in rows]
    return Group(*parts)


def listing(headings: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> RenderableType:
    """A table of words without rules, everything to the left; where it is too wide, its widest column is wrapped.

    Args:
        headings: One for each column.
        rows: Cells, as many as there are headings.
        width: Columns of the terminal.
    """
    sizes = [max(len(cell) for cell in column) for column in zip(headings, *rows, strict=True)]
    excess = sum(sizes) + _GAP * (len(sizes) - 1) - width
    if excess > 0:
        widest = sizes.index(max(sizes))
        sizes[widest] = max(_LEAST_NAME, sizes[widest] - excess)
    return Group(*(line(text, "dim" if at == 0 else "") for at, row in enumerate((headings, *rows))
                   for text in _listed(row, sizes)))  # fmt: skip


def _listed(row: Sequence[str], sizes: Sequence[int]) -> Iterator[str]:
    wrapped = []
    for cell, size in zip(row, sizes, strict=True):
        indent = cell[: len(cell) - len(cell.lstrip())]
        lines = wrap(cell.strip(), max(1, size - len(indent)), break_on_hyphens=False) or [""]
        wrapped.append([indent + each for each in lines])
    for level in range(max(len(cell) for cell in wrapped)):
        cells = [cell[level] if level < len(cell) else "" for cell in wrapped]
        yield (" " * _GAP).join(f"{cell:<{size}}" for cell, size in zip(cells, sizes, strict=True))


def _blocks(sizes: Sequence[int], width: int) -> Iterator[list[int]]:
    """Which columns stand beside each other."""
    room = width - min(sizes[0], _LEAST_NAME)
    block: list[int] = []
    for at in range(1, len(sizes)):
        if block and sum(sizes[each] + _GAP for each in (*block, at)) > room:
            yield block
            block = []
        block.append(at)
    yield block


def _fitting(rows: Sequence[Sequence[str]], room: int) -> int:
    return max((len(row[0]) for row in rows if len(row[0]) <= room), default=0)


def _row(cells: Sequence[str], name: int, columns: Sequence[tuple[int, int]]) -> str:
    numbers = "".join(f"{'':{_GAP}}{cells[at]:>{size}}" for at, size in columns)
    if len(cells[0]) > name:
        return f"{cells[0]}\n{'':{name}}{numbers}"
    return f"{cells[0]:<{name}}{numbers}"


def folded(name: str, width: int) -> str:
    """A name on several lines, broken after underscores, where it is longer than the width."""
    lines = [""]
    for part in name.replace("_", "_ ").split(" "):
        if lines[-1] and len(lines[-1]) + len(part) > width:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)
