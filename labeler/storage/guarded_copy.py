"""From a recording and labels to a guarded copy that LeRobot reads and that shares nothing.

A new copy is built in `<destination>.partial-…`, checked and renamed. An existing one is changed by
a transaction. Either way the recording is compared before and after.
"""

import secrets
from contextlib import suppress
from pathlib import Path

from labeler.dataset.files import state
from labeler.errors import BusyError, CheckFailedError, SourceChangedError, StorageError
from labeler.storage import disk
from labeler.storage.check import differences
from labeler.storage.content import write_content
from labeler.storage.lock import writing
from labeler.storage.preparation import Prepared
from labeler.storage.progress import Progress
from labeler.storage.record import CopyRecord, is_copy, read_record
from labeler.storage.recovery import recover_locked
from labeler.storage.transaction import Transaction


def write_copy(prepared: Prepared, progress: Progress | None = None) -> Path:
    """Write the copy, or bring an existing one up to date; its root comes back.

    Raises:
        StorageError: it could not be written; what was there before is still there.
        CheckFailedError: what was written is not what was meant; the new copy is removed.
    """
    progress = progress or Progress()
    with writing(prepared.destination):
        recover_locked(prepared.destination)
        _check_same_copy(prepared)
        if prepared.previous is None:
            _build(prepared, progress)
        else:
            _update(prepared, prepared.previous, progress)
    return prepared.destination


def _build(prepared: Prepared, progress: Progress) -> None:
    destination = prepared.destination
    partial = destination.with_name(f"{destination.name}.partial-{secrets.token_hex(4)}")

    def path_of(target: str) -> Path:
        disk.make_folders((partial / target).parent)
        return partial / target

    disk.make_folders(destination.parent)
    try:
        disk.make_new_folder(partial)
        write_content(prepared, path_of, progress)
        disk.sync_tree(partial)
        found = differences(partial, progress=progress)
        if found:
            raise CheckFailedError(
                f"The copy is not what it should be: {found[0]}",
                "Nothing was kept. Check the disk, then run the command again.",
            )
        _check_untouched(prepared)
        disk.rename(partial, destination)
    except BaseException:
        with suppress(StorageError):  # what went wrong first is what the user must know
            disk.remove_tree(partial)
        raise


def _update(prepared: Prepared, previous: CopyRecord, progress: Progress) -> None:
    transaction = Transaction(prepared.destination)
    try:
        content = write_content(prepared, transaction.path, progress)
        record = content.record
        gone = {*previous.files, *previous.rows} - {*record.files, *record.rows}
        for file in sorted(gone):
            transaction.remove(file)
        _check_untouched(prepared)
        transaction.prepare(content.digests)
        transaction.commit()
    except BaseException:
        with suppress(StorageError):
            transaction.discard()
        raise


def _check_same_copy(prepared: Prepared) -> None:
    """Nobody may have written the destination since it was looked at."""
    root = prepared.destination
    now = read_record(root) if is_copy(root) else None
    if now != prepared.previous:
        raise BusyError(f"{root} was written meanwhile.", "Run the command again.")


def _check_untouched(prepared: Prepared) -> None:
    root = prepared.plan.source.root
    if state(root) != prepared.source_state:
        raise SourceChangedError(
            f"{root} changed while it was read.",
            "Nothing was kept. Let the recording finish, then run the command again.",
        )
