"""What somebody who is labelling can do about an error of writing."""

from collections.abc import Iterator
from contextlib import contextmanager

from labeler.errors import BusyError, NoRoomError, RefusedError, StorageError

_CURES = {
    NoRoomError: "Free some room; labelling goes on as soon as there is some.",
    RefusedError: "Mend the rights of the folder, or keep the labels elsewhere with --labels.",
}
_CURE = "Check the disk; labelling goes on as soon as it works again."


@contextmanager
def labelling() -> Iterator[None]:
    """Give errors of writing the hint that helps in front of a window."""
    try:
        yield
    except BusyError:
        raise
    except StorageError as error:
        raise type(error)(error.message, _CURES.get(type(error), _CURE)) from error
