"""Something about a dataset that its owner should know."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad it is."""

    ERROR = "error"
    """LeRobot cannot read it, or would download over it; no copy can be made."""
    WARNING = "warning"
    """It can be labelled, but something is wrong."""
    NOTE = "note"
    """Worth knowing."""


@dataclass(frozen=True, slots=True)
class Oddity:
    """A sentence about a file (relative to the dataset, empty for the whole)."""

    severity: Severity
    file: str
    sentence: str
