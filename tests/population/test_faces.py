"""Faces: the same person for the same key, shaped by locale, role and age. No name is written down here."""

from __future__ import annotations

import subprocess
import sys
from itertools import cycle

import pytest
from faker import Faker
from faker.config import AVAILABLE_LOCALES
from hypothesis import given
from hypothesis import strategies as st

from simulator.population.faces import FALLBACK_LOCALE, Face, Faces
from simulator.scenario import library
from simulator.scenario.vocabulary import Role

LOCALES = sorted({library.jurisdiction(name).locale for name in library.builtin("jurisdiction")})
KEYS = st.integers(min_value=0, max_value=2**64 - 1)
COLLEAGUES = [role for role in Role if role is not Role.EXTERNAL]


def face_of(
    seed: int = 0,
    *,
    locale: str = "de_DE",
    host_locale: str = "de_DE",
    meeting: int = 0,
    person: int = 1,
    role: Role = Role.PEER,
    minor: bool = False,
) -> Face:
    """A face out of a fresh `Faces`."""
    return Faces(seed).face(
        locale=locale, host_locale=host_locale, meeting=meeting, person=person, role=role, minor=minor
    )


def many(locale: str, number: int, role: Role = Role.EXTERNAL) -> list[Face]:
    """The faces of so many people in one meeting."""
    faces = Faces(7)
    return [
        faces.face(locale=locale, host_locale=locale, meeting=3, person=person, role=role, minor=False)
        for person in range(number)
    ]


@given(seed=KEYS, meeting=st.integers(min_value=0, max_value=2**40), person=st.integers(min_value=0, max_value=999))
def test_the_same_seed_meeting_and_number_give_the_same_face(seed: int, meeting: int, person: int) -> None:
    first = face_of(seed, meeting=meeting, person=person)
    assert face_of(seed, meeting=meeting, person=person) == first


def test_a_face_does_not_depend_on_who_was_looked_at_before() -> None:
    faces = Faces(7)
    for locale in LOCALES:
        faces.face(locale=locale, host_locale="ja_JP", meeting=9, person=4, role=Role.EXTERNAL, minor=False)
    looked_at_later = faces.face(locale="de_DE", host_locale="en_US", meeting=3, person=2, role=Role.PEER, minor=False)
    assert looked_at_later == face_of(7, host_locale="en_US", meeting=3, person=2)


@pytest.mark.parametrize("changed", ["seed", "meeting", "person"])
def test_another_seed_meeting_or_number_gives_another_face(changed: str) -> None:
    keys = [{"seed": 0, "meeting": 0, "person": 1} | {changed: number} for number in range(20)]
    names = {face_of(key["seed"], meeting=key["meeting"], person=key["person"]).name for key in keys}
    assert len(names) > 10


def test_an_interpreter_with_another_hash_seed_gives_the_same_face() -> None:
    code = (
        "from simulator.population.faces import Faces\n"
        "where = {'locale': 'ja_JP', 'host_locale': 'nl_NL', 'meeting': 2, 'person': 3}\n"
        "print(ascii(Faces(5).face(**where, role='peer', minor=False)))"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        ).stdout
        for hash_seed in ("1", "2")
    }
    here = Faces(5).face(locale="ja_JP", host_locale="nl_NL", meeting=2, person=3, role="peer", minor=False)
    assert printed == {ascii(here) + "\n"}


@pytest.mark.parametrize("role", Role)
def test_a_minor_has_a_name_and_neither_job_nor_employer(role: Role) -> None:
    face = face_of(role=role, minor=True)
    assert (bool(face.name), face.employer, face.job) == (True, None, None)


def test_a_minor_bears_the_name_that_the_same_person_would_bear_as_an_adult() -> None:
    assert face_of(minor=True).name == face_of(minor=False).name


@given(meeting=st.integers(min_value=0, max_value=2**40), host_locale=st.sampled_from(LOCALES))
def test_colleagues_of_the_host_share_one_employer_wherever_they_are(meeting: int, host_locale: str) -> None:
    faces = Faces(1)
    employers = {
        faces.face(
            locale=locale, host_locale=host_locale, meeting=meeting, person=person, role=role, minor=False
        ).employer
        for person, (locale, role) in enumerate(zip(LOCALES, cycle(COLLEAGUES), strict=False))
    }
    assert len(employers) == 1


def test_employers_differ_between_meetings() -> None:
    assert len({face_of(meeting=meeting).employer for meeting in range(20)}) > 10


def test_externals_have_employers_of_their_own() -> None:
    employers = [face.employer for face in many("de_DE", 20)]
    hosted = many("de_DE", 1, role=Role.HOST)[0].employer
    assert len(set(employers)) > 10
    assert hosted not in employers


def names_of(locale: str) -> object:
    """Where Faker keeps the parts of names of a locale."""
    return Faker(locale).factories[0].provider("faker.providers.person")


def titles_of(locale: str) -> set[str]:
    """What Faker may put before or after a name."""
    kinds = [f"{place}{sex}" for place in ("prefixes", "suffixes") for sex in ("", "_female", "_male")]
    return {title for kind in kinds for title in getattr(names_of(locale), kind, ())}


@pytest.mark.parametrize("locale", LOCALES)
def test_names_hold_no_titles(locale: str) -> None:
    titles = titles_of(locale)
    names = [face.name for face in many(locale, 400)]
    assert [name for name in names if titles & set(name.split())] == []


def test_some_locales_do_have_titles_so_that_this_check_can_fail() -> None:
    assert titles_of("en_US") >= {"Mrs.", "PhD"}
    assert "Dr." in titles_of("de_DE")


@pytest.mark.parametrize("locale", LOCALES)
def test_faker_itself_still_gives_the_parts_that_names_are_made_of(locale: str) -> None:
    assert getattr(names_of(locale), "formats", None)


def test_a_japanese_name_starts_with_the_family_name() -> None:
    families = set(Faker("ja_JP").factories[0].provider("faker.providers.person").last_names)
    assert {face.name.split()[0] for face in many("ja_JP", 50)} <= families


def test_every_locale_of_a_built_in_jurisdiction_is_one_that_faker_knows() -> None:
    assert set(LOCALES) <= set(AVAILABLE_LOCALES)


def test_a_locale_that_faker_does_not_know_falls_back() -> None:
    assert face_of(locale="xx_XX") == face_of(locale=FALLBACK_LOCALE)


def test_running_the_model_does_not_import_faker() -> None:
    code = "import sys, simulator.api, simulator.engine.people\nassert 'faker' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
