"""How a version describes its columns: `features` of info.json and the schema of the data files."""

import hashlib
import json
from typing import Any, assert_never

import pyarrow as pa

from labeler.dataset.formats import Version
from labeler.storage.recording.specification import (
    FRAME_COLUMNS,
    CameraSpec,
    ColumnSpec,
    RecordingSpec,
)

AV1_PRESET = "12"

_ARROW = {
    "float32": pa.float32(),
    "float64": pa.float64(),
    "int64": pa.int64(),
    "bool": pa.bool_(),
    "string": pa.string(),
}
_IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])


def features(spec: RecordingSpec) -> dict[str, Any]:
    """`features` of info.json, in LeRobot's order: cameras, columns, columns of every dataset."""
    result: dict[str, Any] = {camera.key: _camera_feature(spec, camera) for camera in spec.cameras}
    for column in (*spec.columns, *FRAME_COLUMNS):
        names = None if column.names is None else list(column.names)
        result[column.name] = {"dtype": column.dtype, "shape": list(column.shape), "names": names}
    return result


def _camera_feature(spec: RecordingSpec, camera: CameraSpec) -> dict[str, Any]:
    feature: dict[str, Any] = {
        "dtype": camera.kind,
        "shape": [camera.height, camera.width, 3],
        "names": ["height", "width", "channels"],
    }
    if camera.kind == "video":
        feature["info"] = _video_info(spec, camera)
    return feature


def _info_v20(spec: RecordingSpec, camera: CameraSpec) -> dict[str, Any]:
    return {
        "video.fps": float(spec.fps),
        "video.height": camera.height,
        "video.width": camera.width,
        "video.channels": 3,
        "video.codec": camera.codec,
        "video.pix_fmt": "yuv420p",
        "video.is_depth_map": False,
        "has_audio": False,
    }


def _info_v21(spec: RecordingSpec, camera: CameraSpec) -> dict[str, Any]:
    return {
        "video.height": camera.height,
        "video.width": camera.width,
        "video.codec": camera.codec,
        "video.pix_fmt": "yuv420p",
        "video.is_depth_map": False,
        "video.fps": spec.fps,
        "video.channels": 3,
        "has_audio": False,
    }


def _info_v30(spec: RecordingSpec, camera: CameraSpec) -> dict[str, Any]:
    preset = camera.preset or (AV1_PRESET if camera.codec == "av1" else None)
    return {
        "video.height": camera.height,
        "video.width": camera.width,
        "video.codec": camera.codec,
        "video.pix_fmt": "yuv420p",
        "video.fps": spec.fps,
        "video.channels": 3,
        "has_audio": False,
        "video.g": camera.gop,
        "video.crf": camera.crf,
        "video.preset": int(preset) if preset and preset.isdigit() else preset,
        "video.fast_decode": 0,
        "video.video_backend": "pyav",
        "video.extra_options": {},
        "is_depth_map": False,
    }


def _video_info(spec: RecordingSpec, camera: CameraSpec) -> dict[str, Any]:
    match version := Version(spec.version):
        case Version.V20:
            return _info_v20(spec, camera)
        case Version.V21:
            return _info_v21(spec, camera)
        case Version.V30:
            return _info_v30(spec, camera)
    assert_never(version)


def data_schema(spec: RecordingSpec) -> pa.Schema:
    """Schema of the data files, with the `huggingface` metadata in the words of the version.

    Up to `datasets` 3.6 (v2.x) a vector is a `Sequence`, from 4.0 (v3.0) a `List`; the older
    library refuses the newer word.
    """
    listed = spec.format.list_type
    fields: list[pa.Field] = []
    described: dict[str, Any] = {}
    for camera in spec.cameras:
        if camera.kind == "image":
            fields.append(pa.field(camera.key, _IMAGE))
            described[camera.key] = {"_type": "Image"}
    for column in (*spec.columns, *FRAME_COLUMNS):
        fields.append(pa.field(column.name, arrow_type(column)))
        described[column.name] = _describe(column, listed)
    metadata: dict[str, Any] = {"info": {"features": described}}
    if spec.format.schema_fingerprint:
        digest = hashlib.sha256(json.dumps(metadata).encode())
        metadata["fingerprint"] = digest.hexdigest()[:16]
    return pa.schema(fields, metadata={"huggingface": json.dumps(metadata)})


def arrow_type(column: ColumnSpec) -> pa.DataType:
    """Arrow type of a column: scalar for shape (1,), else a list of fixed length."""
    value = _ARROW[column.dtype]
    return value if column.shape == (1,) else pa.list_(value, column.shape[0])


def _describe(column: ColumnSpec, listed: str) -> dict[str, Any]:
    value = {"dtype": column.dtype, "_type": "Value"}
    if column.shape == (1,):
        return value
    return {"feature": value, "length": column.shape[0], "_type": listed}
