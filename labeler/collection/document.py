"""Which recordings belong together: the collection file, and users' merge files.

    {"format": "labeler-collection", "version": 1, "sources": [
      {"root": "day", "labels": "day.json"},
      {"root": "night", "labels": "night.json", "name": "night 2", "episodes": "0-9, 12",
       "tags": ["night"]}]}

Paths are relative to the file's folder. Without `labels`, the recording's own labels count; without
`episodes`, all of them. The merge form is `{"output_repo_id": ..., "sources": ["file", ...]}`: its
sources are label files of ranges beside it, and their `dataset_path` says of which recording.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from labeler.errors import AmbiguousLabelsError, LabelError, LabelFileError
from labeler.labels import strict_json
from labeler.labels.dialects.detect import decode_text
from labeler.labels.dialects.forms.merge import source_file, source_names
from labeler.labels.dialects.reading import dataset_path_of, read_bytes
from labeler.labels.wording import as_text

FORMAT = "labeler-collection"
VERSION = 1
_LARGEST_GLANCE = 1 << 20  # bytes; thousands of recordings
_FORM = 'Write {"format": "labeler-collection", "version": 1, "sources": [{"root": "..."}]}.'

Text = Annotated[str, Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """One recording: where it is, where its labels are (None: in itself), what is taken of it.

    `episodes` is a list as people type it, `0-9, 12`, or None for all. `tags` are words for the
    session: light, day, camera.
    """

    root: Path
    labels: Path | None = None
    name: str = ""
    episodes: str | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CollectionSpec:
    """Recordings that belong together, in order, and sentences worth telling."""

    sources: tuple[SourceSpec, ...]
    notes: tuple[str, ...] = ()


class _Line(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class _Source(_Line):
    root: Text
    labels: Text | None = None
    name: Text | None = None
    episodes: Text | None = None
    tags: list[Text] = Field(default_factory=list)


class _Document(_Line):
    format: Literal["labeler-collection"]
    version: Annotated[int, Field(ge=VERSION, le=VERSION)]
    sources: Annotated[list[_Source], Field(min_length=1)]


def read_spec(path: Path) -> CollectionSpec:
    """The recordings that a collection file or a merge file names.

    Raises:
        LabelFileError: it cannot be read or understood, or a source does not say its recording.
        AmbiguousLabelsError: a path has two readings.
    """
    try:
        content = strict_json.parse_json(decode_text(read_bytes(path)))
        if isinstance(content, dict) and "format" not in content and "sources" in content:
            return _merge(content, path.parent)
        return _collection(content, path.parent)
    except LabelError as error:
        raise type(error)(f"{path}: {error.message}", *error.cures) from error


def is_collection(path: Path) -> bool:
    """Whether a file is meant as a collection file, be it right or not; told at once."""
    try:
        content = strict_json.parse_json(decode_text(read_bytes(path, _LARGEST_GLANCE)))
    except LabelError:
        return False
    return isinstance(content, dict) and content.get("format") == FORMAT


def give_names(sources: Sequence[SourceSpec]) -> tuple[SourceSpec, ...]:
    """The sources, each with a name; folders of the same name are told apart by what is above.

    Raises:
        LabelFileError: two sources were given the same name.
    """
    names: list[str] = []
    for source in sources:
        root = source.root.expanduser().absolute()
        name = source.name or root.name
        if not source.name and name in names:
            name = f"{root.parent.name}/{root.name}"
        if name in names and not source.name:
            name = next(
                new for n in range(2, len(sources) + 2) if (new := f"{name} {n}") not in names
            )
        if name in names:
            raise LabelFileError(
                f"Two sources have the name {as_text(name)}.", "Give them different names."
            )
        names.append(name)
    return tuple(replace(one, name=name) for one, name in zip(sources, names, strict=True))


def _collection(content: object, folder: Path) -> CollectionSpec:
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise LabelFileError("This is neither a collection nor a merge of label files.", _FORM)
    version = content.get("version")
    if type(version) is int and version > VERSION:
        raise LabelFileError(
            f"The collection has version {as_text(version)}; this Labeler reads {VERSION}.",
            "Update Labeler.",
        )
    try:
        document = _Document.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            known = ", ".join((_Source if "." in place else _Document).model_fields)
            raise LabelFileError(
                f"{place} is not a known field.", f"Known fields: {known}."
            ) from error
        raise LabelFileError(f"{place}: {first['msg']}.", "Correct it there.") from error
    sources = [
        SourceSpec(
            root=folder / Path(one.root).expanduser(),
            labels=None if one.labels is None else folder / Path(one.labels).expanduser(),
            name=one.name or "",
            episodes=one.episodes,
            tags=tuple(one.tags),
        )
        for one in document.sources
    ]
    return CollectionSpec(give_names(sources))


def _merge(content: dict[object, object], folder: Path) -> CollectionSpec:
    sources, notes = [], []
    if name := content.get("output_repo_id"):
        notes.append(f"The file names {as_text(name)} as its output, which is not used.")
    for name in source_names(content):
        file = source_file(folder, name)
        path = dataset_path_of(file)
        if path is None:
            raise LabelFileError(
                f"{file} does not say which recording it belongs to.",
                'Write "dataset_path": "..." into it, or use a collection file that names the '
                "root.",
            )
        sources.append(SourceSpec(_recording(path, folder), labels=file, name=name))
    return CollectionSpec(give_names(sources), tuple(notes))


def _recording(path: str, folder: Path) -> Path:
    """The folder that a label file means: relative to itself, or to where the command runs."""
    given = Path(path).expanduser()
    beside, here = folder / given, Path.cwd() / given
    if given.is_absolute() or not here.is_dir():
        return beside
    if beside.is_dir() and not beside.samefile(here):
        raise AmbiguousLabelsError(
            f"{as_text(path)} may be {beside} or {here}.", "Write the whole path as dataset_path."
        )
    return here
