"""Parquet files: read, walked through byte by byte, and spliced with new columns."""
