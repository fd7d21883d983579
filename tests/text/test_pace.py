"""How spans of time are written."""

from __future__ import annotations

import pytest

from simulator.text.pace import lasted, often, span


@pytest.mark.parametrize(
    ("seconds", "written", "took"),
    [
        (0.04, "0 s", "0.0 s"),
        (9.3, "9 s", "9.3 s"),
        (9.97, "10 s", "10 s"),
        (97, "1 min 37 s", "1 min 37 s"),
        (3_600, "1 h 00 min", "1 h 00 min"),
        (4_000_000, "1,111 h 06 min", "1,111 h 06 min"),
    ],
)
def test_spans_are_written_in_the_units_that_one_would_say(seconds: float, written: str, took: str) -> None:
    assert (span(seconds), lasted(seconds)) == (written, took)


@pytest.mark.parametrize(
    ("rate", "written"),
    [(27.3, "27 a second"), (1.0, "1 a second"), (0.32, "1 every 3.1 s"), (0.01, "1 every 1 min 40 s")],
)
def test_what_takes_longer_than_a_second_is_never_none_a_second(rate: float, written: str) -> None:
    assert often(rate) == written
