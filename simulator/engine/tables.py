"""Flows and coefficients as arrays for the kernel: here, and for law in `law_tables.py`, names become codes."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simulator.behaviour.choice import (
    WORDS_UNIT,
    fixed_terms,
    notice_logit,
    reading_seconds,
    share_of_stake,
    word_count,
)
from simulator.scenario.flow import DONE, Flow, Option, Stage
from simulator.scenario.grants import CATEGORIES, Grants, categories_for, grants_of, mask
from simulator.scenario.parameters import Parameters
from simulator.scenario.population import Population
from simulator.scenario.stage_facts import (
    affirmative,
    asked,
    bundled,
    clicks,
    default_option,
    draw_order,
    erases,
    forced,
    informs,
    leaves,
    no_way_back,
    recall_share,
    sought,
    unequal_path,
    untouched,
    withdrawal_clicks,
)
from simulator.scenario.vocabulary import (
    RECORDING,
    Actor,
    Affects,
    At,
    Channel,
    Confidentiality,
    DataCategory,
    Default,
    Effect,
    Purpose,
    Refusal,
    Role,
    ToggleSetting,
)

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Records = npt.NDArray[np.void]

EFFECTS = tuple(Effect)
REFUSALS = tuple(Refusal)
DEFAULTS = tuple(Default)
SETTINGS = tuple(ToggleSetting)
END = -1
"""`next` of an option after which nothing more is asked."""
NOBODY = -1
"""Row kind of the provider, whose answer is its default; also: no such option."""
ROW_KIND = {
    Actor.PARTICIPANT: 0,
    Actor.HOST: 1,
    Actor.ACCOUNT_OWNER: 2,
    Actor.ADMIN: 3,
    Actor.BOT_OWNER: 4,
    Actor.PROVIDER: NOBODY,
}
"""Who answers a stage: 0 each participant, 1 the host's row, 2 and up the officers' rows."""
SPEECH_BITS = mask([DataCategory.AUDIO, DataCategory.TRANSCRIPT])
RECORDING_BITS = mask(RECORDING)
CONTENT_BITS = mask(category for category in DataCategory if category is not DataCategory.TELEMETRY)


STAGE = np.dtype(
    [
        ("row_kind", np.int64),  # see ROW_KIND
        ("settled", np.int64),  # option taken as given; NOBODY = simulated
        ("hash", np.uint64),  # of the stage's id: keys its draws
        ("blocking", np.bool_),
        ("at_join", np.bool_),  # whether its time counts as joining
        ("informs", np.bool_),  # whether meeting it tells the person that data are taken: it asks, or has a text
        ("negated", np.bool_),
        ("words_log", np.float64),  # attention lost to length, logits
        ("read_seconds", np.float64),  # to read and decide at full attention
        ("default", np.int64),  # index into DEFAULTS
        ("default_option", np.int64),  # option that the default stands for; NOBODY = none
        ("shows", np.int64),  # how often it is shown at most
        ("recall", np.float64),  # probability that an earlier answer is recalled
        ("notice", np.float64),  # what noticing it adds to the logit of attention
        ("channels", np.int64),  # bit set of channels that meet it
        ("roles", np.int64),  # bit set of roles that meet it
        ("least_age", np.int64),  # age from which on one meets it
        ("classes", np.int64),  # bit set of confidentiality classes of meetings that have it
        ("asked", np.int64),  # mask of what it asks for
        ("forced", np.int64),  # mask: grant or leave
        ("unequal", np.int64),  # mask: refusing takes more clicks
        ("option_start", np.int64),
        ("option_end", np.int64),
        ("toggle_start", np.int64),
        ("toggle_end", np.int64),
    ]
)
OPTION = np.dtype(
    [
        ("effect", np.int64),  # index into EFFECTS
        ("setting", np.int64),  # index into SETTINGS; NOBODY = does not touch toggles
        ("own", np.int64),  # mask granted besides toggles
        ("bundled", np.int64),  # mask granted besides toggles together with other purposes
        ("constant", np.float64),  # prominence, first, preselection, benefit and veto terms, logits
        ("clicks", np.float64),
        ("stake", np.float64),  # share of the stake that taking it costs
        ("leaving", np.bool_),  # taking it means leaving
        ("pressed", np.bool_),  # it is what the host asks for
        ("affirmative", np.bool_),
        ("shift", np.float64),  # value = weight . willing + shift
        ("next", np.int64),  # stage that follows; END
    ]
)
TOGGLE = np.dtype(
    [
        ("on", np.bool_),  # default
        ("mask", np.int64),
        ("bundled", np.int64),  # mask granted together with other purposes
        ("share", np.float64),  # its part of the stage's offer
    ]
)
WIDE = 8
"""Toggles, and options, that a stage has at most. What is reckoned with toggles is as wide for every stage, so that the
processor takes several at once; beyond those that there are, all is 0."""
T_SHIFT, T_STANDS = 0, 1
"""Rows of a stage's toggle terms: its value is weight . willing + shift; 1 where it is pre-set on, -1 where off."""
P_ON, P_SILENT, P_BUNDLED, P_FLIPS = range(4)
"""What a pattern of toggles switched on (bit = place in the stage) comes to: masks granted, granted by those left on as
pre-set, and granted together with other purposes; and the number of flips that it takes."""


