"""What differs between the releases of LeRobot that a classifier can be written for.

Facts are from the sources of LeRobot 0.3.3, 0.4.4 and 0.6.1 and from files that they wrote. Adding
a release is adding its name and its row; the type checker names what is missing.
"""

from dataclasses import dataclass
from typing import Literal, assert_never, get_args

ReleaseName = Literal["lerobot-0.6", "lerobot-0.4", "lerobot-0.3", "fork"]
"""As settings and `labeler.json` name a release, newest first."""


@dataclass(frozen=True)
class Release:
    """One release of LeRobot, or several that agree.

    title: as a sentence names it
    section: what the classifier's section in a training configuration is called
    normalizes_inside: whether the model normalises pixels itself, on the robot as in training;
        later releases do so in processors, in training only, and feed the robot's model raw pixels
    wrapper: whether an environment is configured in `env.wrapper`, not in `env.processor`
    one_square: whether config.json has `image_size`, one side for the square of every camera
    warning: what to know before its own code runs the classifier; empty if nothing
    """

    name: ReleaseName
    title: str
    section: Literal["reward_model", "policy"]
    normalizes_inside: bool
    wrapper: bool
    one_square: bool
    warning: str


_LEROBOT_06 = Release(
    name="lerobot-0.6",
    title="LeRobot 0.6 and newer",
    section="reward_model",
    normalizes_inside=False,
    wrapper=False,
    one_square=False,
    warning="",
)
_LEROBOT_04 = Release(
    name="lerobot-0.4",
    title="LeRobot 0.4 and 0.5",
    section="policy",
    normalizes_inside=False,
    wrapper=False,
    one_square=False,
    warning="`predict_reward` of LeRobot 0.4.0 to 0.5.1 stops with AttributeError "
    "'normalize_inputs'; remove its two normalising lines (pull request 2355).",
)
_LEROBOT_03 = Release(
    name="lerobot-0.3",
    title="LeRobot 0.3",
    section="policy",
    normalizes_inside=True,
    wrapper=True,
    one_square=False,
    warning="",
)
_FORK = Release(
    name="fork",
    title="the fork of LeRobot 0.3 with image_size",
    section="policy",
    normalizes_inside=True,
    wrapper=True,
    one_square=True,
    warning="",
)


def release_of(name: ReleaseName) -> Release:
    """The row of a release."""
    match name:
        case "lerobot-0.6":
            return _LEROBOT_06
        case "lerobot-0.4":
            return _LEROBOT_04
        case "lerobot-0.3":
            return _LEROBOT_03
        case "fork":
            return _FORK
        case _:
            assert_never(name)


RELEASES = tuple(release_of(name) for name in get_args(ReleaseName))
"""All of them, newest first."""
NEWEST = RELEASES[0].name


NEEDS_COLOUR = "of which LeRobot reads one channel; its reward classifier needs the three of colour"
"""Why a camera that measures depth is no use to it.

0.6.1 decodes such a video to gray12le and gives distances in millimetres, float32 (1, height,
width) (datasets/video_utils.py, dataset_reader.py); encoders fail on them. Releases before show
its codes as gray images.
"""
