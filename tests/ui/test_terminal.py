"""The app in a real terminal: keys typed in, the screen's text read back."""

from __future__ import annotations

import shutil
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.command import JOINLAB, environment

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux, which gives the app a real terminal, is missing"),
]
PATIENCE = 90.0
"""Seconds that anything may take; a first run compiles the engine."""


class Terminal:
    """A terminal of 80 by 24 that a program runs in."""

    def __init__(self, folder: Path, command: str) -> None:
        self._socket = str(folder / "tmux")
        self._name = uuid.uuid4().hex
        self._do("-f", "/dev/null", "new-session", "-d", "-s", self._name, "-x", "80", "-y", "24", command)

    def _do(self, *words: str) -> str:
        variables = environment(TERM="xterm-256color", LANG="C.UTF-8", TEXTUAL_ANIMATIONS="none")
        done = subprocess.run(
            ["tmux", "-S", self._socket, *words], capture_output=True, text=True, check=False, timeout=20, env=variables
        )
        return done.stdout

    def text(self) -> str:
        """What the screen shows."""
        return self._do("capture-pane", "-p", "-t", self._name)

    def keys(self, *keys: str) -> None:
        """Type."""
        self._do("send-keys", "-t", self._name, *keys)

    def alive(self) -> bool:
        """Whether the program still runs."""
        return self._name in self._do("list-sessions", "-F", "#{session_name}")

    def wait_for(self, words: str) -> str:
        """The screen's text, once some words are in it."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            text = self.text()
            if words in text:
                return text
            time.sleep(0.1)
        pytest.fail(f"{words!r} never came; the screen shows:\n{self.text()}")

    def close(self) -> None:
        """End the program and the terminal."""
        self._do("kill-server")


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """The app, at the door of a meeting."""
    found = Terminal(tmp_path, f"{JOINLAB} ui granular_opt_in --participant 7")
    yield found
    found.close()


def test_a_meeting_is_joined_in_a_real_terminal_and_the_app_ends_cleanly(terminal: Terminal) -> None:
    terminal.wait_for("Join the meeting")
    terminal.keys("Enter")
    terminal.wait_for("> [ ] off  Audio")
    terminal.keys("Space")
    terminal.wait_for("> [x] on   Audio")
    terminal.keys(*["Down"] * 7, "Enter")
    terminal.wait_for("Take it back")
    terminal.keys("Enter")
    text = terminal.wait_for("granted, by you")
    assert "$ joinlab ui granular_opt_in --screen join --seed 1 --participant 7" in text
    terminal.keys("4")
    terminal.wait_for("[4 Person]")
    terminal.keys("C-q")
    until = time.monotonic() + PATIENCE
    while terminal.alive() and time.monotonic() < until:
        time.sleep(0.1)
    assert not terminal.alive()
