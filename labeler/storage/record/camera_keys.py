"""Cameras that get another key in a copy, wherever their key stands.

Metadata: `features` of `info.json`, the statistics, `crop_params.json`, and in v3.0 the columns
`videos/KEY/…` and `stats/KEY/…` of `meta/episodes`. Files: MP4s, whose path holds the key, and the
folders `images/KEY` that LeRobot's recorder may leave behind. Rows: the column of an image camera.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from labeler.cures import Advice
from labeler.dataset import Dataset
from labeler.errors import UsageError

NewKeys = Mapping[str, str]
"""New key by old key; a camera that is not in it keeps its key."""

Value = TypeVar("Value")

_FORBIDDEN = '/\\[]*?:"<>|'
"""LeRobot allows no slash in a key, its readers take brackets for patterns; the rest is Windows."""


def keys_within(source: Dataset, new: NewKeys) -> dict[str, str]:
    """Those of the new keys that are for cameras of `source`."""
    return {camera.key: new[camera.key] for camera in source.cameras if camera.key in new}


def check_merged_keys(sources: Sequence[Dataset], new: NewKeys) -> None:
    """Refuse keys that no camera of any source has, or that a source cannot give its camera.

    Raises:
        UsageError: with what the cameras are called.
    """
    cameras = list(dict.fromkeys(camera.key for source in sources for camera in source.cameras))
    for old in new:
        if old not in cameras:
            known = f"Their cameras are {', '.join(cameras)}." if cameras else "They have none."
            raise UsageError(f"No source has a camera {old!r}.", Advice(known))
    for source in sources:
        check_new_keys(source, keys_within(source, new))


def check_new_keys(source: Dataset, new: NewKeys) -> None:
    """Refuse keys that no camera of `source` has, that are in use, or that LeRobot cannot read.

    Raises:
        UsageError: with what the cameras are called.
    """
    cameras = [camera.key for camera in source.cameras]
    in_use = set(source.info.features) - set(new)
    for old, key in new.items():
        if old not in cameras:
            known = f"Its cameras are {', '.join(cameras)}." if cameras else "It has no cameras."
            raise UsageError(f"{source.root} has no camera {old!r}.", Advice(known))
        if key in in_use:
            raise UsageError(
                f"{source.root} has a column or camera {key!r} already.", "Choose another key."
            )
        if not key.strip(".") or any(sign in _FORBIDDEN or sign < " " for sign in key):
            raise UsageError(
                f"{key!r} cannot be the key of a camera: it names a folder, and LeRobot's readers "
                "must find it.",
                "Use letters, digits, dots and underscores, as in observation.images.wrist.",
            )
        in_use.add(key)


def rename_entries(entries: Mapping[str, Value], new: NewKeys) -> dict[str, Value]:
    """Entries by camera key, or by any other name, with the new keys in the old order."""
    return {new.get(name, name): value for name, value in entries.items()}


def episode_columns(names: Iterable[str], new: NewKeys) -> dict[str, str]:
    """New names of those columns of `meta/episodes` that are about a camera with a new key."""
    prefixes = {f"{kind}/{old}/": f"{kind}/{key}/" for kind in _KINDS for old, key in new.items()}
    return {
        name: key + name.removeprefix(prefix)
        for name in names
        for prefix, key in prefixes.items()
        if name.startswith(prefix)
    }


_KINDS = ("videos", "stats")


def image_file(file: str, new: NewKeys) -> str:
    """Path of an image that LeRobot left behind; any other path stays."""
    folder, _, rest = file.removeprefix("images/").partition("/")
    return f"images/{new[folder]}/{rest}" if file.startswith("images/") and folder in new else file
