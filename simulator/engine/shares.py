"""Shares of answers to a design, with choice probabilities carried through its stages instead of choices drawn.

The utilities are the kernel's. Traits are integrated over fixed quasi-random people, so that the shares are a smooth
and repeatable function of the coefficients, as a fit needs. For respondents of studies, who answer alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from simulator.behaviour.choice import fixed_terms
from simulator.compiled import entry, inner
from simulator.engine.kernel_stages import fill_liked, fill_odds, opposite, option_utilities, sigmoid
from simulator.engine.tables import (
    EFFECTS,
    END,
    NOBODY,
    WIDE,
    Coefficients,
    FlowTables,
    compile_coefficients,
    compile_flow,
)
from simulator.population.traits import PEER, PopulationTables, population_tables
from simulator.scenario.evidence import WHOLE
from simulator.scenario.flow import Flow, Option, Stage
from simulator.scenario.grants import CATEGORIES, grants_of
from simulator.scenario.parameters import COEFFICIENTS, Parameters
from simulator.scenario.population import Population
from simulator.scenario.stage_facts import asked, draw_order, untouched
from simulator.scenario.vocabulary import Answer, Default, Effect, Purpose, ToggleSetting

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

PEOPLE = 512
"""Quasi-random people: shares come within about half a point of those of infinitely many."""

_ALL, _SOME, _NONE, _NO_ANSWER, _LEAVE = range(len(WHOLE))
_UNREAD, _SQUARES = len(WHOLE), len(WHOLE) + 1
_GOES_ON, _AS_SET, _AS_SET_AND_MORE = -1, -2, -3
_DEFER = EFFECTS.index(Effect.DEFER)
_NAMES = tuple(COEFFICIENTS)


class People(NamedTuple):
    """Traits of P people who answer alone."""

    attention: Floats
    """(P,) logits."""
    effort: Floats
    """(P,)"""
    stake: Floats
    """(P,) logits."""
    willing: Floats
    """(P, 8) for first-party training, in an internal setting."""


@dataclass(frozen=True)
class Asked:
    """A design compiled once; coefficients can then be changed without compiling it anew."""

    tables: FlowTables
    kinds: Ints
    """(options,) what taking each amounts to: an index into WHOLE, or one of the marks below zero."""
    words: Floats
    """(stages,) attention lost to length for `attention_words` of 1."""
    constants: Floats
    """(options, coefficients) parts of each option's constant, which is linear in the coefficients."""
    silence_grants: bool


@cache
def points(count: int = PEOPLE) -> Floats:
    """Points of the additive recurrence R_d (Roberts 2018) in the open unit cube, shape (count, 13)."""
    dimensions = 5 + len(CATEGORIES)
    root = 2.0
    for _ in range(64):
        root = (1.0 + root) ** (1.0 / (dimensions + 1))
    steps = (1.0 / root) ** np.arange(1, dimensions + 1)
    return np.asarray((0.5 + np.outer(np.arange(1, count + 1), steps)) % 1.0)


def people_at(at: Floats, tables: PopulationTables) -> People:
    """The people whose uniform draws for segment, attention, effort, stake, common and own parts are the columns."""
    from scipy.special import ndtri

    segment = np.minimum(
        np.searchsorted(tables.segment_cumulative, at[:, 0], side="right"), len(tables.segment_base) - 1
    )
    normal = ndtri(at[:, 1:])
    shared = tables.segment_base[segment] + tables.common * normal[:, 3]
    return People(
        attention=tables.attention + tables.attention_spread * normal[:, 0],
        effort=np.exp(tables.effort_spread * normal[:, 1]),
        stake=tables.stake + tables.stake_role[PEER] + tables.stake_spread * normal[:, 2],
        willing=np.ascontiguousarray(shared[:, None] + tables.category_shift + tables.own * normal[:, 4:]),
    )


