"""The ledger's reasons, each in its row, the first that holds first."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.rules.ledger import CAUSES, EXPLAINED, FIRST_VOID, ROW_OF, Cause, Situation, unclaimed_because
from simulator.scenario.vocabulary import Row, VoidTest

CLAIMED = Situation(
    left=False,
    meeting_ended=False,
    switched_off=False,
    vetoed=False,
    view_only=False,
    granted=True,
    refused=False,
    unanswered=False,
    mixed_with_ungranted=False,
)
HINDRANCES = {
    "left": Cause.LEFT,
    "meeting_ended": Cause.MEETING_ENDED,
    "switched_off": Cause.SWITCHED_OFF,
    "vetoed": Cause.VETOED,
    "view_only": Cause.VIEW_ONLY,
    "refused": Cause.REFUSED,
    "unanswered": Cause.UNANSWERED,
    "mixed_with_ungranted": Cause.INSEPARABLE,
}
SITUATIONS = st.builds(Situation, **{field.name: st.booleans() for field in fields(Situation)})


def test_every_cause_has_a_row_and_an_explanation() -> None:
    assert set(ROW_OF) == set(EXPLAINED) == set(Cause)
    assert set(ROW_OF.values()) == set(Row)


def test_causes_stand_in_the_order_of_their_rows() -> None:
    rows = [tuple(Row).index(ROW_OF[cause]) for cause in CAUSES]
    assert rows == sorted(rows)


def test_the_void_causes_are_the_void_tests_in_their_order() -> None:
    void = CAUSES[FIRST_VOID : FIRST_VOID + len(VoidTest)]
    assert [cause.value for cause in void] == [test.value for test in VoidTest]
    assert {ROW_OF[cause] for cause in void} == {Row.VOID}


def test_what_is_granted_and_not_hindered_is_claimed() -> None:
    assert unclaimed_because(CLAIMED) is None


@pytest.mark.parametrize(("hindrance", "cause"), HINDRANCES.items())
def test_each_hindrance_alone_is_the_cause(hindrance: str, cause: Cause) -> None:
    assert unclaimed_because(replace(CLAIMED, **{hindrance: True})) is cause


def test_what_nobody_granted_or_refused_was_not_asked_for() -> None:
    assert unclaimed_because(replace(CLAIMED, granted=False)) is Cause.NOT_ASKED


@given(SITUATIONS)
def test_the_first_hindrance_is_the_cause(situation: Situation) -> None:
    order = [name for name in HINDRANCES if name != "mixed_with_ungranted"]
    first = next((HINDRANCES[name] for name in order if getattr(situation, name)), None)
    if first is None and not situation.granted:
        first = Cause.NOT_ASKED
    if first is None and situation.mixed_with_ungranted:
        first = Cause.INSEPARABLE
    assert unclaimed_because(situation) is first


@given(SITUATIONS)
def test_without_a_grant_nothing_is_claimed(situation: Situation) -> None:
    assert unclaimed_because(replace(situation, granted=False)) is not None


@given(situation=SITUATIONS, hindrance=st.sampled_from(tuple(HINDRANCES)))
def test_one_more_hindrance_never_makes_anything_claimed(situation: Situation, hindrance: str) -> None:
    if unclaimed_because(replace(situation, **{hindrance: False})) is not None:
        assert unclaimed_because(replace(situation, **{hindrance: True})) is not None
