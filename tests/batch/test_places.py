"""Values are put where their paths lead."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.batch.places import Content, NoSuchPlaceError, figure_range, split, with_values

FIGURE: Content = {"value": 0.2, "range": [0.1, 0.4], "known": "published", "source": "Somebody (2020)"}
SHARES: Content = {"of": {"EU": 0.5, "DE": 0.3, "JP": 0.2}, "known": "assumption"}


def test_a_key_of_the_scenario_and_a_place_in_a_part_are_told_apart() -> None:
    assert split("reading") == ("scenario", "reading")
    assert split("population") == ("scenario", "population")
    assert split("population.willing") == ("population", "willing")
    assert split("flow.stages.ask.blocking") == ("flow", "stages.ask.blocking")


def test_a_number_replaces_the_value_of_a_figure_which_is_then_an_assumption() -> None:
    changed = with_values({"willing": FIGURE}, {"willing": 0.3})
    assert changed["willing"] == {
        "value": 0.3, "range": [0.1, 0.4], "known": "assumption", "note": "Varied by an experiment.",
    }  # fmt: skip


def test_the_content_itself_stays_as_it_is() -> None:
    content: Content = {"willing": dict(FIGURE), "stages": [{"id": "ask", "blocking": True}]}
    with_values(content, {"willing": 0.3, "stages.ask.blocking": False})
    assert content == {"willing": FIGURE, "stages": [{"id": "ask", "blocking": True}]}


@pytest.mark.parametrize("path", ["stages.ask.blocking", "stages.1.blocking"])
def test_an_item_of_a_list_is_named_by_its_id_or_its_number(path: str) -> None:
    content: Content = {"stages": [{"id": "terms"}, {"id": "ask", "blocking": True}]}
    assert with_values(content, {path: False})["stages"] == [{"id": "terms"}, {"id": "ask", "blocking": False}]


def test_an_item_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(NoSuchPlaceError) as raised:
        with_values({"stages": [{"id": "terms"}, {"id": "ask"}]}, {"stages.aks.blocking": False})
    assert (raised.value.step, raised.value.known) == ("aks", ["terms", "ask"])


def test_nothing_lies_below_a_plain_value() -> None:
    with pytest.raises(NoSuchPlaceError):
        with_values({"date": "2024-01-01"}, {"date.year": 2025})


def test_a_mapping_of_shares_replaces_all_of_them() -> None:
    changed = with_values({"jurisdictions": SHARES}, {"jurisdictions": {"DE": 1.0}})
    assert changed["jurisdictions"]["of"] == {"DE": 1.0}  # type: ignore[index,call-overload]


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_shares_that_are_not_named_make_room_for_those_that_are(one: float, other: float) -> None:
    one, other = one / 2.0, other / 2.0
    values = {"jurisdictions.of.EU": one, "jurisdictions.DE": other}
    changed = with_values({"jurisdictions": SHARES}, values)
    shares = changed["jurisdictions"]["of"]  # type: ignore[index,call-overload]
    assert (shares["EU"], shares["DE"]) == (one, other)  # type: ignore[index,call-overload]
    assert sum(shares.values()) == pytest.approx(1.0)  # type: ignore[union-attr,arg-type]


def test_a_key_that_is_left_out_is_put_in() -> None:
    assert with_values({}, {"settled.host": "deny"}) == {"settled": {"host": "deny"}}


def test_only_figures_have_a_range() -> None:
    content: Content = {"willing": FIGURE, "adult_age": [18, 70]}
    assert figure_range(content, "willing") == (0.1, 0.4)
    assert figure_range(content, "adult_age") is None
    assert figure_range(content, "wiling") is None
    assert "wiling" not in content
