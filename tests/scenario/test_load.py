"""Loading content: what comes out of a good file, and what is said of a bad one."""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import Field, model_validator

from simulator.errors import ScenarioError, UsageError
from simulator.scenario import library, load
from simulator.scenario.flow import Flow
from simulator.scenario.sourced import Model
from simulator.scenario.vocabulary import Actor, DataCategory, Effect, Purpose
from simulator.scenario.yaml_file import Fault

FLOW = """\
schema_version: 1
id: small
title: Small
question: What comes of it?
sources:
  - known: published
    supports: everything
    accessed: 2023-08-07
period: {from: 2023-08-07, to: null}
stages:
  - id: notice
    actor: participant
    at: join
    default: off
    toggles:
      - {id: models, label: Train models, grants: {audio: [training_first_party]}, default: "off"}
    options:
      - id: agree
        label: Agree
        effect: grant
        grants: {audio: [improvement]}
        prominence: 1
        clicks: 1
      - id: save
        label: Save
        effect: grant
        toggles: as_set
        clicks: 2
      - id: refuse
        label: Refuse
        effect: deny
        clicks: 1
refusal: view_only
capture: {mixed: [audio]}
withdrawal: {actor: null}
"""


def changed(*swaps: tuple[str, str]) -> str:
    """The small flow with parts of its text swapped."""
    text = FLOW
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def refusal(folder: Path, text: str) -> str:
    """The whole text of the refusal, without the folder."""
    path = folder / "small.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load.load_flow(path)
    return str(caught.value).replace(f"{folder}{os.sep}", "")


