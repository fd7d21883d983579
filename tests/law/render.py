"""The page docs/reference/law-cases.md, written from the cases: `.venv/bin/python -m tests.law.render`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from simulator.rules.ledger import EXPLAINED, Cause
from simulator.scenario.flow import Flow, Stage
from simulator.scenario.jurisdiction import RuleId
from simulator.scenario.vocabulary import Confidentiality, DataCategory, Purpose, Role, Sector, WorksCouncil
from tests.law.cases import (
    ELIGIBLE,
    FOLDER,
    MISSED,
    Answer,
    Answers,
    Case,
    Day,
    Expected,
    Person,
    case_files,
    flow,
    jurisdictions,
    rules,
)
from tests.law.cases import test_of as answers_test
from tests.law.trial import expectations

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "law-cases.md"

INTRODUCTION = """\
# Cases of law

Meetings, what their people did, and what the rules in `scenarios/jurisdictions` and `scenarios/overlays` make of their
data. Every case is a test: the program must decide it so. The page is written from `tests/law/*.yaml`; to change it,
change a case there (`tests/law/README.md` says how) and run `.venv/bin/python -m tests.law.render`.

The rules simplify the law so that a program can apply them, and are not legal advice. They are asked one question: may
what this person contributed to a meeting be used to train the provider's own models?

- **eligible** means that it may. A rule named with it is one that the outcome turns on: if it voided such consents,
  this one would be void.
- **void** means recorded as agreed, and without effect, by the first rule named. The rules after it would each void it
  if those before them did not.
- The **strict** reading takes what the law leaves open for void, the **lenient** one lets it stand.
- Places have the codes of their files: US-1P stands for the American states in which one party may record, US-FED for
  federal law alone, EU for a member state without a file of its own.
- Unless a case says otherwise, people are adults and colleagues of equal standing in an internal meeting, join from a
  desktop, and the question is about their audio.
