"""What of a file's content does not fit its model, said in sentences: pydantic's errors as faults."""

from __future__ import annotations

import re
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from simulator.errors import did_you_mean
from simulator.scenario.sourced import Model
from simulator.scenario.yaml_file import Fault, Loc, Value, shown

JsonSchema = dict[str, Any]

_FORMS = {
    r"^[a-z][a-z0-9_]*$": "lower case letters, digits and underscores, starting with a letter",
    r"^[a-z][a-z0-9_]*(=(on|off))?$": "the id of an option, no_answer, or the id of a toggle with =on or =off",
    r"^[a-z0-9_]+\.[a-z0-9_]+$": "a place, a dot and a name, such as de.gdpr_7_4_forced",
    r"^[A-Z]{2}(-[A-Z0-9]{2,4})?$": "a code such as DE or US-CA",
    r"^[a-z]{2}_[A-Z]{2}$": "a locale such as de_DE",
}

_TYPES = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "string": "text",
    "list": "a list",
    "tuple": "a list",
    "dict": 'a mapping ("key: value" lines)',
    "model": 'a mapping ("key: value" lines)',
    "date": "a date such as 2023-08-07",
    "none": "null",
}

_LIMITS = {
    "greater_than_equal": ("ge", "at least"),
    "greater_than": ("gt", "more than"),
    "less_than_equal": ("le", "at most"),
    "less_than": ("lt", "less than"),
}

_UNNAMED = ("At", "Affects", "Known")
"""Vocabularies whose class name makes no noun that a reader would know."""

_NOUNS = {"Confidentiality": "confidentiality class"}


def faults(error: ValidationError, value: Value, model: type[Model]) -> list[Fault]:
    """All that `model` finds wrong with a file's content; of a file of another version only that."""
    schema = _Schema(model)
    details = error.errors(include_url=False)
    version = [detail for detail in details if detail["loc"] == ("schema_version",) and detail["type"] != "missing"]
    # A file of another version would differ in ways that only look like mistakes.
    return [_fault(detail, value, schema) for detail in version or details]


class _Schema:
    """What a model allows at each place, read from its JSON Schema."""

    def __init__(self, model: type[Model]) -> None:
        self._root: JsonSchema = model.model_json_schema(by_alias=True)
        self._named: dict[str, JsonSchema] = self._root.get("$defs", {})

    def at(self, loc: Loc) -> list[JsonSchema]:
        """All alternatives allowed at a place; empty where the model knows no such place."""
        found = self._spread(self._root)
        for step in loc:
            found = [inner for outer in found for inner in self._step(outer, step)]
        return found

    def words(self, loc: Loc, *, of_key: bool) -> list[str]:
        """The words allowed as the value at a place, or as the last key of the loc."""
        return [str(word) for node in self._choices(loc, of_key=of_key) for word in _words(node)]

    def noun(self, loc: Loc, *, of_key: bool) -> str | None:
        """What the words allowed at a place are called, in the singular; None where they have no good name."""
        nodes = self._choices(loc, of_key=of_key)
        titles = [title for title, named in self._named.items() if any(named is node for node in nodes)]
        if len(titles) != 1 or titles[0] in _UNNAMED:
            return None
        return _NOUNS.get(titles[0]) or re.sub(r"(?<!^)(?=[A-Z])", " ", titles[0]).lower()

    def keys(self, loc: Loc) -> list[str]:
        """The keys allowed in the mapping at a place."""
        return [key for node in self.at(loc) for key in node.get("properties", {})]

    def description(self, loc: Loc) -> str | None:
        """First line of what a place is for."""
        # The place's own words stand beside a reference, so the place must not be resolved.
        for node in self.at(loc[:-1]):
            text = node.get("properties", {}).get(loc[-1], {}).get("description")
            if text:
                return str(text).splitlines()[0]
        return None

    def _choices(self, loc: Loc, *, of_key: bool) -> list[JsonSchema]:
        if of_key:
            return [
                inner
                for node in self.at(loc[:-1])
                if "propertyNames" in node
                for inner in self._spread(node["propertyNames"])
            ]
        return [node for node in self.at(loc) if _words(node)]

    def _step(self, node: JsonSchema, step: str | int) -> list[JsonSchema]:
        if isinstance(step, str):
            inner = node.get("properties", {}).get(step, node.get("additionalProperties"))
        else:
            places = node.get("prefixItems", [])
            inner = places[step] if step < len(places) else node.get("items")
        return self._spread(inner) if isinstance(inner, dict) else []

    def _spread(self, node: JsonSchema) -> list[JsonSchema]:
        if "$ref" in node:
            return self._spread(self._named[str(node["$ref"]).rsplit("/", 1)[-1]])
        branches = [branch for word in ("anyOf", "oneOf", "allOf") for branch in node.get(word, [])]
        return [inner for branch in branches for inner in self._spread(branch)] if branches else [node]


def _words(node: JsonSchema) -> list[object]:
    return [node["const"]] if "const" in node else list(node.get("enum", []))


