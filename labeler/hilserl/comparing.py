"""What differs between the images a classifier was trained on and those that are at hand."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from labeler.dataset.layout import Camera
from labeler.errors import UsageError
from labeler.hilserl.checkpoint import CameraNeed, Checkpoint
from labeler.hilserl.crops import check_crop
from labeler.labels import Crop

_CURE = "Use its crops, or train again with those that are drawn."


def crop_differences(
    checkpoint: Checkpoint, cameras: Sequence[Camera], crops: Mapping[str, Crop]
) -> list[str]:
    """A sentence, with what to do, for each camera whose images are cut in another way here.

    `cameras` are those of the recording, `crops` what is cut out of their images; a camera that
    has none is seen whole.
    """
    if not checkpoint.crops_known:
        return [
            "It does not say how its images were cut. Compare with the recording that it was "
            "trained on."
        ]
    known = {camera.key: camera for camera in cameras}
    return [told for need in checkpoint.cameras for told in _differences(need, known, crops)]


def size_differences(checkpoint: Checkpoint, size: tuple[int, int]) -> list[str]:
    """A sentence for each size of its images that is not `size`, which is height and width."""
    sizes = {(camera.height, camera.width) for camera in checkpoint.cameras} - {size}
    return [
        f"It was trained on images of {_pixels(other)}; here they are shown as {_pixels(size)}. "
        "To keep its size, set the image size when training again."
        for other in sorted(sizes)
    ]


def crops_of(checkpoint: Checkpoint, cameras: Sequence[Camera]) -> dict[str, Crop]:
    """The crops it was trained with that lie inside the images of these cameras."""
    wanted = {need.key: need.crop for need in checkpoint.cameras if need.crop is not None}
    found = {}
    for camera in cameras:
        with suppress(UsageError):
            if camera.key in wanted:
                found[camera.key] = check_crop(list(wanted[camera.key]), camera)
    return found


def _differences(
    need: CameraNeed, known: Mapping[str, Camera], crops: Mapping[str, Crop]
) -> Iterator[str]:
    camera, here = known.get(need.key), crops.get(need.key)
    if camera is None:
        yield (
            f"It needs {need.key}, which this recording lacks. Use it on a recording with that "
            "camera, or train on one that is here."
        )
    elif need.crop is not None and not _fits(need.crop, camera):
        yield (
            f"It cuts {list(need.crop)} out of {need.key}, whose images are {camera.height} high "
            f"and {camera.width} wide here. It was trained on larger ones: train again on these."
        )
    elif need.crop != here:
        yield f"{need.key}: it was trained {_cut(need.crop)}; here {_crop_text(here)}. {_CURE}"


def _fits(crop: Crop, camera: Camera) -> bool:
    top, left, height, width = crop
    return top + height <= camera.height and left + width <= camera.width


def _cut(crop: Crop | None) -> str:
    return "on whole images" if crop is None else f"with the crop {list(crop)}"


def _crop_text(crop: Crop | None) -> str:
    return "none is drawn" if crop is None else f"{list(crop)} is drawn"


def _pixels(size: tuple[int, int]) -> str:
    return f"{size[0]} × {size[1]}"
