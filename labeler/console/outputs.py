"""The one rule for every file that a command is told to write.

A file that is there already is refused, unless the same command wrote it and nobody has changed it
since, or the user says that it may be replaced. Labels that are replaced then are kept beside it,
so that no decision of a person is ever lost.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from labeler.console.output import note
from labeler.cures import Cure, GiveFileName, OverwriteOrChooseAnother, RetryAfter
from labeler.errors import BusyError, LabelError, RefusedError
from labeler.labels.dialects import dialect_of
from labeler.storage.labels.label_files import keep_label_file
from labeler.storage.labels.open_label_file import JOURNAL
from labeler.storage.program.written_files import remember_written, was_written, writer_of


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
    kept = None if continues else _kept_labels(place, command)
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


def is_untouched(place: Path, command: str) -> bool:
    """Whether a command may write a file without asking: there is none, or only its own."""
    return not place.exists() or writer_of(place) == command


def _kept_labels(place: Path, command: str) -> Path | None:
    """Keep labels that are about to be replaced beside them; None where there are none."""
    if not place.is_file() or writer_of(place) == command:
        return None
    try:
        dialect_of(place)
    except LabelError:
        return None
    return keep_label_file(place, datetime.now(UTC))
