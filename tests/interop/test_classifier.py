"""Real LeRobot loads our checkpoints and judges as we do; we load its own."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from classifier.checkpoint import load_checkpoint, save_checkpoint
from classifier.config import CameraInput, RewardModel
from classifier.config.keys import require_known
from classifier.convex import write_linear
from classifier.encoder import load_encoder
from classifier.model import (
    FeatureStatistics,
    PixelStatistics,
    RewardClassifier,
    success_probability,
)
from labeler.errors import UsageError
from tests.interop.encoder import write_encoder
from tests.interop.lerobot_process import LerobotError, LerobotProcess
from tests.interop.releases import Release

pytestmark = pytest.mark.interop

CAMERAS = (
    CameraInput("observation.images.gripper", 128, 128),
    CameraInput("observation.images.side", 100, 120),
)
DIALECTS = {"0.3.3": "lerobot-0.3", "0.4.4": "lerobot-0.4", "0.6.1": "lerobot-0.6"}
DEFECT = "0.4.4"
"""Its `predict_reward` uses a normalisation that the model no longer has (pull request 2355)."""


@pytest.fixture(scope="module")
def encoder_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An encoder as LeRobot loads it: random weights and code that the tests brought."""
    return write_encoder(tmp_path_factory.mktemp("encoder") / "resnet10")


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Six pictures of each camera, in [0, 1]."""
    return saved(tmp_path / "pictures.safetensors", count=6)


def saved(path: Path, count: int) -> Path:
    random = torch.Generator().manual_seed(2)
    shapes = {camera.key: camera.shape for camera in CAMERAS}
    save_file({k: torch.rand(count, *s, generator=random) ** 2 for k, s in shapes.items()}, path)
    return path


def a_classifier(encoder_folder: Path, pixels: PixelStatistics | None) -> RewardClassifier:
    """A classifier that tells pictures apart, with standardised features to fold."""
    torch.manual_seed(1)
    settings = RewardModel(hidden_dim=16, latent_dim=12, dropout_rate=0.2)
    model = RewardClassifier(load_encoder(str(encoder_folder)), CAMERAS, settings, pixels).eval()
    with torch.no_grad():
        model.classifier_head[4].weight *= 6
        shape = model.feature_shapes[CAMERAS[0].key]
        statistics = FeatureStatistics(torch.rand(shape), torch.rand(shape) + 0.5)
        model.standardize({CAMERAS[0].key: statistics})
    return model


@torch.no_grad()
def ours(model: RewardClassifier, pictures: Path) -> list[float]:
    images = load_file(pictures)
    found: list[float] = model.probabilities(model([images[c.key] for c in CAMERAS])).tolist()
    assert max(found) - min(found) > 1e-3, "the comparison needs images that are judged apart"
    return found


@pytest.mark.parametrize("pixels", [None, PixelStatistics()], ids=["raw", "normalised"])
def test_lerobot_loads_and_judges_as_we_do(
    release: Release,
    lerobot: LerobotProcess,
    encoder_folder: Path,
    pictures: Path,
    tmp_path: Path,
    pixels: PixelStatistics | None,
) -> None:
    if pixels is not None and release.v3:
        pytest.skip("from 0.4 on LeRobot feeds raw pixels; such an export is refused")
    model = a_classifier(encoder_folder, pixels)
    folder = tmp_path / "pretrained_model"
    save_checkpoint(folder, model, DIALECTS[release.name])
    expected = ours(model, pictures)
    assert lerobot.ask("judge", checkpoint=folder, pictures=pictures) == pytest.approx(
        expected, abs=1e-4
    )
    assert ours(load_checkpoint(folder).model, pictures) == pytest.approx(expected, abs=1e-4)


@torch.no_grad()
def test_a_linear_function_comes_out_of_lerobots_layers_as_it_is(
    release: Release,
    lerobot: LerobotProcess,
    encoder_folder: Path,
    pictures: Path,
    tmp_path: Path,
) -> None:
    pixels = None if release.v3 else PixelStatistics()
    encoder = load_encoder(str(encoder_folder))
    model = RewardClassifier(encoder, CAMERAS, RewardModel(), pixels).eval()
    images = load_file(pictures)
    features = model.encode([images[camera.key] for camera in CAMERAS])
    random = torch.Generator().manual_seed(3)
    statistics, weights, sums = {}, {}, []
    for camera, found in zip(CAMERAS, features, strict=True):
        mean, std = found.mean(0), found.std(0).clamp(min=1e-3)
        statistics[camera.key] = FeatureStatistics(mean, std)
        weights[camera.key] = torch.randn(mean.shape, generator=random, dtype=torch.float64) / 30
        sums.append((weights[camera.key] * ((found - mean) / std).double()).flatten(1).sum(1))
    model.standardize(statistics)
    write_linear(model, weights, 0.3, float(torch.stack(sums).abs().max()))
    save_checkpoint(tmp_path / "pretrained_model", model, DIALECTS[release.name])
    found = lerobot.ask("judge", checkpoint=tmp_path / "pretrained_model", pictures=pictures)
    wanted = torch.sigmoid(sum(sums) + 0.3).tolist()
    assert max(wanted) - min(wanted) > 0.5, "the comparison needs images that are told apart"
    assert found == pytest.approx(wanted, abs=1e-4)


def test_the_step_on_the_robot_rewards_what_we_call_a_success(
    release: Release, lerobot: LerobotProcess, encoder_folder: Path, tmp_path: Path
) -> None:
    model = a_classifier(encoder_folder, None if release.v3 else PixelStatistics())
    folder, one = tmp_path / "pretrained_model", saved(tmp_path / "one.safetensors", count=1)
    save_checkpoint(folder, model, DIALECTS[release.name])
    with torch.no_grad():
        images = load_file(one)
        (probability,) = model.probabilities(model([images[c.key] for c in CAMERAS])).tolist()
    asked = {"checkpoint": folder, "pictures": one}
    mended = release.name == DEFECT
    for threshold, expected in ((probability - 1e-4, 1.0), (probability + 1e-4, 0.0)):
        assert lerobot.ask("reward", **asked, threshold=threshold, mended=mended) == expected
    if mended:
        with pytest.raises(LerobotError, match="normalize_inputs"):
            lerobot.ask("reward", **asked, threshold=0.5, mended=False)


def test_of_three_classes_the_step_rewards_what_we_call_a_success(
    release: Release, lerobot: LerobotProcess, encoder_folder: Path, tmp_path: Path
) -> None:
    pixels = None if release.v3 else PixelStatistics()
    settings = RewardModel(hidden_dim=16, latent_dim=12, num_classes=3)
    torch.manual_seed(1)
    model = RewardClassifier(load_encoder(str(encoder_folder)), CAMERAS, settings, pixels).eval()
    one = saved(tmp_path / "one.safetensors", count=1)
    images, rewarded = [load_file(one)[camera.key] for camera in CAMERAS], []
    for likeliest in range(3):
        with torch.no_grad():
            model.classifier_head[4].bias.copy_(torch.eye(3)[likeliest] * 9)
            (probability,) = success_probability(model, model(images))
        folder = tmp_path / f"class-{likeliest}"
        save_checkpoint(folder, model, DIALECTS[release.name])
        asked = {"checkpoint": folder, "pictures": one, "mended": release.name == DEFECT}
        # 0.9: the threshold has no say. Release 0.3 compares with 1 what is the class.
        rewarded.append(lerobot.ask("reward", **asked, threshold=0.9) == 1)
        assert rewarded[-1] == (probability > 1 / 2)
    assert rewarded == [False, True, False]


def test_we_load_what_lerobot_wrote(
    release: Release, lerobot: LerobotProcess, encoder_folder: Path, pictures: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "theirs"
    theirs = lerobot.ask("save_own", folder=folder, model_name=encoder_folder, pictures=pictures)
    for pixels in ("training", "robot"):
        loaded = load_checkpoint(folder, pixels)
        assert ours(loaded.model, pictures) == pytest.approx(theirs[pixels], abs=1e-4)
        assert any("normalised" in note for note in loaded.notes) == release.v3


_MADE_OF_FEATURES = ("input_features.", "output_features.", "image_transforms.tfs.")
"""Keys below names that the user chooses; not settings by themselves."""


def test_every_key_of_the_release_is_known(release: Release, lerobot: LerobotProcess) -> None:
    """Used, without effect, or refused with its reason; never taken for a misspelt other one."""
    found = lerobot.ask("fields")
    assert len(found["training"]) >= 43
    for name, paths in found.items():
        for path in paths:
            if any(part in path for part in _MADE_OF_FEATURES):
                continue
            values: object = None
            for key in reversed(path.split(".")):
                values = {key: values}
            assert isinstance(values, dict)
            try:
                require_known(values, f"LeRobot {release.name}")
            except UsageError as error:
                assert name not in ("training", "classifier"), path
                assert "which says" in error.message, (name, path, error.message)
