"""What a dataset holds and what is odd about it, found by reading everything in it."""

from typing import TYPE_CHECKING

from labeler.inspection.oddity import Oddity, Severity

if TYPE_CHECKING:
    from labeler.inspection.report import InspectionReport, inspect_dataset

__all__ = ["InspectionReport", "Oddity", "Severity", "inspect_dataset"]


def __getattr__(name: str) -> object:
    """The report is imported when it is wanted: the window looks for damaged episodes without."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from labeler.inspection import report

    return getattr(report, name)
