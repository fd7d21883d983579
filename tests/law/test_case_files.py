"""What is wrong with a file of cases is said with its line, and a case that proves nothing is found out."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.errors import ScenarioError
from tests.law.cases import Case, read
from tests.law.trial import NotAsSaid, disagreements

ROOT = Path(__file__).resolve().parents[2]

SOUND = """\
about: One case.
cases:
  - name: Agree and join, or leave
    because: It is the only way in.
    flow: accept_or_leave
    people:
      Hal: {where: US-1P, role: host, did: {ask: agree}}
      Dora: {where: DE, did: {ask: agree}}
    date: 2026-07-01
    expect: {Dora: {void: de.gdpr_7_4_forced}}
"""


def case_of(folder: Path, *changes: tuple[str, str]) -> Case:
    """The case of the sound file with some of its text replaced."""
    text = SOUND
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = folder / "cases.yaml"
    path.write_text(text, encoding="utf-8")
    (case,) = read(path).cases
    return case


def refused(folder: Path, old: str, new: str) -> str:
    """What is said of the sound file with some of its text replaced, without the folder's name."""
    with pytest.raises(ScenarioError) as found:
        case_of(folder, (old, new))
    return str(found.value).replace(f"{folder}/", "")


def told(folder: Path, *changes: tuple[str, str]) -> list[str]:
    """Where the program disagrees with the sound case, changed."""
    case = case_of(folder, *changes)
    return disagreements(case, case.days[0])


def test_a_sound_case_holds(tmp_path: Path) -> None:
    assert told(tmp_path) == []


def test_an_unknown_key_is_refused_with_its_line_and_the_nearest_key(tmp_path: Path) -> None:
    assert refused(tmp_path, "{where: DE, did", "{wher: DE, did").splitlines() == [
        "cases.yaml:8: file.cases[0].people.Dora.where: this key is missing.",
        'cases.yaml:8: file.cases[0].people.Dora.wher: "wher" is not a key here.',
        '  Did you mean "where"? Keys: where, age, role, channel, did, then.',
        "2 problems; nothing was run.",
    ]


def test_a_rule_that_no_file_has_is_refused_with_the_nearest(tmp_path: Path) -> None:
    first = refused(tmp_path, "de.gdpr_7_4_forced", "de.gdpr_7_4_forcd").splitlines()
    assert first[0] == 'cases.yaml:10: file.cases[0].expect.Dora: "de.gdpr_7_4_forcd" is not a rule.'
    assert first[1].startswith('  Did you mean "de.gdpr_7_4_forced"? Rules: de.')


def test_an_outcome_that_is_no_word_of_the_ledger_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, "{void: de.gdpr_7_4_forced}", "refuse") == (
        'cases.yaml:10: file.cases[0].expect.Dora: "refuse" is no outcome.\n'
        '  Did you mean "refused"? Words: eligible, left, meeting_ended, switched_off, vetoed, view_only, not_asked, '
        "refused, unanswered, inseparable, withdrawn, withdrawn_together."
    )


def test_an_outcome_both_void_and_standing_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, "{void: de.gdpr_7_4_forced}", "{void: a.b, stands: a.b}") == (
        "cases.yaml:10: file.cases[0].expect.Dora: expected a word such as eligible, or one of void, mixed and stands "
        "with rules."
    )


def test_somebody_who_is_not_in_the_meeting_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, "expect: {Dora", "expect: {Dorra") == (
        'cases.yaml:10: file.cases[0].expect.Dorra: "Dorra" is nobody in this case.\n'
        '  Did you mean "Dora"? Names: Hal, Dora, everybody.'
    )


def test_a_place_without_rules_is_refused(tmp_path: Path) -> None:
    first = refused(tmp_path, "where: DE", "where: XX").splitlines()[0]
    assert first == 'cases.yaml:8: file.cases[0].people.Dora.where: "XX" has no file of rules.'


def test_a_flow_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    first, second = refused(tmp_path, "flow: accept_or_leave", "flow: accept_or_leaf").splitlines()
    assert first == 'cases.yaml:5: file.cases[0].flow: "accept_or_leaf" is not a flow.'
    assert second.startswith('  Did you mean "accept_or_leave"? Flows: ')


