"""Things at places where something else should be."""

import os
import shutil
from pathlib import Path

from tests.broken.breakage import V3, Found, breakage
from tests.broken.edit import data, episodes, tasks, video

REFUSED, ERROR, REPORTED = Found.REFUSED, Found.ERROR, Found.REPORTED


@breakage(REFUSED, "it has no meta/info.json", versions=V3)
def an_empty_folder(root: Path):
    shutil.rmtree(root)
    root.mkdir()


@breakage(REFUSED, "does not exist", versions=V3)
def nothing_there(root: Path):
    shutil.rmtree(root)


@breakage(REFUSED, "is a file", versions=V3)
def a_file_instead_of_a_folder(root: Path):
    shutil.rmtree(root)
    root.write_text("dataset")


@breakage(REFUSED, "Did you mean", versions=V3)
def the_folder_above(root: Path):
    return root.parent


@breakage(REFUSED, "it has no meta/info.json", versions=V3)
def the_folder_meta(root: Path):
    return root / "meta"


@breakage(REFUSED, "it has no meta/info.json", versions=V3)
def meta_without_info(root: Path):
    (root / "meta/info.json").unlink()


@breakage(REFUSED, "it has no meta/info.json", versions=V3)
def info_is_a_folder(root: Path):
    _folder(root / "meta/info.json")


@breakage(REFUSED, "it has no meta/info.json", versions=V3)
def info_is_a_link_to_itself(root: Path):
    _loop(root / "meta/info.json")


@breakage(REFUSED, "is a link that leads nowhere", versions=V3)
def the_root_is_a_broken_link(root: Path):
    shutil.rmtree(root)
    root.symlink_to("nowhere")


@breakage(REFUSED, "", versions=V3)
def the_root_is_a_link_to_itself(root: Path):
    shutil.rmtree(root)
    _loop(root)


@breakage(REFUSED, "", versions=V3)
def a_name_too_long(root: Path):
    return root / ("x" * 5000)


@breakage(REFUSED, "episodes")
def the_list_of_episodes_is_a_folder(root: Path):
    _folder(episodes(root))


@breakage(ERROR, "is a folder", quick=True)
def tasks_are_a_folder(root: Path):
    _folder(tasks(root))


@breakage(ERROR, "is a folder", quick=True)
def data_is_a_folder(root: Path):
    _folder(data(root))


@breakage(ERROR, "is a folder", quick=True)
def video_is_a_folder(root: Path):
    _folder(video(root))


@breakage(ERROR, "is a link that leads nowhere", quick=True)
def data_is_a_broken_link(root: Path):
    path = data(root)
    path.unlink()
    path.symlink_to("gone")


@breakage(ERROR, "is a link that leads nowhere", quick=True)
def video_is_a_link_to_itself(root: Path):
    path = video(root)
    path.unlink()
    _loop(path)


@breakage(ERROR, "is a link that leads nowhere", quick=True)
def some_file_is_a_broken_link(root: Path):
    (root / "README.md").symlink_to("gone")


@breakage(ERROR, "is neither a file nor a folder", quick=True)
def some_file_is_a_pipe(root: Path):
    os.mkfifo(root / "meta/pipe")


for found, file in ((ERROR, video), (ERROR, data), (ERROR, tasks), (REFUSED, episodes)):

    def _pipe(root: Path, file=file) -> None:
        path = file(root)
        path.unlink()
        os.mkfifo(path)

    name = f"{file.__name__} a pipe"
    breakage(found, "is neither a file nor a folder", quick=found is ERROR, name=name)(_pipe)


@breakage(Found.FINE, "Nothing odd")
def a_folder_links_to_the_root(root: Path):
    (root / "meta/again").symlink_to("..")


@breakage(Found.REPORTED, "more lead out of the recording", quick=True)
def every_file_is_a_link(root: Path):
    blobs = root.parent / "blobs"
    for number, path in enumerate([p for p in sorted(root.rglob("*")) if p.is_file()]):
        blobs.mkdir(exist_ok=True)
        path.rename(blobs / str(number))
        path.symlink_to(blobs / str(number))


@breakage(Found.FINE, "Nothing odd")
def files_nobody_knows(root: Path):
    (root / "README.md").write_text("# mine")
    (root / "meta/notes [bold]").write_text("x")
    (root / ".cache").mkdir()
    (root / ".cache/lock").write_text("x")


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _loop(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to(path.name)
