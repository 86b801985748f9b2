"""Whatever stands in `info.json`, it is read or refused in two sentences."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeler.cli.cures import hint
from labeler.dataset import open_dataset
from labeler.dataset.info import read_info
from labeler.errors import DatasetError, UnsupportedVersionError
from tests.conftest import recording_maker

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
FIELDS = (
    "codebase_version", "robot_type", "total_episodes", "total_frames", "total_tasks", "splits",
    "total_videos", "total_chunks", "chunks_size", "fps", "data_path", "video_path", "features",
)  # fmt: skip


@pytest.fixture(scope="module")
def roots(tmp_path_factory):
    make = recording_maker(tmp_path_factory.mktemp("info"))
    roots = [make(v, (2, 1), name=v, size=(16, 16), cameras=()) for v in ("v2.1", "v3.0")]
    return {root: (root / "meta/info.json").read_text() for root in roots}


def opened_or_refused(root, text):
    (root / "meta/info.json").write_bytes(text if isinstance(text, bytes) else text.encode())
    try:
        with open_dataset(root) as dataset:
            for episode in dataset:
                assert episode.length > 0
                assert not episode.data_file.startswith("/")
            assert list(dataset.files())
    except DatasetError as error:
        assert error.message.endswith(".")
        assert hint(error)
        return error.message
    return ""


@settings(max_examples=150)
@given(st.sampled_from(FIELDS), ANYTHING, st.integers(0, 1))
def test_one_field_is_anything(roots, field, value, which):
    root, good = list(roots.items())[which]
    opened_or_refused(root, json.dumps(json.loads(good) | {field: value}))


@settings(max_examples=150)
@given(
    st.dictionaries(
        st.text(max_size=8) | st.sampled_from(["action", "image"]),
        ANYTHING
        | st.fixed_dictionaries(
            {"dtype": st.sampled_from(["float32", "video", "image", "string"]), "shape": ANYTHING},
            optional={"names": ANYTHING, "info": ANYTHING, "video_info": ANYTHING},
        ),
        max_size=3,
    ),
    st.integers(0, 1),
)
def test_features_are_anything(roots, features, which):
    root, good = list(roots.items())[which]
    opened_or_refused(root, json.dumps(json.loads(good) | {"features": features}))


@given(ANYTHING | st.dictionaries(st.sampled_from(FIELDS), ANYTHING))
def test_the_document_is_anything(roots, document):
    root = next(iter(roots))
    assert opened_or_refused(root, json.dumps(document))


@given(st.data())
def test_the_file_is_cut_or_damaged(roots, data):
    root, good = next(iter(roots.items()))
    content = bytearray(good.encode())
    for _ in range(data.draw(st.integers(0, 3))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))
    opened_or_refused(root, bytes(content[: data.draw(st.integers(0, len(content)))]))


@given(st.text(max_size=40), st.sampled_from(["data_path", "video_path"]))
def test_paths_are_anything(roots, text, field):
    root, good = list(roots.items())[1]
    opened_or_refused(root, json.dumps(json.loads(good) | {field: text}))


def test_optional_fields_have_the_defaults_of_lerobot(roots):
    root, good = next(iter(roots.items()))
    kept = {"codebase_version", "total_episodes", "total_frames", "fps", "features"}
    lean = {key: value for key, value in json.loads(good).items() if key in kept}
    (root / "meta/info.json").write_text(json.dumps(lean))
    info = read_info(root)
    assert info.chunks_size == 1000
    assert info.data_template().expand(episode_chunk=0, episode_index=1) == (
        "data/chunk-000/episode_000001.parquet"
    )


def test_lance_tables_are_named_with_the_way_to_convert(roots):
    for root, good in roots.items():
        (root / "meta/info.json").write_text(
            json.dumps(json.loads(good) | {"storage_format": "lance"})
        )
        with pytest.raises(UnsupportedVersionError, match=r"Lance tables.*parquet and MP4"):
            read_info(root)
