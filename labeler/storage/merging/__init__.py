"""Several labelled recordings become one dataset; no video is encoded again."""

from labeler.storage.merging.merge import write_merge
from labeler.storage.merging.preparation import PreparedMerge, Repeated, Wishes, prepare_merge

__all__ = ["PreparedMerge", "Repeated", "Wishes", "prepare_merge", "write_merge"]
