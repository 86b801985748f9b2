"""Fill a checkpoint into an environment configuration, and say what did not go together."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass

from labeler.cures import ExportFor
from labeler.errors import UsageError
from labeler.hilserl.checkpoint import Checkpoint
from labeler.hilserl.environment import environment_block
from labeler.hilserl.sections import Values, environment, is_older, make_section, section
from labeler.hilserl.surroundings import robot_sizes, surrounding_warnings
from labeler.labels.wording import exact_text

FIXED_THRESHOLD = 0.7
"""Of LeRobot 0.3 (scripts/rl/gym_manipulator.py, RewardWrapper.step); no setting changes it."""
USUAL_THRESHOLD = 0.5
"""Default of `success_threshold` (envs/configs.py, RewardClassifierConfig)."""


@dataclass(frozen=True)
class Filled:
    """A configuration that uses the checkpoint, and a sentence for each mismatch found."""

    values: Values
    warnings: tuple[str, ...]


def fill(config: Mapping[str, object], checkpoint: Checkpoint, path: str) -> Filled:
    """The configuration with the checkpoint, which the robot's machine finds at `path`.

    `config` is HIL-SERL's environment configuration: an object with `env`, or the content of
    `env` itself. Crops of cameras that the classifier does not use, the reward of success and
    everything else stay.

    Raises:
        UsageError: there is no environment in it, it is of another LeRobot than the checkpoint, or
            the classifier's images have several sizes, or no LeRobot loads its encoder.
    """
    if checkpoint.encoder is not None:
        checkpoint.encoder.require_lerobot()
    values: Values = deepcopy(dict(config))
    env = environment(values)
    _require_same_release(env, checkpoint)
    _require_one_size(checkpoint)
    surroundings = surrounding_warnings(values, env, checkpoint.cameras)
    # Before `_fill_in`, which changes what is compared.
    block = environment_block(
        checkpoint.cameras, _threshold(env, checkpoint), path, wrapper=checkpoint.wrapper
    )["env"]
    told = [*checkpoint.warnings, *surroundings, *_fill_in(env, block, checkpoint)]
    return Filled(values, tuple(told))


def _require_same_release(env: Values, checkpoint: Checkpoint) -> None:
    """A checkpoint of 0.3 normalises inside and fails in 0.4, and the other way round."""
    if isinstance(env.get("processor"), dict) and checkpoint.wrapper:
        raise UsageError(
            "The configuration is one of LeRobot 0.4 or later, the checkpoint is for LeRobot 0.3.",
            ExportFor("lerobot-0.6"),
        )
    if is_older(env) and not checkpoint.wrapper:
        raise UsageError(
            "The configuration is one of LeRobot 0.3, the checkpoint is for LeRobot 0.4 or later.",
            ExportFor("lerobot-0.3"),
        )


def _require_one_size(checkpoint: Checkpoint) -> None:
    sizes = {(camera.height, camera.width) for camera in checkpoint.cameras}
    if len(sizes) > 1:
        shown = ", ".join(f"{height} x {width}" for height, width in sorted(sizes))
        raise UsageError(
            f"The classifier wants images of {shown}; HIL-SERL resizes all to one size.",
            "Train it with one size for all cameras.",
        )


def _threshold(env: Values, checkpoint: Checkpoint) -> float:
    if checkpoint.threshold is not None:
        return checkpoint.threshold
    old = section(section(env, "processor"), "reward_classifier").get("success_threshold")
    return float(old) if isinstance(old, int | float) else USUAL_THRESHOLD


def _fill_in(env: Values, block: Values, checkpoint: Checkpoint) -> Iterator[str]:
    if checkpoint.wrapper:
        images = make_section(env, "wrapper")
        env["reward_classifier_pretrained_path"] = block["reward_classifier_pretrained_path"]
        whole = _whole_crops(env, checkpoint)
        yield from _crops(images, checkpoint, whole)
        yield from _whole_images(images, checkpoint, whole)
        yield from _size(images, block["wrapper"]["resize_size"])
        if checkpoint.threshold is not None and abs(checkpoint.threshold - FIXED_THRESHOLD) > 1e-3:
            yield (
                f"LeRobot 0.3 always uses a threshold of {FIXED_THRESHOLD}; the one chosen on "
                f"held-out episodes is {exact_text(checkpoint.threshold)}."
            )
        return
    processor = make_section(env, "processor")
    images, rewards = (
        make_section(processor, n) for n in ("image_preprocessing", "reward_classifier")
    )
    wanted = block["processor"]
    yield from _crops(images, checkpoint)
    yield from _size(images, wanted["image_preprocessing"]["resize_size"])
    yield from _rewards(rewards, wanted["reward_classifier"], checkpoint)


def _crops(
    images: Values, checkpoint: Checkpoint, whole: Mapping[str, list[int]] | None = None
) -> Iterator[str]:
    """Crops that are the `whole` image stay, as if there were none."""
    crops = section(images, "crop_params_dict")
    for camera in checkpoint.cameras if checkpoint.crops_known else ():
        old = crops.get(camera.key)
        if camera.robot_crop is None:
            if old is not None and old == (whole or {}).get(camera.key):
                continue
            if crops.pop(camera.key, None) is not None:
                yield (
                    f"The crop of {camera.key} was {old}; the classifier was trained on whole "
                    "images. It is removed."
                )
        else:
            if old is not None and old != list(camera.robot_crop):
                yield (
                    f"The crop of {camera.key} was {old}; the classifier was trained with "
                    f"{list(camera.robot_crop)}, which is set now."
                )
            crops[camera.key] = list(camera.robot_crop)
    if not checkpoint.crops_known:
        yield (
            "The checkpoint does not say how its images were cut; crop_params_dict stays "
            f"{crops or None}. Compare it with the recording that it was trained on."
        )
    images["crop_params_dict"] = crops or None


def _whole_images(
    images: Values, checkpoint: Checkpoint, whole: Mapping[str, list[int]]
) -> Iterator[str]:
    """LeRobot 0.3 resizes only cameras that have a crop (ImageCropResizeWrapper.step)."""
    for camera in checkpoint.cameras:
        crops = section(images, "crop_params_dict")
        if camera.key in crops:
            continue
        if crop := whole.get(camera.key):
            images["crop_params_dict"] = {**crops, camera.key: crop}
        else:
            yield (
                f"LeRobot 0.3 resizes only cameras with a crop, and {camera.key} has none: add "
                "[0, 0, HEIGHT, WIDTH] of its images to crop_params_dict."
            )


def _whole_crops(env: Values, checkpoint: Checkpoint) -> dict[str, list[int]]:
    """The whole image as a crop: as the robot records it, or else as it was recorded."""
    sizes = robot_sizes(env)
    found = {c.key: sizes.get(c.key) or c.recorded_size for c in checkpoint.cameras}
    return {key: [0, 0, *size] for key, size in found.items() if size}


def _size(images: Values, size: list[int]) -> Iterator[str]:
    old = images.get("resize_size")
    if old is not None and old != size:
        yield f"resize_size was {old}; the classifier was trained with {size}, which is set now."
    images["resize_size"] = size


def _rewards(rewards: Values, wanted: Values, checkpoint: Checkpoint) -> Iterator[str]:
    old, threshold = rewards.get("success_threshold"), wanted["success_threshold"]
    if checkpoint.threshold is None:
        yield (
            f"The checkpoint names no threshold; success_threshold is {exact_text(threshold)}. "
            "Evaluating it on labelled episodes finds one."
        )
    elif isinstance(old, int | float) and abs(old - threshold) > 1e-3:
        yield (
            f"success_threshold was {old}; the one chosen on held-out episodes is "
            f"{exact_text(threshold)}, which is set now."
        )
    reward = rewards.get("success_reward", wanted["success_reward"])
    rewards.update(wanted, success_reward=reward)
