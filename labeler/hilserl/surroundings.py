"""What the rest of a HIL-SERL configuration says about the images that a classifier is fed."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from labeler.hilserl.checkpoint import CameraNeed

Values = Mapping[str, Any]
_IMAGES = "observation.images."
_SIMULATED = "gym_hil"


def surrounding_warnings(
    values: Values, env: Values, cameras: Sequence[CameraNeed], wish: str = "The classifier wants"
) -> list[str]:
    """A sentence for each thing that does not go with these images and is left alone.

    `wish` begins the sentence about a camera that the robot lacks.
    """
    told = []
    if env.get("name") == _SIMULATED:
        # rl/gym_manipulator.py of LeRobot 0.4 and 0.6: make_processors
        told.append(
            "With env.name gym_hil, LeRobot neither prepares images nor predicts rewards from them."
        )
    for camera in cameras:
        told += _robot(env, camera, wish)
        told += _shapes(values, env, camera)
        told += _pixel_range(values, camera)
    return told


def robot_sizes(env: Values) -> dict[str, tuple[int, int] | None]:
    """Camera keys of the robot, with height and width of their images where they are told."""
    robot = env.get("robot")
    cameras = robot.get("cameras") if isinstance(robot, dict) else None
    if not isinstance(cameras, dict):
        return {}
    return {f"{_IMAGES}{name}": _size(camera) for name, camera in cameras.items()}


def _size(camera: object) -> tuple[int, int] | None:
    if not isinstance(camera, dict):
        return None
    height, width = camera.get("height"), camera.get("width")
    if not isinstance(height, int) or not isinstance(width, int):
        return None
    return height, width  # after `rotation` (cameras/opencv/camera_opencv.py)


def _robot(env: Values, camera: CameraNeed, wish: str) -> Iterator[str]:
    sizes = robot_sizes(env)
    if sizes and camera.key not in sizes:
        yield (
            f"{wish} {camera.key}; the robot has {', '.join(sorted(sizes))}. "
            "Rename the camera in env.robot.cameras, or train on the one that is there."
        )
    elif size := sizes.get(camera.key):
        yield from _sizes(size, camera)


def _sizes(size: tuple[int, int], camera: CameraNeed) -> Iterator[str]:
    """Whether the robot's images are like those that were recorded."""
    if (crop := camera.robot_crop) is not None:
        top, left, height, width = crop
        if top + height > size[0] or left + width > size[1]:
            yield (
                f"The crop {list(crop)} leaves the images of {camera.key}, which the "
                f"robot records with {size[0]} x {size[1]} pixels."
            )
            return
    recorded = camera.recorded_size
    if recorded not in (None, size) and camera.cut_before is None:
        yield (
            f"The robot's images of {camera.key} are {size[0]} x {size[1]}, those that the "
            f"classifier was trained on {recorded[0]} x {recorded[1]}: the same "
            "crop, or none, shows something else. Record with the robot's size, or change "
            "env.robot.cameras."
        )


def _shapes(values: Values, env: Values, camera: CameraNeed) -> Iterator[str]:
    """Sizes that others were promised; images are resized for them, too."""
    wanted = [3, camera.height, camera.width]
    for name, features in (
        ("env.features", env.get("features")),
        ("policy.input_features", _inside(values, "policy", "input_features")),
    ):
        feature = features.get(camera.key) if isinstance(features, dict) else None
        shape = feature.get("shape") if isinstance(feature, dict) else None
        if isinstance(shape, list) and shape != wanted:
            yield f"{name} gives {camera.key} the shape {shape}; its images are {wanted} now."


def _pixel_range(values: Values, camera: CameraNeed) -> Iterator[str]:
    """The policy's statistics tell in which range it expects pixels."""
    statistics = _inside(values, "policy", "dataset_stats", camera.key)
    numbers = list(_numbers(statistics))
    if numbers and max(numbers) > 1.0:
        yield (
            f"policy.dataset_stats of {camera.key} go up to {max(numbers):g}: pixels in [0, 255]. "
            "LeRobot feeds [0, 1], as the classifier wants it."
        )


def _inside(values: object, *names: str) -> object:
    for name in names:
        values = values.get(name) if isinstance(values, dict) else None
    return values


def _numbers(value: object) -> Iterator[float]:
    """Every number in a value but counts."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield float(value)
    elif isinstance(value, list):
        for part in value:
            yield from _numbers(part)
    elif isinstance(value, dict):
        for name, part in value.items():
            if name != "count":
                yield from _numbers(part)
