"""Several labelled recordings become one dataset; no video is encoded again."""

from labeler.storage.merging.merge import write_merge
from labeler.storage.merging.preparation import (
    Findings,
    PreparedMerge,
    Repeated,
    Wishes,
    find_out,
    prepare_merge,
    written_columns,
)

__all__ = [
    "Findings",
    "PreparedMerge",
    "Repeated",
    "Wishes",
    "find_out",
    "prepare_merge",
    "write_merge",
    "written_columns",
]
