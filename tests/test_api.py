"""What Python users import: names, paths and objects go in, errors say what was expected."""

from __future__ import annotations

import datetime
import inspect
import math
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import simulator
from simulator import compare, load, simulate
from simulator.analysis.comparison import Comparison
from simulator.api import MOST_SEED, Setting, compare_behaviours, over_weeks_prepared, prepare, uncertainty
from simulator.engine.run import Run
from simulator.errors import JoinlabError, MeetingFileError, ScenarioError, UsageError
from simulator.scenario import library
from simulator.scenario.document import Scenario
from simulator.scenario.flow import Flow
from simulator.scenario.vocabulary import DataCategory, Purpose, Reading
from simulator.text.formats import as_dict
from tests.cli.command import built_in_files_parsed_once

PAIR = ("accept_or_leave", "two_buttons")
SCENARIOS = ", ".join(library.builtin("scenario"))


@pytest.fixture(autouse=True, scope="module")
def _quick() -> Iterator[None]:
    with built_in_files_parsed_once():
        yield


def small(*flows: Flow | str | Path, **changes: object) -> Comparison:
    """A comparison of few people."""
    return compare(**{"flows": flows or PAIR, "participants": 300, "seed": 5, **changes})


def numbers(found: Comparison) -> dict[str, object]:
    """All that a comparison comes to."""
    return as_dict(found)


def usage_error(*flows: str, **changes: object) -> str:
    with pytest.raises(UsageError) as caught:
        small(*flows, **changes)
    return str(caught.value)


