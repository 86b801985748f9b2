"""Writing configurations of other programs."""

import hashlib
from pathlib import Path

from labeler import disk
from labeler.cures import ChooseAnotherFile, Retry
from labeler.disk.errors import report_errors
from labeler.errors import RefusedError, SourceChangedError
from labeler.storage.labels.label_files import check_label_place


def write_config_file(
    path: Path, text: str, replacing: str | None = None, *, overwrite: bool = False
) -> None:
    """Write a configuration as a whole, as UTF-8.

    `replacing` is the text of the file that may be replaced; without it there may be no file,
    unless `overwrite` says that any file may be replaced.

    Raises:
        RefusedError: it lies inside a dataset, is a link or a folder, or exists already.
        SourceChangedError: the file is no longer what it was when it was read.
    """
    place = path.expanduser().absolute()
    check_label_place(place, None)
    if replacing is None and not overwrite and place.exists():
        raise RefusedError(f"{place} exists already.", ChooseAnotherFile())

    def check() -> None:
        if replacing is not None and _digest(place) != _digest_of(replacing.encode("utf-8")):
            raise SourceChangedError(f"{place} was changed meanwhile.", Retry())

    disk.make_folders(place.parent)
    disk.rewrite(place, text.encode("utf-8"), check)


def _digest(path: Path) -> str:
    with report_errors(path):
        return _digest_of(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))


def _digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
