"""The home of the new user who walks through the guide: every file that its commands name."""

import hashlib
import json
import os
import re
import shutil
from pathlib import Path

from safetensors.torch import save_file

from classifier.encoder import random_resnet10
from tests.conftest import recording_maker
from tests.guide.pages import example

GRIPPER = "observation.images.gripper"
LENGTHS = (60, 60, 60) + (12,) * 10
"""Frames of the episodes of `pick_lift`; the README's cutoffs fit into the first three."""
ENCODERS = ("lerobot/resnet10", "helper2424/resnet10")
"""In the Hub's cache of the walk, with random weights: nothing is downloaded."""
COMMIT = "0123456789abcdef0123456789abcdef01234567"
PREPARING = (
    f"labeler-train recordings/other --camera {GRIPPER} --output_dir outputs/run",
    "labeler export recordings/pick_lift --labels cutoffs.json --out anna.json",
    "labeler export recordings/pick_lift --labels later.json --out ben.json",
    "labeler apply recordings/pick_lift --labels noted.json --done --out copy",
    "labeler apply night --labels night.json --out night_copy",
)
"""What was done before the walk: a finished training, the labels of two operators, two copies."""


def make_workplace(home: Path) -> None:
    """Fill an empty home with recordings, label files, configurations and encoders."""
    make = recording_maker(home / "recordings")
    cutoffs = _cutoffs(example("README.md"))
    for number, name in enumerate(("pick_lift", "other", "rl_run", "day", "night", "pick_cube")):
        short = (8,) * (3 if name == "pick_cube" else 13)
        make(
            lengths=LENGTHS if name == "pick_lift" else short, size=(64, 64), name=name,
            cameras=(GRIPPER,) if name == "pick_cube" else (GRIPPER, "observation.images.front"),
            seed=50 * number, tasks=("pick the cube",),
            reward=_rewards if name in ("other", "rl_run") else None,
        )  # fmt: skip
    for name in ("day", "night", "pick_cube"):
        (home / "recordings" / name).rename(home / name)
        labels = {str(episode): 4 + (episode + len(name)) % 3 for episode in range(12)}
        _write(home / f"{name}.json", labels | {"12": None})
    _write(home / "cutoffs.json", cutoffs)
    later = {name: cutoff and cutoff + 2 for name, cutoff in cutoffs.items()}
    _write(home / "later.json", later)
    noted = {"format": "labeler-labels", "version": 1, "episodes": _noted(cutoffs)}
    _write(home / "noted.json", noted)
    _write(home / "other.json", {str(episode): 4 + episode % 3 for episode in range(13)})
    _write(home / "env.json", example("on-the-robot.md"))
    _write(home / "collection.json", example("merging.md"))
    _write(home / "train.json", _training(home))
    videos = home / "pick_cube" / "videos"
    shutil.copy(min(videos.rglob("*.mp4")), home / "video.mp4")
    (home / "checkpoint").symlink_to("outputs/run/checkpoints/refit")
    for name in ENCODERS:
        _cache_encoder(home / "hub", name)


ELSEWHERE = tuple(f"XDG_{kind}_HOME" for kind in ("DATA", "STATE", "CONFIG", "CACHE"))
"""Variables that would lead a program out of its home."""


def variables(home: Path) -> dict[str, str]:
    """What leads a program to this home and keeps it there."""
    return {
        "HOME": str(home),
        "HF_HOME": str(home / ".huggingface"),
        "HF_HUB_CACHE": str(home / "hub"),
        "HF_LEROBOT_HOME": str(home / "lerobot"),
        "HF_HUB_DISABLE_XET": "1",
        "HF_TOKEN": "hf_of_the_walk",
        "LABELER_CACHE": str(home / "cache"),
        "NO_PROXY": "127.0.0.1",
        "QT_QPA_PLATFORM": "offscreen",
        "NO_COLOR": "1",
    }


def _rewards(episode: int) -> list[float]:
    return [float(frame >= 4 + episode % 3) for frame in range(8)]


def _cutoffs(first: dict[str, int | None]) -> dict[str, int | None]:
    """The README's label file, continued to thirteen episodes of which one never succeeds."""
    more = {str(episode): 5 + episode % 3 for episode in range(len(first), 12)}
    return first | more | {"12": None}


def _noted(cutoffs: dict[str, int | None]) -> dict[str, dict[str, object]]:
    """The same in Labeler's own format, each with a note."""
    noted = {}
    for (name, cutoff), length in zip(cutoffs.items(), LENGTHS, strict=True):
        told = {"state": "never"} if cutoff is None else {"state": "success"}
        ranges = {} if cutoff is None else {"success": [[cutoff, length]]}
        noted[name] = {"length": length, "note": "#night", **told, **ranges}
    return noted


def _training(home: Path) -> dict[str, object]:
    """The page's train.json for the recording at hand, which has two cameras."""
    given = example("training.md") | {"train": {"cameras": [GRIPPER]}}
    root = given["dataset"]["root"]
    given["dataset"]["root"] = root.replace("/home/me", str(home))
    return given


def _write(place: Path, content: object) -> None:
    place.write_text(json.dumps(content), encoding="utf-8")


def _cache_encoder(hub: Path, name: str) -> None:
    """Put a ResNet10 with random weights where a download would have put it."""
    repository = hub / f"models--{name.replace('/', '--')}"
    snapshot = repository / "snapshots" / COMMIT
    for folder in (snapshot, repository / "blobs", repository / "refs"):
        folder.mkdir(parents=True)
    save_file(random_resnet10(4).state_dict(), snapshot / "weights", {"format": "pt"})
    digest = hashlib.sha256((snapshot / "weights").read_bytes()).hexdigest()
    (snapshot / "weights").rename(repository / "blobs" / digest)
    (snapshot / "model.safetensors").symlink_to(os.path.relpath(repository / "blobs" / digest,
                                                                snapshot))  # fmt: skip
    (snapshot / "config.json").write_text('{"model_type": "resnet10"}')
    (repository / "refs" / "main").write_text(COMMIT)


PLACEHOLDERS = {
    "NEW_CHECKPOINT": "outputs/run",
    "CHECKPOINT": "outputs/run",
    "OTHER_RECORDING": "recordings/other",
    "ANY_RECORDING": "recordings/other",
    "RL_RUN": "recordings/rl_run",
    "COLLECTION": "collection.json",
    "RUN": "outputs/run",
    "COPY": "copy",
    "FILE": "other.json",
    "OWNER/NAME": "me/pick_lift",
    "/dev/video0": "video.mp4",
}
"""What stands for what in the lines of the guide; a video stands for the camera of a robot."""
_PLACES = re.compile("|".join(sorted(map(re.escape, PLACEHOLDERS), key=len, reverse=True)))


def filled(line: str, number: int) -> str:
    """A line with real files in place of placeholders; new places carry the line's number."""
    line = _PLACES.sub(lambda match: PLACEHOLDERS[match[0]], line).replace(" ...", "")
    line = re.sub(r"\bROOT ROOT\b", "copy recordings/other", line)
    line = re.sub(r"\bROOT\b", "recordings/pick_lift" if "split" not in line else "copy", line)
    line = re.sub(r"\b(DEST|NEW_DIR|DIR)\b", f"new-{number}", line)
    return line.replace(
        "copy recordings/other --labels day.json", "day night_copy --labels day.json"
    )
