"""A flow that is being changed: its edits, undone and done again, the flow they make or what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from simulator.batch.places import Content, NoSuchPlaceError
from simulator.errors import Problem, UsageError, did_you_mean
from simulator.scenario import flow_checks, library
from simulator.scenario.flow import Flow
from simulator.scenario.load import fitted
from simulator.scenario.yaml_file import Value, dotted, read
from simulator.ui.content.levers import Edits, Lever, Line, as_word, lines, with_edits

SUFFIX = "_changed"
_LONGEST_ID = 80


@dataclass(frozen=True)
class Draft:
    """A flow of the library or of a file, with edits. Frozen: each edit makes another draft."""

    name: str
    """As the flow was asked for."""
    path: Path
    original: Flow
    content: Content = field(repr=False)
    """What the file holds."""
    made: tuple[tuple[str, Value], ...] = ()
    """Edits by path, oldest first; a path may come again."""
    undone: tuple[tuple[str, Value], ...] = ()

    @cached_property
    def edits(self) -> Edits:
        """What differs from the original."""
        before = {line.path: line.value for line in lines(self.content) if isinstance(line, Lever)}
        last = dict(self.made)
        return {path: value for path, value in last.items() if path not in before or before[path] != value}

    @cached_property
    def changed(self) -> Content:
        """The file's content with the edits, under an id of its own."""
        own = str(self.content["id"])[: _LONGEST_ID - len(SUFFIX)] + SUFFIX
        return {**with_edits(self.content, self.edits), "id": own}

    @cached_property
    def _fitted(self) -> tuple[Flow | None, list[Problem]]:
        flow, faults = fitted(self.changed, Flow, checks=flow_checks.problems)
        return flow, [Problem(one.message, key=dotted(one.loc, called="flow"), remedy=one.remedy) for one in faults]

    @property
    def flow(self) -> Flow | None:
        """The changed flow; None where it cannot be used as it stands."""
        return self._fitted[0]

    @property
    def problems(self) -> list[Problem]:
        """What is wrong with it, in the loader's own words."""
        return self._fitted[1]

    @cached_property
    def lines(self) -> list[Line]:
        """Its levers as they stand now."""
        return lines(self.changed)

    def original_value(self, path: str) -> Value:
        """How a lever stands in the file."""
        return next(line.value for line in lines(self.content) if isinstance(line, Lever) and line.path == path)

    def with_edit(self, path: str, value: Value) -> Draft:
        """One more edit."""
        return replace(self, made=(*self.made, (path, value)), undone=())

    def undo(self) -> Draft:
        """Without the last edit."""
        return replace(self, made=self.made[:-1], undone=(*self.undone, self.made[-1])) if self.made else self

    def redo(self) -> Draft:
        """With the edit again that was undone last."""
        return replace(self, made=(*self.made, self.undone[-1]), undone=self.undone[:-1]) if self.undone else self


def open_draft(name: str, edits: Edits | None = None) -> Draft:
    """A flow by name or path, with edits.

    Raises:
        UsageError: If there is no such flow, or an edit leads nowhere in it.
        ScenarioError: If its file cannot be used.
    """
    path = library.find("flow", name)
    draft = Draft(name, path, library.flow(name), read(path).value, tuple((edits or {}).items()))
    try:
        assert draft.changed
    except NoSuchPlaceError as error:
        remedy = did_you_mean(error.step, error.known, called="There") if error.known else None
        raise UsageError(Problem(f'--change: {error.path}: there is no "{error.step}".', remedy=remedy)) from None
    return draft


def told_edits(draft: Draft) -> list[str]:
    """Each edit in a few words, such as `stages.ask.default: off -> on`."""
    known = {line.path for line in lines(draft.content) if isinstance(line, Lever)}
    return [
        f"{path}: {as_word(draft.original_value(path))} -> {as_word(value)}"
        if path in known
        else f"{path}: {as_word(value)}"
        for path, value in draft.edits.items()
    ]
