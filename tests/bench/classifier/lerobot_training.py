"""`lerobot-train` of a real environment, and what its checkpoints are worth as time goes by."""

import json
import os
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.classifier.recordings import CAMERA, SIDE

_STEPS = 100_000  # never reached: the limit of time ends the run
_POLL = 0.5  # seconds between looks at the folder of checkpoints
_JUDGE = Path(__file__).with_name("lerobot_judge.py")


@dataclass(frozen=True)
class LeRobot:
    """An interpreter with LeRobot, how long one training may take, and how often it saves."""

    python: Path
    limit: float
    save_freq: int = 100
    batch_size: int = 16


def lerobot_training(
    lerobot: LeRobot, root: Path, encoder: Path, work: Path, train: int, test: int, seed: int
) -> dict[str, Any]:
    """Seconds from the start of the process to each checkpoint, and each one's accuracy.

    Training stops after the limit. Judging comes afterwards and is not counted.
    """
    out = work / f"lerobot-{root.name}-{seed}"
    config = work / f"{out.name}.json"
    config.write_text(json.dumps(_config(lerobot, root, encoder, out, train, seed)))
    moments, peak = _watched(lerobot, config, out, work)
    folders = sorted(moments)
    result: dict[str, Any] = {"seconds": [moments[folder] for folder in folders]}
    result |= {"steps": [int(folder.name) for folder in folders], "peak bytes": peak}
    if folders:
        places = [folder / "pretrained_model" for folder in folders]
        result |= lerobot_judgement(lerobot, root, work, train, train + test, places)
    return result


def lerobot_judgement(
    lerobot: LeRobot, root: Path, work: Path, first: int, end: int, checkpoints: list[Path]
) -> dict[str, Any]:
    """What `lerobot_judge.py` says."""
    command = [lerobot.python, _JUDGE, root, first, end, *checkpoints]
    done = subprocess.run(
        [*map(str, command)], env=_environment(work), capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"LeRobot failed:\n{done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _watched(
    lerobot: LeRobot, config: Path, out: Path, work: Path
) -> tuple[dict[Path, float], float]:
    """When each checkpoint was there as a whole, and the process's peak of memory in bytes."""
    program = lerobot.python.with_name("lerobot-train")
    moments: dict[Path, float] = {}
    log = config.with_suffix(".log")
    peak = 0.0
    with log.open("wb") as errors:
        clock = time.perf_counter()
        command = [str(program), f"--config_path={config}"]
        process = subprocess.Popen(command, env=_environment(work), stdout=errors, stderr=errors)
        try:
            while process.poll() is None and time.perf_counter() - clock < lerobot.limit:
                time.sleep(_POLL)
                peak = max(peak, _peak_of(process.pid))
                for folder in _whole(out / "checkpoints"):
                    moments.setdefault(folder, time.perf_counter() - clock)
        finally:
            failed = process.poll() not in (None, 0)
            process.kill()
            process.wait()
    if failed:
        raise RuntimeError(f"lerobot-train failed:\n{log.read_text()[-2000:]}")
    return moments, peak


def _whole(folder: Path) -> list[Path]:
    """Checkpoints that are written: their training state comes last."""
    done = folder.glob("*/training_state/training_step.json")
    return [path.parents[1] for path in done if not path.parents[1].is_symlink()]


def _peak_of(process: int) -> float:
    try:
        text = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+)", text)
    return float(found[1]) * 1024 if found else 0.0


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
        "steps": _STEPS,
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
    return {**os.environ, **offline, **homes}
