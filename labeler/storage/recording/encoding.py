"""Images to MP4 and PNG bytes, through PyAV."""

import io
import os
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from fractions import Fraction
from typing import cast

import av
import numpy as np
from av.video.stream import VideoStream
from numpy.typing import NDArray

from labeler.errors import StorageError
from labeler.storage.recording.features import AV1_PRESET
from labeler.storage.recording.specification import CameraSpec, Codec

_ENCODERS = {"av1": "libsvtav1", "h264": "libx264"}

Pixels = NDArray[np.uint8]


def can_encode(codec: Codec) -> bool:
    """Whether this build of PyAV can write `av1` or `h264`."""
    return _ENCODERS[codec] in av.codecs_available


def encode_video(images: Iterable[Pixels], camera: CameraSpec, fps: int) -> bytes:
    """An MP4 of images, uint8 (height, width, 3) RGB, encoded as LeRobot does it.

    Raises:
        StorageError: this PyAV has no such encoder, or the encoder fails.
    """
    os.environ.setdefault("SVT_LOG", "1")  # errors only: the AV1 encoder talks on its own
    buffer = io.BytesIO()
    try:
        with av.open(buffer, "w", format="mp4") as container:
            encoder = _ENCODERS[camera.codec]
            stream = cast(VideoStream, container.add_stream(encoder, fps, options=_options(camera)))
            stream.width, stream.height, stream.pix_fmt = camera.width, camera.height, "yuv420p"
            for image in images:
                container.mux(stream.encode(av.VideoFrame.from_ndarray(image, "rgb24")))
            container.mux(stream.encode(None))
    except av.FFmpegError as error:
        raise StorageError(
            f"The images of {camera.key} cannot be encoded as {camera.codec}: {error}.",
            "Choose the other codec; `h264` works with every build of PyAV.",
        ) from error
    return buffer.getvalue()


def _options(camera: CameraSpec) -> dict[str, str]:
    options = {"g": str(camera.gop), "crf": str(camera.crf)}
    if camera.codec == "av1":
        options["preset"] = camera.preset or AV1_PRESET
    elif camera.preset:
        options["preset"] = camera.preset
    if camera.b_frames is not None:
        options["bf"] = str(camera.b_frames)
    return options


def join_videos(parts: Sequence[bytes]) -> bytes:
    """One MP4 that plays the parts one after the other; packets are copied, not encoded again.

    The parts come from `encode_video` with one camera and rate, so that one header serves all.
    """
    if len(parts) == 1:
        return parts[0]
    with ExitStack() as stack:
        sources = [stack.enter_context(av.open(io.BytesIO(part), "r")) for part in parts]
        first = sources[0].streams.video[0]
        assert first.time_base is not None and first.average_rate is not None
        tick = int(1 / (first.time_base * first.average_rate))  # units of time per frame
        packets = [[p for p in source.demux(video=0) if p.pts is not None] for source in sources]
        delay = max(-(part[0].dts or 0) // tick for part in packets)  # frames, for B-frames
        buffer = io.BytesIO()
        with av.open(buffer, "w", format="mp4") as output:
            target = output.add_stream_from_template(first, opaque=True)
            target.time_base = first.time_base
            decoded = 0
            for part in packets:
                start = decoded * tick
                for packet in part:
                    # Parts of one frame have no delay of their own, so decoding times that were
                    # only shifted would collide.
                    packet.pts = (packet.pts or 0) + start
                    packet.dts = (decoded - delay) * tick
                    packet.stream = target
                    output.mux(packet)
                    decoded += 1
    return buffer.getvalue()


def encode_image(image: Pixels) -> bytes:
    """A PNG of an image, uint8 (height, width, 3) RGB."""
    context = av.CodecContext.create("png", "w")
    height, width = image.shape[:2]
    context.width, context.height, context.pix_fmt = width, height, "rgb24"
    context.time_base = Fraction(1)
    packets = context.encode(av.VideoFrame.from_ndarray(image, "rgb24"))
    return b"".join(bytes(packet) for packet in (*packets, *context.encode(None)))
