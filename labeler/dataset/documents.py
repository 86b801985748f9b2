"""JSON and JSON-lines files under `meta/`, read with errors a user can act on."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from labeler.errors import DamagedDatasetError
from labeler.file_kind import not_a_file

_RESTORE = "Restore it from the recording or a backup."


def read_text(path: Path) -> str:
    """Content of a metadata file.

    LeRobot up to 0.3.3 writes in the locale's encoding (datasets/utils.py), so what is not UTF-8
    is read as Windows-1252.
    """
    if what := not_a_file(path):
        raise DamagedDatasetError(f"{path} {what}.", _RESTORE)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DamagedDatasetError(
            f"{path} cannot be read: {error.strerror}.", "Check its permissions and the disk."
        ) from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def read_json(path: Path) -> Any:  # noqa: ANN401 - JSON is any value; callers check it
    """The value of a JSON file.

    Raises:
        DamagedDatasetError: the file is missing or is not JSON.
    """
    return _parse(read_text(path), str(path))


def read_object(path: Path) -> dict[str, Any]:
    """The object of a JSON file."""
    value = read_json(path)
    if not isinstance(value, dict):
        raise DamagedDatasetError(f"{path} does not hold a JSON object.", _RESTORE)
    return value


def read_objects(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON-lines file, in order; empty lines are passed over."""
    for number, line in enumerate(_lines(read_text(path)), start=1):
        if not line.strip():
            continue
        value = _parse(line, f"Line {number} of {path}")
        if not isinstance(value, dict):
            raise DamagedDatasetError(f"Line {number} of {path} is not a JSON object.", _RESTORE)
        yield value


def _lines(text: str) -> list[str]:
    """Lines of a JSON-lines file; a string in it may hold other characters that end lines."""
    return text.replace("\r\n", "\n").split("\n")


def _parse(text: str, where: str) -> Any:  # noqa: ANN401
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DamagedDatasetError(f"{where} is not valid JSON ({error}).", _RESTORE) from error
