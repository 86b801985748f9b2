"""Broken videos."""

from pathlib import Path

from tests.broken.breakage import V2, V3, Found, breakage
from tests.broken.edit import cut, edit_info, video

ERROR, REPORTED = Found.ERROR, Found.REPORTED


@breakage(ERROR, "is missing", quick=True)
def video_missing(root: Path):
    video(root).unlink()


@breakage(ERROR, "is empty")
def video_zero_bytes(root: Path):
    video(root).write_bytes(b"")


@breakage(ERROR, "cut off")
def video_truncated(root: Path):
    cut(video(root))


@breakage(ERROR, "not an MP4")
def video_garbage(root: Path):
    video(root).write_bytes(b"\x89PNG this is not a video " * 99)


@breakage(ERROR, "video")
def video_is_a_playlist(root: Path):
    video(root).write_text("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n")


@breakage(ERROR, "video")
def video_without_pictures(root: Path):
    content = video(root).read_bytes()
    start = content.index(b"stsz")
    video(root).write_bytes(content[:start] + b"free" + content[start + 4 :])


@breakage(ERROR, "too short", versions=V2)
def video_of_a_shorter_episode(root: Path):
    video(root).write_bytes(video(root, 1).read_bytes())


@breakage(REPORTED, "images for", versions=V2)
def video_of_a_longer_episode(root: Path):
    video(root, 1).write_bytes(video(root).read_bytes())


@breakage(ERROR, "is missing", versions=V2, quick=True)
def all_videos_missing(root: Path):
    for path in list((root / "videos").rglob("*.mp4")):
        path.unlink()


@breakage(ERROR, "too short", versions=V3)
def recorded_at_another_rate(root: Path):
    edit_info(root, lambda info: info | {"fps": 30})


@breakage(REPORTED, "frames per second", versions=V2)
def recorded_at_another_rate_in_old_format(root: Path):
    edit_info(root, lambda info: info | {"fps": 30})