def _fault(detail: ErrorDetails, whole: Value, schema: _Schema) -> Fault:
    loc = _place(detail, whole)
    kind, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    if loc == ("schema_version",):
        return _version_fault(detail, schema)
    if kind == "missing":
        return _missing(loc, value, schema)
    if kind == "extra_forbidden":
        keys = schema.keys(loc[:-1])
        word = str(loc[-1])
        return Fault(loc, f"{shown(word)} is not a key here.", did_you_mean(word, keys, called="Keys"))
    if kind in ("enum", "literal_error"):
        return _unknown_word(loc, value, schema, of_key=detail["loc"][-1] == "[key]")
    if kind in _LIMITS:
        limit, words = _LIMITS[kind]
        return Fault(loc, f"{shown(value)} is out of range; expected {words} {context[limit]}.")
    if kind.endswith(("too_short", "too_long")):
        return Fault(loc, _wrong_length(kind, value, context))
    if kind == "string_pattern_mismatch":
        form = _FORMS.get(str(context["pattern"]), f"text of the form {context['pattern']}")
        return Fault(loc, f"{shown(value)} has the wrong form; expected {form}.")
    if kind == "finite_number":
        return Fault(loc, f"{shown(value)} is not a finite number.")
    if kind in ("value_error", "assertion_error"):
        return Fault(loc, f"{str(context.get('error', detail['msg'])).rstrip('.')}.")
    return _wrong_type(loc, detail)


def _place(detail: ErrorDetails, value: Value) -> Loc:
    """The error's loc without the steps that pydantic adds for branches of unions and for keys."""
    loc: list[str | int] = []
    for step in detail["loc"]:
        if isinstance(value, dict) and step in value:
            value = value[str(step)]
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            continue
        loc.append(step)
    return (*loc, detail["loc"][-1]) if detail["type"] == "missing" else tuple(loc)


def _version_fault(detail: ErrorDetails, schema: _Schema) -> Fault:
    read = " or ".join(schema.words(("schema_version",), of_key=False))
    reads = f"this joinlab reads schema_version {read}."
    if detail["type"] == "missing":
        return Fault(("schema_version",), f"this key is missing; {reads}", f"Add schema_version: {read}.")
    return Fault(("schema_version",), f"{shown(detail['input'])} is not supported; {reads}")


def _missing(loc: Loc, value: object, schema: _Schema) -> Fault:
    if isinstance(loc[-1], int):
        given = len(value) if isinstance(value, list) else loc[-1]
        wanted = max((len(node.get("prefixItems", [])) for node in schema.at(loc[:-1])), default=loc[-1] + 1)
        return Fault(loc[:-1], f"{_count(given, 'item')} given; expected {wanted}.")
    if description := schema.description(loc):
        return Fault(loc, "this key is missing.", f"It says: {description}")
    words = schema.words(loc, of_key=False)
    return Fault(loc, "this key is missing.", f"Allowed: {', '.join(words)}." if words else None)


def _unknown_word(loc: Loc, value: object, schema: _Schema, *, of_key: bool) -> Fault:
    allowed = schema.words(loc, of_key=of_key)
    noun = schema.noun(loc, of_key=of_key)
    word = value if isinstance(value, str) else shown(value)
    if noun is None:
        return Fault(loc, f"{shown(value)} is not allowed here.", did_you_mean(word, allowed, called="Allowed"))
    article = "an" if noun[0] in "aeiou" else "a"
    return Fault(
        loc, f"{shown(value)} is not {article} {noun}.", did_you_mean(word, allowed, called=_plural(noun).capitalize())
    )


def _plural(noun: str) -> str:
    if noun.endswith("y"):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith("s") else f"{noun}s"


def _wrong_length(kind: str, value: object, context: dict[str, Any]) -> str:
    unit = "character" if kind.startswith("string") else "key" if isinstance(value, dict) else "item"
    given = len(value) if isinstance(value, str | list | dict) else 0
    short = kind.endswith("too_short")
    limit = context["min_length" if short else "max_length"]
    return f"{_count(given, unit)} given; expected at {'least' if short else 'most'} {limit}."


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}"


def _wrong_type(loc: Loc, detail: ErrorDetails) -> Fault:
    """Types and dates; anything that is not foreseen keeps pydantic's words."""
    value = detail["input"]
    expected = _TYPES.get(detail["type"].split("_", 1)[0])
    if expected is None:
        return Fault(loc, f"{shown(value)} does not fit: {detail['msg']}.")
    reason = detail.get("ctx", {}).get("error")
    because = f" ({reason})" if reason else ""
    return Fault(loc, f"{shown(value)} is not {expected}{because}.", _requote(value, expected))


def _requote(value: object, expected: str) -> str | None:
    """Where only the quotes are wrong: which way."""
    if expected == "text" and isinstance(value, bool | int | float):
        return "Put it in quotes."
    if expected in ("a number", "a whole number") and isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value):
        return "Remove the quotes."
    return None
