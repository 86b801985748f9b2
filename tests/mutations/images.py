"""Images that lie in parquet files: formats and how cells hold them."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
from PIL import Image

from tests.mutations.mutation import add
from tests.mutations.rows import every

CAMERA = "observation.images.gripper"
BASES = ("v2.1-image", "v3.0-061-image")
CELL = pa.struct({"bytes": pa.binary(), "path": pa.string()})


def cells(
    change: Callable[[list[dict[str, Any]]], list[Any]], kind: pa.DataType = CELL
) -> Callable[[Path], None]:
    def edit(table: pa.Table) -> pa.Table:
        at = table.column_names.index(CAMERA)
        return table.set_column(at, CAMERA, pa.array(change(table[CAMERA].to_pylist()), kind))

    return every(edit)


def converted(change: Callable[[Image.Image], Image.Image], form: str = "PNG", **options: Any):
    def one(cell: dict[str, Any]) -> dict[str, Any]:
        buffer = io.BytesIO()
        change(Image.open(io.BytesIO(cell["bytes"]))).save(buffer, form, **options)
        return cell | {"bytes": buffer.getvalue()}

    return cells(lambda column: [one(cell) for cell in column])


def _same(image: Image.Image) -> Image.Image:
    return image


add("images: JPEG", converted(_same, "JPEG", quality=95), BASES)
add("images: WebP", converted(_same, "WEBP", lossless=True), BASES)
add("images: TIFF", converted(_same, "TIFF"), BASES)
add("images: BMP", converted(_same, "BMP"), BASES)
add("images: GIF", converted(_same, "GIF"), BASES)
add("images: gray", converted(lambda i: i.convert("L")), BASES)
add("images: RGBA", converted(lambda i: i.convert("RGBA")), BASES)
add("images: with a palette", converted(lambda i: i.convert("P")), BASES)
add("images: interlaced size", converted(lambda i: i.resize((33, 31))), BASES)
add("images: twice the size", converted(lambda i: i.resize((64, 64))), BASES)
add("images: other path in the cell", cells(lambda c: [x | {"path": "/x/y.png"} for x in c]), BASES)
add("images: no path in the cell", cells(lambda c: [x | {"path": None} for x in c]), BASES)
add(
    "images: path before bytes",
    cells(lambda c: c, pa.struct({"path": pa.string(), "bytes": pa.binary()})),
    BASES,
)
add(
    "images: large binary",
    cells(lambda c: c, pa.struct({"bytes": pa.large_binary(), "path": pa.large_string()})),
    BASES,
)
add(
    "images: bytes only",
    cells(lambda c: [{"bytes": x["bytes"]} for x in c], pa.struct({"bytes": pa.binary()})),
    BASES,
)
add("images: bytes without a struct", cells(lambda c: [x["bytes"] for x in c], pa.binary()), BASES)
add("images: one is null", cells(lambda c: [*c[:-1], None]), BASES)
add("images: one is empty", cells(lambda c: [*c[:-1], {"bytes": b"", "path": None}]), BASES)
add(
    "images: one is cut off",
    cells(lambda c: [*c[:-1], {"bytes": c[-1]["bytes"][:-20], "path": None}]),
    BASES,
)
add(
    "images: paths without bytes",
    cells(lambda c: [{"bytes": None, "path": "x.png"} for _ in c]),
    BASES,
)
add("images: metadata of datasets lack", every(lambda t: t.replace_schema_metadata(None)), BASES)
