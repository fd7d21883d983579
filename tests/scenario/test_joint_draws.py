"""The table of joint draws: written and read back, and faults told with their line."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.errors import ScenarioError
from simulator.scenario.joint_draws import read_draws, written
from simulator.scenario.parameters import COEFFICIENTS

ROWS = [{name: 0.02 * number + 0.1 for number, name in enumerate(COEFFICIENTS)} for _ in range(3)]


def test_what_is_written_is_read_back_to_five_digits(tmp_path: Path) -> None:
    path = tmp_path / "draws.csv"
    path.write_text(written(ROWS))
    found = read_draws(path)
    assert len(found) == 3
    assert found.rows[0]["habit"] == pytest.approx(ROWS[0]["habit"], rel=1e-4)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("habit,", "habbit,", 'Did you mean "habit"?'),
        ("habit,", "habbit,", "the column habit is missing"),
        ("\n0.1,", "\nx,", "draws.csv:2: the line does not hold"),
        ("\n0.1,", "\n0.1,1,", "draws.csv:2: the line does not hold"),
    ],
)
def test_a_fault_is_told_with_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = tmp_path / "draws.csv"
    path.write_text(written(ROWS).replace(old, new, 1))
    with pytest.raises(ScenarioError) as caught:
        read_draws(path)
    assert said in str(caught.value)


def test_no_file_and_too_few_draws_are_told(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="cannot be read"):
        read_draws(tmp_path / "none.csv")
    (tmp_path / "one.csv").write_text(written(ROWS[:1]))
    with pytest.raises(ScenarioError, match="1 draws; expected 2"):
        read_draws(tmp_path / "one.csv")


@pytest.mark.parametrize(
    ("name", "cell", "said"),
    [
        ("words_per_minute", "0", "draws.csv:3: words_per_minute is 0; expected a number above 0."),
        ("effort_spread", "nan", "draws.csv:3: effort_spread is nan; expected a number of 0 or more."),
        ("host_yields", "7", "draws.csv:3: host_yields is 7; expected a number from 0 to 1."),
        ("attention", "inf", "draws.csv:3: attention is inf; expected a number."),
    ],
)
def test_a_draw_that_a_coefficient_cannot_have_is_told_with_its_line(
    tmp_path: Path, name: str, cell: str, said: str
) -> None:
    lines = written(ROWS).splitlines()
    cells = lines[2].split(",")
    cells[lines[0].split(",").index(name)] = cell
    lines[2] = ",".join(cells)
    (tmp_path / "draws.csv").write_text("\n".join(lines))
    with pytest.raises(ScenarioError) as caught:
        read_draws(tmp_path / "draws.csv")
    assert said in str(caught.value)
