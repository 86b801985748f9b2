"""Writing label files."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from labeler import disk
from labeler.cures import ChooseAnotherFile, GiveFileName
from labeler.dataset.files import walk
from labeler.disk.errors import report_errors
from labeler.errors import RefusedError
from labeler.labels.label_rows import COLUMNS, TableForm, label_rows, to_csv

if TYPE_CHECKING:
    from labeler.labels import DatasetLabels


def table_of_labels(labels: "DatasetLabels", form: TableForm) -> str | bytes:
    """The table of `label_rows` as a file of this form."""
    return to_csv(labels) if form is TableForm.TABLE else parquet_of_labels(labels)


def parquet_of_labels(labels: "DatasetLabels") -> bytes:
    """The table of `label_rows` as a parquet file; ranges are lists of {start, end}."""
    import pyarrow as pa  # only where such a file is wanted

    from labeler.parquet.rewriting import encode_table

    whole, text = pa.int64(), pa.string()
    ranges = pa.list_(pa.struct({"start": whole, "end": whole}))
    kinds = {"success": ranges, "excluded": ranges, "flagged": pa.bool_()}
    kinds |= dict.fromkeys(("episode", "length", "first_success"), whole)
    kinds |= dict.fromkeys(("success_frames", "failure_frames"), whole)
    rows = label_rows(labels)
    columns = {}
    for name in COLUMNS:
        values = [getattr(row, name) for row in rows]
        if kinds.get(name) == ranges:
            values = [[{"start": start, "end": end} for start, end in value] for value in values]
        columns[name] = pa.array(values, type=kinds.get(name, text))
    return bytes(encode_table(pa.table(columns), [len(rows)], "snappy"))


def write_label_file(path: Path, content: str | bytes, dataset_root: Path | None) -> None:
    """Write or replace a label file as a whole; `dataset_root` is that of a dataset at hand.

    Raises:
        RefusedError: it lies inside this or another dataset, is a link, or a folder.
    """
    place = path.expanduser().absolute()
    check_label_place(place, dataset_root)
    if dataset_root is not None:
        check_not_read_from(place, dataset_root)
    disk.make_folders(place.parent)
    disk.rewrite(place, content.encode("utf-8") if isinstance(content, str) else content)


def keep_label_file(path: Path, now: datetime, beside: Path | None = None) -> Path:
    """Keep what a label file holds in a new file beside it, or beside another; its path comes back.

    Raises:
        StorageError: it cannot be read, or not be written there.
    """
    with report_errors(path):
        return disk.keep_aside(beside or path, path.read_bytes(), "replaced", now)


def check_label_place(place: Path, dataset_root: Path | None) -> None:
    """Whether a label file may lie at an absolute path, told without reading the dataset's folders.

    `dataset_root` is that of a dataset at hand, if there is one.

    Raises:
        RefusedError: it lies inside this or another dataset, is a link, or a folder.
    """
    folders = place.parent.resolve(), *place.parent.resolve().parents
    datasets = [folder for folder in folders if (folder / "meta" / "info.json").is_file()]
    if datasets or (dataset_root is not None and dataset_root.resolve() in folders):
        raise _inside(place)
    if place.is_symlink():
        raise RefusedError(
            f"{place} is a link; nothing is written through links.", ChooseAnotherFile()
        )
    if place.is_dir():
        raise RefusedError(f"{place} is a folder.", GiveFileName())


def check_not_read_from(place: Path, dataset_root: Path) -> None:
    """Look through the dataset's folders for a link that leads to the file at `place`.

    Raises:
        RefusedError: there is one.
    """
    if _is_read_from(place, dataset_root):
        raise _inside(place)


def _inside(place: Path) -> RefusedError:
    return RefusedError(f"{place} lies inside a dataset, which is only read.", ChooseAnotherFile())


def _is_read_from(place: Path, root: Path) -> bool:
    """Whether a link of the dataset leads to the file at `place`."""
    files = map(root.joinpath, walk(root) if place.is_file() else ())
    return any(file.exists() and file.samefile(place) for file in files)
