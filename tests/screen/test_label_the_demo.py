"""The real program on a real (virtual) screen: labelled, exported and written by keys, checked."""

from pathlib import Path

import pytest

from labeler.demo import true_labels
from tests.screen.demo import EPISODES, assert_checked, label, program, states, write
from tests.screen.display import MISSING, Display, virtual_display, wait_until

pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")


def test_the_demo_is_labelled_written_and_checked(recording: Path, tmp_path: Path) -> None:
    labels = tmp_path / "demo.labels.json"
    copy = recording.with_name("pick_lift_labeled")
    exported = recording.with_name("pick_lift.labels.json")
    with virtual_display(tmp_path / "home") as display, program(display, recording, labels):
        label_all(display, labels)
        export(display, exported)
        write(display, copy)
    expected = [
        (label.state.value, [[p.start, p.end] for p in label.success])
        for _, label in sorted(true_labels().items())
    ]
    assert states(labels) == expected
    assert states(exported) == expected
    assert_checked(recording, copy)
    reference = states(labels)[:10]
    assert sum(end - start for _, ranges in reference for start, end in ranges) == 584


def export(display: Display, file: Path) -> None:
    """The panel takes the focus, at the form; then come the path, its button, and `Export`."""
    before = display.picture()
    display.keys("ctrl+e")
    display.settle(before)
    display.keys("Tab", "Tab", "Tab", "Return")
    wait_until(file.is_file, f"an export at {file}")
    display.keys("Escape")


def label_all(display: Display, labels: Path) -> None:
    before = display.pressed
    for episode in range(EPISODES):
        label(display, episode)
    assert display.pressed - before < 180, "a minute of whoever presses three keys a second"
    wait_until(lambda: len(states(labels)) == EPISODES, "a label file")
    complete = states(labels)
    display.keys("ctrl+z", "ctrl+z", "ctrl+z")
    wait_until(lambda: states(labels) != complete, "three steps undone in the label file")
    display.keys("ctrl+shift+z", "ctrl+shift+z", "ctrl+shift+z")
    wait_until(lambda: states(labels) == complete, "three steps done again")
