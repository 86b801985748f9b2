#!/usr/bin/env bash
# What:     five episodes of 250 seconds at 15 frames per second are recorded with LeRobot, which puts
#           them into one video of 21 minutes, and the last 2250 frames are read again with LeRobot.
# Versions: lerobot 0.6.1, torch 2.7.1, av 15.1.0, datasets 4.8.5, numpy 2.2.6.
# Expected: all are read. Times within an episode are float32, so that they may be off by 0.00001 s, a
#           tenth of what LeRobot tolerates (0.0001 s).
# Seen:     244 of the 2250 frames raise FrameTimestampError ("to be safe, we advise to ignore this
#           item"). The time within the video is compared as float32 again, whose steps are 0.00012 s
#           from 1024 seconds on: one step is more than the tolerance, and the small error of the
#           episode's own time is enough to be rounded to the next one. The first is 128.3 seconds
#           into the last episode; short episodes, and short videos, show nothing. A tolerance of
#           0.0002 s reads all, with the right images.
source "$(dirname "$0")/environment.bash"
work=$(mktemp -d)
environment "lerobot[dataset]==0.6.1" datasets==4.8.5 pyarrow==26.0.1 pandas==2.3.3 \
  numpy==2.2.6 torch==2.7.1 torchvision==0.22.1 av==15.1.0

cd "$work" && quiet_python <<'PY'
import numpy as np
import torch
from lerobot.datasets.lerobot_dataset import LeRobotDataset

CAMERA, FPS, LENGTH, READ = "observation.images.top", 15, 3750, 2250
VIDEO = {"dtype": "video", "shape": (64, 64, 3), "names": ["height", "width", "channels"]}
torch.set_num_threads(1)


def brightness(index: int) -> int:
    return 40 + index % 4 * 50


recording = LeRobotDataset.create(
    "me/long",
    fps=FPS,
    features={CAMERA: VIDEO},
    root="long",
    image_writer_threads=1,
)
for _ in range(5):
    for index in range(LENGTH):
        image = np.full((64, 64, 3), brightness(index), np.uint8)
        recording.add_frame({CAMERA: image, "task": "wait"})
    recording.save_episode()
recording.finalize()


def refused(**options: float) -> list[int]:
    """The frames that are not read; the others have the right image."""
    frames = LeRobotDataset("me/long", root="long", video_backend="pyav", **options)
    assert len({frames.meta.get_video_file_path(episode, CAMERA) for episode in range(5)}) == 1
    found = []
    for index in range(len(frames) - READ, len(frames)):
        try:
            image = frames[index][CAMERA]
        except Exception as error:
            assert type(error).__name__ == "FrameTimestampError", error
            found.append(index)
        else:
            assert abs(float(image.mean()) * 255 - brightness(index % LENGTH)) < 10
    return found


as_installed, wider = refused(), refused(tolerance_s=2e-4)
print(f"{len(as_installed)} of {READ} frames are refused, with a tolerance of 0.0002 s {len(wider)}")
print(f"the first is {as_installed[0] / FPS:.1f} s into the video, "
      f"{as_installed[0] % LENGTH / FPS:.1f} s into its episode")
assert len(as_installed) > READ // 20
assert as_installed[0] // LENGTH == 4
assert not wider
PY
