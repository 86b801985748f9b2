"""What is odd about the files under `meta/`, although their content can be made out."""

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import numpy as np

from labeler.contracts.classifier_releases import NEEDS_COLOUR
from labeler.dataset import REWARD, Dataset
from labeler.dataset.completeness import PATTERN_SIGNS
from labeler.dataset.consistency import FRAME_COLUMNS
from labeler.dataset.features import CROPS, unfit_cameras
from labeler.dataset.layout_v2 import LayoutV2
from labeler.dataset.layout_v3 import LayoutV3
from labeler.errors import DamagedDatasetError
from labeler.file_kind import not_a_file
from labeler.inspection.oddity import Oddity, Severity
from labeler.labels.wording import plural
from labeler.parquet.reading import schema_of

_INFO, _TASKS = "meta/info.json", "meta/tasks.parquet"
_DTYPES = frozenset(
    ["bool", "string", "video", "image", "language"]
    + [f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)]
    + [f"float{bits}" for bits in (16, 32, 64)]
)
"""What `datasets` and LeRobot 0.6.1 take for the dtype of a feature."""


def metadata_oddities(dataset: Dataset) -> Iterator[Oddity]:
    """Warnings about `info.json`, JSON lines and the name of the folder."""
    for sentence in _of_info(dataset):
        yield Oddity(Severity.WARNING, _INFO, f"{_INFO}{sentence}")
    if dataset.absent_columns:
        named = " and ".join(dataset.absent_columns)
        sentence = f"{_INFO} declares {named}, which no data file has. LeRobot reads the others."
        yield Oddity(Severity.WARNING, _INFO, sentence)
    yield from _of_lines(dataset)
    yield from _of_streaming(dataset)
    yield from _of_depth(dataset)
    if sentence := unfit_cameras(camera.key for camera in dataset.cameras):
        yield Oddity(Severity.NOTE, _INFO, sentence)
    if any(camera.cut_before for camera in dataset.cameras):
        yield Oddity(
            Severity.NOTE,
            CROPS,
            f"{CROPS} says that LeRobot's crop tool cut these images out of larger ones, as the "
            "robot has to do with its own. The tool moves each border between episodes by one "
            "frame: make no use of labels from before it.",
        )
    for sentence in dataset.layout.oddities:
        yield Oddity(Severity.WARNING, "meta/episodes", sentence)
    if isinstance(dataset.layout, LayoutV3) and (moved := dataset.layout.episodes_elsewhere()):
        yield Oddity(
            Severity.WARNING,
            "meta/episodes",
            "meta/episodes names another data file than the rows are in for "
            f"{plural(len(moved), 'episode')}, first for episode {moved[0]}, whose rows are in "
            f"{dataset.layout.data_file(moved[0])}. LeRobot reads all files and does not notice.",
        )
    if signs := [sign for sign in PATTERN_SIGNS if sign in str(dataset.root)]:
        yield Oddity(
            Severity.WARNING,
            "",
            f"The path of the recording holds {' and '.join(signs)}: LeRobot takes it for a "
            "pattern and loads the rows of another folder, or none. Rename the folder.",
        )


def _of_depth(dataset: Dataset) -> Iterator[Oddity]:
    """Cameras that LeRobot decodes to one channel of 12 bits (0.6.1, datasets/video_utils.py)."""
    keys = [one.key for one in dataset.cameras if one.is_depth]
    if keys:
        yield Oddity(
            Severity.NOTE,
            _INFO,
            f"{' and '.join(keys)} {'measures' if len(keys) == 1 else 'measure'} depth, "
            f"{NEEDS_COLOUR}.",
        )


