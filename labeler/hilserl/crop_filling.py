"""Crops drawn on a recording go into an environment configuration; what does not fit is said."""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy

from labeler.contracts.checkpoint import crop_of_both
from labeler.dataset.layout import Camera
from labeler.errors import UsageError
from labeler.hilserl.checkpoint import CameraNeed
from labeler.hilserl.filling import Filled
from labeler.hilserl.sections import Values, environment, images_of, section
from labeler.hilserl.surroundings import robot_sizes, surrounding_warnings
from labeler.labels import Crop


def with_crops(
    config: Mapping[str, object],
    cameras: Sequence[Camera],
    crops: Mapping[str, Crop],
    size: tuple[int, int],
) -> Filled:
    """The configuration with the crops of a recording's cameras.

    `size` is height and width that classifiers are trained with; it goes in where the configuration
    has no `resize_size`, and one that is there stays. Crops of other cameras and everything else
    stay, too.

    Raises:
        UsageError: there is no environment in it.
    """
    values: Values = deepcopy(dict(config))
    env = environment(values)
    images = images_of(env)
    told = list(_put(images, cameras, crops))
    if images.get("resize_size") is None:
        images["resize_size"] = list(size)
    needs = [
        # Another size of the robot's images is said below.
        CameraNeed(
            c.key, *size, crops[c.key], (c.height, c.width) if c.cut_before else None, c.cut_before
        )
        for c in cameras
        if c.key in crops
    ]
    told += surrounding_warnings(values, env, needs, "The crop is for")
    return Filled(values, (*told, *image_mismatches(config, cameras, size)))


def image_mismatches(
    config: Mapping[str, object], cameras: Sequence[Camera], size: tuple[int, int]
) -> list[str]:
    """A sentence for each difference between a configuration's images and a recording's.

    A configuration without an environment, as of a training, says nothing about images.
    """
    values: Values = deepcopy(dict(config))
    try:
        env = environment(values)
    except UsageError:
        return []
    sizes, told = robot_sizes(env), []
    for camera in cameras:
        there, here = sizes.get(camera.key), (camera.height, camera.width)
        if there is not None and there != here and camera.cut_before is None:
            told.append(
                f"The robot's images of {camera.key} are {there[0]} x {there[1]}, those of this "
                f"recording {here[0]} x {here[1]}: the same crop cuts out something else. Record "
                "with the robot's size, or change env.robot.cameras."
            )
    resized = images_of(env).get("resize_size")
    if resized is not None and resized != list(size):
        told.append(
            f"resize_size is {resized}; classifiers are trained with {list(size)} unless told "
            "otherwise. Filling in a checkpoint sets that of the checkpoint."
        )
    return told


def _put(images: Values, cameras: Sequence[Camera], crops: Mapping[str, Crop]) -> Iterator[str]:
    there = dict(section(images, "crop_params_dict"))
    for camera in cameras:
        old, new = there.pop(camera.key, None), crops.get(camera.key)
        if camera.cut_before is not None:
            new = crop_of_both(camera.cut_before, new, (camera.height, camera.width))
        if new is not None:
            there[camera.key] = list(new)
        if old is not None and (new is None or old != list(new)):
            becomes = "is removed" if new is None else f"becomes {list(new)}"
            yield f"The crop of {camera.key} was {old} and {becomes}."
    images["crop_params_dict"] = there or None