class FlowTables(NamedTuple):
    """A flow for one purpose. S stages, O options (in draw order within a stage), T toggles, J jurisdictions.

    All masks are bit sets of the eight categories, for the purpose that eligibility is measured for.
    """

    binding: int
    """Number of stages that bind the meeting; they come first."""
    stages: Records
    """(S,) of STAGE."""
    places: npt.NDArray[np.bool_]
    """(S, J) jurisdictions that meet the stage."""
    options: Records
    """(O,) of OPTION."""
    weight: Floats
    """(O, 8) of the mean over what the option grants untouched (as set: over its own grants' part of the offer)."""
    toggles: Records
    """(T,) of TOGGLE."""
    toggle_weight: Floats
    """(S, 8, WIDE) by category, of the mean over what each toggle grants."""
    toggle_terms: Floats
    """(S, 2, WIDE) rows T_SHIFT and T_STANDS."""
    patterns: Ints
    """(S, 2**WIDE, 4) P_ON and so on of each pattern of toggles switched on."""
    refusal: int
    """Index into REFUSALS."""
    sought: int
    """Mask of what the flow could grant at all."""
    mixed: int
    """Mask of what is recorded together."""
    voiceprint: bool
    """Whether speakers are recognised by voice."""
    no_way_back: int
    """Mask of what a participant cannot take back as easily as granting it."""
    no_way_back_host: int
    """The same for the host."""
    withdrawal_clicks: float
    """Clicks for a participant to take data back; negative = cannot, or data already taken stay."""


class Coefficients(NamedTuple):
    """Coefficients of the choice model that the kernel applies itself."""

    value: float
    habit: float
    preselection: float
    click: float
    attention_prompts: float
    misread: float
    host_yields: float
    withdraw_inertia: float
    click_seconds: float
    purpose_shift: float
    """Of the purpose that eligibility is measured for."""
    confidentiality_shift: Floats
    """(6,) taken off again where an earlier answer, given in an ordinary meeting, is recalled."""


def stage_hash(stage: Stage) -> np.uint64:
    """64 bits of the stage's id: stages of the same name meet the same draws in every flow."""
    return np.uint64(int.from_bytes(hashlib.blake2b(stage.id.encode(), digest_size=8).digest(), "little"))