def _of_streaming(dataset: Dataset) -> Iterator[Oddity]:
    """Cameras that LeRobot's streaming reader shows wrong.

    It takes `index / fps` for the time in the video file (0.6.1, streaming_dataset.py, make_frame),
    which holds where all episodes of a camera lie in one file without a gap.
    """
    layout = dataset.layout
    if not isinstance(layout, LayoutV3):
        return
    for camera in dataset.cameras:
        if camera.kind != "video":
            continue
        apart = np.abs(layout.video_starts(camera.key) - layout.first_indices / dataset.fps)
        if wrong := int((apart > 0.5 / dataset.fps).sum()):
            yield Oddity(
                Severity.NOTE,
                "",
                f"LeRobot's StreamingLeRobotDataset shows images of other frames of {camera.key} "
                f"in {wrong} of {plural(len(dataset), 'episode')}, since it ignores where an "
                "episode begins "
                "in a video file. LeRobotDataset reads them right.",
            )


def _of_info(dataset: Dataset) -> Iterator[str]:
    data = (dataset.root / _INFO).read_bytes()
    if data.startswith(b"\xef\xbb\xbf"):
        yield " starts with a byte order mark; LeRobot does not read it. Save it as UTF-8 without."
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        yield " is not in UTF-8; LeRobot does not read it."
        return
    yield from _of_keys(dataset, document)
    for name, feature in document["features"].items():
        yield from _of_feature(dataset, name, feature)
    if not dataset.info.format.declared:
        for name in FRAME_COLUMNS:
            if name not in document["features"]:
                yield f" does not declare the column {name}."


def _of_keys(dataset: Dataset, document: dict[str, Any]) -> Iterator[str]:
    own = dataset.info.format
    videos = any(camera.kind == "video" for camera in dataset.cameras)
    needed, never_null = (
        [key for key in keys if videos or key != "video_path"]
        for keys in (own.needed, own.never_null)
    )
    missing = [key for key in needed if document.get(key) is None]
    missing += [key for key in never_null if document.get(key, "") is None]
    for key in missing:
        yield f" has no {key}; LeRobot does not open the recording without it."
    version = str(document["codebase_version"])
    if version.removeprefix("v") != str(dataset.version).removeprefix("v"):
        yield f" says codebase_version {version}, which is newer; it is read as {dataset.version}."
    for key in ("total_episodes", "total_frames", "total_tasks", "chunks_size"):
        if document.get(key) is not None and type(document[key]) is not int:
            yield f": {key} is {document[key]!r}, no whole number."


def _of_feature(dataset: Dataset, name: str, feature: dict[str, Any]) -> Iterator[str]:
    camera = feature["dtype"] in ("video", "image")
    if camera and "names" not in feature:
        yield (
            f": the camera {name} has no names; LeRobot's trainer fails with KeyError. A copy "
            'gets them; here, add "names": ["height", "width", "channels"].'
        )
    if feature["shape"] is None:
        yield f": the shape of {name} is null; LeRobot 0.3 does not open the recording so."
    if feature["dtype"] not in _DTYPES:
        yield f": {name} has the dtype {feature['dtype']}, which LeRobot does not know."
    if name == REWARD and feature["shape"] != [1]:
        yield f": {name} has the shape {feature['shape']}; LeRobot writes and expects [1]."


def _of_lines(dataset: Dataset) -> Iterator[Oddity]:
    layout = dataset.layout
    if isinstance(layout, LayoutV2) and not layout.as_listed:
        file = "meta/episodes.jsonl"
        sentence = f"{file}: the lines are not those of all episodes in their order."
        yield Oddity(Severity.WARNING, file, sentence)
    tasks = dataset.root / _TASKS
    if dataset.info.format.tasks_file == _TASKS and not not_a_file(tasks):
        with suppress(DamagedDatasetError):  # reported as an error
            if "task_index" not in schema_of(tasks).names:
                sentence = f"{_TASKS} has no column task_index; LeRobot goes by the order of rows."
                yield Oddity(Severity.WARNING, _TASKS, sentence)
    for file in layout.metadata_files():
        path = dataset.root / file
        if file.endswith(".jsonl") and path.is_file() and _has_empty_line(path.read_bytes()):
            sentence = f"{file} has an empty line; LeRobot does not read it. Remove the line."
            yield Oddity(Severity.WARNING, file, sentence)


def _has_empty_line(data: bytes) -> bool:
    lines = data.rstrip(b"\n").replace(b"\r\n", b"\n").split(b"\n")
    return any(not line.strip() for line in lines) and len(lines) > 1
