"""Which frames to record more of: what belongs together, and that every word is measured."""

import re

import numpy as np
import pytest

from classifier.evaluate import ScoredFrames, Surroundings, frames_to_record
from tests.classifier.evaluate.cases import scored

LENGTH = 30
GRIPPER = "observation.state[gripper.pos]"


def frames(false: dict[int, range], success_from: int | None = None) -> ScoredFrames:
    """Four episodes of 30 frames; `false` are failures predicted success, by episode."""
    rows = []
    for episode in range(4):
        for frame in range(LENGTH):
            label = success_from is not None and episode == 3 and frame >= success_from
            wrong = frame in false.get(episode, ())
            rows.append((episode, frame, label, 0.9 if label or wrong else 0.1))
    return scored(*rows)


def around(columns=None, looks=None) -> Surroundings:
    """Columns and images by episode and frame; without them there is neither."""

    def values(episodes, numbers):
        places = list(zip(episodes.tolist(), numbers.tolist(), strict=True))
        return {
            name: np.array([of(*place) for place in places], np.float64)
            for name, of in (columns or {}).items()
        }

    def images(places):
        return np.array([(looks or (lambda e, f: []))(*place) for place in places], np.float32)

    return Surroundings(np.full(4, LENGTH), values, images)


def test_words_say_what_is_measured() -> None:
    found = frames({0: range(25, 28), 1: range(22, 25)}, success_from=20)

    def gripper(episode: int, frame: int) -> float:
        closed = {0: range(24, 29), 1: range(22, 26)}  # a little longer than the mistakes
        return 12 + frame / 10 if frame in closed.get(episode, ()) else 50 + frame

    (group,) = frames_to_record(found, 0.5, around({GRIPPER: gripper, "still": lambda e, f: 1}))
    assert (group.kind, group.frames, group.episodes) == ("false positive", 6, (0, 1))
    assert "6 frames in 2 episodes, predicted success at 0.9" in group.sentence
    bound = re.search(
        r"gripper\.pos\] below ([\d.]+) \(so are ([\d.]+)% of the other", group.sentence
    )
    assert bound is not None
    below, share = map(float, bound.groups())
    values = np.array([gripper(e, f) for e in range(4) for f in range(LENGTH)])
    own = found.successes(0.5) & ~found.labels
    assert (values[own] < below).all()
    assert share == pytest.approx(100 * (values[~own] < below).mean(), abs=0.1)
    assert "in the last third of the episode" in group.sentence
    assert "in episodes without success" in group.sentence
    assert [one.episode for one in group.examples] == [0, 1]


def test_frames_before_the_labelled_success_are_told_by_their_distance() -> None:
    (group,) = frames_to_record(frames({3: range(16, 20)}, success_from=20), 0.5, around())
    assert "1 to 4 frames before the labelled success" in group.sentence
    assert "without success" not in group.sentence
    both = frames({3: range(16, 20), 0: range(2, 3)}, success_from=20)
    (group,) = frames_to_record(both, 0.5, around())
    assert group.sentence.endswith("nothing measured sets them apart")


def test_states_and_images_tell_groups_apart() -> None:
    found = frames({0: range(3, 5), 1: range(3, 5), 2: range(20, 24)})

    def state(episode: int, frame: int) -> float:
        return 5.0 if episode == 2 and frame >= 20 else 0.0

    groups = frames_to_record(found, 0.5, around({"observation.state[0]": state}))
    assert [(one.frames, one.episodes) for one in groups] == [(4, (0, 1)), (4, (2,))]
    groups = frames_to_record(found, 0.5, around(looks=lambda e, f: [float(e == 1)] * 12))
    assert sorted(one.episodes for one in groups) == [(0, 2), (1,)]


def test_undecided_frames_have_odds_near_the_thresholds() -> None:
    rows = [(0, at, at >= 5, p) for at, p in enumerate([0.01, 0.9, 0.97, 0.99, 0.1, 0.97, 0.9999])]
    groups = frames_to_record(scored(*rows), 0.98, around())
    assert [(one.kind, one.frames) for one in groups] == [("false positive", 1), ("undecided", 2)]
    assert "undecided at 0.97" in groups[1].sentence
    assert {one.frame for one in groups[1].examples} == {2, 5}
    assert frames_to_record(scored((0, 0, False, 0.01)), 0.5, around()) == ()


def test_bounds_on_both_sides_are_one_phrase() -> None:
    found = frames({0: range(10, 13), 1: range(11, 13)})
    (group,) = frames_to_record(found, 0.5, around({GRIPPER: lambda e, f: 3.0 * f}))
    bounds = re.search(r"gripper\.pos\] between ([\d.]+) and ([\d.]+) \(", group.sentence)
    assert bounds is not None
    low, high = map(float, bounds.groups())
    assert 27 < low < 30 < 36 < high < 39
    assert group.sentence.count(GRIPPER) == 1
