"""`joinlab flows`: the library as a list, and one flow as a tree, a diagram or a file."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pytest

from simulator.scenario import library
from simulator.scenario.flow import Flow
from simulator.scenario.load import load_flow
from simulator.scenario.stage_facts import leaves
from simulator.text.flow_view import _refusal
from tests.cli.command import joinlab, lines

FLOWS = list(library.builtin("flow"))


@cache
def shown(flow: str, kind: str) -> str:
    done = joinlab("flows", "show", flow, "--format", kind)
    assert (done.code, done.err) == (0, "")
    return done.out


def flat(text: str) -> str:
    """The words of a text, whatever its lines and the lines of a tree."""
    return " ".join(re.sub("[│├└─]", " ", text).split())


def every_option(flow: Flow):
    return [(stage, option) for stage in flow.stages for option in stage.options]


def test_the_list_holds_every_flow_with_its_title() -> None:
    done = joinlab("flows")
    assert (done.code, done.err) == (0, "")
    starts = [line.split()[0] for line in lines(done.out) if line]
    for name in FLOWS:
        assert starts.count(name) == 1
    # Titles stand in the first column, on as many lines as they need.
    first_column = flat("\n".join(line[:41] for line in lines(done.out)))
    for name in FLOWS:
        assert f"{name} {flat(library.flow(name).title)}" in first_column
    assert max(len(line) for line in lines(done.out)) <= 80


@pytest.mark.parametrize("name", FLOWS)
def test_a_tree_names_every_stage_option_and_switch_within_80_columns(name: str) -> None:
    flow, text = library.flow(name), shown(name, "tree")
    words = flat(text)
    assert words.startswith(flat(f"{flow.id}: {flow.title}"))
    for stage in flow.stages:
        assert f" {stage.id} {stage.actor.value.replace('_', ' ')}, " in words
        assert flat(stage.text) in words
        for toggle in stage.toggles:
            assert f"] {flat(toggle.label)}: " in words
    for _, option in every_option(flow):
        label = flat(option.label)
        assert (f"{label} " if label.startswith("(") else f"({label}) ") in words
    for source in flow.sources:
        assert flat(source.supports) in words
    addresses = [f"  {source.url}" for source in flow.sources if source.url]
    assert [line for line in lines(text) if line.startswith("  http")] == addresses
    assert max(len(line) for line in lines(text) if line not in addresses) <= 80


@pytest.mark.parametrize("name", FLOWS)
def test_a_diagram_has_a_node_for_every_stage_and_an_arrow_for_every_option(name: str) -> None:
    flow, text = library.flow(name), shown(name, "mermaid")
    first, *rest = text.splitlines()
    assert first == "flowchart TD"
    nodes = {line.split("[")[0].split("(")[0].strip() for line in rest if re.match(r"  \w+[\[(]", line)}
    assert {stage.id for stage in flow.stages} <= nodes
    arrows = [re.fullmatch(r'  (\w+) (-->|-\.->)\|"(.+)"\| (\w+)', line) for line in rest if "|" in line]
    assert all(arrows)
    assert {target for arrow in arrows for target in (arrow[1], arrow[4])} <= nodes
    drawn = [arrow[3] for arrow in arrows if arrow[2] == "-->"]
    for arrow, (_, option) in zip(drawn, every_option(flow), strict=True):
        assert arrow.startswith(f"{option.label} ({option.effect.value}".replace('"', "#quot;"))
        assert all(category.value in arrow for category in option.grants)
    for stage in flow.stages:
        node = next(line for line in rest if line.startswith(f"  {stage.id}["))
        assert all(f"] {toggle.label}: ".replace('"', "#quot;") in node for toggle in stage.toggles)
    assert f"<br>{_refusal(flow)}" in text
    gone = [arrow for arrow in arrows if arrow[4] == "left"]
    assert len(gone) == sum(leaves(option, flow, stage) for stage, option in every_option(flow))


@pytest.mark.parametrize("name", FLOWS)
def test_a_flow_shown_as_a_file_is_that_flow(name: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy.yaml"
    copy.write_text(shown(name, "yaml"), encoding="utf-8")
    assert load_flow(copy) == library.flow(name)
    assert shown(name, "yaml") == library.builtin("flow")[name].read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FLOWS)
def test_a_flow_shown_as_json_holds_what_the_file_does(name: str) -> None:
    assert Flow.model_validate_json(shown(name, "json")) == library.flow(name)


def test_the_list_as_json_says_the_same_as_the_table() -> None:
    found = json.loads(joinlab("flows", "--format", "json").out)
    assert [item["id"] for item in found] == FLOWS
    by_id = {item["id"]: item for item in found}
    assert by_id["accept_or_leave"] == {
        "id": "accept_or_leave",
        "title": "Agree and join, or leave",
        "kind": "reference",
        "product": None,
        "who_decides": "participant",
        "how_one_refuses": "leave the meeting",
    }
    assert by_id["zoom_terms_7_aug_2023"]["how_one_refuses"] == "cannot"


def test_what_a_stage_is_met_by_is_shown() -> None:
    assert "only in meetings that are public" in flat(shown("google_privacy_policy_jul_2023", "tree"))


def test_a_tree_is_what_is_shown_unless_another_form_is_asked_for() -> None:
    assert joinlab("flows", "show", "two_buttons").out == shown("two_buttons", "tree")


def test_a_flow_of_ones_own_is_shown_by_its_path(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text(shown("two_buttons", "yaml").replace("id: two_buttons", "id: mine", 1), encoding="utf-8")
    done = joinlab("flows", "show", str(mine))
    assert done.code == 0
    assert done.out == shown("two_buttons", "tree").replace("two_buttons", "mine", 1)


def test_marks_in_labels_do_not_break_a_diagram(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    text = shown("accept_or_leave", "yaml").replace("label: Agree and join", "label: 'Say \"yes\" | [go]'", 1)
    mine.write_text(text, encoding="utf-8")
    diagram = joinlab("flows", "show", str(mine), "--format", "mermaid").out
    assert '  ask -->|"Say #quot;yes#quot; | [go] (grant audio, ' in diagram
    assert '(Say "yes" | [go]) ' in flat(joinlab("flows", "show", str(mine)).out)
