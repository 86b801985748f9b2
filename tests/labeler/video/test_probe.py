"""What a video file says about itself."""

from fractions import Fraction

import av
import pytest

from labeler.video import probe

from .films import FPS, HEIGHT, TICKS, WIDTH


def test_facts_of_each_film(shot):
    facts = probe(shot.path)
    assert (facts.frames, facts.present, facts.complete) == (100, 100, True)
    assert (facts.height, facts.width, facts.pix_fmt) == (HEIGHT, WIDTH, "yuv420p")
    assert facts.fps == pytest.approx(FPS, rel=0.01)
    assert facts.time_base == Fraction(1, FPS * TICKS)
    assert facts.duration == pytest.approx(100 / FPS, abs=0.21)


@pytest.mark.parametrize(
    ("name", "codec"),
    [("av1-g2", "av1"), ("h264-g2", "h264"), ("hevc-open", "hevc")],
)
def test_the_codec_has_the_name_that_lerobot_gives_it(shoot, name, codec):
    assert probe(shoot(name).path).codec == codec


def test_keyframes_are_those_of_the_packets(shot):
    with av.open(str(shot.path)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
    keys = tuple(index for index, packet in enumerate(packets) if packet.is_keyframe)
    assert probe(shot.path).keyframes == keys
