"""An audit in the real window: its sample alone, without labels and suggestions."""

from collections.abc import Callable
from pathlib import Path

from pytestqt.qtbot import QtBot

from labeler.dataset import open_dataset
from labeler.dataset.labels_of import identity_of
from labeler.labels import DatasetLabels
from labeler.labels.dialects import read_own
from labeler.labels.document import to_text
from labeler.review.audit import blank_answers, sample_mark, sampled_episodes
from labeler.session.queue import Show
from labeler.ui.queue.panel import SHOWN
from tests.labeler.ui.conftest import NewWindow, OpenWindow, Press
from tests.labeler.ui.desk.test_reviewing import scores

LENGTHS = (12, 14, 12, 16, 12)
SAMPLE = (1, 3, 4)


def start(root: Path, place: Path) -> Path:
    """The auditor's label file as the command leaves it."""
    with open_dataset(root) as dataset:
        labels = DatasetLabels(dataset.lengths.tolist(), identity=identity_of(dataset))
    place.write_text(to_text(blank_answers(labels, SAMPLE, sample_mark(3, 0))))
    return place


def test_the_sample_alone_is_shown_and_nothing_that_helps(
    make_recording: Callable[..., Path],
    open_window: OpenWindow,
    new_window: NewWindow,
    press: Press,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    root = make_recording(lengths=LENGTHS, size=(32, 32), reward="last")
    answers = start(root, tmp_path / "ben.json")
    window = open_window(root, answers)
    desk, page = window.desk, window.page
    assert desk.queue.rows.tolist() == list(SAMPLE)
    assert page.queue.show_box.currentText() == SHOWN[Show.FLAGGED]
    assert desk.episode == 1
    names = [
        page.timeline.choosers[0].itemText(n) for n in range(page.timeline.choosers[0].count())
    ]
    assert names
    assert not any("next." in name for name in names)
    assert not page.inspector.guard.carried.sentence
    desk.use_scores(scores(LENGTHS, (6,) * 5))
    assert window.status.text().startswith("This is an audit")
    assert (desk.has_scores, desk.suggestion()) == (False, None)
    assert page.inspector.suggested.text().startswith("Blind episode")
    press(window, "Right", "Shift+S")
    assert desk.label.decided
    assert desk.best_suggestion(1) is None
    window.close()
    answered = read_own(answers)
    assert answered[1].cutoff == 1
    assert tuple(sampled_episodes(answered.touched)) == SAMPLE
    again = new_window()
    with qtbot.waitSignal(again.opening.opened, timeout=20_000):
        again.open(root, answers)
    qtbot.waitUntil(lambda: again.desk is not None and again.desk.episode == 3)
