"""Files that are either there in full or not at all, and a folder that one batch at a time may write to."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from simulator.errors import JoinlabError, Problem

UNFINISHED = ".unfinished"
"""Ending of files that are being written."""
_LOCK = "lock"


class StoreError(JoinlabError):
    """Results that cannot be written or read."""


def write(path: Path, data: bytes) -> None:
    """Write a file so that after a crash at any moment it is there in full or, as before, not at all.

    It is on the disk when this returns: written, synchronised and renamed, and the folder synchronised.

    Raises:
        StoreError: If it cannot be written; nothing is left behind then.
    """
    unfinished = path.with_name(path.name + UNFINISHED)
    try:
        with unfinished.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise StoreError(_cannot_write(path, error)) from None


def make_folder(path: Path) -> None:
    """Make a folder and those above it.

    Raises:
        StoreError: If it cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise StoreError(Problem("this is a file; expected a folder for results.", path)) from None
    except OSError as error:
        raise StoreError(_cannot_write(path, error)) from None


def _cannot_write(path: Path, error: OSError) -> Problem:
    remedy = "Name another folder with --output."
    if error.errno is not None and os.strerror(error.errno) in ("No space left on device", "Disk quota exceeded"):
        remedy = "What was finished before is kept: make room, and run the same command again."
    return Problem(f"this cannot be written: {error.strerror}.", path, remedy=remedy)


def _sync_folder(folder: Path) -> None:
    if sys.platform == "win32":  # has no such thing; renaming is all there is
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep all others from writing to a folder; the lock ends with the process, however it ends.

    Raises:
        StoreError: If another process has it, or the folder cannot be written to.
    """
    path = folder / _LOCK
    try:
        stream = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise StoreError(_cannot_write(folder, error)) from None
    with stream:
        if not _lock(stream.fileno()):
            stream.seek(0)
            who = stream.read().strip() or "another process"
            message = f"another batch writes to this folder ({who})."
            raise StoreError(Problem(message, folder, remedy="Wait for it, or name another folder with --output."))
        stream.seek(0)
        stream.truncate()
        stream.write(f"process {os.getpid()} on {socket.gethostname()}")
        stream.flush()
        yield


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> bool:
        os.lseek(handle, 1 << 20, os.SEEK_SET)  # beyond the text, which others may read
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
