"""Images that lie as compressed bytes in a parquet column (features of dtype `image`)."""

import av
from av.video.codeccontext import VideoCodecContext

from labeler.errors import DamagedDatasetError

_CODECS = {
    b"\x89PNG\r\n\x1a\n": "png",
    b"\xff\xd8\xff": "mjpeg",
    b"II*\x00": "tiff",
    b"MM\x00*": "tiff",
    b"RIFF": "webp",
    b"BM": "bmp",
}
_ENDS = {"png": b"IEND\xaeB`\x82", "mjpeg": b"\xff\xd9"}  # else a cut goes unnoticed
_STRICT = {  # TIFF is checked by itself; the strict way refuses harmless tags
    "png": {"err_detect": "crccheck+explode"},
    "mjpeg": {"err_detect": "bitstream+buffer+explode"},
}
_HINT = "Restore the parquet file from the original recording, or leave the episode out."


def is_whole(head: bytes, tail: bytes) -> bool:
    """Whether an image that begins with `head` has its end in `tail`, its last 64 bytes.

    Formats whose end cannot be told count as whole.
    """
    return _ENDS.get(_codec(head) or "", b"") in tail


def _codec(data: bytes) -> str | None:
    return next((name for magic, name in _CODECS.items() if data.startswith(magic)), None)


def decode_image(data: bytes) -> av.VideoFrame:
    """Decode one PNG, JPEG, TIFF, WebP or BMP image.

    PNG, which LeRobot writes, and TIFF give the stored samples exactly, 16 bits included. JPEG
    may differ by a few levels from other decoders where the chroma is subsampled.

    Raises:
        DamagedDatasetError: the bytes are no such image, are cut off or damaged.
    """
    codec = _codec(data)
    if codec is None:
        raise DamagedDatasetError("The image is neither PNG, JPEG, TIFF, WebP nor BMP.", _HINT)
    if not is_whole(data, data[-64:]):
        raise DamagedDatasetError("The image is cut off.", _HINT)
    try:
        decoder = VideoCodecContext.create(codec, "r")
        assert isinstance(decoder, VideoCodecContext)
        decoder.thread_count = 1
        decoder.options = _STRICT.get(codec, {})
        frames = decoder.decode(av.Packet(data)) or decoder.decode(None)
    except (av.FFmpegError, OSError, ValueError, MemoryError) as error:
        raise DamagedDatasetError("The image is damaged.", _HINT) from error
    if not frames or frames[0].is_corrupt:
        raise DamagedDatasetError("The image is damaged.", _HINT)
    return frames[0]
