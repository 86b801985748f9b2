"""What a dataset holds and what is odd about it, found by reading everything in it."""

from labeler.inspection.oddity import Oddity, Severity
from labeler.inspection.report import Report, inspect_dataset

__all__ = ["Oddity", "Report", "Severity", "inspect_dataset"]
