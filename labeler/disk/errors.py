"""What the operating system says of files, in sentences that a user can act on."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from labeler.cures import ChooseAnotherFolder, FixPermissions, MakeRoom, RetryAfter
from labeler.errors import NoRoomError, RefusedError, SourceChangedError, StorageError


@contextmanager
def report_errors(path: Path) -> Iterator[None]:
    """Turn an OSError into the sentence a user can act on; the cause is kept."""
    try:
        yield
    except OSError as error:
        raise _storage_error(error, path) from error


def _storage_error(error: OSError, path: Path) -> StorageError:
    reason = os.strerror(error.errno) if error.errno else str(error)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return NoRoomError(f"The disk is full at {path}.", MakeRoom())
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return RefusedError(f"{path} cannot be written: {reason}.", FixPermissions())
    if error.errno == errno.EEXIST:
        return RefusedError(f"{path} exists already.", ChooseAnotherFolder())
    return StorageError(f"Writing {path} failed: {reason}.", RetryAfter("Check the disk"))


@contextmanager
def report_source_errors(source: Path) -> Iterator[None]:
    """Turn an OSError about a file of the recording, which cannot be read, or no longer."""
    try:
        yield
    except OSError as error:
        raise SourceChangedError(
            f"{source} cannot be read: {error.strerror}.",
            "Nothing was kept.",
            RetryAfter("Make the recording available again"),
        ) from error
