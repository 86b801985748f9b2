"""Settings that are accepted because people's files have them, and do nothing here."""

from collections.abc import Mapping
from typing import Any

from classifier.config.groups import GROUPS, as_in
from classifier.config.train_config import TrainConfig

_ENCODED_ONCE = "every frame is decoded and encoded once, without worker processes"
_NO_ROBOT = "a reward classifier is trained without an environment"
_PRESET = "reward_model.learning_rate, weight_decay and grad_clip_norm decide"
_NO_HUB = "nothing is ever uploaded or downloaded for a dataset"
_NOT_A_POLICY = "it concerns policies, not reward classifiers"
_ONE_PROCESS = "training runs in one process, and reward_model.use_amp decides on precision"
_SPLIT = "train.held_out and eval_freq decide"

WITHOUT_EFFECT: Mapping[str, tuple[str, tuple[Any, ...] | None]] = {
    "num_workers": (_ENCODED_ONCE, (None,)),
    "prefetch_factor": (_ENCODED_ONCE, (4,)),
    "persistent_workers": (_ENCODED_ONCE, (True,)),
    "dataloader_multiprocessing_context": (_ENCODED_ONCE, ("spawn", None)),
    "dataset.video_backend": ("videos are always decoded with PyAV", ("pyav", None)),
    "dataset.return_uint8": (_ENCODED_ONCE, (False,)),
    "dataset.depth_output_unit": ("depth cameras are not used", ("mm", None)),
    "dataset.revision": (_NO_HUB, (None,)),
    "dataset.repo_type": (_NO_HUB, ("dataset",)),
    "dataset.streaming": (_NO_HUB, (False,)),
    "dataset.eval_split": (_SPLIT, (0.0,)),
    "eval_steps": (_SPLIT, (0,)),
    "max_eval_samples": ("held-out episodes are evaluated whole", (0,)),
    "tolerance_s": ("a frame is found within 0.1 ms of its time or reported", (1e-4,)),
    "env": (_NO_ROBOT, (None,)),
    "eval": (_NO_ROBOT, None),  # its defaults go by the cores of the machine
    "env_eval_freq": (_NO_ROBOT, (0, 20_000)),
    "use_policy_training_preset": (_PRESET, (True,)),
    "optimizer": (_PRESET, (None,)),
    "scheduler": ("train.schedule decides", (None,)),
    "peft": (_NOT_A_POLICY, (None,)),
    "use_rabc": (_NOT_A_POLICY, (False,)),
    "sample_weighting": (_NOT_A_POLICY, (None,)),
    "cudnn_deterministic": ("the seed decides", (False,)),
    "job": ("training runs on this machine", (None, GROUPS["job"])),
    "ema": ("an average of weights is not kept", (None, GROUPS["ema"])),
    "parallelism": (_ONE_PROCESS, (None, GROUPS["parallelism"])),
    "accelerator": (_ONE_PROCESS, (None, GROUPS["accelerator"])),
    "checkpoint_format": (_ONE_PROCESS, ("safetensors",)),
    "save_checkpoint_to_hub": (_NO_HUB, (False,)),
    "reward_model.n_obs_steps": ("each image is predicted on its own", (1,)),
    "reward_model.push_to_hub": (_NO_HUB, (False,)),
    "reward_model.pretrained_path": ("training starts with new weights", (None,)),
    "reward_model.pretrained_revision": ("training starts with new weights", (None,)),
    "reward_model.use_peft": (_NOT_A_POLICY, (False,)),
    "rename_map": ("train.cameras names the cameras", ({},)),
}
"""Path of a setting -> why it does nothing, and the values of which nothing needs to be said.

Of a group without such values nothing is ever said.
"""


def notes_on(config: TrainConfig) -> tuple[str, ...]:
    """One sentence for each setting that was given although it does nothing here."""
    notes = []
    for path, (reason, harmless) in WITHOUT_EFFECT.items():
        *sections, name = path.split(".")
        record: Any = config
        for section in sections:
            record = getattr(record, section)
        if harmless is None or name not in record.model_fields_set:
            continue
        value = getattr(record, name)
        if not any(as_in(value, one) for one in harmless):
            notes.append(f"{path}={value!s:.60} has no effect: {reason}.")
    return tuple(notes)
