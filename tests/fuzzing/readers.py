"""Every reader of JSON and of other text, with a file of each kind that it reads."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Read = Callable[[], object]
LENGTHS = (12, 9, 15, 4)


@dataclass(frozen=True)
class Reader:
    """A file that is damaged, and what reads it."""

    name: str
    file: Path
    read: Read


def _written(path: Path, value: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(value if isinstance(value, str) else json.dumps(value))
    return path


def _inspected(root: Path) -> Read:
    def read() -> object:
        from labeler.dataset import open_dataset
        from labeler.dataset.tasks import task_texts
        from labeler.inspection import inspect_dataset
        from labeler.labels import DatasetLabels
        from labeler.storage.copying.plan import refuse_damaged

        with open_dataset(root) as dataset:
            report = inspect_dataset(
                dataset, quick=True, begin=lambda what, total: None, advance=lambda count: None
            )
            task_texts(dataset)
            refuse_damaged(dataset)
            return report, DatasetLabels(dataset.lengths.tolist())

    return read


def dataset_readers(roots: dict[str, Path]) -> Iterator[Reader]:
    """The metadata of recordings, which `inspect` and `apply` read."""
    for version, root in roots.items():
        files = [*root.glob("meta/*.json"), *root.glob("meta/*.jsonl")]
        for file in sorted(files):
            yield Reader(f"{version} {file.name}", file, _inspected(root))


def label_readers(folder: Path) -> Iterator[Reader]:
    """Label files of every form, and collections."""
    from labeler.collection.document import read_spec
    from labeler.labels.dialects import read_labels, read_own

    episodes = {str(i): {"length": length} for i, length in enumerate(LENGTHS)}
    episodes["0"] |= {"state": "success", "success": [[3, 12]], "time": "2026-11-22T16:00:00Z"}
    own = {
        "format": "labeler-labels", "version": 1, "project": {"crops": {"a": [0, 0, 2, 2]}},
        "dataset": {"name": "x", "fps": 10, "episodes": 4}, "episodes": episodes,
    }  # fmt: skip
    ranges = {"dataset_path": "/x", "episodes": {"0": {"ranges": [[4, 5], [8, None]]}, "1": None}}
    forms = {
        "own": own, "cutoffs": {"0": 5, "1": None, "2": 3}, "ranges": ranges,
        "merge": {"output_repo_id": "a/b", "sources": ["first", "second"]},
    }  # fmt: skip
    for name in ("first", "second"):
        _written(folder / f"{name}.json", {"0": 3, "1": None})
    for name, value in forms.items():
        file = _written(folder / f"{name}.json", value)
        yield Reader(f"labels {name}", file, lambda file=file: read_labels(file, LENGTHS))
    file = _written(folder / "alone.json", own)
    yield Reader("labels alone", file, lambda: read_own(file))
    sources = [{"root": "one", "labels": "first.json", "name": "a"}, {"root": "two"}]
    spec = _written(
        folder / "c.json", {"format": "labeler-collection", "version": 1, "sources": sources}
    )
    yield Reader("collection", spec, lambda: read_spec(spec))


def _checkpoint_values() -> dict[str, Any]:
    camera = {"type": "VISUAL", "shape": [3, 128, 128]}
    return {
        "type": "reward_classifier", "name": "reward_classifier", "num_classes": 2,
        "input_features": {"observation.images.a": camera, "observation.images.b": camera},
        "output_features": {"next.reward": {"type": "REWARD", "shape": [1]}}, "num_cameras": 2,
        "normalization_mapping": {"VISUAL": "MEAN_STD"}, "hidden_dim": 16, "latent_dim": 12,
        "device": "cpu", "model_name": "random", "model_type": "cnn", "learning_rate": 1e-4,
    }  # fmt: skip


def configuration_readers(folder: Path) -> Iterator[Reader]:
    """Training configurations, HIL-SERL configurations, and checkpoints as both read them."""
    from classifier.config.reading import read_settings
    from labeler.contracts.checkpoint import read_contract
    from labeler.hilserl.checkpoint import read_checkpoint
    from labeler.hilserl.crops import crops_in
    from labeler.hilserl.filling import fill
    from labeler.hilserl.reading import json_like, read_config

    train = _written(
        folder / "train.json",
        {
            "dataset": {"root": "/x", "repo_id": "a/b", "episodes": [0, 1],
                        "image_transforms": {"enable": True, "max_num_transforms": 3}},
            "reward_model": _checkpoint_values(), "batch_size": 16, "steps": 100, "seed": 3,
            "train": {"views": 1, "epochs": 3}, "output_dir": "/y",
        },
    )  # fmt: skip
    yield Reader("train config", train, lambda: read_settings(train))
    contract = {
        "version": 1, "dialect": "lerobot-0.4", "normalized": True, "threshold": 0.5,
        "cameras": [{"key": "observation.images.a", "height": 128, "width": 128,
                     "crop": [0, 0, 60, 60]}],
        "encoder": {"name": "random", "sha256": "00"}, "figures": {"loss": 0.1},
    }  # fmt: skip
    ours, theirs = folder / "ours", folder / "theirs"
    for place in (ours, theirs):
        config = _written(place / "config.json", _checkpoint_values())
        _written(place / "classifier_preprocessor.json", {"name": "x", "steps": []})
        yield Reader(f"{place.name} config.json", config, lambda at=place: read_checkpoint(at))
    file = _written(ours / "labeler.json", contract)
    yield Reader("labeler.json", file, lambda: (read_checkpoint(ours), read_contract(ours)))
    crops = {"observation.images.a": [0, 0, 60, 60]}
    processor = {
        "image_preprocessing": {"crop_params_dict": crops, "resize_size": [128, 128]},
        "reward_classifier": {"pretrained_path": None, "success_threshold": 0.5},
        "gripper": {"use_gripper": True},
    }
    shape = {"type": "VISUAL", "shape": [3, 128, 128]}
    env = {
        "env": {"type": "gym_manipulator", "processor": processor, "fps": 10,
                "features": {"observation.images.a": shape},
                "robot": {"cameras": {"a": {"width": 640, "height": 480}}}},
        "mode": "record",
    }  # fmt: skip
    environment = _written(folder / "env.json", env)

    def fill_again() -> object:
        values, text = read_config(environment)
        checkpoint = read_checkpoint(theirs)
        json_like(text, fill(values, checkpoint, "/x").values)
        return crops_in(values, "env")

    yield Reader("hilserl env", environment, fill_again)


def run_readers(folder: Path) -> Iterator[Reader]:
    """What runs and copies leave, and settings."""
    from classifier.evaluate import run_report
    from labeler.contracts.report import read_report
    from labeler.storage.program.settings_file import DamagedSettingsError, read_settings
    from labeler.storage.record.copy_record import read_record
    from tests.classifier.evaluate.cases import report

    file = folder / "report.json"
    file.write_text(run_report(report()).text(), encoding="utf-8")

    def use_report() -> object:
        read = read_report(file)
        return [read.confusion_at(threshold) for threshold in (0.0, 0.5, 1.0)]

    yield Reader("report.json", file, use_report)
    record = {
        "tool_version": "1", "written_at": "x", "repo_id": "a/b",
        "source": {"path": "/x", "fingerprint": "y", "files": {"a": [1, 2]}},
        "options": {"unlabeled": "refuse"}, "columns": ["next.reward"], "kept": [[0, 0, 3]],
        "whole": True, "rows": {"a": "b"}, "files": {},
    }  # fmt: skip
    copy = _written(folder / "copy/meta/labeler/copy.json", record)
    yield Reader("copy.json", copy, lambda: read_record(folder / "copy").selection())

    def read_plain() -> object:
        try:
            return read_settings(settings)
        except DamagedSettingsError:
            return None

    settings = _written(folder / "settings.json", {"theme": "dark", "keys": {"a": ["B"]}})
    yield Reader("settings", settings, read_plain)


def text_readers(folder: Path) -> Iterator[Reader]:
    """Label files that are no JSON, journals, and settings in YAML."""
    from classifier.cluster.job_queue import QueueDescription
    from classifier.config.reading import read_settings
    from classifier.config.sweep import read_sweep
    from labeler.labels.dialects import read_labels
    from labeler.storage.labels.journal_lines import (
        count_line,
        first_line,
        line_of,
        read_journal,
    )

    forms = {
        "labels.csv": "episode,success_start,env_reset_start\n0,5,8\n1,nan,nan\n2,3,\n",
        "labels.txt": "0: 5-8, 10-\n1: all fail\n2: 3-\n",
    }
    for name, text in forms.items():
        file = _written(folder / name, text)
        yield Reader(name, file, lambda file=file: read_labels(file, LENGTHS))
    lines = [line_of({"episode": n, "label": {"length": 12, "state": "never"}}) for n in range(3)]
    journal = folder / "labels.journal"
    journal.write_bytes(first_line("") + count_line(len(lines)) + b"".join(lines))
    yield Reader(journal.name, journal, lambda: read_journal(journal))
    slurm = (
        "jobqueue: {slurm: {queue: gpu, cores: 16, memory: 64GB, walltime: '02:00:00'}}\njobs: 4\n"
    )
    queue = _written(folder / "slurm.yaml", slurm)
    yield Reader(queue.name, queue, lambda: QueueDescription.read(queue))
    settings = (
        "dataset:\n  root: /x\n  episodes: [0, 1]\nbatch_size: 16\noutput_dir: /y\n"
        "train:\n  views: 1\n  epochs: 3\n"
    )
    train = _written(folder / "train.yaml", settings)
    yield Reader(train.name, train, lambda: read_settings(train))
    grid = f"{settings}sweep:\n  grid:\n    train.epochs: [2, 3]\n  folds: 3\n"
    sweep = _written(folder / "sweep.yaml", grid)
    yield Reader(sweep.name, sweep, lambda: read_sweep(sweep, {}))


def copied(root: Path, folder: Path) -> Path:
    """A recording of which only the metadata is a copy; rows and videos are links."""
    target = folder / root.name
    shutil.copytree(root / "meta", target / "meta")
    for child in root.iterdir():
        if child.name != "meta":
            (target / child.name).symlink_to(child)
    return target
