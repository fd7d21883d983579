"""What can be changed of a flow, one lever a line: where it is in the file, how it stands, what else it can be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import TypeAlias

from simulator.batch.places import Content, NoSuchPlaceError, with_values
from simulator.errors import Problem, UsageError
from simulator.scenario.vocabulary import Actor, At, Default, Effect, Refusal, ToggleSetting
from simulator.scenario.yaml_file import Value

Edits: TypeAlias = Mapping[str, Value]
"""Values by path, such as `stages.ask.options.agree.clicks`; the options of a stage are a list of ids, in order."""

_MOST_CLICKS = 50
_STEP = 0.1


class Kind(Enum):
    """How a lever is moved."""

    WORDS = "one of some words"
    COUNT = "a whole number"
    SHARE = "a number from 0 to 1"
    TEXT = "text"
    ORDER = "an order"


@dataclass(frozen=True)
class Lever:
    """One thing that can be changed."""

    path: str
    label: str
    value: Value
    kind: Kind
    words: tuple[Value, ...] = ()
    """What it can be, where it is one of some words; bounds of a count."""
    indent: int = 1
    says: Mapping[object, str] = field(default_factory=dict)
    """Words that stand for values."""

    def told(self, value: Value) -> str:
        """A value in words."""
        if isinstance(value, list):
            return ", ".join(str(item) for item in value)
        if not isinstance(value, dict) and value in self.says:
            return self.says[value]
        if value is None:
            return "not known"
        if isinstance(value, bool):
            return "yes" if value else "no"
        return f"{value:g}" if isinstance(value, float) else str(value).replace("_", " ")


@dataclass(frozen=True)
class Heading:
    """A line that only says what the levers below it are of."""

    text: str


Line: TypeAlias = Lever | Heading

_MARKS: Mapping[object, str] = {Default.ON.value: "[x] on", Default.OFF.value: "[ ] off", Default.NONE.value: "neither"}
_NOBODY: Mapping[object, str] = {None: "nobody"}
_NOT_COUNTED: Mapping[object, str] = {None: "not counted"}
_ANY = tuple(word.value for word in Actor)


def lines(content: Content) -> list[Line]:
    """Every lever of a flow's content, stage by stage, with what a file leaves out as its model has it."""
    return [line for stage in _items(content, "stages") for line in _stage_lines(stage)] + list(_flow_lines(content))


def _stage_lines(stage: Content) -> Iterator[Line]:
    name = stage["id"]
    at = f"stages.{name}"
    yield Heading(f"Stage {name}")
    yield _words(f"{at}.actor", "who is asked", stage.get("actor"), Actor)
    yield _words(f"{at}.at", "when", stage.get("at"), At)
    if stage.get("text"):
        yield Lever(f"{at}.text", "words", stage["text"], Kind.TEXT)
    yield _words(f"{at}.default", "default", stage.get("default", "none"), Default, says=_MARKS)
    yield _yes(f"{at}.blocking", "must answer", stage.get("blocking", True))
    yield Lever(f"{at}.prominence", "stands out", stage.get("prominence", 1.0), Kind.SHARE)
    yield _yes(f"{at}.negated", "negated", stage.get("negated", False))
    yield Lever(f"{at}.shows", "asked up to", stage.get("shows", 1), Kind.COUNT, (1, 10))
    for toggle in _items(stage, "toggles"):
        on = (Default.ON.value, Default.OFF.value)
        path = f"{at}.toggles.{toggle['id']}.default"
        yield Lever(path, str(toggle["label"]), toggle.get("default"), Kind.WORDS, on, says=_MARKS)
    options = _items(stage, "options")
    if len(options) > 1:
        yield Lever(f"{at}.options", "order", [option["id"] for option in options], Kind.ORDER)
    for option in options:
        yield from _option_lines(option, f"{at}.options.{option['id']}", bool(stage.get("toggles")))


def _option_lines(option: Content, at: str, toggles: bool) -> Iterator[Line]:
    yield Lever(f"{at}.label", "option", option.get("label"), Kind.TEXT)
    yield _words(f"{at}.effect", "does", option.get("effect"), Effect, indent=2)
    if toggles:
        settings = (None, *(word.value for word in ToggleSetting))
        says: dict[object, str] = {None: "not touched"}
        yield Lever(f"{at}.toggles", "switches", option.get("toggles"), Kind.WORDS, settings, 2, says)
    yield Lever(f"{at}.prominence", "stands out", option.get("prominence", 1.0), Kind.SHARE, indent=2)
    yield _clicks(f"{at}.clicks", "clicks", option.get("clicks"), indent=2)
    yield _yes(f"{at}.urged", "urged", option.get("urged", False), indent=2)


def _flow_lines(content: Content) -> Iterator[Line]:
    yield Heading("After a refusal, and taking back")
    yield _words("refusal", "who refuses", content.get("refusal"), Refusal)
    back = content.get("withdrawal")
    held = back if isinstance(back, dict) else {}
    yield Lever("withdrawal.actor", "takes back", held.get("actor"), Kind.WORDS, (None, *_ANY), says=_NOBODY)
    yield _clicks("withdrawal.clicks", "clicks", held.get("clicks"))
    choices = (True, False, None)
    yield Lever("withdrawal.retroactive", "data removed", held.get("retroactive"), Kind.WORDS, choices)


