"""The table of labels: a row per episode, flags and notes; and its CSV."""

from datetime import UTC, datetime, timedelta, timezone

from labeler.labels import DatasetLabels
from labeler.labels.episode import EpisodeLabel, FrameRange, Origin, State
from labeler.labels.label_rows import COLUMNS, label_rows, to_csv

TIME = datetime(2026, 1, 2, 5, tzinfo=timezone(timedelta(hours=2)))
LABELS = DatasetLabels(
    [10, 8, 6],
    {
        0: EpisodeLabel(
            10, State.SUCCESS, (FrameRange(4, 6), FrameRange(8, 10)), (FrameRange(0, 2),),
            note="a, b", flag="", origin=Origin.HUMAN, author="ana", time=TIME,
        ),
        2: EpisodeLabel(6, State.NEVER, flag="look again"),
    },
)  # fmt: skip


def test_every_episode_has_a_row() -> None:
    first, second, third = label_rows(LABELS)
    assert (first.state, first.first_success, first.success) == ("success", 4, ((4, 6), (8, 10)))
    assert (first.success_frames, first.failure_frames, first.excluded) == (4, 4, ((0, 2),))
    assert (first.flagged, first.flag, first.time) == (True, "", TIME.astimezone(UTC).isoformat())
    assert (second.state, second.first_success, second.origin, second.time) == (
        "unlabeled", None, "", "",
    )  # fmt: skip
    assert (second.success_frames, second.failure_frames, second.flagged) == (0, 0, False)
    assert (third.state, third.failure_frames, third.flag) == ("never", 6, "look again")


def test_csv_says_the_same_in_text() -> None:
    head, first, second, third = to_csv(LABELS).splitlines()
    assert head == ",".join(COLUMNS)
    assert first == (
        '0,10,success,4,4-6 8-10,0-2,4,4,true,,"a, b",human,ana,2026-01-02T03:00:00+00:00'
    )
    assert second == "1,8,unlabeled,,,,0,0,false,,,,,"
    assert third.startswith("2,6,never,,,,0,6,true,look again,,")
