"""Times of writing, as the window says them, and whether an error may be passed over."""

from labeler.cures import AcceptChangedRecording, AcceptChangedSource
from labeler.errors import LabelerError


def may_accept(error: LabelerError) -> bool:
    """Whether the operator may say that the labels fit although the recording changed."""
    changed = AcceptChangedRecording, AcceptChangedSource
    return any(isinstance(cure, changed) for cure in error.cures)


def time_text(seconds: float) -> str:
    """A time that is left, as one would say it: `about 12 s`."""
    if seconds < 90:
        return f"about {max(round(seconds), 1)} s"
    return f"about {round(seconds / 60)} min"
