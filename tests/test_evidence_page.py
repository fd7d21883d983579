"""The page about evidence files shows a file that can be used."""

from __future__ import annotations

import re
from pathlib import Path

from simulator.analysis.validation import predictable
from simulator.scenario.load import load_study

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "evidence-files.md"


def test_the_example_of_the_page_is_a_sound_study_with_something_to_predict(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    path = tmp_path / "our_test.yaml"
    path.write_text(example)
    study = load_study(path)
    assert study.id == path.stem
    assert predictable(study)
