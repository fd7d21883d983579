"""An experiment that cannot be run is told before anything is run, with lines, nearest words and remedies."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.batch.prepared import prepare_experiment
from simulator.errors import JoinlabError, ScenarioError
from simulator.scenario import library
from tests.batch.builders import FLOWS, HEAD, SIX, WILLING, prepared, written


def told(folder: Path, text: str) -> str:
    path = written(folder, text)
    with pytest.raises(JoinlabError) as raised:
        prepare_experiment(path)
    return str(raised.value).replace(f"{path}:", "")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "population.willing",
            "population.wiling",
            '16: experiment.uncertainties.of["population.wiling"]: in population office_workers, "wiling" is not a key '
            'here.\n  Did you mean "population.willing"?',
        ),
        (
            "population.willing",
            "willing",
            '16: experiment.uncertainties.of.willing: in everyday_meetings, "willing" is not a key here.\n'
            '  Did you mean "population.willing"?',
        ),
        (
            "population.willing: [0.1, 0.3, 0.5]",
            "reading: [strict, lenent]",
            '16: experiment.uncertainties.of.reading: in everyday_meetings, "lenent" is not a reading.\n'
            '  Did you mean "lenient"? Readings: strict, lenient.',
        ),
        (
            "[0.1, 0.3, 0.5]",
            "[0.1, 0.99]",
            '16: experiment.uncertainties.of["population.willing"]: in population office_workers, value 0.99 lies '
            "outside its range [0.07, 0.54].",
        ),
        (
            "population.willing: [0.1, 0.3, 0.5]",
            "parameters.misread: [0.1, 1.2]",
            '16: experiment.uncertainties.of["parameters.misread"]: in parameters central, 1.2 is out of range; '
            "expected at most 1.0.",
        ),
        (
            "population.willing: [0.1, 0.3, 0.5]",
            "population.adult_age: {range: file, steps: 3}",
            '16: experiment.uncertainties.of["population.adult_age"]: no figure stands there.\n'
            "  Only figures with a range have one; write it: [0.1, 0.4].",
        ),
        (
            "population.willing: [0.1, 0.3, 0.5]",
            "flow.stages.aks.blocking: [true]",
            '16: experiment.uncertainties.of["flow.stages.aks.blocking"]: in flow accept_or_leave, there is no "aks" '
            'there.\n  Did you mean "flow.stages.ask.blocking"?',
        ),
        (
            "granular_opt_in]",
            "granular_opt]",
            '12: experiment.levers.of.flow: "granular_opt" is not the name of a built-in flow.\n'
            '  Did you mean "granular_opt_in"? `joinlab flows` lists all; or give a path to a YAML file.',
        ),
        (
            "scenario: everyday_meetings",
            "scenario: everyday_meeting",
            '6: experiment.scenario: "everyday_meeting" is not the name of a built-in scenario.\n'
            '  Did you mean "everyday_meetings"? Built in: ',
        ),
        (
            "design: grid\n  of:\n    population",
            "design: sobol\n  points: 12\n  of:\n    population",
            "15: experiment.uncertainties.points: 12 is no power of two.\n"
            "  Take 8 or 16: other numbers leave gaps.",
        ),
        (
            "[0.1, 0.3, 0.5]",
            "{range: [0.3, 0.1], steps: 2}",
            '16: experiment.uncertainties.of["population.willing"].range: the range runs from 0.3 to 0.1.\n'
            "  Put the lower end first.",
        ),
        (
            "[0.1, 0.3, 0.5]",
            "{range: [0.1, 0.3]}",
            '16: experiment.uncertainties.of["population.willing"]: a grid needs to know how many values to take of a '
            "range.\n  Add `steps: 5`.",
        ),
        ("population.willing: [0.1, 0.3, 0.5]", "flow: [two_buttons]", "this is a lever already"),
        ("participants: 300", "participants: 300\ntable: {file: x.csv}", "there are levers beside a table of cells."),
        (FLOWS + WILLING, "", "nothing is varied.\n  Add `levers`, `uncertainties` or `table`."),
        ("seed: 7", "seed: -7", "-7 is out of range; expected at least 0."),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line_and_what_was_meant(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in SIX
    assert said in told(tmp_path, SIX.replace(old, new))


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = SIX + "    readng: [strict]\n    parameters.clik: [1]\n    flow.stages.aks.blocking: [true]\n"
    said = told(tmp_path, text)
    assert all(word in said for word in ("readng", "clik", "aks"))
    assert "nothing was run" in said


def test_a_flow_of_ones_own_is_found_beside_the_experiment(tmp_path: Path) -> None:
    text = library.find("flow", "two_buttons").read_text(encoding="utf-8").replace("id: two_buttons", "id: mine")
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    made = prepared(tmp_path, SIX.replace("granular_opt_in", "mine.yaml"))
    assert made.bench.inputs(made.layout.changes(3)).flows[0].id == "mine"


def test_parts_that_a_scenario_of_ones_own_names_are_found_beside_it(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    people = library.find("population", "office_workers").read_text(encoding="utf-8")
    (tmp_path / "own/people.yaml").write_text(people.replace("id: office_workers", "id: mine"), encoding="utf-8")
    scenario = library.find("scenario", "everyday_meetings").read_text(encoding="utf-8")
    changed = scenario.replace("population: office_workers", "population: people.yaml")
    (tmp_path / "own/scenario.yaml").write_text(changed, encoding="utf-8")
    made = prepared(tmp_path, SIX.replace("scenario: everyday_meetings", "scenario: own/scenario.yaml"))
    assert made.bench.inputs(made.layout.changes(0)).population.id == "mine"
    assert made.bench.inputs(made.layout.changes(0)).population.willing.value == 0.1


def test_each_kind_of_place_can_be_varied(tmp_path: Path) -> None:
    of = """    flow.stages.ask.text: [Shorter]
    parameters.click: [0.2]
    meetings: [lectures]
    date: ["2024-05-01"]
    company_veto: [true]
    settled.host: [deny]
    places: [{name: germany, value: [DE]}]
