"""`meta/info.json`: keys that are absent, null or of another type; features declared otherwise."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.broken.edit import edit_info
from tests.mutations.mutation import EITHER, V2, V3, add

ABSENT = object()
CAMERA = "observation.images.gripper"
KEYS = (
    "robot_type",
    "total_episodes",
    "total_frames",
    "total_tasks",
    "chunks_size",
    "fps",
    "splits",
    "data_path",
    "video_path",
)
_REWARD = ("v2.1-two-cameras-reward", "v3.0-061-h264-reward")
_IMAGE = ("v2.1-image", "v3.0-061-image")


def set_to(key: str, value: Any) -> Callable[[Path], None]:
    """A change of one key of info.json; dots lead into the features of a camera or column."""

    def change(root: Path) -> None:
        def edit(document: dict[str, Any]) -> None:
            place, _, last = key.rpartition("/")
            inner = document["features"][place] if place else document
            if value is ABSENT:
                inner.pop(last, None)
            else:
                inner[last] = value(inner[last]) if callable(value) else value

        edit_info(root, edit)

    return change


for key in KEYS:
    add(f"info.json: {key} is absent", set_to(key, ABSENT))
    add(f"info.json: {key} is null", set_to(key, None), EITHER)
for key in ("total_episodes", "total_frames", "total_tasks", "chunks_size", "fps"):
    add(f"info.json: {key} is a string", set_to(key, str), EITHER)
    add(f"info.json: {key} is a float", set_to(key, float), EITHER)
for key in ("total_videos", "total_chunks"):
    add(f"info.json: {key} is absent", set_to(key, ABSENT), [V2])
    add(f"info.json: {key} is null", set_to(key, None), [V2])
for key in ("data_files_size_in_mb", "video_files_size_in_mb"):
    add(f"info.json: {key} is absent", set_to(key, ABSENT), [V3])
    add(f"info.json: {key} is null", set_to(key, None), [V3])
add("info.json: total_episodes is one less", set_to("total_episodes", 2))
add("info.json: total_episodes is one more", set_to("total_episodes", 4))
add("info.json: total_frames is one more", set_to("total_frames", lambda n: n + 1))
add("info.json: total_tasks is 0", set_to("total_tasks", 0))
add("info.json: codebase_version without v", set_to("codebase_version", lambda v: v[1:]))
add("info.json: codebase_version is absent", set_to("codebase_version", ABSENT))
add("info.json: v3.1, a release to come", set_to("codebase_version", "v3.1"), [V3])
add("info.json: an unknown key", lambda root: edit_info(root, lambda d: d | {"note": [1]}))

for key in (CAMERA, "observation.state"):
    add(f"info.json: {key} without names", set_to(f"{key}/names", ABSENT), odd=key == CAMERA)
    add(f"info.json: names of {key} are null", set_to(f"{key}/names", None))
add("info.json: names of a vector are a dict", set_to("action/names", {"motors": ["a", "b", "c"]}))
add("info.json: names of a vector are too few", set_to("action/names", ["a"]))
add("info.json: camera without info", set_to(f"{CAMERA}/info", ABSENT))
add("info.json: info of a camera is null", set_to(f"{CAMERA}/info", None))
add("info.json: shape of a camera is channels first", set_to(f"{CAMERA}/shape", [3, 64, 64]))
add("info.json: shape of a camera is another one", set_to(f"{CAMERA}/shape", [48, 64, 3]))
add("info.json: shape of a camera is null", set_to(f"{CAMERA}/shape", None))
add("info.json: shape of a vector is absent", set_to("action/shape", ABSENT))
add("info.json: shape of a vector is too short", set_to("action/shape", [2]))
add("info.json: shape of a vector has floats", set_to("action/shape", [3.0]))
add("info.json: dtype of a vector is float64", set_to("action/dtype", "float64"))
add("info.json: dtype of a vector is absent", set_to("action/dtype", ABSENT))
add("info.json: dtype of a vector is numpy's", set_to("action/dtype", "np.float32"))
add("info.json: dtype of the reward is int64", set_to("next.reward/dtype", "int64"), _REWARD)
add("info.json: shape of the reward is empty", set_to("next.reward/shape", []), _REWARD)
add("info.json: shape of the reward is [1, 1]", set_to("next.reward/shape", [1, 1]), _REWARD)
add("info.json: images are declared as videos", set_to(f"{CAMERA}/dtype", "video"), _IMAGE)
add("info.json: videos are declared as images", set_to(f"{CAMERA}/dtype", "image"))


def _undeclared(name: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        edit_info(root, lambda document: document["features"].pop(name) and None)

    return change


def _declared(root: Path) -> None:
    feature = {"dtype": "float32", "shape": [1], "names": None}
    edit_info(root, lambda document: document["features"].update({"gone": feature}))


add("info.json: a column is not declared", _undeclared("action"), free=["action"])
add("info.json: index is not declared", _undeclared("index"), free=["index"])
add("info.json: timestamp is not declared", _undeclared("timestamp"), free=["timestamp"])
add("info.json: the camera is not declared", _undeclared(CAMERA))
add("info.json: a column that no file has", _declared, free=["gone"])


def _reordered(root: Path) -> None:
    def edit(document: dict[str, Any]) -> None:
        document["features"] = dict(reversed(document["features"].items()))

    edit_info(root, edit)


add("info.json: features in another order", _reordered, EITHER)


def _encoded(encoding: str, *, mark: bytes = b"") -> Callable[[Path], None]:
    def change(root: Path) -> None:
        path = root / "meta/info.json"
        edit_info(root, lambda document: document.update({"robot_type": "Löwe"}))
        text = path.read_text("utf-8").replace("\\u00f6", "ö")
        path.write_bytes(mark + text.encode(encoding))

    return change


add("info.json: starts with a byte order mark", _encoded("utf-8", mark=b"\xef\xbb\xbf"), EITHER)
add("info.json: is in Latin-1", _encoded("latin-1"), EITHER)