def test_a_good_flow_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(FLOW, encoding="utf-8")
    flow = load.load_flow(path)
    assert flow.stages[0].actor is Actor.PARTICIPANT
    assert flow.stages[0].options[0].grants == {DataCategory.AUDIO: [Purpose.IMPROVEMENT]}
    assert flow.stages[0].options[2].effect is Effect.DENY
    assert flow.period is not None
    assert flow.period.from_ == date(2023, 8, 7)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "effect: deny",
            "effect: denied",
            '31: flow.stages[0].options[2].effect: "denied" is not an effect.\n'
            '  Did you mean "deny"? Effects: grant, deny, defer, leave, none.',
        ),
        (
            "actor: participant",
            "actor: user",
            '12: flow.stages[0].actor: "user" is not an actor.\n'
            "  Actors: provider, account_owner, admin, host, participant, bot_owner.",
        ),
        (
            "actor: participant",
            "actor: 3",
            "12: flow.stages[0].actor: 3 is not an actor.\n"
            "  Actors: provider, account_owner, admin, host, participant, bot_owner.",
        ),
        (
            "{audio: [improvement]}",
            "{audoi: [improvement]}",
            '21: flow.stages[0].options[0].grants.audoi: "audoi" is not a data category.\n'
            '  Did you mean "audio"? Data categories: audio, video, transcript, chat, screen_share, files, '
            "reactions, telemetry.",
        ),
        (
            "{audio: [improvement]}",
            "{audio: [service, traning_first_party]}",
            '21: flow.stages[0].options[0].grants.audio[1]: "traning_first_party" is not a purpose.\n'
            '  Did you mean "training_first_party"? Purposes: service, improvement, training_first_party, '
            "training_third_party.",
        ),
        (
            'default: "off"}',
            "default: none}",
            '16: flow.stages[0].toggles[0].default: "none" is not allowed here.\n'
            '  Did you mean "on"? Allowed: on, off.',
        ),
        (
            "at: join",
            "at: joining",
            '13: flow.stages[0].at: "joining" is not allowed here.\n'
            '  Did you mean "join"? Allowed: account, schedule, join, in_meeting, after.',
        ),
        (
            "toggles: as_set",
            "toggles: as-set",
            '27: flow.stages[0].options[1].toggles: "as-set" is not a toggle setting.\n'
            '  Did you mean "as_set"? Toggle settings: as_set, all_on, all_off.',
        ),
        (
            "clicks: 2",
            "click: 2\n        clicks: 2",
            '28: flow.stages[0].options[1].click: "click" is not a key here.\n'
            '  Did you mean "clicks"? Keys: id, label, effect, grants, toggles, prominence, urged, clicks, next.',
        ),
        (
            "period: {from: 2023-08-07, to: null}",
            "period: {until: 2023-08-07}",
            '9: flow.period.until: "until" is not a key here.\n  Keys: from, to.',
        ),
        (
            "question: What comes of it?\n",
            "",
            "1: flow.question: this key is missing.\n  It says: What running this flow answers.",
        ),
        (
            "        effect: deny\n",
            "",
            "29: flow.stages[0].options[2].effect: this key is missing.\n  Allowed: grant, deny, defer, leave, none.",
        ),
        (
            "schema_version: 1\n",
            "",
            "1: flow.schema_version: this key is missing; this joinlab reads schema_version 1.\n"
            "  Add schema_version: 1.",
        ),
        (
            "prominence: 1",
            'prominence: "0.5"',
            '22: flow.stages[0].options[0].prominence: "0.5" is not a number.\n  Remove the quotes.',
        ),
        (
            "prominence: 1",
            "prominence: 1.5",
            "22: flow.stages[0].options[0].prominence: 1.5 is out of range; expected at most 1.0.",
        ),
        (
            "prominence: 1",
            "prominence: .nan",
            "22: flow.stages[0].options[0].prominence: NaN is not a finite number.",
        ),
        (
            "prominence: 1",
            "prominence: true",
            "22: flow.stages[0].options[0].prominence: true is not a number.",
        ),
        (
            "clicks: 2",
            "clicks: -1",
            "28: flow.stages[0].options[1].clicks: -1 is out of range; expected at least 0.",
        ),
        (
            "clicks: 2",
            "clicks: 1.5",
            "28: flow.stages[0].options[1].clicks: 1.5 is not a whole number.",
        ),
        (
            "at: join",
            "at: join\n    blocking: yes",
            '14: flow.stages[0].blocking: "yes" is not true or false.',
        ),
        ("title: Small", "title: 2023", "3: flow.title: 2023 is not text.\n  Put it in quotes."),
        ("title: Small", "title:", "3: flow.title: null is not text."),
        (
            "title: Small",
            "title: [" + "a, " * 50 + "a]",
            "3: flow.title: [" + '"a", ' * 11 + '"a"… is not text.',
        ),
        (
            "capture: {mixed: [audio]}",
            "capture: {mixed: audio}",
            '34: flow.capture.mixed: "audio" is not a list.',
        ),
        (
            "capture: {mixed: [audio]}",
            "capture: [audio]",
            '34: flow.capture: ["audio"] is not a mapping ("key: value" lines).',
        ),
        (
            "{audio: [improvement]}",
            "[audio]",
            '21: flow.stages[0].options[0].grants: ["audio"] is not a mapping ("key: value" lines).',
        ),
        (
            "{audio: [improvement]}",
            "{audio: []}",
            "21: flow.stages[0].options[0].grants.audio: 0 items given; expected at least 1.",
        ),
        (
            "grants: {audio: [training_first_party]}",
            "grants: {}",
            "16: flow.stages[0].toggles[0].grants: 0 keys given; expected at least 1.",
        ),
        ("id: small", f"id: {'x' * 81}", "2: flow.id: 81 characters given; expected at most 80."),
        (
            "id: small",
            "id: Small-flow",
            '2: flow.id: "Small-flow" has the wrong form; expected lower case letters, digits and underscores, '
            "starting with a letter.",
        ),
        (
            "accessed: 2023-08-07",
            "accessed: 2023-13-07",
            '8: flow.sources[0].accessed: "2023-13-07" is not a date such as 2023-08-07 '
            "(month value is outside expected range of 1-12).",
        ),
        (
            "accessed: 2023-08-07",
            "accessed: 2023",
            "8: flow.sources[0].accessed: 2023 is not a date such as 2023-08-07.",
        ),
        (
            "    at: join",
            "    at: join\n    shows: 11",
            "14: flow.stages[0].shows: 11 is out of range; expected at most 10.",
        ),
    ],
)
def test_a_mistake_is_said_with_its_place_and_what_was_expected(
    tmp_path: Path, old: str, new: str, expected: str
) -> None:
    assert refusal(tmp_path, changed((old, new))) == f"small.yaml:{expected}"


