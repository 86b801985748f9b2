"""Several labelled recordings become one dataset; no video is encoded again."""

from labeler.storage.merging.merge import write_merge
from labeler.storage.merging.preparation import (
    Findings,
    PreparedMerge,
    Repeated,
    Wishes,
    columns_to_write,
    find_out,
    prepare_merge,
)

__all__ = [
    "Findings",
    "PreparedMerge",
    "Repeated",
    "Wishes",
    "columns_to_write",
    "find_out",
    "prepare_merge",
    "write_merge",
]
