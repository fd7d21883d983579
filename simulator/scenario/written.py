"""Content models as YAML files, the way a person would write them: without what is not given or is as by default."""

from __future__ import annotations

import io
import re
from typing import Any

from ruamel.yaml import YAML

from simulator.scenario.sourced import Model

_WIDTH = 110


def as_yaml(model: Model) -> str:
    """A file that the loader reads back as the same model."""
    yaml, buffer = YAML(), io.StringIO()
    yaml.width, yaml.default_flow_style = _WIDTH, False
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.dump(_tidied(model.model_dump(mode="json", by_alias=True, exclude_defaults=True)), buffer)
    return re.sub(r" +$", "", buffer.getvalue(), flags=re.MULTILINE)


def _tidied(value: Any) -> Any:
    """Numbers that came of arithmetic without their last, meaningless digits."""
    if isinstance(value, dict):
        return {key: _tidied(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_tidied(each) for each in value]
    return float(f"{value:.12g}") if isinstance(value, float) else value
