"""Building a dataset beside its place: it appears under its name when it is complete."""

import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from labeler import disk
from labeler.cures import RetryAfter
from labeler.dataset.files import FileFacts, state
from labeler.errors import CheckFailedError, SourceChangedError, StorageError
from labeler.progress import Progress
from labeler.storage.checking.check import differences
from labeler.storage.record.label_metadata import PathOf


def build_aside(
    destination: Path,
    *,
    write: Callable[[PathOf], Mapping[str, str]],
    check_sources: Callable[[], None],
    progress: Progress,
    aside: Path | None = None,
) -> None:
    """Write into `<destination>.partial-…`, check that, sync it to the disk and rename it.

    `write` is given the place of each relative path; it gives the SHA-256 of those files that it
    has read again since. `check_sources` raises if a source changed meanwhile. Whatever is raised,
    nothing is left but what was there before. A folder that has
    the name already goes to `aside`, once the new one is complete.

    Raises:
        CheckFailedError: what was written is not what was meant.
        StorageError: it could not be written.
    """
    partial = destination.with_name(f"{destination.name}.partial-{secrets.token_hex(4)}")

    def path_of(target: str) -> Path:
        disk.make_folders((partial / target).parent)
        return partial / target

    disk.make_folders(destination.parent)
    try:
        disk.make_new_folder(partial)
        with disk.sync_together():
            read_again = write(path_of)
        disk.sync_tree(partial)
        if found := differences(partial, progress=progress, read_again=read_again):
            what = f"The copy is not what it should be: {found[0]}"
            raise CheckFailedError(what, "Nothing was kept.", RetryAfter("Check the disk"))
        check_sources()
        disk.put_in_place(partial, destination, aside)
    except BaseException:
        with suppress(StorageError):  # what went wrong first is what the user must know
            disk.remove_tree(partial)
        raise


def check_untouched(
    root: Path, before: Mapping[str, FileFacts], *, follow_links: bool = False
) -> None:
    """Compare size and time of every file of a source with those before.

    Raises:
        SourceChangedError: something changed.
        DamagedDatasetError: it is not there any more.
    """
    if state(root, follow_links=follow_links) != before:
        raise SourceChangedError(
            f"{root} changed while it was read.",
            "Nothing was kept.",
            RetryAfter("Wait until the recording is finished"),
        )
