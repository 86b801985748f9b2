"""`lerobot-train` of a real environment, and what its checkpoints are worth as time goes by."""

import dataclasses
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.classifier.recordings import CAMERA, SIDE
from tests.bench.classifier.watching import watched, with_bytecode

_LIMIT = 600.0  # seconds after which a single step of LeRobot's has gone wrong
_JUDGE = Path(__file__).with_name("lerobot_judge.py")
_PREDICT = Path(__file__).with_name("lerobot_predict.py")


@dataclass(frozen=True)
class LeRobot:
    """An interpreter with LeRobot, how long one training may take, and how often it saves.

    So many `steps` are never reached: the limit of time ends a training, unless fewer are given.
    """

    python: Path
    limit: float
    save_freq: int = 100
    batch_size: int = 16
    steps: int = 100_000


def lerobot_training(
    lerobot: LeRobot, root: Path, encoder: Path, work: Path, train: int, test: int, seed: int
) -> dict[str, Any]:
    """Seconds from the start of the process to each checkpoint, and each one's accuracy.

    Training stops after the limit. Judging comes afterwards and is not counted.
    """
    out = work / f"lerobot-{root.name}-{seed}"
    config = work / f"{out.name}.json"
    config.write_text(json.dumps(_config(lerobot, root, encoder, out, train, seed)))
    program = [str(lerobot.python.with_name("lerobot-train")), f"--config_path={config}"]
    log = config.with_suffix(".log")
    run = watched(program, _environment(work), out, log, lerobot.limit)
    result: dict[str, Any] = {"seconds": run.seconds, "steps": run.steps, "peak bytes": run.peak}
    if run.models:
        result |= lerobot_judgement(lerobot, root, work, train, train + test, run.models)
    return result


def lerobot_warm_up(lerobot: LeRobot, root: Path, encoder: Path, work: Path) -> None:
    """A training until its first checkpoint, after which modules are compiled and kept."""
    once = dataclasses.replace(lerobot, save_freq=1)
    out = work / "lerobot-warm-up"
    config = out.with_suffix(".json")
    config.write_text(json.dumps(_config(once, root, encoder, out, 1, 0) | {"steps": 1}))
    program = [str(lerobot.python.with_name("lerobot-train")), f"--config_path={config}"]
    watched(program, _environment(work), out, out.with_suffix(".log"), _LIMIT)


def lerobot_prediction(
    lerobot: LeRobot, work: Path, checkpoint: Path, pictures: Path, batch: int
) -> dict[str, Any]:
    """What `lerobot_predict.py` says."""
    return _said(lerobot, work, _PREDICT, checkpoint, pictures, batch)


def lerobot_judgement(
    lerobot: LeRobot, root: Path, work: Path, first: int, end: int, checkpoints: list[Path]
) -> dict[str, Any]:
    """What `lerobot_judge.py` says."""
    return _said(lerobot, work, _JUDGE, root, first, end, *checkpoints)


def _said(lerobot: LeRobot, work: Path, *command: object) -> dict[str, Any]:
    """The last line of a script that runs in LeRobot's environment."""
    done = subprocess.run(
        [str(lerobot.python), *map(str, command)],
        env=_environment(work),
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"LeRobot failed:\n{done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _config(
    lerobot: LeRobot, root: Path, encoder: Path, out: Path, train: int, seed: int
) -> dict[str, Any]:
    return {
        "reward_model": {
            "type": "reward_classifier",
            "model_name": str(encoder),
            "num_cameras": 1,
            "device": "cpu",
            "push_to_hub": False,
            "input_features": {CAMERA: {"type": "VISUAL", "shape": [3, SIDE, SIDE]}},
            "output_features": {"next.reward": {"type": "REWARD", "shape": [1]}},
        },
        "dataset": {
            "repo_id": f"bench/{root.name}",
            "root": str(root),
            "video_backend": "pyav",
            "episodes": list(range(train)),
        },
        "output_dir": str(out),
        "seed": seed,
        "steps": lerobot.steps,
        "batch_size": lerobot.batch_size,
        "num_workers": 0,  # on two cores workers make it slower
        "log_freq": 50,
        "save_freq": lerobot.save_freq,
        "wandb": {"enable": False},
    }


def _environment(work: Path) -> dict[str, str]:
    """No user's cache and no network."""
    offline = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "TQDM_DISABLE": "1"}
    homes = {"HOME": str(work), "HF_HOME": str(work / "hf")}
    return {**with_bytecode(work), **offline, **homes}
