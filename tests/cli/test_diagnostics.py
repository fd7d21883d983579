"""What is said beside a result: problems, notes, and how far a long run is."""

from __future__ import annotations

import io
import sys

import pytest
import typer

from simulator.cli import diagnostics
from simulator.cli.diagnostics import Exit, ProgressLine, note, progress_line, report
from simulator.errors import Problem, UsageError


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class Clock:
    """Seconds that pass only when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(diagnostics, "time", made)
    return made


def told(stream: io.StringIO, clock: Clock, *steps: tuple[float, int, int]) -> str:
    """What a run writes to stderr if after so many seconds so much of so much is done."""
    original, sys.stderr = sys.stderr, stream
    try:
        line, start = ProgressLine(), clock.now
        for seconds, done, total in steps:
            clock.now = start + seconds
            line(done, total)
        line.close()
    finally:
        sys.stderr = original
    return stream.getvalue()


def test_problems_and_notes_go_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    report(UsageError(Problem("it is wrong.", remedy="Mend it.")))
    note("it took long.")
    assert capsys.readouterr() == ("", "it is wrong.\n  Mend it.\nnote: it took long.\n")


def test_a_run_of_a_moment_says_nothing(clock: Clock) -> None:
    steps = [(0.1, 10, 1000), (0.5, 500, 1000), (0.9, 1000, 1000)]
    assert told(io.StringIO(), clock, *steps) == ""
    assert told(Terminal(), clock, *steps) == ""


def test_a_long_run_writes_a_line_now_and_then_to_a_file(clock: Clock) -> None:
    steps = [(second / 10, second * 10, 10_000) for second in range(1, 301)]
    lines = told(io.StringIO(), clock, *steps).splitlines()
    assert lines[0] == "300 of 10,000 meetings, 100 a second, 1 min 37 s left"
    assert 2 <= len(lines) <= 4
    assert all("\r" not in line for line in lines)


def test_a_long_run_writes_over_one_line_of_a_terminal_and_clears_it(clock: Clock) -> None:
    text = told(Terminal(), clock, *[(second / 10, second * 10, 1000) for second in range(1, 101)])
    assert "\n" not in text
    shown = text.split("\r")
    assert shown[1].rstrip() == "100 of 1,000 meetings, 100 a second, 9 s left"
    assert max(len(line) for line in shown) <= 78
    assert text.endswith("\r" + " " * 78 + "\r")


def test_while_the_engine_is_compiled_it_says_so_once(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnostics, "_compiles", lambda: True)
    steps = [(second / 10, 0, 1000) for second in range(1, 600)]
    said = "the first run on a machine compiles the engine, which takes some seconds"
    assert told(io.StringIO(), clock, *steps) == f"{said}\n"
    assert told(Terminal(), clock, *steps).count(said) == 1


def test_where_nothing_is_compiled_nothing_is_said_of_it(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnostics, "_compiles", lambda: False)
    assert told(io.StringIO(), clock, (5.0, 0, 1000), (40.0, 0, 1000)) == ""


def test_a_further_round_has_its_own_rate_and_what_was_done_counts_as_done(clock: Clock) -> None:
    round_of = [(second, second * 100, 2000) for second in range(1, 20)]
    # A pause of a minute, then a round from 2,000 on to 8,000 at the same pace.
    further = [(80.0 + second, 2000 + second * 100, 8000) for second in range(1, 30)]
    lines = told(io.StringIO(), clock, *round_of, *further).splitlines()
    assert [line.split(", ")[1] for line in lines if "of 8,000" in line and "second" in line]
    for line in lines:
        if "a second" in line:
            assert "100 a second" in line
    assert lines[-1].startswith("4,") or lines[-1].startswith("3,")


def test_hours_are_told_as_hours(clock: Clock) -> None:
    text = told(Terminal(), clock, (0.0, 1, 1_000_000), (10.0, 1001, 1_000_000))
    assert "1,001 of 1,000,000 meetings, 100 a second, 2 h 46 min left" in text


def test_ctrl_c_clears_the_line_says_what_is_lost_and_ends_the_command(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted() -> None:
        with progress_line(lost="it is gone.") as line:
            clock.now += 2
            line(500, 1000)
            raise KeyboardInterrupt

    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    with pytest.raises(typer.Exit) as caught:
        interrupted()
    assert caught.value.exit_code == Exit.INTERRUPTED
    assert stream.getvalue().endswith("\r" + " " * 78 + "\rnote: it is gone.\n")
