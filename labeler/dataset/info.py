"""`meta/info.json` as a checked record.

Fields and defaults follow LeRobot 0.3.3 (datasets/utils.py) and 0.6.1 (datasets/utils.py); what
real datasets leave out is optional.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from labeler.dataset.documents import read_object
from labeler.dataset.formats import DatasetFormat, Version, format_of
from labeler.dataset.templates import PathTemplate
from labeler.errors import DamagedDatasetError, NotADatasetError, UnsupportedVersionError
from labeler.file_kind import not_a_file


def _whole(value: object) -> object:
    """A whole number that other tools wrote as 3.0 or "3"."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return int(value) if isinstance(value, str) and value.isdecimal() else value


Count = Annotated[int, Field(ge=0, strict=True), BeforeValidator(_whole)]


class DeclaredFeature(BaseModel):
    """One column or camera: dtype and shape as declared, which need not be the real ones."""

    model_config = ConfigDict(frozen=True)

    dtype: str
    shape: Annotated[tuple[Count, ...], BeforeValidator(lambda shape: shape or ())]
    names: Any = None
    info: dict[str, Any] | None = None
    video_info: dict[str, Any] | None = None

    @property
    def video(self) -> dict[str, Any]:
        """What is declared of a video; older datasets call it `video_info`."""
        return self.info or self.video_info or {}

    @property
    def is_depth(self) -> bool:
        """Whether a camera measures depth: LeRobot looks in three places and takes any of them.

        Of 0.6.1: dataset_metadata.py, depth_keys.
        """
        info, older = self.info or {}, self.video_info or {}
        marks = info.get("is_depth_map"), *(one.get("video.is_depth_map") for one in (info, older))
        return any(marks)


class Info(BaseModel):
    """The checked content of `meta/info.json`."""

    model_config = ConfigDict(frozen=True)

    codebase_version: Version
    robot_type: str | None = None
    total_episodes: Count
    total_frames: Count | None = None
    total_tasks: Count | None = None
    total_videos: Count | None = None
    total_chunks: Count | None = None
    chunks_size: Annotated[int, Field(gt=0, strict=True), BeforeValidator(_whole)] = 1000
    fps: Annotated[float, Field(ge=1e-3, le=1e6, allow_inf_nan=False, strict=True)]
    splits: Any = None
    data_path: str | None = None
    video_path: str | None = None
    features: dict[str, DeclaredFeature]

    @property
    def format(self) -> DatasetFormat:
        """What is peculiar to the format of the dataset."""
        return format_of(self.codebase_version)

    def data_template(self) -> PathTemplate:
        """Where rows are."""
        own = self.format
        return PathTemplate(self.data_path or own.data_path, own.path_fields, own.distinct_fields)

    def video_template(self) -> PathTemplate:
        """Where videos are."""
        own = self.format
        videos = sum(feature.dtype == "video" for feature in self.features.values())
        needed = (own.distinct_fields if videos else frozenset()) | (
            {"video_key"} if videos > 1 else set()
        )
        fields = own.path_fields | {"video_key"}
        return PathTemplate(self.video_path or own.video_path, fields, needed)


def read_info(root: Path) -> Info:
    """Read and check `meta/info.json` of the dataset at `root`.

    Raises:
        NotADatasetError: there is none.
        UnsupportedVersionError: its `codebase_version` is not v2.0, v2.1 or v3.0, or its episodes
            are in Lance tables.
        DamagedDatasetError: it is not what LeRobot writes.
        UnsafePathError: a path template leaves the dataset.
    """
    path = root / "meta" / "info.json"
    if not_a_file(path):
        raise NotADatasetError(f"{root} {_what_it_is(root)}", _where_to_look(root))
    document = read_object(path)
    _require_parquet(document, path)
    document["codebase_version"] = _version(document.get("codebase_version"), path)
    try:
        info = Info.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        message = first["msg"][0].lower() + first["msg"][1:]
        raise DamagedDatasetError(
            f"{path}: {where}: {message}.",
            "Restore info.json from the recording or a backup.",
        ) from error
    info.data_template(), info.video_template()
    _check_features(info, path)
    return info


def _require_parquet(document: Mapping[str, Any], path: Path) -> None:
    """LeRobot of September 2026 reads v3.0 from Lance tables, too (its pull request 4363)."""
    if document.get("storage_format") == "lance":
        raise UnsupportedVersionError(
            f"{path} says storage_format 'lance': the episodes are in Lance tables, which cannot "
            "be read here.",
            "Take the dataset of parquet and MP4 files that it was converted from, or write one "
            "with LeRobot: load it as a LeRobotDataset and add its frames to a new one.",
        )


def _version(version: object, path: Path) -> Version:
    """The format that is meant: LeRobot reads `3.0` as `v3.0`, and warns of a later v3 only."""
    if isinstance(version, str):
        number = version.removeprefix("v")
        if f"v{number}" in list(Version):
            return Version(f"v{number}")
        if re.fullmatch(r"3\.\d+", number):
            return Version.V30
    if not isinstance(version, str):
        raise DamagedDatasetError(
            f"{path} names no codebase_version.", "Restore info.json from the recording."
        )
    older = version.lstrip("v").split(".")[0] in ("0", "1")
    cure = (
        "Convert it with the LeRobot release that wrote it."
        if older
        else "Update Labeler, or report this format to its authors."
    )
    raise UnsupportedVersionError(
        f"{path} says codebase_version {version!r}; v2.0, v2.1 and v3.0 can be read.", cure
    )


def _check_features(info: Info, path: Path) -> None:
    for name in info.features:
        if "/" in name or "\\" in name or name in ("", ".", ".."):
            raise DamagedDatasetError(
                f"{path}: the feature name {name!r} is not allowed.",
                "LeRobot forbids '/' in feature names; rename the feature.",
            )


def _what_it_is(root: Path) -> str:
    what = not_a_file(root)
    if what == "is missing":
        return "does not exist."
    if what != "is a folder":
        return f"{what}." if what else "is a file, not a dataset folder."
    return "is not a LeRobot dataset: it has no meta/info.json."


def _where_to_look(root: Path) -> str:
    if not_a_file(root) == "is a folder":
        found = _datasets_below(root)
        if found:
            return f"Did you mean {root / found[0]}?"
    return "Give the folder that holds meta/, data/ and videos/."


def _datasets_below(root: Path) -> list[str]:
    try:
        children = sorted(root.iterdir())
    except OSError:
        return []
    return [child.name for child in children if not not_a_file(child / "meta/info.json")]
