"""Broken `meta/info.json`."""

import json
from pathlib import Path

from tests.broken.breakage import V2, V3, Found, breakage
from tests.broken.edit import cut, edit_info

REFUSED = Found.REFUSED


@breakage(REFUSED, "info.json is not valid JSON", versions=V3)
def info_truncated(root: Path):
    cut(root / "meta/info.json")


@breakage(REFUSED, "info.json is not valid JSON", versions=V3)
def info_empty(root: Path):
    (root / "meta/info.json").write_bytes(b"")


@breakage(REFUSED, "info.json is not valid JSON", versions=V3)
def info_garbage(root: Path):
    (root / "meta/info.json").write_bytes(bytes(range(256)) * 8)


@breakage(REFUSED, "info.json is not valid JSON", versions=V3)
def info_nested_too_deep(root: Path):
    (root / "meta/info.json").write_text("[" * 200_000)


@breakage(REFUSED, "info.json does not hold a JSON object", versions=V3)
def info_array(root: Path):
    edit_info(root, lambda info: [info])


@breakage(Found.REPORTED, "byte order mark", versions=V2, quick=True)
def info_with_byte_order_mark(root: Path):
    path = root / "meta/info.json"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())


@breakage(Found.REPORTED, "UTF-8", versions=V2, quick=True)
def info_in_windows_encoding(root: Path):
    path = root / "meta/info.json"
    info = json.loads(path.read_text()) | {"robot_type": "grüner_arm"}
    path.write_bytes(json.dumps(info, ensure_ascii=False).encode("cp1252"))


def _field(name: str, value: object, says: str, found: Found = REFUSED, versions=V3) -> None:
    shown = json.dumps(value)[:70]

    def damage(root: Path) -> None:
        edit_info(root, lambda info: info | {name: value})

    quick = found is Found.ERROR
    breakage(found, says, versions=versions, name=f"{name} is {shown}", quick=quick)(damage)


def _missing(name: str, says: str) -> None:
    def damage(root: Path) -> None:
        edit_info(root, lambda info: {k: v for k, v in info.items() if k != name})

    breakage(REFUSED, says, versions=V3, name=f"{name} is missing")(damage)


for version in ("v1.6", "v2.2", "v4.0", "", "v2"):
    _field("codebase_version", version, "codebase_version")
for odd in (None, 3, ["v3.0"], {"v": 3}):
    _field("codebase_version", odd, "codebase_version")
for fps in (None, 0, -10, float("nan"), float("inf"), "10", [10], True, 10**400, 1e-310):
    _field("fps", fps, "fps")
for count in (None, -1, 3.5, [3], True):
    _field("total_episodes", count, "total_episodes")
for total in (4, 10**30):
    _field("total_episodes", total, f"counts {total} episodes", Found.ERROR, (*V2, *V3))
for total in (0, 2):
    _field("total_episodes", total, f"counts {total} episodes", Found.REPORTED, (*V2, *V3))
for total in (11, 13):
    _field("total_frames", total, f"counts {total} frames", Found.REPORTED, (*V2, *V3))
_field("total_frames", 1e300, "total_frames", Found.REPORTED, V3)
for size in (0, -1, None, 0.5):
    _field("chunks_size", size, "chunks_size")
_field("total_episodes", "3", "total_episodes", Found.REPORTED, V3)
_field("chunks_size", "1000", "chunks_size", Found.REPORTED, V3)
_field("codebase_version", "3.0", "Nothing odd", Found.FINE, V3)
_field("codebase_version", "v3.1", "newer", Found.REPORTED, V3)
_field("total_videos", 7, "counts 7 videos", Found.REPORTED, V2)
_field("total_tasks", 9, "counts 9 tasks", Found.REPORTED)
_field("robot_type", None, "not named", Found.FINE)
_field("splits", None, "Nothing odd", Found.FINE)
_field("splits", [], "Nothing odd", Found.FINE)
for features in (None, [], "none", {"action": None}, {"action": {"shape": [6]}}):
    _field("features", features, "features")
for shape in ("6", [-6], [6.5], ["six"], {"0": 6}):
    _field("features", {"action": {"dtype": "float32", "shape": shape}}, "features.action.shape")
_field("features", {"../up": {"dtype": "float32", "shape": [6]}}, "feature name")
_field("features", {"action": {"dtype": "float32", "shape": [6]}}, "episode_index", Found.ERROR)
for key in ("codebase_version", "fps", "total_episodes", "features"):
    _missing(key, key)


@breakage(Found.REPORTED, "total_frames", versions=V3)
def total_frames_missing(root: Path):
    edit_info(root, lambda info: {k: v for k, v in info.items() if k != "total_frames"})


for text in (
    "/etc/{chunk_index:03d}/file-{file_index:03d}.parquet",
    "../{chunk_index:03d}/file-{file_index:03d}.parquet",
    "data\\{chunk_index:03d}\\file-{file_index:03d}.parquet",
    "data/{chunk_index.__class__}/{file_index}.parquet",
    "data/{chunk_index:999999999d}/{file_index}.parquet",
    "data/{}/{}.parquet",
    "data/\0/{chunk_index}/{file_index}.parquet",
    "data/all.parquet",
):
    _field("data_path", text, "path", versions=V3)
    _field("video_path", text.replace("data", "videos", 1), "path", versions=V3)
_field("data_path", 5, "data_path", versions=V3)


@breakage(REFUSED, "path template", versions=V2)
def one_data_file_for_all_episodes(root: Path):
    edit_info(root, lambda info: info | {"data_path": "data/all.parquet"})


@breakage(REFUSED, "path template", versions=V2)
def one_video_for_all_episodes(root: Path):
    edit_info(root, lambda info: info | {"video_path": "videos/{video_key}.mp4"})


@breakage(Found.REPORTED, "does not open", quick=True)
def optional_fields_missing(root: Path):
    optional = ("data_path", "video_path", "chunks_size", "splits", "total_tasks", "robot_type")
    edit_info(root, lambda info: {k: v for k, v in info.items() if k not in optional})


@breakage(Found.FINE, "Nothing odd")
def names_in_every_form(root: Path):
    forms = [None, 5, "xyz", [["a", "b"]], {"motors": ["a"]}, {"a": 0, "b": "c"}, {"a": None}, {}]

    def change(info):
        for feature, names in zip(info["features"].values(), forms, strict=False):
            feature["names"] = names

    edit_info(root, change)


@breakage(Found.REPORTED, "info.json says")
def camera_of_another_size(root: Path):
    def change(info):
        info["features"]["observation.images.gripper"] = {
            "dtype": "video", "shape": [3, 128, 128], "names": ["channels", "height", "width"],
        }  # fmt: skip

    edit_info(root, change)


@breakage(Found.REPORTED, "info.json says")
def camera_with_strange_facts(root: Path):
    def change(info):
        camera = info["features"]["observation.images.gripper"]
        camera["info"] = {"video.height": "tall", "video.width": True, "video.codec": [1]}
        camera["shape"] = []

    edit_info(root, change)
