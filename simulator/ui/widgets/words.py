"""Words as they are: names, labels and paths come from files and people, and square brackets in them are no markup."""

from __future__ import annotations

from textual.containers import VerticalScroll
from textual.content import Content
from textual.visual import VisualType
from textual.widgets import Static


class Words(Static):
    """What all text of the app is shown by."""

    def __init__(self, words: VisualType = "", *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(words, id=id, classes=classes, markup=False)


class Panel(VerticalScroll, can_focus=False):
    """The box of what lies over a screen."""

    def __init__(self, title: str, *, subtitle: str = "", classes: str = "") -> None:
        super().__init__(classes=f"panel {classes}".strip())
        self.border_title, self.border_subtitle = as_title(title), as_title(subtitle)


def as_title(words: str) -> Content:
    """Words as the title of a box."""
    return Content(words)
