"""Each format, writer and kind of camera against each release: docs/lerobot-matrix.md has all.

With LABELER_WRITE_MATRIX=1 and one process (`-n 0`) the table is brought up to date.
"""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file

from classifier.checkpoint import load_checkpoint
from classifier.config import settings_of
from classifier.probabilities import predictions
from classifier.train import train
from classifier.train.stopping import Stop
from labeler.dataset import Dataset, open_dataset
from labeler.video import FrameReader
from tests.interop.command import labeler, snapshot
from tests.interop.encoder import write_encoder
from tests.interop.lerobot_process import LerobotError, LerobotProcess
from tests.interop.matrix import ROWS, Line, documented, write_line
from tests.interop.releases import Release
from tests.interop.shared import card_of
from tests.interop.test_classifier import DIALECTS

pytestmark = pytest.mark.interop
SIDE = 128
"""Pixels: the only size that LeRobot's classifier takes with this encoder."""
WANTS_THE_HUB = "wants to download it"
JUDGED = 1
"""The episode whose frames are judged by both."""


@pytest.fixture(scope="module")
def encoder_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_encoder(tmp_path_factory.mktemp("encoder") / "resnet10")


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """Function that labels a recording through the commands, once, and gives the copy."""
    copies: dict[Path, Path] = {}

    def copy_of(root: Path) -> Path:
        if root not in copies:
            folder = tmp_path_factory.mktemp("labelled")
            before, copy = snapshot(root), folder / f"{root.name}_labeled"
            with open_dataset(root) as dataset:
                cutoffs = {str(e): int(n) // 2 for e, n in enumerate(dataset.lengths)}
            labels = folder / "cutoffs.json"
            labels.write_text(json.dumps(cutoffs), encoding="utf-8")
            labeler("inspect", root)
            labeler("apply", root, "--labels", labels, "--out", copy)
            labeler("check", copy, "--against", root)
            assert snapshot(root) == before
            copies[root] = copy
        return copies[root]

    return copy_of


@pytest.mark.parametrize("root", ROWS, ids=lambda root: root.name)
def test_what_holds_stands_in_the_table(
    root: Path,
    release: Release,
    lerobot: LerobotProcess,
    labelled: Callable[[Path], Path],
    encoder_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LABELER_CACHE", str(tmp_path / "cache"))
    copy = labelled(root)
    back = read_back(lerobot, root, copy, tmp_path)
    checkpoint = trained(release, copy, encoder_folder, tmp_path)
    with open_dataset(copy) as dataset:
        images = recorded_images(dataset)
        assert_judged_alike(lerobot, dataset, checkpoint, images, tmp_path)
        assert_loaded_alike(lerobot, dataset, encoder_folder, images, tmp_path)
    shutil.rmtree(tmp_path)
    line = Line(root.name, release.name, ("yes", back, "yes", "yes", "yes"))
    if os.environ.get("LABELER_WRITE_MATRIX"):
        write_line(line)
    assert line in documented()


def read_back(lerobot: LerobotProcess, root: Path, copy: Path, folder: Path) -> str:
    """Whether the release reads from the copy what it reads from the recording, and our rewards.

    It reads copies of both: 0.3.3 writes into a folder whose format it does not know.
    """
    recorded, written = (
        shutil.copytree(one, folder / name) for one, name in ((root, "a"), (copy, "b"))
    )
    try:
        then = lerobot.ask("read", root=recorded)
        now = lerobot.ask("read", root=written)
    except LerobotError as error:
        return WANTS_THE_HUB if "Offline" in error.kind else f"refuses: {error.kind}"
    rewards = []
    with open_dataset(root) as dataset:
        for length in map(int, dataset.lengths):
            rewards += [float(frame >= length // 2) for frame in range(length)]
    assert now["values"]["next.reward"] == rewards
    assert [item["next.reward"] for item in now["fetched"]] == rewards
    for found in (now, then):
        for one in (found["values"], *found["fetched"]):
            one.pop("next.reward", None)
    for part in ("values", "tasks", "fetched", "digests", "shapes"):
        assert now[part] == then[part], part
    return "yes"


def trained(release: Release, copy: Path, encoder: Path, folder: Path) -> Path:
    """A checkpoint for the release."""
    with open_dataset(copy) as dataset:
        features = {
            camera.key: {"type": "VISUAL", "shape": [3, SIDE, SIDE]} for camera in dataset.cameras
        }
    values = {
        "reward_model": {
            "model_name": str(encoder),
            "hidden_dim": 16,
            "latent_dim": 12,
            "image_size": SIDE,
            "input_features": features,
        },
        "dataset": {"root": str(copy)},
        "train": {"views": 0, "export_for": DIALECTS[release.name]},
        "output_dir": str(folder / "run"),
        "batch_size": 8,
    }
    result = train(settings_of(values).config, lambda event: None, Stop())
    return result.folder / "checkpoints" / "best" / "pretrained_model"


def recorded_images(dataset: Dataset) -> dict[str, torch.Tensor]:
    """Images of one episode by camera key, uint8 (frames, 3, height, width)."""
    images = {}
    for camera in dataset.cameras:
        with FrameReader(dataset, camera.key) as reader:
            stacked = torch.from_numpy(np.stack(list(reader.frames(JUDGED))))
        images[camera.key] = stacked.permute(0, 3, 1, 2).contiguous()
    return images


def assert_judged_alike(
    lerobot: LerobotProcess,
    dataset: Dataset,
    checkpoint: Path,
    images: dict[str, torch.Tensor],
    folder: Path,
) -> None:
    """The release, on the robot, gives our probabilities: recorded images through its own steps."""
    ours = our_probabilities(dataset, checkpoint)
    assert np.ptp(ours) > 1e-3, "the comparison needs frames that are judged apart"
    save_file(images, folder / "raw.safetensors")
    block = card_of(checkpoint)
    theirs = lerobot.ask(
        "judge_recorded",
        checkpoint=checkpoint,
        raw=folder / "raw.safetensors",
        environment=block,
    )
    # Two releases of PyTorch add float32 numbers in another order (see test_trained_classifier).
    logits = np.log(ours / (1 - ours))
    allowed = 1e-4 * np.ptp(logits) * ours * (1 - ours) + np.finfo(np.float32).eps
    assert np.all(np.abs(np.array(theirs) - ours) <= allowed)


def assert_loaded_alike(
    lerobot: LerobotProcess,
    dataset: Dataset,
    encoder: Path,
    images: dict[str, torch.Tensor],
    folder: Path,
) -> None:
    """A checkpoint that the release wrote for these cameras gives its probabilities here."""
    raw, theirs = folder / "raw.safetensors", folder / "theirs"
    shapes = {key: torch.zeros(1, 3, SIDE, SIDE) for key in images}
    save_file(shapes, folder / "shapes.safetensors")
    lerobot.ask(
        "save_own", folder=theirs, model_name=encoder, pictures=folder / "shapes.safetensors"
    )
    whole = {key: [0, 0, *image.shape[-2:]] for key, image in images.items()}
    step = {"crop_params_dict": whole, "resize_size": [SIDE, SIDE]}
    block = {"env": {"processor": {"image_preprocessing": step}}}
    expected = lerobot.ask("judge_recorded", checkpoint=theirs, raw=raw, environment=block)
    ours = our_probabilities(dataset, theirs)
    assert np.ptp(ours) > 1e-4, "the comparison needs frames that are judged apart"
    assert ours == pytest.approx(expected, abs=1e-4)


def our_probabilities(dataset: Dataset, checkpoint: Path) -> NDArray[np.float64]:
    """Of every frame of one episode."""
    ((_, found),) = predictions(load_checkpoint(checkpoint).model, dataset, [JUDGED])
    return found
