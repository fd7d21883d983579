"""Pictures of the app."""

from __future__ import annotations

import re


def without_outside_fonts(svg: str) -> str:
    """The picture without fonts that a viewer would fetch from elsewhere."""
    return re.sub(r"\s*@font-face\s*{.*?}", "", svg, flags=re.DOTALL)
