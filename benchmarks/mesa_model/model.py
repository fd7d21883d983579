"""Meetings one after the other, each taken through every flow with the same people."""

from __future__ import annotations

import math
from bisect import bisect
from dataclasses import dataclass

import mesa

from mesa_model.agents import Participant
from mesa_model.law import law
from mesa_model.ledger import Ledger
from mesa_model.question import Question, question
from mesa_model.world import AUDIO, Kind, cuts, kinds, people, rates
from simulator.engine.inputs import Inputs
from simulator.engine.tally import GROUPS
from simulator.scenario.vocabulary import Reading

MS_PER_HOUR = 3_600_000.0


@dataclass(frozen=True, slots=True)
class Meeting:
    """The meeting of a step."""

    kind: Kind
    confidentiality: int
    length_ms: int
    counted: list[tuple[int, float]]
    """Categories of which people produce a geometric number, and the logarithm of the chance of one more."""


@dataclass(frozen=True, slots=True)
class Coefficients:
    """Of the choices, as in the scenario's parameters."""

    value: float
    habit: float
    preselection: float
    click: float
    click_seconds: float
    withdraw_inertia: float


class Meetings(mesa.Model):
    """A meeting per step; its people come, join under every flow, and go."""

    def __init__(self, inputs: Inputs, rng: int) -> None:
        """Take the scenario's numbers.

        Args:
            inputs: A gathered scenario, whose meetings are generated.
            rng: Seed.

        Raises:
            ValueError: If a flow is of another kind than this model plays.
        """
        super().__init__(rng=rng)
        parameters = inputs.parameters
        self.kinds = kinds(inputs.mix)
        self.kind_cuts = cuts([kind.weight.value for kind in inputs.mix.types])
        self.rates = rates(inputs.mix)
        self.people = people(inputs.population, parameters)
        self.strict, self.lenient = law(inputs, Reading.STRICT), law(inputs, Reading.LENIENT)
        self.coefficients = Coefficients(
            value=parameters.value.value,
            habit=parameters.habit.value,
            preselection=parameters.preselection.value,
            click=parameters.click.value,
            click_seconds=parameters.click_seconds.value,
            withdraw_inertia=parameters.withdraw_inertia.value,
        )
        self.questions = [question(flow, parameters) for flow in inputs.flows]
        self.ledgers = [Ledger(places=len(inputs.codes), kinds=len(self.kinds)) for _ in inputs.flows]
        self.participants = 0

    def step(self) -> None:
        """One meeting."""
        self.gather(self.plan())
        self.participants += len(self.agents)
        for asked, ledger in zip(self.questions, self.ledgers, strict=True):
            self.agents.do("join", asked)
            present = len(self.agents) - self.agents.agg("left", sum)
            ended = self.host.left or present < 2
            spoiled = set() if ended else set().union(*self.agents.map("withheld", asked))
            self.agents.do("claim", asked, ended, spoiled)
            void = self.mixed_in(asked, "void")
            self.agents.do("stand", asked, void, self.mixed_in(asked, "leniently_void"))
            taken_back = set().union(*(one.mixes_in(asked) & one.lawful for one in self.agents if one.withdrawn))
            ledger.meetings[self.steps % GROUPS] += 1
            self.record(ledger, asked, ended, void, taken_back)
        self.remove_all_agents()

    def record(self, ledger: Ledger, asked: Question, ended: bool, void: dict[int, str], taken_back: set[int]) -> None:
        """Add what became of everybody's data to the totals."""
        self.agents.do(ledger.enter, asked, ended, void, taken_back, self.steps % GROUPS)

    def mixed_in(self, asked: Question, reading: str) -> dict[int, str]:
        """What is void of somebody and recorded together with all, by the rule of whoever of them comes first."""
        rules: dict[int, str] = {}
        for person in self.agents:
            objection = getattr(person, reading)
            if objection:
                for category in person.mixes_in(asked):
                    rules.setdefault(category, objection[1])
        return rules

    def plan(self) -> Meeting:
        """Draw a meeting."""
        random = self.random
        kind = self.kinds[bisect(self.kind_cuts, random.random())]
        minutes = kind.median_minutes * math.exp(random.gauss(0.0, kind.length_spread))
        length_ms = int(min(minutes, kind.most_minutes) * 60_000.0)
        hours = length_ms / MS_PER_HOUR
        return Meeting(
            kind=kind,
            confidentiality=bisect(kind.confidentiality, random.random()),
            length_ms=length_ms,
            counted=[
                (category, math.log(hours * rate / (1.0 + hours * rate)))
                for category, rate in self.rates.counted
                if rate > 0.0
            ],
        )

    def gather(self, meeting: Meeting) -> None:
        """Bring the people of a meeting together; the host comes first."""
        self.host = Participant(self, meeting)
        for _ in range(self.size(meeting.kind) - 1):
            Participant(self, meeting, self.host)
        self.agents.do("take_part", self.agents.agg("floor", sum))
        max(self.agents, key=lambda person: person.produced[AUDIO]).present()

    def size(self, kind: Kind) -> int:
        """Number of people: the whole part of a power law, cut off at both ends."""
        if kind.least == kind.most:
            return kind.least
        power = 1.0 - kind.exponent
        low, high = kind.least**power, (kind.most + 1) ** power
        size = int((low + self.random.random() * (high - low)) ** (1.0 / power))
        return min(max(size, kind.least), kind.most)
