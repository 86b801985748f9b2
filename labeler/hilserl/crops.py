"""Crops as people write them: `top, left, height, width`, or `crop_params_dict` of a JSON file."""

import re
from collections.abc import Iterator

from labeler.dataset.layout import Camera
from labeler.errors import UsageError
from labeler.labels import Crop

_SQUEEZE = 1.05
_KEY = "crop_params_dict"
_FORM = "Write four whole numbers: top, left, height, width."


def crop_of(text: str, camera: Camera) -> Crop:
    """A crop that was typed for a camera.

    Raises:
        UsageError: it is no crop, or leaves the image.
    """
    parts = [part for part in re.split(r"[\s,;]+", text.strip(" []()")) if part]
    if len(parts) != 4 or not all(part.isascii() and part.isdigit() for part in parts):
        raise UsageError(f"“{text}” is not a crop.", _FORM)
    return check_crop([int(part) for part in parts], camera)


def check_crop(numbers: object, camera: Camera) -> Crop:
    """Four numbers as a crop of a camera's images.

    Raises:
        UsageError: they are no crop, or it leaves the image.
    """
    whole = isinstance(numbers, list) and all(type(number) is int for number in numbers)
    if not isinstance(numbers, list) or not whole or len(numbers) != 4 or min(numbers) < 0:
        raise UsageError(f"{numbers!r} is not a crop.", _FORM)
    top, left, height, width = numbers
    if not height or not width:
        raise UsageError("A crop needs a height and a width.", _FORM)
    if top + height > camera.height or left + width > camera.width:
        raise UsageError(
            f"Rows {top} to {top + height - 1} and columns {left} to {left + width - 1} leave the "
            f"image, which is {camera.height} high and {camera.width} wide.",
            "Make the crop smaller, or move it.",
        )
    return top, left, height, width


def cautions(crop: Crop | None, camera: Camera, size: tuple[int, int]) -> list[str]:
    """What a classifier fed with images of (height, width) loses by this crop, as sentences.

    Without a crop the whole image of the camera is fed.
    """
    height, width = (camera.height, camera.width) if crop is None else crop[2:]
    if not height or not width:
        return []
    told = []
    squeeze = (width / size[1]) / (height / size[0])
    if max(squeeze, 1 / squeeze) > _SQUEEZE:
        way = "width" if squeeze > 1 else "height"
        times = max(squeeze, 1 / squeeze)
        told.append(f"The {way} is squeezed {times:.3g} times as much as the other side.")
    if height < size[0] or width < size[1]:
        told.append(
            f"It has fewer pixels ({height} × {width}) than the classifier's {size[0]} × {size[1]}."
        )
    return told


def crops_in(config: object, name: str) -> dict[str, object]:
    """`crop_params_dict` of a training configuration or of HIL-SERL's, wherever it stands in it.

    Raises:
        UsageError: there are no crops in the file, which `name` names.
    """
    found = next(_find(config), None)
    if not found:
        raise UsageError(f"{name} has no {_KEY} with crops.", "Give a file that has one.")
    return found


def _find(value: object) -> Iterator[dict[str, object]]:
    """Every mapping named `crop_params_dict` in a JSON value, outer ones first."""
    if isinstance(value, dict):
        inner = value.get(_KEY)
        if isinstance(inner, dict):
            yield inner
        for part in value.values():
            yield from _find(part)
    elif isinstance(value, list):
        for part in value:
            yield from _find(part)
