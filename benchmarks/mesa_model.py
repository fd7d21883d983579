"""The same scenario as a Mesa 3 model, to measure against: one agent per participant, one meeting per step.

Written the way Mesa's own examples are, with what a careful user would do for speed: traits of a whole meeting are
drawn as arrays, numbers of a flow are worked out once, no data frame is filled per step. Its draws are its own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import mesa
import numpy as np
import numpy.typing as npt

from simulator.behaviour.choice import fixed_terms, share_of_stake, word_count
from simulator.engine.inputs import Inputs
from simulator.engine.tally import GROUPS
from simulator.population.traits import base_willingness
from simulator.scenario.flow import Flow, GrantMap, Option, When
from simulator.scenario.grants import CATEGORIES, categories_for, grants_of
from simulator.scenario.meeting_mix import MeetingType
from simulator.scenario.parameters import Parameters
from simulator.scenario.stage_facts import affirmative, clicks, draw_order, leaves
from simulator.scenario.vocabulary import (
    Affects,
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

Ints = npt.NDArray[np.int64]

HOST, SUBORDINATE, PEER, EXTERNAL = range(len(Role))
PHONE = tuple(Channel).index(Channel.PHONE)
AUDIO = CATEGORIES.index(DataCategory.AUDIO)

PRODUCED, CLAIMED, WANTED, PEOPLE, LEFT = range(5)
"""Columns of the totals: audio in milliseconds, then participants."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An option of the question, as numbers."""

    grants: tuple[int, ...]
    """Categories granted, whatever the toggles say."""
    as_set: bool
    """Whether the toggles count as they are set."""
    constant: float
    clicks: int
    stake: float
    habit: float
    pressed: bool
    leaves: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A flow that asks every participant once, at the door, as numbers."""

    answers: tuple[Answer, ...]
    toggles: tuple[tuple[int, bool], ...]
    """Category, and whether it is on at first."""
    length: float
    """Attention lost to the length of the text, logits."""


def question(flow: Flow, parameters: Parameters) -> Question:
    """The one question of a flow.

    Raises:
        ValueError: If the flow is of another kind than this model plays.
    """
    stage, *others = flow.stages
    grants = [*(grants_of(option.grants) for option in stage.options), *(grants_of(t.grants) for t in stage.toggles)]
    simple = (
        not others
        and stage.binds is Affects.SELF
        and stage.blocking
        and not stage.negated
        and stage.remember is None
        and stage.when == When()
        and flow.refusal in (Refusal.LEAVE, Refusal.EXCLUDED)
        and DataCategory.AUDIO not in flow.capture.mixed
        and all(purpose is Purpose.TRAINING_FIRST_PARTY for granted in grants for _, purpose in granted)
        and all(option.next is None and option.toggles is not ToggleSetting.ALL_ON for option in stage.options)
    )
    if not simple:
        msg = f"flow {flow.id} is not one question to every participant; this baseline plays no other"
        raise ValueError(msg)

    def answer(option: Option) -> Answer:
        return Answer(
            grants=_categories(option.grants),
            as_set=option.toggles is ToggleSetting.AS_SET,
            constant=sum(fixed_terms(option, stage, flow, parameters).values()),
            clicks=clicks(option, flow),
            stake=share_of_stake(option, stage, flow, parameters),
            habit=parameters.habit.value if option is affirmative(stage) else 0.0,
            pressed=option.effect is Effect.GRANT,
            leaves=leaves(option, flow, stage),
        )

    return Question(
        answers=tuple(answer(option) for option in draw_order(stage)),
        toggles=tuple(
            (category, toggle.default is Default.ON)
            for toggle in stage.toggles
            for category in _categories(toggle.grants)
        ),
        length=parameters.attention_words.value * math.log(1.0 + word_count(stage) / 50.0),
    )


def _categories(granted: GrantMap) -> tuple[int, ...]:
    return tuple(sorted(map(CATEGORIES.index, categories_for(grants_of(granted), Purpose.TRAINING_FIRST_PARTY))))


class Participant(mesa.Agent):
    """Somebody in the present meeting."""

    def __init__(
        self,
        model: Meetings,
        role: int,
        place: int,
        channel: int,
        age: int,
        attention: float,
        effort: float,
        stake: float,
        willing: list[float],
        produced: list[int],
    ) -> None:
        super().__init__(model)
        self.role, self.place, self.channel, self.age = role, place, channel, age
        self.attention, self.effort, self.stake = attention, effort, stake
        self.pressure = model.pressure[role]
        self.willing = willing
        self.produced = produced
        self.left = False
        self.granted: list[int] = []

    def join(self, asked: Question) -> None:
        """Answer the question at the door: leave, or come in with some categories granted."""
        parameters, willing = self.model.parameters, self.willing
        attention = 1.0 / (1.0 + math.exp(asked.length - self.attention))
        attending = attention * parameters.value.value
        click = parameters.click.value * self.effort
        utilities = []
        for answer in asked.answers:
            value, size, flips = 0.0, len(answer.grants), 0
            for category in answer.grants:
                value += willing[category]
            if answer.as_set:
                size += len(asked.toggles)
                for category, on in asked.toggles:
                    if willing[category] > 0.0:
                        value += willing[category]
                        flips += not on
                    else:
                        flips += on
            utility = answer.constant + (1.0 - attention) * answer.habit - self.stake * answer.stake
            utility -= click * (answer.clicks + attention * flips)
            if size:
                utility += attending * value / size
            if answer.pressed:
                utility += self.pressure
            utilities.append(utility)
        weights = [math.exp(utility) for utility in utilities]
        chosen = self.random.choices(asked.answers, weights)[0]
        self.left = chosen.leaves
        self.granted = list(chosen.grants)
        if chosen.as_set:
            habit = (1.0 - attention) * parameters.habit.value + parameters.preselection.value + click
            for category, on in asked.toggles:
                odds = attending * willing[category] + (habit if on else -habit)
                if self.random.random() < 1.0 / (1.0 + math.exp(-odds)):
                    self.granted.append(category)


class Meetings(mesa.Model):
    """Meetings one after the other, each taken through every flow with the same people."""

    def __init__(self, inputs: Inputs, rng: int) -> None:
        """Take the scenario's numbers.

        Args:
            inputs: A gathered scenario, whose meetings are generated.
            rng: Seed.

        Raises:
            ValueError: If a flow is of another kind than this model plays.
        """
        super().__init__(rng=rng)
        mix, population, parameters = inputs.mix, inputs.population, inputs.parameters
        self.questions = [question(flow, parameters) for flow in inputs.flows]
        self.parameters = parameters
        self.rates = mix.rates
        self.types = mix.types
        self.type_weights = [kind.weight.value for kind in mix.types]
        self.confidentiality = [[kind.confidentiality.get(word, 0.0) for word in Confidentiality] for kind in mix.types]
        self.places = np.cumsum([population.jurisdictions.of[code] for code in inputs.codes])
        self.cross_border = population.cross_border.value
        self.channels = np.cumsum([population.channels.of.get(word.value, 0.0) for word in Channel])
        self.segments = np.cumsum([segment.share for segment in population.segments])
        base = base_willingness(population)
        self.segment_base = np.array([base + segment.shift.value for segment in population.segments])
        self.category_shift = np.array([population.category_shift[word].value for word in CATEGORIES])
        self.confidentiality_shift = [population.confidentiality_shift[word].value for word in Confidentiality]
        self.common = math.sqrt(population.common.value)
        self.own = math.sqrt(1.0 - population.common.value)
        self.adult_age, self.minor_age = population.adult_age, population.minor_age
        added = {Role.HOST: parameters.stake_host.value, Role.SUBORDINATE: parameters.stake_subordinate.value}
        self.stake_role = np.array([added.get(role, 0.0) for role in Role])
        pressed = {Role.HOST: 0.0, Role.SUBORDINATE: parameters.pressure_subordinate.value}
        self.pressure = [pressed.get(role, parameters.pressure_other.value) for role in Role]
        self.participants = 0
        self.totals: Ints = np.zeros((len(self.questions), GROUPS, 5), dtype=np.int64)

    def step(self) -> None:
        """One meeting."""
        self.gather()
        produced = sum(person.produced[AUDIO] for person in self.agents)
        wanted = sum(person.produced[AUDIO] for person in self.agents if person.willing[AUDIO] > 0.0)
        for asked, totals in zip(self.questions, self.totals, strict=True):
            self.agents.do("join", asked)
            left = sum(person.left for person in self.agents)
            claimed = 0
            if not self.host.left and len(self.agents) - left >= 2:
                claimed = sum(person.produced[AUDIO] for person in self.agents if AUDIO in person.granted)
            totals[self.steps % GROUPS] += (produced, claimed, wanted, len(self.agents), left)
        self.participants += len(self.agents)
        self.remove_all_agents()

    def gather(self) -> None:
        """Bring the people of one meeting together."""
        number = self.random.choices(range(len(self.types)), self.type_weights)[0]
        kind = self.types[number]
        secrecy = self.random.choices(range(len(Confidentiality)), self.confidentiality[number])[0]
        people = self.size(kind)
        minutes = kind.length.median.value * math.exp(self.random.gauss(0.0, kind.length.spread.value))
        length_ms = int(min(minutes, kind.length.most) * 60_000.0)

        rng, parameters = self.rng, self.parameters
        u = rng.random((7, people))
        z = rng.standard_normal((people, 12))
        abroad = u[0] < self.cross_border
        abroad[0] = True
        place = np.searchsorted(self.places[:-1], u[1], side="right")
        place = np.where(abroad, place, place[0])
        channel = np.searchsorted(self.channels[:-1], u[2], side="right")
        subordinates, externals = kind.subordinates.value, kind.externals.value
        role = np.where(u[3] < subordinates, SUBORDINATE, np.where(u[3] < subordinates + externals, EXTERNAL, PEER))
        role[0] = HOST
        minor = u[4] < kind.minors.value
        minor[0] = False
        youngest = np.where(minor, self.minor_age[0], self.adult_age[0])
        oldest = np.where(minor, self.minor_age[1], self.adult_age[1])
        age = youngest + (u[5] * (oldest - youngest + 1)).astype(int)
        segment = np.searchsorted(self.segments[:-1], u[6], side="right")
        attention = parameters.attention.value + parameters.attention_spread.value * z[:, 8]
        effort = np.exp(parameters.effort_spread.value * z[:, 9])
        stake = parameters.stake.value + kind.stake.value + self.stake_role[role]
        stake += parameters.stake_spread.value * z[:, 10]
        shared = self.segment_base[segment] + self.confidentiality_shift[secrecy] + self.common * z[:, 11]
        willing = shared[:, None] + self.category_shift + self.own * z[:, :8]
        produced = self.produce(kind, length_ms, channel)
        traits = (role, place, channel, age, attention, effort, stake, willing, produced)
        persons = [Participant(self, *own) for own in zip(*(trait.tolist() for trait in traits), strict=True)]
        self.host = persons[0]

    def size(self, kind: MeetingType) -> int:
        """Number of people: a power law, cut off at both ends."""
        least, most = kind.size.least, kind.size.most
        if least == most:
            return least
        power = 1.0 - kind.size.exponent.value
        low, high = least**power, (most + 1) ** power
        size = int((low + self.random.random() * (high - low)) ** (1.0 / power))
        return min(max(size, least), most)

    def produce(self, kind: MeetingType, length_ms: int, channel: Ints) -> Ints:
        """What everybody would produce, shape (people, 8): milliseconds, or counts."""
        rng, rates, people = self.rng, self.rates, len(channel)
        alpha = np.full(people, kind.concentration.value)
        alpha[0] *= kind.host_weight.value
        parts = rng.standard_gamma(alpha)
        silent = rng.random(people) < kind.silent.value
        silent[0] = False
        parts[silent] = 0.0
        total = parts.sum()
        if total <= 0.0:
            parts[0] = total = 1.0
        speech_ms = (length_ms * np.minimum(rates.speech.value * parts / total, 1.0)).astype(int)
        hours = length_ms / 3_600_000.0
        produced = np.zeros((people, 8), dtype=int)
        produced[:, CATEGORIES.index(DataCategory.VIDEO)] = length_ms * (rng.random(people) < rates.camera_on.value)
        counted = (
            (DataCategory.CHAT, rates.chat.value),
            (DataCategory.FILES, rates.files.value),
            (DataCategory.REACTIONS, rates.reactions.value),
        )
        for category, rate in counted:
            produced[:, CATEGORIES.index(category)] = rng.geometric(1.0 / (1.0 + hours * rate), people) - 1
        presenter = int(speech_ms.argmax())
        share = rates.screen_share.value
        shared_ms = int(length_ms * self.random.random() ** ((1.0 - share) / share)) if share > 0.0 else 0
        produced[presenter, CATEGORIES.index(DataCategory.SCREEN_SHARE)] = shared_ms
        produced[channel == PHONE] = 0  # a phone carries the voice and nothing else
        produced[:, AUDIO] = produced[:, CATEGORIES.index(DataCategory.TRANSCRIPT)] = speech_ms
        produced[:, CATEGORIES.index(DataCategory.TELEMETRY)] = length_ms
        return produced
