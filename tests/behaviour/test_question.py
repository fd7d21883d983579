"""Behaviours that installed packages add."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.behaviour.question import GROUP, installed


def test_a_package_that_comes_or_goes_while_the_program_runs_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    assert "late" not in installed()
    info = tmp_path / "late-1.0.dist-info"
    made = tmp_path / "made"
    made.mkdir()
    (made / "METADATA").write_text("Metadata-Version: 2.1\nName: late\nVersion: 1.0\n")
    (made / "entry_points.txt").write_text(f"[{GROUP}]\nlate = late:choose\n")
    made.rename(info)
    assert installed()["late"].value == "late:choose"
    info.rename(made)
    assert "late" not in installed()
