"""A recorded meeting: who took part, and for how long each spoke."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Speaker:
    """One person of a recorded meeting, with the whole time they spoke, in milliseconds; 0 = present and silent."""

    name: str
    speech_ms: int


@dataclass(frozen=True)
class RecordedMeeting:
    """One meeting read from a file, of two people or more, at least one of whom speaks.

    `length_ms` is above 0 and no speaker's speech is longer. Speakers come in the order of their first turn.
    """

    id: str
    path: Path
    length_ms: int
    speakers: tuple[Speaker, ...]
