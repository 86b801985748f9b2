"""Cameras and columns that `info.json` declares."""

from typing import Any

from labeler.dataset.info import DeclaredFeature, Info
from labeler.dataset.layout import Camera, Column

_CHANNELS = (1, 3, 4)


def cameras_of(info: Info) -> tuple[Camera, ...]:
    """Every feature of dtype `video` or `image`, in the order of `info.json`."""
    return tuple(
        _camera(key, feature)
        for key, feature in info.features.items()
        if feature.dtype in ("video", "image")
    )


def columns_of(info: Info) -> tuple[Column, ...]:
    """Every other feature."""
    return tuple(
        Column(key, feature.dtype, feature.shape, _names(feature.names))
        for key, feature in info.features.items()
        if feature.dtype not in ("video", "image")
    )


def _camera(key: str, feature: DeclaredFeature) -> Camera:
    height, width = _size(feature)
    codec = str(feature.video.get("video.codec", ""))
    kind = "video" if feature.dtype == "video" else "image"
    return Camera(key, kind, height, width, codec)  # type: ignore[arg-type]


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
