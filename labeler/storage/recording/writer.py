"""Writes a whole recording: aside first, then under its name."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import assert_never

from labeler import disk
from labeler.cures import RemoveOrChooseAnother
from labeler.errors import RefusedError, StorageError
from labeler.storage.recording.episode import EpisodeMaker
from labeler.storage.recording.layout import RecordingLayout
from labeler.storage.recording.specification import EpisodeFrames, RecordingSpec
from labeler.storage.recording.v2 import RecordingLayoutV2
from labeler.storage.recording.v3 import RecordingLayoutV3

OnEpisode = Callable[[int], None]


def write_recording(
    root: Path,
    spec: RecordingSpec,
    episodes: Iterable[EpisodeFrames],
    on_episode: OnEpisode = lambda index: None,
) -> None:
    """Write a LeRobot dataset to `root`, an episode at a time.

    `on_episode` is called with the index of every episode that is done. Cameras are encoded at
    the same time in threads. The folder appears under its name when it is complete.

    Raises:
        RefusedError: `root` exists and is not an empty folder.
        StorageError: the disk or the encoder fails; nothing is left at `root`.
        ValueError: an episode does not fit `spec`, or there is none.
    """
    if root.is_symlink() or (root.exists() and not _empty_folder(root)):
        raise RefusedError(f"{root} exists already.", RemoveOrChooseAnother())
    disk.make_folders(root.parent)
    partial = root.with_name(f"{root.name}.partial-{os.getpid()}")
    disk.make_new_folder(partial)
    try:
        _write(partial, spec, episodes, on_episode)
        disk.sync_tree(partial)
        disk.rename(partial, root)
    except BaseException:
        with suppress(StorageError):
            disk.remove_tree(partial)
        raise


def _empty_folder(path: Path) -> bool:
    return path.is_dir() and not any(path.iterdir())


def _write(
    root: Path, spec: RecordingSpec, episodes: Iterable[EpisodeFrames], on_episode: OnEpisode
) -> None:
    layout: RecordingLayout
    match spec.format.files:
        case "shared":
            layout = RecordingLayoutV3(root, spec)
        case "of one episode":
            layout = RecordingLayoutV2(root, spec)
        case other:
            assert_never(other)
    tasks: dict[str, int] = {}
    with ThreadPoolExecutor(max_workers=max(1, len(spec.cameras))) as executor:
        maker = EpisodeMaker(spec, executor)
        for frames in episodes:
            episode = maker.ready(frames, tasks.setdefault(frames.task, len(tasks)))
            layout.add(episode)
            on_episode(episode.index)
    if not tasks:
        raise ValueError("A recording has at least one episode.")
    layout.finish(list(tasks))
