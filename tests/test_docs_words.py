"""The pages that explain words and equations keep up with the code."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path

import pytest

from simulator.rules.ledger import ROW_OF, Cause
from simulator.scenario import vocabulary
from simulator.scenario.parameters import COEFFICIENTS
from simulator.scenario.vocabulary import Refusal, VoidTest

ROOT = Path(__file__).resolve().parents[1]
GLOSSARY = (ROOT / "docs/reference/glossary.md").read_text(encoding="utf-8")
MODEL = (ROOT / "docs/explanation/model.md").read_text(encoding="utf-8")
PAGES = sorted((ROOT / "docs").rglob("*.md"))

VOCABULARIES = [
    kind
    for kind in vars(vocabulary).values()
    if isinstance(kind, type) and issubclass(kind, StrEnum) and kind is not StrEnum
]


def section(page: str, heading: str) -> str:
    """The text under the heading that holds `heading`, up to the next one."""
    found = re.search(rf"^## [^\n]*{re.escape(heading)}[^\n]*\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    assert found, f"no heading holds {heading}"
    return found[1]


def rows(text: str) -> list[list[str]]:
    """The cells of every table row in a text, without the rows that head tables."""
    lines = re.sub(r"^\|.*\n\|[-|]+\|\n", "", text, flags=re.MULTILINE).splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]


def words(text: str) -> list[str]:
    """The first cell of every table row, without backticks."""
    return [row[0].strip("`") for row in rows(text)]


def test_the_vocabularies_are_found() -> None:
    assert len(VOCABULARIES) > 10


@pytest.mark.parametrize("kind", VOCABULARIES, ids=lambda kind: kind.__name__)
def test_the_glossary_explains_each_word_of_a_vocabulary_in_its_order(kind: type[StrEnum]) -> None:
    assert words(section(GLOSSARY, f"`{kind.__name__}`")) == [member.value for member in kind]


@pytest.mark.parametrize("kind", [*VOCABULARIES, Cause], ids=lambda kind: kind.__name__)
def test_no_word_is_left_without_an_explanation(kind: type[StrEnum]) -> None:
    assert [row for row in rows(section(GLOSSARY, f"`{kind.__name__}`")) if not row[-1]] == []


def test_the_glossary_explains_each_cause_with_its_row() -> None:
    written = {row[0].strip("`"): row[1].strip("`") for row in rows(section(GLOSSARY, "`Cause`"))}
    tests = {test.value for test in VoidTest}
    assert written == {cause.value: ROW_OF[cause].value for cause in Cause if cause.value not in tests}


def test_every_name_in_code_that_the_glossary_gives_is_in_the_code() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "simulator").rglob("*.py"))
    names = [row[1].strip("`") for row in rows(section(GLOSSARY, "Words")) if row[1] != "–"]
    assert [name for name in names if not re.search(rf"\b{re.escape(name)}\b", source)] == []


def test_the_model_page_names_every_coefficient() -> None:
    assert len(COEFFICIENTS) > 20
    assert [name for name in COEFFICIENTS if f"`{name}`" not in MODEL] == []


def test_the_model_page_has_the_void_tests_in_their_order() -> None:
    written = [word for word in words(section(MODEL, "The ledger")) if word in set(VoidTest)]
    assert written == [test.value for test in VoidTest]


def test_the_model_page_says_what_each_refusal_semantics_does() -> None:
    table = section(MODEL, "What answers amount to").split("| `refusal` |")[1]
    assert [word for word in words(table) if word in set(Refusal)] == [refusal.value for refusal in Refusal]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []
