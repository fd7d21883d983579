"""Grants as bit sets: the one place that says which bit is which."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from simulator.scenario.flow import GrantMap
from simulator.scenario.vocabulary import DataCategory, Purpose

CATEGORIES = tuple(DataCategory)
PURPOSES = tuple(Purpose)

Grants = frozenset[tuple[DataCategory, Purpose]]
"""A set of (category, purpose)."""


def grants_of(written: GrantMap) -> Grants:
    """The grants that a file's mapping means."""
    return frozenset((category, purpose) for category, purposes in written.items() for purpose in purposes)


def categories_for(grants: Grants, purpose: Purpose) -> frozenset[DataCategory]:
    """The categories granted for one purpose."""
    return frozenset(category for category, granted in grants if granted is purpose)


def mask(categories: Iterable[DataCategory]) -> int:
    """Bit set of categories: bit k is the k-th of `DataCategory`."""
    return sum(1 << CATEGORIES.index(category) for category in set(categories))


def unmask(bits: int) -> Iterator[DataCategory]:
    """The categories of a bit set, in order."""
    return (category for index, category in enumerate(CATEGORIES) if bits >> index & 1)
