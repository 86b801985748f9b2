"""Where a copy may be written, and where not."""

from collections.abc import Iterable
from pathlib import Path

from labeler import disk
from labeler.cures import ChooseAnotherFolder, MakeRoom, RemoveOrChooseAnother
from labeler.dataset.completeness import PATTERN_SIGNS
from labeler.errors import CheckFailedError, NoRoomError, RefusedError
from labeler.storage.record.copy_record import CopyRecord, is_copy, read_record
from labeler.storage.record.merge_record import is_merge

_ELSEWHERE = ChooseAnotherFolder()


def default_destination(source: Path, ending: str = "labeled") -> Path:
    """`<source>_<ending>`, beside the source, without what LeRobot takes for a pattern."""
    name = "".join("_" if sign in PATTERN_SIGNS else sign for sign in source.name)
    return source.with_name(f"{name}_{ending}")


def check_destination(source: Path, destination: Path) -> CopyRecord | None:
    """Refuse a destination that could harm something; the record of a copy to update comes back.

    Raises:
        RefusedError: it is the source, inside or above it, a link, a name that LeRobot's tools
            delete, or a folder that holds anything but a copy of ours.
    """
    check_name(destination)
    _check_place(source, destination)
    if not destination.exists() or (destination.is_dir() and not any(destination.iterdir())):
        return None
    if is_merge(destination):
        raise RefusedError(
            f"{destination} is a dataset that was merged from recordings, not a copy of one.",
            "Nothing was written.",
            _ELSEWHERE,
        )
    if not is_copy(destination):
        raise RefusedError(
            f"{destination} exists and is not a copy made by Labeler.",
            "Nothing was written.",
            _ELSEWHERE,
        )
    try:
        return read_record(destination)
    except CheckFailedError as error:
        raise RefusedError(error.message, RemoveOrChooseAnother()) from error


def check_new_destination(
    sources: Iterable[Path], destination: Path, *, replaces: bool = False
) -> None:
    """Refuse a destination that could harm something, or that is not empty unless it `replaces`.

    Raises:
        RefusedError: it is one of the sources, inside or above it, a link, a name that LeRobot's
            tools delete, or a folder that holds anything and is not to be replaced.
    """
    check_name(destination)
    for source in sources:
        _check_place(source, destination)
    if not replaces and destination.exists() and any(destination.iterdir()):
        raise RefusedError(
            f"{destination} exists and is not empty.", "Nothing was written.", _ELSEWHERE
        )


def sibling_warnings(destination: Path) -> list[str]:
    """Sentences about siblings that LeRobot's tools delete or mistake for the copy."""
    return [
        f"{sibling.name} lies beside the copy: LeRobot's edit and conversion tools delete or "
        f"convert a folder of that name when they work on {destination.name}."
        for suffix in ("_old", "_v30")
        if (sibling := destination.with_name(destination.name + suffix)).exists()
    ]


def check_room(destination: Path, wanted: int) -> None:
    """Refuse to begin what cannot be finished.

    Raises:
        NoRoomError: fewer than `wanted` bytes are free.
    """
    free = free_room(destination)
    if free < wanted:
        raise NoRoomError(
            f"The copy needs {wanted / 1e6:,.1f} MB; {free / 1e6:,.1f} MB are free at "
            f"{destination.parent}.",
            MakeRoom(),
        )


def free_room(destination: Path) -> int:
    """Bytes that may still be written where a copy would go."""
    return disk.free_bytes(destination.parent)


def check_name(destination: Path) -> None:
    """Refuse a place that could never become a copy.

    Raises:
        RefusedError: it is a link or a file, has a name that LeRobot's tools delete or take for a
            pattern, or one that the file system does not take.
    """
    for suffix in ("_old", "_v30"):
        if destination.name.endswith(suffix):
            raise RefusedError(
                f"LeRobot's tools delete folders whose name ends in {suffix!r}.", _ELSEWHERE
            )
    if any(sign in str(destination) for sign in PATTERN_SIGNS):
        raise RefusedError(
            f"LeRobot takes {destination} for a pattern, because of "
            f"{' and '.join(sign for sign in PATTERN_SIGNS if sign in str(destination))} in it.",
            _ELSEWHERE,
        )
    try:
        destination.lstat()
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise RefusedError(f"{destination} cannot be created: {reason}.", _ELSEWHERE) from error
    if destination.is_symlink():
        raise RefusedError(
            f"{destination} is a link; nothing is written through links.", _ELSEWHERE
        )
    if not destination.is_dir():
        raise RefusedError(f"{destination} is a file.", _ELSEWHERE)


def _check_place(source: Path, destination: Path) -> None:
    if _same(source, destination):
        what = "is the recording itself"
    elif any(_same(source, folder) for folder in destination.resolve().parents):
        what = "lies inside the recording"
    elif any(_same(destination, folder) for folder in source.resolve().parents):
        what = "holds the recording"
    else:
        return
    raise RefusedError(f"{destination} {what}.", "Nothing was written.", _ELSEWHERE)


def _same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)
