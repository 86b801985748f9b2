"""Parquet files with other values in some columns and every other column untouched."""

from labeler.storage.parquet.splice import SplicedFile, splice_columns, untouched_digest

__all__ = ["SplicedFile", "splice_columns", "untouched_digest"]
