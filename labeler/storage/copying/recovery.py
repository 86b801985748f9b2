"""Cleaning up after a write that was interrupted."""

import re
from pathlib import Path

from labeler import disk
from labeler.disk.lock import lock_file, writing
from labeler.storage.copying.destination import check_name
from labeler.storage.record import transaction

_PARTIAL = re.compile(r"\.partial-[0-9a-f]{8}")


def recover(destination: Path) -> list[str]:
    """Bring a copy into one state and remove partial ones; sentences say what was done.

    Raises:
        RefusedError: there can be no copy at that place, for instance because it is a link.
        BusyError: another process is writing it right now.
        InterruptedCopyError: the change can neither be completed nor undone.
    """
    destination = destination.expanduser().absolute()
    check_name(destination)
    if not _left_over(destination):
        return []  # where nothing is to be done nothing is written, not even a lock
    with writing(destination):
        return recover_locked(destination)


def _left_over(destination: Path) -> bool:
    """Whether somebody is writing there, or did not come to an end."""
    unfinished = destination.is_dir() and transaction.is_unfinished(destination)
    return unfinished or lock_file(destination).exists() or bool(partial_copies(destination))


def recover_locked(destination: Path) -> list[str]:
    """The same for a caller that holds the lock."""
    done = []
    for folder in partial_copies(destination):
        disk.remove_tree(folder)
        done.append(f"The partial copy {folder} was removed.")
    if destination.is_dir():
        sentence = transaction.recover(destination)
        done += [sentence] if sentence else []
    return done


def partial_copies(destination: Path) -> list[Path]:
    """Folders that an interrupted write to `destination` left behind."""
    if not destination.parent.is_dir():
        return []
    return sorted(
        path
        for path in destination.parent.iterdir()
        if path.name.startswith(destination.name)
        and _PARTIAL.fullmatch(path.name.removeprefix(destination.name))
    )
