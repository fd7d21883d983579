"""Where a figure comes from."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from simulator.scenario.vocabulary import Known

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=80)]
"""A name in a file: lower case letters, digits and underscores, starting with a letter."""

Share = Annotated[float, Field(ge=0.0, le=1.0)]
"""A proportion in [0, 1]."""

_NotBelowZero = Annotated[float, Field(ge=0.0)]
_AboveZero = Annotated[float, Field(gt=0.0)]


class Model(BaseModel):
    """Base of all file models: frozen, no unknown keys, no infinities, fields described by the string below them."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True, populate_by_name=True
    )


class Source(Model):
    """One thing that supports what a file says."""

    known: Known
    """How it is known: measured, published (read at its source), memory, or assumption."""
    supports: str
    """What of the file this supports."""
    url: str | None = None
    """Address; None where there is none."""
    accessed: date | None = None
    """Day the address was read; None when not recorded."""
    citation: str | None = None
    """Work, act or article, where an address is not enough."""


class Sourced(Model):
    """A number with its range and where it comes from."""

    allowed: ClassVar[str] = "a number"
    value: float
    """Central value."""
    range: tuple[float, float]
    """Lowest and highest value that a careful reader would still try."""
    known: Known
    """How the number is known."""
    source: str | None = None
    """Citation; required unless the number is an assumption."""
    note: str | None = None
    """What a reader should know about it."""

    @model_validator(mode="after")
    def _consistent(self) -> Sourced:
        low, high = self.range
        if not low <= self.value <= high:
            msg = f"value {self.value!r} lies outside its range [{low!r}, {high!r}]"
            raise ValueError(msg)
        if self.known is not Known.ASSUMPTION and self.source is None:
            msg = f"a number that is {self.known.value} needs a source; without one it is an assumption"
            raise ValueError(msg)
        return self

    @classmethod
    def allows(cls, value: float) -> bool:
        """Whether a figure of this kind may have that value; none may be infinite or not a number."""
        try:
            cls(value=value, range=(value, value), known=Known.ASSUMPTION)
        except ValidationError:
            return False
        return True


class Proportion(Sourced):
    """A number from 0 to 1, with its range and where it comes from."""

    allowed: ClassVar[str] = "a number from 0 to 1"
    value: Share
    """Central value."""
    range: tuple[Share, Share]
    """Lowest and highest value that a careful reader would still try."""


class AtLeastZero(Sourced):
    """A number of 0 or more, with its range and where it comes from."""

    allowed: ClassVar[str] = "a number of 0 or more"
    value: _NotBelowZero
    """Central value."""
    range: tuple[_NotBelowZero, _NotBelowZero]
    """Lowest and highest value that a careful reader would still try."""


class Positive(Sourced):
    """A number above 0, with its range and where it comes from."""

    allowed: ClassVar[str] = "a number above 0"
    value: _AboveZero
    """Central value."""
    range: tuple[_AboveZero, _AboveZero]
    """Lowest and highest value that a careful reader would still try."""


def figures_of(model: type[BaseModel]) -> dict[str, type[Sourced]]:
    """The fields of a file model that are always there and hold a figure, with what the figure may be."""
    kinds = {name: field.annotation for name, field in model.model_fields.items()}
    return {name: kind for name, kind in kinds.items() if isinstance(kind, type) and issubclass(kind, Sourced)}
