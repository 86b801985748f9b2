"""Videos: containers, codecs, keyframes, edit lists, time bases, colours, rotation, damage."""

import struct
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.reformatter import Colorspace

from tests.broken.edit import video
from tests.mutations.mutation import BOTH, V2, V3, add, mutation

H264 = "v3.0-061-h264-reward"
FPS = 10
PLAIN = {"crf": "12", "g": "2", "bf": "0"}


def videos(root: Path) -> Iterator[Path]:
    yield from sorted((root / "videos").rglob("*.mp4"))


def images_of(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as file:
        return [frame.to_ndarray(format="rgb24") for frame in file.decode(video=0)]


def encode(
    path: Path,
    images: list[np.ndarray],
    codec: str = "libx264",
    options: dict[str, str] = PLAIN,
    *,
    pix_fmt: str = "yuv420p",
    rate: Fraction = Fraction(FPS),
    container: str = "mp4",
    muxing: dict[str, str] | None = None,
    colours: tuple[int, int] | None = None,
) -> None:
    """Write images as a video; `colours` are libav's numbers of colour space and range."""
    with av.open(str(path), "w", format=container, options=muxing or {}) as file:
        stream = file.add_stream(codec, rate=rate, options=options)
        stream.height, stream.width = images[0].shape[:2]
        stream.pix_fmt = pix_fmt
        if colours:
            stream.codec_context.colorspace, stream.codec_context.color_range = colours
        for image in images:
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            if colours:
                space = Colorspace.ITU709 if colours[0] == 1 else Colorspace.ITU601
                frame = frame.reformat(
                    format=pix_fmt, dst_colorspace=space, dst_color_range=colours[1]
                )
                frame.colorspace, frame.color_range = colours
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))


def encoded(*arguments: Any, **options: Any) -> Callable[[Path], None]:
    """Every video encoded again."""

    def change(root: Path) -> None:
        for path in videos(root):
            encode(path, images_of(path), *arguments, **options)

    return change


def copied(path: Path, shift: float) -> None:
    """Packets of a video put into another MP4, `shift` seconds later."""
    other = path.with_name("other")
    with av.open(str(path)) as source, av.open(str(other), "w", format="mp4") as file:
        stream = source.streams.video[0]
        copy = file.add_stream_from_template(stream)
        ticks = round(shift / stream.time_base)
        for packet in source.demux(stream):
            if packet.dts is not None:
                packet.pts, packet.dts = packet.pts + ticks, packet.dts + ticks
                packet.stream = copy
                file.mux(packet)
    other.replace(path)


AV1 = ("libsvtav1", {"crf": "12", "g": "2"})
for container in ("webm", "matroska", "mov", "avi", "mpegts", "ipod"):
    options = {"crf": "12", "g": "2"}
    codec = {"webm": "libvpx-vp9"}.get(container, "libx264")
    add(
        f"video: {container} in .mp4",
        encoded(codec, options | ({} if container == "webm" else {"bf": "0"}), container=container),
        [V2, V3] if container == "webm" else [V3],
        odd=container not in ("mov", "ipod"),
    )
add("video: index in front", encoded(*AV1, muxing={"movflags": "faststart"}))
add("video: fragmented", encoded(*AV1, muxing={"movflags": "frag_keyframe+empty_moov"}))
add(
    "video: fragmented as a stream is",
    encoded(muxing={"movflags": "frag_every_frame+empty_moov+default_base_moof"}),
    [V3],
)
add("video: AV1 in Matroska in .mp4", encoded(*AV1, container="matroska"), [V3], odd=True)

for codec, options in {
    "libx264": PLAIN,
    "libx265": {"crf": "12", "x265-params": "keyint=2:bframes=0:log-level=none"},
    "libvpx-vp9": {"crf": "12", "g": "2"},
    "mpeg4": {"q": "2", "g": "2"},
    "mjpeg": {"q": "2"},
}.items():
    fmt, box = ("yuvj420p", "mov") if codec == "mjpeg" else ("yuv420p", "mp4")
    add(f"video: {codec}", encoded(codec, options, pix_fmt=fmt, container=box), [V3])
for name, options in {
    "every frame a keyframe": {"crf": "12", "g": "1"},
    "one keyframe": {"crf": "12", "g": "250", "bf": "0", "sc_threshold": "0"},
    "B-frames": {"crf": "12", "g": "12", "bf": "3", "sc_threshold": "0"},
    "open groups": {"crf": "12", "g": "6", "bf": "2", "x264-params": "open-gop=1"},
}.items():
    add(f"video: H.264, {name}", encoded("libx264", options), [V3])
_B = {"crf": "12", "g": "12", "bf": "3", "sc_threshold": "0"}
add(
    "video: H.264, B-frames, no edit list",
    encoded("libx264", _B, muxing={"use_editlist": "0"}),
    BOTH,
    odd=True,
)
add(
    "video: H.264, B-frames, negative decoding times",
    encoded("libx264", _B, muxing={"movflags": "negative_cts_offsets"}),
    [V3],
)
for fmt in ("yuv444p", "yuv422p", "yuvj420p", "gray"):
    add(f"video: H.264, {fmt}", encoded(pix_fmt=fmt), [V3])
