"""Parquet files with other values in some columns and every other column untouched."""

from labeler.storage.parquet.splice import (
    Splice,
    SplicedFile,
    splice_columns,
    untouched_digest,
)

__all__ = ["Splice", "SplicedFile", "splice_columns", "untouched_digest"]
