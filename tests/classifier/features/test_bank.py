"""Features of any frames are those that the encoder gives for these frames."""

import shutil
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from classifier.config import CameraInput, ImageTransforms
from classifier.data import Recipe, draw_view, prepare_image
from classifier.features import EncodingProgress, FeatureBank, FeatureCache, local_bank
from classifier.features.names import ImageNames, feature_name
from classifier.model import PixelStatistics, RewardClassifier
from labeler.dataset import open_dataset
from labeler.labels import DatasetLabels, EpisodeLabel
from labeler.labels.episode import with_cutoff
from labeler.storage.copying.guarded_copy import write_copy
from labeler.storage.copying.preparation import prepare
from labeler.storage.record.copy_record import Options
from labeler.video import FrameReader
from tests.classifier.conftest import GRIPPER, SIDE

LENGTHS = (5, 40, 3)  # 40 is more than one batch
CAMERAS = (CameraInput(GRIPPER, 40, 33, (4, 6, 30, 50)), CameraInput(SIDE, 32, 64))
RECIPE = Recipe(2, ImageTransforms(enable=True), 5)
GIB = 1 << 30


@pytest.fixture
def dataset_of(make_recording):
    def make(kind="video", name="recording") -> Path:
        return make_recording(
            lengths=LENGTHS, size=(48, 64), cameras=(GRIPPER, SIDE), kind=kind, name=name
        )

    return make


@pytest.fixture
def model(encoder, settings) -> RewardClassifier:
    torch.manual_seed(0)
    return RewardClassifier(encoder, CAMERAS, settings).eval()


@contextmanager
def bank_of(root, model, cache, recipe=RECIPE, pictures=False, limit=GIB):
    with open_dataset(root) as dataset:
        yield local_bank(dataset, model, recipe, FeatureCache(cache, limit), pictures)


def pixels(root, camera, episode, frame) -> torch.Tensor:
    with open_dataset(root) as dataset, FrameReader(dataset, camera.key) as reader:
        return prepare_image(reader.frame(episode, frame), camera)


@pytest.mark.parametrize("kind", ["video", "image"])
@torch.no_grad()
def test_features_in_any_order_are_those_of_the_encoder(dataset_of, model, cache, kind) -> None:
    root = dataset_of(kind)
    wanted = [(1, 39), (0, 0), (2, 2), (1, 0), (1, 33), (0, 4), (1, 39)]
    episodes, frames = np.array(wanted).T
    with bank_of(root, model, cache) as bank:
        assert bank.prepare([0, 1, 2], 0) == 2 * sum(LENGTHS)
        found = bank.gather(episodes, frames)
    for camera, features in zip(CAMERAS, found, strict=True):
        pictures = torch.stack([pixels(root, camera, *place) for place in wanted])
        expected = model.source.features(pictures)
        assert features.dtype == torch.float32
        torch.testing.assert_close(features, expected, atol=2e-3, rtol=2e-3)


@torch.no_grad()
def test_views_are_those_of_the_recipe(dataset_of, model, cache) -> None:
    root, camera = dataset_of(), CAMERAS[0]
    wanted = [(1, 39, 1), (1, 39, 2), (0, 2, 0), (0, 2, 1)]
    episodes, frames, views = np.array(wanted).T
    with bank_of(root, model, cache) as bank:
        bank.prepare([0, 1], 2)
        found = bank.gather(episodes, frames, views)[0]
    with open_dataset(root) as dataset:
        names = ImageNames(dataset)
        pictures = torch.stack(
            [
                draw_view(
                    pixels(root, camera, episode, frame),
                    RECIPE,
                    f"{names.of(camera.key, episode)} {frame}",
                    view,
                )
                for episode, frame, view in wanted
            ]
        )
    expected = model.source.features(pictures)
    torch.testing.assert_close(found, expected, atol=2e-3, rtol=2e-3)
    assert not torch.allclose(found[0], found[1], atol=1e-2)


