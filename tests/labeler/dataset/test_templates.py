"""No path template leads out of a dataset."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeler.cli.cures import hint
from labeler.dataset.templates import PathTemplate, check_inside
from labeler.errors import DamagedDatasetError, DatasetError, UnsafePathError

FIELDS = frozenset({"chunk_index", "file_index", "video_key"})


@pytest.mark.parametrize(
    "text",
    [
        "/etc/passwd",
        "//server/share/{file_index}",
        "../{file_index}",
        "data/../../{file_index}",
        "data/..\\..\\{file_index}",
        "C:\\data\\{file_index}",
        "C:{file_index}",
        "\\\\server\\{file_index}",
        "{file_index.__class__.__mro__}",
        "{file_index[0]}",
        "{file_index!r}",
        "{file_index!s}",
        "{file_index:1000000000}",
        "{file_index:{chunk_index}}",
        "{file_index:x>9}",
        "{}",
        "{0}",
        "{self}",
        "{file_index",
        "file_index}",
        "{{{file_index",
        "",
        ".",
        "data/\0{file_index}",
    ],
)
def test_what_is_refused(text):
    with pytest.raises(UnsafePathError) as caught:
        PathTemplate(text, FIELDS)
    assert hint(caught.value)


@pytest.mark.parametrize("key", ["..", "../..", "/etc", "a/../../..", "\\x", "C:"])
def test_a_value_does_not_lead_out_either(key):
    template = PathTemplate("{video_key}/{file_index}", FIELDS)
    if key == "..":
        with pytest.raises(UnsafePathError):
            template.expand(video_key=key, file_index=0)
    with pytest.raises(UnsafePathError):
        template.expand(video_key=f"{key}/..", file_index=0)


def test_what_is_filled_in():
    template = PathTemplate("v/{video_key}/{chunk_index:03d}-{file_index:d}.mp4", FIELDS)
    assert template.expand(video_key="cam", chunk_index=7, file_index=12) == "v/cam/007-12.mp4"
    with pytest.raises(DamagedDatasetError):
        template.expand(video_key="cam")


def test_files_may_not_share_a_name():
    with pytest.raises(DamagedDatasetError, match="file_index"):
        PathTemplate("data/{chunk_index}", FIELDS, frozenset({"chunk_index", "file_index"}))


PARTS = st.sampled_from(
    ["/", "..", ".", "\\", "C:", "data", "{file_index}", "{chunk_index:03d}", "{", "}", "~", "\0",
     "{video_key}", "{file_index!r}", "{file_index.x}", ":", " ", "é", "{{", "}}"]
)  # fmt: skip


@given(st.lists(PARTS).map("".join), st.lists(PARTS).map("".join))
def test_every_template_stays_inside_or_is_refused(text, key):
    try:
        path = PathTemplate(text, FIELDS).expand(video_key=key, chunk_index=3, file_index=4)
    except DatasetError:
        return
    root = Path("/root of the dataset")
    place = Path(*[part for part in (root / path).parts])
    assert place.is_relative_to(root)
    assert ".." not in place.parts
    assert place != root


@given(st.text())
def test_every_path_stays_inside_or_is_refused(path):
    try:
        check_inside(path)
    except UnsafePathError:
        return
    assert (Path("/root") / path).is_relative_to("/root")
    assert ".." not in Path(path).parts
