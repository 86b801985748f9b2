"""Which form a label file has, told from its content alone."""

import codecs
import re
from dataclasses import dataclass, field
from itertools import islice

from labeler.errors import LabelFileError
from labeler.labels import strict_json
from labeler.labels.dialects import python_dict
from labeler.labels.dialects.dialect import Dialect
from labeler.labels.dialects.forms import table, text
from labeler.labels.dialects.values import BELONG, lines_of
from labeler.labels.wording import as_text

_KNOWN = "Give cutoffs, ranges, a merge, text lines, CSV or a label file of Labeler."
_TEXT_OR_MARK = re.compile(
    r"""  "(?:[^"\\]+|\\.)*"?  |  '(?:[^'\\\n]+|\\.)*'?  |  [:,]""", re.DOTALL | re.VERBOSE
)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class DetectedForm:
    """The form of a file, its text, and the mapping it holds where the form is one."""

    dialect: Dialect
    text: str
    mapping: dict[object, object] = field(default_factory=dict)


def decode_text(data: bytes) -> str:
    """Text of a file: UTF-8, or what its byte order mark says.

    Raises:
        LabelFileError: the bytes are no text, or there are none.
    """
    mark, encoding = next((pair for pair in _MARKS if data.startswith(pair[0])), (b"", "utf-8"))
    try:
        result = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        raise LabelFileError("The file is not UTF-8 text.", "Save it as UTF-8.") from error
    if not result.strip():
        raise LabelFileError("The file is empty.", _KNOWN)
    return result


def detect_form(content: str, most: int | None = None) -> DetectedForm:
    """Form of a text, of which a mapping may have `most` keys and elements together.

    Raises:
        LabelFileError: it has none of the known forms, or is broken.
    """
    lines = (line for _, line in lines_of(content) if not line.lstrip().startswith("#"))
    first = next(lines, None)
    if first is None:
        raise LabelFileError("The file holds comments only.", _KNOWN)
    if text.LINE.fullmatch(first):
        return DetectedForm(Dialect.TEXT, content)
    if table.delimiter(first):
        return DetectedForm(Dialect.CSV, content)
    if first.lstrip()[0] not in "{[":
        raise LabelFileError(f"The file begins with {as_text(first.strip())}.", _KNOWN)
    if most is not None and content.count(":") + content.count(",") > most:
        _refuse_too_many(content, most)
    value = _value(content)
    if not isinstance(value, dict):
        raise LabelFileError("The file holds a list, not a mapping from episodes.", _KNOWN)
    return DetectedForm(_form(value), content, value)


def _refuse_too_many(content: str, most: int) -> None:
    """Count what parts keys and elements, up to `most`: parsed they take many times their size."""
    marks = (found for found in _TEXT_OR_MARK.finditer(content) if found[0] in ":,")
    if next(islice(marks, most, None), None):
        raise LabelFileError(
            "The file has far more entries than labels of this dataset need.", BELONG
        )


def _form(mapping: dict[object, object]) -> Dialect:
    if "format" in mapping:
        return Dialect.LABELER
    if "sources" in mapping or "output_repo_id" in mapping:
        return Dialect.MERGE
    if "episodes" in mapping or any(isinstance(value, dict) for value in mapping.values()):
        return Dialect.RANGES
    return Dialect.CUTOFFS


def _value(content: str) -> object:
    """JSON, or else what the Python dict means; JSON's complaint is the one that is told."""
    try:
        return strict_json.parse_json(content)
    except LabelFileError as error:
        if isinstance(error.__cause__, ValueError):
            as_json = python_dict.to_json(content)
            if as_json is not None:
                return _second_reading(as_json, error)
        raise


def _second_reading(as_json: str, first: LabelFileError) -> object:
    try:
        return strict_json.parse_json(as_json)
    except LabelFileError as error:
        if isinstance(error.__cause__, ValueError):
            raise first from first.__cause__
        raise