def test_importing_simulator_loads_nothing_of_it_and_its_names_come_when_used() -> None:
    code = (
        "import simulator, sys\n"
        "assert 'simulator.api' not in sys.modules\n"
        "from simulator import compare, load, simulate\n"
        "assert 'simulator.api' in sys.modules\n"
        "assert load('two_buttons').id == 'two_buttons'\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_package_offers_three_names_and_no_others() -> None:
    assert set(simulator.__all__) == set(dir(simulator)) == {"compare", "load", "simulate"}
    with pytest.raises(AttributeError, match="^module 'simulator' has no attribute 'lod'$"):
        simulator.lod  # noqa: B018


@pytest.mark.parametrize("name", library.builtin("flow"))
def test_a_built_in_flow_is_loaded_by_name_and_by_path(name: str) -> None:
    flow = load(name)
    assert isinstance(flow, Flow)
    assert flow.id == name
    path = library.builtin("flow")[name]
    assert load(path) == load(str(path)) == flow


@pytest.mark.parametrize("name", library.builtin("scenario"))
def test_a_built_in_scenario_is_loaded_by_name_and_by_path(name: str) -> None:
    scenario = load(name)
    assert isinstance(scenario, Scenario)
    assert scenario.id == name
    assert load(library.builtin("scenario")[name]) == scenario


def test_a_file_wins_over_the_built_in_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = library.builtin("flow")["two_buttons"].read_text(encoding="utf-8")
    (tmp_path / "accept_or_leave").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert load("accept_or_leave").id == "two_buttons"


def test_an_unknown_name_is_answered_with_the_nearest_and_all_known() -> None:
    with pytest.raises(UsageError) as caught:
        load("two_button")
    assert str(caught.value) == (
        '"two_button" is not the name of a flow or scenario.\n'
        f'  Did you mean "two_buttons"? `joinlab flows` lists the flows; the scenarios are {SCENARIOS}. '
        "Or give a path to a YAML file."
    )


def test_a_name_like_no_other_is_answered_with_all_known() -> None:
    with pytest.raises(UsageError) as caught:
        load("qqq")
    assert str(caught.value) == (
        '"qqq" is not the name of a flow or scenario.\n'
        f"  `joinlab flows` lists the flows; the scenarios are {SCENARIOS}. Or give a path to a YAML file."
    )


def test_a_path_to_nothing_is_refused() -> None:
    with pytest.raises(ScenarioError, match=r"^nothing\.yaml: there is no such file\.$"):
        load("nothing.yaml")


def test_a_broken_flow_is_refused_with_all_its_problems(tmp_path: Path) -> None:
    text = library.builtin("flow")["two_buttons"].read_text(encoding="utf-8")
    broken = tmp_path / "broken.yaml"
    broken.write_text(text.replace("refusal: excluded", "refusal: sulk").replace("at: join", "at: door"), "utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(broken)
    assert [problem.key for problem in caught.value.problems] == ["flow.stages[0].at", "flow.refusal"]


def test_compare_takes_names_paths_and_flows_and_finds_the_same() -> None:
    by_name = small(*PAIR)
    path = library.builtin("flow")["two_buttons"]
    assert numbers(small("accept_or_leave", path)) == numbers(by_name)
    assert numbers(small("accept_or_leave", str(path))) == numbers(by_name)
    assert numbers(small("accept_or_leave", load("two_buttons"))) == numbers(by_name)


def test_compare_takes_a_scenario_by_name_by_path_and_as_it_is() -> None:
    by_name = small(*PAIR, scenario="lecture")
    assert by_name.inputs.scenario.id == "lecture"
    assert numbers(small(*PAIR, scenario=library.builtin("scenario")["lecture"])) == numbers(by_name)
    assert numbers(small(*PAIR, scenario=load("lecture"))) == numbers(by_name)


def test_without_flows_those_of_the_scenario_are_compared() -> None:
    found = compare(scenario="zoom_2023", participants=100, seed=1)
    assert [flow.flow.id for flow in found.flows] == load("zoom_2023").flows


def test_a_day_that_is_given_is_the_day_of_all_flows() -> None:
    day = datetime.date(2024, 1, 2)
    inputs = compare(scenario="zoom_2023", date=day, participants=100, seed=1).inputs
    assert {inputs.law_of(flow).day for flow in inputs.flows} == {day}


def test_arguments_change_the_scenario_and_none_leaves_it_as_it_is() -> None:
    day = datetime.date(2024, 1, 2)
    given = {"category": DataCategory.VIDEO, "purpose": Purpose.SERVICE, "date": day, "reading": Reading.LENIENT}
    changed = small(**given).inputs.scenario
    assert {name: getattr(changed, name) for name in given} == given
    assert small().inputs.scenario == load("everyday_meetings")


def test_a_lenient_reading_lets_no_less_stand() -> None:
    strict, lenient = (small(reading=reading) for reading in (Reading.STRICT, Reading.LENIENT))
    for one, other in zip(strict.flows, lenient.flows, strict=True):
        stands = [flow.share("lawful", strict.category).value for flow in (one, other)]
        assert stands[0] <= stands[1]
    assert numbers(strict)["flows"] != numbers(lenient)["flows"]


def test_recorded_meetings_take_the_place_of_generated_ones(tmp_path: Path) -> None:
    file = tmp_path / "talk.csv"
    file.write_text("participant,seconds,length_seconds\nAnn,60,600\nBob,30,\n", encoding="utf-8")
    found = small(meetings=[tmp_path])
    assert found.inputs.recorded[0].path == file
    assert found.run.participants == 2 * found.run.meetings
    ledger = found.flows[0].ledger(DataCategory.AUDIO)
    assert ledger.produced == pytest.approx(found.run.meetings * 1.5)


@pytest.mark.parametrize("precision", [None, 0.1])
def test_every_recorded_meeting_is_met_equally_often(tmp_path: Path, precision: float | None) -> None:
    path = tmp_path / "talks.csv"
    rows = [f"{meeting},{who},{seconds}" for meeting in "xyz" for who, seconds in (("a", 60), ("b", 30), ("c", 10))]
    path.write_text("\n".join(["meeting,participant,seconds", *rows]), "utf-8")
    run = small(meetings=[path], participants=4, precision=precision).run
    assert run.meetings % 3 == 0
    assert run.meetings > 3 or precision is None


def test_a_bad_recording_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MeetingFileError):
        small(meetings=[tmp_path])


def test_simulate_gives_the_totals_of_the_same_run() -> None:
    run = simulate(PAIR, participants=300, seed=5)
    assert isinstance(run, Run)
    assert len(run.tallies) == 2
    assert (run.tallies[0].ledger == small().run.tallies[0].ledger).all()


def test_simulate_takes_what_compare_takes() -> None:
    given = {"reading": "lenient", "date": "2024-01-02", "behaviour": "habit", "company_veto": False}
    run, compared = simulate(PAIR, participants=300, seed=5, **given), small(**given).run
    assert all((one.ledger == other.ledger).all() for one, other in zip(run.tallies, compared.tallies, strict=True))
    assert (run.tallies[0].ledger != small().run.tallies[0].ledger).any()


@pytest.mark.parametrize("flow", ["two_buttons", library.builtin("flow")["two_buttons"], load("two_buttons")])
def test_simulate_takes_one_flow_in_any_form(flow: Flow | str | Path) -> None:
    run = simulate(flow, participants=300, seed=5)
    assert [each.id for each in run.plan.inputs.flows] == ["two_buttons"]


def test_the_largest_seed_is_a_seed_and_is_recorded() -> None:
    assert small(seed=MOST_SEED).run.seed == MOST_SEED == 2**64 - 1


def test_without_a_seed_one_is_drawn_and_recorded() -> None:
    assert small(seed=None).run.seed != small(seed=None).run.seed


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"participants": 0}, "participants: 0 is out of range; expected 1 to 1,000,000,000."),
        ({"participants": -5}, "participants: -5 is out of range; expected 1 to 1,000,000,000."),
        ({"participants": 10**13}, "participants: 10000000000000 is out of range; expected 1 to 1,000,000,000."),
        ({"participants": "x"}, 'participants: "x" is not a whole number; expected 1 to 1,000,000,000.'),
        (
            {"participants": 1e3},
            "participants: 1000.0 is not a whole number; expected 1 to 1,000,000,000.\n  Write 1000.",
        ),
        ({"seed": -1}, "seed: -1 is out of range; expected 0 to 18446744073709551615."),
        ({"seed": 2**64}, "seed: 18446744073709551616 is out of range; expected 0 to 18446744073709551615."),
        ({"seed": 1.5}, "seed: 1.5 is not a whole number; expected 0 to 18446744073709551615."),
        ({"threads": 0}, "threads: 0 is out of range; expected 1 to 1,024."),
        *(
            (
                {"precision": word},
                f"precision: {word!r} is not a number between 0 and 1.\n  0.005 is half a percentage point.",
            )
            for word in (0.0, 1, -0.1, math.nan, "0.5pp")
        ),
        (
            {"category": "videos"},
            "category: 'videos' is not allowed here.\n  Did you mean \"video\"? "
            "Allowed: audio, video, transcript, chat, screen_share, files, reactions, telemetry.",
        ),
        (
            {"purpose": "improve"},
            "purpose: 'improve' is not allowed here.\n  Did you mean \"improvement\"? "
            "Allowed: service, improvement, training_first_party, training_third_party.",
        ),
        ({"company_veto": "yes"}, "company_veto: 'yes' is neither True nor False."),
        ({"reading": 3}, "reading: 3 is not allowed here.\n  Allowed: strict, lenient."),
        *(
            (
                {"date": day},
                f"date: {day!r} is not a day.\n  Give a datetime.date, or year-month-day such as 2023-08-08.",
            )
            for day in ("2023-02-30", "today", 2023)
        ),
        ({"scenario": 5}, "scenario: 5 is neither a name nor a path."),
        ({"flows": ["two_buttons", None]}, "flows[1]: None is neither a name nor a path."),
    ],
)
def test_an_argument_that_does_not_fit_is_refused_with_what_would(changes: dict[str, object], text: str) -> None:
    assert usage_error(**changes) == text


