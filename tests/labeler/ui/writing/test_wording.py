"""No sentence in the window names a flag of the command line."""

import ast
from pathlib import Path

import pytest

import labeler.storage
from labeler.errors import LabelerError
from labeler.labels.wording import size_text
from labeler.ui.writing.report import Report
from labeler.ui.writing.wording import cure, time_text

FLAGS = ("--out", "--unlabeled", "--trim", "--accept-changed")
FOLDER = Path(labeler.storage.__file__).parent


def _hints() -> list[str]:
    """Sentences of labeler.storage that name a flag or a command."""
    texts = (
        node.value
        for file in sorted(FOLDER.rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    return sorted(
        {text for text in texts if any(flag in text for flag in FLAGS) and "\n" not in text}
    )


@pytest.mark.parametrize("hint", _hints())
def test_hints_of_writing_are_said_without_flags(hint: str) -> None:
    if "--unlabeled zero" in hint or "--unlabeled drop (" in hint:
        return  # of UnlabeledEpisodesError, which has a sentence of its own
    said = cure(LabelerError("", hint))
    assert not any(flag in said for flag in FLAGS)


def test_sizes_and_times() -> None:
    assert size_text(999) == "999 bytes"
    assert size_text(12_345_678) == "12.3 MB"
    assert size_text(3e12) == "3.0 TB"
    assert time_text(0.2) == "about 1 s"
    assert time_text(300) == "about 5 min"


def test_a_report_in_bytes_and_one_in_frames() -> None:
    writing = Report("Writing", 45_000_000, 14, 12_300_000, 3, 12.0)
    assert writing.text == "12.3 MB of 45.0 MB · 3 of 14 files · about 12 s left"
    assert writing.percent == 27
    comparing = Report("Comparing with the recording", 1300, 13, 650)
    assert comparing.text == "50 % of 1,300 frames"
    assert Report("Preparing").percent == 0
