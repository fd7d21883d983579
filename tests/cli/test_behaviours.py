"""`--behaviour` on the command line: one, all, recorded choices, and a package's own as the how-to page shows it."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest

from tests.cli.command import SMALL, joinlab, process
from tests.docs_pages import ROOT, blocks

FLOWS = ("two_buttons", "accept_or_leave")
HOW_TO = ROOT / "docs" / "how-to" / "a-behaviour-of-your-own.md"
HEADER = "stage,option,count,jurisdiction,segment\n"


@pytest.fixture
def package(tmp_path: Path) -> str:
    """The package of the how-to page, laid out as if it were installed."""
    (code,) = (lines for _, lines in blocks(HOW_TO, "python"))
    (tmp_path / "first_acceptable.py").write_text("\n".join(code) + "\n")
    (project,) = (lines for _, lines in blocks(HOW_TO, "toml"))
    entry = re.sub(r'"', "", "\n".join(project)).replace("[project.entry-points.", "[")
    info = tmp_path / "first_acceptable-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: first-acceptable\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(entry + "\n")
    return str(tmp_path)


@pytest.mark.slow
def test_the_behaviour_of_the_how_to_page_runs(package: str) -> None:
    words = ("compare", *FLOWS, "--participants", "2000", "--seed", "3", "--format", "json")
    done = process(*words, "--behaviour", "first_acceptable", PYTHONPATH=package)
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert found["run"]["behaviour"] == "first_acceptable"
    shares = [flow["shares"]["claimed"]["value"] for flow in found["flows"]]
    plain = [flow["shares"]["claimed"]["value"] for flow in json.loads(process(*words).out)["flows"]]
    assert shares != plain
    again = process(*words, "--behaviour", "first_acceptable", "--threads", "1", PYTHONPATH=package)
    assert again.out == done.out


def test_a_behaviour_of_a_package_is_ranked_with_the_others_and_explained(package: str) -> None:
    done = process("compare", *FLOWS, *SMALL, "--behaviour", "all", PYTHONPATH=package)
    assert done.code == 0, done.err
    assert re.search(r"^flow +mixed_logit +habit +rational +first_acceptable$", done.out, re.MULTILINE)
    assert max(map(len, done.out.splitlines())) <= 80
    story = process("explain", "two_buttons", "--behaviour", "first_acceptable", PYTHONPATH=package)
    assert story.code == 0
    assert "behaviour -4.00" in story.out
    assert "behaviour: what the behaviour makes of it" in " ".join(story.out.split())


def test_a_package_that_cannot_be_loaded_is_told(package: str) -> None:
    (Path(package) / "first_acceptable.py").write_text("import nothing_of_that_name\n")
    done = process("compare", *FLOWS, *SMALL, "--behaviour", "first_acceptable", PYTHONPATH=package)
    assert done.code == 2
    assert "behaviour first_acceptable (first_acceptable:first_acceptable) cannot be loaded: " in done.err
    assert "No module named 'nothing_of_that_name'" in done.err
    assert "Traceback" not in done.err


def test_the_ranking_says_what_holds_and_what_depends_on_the_model() -> None:
    done = joinlab(
        "compare", *FLOWS, "granular_opt_in", "--participants", "20000", "--seed", "2023", "--behaviour", "all"
    )
    assert done.code == 0
    assert "- claimed: accept_or_leave > two_buttons > granular_opt_in" in done.out
    told = " ".join(done.out.split())
    assert "lawful, strict: two_buttons > accept_or_leave under mixed_logit and habit; less under rational" in told


def test_the_ranking_as_data_holds_every_comparison() -> None:
    found = json.loads(joinlab("compare", *FLOWS, *SMALL, "--behaviour", "all", "--format", "json").out)
    assert list(found["behaviours"]) == ["mixed_logit", "habit", "rational"]
    alone = json.loads(joinlab("compare", *FLOWS, *SMALL, "--behaviour", "habit", "--format", "json").out)
    assert found["behaviours"]["habit"] == alone
    assert found["ranks"]["claimed"]["habit"] == {"two_buttons": 2, "accept_or_leave": 1}
    order = next(item for item in found["orders"] if item["outcome"] == "claimed")
    assert (order["flow"], order["other"], order["robust"]) == ("accept_or_leave", "two_buttons", True)
    rows = list(
        csv.DictReader(io.StringIO(joinlab("compare", *FLOWS, *SMALL, "--behaviour", "all", "--format", "csv").out))
    )
    assert {row["behaviour"] for row in rows} == {"mixed_logit", "habit", "rational"}


@pytest.mark.parametrize("name", ["habit", "rational"])
def test_a_report_and_a_story_say_which_behaviour_they_are_of(name: str) -> None:
    for words in (("compare", *FLOWS, *SMALL), ("run", "two_buttons", *SMALL), ("explain", "two_buttons")):
        done = joinlab(*words, "--behaviour", name)
        assert done.code == 0
        assert f"Behaviour {name}: People " in done.out
    assert "Behaviour" not in joinlab("compare", *FLOWS, *SMALL).out


def test_a_scenario_may_name_its_behaviour(tmp_path: Path) -> None:
    from simulator.scenario import library

    text = library.find("scenario", "everyday_meetings").read_text()
    (tmp_path / "habits.yaml").write_text(text.replace("parameters: central", "parameters: central\nbehaviour: habit"))
    named = json.loads(
        joinlab("compare", *FLOWS, *SMALL, "--scenario", str(tmp_path / "habits.yaml"), "--format", "json").out
    )
    asked = json.loads(joinlab("compare", *FLOWS, *SMALL, "--behaviour", "habit", "--format", "json").out)
    assert named["flows"] == asked["flows"]


def recorded(folder: Path, rows: str) -> str:
    (folder / "choices.csv").write_text(HEADER + rows)
    return str(folder / "choices.csv")


def test_recorded_choices_need_no_more_than_their_file(tmp_path: Path) -> None:
    path = recorded(tmp_path, "ask,agree,3,,\nask,continue_without,1,,\n")
    done = joinlab("run", "two_buttons", *SMALL, "--recorded", path, "--format", "json")
    assert json.loads(done.out)["run"]["behaviour"] == "recorded"
    assert joinlab("check", path).out == f"{path}: the file of this set of recorded choices is in order.\n"
    assert "recorded" in joinlab("compare", *FLOWS, *SMALL, "--recorded", "made_up_choices", "--behaviour", "all").out


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("aks,agree,3,,\n", 'no choices are recorded at stage ask of flow two_buttons.\n  Did you mean "aks"?'),
        ("ask,agree,3,,\n", "at stage ask of flow two_buttons nothing is recorded of continue_without."),
        (
            "ask,agree,640,,\nask,continue_without,360,,\nask,agree,41,DE,\n",
            "choices.csv:4: choices.choices[2]: at stage ask of flow two_buttons nothing is recorded of"
            " continue_without for DE.",
        ),
        (
            "ask,agree,3,,\nask,continue_without,1,,\nask,agree,3,DE,pragmatist\nask,continue_wthout,1,DE,pragmatist\n",
            'of continue_without for DE and pragmatist.\n  There is "continue_wthout" in its place.',
        ),
        ("ask,agre,3,,\nask,continue_without,1,,\n", 'recorded of agree.\n  There is "agre" in its place.'),
        ("ask,agree,3,XX,\nask,continue_without,1,XX,\n", 'nobody is in "XX".'),
        ("ask,agree,3,,unconcernd\nask,continue_without,1,,\n", 'Did you mean "unconcerned"?'),
        ("ask,agree,3,DE,\nask,continue_without,1,DE,\n", "no choices are recorded of people of EU and fundamentalist"),
        (
            "ask,agree,3,,\nask,agree,4,,\nask,continue_without,1,,\n",
            "agree at stage ask is counted twice for everybody.",
        ),
        ("ask,agree,-3,,\nask,continue_without,1,,\n", "-3 is out of range; expected at least 0."),
        (
            "ask,no_answer,3,,\nask,agree,3,,\nask,continue_without,1,,\n",
            "stage ask of flow two_buttons cannot be missed",
        ),
    ],
)
def test_recorded_choices_that_do_not_fit_are_told_with_their_line(tmp_path: Path, rows: str, said: str) -> None:
    path = recorded(tmp_path, rows)
    done = joinlab("run", "two_buttons", *SMALL, "--recorded", path)
    assert done.code == 2
    assert said in done.err
    assert re.search(rf"^{re.escape(path)}:\d+: choices\.choices", done.err, re.MULTILINE)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--behaviour", "habbit"), "behaviour: 'habbit' is none.\n  Did you mean \"habit\"?"),
        (("--behaviour", "recorded"), "the behaviour recorded draws from choices, and none are named."),
        (("--behaviour", "habit", "--recorded", "made_up_choices"), "the behaviour habit does not draw from them."),
        (("--recorded", "nowhere.csv"), "nowhere.csv: there is no such file."),
        (("--recorded", "made_up_choices", "--observed", "live_two_buttons"), "the behaviour recorded has none."),
        (("--behaviour", "all", "--uncertainty"), "--uncertainty goes with one behaviour."),
    ],
)
def test_what_does_not_go_together_is_told(words: tuple[str, ...], said: str) -> None:
    done = joinlab("compare", *FLOWS, *SMALL, *words)
    assert done.code == 2
    assert said in done.err
    assert "everyday_meetings.yaml" not in done.err


def test_all_behaviours_are_for_compare() -> None:
    done = joinlab("run", "two_buttons", *SMALL, "--behaviour", "all")
    assert (done.code, done.err.splitlines()[0]) == (2, "--behaviour all is for compare.")


def test_the_counts_that_each_behaviour_is_fitted_to_are_told() -> None:
    words = ("compare", *FLOWS, *SMALL, "--behaviour", "all", "--observed", "live_two_buttons")
    done = joinlab(*words)
    assert done.code == 0, done.err
    found = json.loads(joinlab(*words, "--format", "json").out)["behaviours"]
    assert "observed" in found["mixed_logit"]
    for name, comparison in found.items():
        assert (f"Fitted to what was counted, {name}" in done.out) is ("observed" in comparison)
    assert max(map(len, done.out.splitlines())) <= 80