@pytest.mark.parametrize(
    ("function", "word"),
    [(prepare, "datee"), (compare, "datee"), (simulate, "precision"), (compare_behaviours, "behaviour")],
)
def test_a_keyword_that_there_is_not_is_refused(function: Callable[..., object], word: str) -> None:
    with pytest.raises(TypeError, match=rf"^{function.__name__}\(\) got an unexpected keyword argument '{word}'$"):
        function(PAIR, **{word: "habit"})


@pytest.mark.parametrize("function", [prepare, compare, simulate, compare_behaviours])
def test_signatures_and_help_name_each_keyword_of_a_setting_and_its_default(function: Callable[..., object]) -> None:
    words = inspect.signature(function).parameters
    assert {word: words[word].default for word in Setting.__annotations__} == dict.fromkeys(Setting.__annotations__) | {
        "scenario": "everyday_meetings",
        "meetings": (),
    }
    assert not [word for word in words if f"\n        {word}: " not in str(compare.__doc__) and word != "behaviours"]


def test_an_unknown_flow_is_answered_with_the_nearest() -> None:
    assert usage_error("two_buttons", "twobuttons") == (
        '"twobuttons" is not the name of a built-in flow.\n'
        '  Did you mean "two_buttons"? `joinlab flows` lists all; or give a path to a YAML file.'
    )