def compile_asked(flow: Flow, parameters: Parameters, population: Population) -> Asked:
    """A design's tables. Its stages lead forward, and all that ask for something ask for the same."""
    unit = {name: with_values(parameters, {**dict.fromkeys(_NAMES, 0.0), name: 1.0}) for name in _NAMES}
    options = [(stage, option) for stage in flow.stages for option in draw_order(stage)]
    lengths = with_values(parameters, {"attention_words": 1.0})
    tables = compile_flow(
        flow, purpose=Purpose.TRAINING_FIRST_PARTY, parameters=lengths, population=population, codes=(), settled={}
    )
    asking = next((stage for stage in flow.stages if asked(stage)), None)
    return Asked(
        tables=tables,
        kinds=np.array([_kind(option, stage) for stage, option in options]),
        words=tables.stages["words_log"].copy(),
        constants=np.array(
            [[sum(fixed_terms(o, s, flow, unit[name]).values()) for name in _NAMES] for s, o in options]
        ),
        silence_grants=asking is not None and asking.default is Default.ON,
    )


def _kind(option: Option, stage: Stage) -> int:
    if option.effect is Effect.NONE:
        return _GOES_ON
    if option.effect is not Effect.GRANT:
        return {Effect.DENY: _NONE, Effect.DEFER: _NO_ANSWER, Effect.LEAVE: _LEAVE}[option.effect]
    if option.toggles is ToggleSetting.AS_SET:
        return _AS_SET_AND_MORE if grants_of(option.grants) else _AS_SET
    return _ALL if untouched(option, stage) == asked(stage) else _SOME


def with_values(parameters: Parameters, values: Mapping[str, float]) -> Parameters:
    """The parameters with some values replaced; ranges and sources are not looked at."""
    update: dict[str, Any] = {
        name: getattr(parameters, name).model_copy(update={"value": value}) for name, value in values.items()
    }
    return parameters.model_copy(update=update)


@dataclass(frozen=True)
class Model:
    """The coefficients of one set of parameters, ready for any design."""

    values: Floats
    coefficients: Coefficients
    people: People
    attention_words: float


def model_of(parameters: Parameters, population: Population, at: Floats | None = None) -> Model:
    """What `answer_shares` needs of the parameters and the population."""
    tables = population_tables(population, parameters, tuple(population.jurisdictions.of))
    return Model(
        values=np.array([float(getattr(parameters, name).value) for name in _NAMES]),
        coefficients=compile_coefficients(parameters, population, Purpose.TRAINING_FIRST_PARTY),
        people=people_at(points() if at is None else at, tables),
        attention_words=float(parameters.attention_words.value),
    )


def answer_shares(design: Asked, model: Model, *, pull: float = 0.0, passing: float = 0.0) -> dict[Answer, float]:
    """Shares of everybody by answer.

    Args:
        design: What is asked.
        model: Of whom, with which coefficients.
        pull: Constant of the context towards granting, logits; enters like pressure.
        passing: Constant of the context towards not answering, logits: for putting off, against noticing.
    """
    stages, options = design.tables.stages.copy(), design.tables.options.copy()
    options["constant"] = design.constants @ model.values
    stages["words_log"] = design.words * model.attention_words
    found = np.zeros(len(WHOLE) + 2)
    tables = design.tables._replace(stages=stages, options=options)
    mass = np.zeros((len(stages), len(stages), _UNREAD))
    room = [np.zeros(size) for size in (WIDE, len(options), len(options))]
    _propagate(tables, design.kinds, model.coefficients, model.people, pull, passing, found, mass, *room)
    found /= len(model.people.attention)
    shares = dict(zip((*WHOLE, Answer.UNREAD), found.tolist(), strict=False))
    shares[Answer.VARIED] = max(float(found[_SQUARES] - found[_ALL] ** 2), 0.0) ** 0.5
    shares[Answer.ACCEPT] = shares[Answer.ACCEPT_ALL] + shares[Answer.ACCEPT_SOME]
    shares[Answer.DECIDE] = shares[Answer.ACCEPT] + shares[Answer.REJECT_ALL]
    shares[Answer.CONSENT] = shares[Answer.ACCEPT] + design.silence_grants * shares[Answer.NO_ANSWER]
    return shares


