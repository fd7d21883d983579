"""Bad input of every kind: exit code 2, the place and the remedy on stderr, nothing on stdout, no traceback."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from simulator.scenario import library
from simulator.scenario.yaml_file import MAX_BYTES, MAX_PROBLEMS
from tests.cli.command import SMALL, Done, joinlab, process

GOOD = library.builtin("flow")["two_buttons"].read_text(encoding="utf-8")
SEEDS = "0 to 18446744073709551615"
SCENARIOS = ", ".join(library.builtin("scenario"))
BOMB = "\n".join(["a0: &a0 [x, x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 20))])


def changed(*swaps: tuple[str, str]) -> str:
    """The flow two_buttons with parts of its text swapped."""
    text = GOOD
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), start=1) if part in line)


def refused(done: Done) -> str:
    assert (done.code, done.out) == (2, "")
    return done.err


def refused_file(folder: Path, text: str) -> str:
    """What is said of a flow file in a comparison, without the folder."""
    path = folder / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return refused(joinlab("compare", str(path), "two_buttons", *SMALL)).replace(f"{folder}/", "")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    assert refused_file(tmp_path, "") == "mine.yaml: the file is empty.\n"


def test_a_file_of_another_kind_of_text_is_refused(tmp_path: Path) -> None:
    assert refused_file(tmp_path, "just words") == (
        'mine.yaml:1: the file holds only "just words", not a mapping.\n  Start with lines of the form "key: value".\n'
    )


def test_wrong_types_are_refused_all_at_once_with_their_lines(tmp_path: Path) -> None:
    text = changed(("title: Two buttons of equal weight", "title: 5"), ("blocking: true", "blocking: sometimes"))
    said = refused_file(tmp_path, text)
    assert said == (
        f"mine.yaml:{line_of(text, 'title: 5')}: flow.title: 5 is not text.\n"
        "  Put it in quotes.\n"
        f'mine.yaml:{line_of(text, "sometimes")}: flow.stages[0].blocking: "sometimes" is not true or false.\n'
        "2 problems; nothing was run.\n"
    )


def test_an_unknown_word_is_refused_with_the_nearest(tmp_path: Path) -> None:
    text = changed(("effect: deny", "effect: denie"))
    assert refused_file(tmp_path, text) == (
        f"mine.yaml:{line_of(text, 'denie')}: flow.stages[0].options[1].effect: "
        '"denie" is not an effect.\n  Did you mean "deny"? Effects: grant, deny, defer, leave, none.\n'
    )


def test_an_unknown_key_is_refused_with_its_line(tmp_path: Path) -> None:
    text = changed(("refusal:", "refusals:"))
    said = refused_file(tmp_path, text)
    assert f'mine.yaml:{line_of(text, "refusals:")}: flow.refusals: "refusals" is not a key here.\n' in said


def test_a_duplicate_key_is_refused_with_both_lines(tmp_path: Path) -> None:
    text = changed(("refusal: excluded", "refusal: excluded\nrefusal: leave"))
    first = line_of(text, "refusal: excluded")
    assert refused_file(tmp_path, text) == (
        f'mine.yaml:{first + 1}: the key "refusal" is already on line {first}.\n  Keep one of the two.\n'
    )


def two_stages(first: str, second: str) -> str:
    """A flow of two stages whose only options are these."""
    return f"""\
