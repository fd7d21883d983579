"""Loading content: what comes out of a good file, and what is said of a bad one."""

from __future__ import annotations

import inspect
from datetime import date
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.errors import ScenarioError, UsageError
from simulator.scenario import library, load
from simulator.scenario.flow import Flow
from simulator.scenario.vocabulary import Actor, DataCategory, Effect, Purpose
from tests.scenario.small_flow import FLOW, changed, refusal


def test_a_good_flow_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(FLOW, encoding="utf-8")
    flow = load.load_flow(path)
    assert flow.stages[0].actor is Actor.PARTICIPANT
    assert flow.stages[0].options[0].grants == {DataCategory.AUDIO: [Purpose.IMPROVEMENT]}
    assert flow.stages[0].options[2].effect is Effect.DENY
    assert flow.period is not None
    assert flow.period.from_ == date(2023, 8, 7)


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