def compile_flow(
    flow: Flow,
    *,
    purpose: Purpose,
    parameters: Parameters,
    population: Population,
    codes: Sequence[str],
    settled: Mapping[Actor, Effect],
) -> FlowTables:
    """Arrays of a flow that passed the loader."""
    stages = flow.stages
    options = [(stage, option) for stage in stages for option in draw_order(stage)]
    toggles = [(stage, toggle) for stage in stages for toggle in stage.toggles]
    where = {(stage.id, option.id): index for index, (stage, option) in enumerate(options)}

    def index_of(stage: Stage, option: Option | None) -> int:
        return NOBODY if option is None else where[stage.id, option.id]

    def given(stage: Stage) -> int:
        wanted = settled.get(stage.actor)
        return index_of(stage, next((option for option in stage.options if option.effect is wanted), None))

    offers = [_offer(option, stage, population) for stage, option in options]
    ends = np.cumsum([len(stage.options) for stage in stages])
    toggle_ends = np.cumsum([len(stage.toggles) for stage in stages])
    stage_rows = [
        (
            ROW_KIND[stage.actor],
            given(stage),
            stage_hash(stage),
            stage.blocking,
            stage.at is At.JOIN,
            informs(stage),
            stage.negated,
            parameters.attention_words.value * math.log(1.0 + word_count(stage) / WORDS_UNIT),
            reading_seconds(stage, 1.0, parameters),
            DEFAULTS.index(stage.default),
            index_of(stage, default_option(stage)),
            stage.shows,
            recall_share(stage),
            notice_logit(stage, parameters),
            _members(stage.when.channels, tuple(Channel)),
            _members(stage.when.roles, tuple(Role)),
            stage.when.least_age or 0,
            _members(stage.when.confidentiality, tuple(Confidentiality)),
            mask(categories_for(asked(stage), purpose)),
            mask(forced(flow, stage, purpose)),
            mask(unequal_path(flow, stage, purpose)),
            end - len(stage.options),
            end,
            toggle_end - len(stage.toggles),
            toggle_end,
        )
        for stage, end, toggle_end in zip(stages, ends, toggle_ends, strict=True)
    ]
    option_rows = [
        (
            EFFECTS.index(option.effect),
            NOBODY if option.toggles is None else SETTINGS.index(option.toggles),
            mask(categories_for(grants_of(option.grants), purpose)),
            mask(bundled(grants_of(option.grants), purpose)),
            sum(fixed_terms(option, stage, flow, parameters).values()),
            clicks(option, flow),
            share_of_stake(option, stage, flow, parameters),
            leaves(option, flow, stage),
            option.effect is Effect.GRANT and stage.binds is Affects.SELF,
            option is affirmative(stage),
            shift,
            _next(stage, option, stages),
        )
        for (stage, option), (_, shift) in zip(options, offers, strict=True)
    ]
    toggle_rows = [
        (
            toggle.default is Default.ON,
            mask(categories_for(grants_of(toggle.grants), purpose)),
            mask(bundled(grants_of(toggle.grants), purpose)),
            len(grants_of(toggle.grants)) / max(1, _offered(stage)),
        )
        for stage, toggle in toggles
    ]
    toggle_records = np.array(toggle_rows, dtype=TOGGLE)
    switches = [_switches(stage, population) for stage in stages]
    return FlowTables(
        binding=sum(stage.binds is Affects.MEETING for stage in stages),
        stages=np.array(stage_rows, dtype=STAGE),
        places=np.array([[stage.when.met_in(code) for code in codes] for stage in stages]),
        options=np.array(option_rows, dtype=OPTION),
        weight=np.array([weight for weight, _ in offers]).reshape(-1, 8),
        toggles=toggle_records,
        toggle_weight=np.array([weight for weight, _ in switches]),
        toggle_terms=np.array([terms for _, terms in switches]),
        patterns=np.array([_patterns(part) for part in np.split(toggle_records, toggle_ends[:-1])]),
        refusal=REFUSALS.index(flow.refusal),
        sought=mask(sought(flow, purpose)),
        mixed=mask(flow.capture.mixed),
        voiceprint=flow.capture.voiceprint,
        no_way_back=mask(no_way_back(flow, purpose, Role.PEER)),
        no_way_back_host=mask(no_way_back(flow, purpose, Role.HOST)),
        withdrawal_clicks=float(withdrawal_clicks(flow)) if erases(flow) else -1.0,
    )


