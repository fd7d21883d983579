"""The files that people install hold the content that people edit."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.slow


def content() -> set[str]:
    """Every content file of the checkout, as a path below `scenarios/`."""
    folder = ROOT / "scenarios"
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*.yaml")}


def build(what: str, folder: Path) -> Path:
    """Build the "wheel" or the "sdist" into `folder`."""
    command = [sys.executable, "-m", "build", f"--{what}", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = folder.iterdir()
    return made


def below(prefix: str, names: list[str]) -> set[str]:
    """The YAML files among `names` that lie below `prefix`, without it."""
    return {name.removeprefix(prefix) for name in names if name.startswith(prefix) and name.endswith(".yaml")}


def test_the_wheel_carries_every_content_file_inside_the_package(tmp_path: Path) -> None:
    with zipfile.ZipFile(build("wheel", tmp_path)) as wheel:
        assert content()
        assert below("simulator/_scenarios/", wheel.namelist()) == content()


def test_the_sdist_carries_every_content_file_where_the_checkout_has_it(tmp_path: Path) -> None:
    with tarfile.open(build("sdist", tmp_path)) as sdist:
        names = sdist.getnames()
    top = names[0].split("/")[0]
    assert content()
    assert below(f"{top}/scenarios/", names) == content()