def test_an_unknown_scenario_is_answered_with_the_nearest() -> None:
    assert usage_error(scenario="lectures") == (
        '"lectures" is not the name of a built-in scenario.\n'
        f'  Did you mean "lecture"? Built in: {SCENARIOS}; or give a path to a YAML file.'
    )


def test_words_days_and_a_single_file_of_meetings_may_be_given_as_text(tmp_path: Path) -> None:
    path = tmp_path / "talk.csv"
    path.write_text("participant,seconds\na,60\nb,60\n", "utf-8")
    found = small(category="video", reading="lenient", date="2023-08-08", meetings=str(path)).inputs
    assert (found.scenario.category, found.scenario.reading) == (DataCategory.VIDEO, Reading.LENIENT)
    assert found.scenario.date == datetime.date(2023, 8, 8)
    assert [meeting.id for meeting in found.recorded] == ["talk"]


def test_the_same_flow_twice_is_refused() -> None:
    with pytest.raises(ScenarioError) as caught:
        small("two_buttons", load("two_buttons"))
    assert str(caught.value) == "flow two_buttons appears twice in one comparison.\n  Name it once."


def test_a_day_before_the_rules_is_refused_with_every_place() -> None:
    with pytest.raises(ScenarioError) as caught:
        small(date=datetime.date(1990, 1, 1))
    (problem,) = caught.value.problems
    assert problem.message.startswith("the law of 1990-01-01 is not known for EU (known from 2020-12-21 on), DE (")
    assert problem.remedy is not None
    assert problem.remedy.startswith(
        "Choose a day from 2023-01-01 on, or add what was the law then to eu.yaml, de.yaml"
    )


def test_every_error_of_a_user_is_of_one_kind() -> None:
    assert issubclass(UsageError, JoinlabError)
    assert issubclass(ScenarioError, JoinlabError)
    assert issubclass(MeetingFileError, JoinlabError)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"threads": -1}, "threads: -1 is out of range; expected 1 to 1,024."),
        ({"threads": 0}, "threads: 0 is out of range; expected 1 to 1,024."),
        ({"weeks": 0}, "weeks: 0 is out of range; expected 1 to 104."),
        *(
            ({"fatigue": given}, f"fatigue: {given!r} is not a number of 0 or more.")
            for given in ("x", math.nan, math.inf, -50.0)
        ),
    ],
)
def test_over_weeks_too_arguments_that_cannot_be_are_told(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        over_weeks_prepared(prepare(["two_buttons"]), **{"weeks": 2, "participants": 100, "seed": 1, **arguments})
    assert said in str(caught.value)


def test_draws_on_fewer_than_one_thread_are_refused() -> None:
    found = compare(["two_buttons"], participants=100, seed=1)
    with pytest.raises(UsageError, match="threads: -1 is out of range"):
        uncertainty(found, threads=-1)
