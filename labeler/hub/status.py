"""A folder beside the dataset of a name on the Hub: compared by metadata, nothing written."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from labeler.dataset import Dataset
from labeler.dataset.completeness import download_triggers
from labeler.hub.forecast import Forecast, Situation, forecast
from labeler.hub.local import FileDifference, OnBytes, difference, local_files
from labeler.hub.remote import Remote, find_remote
from labeler.remote.hub_connection import Connection
from labeler.storage.record.copy_record import is_copy, read_record


@dataclass(frozen=True)
class Status:
    """What is here and what is there.

    changed: when a file of the folder last changed
    source: fingerprint of the recording that a labelled copy was made from; empty for a recording
    problems: what LeRobot misses in the folder
    home: where LeRobot looks for `repo_id` without a `root`
    """

    root: Path
    version: str
    episodes: int
    frames: int
    changed: datetime
    source: str
    problems: tuple[str, ...]
    home: Path
    remote: Remote | None
    difference: FileDifference
    forecasts: tuple[Forecast, ...]


def status_of(
    connection: Connection,
    dataset: Dataset,
    repo_id: str,
    revision: str | None = None,
    on_bytes: OnBytes = lambda count: None,
) -> Status:
    """Compare a folder with a dataset on the Hub.

    Raises:
        UsageError: there is no such revision.
        HubError: the Hub refuses or is out of reach.
        DamagedDatasetError: a file of the folder cannot be read.
    """
    root = dataset.root
    remote = find_remote(connection, repo_id, revision)
    found = difference(root, remote.files if remote else {}, on_bytes)
    problems = tuple(problem.sentence for problem in download_triggers(dataset))
    home = lerobot_home() / repo_id
    now = _situation(dataset, home, remote, found, not problems)
    return Status(
        root=root,
        version=str(dataset.version),
        episodes=len(dataset),
        frames=dataset.total_frames,
        changed=_last_change(root),
        source=read_record(root).source.fingerprint if is_copy(root) else "",
        problems=problems,
        home=home,
        remote=remote,
        difference=found,
        forecasts=forecast(now),
    )


def _situation(
    dataset: Dataset, home: Path, remote: Remote | None, found: FileDifference, complete: bool
) -> Situation:
    return Situation(
        version=str(dataset.version),
        there=(remote.version or "?") if remote else "",
        at_home=home.exists() and home.samefile(dataset.root),
        complete=complete,
        downloaded=(dataset.root / ".cache" / "huggingface" / "download").is_dir(),
        differing=len(found.changed) + len(found.only_there),
        episodes=len(dataset),
        episodes_there=remote.episodes if remote else 0,
    )


def lerobot_home() -> Path:
    """Where LeRobot keeps datasets (HF_LEROBOT_HOME of its constants.py)."""
    if place := os.environ.get("HF_LEROBOT_HOME"):
        return Path(place).expanduser()
    cache = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")) / "huggingface"
    return Path(os.environ.get("HF_HOME", cache)).expanduser() / "lerobot"


def _last_change(root: Path) -> datetime:
    times = [(root / name).stat().st_mtime for name in local_files(root)]
    return datetime.fromtimestamp(max(times), UTC)
