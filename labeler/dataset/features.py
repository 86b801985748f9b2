"""Cameras and columns that `info.json` declares."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from labeler.dataset.documents import read_object
from labeler.dataset.info import DeclaredFeature, Info
from labeler.dataset.layout import Camera, Column
from labeler.errors import DamagedDatasetError

Crop = tuple[int, int, int, int]

_CHANNELS = (1, 3, 4)


CROPS = "meta/crop_params.json"
"""Written by LeRobot's crop tool (rl/crop_dataset_roi.py): top, left, height, width by camera key.

The tool cuts these out of every image and resizes them, so the images of the dataset are cut
already, and a robot has to cut its own in the same way.
"""


def cameras_of(info: Info, cut_before: Mapping[str, Crop] | None = None) -> tuple[Camera, ...]:
    """Every feature of dtype `video` or `image`, in the order of `info.json`."""
    crops = cut_before or {}
    return tuple(
        _camera(key, feature, crops.get(key))
        for key, feature in info.features.items()
        if feature.dtype in ("video", "image")
    )


_FED = "observation.image"


def unfit_cameras(keys: Iterable[str]) -> str:
    """A sentence if LeRobot's reward classifier cannot be fed some cameras; empty if it can.

    It takes what it is fed from keys that begin with `observation.image` (0.3.3 to 0.6.1,
    modeling_classifier.py, extract_images_and_labels), so that `image` or `wrist_image`, as in many
    public datasets, are passed over.
    """
    unfit = sorted({key for key in keys if not key.startswith(_FED)})
    if not unfit:
        return ""
    return (
        f"LeRobot's reward classifier looks for cameras whose keys begin with {_FED}; it cannot be "
        f"trained on {', '.join(unfit)}."
    )


def crops_before(root: Path) -> dict[str, Crop]:
    """What LeRobot's crop tool cut out of the images before; empty where it was not used.

    Raises:
        DamagedDatasetError: there is a file that does not say it.
    """
    path = root / CROPS
    if not path.is_file():
        return {}
    crops: dict[str, Crop] = {}
    for key, value in read_object(path).items():
        whole = isinstance(value, list) and len(value) == 4 and all(type(n) is int for n in value)
        if not whole or min(value[:2]) < 0 or min(value[2:]) < 1:
            raise DamagedDatasetError(
                f"{path} gives {key} the crop {value!r:.60}.",
                "Correct it to top, left, height and width, or restore it.",
            )
        crops[key] = (value[0], value[1], value[2], value[3])
    return crops


def columns_of(info: Info) -> tuple[Column, ...]:
    """Every other feature."""
    return tuple(
        Column(key, feature.dtype, feature.shape, _names(feature.names))
        for key, feature in info.features.items()
        if feature.dtype not in ("video", "image")
    )


def _camera(key: str, feature: DeclaredFeature, cut_before: Crop | None) -> Camera:
    height, width = _size(feature)
    codec = str(feature.video.get("video.codec", ""))
    kind = "video" if feature.dtype == "video" else "image"
    return Camera(key, kind, height, width, codec, cut_before, feature.is_depth)  # type: ignore[arg-type]


def _size(feature: DeclaredFeature) -> tuple[int, int]:
    """Height and width: the video's own if declared; `shape` is HWC or, from HIL-SERL, CHW."""
    declared = feature.video.get("video.height"), feature.video.get("video.width")
    if all(type(value) is int for value in declared):
        return declared  # type: ignore[return-value]
    shape = feature.shape
    if len(shape) == 3 and shape[0] in _CHANNELS and shape[2] not in _CHANNELS:
        return shape[1], shape[2]
    return (shape[0], shape[1]) if len(shape) >= 2 else (0, 0)


def _names(names: Any) -> tuple[str, ...]:  # noqa: ANN401 - list, nested list, dict or null
    if isinstance(names, dict):
        if all(isinstance(value, int) for value in names.values()):
            return tuple(sorted(names, key=names.__getitem__))
        names = list(names.values())
    if isinstance(names, list):
        if len(names) == 1 and isinstance(names[0], list):
            return _names(names[0])
        return tuple(str(name) for name in names)
    return ()
