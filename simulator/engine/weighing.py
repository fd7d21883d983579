"""Asks a behaviour from outside what people make of each stage, and puts its answers where the walk finds them.

What somebody weighs at a stage depends on how many stages they have answered before, and on whether an earlier answer
is recalled; the behaviour is asked for each of these, for all people of a chunk of meetings at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.behaviour.choice import fixed_terms
from simulator.behaviour.question import Behaviour, People, Question
from simulator.engine.tables import SETTINGS, T_SHIFT, Coefficients, FlowTables
from simulator.engine.world import WEIGHED, WEIGHED_NOTICING, WEIGHED_TOGGLES, World
from simulator.errors import Problem, UsageError
from simulator.scenario.flow import Flow
from simulator.scenario.parameters import Parameters
from simulator.scenario.stage_facts import draw_order, in_account, recall_share
from simulator.scenario.vocabulary import Actor, Affects, ToggleSetting

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LEAST = -700.0
"""What -inf becomes: an option or a stage that nobody takes, and that can still be added up and shown."""
ROOM = 1 << 25
"""Bytes that the answers about one chunk of meetings may take, about."""
_UTILITIES = "utilities"
_AS_SET = SETTINGS.index(ToggleSetting.AS_SET)


class Weigher:
    """A behaviour from outside, and what it is told of people besides their numbers."""

    def __init__(self, name: str, behaviour: Behaviour) -> None:
        self.name = name
        self.behaviour = behaviour

    def ask(self, question: Question, *, check: bool) -> tuple[Floats, Floats, Floats]:
        """Utilities (P, O), logits of toggles (P, T) and of noticing (P,).

        Raises:
            UsageError: If the behaviour fails, or answers what no choice can be drawn from.
        """
        count = len(question.people.effort)
        utilities = self._answer(_UTILITIES, question, (count, len(question.options)), check=check)
        toggles = sum(question.toggles.values(), np.zeros((count, len(question.stage.toggles))))
        if hasattr(self.behaviour, "toggles") and question.stage.toggles:
            toggles = self._answer("toggles", question, toggles.shape, check=check)
        noticing = question.noticing
        if hasattr(self.behaviour, "noticing") and not question.stage.blocking:
            noticing = self._answer("noticing", question, noticing.shape, check=check)
        if count and not (utilities > LEAST).any(axis=1).all():
            raise self._wrong(_UTILITIES, question, "leaves somebody without any option: all are -inf or as low")
        return utilities, toggles, noticing

    def _answer(self, what: str, question: Question, shape: tuple[int, ...], *, check: bool) -> Floats:
        found = self._call(what, question, shape)
        if check:
            backwards = self._call(what, _reversed(question), shape)[::-1]
            if not np.allclose(found, backwards, rtol=0.0, atol=1e-9):
                raise self._wrong(
                    what, question, "gives the same people other numbers when asked again in another order"
                )
        return found

    def _call(self, what: str, question: Question, shape: tuple[int, ...]) -> Floats:
        function: Callable[[Question], object] = getattr(self.behaviour, what)
        try:
            found = np.asarray(function(question), dtype=np.float64)
        except Exception as error:  # whatever somebody else's code does
            raise self._wrong(what, question, f"failed: {type(error).__name__}: {error}") from error
        if found.shape != shape:
            raise self._wrong(what, question, f"gives the shape {found.shape}, and not {shape}")
        if np.isnan(found).any() or (what == _UTILITIES and np.isposinf(found).any()):
            raise self._wrong(what, question, "gives what is no number, or infinitely much")
        return np.clip(found, LEAST, -LEAST)

    def _wrong(self, what: str, question: Question, how: str) -> UsageError:
        message = f"behaviour {self.name}: `{what}` at stage {question.stage.id} of flow {question.flow.id} {how}."
        return UsageError(Problem(message, remedy="docs/how-to/a-behaviour-of-your-own.md has the contract."))


def weighed_world(
    weigher: Weigher,
    world: World,
    flow: Flow,
    tables: FlowTables,
    parameters: Parameters,
    coefficients: Coefficients,
    *,
    places: tuple[str, ...],
    segments: tuple[str, ...],
) -> World:
    """The world with what a behaviour makes of each stage of a flow in it.

    Raises:
        UsageError: If the behaviour fails, or answers what no choice can be drawn from.
    """
    most = _most_prompts(flow)
    found = np.zeros((len(world.rows), len(flow.stages), most, 2, WEIGHED))
    before = dict.fromkeys(Affects, 0)
    repeats = any(stage.shows > 1 for stage in flow.stages)
    for number, stage in enumerate(flow.stages):
        rows = _answering(world, int(tables.stages[number]["row_kind"]))
        reached = range(most) if repeats else range(before[stage.binds] + 1)
        before[stage.binds] += 1
        if stage.actor is Actor.PROVIDER or not len(rows):
            continue
        for prompts in reached:
            for recalled in (False, True) if recall_share(stage) else (False,):
                question = _question(
                    world, rows, flow, number, tables, parameters, coefficients, prompts,
                    recalled=recalled, places=places, segments=segments,
                )  # fmt: skip
                utilities, toggles, noticing = weigher.ask(question, check=world.first == 0)
                answers = found[rows, number, prompts, int(recalled)]
                answers[:, : utilities.shape[1]] = utilities
                answers[:, WEIGHED_TOGGLES : WEIGHED_TOGGLES + toggles.shape[1]] = toggles
                answers[:, WEIGHED_NOTICING] = noticing
                found[rows, number, prompts, int(recalled)] = answers
    return world._replace(weighed=found)


def meetings_at_once(flow: Flow, people: float) -> int:
    """Meetings in a chunk whose answers fit the room, if so many rows belong to each."""
    size = 8.0 * len(flow.stages) * _most_prompts(flow) * 2 * WEIGHED * people
    return max(1, int(ROOM / size))


def _most_prompts(flow: Flow) -> int:
    return max(1, *(sum(stage.shows for stage in flow.stages if stage.binds is binds) for binds in Affects))


def _answering(world: World, kind: int) -> Ints:
    """Rows of those who answer a stage: each participant, or one person a meeting; see ROW_KIND."""
    meetings = world.meetings
    if kind == 0:
        spans = [
            np.arange(start, start + people)
            for start, people in zip(meetings["start"], meetings["people"], strict=True)
        ]
        return np.concatenate(spans) if spans else np.zeros(0, dtype=np.int64)
    if kind == 1:
        return np.asarray(meetings["start"])
    rows = meetings["start"] + meetings["people"] + kind - 2
    return np.asarray(rows[rows < meetings["end"]])


def _question(
    world: World,
    rows: Ints,
    flow: Flow,
    number: int,
    tables: FlowTables,
    parameters: Parameters,
    coefficients: Coefficients,
    prompts: int,
    *,
    recalled: bool,
    places: tuple[str, ...],
    segments: tuple[str, ...],
) -> Question:
    stage, row = flow.stages[number], tables.stages[number]
    people, willing = world.rows[rows], world.willing[rows]
    if recalled:
        kinds = np.repeat(world.meetings["confidentiality"], world.meetings["end"] - world.meetings["start"])
        willing = willing - coefficients.confidentiality_shift[kinds[rows]][:, None]
    logit = people["attention"] - row["words_log"] - coefficients.attention_prompts * prompts
    if not in_account(stage):
        logit = logit - people["tired"]
    attention = 1.0 / (1.0 + np.exp(-logit))
    pressure = np.zeros(len(rows)) if recalled else people["pressure"].copy()
    options = tables.options[row["option_start"] : row["option_end"]]
    switches = tables.toggles[row["toggle_start"] : row["toggle_end"]]
    liked = (willing @ tables.toggle_weight[number] + tables.toggle_terms[number, T_SHIFT])[:, : len(switches)]
    value = willing @ tables.weight[row["option_start"] : row["option_end"]].T + options["shift"]
    as_set = options["setting"] == _AS_SET
    value += as_set * (np.maximum(liked, 0.0) * switches["share"]).sum(axis=1)[:, None]
    flips = as_set * ((liked > 0.0) != switches["on"]).sum(axis=1)[:, None]
    a, effort = attention[:, None], people["effort"][:, None]
    fixed = [fixed_terms(option, stage, flow, parameters) for option in draw_order(stage)]
    stands = np.where(switches["on"], 1.0, -1.0)
    return Question(
        flow=flow,
        stage=stage,
        options=tuple(draw_order(stage)),
        people=People(
            attention=attention,
            effort=people["effort"].copy(),
            stake=people["stake"].copy(),
            pressure=pressure,
            willing=willing + coefficients.purpose_shift,
            place=people["place"].astype(np.int64),
            segment=people["segment"].astype(np.int64),
            role=people["role"].astype(np.int64),
            channel=people["channel"].astype(np.int64),
            age=people["age"].astype(np.int64),
        ),
        places=places,
        segments=segments,
        prompts=prompts,
        recalled=recalled,
        terms={
            "value": a * coefficients.value * value,
            "habit": (1.0 - a) * coefficients.habit * options["affirmative"],
            "clicks": -coefficients.click * effort * (options["clicks"] + a * flips),
            "stake": -people["stake"][:, None] * options["stake"],
            "pressure": pressure[:, None] * options["pressed"],
            **{
                name: np.broadcast_to([terms[name] for terms in fixed], value.shape).astype(np.float64)
                for name in fixed[0]
            },
        },
        toggles={
            "value": a * coefficients.value * liked,
            "habit": stands * (1.0 - a) * coefficients.habit,
            "preselection": np.broadcast_to(stands * coefficients.preselection, liked.shape).astype(np.float64),
            "clicks": stands * coefficients.click * effort,
        },
        noticing=logit + row["notice"],
    )


def _reversed(question: Question) -> Question:
    """The same people in the other order."""
    turned = dict(vars(question))
    people: list[Any] = [column[::-1].copy() for column in question.people]
    turned["people"] = People(*people)
    for name in ("terms", "toggles"):
        turned[name] = {key: array[::-1].copy() for key, array in turned[name].items()}
    turned["noticing"] = question.noticing[::-1].copy()
    return Question(**turned)
