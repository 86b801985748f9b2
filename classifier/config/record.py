"""What all settings have in common: typed, frozen, nothing unknown."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Positive = Annotated[int, Field(ge=1)]
PositiveNumber = Annotated[float, Field(gt=0)]
Fraction = Annotated[float, Field(gt=0, lt=1)]


class Record(BaseModel):
    """A group of settings."""

    # `model_name` is LeRobot's; pydantic would reserve the prefix for itself.
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        protected_namespaces=(),
        use_attribute_docstrings=True,  # a window shows them beside the fields
        defer_build=True,  # the window starts without settings
    )
