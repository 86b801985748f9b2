"""Opening of an MP4 file, with every failure said in the words of the user."""

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from labeler.errors import DamagedDatasetError

_FORMAT = "mov"  # MP4 only: other demuxers follow links to further files or to a network
_RESTORE = "Restore the file from the original recording, or leave its episodes out."
_FIRST = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide")
_PLAIN, _LARGE, _TO_THE_END = 8, 1, 0  # size of a box header; special values of its size field


def open_mp4(path: Path) -> tuple[InputContainer, VideoStream]:
    """Open a file for decoding; the caller closes the container.

    Raises:
        DamagedDatasetError: the file is missing, is no MP4, or has no readable index or video.
    """
    with translated(path):
        _check_index(path)
        # An absolute path, so that no part of a name is taken for a protocol.
        container = av.open(str(path.absolute()), format=_FORMAT, metadata_errors="replace")
    for stream in container.streams.video[:1]:
        if stream.codec_context is not None:  # None where libav knows no decoder
            return container, stream
    container.close()
    raise DamagedDatasetError(f"The file {path} holds no video that can be decoded.", _RESTORE)


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn the errors of the operating system and of libav about `path` into ours."""
    try:
        yield
    except FileNotFoundError as error:
        raise DamagedDatasetError(f"The video {path} is missing.", _RESTORE) from error
    except (av.FFmpegError, OSError, MemoryError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        message = f"The video {path} cannot be read: {reason.lower()}."
        raise DamagedDatasetError(message, _RESTORE) from error


def _check_index(path: Path) -> None:
    """See that the `moov` box is there to its last byte.

    libav accepts an index that is cut off and then gives frames wrong times.
    Boxes: ISO/IEC 14496-12, section 4.2: 32-bit size, type, 64-bit size where the first is 1.
    """
    facts = path.stat()
    if not stat.S_ISREG(facts.st_mode):
        raise DamagedDatasetError(f"The video {path} is not a file.", _RESTORE)
    if not facts.st_size:
        raise DamagedDatasetError(f"The video {path} is empty.", _RESTORE)
    with path.open("rb", buffering=0) as file:
        start = 0
        while start + _PLAIN <= facts.st_size:
            file.seek(start)
            length, kind = _box(file.read(2 * _PLAIN), facts.st_size - start)
            if length < _PLAIN or (start == 0 and kind not in _FIRST):
                raise DamagedDatasetError(f"The file {path} is not an MP4 video.", _RESTORE)
            if kind == b"moov" and start + length <= facts.st_size:
                return
            start += length
    raise DamagedDatasetError(
        f"The video {path} is cut off: its index is not all there.",
        "The recording or a copy was interrupted; restore the file or leave its episodes out.",
    )


def _box(header: bytes, rest: int) -> tuple[int, bytes]:
    length = int.from_bytes(header[:4], "big")
    if length == _LARGE:
        length = int.from_bytes(header[8:16], "big")
    elif length == _TO_THE_END:
        length = rest
    return length, header[4:8]


def size_of(path: Path) -> int:
    """Bytes of a file, links followed."""
    with translated(path):
        return path.stat().st_size