"""
    made = prepared(
        tmp_path, HEAD + FLOWS.replace(", granular_opt_in", "") + "uncertainties:\n  design: list\n  of:\n" + of
    )
    inputs = made.bench.inputs(made.layout.changes(0))
    assert inputs.flows[0].stages[0].text == "Shorter"
    assert inputs.parameters.click.value == 0.2
    assert inputs.mix.id == "lectures"
    assert inputs.law.day.isoformat() == "2024-05-01"
    assert inputs.scenario.company_veto
    assert inputs.scenario.settled == {"host": "deny"}
    assert inputs.codes == ("DE",)


@pytest.mark.parametrize("name", library.builtin("experiment"))
def test_every_built_in_experiment_can_be_run(name: str) -> None:
    made = prepare_experiment(name)
    assert made.experiment.id == name
    assert len(made.layout) > 1


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="there is no file"):
        prepared(tmp_path, SIX.replace("scenario: everyday_meetings", "scenario: nowhere.yaml"))


def test_the_behaviour_can_be_varied(tmp_path: Path) -> None:
    made = prepared(tmp_path, SIX.replace("population.willing: [0.1, 0.3, 0.5]", "behaviour: [mixed_logit, habit]"))
    assert [made.bench.inputs(made.layout.changes(cell)).scenario.behaviour for cell in (0, 1)] == [
        "mixed_logit",
        "habit",
    ]
    text = SIX.replace("population.willing: [0.1, 0.3, 0.5]", "behaviour: [mixed_logit, habbit]")
    assert '16: experiment.uncertainties.of.behaviour: "habbit" is no behaviour.\n  Did you mean "habit"?' in told(
        tmp_path, text
    )


def test_weeks_are_no_part_of_a_cell(tmp_path: Path) -> None:
    text = told(tmp_path, SIX + "    weeks: [4]\n")
    assert "weeks: in everyday_meetings, the meetings of a cell are held once." in text
    assert "joinlab run" in text
