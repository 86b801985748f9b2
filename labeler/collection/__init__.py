"""Several recordings with their labels, to become one dataset: what they share, and what not."""

from labeler.collection.collection import Collection, Source, open_collection
from labeler.collection.document import CollectionSpec, SourceSpec, read_spec

__all__ = [
    "Collection",
    "CollectionSpec",
    "Source",
    "SourceSpec",
    "open_collection",
    "read_spec",
]
