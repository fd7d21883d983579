"""Writing small meeting files, and finding the real ones."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.errors import MeetingFileError

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """Writes a file of this name in the test's folder."""

    def write_file(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file


@pytest.fixture
def refusal(tmp_path: Path) -> Callable[[Callable[[], object]], str]:
    """The whole text of the error that a call raises, with paths given from the test's folder."""

    def text(call: Callable[[], object]) -> str:
        with pytest.raises(MeetingFileError) as caught:
            call()
        return str(caught.value).replace(f"{tmp_path}{os.sep}", "").replace(str(tmp_path), "folder")

    return text


@pytest.fixture(scope="session")
def ami() -> Path:
    """The folder of the AMI meetings, in JOINLAB_MEETINGS or in shared/meetings beside the checkout."""
    named = os.environ.get("JOINLAB_MEETINGS")
    folder = (Path(named) if named else CHECKOUT.parent / "shared" / "meetings") / "ami"
    if not folder.is_dir():
        pytest.skip(f"the AMI meetings are not in {folder}; set JOINLAB_MEETINGS to the folder that holds ami")
    return folder
