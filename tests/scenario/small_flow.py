"""A small flow as text, to be spoilt."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from simulator.errors import ScenarioError
from simulator.scenario import load

FLOW = """\
schema_version: 1
id: small
title: Small
question: What comes of it?
sources:
  - known: published
    supports: everything
    accessed: 2023-08-07
period: {from: 2023-08-07, to: null}
stages:
  - id: notice
    actor: participant
    at: join
    default: off
    toggles:
      - {id: models, label: Train models, grants: {audio: [training_first_party]}, default: "off"}
    options:
      - id: agree
        label: Agree
        effect: grant
        grants: {audio: [improvement]}
        prominence: 1
        clicks: 1
      - id: save
        label: Save
        effect: grant
        toggles: as_set
        clicks: 2
      - id: refuse
        label: Refuse
        effect: deny
        clicks: 1
refusal: view_only
capture: {mixed: [audio]}
withdrawal: {actor: null}
"""


def changed(*swaps: tuple[str, str]) -> str:
    """The small flow with parts of its text swapped."""
    text = FLOW
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def refusal(folder: Path, text: str) -> str:
    """The whole text of the refusal, without the folder."""
    path = folder / "small.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load.load_flow(path)
    return str(caught.value).replace(f"{folder}{os.sep}", "")
