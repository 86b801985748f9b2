"""Download a dataset into a new folder: gone on with after a break, every file verified."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labeler.cures import Retry
from labeler.dataset import open_dataset
from labeler.errors import HubError, HubUnreachableError, UsageError
from labeler.hub.local import holds
from labeler.hub.remote import INFO, Remote, read_remote
from labeler.labels.wording import episodes_text, plural
from labeler.progress import Progress
from labeler.remote.hub_connection import Connection, translate_errors
from labeler.remote.hub_files import HubFile, url_of
from labeler.storage.copying.download import PartialDownload

ATTEMPTS = 5
"""How often a file is gone on with that breaks off without a byte more."""
PAUSE = 1.0
"""Seconds before the second attempt; then twice as many each time."""
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Downloaded:
    """What was downloaded.

    episodes: the chosen ones; None for all
    left_out: files that are no part of a dataset
    """

    remote: Remote
    destination: Path
    files: int
    size: int
    episodes: tuple[int, ...] | None
    left_out: tuple[str, ...]


def download(
    connection: Connection,
    repo_id: str,
    destination: Path,
    *,
    revision: str | None = None,
    episodes: Sequence[int] | None = None,
    progress: Progress,
    aside: Path | None = None,
) -> Downloaded:
    """Download a dataset of one commit; what an interrupted download left is used.

    With `episodes`, only the files with these, which may hold others, too (v3.0); LeRobot then
    reads the folder only with `episodes=`. What is at the destination goes to `aside` at the end.

    Raises:
        UsageError: there is no such dataset or revision, or it lacks episodes.
        HubError: the Hub refuses, breaks off again and again, or sends something else.
        StorageError: the destination is no new folder, or writing failed.
    """
    with closing(PartialDownload(destination, repo_id, aside)) as partial:
        remote = _dataset(connection, repo_id, revision)
        files = {name: file for name, file in remote.files.items() if _belongs(name)}
        _remove_others(partial, files)
        chosen = files
        if episodes is not None:
            chosen = _meta(files)
            _fetch(connection, remote, partial, chosen, progress, "Downloading metadata")
            wanted = _of_episodes(partial.files, episodes)
            chosen |= {name: files[name] for name in wanted if name in files}
            _remove_others(partial, chosen)
        _fetch(connection, remote, partial, chosen, progress, "Downloading")
        partial.finish()
    size = sum(file.size for file in chosen.values())
    numbers = tuple(sorted(set(episodes))) if episodes is not None else None
    left_out = tuple(sorted(remote.files.keys() - files.keys()))
    return Downloaded(remote, partial.destination, len(chosen), size, numbers, left_out)


def _dataset(connection: Connection, repo_id: str, revision: str | None) -> Remote:
    remote = read_remote(connection, repo_id, revision)
    if INFO not in remote.files:
        raise UsageError(
            f"{repo_id} is not a LeRobot dataset: it has no {INFO}.", "Check the name."
        )
    return remote


def _belongs(name: str) -> bool:
    """Hidden files are the Hub's, or would be read as rows by LeRobot."""
    return not any(part.startswith(".") for part in name.split("/"))


def _meta(files: Mapping[str, HubFile]) -> dict[str, HubFile]:
    return {name: file for name, file in files.items() if not name.startswith(_BULK)}


_BULK = ("data/", "videos/", "images/")


def _of_episodes(root: Path, episodes: Sequence[int]) -> set[str]:
    """Files with the rows and videos of some episodes."""
    with open_dataset(root) as dataset:
        absent = [episode for episode in episodes if not 0 <= episode < len(dataset)]
        if absent:
            raise UsageError(
                f"The dataset has {plural(len(dataset), 'episode')}, not {episodes_text(absent)}.",
                "Episodes are counted from 0.",
            )
        videos = [camera.key for camera in dataset.cameras if camera.kind == "video"]
        rows = {dataset.layout.data_file(episode) for episode in episodes}
        return rows | {dataset.layout.video(e, key)[0] for e in episodes for key in videos}


def _remove_others(partial: PartialDownload, files: Mapping[str, HubFile]) -> None:
    """What an earlier attempt left of another revision."""
    for path in sorted(partial.files.rglob("*")):
        name = path.relative_to(partial.files).as_posix()
        if path.is_file() and name not in files:
            partial.remove(name)


def _fetch(
    connection: Connection,
    remote: Remote,
    partial: PartialDownload,
    files: Mapping[str, HubFile],
    progress: Progress,
    phase: str,
) -> None:
    progress.begin(phase, sum(file.size for file in files.values()), len(files))
    for name, file in sorted(files.items()):
        path = partial.path(name)
        if path.is_file() and holds(path, file):
            progress.advance(file.size)
        else:
            if path.exists():
                partial.remove(name)
            _fetch_file(connection, remote, partial, name, file, progress)
        progress.file_done()


def _fetch_file(
    connection: Connection,
    remote: Remote,
    partial: PartialDownload,
    name: str,
    file: HubFile,
    progress: Progress,
) -> None:
    if partial.size(name) > file.size:
        partial.discard(name)
    progress.advance(partial.size(name))
    failures = 0
    while partial.size(name) < file.size or not partial.part(name).exists():
        before = partial.size(name)
        try:
            with translate_errors(remote.repo_id):
                _append(connection, remote, partial, name, file, progress)
        except HubUnreachableError:
            failures = 1 if partial.size(name) > before else failures + 1
            if failures >= ATTEMPTS:
                raise
            time.sleep(PAUSE * 2 ** (failures - 1))
    if not holds(partial.part(name), file):
        partial.discard(name)
        raise HubError(
            f"{remote.repo_id}: {name} does not have the content that the Hub's list gives.",
            "It was thrown away.",
            Retry(),
        )
    partial.accept(name)


def _append(
    connection: Connection,
    remote: Remote,
    partial: PartialDownload,
    name: str,
    file: HubFile,
    progress: Progress,
) -> None:
    """Append what is missing of a file, as far as it comes."""
    first = partial.size(name)
    url = url_of(connection, remote.repo_id, name, remote.commit)
    with connection.stream(url, first) as response, partial.appending(name) as part:
        told = response.headers.get("X-Repo-Commit", remote.commit)
        if told != remote.commit:
            raise HubError(
                f"{remote.repo_id}: {name} comes from commit {told}, not from {remote.commit}.",
                "Try again later.",
            )
        if first and response.status_code != 206:
            part.cut(0)  # the server sends the whole file again
            progress.advance(-first)
            first = 0
        for block in _blocks(response):
            first += len(block)
            if first > file.size:
                raise HubError(
                    f"{remote.repo_id}: {name} is longer than the Hub's list says.",
                    Retry(),
                )
            part.append(block)
            progress.advance(len(block))
    if first < file.size:
        raise HubUnreachableError(
            f"The connection to the Hub broke off in the middle of {name}.", Retry()
        )


def _blocks(response: Any) -> Iterator[bytes]:  # noqa: ANN401 - of httpx or httpx2
    """What comes, in blocks that are worth a sync; what came before a break is not lost."""
    block = bytearray()
    try:
        for some in response.iter_bytes():
            block += some
            if len(block) >= _BLOCK:
                yield bytes(block)
                block.clear()
    except Exception:
        yield bytes(block)
        raise
    yield bytes(block)
