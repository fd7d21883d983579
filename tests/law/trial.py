"""Takes a case through the readable model: its people do what the case says, and the law of the day is applied."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from simulator.behaviour.choice import Chooser
from simulator.engine.reference import Outcome, walk
from simulator.engine.reference_people import Meeting, Participant, PersonDraw, Setting, StageDraw, Step
from simulator.errors import Problem, ScenarioError
from simulator.rules.law import TESTS, Law, gaps, in_force
from simulator.rules.ledger import Cause
from simulator.scenario import library
from simulator.scenario.flow import Stage
from simulator.scenario.grants import CATEGORIES, PURPOSES
from simulator.scenario.jurisdiction import Jurisdiction
from simulator.scenario.parameters import Parameters
from simulator.scenario.sourced import Sourced
from simulator.scenario.stage_facts import draw_order
from simulator.scenario.vocabulary import Channel, DataCategory, Default, Role, Verdict, VoidTest
from tests.law.cases import (
    ELIGIBLE,
    EVERYBODY,
    MISSED,
    Answer,
    Answers,
    Case,
    Day,
    Expected,
    flow,
    jurisdictions,
    overlays,
    rules,
)
from tests.law.cases import test_of as answers_test

ON, OFF = 0.0, 1.0
"""Draws below and above every probability between 0 and 1."""

UNWEIGHED = {"words_per_minute": 240.0, "host_yields": 0.5}
"""Coefficients that stay; with all others 0, every option of a stage is as likely as every other."""

NOBODY_PREFERS_ANYTHING = Chooser(
    attention=0.0,
    effort=0.0,
    stake=0.0,
    pressure=0.0,
    willing={(category, purpose): 0.0 for category in CATEGORIES for purpose in PURPOSES},
)


class NotAsSaid(ScenarioError):
    """A case whose people meet other stages than it says."""


@cache
def parameters() -> Parameters:
    """Coefficients under which a draw alone decides."""
    central = library.parameters("central")
    numbers = {name: value for name, value in central if isinstance(value, Sourced)}
    return central.model_copy(
        update={name: number.model_copy(update={"value": UNWEIGHED.get(name, 0.0)}) for name, number in numbers.items()}
    )


@dataclass(frozen=True)
class Told:
    """Draws that lead somebody to what the case says they did. See `reference_people.Draws`."""

    who: str
    answers: Answers
    once_drawn: Mapping[PersonDraw, float]

    def at_stage(self, stage: Stage, showing: int, what: StageDraw, number: int = 0) -> float:
        """A draw that falls on the option, toggle or oversight of the case."""
        answer = self.answers.get(stage.id, Answer(option=MISSED))
        if what == "notice":
            return OFF if answer.option == MISSED else ON
        if what == "choice":
            return self._choice(stage, answer)
        if what == "toggle":
            toggle = stage.toggles[number]
            on = answer.toggles.get(toggle.id, toggle.default.value) == Default.ON.value
            return ON if on else OFF
        return OFF  # neither recalled nor misread

    def _choice(self, stage: Stage, answer: Answer) -> float:
        options = [option.id for option in draw_order(stage)]
        if answer.option not in options:
            msg = f'{self.who} meets the stage "{stage.id}", which waits for an answer, and the case gives none'
            raise NotAsSaid(Problem(msg, remedy=f"Say in did what they took: {', '.join(options)}."))
        return (options.index(answer.option) + 0.5) / len(options)

    def once(self, what: PersonDraw) -> float:
        """A draw that belongs to no stage."""
        return self.once_drawn[what]


def law_of(case: Case, day: Day) -> Law:
    """The law of the places of everybody in the case.

    Raises:
        ScenarioError: where a place has no rule for some test on that day.
    """
    codes = dict.fromkeys(person.where for person in case.people.values())
    return in_force(
        [jurisdictions()[code] for code in codes],
        [overlays()],
        day=day.date,
        reading=day.reading,
        company_veto=day.company_veto,
        works_council=day.works_council,
    )


def outcomes(case: Case, law: Law) -> dict[str, Outcome]:
    """What becomes of everybody's data, by name.

    Raises:
        NotAsSaid: where somebody meets a stage without an answer in the case, or does not meet one that it names.
    """
    meeting = _meeting(case)
    setting = Setting(purpose=case.purpose, parameters=parameters(), law=law, settled=dict(case.settled))
    found = dict(zip(case.people, walk(meeting, flow(case.flow), setting), strict=True))
    host = next(iter(case.people))
    common = found[host].common.steps
    for name, person in case.people.items():
        _check_met(name, person.did, [*found[name].answers.steps, *(common if name == host else ())])
    for actor, given in case.officers.items():
        _check_met(f"the {actor.value}", given, common)
    return found


def _meeting(case: Case) -> Meeting:
    people = []
    for number, (name, person) in enumerate(case.people.items()):
        drawn: dict[PersonDraw, float] = {
            "yields": ON if case.meeting.host == "yields" else OFF,
            "overruled": ON if person.then == "leaves" else OFF,
            "withdraws": ON if person.then == "withdraws" else OFF,
        }
        told = Told(name, person.did, drawn)
        people.append(_participant(number, person.where, person.role, person.channel, person.age, told))
    officers = {
        actor: _participant(
            len(people) + number, people[0].code, Role.PEER, Channel.DESKTOP, 40, Told(f"the {actor.value}", given, {})
        )
        for number, (actor, given) in enumerate(case.officers.items())
    }
    return Meeting(
        id=0,
        kind="case",
        sector=case.meeting.sector,
        confidentiality=case.meeting.confidentiality,
        length_ms=60_000,
        people=people,
        officers=officers,
    )


def _participant(number: int, code: str, role: Role, channel: Channel, age: int, told: Told) -> Participant:
    return Participant(
        number=number,
        code=code,
        role=role,
        channel=channel,
        age=age,
        segment="anybody",
        chooser=NOBODY_PREFERS_ANYTHING,
        ordinary=NOBODY_PREFERS_ANYTHING,
        produced=dict.fromkeys(DataCategory, 1),
        draws=told,
    )


def _check_met(who: str, given: Answers, steps: list[Step]) -> None:
    met = {step.stage.id for step in steps}
    for name in given:
        if name not in met:
            msg = f'{who} never meets the stage "{name}", for which the case gives an answer'
            raise NotAsSaid(Problem(msg, remedy="Remove it, or mend the case so that the flow leads there."))


def disagreements(case: Case, day: Day) -> list[str]:
    """Where the program says otherwise than the case, a sentence each."""
    if day.expect is None:
        places = [jurisdictions()[code] for code in dict.fromkeys(person.where for person in case.people.values())]
        return _gaps_other_than(day.no_rule_for or dict.fromkeys(day.before or [], list(TESTS)), places, day)
    law = law_of(case, day)
    found = outcomes(case, law)
    wrong: list[str] = []
    for name, expected in expectations(case, day):
        got = verdict(found[name], case.category)
        if got != _first(expected):
            wrong.append(f"{name}: expected {_said(_first(expected))}, but the program says {_said(got)}")
        else:
            wrong.extend(f"{name}: {beside}" for beside in _beside_the_point(name, expected, case, law))
    return wrong


def expectations(case: Case, day: Day) -> Iterator[tuple[str, Expected]]:
    """Everybody's name with what the case expects of them; one by one wins over `everybody`."""
    expect = day.expect or {}
    for name in case.people:
        if name in expect or EVERYBODY in expect:
            yield name, expect[name if name in expect else EVERYBODY]


def verdict(outcome: Outcome, category: DataCategory) -> tuple[str, str | None]:
    """The cause (eligible for what is kept) and the id of the rule that decided, if any."""
    cause = outcome.cause[category]
    return ELIGIBLE if cause is Cause.KEPT else cause.value, outcome.rule.get(category)


def _first(expected: Expected) -> tuple[str, str | None]:
    if expected.void is not None:
        return answers_test(rules()[expected.void[0]][1]).value, expected.void[0]
    if expected.mixed is not None:
        return Cause.MIXED.value, expected.mixed
    return expected.word or ELIGIBLE, None


def _said(found: tuple[str, str | None]) -> str:
    return found[0] if found[1] is None else f"{found[0]}, void by {found[1]}"


def _gaps_other_than(wanted: Mapping[str, list[VoidTest]], places: Iterable[Jurisdiction], day: Day) -> list[str]:
    told = {f"{code} has no rule for the test {test.value} on {day.date}" for code in wanted for test in wanted[code]}
    got = {
        f"{place.code} has no rule for the test {test.value} on {day.date}"
        for place in places
        for test in gaps(place, day.date)
    }
    return [
        *(f"expected that {gap}, but it has one" for gap in sorted(told - got)),
        *(f"{gap}, which the case does not say" for gap in sorted(got - told)),
    ]


def _beside_the_point(name: str, expected: Expected, case: Case, law: Law) -> Iterator[str]:
    """The rules that a case names although its outcome does not turn on them."""
    peeled = law
    for rule, following in zip(expected.void or [], (expected.void or [])[1:], strict=False):
        peeled = saying(Verdict.STANDS, rule, peeled)
        got = verdict(outcomes(case, peeled)[name], case.category)
        if got[1] != following:
            yield f"if {rule} let it stand, expected it void by {following}, but the program says {_said(got)}"
    for rule in expected.stands or []:
        got = verdict(outcomes(case, saying(Verdict.VOID, rule, law))[name], case.category)
        if got[1] != rule:
            yield f"{rule} does not matter here: if it voided, the program would still say {_said(got)}"


def saying(verdict: Verdict, rule_id: str, law: Law) -> Law:
    """The law with another verdict in one of its rules; a voiding one as strict as it can be.

    A sector rule that lets something stand is one that is not there.
    """
    void = verdict is Verdict.VOID
    code, _ = rules()[rule_id]
    if code is None:
        assert not void, f"{rule_id} is a sector rule, which voids what it reaches"
        return replace(law, overlays=tuple(overlay for overlay in law.overlays if overlay.id != rule_id))
    if code not in law.jurisdictions:
        return law
    place = law.jurisdictions[code]
    changed = [
        rule.model_copy(
            update={
                "verdict": verdict,
                "notice": verdict if void and rule.test is VoidTest.RECORDING else None,
                "age": (rule.age or 21) if rule.test is VoidTest.MINOR else None,
            }
        )
        if rule.id == rule_id
        else rule
        for rule in place.rules
    ]
    return replace(law, jurisdictions={**law.jurisdictions, code: place.model_copy(update={"rules": changed})})
