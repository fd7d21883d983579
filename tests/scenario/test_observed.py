"""Counts of a live flow as a file: what it holds, and what is wrong with one."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.engine.counted import load_counts
from simulator.errors import ScenarioError
from simulator.scenario import library
from simulator.scenario.load import load_rows
from simulator.scenario.observed import Observed
from simulator.scenario.vocabulary import JoinOutcome, Purpose

HEADER = "flow,outcome,count\n"
GOOD = "two_buttons,agreed,610\ntwo_buttons,refused,390\n"
TRAINING = Purpose.TRAINING_FIRST_PARTY


def file_with(folder: Path, text: str, name: str = "mine.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def told(path: Path) -> list[str]:
    """What is wrong with a file, without its place."""
    with pytest.raises(ScenarioError) as caught:
        load_counts(path, TRAINING)
    return [str(problem).replace(f"{path}:", "") for problem in caught.value.problems]


def test_csv_and_yaml_say_the_same(tmp_path: Path) -> None:
    table = load_rows(file_with(tmp_path, HEADER + GOOD), Observed)
    text = """\
schema_version: 1
counts:
  - {flow: two_buttons, outcome: agreed, count: 610}
  - {flow: two_buttons, outcome: refused, count: 390}
"""
    assert load_rows(file_with(tmp_path, text, "mine.yaml"), Observed) == table
    assert table.of("two_buttons") == {JoinOutcome.AGREED: 610, JoinOutcome.REFUSED: 390}


def test_a_spreadsheet_may_use_semicolons_capitals_and_empty_lines(tmp_path: Path) -> None:
    text = "Flow;Outcome;Count\r\n\r\ntwo_buttons;agreed;610\r\ntwo_buttons; refused ;390\r\n"
    assert load_rows(file_with(tmp_path, text), Observed).of("two_buttons")[JoinOutcome.REFUSED] == 390


def test_the_built_in_example_is_of_a_built_in_flow() -> None:
    (counted,) = load_counts(library.builtin("observed")["live_two_buttons"], TRAINING)
    assert counted.flow == library.flow("two_buttons")
    assert counted.total == 10_000


def test_a_flow_is_found_beside_the_file(tmp_path: Path) -> None:
    text = library.builtin("flow")["two_buttons"].read_text(encoding="utf-8").replace("id: two_buttons", "id: ours")
    file_with(tmp_path, text, "ours.yaml")
    (counted,) = load_counts(file_with(tmp_path, HEADER + GOOD.replace("two_buttons", "ours.yaml")), TRAINING)
    assert counted.flow.id == "ours"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            GOOD + "two_button,agreed,3\ntwo_button,refused,3\n",
            '4: observed.counts[2].flow: "two_button" is not the name of a built-in flow.\n'
            '  Did you mean "two_buttons"? `joinlab flows` lists all; or give a path to a YAML file.',
        ),
        (
            "two_buttons,agred,610\ntwo_buttons,refused,390\n",
            '2: observed.counts[0].outcome: "agred" is not a join outcome.\n'
            '  Did you mean "agreed"? Join outcomes: agreed, refused, left.',
        ),
        ("two_buttons,agreed,-1\n", "2: observed.counts[0].count: -1 is out of range; expected at least 0."),
        ("two_buttons,agreed,9.5\n", "2: observed.counts[0].count: 9.5 is not a whole number"),
        ('two_buttons,agreed,"1,000"\n', '2: observed.counts[0].count: "1,000" is not a whole number'),
        (
            "two_buttons,agreed,610\n",
            "2: observed.counts[0]: of two_buttons only agreed is counted, which is no share of anything.\n"
            "  Count at least two of agreed, refused, left.",
        ),
        (
            "two_buttons,agreed,0\ntwo_buttons,refused,0\n",
            "2: observed.counts[0]: the counts of two_buttons add up to 0.\n  Leave the flow out, or count people.",
        ),
        (
            GOOD + "two_buttons,agreed,910\n",
            "4: observed.counts[2].count: two_buttons has 610 agreed above, and 910 here.\n"
            "  Keep the right one, or add them up in one line.",
        ),
        (
            GOOD + "two_buttons,left,3\n",
            "4: observed.counts[2].outcome: under two_buttons nobody can be counted as left: no option leaves.\n"
            "  Possible there: agreed, refused.",
        ),
        (
            "accept_or_leave,agreed,98\naccept_or_leave,refused,3\n",
            "3: observed.counts[1].outcome: under accept_or_leave nobody can be counted as refused: "
            "who does not agree has to leave.\n  Possible there: agreed, left.",
        ),
        (
            "host_decides,agreed,98\nhost_decides,refused,3\n",
            "2: observed.counts[0].flow: host_decides asks participants for nothing, so that none of them can agree "
            "or refuse.\n  Count a flow that asks them.",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, rows: str, said: str) -> None:
    assert any(problem.startswith(said) for problem in told(file_with(tmp_path, HEADER + rows)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", " the file is empty.\n  Its first line is flow,outcome,count."),
        (
            "flow,outcome,cuont\n" + GOOD,
            "1: 'cuont' is no column of this file.\n  Did you mean \"count\"? Columns: flow, outcome, count.",
        ),
        (HEADER + "two_buttons,agreed\n", "2: the number of fields is 2; expected 3, as in the header."),
        ("flow,outcome,count,count\n" + GOOD, "1: the column 'count' stands there twice."),
    ],
)
def test_what_is_wrong_with_a_table_is_told(tmp_path: Path, text: str, said: str) -> None:
    path = file_with(tmp_path, text)
    assert said in [problem.replace(str(path), "") for problem in told(path)]


def test_nothing_counted_of_what_cannot_be_does_no_harm(tmp_path: Path) -> None:
    (counted,) = load_counts(file_with(tmp_path, HEADER + GOOD + "two_buttons,left,0\n"), TRAINING)
    assert set(counted.counts) == {JoinOutcome.AGREED, JoinOutcome.REFUSED}


def test_the_built_in_flows_allow_what_their_questions_allow() -> None:
    from simulator.scenario.stage_facts import join_outcomes

    allowed = {name: join_outcomes(library.flow(name), TRAINING) for name in library.builtin("flow")}
    agreed, refused, left = JoinOutcome.AGREED, JoinOutcome.REFUSED, JoinOutcome.LEFT
    assert allowed["two_buttons"] == allowed["granular_opt_in"] == {agreed, refused}
    assert allowed["accept_or_leave"] == allowed["notice_only"] == {agreed, left}
    assert allowed["host_decides"] == frozenset()
