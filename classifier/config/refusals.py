"""Settings of LeRobot that are known and cannot be followed here, each with its reason."""

from collections.abc import Mapping
from typing import Any

from classifier.config.train_config import TrainConfig
from labeler.cures import Advice, LeaveOutSetting
from labeler.errors import UsageError

_ENVIRONMENT = "how HIL-SERL's environment records episodes"
_RECORDING = "how LeRobot records a dataset"
_LEARNER = "how HIL-SERL's learner trains a policy"

_OF_OTHERS: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "mode",
            "device",
            "dataset.task",
            "dataset.num_episodes_to_record",
            "dataset.replay_episode",
            "dataset.push_to_hub",
        ),
        _ENVIRONMENT,
    ),
    **dict.fromkeys(
        (
            "robot",
            "teleop",
            "display_data",
            "display_mode",
            "display_ip",
            "display_port",
            "display_compressed_images",
            "play_sounds",
            "dataset.single_task",
            "dataset.fps",
            "dataset.episode_time_s",
            "dataset.reset_time_s",
            "dataset.num_episodes",
            "dataset.video",
            "dataset.private",
            "dataset.tags",
            "dataset.num_image_writer_processes",
            "dataset.num_image_writer_threads_per_camera",
            "dataset.video_encoding_batch_size",
            "dataset.rgb_encoder",
            "dataset.depth_encoder",
            "dataset.streaming_encoding",
            "dataset.encoder_queue_maxsize",
            "dataset.encoder_threads",
            "dataset.no_stamp",
        ),
        _RECORDING,
    ),
    **dict.fromkeys(("algorithm", "mixer", "online_ratio"), _LEARNER),
}
"""Keys of LeRobot's other configurations -> what they are about."""


def of_others(path: str, source: str) -> UsageError | None:
    """The error for a key that LeRobot has for something else; None if it has no such key.

    `path` calls the classifier's section `reward_model`.
    """
    if path == "reward_model.path":
        return UsageError(
            f"{source} names a checkpoint to start from ({path}), but training starts with new "
            "weights.",
            Advice(
                "Remove it, or give the train_config.json of that checkpoint as the configuration.",
                setting=path,
            ),
        )
    about = _OF_OTHERS.get(path)
    if about is None:
        return None
    return UsageError(
        f"{source} has a key {path!r}, which says {about}, not how a classifier is trained.",
        LeaveOutSetting(setting=path),
    )


def require_possible(config: TrainConfig, source: str) -> None:
    """Refuse what would make another classifier than the one that is asked for.

    Raises:
        UsageError: an average of weights, several devices, or sharded checkpoints are asked for.
    """
    ema, parallel = config.ema or {}, config.parallelism or {}
    if ema.get("enable"):
        raise UsageError(
            f"{source}: ema.enable asks for a moving average of the weights, which is not kept "
            "here.",
            Advice("Set ema.enable to false.", setting="ema"),
        )
    if degree := _degree(parallel):
        raise UsageError(
            f"{source}: {degree} spreads training over several processes; a reward classifier is "
            "trained in one (LeRobot does not shard reward models either).",
            Advice("Set every degree of parallelism to 1.", setting="parallelism"),
        )
    if config.checkpoint_format != "safetensors":
        raise UsageError(
            f"{source}: checkpoint_format {config.checkpoint_format!r} is one of sharded "
            "checkpoints, which only LeRobot's sharded training writes.",
            Advice("Set checkpoint_format to safetensors.", setting="checkpoint_format"),
        )


def _degree(values: Mapping[str, Any], above: str = "parallelism") -> str:
    """Name and value of the first degree of parallelism that is not 1; empty if all are."""
    for key, value in values.items():
        path = f"{above}.{key}"
        if isinstance(value, Mapping):
            if found := _degree(value, path):
                return found
        elif value not in (None, 1):
            return f"{path}={value}"
    return ""
