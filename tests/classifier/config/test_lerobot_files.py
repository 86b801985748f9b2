"""Training configurations as LeRobot writes and reads them: releases, formats, folders.

`written/` holds what `TrainPipelineConfig._save_pretrained` of LeRobot 0.3.3, 0.4.4, 0.6.1 and of
the main branch of 23 August 2026 wrote for a reward classifier with default settings.
"""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from classifier.cli.cures import hint
from classifier.config import read_settings, settings_of, split_overrides
from classifier.config.groups import DEFAULTS, GROUPS
from labeler.errors import UsageError

WRITTEN = Path(__file__).parent / "written"
RELEASES = sorted(path.name for path in WRITTEN.iterdir())


def written(release: str) -> dict[str, Any]:
    values: dict[str, Any] = json.loads((WRITTEN / release / "train_config.json").read_text())
    return values


def with_value(values: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    changed = copy.deepcopy(values)
    *sections, name = path.split(".")
    place = changed
    for section in sections:
        place = place[section]
    place[name] = value
    return changed


@pytest.mark.parametrize("release", RELEASES)
def test_what_a_release_writes_is_read_without_a_word_about_defaults(release: str) -> None:
    settings = read_settings(WRITTEN / release)
    assert settings.config.reward_model.learning_rate == 1e-4
    assert settings.config.steps == 100_000
    # Both are given with a value that differs from what happens here.
    assert [note.split("=")[0] for note in settings.notes] == ["num_workers", "optimizer"]


def test_every_key_of_the_groups_is_one_that_lerobot_writes() -> None:
    values = written("main")
    for path, default in DEFAULTS.items():
        section, *names = path.split(".")
        if section in ("peft", "sample_weighting") or path == "eval.batch_size":
            continue  # written only where they are used; a batch size goes by the cores
        found: Any = values[section]
        for name in names:
            found = found[name]
        assert found == default, path
    assert set(GROUPS) <= set(values)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("ema.enable", True, "moving average"),
        ("parallelism.dp_shard", 2, "parallelism.dp_shard=2"),
        ("parallelism.dp_shard", -1, "parallelism.dp_shard=-1"),
        ("parallelism.dp_replicate", 4, "parallelism.dp_replicate=4"),
        ("parallelism.context_parallel.ring_degree", 2, "ring_degree=2"),
        ("checkpoint_format", "dcp", "sharded"),
        ("checkpoint_format", "safetensors_dcp", "sharded"),
        ("ema.decays", 0.9, r"Did you mean 'ema\.decay'"),
        ("accelerator.fsdp.cpu_offlod", True, r"Did you mean 'accelerator\.fsdp\.cpu_offload'"),
        ("dataset.exclude_episodes", [-1], "exclude_episodes.0 is -1"),
    ],
)
def test_what_cannot_be_followed_is_refused_with_its_reason(path, value, said) -> None:
    with pytest.raises(UsageError, match=said.split(" '")[0]) as raised:
        settings_of(with_value(written("main"), path, value))
    assert said.replace("\\", "") in f"{raised.value.message} {hint(raised.value)}"


def test_what_changes_nothing_here_is_said() -> None:
    values = with_value(written("main"), "accelerator.mixed_precision", "bf16")
    notes = settings_of(values).notes
    assert any(note.startswith("accelerator=") and "use_amp" in note for note in notes)
    assert len(notes) == 3


@pytest.mark.parametrize(
    ("values", "about"),
    [
        ({"dataset": {"task": "pick"}}, "HIL-SERL's environment"),
        ({"dataset": {"num_episodes_to_record": 5}}, "HIL-SERL's environment"),
        ({"dataset": {"single_task": "pick"}}, "records a dataset"),
        ({"mode": "record"}, "HIL-SERL's environment"),
        ({"device": "cuda"}, "HIL-SERL's environment"),
        ({"display_ip": "127.0.0.1"}, "records a dataset"),
        ({"online_ratio": 0.5}, "HIL-SERL's learner"),
        ({"policy": {"path": "me/model"}}, "checkpoint to start from"),
    ],
    ids=str,
)
def test_keys_of_lerobots_other_configurations_are_known(values, about) -> None:
    with pytest.raises(UsageError, match=about) as raised:
        settings_of(values)
    assert "Did you mean" not in f"{raised.value.message} {hint(raised.value)}"


def test_episodes_are_excluded_by_lists_and_on_the_command_line() -> None:
    excluded = settings_of({"dataset": {"exclude_episodes": [1]}}).config.dataset.exclude_episodes
    assert excluded == [1]
    given, rest = split_overrides(
        ["--dataset.exclude_episodes=[0, 3]", "--ema.use_for_eval", "--parallelism.dp_shard=1"]
    )
    settings = read_settings(None, given)
    assert not rest
    assert settings.config.dataset.exclude_episodes == [0, 3]
    assert settings.config.ema == {"use_for_eval": True}
    assert settings.notes == ()
    with pytest.raises(UsageError, match=r"ema\.enabled"):
        split_overrides(["--ema.enabled=true"])


YAML = """
reward_model:
  type: reward_classifier
  model_name: random
  learning_rate: 3e-4      # LeRobot reads a number here
  input_features:
    observation.images.gripper: {type: VISUAL, shape: [3, 128, 128]}
dataset: {repo_id: me/pick, root: /data/pick}
steps: 10   # short
job_name: 2026-11-29
"""
TOML = """
steps = 10
job_name = "2026-11-29"
[reward_model]
type = "reward_classifier"
model_name = "random"
learning_rate = 3e-4
[reward_model.input_features."observation.images.gripper"]
type = "VISUAL"
shape = [3, 128, 128]
[dataset]
repo_id = "me/pick"
root = "/data/pick"
"""


@pytest.mark.parametrize(("name", "text"), [("t.yaml", YAML), ("t.yml", YAML), ("t.toml", TOML)])
def test_other_formats_say_the_same(name, text, tmp_path) -> None:
    (tmp_path / name).write_text(text)
    config = read_settings(tmp_path / name).config
    assert config.reward_model.learning_rate == 3e-4
    assert (config.steps, config.job_name) == (10, "2026-11-29")
    assert config.dataset.root == Path("/data/pick")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("t.yaml", "a: [1"),
        ("t.yaml", "- 1"),
        ("t.yaml", "!!python/object/apply:os.getcwd []"),
        ("t.yaml", "&a [*a]"),
        ("t.toml", "steps = "),
        ("t.yaml", ""),
    ],
)
def test_a_file_that_is_none_is_named_with_its_format(name, text, tmp_path) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(UsageError, match=name.rpartition(".")[2].upper()):
        read_settings(tmp_path / name)


@pytest.mark.parametrize("inside", ["", "pretrained_model", "checkpoints/last/pretrained_model"])
def test_the_folder_of_a_checkpoint_is_taken_for_its_configuration(inside, tmp_path) -> None:
    folder = tmp_path / inside
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "train_config.json").write_text(json.dumps(written("main")))
    assert read_settings(tmp_path).config.steps == 100_000


def test_other_folders_and_files_of_a_checkpoint_say_what_to_give(tmp_path) -> None:
    with pytest.raises(UsageError, match=r"holds no train_config\.json") as raised:
        read_settings(tmp_path)
    assert "folder of a checkpoint" in hint(raised.value)
    path = tmp_path / "config.json"
    path.write_text(json.dumps(written("main")["reward_model"]))
    with pytest.raises(UsageError, match="the classifier alone") as raised:
        read_settings(path)
    assert "train_config.json" in hint(raised.value)
