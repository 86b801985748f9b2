"""What somebody who is labelling can do about an error of writing."""

from collections.abc import Iterator
from contextlib import contextmanager

from labeler.errors import BusyError, NoRoomError, RefusedError, StorageError

_CURES: dict[type[StorageError], str] = {
    NoRoomError: "Free some room; labelling continues as soon as there is some.",
}
_CURE = "Check the disk; labelling continues as soon as it works again."


@contextmanager
def labelling(refused: str = "Fix the permissions of the file and its folder.") -> Iterator[None]:
    """Give errors of writing the hint that helps in front of a window; `refused` is one of them."""
    cures = {**_CURES, RefusedError: refused}
    try:
        yield
    except BusyError:
        raise
    except StorageError as error:
        raise type(error)(error.message, cures.get(type(error), _CURE)) from error