@inner
def _go(mass: Floats, found: Floats, following: int, prompts: int, answer: int, share: float) -> None:
    if following == END or following >= mass.shape[0]:
        found[answer] += share
    else:
        mass[following, prompts, answer] += share


@inner
def _spread(flow: FlowTables, stage: int, misread: float, passing: float, utilities: Floats, shares: Floats) -> None:
    """Turn utilities into the shares of options, with the pull off answering and misreading applied."""
    first, count = flow.stages[stage].option_start, flow.stages[stage].option_end - flow.stages[stage].option_start
    total = 0.0
    for option in range(count):
        if flow.options[first + option].effect == _DEFER:
            utilities[option] += passing
        shares[option] = 0.0
    top = utilities[0]
    for option in range(1, count):
        top = max(top, utilities[option])
    for option in range(count):
        utilities[option] = np.exp(utilities[option] - top)
        total += utilities[option]
    for option in range(count):
        share = utilities[option] / total
        if flow.stages[stage].negated:
            taken = opposite(flow, stage, first + option) - first
            shares[taken] += misread * share
            share -= misread * share
        shares[option] += share


@entry
def _propagate(
    flow: FlowTables,
    kinds: Ints,
    coefficients: Coefficients,
    people: People,
    pull: float,
    passing: float,
    found: Floats,
    mass: Floats,
    liked: Floats,
    utilities: Floats,
    shares: Floats,
) -> None:
    """Add up everybody's probability of each answer, of not reading the first stage, and squares, in `found` (7,).

    `mass` (stages, stages, answers), `liked` (WIDE,), `utilities` and `shares` (options,) are room to work in.
    """
    stages = len(flow.stages)
    for person in range(len(people.attention)):
        mass[:] = 0.0
        mass[0, 0, _NO_ANSWER] = 1.0
        accepted = found[_ALL]
        effort, willing = people.effort[person], people.willing[person]
        for stage in range(stages):
            row = flow.stages[stage]
            following = stage + 1
            if row.default_option != NOBODY:
                following = flow.options[row.default_option].next
            for prompts in range(stage + 1):
                arrived = 0.0
                for before in range(_UNREAD):
                    arrived += mass[stage, prompts, before]
                if arrived == 0.0:
                    continue
                logit = people.attention[person] - row.words_log - coefficients.attention_prompts * prompts
                attention = sigmoid(logit)
                if stage == 0:
                    found[_UNREAD] += 1.0 - attention
                fill_liked(flow, stage, willing, liked)
                noticed = 1.0 if row.blocking else sigmoid(logit + row.notice - passing)
                option_utilities(
                    flow, stage, coefficients, attention, effort, people.stake[person], pull, willing, liked, utilities
                )
                _spread(flow, stage, coefficients.misread, passing, utilities, shares)
                fill_odds(flow, stage, coefficients, attention, effort, liked)
                every, none = 1.0, 1.0
                for toggle in range(row.toggle_end - row.toggle_start):
                    on = sigmoid(liked[toggle])
                    every *= on
                    none *= 1.0 - on
                for before in range(_UNREAD):
                    here = mass[stage, prompts, before]
                    if here == 0.0:
                        continue
                    _go(mass, found, following, prompts, before, here * (1.0 - noticed))
                    for option in range(row.option_start, row.option_end):
                        share = here * noticed * shares[option - row.option_start]
                        kind, then = kinds[option], flow.options[option].next
                        if kind == _GOES_ON:
                            _go(mass, found, then, prompts + 1, before, share)
                        elif kind == _LEAVE:
                            found[_LEAVE] += share
                        elif kind >= 0:
                            _go(mass, found, then, prompts + 1, kind, share)
                        else:
                            refused = none if kind == _AS_SET else 0.0
                            _go(mass, found, then, prompts + 1, _ALL, share * every)
                            _go(mass, found, then, prompts + 1, _NONE, share * refused)
                            _go(mass, found, then, prompts + 1, _SOME, share * (1.0 - every - refused))
        found[_SQUARES] += (found[_ALL] - accepted) ** 2