def _words(
    path: str,
    label: str,
    value: Value,
    words: type[StrEnum],
    *,
    indent: int = 1,
    says: Mapping[object, str] | None = None,
) -> Lever:
    return Lever(path, label, value, Kind.WORDS, tuple(word.value for word in words), indent, says or {})


def _yes(path: str, label: str, value: Value, *, indent: int = 1) -> Lever:
    return Lever(path, label, value, Kind.WORDS, (True, False), indent)


def _clicks(path: str, label: str, value: Value, *, indent: int = 1) -> Lever:
    return Lever(path, label, value, Kind.COUNT, (0, _MOST_CLICKS), indent, _NOT_COUNTED)


def _items(content: Content, key: str) -> list[Content]:
    found = content.get(key)
    # Anything may have been put there; what is no list of mappings, the flow's own model tells.
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def moved(lever: Lever, by: int) -> Value:
    """The value that comes after, or before, in the lever's own order; a count or share goes up or down by a step."""
    if lever.kind is Kind.WORDS:
        at = lever.words.index(lever.value) if lever.value in lever.words else 0
        return lever.words[(at + by) % len(lever.words)]
    if lever.kind is Kind.COUNT:
        least, most = (int(bound) for bound in lever.words if isinstance(bound, int))
        return int(_stepped(lever.value, by, least, most))
    if lever.kind is Kind.SHARE:
        return round(float(_stepped(lever.value, by * _STEP, 0.0, 1.0)), 2)
    if lever.kind is Kind.ORDER and isinstance(lever.value, list):
        return _turned(lever.value, by)
    return lever.value


def _stepped(value: Value, by: float, least: float, most: float) -> float:
    """A number a step further, within its bounds; anything may have been typed, and what is no number is the least."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return least
    if not least <= value <= most:  # as nan is not
        return most if value > most else least
    return min(max(value + by, least), most)


def _turned(ids: Sequence[Value], by: int) -> list[Value]:
    return [*ids[1:], ids[0]] if by > 0 else [ids[-1], *ids[:-1]]


def typed(lever: Lever, text: str) -> Value:
    """A value that was typed; what it may be, the flow's own model decides."""
    text = " ".join(text.split())
    if lever.kind is Kind.TEXT:
        return text
    if lever.kind is Kind.ORDER:
        return [word.strip() for word in text.split(",")]
    return read_value(text)


def read_value(text: str) -> Value:
    """A value as it stands on a command line: null, true, false and numbers are what they say, all else is text."""
    words: dict[str, Value] = {"null": None, "true": True, "false": False}
    if text in words:
        return words[text]
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def read_edits(words: Sequence[str]) -> dict[str, Value]:
    """Edits as a command line has them: `stages.ask.default=off`, and an order as `stages.ask.options=keep,share`.

    Raises:
        UsageError: If one has no equals sign.
    """
    edits: dict[str, Value] = {}
    for word in words:
        path, equals, text = word.partition("=")
        if not equals:
            remedy = "Write PATH=VALUE, such as stages.ask.default=off."
            raise UsageError(Problem(f'--change: "{word}" has no value.', remedy=remedy))
        edits[path] = [*text.split(",")] if _is_order(path) else read_value(text)
    return edits


def as_words(edits: Edits) -> list[str]:
    """Edits as a command line has them."""
    return [f"{path}={as_word(value)}" for path, value in edits.items()]


def as_word(value: Value) -> str:
    """A value as a command line has it."""
    if isinstance(value, list):
        return ",".join(str(item) for item in value)
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    return str(value)


def _is_order(path: str) -> bool:
    return path.startswith("stages.") and path.endswith(".options") and path.count(".") == 2


def with_edits(content: Content, edits: Edits) -> Content:
    """The content with edits made; it stays as it is.

    Raises:
        NoSuchPlaceError: If a path leads nowhere.
        UsageError: If an order leaves an option out, or names one that is not there.
    """
    changed = with_values(content, {path: value for path, value in edits.items() if not _is_order(path)})
    stages = {str(stage.get("id")): stage for stage in _items(changed, "stages")}
    for path, order in edits.items():
        if _is_order(path):
            name = path.split(".")[1]
            if name not in stages:
                raise NoSuchPlaceError(path, name, list(stages))
            _put_in_order(stages[name], order, path)
    return changed


def _put_in_order(stage: Content, order: Value, path: str) -> None:
    by_id = {str(option.get("id")): option for option in _items(stage, "options")}
    if not isinstance(order, list) or sorted(str(name) for name in order) != sorted(by_id):
        remedy = f"Options: {', '.join(by_id)}." if by_id else "The stage has no options."
        raise UsageError(Problem(f"{path}: an order names each option once.", remedy=remedy))
    options = stage["options"]
    assert isinstance(options, list), "it has options"
    for place, name in enumerate(order):
        options[place] = by_id[str(name)]
