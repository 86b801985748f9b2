"""Run by a LeRobot environment: record a small dataset with LeRobot's own writer.

    python write_recording.py ROOT '{"lengths": [8, 5, 6, 1], "camera": "video"}'

Every image, state and action follows from the episode and the frame index.
"""

import inspect
import json
import sys
import tempfile
from pathlib import Path

from read_copy import isolate

CAMERAS = ("observation.images.gripper", "observation.images.front")
TASKS = ("Pick the cube and lift it.", "Put the cube back.")
JOINTS = ["shoulder", "elbow", "gripper"]


def features(camera, reward, size, cameras=1):
    """The `features` argument of LeRobotDataset.create."""
    joints = {"dtype": "float32", "shape": (len(JOINTS),), "names": JOINTS}
    shape = {"shape": (size, size, 3), "names": ["height", "width", "channels"]}
    result = {key: {"dtype": camera, **shape} for key in CAMERAS[:cameras]}
    result |= {"observation.state": joints, "action": dict(joints)}
    if reward:
        result["next.reward"] = {"dtype": "float32", "shape": (1,), "names": None}
        result["next.done"] = {"dtype": "bool", "shape": (1,), "names": None}
    return result


def image_of(episode, frame, size, camera):
    """A square that moves with the frame on a background that goes with episode and camera."""
    import numpy

    image = numpy.full((size, size, 3), 40 + 30 * (episode % 6), numpy.uint8)
    image[..., 2] += numpy.uint8(25 * camera)
    side = size // 4
    at = (frame * 11) % (size - side)
    image[at : at + side, at : at + side] = (250, 60 + 8 * (frame % 20), 20)
    return image


def frame_values(episode, frame, length, keys, size):
    """One frame for `add_frame`, without the task."""
    import numpy

    wave = numpy.sin(numpy.arange(1, len(JOINTS) + 1) * (frame + 1) * 0.1 + episode)
    cameras = {key: i for i, key in enumerate(CAMERAS) if key in keys}
    values = {
        **{key: image_of(episode, frame, size, camera) for key, camera in cameras.items()},
        "observation.state": wave.astype(numpy.float32),
        "action": (wave * 0.5).astype(numpy.float32),
    }
    last = frame == length - 1
    labels = {
        "next.reward": numpy.array([1.0 if last else 0.0], dtype=numpy.float32),
        "next.done": numpy.array([last], dtype=bool),
    }
    return values | {key: value for key, value in labels.items() if key in keys}


def add_episode(dataset, episode, length, size):
    """Record one episode; LeRobot 0.3 takes the task as an argument, later ones in the frame."""
    separate = "task" in inspect.signature(dataset.add_frame).parameters
    task = TASKS[episode % len(TASKS)]
    for frame in range(length):
        values = frame_values(episode, frame, length, dataset.features, size)
        if separate:
            dataset.add_frame(values, task=task)
        else:
            dataset.add_frame({**values, "task": task})
    dataset.save_episode()


def close(dataset):
    """Write what LeRobot 0.4 and later still hold in memory."""
    if hasattr(dataset, "finalize"):
        dataset.finalize()


def write(root, repo_id="local/recording", lengths=(8, 5, 6), **options):
    """Record a dataset.

    `options`: camera ("video" or "image"), cameras (how many), reward, size, fps, codec (not with
    0.3), file_limit (MB, 0.4 and later), first. `first` is the number from which episodes differ:
    recordings with another have other episodes.
    """
    from lerobot.datasets.lerobot_dataset import LeRobotDataset

    camera, size = options.get("camera", "video"), options.get("size", 64)
    dataset = LeRobotDataset.create(
        repo_id,
        options.get("fps", 10),
        features(camera, options.get("reward", False), size, options.get("cameras", 1)),
        root=Path(root),
        robot_type="so101_follower",
        use_videos=camera == "video",
        **encoding(LeRobotDataset.create, options.get("codec")),
    )
    if "file_limit" in options:
        limit = options["file_limit"]
        dataset.meta.update_chunk_settings(
            data_files_size_in_mb=limit, video_files_size_in_mb=limit
        )
    for episode, length in enumerate(lengths):
        add_episode(dataset, options.get("first", 0) + episode, length, size)
    close(dataset)


def encoding(create, codec):
    """What a release's `create` wants for another video codec than its own choice."""
    if codec is None:
        return {}
    if "vcodec" in inspect.signature(create).parameters:
        return {"vcodec": codec}
    from lerobot.configs.video import RGBEncoderConfig

    return {"rgb_encoder": RGBEncoderConfig(vcodec=codec)}


def main():
    """Record the dataset named on the command line."""
    options = json.loads(sys.argv[2]) if len(sys.argv) > 2 else {}
    with tempfile.TemporaryDirectory() as scratch:
        isolate(scratch)
        write(sys.argv[1], **options)


if __name__ == "__main__":
    main()