def test_pixels_are_normalised_for_the_encoder(dataset_of, model, cache) -> None:
    root = dataset_of()
    fed = RewardClassifier(model.source, CAMERAS, model.settings, PixelStatistics())
    places = np.array([0, 1]), np.array([3, 20])
    with bank_of(root, fed, cache) as bank:
        found = bank.gather(*places)
    pictures = [
        torch.stack([pixels(root, camera, *place) for place in zip(*places, strict=True)])
        for camera in CAMERAS
    ]
    for one, other in zip(found, fed.encode(pictures), strict=True):
        torch.testing.assert_close(one, other, atol=2e-3, rtol=2e-3)


def test_pictures_are_kept_for_training_the_encoder(dataset_of, model, cache) -> None:
    root = dataset_of()
    with bank_of(root, model, cache, pictures=True) as bank:
        found = bank.gather(np.array([1]), np.array([7]))
    for camera, pictures in zip(CAMERAS, found, strict=True):
        expected = pixels(root, camera, 1, 7)[None]
        torch.testing.assert_close(pictures, expected, atol=5e-4, rtol=0)


def test_features_beyond_16_bits_are_kept_in_32(dataset_of, model, cache, monkeypatch) -> None:
    class Loud(torch.nn.Module):
        def forward(self, pictures):
            return pictures[:, :, :2, :2] * 1e6

    loud = replace(model.source, network=Loud())
    monkeypatch.setattr(model, "source", loud)
    with bank_of(dataset_of(), model, cache) as bank:
        found = bank.gather(np.array([0]), np.array([1]))
    assert torch.isfinite(found[0]).all()
    assert found[0].max() > 70_000


def test_nothing_is_encoded_twice(dataset_of, model, cache) -> None:
    root, told = dataset_of(), []
    with bank_of(root, model, cache) as bank:
        assert bank.prepare([0, 2], 1, told.append) == 2 * 2 * 8
    assert told[-1] == EncodingProgress(32, 32)
    assert [progress.done for progress in told] == sorted(progress.done for progress in told)
    with bank_of(root, model, cache) as bank:
        assert bank.prepare([0, 2], 1) == 0
        assert bank.prepare([0, 1, 2], 1) == 2 * 2 * 40
        assert bank.prepare([0], 2) == 2 * 5


@pytest.mark.parametrize("kind", ["video", "image"])
def test_a_guarded_copy_shares_features_with_its_recording(dataset_of, model, cache, kind) -> None:
    root = dataset_of(kind)
    copy = root.with_name("copy")
    labels = {n: with_cutoff(EpisodeLabel(length), 1) for n, length in enumerate(LENGTHS)}
    with open_dataset(root) as source:
        write_copy(prepare(source, DatasetLabels(LENGTHS, labels), copy, Options()))
    with bank_of(root, model, cache) as bank:
        bank.prepare([0, 1, 2], 1)
    with bank_of(copy, model, cache) as bank:
        assert bank.prepare([0, 1, 2], 1) == 0


@pytest.mark.parametrize(
    "harm", [lambda data: data[:-9], lambda data: data[:99] + b"!" + data[100:]]
)
def test_damaged_entries_are_made_again_with_the_same_numbers(
    dataset_of, model, cache, harm
) -> None:
    root = dataset_of()
    places = np.array([1, 2, 1]), np.array([5, 1, 36])
    with bank_of(root, model, cache) as bank:
        bank.prepare([1, 2], 0)
        expected = bank.gather(*places)
    for path in cache.glob("*/*.npy"):
        path.write_bytes(harm(path.read_bytes()))
    with bank_of(root, model, cache) as bank:
        bank.prepare([1, 2], 0)
        found = bank.gather(*places)
    assert all(torch.equal(one, other) for one, other in zip(found, expected, strict=True))


def test_entries_removed_by_another_run_are_made_again(dataset_of, model, cache) -> None:
    root = dataset_of()
    places = np.array([0, 2]), np.array([4, 0])
    with bank_of(root, model, cache) as bank:
        bank.prepare([0, 2], 0)
        shutil.rmtree(cache)
        again = bank.gather(*places)
    with bank_of(root, model, cache) as bank:
        assert all(map(torch.equal, again, bank.gather(*places)))


