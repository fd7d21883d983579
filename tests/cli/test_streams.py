"""Results go to stdout, everything else to stderr; no colour where none is wanted, and no crash where letters lack."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.command import JOINLAB, SMALL, environment, joinlab, process

TWO = ("accept_or_leave", "granular_opt_in")
ESCAPE = "\x1b"
needs_signals = pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to a child")


def on_terminal(*words: str, **more: str) -> str:
    """What a command writes to a terminal."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [JOINLAB, *words],
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        env=environment(**{"TERM": "xterm-256color", **more}),
    )
    os.close(theirs)
    written = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # how Linux tells that the other side has closed
            break
        if not piece:
            break
        written += piece
    os.close(ours)
    assert child.wait(timeout=60) == 0
    return written.decode("utf-8")


def colours(text: str) -> set[str]:
    """Escape sequences that set a colour."""
    codes = re.findall(r"\x1b\[([0-9;]*)m", text)
    return {code for code in codes if any(re.fullmatch(r"[349]\d|10\d", part) for part in code.split(";"))}


def test_a_terminal_gets_colours() -> None:
    assert colours(on_terminal("compare", *TWO, *SMALL))


def test_a_terminal_where_no_colour_is_wanted_gets_none() -> None:
    text = on_terminal("compare", *TWO, *SMALL, NO_COLOR="1")
    assert "accept_or_leave" in text
    assert not colours(text)


def test_a_terminal_that_knows_no_escapes_gets_none() -> None:
    text = on_terminal("flows", TERM="dumb")
    assert "accept_or_leave" in text
    assert ESCAPE not in text


@pytest.mark.parametrize(
    "words",
    [
        ("compare", *TWO, *SMALL, "--ledger"),
        ("explain", *TWO),
        ("people",),
        ("flows",),
        ("flows", "show", "two_buttons"),
        ("--help",),
    ],
    ids=lambda words: words[0],
)
def test_a_pipe_gets_no_escape_codes(words: tuple[str, ...]) -> None:
    done = joinlab(*words)
    assert done.out
    assert ESCAPE not in done.out + done.err


@pytest.mark.parametrize(
    "words",
    [
        ("compare", *TWO, *SMALL, "--ledger", "--by", "role"),
        ("explain", *TWO, "--participant", "9"),
        ("people", "-n", "40"),
        ("flows",),
        ("flows", "show", "zoom_terms_7_aug_2023"),
        ("flows", "show", "granular_opt_in", "--format", "mermaid"),
        ("check", "two_buttons"),
        ("schema", "flow"),
        ("--help",),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_an_output_that_takes_only_ascii_gets_ascii_and_no_crash(words: tuple[str, ...]) -> None:
    done = process(*words, PYTHONIOENCODING="ascii")
    assert (done.code, done.err) == (0, "")
    assert done.out.isascii()
    assert len(done.out) > 20


def test_an_ascii_report_marks_half_widths_and_bars_with_what_it_has() -> None:
    text = process("compare", *TWO, "--participants", "8000", "--seed", "5", "--ledger", PYTHONIOENCODING="ascii").out
    assert re.search(r"\d\.\d \+-\d+\.\d", text)
    assert "####" in text
    assert "...." in text
    assert "??" not in text


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such pipes")
@pytest.mark.parametrize(
    "words",
    [
        ("compare", *TWO, *SMALL, "--ledger"),
        ("compare", *TWO, *SMALL, "--format", "json"),
        ("flows",),
        ("flows", "show", "two_buttons", "--format", "yaml"),
        ("schema", "flow"),
    ],
    ids=" ".join,
)
def test_a_reader_that_has_gone_gets_no_traceback(words: tuple[str, ...]) -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    done = subprocess.run(
        [JOINLAB, *words], stdout=theirs, stderr=subprocess.PIPE, check=False, timeout=60, env=environment()
    )
    os.close(theirs)
    assert done.stderr == b""
    assert done.returncode == 0


def test_a_reader_that_takes_one_line_gets_it_and_no_traceback() -> None:
    child = subprocess.Popen(
        [JOINLAB, "schema", "flow"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    )
    assert child.stdout is not None
    assert child.stderr is not None
    assert child.stdout.readline() == b"{\n"
    child.stdout.close()
    assert child.stderr.read() == b""
    child.stderr.close()
    assert child.wait(timeout=60) == 0


@pytest.mark.slow
def test_a_long_run_says_on_stderr_how_far_it_is_and_its_result_alone_goes_to_stdout() -> None:
    done = process("compare", *TWO, "--participants", "5000000", "--seed", "5", "--format", "json", timeout=300)
    assert done.code == 0
    assert json.loads(done.out)["run"]["participants"] >= 5_000_000
    told = done.err.splitlines()
    assert told
    for line in told:
        assert re.fullmatch(r"[\d,]+ of [\d,]+ meetings(, [\d,]+ a second, .+ left)?|preparing; .*", line)


def interrupted(participants: int) -> tuple[int, str, str, float]:
    """Exit code, stdout, stderr after the first line, and seconds until the end of a run stopped once it tells."""
    child = subprocess.Popen(
        [JOINLAB, "compare", *TWO, "--participants", str(participants), "--seed", "5"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(), text=True,
    )  # fmt: skip
    assert child.stderr is not None
    first = child.stderr.readline()
    assert re.match(r"[\d,]+ of [\d,]+ meetings|preparing; ", first)
    started = time.monotonic()
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=60)
    return child.returncode, out, err, time.monotonic() - started


@pytest.mark.slow
@needs_signals
def test_an_interrupted_run_ends_within_seconds_with_one_line_and_without_a_result() -> None:
    joinlab("compare", *TWO, *SMALL)  # compiles, if that is still to do: a compilation cannot be interrupted
    code, out, err, seconds = interrupted(500_000_000)
    assert (code, out, err) == (130, "", "note: interrupted; nothing was written.\n")
    assert seconds < 5


@needs_signals
def test_a_command_interrupted_before_it_tells_anything_ends_with_130_and_no_traceback() -> None:
    child = subprocess.Popen(
        [JOINLAB, "compare", *TWO, "--participants", "100000000", "--seed", "5"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(), text=True,
    )  # fmt: skip
    time.sleep(1.0)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=60)
    assert (child.returncode, out) == (130, "")
    assert err in ("", "note: interrupted; nothing was written.\n")


def test_a_file_that_joinlab_writes_nothing_to_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    joinlab("compare", *TWO, *SMALL)
    assert list(tmp_path.iterdir()) == []
