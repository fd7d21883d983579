"""A mix is narrowed to types and classes of meetings, which stay as frequent among each other as they were."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.scenario import library
from simulator.scenario.meeting_mix import MeetingMix
from simulator.scenario.vocabulary import Confidentiality

WEEK = library.meetings("working_week")
TYPES = [kind.id for kind in WEEK.types]


def frequencies(mix: MeetingMix) -> dict[tuple[str, Confidentiality], float]:
    """How frequent each type and class is, not scaled to anything."""
    return {
        (kind.id, word): kind.weight.value * share
        for kind in mix.types
        for word, share in kind.confidentiality.items()
        if share
    }


def test_narrowed_to_nothing_in_particular_a_mix_stays_as_it_is() -> None:
    assert WEEK.only() == WEEK


@given(types=st.sets(st.sampled_from(TYPES)), classes=st.sets(st.sampled_from(list(Confidentiality))))
def test_what_is_left_is_as_frequent_as_before_and_shares_add_up(
    types: set[str], classes: set[Confidentiality]
) -> None:
    kept = {key: value for key, value in frequencies(WEEK).items() if key[0] in types and key[1] in classes}
    mix = WEEK.only(types, classes)
    if mix is None:
        assert kept == {}
        return
    assert frequencies(mix) == pytest.approx(kept)
    assert MeetingMix.model_validate(mix.model_dump()) == mix


def test_recorded_meetings_stand_for_a_type_that_is_left() -> None:
    assert WEEK.recorded_as == "team"
    board = WEEK.only(["board", "telehealth"])
    assert board is not None
    assert board.recorded_as == "telehealth"