def test_too_many_options_are_refused(tmp_path: Path) -> None:
    more = "".join(f"      - {{id: o{n}, label: x, effect: none, clicks: 1}}\n" for n in range(6))
    assert refusal(tmp_path, changed(("refusal:", f"{more}refusal:"))) == (
        "small.yaml:17: flow.stages[0].options: 9 items given; expected at most 8."
    )


def test_a_file_of_another_version_is_refused_without_judging_the_rest(tmp_path: Path) -> None:
    text = changed(("schema_version: 1", "schema_version: 2"), ("effect: deny", "effect: objected"))
    assert refusal(tmp_path, text) == (
        "small.yaml:1: flow.schema_version: 2 is not supported; this joinlab reads schema_version 1."
    )


def test_all_mistakes_of_a_file_are_said_at_once_in_the_order_of_its_lines(tmp_path: Path) -> None:
    text = changed(("refusal: view_only", "refusal: silent"), ("title: Small", "title: 3"), ("clicks: 2", "clicks: x"))
    assert refusal(tmp_path, text) == (
        "small.yaml:3: flow.title: 3 is not text.\n  Put it in quotes.\n"
        'small.yaml:28: flow.stages[0].options[1].clicks: "x" is not a whole number.\n'
        'small.yaml:33: flow.refusal: "silent" is not a refusal.\n'
        "  Refusals: leave, view_only, stop_for_all, ask_host, excluded.\n"
        "3 problems; nothing was run."
    )


def test_what_does_not_fit_together_in_a_flow_is_said_with_its_line(tmp_path: Path) -> None:
    text = changed(("clicks: 2", "clicks: 2\n        next: notic"), ("capture: {mixed: [audio]}\n", ""))
    assert refusal(tmp_path, text) == (
        "small.yaml:21: flow.stages[0].options[0].grants.audio: audio is granted, but"
        " capture does not say whether one person can be cut out of it.\n"
        "  Name audio in capture.mixed or capture.separable.\n"
        'small.yaml:29: flow.stages[0].options[1].next: "notic" is not a stage.\n'
        '  Did you mean "notice"? Stages: notice, done.\n'
        "2 problems; nothing was run."
    )


