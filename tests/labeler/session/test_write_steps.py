"""Sizes, times and reports of writing, as the window says them."""

from labeler.labels.wording import size_text
from labeler.session.write_steps import WriteProgress, time_text


def test_sizes_and_times() -> None:
    assert size_text(999) == "999 bytes"
    assert size_text(12_345_678) == "12.3 MB"
    assert size_text(3e12) == "3.0 TB"
    assert time_text(0.2) == "about 1 s"
    assert time_text(300) == "about 5 min"


def test_a_report_in_bytes_and_one_in_frames() -> None:
    writing = WriteProgress("Writing", 45_000_000, 14, 12_300_000, 3, 12.0)
    assert writing.text == "12.3 MB of 45.0 MB · 3 of 14 files · about 12 s left"
    assert writing.percent == 27
    comparing = WriteProgress("Comparing with the recording", 1300, 13, 650)
    assert comparing.text == "50% of 1,300 frames"
    assert WriteProgress("Preparing").percent == 0
