"""YAML files: what is read as what, on which line, and what is refused."""

from __future__ import annotations

import errno
import os
import re
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.errors import ScenarioError
from simulator.scenario import yaml_file
from simulator.scenario.yaml_file import Document, Fault


def read(folder: Path, content: str | bytes) -> Document:
    path = folder / "file.yaml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return yaml_file.read(path)


def refusal(folder: Path, content: str | bytes) -> str:
    """The whole text of the refusal, without the folder."""
    with pytest.raises(ScenarioError) as caught:
        read(folder, content)
    return str(caught.value).replace(f"{folder}{os.sep}", "")


def test_words_that_older_yaml_takes_for_something_else_stay_text(tmp_path: Path) -> None:
    content = "a: on\nb: NO\nc: 12:30\nd: yes\ne: 2023-08-07\nf: 1_000\ng: '3'\nh: \"true\"\ni: |\n  1\n"
    assert read(tmp_path, content).value == {
        "a": "on",
        "b": "NO",
        "c": "12:30",
        "d": "yes",
        "e": "2023-08-07",
        "f": "1_000",
        "g": "3",
        "h": "true",
        "i": "1\n",
    }


def test_the_core_types_of_yaml_are_recognised(tmp_path: Path) -> None:
    value = read(
        tmp_path, "a: null\nb: ~\nc:\nd: true\ne: -7\nf: 0x1F\ng: 0o17\nh: 1.5\ni: 2e3\nj: -.inf\nk: 010\n"
    ).value
    assert value == {
        "a": None,
        "b": None,
        "c": None,
        "d": True,
        "e": -7,
        "f": 31,
        "g": 15,
        "h": 1.5,
        "i": 2000.0,
        "j": float("-inf"),
        "k": 10,
    }
    assert [type(item) for item in value.values()][3:9] == [bool, int, int, int, float, float]


def test_keys_are_text_whatever_they_look_like(tmp_path: Path) -> None:
    assert read(tmp_path, "1: a\ntrue: b\nnull: c\n").value == {"1": "a", "true": "b", "null": "c"}


def test_every_key_and_item_knows_its_line(tmp_path: Path) -> None:
    document = read(tmp_path, "# comment\na: 1\nb:\n  - c: 2\n    d: 3\n  -\n    c: 4\n  - [5,\n     6]\n")
    lines = {(): 2, ("a",): 2, ("b",): 3, ("b", 0): 4, ("b", 0, "d"): 5, ("b", 1, "c"): 7, ("b", 2, 1): 9}
    assert {loc: document.line(loc) for loc in lines} == lines


def test_the_line_of_what_does_not_exist_is_that_of_its_nearest_ancestor(tmp_path: Path) -> None:
    document = read(tmp_path, "a: 1\nb:\n  - c: 2\n")
    assert document.line(("b", 0, "x", 3)) == 3
    assert document.line(("x",)) == 1


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_lines_are_counted_as_editors_count_them(tmp_path: Path, ends: str) -> None:
    content = ends.join(("a: x\u2028y", "b: |", "  one", "  two\u0085", "", "c: 3"))
    assert read(tmp_path, content).line(("c",)) == 6


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    assert read(tmp_path, b"\xef\xbb\xbfa: 1\n").value == {"a": 1}


def test_a_fault_becomes_a_problem_with_place_and_dotted_key(tmp_path: Path) -> None:
    document = read(tmp_path, "a:\n  - b c: 1\n")
    problem = document.problem(Fault(("a", 0, "b c"), "is wrong.", "Mend it."), called="flow")
    assert str(problem) == f'{tmp_path / "file.yaml"}:2: flow.a[0]["b c"]: is wrong.\n  Mend it.'


def test_a_shown_value_is_one_printable_line_of_at_most_60_characters() -> None:
    assert yaml_file.shown("a\n\x1b\u202eb") == '"a\\n\\u001b\\u202eb"'
    assert yaml_file.shown("x" * 100) == f'"{"x" * 58}…'
    assert yaml_file.shown({"a": None}) == '{"a": null}'


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "none.yaml"
    with pytest.raises(ScenarioError) as caught:
        yaml_file.read(path)
    assert str(caught.value) == f"{path}: there is no such file."


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        yaml_file.read(tmp_path)
    assert str(caught.value) == f"{tmp_path}: this is a folder; expected a YAML file."


def test_a_name_that_no_file_can_have_is_refused() -> None:
    with pytest.raises(ScenarioError) as caught:
        yaml_file.read(Path("a\0b.yaml"))
    assert str(caught.value) == '"a\\u0000b.yaml" cannot be the name of a file.'


def test_a_name_too_long_for_the_system_is_refused(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 5000)
    with pytest.raises(ScenarioError) as caught:
        yaml_file.read(path)
    assert str(caught.value) == f"{path}: the file cannot be read: {os.strerror(errno.ENAMETOOLONG)}."


