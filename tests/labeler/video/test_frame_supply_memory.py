"""The cache stays within its limit, and what is looked at stays in it."""

from pathlib import Path

import pytest

from labeler.dataset import Camera, open_dataset
from labeler.video import FrameKey, cache
from labeler.video.agenda import NEAR
from labeler.video.cache import ImageMemory, image_memory

from .listening import idle, wait

GRIPPER, FRONT = "observation.images.gripper", "observation.images.front"
PICTURE = 64 * 64 * 3 // 2  # bytes


@pytest.mark.parametrize("gop", [2, 250])
@pytest.mark.parametrize("direction", [-1, 0, 1])
def test_the_nearest_stay_when_memory_is_short(make_recording, supply, gop, direction):
    frames = supply(make_recording(lengths=(200, 60, 60), gop=gop), memory=80 * PICTURE)
    frames.plan([1, 2])
    frames.want(0, 100, [GRIPPER], direction)
    idle(frames)
    kept = {frame for frame in range(200) if frames.get(FrameKey(0, GRIPPER, frame))}
    ahead, back = (NEAR // 3 if direction == way else NEAR for way in (-1, 1))
    assert kept >= set(range(100 - back, 100 + ahead + 1))
    assert kept == set(range(min(kept), max(kept) + 1))
    assert [bool(frames.get(FrameKey(e, GRIPPER, 0))) for e in (1, 2)] == [True, True]
    assert 70 * PICTURE <= frames.size <= 80 * PICTURE


def test_at_rest_memory_is_given_back_until_something_is_wanted(
    make_recording, supply, monkeypatch
):
    monkeypatch.setattr(cache, "_AT_REST", 10 * PICTURE)
    frames = supply(make_recording(lengths=(200, 60)), memory=150 * PICTURE)
    frames.plan([1])
    frames.want(0, 100, [GRIPPER])
    idle(frames)
    before, decoded = frames.size, frames.decode_count
    frames.rest()
    idle(frames)
    kept = [frame for frame in range(200) if frames.get(FrameKey(0, GRIPPER, frame))]
    assert kept == list(range(100 - NEAR, 100 + NEAR + 1))
    assert frames.size == len(kept) * PICTURE < before / 2
    assert frames._memory._mapped < before, "dropped images keep their memory"
    assert frames.decode_count == decoded, "what was given back is fetched again unasked"
    frames.want(0, 101, [GRIPPER])
    idle(frames)
    assert frames.size == before


def test_an_episode_that_is_opened_is_decoded_whole_until_somebody_rests(
    make_recording, supply, monkeypatch
):
    monkeypatch.setattr(cache, "_LEAST_MEMORY", 0)
    frames = supply(make_recording(lengths=(200, 60)))
    frames.plan([1])
    frames.want(0, 0, [GRIPPER])
    idle(frames)
    assert frames.size == 260 * PICTURE
    frames.rest()
    idle(frames)
    assert frames.size == (NEAR + 1) * PICTURE
    frames.want(0, 1, [GRIPPER])  # whoever steps once, steps on
    idle(frames)
    assert frames.size == 260 * PICTURE
    frames.rest()
    frames.want(1, 0, [GRIPPER])
    idle(frames)
    assert all(frames.get(FrameKey(1, GRIPPER, frame)) for frame in range(60))


def test_a_place_that_moves_at_rest_takes_no_more_memory(make_recording, supply, monkeypatch):
    monkeypatch.setattr(cache, "_LEAST_MEMORY", 0)
    frames = supply(make_recording(lengths=(200, 60)))
    frames.plan([1])
    frames.want(0, 100, [GRIPPER])
    idle(frames)
    frames.rest()
    for frame in (*range(90, 111), *range(90, 111)):  # a loop
        frames.want(0, frame, [GRIPPER], 1, at_rest=True)
        assert wait(frames, FrameKey(0, GRIPPER, frame))
        idle(frames)
        assert frames.size <= (2 * NEAR + 1) * PICTURE
    frames.want(0, 111, [GRIPPER])
    idle(frames)
    assert frames.size == 260 * PICTURE


def machine(monkeypatch: pytest.MonkeyPatch, pages: int) -> None:
    facts = {"SC_PHYS_PAGES": pages, "SC_PAGE_SIZE": 4096}
    monkeypatch.setattr(cache.os, "sysconf", facts.__getitem__, raising=False)


def test_what_is_kept_follows_from_the_cameras_or_from_a_wish(monkeypatch):
    machine(monkeypatch, 2 << 20)  # 8 GiB
    vga = Camera(GRIPPER, "video", 480, 640)
    assert image_memory([vga]) == ImageMemory(140_000_000, 32 * 480 * 640 * 3 // 2)
    two = ImageMemory(280_000_000, 64 * 480 * 640 * 3 // 2)
    assert image_memory([vga, vga]) == two
    assert image_memory([vga, vga, vga]).moving == two.moving
    assert image_memory([]) == ImageMemory(140_000_000, 8_000_000)
    assert image_memory([Camera(GRIPPER, "video", 4, 4)]).resting == 8_000_000
    assert image_memory([Camera(GRIPPER, "video", 10_000, 10_000)]).resting == 140_000_000
    assert image_memory([vga], 10**9) == ImageMemory(10**9, 32_000_000)
    assert image_memory([vga], 10**6) == ImageMemory(10**6, 10**6)


def test_a_small_machine_keeps_less(monkeypatch):
    machine(monkeypatch, 200_000)
    vga = Camera(GRIPPER, "video", 480, 640)
    assert image_memory([vga]).moving == 200_000 * 4096 // 16


def test_a_machine_that_does_not_tell_its_memory_counts_as_large(monkeypatch):
    monkeypatch.delattr(cache.os, "sysconf", raising=False)
    assert image_memory([Camera(GRIPPER, "video", 480, 640)]).moving == 140_000_000


def test_steps_fetch_what_comes_before_it_is_reached(make_recording, supply):
    frames = supply(make_recording(lengths=(200,)), memory=64 * PICTURE)
    frames.want(0, 20, [GRIPPER])
    idle(frames)
    for frame in (*range(21, 160), *range(159, 20, -1)):
        frames.want(0, frame, [GRIPPER])
        assert frames.get(FrameKey(0, GRIPPER, frame)) is not None
        idle(frames)
    assert frames.size <= 64 * PICTURE


def test_what_is_shown_is_kept_even_without_memory(make_recording, supply):
    frames = supply(make_recording(cameras=(GRIPPER, FRONT)), memory=0)
    for place in (3, 11, 0):
        frames.want(0, place, (GRIPPER, FRONT))
        for camera in (GRIPPER, FRONT):
            wait(frames, FrameKey(0, camera, place))
        idle(frames)
        assert all(frames.get(FrameKey(0, camera, place)) for camera in (GRIPPER, FRONT))
        assert frames.size == 2 * PICTURE


def test_the_next_episode_takes_the_room_of_the_oldest(make_recording, supply):
    frames = supply(make_recording(lengths=(20,) * 6), memory=50 * PICTURE)
    for episode in range(5):
        frames.want(episode, 10, [GRIPPER])
        frames.plan([episode + 1])
        idle(frames)
        now, after = (
            [bool(frames.get(FrameKey(e, GRIPPER, f))) for f in range(20)]
            for e in (episode, episode + 1)
        )
        assert all(now)
        assert all(after)
    assert frames.get(FrameKey(0, GRIPPER, 0)) is None


@pytest.mark.parametrize("version", ["v2.1", "v3.0"])
def test_memory_is_flat_over_a_thousand_episodes(make_recording, supply, version):
    lengths = (4,) * 100
    dataset = open_dataset(make_recording(version, lengths, size=(240, 320), gop=4))
    limit = 5_000_000
    frames = supply(dataset, memory=limit)
    resident: list[int] = []
    for visit in range(1000):
        episode = visit * 7 % 100
        frames.want(episode, 2, [GRIPPER])
        frames.plan([(episode + 7) % 100, (episode + 14) % 100])
        wait(frames, FrameKey(episode, GRIPPER, 2))
        assert frames.size <= limit
        resident.append(_resident())
    # A picture of every visit would be 115 MB, that of every decoding 460 MB.
    assert max(resident) - max(resident[:100]) < 30_000_000


def _resident() -> int:
    statistics = Path("/proc/self/statm")
    if not statistics.exists():
        pytest.skip("memory cannot be asked for here")
    return int(statistics.read_text().split()[1]) * 4096
