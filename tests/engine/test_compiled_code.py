"""Compiled code is forgotten when a source that it was made from changes."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from simulator.analysis.comparison import run_comparison
from simulator.api import prepare
from simulator.engine import kernel
from simulator.engine.compiled_code import compiles_first, forget_stale


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


def test_the_engine_is_compiled_first_where_no_compiled_code_of_it_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = SimpleNamespace(__name__="walk_meetings", stats=SimpleNamespace(cache_path=str(tmp_path)))
    monkeypatch.setattr(kernel, "walk_meetings", walk)
    assert compiles_first()
    (tmp_path / "kernel.walk_meetings-162.py311.nbi").touch()
    assert not compiles_first()


def test_numba_keeps_compiled_code_where_and_as_that_looks_for_it() -> None:
    run_comparison(prepare(["accept_or_leave"]), participants=10, seed=1)
    assert not compiles_first()
