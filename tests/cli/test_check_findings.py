"""`joinlab check`: what it prints of a flow's findings, as text, JSON and SARIF, and how it exits."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from simulator.cli.arguments import CheckFormat
from simulator.rules.design_checks import findings
from simulator.rules.findings import DEFINITIONS, Level
from simulator.scenario import library
from tests.cli.command import joinlab


def check(*words: str) -> tuple[int, str, str]:
    """Runs `joinlab check`: exit code, stdout, stderr."""
    done = joinlab("check", *words)
    return done.code, done.out, done.err


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A flow of one's own in the current folder."""
    path = tmp_path / "my flows" / "hidden.yaml"
    path.parent.mkdir()
    path.write_bytes(library.builtin("flow")["reject_hidden"].read_bytes())
    monkeypatch.chdir(tmp_path)
    return path.relative_to(tmp_path)


def line_of(path: Path, text: str) -> int:
    return next(number for number, line in enumerate(path.read_text().splitlines(), start=1) if text in line)


def test_a_flow_is_called_sound_and_then_what_is_found_is_told(file: Path) -> None:
    code, out, err = check(str(file))
    assert (code, err) == (0, "")
    assert (
        out
        == f"""\
{file}: the file of this flow is in order.
The design checks find 1 error, 1 warning, 1 note.

error c1_steps
  {file}:{line_of(file, "clicks: 3")}
  At "ask" refusing takes 3 clicks, granting 1 click.
    Refusing takes more clicks than granting. The fewest clicks to refuse all
    that a stage asks for, while staying in the meeting, are more than the
    fewest to grant any of it. Silence takes no click, and to put off is not to
    refuse.
    Pattern: obstructing: longer than necessary (EDPB 03/2022). Rule: 11 CCR
    7004(a)(2); 4 CCR 904-3-7.09(A)(1)(b).

warning c7_prominence
  {file}:{line_of(file, "prominence: 0.4")}
  At "ask" "Agree and join" stands out more than "Join without sharing", 1
  against 0.4.
    Granting stands out more. The most prominent option that grants stands out
    more than the most prominent one that does not. Order alone is not counted,
    as one of them has to come first.
    Pattern: interface interference (Gray 2018). Rule: 4 CCR
    904-3-7.09(A)(1)(a).

note c19_record
  {file}:1
  What the record of a consent holds is not known.
    Looked for: "The record of a consent lacks fields". The record that is kept
    of a consent lacks a field that the standard makes mandatory.
    Pattern: none: a missing proof, not a way of asking. Rule: ISO/IEC TS
    27560:2023; GDPR art. 7(1).
"""
    )


def test_a_flow_without_findings_is_told_so(file: Path) -> None:
    fields = "[schema_version, record_id, principal_id, privacy_notice, language, purpose, pii_type, controllers, " + (
        "storage_locations, retention_period, jurisdiction, recipients, withdrawal_method, event_time, "
        "validity_duration, entity_id, event_type, event_state]"
    )
    plain = library.builtin("flow")["two_buttons"].read_text()
    file.write_text(f"{plain}record: {fields}\n")
    assert check(str(file), "--fail-on", "note") == (
        0,
        f"{file}: the file of this flow is in order.\nThe design checks find nothing.\n",
        "",
    )


def test_a_mirror_image_is_told_as_one() -> None:
    _, out, _ = check("granular_opt_in")
    told = " ".join(out.split())
    assert "note c1_steps" in told
    assert 'The mirror image of "Refusing takes more clicks than granting". The fewest clicks to grant all' in told


def test_a_check_is_explained_once_for_a_flow() -> None:
    _, out, _ = check("zoom_iq_trial_aug_2023")
    assert out.count("error c6_bundling") == 3
    assert out.count("One click grants training with something else") == 1


@pytest.mark.parametrize("name", library.builtin("flow"))
def test_findings_fit_in_80_columns_of_ascii(name: str) -> None:
    _, out, _ = check(name)
    assert out.isascii()
    paths = re.compile(r"^  \S+\.yaml:\d+$")
    assert [line for line in out.splitlines() if len(line) > 80 and not paths.match(line)] == []


def test_other_kinds_of_files_are_called_sound_and_no_more() -> None:
    path = str(library.builtin("scenario")["lecture"])
    assert check(path) == (0, f"{path}: the file of this scenario is in order.\n", "")


@pytest.mark.parametrize(
    ("name", "limit", "code"),
    [
        ("reject_hidden", "error", 1),
        ("two_buttons", "error", 0),
        ("two_buttons", "warning", 0),
        ("two_buttons", "note", 1),
        ("teams_explicit_consent", "warning", 0),
        ("teams_explicit_consent", "note", 1),
    ],
)
@pytest.mark.parametrize("output", CheckFormat)
def test_the_exit_code_is_1_from_the_level_asked_for(name: str, limit: str, code: int, output: CheckFormat) -> None:
    assert check(name, "--fail-on", limit, "--format", output)[0] == code