"""


def page() -> str:
    """The whole page."""
    parts = [INTRODUCTION, "## Contents\n", _contents(), "## Flows made up for these cases\n", _flows()]
    for name, file in case_files().items():
        parts.append(f"## {_heading(name)}\n")
        parts.append(f"{file.about.strip()}\n")
        parts.extend(_case(case) for case in file.cases)
    return "\n".join(parts)


def _heading(name: str) -> str:
    return name.split("_", 1)[1].replace("_", " ").capitalize().replace("american", "American")


def _contents() -> str:
    return _table(
        ("section", "cases", "decisions"),
        [
            (
                f"[{_heading(name)}](#{_heading(name).lower().replace(' ', '-')})",
                str(len(file.cases)),
                str(sum(len(case.days) for case in file.cases)),
            )
            for name, file in case_files().items()
        ],
    )


def _flows() -> str:
    own = [flow(path.stem) for path in sorted((FOLDER / "flows").glob("*.yaml"))]
    rows = [(f"`{made.id}`", made.title, " ".join(_asked(stage) for stage in made.stages)) for made in own]
    return f"All others are built in; `joinlab flows show` prints them.\n\n{_table(('flow', 'is', 'stages'), rows)}"


def _asked(stage: Stage) -> str:
    options = " / ".join(f"*{option.label}*" for option in stage.options)
    text = f"“{stage.text}” " if stage.text else ""
    return f"The {_spaced(stage.actor)}: {text}{options}."


def _case(case: Case) -> str:
    facts = "\n".join(f"- {fact}" for fact in _facts(case))
    rows = [row for day in case.days for row in _rows(case, day)]
    parts = [f"### {case.name}\n", f"{case.because.strip()}\n", f"{facts}\n"]
    parts.append(_table(("day", "reading", "who", "outcome"), rows))
    if case.program_differs is not None:
        parts.append(f"**The program differs.** {case.program_differs.strip()}\n")
    return "\n".join(parts)


def _facts(case: Case) -> Iterator[str]:
    of = flow(case.flow)
    about = [f"Flow `{of.id}` ({of.title})"]
    if case.meeting.confidentiality is not Confidentiality.INTERNAL:
        about.append(f"a meeting of the class {_spaced(case.meeting.confidentiality)}")
    if case.meeting.sector is not Sector.WORK:
        about.append(f"in the sector {_spaced(case.meeting.sector)}")
    if case.category is not DataCategory.AUDIO:
        about.append(f"about {_spaced(case.category)}")
    if case.purpose is not Purpose.TRAINING_FIRST_PARTY:
        about.append(f"for {_spaced(case.purpose)}")
    yield f"{'; '.join(about)}."
    for actor, given in case.officers.items():
        yield f"The {_spaced(actor)}: {_deeds(given, of)}."
    for actor, effect in case.settled.items():
        yield f"The {_spaced(actor)}'s answer is taken as given: {effect.value}."
    if any(option.effect == "deny" for stage in of.stages for option in stage.options) and of.refusal == "ask_host":
        yield f"Asked to stop it, the host {case.meeting.host}."
    alike: dict[str, list[str]] = {}
    for name, person in case.people.items():
        alike.setdefault(_did(person, of), []).append(f"{name} ({_who(person)})")
    for deed, people in alike.items():
        yield f"{', '.join(people)}: {deed}."


def _who(person: Person) -> str:
    told = [] if person.role is Role.PEER else [_spaced(person.role)]
    told.append(person.where)
    if person.age != 40:
        told.append(f"{person.age} years old")
    if person.channel.value != "desktop":
        told.append(f"by {_spaced(person.channel)}")
    return ", ".join(told)


def _did(person: Person, of: Flow) -> str:
    deed = _deeds(person.did, of) if person.did else "nothing"
    return deed if person.then is None else f"{deed}; then {person.then}"


def _deeds(given: Answers, of: Flow) -> str:
    stages = {stage.id: stage for stage in of.stages}
    return ", then ".join(_deed(stages[name], answer) for name, answer in given.items())


def _deed(stage: Stage, answer: Answer) -> str:
    if answer.option == MISSED:
        return "overlooks it"
    label = next(option.label for option in stage.options if option.id == answer.option)
    names = {toggle.id: toggle.label for toggle in stage.toggles}
    switched = "".join(f", having put “{names[toggle]}” {to}" for toggle, to in answer.toggles.items())
    return f"*{label}*{switched}"


def _rows(case: Case, day: Day) -> Iterator[tuple[str, ...]]:
    council = "" if day.works_council is WorksCouncil.NONE else f", works council {_spaced(day.works_council)}"
    reading = day.reading.value + (", company veto" if day.company_veto else "") + council
    for code in day.before or []:
        yield str(day.date), reading, code, f"not decided: the file begins on {jurisdictions()[code].since}"
    if day.no_rule_for is not None:
        for code, tests in day.no_rule_for.items():
            lacking = ", ".join(f"`{test}`" for test in tests)
            yield str(day.date), reading, code, f"not decided: no rule for {lacking}"
    alike: dict[str, list[str]] = {}
    for name, expected in expectations(case, day):
        alike.setdefault(_outcome(expected), []).append(name)
    for outcome, names in alike.items():
        yield str(day.date), reading, "everybody" if len(names) == len(case.people) else ", ".join(names), outcome


def _outcome(expected: Expected) -> str:
    if expected.word is not None:
        return expected.word if expected.word == ELIGIBLE else _explained(Cause(expected.word))
    if expected.stands is not None:
        return f"eligible: {_cited(expected.stands)}"
    if expected.mixed is not None:
        return f"**void**, {EXPLAINED[Cause.MIXED]}: {_cited([expected.mixed])}"
    void = expected.void or []
    test = answers_test(rules()[void[0]][1])
    return f"**void**, {EXPLAINED[Cause(test.value)]}: {_cited(void)}"


def _explained(cause: Cause) -> str:
    return f"{_spaced(cause)}: {EXPLAINED[cause]}"


def _cited(rule_ids: Iterable[RuleId]) -> str:
    return "; ".join(f"`{rule_id}` ({rules()[rule_id][1].citation})" for rule_id in rule_ids)


def _spaced(word: str) -> str:
    return str(word).replace("_", " ")


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |\n" for line in lines)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
