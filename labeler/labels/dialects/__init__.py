"""Label files in every form that exists: told from the content, read, and written."""

from labeler.labels.dialects.dialect import Dialect
from labeler.labels.dialects.reading import Imported, dialect_of, read_labels, read_own
from labeler.labels.dialects.writing import inexpressible, write_labels

__all__ = [
    "Dialect",
    "Imported",
    "dialect_of",
    "inexpressible",
    "read_labels",
    "read_own",
    "write_labels",
]
