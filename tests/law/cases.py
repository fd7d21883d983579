"""Cases of law as files: a meeting, what its people did, and what becomes of somebody's data under the law of a day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from simulator.errors import did_you_mean
from simulator.rules.ledger import ROW_OF, Cause
from simulator.scenario import library
from simulator.scenario.flow import Flow
from simulator.scenario.jurisdiction import Code, Jurisdiction, Rule, RuleId
from simulator.scenario.load import load_model
from simulator.scenario.overlay import Overlay, Overlays
from simulator.scenario.sourced import Id, Model
from simulator.scenario.vocabulary import (
    Actor,
    Channel,
    Confidentiality,
    DataCategory,
    Effect,
    Purpose,
    Reading,
    Role,
    Row,
    Sector,
    VoidTest,
    WorksCouncil,
)
from simulator.scenario.yaml_file import Fault, Loc, shown

FOLDER = Path(__file__).resolve().parent
EVERYBODY = "everybody"
MISSED = "missed"
PARTICIPANTS = (Actor.PARTICIPANT, Actor.HOST)
"""Who answers as a person of the meeting; all others are officers."""

ELIGIBLE = "eligible"
WORDS = (ELIGIBLE, *(cause.value for cause in Cause if ROW_OF[cause] not in (Row.VOID, Row.KEPT)))
"""What can become of data without any rule of law: eligible, or a cause of the ledger."""


def _put(key: str, kind: type, value: object) -> object:
    """A value written in short, under the key that it stands for."""
    return {key: value} if isinstance(value, kind) else value


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _date(value: object) -> object:
    """The date that a text means; the validator of the whole case has taken away that it came from a file."""
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        msg = f"{shown(value)} is not a date such as 2023-08-07"
        raise ValueError(msg) from None


Rules = Annotated[list[RuleId], BeforeValidator(_listed), Field(min_length=1)]


class Expected(Model):
    """What becomes of one person's data: a word of the ledger, or what named rules of law make of it."""

    word: str | None = None
    void: Rules | None = None
    """Claimed and void: by the first of these rules, and were it not there by the next, and so on."""
    mixed: RuleId | None = None
    """Claimed and void, as recorded together with somebody whose consent is void by this rule."""
    stands: Rules | None = None
    """Eligible, but were any one of these rules to say `void`, it would be void by that rule."""

    @model_validator(mode="after")
    def _one(self) -> Expected:
        if sum(given is not None for given in (self.word, self.void, self.mixed, self.stands)) != 1:
            msg = "expected a word such as eligible, or one of void, mixed and stands with rules"
            raise ValueError(msg)
        return self

    @property
    def rules(self) -> list[RuleId]:
        """The rules named, in the order of the file."""
        return self.void or self.stands or ([self.mixed] if self.mixed else [])


class Answer(Model):
    """What somebody did at a stage: an option's id (or `missed`), and toggles that they set otherwise than found."""

    option: str
    toggles: dict[Id, Literal["on", "off"]] = Field(default_factory=dict)


Answers = dict[Id, Annotated[Answer, BeforeValidator(partial(_put, "option", str))]]


class Person(Model):
    """Somebody in the meeting."""

    where: Code
    age: int = Field(default=40, ge=0, le=120)
    role: Role = Role.PEER
    channel: Channel = Channel.DESKTOP
    did: Annotated[Answers, BeforeValidator(lambda value: {} if value == "nothing" else value)]
    """What they did, by stage; `nothing` where they met no stage or missed each one."""
    then: Literal["withdraws", "leaves"] | None = None
    """Afterwards: takes everything back; or leaves, overruled by the host."""


class Room(Model):
    """What matters of the meeting itself."""

    sector: Sector = Sector.WORK
    confidentiality: Confidentiality = Confidentiality.INTERNAL
    host: Literal["yields", "overrules"] = "overrules"
    """What the host does when asked to switch it off, where a flow lets people ask."""


class Day(Model):
    """The law of one day, and what it makes of the case."""

    date: Annotated[date, BeforeValidator(_date)]
    reading: Reading = Reading.STRICT
    company_veto: bool = False
    works_council: WorksCouncil = WorksCouncil.NONE
    expect: dict[str, Annotated[Expected, BeforeValidator(partial(_put, "word", str))]] | None = None
    """By name; `everybody` for all. People left out are not looked at."""
    no_rule_for: dict[Code, list[VoidTest]] | None = None
    """Instead of an outcome: the tests for which a place has no rule on this day, so that the program refuses."""
    before: Annotated[list[Code], BeforeValidator(_listed)] | None = None
    """Instead of an outcome: the places whose files do not reach back to this day, so that the program refuses."""

    @model_validator(mode="after")
    def _one(self) -> Day:
        if sum(bool(given) for given in (self.expect, self.no_rule_for, self.before)) != 1:
            msg = "a day has one of expect, no_rule_for and before, and it says something"
            raise ValueError(msg)
        return self


class Case(Model):
    """A meeting with one outcome under the law of a day, or with one for each of several days."""

    name: str
    because: str
    """The reasoning, in the law's terms."""
    flow: str
    """A flow of tests/law/flows, or a built-in one."""
    category: DataCategory = DataCategory.AUDIO
    purpose: Purpose = Purpose.TRAINING_FIRST_PARTY
    meeting: Room = Room()
    people: dict[str, Person] = Field(min_length=2)
    """By name; the first is the host."""
    officers: dict[Actor, Answers] = Field(default_factory=dict)
    """Who holds or administers the account, and what they did; without one, the stage's default holds."""
    settled: dict[Actor, Literal[Effect.GRANT, Effect.DENY]] = Field(default_factory=dict)
    """Answers taken as given, as a scenario may."""
    days: list[Day] = Field(min_length=1)
    """May be left out: the keys of the one day then stand in the case itself."""
    program_differs: str | None = None
    """What the program says instead, and why. The test then fails as soon as the program agrees."""

    @model_validator(mode="before")
    @classmethod
    def _one_day(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        own = value.keys() & Day.model_fields.keys()
        if isinstance(value.get("days"), list) and len(value["days"]) == 1:
            msg = "a single day needs no list; expected its keys in the case itself"
            raise ValueError(msg)
        if not own:
            return value
        if "days" in value:
            msg = f"{', '.join(sorted(own))} stands beside days; expected it inside each of them"
            raise ValueError(msg)
        rest = {key: given for key, given in value.items() if key not in own}
        return {**rest, "days": [{key: value[key] for key in own}]}


class CaseFile(Model):
    """Cases that belong together."""

    about: str
    """What they show."""
    cases: list[Case] = Field(min_length=1)


@cache
def jurisdictions() -> Mapping[str, Jurisdiction]:
    """All built-in jurisdictions by code."""
    found = (library.jurisdiction(name) for name in library.builtin("jurisdiction"))
    return {jurisdiction.code: jurisdiction for jurisdiction in found}


@cache
def overlays() -> Overlays:
    """The built-in sector rules."""
    return library.overlays("sectors")


@cache
def rules() -> Mapping[str, tuple[str | None, Rule | Overlay]]:
    """Every rule by id, with the code of its jurisdiction; None for a sector rule."""
    own = {rule.id: (place.code, rule) for place in jurisdictions().values() for rule in place.rules}
    return {**own, **{overlay.id: (None, overlay) for overlay in overlays().overlays}}


def test_of(rule: Rule | Overlay) -> VoidTest:
    """The test that a rule answers."""
    return rule.test if isinstance(rule, Rule) else VoidTest.EXCLUDED


def _flow_files() -> dict[str, Path]:
    return {**library.builtin("flow"), **{path.stem: path for path in sorted((FOLDER / "flows").glob("*.yaml"))}}


@cache
def flow(name: str) -> Flow:
    """The flow of that name, of this folder before the built-in ones."""
    return library.flow(str(_flow_files()[name]))


@cache
def case_files() -> Mapping[str, CaseFile]:
    """All case files of this folder, by the file's name without .yaml."""
    return {path.stem: read(path) for path in sorted(FOLDER.glob("*.yaml"))}


def runs() -> Iterator[tuple[str, Case, Day]]:
    """Every day of every case, with the name of its file."""
    for name, file in case_files().items():
        for case in file.cases:
            for day in case.days:
                yield name, case, day


def read(path: Path) -> CaseFile:
    """The cases of a file.

    Raises:
        ScenarioError: with all problems of the file, each with its line.
    """
    return load_model(path, CaseFile, called="file", checks=problems)


def problems(file: CaseFile) -> Iterator[Fault]:
    """What in a file of cases names something that is not there."""
    seen: set[str] = set()
    for number, case in enumerate(file.cases):
        loc: Loc = ("cases", number)
        if case.name in seen:
            yield Fault((*loc, "name"), f"{shown(case.name)} is the name of an earlier case.", "Give it its own name.")
        seen.add(case.name)
        if case.flow not in _flow_files():
            remedy = did_you_mean(case.flow, list(_flow_files()), called="Flows")
            yield Fault((*loc, "flow"), f"{shown(case.flow)} is not a flow.", remedy)
            continue
        yield from _people(case, loc)
        for actor, given in case.officers.items():
            yield from _answers(given, flow(case.flow), (actor,), (*loc, "officers", actor))
        for index, day in enumerate(case.days):
            yield from _day(day, case, (*loc, "days", index) if len(case.days) > 1 else loc)


def _people(case: Case, loc: Loc) -> Iterator[Fault]:
    for index, (name, person) in enumerate(case.people.items()):
        here = (*loc, "people", name)
        if (index == 0) is not (person.role is Role.HOST):
            yield Fault((*here, "role"), "the first person of a case is the host, and nobody else is.")
        if person.where not in jurisdictions():
            remedy = did_you_mean(person.where, list(jurisdictions()), called="Places")
            yield Fault((*here, "where"), f"{shown(person.where)} has no file of rules.", remedy)
        actors = PARTICIPANTS if person.role is Role.HOST else PARTICIPANTS[:1]
        yield from _answers(person.did, flow(case.flow), actors, (*here, "did"))


def _answers(given: Answers, of: Flow, actors: tuple[Actor, ...], loc: Loc) -> Iterator[Fault]:
    stages = {stage.id: stage for stage in of.stages if stage.actor in actors}
    for name, answer in given.items():
        here = (*loc, name)
        if name not in stages:
            message = f"{shown(name)} is not a stage that they answer in the flow {of.id}."
            yield Fault(here, message, did_you_mean(name, list(stages), called="Stages") if stages else None)
            continue
        stage = stages[name]
        options = [option.id for option in stage.options] + ([] if stage.blocking else [MISSED])
        if answer.option not in options:
            remedy = did_you_mean(answer.option, options, called="Options")
            yield Fault(here, f"{shown(answer.option)} is not an option of the stage {name}.", remedy)
        for toggle in answer.toggles.keys() - {toggle.id for toggle in stage.toggles}:
            yield Fault(here, f"{shown(toggle)} is not a toggle of the stage {name}.")


def _day(day: Day, case: Case, loc: Loc) -> Iterator[Fault]:
    for name, expected in (day.expect or {}).items():
        here = (*loc, "expect", name)
        if name not in (*case.people, EVERYBODY):
            remedy = did_you_mean(name, [*case.people, EVERYBODY], called="Names")
            yield Fault(here, f"{shown(name)} is nobody in this case.", remedy)
        if expected.word is not None and expected.word not in WORDS:
            remedy = did_you_mean(expected.word, WORDS, called="Words")
            yield Fault(here, f"{shown(expected.word)} is no outcome.", remedy)
        yield from _unknown(expected.rules, list(rules()), "rule", here)
    yield from _unknown(day.no_rule_for or {}, list(jurisdictions()), "jurisdiction", (*loc, "no_rule_for"))
    yield from _unknown(day.before or [], list(jurisdictions()), "jurisdiction", (*loc, "before"))


def _unknown(names: Iterable[str], known: list[str], noun: str, loc: Loc) -> Iterator[Fault]:
    for name in names:
        if name not in known:
            place = name.split(".")[0]
            near = [other for other in known if other.split(".")[0] == place] or known
            yield Fault(
                loc, f"{shown(name)} is not a {noun}.", did_you_mean(name, near, called=f"{noun.capitalize()}s")
            )
