"""How outcomes are written: shares in per cent, times in seconds, and by which reading of the law."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.batch.outcomes import KEPT
from simulator.batch.wording import wording
from tests.batch.builders import FLOWS, HEAD, SIX, prepared


@pytest.mark.parametrize("name", [*KEPT, "lawful.video", "left.role.host"])
def test_only_times_are_written_in_seconds(name: str) -> None:
    of = wording(name)
    expected = (
        ("12.5", "s", "seconds", "seconds") if name.startswith("seconds") else ("1250.0", "%", "per cent", "points")
    )
    assert (of.number(12.5), of.unit, of.units, of.gaps) == expected


@pytest.mark.parametrize(
    ("readings", "reading"),
    [
        (None, "strict"),
        ("[strict, lenient]", ""),
        ("[lenient]", ""),
        ("[strict, null]", "strict where open"),
    ],
)
def test_what_is_lawful_says_the_reading_that_it_goes_by(tmp_path: Path, readings: str | None, reading: str) -> None:
    varied = "" if readings is None else f"    reading: {readings}\n"
    made = prepared(tmp_path, SIX + varied)
    for name in ("lawful", "lawful.video", "kept", "distance.role", "effective_share.role"):
        assert wording(name, made).reading == reading
    assert wording("lawful", made).label == f"lawful, {reading}".removesuffix(", ")
    for name in ("claimed", "wanted", "lawful_lenient.video", "distance.role.lawful_lenient", "left"):
        assert wording(name, made).label == name


def test_a_field_of_a_table_that_is_empty_leaves_the_reading_open(tmp_path: Path) -> None:
    (tmp_path / "cells.csv").write_text("flow,reading\ntwo_buttons,\nnotice_only,lenient\n", encoding="utf-8")
    assert wording("lawful", prepared(tmp_path, HEAD + "table: {file: cells.csv}\n")).reading == "strict where open"


def test_a_scenario_that_gives_the_reading_leaves_nothing_open(tmp_path: Path) -> None:
    made = prepared(tmp_path, HEAD + FLOWS)
    made.bench.scenario["reading"] = "lenient"
    assert wording("lawful", made).label == "lawful"
