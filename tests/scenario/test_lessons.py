"""Lessons: what their files may say, and that what the built-in ones tell is what their runs give."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from simulator.analysis.comparison import Comparison
from simulator.analysis.lesson_result import answer, figure, filled_in
from simulator.analysis.outcomes import paired_difference
from simulator.api import compare
from simulator.errors import ScenarioError
from simulator.scenario import library
from simulator.scenario.lesson import OF_A_PART, OUTCOMES, PLACEHOLDER, SPLITS, Guess, Part

LESSONS = list(library.builtin("lesson"))


@cache
def result(name: str) -> Comparison:
    one = library.lesson(name)
    return compare(one.flows, scenario=one.scenario, participants=20_000, seed=one.seed)


def guesses(name: str) -> list[Guess]:
    return [step.guess for step in library.lesson(name).steps if step.guess is not None]


def value(name: str, flow: str, outcome: str, part: Part | None = None) -> float:
    found = next(found for found in result(name).flows if found.flow.id == flow)
    estimate = figure(result(name), found, outcome, part)
    assert estimate.value is not None
    return estimate.value


def more(name: str, outcome: str, this: str, that: str) -> bool:
    """Whether one flow has more of an outcome than another, beyond the paired interval."""
    flows = {found.flow.id: found for found in result(name).flows}
    low = paired_difference(flows[this], flows[that], outcome, result(name).category).low
    return low is not None and low > 0.0


def told(tmp_path: Path, **changes: object) -> str:
    """What is said of the lesson `who_refuses` with some keys changed."""
    held = YAML(typ="safe").load(library.builtin("lesson")["who_refuses"])
    path = tmp_path / "mine.yaml"
    with path.open("w", encoding="utf-8") as file:
        YAML().dump({**held, **changes}, file)
    with pytest.raises(ScenarioError) as error:
        library.lesson(str(path))
    return str(error.value)


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_is_named_after_its_id_and_has_something_to_predict(name: str) -> None:
    assert library.lesson(name).id == name
    assert len(guesses(name)) >= 3


@pytest.mark.parametrize("name", LESSONS)
def test_every_figure_of_a_lesson_is_known_from_its_run(name: str) -> None:
    for step in library.lesson(name).steps:
        text = filled_in(step.reveal or "", result(name))
        assert PLACEHOLDER.search(text) is None
        assert "n/a" not in text


@pytest.mark.parametrize("name", LESSONS)
def test_every_guess_can_be_answered_and_the_right_answer_is_right(name: str) -> None:
    for guess in guesses(name):
        if guess.flow is None:
            most = answer(result(name), guess, "").most
            assert len(most) == 1, "a class is not asked what the run cannot tell"
        else:
            right = 100.0 * value(name, guess.flow, guess.outcome, guess.part)
            assert answer(result(name), guess, right).points_off == pytest.approx(0.0)
            assert answer(result(name), guess, right + 7).points_off == pytest.approx(7.0)


def test_accept_or_leave_tells_the_truth() -> None:
    name = "accept_or_leave"
    assert value(name, "accept_or_leave", "claimed") > 0.9
    assert value(name, "accept_or_leave", "left") < 0.1
    assert value(name, "accept_or_leave", "wanted") < 0.5
    assert more(name, "claimed", "accept_or_leave", "two_buttons")
    assert more(name, "lawful", "two_buttons", "accept_or_leave")
    assert value(name, "two_buttons", "overreach") > 0.3
    assert value(name, "two_buttons", "claimed") > 0.5  # habit still carries most through


def test_who_refuses_tells_the_truth() -> None:
    name, host = "who_refuses", Part(split="role", name="host")
    people, speech = (value(name, "stay_and_be_excluded", outcome, host) for outcome in ("participants", "produced"))
    assert 1 / 9 < people < 1 / 7  # "about every eighth"
    assert speech > 2 * people  # "several times as much"
    assert more(name, "claimed", "stay_and_be_excluded", "any_refusal_stops")
    assert more(name, "missed", "any_refusal_stops", "stay_and_be_excluded")
    assert more(name, "overreach", "stay_and_be_excluded", "any_refusal_stops")
    assert value(name, "stay_and_be_excluded", "claimed") - value(name, "any_refusal_stops", "claimed") > 0.1


def test_claimed_is_not_wanted_tells_the_truth() -> None:
    name = "claimed_is_not_wanted"
    wanted = value(name, "granular_opt_in", "wanted")
    assert value(name, "granular_opt_out", "wanted") == wanted
    assert value(name, "granular_opt_out", "claimed") > 2 * wanted  # "far more"
    assert value(name, "granular_opt_in", "claimed") < wanted / 2  # "far less"
    assert more(name, "missed", "granular_opt_in", "granular_opt_out")
    assert more(name, "lawful", "two_buttons", "granular_opt_in")
    assert value(name, "granular_opt_out", "lawful") < 0.02
    assert value(name, "granular_opt_in", "lawful") > 0.8 * value(name, "granular_opt_in", "claimed")


def test_a_part_that_nobody_is_in_is_not_known() -> None:
    found = result("who_refuses").flows[0]
    nobody = Part(split="jurisdiction", name="XX")
    assert figure(result("who_refuses"), found, "claimed", nobody).value is None
    assert filled_in("{stay_and_be_excluded.claimed.jurisdiction.XX}", result("who_refuses")) == "n/a"


def test_the_words_of_lessons_are_those_of_results() -> None:
    flow = result("who_refuses").flows[0]
    for split in SPLITS:
        cells = flow.cells(split)
        for outcome in OUTCOMES:
            estimates = [
                cell.part_of(outcome) if outcome in OF_A_PART else cell.share(outcome) for cell in cells.values()
            ]
            assert all(estimate.value is not None for estimate in estimates)


def a_step(reveal: str = ".", **guess: str) -> dict[str, object]:
    return {"text": "Look.", "guess": {"question": "?", "outcome": "claimed", **guess}, "reveal": reveal}


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ({"text": "Look.", "reveal": "It is so."}, "a guess and what it reveals belong together."),
        (a_step(outcome="produced"), "of everybody, produced is always 100 %."),
        (a_step("{any_refusal_stops.produced}"), "of everybody, produced is always 100 %."),
        (
            a_step(flow="any_refusal_stop"),
            'steps[0].guess.flow: "any_refusal_stop" is no flow of this lesson.\n  Did you mean "any_refusal_stops"?',
        ),
        (a_step("{two_buttons.claimed}"), 'steps[0].reveal: "two_buttons" is no flow of this lesson.'),
        (
            a_step("{any_refusal_stops.claim}"),
            'steps[0].reveal: "claim" is no outcome.\n  Did you mean "claimed"?',
        ),
        (a_step("{any_refusal_stops.claimed.rule.host}"), 'steps[0].reveal: "rule.host" is no part.'),
    ],
)
def test_what_is_wrong_with_a_step_is_told_with_its_place(
    tmp_path: Path, step: dict[str, object], expected: str
) -> None:
    assert expected in told(tmp_path, steps=[step, {"text": "The end."}])


def test_with_one_flow_nobody_is_asked_which_has_most(tmp_path: Path) -> None:
    step = {"text": "Look.", "guess": {"question": "?", "outcome": "claimed"}, "reveal": "."}
    message = told(tmp_path, flows=["any_refusal_stops"], steps=[step, {"text": "The end."}])
    assert "there is one flow, so which has most is no question." in message
