"""Links that lead out of a dataset's folder: those of its own files are followed, others are not.

A link such as `assets -> ~/private` would otherwise bring private files into every copy, and from
there to the Hub.
"""

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from labeler.dataset.dataset import open_dataset
from labeler.errors import LabelerError

_OPTIONAL = ("meta/stats.json", "meta/episodes_stats.jsonl", "meta/tasks.jsonl")
"""Files of the layout that not every version has to have."""


@dataclass(frozen=True, slots=True)
class LinkOut:
    """A link that leads out of a dataset: its relative path, its end, and whether it is followed.

    A link to a folder is followed for the dataset's own files in there, and for nothing else.
    """

    name: str
    target: Path
    followed: bool


class Reach:
    """How far a dataset's files reach; `everywhere` follows every link."""

    def __init__(self, root: Path, *, everywhere: bool = False) -> None:
        self._root = root
        self._everywhere = everywhere

    def leads_out(self, path: Path) -> bool:
        """Whether a link at `path` leads out of the dataset; links into the Hub's cache do not.

        The Hub's tools keep a snapshot as links into `blobs`, beside `snapshots` (huggingface_hub,
        file_download.py).
        """
        end = os.path.realpath(path)
        return not any(end == place or end.startswith(place + os.sep) for place in self._inside)

    def takes(self, name: str) -> bool:
        """Whether a file outside, or a folder for what lies in it, is taken by this name."""
        return self._everywhere or name in self._own

    @cached_property
    def _inside(self) -> tuple[str, ...]:
        root = self._root.resolve()
        places = [root]
        if root.parent.name == "snapshots":
            places.append(root.parent.parent / "blobs")
        return tuple(os.path.realpath(place) for place in places)

    @cached_property
    def _own(self) -> frozenset[str]:
        """Files of the layout and the folders above them; read once a link leads out."""
        try:
            with open_dataset(self._root) as dataset:
                files = {*dataset.layout.metadata_files(), *_OPTIONAL, *dataset.files()}
        except LabelerError:
            return frozenset()
        folders = {str(above) for file in files for above in PurePosixPath(file).parents}
        return frozenset(files | folders)
