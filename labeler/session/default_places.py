"""Where the labels of a dataset and the trainings on them lie if the user does not say."""

import hashlib
import os
from pathlib import Path
from weakref import WeakKeyDictionary

from platformdirs import user_data_path

from labeler.dataset import Dataset
from labeler.dataset.files import sha256
from labeler.dataset.fingerprint import fingerprint_files
from labeler.storage.labels.open_label_file import JOURNAL

_LONGEST = 100  # bytes of the dataset's name; file names have at most 255
SUFFIX = ".labels.json"
_digests: WeakKeyDictionary[Dataset, str] = WeakKeyDictionary()


def default_file(dataset: Dataset) -> Path:
    """Label file in the user's data folder, named after the dataset and a digest of its metadata.

    Labels of the same metadata under another name are found, too: the dataset was renamed. So
    copies of a recording share their labels, unless one has labels of its own (`own_file`).

    Raises:
        DamagedDatasetError: a file of the metadata cannot be read.
    """
    folder = user_data_path("labeler", appauthor=False) / "labels"
    digest = metadata_digest(dataset)
    if _has_labels(own := own_file(dataset)):
        return own
    place = folder / f"{_short_name(dataset)}-{digest}{SUFFIX}"
    if _has_labels(place):
        return place
    known = {
        Path(str(found).removesuffix(JOURNAL)) for found in folder.glob(f"*-{digest}{SUFFIX}*")
    }
    renamed = [file for file in known if file.name.endswith(SUFFIX) and _has_labels(file)]
    return renamed[0] if len(renamed) == 1 else place


def own_file(dataset: Dataset) -> Path:
    """Label file in the user's data folder for the recording in this very folder.

    Raises:
        DamagedDatasetError: a file of the metadata cannot be read.
    """
    folder = user_data_path("labeler", appauthor=False) / "labels"
    place = hashlib.sha256(os.fsencode(dataset.root.resolve())).hexdigest()[:8]
    return folder / f"{_short_name(dataset)}-{metadata_digest(dataset)}-{place}{SUFFIX}"


def runs_folder(dataset: Dataset) -> Path:
    """Folder in the user's data folder for trainings on a recording; it need not exist yet.

    Trainings on the same metadata under another name are found, too.

    Raises:
        DamagedDatasetError: a file of the metadata cannot be read.
    """
    folder = user_data_path("labeler", appauthor=False) / "trainings"
    digest = metadata_digest(dataset)
    place = folder / f"{_short_name(dataset)}-{digest}"
    renamed = sorted(folder.glob(f"*-{digest}")) if not place.exists() else []
    return renamed[0] if len(renamed) == 1 else place


def _short_name(dataset: Dataset) -> str:
    return os.fsencode(dataset.name or "dataset")[:_LONGEST].decode("utf-8", "replace")


def _has_labels(file: Path) -> bool:
    """Whether there are labels, be it in the journal of an interrupted session alone."""
    return file.exists() or file.with_name(f"{file.name}{JOURNAL}").exists()


def metadata_digest(dataset: Dataset) -> str:
    """12 hex digits that tell recordings apart without reading their rows: moved ones keep them.

    They are those of the files as they were when first asked for.

    Raises:
        DamagedDatasetError: a file of the metadata cannot be read.
    """
    if dataset in _digests:
        return _digests[dataset]
    digest = hashlib.sha256()
    for file in fingerprint_files(dataset)[0]:
        if file.startswith("meta/"):
            digest.update(f"{file}\0{sha256(dataset.root / file)}\n".encode())
    found = _digests[dataset] = digest.hexdigest()[:12]
    return found