schema_version: 1
id: mine
title: Mine
question: What comes of it?
sources: [{{known: assumption, supports: everything}}]
stages:
  - id: one
    actor: participant
    at: join
    options:
{first}
  - id: two
    actor: participant
    at: join
    shows: 2
    options:
{second}
refusal: excluded
withdrawal: {{actor: null}}
"""


def option(name: str, effect: str, following: str = "") -> str:
    return f"      - {{id: {name}, label: {name}, effect: {effect}, clicks: 1{following}}}"


def test_a_stage_that_no_way_leads_to_is_refused(tmp_path: Path) -> None:
    text = two_stages(option("no", "deny", ", next: done"), option("nay", "deny"))
    assert refused_file(tmp_path, text) == (
        f'mine.yaml:{line_of(text, "id: two")}: flow.stages[1]: no way leads to stage "two".\n'
        "  Let an option of another stage name it in next, or remove it.\n"
    )


def test_a_loop_with_no_way_out_is_refused(tmp_path: Path) -> None:
    text = two_stages(option("no", "deny"), option("again", "none", ", next: two"))
    said = refused_file(tmp_path, text)
    assert f'mine.yaml:{line_of(text, "id: two")}: flow.stages[1]: no option leads out of the loop "two".\n' in said


def test_a_flow_that_nobody_can_join_by_is_refused(tmp_path: Path) -> None:
    text = two_stages(option("no", "deny"), option("out", "leave"))
    assert refused_file(tmp_path, text) == (
        f"mine.yaml:{line_of(text, 'id: two')}: flow.stages[1]: "
        'nobody can get past stage "two" without leaving.\n  Give it an option that goes on.\n'
    )


def test_a_bomb_of_anchors_is_refused_before_it_is_expanded(tmp_path: Path) -> None:
    started = time.monotonic()
    said = refused_file(tmp_path, BOMB)
    assert said.startswith("mine.yaml:1: anchors (&a0) are not allowed.\n")
    assert time.monotonic() - started < 5


def test_a_file_of_200_megabytes_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    with path.open("wb") as stream:
        stream.truncate(200 * 2**20)
    started = time.monotonic()
    done = joinlab("compare", str(path), "two_buttons", *SMALL)
    assert refused(done) == (f"{path}: the file has {200 * 2**20:,} bytes; a content file has at most {MAX_BYTES:,}.\n")
    assert time.monotonic() - started < 5


def test_a_file_that_does_not_exist_is_refused() -> None:
    assert refused(joinlab("compare", "nothing.yaml", "two_buttons")) == "nothing.yaml: there is no such file.\n"


def test_a_name_longer_than_any_files_is_only_an_unknown_name() -> None:
    said = refused(joinlab("compare", "n" * 300, "two_buttons"))
    assert said.startswith(f'"{"n" * 300}" is not the name of a built-in flow.\n')


def test_a_flow_for_people_in_places_without_rules_is_refused(tmp_path: Path) -> None:
    text = changed(("id: two_buttons", "id: mine"), ("at: join", "at: join\n    when: {jurisdictions: [ZZ]}"))
    said = refused_file(tmp_path, text)
    assert said.startswith("stage ask of flow mine names 'ZZ', for which there are no rules.\n  Jurisdictions: ")


def test_a_flow_that_means_leaving_to_whoever_refuses_needs_another_way_on(tmp_path: Path) -> None:
    text = changed(("refusal: excluded", "refusal: leave"))
    start, end = text.index("      - id: agree"), text.index("      - id: continue_without")
    assert "effect: deny" in text[end:]
    said = refused_file(tmp_path, text[:start] + text[end:])
    assert 'flow.stages[0]: nobody can get past stage "ask" without leaving.\n  To refuse means leaving here' in said


def test_a_flow_with_characters_that_act_on_a_terminal_is_refused(tmp_path: Path) -> None:
    text = changed(("title: Two buttons of equal weight", 'title: "\\e[31mTwo \\u202ebuttons"'))
    assert refused_file(tmp_path, text) == (
        f"mine.yaml:{line_of(text, 'title: ')}: the character \\x1b would act on the terminal that shows it.\n"
        "  Remove it.\n"
    )


def test_of_many_problems_of_a_file_the_first_are_told_and_the_rest_counted(tmp_path: Path) -> None:
    said = refused_file(tmp_path, BOMB).splitlines()
    assert len(said) == 2 * MAX_PROBLEMS + 2
    assert said[-2:] == ["mine.yaml: and 171 more.", "191 problems; nothing was run."]


def test_all_that_a_scenario_names_wrongly_is_told_at_once_with_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "schema_version: 1\nid: mine\ntitle: Mine\nquestion: What?\n"
        "sources: [{known: assumption, supports: everything}]\ndate: 2026-07-01\n"
        "flows:\n  - two_button\n  - host_decides\n  - host_decides\n  - other.yaml\n"
        "population: ofice_workers\nparameters: nothing.yaml\n",
        "utf-8",
    )
    assert refused(joinlab("run", str(path))).replace(f"{tmp_path}/", "") == (
        'mine.yaml:8: scenario.flows[0]: "two_button" is not the name of a built-in flow.\n'
        '  Did you mean "two_buttons"? `joinlab flows` lists all; or give a path to a YAML file.\n'
        "mine.yaml:11: scenario.flows[3]: there is no file other.yaml.\n"
        "  Paths start from the scenario's folder.\n"
        "mine.yaml:10: scenario.flows[2]: flow host_decides appears twice in one comparison.\n"
        "  Name it once.\n"
        'mine.yaml:12: scenario.population: "ofice_workers" is not the name of a built-in population.\n'
        '  Did you mean "office_workers"? Built in: office_workers; or give a path to a YAML file.\n'
        "mine.yaml:13: scenario.parameters: there is no file nothing.yaml.\n"
        "  Paths start from the scenario's folder.\n"
        "5 problems; nothing was run.\n"
    )


def test_a_scenario_without_flows_is_told_with_its_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    text = library.builtin("scenario")["everyday_meetings"].read_text(encoding="utf-8")
    path.write_text(text.replace("flows: [accept_or_leave, granular_opt_in]", "flows: []"), "utf-8")
    line = line_of(path.read_text(encoding="utf-8"), "flows:")
    assert refused(joinlab("run", str(path))) == (
        f"{path}:{line}: scenario.flows: scenario everyday_meetings names no flows.\n"
        "  Add `flows: [accept_or_leave]`.\n"
    )


def test_a_copy_with_the_id_of_a_flow_beside_it_is_told_with_the_line_to_change(tmp_path: Path) -> None:
    assert refused_file(tmp_path, GOOD) == (
        "mine.yaml:2: flow.id: flow two_buttons appears twice in one comparison.\n  Give this one an id of its own.\n"
    )


def test_a_recording_with_a_negative_time_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "talk.rttm"
    path.write_text("SPEAKER m 1 0 -3 <NA> <NA> a <NA> <NA>\nSPEAKER m 1 0 3 <NA> <NA> b <NA> <NA>\n", "utf-8")
    assert refused(joinlab("compare", "accept_or_leave", "two_buttons", "--meetings", str(path))) == (
        f"{path}:1: the duration '-3' is negative; expected a number of seconds, more than 0.\n"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("compare", "accept_or_leave", "two_button"),
            '"two_button" is not the name of a built-in flow.\n'
            '  Did you mean "two_buttons"? `joinlab flows` lists all; or give a path to a YAML file.',
        ),
        (
            ("flows", "show", "acept_or_leave"),
            '"acept_or_leave" is not the name of a built-in flow.\n'
            '  Did you mean "accept_or_leave"? `joinlab flows` lists all; or give a path to a YAML file.',
        ),
        (
            ("compare", "xyzzy", "two_button", "--scenario", "lectur"),
            '"lectur" is not the name of a built-in scenario.\n'
            f'  Did you mean "lecture"? Built in: {SCENARIOS}; or give a path to a YAML file.\n'
            '"xyzzy" is not the name of a built-in flow.\n'
            "  `joinlab flows` lists all; or give a path to a YAML file.\n"
            '"two_button" is not the name of a built-in flow.\n'
            '  Did you mean "two_buttons"? `joinlab flows` lists all; or give a path to a YAML file.\n'
            "3 problems; nothing was run.",
        ),
        (
            ("compare", "accept_or_leave", "two_buttons", "--scenario", "lectur"),
            '"lectur" is not the name of a built-in scenario.\n'
            f'  Did you mean "lecture"? Built in: {SCENARIOS}; or give a path to a YAML file.',
        ),
        (
            ("run", "lectur"),
            '"lectur" is not the name of a flow or scenario.\n'
            f'  Did you mean "lecture"? `joinlab flows` lists the flows; the scenarios are {SCENARIOS}. '
            "Or give a path to a YAML file.",
        ),
        (
            ("compare", "accept_or_leave"),
            "compare takes two flows or more.\n"
            "  Name a second flow, or report on one alone: joinlab run accept_or_leave",
        ),
        (
            ("compare", "two_buttons", "two_buttons"),
            "flow two_buttons appears twice in one comparison.\n  Name it once.",
        ),
        (
            ("run", "two_buttons", "lecture"),
            "'lecture' is a scenario, and a run has one scenario.\n"
            "  Run it alone: joinlab run lecture; or run flows in it: --scenario lecture",
        ),
        (
            ("run", "lecture", "--scenario", "everyday_meetings"),
            "'lecture' is a scenario, and a run has one scenario.\n"
            "  Run it alone: joinlab run lecture; or run flows in it: --scenario lecture",
        ),
        (
            ("schema", "flw"),
            f"'flw' is not a kind of file.\n  Did you mean \"flow\"? Kinds: {', '.join(library.KINDS)}.",
        ),
        (("compar",), "No such command 'compar'.\n  Did you mean compare? `joinlab --help` says what there is."),
        (
            ("compare", "--partcipants", "5"),
            "--partcipants: there is no such option.\n"
            "  Did you mean --participants? `joinlab compare --help` says what there is.",
        ),
        (("explain",), "Missing argument 'flows'.\n  `joinlab explain --help` says what there is."),
        *(
            ((*words, number), f"--{option}: {number} is out of range; expected {expected}.")
            for words, option, number, expected in (
                (("explain", "two_buttons", "--participant"), "participant", "0", "1 to 10,000,000"),
                (("explain", "two_buttons", "--participant"), "participant", "999999999999", "1 to 10,000,000"),
                (("explain", "two_buttons", "--seed"), "seed", "-1", SEEDS),
                (("explain", "two_buttons", "--seed"), "seed", str(2**64), SEEDS),
                (("people", "-n"), "number", "0", "1 to 1,000"),
                (("people", "-n"), "number", "100000000", "1 to 1,000"),
                (("people", "--first"), "first", "-3", "1 to 10,000,000"),
                (("people", "--seed"), "seed", "-1", SEEDS),
                (("check", "two_buttons", "--effect", "--participants"), "participants", "0", "1 to 1,000,000,000"),
            )
        ),
    ],
    ids=lambda value: " ".join(value)[:60] if isinstance(value, tuple) else "",
)
def test_words_that_fit_nothing_are_refused_with_what_would(words: tuple[str, ...], said: str) -> None:
    assert refused(joinlab(*words)) == f"{said}\n"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--participants", "0"), "--participants: 0 is out of range; expected 1 to 1,000,000,000."),
        (("--participants", str(10**12)), f"--participants: {10**12} is out of range; expected 1 to 1,000,000,000."),
        (
            ("--participants", "1e6"),
            '--participants: "1e6" is not a whole number; expected 1 to 1,000,000,000.\n  Write 1000000.',
        ),
        (("--participants", "many"), '--participants: "many" is not a whole number; expected 1 to 1,000,000,000.'),
        (("--seed", "-1"), f"--seed: -1 is out of range; expected {SEEDS}."),
        (("--seed", str(2**64)), f"--seed: {2**64} is out of range; expected {SEEDS}."),
        (("--threads", "0"), "--threads: 0 is out of range; expected 1 to 1,024."),
        (
            ("--by", "juristiction"),
            '--by: "juristiction" is not allowed here.\n  Did you mean "jurisdiction"? '
            "Allowed: category, jurisdiction, role, meeting_type, channel, confidentiality.",
        ),
        (("--format", "xml"), '--format: "xml" is not allowed here.\n  Allowed: table, json, csv.'),
        (("--date", "yesterday"), "--date: 'yesterday' is not a day.\n  Write year-month-day, such as 2023-08-08."),
        (("--date", "2023-02-30"), "--date: '2023-02-30' is not a day.\n  Write year-month-day, such as 2023-08-08."),
        *(
            (
                ("--precision", word),
                f"--precision: {word!r} is not a precision.\n  Give percentage points between 0 and 50, such as 0.5pp.",
            )
            for word in ("0", "50", "-1pp", "nan", "inf", "1e-400", "half", "")
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
@pytest.mark.parametrize("command", ["compare", "run"])
def test_a_number_or_day_out_of_range_is_refused_with_its_range(
    command: str, options: tuple[str, ...], said: str
) -> None:
    assert refused(joinlab(command, "accept_or_leave", "two_buttons", *options)) == f"{said}\n"


UNKNOWN_LAW = """\
the law of 1950-01-01 is not known for EU (known from 2020-12-21 on), DE (known from 2021-12-01 on), \
UK (known from 2021-01-01 on), US-CA (known from 2023-01-01 on), US-IL (known from 2008-10-03 on), \
US-1P (known from 2000-04-21 on), IN (known from 2011-04-11 on), JP (known from 2022-04-01 on).
  Choose a day from 2023-01-01 on, or add what was the law then to eu.yaml, de.yaml, uk.yaml, us_ca.yaml, us_il.yaml, \
