"""Reads one YAML 1.2 file into plain Python, with the line of every key and item."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StreamMark, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from simulator.errors import Problem, ScenarioError

Loc: TypeAlias = tuple[str | int, ...]
"""Keys and 0-based item numbers that lead from the top of a file to one value."""

Value: TypeAlias = "None | bool | int | float | str | list[Value] | dict[str, Value]"
"""What a file can hold. Keys are always text, and so are dates."""

MAX_BYTES = 2**20
"""Largest file that is read."""

MAX_DEPTH = 40
"""Deepest nesting that is read, the top level counted."""

MAX_PROBLEMS = 20
"""Most problems of one file that are told; the rest are counted."""

_MAX_DIGITS = 100
_LINE_END = re.compile(r"\r\n|\r|\n")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
# What would act on the terminal that shows it: control characters, and changes of writing direction.
_UNSHOWABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069]")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_DECIMAL = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0(o[0-7]+|x[0-9a-fA-F]+)")
_WORDS: dict[str, None | bool | float] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **{sign + word: float(sign + "inf") for sign in ("", "+", "-") for word in (".inf", ".Inf", ".INF")},
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}

_REMEDIES = (
    ("mapping values are not allowed", "Put text that contains a colon in quotes, and check the indentation."),
    ("could not find expected ':'", 'Write "key: value", with a space after the colon.'),
    ("found unexpected end of stream", "Close the quote."),
    ("<stream end>", "Close the bracket, brace or quote."),
    ("<document start>", 'Write "key: value" lines, all starting in the same column.'),
    ("expected ',' or", "Separate the items with commas, and close the bracket or brace."),
    ("<block end>", "Start the lines of one level in the same column."),
    ("cannot start any token", "Put text that starts with this character in quotes."),
    ("escape", "Write a backslash inside double quotes twice, or use single quotes."),
)


@dataclass(frozen=True)
class Fault:
    """One thing wrong in the content of a document, placed by `loc`."""

    loc: Loc
    message: str
    remedy: str | None = None


@dataclass(frozen=True)
class Document:
    """One file's content and where each part of it stands."""

    value: dict[str, Value]
    path: Path
    _lines: Mapping[Loc, int] = field(repr=False)

    def line(self, loc: Loc) -> int:
        """Line of a key or item, 1-based; where it does not exist, the line of its nearest ancestor that does."""
        while loc not in self._lines:
            loc = loc[:-1]
        return self._lines[loc]

    def problem(self, fault: Fault, *, called: str) -> Problem:
        """The fault with its place in the file; `called` is the first word of the dotted key."""
        return Problem(fault.message, self.path, self.line(fault.loc), dotted(fault.loc, called=called), fault.remedy)


def dotted(loc: Loc, *, called: str) -> str:
    """The loc as a dotted key, such as `flow.stages[2].options[1].effect`."""
    parts = [called]
    for step in loc:
        plain = isinstance(step, str) and re.fullmatch(r"[\w-]+", step)
        parts.append(f".{step}" if plain else f"[{shown(step)}]")
    return "".join(parts)


