"""What a dataset holds and what is odd about it, found by reading everything in it."""

from labeler.inspection.oddity import Oddity, Severity
from labeler.inspection.report import InspectionReport, inspect_dataset

__all__ = ["InspectionReport", "Oddity", "Severity", "inspect_dataset"]
