"""The code keeps to the words of the glossary: where a word has one meaning only, those it replaces stay out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted((ROOT / "simulator").rglob("*.py"))
GLOSSARY = (ROOT / "docs/reference/glossary.md").read_text(encoding="utf-8")

REPLACED = {
    "persona": "participant",
    "attendee": "participant",
    "modality": "data category",
    "opted in": "a consent status",
    "dialog": "flow or stage",
    "dark pattern": "deceptive design pattern",
    "score": "systematic utility",
    "UX cost": "clicks",
    "KPI": "outcome",
}
"""Word that stays out: what to say. Left out are words that mean other things too, such as kind, user or region."""


def spelled_out(text: str) -> str:
    """Text in lower case, with the words inside names (snake_case, in-hyphens, CamelCase) set apart."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    return re.sub(r"[_-]", " ", apart).lower()


def uses(word: str, text: str) -> list[int]:
    """Lines of a text, 1-based, that use a word or its plural."""
    stem = re.escape(word.lower())
    whole = re.compile(rf"\b({stem}s?|{stem[:-1]}ies)\b" if stem.endswith("y") else rf"\b{stem}s?\b")
    return [number for number, line in enumerate(text.splitlines(), start=1) if whole.search(spelled_out(line))]


@pytest.mark.parametrize("word", REPLACED)
def test_the_code_does_not_use_a_word_that_the_glossary_replaces(word: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {word}; say: {REPLACED[word]}"
        for path in SOURCES
        for line in uses(word, path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize("word", REPLACED)
def test_the_glossary_replaces_each_of_these_words(word: str) -> None:
    cells = [line.rstrip(" |").rsplit("|", 1)[-1] for line in GLOSSARY.splitlines() if line.startswith("|")]
    notes = re.findall(r"Not: ([^.]*)\.", GLOSSARY)
    replaced = {name.strip() for listed in (*cells, *notes) for name in listed.split(",")}
    assert word in replaced


def test_a_word_is_found_in_names_and_text_and_not_inside_others() -> None:
    text = "the personas\nclass DarkPattern:\nopted_in = 1\npersonal scores\nunderscored = KPI\nmodalities"
    assert {word: uses(word, text) for word in ("persona", "dark pattern", "opted in", "score", "KPI", "modality")} == {
        "persona": [1],
        "dark pattern": [2],
        "opted in": [3],
        "score": [4],
        "KPI": [5],
        "modality": [6],
    }
