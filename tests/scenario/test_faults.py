"""What is said of a file that does not fit its model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from pydantic import Field, model_validator

from simulator.errors import ScenarioError
from simulator.scenario import faults, load
from simulator.scenario.sourced import Model
from simulator.scenario.yaml_file import Fault
from tests.scenario.small_flow import changed, refusal


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


def test_every_pattern_of_the_models_has_words() -> None:
    patterns = {pattern for kind in get_args(load.Kind) for pattern in _patterns(load.MODELS[kind].model_json_schema())}
    assert patterns
    assert patterns <= set(faults._FORMS)


def _patterns(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("pattern"), str):
            yield node["pattern"]
        for inner in node.values():
            yield from _patterns(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _patterns(inner)
