"""An RL run in the window: its rewards as labels, the classifier's doubts first in the queue."""

from pathlib import Path

import numpy as np
from pytestqt.qtbot import QtBot
from typer.testing import CliRunner

from labeler.cli.program import app
from labeler.review import read_scores
from labeler.review.order import ReviewOrder
from tests.conftest import recording_maker
from tests.labeler.cli.test_review_command import edge, write_scores
from tests.labeler.ui.conftest import OpenWindow


def test_the_doubtful_reward_comes_first(
    open_window: OpenWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    cutoffs = (12, 20, 5)
    root = recording_maker(tmp_path)(
        "v3.0", (20, 20, 20), reward=lambda e: (np.arange(20) >= cutoffs[e]).astype(np.float32)
    )
    scores, labels = tmp_path / "rl.parquet", tmp_path / "rl.json"
    write_scores(scores, [edge(12), edge(20), edge(15)])
    arguments = ["review", str(root), "--scores", str(scores), "--out", str(labels)]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    window = open_window(root, labels)
    desk, page = window.desk, window.page
    assert desk is not None and page is not None
    assert [desk.session.label(e).cutoff for e in range(3)] == [12, None, 5]
    assert desk.session.label(2).flag == "label 5, model says 15 with high confidence"
    with qtbot.waitSignal(desk.review.changed):
        desk.use_scores(read_scores(scores, [20, 20, 20]))
    assert desk.review.worth_a_look() == [2]
    box = page.queue.order_box
    box.setCurrentIndex(box.findData(ReviewOrder.DISAGREEMENT))
    box.activated.emit(box.currentIndex())
    assert desk.queue.episode(0) == 2
