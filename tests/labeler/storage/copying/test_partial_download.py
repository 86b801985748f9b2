"""A download is gone on with, belongs to one process, and gets its name when it is complete."""

import subprocess
import sys

import pytest

from labeler.cures import ChooseAnotherFolder, RemoveOrChooseAnother
from labeler.errors import BusyError, RefusedError
from labeler.storage.copying.download import SUFFIX, PartialDownload
from tests.labeler.storage.faults.scene import REPOSITORY

NAME = "data/chunk-000/file-000.parquet"
KILLED = """
import os, signal, sys
from pathlib import Path
from labeler.storage.copying.download import PartialDownload
download = PartialDownload(Path(sys.argv[1]), "me/set")
with download.appending("data/chunk-000/file-000.parquet") as file:
    file.append(b"half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_process_left_is_gone_on_with(tmp_path):
    place = tmp_path / "set"
    words = [sys.executable, "-c", KILLED, str(place)]
    assert subprocess.run(words, cwd=REPOSITORY).returncode == -9
    assert not place.exists()
    download = PartialDownload(place, "me/set")
    assert download.size(NAME) == 4
    with download.appending(NAME) as file:
        file.append(b" and half")
    download.accept(NAME)
    assert download.path(NAME).read_bytes() == b"half and half"
    download.finish()
    assert (place / NAME).read_bytes() == b"half and half"
    assert [path.name for path in tmp_path.iterdir()] == ["set"]


def test_what_is_not_as_it_should_be_is_begun_again(tmp_path):
    download = PartialDownload(tmp_path / "set", "me/set")
    assert download.size(NAME) == 0
    with download.appending(NAME) as file:
        file.append(b"wrong")
    download.discard(NAME)
    assert download.size(NAME) == 0
    with download.appending(NAME) as file:
        file.append(b"older")
    download.accept(NAME)
    download.remove(NAME)  # of another revision
    (tmp_path / "set").mkdir()  # an empty folder is as good as none
    download.finish()
    assert list((tmp_path / "set").rglob("*.parquet")) == []


def test_one_process_downloads(tmp_path):
    download = PartialDownload(tmp_path / "set", "me/set")
    with pytest.raises(BusyError, match="Another process downloads to"):
        PartialDownload(tmp_path / "set", "me/set")
    download.close()
    PartialDownload(tmp_path / "set", "me/set").close()


def test_what_lies_aside_has_to_be_the_same_download(tmp_path):
    PartialDownload(tmp_path / "set", "me/set").close()
    with pytest.raises(RefusedError, match="holds another download") as caught:
        PartialDownload(tmp_path / "set", "me/other")
    assert caught.value.cures == (RemoveOrChooseAnother(),)
    PartialDownload(tmp_path / "set", "me/set").close()  # its lock was given back
    (tmp_path / f"other{SUFFIX}").mkdir()
    (tmp_path / f"other{SUFFIX}" / "mine.txt").touch()
    with pytest.raises(RefusedError, match="is not a download"):
        PartialDownload(tmp_path / "other", "me/set")


def test_nothing_is_downloaded_over_something(tmp_path, make_recording):
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "mine.txt").touch()
    with pytest.raises(RefusedError, match="is not empty") as caught:
        PartialDownload(tmp_path / "set", "me/set")
    assert caught.value.cures == (ChooseAnotherFolder(),)
    root = make_recording(lengths=(3,), size=(32, 32))
    with pytest.raises(RefusedError, match="lies inside a dataset"):
        PartialDownload(root / "set", "me/set")
    assert not (root / f"set{SUFFIX}").exists()