us_1p.yaml, in.yaml, jp.yaml (verdict unsettled where it was open).
"""


@pytest.mark.parametrize("command", ["compare", "run", "explain"])
def test_a_day_before_the_rules_names_every_place_and_the_first_day_that_all_of_them_know(command: str) -> None:
    assert refused(joinlab(command, "accept_or_leave", "two_buttons", "--date", "1950-01-01")) == UNKNOWN_LAW


def test_a_scenario_of_a_day_before_the_rules_is_refused_by_check_too(tmp_path: Path) -> None:
    text = library.builtin("scenario")["everyday_meetings"].read_text(encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(text.replace("date: 2026-07-01", "date: 1950-01-01"), encoding="utf-8")
    assert refused(joinlab("check", str(tmp_path / "mine.yaml"))) == UNKNOWN_LAW


def test_a_lever_that_there_is_not_is_refused(tmp_path: Path) -> None:
    text = library.builtin("scenario")["everyday_meetings"].read_text(encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(f"{text}works_council: maybe\n", encoding="utf-8")
    said = refused(joinlab("run", str(tmp_path / "mine.yaml"))).replace(f"{tmp_path}/", "")
    assert said == (
        f'mine.yaml:{len(text.splitlines()) + 1}: scenario.works_council: "maybe" is not a works council.\n'
        "  Works councils: none, agreed, not_agreed.\n"
    )


def test_a_process_of_its_own_says_the_same_and_no_more() -> None:
    words = ("compare", "accept_or_leave", "--seed", "-1")
    assert process(*words) == joinlab(*words)


def test_a_tail_of_pp_or_per_cent_and_spaces_are_all_right_in_a_precision() -> None:
    for word in ("40pp", " 40 % ", "40"):
        assert joinlab("compare", "accept_or_leave", "two_buttons", *SMALL, "--precision", word).code == 0
