"""Behaviours: changes of coefficients, recorded choices, and what comes from outside, all in the same walk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from simulator.behaviour.choice import terms, toggle_terms
from simulator.behaviour.models import MODELS
from simulator.behaviour.question import Floats, Question
from simulator.behaviour.recorded import Recorded, unfit
from simulator.engine.inputs import Inputs
from simulator.engine.reference import setting_of
from simulator.engine.run import make_plan, run_meetings
from simulator.engine.weighing import Weigher
from simulator.errors import UsageError
from simulator.scenario import library
from simulator.scenario.choices import RecordedChoices
from simulator.scenario.flow import Flow
from simulator.scenario.vocabulary import Effect
from tests.engine.builders import by_kernel, by_reference, differences, inputs_of, meetings_of

NAMES = (
    "accept_or_leave", "two_buttons", "granular_opt_in", "granular_opt_out", "notice_only", "remember_my_choice",
    "host_decides", "zoom_iq_trial_aug_2023", "teams_explicit_consent", "dropbox_third_party_ai_2023",
)  # fmt: skip
FLOWS = [library.flow(name) for name in NAMES]


class MixedLogit:
    """The mixed logit again, from its terms."""

    def utilities(self, question: Question) -> Floats:
        return np.sum(list(question.terms.values()), axis=0)


class Noisy:
    """Something that depends on everything a question says."""

    def utilities(self, question: Question) -> Floats:
        people = question.people
        base = 0.3 * people.willing.mean(axis=1) - 0.1 * people.place + 0.2 * people.segment - 0.01 * people.age
        steps = np.arange(len(question.options)) * (1.0 + question.prompts - question.recalled)
        return base[:, None] * steps - people.pressure[:, None] * 0.1

    def toggles(self, question: Question) -> Floats:
        return np.tile(question.people.effort[:, None] - 1.0, (1, len(question.stage.toggles)))

    def noticing(self, question: Question) -> Floats:
        return question.noticing + question.people.stake / 10.0


def under(behaviour: object, *flows: Flow, **changes: object) -> Inputs:
    return replace(inputs_of(flows, changes), weigher=Weigher("mine", behaviour))  # type: ignore[arg-type]


@pytest.mark.parametrize("flow", FLOWS, ids=NAMES)
def test_the_kernel_equals_the_reference_under_a_behaviour_from_outside(flow: Flow) -> None:
    plan = make_plan(under(Noisy(), flow))
    world = plan.weighed(plan.world(5, 0, 40), 0)
    assert differences(by_kernel(plan, world), by_reference(plan, world)) == {}


@pytest.mark.parametrize("name", ["habit", "rational"])
@pytest.mark.parametrize("flow", FLOWS, ids=NAMES)
def test_the_kernel_equals_the_reference_under_changed_coefficients(name: str, flow: Flow) -> None:
    plan = make_plan(inputs_of([flow], {"behaviour": name}))
    world = plan.world(5, 0, 40)
    assert differences(by_kernel(plan, world), by_reference(plan, world)) == {}


@pytest.mark.parametrize("flow", FLOWS, ids=NAMES)
def test_the_mixed_logit_from_outside_is_the_mixed_logit(flow: Flow) -> None:
    plain, outside = make_plan(inputs_of([flow])), make_plan(under(MixedLogit(), flow))
    (one,), (other,) = (run_meetings(plan, 3, 0, 400) for plan in (plain, outside))
    # Sums in another order may differ in the last digit, which changes no choice among so few people.
    assert np.array_equal(one.ledger, other.ledger)
    assert np.array_equal(one.counts, other.counts)


@pytest.mark.parametrize("name", ["granular_opt_out", "remember_my_choice", "zoom_iq_trial_aug_2023"])
def test_the_terms_that_a_behaviour_is_told_are_those_of_the_reference(name: str) -> None:
    asked: list[Question] = []

    class Listening(MixedLogit):
        def utilities(self, question: Question) -> Floats:
            asked.append(question)
            return super().utilities(question)

    flow = library.flow(name)
    plan = make_plan(under(Listening(), flow))
    world = replace_first(plan, 7)
    plan.weighed(world, 0)
    people = [person for meeting in meetings_of(plan, world) for person in meeting.people]
    setting = setting_of(plan.inputs, flow)
    mine = [question for question in asked if question.stage.actor.value == "participant"]
    assert mine
    for question in mine:
        for number, person in enumerate(people):
            chooser = person.ordinary if question.recalled else person.chooser
            attention = float(question.people.attention[number])
            for column, option in enumerate(question.options):
                expected = terms(option, question.stage, flow, chooser, attention, setting.parameters)
                found = {key: array[number, column] for key, array in question.terms.items() if array[number, column]}
                assert found == pytest.approx(expected, abs=1e-9)
            for column, toggle in enumerate(question.stage.toggles):
                expected = toggle_terms(toggle, chooser, attention, setting.parameters)
                assert {key: array[number, column] for key, array in question.toggles.items()} == pytest.approx(
                    expected
                )


def replace_first(plan, seed: int):
    """A few meetings that are not the first, so that nothing is asked twice."""
    return plan.world(seed, 1, 6)


@pytest.mark.parametrize("chunk", [7, 64])
def test_chunks_and_threads_change_nothing(chunk: int) -> None:
    plan = make_plan(under(Noisy(), library.flow("granular_opt_out")))
    whole = run_meetings(plan, 9, 0, 100)
    parts = run_meetings(plan, 9, 0, 100, threads=2, chunk=chunk)
    assert np.array_equal(whole[0].ledger, parts[0].ledger)
    assert np.array_equal(whole[0].cells, parts[0].cells)


def test_under_habit_what_is_wanted_does_not_move_anybody() -> None:
    plan = make_plan(inputs_of([library.flow("two_buttons")], {"behaviour": "habit"}))
    setting = setting_of(plan.inputs, plan.inputs.flows[0])
    world = plan.world(2, 0, 30)
    for meeting in meetings_of(plan, world):
        for person in meeting.people:
            for option in plan.inputs.flows[0].stages[0].options:
                found = terms(option, plan.inputs.flows[0].stages[0], plan.inputs.flows[0], person.chooser, 0.3,
                              setting.parameters)  # fmt: skip
                assert set(found) <= {"habit", "prominence", "hidden", "first", "urging", "preselection", "stake"}


def test_under_the_rational_one_presentation_does_not_move_anybody() -> None:
    parameters = MODELS["rational"].of(library.parameters("central"))
    flows = [library.flow(name) for name in ("two_buttons", "reject_hidden")]
    asked = [(flow, flow.stages[0]) for flow in flows]
    plan = make_plan(inputs_of(flows, {"behaviour": "rational"}))
    person = meetings_of(plan, plan.world(2, 0, 5))[0].people[1]
    for flow, stage in asked:
        for option in stage.options:
            assert set(terms(option, stage, flow, person.chooser, 1.0, parameters)) <= {"value", "clicks", "stake"}


def test_the_rational_one_overlooks_nothing() -> None:
    plan = make_plan(inputs_of([library.flow("linkedin_genai_toggle")], {"behaviour": "rational"}))
    stage = plan.flows[0].stages[0]
    attention = plan.world(2, 0, 5).rows["attention"] - stage["words_log"]
    assert (1.0 / (1.0 + np.exp(-attention)) == 1.0).all()
    assert (1.0 / (1.0 + np.exp(-(attention + stage["notice"]))) == 1.0).all()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda question: np.zeros((2, 2)), "gives the shape (2, 2), and not ("),
        (lambda question: np.full((len(question.people.age), 2), np.nan), "gives what is no number"),
        (lambda question: np.full((len(question.people.age), 2), np.inf), "or infinitely much"),
        (lambda question: np.full((len(question.people.age), 2), -np.inf), "leaves somebody without any option"),
        (lambda question: 1 / 0, "failed: ZeroDivisionError: division by zero"),
        (
            lambda question: np.random.default_rng().random((len(question.people.age), 2)),
            "asked again in another order",
        ),
        (lambda question: np.arange(2.0 * len(question.people.age)).reshape(-1, 2), "asked again in another order"),
    ],
)
def test_what_breaks_the_contract_is_told(answer: Callable[[Question], Floats], said: str) -> None:
    class Broken:
        utilities = staticmethod(answer)

    plan = make_plan(under(Broken(), library.flow("two_buttons")))
    with pytest.raises(UsageError) as caught:
        run_meetings(plan, 1, 0, 10)
    assert str(caught.value).startswith("behaviour mine: `utilities` at stage ask of flow two_buttons ")
    assert said in str(caught.value)


def test_an_option_of_minus_infinity_is_never_taken() -> None:
    class Never:
        def utilities(self, question: Question) -> Floats:
            granting = [option.effect is Effect.GRANT for option in question.options]
            return np.tile(np.where(granting, -np.inf, 0.0), (len(question.people.age), 1))

    plan = make_plan(under(Never(), library.flow("two_buttons")))
    (tally,) = run_meetings(plan, 1, 0, 300)
    assert tally.counts[:, 3].sum() == 0


def counts(*rows: tuple[object, ...]) -> RecordedChoices:
    columns = ("stage", "option", "count", "jurisdiction", "segment")
    return RecordedChoices.model_validate(
        {"schema_version": 1, "choices": [dict(zip(columns, row, strict=False)) for row in rows]}
    )


def test_recorded_choices_are_drawn_in_their_shares() -> None:
    recorded = counts(("ask", "agree", 300), ("ask", "continue_without", 700))
    plan = make_plan(under(Recorded(recorded), library.flow("two_buttons")))
    (tally,) = run_meetings(plan, 1, 0, 2000)
    people, agreed = tally.counts[:, 0].sum(), tally.counts[:, 3].sum()
    # False alarm 1e-5: z = 4.4.
    assert abs(agreed / people - 0.3) < 4.4 * np.sqrt(0.3 * 0.7 / people)


def test_recorded_choices_of_a_place_or_segment_go_before_those_of_everybody() -> None:
    recorded = counts(
        ("ask", "agree", 1), ("ask", "continue_without", 0),
        ("ask", "agree", 0, "DE"), ("ask", "continue_without", 5, "DE"),
        ("ask", "agree", 0, None, "unconcerned"), ("ask", "continue_without", 5, None, "unconcerned"),
        ("ask", "agree", 5, "DE", "fundamentalist"),
    )  # fmt: skip
    flow = library.flow("two_buttons")
    plan = make_plan(under(Recorded(recorded), flow))
    world = plan.weighed(plan.world(1, 0, 200), 0)
    walked = by_kernel(plan, world)
    codes, segments = plan.inputs.codes, [segment.id for segment in plan.inputs.population.segments]
    for row, choice in zip(world.rows, walked.choices[:, 0], strict=True):
        place, segment = codes[row["place"]], segments[row["segment"]]
        agrees = segment == "fundamentalist" if place == "DE" else segment != "unconcerned"
        assert bool(choice == 0) is agrees


def test_recorded_silence_and_toggles_are_drawn_too() -> None:
    flow = library.flow("grammarly_product_improvement")
    stage = flow.stages[0]
    rows = [("ask", option.id, 10) for option in stage.options] + [("ask", "no_answer", 10 * len(stage.options))]
    plan = make_plan(under(Recorded(counts(*rows)), flow))
    world = plan.weighed(plan.world(1, 0, 600), 0)
    choices = by_kernel(plan, world).choices[:, 0]
    assert abs((choices == -1).mean() - 0.5) < 4.4 * np.sqrt(0.25 / len(choices))
    granular = library.flow("granular_opt_in")
    names = [toggle.id for toggle in granular.stages[0].toggles]
    rows = [("ask", option.id, 1) for option in granular.stages[0].options]
    rows += [("ask", f"{name}={way}", count) for name in names for way, count in (("on", 0), ("off", 7))]
    plan = make_plan(under(Recorded(counts(*rows)), granular))
    (tally,) = run_meetings(plan, 1, 0, 200)
    chosen = by_kernel(plan, plan.weighed(plan.world(1, 0, 200), 0)).choices[:, 0]
    ids = [
        option.id for option in sorted(granular.stages[0].options, key=lambda option: option.effect.value != "grant")
    ]
    all_on = [place for place, name in enumerate(ids) if "all" in name]
    assert tally.counts[:, 3].sum() == np.isin(chosen, all_on).sum() or not all_on


def test_each_place_needs_the_silence_and_the_toggles_that_others_have() -> None:
    def missing(flow: Flow, *rows: tuple[object, ...]) -> list[str]:
        return [fault.message for fault in unfit(counts(*rows), [flow], ["DE", "US"], ["unconcerned"], ())]

    flow = library.flow("grammarly_product_improvement")
    stage = flow.stages[0]
    rows = [("ask", option.id, 10, place) for option in stage.options for place in (None, "DE")]
    assert missing(flow, *rows, ("ask", "no_answer", 3, None), ("ask", "no_answer", 0, "DE")) == []
    (said,) = missing(flow, *rows, ("ask", "no_answer", 3, None))
    assert said.endswith("nothing is recorded of no_answer for DE.")

    granular = library.flow("granular_opt_in")
    toggles = [f"{toggle.id}={way}" for toggle in granular.stages[0].toggles for way in ("on", "off")]
    rows = [("ask", option.id, 1, place) for option in granular.stages[0].options for place in (None, "DE")]
    everywhere = [("ask", word, 1, None) for word in toggles]
    assert missing(granular, *rows, *everywhere, *(("ask", word, 1, "DE") for word in toggles)) == []
    (said,) = missing(granular, *rows, *everywhere)
    assert said.endswith(f"nothing is recorded of {', '.join(toggles)} for DE.")