def test_a_warning_fails_a_build_that_asks_for_warnings(file: Path) -> None:
    file.write_text(file.read_text().replace("clicks: 3", "clicks: 1"))
    assert [check(str(file), "--fail-on", limit)[0] for limit in ("error", "warning", "note")] == [0, 1, 1]


def test_findings_alone_do_not_fail() -> None:
    assert check("zoom_tos_mar_2023")[0] == 0


@pytest.mark.parametrize("output", CheckFormat)
def test_an_unknown_name_is_refused_with_the_nearest_and_the_others_are_checked(output: CheckFormat) -> None:
    code, out, err = check("two_button", "two_buttons", "--fail-on", "note", "--format", output)
    assert code == 2
    assert err == (
        '"two_button" is not the name of a built-in flow.\n'
        '  Did you mean "two_buttons"? `joinlab flows` lists all; or give a path to a YAML file.\n'
    )
    assert "two_buttons" in out


@pytest.mark.parametrize("output", CheckFormat)
def test_a_missing_file_is_refused_as_by_every_command(output: CheckFormat) -> None:
    code, _, err = check("missing.yaml", "--format", output)
    assert (code, err) == (2, "missing.yaml: there is no such file.\n")


def test_a_faulty_flow_gets_its_problems_and_no_findings(file: Path) -> None:
    file.write_text(file.read_text().replace("clicks: 3", "clicks: many"))
    code, out, err = check(str(file))
    assert (code, out) == (2, "")
    line = line_of(file, "clicks: many")
    assert err == f'{file}:{line}: flow.stages[0].options[1].clicks: "many" is not a whole number.\n'


@pytest.mark.parametrize(("option", "value"), [("--participants", "0"), ("--seed", "-1")])
def test_a_number_out_of_range_is_refused(option: str, value: str) -> None:
    code, _, err = check("two_buttons", "--effect", option, value)
    assert code == 2
    assert value in err


def test_the_json_has_every_finding_with_its_line(file: Path) -> None:
    code, out, err = check(str(file), str(library.builtin("scenario")["lecture"]), "--format", "json")
    assert (code, err) == (0, "")
    data = json.loads(out)
    flow, scenario = data["files"]
    assert (flow["name"], flow["kind"], flow["path"], flow["run"]) == (str(file), "flow", str(file), None)
    assert flow["findings"][0] == {
        "id": "c1_steps",
        "level": "error",
        "message": 'At "ask" refusing takes 3 clicks, granting 1 click.',
        "line": line_of(file, "clicks: 3"),
        "key": "flow.stages[0].options[1].clicks",
        "mirrored": False,
        "known": True,
        "pattern": DEFINITIONS[0].pattern,
        "rule": DEFINITIONS[0].rule,
        "definition": DEFINITIONS[0].says,
        "effect": None,
    }
    assert [finding["id"] for finding in flow["findings"]] == ["c1_steps", "c7_prominence", "c19_record"]
    assert (scenario["kind"], scenario["findings"]) == ("scenario", [])
    assert data["problems"] == []


def test_the_json_has_the_problems_too() -> None:
    data = json.loads(check("missing.yaml", "--format", "json")[1])
    assert data["files"] == []
    assert data["problems"] == [
        {"message": "there is no such file.", "path": "missing.yaml", "line": None, "key": None, "remedy": None}
    ]


def test_the_sarif_names_tool_rules_results_and_places(file: Path) -> None:
    code, out, _ = check(str(file), "two_buttons", "--format", "sarif")
    log = json.loads(out)
    assert code == 0
    assert (log["version"], log["$schema"]) == ("2.1.0", "https://json.schemastore.org/sarif-2.1.0.json")
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "joinlab"
    assert [rule["id"] for rule in driver["rules"]] == [definition.id for definition in DEFINITIONS]
    for rule in driver["rules"]:
        assert rule["defaultConfiguration"]["level"] in set(Level)
        texts = [rule[key]["text"] for key in ("shortDescription", "fullDescription", "help")]
        assert all(text.endswith(".") for text in texts)
    assert run["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]
    first = run["results"][0]
    assert (first["ruleId"], first["level"]) == ("c1_steps", "error")
    assert first["message"] == {"text": 'At "ask" refusing takes 3 clicks, granting 1 click.'}
    (place,) = first["locations"]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "my%20flows/hidden.yaml", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": line_of(file, "clicks: 3")},
    }
    assert place["logicalLocations"] == [{"fullyQualifiedName": "flow.stages[0].options[1].clicks"}]
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    outside = run["results"][-1]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert outside == {"uri": library.builtin("flow")["two_buttons"].resolve().as_uri()}


