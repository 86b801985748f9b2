"""Are the images that lie in parquet files there, and of a kind that LeRobot reads right?

Formats are told by their first bytes, as decoders do. What LeRobot makes of each was measured with
0.3.3 and 0.6.1 (docs/lerobot-differences.md): it hands images to the model as they are decoded,
with as many channels as they have.
"""

import json
from collections import Counter
from collections.abc import Iterator

import pyarrow as pa

from labeler.dataset import Dataset
from labeler.errors import DamagedDatasetError
from labeler.inspection.oddity import Oddity, Severity
from labeler.labels.wording import plural
from labeler.parquet.reading import damage_error, open_parquet
from labeler.video.images import is_whole

_PNG = b"\x89PNG\r\n\x1a\n"
_COLOURS = {0: "gray", 3: "with a palette", 4: "gray with transparency", 6: "with transparency"}
"""Colour type of a PNG's header (RFC 2083) -> what its images are; 2 is RGB."""
_HEAD = 26  # bytes, up to a PNG's colour type
_OTHERS = {b"\xff\xd8\xff": "JPEG", b"BM": "BMP", b"GIF8": "GIF"}
_EXACT = (b"II*\x00", b"MM\x00*", b"RIFF")  # TIFF and WebP: every reader shows the same
_CELL = pa.struct({"bytes": pa.binary(), "path": pa.string()})
"""What LeRobot 0.3.3 knows as an image; later releases go by `info.json`."""


def image_oddities(dataset: Dataset) -> Iterator[Oddity]:
    """Look at every image of the cameras of kind `image`, without decoding."""
    keys = [camera.key for camera in dataset.cameras if camera.kind == "image"]
    for file in dataset.layout.data_files() if keys else ():
        if not (dataset.root / file).is_file():
            continue  # reported by the completeness check
        try:
            yield from _of_file(dataset, file, keys)
        except DamagedDatasetError:
            continue  # reported with the rows


def _of_file(dataset: Dataset, file: str, keys: list[str]) -> Iterator[Oddity]:
    path = dataset.root / file
    with open_parquet(path) as opened:
        schema = opened.schema_arrow
        for key in keys:
            if schema.names.count(key) != 1:
                continue  # reported with the schema
            if not dataset.info.format.declared:
                yield from _of_cells(file, key, schema)
            found: Counter[str] = Counter()
            try:
                for group in range(opened.num_row_groups):
                    found.update(kinds_of(opened.read_row_group(group, [key])[key]))
            except (pa.ArrowException, OSError) as error:
                raise damage_error(path, error) from error
            yield from _of_kinds(file, key, found)


def _of_cells(file: str, key: str, schema: pa.Schema) -> Iterator[Oddity]:
    """How the images of v2.x are kept, which LeRobot 0.3.3 takes from the file itself."""
    if schema.field(key).type != _CELL or not _is_declared(key, schema):
        yield Oddity(
            Severity.WARNING,
            file,
            f"{file} keeps {key} as {schema.field(key).type}"
            f"{'' if _is_declared(key, schema) else ' without the metadata of datasets'}; LeRobot "
            f"0.3 needs {_CELL} with metadata that call it an image, and fails.",
        )


def _is_declared(key: str, schema: pa.Schema) -> bool:
    text = (schema.metadata or {}).get(b"huggingface")
    try:
        feature = json.loads(text or b"{}")["info"]["features"][key]
        return bool(feature["_type"] == "Image")
    except (ValueError, KeyError, TypeError):
        return False


def kinds_of(column: pa.ChunkedArray) -> Counter[str]:
    """How many images there are of each kind; `PNG` is what LeRobot writes."""
    import pyarrow.compute as pc  # makes 300 functions when imported, which the window needs not

    kind = column.type
    if pa.types.is_struct(kind) and kind.get_field_index("bytes") >= 0:
        column = pc.struct_field(column, "bytes")
    if not (pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type)):
        return Counter({"missing": len(column)})
    heads = pc.binary_slice(column, 0, _HEAD).to_pylist()
    tails = pc.binary_slice(column, -64).to_pylist()
    return Counter(map(_kind, heads, tails))


def _kind(head: bytes | None, tail: bytes | None) -> str:
    if not head or not tail:
        return "missing"
    if not is_whole(head, tail):
        return "cut off"
    if head.startswith(_PNG) and len(head) == _HEAD:
        return _COLOURS.get(head[25], "PNG")
    return next((name for start, name in _OTHERS.items() if head.startswith(start)), _rest(head))


def _rest(head: bytes) -> str:
    return "PNG" if head.startswith(_EXACT) else "of an unknown format"


_SAID = {
    "missing": (
        Severity.ERROR,
        "{images} of {key} {are} missing: {their_cells_have} no bytes. LeRobot fails there.",
    ),
    "cut off": (Severity.ERROR, "{images} of {key} {are} cut off. LeRobot fails there."),
    "of an unknown format": (
        Severity.ERROR,
        "{images} of {key} {are} neither PNG, JPEG, TIFF, WebP nor BMP.",
    ),
    "GIF": (
        Severity.WARNING,
        "{images} of {key} {are} GIF, which LeRobot reads as numbers of colours. Convert {them} "
        "to PNG.",
    ),
    "JPEG": (
        Severity.WARNING,
        "{images} of {key} {are} JPEG, which decoders show a few levels apart: LeRobot, with "
        "Pillow, sees slightly other colours.",
    ),
    "BMP": (
        Severity.NOTE,
        "{images} of {key} {are} BMP; LeRobot writes PNG, which takes less room.",
    ),
}
_CHANNELS = (
    "{images} of {key} {are} {kind}. LeRobot gives {them} to a model as {they_are}, not as "
    "RGB; Labeler shows RGB. Convert {them} to RGB."
)

_ONE = {"are": "is", "them": "it", "they_are": "it is", "their_cells_have": "its cell has"}
_MANY = {
    "are": "are", "them": "them", "they_are": "they are", "their_cells_have": "their cells have",
}  # fmt: skip


def _of_kinds(file: str, key: str, found: Counter[str]) -> Iterator[Oddity]:
    for kind, count in sorted(found.items()):
        if kind == "PNG":
            continue
        severity, sentence = _SAID.get(kind, (Severity.WARNING, _CHANNELS))
        words = _ONE if count == 1 else _MANY
        told = sentence.format(images=plural(count, "image"), key=key, kind=kind, **words)
        yield Oddity(severity, file, f"{file}: {told}")
