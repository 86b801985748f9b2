"""What somebody who is labelling can do about an error of writing."""

from collections.abc import Iterator
from contextlib import contextmanager

from labeler.cures import KeepLabelsElsewhere
from labeler.errors import BusyError, NoRoomError, RefusedError, StorageError

PERMISSIONS = "Fix the permissions of the file and its folder."
_ROOM = "Free some room; labelling continues as soon as there is some."
_CHECK = "Check the disk; labelling continues as soon as it works again."


@contextmanager
def labelling(refused: str = PERMISSIONS, *, movable: bool = True) -> Iterator[None]:
    """Give errors of writing the cures that help in front of a window.

    `refused` is what helps where writing is not allowed. What is `movable` can lie elsewhere:
    labels do, settings do not.
    """
    more = (KeepLabelsElsewhere(),) if movable else ()
    first: dict[type[StorageError], str] = {NoRoomError: _ROOM, RefusedError: refused}
    try:
        yield
    except BusyError:
        raise
    except StorageError as error:
        here = first.get(type(error), _CHECK)
        raise type(error)(error.message, here, *more) from error