def test_a_huge_file_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    with path.open("wb") as stream:
        stream.truncate(200_000_000)
    start = time.perf_counter()
    with pytest.raises(ScenarioError) as caught:
        yaml_file.read(path)
    assert time.perf_counter() - start < 0.1
    assert str(caught.value) == f"{path}: the file has 200,000,000 bytes; a content file has at most 1,048,576."


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs a device without end")
def test_a_device_without_end_is_refused() -> None:
    with pytest.raises(ScenarioError) as caught:
        yaml_file.read(Path("/dev/zero"))
    assert (
        str(caught.value) == "/dev/zero: the file has more than 1,048,576 bytes; a content file has at most 1,048,576."
    )


def test_a_pipe_is_read_like_a_file() -> None:
    reader, writer = os.pipe()
    os.write(writer, b"a: 1\n")
    os.close(writer)
    try:
        assert yaml_file.read(Path(f"/dev/fd/{reader}")).value == {"a": 1}
    finally:
        os.close(reader)


def test_another_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    text = refusal(tmp_path, "a: 1\nb: Zürich\n".encode("latin-1"))
    assert text == "file.yaml:2: the file is not UTF-8.\n  Save it as UTF-8."


def test_a_control_character_is_refused_with_its_line(tmp_path: Path) -> None:
    text = refusal(tmp_path, "a: 1\nb: x\x00\n")
    assert text == "file.yaml:2: the character '\\x00' is not allowed in YAML.\n  Remove it."


@pytest.mark.parametrize("content", ["", "\n\n", "# nothing\n", "---\n", "null\n"])
def test_an_empty_file_is_refused(tmp_path: Path, content: str) -> None:
    assert refusal(tmp_path, content) == "file.yaml: the file is empty."


def test_a_top_level_that_is_no_mapping_is_refused(tmp_path: Path) -> None:
    remedy = '  Start with lines of the form "key: value".'
    assert refusal(tmp_path, "\n- a\n") == f"file.yaml:2: the file holds a list, not a mapping.\n{remedy}"
    assert refusal(tmp_path, "hello\n") == f'file.yaml:1: the file holds only "hello", not a mapping.\n{remedy}'


def test_all_duplicate_keys_are_refused_with_both_lines(tmp_path: Path) -> None:
    assert refusal(tmp_path, "a: 1\nb:\n  - {c: 1, c: 2}\na:\n  d: 1\n  'd': 2\n") == (
        'file.yaml:3: the key "c" is already on line 3.\n  Keep one of the two.\n'
        'file.yaml:4: the key "a" is already on line 1.\n  Keep one of the two.\n'
        'file.yaml:6: the key "d" is already on line 5.\n  Keep one of the two.\n'
        "3 problems; nothing was run."
    )


def test_anchors_and_aliases_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, "a: &x [1]\nb: *x\n") == (
        "file.yaml:1: anchors (&x) are not allowed.\n  Write the value out where it is needed.\n"
        "file.yaml:2: aliases (*x) are not allowed.\n  Write the value out.\n"
        "2 problems; nothing was run."
    )


def test_an_alias_as_a_key_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, "a:\n  *x : 1\n") == ("file.yaml:2: aliases (*x) are not allowed.\n  Write the value out.")


def test_a_file_that_would_expand_a_billionfold_is_refused_at_once(tmp_path: Path) -> None:
    levels = [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]" for n in range(1, 12)]
    start = time.perf_counter()
    text = refusal(tmp_path, "\n".join(["l0: &l0 lol", *levels]))
    assert time.perf_counter() - start < 1.0
    assert text.startswith("file.yaml:1: anchors (&l0) are not allowed.")


def test_a_merge_key_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, "a:\n  <<: {b: 1}\n") == (
        "file.yaml:2: merge keys (<<) are not allowed.\n  Write the keys out."
    )


@pytest.mark.parametrize("tag", ["!!python/object/apply:os.system", "!!str", "!local", "!"])
def test_a_tag_is_refused(tmp_path: Path, tag: str) -> None:
    assert refusal(tmp_path, f"a: 1\nb: {tag} x\n") == (
        f"file.yaml:2: tags ({tag}) are not allowed.\n  Remove it; put text in quotes to keep it text."
    )


def test_a_second_document_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, "a: 1\n---\nb: 2\n") == (
        'file.yaml:2: a second document starts here; expected one.\n  Remove the line "---" and what follows.'
    )


def test_another_version_of_yaml_is_refused(tmp_path: Path) -> None:
    assert read(tmp_path, "%YAML 1.2\n---\na: on\n").value == {"a": "on"}
    assert refusal(tmp_path, "%YAML 1.1\n---\na: on\n") == (
        "file.yaml:2: the file asks for another version than YAML 1.2.\n  Remove the line that starts with %YAML."
    )


def test_nesting_deeper_than_40_is_refused_and_40_is_read(tmp_path: Path) -> None:
    assert refusal(tmp_path, f"a: {'[' * 40}{']' * 40}\n") == "file.yaml:1: nested deeper than 40 levels."
    assert read(tmp_path, f"a: {'[' * 39}{']' * 39}\n").value
    assert refusal(tmp_path, f"a:\n {'[' * 500_000}") == "file.yaml:2: nested deeper than 40 levels."


