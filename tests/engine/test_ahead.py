"""Where nothing is compiled yet, another process compiles the making of worlds meanwhile."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from simulator.engine import ahead, world
from simulator.engine.ahead import compile_worlds, worlds_compiled_beside
from simulator.engine.inputs import gather
from simulator.engine.run import compile_engine, make_plan
from simulator.scenario import library


@pytest.fixture
def nothing_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "compiles_first", lambda: True)
    monkeypatch.setattr("os.cpu_count", lambda: 2)


def test_worlds_of_every_scenario_are_compiled_alike() -> None:
    compile_worlds()
    make_plan(gather(library.scenario("everyday_meetings"))).world(1, 0, 2)
    assert len(world._fill.signatures) == 1  # type: ignore[attr-defined]
    assert len(world._sizes.signatures) == 1  # type: ignore[attr-defined]


@pytest.mark.usefixtures("nothing_is_compiled")
def test_the_other_process_does_its_work_before_this_one_goes_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    done = tmp_path / "done"
    monkeypatch.setattr(ahead, "_CODE", f"import time; time.sleep(0.2); open({str(done)!r}, 'w')")
    with worlds_compiled_beside():
        assert not done.exists()
    assert done.exists()


@pytest.mark.usefixtures("nothing_is_compiled")
@pytest.mark.parametrize("executable", [None, "", "/nowhere/python"])
def test_where_no_other_process_can_be_started_this_one_goes_on_alone(
    monkeypatch: pytest.MonkeyPatch, executable: str | None
) -> None:
    monkeypatch.setattr(sys, "executable", executable)
    with worlds_compiled_beside():
        pass


@pytest.mark.usefixtures("nothing_is_compiled")
def test_another_process_that_fails_or_hangs_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "_LONGEST", 0.5)
    for code in ("raise SystemExit(3)", "import time; time.sleep(60)"):
        monkeypatch.setattr(ahead, "_CODE", code)
        start = time.monotonic()
        with worlds_compiled_beside():
            pass
        assert time.monotonic() - start < 30.0


@pytest.mark.usefixtures("nothing_is_compiled")
def test_no_other_process_outlives_an_interruption(monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    start = ahead._start
    monkeypatch.setattr(ahead, "_CODE", "import time; time.sleep(60)")
    monkeypatch.setattr(ahead, "_start", lambda: started.append(start()) or started[0])
    with pytest.raises(KeyboardInterrupt), worlds_compiled_beside():
        raise KeyboardInterrupt
    assert started[0].poll() is not None


def test_an_engine_that_is_compiled_starts_no_other_process(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = make_plan(gather(library.scenario("everyday_meetings")))
    compile_engine(plan)
    monkeypatch.setattr(ahead, "_start", lambda: pytest.fail("another process was started"))
    compile_engine(plan)
