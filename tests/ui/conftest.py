"""What every test of the app can rely on: no animation, colours as they are, built-in files parsed once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cli.command import WATCHED, built_in_files_parsed_once


@pytest.fixture(autouse=True)
def _calm(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in WATCHED:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")


@pytest.fixture(autouse=True, scope="module")
def _quick() -> Iterator[None]:
    with built_in_files_parsed_once():
        yield
