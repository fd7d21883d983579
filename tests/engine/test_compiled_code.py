"""Compiled code is forgotten when a source that it was made from changes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from simulator.engine.compiled_code import forget_stale


@pytest.mark.parametrize(("changed", "kept"), [("engine/called.py", False), ("cli/view.py", True)])
def test_code_older_than_what_it_was_made_from_is_forgotten(tmp_path: Path, changed: str, *, kept: bool) -> None:
    index = tmp_path / "engine" / "__pycache__" / "kernel.walk-1.py311.nbi"
    for path in (tmp_path / "draws.py", tmp_path / "engine" / "called.py", tmp_path / "cli" / "view.py", index):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
        os.utime(path, (1000, 1000))
    os.utime(index, (2000, 2000))
    os.utime(tmp_path / changed, (3000, 3000))
    forget_stale(tmp_path)
    assert index.exists() is kept
