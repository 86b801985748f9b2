"""Opening of a video file, with every failure said in the words of the user."""

import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from labeler.errors import DamagedDatasetError

_MP4 = "mov"
_OTHERS = {b"\x1aE\xdf\xa3": "matroska", b"G": "mpegts"}
"""Containers that some recorders call .mp4, by their first bytes: a browser writes WebM, which is
Matroska. No others are tried: some demuxers follow links to further files or to a network.
"""
_RESTORE = "Restore the file from the original recording, or leave its episodes out."
_FIRST = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide")
_PACKET = 188  # bytes of a packet of an MPEG transport stream
_TRACK_HEADER = 96  # bytes of it at most, without the header of the box
_PLAIN, _LARGE, _TO_THE_END = 8, 1, 0  # size of a box header; special values of its size field


def open_video(path: Path) -> tuple[InputContainer, VideoStream]:
    """Open a file for decoding; the caller closes the container.

    Raises:
        DamagedDatasetError: the file is missing, is not a video, or has no readable index or video.
    """
    with translate_errors(path):
        form = container_of(path)
        if form == _MP4:
            _check_index(path)
        # An absolute path, so that no part of a name is taken for a protocol.
        container = av.open(str(path.absolute()), format=form, metadata_errors="replace")
    for stream in container.streams.video[:1]:
        if stream.codec_context is not None:  # None where libav knows no decoder
            return container, stream
    container.close()
    raise DamagedDatasetError(f"The file {path} holds no video that can be decoded.", _RESTORE)


@contextmanager
def translate_errors(path: Path) -> Iterator[None]:
    """Turn the errors of the operating system and of libav about `path` into ours."""
    try:
        yield
    except FileNotFoundError as error:
        raise DamagedDatasetError(f"The video {path} is missing.", _RESTORE) from error
    except (av.FFmpegError, OSError, MemoryError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        message = f"The video {path} cannot be read: {reason.lower()}."
        raise DamagedDatasetError(message, _RESTORE) from error


def container_of(path: Path) -> str:
    """Name of the demuxer for a file, as its first bytes say; `mov` if they say nothing.

    Raises:
        DamagedDatasetError: it is not a file, or empty.
    """
    with translate_errors(path):
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):
            raise DamagedDatasetError(f"The video {path} is not a file.", _RESTORE)
        if not facts.st_size:
            raise DamagedDatasetError(f"The video {path} is empty.", _RESTORE)
        with path.open("rb", buffering=0) as file:
            begin = file.read(_PACKET + 1)
    for magic, form in _OTHERS.items():
        if begin.startswith(magic) and (form != "mpegts" or begin[_PACKET:] == magic):
            return form
    return _MP4


def _check_index(path: Path) -> None:
    """See that all of the `moov` box is there that tells where which frame is.

    libav accepts an index that is cut off and then gives frames wrong times.
    """
    if _lacking_index(path) is None:
        raise DamagedDatasetError(
            f"The video {path} is cut off: its index is not all there.",
            "The recording or a copy was interrupted; restore the file or leave its episodes out.",
        )


def lacking_tags(path: Path) -> int:
    """Bytes that lack at the end of an MP4 video of which all else is there; mostly 0."""
    with translate_errors(path):
        return (_lacking_index(path) or 0) if container_of(path) == _MP4 else 0


def _lacking_index(path: Path) -> int | None:
    """Bytes that the `moov` box lacks of the tags at its end; None if more is lost.

    Boxes: ISO/IEC 14496-12, section 4.2: 32-bit size, type, 64-bit size where the first is 1.
    """
    size, images = path.stat().st_size, False
    with path.open("rb", buffering=0) as file:
        start = 0
        while start + _PLAIN <= size:
            file.seek(start)
            length, kind = _box(file.read(2 * _PLAIN), size - start)
            images = images or kind == b"mdat"
            if length < _PLAIN or (start == 0 and kind not in _FIRST):
                raise DamagedDatasetError(f"The file {path} is not an MP4 video.", _RESTORE)
            if kind == b"moov":
                lacking = max(start + length - size, 0)
                whole = not lacking or (images and _ends_in_tags(file, start, size))
                return lacking if whole else None
            start += length
    return None


def _ends_in_tags(file: IO[bytes], start: int, size: int) -> bool:
    """Whether a `moov` box that begins at `start` is cut off in its tags, behind its tracks.

    The encoder's name, which libav writes, stands there (`udta`, section 8.10.1).
    """
    tracks, start = 0, start + _PLAIN
    while start + _PLAIN <= size:
        file.seek(start)
        length, kind = _box(file.read(2 * _PLAIN), size - start)
        if length < _PLAIN or start + length > size:
            return kind == b"udta" and length >= _PLAIN and tracks > 0
        tracks += kind == b"trak"
        start += length
    return False


def is_rotated(path: Path) -> bool:
    """Whether the header of a track asks to turn the images (ISO/IEC 14496-12, section 8.3.2).

    False where that cannot be read: whoever opens the file says why.
    """
    with translate_errors(path), path.open("rb", buffering=0) as file:
        tracks = list(_find(file, path.stat().st_size, (b"moov", b"trak", b"tkhd")))
    return any(_turns(track) for track in tracks)


def _find(file: IO[bytes], end: int, names: Sequence[bytes]) -> Iterator[bytes]:
    """Contents of the boxes at a path of names, from where the file stands up to a byte."""
    while (start := file.tell()) + _PLAIN <= end:
        length, kind = _box(file.read(2 * _PLAIN), end - start)
        if length < _PLAIN:
            return
        if kind == names[0]:
            file.seek(start + _PLAIN)
            if names[1:]:
                yield from _find(file, min(start + length, end), names[1:])
            else:
                yield file.read(min(length - _PLAIN, _TRACK_HEADER))
        file.seek(start + length)


def _turns(track_header: bytes) -> bool:
    """The matrix a, b, u, c, d, v, x, y, w lies behind 40 bytes, in version 1 behind 52."""
    at = 52 if track_header[:1] == b"\1" else 40
    matrix = [int.from_bytes(track_header[at + 4 * n : at + 4 * n + 4], "big") for n in range(9)]
    return len(track_header) >= at + 36 and (matrix[1] != 0 or matrix[3] != 0)


def _box(header: bytes, rest: int) -> tuple[int, bytes]:
    length = int.from_bytes(header[:4], "big")
    if length == _LARGE:
        length = int.from_bytes(header[8:16], "big")
    elif length == _TO_THE_END:
        length = rest
    return length, header[4:8]


def size_of(path: Path) -> int:
    """Bytes of a file, links followed."""
    with translate_errors(path):
        return path.stat().st_size
