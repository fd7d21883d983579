"""A face for one participant, on demand: a name, an employer and a job out of Faker.

Faces are for people who look at the simulator. No outcome and no recorded result depends on them, as names change
between versions of Faker; within one version the same seed, meeting and number give the same person.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from faker import Faker
from faker.config import AVAILABLE_LOCALES

from simulator.draws import FACE_STREAM, child, stream_key
from simulator.scenario.vocabulary import Role

FALLBACK_LOCALE = "en_US"
_PLAIN_FORMAT = "{{first_name}} {{last_name}}"
_TITLES = ("prefix", "suffix")


@dataclass(frozen=True)
class Face:
    """Who a participant might be. A minor has no employer and no job: None."""

    name: str
    """Given and family name in the order of the locale, without titles."""
    employer: str | None
    job: str | None


class Faces:
    """The faces of the people of one seed.

    Keeps one generator per locale and reseeds it for each face, which is about seven times faster than a new one.
    """

    def __init__(self, seed: int) -> None:
        self._key = stream_key(seed, FACE_STREAM)
        self._generators: dict[str, Faker] = {}
        self._name_formats: dict[str, Sequence[str] | OrderedDict[str, float]] = {}

    def face(self, *, locale: str, host_locale: str, meeting: int, person: int, role: Role | str, minor: bool) -> Face:
        """The face of a participant.

        Where Faker has no employers or jobs of a locale (of jobs: en_GB, en_IN and nl_NL), it gives those of en_US.
        The same holds for everything in a locale that it does not know.

        Args:
            locale: Locale of the name and the job, such as de_DE.
            host_locale: Locale of the host; the host and all colleagues share an employer from there.
            meeting: Id of the meeting.
            person: Number within the meeting; 0 is the host.
            role: An external has an employer of their own.
            minor: Whether they are under 18.
        """
        meeting_key = child(self._key, meeting)
        own = self._seeded(locale, child(np.uint64(meeting_key), person))
        name = str(own.parse(str(own.random_element(self._formats(locale)))))
        if minor:
            return Face(name, None, None)
        job = str(own.job())
        if Role(role) is Role.EXTERNAL:
            return Face(name, str(own.company()), job)
        return Face(name, str(self._seeded(host_locale, meeting_key).company()), job)

    def _seeded(self, locale: str, key: int | np.uint64) -> Faker:
        if locale not in self._generators:
            self._generators[locale] = _generator(locale)
        found = self._generators[locale]
        found.seed_instance(int(key))
        return found

    def _formats(self, locale: str) -> Sequence[str] | OrderedDict[str, float]:
        if locale not in self._name_formats:
            self._name_formats[locale] = _untitled(self._generators[locale])
        return self._name_formats[locale]


def _generator(locale: str) -> Faker:
    return Faker(locale if locale in AVAILABLE_LOCALES else FALLBACK_LOCALE)


def _untitled(generator: Faker) -> Sequence[str] | OrderedDict[str, float]:
    """The locale's ways to put a name together, as a sequence or with weights, without those that hold a title."""
    formats = getattr(generator.factories[0].provider("faker.providers.person"), "formats", ())
    if isinstance(formats, OrderedDict):
        weighted = OrderedDict((form, weight) for form, weight in formats.items() if _has_no_title(form))
        return weighted or (_PLAIN_FORMAT,)
    return tuple(form for form in formats if _has_no_title(form)) or (_PLAIN_FORMAT,)


def _has_no_title(form: str) -> bool:
    return not any(title in form for title in _TITLES)
