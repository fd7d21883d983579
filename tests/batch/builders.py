"""Small experiments to test with."""

from __future__ import annotations

from pathlib import Path

from simulator.batch.prepared import Prepared, prepare_experiment

HEAD = """schema_version: 1
id: small
title: A small experiment
question: Does it run?
sources: [{known: assumption, supports: everything}]
scenario: everyday_meetings
seed: 7
participants: 300
"""

FLOWS = """levers:
  design: grid
  of:
    flow: [accept_or_leave, granular_opt_in]
"""

WILLING = """uncertainties:
  design: grid
  of:
    population.willing: [0.1, 0.3, 0.5]
"""

SIX = HEAD + FLOWS + WILLING
"""Two flows by three values: six cells."""


def written(folder: Path, text: str = SIX) -> Path:
    """An experiment's file."""
    path = folder / "small.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def prepared(folder: Path, text: str = SIX) -> Prepared:
    """An experiment that can be run."""
    return prepare_experiment(written(folder, text))
