"""The law in force as arrays for the kernel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simulator.rules.law import TESTS, Law
from simulator.scenario.meeting_mix import MeetingType
from simulator.scenario.vocabulary import Confidentiality, Role, VoidTest

Ints = npt.NDArray[np.int64]

VOID_TESTS = tuple(VoidTest)
MOST_OVERLAYS = 63
"""Sector rules that the bits of an integer can tell apart."""
MOST_AGE = 127
"""Oldest that a row of the world can be, years."""


class LawTables(NamedTuple):
    """Rules in force. J jurisdictions, K meeting types, A age brackets, at most 63 sector rules."""

    voiding: Ints
    """(J, tests) index of the rule by which failing the test is void; -1 = it stands."""
    recording: Ints
    """(J,) sum of the faults that break the recording rule; see `RecordingFault`."""
    age: Ints
    """(J,) below it, a parent decides."""
    separate: npt.NDArray[np.bool_]
    """(J,) whether a voiceprint must be released apart from everything else."""
    meeting_overlays: Ints
    """(K, 6, J) bit set of the sector rules that can reach a meeting, by type, class and the host's place."""
    person_overlays: Ints
    """(J, 4, A) bit set of the sector rules that can reach a person, by place, role and age bracket."""
    bracket: Ints
    """(MOST_AGE + 1,) age bracket by age in years."""
    first_overlay: int
    """Index of the rule that the lowest bit stands for."""


def rule_ids(law: Law, codes: Sequence[str]) -> list[str]:
    """Every rule that can decide, in the order of its index in the tables."""
    # Places that have the same file share its rules.
    own = dict.fromkeys(law.rule(code, test).id for code in codes for test in TESTS)
    return [*own, *(overlay.id for overlay in law.overlays)]


def compile_law(law: Law, codes: Sequence[str], types: Sequence[MeetingType]) -> LawTables:
    """Arrays of the rules in force, for people in these places and meetings of these types."""
    ids = {rule: index for index, rule in enumerate(rule_ids(law, codes))}
    voiding = np.full((len(codes), len(VOID_TESTS)), -1, dtype=np.int64)
    for place, code in enumerate(codes):
        for test in TESTS:
            if law.voids(code, test):
                voiding[place, VOID_TESTS.index(test)] = ids[law.rule(code, test).id]
    assert len(law.overlays) <= MOST_OVERLAYS, f"{len(law.overlays)} sector rules do not fit into a bit set"
    reaches = [(1 << bit, overlay.reaches) for bit, overlay in enumerate(law.overlays) if law.reads_as_void(overlay)]
    ages = [0, *sorted({reach.below_age for _, reach in reaches if reach.below_age is not None})]
    meetings = [
        sum(bit for bit, reach in reaches if reach.meeting(word, kind.sector, code))
        for kind in types
        for word in Confidentiality
        for code in codes
    ]
    people = [
        sum(bit for bit, reach in reaches if reach.person(code, role, age))
        for code in codes
        for role in Role
        for age in ages
    ]
    return LawTables(
        voiding=voiding,
        recording=_ints(law.recording(code) for code in codes),
        age=_ints(law.age_of_consent(code) for code in codes),
        separate=np.array([law.rule(code, VoidTest.VOICEPRINT).separate for code in codes]),
        meeting_overlays=_ints(meetings).reshape(len(types), len(Confidentiality), len(codes)),
        person_overlays=_ints(people).reshape(len(codes), len(Role), len(ages)),
        bracket=np.searchsorted(ages, np.arange(MOST_AGE + 1), side="right").astype(np.int64) - 1,
        first_overlay=len(ids) - len(law.overlays),
    )


def _ints(values: Iterable[int]) -> Ints:
    return np.array(list(values), dtype=np.int64)
