"""Participants: who they are, how they answer, what becomes of their data."""

from __future__ import annotations

import math
from bisect import bisect
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

import mesa

from mesa_model.law import Law
from mesa_model.question import Answer, Question
from mesa_model.world import (
    AUDIO,
    EXTERNAL,
    HOST,
    PEER,
    PHONE,
    SCREEN_SHARE,
    SUBORDINATE,
    TELEMETRY,
    TRANSCRIPT,
    VIDEO,
)
from simulator.rules.ledger import CAUSES, Cause

if TYPE_CHECKING:
    from mesa_model.model import Meeting, Meetings

EXCLUDED, MINOR = CAUSES.index(Cause.EXCLUDED), CAUSES.index(Cause.MINOR)
FORCED, POWER_GAP = CAUSES.index(Cause.FORCED), CAUSES.index(Cause.POWER_GAP)
MIXED, WITHDRAWN = CAUSES.index(Cause.MIXED), CAUSES.index(Cause.WITHDRAWN)
WITHDRAWN_TOGETHER, KEPT = CAUSES.index(Cause.WITHDRAWN_TOGETHER), CAUSES.index(Cause.KEPT)
GUESTS = (SUBORDINATE, PEER, EXTERNAL)
NOTHING: frozenset[int] = frozenset()


