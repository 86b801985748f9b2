"""Proving that a copy is what its record, its labels and its source say."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa

from labeler.cures import MakeAgain, RecoverCopy
from labeler.dataset import Dataset, open_dataset
from labeler.dataset.completeness import download_triggers, stray_data_files
from labeler.dataset.consistency import INTEGERS, index_problem, row_problems, task_numbers
from labeler.dataset.documents import read_text
from labeler.dataset.files import links_out, sha256, walk
from labeler.dataset.layout import frame_indices
from labeler.dataset.steady import read_steadily
from labeler.errors import CheckFailedError, DatasetError, LabelError
from labeler.file_kind import not_a_file
from labeler.labels.document import from_text
from labeler.labels.wording import plural
from labeler.parquet.splice import digest_without
from labeler.progress import Progress
from labeler.storage.checking.source_check import source_differences
from labeler.storage.checking.statistics_check import statistics_differences
from labeler.storage.record.copy_record import LABELS, RECORD, CopyRecord
from labeler.storage.record.label_columns import LabelColumns
from labeler.storage.record.merge_record import (
    MERGE_RECORD,
    MergeRecord,
    WriteRecord,
    is_merge,
    own_columns,
    read_any_record,
)
from labeler.storage.record.transaction import pending


def differences(
    root: Path,
    *,
    against: Dataset | None = None,
    progress: Progress | None = None,
    read_again: Mapping[str, str] | None = None,
) -> list[str]:
    """Sentences about everything that is not as it should be; none is good.

    `read_again` has the SHA-256 of files that were just read and need not be read once more.

    Raises:
        CheckFailedError: the folder is not a copy of ours, so that there is nothing to check.
    """

    def read() -> list[str]:
        return _differences(root, against, progress or Progress(), read_again or {})

    return read_steadily(root, read)


def _differences(
    root: Path, against: Dataset | None, progress: Progress, read_again: Mapping[str, str]
) -> list[str]:
    record = read_any_record(root)
    if pending(root):
        return [f"A change of {root} was interrupted and waits for recovery."]
    try:
        copy = open_dataset(root)
        labels = from_text(read_text(root / LABELS), lengths=copy.lengths.tolist())
    except DatasetError as error:
        return [error.message]
    except LabelError as error:
        return [f"{LABELS}: {error.message}"]
    columns = LabelColumns.of(labels, record.options)
    progress.begin("Checking", _total_bytes(root, record), len(record.files) + len(record.rows))
    parts = [
        (problem.sentence for problem in download_triggers(copy)),
        _strays(copy, record),
        _find_changed_files(root, record, read_again, progress),
        _find_changed_rows(copy, record, columns, read_again, progress),
        _find_undeclared(copy, columns),
        statistics_differences(copy, columns),
    ]
    if against is not None:
        parts.append(source_differences(copy, against, record, progress))
    with copy:
        return list(dict.fromkeys(sentence for part in parts for sentence in _until_damage(part)))


def _until_damage(sentences: Iterator[str]) -> Iterator[str]:
    """What cannot be read ends one part of the check, not the others."""
    try:
        yield from sentences
    except DatasetError as error:
        yield error.message


def _total_bytes(root: Path, record: WriteRecord) -> int:
    files = (root / file for file in (*record.files, *record.rows))
    return sum(path.stat().st_size for path in files if path.is_file())


def _strays(copy: Dataset, record: WriteRecord) -> Iterator[str]:
    strays = set(stray_data_files(copy))
    for file in strays:
        yield f"{file} belongs to no episode; LeRobot would read it as rows."
    known = {*record.files, *record.rows, RECORD, MERGE_RECORD, *strays}
    for file in walk(copy.root):
        if file not in known and not file.startswith("meta/labeler/"):
            yield f"{file} was not written by Labeler."
    for link in links_out(copy.root):
        if not link.followed:
            yield f"{link.name} is a link; a copy has none."


def _find_changed_files(
    root: Path, record: WriteRecord, read_again: Mapping[str, str], progress: Progress
) -> Iterator[str]:
    """Files are read by two threads, since digests take longer than reading."""

    def read(file: str) -> tuple[str, str, int]:
        return _read(root / file, read_again.get(file, ""))

    with ThreadPoolExecutor(2) as pool:
        files = list(record.files)
        for file, found in zip(files, pool.map(read, files), strict=True):
            what, digest, size = found
            if what:
                yield f"{file} {what}."
            elif digest != record.files[file]:
                yield f"{file} does not have the content that was written."
            progress.advance(size)
            progress.file_done()


def _read(path: Path, known: str) -> tuple[str, str, int]:
    """What is wrong with a file at first sight, its digest, if that is not known, and its size."""
    if what := _not_our_file(path):
        return what, "", 0
    try:
        return "", known or sha256(path), path.stat().st_size
    except DatasetError:
        return "cannot be read", "", 0


def _not_our_file(path: Path) -> str:
    return not_a_file(path) or ("is a link; a copy has none" if path.is_symlink() else "")


def _find_changed_rows(
    copy: Dataset,
    record: CopyRecord | MergeRecord,
    columns: LabelColumns,
    read_again: Mapping[str, str],
    progress: Progress,
) -> Iterator[str]:
    replaced, tasks = own_columns(record), task_numbers(copy)
    for file in copy.layout.data_files():
        if file not in record.rows:
            yield f"{file} was not written by Labeler."
            continue
        if what := _not_our_file(copy.root / file):
            yield f"{file} {what}."
            continue
        known = file in read_again  # then every byte is as it was written
        if not known and digest_without(copy.root / file, replaced) != record.rows[file]:
            yield f"{file}: columns that labels do not touch have changed."
        table = copy.file_rows(file, [*INTEGERS, *columns.names])
        yield from row_problems(copy, file, table, tasks)
        yield from _wrong_values(copy, file, table, columns, numbered="index" in replaced)
        progress.advance((copy.root / file).stat().st_size)
        progress.file_done()


def _wrong_values(
    copy: Dataset, file: str, table: pa.Table, columns: LabelColumns, *, numbered: bool
) -> Iterator[str]:
    """Values that are not those of the labels; `numbered`: Labeler wrote the numbering, too."""
    episodes = copy.layout.data_files()[file]
    lengths = copy.lengths[episodes]
    if table.num_rows != lengths.sum():
        return
    if numbered and (sentence := index_problem(copy, file, table)):
        yield sentence
    frames = frame_indices(lengths)
    for name, values in columns.arrays(episodes).items():
        column = table[name].combine_chunks()
        if column.type != values.type:
            yield f"{file}: {name} is {column.type}, not {values.type}."
        elif not column.equals(values):
            yield _first_wrong(file, name, column, values, np.repeat(episodes, lengths), frames)


def _first_wrong(
    file: str,
    name: str,
    column: pa.Array,
    values: pa.Array,
    episodes: np.ndarray,
    frames: np.ndarray,
) -> str:
    pairs = zip(column.to_pylist(), values.to_pylist(), strict=True)
    wrong = [row for row, (found, expected) in enumerate(pairs) if found != expected]
    row = wrong[0]
    return (
        f"{file}: {name} differs in {plural(len(wrong), 'row')}, first in episode "
        f"{episodes[row]} frame "
        f"{frames[row]}: {column[row].as_py()} instead of {values[row].as_py()}."
    )


def _find_undeclared(copy: Dataset, columns: LabelColumns) -> Iterator[str]:
    for name in columns.names:
        feature = copy.info.features.get(name)
        wanted = columns.feature(name)
        if feature is None:
            yield f"meta/info.json does not declare {name}."
        elif feature.dtype != wanted["dtype"] or list(feature.shape) != wanted["shape"]:
            yield f"meta/info.json declares {name} as {feature.dtype} {list(feature.shape)}."


def check_copy(
    root: Path, *, against: Dataset | None = None, progress: Progress | None = None
) -> None:
    """Check a copy.

    Raises:
        CheckFailedError: with everything that differs in the message, one sentence a line.
    """
    found = differences(root, against=against, progress=progress)
    if found:
        made_by: Literal["merge", "apply"] = "merge" if is_merge(root) else "apply"
        raise CheckFailedError(
            f"{root} differs from what Labeler wrote:\n- " + "\n- ".join(found),
            RecoverCopy(str(root)) if pending(root) else MakeAgain(made_by),
        )
