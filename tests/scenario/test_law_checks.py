"""What is wrong with a file of rules is said with its line: contradictions, and fields that do not fit."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.scenario import library
from tests.cli.command import joinlab

DE = library.builtin("jurisdiction")["de"].read_text(encoding="utf-8")
SECTORS = library.builtin("overlays")["sectors"].read_text(encoding="utf-8")


def line_of(text: str, part: str, *, last: bool = False) -> int:
    """The first line that holds something, or the last."""
    found = [number for number, line in enumerate(text.splitlines(), start=1) if part in line]
    return found[-1 if last else 0]


def refused(folder: Path, text: str) -> str:
    """What `joinlab check` says of a file of rules, without the folder."""
    path = folder / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    done = joinlab("check", str(path))
    assert (done.code, done.out) == (2, "")
    return done.err.replace(f"{folder}/", "")


def changed(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


def test_sound_files_of_rules_are_sound(tmp_path: Path) -> None:
    for text in (DE, SECTORS):
        path = tmp_path / "mine.yaml"
        path.write_text(text, encoding="utf-8")
        done = joinlab("check", str(path))
        assert (done.code, done.err) == (0, "")


def test_two_rules_that_answer_one_test_on_the_same_days_are_refused(tmp_path: Path) -> None:
    text = changed(DE, "    valid_to: 2025-03-18\n", "    valid_to: 2025-03-31\n")
    assert refused(tmp_path, text) == (
        f"mine.yaml:{line_of(text, 'id: de.vg_hannover_2025_unequal_path')}: jurisdiction.rules[8]: "
        "de.vg_hannover_2025_unequal_path and de.gdpr_7_3_unequal_path both answer the test unequal_path "
        "from 2025-03-19 to 2025-03-31.\n  End one before the other begins.\n"
    )


def test_a_rule_without_an_end_is_told_apart_from_one_with(tmp_path: Path) -> None:
    text = changed(DE, "    valid_to: 2025-03-18\n", "")
    assert "both answer the test unequal_path from 2025-03-19 on." in refused(tmp_path, text)


def test_two_rules_of_one_id_are_refused(tmp_path: Path) -> None:
    text = changed(DE, "id: de.vg_hannover_2025_unequal_path", "id: de.gdpr_7_3_unequal_path")
    line = line_of(text, "id: de.gdpr_7_3_unequal_path", last=True)
    assert refused(tmp_path, text) == (
        f"mine.yaml:{line}: jurisdiction.rules[8].id: de.gdpr_7_3_unequal_path is the id of an earlier rule.\n"
        "  Give it its own.\n"
    )


def test_a_test_that_no_rule_answers_is_named(tmp_path: Path) -> None:
    text = changed(DE, "    test: detriment\n    verdict: unsettled\n", "    test: bundled\n    verdict: unsettled\n")
    assert (
        f"mine.yaml:{line_of(text, 'rules:')}: jurisdiction.rules: no rule answers the test detriment.\n"
        "  Add one; its verdict is unsettled where the law is open.\n"
    ) in refused(tmp_path, text)


def test_a_rule_that_ends_before_it_begins_is_refused(tmp_path: Path) -> None:
    text = changed(DE, "    valid_to: 2025-03-18\n", "    valid_to: 2018-05-24\n")
    assert refused(tmp_path, text) == (
        f"mine.yaml:{line_of(text, 'id: de.gdpr_7_3_unequal_path')}: jurisdiction.rules[7]: "
        "valid_from 2018-05-25 is after valid_to 2018-05-24.\n"
    )


def test_two_sector_rules_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    text = changed(SECTORS, "    valid_to: 2026-04-21\n", "    valid_to: 2026-04-30\n")
    assert refused(tmp_path, text) == (
        f"mine.yaml:{line_of(text, 'id: overlay.coppa_2025', last=True)}: overlays.overlays[6]: "
        "overlay.coppa_2025 and overlay.coppa_2025_transition reach the same meetings and people from 2026-04-22 to "
        "2026-04-30 and say void and unsettled.\n  End one before the other begins.\n"
    )


def test_a_sector_rule_said_twice_is_refused(tmp_path: Path) -> None:
    text = changed(SECTORS, "    valid_to: 2025-12-21\n", "")
    said = "reach the same meetings and people from 2025-12-22 on and say the same."
    assert f"overlay.attorney_client_2025 and overlay.attorney_client {said}" in refused(tmp_path, text)


@pytest.mark.parametrize(
    ("old", "new", "place", "said"),
    [
        (
            "    whose: recorded\n", "    whose: everybody\n", "jurisdiction.rules[1].whose",
            '"everybody" is not allowed here.',
        ),
        ("    age: 16\n", "", "jurisdiction.rules[0]", "age goes with the test minor, and only with it."),
        (
            "    notice: unsettled\n", "", "jurisdiction.rules[1]",
            "notice goes with the test recording where all parties must agree, and only with it.",
        ),
        (
            "    age: 16\n", "    age: 16\n    whose: recorded\n", "jurisdiction.rules[0]",
            "whose goes with the test recording where all parties must agree, and only with it.",
        ),
        (
            "    whose: recorded\n", "    whose: recorded\n    noticed: true\n", "jurisdiction.rules[1]",
            "noticed goes with the test recording where all parties present must agree, and only with it.",
        ),
        (
            "    age: 16\n", "    age: 16\n    separate: true\n", "jurisdiction.rules[0]",
            "separate goes with the test voiceprint, and only with it.",
        ),
        (
            "test: minor", "test: excluded", "jurisdiction.rules[0]",
            "the test excluded belongs to overlays, not to a jurisdiction.",
        ),
        ("since: 2018-05-25\n", "", "jurisdiction.since", "this key is missing."),
    ],
)  # fmt: skip
def test_fields_that_do_not_fit_their_test_are_refused(
    tmp_path: Path, old: str, new: str, place: str, said: str
) -> None:
    first = refused(tmp_path, changed(DE, old, new)).splitlines()[0]
    assert first.split(":", 2)[2].strip() == f"{place}: {said}"


def test_a_sector_rule_about_an_unknown_role_is_refused_with_the_words_that_there_are(tmp_path: Path) -> None:
    text = changed(SECTORS, "roles: [peer, subordinate]", "roles: [student]")
    assert refused(tmp_path, text).splitlines() == [
        f"mine.yaml:{line_of(text, 'roles: [student]')}: overlays.overlays[7].reaches.roles[0]: "
        '"student" is not a role.',
        "  Roles: host, subordinate, peer, external.",
    ]
