"""From a recording and labels to a guarded copy that LeRobot reads and that shares nothing.

A new copy is built in `<destination>.partial-…`, checked and renamed. An existing one is changed by
a transaction. Either way the recording is compared before and after.
"""

from contextlib import suppress
from pathlib import Path

from labeler import disk
from labeler.cures import Retry
from labeler.disk.lock import writing
from labeler.errors import BusyError, StorageError
from labeler.progress import Progress
from labeler.storage.copying.building import build_aside, check_untouched
from labeler.storage.copying.content import write_content
from labeler.storage.copying.preparation import PreparedCopy
from labeler.storage.copying.recovery import recover_locked
from labeler.storage.record.copy_record import CopyRecord, is_copy, read_record
from labeler.storage.record.transaction import Transaction


def write_copy(prepared: PreparedCopy, progress: Progress | None = None) -> Path:
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


def _build(prepared: PreparedCopy, progress: Progress) -> None:
    build_aside(
        prepared.destination,
        write=lambda path_of: write_content(prepared, path_of, progress).read_again,
        check_sources=lambda: _check_untouched(prepared),
        progress=progress,
    )


def _update(prepared: PreparedCopy, previous: CopyRecord, progress: Progress) -> None:
    transaction = Transaction(prepared.destination)
    try:
        with disk.sync_together():
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


def _check_same_copy(prepared: PreparedCopy) -> None:
    """Nobody may have written the destination since it was looked at."""
    root = prepared.destination
    now = read_record(root) if is_copy(root) else None
    if now != prepared.previous:
        raise BusyError(f"{root} was written meanwhile.", Retry())


def _check_untouched(prepared: PreparedCopy) -> None:
    plan = prepared.plan
    follow = plan.options.follow_links
    check_untouched(plan.source.root, prepared.source_state, follow_links=follow)
