"""The built-in people, meetings, parameters and scenarios: complete, sourced, and equal to what their sources say."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache

import pytest
from pydantic import BaseModel

from simulator.scenario import library
from simulator.scenario.load import MODELS, Kind, load_model
from simulator.scenario.meeting_mix import MeetingType
from simulator.scenario.population import Shares
from simulator.scenario.sourced import Model, Source, Sourced
from simulator.scenario.vocabulary import Known

KINDS: tuple[Kind, ...] = ("population", "meetings", "parameters", "scenario")
FILES = [(kind, name) for kind in KINDS for name in library.builtin(kind)]
MIXES = list(library.builtin("meetings"))
SCENARIOS = list(library.builtin("scenario"))


@cache
def content(kind: Kind, name: str) -> Model:
    return load_model(library.builtin(kind)[name], MODELS[kind], called=kind)


def parts(value: object, place: str) -> Iterator[tuple[str, BaseModel]]:
    """All models inside a model, with their dotted places."""
    if isinstance(value, BaseModel):
        yield place, value
        for name in type(value).model_fields:
            yield from parts(getattr(value, name), f"{place}.{name}")
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from parts(inner, f"{place}.{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from parts(inner, f"{place}.{getattr(inner, 'id', number)}")


def at(kind: Kind, name: str, place: str) -> object:
    """What stands at a dotted place of a file; items of lists go by their id."""
    found: object = content(kind, name)
    for step in place.split("."):
        if isinstance(found, list):
            found = next(item for item in found if item.id == step)
        else:
            found = found[step] if isinstance(found, dict) else getattr(found, step)
    return found


@pytest.mark.parametrize(("kind", "name"), FILES)
def test_a_content_file_loads_and_is_named_after_its_id(kind: Kind, name: str) -> None:
    assert at(kind, name, "id") == name


@pytest.mark.parametrize(("kind", "name"), FILES)
def test_every_figure_has_a_source_or_says_in_a_note_why_it_is_assumed(kind: Kind, name: str) -> None:
    figures = [(place, part) for place, part in parts(content(kind, name), name) if isinstance(part, Sourced | Shares)]
    bare = [
        place for place, figure in figures if not (figure.note if figure.known is Known.ASSUMPTION else figure.source)
    ]
    assert bare == []
    assert figures or kind == "scenario"


@pytest.mark.parametrize(("kind", "name"), FILES)
def test_every_source_that_is_no_assumption_can_be_looked_up(kind: Kind, name: str) -> None:
    sources = [part for _, part in parts(content(kind, name), name) if isinstance(part, Source)]
    assert sources
    assert [source.supports for source in sources if source.known is not Known.ASSUMPTION and not named(source)] == []


def named(source: Source) -> bool:
    return bool(source.url or source.citation)


@pytest.mark.parametrize(
    ("kind", "name", "place", "expected"),
    [
        # AMI corpus and QMSum, measured
        ("meetings", "working_week", "rates.words_per_minute.value", 171.8),
        ("meetings", "lectures", "rates.words_per_minute.value", 171.8),
        ("meetings", "working_week", "rates.speech.value", 0.936),
        ("meetings", "working_week", "types.team.length.median.value", 35.6),
        ("meetings", "working_week", "types.stand_up.concentration.range", (3.0, 3.3)),
        ("meetings", "working_week", "types.team.concentration.range", (0.8, 1.2)),
        ("meetings", "working_week", "types.board.concentration.range", (0.3, 0.4)),
        # 16,000 samples a second, 2 bytes each, one channel
        ("meetings", "working_week", "rates.audio_megabytes_per_hour.value", 16_000 * 2 * 3600 / 1e6),
        ("meetings", "lectures", "rates.audio_megabytes_per_hour.value", 16_000 * 2 * 3600 / 1e6),
        # Vyopta, 2023
        ("meetings", "working_week", "types.team.silent.value", 0.072),
        ("meetings", "working_week", "types.stand_up.silent.value", 0.072),
        ("meetings", "working_week", "types.client.silent.value", 0.072),
        ("meetings", "working_week", "rates.camera_on.range", (0.184, 0.325)),
        # Westin and Harris Interactive
        ("population", "office_workers", "segments.fundamentalist.share", 0.26),
        ("population", "office_workers", "segments.pragmatist.share", 0.64),
        ("population", "office_workers", "segments.unconcerned.share", 0.10),
        # Cisco, Hybrid Work Index
        ("population", "office_workers", "channels.of.mobile", 0.27),
        # noyb, 2025, and Cisco, 2023
        ("population", "office_workers", "willing.range", (0.07, 0.54)),
        # Brysbaert, 2019; Card, Moran and Newell, 1980; Radford et al., 2022 (half the error at 16 times the hours)
        ("parameters", "central", "words_per_minute.value", 238.0),
        ("parameters", "central", "click_seconds.value", 1.1),
        ("parameters", "central", "learning_exponent.value", math.log(2) / math.log(16)),
    ],
)
def test_a_sourced_figure_equals_its_source(kind: Kind, name: str, place: str, expected: object) -> None:
    assert at(kind, name, place) == pytest.approx(expected)


@pytest.mark.parametrize("name", SCENARIOS)
def test_everything_that_a_scenario_names_is_built_in(name: str) -> None:
    scenario = library.scenario(name)
    assert scenario.flows
    assert set(scenario.flows) <= set(library.builtin("flow"))
    assert scenario.population in library.builtin("population")
    assert scenario.meetings in library.builtin("meetings")
    assert scenario.parameters in library.builtin("parameters")


@pytest.mark.parametrize("name", SCENARIOS)
def test_whoever_a_scenario_settles_has_a_stage_in_one_of_its_flows(name: str) -> None:
    scenario = library.scenario(name)
    actors = {stage.actor for flow in scenario.flows for stage in library.flow(flow).stages}
    assert set(scenario.settled) <= actors


@pytest.mark.parametrize("name", library.builtin("population"))
def test_the_law_of_every_place_where_people_sit_is_built_in(name: str) -> None:
    codes = {library.jurisdiction(jurisdiction).code for jurisdiction in library.builtin("jurisdiction")}
    assert set(library.population(name).jurisdictions.of) <= codes


@pytest.mark.parametrize("name", MIXES)
def test_a_meeting_type_stays_valid_when_its_ranges_are_swept(name: str) -> None:
    crowded = [
        kind.id
        for kind in library.meetings(name).types
        if kind.subordinates.range[1] + kind.externals.range[1] > 1.0 + 1e-9
    ]
    assert crowded == []


def test_about_as_many_meetings_of_the_week_last_an_hour_or_less_as_are_scheduled_to() -> None:
    types = library.meetings("working_week").types
    total = sum(kind.weight.value for kind in types)
    short = sum(kind.weight.value * _at_most(kind, minutes=60.0) for kind in types) / total
    # Scheduled for an hour or less: 94 % (Flowtrace). The file says that 92 % of this mix are.
    assert short == pytest.approx(0.92, abs=0.005)


def _at_most(kind: MeetingType, *, minutes: float) -> float:
    """Share of a type's meetings that last at most so long, before the cut at its longest."""
    deviations = math.log(minutes / kind.length.median.value) / kind.length.spread.value
    return 1.0 if minutes >= kind.length.most else 0.5 * (1.0 + math.erf(deviations / math.sqrt(2.0)))


def test_a_lecture_is_the_same_in_both_mixes_but_for_its_weight() -> None:
    alone, among = at("meetings", "lectures", "types.lecture"), at("meetings", "working_week", "types.lecture")
    assert isinstance(alone, MeetingType)
    assert isinstance(among, MeetingType)
    assert alone.model_copy(update={"weight": among.weight}) == among