add(
    "video: AV1 of 10 bits",
    encoded(*AV1, pix_fmt="yuv420p10le"),
    [V3],
)
for name, colours in {"BT.709": (1, 1), "full range": (5, 2), "BT.709, full range": (1, 2)}.items():
    for codec, options in (("libx264", PLAIN), AV1):
        plain = (codec, name) == ("libx264", "full range")  # a pixel format of its own says it
        add(
            f"video: {codec}, {name}", encoded(codec, options, colours=colours), [V3], odd=not plain
        )
for rate in (Fraction(10_000, 1_000), Fraction(100, 9), Fraction(30), Fraction(9_990, 1_000)):
    add(f"video: of {float(rate):.4g} frames per second", encoded(rate=rate), [V3], odd=rate != 10)


add("video: times in milliseconds", encoded(muxing={"video_track_timescale": "1000"}), [V3])
add(
    "video: times in 1/64 s, rounded",
    encoded(muxing={"video_track_timescale": "64"}),
    [V3],
    odd=True,
    tolerance_s=0.01,
)


def _late(seconds: float) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        for path in videos(root):
            encode(path, images_of(path))
            copied(path, seconds)

    return change


add("video: starts 0.1 s late, with an edit list", _late(0.1), BOTH, odd=True)
add("video: starts 0.4 ms late, with an edit list", _late(0.0004), [V3])


def _hidden(count: int) -> Callable[[Path], None]:
    """What `ffmpeg -ss -c copy` makes: frames up to the wanted one are hidden by an edit list."""

    def change(root: Path) -> None:
        for path in videos(root):
            images = images_of(path)
            options = {"crf": "12", "g": "250", "bf": "0", "sc_threshold": "0"}
            encode(path, [images[-1]] * count + images, "libx264", options)
            copied(path, -count / FPS)

    return change


add("video: three frames in front, hidden by an edit list", _hidden(3), BOTH)
add("video: fifteen frames in front, hidden by an edit list", _hidden(15), [V3])


def _frames(change: Callable[[list[np.ndarray]], list[np.ndarray]]) -> Callable[[Path], None]:
    def edit(root: Path) -> None:
        for path in videos(root):
            encode(path, change(images_of(path)))

    return edit


add("video: one frame more at the end", _frames(lambda i: [*i, i[0]]))
add("video: the last frame lacks", _frames(lambda i: i[:-1]))
add("video: the first frame lacks", _frames(lambda i: i[1:]))
add("video: the first frame twice", _frames(lambda i: [i[0], *i]))
add(
    "video: of another size",
    _frames(lambda i: [x.repeat(2, 0).repeat(2, 1) for x in i]),
    [V3],
    odd=True,
)
add("video: of another height", _frames(lambda i: [x.repeat(2, 0) for x in i]), [V3], odd=True)


@mutation("video: turned by a quarter in its metadata", V3, odd=True)
def _turned(root: Path) -> None:
    """The matrix of the track header (ISO/IEC 14496-12, 8.3.2), as phones write it."""
    matrix = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, 64 << 16, 0, 1 << 30)
    for path in videos(root):
        content = bytearray(path.read_bytes())
        at = content.index(b"tkhd") + 4 + 40
        content[at : at + 36] = matrix
        path.write_bytes(content)


def _with_sound(first: bool) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        for path in videos(root):
            _add_sound(path, images_of(path), first)

    return change


def _add_sound(path: Path, images: list[np.ndarray], first: bool) -> None:
    with av.open(str(path), "w", format="mp4") as file:
        if first:
            sound = file.add_stream("aac", rate=8000, layout="mono")
        stream = file.add_stream("libx264", rate=FPS, options=PLAIN)
        stream.height, stream.width, stream.pix_fmt = *images[0].shape[:2], "yuv420p"
        if not first:
            sound = file.add_stream("aac", rate=8000, layout="mono")
        silence = np.zeros((1, 8000), np.float32)
        frame = av.AudioFrame.from_ndarray(silence, format="fltp", layout="mono")
        frame.rate, frame.pts = 8000, 0
        file.mux(sound.encode(frame))
        file.mux(sound.encode(None))
        for image in images:
            file.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        file.mux(stream.encode(None))


add("video: with sound behind it", _with_sound(first=False), [V3])
add("video: with sound in front of it", _with_sound(first=True), [V3])


def _last(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def edit(root: Path) -> None:
        video(root).write_bytes(change(video(root).read_bytes()))

    return edit


_POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 9\n"
add("video: a file is missing", lambda root: video(root).unlink())
add("video: a file is empty", _last(lambda _: b""))
add("video: a file is cut off", _last(lambda content: content[: len(content) // 2]))
add("video: a file lacks its last byte", _last(lambda content: content[:-1]))
add("video: a file is an LFS pointer", _last(lambda _: _POINTER))
add("video: a file is text", _last(lambda _: b"<html>404</html>"))
add("video: a file is a PNG", _last(lambda _: b"\x89PNG\r\n\x1a\n" + bytes(64)), [V3])
add(
    "video: bytes in the middle are 0",
    _last(lambda c: c[: len(c) // 4] + bytes(99) + c[len(c) // 4 + 99 :]),
    [V3],
)
add("video: H.264 in a recording of H.264", encoded(), [H264])
add("video: bytes behind the end", _last(lambda content: content + b"\0" * 9))
