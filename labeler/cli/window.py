"""The window as commands know it, which import none of it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labeler.dataset.labels_of import ColumnReading


@dataclass(frozen=True, slots=True)
class Window:
    """How to open a window; commands get it as the context's `obj`.

    open: opens it at a recording, with a label file, and with a column of the recording whose
        labels are taken over; its exit code comes back
    possible: whether there is a screen to open it on
    check: raises a WindowError where a library that it needs is missing
    """

    open: Callable[[Path | None, Path | None, "ColumnReading | None"], int]
    possible: Callable[[], bool]
    check: Callable[[], None] | None = None
