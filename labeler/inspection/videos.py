"""Do the videos have the images that the rows need?"""

from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

import numpy as np

from labeler.dataset import Dataset
from labeler.dataset.layout import Camera, Integers
from labeler.errors import DamagedDatasetError
from labeler.file_kind import not_fetched
from labeler.inspection.oddity import Oddity, Severity
from labeler.inspection.video_warnings import video_warnings
from labeler.labels.wording import plural
from labeler.video.container import lacking_tags
from labeler.video.probe import VideoFacts, probe
from labeler.video.zeroed import zeroed_images

_STRAY = 3  # images; fewer than an episode has


def video_oddities(
    dataset: Dataset,
    on_file: Callable[[], None] = lambda: None,
    episodes: Collection[int] | None = None,
    seen: Callable[[str, VideoFacts], None] = lambda key, facts: None,
    *,
    thorough: bool = False,
) -> Iterator[Oddity]:
    """Probe the MP4 files, without decoding; `episodes` are those of interest, None means all.

    `seen` is told the camera key and the facts of every file that could be probed. Where it is to
    be `thorough`, every byte is read.
    """
    for camera in dataset.cameras:
        if camera.kind != "video":
            continue
        for file, found in dataset.layout.video_files(camera.key).items():
            wanted = found if episodes is None else found[np.isin(found, list(episodes))]
            if not len(wanted):
                continue
            path = dataset.local_file(file)
            if not path.is_file() or not_fetched(path):
                continue  # reported by the completeness check
            try:
                facts = probe(path, dataset.fps)
            except DamagedDatasetError as error:
                yield Oddity(Severity.ERROR, file, error.message)
                continue
            finally:
                on_file()
            seen(camera.key, facts)
            yield from _of_file(dataset, camera, file, wanted, facts)
            if thorough:
                yield from of_zeros(dataset, camera.key, file, wanted, zeroed_images(path))


def _of_file(
    dataset: Dataset, camera: Camera, file: str, episodes: Integers, facts: VideoFacts
) -> Iterator[Oddity]:
    yield from compare(dataset, camera.key, file, episodes, facts)
    yield from _of_tags(file, dataset.root / file)
    for sentence in video_warnings(dataset, camera.key, episodes, facts):
        yield Oddity(Severity.WARNING, file, f"{file}{sentence}")
    if (camera.height, camera.width) != (facts.height, facts.width):
        yield Oddity(
            Severity.NOTE,
            file,
            f"{file} is {facts.width}×{facts.height}, info.json says "
            f"{camera.width}×{camera.height}.",
        )


def _of_tags(file: str, path: Path) -> Iterator[Oddity]:
    if lacking := lacking_tags(path):
        yield Oddity(
            Severity.WARNING,
            file,
            f"{file} ends {plural(lacking, 'byte')} early, in the tags behind its index. No image "
            "is lost; restore the file if you can.",
        )


def of_zeros(
    dataset: Dataset, key: str, file: str, episodes: Integers, zeroed: Iterable[tuple[int, int]]
) -> Iterator[Oddity]:
    """What these episodes lack because bytes of images are 0; `zeroed` as `zeroed_images`."""
    starts = np.array([dataset.layout.video(int(e), key)[1] for e in episodes])
    firsts = np.round(starts * dataset.fps).astype(np.int64)
    for first, end in zeroed:
        hit = episodes[(firsts < end) & (firsts + dataset.lengths[episodes] > first)]
        if len(hit):
            yield Oddity(
                Severity.ERROR,
                file,
                f"{file}: bytes of image {first} are 0, so that the images from there to "
                f"{end - 1} cannot be decoded, or show something else; {_lacking(hit)}. Restore "
                "the file.",
            )


def _has_stray(dataset: Dataset, more: int) -> bool:
    """Whether images that no row is for may stand in front, and show all others too late.

    A file of v3.0 may go on with episodes that were taken out of the recording.
    """
    return more > 0 and (not dataset.info.format.shares_files or more <= _STRAY)


def _lacking(episodes: np.ndarray) -> str:
    if len(episodes) == 1:
        return f"episode {episodes[0]} lacks some"
    return f"{len(episodes)} episodes lack some, the first is episode {episodes.min()}"


def compare(
    dataset: Dataset, key: str, file: str, episodes: np.ndarray, facts: VideoFacts
) -> Iterator[Oddity]:
    """What a video lacks of the images that these episodes need, and what it has beyond."""
    starts = np.array([dataset.layout.video(int(e), key)[1] for e in episodes])
    ends = np.round(starts * dataset.fps).astype(np.int64) + dataset.lengths[episodes]
    short = episodes[ends > facts.present]
    if len(short):
        what = "is cut off: it" if facts.present < facts.frames else "is too short: it"
        yield Oddity(
            Severity.ERROR,
            file,
            f"{file} {what} has {plural(facts.present, 'image')}, its episodes need {ends.max()}; "
            f"{_lacking(short)}.",
        )
    elif _has_stray(dataset, int(facts.frames - ends.max())):
        yield Oddity(
            Severity.NOTE,
            file,
            f"{file} has {plural(facts.frames, 'image')} for {plural(int(ends.max()), 'row')}.",
        )
    if facts.fps and abs(facts.fps - dataset.fps) > 0.01 * dataset.fps:
        yield Oddity(
            Severity.WARNING,
            file,
            f"{file} plays at {facts.fps:.3g} frames per second, info.json says {dataset.fps:g}.",
        )
