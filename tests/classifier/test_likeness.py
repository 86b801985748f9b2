"""Images that differ from those of the training are called so; others are not."""

from dataclasses import replace

import numpy as np
import pytest

from classifier.checkpoint import Card, load_checkpoint, save_checkpoint
from classifier.likeness import TrainingLikeness, known_frames
from classifier.model import RewardClassifier, frame_numbers, frame_widths
from labeler.contracts.checkpoint import LIKENESS_FILE
from labeler.errors import UsageError
from tests.bench.likeness import (
    CHANGES,
    EPISODES,
    difference,
    first_of,
    front,
    numbers_of,
    training,
)


@pytest.fixture(scope="module")
def known(encoder) -> TrainingLikeness:
    """What is kept of one training on the demo's front camera."""
    return training(encoder, 1)


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_is_called_different_and_nothing_else(encoder, known, change):
    _, share, sentence = difference(encoder, known, CHANGES[change](first_of(1, 0)))
    if change == "unchanged":
        assert sentence == "" and share < 1
    else:
        assert share > 1
        assert sentence.startswith("These images differ from the training in ")
        assert "So do 4 of 4 episodes." in sentence


def test_at_most_one_of_twenty_recordings_like_the_training_is_called_different(encoder, known):
    unchanged = CHANGES["unchanged"]
    told = [difference(encoder, known, unchanged(first_of(1, number)))[2] for number in range(20)]
    assert sum(map(bool, told)) <= 1


def test_a_shorter_exposure_shows_in_pixels_alone(encoder, known):
    """The random encoder's norms take a factor away; the coarse pixels have it."""
    images = front(first_of(1, 1), EPISODES) // 2
    kind, _, sentence = difference(encoder, known, images)
    assert kind == "pixels" and "brightness and colours" in sentence
    known_features = TrainingLikeness({"features": known.known["features"]})
    assert difference(encoder, known_features, images)[2] == ""


def random_frames(seed, episodes=4, frames=6, width=30):
    numbers = np.random.default_rng(seed).normal(size=(episodes * frames, width))
    return numbers.astype(np.float32), np.repeat(np.arange(episodes), frames)


def test_distances_are_in_units_of_those_of_episodes_left_out():
    numbers, episodes = random_frames(1)
    known = known_frames(numbers, episodes)
    assert known.distances(numbers).max() < 1, "each is its own neighbour"
    new, _ = random_frames(2)
    assert np.median(known.distances(new)) == pytest.approx(1, abs=0.15)
    away = known.distances(new + 10)
    assert (away > known.limit).all() and np.median(away) > 3


def test_a_direction_in_which_the_training_never_moved_counts():
    numbers, episodes = random_frames(3)
    numbers[:, 7] = 5.0
    known = known_frames(numbers, episodes)
    new, _ = random_frames(4)
    new[:, 7] = 5.0
    assert np.median(known.distances(new)) < known.limit
    new[:, 7] = 8.0
    assert np.median(known.distances(new)) > known.limit


@pytest.mark.parametrize("change", CHANGES)
def test_each_frame_is_told_by_itself(encoder, known, change):
    """Frames of other recordings like the training are seldom unlike, those that changed always."""
    images = CHANGES[change](first_of(1, 0))
    away = known.of_frames(known.distances(numbers_of(encoder, images)))
    assert away.shape == (len(images),) and away.dtype == np.float64
    if change == "unchanged":
        assert (away > 1).mean() < 0.15
    else:
        assert (away > 1).all()


def test_a_frame_counts_by_the_kind_that_differs_most():
    numbers, episodes = random_frames(6)
    one = known_frames(numbers, episodes)
    both = TrainingLikeness({"features": replace(one, frame_limit=2.0), "pixels": one})
    away = both.of_frames(np.array([[4.0, 0.0], [1.0, 3 * one.frame_limit]]))
    np.testing.assert_allclose(away, [2, 3])
    assert one.frame_limit >= one.distances(numbers).max()
    unknown = TrainingLikeness({"features": one, "pixels": replace(one, frame_limit=None)})
    assert unknown.of_frames(np.ones((2, 2))) is None