def shown(value: object, *, limit: int = 60) -> str:
    """The value as it could stand in a file: on one line, unprintable characters escaped, cut at `limit`."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    text = text if len(text) <= limit else f"{text[: limit - 1]}…"
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def told(path: Path, problems: Sequence[Problem]) -> list[Problem]:
    """The first `MAX_PROBLEMS` problems of a file, then one that counts the rest."""
    rest = len(problems) - MAX_PROBLEMS
    more = [Problem(f"and {rest} more.", path, counts=rest)] if rest > 0 else []
    return [*problems[:MAX_PROBLEMS], *more]


def read(path: Path) -> Document:
    """Reads a file whose top level is a mapping.

    Strings stay strings (`on`, `NO`, `12:30`, dates); only the core types of YAML 1.2 are recognised. Anchors, aliases,
    merge keys, tags and further documents are refused before anything is expanded.

    Raises:
        ScenarioError: with all duplicate keys and refused features, or the first syntax error.
    """
    builder = _Builder(path, _text(path))
    value = builder.document()
    if builder.problems:
        raise ScenarioError(told(path, builder.problems))
    if not isinstance(value, dict):
        holds = "a list" if isinstance(value, list) else f"only {shown(value)}"
        msg = f"the file holds {holds}, not a mapping."
        raise ScenarioError(Problem(msg, path, builder.lines[()], remedy='Start with lines of the form "key: value".'))
    return Document(value, path, builder.lines)


def _text(path: Path) -> str:
    data = _bytes(path)
    if len(data) > MAX_BYTES:
        raise ScenarioError(_too_large(path, f"more than {MAX_BYTES:,}"))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = len(_LINE_END.findall(data[: error.start].decode("latin-1"))) + 1
        problem = Problem("the file is not UTF-8.", path, line, remedy="Save it as UTF-8.")
        raise ScenarioError(problem) from None
    if found := _UNPRINTABLE.search(text):
        line = len(_LINE_END.findall(text, 0, found.start())) + 1
        msg = f"the character {ascii(found.group())} is not allowed in YAML."
        raise ScenarioError(Problem(msg, path, line, remedy="Remove it."))
    return text


def _bytes(path: Path) -> bytes:
    """At most one byte more than allowed, so that pipes and devices of no known size are safe too."""
    try:
        if path.is_dir():
            raise ScenarioError(Problem("this is a folder; expected a YAML file.", path))
        with path.open("rb") as stream:
            size = path.stat().st_size
            if size > MAX_BYTES:
                raise ScenarioError(_too_large(path, f"{size:,}"))
            return stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise ScenarioError(Problem("there is no such file.", path)) from None
    except OSError as error:
        raise ScenarioError(Problem(f"the file cannot be read: {error.strerror}.", path)) from None
    except ValueError:  # a NUL character in the name
        raise ScenarioError(Problem(f"{shown(str(path))} cannot be the name of a file.")) from None


def _too_large(path: Path, size: str) -> Problem:
    return Problem(f"the file has {size} bytes; a content file has at most {MAX_BYTES:,}.", path)


class _Builder:
    """Builds plain values from parser events, noting lines and everything refused on the way."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.problems: list[Problem] = []
        self.lines: dict[Loc, int] = {}
        self._breaks = [found.start() for found in _LINE_END.finditer(text)]
        self._end = len(text.rstrip())
        self._events: Iterator[Event] = YAML(typ="safe", pure=True).parse(text)
        self._line = 1

    def document(self) -> Value:
        """The value of the only document of the file."""
        self._next()
        start = self._next()
        if not isinstance(start, DocumentStartEvent):
            self._refuse("the file is empty.", None, line=None)
            raise ScenarioError(told(self.path, self.problems))
        if start.version not in (None, (1, 2)):
            self._refuse("the file asks for another version than YAML 1.2.", "Remove the line that starts with %YAML.")
        value = self._node(self._next(), ())
        self._next()
        if not isinstance(self._next(), StreamEndEvent):
            self._refuse("a second document starts here; expected one.", 'Remove the line "---" and what follows.')
        elif value is None:
            self._refuse("the file is empty.", None, line=None)
        return value

    def _next(self) -> Event:
        try:
            event = next(self._events)
        except MarkedYAMLError as error:
            self._stop(error)
        except (YAMLError, ValueError, OverflowError, LookupError, AttributeError, TypeError, AssertionError):
            # The parser lets these out at malformed escapes and directives, without a mark.
            self._refuse("this or the next line is not YAML.", "Check its quotes and backslashes.")
            raise ScenarioError(told(self.path, self.problems)) from None
        self._line = self._line_of(event.start_mark)
        return event

    def _node(self, event: Event, loc: Loc) -> Value:
        self.lines.setdefault(loc, self._line)
        if len(loc) >= MAX_DEPTH and not isinstance(event, ScalarEvent | AliasEvent):
            self._refuse(f"nested deeper than {MAX_DEPTH} levels.", None)
            raise ScenarioError(told(self.path, self.problems))
        self._refuse_features(event)
        if isinstance(event, MappingStartEvent):
            return self._mapping(loc)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(loc)
        return self._scalar(event) if isinstance(event, ScalarEvent) else None

    def _mapping(self, loc: Loc) -> dict[str, Value]:
        found: dict[str, Value] = {}
        while not isinstance(event := self._next(), MappingEndEvent):
            key, line = self._key(event, loc), self._line
            if key in found:
                first = self.lines[*loc, key]
                self._refuse(f"the key {shown(key)} is already on line {first}.", "Keep one of the two.")
                self._node(self._next(), (*loc, key))
            elif key is None:
                self._node(self._next(), (*loc, ""))
            else:
                self.lines[*loc, key] = line
                found[key] = None  # known before its value is read, in which it may stand again
                found[key] = self._node(self._next(), (*loc, key))
        return found

    def _key(self, event: Event, loc: Loc) -> str | None:
        """The key's text; None where it is refused."""
        if not isinstance(event, ScalarEvent):
            if not isinstance(event, AliasEvent):
                self._refuse("a list or mapping stands where a key was expected.", "Use a word as the key.")
            self._node(event, (*loc, ""))
            return None
        self._refuse_features(event)
        if event.value == "<<" and event.implicit[0]:
            self._refuse("merge keys (<<) are not allowed.", "Write the keys out.")
            return None
        self._refuse_characters(event)
        return str(event.value)

    def _sequence(self, loc: Loc) -> list[Value]:
        found: list[Value] = []
        while not isinstance(event := self._next(), SequenceEndEvent):
            found.append(self._node(event, (*loc, len(found))))
        return found

    def _scalar(self, event: ScalarEvent) -> Value:
        self._refuse_characters(event)
        text = str(event.value)
        if not event.implicit[0]:
            return text
        if text in _WORDS:
            return _WORDS[text]
        based = _BASED.fullmatch(text)
        if not based and not _NUMBER.fullmatch(text):
            return text
        if len(text) > _MAX_DIGITS:
            self._refuse(f"a number of {len(text)} characters.", f"Use at most {_MAX_DIGITS}, or put it in quotes.")
            return text
        if based:
            return int(text, 0)
        return int(text) if _DECIMAL.fullmatch(text) else float(text)

    def _refuse_features(self, event: Event) -> None:
        if isinstance(event, AliasEvent):
            self._refuse(f"aliases (*{event.anchor}) are not allowed.", "Write the value out.")
            return
        if isinstance(event, NodeEvent) and event.anchor is not None:
            self._refuse(f"anchors (&{event.anchor}) are not allowed.", "Write the value out where it is needed.")
        tag = getattr(event, "tag", None)
        if tag is not None:
            name = str(tag).replace("tag:yaml.org,2002:", "!!")
            self._refuse(f"tags ({name}) are not allowed.", "Remove it; put text in quotes to keep it text.")

    def _refuse_characters(self, event: ScalarEvent) -> None:
        if found := _SURROGATE.search(str(event.value)):
            self._refuse(f"{ascii(found.group())[1:-1]} is half a character.", "Write the character itself.")
        elif found := _UNSHOWABLE.search(str(event.value)):
            name = ascii(found.group())[1:-1]
            self._refuse(f"the character {name} would act on the terminal that shows it.", "Remove it.")

    def _refuse(self, message: str, remedy: str | None, *, line: int | None = -1) -> None:
        place = self._line if line == -1 else line
        self.problems.append(Problem(message, self.path, place, remedy=remedy))

    def _stop(self, error: MarkedYAMLError) -> None:
        """Raises for a syntax error, after which nothing can be read."""
        problem = " ".join(str(error.problem or error.context or "").split())
        # What is never closed is found at the end of the file, but to be mended where it starts.
        open_ended = any(part in problem for part in ("stream end", "end of stream", "could not find expected ':'"))
        marks = (error.context_mark, error.problem_mark)
        self._line = self._line_of(marks[0] or marks[1] if open_ended else marks[1] or marks[0])
        if r"'\t'" in problem:
            self._refuse("a tab stands where YAML expects spaces.", "Indent with spaces.")
        else:
            remedy = next((remedy for part, remedy in _REMEDIES if part in problem), None)
            self._refuse(f"this is not YAML: {problem}.", remedy)
        raise ScenarioError(told(self.path, self.problems)) from None

    def _line_of(self, mark: StreamMark | None) -> int:
        """Line by editors' count: the parser also counts U+2028, U+2029 and U+0085 as line ends."""
        return self._line if mark is None else bisect_left(self._breaks, min(mark.index, self._end)) + 1
