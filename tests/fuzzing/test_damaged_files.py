"""Damaged JSON and other text of every kind ends with a sentence, never with an error of ours.

`LABELER_FUZZ=5000` tries more of each kind than the few hundred of a usual run.
"""

import json
import os
import shutil
from pathlib import Path
from random import Random

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from classifier.checkpoint.loading import load_checkpoint
from classifier.checkpoint.saving import save_checkpoint
from classifier.config import CameraInput, RewardModel
from classifier.encoder import load_encoder
from classifier.model import RewardClassifier
from labeler.errors import LabelerError, UsageError
from tests.conftest import recording_maker

from .mutations import damaged, damaged_lines, damaged_text
from .readers import (
    LENGTHS,
    Reader,
    configuration_readers,
    dataset_readers,
    label_readers,
    run_readers,
    text_readers,
)

TRIES = int(os.environ.get("LABELER_FUZZ", "200"))
SEEDS = st.integers(0, 2**40)
VERSIONS = "v2.0", "v2.1", "v3.0"
DATASET = [
    *(f"v2.0 {name}" for name in ("episodes.jsonl", "info.json", "stats.json", "tasks.jsonl")),
    *(f"v2.1 {name}" for name in ("episodes.jsonl", "info.json", "tasks.jsonl")),
    "v2.1 episodes_stats.jsonl", "v3.0 info.json", "v3.0 stats.json",
]  # fmt: skip
LABELS = [*(f"labels {n}" for n in ("own", "cutoffs", "ranges", "merge", "alone")), "collection"]
CONFIGURATIONS = [
    "train config", "ours config.json", "theirs config.json", "labeler.json", "hilserl env",
]  # fmt: skip
RUNS = ["report.json", "copy.json", "settings"]
TEXTS = ["labels.csv", "labels.txt", "labels.journal", "slurm.yaml", "train.yaml", "sweep.yaml"]
EVERY = [*DATASET, *LABELS, *CONFIGURATIONS, *RUNS, *TEXTS]


@pytest.fixture(scope="module")
def readers(tmp_path_factory) -> dict[str, Reader]:
    """Every reader by its name."""
    folder = tmp_path_factory.mktemp("fuzzing")
    roots = {}
    for version in VERSIONS:
        make = recording_maker(tmp_path_factory.mktemp(version))
        roots[version] = make(version, LENGTHS, size=(32, 32))
    found = [
        *dataset_readers(roots), *label_readers(folder), *configuration_readers(folder),
        *run_readers(folder), *text_readers(folder),
    ]  # fmt: skip
    return {reader.name: reader for reader in found}


def try_reading(reader: Reader, original: bytes, seed: int) -> None:
    if reader.name in TEXTS:
        reader.file.write_bytes(damaged_text(original, Random(seed)))
    else:
        change = damaged_lines if reader.file.suffix == ".jsonl" else damaged
        reader.file.write_bytes(change(original.decode(), Random(seed)))
    try:
        reader.read()
    except LabelerError as error:
        assert (error.message and 1 < error.exit_code < 70) or reader.name == "report.json"
        str(error).encode()  # no lone surrogate reaches the terminal
    finally:
        reader.file.write_bytes(original)


def test_every_reader_is_tried(readers):
    assert set(readers) == set(EVERY)


@pytest.mark.parametrize("name", EVERY)
def test_damage_ends_with_a_sentence(readers, name):
    reader = readers[name]
    original = reader.file.read_bytes()
    reader.read()  # what is not damaged is read

    @settings(max_examples=TRIES, deadline=None, database=None)
    @given(seed=SEEDS)
    def attempt(seed):
        try_reading(reader, original, seed)

    attempt()


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory) -> Path:
    """A checkpoint whose preprocessor names the model's own file as its statistics."""
    torch.set_num_threads(1)
    cameras = [CameraInput(f"observation.images.{name}", 64, 64) for name in ("a", "b")]
    shape = RewardModel(hidden_dim=16, latent_dim=12, image_embedding_pooling_dim=2)
    model = RewardClassifier(load_encoder("random"), cameras, shape).eval()
    folder = tmp_path_factory.mktemp("checkpoint") / "c"
    save_checkpoint(folder, model, "lerobot-0.6")
    config = json.loads((folder / "config.json").read_text())
    config["normalization_mapping"] = {"VISUAL": "MEAN_STD"}
    (folder / "config.json").write_text(json.dumps(config))
    return folder


def with_state_file(folder: Path, name: object) -> None:
    path = folder / "classifier_preprocessor.json"
    values = json.loads(path.read_text())
    values["steps"][0]["state_file"] = name
    path.write_text(json.dumps(values))


@pytest.mark.parametrize("theirs", [False, True])
@pytest.mark.parametrize("name", ["config.json", "labeler.json", "classifier_preprocessor.json"])
def test_damaged_checkpoints_end_with_a_sentence(checkpoint, tmp_path, name, theirs):
    folder = tmp_path / "c"
    shutil.copytree(checkpoint, folder)
    with_state_file(folder, "model.safetensors")
    if theirs:
        (folder / "labeler.json").unlink()
    path = folder / name
    if not path.exists():
        pytest.skip("LeRobot writes none")
    reader = Reader(name, path, lambda: load_checkpoint(folder))
    original = path.read_bytes()

    @settings(
        max_examples=max(TRIES // 10, 20),
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(seed=SEEDS)
    def attempt(seed):
        try_reading(reader, original, seed)

    attempt()


@pytest.mark.parametrize("name", ["../secret.safetensors", "/etc/hostname", "a/b", "a\\b", "..", 3])
def test_a_checkpoint_names_no_file_of_another_folder(checkpoint, tmp_path, name):
    folder = tmp_path / "c"
    shutil.copytree(checkpoint, folder)
    shutil.copy(folder / "model.safetensors", tmp_path / "secret.safetensors")
    with_state_file(folder, name)
    with pytest.raises(UsageError, match="is not a file in this folder"):
        load_checkpoint(folder)


@pytest.mark.parametrize("value", [None, 3, "x", {"a": 1}, [None], ["x"]])
def test_steps_that_are_none_are_named(checkpoint, tmp_path, value):
    folder = tmp_path / "c"
    shutil.copytree(checkpoint, folder)
    (folder / "classifier_preprocessor.json").write_text(json.dumps({"steps": value}))
    with pytest.raises(UsageError, match="holds no steps"):
        load_checkpoint(folder)