def test_a_stage_that_the_person_does_not_answer_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, "where: DE, did: {ask: agree}", "where: DE, did: {aks: agree}") == (
        'cases.yaml:8: file.cases[0].people.Dora.did.aks: "aks" is not a stage that they answer in the flow '
        'accept_or_leave.\n  Did you mean "ask"? Stages: ask.'
    )


def test_an_option_that_the_stage_does_not_have_is_refused_and_a_blocking_stage_cannot_be_missed(
    tmp_path: Path,
) -> None:
    assert refused(tmp_path, "where: DE, did: {ask: agree}", "where: DE, did: {ask: missed}") == (
        'cases.yaml:8: file.cases[0].people.Dora.did.ask: "missed" is not an option of the stage ask.\n'
        "  Options: agree, leave."
    )


def test_a_toggle_that_the_stage_does_not_have_is_refused(tmp_path: Path) -> None:
    taken = "where: DE, did: {ask: {option: agree, toggles: {audio: 'on'}}}"
    assert refused(tmp_path, "where: DE, did: {ask: agree}", taken) == (
        'cases.yaml:8: file.cases[0].people.Dora.did.ask: "audio" is not a toggle of the stage ask.'
    )


def test_the_first_person_must_be_the_host_and_nobody_else(tmp_path: Path) -> None:
    wrong = "the first person of a case is the host, and nobody else is."
    assert refused(tmp_path, "US-1P, role: host", "US-1P") == f"cases.yaml:7: file.cases[0].people.Hal.role: {wrong}"
    both = refused(tmp_path, "where: DE", "where: DE, role: host")
    assert both == f"cases.yaml:8: file.cases[0].people.Dora.role: {wrong}"


def test_a_date_that_is_none_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, "2026-07-01", "2026-07-32") == (
        'cases.yaml:9: file.cases[0].date: "2026-07-32" is not a date such as 2023-08-07.'
    )


def test_a_day_without_an_outcome_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, "    expect: {Dora: {void: de.gdpr_7_4_forced}}\n", "") == (
        "cases.yaml:3: file.cases[0]: a day has one of expect, no_rule_for and before, and it says something."
    )


def test_a_date_beside_a_list_of_days_is_refused(tmp_path: Path) -> None:
    days = "2026-07-01\n    days: [{date: 2026-07-01, expect: {Dora: left}}, {date: 2026-07-02, expect: {Dora: left}}]"
    assert refused(tmp_path, "2026-07-01", days) == (
        "cases.yaml:3: file.cases[0]: date, expect stands beside days; expected it inside each of them."
    )


def test_a_list_of_one_day_is_refused(tmp_path: Path) -> None:
    day = "days: [{date: 2026-07-01, expect: {Dora: left}}]"
    assert refused(tmp_path, "date: 2026-07-01\n    expect: {Dora: {void: de.gdpr_7_4_forced}}", day) == (
        "cases.yaml:3: file.cases[0]: a single day needs no list; expected its keys in the case itself."
    )


def test_two_cases_of_one_name_are_refused(tmp_path: Path) -> None:
    again = SOUND.split("cases:\n")[1]
    assert refused(
        tmp_path, "    date: 2026-07-01\n", "    date: 2026-07-01\n" * 1 + "    reading: strict\n" + _skip(again)
    ) == (
        'cases.yaml:12: file.cases[1].name: "Agree and join, or leave" is the name of an earlier case.\n'
        "  Give it its own name."
    )


def _skip(again: str) -> str:
    """The expectation of the first case, and a second case up to its own."""
    return "    expect: {Dora: left}\n" + again.rsplit("    expect", 1)[0]


def test_a_wrong_outcome_is_told(tmp_path: Path) -> None:
    assert told(tmp_path, ("{void: de.gdpr_7_4_forced}", "eligible")) == [
        "Dora: expected eligible, but the program says forced, void by de.gdpr_7_4_forced"
    ]
    assert told(tmp_path, ("de.gdpr_7_4_forced", "de.gdpr_rec_43_bundled")) == [
        "Dora: expected bundled, void by de.gdpr_rec_43_bundled, but the program says forced, void by "
        "de.gdpr_7_4_forced"
    ]


