"""What is loaded when: heavy libraries come in only when a command needs them.

The import contracts cannot see this, as a deferred import is an import to them too.
"""

from __future__ import annotations

import json
import subprocess
import sys

HEAVY = {"faker", "numba", "polars", "ruamel", "textual", "webvtt"}


def loaded_by(statements: str) -> set[str]:
    """Top-level packages that a fresh interpreter holds after running `statements`."""
    code = f"{statements}\nimport json, sys\nprint(json.dumps(sorted({{name.split('.')[0] for name in sys.modules}})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_importing_simulator_loads_nothing_heavy() -> None:
    loaded = loaded_by("import simulator")
    assert "simulator" in loaded
    assert not loaded & HEAVY


def test_the_help_page_loads_nothing_heavy() -> None:
    loaded = loaded_by(
        "import sys\n"
        "sys.argv = ['joinlab', '--help']\n"
        "from simulator.cli.main import main\n"
        "try:\n"
        "    main()\n"
        "except SystemExit as end:\n"
        "    assert not end.code, end.code"
    )
    assert "typer" in loaded
    assert not loaded & HEAVY


def test_importing_the_kernel_does_load_numba_so_this_check_can_fail() -> None:
    assert "numba" in loaded_by("import simulator.engine.kernel") & HEAVY


def test_commands_of_batches_load_frames_only_when_they_are_run() -> None:
    assert not loaded_by("import simulator.cli.batch_commands") & {*HEAVY, "scipy", "distributed", "SALib"}


def test_a_batch_loads_no_library_for_research_and_no_cluster() -> None:
    loaded = loaded_by("import simulator.batch.run, simulator.batch.results")
    assert not loaded & {"distributed", "dask", "SALib", "ema_workbench", "altair", "pandas", "polars"}
