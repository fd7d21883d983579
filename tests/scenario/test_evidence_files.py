"""Studies: the built-in ones are sound and kept apart by role, and what is wrong with a file is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.errors import ScenarioError
from simulator.scenario import library
from simulator.scenario.evidence import Study
from simulator.scenario.load import load_study
from simulator.scenario.parameters import COEFFICIENTS
from simulator.scenario.vocabulary import EvidenceRole, Read

STUDIES = [library.study(name) for name in library.builtin("evidence")]
PLAIN = """\
schema_version: 1
id: mine
title: A study
citation: Somebody, 2026
year: 2026
role: context
setting: field
respondents: a few
sources: [{known: assumption, supports: all}]
contexts: {site: a site}
designs:
  two:
    title: Two buttons
    stages:
      - id: ask
        actor: participant
        at: join
        options:
          - {id: yes_please, label: Yes, effect: grant, grants: {chat: [service]}, clicks: 1}
          - {id: no_thanks, label: "No", effect: deny, clicks: 1}
arms:
  - {id: one, title: One, designs: [two], context: site, control: true, read: primary, where: page 1,
     observed: [{answer: accept, share: 0.6}]}
  - {id: other, title: Other, designs: [two], context: site, read: primary, where: page 1,
     observed: [{answer: accept, share: 0.5}]}
"""


def study(tmp_path: Path, *changes: tuple[str, str]) -> Study:
    text = PLAIN
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    return load_study(path)


@pytest.mark.parametrize("one", STUDIES, ids=lambda one: one.id)
def test_a_study_is_named_after_its_file_and_says_why_it_is_not_used(one: Study) -> None:
    assert one.id in library.builtin("evidence")
    assert one.arms or one.left_out
    assert all(item.why for item in one.left_out)


def test_there_are_studies_of_every_role() -> None:
    assert {one.role for one in STUDIES} == set(EvidenceRole)
    assert sum(one.role is EvidenceRole.CALIBRATION for one in STUDIES) == 12


def test_an_arm_that_is_marked_as_read_from_memory_is_among_the_built_in_ones_so_that_it_can_be_refused() -> None:
    assert any(arm.read is Read.MEMORY for one in STUDIES if one.role is EvidenceRole.CALIBRATION for arm in one.arms)


def test_priors_lean_on_no_study_that_is_fitted_or_kept_apart() -> None:
    prior = library.parameters("prior")
    assert "fatigue" not in COEFFICIENTS
    # Fatigue is no prior: it is neither fitted nor validated, and what it leans on stands in no arm.
    told = prior.model_dump_json(exclude={"fatigue"}).lower()
    apart = [one.citation for one in STUDIES if one.role is not EvidenceRole.CONTEXT]
    authors = {citation.replace(" and", ",").split(",")[0].lower() for citation in apart}
    assert len(authors) > 10
    assert [name for name in sorted(authors) if name in told] == []


def test_a_sound_file_is_taken(tmp_path: Path) -> None:
    assert study(tmp_path).flow("two").stages[0].id == "ask"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("designs: [two], context: site, control", "designs: [too], context: site, control", 'Did you mean "two"?'),
        ("context: site, read", "context: sight, read", '"sight" is not one of the contexts of this file.'),
        ("context: site, read", "context: site, control: true, read", 'context "site" has a control already.'),
        ("- {id: other", "- {id: one", '"one" is already the id of an arm.'),
        ("clicks: 1}\n          - {id: no", "clicks: 1, next: ask}\n          - {id: no", "shown only once"),
        ("actor: participant", "actor: host", "a respondent answers alone"),
        ("at: join", "at: join\n        shows: 2", "respondents of an arm meet each stage once and alike."),
        ("share: 0.5}", "share: 0.5}, {answer: accept, share: 0.4}", 'the share of "accept" is given twice.'),
        ("accept, share: 0.5}", "accept_all, share: 0.7}, {answer: reject_all, share: 0.4}", "add up to 1.1"),
        ("role: context", "role: contxt", 'Did you mean "context"?'),
        ("share: 0.5", "share: 1.5", "out of range"),
        ("read: primary", "read: maybe", '"maybe"'),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        study(tmp_path, (old, new))
    assert said in str(caught.value)
    assert all(problem.line for problem in caught.value.problems)


def test_stages_that_ask_for_different_things_have_no_answer_in_common(tmp_path: Path) -> None:
    more = """      - id: again
        actor: participant
        at: join
        options:
          - {id: yes_please, label: Yes, effect: grant, grants: {files: [service]}, clicks: 1}
          - {id: no_thanks, label: "No", effect: deny, clicks: 1}
arms:
"""
    with pytest.raises(ScenarioError, match="different things"):
        study(tmp_path, ("arms:\n", more))
