"""The law decides cases as a lawyer would: one meeting after the other, from files that a lawyer can read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from simulator.scenario.jurisdiction import Dated, Rule
from simulator.scenario.overlay import Overlay
from simulator.scenario.vocabulary import Reading, Verdict, VoidTest
from tests.law.cases import WORDS, Case, Day, Expected, Person, jurisdictions, overlays, rules, runs
from tests.law.cases import test_of as answers_test
from tests.law.render import PAGE, page
from tests.law.trial import disagreements, expectations

ONE_DAY = timedelta(days=1)


def _parameters() -> list[object]:
    return [
        pytest.param(
            case,
            day,
            id=f"{file}: {case.name} ({day.date}, {day.reading.value})",
            marks=[]
            if case.program_differs is None
            else pytest.mark.xfail(raises=AssertionError, reason=case.program_differs),
        )
        for file, case, day in runs()
    ]


@pytest.mark.parametrize(("case", "day"), _parameters())
def test_the_program_decides_the_case_as_the_file_says(case: Case, day: Day) -> None:
    assert disagreements(case, day) == []


def _expected() -> Iterator[tuple[Case, Day, Person, Expected]]:
    """What is expected of each person on each day of each case that the program agrees with."""
    for _, case, day in runs():
        if case.program_differs is None:
            for name, expected in expectations(case, day):
                yield case, day, case.people[name], expected


def _named() -> Iterator[tuple[Day, Rule | Overlay]]:
    """Every rule that a case turns on, with the day."""
    for _, day, _, expected in _expected():
        for rule_id in expected.rules:
            yield day, rules()[rule_id][1]


def test_every_jurisdiction_has_a_case_that_turns_on_one_of_its_rules() -> None:
    named = {rules()[rule.id][0] for _, rule in _named()}
    assert sorted(jurisdictions().keys() - named) == []


def test_every_void_test_and_every_sector_rule_decides_a_case() -> None:
    first = {expected.void[0] for _, _, _, expected in _expected() if expected.void}
    assert {answers_test(rules()[rule_id][1]) for rule_id in first} == set(VoidTest)
    assert {overlay.id for overlay in overlays().overlays} <= first


def test_every_way_to_lose_data_before_law_is_asked_has_a_case() -> None:
    assert {expected.word for _, _, _, expected in _expected()} >= set(WORDS)


def test_every_test_that_is_unsettled_somewhere_has_a_case_that_the_two_readings_decide_differently() -> None:
    readings: dict[tuple[str, str, VoidTest], set[tuple[Reading, bool]]] = {}
    for case, day, person, expected in _expected():
        for rule_id in expected.rules[:1] if expected.void else expected.rules:
            test = answers_test(rules()[rule_id][1])
            readings.setdefault((case.name, f"{person} {day.date}", test), set()).add(
                (day.reading, bool(expected.void))
            )
    both = {(Reading.STRICT, True), (Reading.LENIENT, False)}
    decided = {test for (_, _, test), found in readings.items() if found >= both}
    unsettled = {rule.test for place in jurisdictions().values() for rule in place.rules if _open(rule)}
    assert unsettled - decided == set()


def _open(rule: Rule) -> bool:
    return rule.verdict is Verdict.UNSETTLED


def test_every_age_has_a_case_on_each_side_of_it() -> None:
    too_young = {(rule_id, person.age) for _, _, person, expected in _expected() for rule_id in expected.void or []}
    old_enough = {
        (person.where, day.date, person.age)
        for _, day, person, expected in _expected()
        if expected.void is None or answers_test(rules()[expected.void[0]][1]) is not VoidTest.MINOR
    }
    missing = [
        rule.id
        for code, place in jurisdictions().items()
        for rule in place.rules
        if rule.test is VoidTest.MINOR
        and rule.age
        and not (
            (rule.id, rule.age - 1) in too_young
            and any(where == code and age == rule.age and rule.in_force(day) for where, day, age in old_enough)
        )
    ]
    assert missing == []


def _sides(rule: Dated) -> Iterator[date]:
    """The last day before and the first day of everything that the dates of a rule begin or end."""
    if rule.valid_from:
        yield from (rule.valid_from - ONE_DAY, rule.valid_from)
    if rule.valid_to:
        yield from (rule.valid_to, rule.valid_to + ONE_DAY)


def test_every_date_in_the_law_has_a_case_on_its_first_day_and_one_on_the_last_day_before() -> None:
    tried = {(rules()[rule.id][0], answers_test(rule), day.date) for day, rule in _named()}
    # Where a file has gaps nothing can be decided; that the program says which stands in for a case.
    tried |= {(code, test, day) for code, day in _undecided() for test in VoidTest}
    needed = {
        (code, rule.test, day): rule.id
        for code, place in jurisdictions().items()
        for rule in place.rules
        for day in _sides(rule)
    }
    missing = [f"{code} {test} {day} ({needed[code, test, day]})" for code, test, day in needed.keys() - tried]
    assert sorted(missing) == []


def _undecided() -> set[tuple[str, date]]:
    """Places and days of which a case says that the program refuses them."""
    return {(code, day.date) for _, _, day in runs() for code in (*(day.no_rule_for or {}), *(day.before or []))}


def test_every_file_of_rules_has_a_case_on_the_day_on_which_it_begins_and_one_on_the_day_before() -> None:
    before = {(code, day.date) for _, _, day in runs() for code in day.before or []}
    later = {(code, day.date) for _, _, day in runs() for code in day.no_rule_for or {}}
    later |= {(person.where, day.date) for _, day, person, _ in _expected()}
    places = jurisdictions().items()
    missing = [
        f"{code} {place.since - ONE_DAY}" for code, place in places if (code, place.since - ONE_DAY) not in before
    ]
    missing += [f"{code} {place.since}" for code, place in places if (code, place.since) not in later]
    assert missing == []


def _reached(overlay: Overlay, case: Case, person: Person) -> bool:
    host = next(iter(case.people.values()))
    return overlay.reaches.meeting(
        case.meeting.confidentiality, case.meeting.sector, host.where
    ) and overlay.reaches.person(person.where, person.role, person.age)


def test_every_date_of_a_sector_rule_has_a_case_on_each_side_of_it() -> None:
    """Inside its dates the rule is named, and outside of them it does not decide about people whom it would reach."""
    found = {
        (overlay.id, day.date, overlay.id in expected.rules)
        for case, day, person, expected in _expected()
        for overlay in overlays().overlays
        if _reached(overlay, case, person)
    }
    needed = {(rule.id, day, rule.in_force(day)) for rule in overlays().overlays for day in _sides(rule)}
    assert len(needed) >= 6
    assert sorted(needed - found) == []


def test_the_page_is_what_the_cases_give() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: .venv/bin/python -m tests.law.render"
