"""The one rule for every file and folder that a command is told to write.

What is there already is refused, unless the same command wrote it and nobody has changed it since,
or the user says that it may be replaced. Labels that are replaced then are kept beside it, so that
no decision of a person is ever lost, and so are whole folders that a command did not write itself.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from labeler.console.output import note
from labeler.cures import (
    ChooseAnotherFolder,
    Cure,
    GiveFileName,
    OverwriteOrChooseAnother,
    RetryAfter,
)
from labeler.errors import BusyError, LabelError, RefusedError
from labeler.labels.dialects import dialect_of
from labeler.storage.labels.label_files import keep_label_file
from labeler.storage.labels.open_label_file import JOURNAL
from labeler.storage.program.written_files import (
    name_aside,
    remember_written,
    remove_written,
    was_written,
    writer_of,
)
from labeler.storage.record.copy_record import LABELS

__all__ = [
    "is_untouched",
    "labels_beside",
    "output_file",
    "output_folder",
    "place_aside",
    "remember_written",
    "require_free",
    "say_kept",
]


@contextmanager
def output_file(
    path: Path,
    command: str,
    *,
    overwrite: bool = False,
    continues: bool = False,
    cures: tuple[Cure | str, ...] = (),
) -> Iterator[Path]:
    """The absolute path of a file that a command writes in the block, if it may.

    `continues` says that what is written holds all decisions of the file that is there already;
    `cures` are what would help beside those that hold for every command.

    Raises:
        RefusedError: there is a folder, or a file that is not to be replaced.
        BusyError: there are labels that a window has not finished writing.
    """
    place = path.expanduser().absolute()
    require_free(place, command, overwrite=overwrite or continues, cures=cures)
    kept = None if continues else _keep_labels(place, command)
    yield place
    if kept is not None:
        note(f"The labels that were in {place} are kept in {kept}.")
    remember_written(place, command)


def require_free(
    place: Path, command: str, *, overwrite: bool, cures: tuple[Cure | str, ...] = ()
) -> None:
    """Refuse an absolute path at which `output_file` would not write.

    Raises:
        RefusedError: there is a folder, or a file that is not to be replaced.
        BusyError: there are labels that a window has not finished writing.
    """
    if place.is_dir():
        raise RefusedError(f"{place} is a folder.", GiveFileName())
    if not place.exists() and not place.is_symlink():
        return
    if place.with_name(f"{place.name}{JOURNAL}").exists():
        raise BusyError(
            f"Decisions that were made in a window on {place} are not in the file yet.",
            RetryAfter("Close that window, or open the recording again"),
        )
    if overwrite or writer_of(place) == command:
        return
    what = "was changed since it was written" if was_written(place, command) else "exists already"
    raise RefusedError(f"{place} {what}.", *cures, OverwriteOrChooseAnother())


@contextmanager
def output_folder(
    path: Path, command: str, *, overwrite: bool = False, sources: Iterable[Path] = ()
) -> Iterator[Path | None]:
    """The place for what is in the folder that a command writes in the block; None where it is new.

    `sources` are only read: none may be the folder, or in it. Afterwards the old folder is removed
    if the command wrote it and nobody has changed it since; otherwise it stays aside, which is
    said.

    Raises:
        RefusedError: there is a file, a link, a source, or a folder that is not to be replaced.
    """
    place = path.expanduser().absolute()
    own = writer_of(place) == command
    aside = place_aside(place, command, overwrite=overwrite, sources=sources)
    try:
        yield aside
    except BaseException:
        say_kept(place, aside)
        raise
    if own and aside is not None:
        _remove_own(place, aside)
    say_kept(place, aside)
    remember_written(place, command)


def place_aside(
    place: Path,
    command: str,
    *,
    overwrite: bool,
    sources: Iterable[Path] = (),
    cure: Cure = OverwriteOrChooseAnother(),  # noqa: B008 - a constant
) -> Path | None:
    """Where what is in a folder goes that a command is to write; None where there is none.

    Raises:
        RefusedError: there is a file, a link, a source, or a folder that is not to be replaced.
    """
    if place.is_symlink() or (place.exists() and not place.is_dir()):
        what = "a link; nothing is written through links" if place.is_symlink() else "a file"
        raise RefusedError(f"{place} is {what}.", ChooseAnotherFolder())
    if not place.exists() or not any(place.iterdir()):
        return None
    for source in sources:
        there = source.expanduser().resolve()
        if place.resolve() in (there, *there.parents):
            what = f"{place} holds {source}, which is only read."
            raise RefusedError(what, ChooseAnotherFolder())
    if not overwrite and writer_of(place) != command:
        changed = was_written(place, command)
        what = "was changed since it was written" if changed else "exists already"
        raise RefusedError(f"{place} {what}.", cure)
    return name_aside(place)


def say_kept(place: Path, aside: Path | None) -> None:
    """Say where what was in a folder is kept, if it is."""
    if aside is not None and aside.exists():
        note(f"What was in {place} is kept in {aside}.")


def _remove_own(place: Path, aside: Path) -> None:
    """Remove what a command wrote and has replaced, but for labels that are no longer there."""
    old, new = aside / LABELS, place / LABELS
    if old.is_file() and not (new.is_file() and new.read_bytes() == old.read_bytes()):
        kept = keep_label_file(old, datetime.now(UTC), beside=labels_beside(place))
        note(f"The labels that were in {place} are kept in {kept}.")
    remove_written(aside)


def labels_beside(folder: Path) -> Path:
    """Where labels that are no longer in a copy are kept: beside it, under this name and more."""
    return folder.with_name(f"{folder.name}.labels.json")


def is_untouched(place: Path, command: str) -> bool:
    """Whether a command may write a file without asking: there is none, or only its own."""
    return not place.exists() or writer_of(place) == command


def _keep_labels(place: Path, command: str) -> Path | None:
    """Keep labels that are about to be replaced beside them; None where there are none."""
    if not place.is_file() or writer_of(place) == command:
        return None
    try:
        dialect_of(place)
    except LabelError:
        return None
    return keep_label_file(place, datetime.now(UTC))
