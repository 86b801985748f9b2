"""JSON configurations, read strictly: what is written back must not lose a word."""

import json
import re
from pathlib import Path

from labeler.errors import LabelFileError, UsageError
from labeler.labels import strict_json

LARGEST = 16 << 20
_LEROBOTS = 4
"""Spaces by which LeRobot indents."""


def read_config(path: Path) -> tuple[dict[str, object], str]:
    """The object that a JSON file holds, and its text.

    Raises:
        UsageError: the file cannot be read, is not JSON, repeats a key, or holds something else.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(f"{path} cannot be read: {reason}.", "Check the path.") from error
    if len(data) > LARGEST:
        raise UsageError(f"{path} is larger than {LARGEST >> 20} MiB.", "Check the path.")
    try:
        text = data.decode("utf-8-sig")
        values = strict_json.parse_json(text)
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text.", "Check the path.") from error
    except LabelFileError as error:
        raise UsageError(f"{path}: {error.message}", *error.cures) from error
    if not isinstance(values, dict):
        what = f"{path} does not hold a JSON object but a {type(values).__name__}."
        raise UsageError(what, "Give a configuration as LeRobot writes it.")
    return values, text


def json_like(text: str, values: object) -> str:
    """JSON of `values`, indented as `text` is."""
    indent = _indent_of(text)
    return json.dumps(values, indent=indent, ensure_ascii=text.isascii()) + "\n"


def _indent_of(text: str) -> int | str | None:
    if "\n" not in text.strip():
        return None
    found = re.search(r"\n([ \t]+)\S", text)
    if found is None:
        return _LEROBOTS
    return "\t" if "\t" in found[1] else len(found[1])
