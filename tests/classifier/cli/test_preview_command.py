"""`preview` judges what `predict` judges, from a film, an episode and a camera, and records it."""

import base64
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import av
import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from classifier.checkpoint import load_checkpoint
from classifier.preview import LiveShots, Shot, annotate, video_moments, video_shots
from classifier.preview.predicting import Prediction, Predictor
from labeler.contracts.checkpoint import FILE, read_contract
from labeler.contracts.events import FramePredicted, PreviewStarted, parse
from labeler.dataset import open_dataset
from labeler.decision import Rule
from labeler.video import FrameReader
from tests.classifier.conftest import GRIPPER
from tests.network import refused
from tests.snapshot import snapshot


@pytest.fixture(scope="session")
def video(recording: Path) -> Path:
    """The one video file of the recording: 72 frames of 6 episodes."""
    (path,) = recording.rglob("*.mp4")
    return path


def told(out: str) -> tuple[PreviewStarted, list[FramePredicted]]:
    started, *frames = (parse(line) for line in out.splitlines())
    assert isinstance(started, PreviewStarted)
    assert all(isinstance(frame, FramePredicted) for frame in frames)
    return started, frames


@pytest.fixture
def checkpoint(checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The best checkpoint without its rule, so that the threshold decides each frame."""
    folder = tmp_path_factory.mktemp("without_rule") / "pretrained_model"
    shutil.copytree(checkpoint, folder)
    contract = read_contract(folder)
    (folder / FILE).write_text(contract.model_copy(update={"rule": None}).text())
    return folder


def test_an_episode_is_judged_as_by_predict(cli, checkpoint, recording, tmp_path) -> None:
    before = snapshot(recording)
    out = tmp_path / "scores.parquet"
    assert cli("predict", checkpoint, recording, "--out", out).code == 0
    expected = np.array(pq.read_table(out)["probability"]).reshape(6, 12)[2]
    with refused() as attempts:
        ended = cli("preview", checkpoint, recording, "--episode", 2, "--events", "-")
    assert ended.code == 0, ended.err
    assert attempts == []
    started, frames = told(ended.out)
    assert list(started.cameras) == [GRIPPER]
    assert [frame.frame for frame in frames] == list(range(12))
    found = [frame.probability for frame in frames]
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert [frame.success for frame in frames] == [p > started.threshold for p in found]
    assert all(frame.latency_ms > 0 and frame.dropped == 0 for frame in frames)
    assert frames[-1].frames_per_second > 0
    assert "12 frames" in ended.err
    assert snapshot(recording) == before


def test_a_film_and_its_recording(cli, checkpoint, video: Path, tmp_path: Path) -> None:
    out = tmp_path / "annotated.mp4"
    ended = cli("preview", checkpoint, video, "--out", out, "--threshold", 0, "--seconds", 1.2)
    assert ended.code == 0, ended.err
    assert str(out) in ended.out
    with av.open(str(out)) as container, av.open(str(video)) as source:
        shown = [picture.to_ndarray(format="rgb24") for picture in container.decode(video=0)]
        times = [float(picture.time) for picture in source.decode(video=0)]
    expected = sum(moment - times[0] < 1.2 for moment in times)
    assert f"{expected} frames, {expected} above 0." in ended.out
    assert "First success: frame 0" in ended.out
    assert len(shown) == expected
    assert {picture.shape for picture in shown} == {(456, 480, 3)}
    assert not list(tmp_path.glob(".*.new"))
    out.write_bytes(b"somebody else's")
    again = cli("preview", checkpoint, video, "--out", out)
    assert again.code == 5
    assert out.read_bytes() == b"somebody else's"
    assert "--overwrite" in again.err


def test_the_crop_and_the_trace_are_drawn(checkpoint, video: Path) -> None:
    model = load_checkpoint(checkpoint).model
    camera = model.cameras[0]
    shot = Shot(0, 0.0, {GRIPPER: np.full((48, 64, 3), 128, np.uint8)})
    low, high = Prediction(0, 0.0, 0.1, False, 0.01, 30), Prediction(1, 1.0, 0.9, True, 0.01, 30)
    plain = annotate(shot, [camera], [low], 0.5)
    cropped = type(camera)(camera.key, camera.height, camera.width, (4, 8, 24, 32))
    with_crop = annotate(shot, [cropped], [low], 0.5)
    assert (plain[:360] == 128).all()
    changed = np.argwhere((with_crop != plain).any(axis=2))
    assert changed.min(axis=0).tolist() == [30, 60]  # 7.5 times as large
    assert changed.max(axis=0).tolist() == [209, 299]
    raised = annotate(shot, [camera], [low, high], 0.5)
    bar = slice(392, 398)
    assert (raised[bar] == (64, 192, 112)).all(axis=2).sum() > 5 * (
        (plain[bar] == (214, 92, 80)).all(axis=2).sum()
    )


def test_a_film_played_as_a_camera(cli, checkpoint, video: Path) -> None:
    begin = time.monotonic()
    ended = cli("preview", checkpoint, video, "--live", "--seconds", 1.0, "--events", "-")
    assert ended.code == 0, ended.err
    assert time.monotonic() - begin > 0.9
    _, frames = told(ended.out)
    assert frames
    assert [frame.frame for frame in frames] == sorted({frame.frame for frame in frames})


def test_who_is_slow_sees_the_newest_picture(video: Path) -> None:
    """Played at 10 pictures a second, seen at about 3: late ones drop, order stays."""
    with LiveShots(video_moments(video, GRIPPER)) as shots:
        seen = []
        for shot in shots:
            seen.append(shot.index)
            if len(seen) == 5:
                break
            time.sleep(0.3)
        assert shots.dropped >= len(seen)
    assert seen == sorted(set(seen))
    assert seen[-1] >= len(seen) + 4


def test_leaving_early_ends_the_thread(video: Path) -> None:
    import threading

    before = set(threading.enumerate())
    with LiveShots(video_moments(video, GRIPPER)) as shots:
        next(iter(shots))
    assert set(threading.enumerate()) <= before


def test_interrupted_it_keeps_the_film(cli, checkpoint, video, tmp_path, monkeypatch) -> None:
    count = 0
    real = Predictor.__call__

    def interrupted(self, shot):
        nonlocal count
        count += 1
        if count == 5:
            os.kill(os.getpid(), signal.SIGINT)
        return real(self, shot)

    monkeypatch.setattr(Predictor, "__call__", interrupted)
    ended = cli("preview", checkpoint, video, "--out", tmp_path / "f.mp4")
    assert ended.code == 0
    assert "5 frames" in ended.out
    with av.open(str(tmp_path / "f.mp4")) as container:
        assert len(list(container.decode(video=0))) == 5


def test_what_does_not_fit_is_refused(cli, checkpoint, recording, video, tmp_path) -> None:
    (tmp_path / "text.mp4").write_text("no video")
    (tmp_path / "list.m3u8").write_text(f"#EXTM3U\n#EXTINF:1,\n{video}\n")
    for arguments, code, part in (
        ([recording], 2, "--episode"),
        ([recording, "--episode", 6], 2, "6 episodes"),
        ([video, "--episode", 1], 2, "is not a dataset"),
        ([tmp_path / "gone.mp4"], 2, "There is no video"),
        ([tmp_path / "text.mp4"], 2, "cannot be opened"),
        ([tmp_path / "list.m3u8"], 2, "cannot be opened"),
        ([tmp_path / "text.mp4", "--live"], 2, "cannot be opened"),
        (["/dev/null"], 2, "cannot be opened"),
        ([video, "--camera", "observation.images.no"], 2, "has no camera"),
        ([video, "--events", "file"], 2, "--events -"),
        ([video, "--out", recording / "meta" / "x.mp4"], 5, "only read"),
    ):
        ended = cli("preview", checkpoint, *arguments)
        assert ended.code == code, (arguments, ended.err)
        assert part in ended.err


def test_a_damaged_film(cli, checkpoint, video: Path, tmp_path: Path) -> None:
    """Its index is whole, its pictures are not; nothing is left of what was recorded of it."""
    data = bytearray(video.read_bytes())
    first, last = data.index(b"mdat") + 4, data.index(b"moov") - 4
    third = (last - first) // 3
    data[first + third : last] = b"\xff" * (last - first - third)
    (tmp_path / "bad.mp4").write_bytes(data)
    ended = cli("preview", checkpoint, tmp_path / "bad.mp4", "--out", tmp_path / "o.mp4")
    assert ended.code == 3
    assert "cannot be decoded any further" in ended.err
    assert sorted(path.name for path in tmp_path.iterdir() if "cache" not in path.name) == [
        "bad.mp4"
    ]


def test_a_crop_that_leaves_the_picture(checkpoint, video: Path) -> None:
    from labeler.errors import UsageError

    model = load_checkpoint(checkpoint).model
    camera = model.cameras[0]
    model.cameras = (type(camera)(camera.key, camera.height, camera.width, (0, 0, 480, 640)),)
    with pytest.raises(UsageError, match="48 x 64"):
        Predictor(model, 0.5)(next(video_shots(video, GRIPPER)))


def test_a_threshold_that_is_dragged_down_and_up_leaves_the_release_alone(checkpoint) -> None:
    rule = Rule(threshold=0.8, release=0.6)
    predictor = Predictor(load_checkpoint(checkpoint).model, 0.8, rule)
    predictor.threshold = 0.3
    assert predictor.rule == Rule(threshold=0.3, release=0.3)
    predictor.threshold = 0.9
    assert predictor.rule == Rule(threshold=0.9, release=0.6)


def started(*arguments: object) -> subprocess.Popen[str]:
    """`labeler preview` as a terminal starts it, once it has judged a frame."""
    command = [sys.executable, "-m", "labeler", "preview", *map(str, arguments), "--events", "-"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stdout is not None
    events = [json.loads(process.stdout.readline())["event"] for _ in range(2)]
    assert events == ["preview started", "frame"]
    return process


def test_the_other_program_starts_it_and_ctrl_c_ends_it(checkpoint, video, tmp_path) -> None:
    """Ctrl-C reaches both processes of the terminal; the film is kept."""
    out = tmp_path / "film.mp4"
    with started(checkpoint, video, "--live", "--out", out) as process:
        try:
            os.killpg(process.pid, signal.SIGINT)
            assert process.wait(60) == 0
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    with av.open(str(out)) as container:
        assert 0 < len(list(container.decode(video=0))) < 72


def test_an_episode_played_at_its_own_speed(cli, checkpoint, recording) -> None:
    begin = time.monotonic()
    ended = cli(
        "preview", checkpoint, recording, "--episode", 1, "--live", "--events", "-", "--seconds", 1
    )
    assert ended.code == 0, ended.err
    assert time.monotonic() - begin > 0.9
    _, frames = told(ended.out)
    assert [frame.frame for frame in frames] == sorted({frame.frame for frame in frames})


def test_events_carry_the_pictures_that_were_judged(cli, checkpoint, recording) -> None:
    ended = cli("preview", checkpoint, recording, "--episode", 1, "--events", "-", "--images", 24)
    assert ended.code == 0, ended.err
    _, frames = told(ended.out)
    with open_dataset(recording) as dataset, FrameReader(dataset, GRIPPER) as reader:
        expected = list(reader.frames(1))
    assert len(frames) == len(expected) == 12
    for frame, pixels in zip(frames, expected, strict=True):
        picture = frame.images[GRIPPER]
        assert (picture.height, picture.width) == pixels.shape[:2] == (48, 64)
        shown = Image.open(io.BytesIO(base64.b64decode(picture.jpeg)))
        assert shown.size == (32, 24)
        small = np.asarray(Image.fromarray(pixels).resize(shown.size), dtype=int)
        assert np.abs(np.asarray(shown, dtype=int) - small).mean() < 8


def test_thresholds_come_by_stdin_and_its_end_keeps_the_film(checkpoint, video, tmp_path) -> None:
    out = tmp_path / "film.mp4"
    command = [sys.executable, "-m", "classifier", "preview", str(checkpoint), str(video), "--live"]
    command += ["--events", "-", "--threshold", "0", "--thresholds", "-", "--out", str(out)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        begun, first = (parse(process.stdout.readline()) for _ in range(2))
        assert (begun.threshold, first.success) == (0, True)
        process.stdin.write("nonsense\nnan\n2\n1\n")
        process.stdin.flush()
        while parse(process.stdout.readline()).success:
            pass
        process.stdin.close()
        rest, errors = process.stdout.read(), process.stderr.read()
    assert process.returncode == 0, errors
    assert not any(parse(line).success for line in rest.splitlines())
    with av.open(str(out)) as container:
        assert 0 < len(list(container.decode(video=0))) < 72


@pytest.mark.parametrize(("given", "used"), [(None, "PASSIVE"), ("ACTIVE", "ACTIVE")])
def test_threads_that_wait_leave_busy_cores_alone(checkpoint, video, given, used) -> None:
    """Or an image takes half a second where all cores are at work."""
    command = [sys.executable, "-m", "classifier", "preview", str(checkpoint), str(video)]
    own = {"OMP_DISPLAY_ENV": "TRUE"} | ({} if given is None else {"OMP_WAIT_POLICY": given})
    others = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    ended = subprocess.run(command, env=others | own, check=True, capture_output=True, text=True)
    assert re.search(rf"OMP_WAIT_POLICY ?= ?'{used}'", ended.stderr)
