"""What is decoded first, what is announced, and that nothing waits for what nobody wants."""

import threading
import time
from pathlib import Path

import pytest

from labeler.video import FrameKey, frame_supply
from labeler.video.agenda import Job, Rank, ShownPlace, agenda

from .conftest import LENGTHS
from .listening import PATIENCE, Announced, idle, shown, threads, wait
from .recordings import CAMERA

GRIPPER, FRONT = "observation.images.gripper", "observation.images.front"


class Stall(Announced):
    """Holds the worker at the first announcement, until it is told to go on."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = threading.Event()

    def __call__(self, key: FrameKey) -> None:
        super().__call__(key)
        assert self.go_on.wait(PATIENCE)


def jobs(place: ShownPlace | None, planned=(), length: int = 100) -> list[Job]:
    return list(agenda(place, planned, lambda episode: length))


@pytest.mark.parametrize("direction", [-1, 0, 1])
def test_each_frame_has_one_turn(direction):
    made = jobs(ShownPlace(0, 40, (GRIPPER,), direction), [2, 1])
    assert made[0] == Job(Rank.PLACE, 0, 40, since=0 if direction < 0 else 32)
    assert sorted(job.frame for job in made if job.episode == 0) == list(range(100))
    assert [job.rank for job in made] == sorted(job.rank for job in made)
    planned = [(job.episode, job.frame) for job in made if job.rank is Rank.PLANNED]
    assert planned == [(episode, frame) for episode in (2, 1) for frame in range(100)]
    assert [job.episode for job in made if job.rank is Rank.OPENING] == [2, 1]


def test_neighbours_lie_in_the_direction_of_travel():
    on = [job.frame for job in jobs(ShownPlace(0, 40, (GRIPPER,), 1))]
    back = [job.frame for job in jobs(ShownPlace(0, 40, (GRIPPER,), -1))]
    both = [job.frame for job in jobs(ShownPlace(0, 40, (GRIPPER,)))]
    assert on[1:7] == [41, 42, 43, 44, 45, 46]
    assert back[1:7] == [38, 39, 34, 35, 36, 37]
    assert both[1:5] == [41, 42, 38, 39]


def test_complete_episodes_are_passed_over():
    made = list(agenda(ShownPlace(0, 5, (GRIPPER,)), [1, 2], lambda episode: 0))
    assert made == [
        Job(Rank.PLACE, 0, 5),
        Job(Rank.OPENING, 1, 0, back=True),
        Job(Rank.OPENING, 2, 0, back=True),
    ]


def test_wanted_frames_are_announced_once_by_a_worker(make_recording, supply):
    heard = Announced()
    frames = supply(make_recording(lengths=(30, 30), cameras=(GRIPPER, FRONT)), heard)
    frames.want(0, 9, (GRIPPER, FRONT))
    frames.plan([1])
    idle(frames)
    assert sorted(heard.keys, key=str) == [FrameKey(0, FRONT, 9), FrameKey(0, GRIPPER, 9)]
    assert all(name.startswith("frames-") for name in heard.threads)
    frames.want(0, 10, (GRIPPER, FRONT))  # there already
    frames.want(1, 0, (GRIPPER,))
    idle(frames)
    assert len(heard.keys) == 2


def test_the_latest_of_many_wants_wins(shoot, supply):
    decoded: list[int] = []
    stall = Stall()

    def listener(key: FrameKey) -> None:
        decoded.append(frames.decode_count)
        stall(key)

    frames = supply(shoot("h264-g2").dataset, listener)
    frames.want(0, 0, [CAMERA])
    stall.until(lambda keys: keys == [FrameKey(0, CAMERA, 0)])
    for number in range(500):
        frames.want(3, 7 + number % 40, [CAMERA], direction=1)
    stall.go_on.set()
    last = FrameKey(3, CAMERA, 7 + 499 % 40)
    stall.until(lambda keys: keys[-1] == last)
    assert stall.keys == [FrameKey(0, CAMERA, 0), last]
    assert decoded[1] - decoded[0] <= 2  # those wanted before are not even decoded


def test_a_storm_of_wants_ends_with_the_last_one(shoot, supply):
    heard = Announced()
    frames = supply(shoot("av1-g30").dataset, heard)
    places = [(number * 7 % 4, number * 13) for number in range(500)]
    for episode, frame in places:
        frames.want(episode, frame % LENGTHS[episode], [CAMERA])
    episode, frame = places[-1]
    wait(frames, FrameKey(episode, CAMERA, frame % LENGTHS[episode]))
    idle(frames)
    assert frames.decode_count <= 500


def test_planned_episodes_are_there_before_they_are_wanted(make_recording, supply, read_picture):
    heard = Announced()
    frames = supply(make_recording(lengths=(30, 31, 32, 33), cameras=(GRIPPER, FRONT)), heard)
    frames.plan([2, 1, 2, 17])
    frames.want(0, 3, (GRIPPER, FRONT))
    idle(frames)
    for episode, length in ((2, 32), (1, 31)):
        for camera in (GRIPPER, FRONT):
            for frame in range(length):
                key = FrameKey(episode, camera, frame)
                assert shown(frames, key, read_picture) == (episode, frame)
    assert frames.get(FrameKey(3, GRIPPER, 0)) is None
    assert {key.episode for key in heard.keys} == {0}


def test_an_episode_that_is_ready_is_painted_before_its_neighbours_come(
    make_recording, supply, monkeypatch
):
    frames = supply(make_recording(lengths=(60, 60)), memory=72 * 64 * 64 * 3 // 2)
    frames.plan([1])
    frames.want(0, 30, (GRIPPER,))
    wait(frames, FrameKey(1, GRIPPER, 0))
    idle(frames)
    assert frames.get(FrameKey(1, GRIPPER, 20)) is None
    monkeypatch.setattr(frame_supply, "_PAINT", 3600)
    frames.want(1, 0, (GRIPPER,))
    time.sleep(0.3)
    assert frames.get(FrameKey(1, GRIPPER, 20)) is None
    monkeypatch.setattr(frame_supply, "_PAINT", 0)  # that it is painted
    with frames._work:
        frames._work.notify_all()
    wait(frames, FrameKey(1, GRIPPER, 20))


def test_before_anything_is_wanted_plans_are_made(make_recording, supply, read_picture):
    frames = supply(make_recording())
    frames.plan([1])
    wait(frames, FrameKey(1, GRIPPER, 0))
    idle(frames)
    assert shown(frames, FrameKey(1, GRIPPER, 8), read_picture) == (1, 8)


def test_cameras_that_are_not_shown_are_not_decoded(make_recording, supply):
    frames = supply(make_recording(cameras=(GRIPPER, FRONT)))
    frames.want(0, 3, (FRONT,))
    idle(frames)
    assert frames.get(FrameKey(0, FRONT, 11)) is not None
    assert frames.get(FrameKey(0, GRIPPER, 3)) is None


@pytest.mark.parametrize("name", ["h264-b-g250", "hevc-g250"])
def test_all_on_the_way_from_a_distant_keyframe_is_kept(shoot, supply, name):
    frames = supply(shoot(name).dataset)
    frames.want(3, 51, [CAMERA], direction=-1)
    wait(frames, FrameKey(3, CAMERA, 51))
    assert all(frames.get(FrameKey(3, CAMERA, frame)) for frame in range(52))
    assert frames.decode_count <= 100


def test_close_ends_threads_that_decode(shoot, supply):
    for name in ("h264-b-g250", "av1-g2"):
        frames = supply(shoot(name).dataset)
        frames.want(3, 51, [CAMERA])
        frames.plan([0, 1, 2])
        frames.close()
        assert threads() == []
        frames.close()
        frames.want(0, 0, [CAMERA])
        frames.plan([1])
        assert frames.get(FrameKey(0, CAMERA, 0)) is None


def test_close_does_not_wait_for_a_listener_that_does_not_return(shoot, supply, monkeypatch):
    monkeypatch.setattr(frame_supply, "_END", 1.0)
    stall = Stall()
    frames = supply(shoot("h264-g2").dataset, stall)
    frames.want(0, 0, [CAMERA])
    stall.until(bool)
    frames.close()
    stall.go_on.set()
    for thread in threading.enumerate():
        if thread.name.startswith("frames-"):
            thread.join(PATIENCE)


def test_a_listener_may_call_the_supply(shoot, supply):
    done = threading.Event()

    def listener(key: FrameKey) -> None:
        assert frames.get(key) is not None
        if key.frame < 5:
            frames.want(3, key.frame + 5, [CAMERA])
        else:
            frames.close()
            done.set()

    frames = supply(shoot("h264-g2").dataset, listener, memory=1)
    frames.want(3, 0, [CAMERA])
    assert done.wait(PATIENCE)


def test_a_listener_that_fails_ends_nothing(shoot, supply, caplog):
    def fail(key: FrameKey) -> None:
        raise ValueError("a defect of the listener")

    frames = supply(shoot("h264-g2").dataset, fail)
    for episode in (0, 3):
        frames.want(episode, 0, [CAMERA])
        wait(frames, FrameKey(episode, CAMERA, 0))
        idle(frames)
    assert "a defect of the listener" in caplog.text


def test_a_dataset_without_cameras_has_nothing_to_do(make_recording, supply):
    frames = supply(make_recording(cameras=()))
    frames.want(0, 0, ())
    idle(frames)


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="only Linux counts it here")
def test_a_step_where_everything_is_there_wakes_no_worker(make_recording, supply):
    before = {thread.native_id for thread in threading.enumerate()}
    frames = supply(make_recording(lengths=(30, 30)), Announced())
    workers = [t.native_id for t in threading.enumerate() if t.native_id not in before]
    frames.want(0, 0, (CAMERA,), 1)
    frames.plan([1])
    idle(frames)
    slept: list[str] = []
    while slept != (slept := [_switches(worker) for worker in workers]):
        time.sleep(0.2)  # they go to sleep a moment after nothing is left
    for frame in range(1, 30):
        frames.want(0, frame, (CAMERA,), 1)
        time.sleep(0.002)
    assert [_switches(worker) for worker in workers] == slept
    assert workers


def _switches(thread: int | None) -> str:
    """How often a thread of this process has given up its core or lost it."""
    lines = Path(f"/proc/self/task/{thread}/status").read_text().splitlines()
    return "".join(line for line in lines if "voluntary" in line)