def test_frames_that_are_there_twice_have_a_limit():
    numbers, episodes = random_frames(7)
    numbers[episodes == 1] = numbers[episodes == 0]
    known = known_frames(np.repeat(numbers, 6, axis=0), np.repeat(episodes, 6))
    assert known is not None
    assert np.isfinite(known.frame_limit)


def test_two_episodes_or_equal_frames_say_nothing():
    numbers, episodes = random_frames(5, episodes=2)
    assert known_frames(numbers, episodes) is None
    assert known_frames(np.ones((12, 3), np.float32), np.repeat(np.arange(3), 4)) is None


@pytest.fixture
def model(encoder, cameras, settings):
    """A small classifier of two cameras."""
    return RewardClassifier(encoder, cameras, settings).eval()


@pytest.fixture
def likeness(model):
    """What some random frames look like to it."""
    random = np.random.default_rng(0)
    episodes = np.repeat(np.arange(3), 4)
    return TrainingLikeness(
        {
            name: known_frames(random.normal(size=(12, width)).astype(np.float32), episodes)
            for name, width in frame_widths(model).items()
        }
    )


def test_a_checkpoint_keeps_it_beside_what_lerobot_loads(model, images, likeness, tmp_path):
    plain, folder = tmp_path / "plain", tmp_path / "with"
    save_checkpoint(plain, model, "lerobot-0.6")
    save_checkpoint(folder, model, "lerobot-0.6", Card(likeness=likeness))
    added = {path.name for path in folder.iterdir()} - {path.name for path in plain.iterdir()}
    assert added == {LIKENESS_FILE}
    for name in ("model.safetensors", "config.json"):
        assert (folder / name).read_bytes() == (plain / name).read_bytes()
    assert load_checkpoint(plain).likeness is None
    again = load_checkpoint(folder).likeness
    numbers = frame_numbers(model.encode(images), images)
    assert {name: value.shape[1] for name, value in numbers.items()} == frame_widths(model)
    np.testing.assert_allclose(again.distances(numbers), likeness.distances(numbers), rtol=1e-2)
    away = again.distances(numbers)
    np.testing.assert_allclose(again.of_frames(away), likeness.of_frames(away))
    assert (folder / LIKENESS_FILE).stat().st_size < 1_000_000


def test_a_checkpoint_of_an_earlier_version_says_nothing_of_frames(model, likeness, tmp_path):
    earlier = {name: replace(one, frame_limit=None) for name, one in likeness.known.items()}
    save_checkpoint(tmp_path / "m", model, "lerobot-0.6", Card(likeness=TrainingLikeness(earlier)))
    again = load_checkpoint(tmp_path / "m").likeness
    assert again.of_frames(np.ones((3, 2))) is None
    assert [one.limit for one in again.known.values()] == [
        one.limit for one in likeness.known.values()
    ]


@pytest.mark.parametrize("damage", ["cut off", "of another checkpoint", "no limit"])
def test_a_damaged_file_is_refused(model, likeness, tmp_path, damage):
    folder = tmp_path / "model"
    if damage == "of another checkpoint":
        pixels = likeness.known["pixels"]
        other = replace(pixels, mean=pixels.mean[:5], std=pixels.std[:5])
        likeness = TrainingLikeness({**likeness.known, "pixels": other})
    if damage == "no limit":
        endless = replace(likeness.known["pixels"], frame_limit=0.0)
        likeness = TrainingLikeness({**likeness.known, "pixels": endless})
    save_checkpoint(folder, model, "lerobot-0.6", Card(likeness=likeness))
    if damage == "cut off":
        file = folder / LIKENESS_FILE
        file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(UsageError, match="is damaged, or of another checkpoint"):
        load_checkpoint(folder)
