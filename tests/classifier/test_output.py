"""What is written appears whole or not at all."""

from pathlib import Path

import av
import numpy as np
import pytest

from classifier.output import (
    append_line,
    hold,
    new_folder,
    new_video,
    release,
    relink,
    remove_all_staged,
    resumable,
    rewrite,
    write_file,
)
from labeler.cures import FreeRoomAndResume, MakeRoom
from labeler.errors import BusyError, NoRoomError, RefusedError, StorageError

FULL = Path("/dev/full")


def test_a_folder_appears_at_the_end(tmp_path) -> None:
    with new_folder(tmp_path / "a" / "b") as staged:
        write_file(staged / "c" / "d", b"1")
        assert not (tmp_path / "a" / "b").exists()
    assert (tmp_path / "a" / "b" / "c" / "d").read_bytes() == b"1"
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b"]


def test_a_failure_leaves_nothing(tmp_path) -> None:
    with pytest.raises(RuntimeError), new_folder(tmp_path / "b") as staged:
        write_file(staged / "c", b"1")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_left_is_cleared(tmp_path) -> None:
    write_file(tmp_path / ".b.1.new" / "c", b"1")
    write_file(tmp_path / "kept" / "c", b"1")
    remove_all_staged(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_files_are_replaced_whole_and_lines_added(tmp_path) -> None:
    for text in (b"old", b"new"):
        rewrite(tmp_path / "a", text)
    assert (tmp_path / "a").read_bytes() == b"new"
    for line in ("1", "2"):
        append_line(tmp_path / "lines", line)
    assert (tmp_path / "lines").read_text() == "1\n2\n"
    assert {path.name for path in tmp_path.iterdir()} == {"a", "lines"}
    with pytest.raises(StorageError):
        write_file(tmp_path / "a", b"never over an old file")


def test_links_are_relative_and_replaced(tmp_path) -> None:
    for name in ("000001", "000002"):
        (tmp_path / name).mkdir()
        relink(tmp_path / "last", name)
    assert (tmp_path / "last").readlink().as_posix() == "000002"


def frame(value: int) -> np.ndarray:
    return np.full((48, 64, 3), value, np.uint8)


def test_a_video_gets_its_name_at_the_end(tmp_path) -> None:
    with new_video(tmp_path / "a" / "x.mp4") as video:
        for at in range(5):
            video.add(frame(40 * at), at / 10)
        assert not (tmp_path / "a" / "x.mp4").exists()
    with av.open(str(tmp_path / "a" / "x.mp4")) as container:
        assert [round(float(f.time), 3) for f in container.decode(video=0)] == [
            0,
            0.1,
            0.2,
            0.3,
            0.4,
        ]
    with pytest.raises(RefusedError, match="exists already"), new_video(tmp_path / "a" / "x.mp4"):
        pass


def test_a_video_without_frames_or_with_an_error_is_none(tmp_path) -> None:
    with new_video(tmp_path / "x.mp4"):
        pass
    with pytest.raises(RuntimeError), new_video(tmp_path / "x.mp4") as video:
        video.add(frame(1), 0)
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_one_process_holds_a_lock(tmp_path) -> None:
    busy = BusyError("busy")
    held = hold(tmp_path / ".lock", busy)
    with pytest.raises(BusyError):
        hold(tmp_path / ".lock", busy)
    release(held)
    release(hold(tmp_path / ".lock", busy))


@pytest.mark.skipif(not FULL.exists(), reason="no device that is always full")
def test_a_full_disk_says_what_helps() -> None:
    with pytest.raises(NoRoomError, match="The disk is full at /dev/full") as caught:
        append_line(FULL, "x")
    assert caught.value.cures == (MakeRoom(),)
    with pytest.raises(NoRoomError, match="The disk is full at /dev/full") as caught, resumable():
        append_line(FULL, "x")
    assert caught.value.cures == (FreeRoomAndResume(),)