def test_a_list_as_a_key_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, "a: 1\n? [b]\n: 2\n") == (
        "file.yaml:2: a list or mapping stands where a key was expected.\n  Use a word as the key."
    )


def test_a_tab_as_indentation_is_refused(tmp_path: Path) -> None:
    text = refusal(tmp_path, "a:\n\tb: 1\n")
    assert text == "file.yaml:2: a tab stands where YAML expects spaces.\n  Indent with spaces."


def test_half_a_character_is_refused(tmp_path: Path) -> None:
    text = refusal(tmp_path, 'a: "\\ud800"\n')
    assert text == "file.yaml:1: \\ud800 is half a character.\n  Write the character itself."


def test_a_number_of_thousands_of_digits_is_refused(tmp_path: Path) -> None:
    text = refusal(tmp_path, f"a: {'9' * 5000}\n")
    assert text == "file.yaml:1: a number of 5000 characters.\n  Use at most 100, or put it in quotes."


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            "a: 1\nb: c: d\n",
            "file.yaml:2: this is not YAML: mapping values are not allowed here.\n"
            "  Put text that contains a colon in quotes, and check the indentation.",
        ),
        (
            "a: 1\nb: 'x\nc: 1\n",
            "file.yaml:2: this is not YAML: found unexpected end of stream.\n  Close the quote.",
        ),
        (
            "a: 1\nb: [x,\n  y\n\n",
            "file.yaml:2: this is not YAML: expected ',' or ']', but got '<stream end>'.\n"
            "  Close the bracket, brace or quote.",
        ),
        (
            "a: 1\nb\nc: 1\n",
            "file.yaml:2: this is not YAML: could not find expected ':'.\n"
            '  Write "key: value", with a space after the colon.',
        ),
        (
            "a:\n  - b: 1\n - c: 1\n",
            "file.yaml:3: this is not YAML: expected <block end>, but found '<block sequence start>'.\n"
            "  Start the lines of one level in the same column.",
        ),
        (
            "a: @x\n",
            "file.yaml:1: this is not YAML: found character '@' that cannot start any token.\n"
            "  Put text that starts with this character in quotes.",
        ),
        (
            'a: 1\nb: "\\UFFFFFFFF"\n',
            "file.yaml:2: this or the next line is not YAML.\n  Check its quotes and backslashes.",
        ),
    ],
)
def test_a_syntax_error_is_refused_with_its_line(tmp_path: Path, content: str, expected: str) -> None:
    assert refusal(tmp_path, content) == expected


def test_what_is_refused_before_a_syntax_error_is_said_too(tmp_path: Path) -> None:
    text = refusal(tmp_path, "a: 1\na: 2\nb: @x\n")
    assert [line.split(" ", 1)[0] for line in text.splitlines()[::2]] == ["file.yaml:2:", "file.yaml:3:", "2"]


def test_of_many_problems_20_are_told_and_the_rest_counted(tmp_path: Path) -> None:
    said = refusal(tmp_path, "a: 1\n" * 1000)
    assert said.count("is already on line 1") == 20
    assert said.endswith("\nfile.yaml: and 979 more.\n999 problems; nothing was run.")


@pytest.mark.parametrize("escape", ["\\e[31m", "\\x9b1m", "\\u202e", "\\a"])
def test_characters_that_act_on_a_terminal_are_refused_however_they_are_written(tmp_path: Path, escape: str) -> None:
    said = refusal(tmp_path, f'title: "a{escape}b"\n')
    assert re.fullmatch(
        r"file\.yaml:1: the character \\\w+ would act on the terminal that shows it\.\n  Remove it\.", said
    )


def test_line_ends_tabs_and_letters_of_all_scripts_are_no_such_characters(tmp_path: Path) -> None:
    assert "would act" not in refusal(tmp_path, 'a: 1\na: "x\\ny\\tz é 会議 \\u200d"\n')


SNIPPETS = (
    "a: 1\n",
    "- x\n",
    "  ",
    "? ",
    ": ",
    "[",
    "]",
    "{",
    "}",
    '"',
    "'",
    "|\n",
    ">-\n",
    "&a ",
    "*a ",
    "!!x ",
    "\t",
    "#",
)
DIRECTIVES = (
    "%YAML 1.1\n",
    "%TAG ! x\n",
    "---\n",
    "...\n",
    "<<: ",
    "\\x",
    '"\\UFFFFFFFF"',
    "1e999",
    "0x",
    "\r",
    "\u2028",
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(
    content=st.binary(max_size=200)
    | st.lists(st.sampled_from(SNIPPETS + DIRECTIVES) | st.text(max_size=5)).map("".join)
)
def test_any_content_is_read_or_refused(tmp_path: Path, content: str | bytes) -> None:
    data = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
    try:
        document = read(tmp_path, data)
    except ScenarioError:
        return
    lines = data.count(b"\n") + data.count(b"\r") + 1
    assert all(1 <= document.line((key,)) <= lines for key in document.value)
