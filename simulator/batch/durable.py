"""Files that are either there in full or not at all, and a folder that one batch at a time may write to."""

from __future__ import annotations

import errno
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from simulator.errors import JoinlabError, Problem

UNFINISHED = ".unfinished"
"""Ending of files that are being written."""
_LOCK = "lock"


class StoreError(JoinlabError):
    """Results that cannot be written or read."""


class UnwritableError(StoreError):
    """A file or folder that cannot be written; who knows what it was named by says what to do."""

    def __init__(self, path: Path, error: OSError) -> None:
        reason = error.strerror or str(error)
        super().__init__(Problem(f"this cannot be written: {reason}.", path))
        self.full = errno.errorcode.get(error.errno or 0) in ("ENOSPC", "EDQUOT")
        """Whether there is no room."""

    def remedied(self, remedy: str) -> StoreError:
        """The same with what to do."""
        return StoreError(replace(self.problems[0], remedy=remedy))


def write(path: Path, data: bytes) -> None:
    """Write a file so that after a crash at any moment it is there in full or, as before, not at all.

    It is on the disk when this returns: written, synchronised and renamed, and the folder synchronised.

    Raises:
        UnwritableError: If it cannot be written; nothing is left behind then.
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
        raise UnwritableError(path, error) from None


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
        raise UnwritableError(path, error) from None


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
        raise UnwritableError(folder, error) from None
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
