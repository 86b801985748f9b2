"""Names of folders, links, and files that lie beside the recording."""

import shutil
from collections.abc import Callable
from pathlib import Path

from tests.broken.edit import data, video
from tests.mutations.mutation import EITHER, V2, V3, add, mutation


def called(name: str) -> Callable[[Path], Path]:
    return lambda root: root.rename(root.with_name(name))


for name in (
    "with space",
    "ünïcode",
    "100%",
    "a#b",
    "a,b",
    "a;b",
    "a$b",
    "a'b",
    "a{b}",
    "-dash",
    "trailing.",
):
    add(f"place: a folder called {name}", called(name), EITHER)
for name in ("run[1]", "run*", "run?", "[run", "run**"):
    add(f"place: a folder called {name}", called(name), odd=True)


@mutation("place: run[1] beside run1", odd=True)
def _neighbour(root: Path) -> Path:
    """LeRobot 0.3 and `datasets` take the name for a pattern, which means the neighbour."""
    other = root.with_name("run1")
    shutil.copytree(root, other)
    return root.rename(root.with_name("run[1]"))


@mutation("place: the root is a link")
def _linked_root(root: Path) -> Path:
    link = root.with_name("link")
    link.symlink_to(root, target_is_directory=True)
    return link


def _linked(choose: Callable[[Path], Path]) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        path = choose(root)
        target = root.parent / "blobs" / path.name
        target.parent.mkdir()
        path.rename(target)
        path.symlink_to(target)

    return change


add("place: a data file is a link", _linked(data), EITHER)
add("place: a video is a link", _linked(video), EITHER)
add("place: data is a link", _linked(lambda root: root / "data"), EITHER)
add("place: info.json is a link", _linked(lambda root: root / "meta/info.json"), EITHER)


def _file(name: str, content: bytes = b"x") -> Callable[[Path], None]:
    def change(root: Path) -> None:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    return change


for name in (
    "README.md",
    "data/README.md",
    "data/chunk-000/notes.txt",
    "videos/x.txt",
    ".DS_Store",
    "data/.DS_Store",
    "data/chunk-000/.DS_Store",
    "meta/notes.json",
):
    add(f"place: {name} beside", _file(name), EITHER)
add(
    "place: a backup of a data file beside it",
    lambda root: shutil.copy(data(root), f"{data(root)}.bak") and None,
)
add("place: an empty folder of images", lambda root: (root / "images").mkdir(), [V2, V3])
add("place: a chunk folder that is empty", lambda root: (root / "data/chunk-001").mkdir())
