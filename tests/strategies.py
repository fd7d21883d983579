"""Hypothesis strategies for flows and scenarios that pass the loader's checks, and what they are put together from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TypeAlias

from hypothesis import strategies as st

from simulator.scenario.flow import Flow
from simulator.scenario.flow_checks import MUST_BE_PLACED, problems
from simulator.scenario.parameters import Parameters
from simulator.scenario.sourced import Sourced
from simulator.scenario.vocabulary import (
    Actor,
    At,
    Channel,
    Confidentiality,
    DataCategory,
    Default,
    Effect,
    Purpose,
    Reading,
    Refusal,
    Role,
    WorksCouncil,
)

Part: TypeAlias = dict[str, object]

CODES = ("EU", "DE", "UK", "US-CA", "US-IL", "US-1P", "IN", "JP")
DATES = (date(2023, 8, 8), date(2026, 7, 1))
OFFICERS = (Actor.PROVIDER, Actor.ACCOUNT_OWNER, Actor.ADMIN, Actor.HOST, Actor.BOT_OWNER)

_WORDS = st.sampled_from((0, 0, 3, 60)).map(lambda count: " ".join(["word"] * count))
_OTHER_EFFECTS = (Effect.DENY, Effect.DENY, Effect.DEFER, Effect.LEAVE, Effect.NONE)
_PAIRS = tuple((category.value, purpose.value) for category in DataCategory for purpose in Purpose)


def written(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """Pairs of category and purpose as a file writes them."""
    found: dict[str, list[str]] = {}
    for category, purpose in pairs:
        found.setdefault(category, []).append(purpose)
    return found


def _some(draw: st.DrawFn, one_in: int) -> bool:
    return draw(st.integers(1, one_in)) == one_in


def _grants(draw: st.DrawFn) -> dict[str, list[str]]:
    # Mostly for one purpose, as most flows ask; a few categories each.
    purposes = draw(st.sampled_from((("training_first_party",), ("training_first_party", "service"), tuple(Purpose))))
    few = [pair for pair in _PAIRS if pair[1] in purposes]
    return written(draw(st.lists(st.sampled_from(few), min_size=1, max_size=4, unique=True)))


def _clicks(draw: st.DrawFn) -> int | None:
    return draw(st.sampled_from((0, 1, 1, 2, 5, None)))


def _option(draw: st.DrawFn, name: str, effect: Effect, toggles: list[Part]) -> Part:
    part: Part = {
        "id": name,
        "label": name,
        "effect": effect,
        "clicks": _clicks(draw),
        "prominence": draw(st.sampled_from((1.0, 0.5, 0.0))),
        "urged": draw(st.booleans()),
    }
    if effect is not Effect.GRANT:
        return part | ({"toggles": "all_off"} if toggles and _some(draw, 2) else {})
    setting = draw(st.sampled_from(("as_set", "as_set", "all_on", "all_off", None))) if toggles else None
    switches_on = setting in ("as_set", "all_on")
    if not switches_on or _some(draw, 3):
        # Now and then what a toggle grants as well.
        part["grants"] = toggles[0]["grants"] if switches_on and _some(draw, 2) else _grants(draw)
    return part | ({"toggles": setting} if setting else {})


def _toggles(draw: st.DrawFn) -> list[Part]:
    pairs = draw(st.lists(st.sampled_from(_PAIRS), min_size=1, max_size=6, unique=True))
    cut = draw(st.integers(1, len(pairs)))
    parts = [part for part in (pairs[:cut], pairs[cut:]) if part]
    return [
        {"id": f"t{n}", "label": f"t{n}", "grants": written(part), "default": draw(st.sampled_from(("on", "off")))}
        for n, part in enumerate(parts)
    ]


def _options(draw: st.DrawFn, toggles: list[Part], *, grants: bool) -> list[Part]:
    effects = [Effect.GRANT] * draw(st.integers(1, 2)) if grants else []
    others = st.lists(st.sampled_from(_OTHER_EFFECTS), min_size=0 if grants else 1, max_size=3)
    effects += draw(others)
    if set(effects) == {Effect.LEAVE}:  # somebody must be able to go on
        effects.append(Effect.DENY)
    effects = draw(st.permutations(effects))
    options = [_option(draw, f"o{number}", effect, toggles) for number, effect in enumerate(effects)]
    as_set = [option for option in options if option.get("toggles") == "as_set"]
    for option in as_set[1:]:  # all options that take the toggles as set grant the same besides
        option.pop("grants", None)
        option |= {"grants": as_set[0]["grants"]} if "grants" in as_set[0] else {}
    return options


def _when(draw: st.DrawFn) -> Part:
    if not _some(draw, 4):
        return {}
    kinds: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("channels", tuple(Channel)),
        ("jurisdictions", CODES),
        ("outside", CODES),
        ("roles", tuple(Role)),
        ("least_age", ()),
        ("confidentiality", tuple(Confidentiality)),
    )
    kind, words = draw(st.sampled_from(kinds))
    if kind == "least_age":
        return {kind: draw(st.sampled_from((13, 18, 40)))}
    return {kind: draw(st.lists(st.sampled_from(words), min_size=1, max_size=3, unique=True))}


def _stage(draw: st.DrawFn, name: str, actor: Actor) -> Part:
    grants = not _some(draw, 4)
    toggles = _toggles(draw) if grants and _some(draw, 3) else []
    options = _options(draw, toggles, grants=grants)
    if toggles and not any(option.get("toggles") in ("as_set", "all_on") for option in options):
        toggles = []
        options = [{key: value for key, value in option.items() if key != "toggles"} for option in options]
    affects = "self" if actor is Actor.PARTICIPANT else "meeting"
    blocking = not _some(draw, 3)
    return {
        "id": name,
        "actor": actor,
        **({"affects": affects} if _some(draw, 3) else {}),
        "at": draw(st.sampled_from((At.JOIN, At.JOIN, At.IN_MEETING, At.ACCOUNT))),
        "text": draw(_WORDS),
        "default": draw(st.sampled_from(tuple(Default) if grants else (Default.OFF, Default.NONE))),
        "blocking": blocking,
        **({} if blocking else {"prominence": draw(st.sampled_from((1.0, 0.5, 0.0)))}),
        "options": options,
        "toggles": toggles,
        "negated": _some(draw, 4),
        "when": _when(draw),
        "shows": draw(st.sampled_from((1, 1, 2, 3))),
        "remember": draw(st.sampled_from((None, None, 2, 10))),
    }


def _branch(draw: st.DrawFn, stages: list[Part]) -> None:
    """Give some options a `next` that the loader allows."""
    for place, stage in enumerate(stages):
        binds = stage["actor"] is not Actor.PARTICIPANT
        allowed = ["done"]
        for target, other in enumerate(stages):
            back_to_officers = not binds and other["actor"] is not Actor.PARTICIPANT
            again = isinstance(other["shows"], int) and other["shows"] > 1 and not back_to_officers
            if target > place or again:
                allowed.append(str(other["id"]))
        options = stage["options"]
        assert isinstance(options, list)
        for option in options:
            if option["effect"] is not Effect.LEAVE and _some(draw, 4):
                option["next"] = draw(st.sampled_from(allowed))


def _capture(draw: st.DrawFn) -> Part:
    places = {category: draw(st.sampled_from(("mixed", "separable", "separable"))) for category in DataCategory}
    free = [category for category in DataCategory if category not in MUST_BE_PLACED]
    unsaid = {category for category in free if _some(draw, 2)}
    return {
        "mixed": [category for category, place in places.items() if place == "mixed"],
        "separable": [
            category for category, place in places.items() if place == "separable" and category not in unsaid
        ],
        "voiceprint": _some(draw, 3),
    }


def _withdrawal(draw: st.DrawFn) -> Part:
    actor = draw(st.sampled_from((None, Actor.PARTICIPANT, Actor.PARTICIPANT, Actor.HOST, Actor.ADMIN)))
    if actor is None:
        return {"actor": None}
    return {"actor": actor, "clicks": _clicks(draw), "retroactive": draw(st.sampled_from((True, True, False, None)))}


def _let_people_stay(stages: Sequence[Part]) -> None:
    """Where a refusal means leaving, nothing comes after one, and each stage has another answer."""
    for stage in stages:
        options = stage["options"]
        assert isinstance(options, list)
        if stage["actor"] != Actor.PARTICIPANT:
            continue
        for option in options:
            if option["effect"] == Effect.DENY:
                option.pop("next", None)
        if all(option["effect"] in (Effect.DENY, Effect.LEAVE) for option in options):
            options.append({"id": "on", "label": "Go on", "effect": Effect.NONE, "clicks": 1})


@st.composite
def flows(
    draw: st.DrawFn,
    *,
    name: str = "made",
    refusals: Sequence[Refusal] = tuple(Refusal),
    officers: bool = True,
    most_stages: int = 3,
) -> Flow:
    """Flows that pass the loader's checks.

    Args:
        draw: Given by Hypothesis.
        name: Id of the flow.
        refusals: Refusal semantics to choose from.
        officers: Whether anybody but participants may settle a stage.
        most_stages: Most stages of officers, and most of participants.
    """
    # Mostly without officers: where they refuse, nobody else is asked.
    binding = draw(st.sampled_from((0, 0, *range(most_stages + 1)))) if officers else 0
    asking = draw(st.sampled_from((*range(0 if binding else 1, most_stages + 1), 1)))
    stages = []
    for number in range(binding):
        actor = draw(st.sampled_from(OFFICERS))
        stages.append(_stage(draw, f"b{number}", actor))
    for number in range(asking):
        stages.append(_stage(draw, f"s{number}", Actor.PARTICIPANT))
    _branch(draw, stages)
    refusal = draw(st.sampled_from(list(refusals)))
    if refusal is Refusal.LEAVE:
        _let_people_stay(stages)
    whole: Part = {
        "schema_version": 1,
        "id": name,
        "title": "Made",
        "question": "What comes of it?",
        "sources": [{"known": "assumption", "supports": "everything"}],
        "assumes": {"clicks": 2, "withdrawal_clicks": 3, "retroactive": True},
        "stages": stages,
        "refusal": refusal,
        "capture": _capture(draw),
        "withdrawal": _withdrawal(draw),
    }
    flow = Flow.model_validate(whole)
    if problems(flow):  # a branch that goes nowhere; without branches every way leads to the end
        for stage in stages:
            options = stage["options"]
            assert isinstance(options, list)
            for option in options:
                option.pop("next", None)
        flow = Flow.model_validate(whole)
    assert problems(flow) == []
    return flow


def scenario_changes() -> st.SearchStrategy[dict[str, object]]:
    """What may differ between scenarios besides flows, people and meetings: fields of `Scenario` to replace."""
    answers = st.sampled_from((Effect.GRANT, Effect.DENY))
    settled = st.dictionaries(st.sampled_from(tuple(Actor)), answers, max_size=2)
    return st.fixed_dictionaries(
        {
            "date": st.sampled_from(DATES),
            "reading": st.sampled_from((None, *Reading)),
            "purpose": st.sampled_from((Purpose.TRAINING_FIRST_PARTY,) * 4 + tuple(Purpose)),  # most flows ask for it
            "category": st.sampled_from((DataCategory.AUDIO, DataCategory.VIDEO, DataCategory.CHAT)),
            "company_veto": st.booleans(),
            "works_council": st.sampled_from(tuple(WorksCouncil)),
            "settled": st.one_of(st.just({}), settled),
        }
    )


@st.composite
def coefficient_values(draw: st.DrawFn, central: Parameters) -> dict[str, float]:
    """Values of some coefficients, each at an end of its range or 0; the others stay central."""
    values: dict[str, tuple[float, ...]] = {
        name: (*field.range, 0.0) for name, field in central if isinstance(field, Sourced)
    }
    values["words_per_minute"] = central.words_per_minute.range  # nobody reads at no speed
    names = draw(st.lists(st.sampled_from(sorted(values)), max_size=8, unique=True))
    return {name: draw(st.sampled_from(values[name])) for name in names}
