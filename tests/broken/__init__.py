"""Recordings that are broken in one way each: a name, and a function that does the damage."""

from tests.broken import episodes, info, places, rows, statistics, tasks, videos  # noqa: F401
from tests.broken.breakage import ALL, VERSIONS, Breakage, Found

__all__ = ["ALL", "VERSIONS", "Breakage", "Found"]