def test_a_rule_on_which_a_standing_consent_does_not_turn_is_told(tmp_path: Path) -> None:
    stands = ("Dora: {void: de.gdpr_7_4_forced}", "Hal: {stands: us_1p.no_rule_bundled}")
    assert told(tmp_path, stands) == [
        "Hal: us_1p.no_rule_bundled does not matter here: if it voided, the program would still say eligible"
    ]
    assert told(tmp_path, ("Dora: {void: de.gdpr_7_4_forced}", "Hal: {stands: us_1p.no_rule_forced}")) == []


def test_a_rule_that_would_not_void_it_besides_is_told(tmp_path: Path) -> None:
    both = ("de.gdpr_7_4_forced", "[de.gdpr_7_4_forced, de.gdpr_rec_43_bundled]")
    assert told(tmp_path, both) == [
        "Dora: if de.gdpr_7_4_forced let it stand, expected it void by de.gdpr_rec_43_bundled, but the program says "
        "eligible"
    ]


def test_a_day_before_a_file_begins_is_told_where_the_case_says_otherwise(tmp_path: Path) -> None:
    before = ("expect: {Dora: {void: de.gdpr_7_4_forced}}", "before: DE")
    assert told(tmp_path, before, ("2026-07-01", "2018-05-24")) == []
    assert told(tmp_path, before, ("2026-07-01", "2026-07-01"))[0] == (
        "expected that DE has no rule for the test bundled on 2026-07-01, but it has one"
    )


def test_a_mixture_with_somebody_whose_consent_stands_is_told(tmp_path: Path) -> None:
    video, mixed = (
        ("    flow:", "    category: video\n    flow:"),
        ("expect: {Dora:", "expect: {Hal: {mixed: a}, Dora:"),
    )
    right = (mixed[0], mixed[1].replace("mixed: a", "mixed: de.gdpr_7_4_forced"))
    assert told(tmp_path, video, right) == []
    assert told(tmp_path, right) == ["Hal: expected mixed, void by de.gdpr_7_4_forced, but the program says eligible"]


def test_a_gap_that_is_none_and_one_that_is_left_out_are_told(tmp_path: Path) -> None:
    gap = ("expect: {Dora: {void: de.gdpr_7_4_forced}}", "no_rule_for: {DE: [minor]}")
    assert told(tmp_path, gap, ("2026-07-01", "2020-01-01")) == [
        "expected that DE has no rule for the test minor on 2020-01-01, but it has one",
        "DE has no rule for the test not_own_choice on 2020-01-01, which the case does not say",
    ]


def test_somebody_who_meets_a_question_without_an_answer_in_the_case_is_told(tmp_path: Path) -> None:
    case = case_of(tmp_path, ("where: DE, did: {ask: agree}", "where: DE, did: nothing"))
    with pytest.raises(NotAsSaid) as found:
        disagreements(case, case.days[0])
    assert str(found.value) == (
        'Dora meets the stage "ask", which waits for an answer, and the case gives none\n'
        "  Say in did what they took: agree, leave."
    )


def test_an_answer_to_a_stage_that_nobody_comes_to_is_told(tmp_path: Path) -> None:
    case = case_of(
        tmp_path,
        ("flow: accept_or_leave", "flow: host_decides"),
        ("role: host, did: {ask: agree}", "role: host, did: {host_share: do_not_share}"),
        ("where: DE, did: {ask: agree}", "where: DE, did: {ask: ok}"),
    )
    with pytest.raises(NotAsSaid) as found:
        disagreements(case, case.days[0])
    assert str(found.value) == (
        'Dora never meets the stage "ask", for which the case gives an answer\n'
        "  Remove it, or mend the case so that the flow leads there."
    )


def test_the_cases_need_no_compiled_kernel() -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\nimport json\nimport tests.law.trial\n"
        "print(json.dumps([name for name in sys.modules if name.split('.')[0] == 'numba']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == []
