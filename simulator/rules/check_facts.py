"""What several design checks ask of a flow, and how they put grants, clicks and people into words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from simulator.rules.findings import Definition, Level, Loc
from simulator.rules.paths import Way, fewest
from simulator.scenario.flow import Flow, Stage
from simulator.scenario.grants import CATEGORIES, PURPOSES, Grants
from simulator.scenario.stage_facts import asked
from simulator.scenario.vocabulary import TRAINING, Actor, DataCategory, Purpose

Placed = tuple[Loc, Stage]
"""A stage with its place in the file."""

_CONTENT = frozenset(DataCategory) - {DataCategory.TELEMETRY}


def stages(flow: Flow) -> list[Placed]:
    """All stages with their places."""
    return [(("stages", number), stage) for number, stage in enumerate(flow.stages)]


def own_stages(flow: Flow) -> list[Placed]:
    """The stages that participants meet and answer themselves."""
    return [(loc, stage) for loc, stage in stages(flow) if stage.actor is Actor.PARTICIPANT]


def stages_of_others(flow: Flow) -> list[Placed]:
    """The stages by which somebody else answers for everybody in the meeting."""
    return [(loc, stage) for loc, stage in stages(flow) if stage.actor is not Actor.PARTICIPANT]


def asked_at(placed: Iterable[Placed]) -> Grants:
    """All that these stages ask for."""
    return frozenset().union(*(asked(stage) for _, stage in placed))


def beyond_service(grants: Iterable[tuple[DataCategory, Purpose]]) -> Grants:
    """The grants for a use beyond the service itself."""
    return frozenset(grant for grant in grants if grant[1] is not Purpose.SERVICE)


def for_training(grants: Iterable[tuple[DataCategory, Purpose]]) -> Grants:
    """The grants for training."""
    return frozenset(grant for grant in grants if grant[1] in TRAINING)


def level(definition: Definition, grants: Grants) -> Level:
    """The level of a check, milder where only the service itself is at stake."""
    return definition.level if beyond_service(grants) else definition.level.milder


def place_of(ways: Sequence[Way], loc: Loc) -> Loc:
    """Where the way of fewest clicks stands: its option, or the stage."""
    way = fewest(ways)
    return loc if way is None or way.option is None else (*loc, "options", way.option, "clicks")


def number_of_clicks(clicks: int) -> str:
    """Such as `1 click`."""
    return "no click" if clicks == 0 else f"{clicks} click{'' if clicks == 1 else 's'}"


def clicks_of(ways: Sequence[Way]) -> str:
    """The fewest clicks of some ways, of which at least one is counted."""
    way = fewest(ways)
    assert way is not None, "nothing is said of clicks that nobody counted"
    assert way.clicks is not None, "only counted ways are compared"
    return number_of_clicks(way.clicks)


def listed(grants: Grants) -> str:
    """Grants in words: data categories with the purposes they share."""
    by_purposes: dict[str, list[DataCategory]] = {}
    for category in CATEGORIES:
        purposes = ", ".join(purpose.value for purpose in PURPOSES if (category, purpose) in grants)
        if purposes:
            by_purposes.setdefault(purposes, []).append(category)
    return "; ".join(f"{_categories(found)} for {purposes}" for purposes, found in by_purposes.items())


def _categories(found: Sequence[DataCategory]) -> str:
    if set(found) == set(DataCategory):
        return "all data"
    names = ["all content"] if set(found) >= _CONTENT else []
    return ", ".join(names + [category.value for category in found if not names or category not in _CONTENT])


def purposes_of(grants: Grants) -> str:
    """The purposes of some grants."""
    return ", ".join(purpose.value for purpose in PURPOSES if any(granted is purpose for _, granted in grants))


def who(actor: Actor) -> str:
    """An actor as the subject of a sentence."""
    return f"the {actor.value.replace('_', ' ')}"
