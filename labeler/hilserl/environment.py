"""The part of an environment configuration that names a reward classifier.

LeRobot 0.4 and later: `env.processor.image_preprocessing` and `env.processor.reward_classifier`
(ImagePreprocessingConfig and RewardClassifierConfig in envs/configs.py). LeRobot 0.3: `env.wrapper`
and `env.reward_classifier_pretrained_path` (EnvTransformConfig and HILSerlRobotEnvConfig there).
"""

from collections.abc import Sequence
from typing import Any, Protocol


class RobotCamera(Protocol):
    """How one camera's image is cut and resized for a classifier."""

    @property
    def key(self) -> str:
        """As the classifier is fed it, `observation.images.<name>`."""

    @property
    def height(self) -> int:
        """Pixels after resizing."""

    @property
    def width(self) -> int:
        """Pixels after resizing."""

    @property
    def robot_crop(self) -> tuple[int, int, int, int] | None:
        """Top, left, height, width in the robot's image."""

    @property
    def recorded_size(self) -> tuple[int, int] | None:
        """Height and width of the recorded images; None where it is not known."""


def _whole_image(camera: RobotCamera) -> tuple[int, int, int, int] | None:
    """The crop that leaves everything; None where the size of the images is not known."""
    size = camera.recorded_size
    return None if size is None else (0, 0, *size)


def environment_block(
    cameras: Sequence[RobotCamera], threshold: float, path: str, *, wrapper: bool
) -> dict[str, Any]:
    """What a HIL-SERL configuration has to say to use the checkpoint at `path`.

    `wrapper` is for LeRobot 0.3, which resizes only images that it crops: there the crop of whole
    images is the whole image. `resize_size` is null where the cameras have several sizes, which no
    configuration can say.
    """
    crops = {
        camera.key: list(crop)
        for camera in cameras
        if (crop := camera.robot_crop or (wrapper and _whole_image(camera)))
    }
    sizes = {(camera.height, camera.width) for camera in cameras}
    images = {
        "crop_params_dict": crops or None,
        "resize_size": list(sizes.pop()) if len(sizes) == 1 else None,
    }
    if wrapper:
        return {"env": {"wrapper": images, "reward_classifier_pretrained_path": path}}
    rewards = {"pretrained_path": path, "success_threshold": threshold, "success_reward": 1.0}
    return {"env": {"processor": {"image_preprocessing": images, "reward_classifier": rewards}}}
