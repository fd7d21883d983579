"""What every test of the command line can rely on: no terminal, no variable that pretends one, and little waiting."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cli.command import WATCHED, built_in_files_parsed_once


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in WATCHED:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True, scope="module")
def _quick() -> Iterator[None]:
    with built_in_files_parsed_once():
        yield
