"""Does a copy hold what its source holds?"""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa

from labeler.dataset import Dataset
from labeler.dataset.files import sha256
from labeler.dataset.fingerprint import fingerprint
from labeler.labels.wording import plural
from labeler.progress import Progress
from labeler.storage.record.camera_keys import NewKeys, keys_within
from labeler.storage.record.copy_record import CopyRecord
from labeler.storage.record.merge_record import MergeRecord, own_columns
from labeler.storage.record.selection import Kept


def source_differences(
    copy: Dataset, source: Dataset, record: CopyRecord | MergeRecord, progress: Progress
) -> Iterator[str]:
    """Sentences about rows, videos and images that differ from the source's.

    Column by column, for every kept frame; label columns and, where rows were left out, the
    numbering are not compared. Videos are compared byte by byte. Of a merged dataset, only the
    episodes of this source are compared.
    """
    progress.begin("Comparing with the recording", copy.total_frames, len(copy))
    identity = fingerprint(source, missing_ok=True)  # files of episodes that were left out
    kept = _episodes_in_source(record, identity)
    if not kept or (isinstance(record, CopyRecord) and identity != record.source.fingerprint):
        yield _not_as_copied(source, record)
    if not kept:
        return
    if max(part.episode for part in kept.values()) >= len(source):
        yield f"{source.root} has only {plural(len(source), 'episode')}."
        return
    own = set(own_columns(record))
    names = [column.name for column in source.columns if column.name not in own]
    names += [camera.key for camera in source.cameras if camera.kind == "image"]
    new = keys_within(source, record.options.camera_keys)
    names = [name for name in names if new.get(name, name) not in _columns_left_out(record)]
    one_source = isinstance(record, CopyRecord)
    alike = _same_files(copy, source, kept, names, new) if one_source else set()
    for episode, part in kept.items():
        if copy.layout.data_file(episode) not in alike:
            yield from _rows(copy, source, episode, part, names, new)
        progress.advance(len(part))
    yield from _videos(copy, source, kept, _columns_left_out(record), new)


def _not_as_copied(source: Dataset, record: CopyRecord | MergeRecord) -> str:
    """Whether the recording changed, or is perhaps another one, which its place tells."""
    sources = record.sources if isinstance(record, MergeRecord) else [record.source]
    places = [Path(one.path) for one in sources]
    if any(place.exists() and place.samefile(source.root) for place in places):
        return f"{source.root} is not as it was when it was copied."
    made = " and ".join(map(str, places))
    return f"{source.root} is another recording than {made}, or has changed since it was copied."


def _episodes_in_source(record: CopyRecord | MergeRecord, identity: str) -> Mapping[int, Kept]:
    """What episodes of the copy were in the source."""
    if isinstance(record, MergeRecord):
        return record.of_source(identity)
    return dict(enumerate(record.selection()))


def _columns_left_out(record: CopyRecord | MergeRecord) -> Collection[str]:
    return record.dropped if isinstance(record, MergeRecord) else ()


def _same_files(
    copy: Dataset, source: Dataset, kept: Mapping[int, Kept], names: list[str], new: NewKeys
) -> set[str]:
    """Data files whose rows are all equal; the others are looked at episode by episode."""
    alike = set()
    there = source.layout.data_files()
    for file, episodes in copy.layout.data_files().items():
        same = all(kept[episode].episode == episode for episode in episodes.tolist())
        if same and np.array_equal(there.get(file, []), episodes):
            here = [new.get(name, name) for name in names]
            one, other = copy.file_rows(file, here), source.file_rows(file, names)
            if all(_same(one[new.get(name, name)], other[name]) for name in names):
                alike.add(file)
    return alike


def _rows(
    copy: Dataset, source: Dataset, episode: int, kept: Kept, names: list[str], new: NewKeys
) -> Iterator[str]:
    there = source.rows(kept.episode, names).slice(kept.start, len(kept))
    here = copy.rows(episode, [new.get(name, name) for name in names])
    for name in names:
        if not _same(here[new.get(name, name)], there[name]):
            yield f"Episode {episode}: {name} differs from the recording's episode {kept.episode}."


def _same(one: pa.ChunkedArray, other: pa.ChunkedArray) -> bool:
    """Equal values; NaN equals NaN."""
    if one.type != other.type:
        return False
    if one.equals(other):
        return True
    left, right = (_numbers(column) for column in (one, other))
    return left is not None and right is not None and np.array_equal(left, right, equal_nan=True)


def _numbers(column: pa.ChunkedArray) -> np.ndarray | None:
    array = column.combine_chunks()
    while pa.types.is_fixed_size_list(array.type) or pa.types.is_list(array.type):
        array = array.flatten()
    if not pa.types.is_floating(array.type):
        return None
    return np.asarray(array.to_numpy(zero_copy_only=False))


def _videos(
    copy: Dataset,
    source: Dataset,
    kept: Mapping[int, Kept],
    dropped: Collection[str],
    new: NewKeys,
) -> Iterator[str]:
    cameras = [camera.key for camera in source.cameras if camera.kind == "video"]
    cameras = [key for key in cameras if new.get(key, key) not in dropped]
    if missing := {new.get(key, key) for key in cameras} - {one.key for one in copy.cameras}:
        yield f"meta/info.json does not declare the camera {sorted(missing)[0]}."
        return
    here, there = copy.layout.video, source.layout.video
    pairs = {
        (here(episode, new.get(key, key))[0], there(part.episode, key)[0])
        for episode, part in kept.items()
        for key in cameras
    }
    for one, other in sorted(pairs):
        if sha256(copy.root / one) != sha256(source.root / other):
            yield f"{one} differs from the recording's {other}."
