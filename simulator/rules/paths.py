"""The ways to grant and to refuse at one stage, with their clicks; staying silent is a way of no clicks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from simulator.scenario.flow import Flow, Option, Stage, Toggle
from simulator.scenario.grants import Grants, grants_of
from simulator.scenario.stage_facts import asked, default_option, leaves, shown, untouched
from simulator.scenario.vocabulary import Actor, Affects, DataCategory, Default, Effect, Purpose, ToggleSetting

Grant = tuple[DataCategory, Purpose]


@dataclass(frozen=True)
class Way:
    """One way to get to an answer."""

    clicks: int | None
    """None: not counted."""
    option: int | None
    """Index of the option; None: silence."""


@dataclass(frozen=True)
class _Offer:
    """What one way grants as it stands, and the toggles that can still be changed."""

    way: Way
    granted: Grants
    on: tuple[Grants, ...] = ()
    off: tuple[Grants, ...] = ()

    def after(self, flips: int) -> Way:
        """The way with some toggles changed, each a click."""
        clicks = self.way.clicks
        return Way(None if clicks is None else clicks + flips, self.way.option)


def by_default(stage: Stage) -> Grants:
    """What the stage's default grants."""
    option = default_option(stage)
    return untouched(option, stage) if stage.default is Default.ON and option is not None else frozenset()


def silence_counts(stage: Stage) -> bool:
    """Whether one can go on without an answer, so that the default holds."""
    return not stage.blocking or stage.actor is Actor.PROVIDER


def costs_the_meeting(option: Option, flow: Flow, stage: Stage) -> bool:
    """Whether the option costs the one who answers the meeting; an officer who "leaves" only says no."""
    return stage.binds is Affects.SELF and leaves(option, flow, stage)


def refuses(option: Option, grant: Grant, flow: Flow, stage: Stage) -> bool:
    """Whether one can take the option, stay, and not grant this."""
    if costs_the_meeting(option, flow, stage):
        return False
    if option.effect is Effect.GRANT:
        kept = grants_of(option.grants) if option.toggles is ToggleSetting.AS_SET else untouched(option, stage)
        return grant not in kept
    return option.effect is not Effect.DEFER or grant not in by_default(stage)


def ways_to_grant(flow: Flow, stage: Stage, *, everything: bool) -> list[Way]:
    """Ways to grant all that the stage asks for, or any of it."""
    return [way for offer in _offers(flow, stage) for way in _granting(offer, asked(stage), everything)]


def ways_to_refuse(flow: Flow, stage: Stage, *, everything: bool) -> list[Way]:
    """Ways to refuse all that the stage asks for, or any of it, while staying."""
    return [way for offer in _offers(flow, stage) for way in _refusing(offer, asked(stage), everything)]


def _granting(offer: _Offer, asked_for: Grants, everything: bool) -> Iterator[Way]:
    missing = asked_for - offer.granted
    if not missing or (offer.granted and not everything):
        yield offer.way
    elif everything and missing <= frozenset().union(*offer.off):
        yield offer.after(sum(1 for grants in offer.off if grants & missing))
    elif not everything and offer.off:
        yield offer.after(1)


def _refusing(offer: _Offer, asked_for: Grants, everything: bool) -> Iterator[Way]:
    if not offer.granted or (asked_for - offer.granted and not everything):
        yield offer.way
    elif everything and offer.granted <= frozenset().union(*offer.on):
        yield offer.after(len(offer.on))
    elif not everything and offer.on:
        yield offer.after(1)


def _offers(flow: Flow, stage: Stage) -> Iterator[_Offer]:
    if not asked(stage):
        return
    if silence_counts(stage):
        yield _Offer(Way(0, None), by_default(stage))
    for index, option in enumerate(stage.options):
        way = Way(option.clicks, index)
        if costs_the_meeting(option, flow, stage):
            continue
        if option.effect is Effect.GRANT:
            changeable = stage.toggles if option.toggles is ToggleSetting.AS_SET else []
            on, off = _standing(changeable, Default.ON), _standing(changeable, Default.OFF)
            yield _Offer(way, untouched(option, stage), on, off)
        elif option.effect is not Effect.DEFER:
            yield _Offer(way, frozenset())
        elif by_default(stage) or not shown(option):
            # To put off is an answer only where it grants in the end, or where it stands for giving none.
            yield _Offer(way, by_default(stage))


def _standing(toggles: Sequence[Toggle], default: Default) -> tuple[Grants, ...]:
    return tuple(grants_of(toggle.grants) for toggle in toggles if toggle.default is default)


def fewest(ways: Sequence[Way]) -> Way | None:
    """The way of fewest counted clicks, an option before silence; None where none is counted."""
    counted = [way for way in ways if way.clicks is not None]
    return min(counted, key=lambda way: (way.clicks, way.option is None), default=None)


def takes_more(ways: Sequence[Way], others: Sequence[Way], *, allowing: int = 0) -> bool | None:
    """Whether the fewest clicks of `ways` are more than those of `others`, and more than `allowing`.

    False where either is empty; None where clicks that nobody counted would decide.
    """
    if not ways or not others:
        return False
    low, high = _bounds(ways)
    other_low, other_high = _bounds(others)
    if high is not None and high <= max(other_low, allowing):
        return False
    if other_high is not None and low > max(other_high, allowing):
        return True
    return None


def _bounds(ways: Sequence[Way]) -> tuple[int, int | None]:
    """Lowest and highest value that the fewest clicks can have; None: no limit."""
    counted = [way.clicks for way in ways if way.clicks is not None]
    low = min(counted) if len(counted) == len(ways) else 0
    return low, min(counted, default=None)
