"""Sizes, times and errors of writing, as the window says them."""

from labeler.errors import LabelerError, SourceChangedError, UnlabeledEpisodesError

_IN_WINDOW = (
    ("add --accept-changed to bring the copy up to date", "update it although it changed"),
    ("add --accept-changed", "write although it changed"),
    ("Choose another folder with --out.", "Choose another folder."),
    ("choose another --out; run it again", "choose another folder; then write again"),
    ("choose another --out", "choose another folder"),
    ("Choose another --out", "Choose another file or folder"),
    ("Make the copy anew in another folder with --out.", "Write to another folder."),
    ("Give a file name with --out.", "Give a file name."),
    ("skip them and add --unlabeled drop", "skip them and leave out episodes without a decision"),
    ("choose --unlabeled drop", "leave out episodes without a decision"),
    ("leave out --trim", "keep excluded heads and tails"),
    ("then run the command again", "then write again"),
    ("run the command again or `labeler recover`", "write again"),
    ("Run the command again.", "Write again."),
    ("make it again with `labeler apply`", "write it again"),
    ("Make the copy again with `labeler apply`.", "Remove it, then write again."),
    ("Make it again with `labeler apply`", "Write it again"),
)
"""What a hint says on the command line, and what helps in front of the window."""


def cure(error: LabelerError) -> str:
    """What to do about an error, where there are no flags."""
    if isinstance(error, UnlabeledEpisodesError):
        return "Label them, or choose below what shall happen to them."
    if isinstance(error, SourceChangedError) and "--accept-changed" in error.hint:
        return "Look whether the labels still fit. Then you can write although it changed."
    hint = error.hint
    for flag, button in _IN_WINDOW:
        hint = hint.replace(flag, button)
    return hint


def may_accept(error: LabelerError) -> bool:
    """Whether the operator may say that the labels fit although the recording changed."""
    return isinstance(error, SourceChangedError) and "--accept-changed" in error.hint


def time_text(seconds: float) -> str:
    """A time that is left, as one would say it: `about 12 s`."""
    if seconds < 90:
        return f"about {max(round(seconds), 1)} s"
    return f"about {round(seconds / 60)} min"
