"""Compiled code is kept where it may be written, in a folder of its own for each state of the sources."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numba
import pytest

from simulator import compiled
from simulator.analysis.comparison import run_comparison
from simulator.api import prepare
from simulator.compiled import KEPT_IN, PACKAGE, fingerprint, folder_for
from simulator.scenario.library import content_root


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package of three sources, one of which compiled code does not come from."""
    for name in ("draws.py", "engine/called.py", "cli/view.py"):
        path = tmp_path / "package" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("1", "utf-8")
    return tmp_path / "package"


@pytest.mark.parametrize(("changed", "kept"), [("engine/called.py", False), ("cli/view.py", True)])
def test_code_made_from_other_sources_is_never_found_and_forgotten(package: Path, changed: str, *, kept: bool) -> None:
    before = folder_for(package, roots=[package / "cache"])
    assert before is not None
    stamp = (package / changed).stat().st_mtime
    (package / changed).write_text("2", "utf-8")
    os.utime(package / changed, (stamp, stamp))
    after = folder_for(package, roots=[package / "cache"])
    assert (after == before) is kept
    assert before.exists() is kept


def test_the_code_of_another_installation_is_left_alone(package: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    folders = [folder_for(where, roots=[tmp_path / "cache"]) for where in (package, other, package)]
    assert folders[0] == folders[2] != folders[1]
    assert all(folder is not None and folder.is_dir() for folder in folders)


def test_where_a_folder_cannot_be_written_the_next_is_taken_and_else_none(package: Path, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("no folder", "utf-8")
    found = folder_for(package, roots=[file, tmp_path / "second"])
    assert found is not None
    assert found.parent == tmp_path / "second"
    assert folder_for(package, roots=[file]) is None


def test_the_settings_of_numba_stay_as_they_were_for_others() -> None:
    import simulator.draws  # noqa: F401

    assert KEPT_IN is not None
    assert KEPT_IN.name.endswith(fingerprint(PACKAGE))
    assert os.environ.get("NUMBA_CACHE_DIR", "") == numba.config.CACHE_DIR


@pytest.mark.slow
@pytest.mark.parametrize("home", ["home", "file"])
def test_a_package_that_one_may_not_write_works_with_code_kept_at_home_or_not_at_all(tmp_path: Path, home: str) -> None:
    shutil.copytree(PACKAGE, tmp_path / "simulator", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(content_root(), tmp_path / "scenarios")
    # What lies below a file nobody can write, not even an administrator.
    for file in (tmp_path / "simulator" / "__pycache__", tmp_path / "file"):
        file.write_text("", "utf-8")
    code = "from simulator import compare; print(compare(['two_buttons'], participants=50, seed=1).run.participants)"
    left_out = ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME", "LOCALAPPDATA")
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=False,
        text=True,
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if name not in left_out}
        | {"HOME": str(tmp_path / home), "USERPROFILE": str(tmp_path / home)},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) >= 50
    assert bool(list(tmp_path.rglob("*.nbi"))) is (home == "home")


def test_the_engine_is_compiled_first_where_no_compiled_code_of_it_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled, "KEPT_IN", tmp_path)
    assert compiled.compiles_first()
    (tmp_path / "engine").mkdir()
    (tmp_path / "engine" / "kernel.walk_meetings-162.py311.nbi").touch()
    assert not compiled.compiles_first()
    monkeypatch.setattr(compiled, "KEPT_IN", None)
    assert compiled.compiles_first()


def test_numba_keeps_compiled_code_where_and_as_that_looks_for_it() -> None:
    run_comparison(prepare(["accept_or_leave"]), participants=10, seed=1)
    assert not compiled.compiles_first()


@pytest.mark.parametrize("tried", [True, False])
def test_functions_compiled_into_their_callers_do_what_they_say_with_a_numba_tried_or_not(
    monkeypatch: pytest.MonkeyPatch, *, tried: bool
) -> None:
    if not tried:
        monkeypatch.setattr(compiled, "_INSIDE", {})
        monkeypatch.setattr(compiled, "_WHOLE", {})
    assert _sum_of_powers_by(monkeypatch)(3) == 3 + 9 + 27


def test_a_function_is_compiled_once_for_all_numbers_that_its_callers_write_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls = _sum_of_powers_by(monkeypatch)
    calls(3)
    powers = calls.py_func.__closure__[0].cell_contents  # type: ignore[attr-defined]
    assert len(powers.overloads) == 1


def test_a_function_for_python_and_for_compiled_callers_is_the_same_for_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "KEPT_IN", None)

    @compiled.both
    def half(number: float) -> float:
        return number / 2

    @compiled.entry
    def half_of_half(number: float) -> float:
        return half(half(number))

    assert (half(3.0), half_of_half(3.0)) == (1.5, 0.75)


def _sum_of_powers_by(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], int]:
    monkeypatch.setattr(compiled, "KEPT_IN", None)

    @compiled.inner
    def power(number: int, exponent: int) -> int:
        return int(number**exponent)

    @compiled.entry
    def sum_of_powers(number: int) -> int:
        return power(number, 1) + power(number, 2) + power(number, 3)

    return sum_of_powers