def test_the_limit_spares_what_this_run_needs(dataset_of, model, cache) -> None:
    root = dataset_of()
    with bank_of(root, model, cache) as bank:
        bank.prepare([0], 0)
    with bank_of(root, model, cache, limit=1) as bank:
        bank.prepare([1, 2], 0)
        names = {path.stem for path in cache.glob("*/*.npy")}
        assert len(names) == 4  # of two episodes and two cameras; episode 0 had to go
        assert bank.prepare([1, 2], 0) == 0


def test_a_report_that_raises_ends_the_work_and_its_thread(dataset_of, model, cache) -> None:
    import threading

    class Enough(Exception):
        pass

    def report(progress: EncodingProgress) -> None:
        raise Enough

    with bank_of(dataset_of(), model, cache) as bank:
        with pytest.raises(Enough) as kept:  # its traceback keeps what was under way alive
            bank.prepare([0, 1, 2], 0, report)
        assert not [thread for thread in threading.enumerate() if thread.name == "decoding"]
        assert kept.traceback


CHANGED = {
    "images": {"images": "b"},
    "crop": {"camera": CameraInput(GRIPPER, 40, 32, (0, 0, 30, 30))},
    "size": {"camera": CameraInput(GRIPPER, 40, 33)},
    "encoder": {"encoder": "f"},
    "pixels": {"pixels": PixelStatistics()},
    "view": {"view": 2},
    "seed": {"recipe": Recipe(2, None, 6)},
    "shift": {"recipe": Recipe(3, None, 5)},
    "transforms": {"recipe": Recipe(2, ImageTransforms(enable=True), 5)},
}


@pytest.mark.parametrize("what", CHANGED)
def test_whatever_changes_numbers_changes_names(what) -> None:
    told = {
        "images": "a",
        "camera": CameraInput(GRIPPER, 40, 32),
        "encoder": "e",
        "pixels": None,
        "recipe": Recipe(2, None, 5),
        "view": 1,
    }
    assert feature_name(**told) == feature_name(**told)
    assert feature_name(**told) != feature_name(**told | CHANGED[what])


def test_the_picture_itself_has_one_name_for_all_recipes_and_cameras() -> None:
    names = {
        feature_name("a", CameraInput(key, 40, 32), "e", None, Recipe(shift, None, 1), 0)
        for key, shift in ((GRIPPER, 1), (GRIPPER, 2), (SIDE, 1))
    }
    assert len(names) == 1


@pytest.mark.parametrize("kind", ["video", "image"])
def test_pictures_have_names_of_their_own(dataset_of, kind) -> None:
    with open_dataset(dataset_of(kind)) as dataset:
        names = ImageNames(dataset)
        found = [names.of(camera, episode) for camera in (GRIPPER, SIDE) for episode in range(3)]
    assert len(set(found)) == 6


def test_who_encodes_is_an_argument(cache) -> None:
    """Parts of several jobs may come in any order; the bank puts each job together."""
    lengths, cameras = np.array([3, 2]), CAMERAS[:1]
    given: list[list[tuple[int, int]]] = []

    def encode(jobs):
        given.append([(job.episode, job.view) for job in jobs])
        for frame in range(3):
            for job in reversed(jobs):
                if frame < lengths[job.episode]:
                    value = 100 * job.episode + 10 * job.view + frame
                    yield job.name, np.full((1, 4), value, np.float16)

    def name_of(camera, episode, view) -> str:
        return f"{episode}{view}".ljust(64, "0")

    bank = FeatureBank(lengths, cameras, name_of, FeatureCache(cache, GIB), encode)
    told = []
    assert bank.prepare([0, 1], 1, told.append) == 10
    assert given == [[(0, 0), (0, 1), (1, 0), (1, 1)]]
    assert told[-1] == EncodingProgress(10, 10)
    [found] = bank.gather(np.array([1, 0, 0]), np.array([1, 2, 0]), np.array([0, 1, 0]))
    assert found[:, 0].tolist() == [101, 12, 0]
    assert bank.prepare([0, 1], 1) == 0