class Pair(Model):
    """A model with what flows do not have."""

    range: tuple[int, int]
    any_of: dict[str, int] = Field(default_factory=dict, max_length=1)
    one: int = Field(default=1, multiple_of=2)

    @model_validator(mode="after")
    def _ordered(self) -> Pair:
        if self.range[0] > self.range[1]:
            msg = "range runs downwards"
            raise ValueError(msg)
        return self


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("range: [2, 1]", "1: pair: range runs downwards."),
        ("range: [2]", "1: pair.range: 1 item given; expected 2."),
        ("range: [1, 2, 3]", "1: pair.range: 3 items given; expected at most 2."),
        ("range: 3", "1: pair.range: 3 is not a list."),
        ("range: [1, 2]\nany_of: {a: 1, b: 2}", "2: pair.any_of: 2 keys given; expected at most 1."),
        ("range: [1, 2]\nany_of: {a: x}", '2: pair.any_of.a: "x" is not a whole number.'),
        ("range: [1, 2]\none: 3", "2: pair.one: 3 does not fit: Input should be a multiple of 2."),
    ],
)
def test_any_model_is_explained(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "pair.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load.load_model(path, Pair, called="pair")
    assert str(caught.value) == f"{path}:{expected}"


def test_checks_run_only_on_a_model_that_fits(tmp_path: Path) -> None:
    def checks(pair: Pair) -> Iterator[Fault]:
        yield Fault(("range", 1), f"{pair.range[1]} is unlucky.")

    path = tmp_path / "pair.yaml"
    path.write_text("range:\n  - 1\n  - 13", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load.load_model(path, Pair, called="pair", checks=checks)
    assert str(caught.value) == f"{path}:3: pair.range[1]: 13 is unlucky."
    path.write_text("range: [1, x]", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load.load_model(path, Pair, called="pair", checks=checks)
    assert str(caught.value) == f'{path}:1: pair.range[1]: "x" is not a whole number.'


@pytest.mark.parametrize("kind", get_args(load.Kind))
def test_every_kind_of_file_has_a_json_schema_with_descriptions(kind: load.Kind) -> None:
    schema = load.json_schema(kind)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["title"] == f"joinlab {kind}"
    assert schema["description"] == inspect.getdoc(load.MODELS[kind])
    assert schema["additionalProperties"] is False
    assert schema["properties"]["schema_version"]["const"] == 1


def test_the_json_schema_of_a_flow_holds_the_docstrings_of_its_fields() -> None:
    schema = load.json_schema("flow")
    assert schema["properties"]["question"]["description"] == "What running this flow answers."
    assert set(schema["$defs"]["Period"]["properties"]) == {"from", "to"}


def test_every_pattern_of_the_models_has_words() -> None:
    patterns = {pattern for kind in get_args(load.Kind) for pattern in _patterns(load.MODELS[kind].model_json_schema())}
    assert patterns
    assert patterns <= set(load._FORMS)


def _patterns(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("pattern"), str):
            yield node["pattern"]
        for inner in node.values():
            yield from _patterns(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _patterns(inner)


def test_a_path_wins_over_a_built_in_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    name = next(iter(library.builtin("flow")))
    assert library.find("flow", name) == library.builtin("flow")[name]
    Path(name).write_text(FLOW, encoding="utf-8")
    assert library.find("flow", name) == Path(name)
    assert library.flow(name).id == "small"


@pytest.mark.parametrize("name", ["none.yaml", "none.yml", "folder/none"])
def test_what_looks_like_a_path_is_taken_for_one(name: str) -> None:
    assert library.find("flow", name) == Path(name)


def test_a_path_can_be_relative_to_a_folder(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(FLOW, encoding="utf-8")
    assert library.flow("mine.yaml", beside=tmp_path).id == "small"


def test_an_unknown_name_is_refused_with_the_nearest_and_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "parameters").mkdir()
    for name in ("central", "wide"):
        (tmp_path / "parameters" / f"{name}.yaml").touch()
    monkeypatch.setattr(library, "content_root", lambda: tmp_path)
    with pytest.raises(UsageError) as caught:
        library.find("parameters", "centrl")
    assert str(caught.value) == (
        '"centrl" is not the name of a built-in parameter set.\n'
        '  Did you mean "central"? Built in: central, wide; or give a path to a YAML file.'
    )


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("any") / "any.yaml"


PIECES = ("null", "[]", "{}", "-1", "1e999", "true", "[", ": ", "- ", "deny", "notice", "audio", "video")


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """The small flow with a few pieces cut out, doubled or replaced."""
    text = FLOW
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(start + 30, len(text))))
        piece = draw(st.text(max_size=6) | st.sampled_from(PIECES))
        text = text[:start] + piece + text[end:]
    return text


@settings(max_examples=300)
@given(text=mutated() | st.text() | st.binary())
def test_any_file_is_loaded_or_refused(file: Path, text: str | bytes) -> None:
    file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    try:
        flow = load.load_flow(file)
    except ScenarioError:
        return
    assert isinstance(flow, Flow)


WORDS = st.sampled_from(("on", "grant", "notice", "audio", "id", "grants", "x"))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=5,
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_value_of_any_type_at_any_key_is_loaded_or_refused(file: Path, data: st.DataObject) -> None:
    from ruamel.yaml import YAML

    yaml = YAML(typ="safe", pure=True)
    content = yaml.load(FLOW)
    node: object = content
    while True:
        assert isinstance(node, dict | list)
        key = data.draw(st.sampled_from(list(node) if isinstance(node, dict) else list(range(len(node)))))
        inner = node[key]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.booleans()):
            break
        node = inner
    node[key] = data.draw(VALUES)
    with file.open("w", encoding="utf-8") as stream:
        yaml.dump(content, stream)
    try:
        flow = load.load_flow(file)
    except ScenarioError as error:
        problems = error.problems
        lines = len(file.read_text(encoding="utf-8").splitlines())
    else:
        assert isinstance(flow, Flow)
        return
    assert all(problem.line is not None and 1 <= problem.line <= lines for problem in problems)


def test_a_file_that_changed_is_read_anew_and_one_that_did_not_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "flow.yaml"
    path.write_text(library.find("flow", "two_buttons").read_text(encoding="utf-8"), encoding="utf-8")
    first = load.load_flow(path)
    assert load.load_flow(path) is first
    path.write_text(path.read_text(encoding="utf-8").replace(first.title, "Another title"), encoding="utf-8")
    assert load.load_flow(path).title == "Another title"
