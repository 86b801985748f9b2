"""Where files of a dataset lie: path templates of `info.json`, which never leave its folder."""

import re
import string
from pathlib import Path, PurePosixPath, PureWindowsPath

from labeler.errors import DamagedDatasetError, UnsafePathError

_CURE = "Do not use this dataset before you know who wrote its info.json."
_INTEGER_FORMAT = re.compile(r"0?\d{0,2}d?")


class PathTemplate:
    """A template such as `data/chunk-{episode_chunk:03d}/episode_{episode_index:06d}.parquet`.

    Raises:
        UnsafePathError: it is absolute, climbs with `..`, or asks for more than plain fields.
        DamagedDatasetError: a needed field is not in it, so that files would share a name.
    """

    def __init__(
        self, text: str, fields: frozenset[str], needed: frozenset[str] = frozenset()
    ) -> None:
        self.text = text
        try:
            parts = list(string.Formatter().parse(text))
        except ValueError as error:
            raise UnsafePathError(f"{text!r} is not a path template.", _CURE) from error
        for _, name, spec, conversion in parts:
            if name is None:
                continue
            if name not in fields or conversion or not _INTEGER_FORMAT.fullmatch(spec or ""):
                raise UnsafePathError(f"The path template {text!r} asks for {{{name}}}.", _CURE)
        if missing := sorted(needed - {name for _, name, _, _ in parts}):
            raise DamagedDatasetError(
                f"The path template {text!r} has no {{{missing[0]}}}, so several files would have "
                "one name.",
                "Restore meta/info.json from the recording or a backup.",
            )
        check_inside("".join(literal + ("0" if name else "") for literal, name, _, _ in parts))

    def expand(self, **values: int | str) -> str:
        """Relative path, with `/`, for one episode or file."""
        try:
            path = self.text.format(**values)
        except (KeyError, ValueError, IndexError) as error:
            raise DamagedDatasetError(
                f"The path template {self.text!r} cannot be filled ({error}).",
                "Check data_path and video_path in meta/info.json.",
            ) from error
        check_inside(path)
        return path


def check_inside(path: str) -> None:
    """Refuse a path that does not stay below the folder it is joined to.

    Raises:
        UnsafePathError: it is absolute, has a drive, a backslash, a `..`, or is empty.
    """
    posix, windows = PurePosixPath(path), PureWindowsPath(path)
    climbs = ".." in posix.parts or ".." in windows.parts
    if not posix.parts or posix.is_absolute() or windows.drive or windows.root or climbs:
        raise UnsafePathError(f"The path {path!r} leads out of the dataset's folder.", _CURE)
    if "\\" in path or "\0" in path:
        raise UnsafePathError(f"The path {path!r} holds a forbidden character.", _CURE)


def list_files(root: Path, folder: str) -> tuple[str, ...]:
    """Parquet files LeRobot v3.0 reads below `folder`: every `*/*.parquet`, sorted, relative."""
    found = sorted((root / folder).glob("*/*.parquet"))
    return tuple(path.relative_to(root).as_posix() for path in found)
