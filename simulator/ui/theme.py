"""Colours of the app: a dark and a light theme, in colours that the colour-blind can tell apart (Okabe and Ito 2008).

Nothing is told by colour alone: outcomes carry their names, toggles and options their marks.
"""

from __future__ import annotations

from rich.terminal_theme import TerminalTheme
from textual.theme import Theme

DARK = Theme(
    name="joinlab-dark",
    primary="#56b4e9",
    secondary="#8fa3b5",
    accent="#e69f00",
    success="#4fb595",
    warning="#e69f00",
    error="#e0754c",
    foreground="#dfe4ea",
    background="#14181d",
    surface="#1a1f26",
    panel="#232a33",
    dark=True,
    variables={"footer-key-foreground": "#e69f00", "border": "#3c4a59", "border-blurred": "#3c4a59"},
)
LIGHT = Theme(
    name="joinlab-light",
    primary="#0072b2",
    secondary="#5b6b7a",
    accent="#a85800",
    success="#00795a",
    warning="#a85800",
    error="#b23c00",
    foreground="#1e252c",
    background="#f6f5f1",
    surface="#fcfbf8",
    panel="#e9e7e0",
    dark=False,
    variables={"footer-key-foreground": "#a85800", "border": "#b9b4a6", "border-blurred": "#b9b4a6"},
)


def _ansi(background: str, foreground: str, colours: str) -> TerminalTheme:
    """How named colours look: black, red, green, yellow, blue, magenta, cyan, white, the bright ones alike."""

    def rgb(code: str) -> tuple[int, int, int]:
        return int(code[0:2], 16), int(code[2:4], 16), int(code[4:6], 16)

    eight = [rgb(code) for code in colours.split()]
    return TerminalTheme(rgb(background), rgb(foreground), eight, eight)


ANSI_DARK = _ansi("14181d", "dfe4ea", "232a33 e0754c 4fb595 e69f00 56b4e9 cc79a7 7fd0d6 dfe4ea")
ANSI_LIGHT = _ansi("f6f5f1", "1e252c", "1e252c b23c00 00795a a85800 0072b2 9c3f78 00707a 5b6b7a")
