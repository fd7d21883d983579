"""The table of all real flows in scenarios/README.md: current, and true to the files."""

from __future__ import annotations

import pytest

from simulator.cli.flow_table import HEAD, clicks, real_flows, renewed, row, silence, withdrawal
from simulator.scenario import library
from tests.engine.by_hand import agree, flow_of, option, refuse, stage, toggle

README = library.content_root() / "README.md"
REAL = [path.stem for path in library.builtin("flow").values() if path.parent.name == "real"]


def test_the_committed_table_is_current() -> None:
    page = README.read_text(encoding="utf-8")
    assert renewed(page) == page, "run `make flow-table`"


def test_the_table_has_a_line_for_each_real_flow_and_leaves_the_page_around_it_alone() -> None:
    page = README.read_text(encoding="utf-8")
    lines = [line for line in page.splitlines() if line.startswith("| [`")]
    assert [line.split("`")[1] for line in lines] == REAL
    assert {line.count(" | ") for line in lines} == {len(HEAD) - 1}
    start, end = page.index("<!-- written by"), page.index("<!-- end of what")
    emptied = page[:start] + "<!-- written by `make flow-table`; do not edit -->\nold\n" + page[end:]
    assert renewed(emptied) == page


@pytest.mark.parametrize("name", REAL)
def test_a_line_links_to_its_file(name: str) -> None:
    flow = next(flow for flow in real_flows() if flow.id == name)
    link = row(flow)[0].split("(")[1].removesuffix(")")
    assert (library.content_root() / link).is_file()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # as read off the files: who decides, silence, refusing, clicks, withdrawal, unknowns, in use
        (
            "zoom_iq_trial_aug_2023",
            (
                "account owner, admin, participant",
                "grants (account owner); must answer (admin, participant)",
                "leave the meeting",
                "1 → 1",
                "admin (?)",
                "7",
                "2023-08-07 to 2023-08-11",
            ),
        ),
        (
            "teams_explicit_consent",
            (
                "(host, participant; no training)",
                "refuses (host, participant by channel); must answer (participant by channel)",
                "stay view-only, muted and unseen",
                "2 → 0",
                "participant (1)",
                "6",
                "since 2023-03-01",
            ),
        ),
        (
            "slack_global_models_2024",
            (
                "account owner",
                "grants (account owner)",
                "cannot",
                "0 → ?",
                "account owner (?)",
                "6",
                "not known",
            ),
        ),
        (
            "anthropic_consumer_terms_2025",
            (
                "participant",
                "must answer (participant)",
                "switch it off and be left out of the data",
                "1 → 2",
                "participant (3)",
                "5",
                "since 2025-08-28",
            ),
        ),
        (
            "zoom_tos_mar_2023",
            (
                "account owner",
                "grants (account owner)",
                "cannot",
                "0 → –",
                "nobody",
                "5",
                "2023-03-31 to 2023-08-07",
            ),
        ),
    ],
)
def test_a_line_says_what_the_file_says(name: str, expected: tuple[str, ...]) -> None:
    assert row(library.flow(name))[2:] == expected


@pytest.mark.parametrize(
    ("asking", "says"),
    [
        (stage(blocking=False, default="on"), "grants (participant)"),
        (stage(blocking=False, default="off"), "refuses (participant)"),
        (stage(blocking=False, default="none"), "leaves it open (participant)"),
        (stage(), "must answer (participant)"),
        (stage("ask", agree(), refuse(clicks=0)), "refuses (participant)"),
        (stage("ask", agree(clicks=0), refuse()), "grants (participant)"),
        (stage("ask", agree(), option("later", "defer", clicks=0), default="off"), "refuses (participant)"),
        (stage("ask", agree(), option("later", "defer", clicks=0)), "leaves it open (participant)"),
        (stage(when={"roles": ["external"], "outside": ["DE"]}), "must answer (participant by role and place)"),
    ],
)
def test_silence_is_a_default_or_an_option_without_a_click(asking: dict[str, object], says: str) -> None:
    assert silence(flow_of(asking)) == says


@pytest.mark.parametrize(
    ("asking", "says"),
    [
        (stage(), "1 → 1"),
        (stage("ask", agree(clicks=0), refuse(clicks=3)), "0 → 3"),
        (stage("ask", agree(), refuse(clicks=None)), "1 → ?"),
        (stage("ask", agree(), option("leave", "leave", clicks=2)), "1 → 2"),
        (stage("ask", agree(), option("later", "defer")), "1 → –"),
        (
            stage("ask", option("save", "grant", toggles="as_set"), toggles=[toggle("t", "audio", default="on")]),
            "1 → 2",
        ),
        (stage("ask", option("ok", "none"), refuse(clicks=2)), "– → 2"),
    ],
)
def test_clicks_are_those_of_the_shortest_way_and_putting_off_is_no_refusal(
    asking: dict[str, object], says: str
) -> None:
    assert clicks(flow_of(asking, assumes={"clicks": 9})) == says


def test_where_participants_are_not_asked_the_clicks_are_those_of_whoever_decides() -> None:
    metadata = stage("metadata", agree(clicks=0), actor="admin", blocking=False, default="on")
    content = stage("content", agree(clicks=0), refuse(clicks=4), actor="admin", blocking=False, default="on")
    assert clicks(flow_of(metadata, content)) == "0 → 4"
    assert clicks(flow_of(metadata)) == "0 → –"


def test_who_can_withdraw_is_named_with_the_clicks() -> None:
    by_host = {"actor": "host", "clicks": 2, "retroactive": True}
    assert withdrawal(flow_of(stage(), withdrawal=by_host)) == "host (2)"
    assert withdrawal(flow_of(stage())) == "nobody"
