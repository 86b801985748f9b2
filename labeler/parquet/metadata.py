"""What Arrow and the `datasets` library keep about columns in a parquet file's metadata.

Formats: Arrow C++ writes the schema as a base64 IPC message under `ARROW:schema`; `datasets`
writes JSON `{"info": {"features": {column: feature}}, "fingerprint": …}` under `huggingface`
(datasets/arrow_writer.py, `_build_metadata`).
"""

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from labeler.parquet.schema import binary
from labeler.parquet.thrift import FormatError, Struct, ThriftField, ThriftType

_KEY, _VALUE = 1, 2  # fields of KeyValue
_ARROW = b"ARROW:schema"
_DATASETS = b"huggingface"
_FLOATS = {"halffloat": "float16", "float": "float32", "double": "float64"}  # names in `datasets`


def edit_metadata(pairs: Sequence[Struct], order: Sequence[str | pa.Field]) -> list[Struct]:
    """Metadata for columns in the given order: a name for one that stays, a field for a new one.

    Keys that are missing stay missing, keys of others stay as they are.

    Raises:
        FormatError: the metadata do not describe the columns that stay.
    """
    edited = []
    for pair in pairs:
        key = binary(pair, _KEY)
        if key in (_ARROW, _DATASETS):
            value = binary(pair, _VALUE)
            new = _arrow(value, order) if key == _ARROW else _datasets(value, order)
            pair = pair | {_VALUE: ThriftField(ThriftType.BINARY, new)}
        edited.append(pair)
    return edited


def rename_features(metadata: Mapping[bytes, bytes], new: Mapping[str, str]) -> dict[bytes, bytes]:
    """Metadata of an Arrow schema in which `datasets` describes columns under their new names.

    What cannot be read stays as it is: whoever edits it next says so.
    """
    try:
        content = json.loads(metadata[_DATASETS])
        features = content["info"]["features"]
        content["info"]["features"] = {new.get(name, name): one for name, one in features.items()}
    except (KeyError, ValueError, TypeError, AttributeError):
        return dict(metadata)
    content.pop("fingerprint", None)
    return {**metadata, _DATASETS: json.dumps(content).encode()}


def _arrow(value: bytes, order: Sequence[str | pa.Field]) -> bytes:
    try:
        schema = pa.ipc.read_schema(pa.py_buffer(base64.b64decode(value)))
        old = {field.name: field for field in schema}
        fields = [old[item] if isinstance(item, str) else item for item in order]
    except (pa.ArrowException, KeyError, OSError, ValueError) as error:
        raise FormatError("Its Arrow schema does not describe its columns.") from error
    metadata = dict(schema.metadata or {})
    if _DATASETS in metadata:
        metadata[_DATASETS] = _datasets(metadata[_DATASETS], order)
    new = pa.schema(fields, metadata=metadata or None)
    return base64.b64encode(new.serialize().to_pybytes())


def _datasets(value: bytes, order: Sequence[str | pa.Field]) -> bytes:
    try:
        content = json.loads(value)
        features = content.get("info", {}).get("features")
        if features is None:
            return value
        sequence = "Sequence" if _uses_sequence(features) else "List"
        content["info"]["features"] = _merge(features, order, sequence)
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise FormatError("Its `huggingface` metadata cannot be read.") from error
    content.pop("fingerprint", None)
    return json.dumps(content).encode()


def _merge(
    features: dict[str, Any], order: Sequence[str | pa.Field], sequence: str
) -> dict[str, Any]:
    """Features in column order; those of no column at the end."""
    merged: dict[str, Any] = {}
    for item in order:
        if not isinstance(item, str):
            merged[item.name] = _feature(item.type, sequence)
        elif item in features:
            merged[item] = features[item]
    return merged | {name: feature for name, feature in features.items() if name not in merged}


def _uses_sequence(features: dict[str, Any]) -> bool:
    """Whether `datasets` before 4.0 wrote this; it knows no "List" and later ones read both."""
    return any(
        isinstance(feature, dict) and feature.get("_type") == "Sequence"
        for feature in features.values()
    )


def _feature(kind: pa.DataType, sequence: str) -> dict[str, Any]:
    if pa.types.is_list(kind) or pa.types.is_fixed_size_list(kind):
        length = kind.list_size if pa.types.is_fixed_size_list(kind) else -1
        inner = _feature(kind.value_type, sequence)
        return {"feature": inner, "length": length, "_type": sequence}
    name = str(kind)
    return {"dtype": _FLOATS.get(name, name), "_type": "Value"}