def _switches(stage: Stage, population: Population) -> tuple[Floats, Floats]:
    """A stage's `toggle_weight` and `toggle_terms`."""
    weight, terms = np.zeros((len(CATEGORIES), WIDE)), np.zeros((2, WIDE))
    for place, toggle in enumerate(stage.toggles):
        weight[:, place], terms[T_SHIFT, place] = _mean(grants_of(toggle.grants), population)
        terms[T_STANDS, place] = 1.0 if toggle.default is Default.ON else -1.0
    return weight, terms


def _patterns(toggles: Records) -> Ints:
    """A stage's `patterns`, of its toggles."""
    on = np.arange(2**WIDE)[:, None] >> np.arange(len(toggles)) & 1  # (patterns, toggles)
    pre_set = toggles["on"].astype(np.int64)
    found = np.zeros((2**WIDE, 4), dtype=np.int64)
    found[:, P_ON] = np.bitwise_or.reduce(on * toggles["mask"], axis=1)
    found[:, P_SILENT] = np.bitwise_or.reduce(on * pre_set * toggles["mask"], axis=1)
    found[:, P_BUNDLED] = np.bitwise_or.reduce(on * toggles["bundled"], axis=1)
    found[:, P_FLIPS] = (on != pre_set).sum(axis=1)
    return found


def _members(words: Sequence[object] | None, all_words: Sequence[object]) -> int:
    return sum(1 << index for index, word in enumerate(all_words) if words is None or word in words)


def _offered(stage: Stage) -> int:
    """Size of the offer of "take the toggles as set", whose own grants are the same in all such options."""
    as_set = next((option for option in stage.options if option.toggles is ToggleSetting.AS_SET), None)
    own = len(grants_of(as_set.grants)) if as_set else 0
    return own + sum(len(grants_of(toggle.grants)) for toggle in stage.toggles)


def _sum(grants: Grants, population: Population) -> tuple[Floats, float]:
    weight = np.zeros(len(CATEGORIES))
    shift = 0.0
    for category, purpose in grants:
        weight[CATEGORIES.index(category)] += 1.0
        shift += population.purpose_shift[purpose].value
    return weight, shift


def _mean(grants: Grants, population: Population) -> tuple[Floats, float]:
    weight, shift = _sum(grants, population)
    size = max(1, len(grants))
    return weight / size, shift / size


def _offer(option: Option, stage: Stage, population: Population) -> tuple[Floats, float]:
    if option.toggles is not ToggleSetting.AS_SET:
        return _mean(untouched(option, stage), population)
    own = grants_of(option.grants)
    size = max(1, len(own) + sum(len(grants_of(toggle.grants)) for toggle in stage.toggles))
    weight, shift = _sum(own, population)
    return weight / size, shift / size


def _next(stage: Stage, option: Option, stages: Sequence[Stage]) -> int:
    if option.next == DONE:
        return END
    names = [other.id for other in stages]
    return names.index(option.next) if option.next is not None else names.index(stage.id) + 1


def compile_coefficients(parameters: Parameters, population: Population, purpose: Purpose) -> Coefficients:
    """The coefficients for one purpose."""
    return Coefficients(
        value=float(parameters.value.value),
        habit=float(parameters.habit.value),
        preselection=float(parameters.preselection.value),
        click=float(parameters.click.value),
        attention_prompts=float(parameters.attention_prompts.value),
        misread=float(parameters.misread.value),
        host_yields=float(parameters.host_yields.value),
        withdraw_inertia=float(parameters.withdraw_inertia.value),
        click_seconds=float(parameters.click_seconds.value),
        purpose_shift=float(population.purpose_shift[purpose].value),
        confidentiality_shift=np.array([population.confidentiality_shift[word].value for word in Confidentiality]),
    )