def test_the_sarif_of_a_faulty_file_says_that_the_run_failed(file: Path) -> None:
    file.write_text("stages: 3\n")
    code, out, _ = check(str(file), "--format", "sarif")
    (invocation,) = json.loads(out)["runs"][0]["invocations"]
    assert code == 2
    assert invocation["executionSuccessful"] is False
    assert {notice["level"] for notice in invocation["toolExecutionNotifications"]} == {"error"}
    place = invocation["toolExecutionNotifications"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "my%20flows/hidden.yaml", "uriBaseId": "%SRCROOT%"}


def z(estimate: dict[str, float]) -> float:
    """How many standard errors a difference is away from none."""
    return estimate["value"] / ((estimate["high"] - estimate["low"]) / (2 * 1.96))


def test_hiding_a_refusal_is_measured_by_undoing_each_part_of_it() -> None:
    _, out, _ = check("reject_hidden", "--effect", "--participants", "20000", "--format", "json")
    (file,) = json.loads(out)["files"]
    assert file["run"]["participants"] >= 20_000
    assert (file["run"]["seed"], file["run"]["category"]) == (1, "audio")
    effects = {finding["id"]: finding["effect"] for finding in file["findings"]}
    for name in ("c1_steps", "c7_prominence"):
        differences = effects[name]["differences"]
        # More people refuse, so that less is claimed, and less that nobody wanted to give.
        assert z(differences["claimed"]) < -5
        assert z(differences["overreach"]) < -5
        assert differences["wanted"]["value"] == 0.0
        assert differences["left"]["value"] == 0.0
    # Only the longer path is void by law: without it more of what is claimed would stand.
    assert z(effects["c1_steps"]["differences"]["lawful"]) > 5
    assert effects["c1_steps"]["says"] == '"Join without sharing" takes 1 click'
    assert effects["c19_record"] == {
        "switched_off": False,
        "says": "the file does not say, so there is nothing to switch off",
        "differences": None,
    }


def test_undoing_each_pattern_moves_what_it_is_about() -> None:
    names = ("accept_or_leave", "granular_opt_out", "host_decides")
    _, out, _ = check(*names, "--effect", "--participants", "20000", "--format", "json")
    found = {
        (file["name"], finding["id"]): finding["effect"]["differences"]
        for file in json.loads(out)["files"]
        for finding in file["findings"]
    }
    free = found["accept_or_leave", "c5_accept_or_leave"]
    assert z(free["left"]) < -5
    assert z(free["claimed"]) < -5
    assert z(found["granular_opt_out", "c3_preselected"]["claimed"]) < -5
    assert z(found["host_decides", "c2_withdrawal"]["kept"]) <= 0
    assert found["host_decides", "c9_someone_else_decides"] is None


def test_the_effect_stands_below_its_finding_as_text() -> None:
    _, out, _ = check("reject_hidden", "--effect", "--participants", "5000")
    assert "(scenario everyday_meetings, seed 1)" in " ".join(out.split())
    head, steps, *_ = out.split("\nerror c1_steps\n")
    assert re.search(
        r"^ +claimed +strict +lenient +overreach +missed +left\nas is( +\d+\.\d %){6}$", head, re.MULTILINE
    )
    rows = r'^    Switched off: "Join without sharing" takes 1 click\.\n( +[+-]\d+\.\d (±|\+-)\d+\.\d){5} +\+0\.0$'
    assert re.search(rows, steps, re.MULTILINE)  # nobody can leave, and that is no chance
    assert "    Not measured: the file does not say, so there is nothing to switch off." in steps


def test_what_the_scenario_does_not_measure_is_said_in_place_of_zeros() -> None:
    _, out, _ = check("meet_explicit_consent", "--effect")
    told = " ".join(out.split())
    assert told.count("Not measured") == 1
    assert "the flow does not ask for audio for training_first_party, which everyday_meetings measures." in told
    _, out, _ = check("zoom_iq_trial_aug_2023", "--effect", "--participants", "2000")
    assert '"terms" does not ask for audio for training_first_party; see --category' in " ".join(out.split())


def test_the_text_holds_every_finding_gravest_first() -> None:
    _, out, _ = check("zoom_iq_trial_aug_2023")
    told = re.findall(r"^(error|warning|note) (c\d+_\w+)$", out, re.MULTILINE)
    expected = [(finding.level.value, finding.id) for finding in findings(library.flow("zoom_iq_trial_aug_2023"))]
    assert sorted(told) == sorted(expected)
    assert [level for level, _ in told] == sorted((level for level, _ in told), key=[*Level].index)