class Participant(mesa.Agent):
    """Somebody in the present meeting, who joins it under one flow after the other.

    Attributes:
        floor: Claim to the floor; the speech is split in proportion.
        willing: Latent willingness by category; above 0 is wanted.
        produced: Milliseconds, or counts, by category.
        granted: Categories granted under the present flow.
        claimed: Those of them that can be claimed.
        void: Cause and rule that void all of it for the person's own sake, read strictly; None where it stands.
        leniently_void: The same, read leniently.
        lawful: What stands of the claimed, after what others void of what is recorded together.
        lenient: The same, read leniently.
        withdrawn: Whether the person takes back all that stands.
        fates: Cause, and rule where one voids it, by category; filled in by `collected.py` alone.
    """

    fates: list[tuple[int, str | None]]

    def __init__(self, model: Meetings, meeting: Meeting, host: Participant | None = None) -> None:
        """Draw the traits of a guest, or of the host where none is given."""
        super().__init__(model)
        people, kind, random = model.people, meeting.kind, self.random
        self.meeting = meeting
        if host is None:
            self.role = HOST
            self.place = bisect(people.places, random.random())
            self.age = random.randint(*people.adults)
            self.floor = random.gammavariate(kind.concentration * kind.host_weight, 1.0)
        else:
            self.role = GUESTS[bisect(kind.roles, random.random())]
            abroad = random.random() < people.cross_border
            self.place = bisect(people.places, random.random()) if abroad else host.place
            self.age = random.randint(*(people.minors if random.random() < kind.minors else people.adults))
            silent = random.random() < kind.silent
            self.floor = 0.0 if silent else random.gammavariate(kind.concentration, 1.0)
        self.channel = bisect(people.channels, random.random())
        self.attention = random.gauss(people.attention, people.attention_spread)
        self.effort = math.exp(random.gauss(0.0, people.effort_spread))
        self.stake = random.gauss(people.stake[self.role] + kind.stake, people.stake_spread)
        self.pressure = people.pressure[self.role]
        base = people.segment_base[bisect(people.segments, random.random())]
        shared = base + people.confidentiality_shift[meeting.confidentiality] + random.gauss(0.0, people.common)
        self.willing = [random.gauss(shared + shift, people.own) for shift in people.category_shift]

    def take_part(self, floor: float) -> None:
        """Speak for one's part of the floor, and produce what else one does."""
        length_ms, rates, random = self.meeting.length_ms, self.model.rates, self.random.random
        self.produced = produced = [0] * len(self.willing)
        speech_ms = int(length_ms * min(rates.speech * self.floor / floor, 1.0))
        produced[AUDIO] = produced[TRANSCRIPT] = speech_ms
        produced[TELEMETRY] = length_ms
        if self.channel == PHONE:  # a phone carries the voice and nothing else
            return
        if random() < rates.camera_on:
            produced[VIDEO] = length_ms
        for category, log_odds in self.meeting.counted:
            produced[category] = int(math.log(1.0 - random()) / log_odds)

    def present(self) -> None:
        """Share one's screen for a part of the meeting, unless one is on the phone."""
        share = self.model.rates.screen_share
        if share > 0.0 and self.channel != PHONE:
            part = self.random.random() ** ((1.0 - share) / share)
            self.produced[SCREEN_SHARE] = int(self.meeting.length_ms * part)

    def join(self, question: Question) -> None:
        """Answer the question at the door: leave, or come in with some categories granted."""
        coefficients = self.model.coefficients
        attention = 1.0 / (1.0 + math.exp(question.length - self.attention))
        habit = (1.0 - attention) * coefficients.habit
        click = coefficients.click * self.effort
        weights = [math.exp(self.utility(answer, question, attention, habit, click)) for answer in question.answers]
        answer = self.random.choices(question.answers, weights)[0]
        self.left, self.granted, clicks = answer.leaves, answer.grants, answer.clicks
        if answer.as_set:
            on = self.set_switches(question, attention * coefficients.value, habit + coefficients.preselection + click)
            self.granted |= on
            clicks += len(on)
        self.seconds = attention * question.seconds + coefficients.click_seconds * clicks

    def utility(self, answer: Answer, question: Question, attention: float, habit: float, click: float) -> float:
        """Systematic utility of an answer, logits."""
        willing = self.willing
        value, offered, flips = 0.0, len(answer.grants), 0
        for category in answer.grants:
            value += willing[category]
        if answer.as_set:
            offered += len(question.switches)
            for category in question.switches:
                if willing[category] > 0.0:
                    value += willing[category]
                    flips += 1
        utility = answer.constant - click * (answer.clicks + attention * flips)
        if offered:
            utility += attention * self.model.coefficients.value * value / offered
        if answer.affirmative:
            utility += habit + self.pressure
        if answer.leaves:
            utility -= self.stake
        return utility

    def set_switches(self, question: Question, value: float, staying: float) -> set[int]:
        """The switches turned on; `staying` pulls towards leaving them off."""
        willing, random = self.willing, self.random.random
        return {
            category
            for category in question.switches
            if random() < 1.0 / (1.0 + math.exp(staying - value * willing[category]))
        }

    def withheld(self, question: Question) -> set[int]:
        """What somebody present produces, does not grant, and is recorded together with everybody else's."""
        if self.left:
            return set()
        return {category for category in question.mixed - self.granted if self.produced[category]}

    def claim(self, question: Question, ended: bool, spoiled: set[int]) -> None:
        """Find out what is claimed, and whether that is void for the person's own sake."""
        self.claimed = NOTHING if ended or self.left else self.granted - spoiled
        self.void = self.leniently_void = None
        if self.claimed:
            self.void = self.objection(self.model.strict, question)
            self.leniently_void = self.objection(self.model.lenient, question)

    def objection(self, law: Law, question: Question) -> tuple[int, str] | None:
        """The first void test that a claim fails, and the rule that decides; the same for every category."""
        rules = law.places[self.place]
        for overlay in law.overlays[self.meeting.kind.index][self.meeting.confidentiality][self.model.host.place]:
            if self.age < overlay.below_age and self.place in overlay.places and self.role in overlay.roles:
                return EXCLUDED, overlay.id
        if rules.minor and self.age < rules.age:
            return MINOR, rules.minor
        if rules.forced and question.forced:
            return FORCED, rules.forced
        if rules.power_gap and self.role == SUBORDINATE:
            return POWER_GAP, rules.power_gap
        return None

    def mixes_in(self, question: Question) -> frozenset[int]:
        """What is claimed of somebody, and recorded together with everybody else's."""
        return frozenset(category for category in question.mixed & self.claimed if self.produced[category])

    def stand(self, question: Question, void: Collection[int], leniently_void: Collection[int]) -> None:
        """Find out what stands where that is void for everybody, and whether it is taken back."""
        self.lawful = NOTHING if self.void else self.claimed.difference(void)
        self.lenient = NOTHING if self.leniently_void else self.claimed.difference(leniently_void)
        self.withdrawn = bool(self.lawful) and self.takes_back(question)

    def takes_back(self, question: Question) -> bool:
        """Whether the person withdraws all that stands."""
        if question.withdrawal_clicks is None:
            return False
        coefficients = self.model.coefficients
        value = sum(self.willing[category] for category in self.lawful) / len(self.lawful)
        cost = coefficients.withdraw_inertia + coefficients.click * self.effort * question.withdrawal_clicks
        return self.random.random() < 1.0 / (1.0 + math.exp(coefficients.value * value + cost))

    def fate(self, category: int, void: Mapping[int, str], taken_back: set[int]) -> tuple[int, str | None]:
        """What becomes of a claimed category, and the rule that decides where it is void.

        Args:
            category: Which.
            void: Rule by category, of what is recorded together and void for everybody.
            taken_back: What is recorded together and was taken back by somebody.
        """
        if self.void:
            return self.void
        if category in void:
            return MIXED, void[category]
        if self.withdrawn:
            return WITHDRAWN, None
        return (WITHDRAWN_TOGETHER if category in taken_back else KEPT), None
