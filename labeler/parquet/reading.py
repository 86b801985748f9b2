"""Reading parquet, with errors a user can act on."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from labeler.errors import DamagedDatasetError
from labeler.file_kind import not_a_file, not_fetched

_ERRORS = (pa.ArrowException, OSError)


def open_parquet(path: Path) -> pq.ParquetFile:
    """Open a file for reading by row group.

    Raises:
        DamagedDatasetError: it is missing, truncated or no parquet file.
    """
    check_file(path)
    try:
        return pq.ParquetFile(path, memory_map=False)
    except _ERRORS as error:
        raise damage_error(path, error) from error


def schema_of(path: Path) -> pa.Schema:
    """Arrow schema of a file."""
    check_file(path)
    try:
        return pq.read_schema(path)
    except _ERRORS as error:
        raise damage_error(path, error) from error


def read_table(
    path: Path, columns: Sequence[str] | None = None, *, many_groups: bool = False
) -> pa.Table:
    """Rows of a file.

    With `many_groups` pyarrow neither plans which of 10^4 tiny chunks to read together nor reads
    them in threads of its own, both of which take longer than to read them.

    Raises:
        DamagedDatasetError: it is missing, truncated or no parquet file.
    """
    check_file(path)
    names = None if columns is None else list(columns)
    try:
        with pq.ParquetFile(path, pre_buffer=not many_groups) as file:
            return file.read(columns=names, use_threads=not many_groups)
    except _ERRORS as error:
        raise damage_error(path, error) from error


def check_file(path: Path) -> None:
    """Make sure that opening `path` does not wait, as it would for a pipe.

    Raises:
        DamagedDatasetError: it is missing or no ordinary file.
    """
    if what := not_a_file(path) or not_fetched(path):
        raise DamagedDatasetError(f"{path} {what}.", "Restore it from the recording or a backup.")


def list_values(column: pa.Array) -> pa.Array:
    """What the lists of a column hold, one behind the other, without lists that are null.

    The same as `flatten`, which imports all of Arrow's functions: a tenth of a second.
    """
    if column.null_count:
        return column.flatten()
    if pa.types.is_fixed_size_list(column.type):
        size = column.type.list_size
        return column.values.slice(column.offset * size, len(column) * size)
    first, last = (column.offsets[place].as_py() for place in (0, -1))
    return column.values.slice(first, last - first)


def is_numeric(kind: pa.DataType) -> bool:
    """Whether a column holds numbers or truth values, alone or as vectors of one length."""
    if pa.types.is_fixed_size_list(kind):
        kind = kind.value_type
    return bool(
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)
    )


def damage_error(path: Path, error: Exception) -> DamagedDatasetError:
    """The error for a parquet file that cannot be read."""
    if what := not_a_file(path):
        return DamagedDatasetError(f"{path} {what}.", "Restore it from the recording or a backup.")
    reason = str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
    return DamagedDatasetError(
        f"{path} is truncated or no parquet file ({reason}).",
        "Restore it from the recording or a backup.",
    )
