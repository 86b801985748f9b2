"""Put a folder on the Hub: a pull request, merged once it holds exactly what the folder holds."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import CommitOperationAdd, CommitOperationDelete
from huggingface_hub.utils import disable_progress_bars

from labeler.cures import AllowPublic, PushCopy, ReplaceOnHub, Retry, RetryAfter, RunInspect
from labeler.dataset import Dataset
from labeler.dataset.completeness import download_triggers
from labeler.errors import HubError, RefusedError
from labeler.hub.local import FileDifference, OnBytes, difference
from labeler.hub.remote import Remote, find_remote
from labeler.labels.wording import plural
from labeler.remote.hub_connection import Connection, translate_errors
from labeler.remote.hub_files import HubFile, hub_files
from labeler.storage.record.copy_record import is_copy, read_record

_BRANCH = "main"
_OF_A_DATASET = ("data/", "videos/", "images/", "meta/")
_AT_ONCE = 20


@dataclass(frozen=True)
class Plan:
    """What a push would do.

    remote: what is there now; None for a new dataset
    upload, remove: files of the folder to be sent, and files there that no longer belong
    concerns: why the name has to be typed before it is replaced; none for a harmless push
    """

    root: Path
    repo_id: str
    version: str
    episodes: int
    frames: int
    remote: Remote | None
    difference: FileDifference
    upload: tuple[str, ...]
    remove: tuple[str, ...]
    size: int
    concerns: tuple[str, ...]


@dataclass(frozen=True)
class Pushed:
    """What a push did: the commit on the Hub, and the number of its pull request."""

    commit: str
    request: int


def plan_push(
    connection: Connection,
    dataset: Dataset,
    repo_id: str,
    *,
    recording: bool = False,
    public: bool = False,
    on_bytes: OnBytes = lambda count: None,
) -> Plan:
    """Look what a push would change; nothing is sent.

    `recording` allows a folder that is no labelled copy; `public` one that everybody sees.

    Raises:
        RefusedError: the folder is a recording, incomplete, or would become public unasked.
        HubError: the Hub refuses or is out of reach.
        DamagedDatasetError: a file of the folder cannot be read.
    """
    root = dataset.root
    _require_pushable(dataset, recording)
    remote = find_remote(connection, repo_id)
    _require_hidden(remote, public)
    found = difference(root, remote.files if remote else {}, on_bytes)
    upload = (*found.only_here, *found.changed)
    return Plan(
        root=root,
        repo_id=repo_id,
        version=str(dataset.version),
        episodes=len(dataset),
        frames=dataset.total_frames,
        remote=remote,
        difference=found,
        upload=upload,
        remove=tuple(name for name in found.only_there if name.startswith(_OF_A_DATASET)),
        size=sum((root / name).stat().st_size for name in upload),
        concerns=tuple(_concerns(dataset, remote, found)) if remote else (),
    )


def _require_pushable(dataset: Dataset, recording: bool) -> None:
    if not is_copy(dataset.root) and not recording:
        raise RefusedError(
            f"{dataset.root} is a recording, not a labelled copy.",
            PushCopy(),
        )
    for problem in download_triggers(dataset):
        raise RefusedError(
            f"{dataset.root} is incomplete: {problem.sentence}",
            "Fix it first.",
            RunInspect(),
        )


def _require_hidden(remote: Remote | None, public: bool) -> None:
    if remote is not None and not remote.private and not public:
        raise RefusedError(
            f"{remote.repo_id} is public: everybody would see what you push.",
            AllowPublic(),
        )


def _concerns(dataset: Dataset, remote: Remote, found: FileDifference) -> list[str]:
    """Why replacing what is there may lose something."""
    told = []
    if remote.episodes > len(dataset):
        told.append(f"It has {plural(remote.episodes, 'episode')} there, {len(dataset)} here.")
    elif remote.frames > dataset.total_frames:
        told.append(
            f"It has {plural(remote.frames, 'frame')} there, {dataset.total_frames:,} here."
        )
    if remote.version and remote.version != str(dataset.version):
        told.append(f"It is {remote.version} there, {dataset.version} here.")
    if not remote.info:
        return told
    source = read_record(dataset.root).source.fingerprint if is_copy(dataset.root) else ""
    if source != remote.source:
        told.append(_other_source(source, remote.source))
    elif not source and (lost := _rows_and_videos(found)):
        told.append(f"{lost} of its files with rows or videos differ here or are missing.")
    return told


def _other_source(here: str, there: str) -> str:
    if not there:
        return "What is there is not a copy made by Labeler, so it may be another recording."
    if not here:
        return "What is there is a labelled copy, this is a recording."
    return "What is there was labelled on another recording (its fingerprint differs)."


def _rows_and_videos(found: FileDifference) -> int:
    names = (*found.changed, *found.only_there)
    return sum(name.startswith(("data/", "videos/")) for name in names)


def push(
    connection: Connection,
    plan: Plan,
    *,
    public: bool = False,
    typed: str | None = None,
    message: str = "",
    say: Callable[[str], None] = lambda sentence: None,
) -> Pushed:
    """Carry out a plan: pull request, verification, merge, tag of the format.

    `typed` is the name as somebody typed it, which plans with concerns need. The pull request is
    closed if it does not hold what the folder holds; the dataset then is what it was.

    Raises:
        RefusedError: the plan has concerns, and the name was not typed.
        HubError: the Hub refuses, is out of reach, has changed since the plan was made, or holds
            something else than was sent.
    """
    if plan.concerns and typed != plan.repo_id:
        raise RefusedError(
            f"{plan.repo_id} would be replaced. {' '.join(plan.concerns)}",
            ReplaceOnHub(plan.repo_id),
        )
    disable_progress_bars()
    with translate_errors(plan.repo_id):
        if plan.remote is None:
            say("Making the dataset")
            connection.api.create_repo(plan.repo_id, private=not public, repo_type="dataset")
        request, commit = 0, plan.remote.commit if plan.remote else ""
        if plan.upload or plan.remove:
            request = _open_pull_request(connection, plan, message, say)
            commit = _merge(connection, plan, request, say)
        _tag(connection, plan, commit)
    return Pushed(commit, request)


def _open_pull_request(
    connection: Connection, plan: Plan, message: str, say: Callable[[str], None]
) -> int:
    """Send the files as a pull request; its number comes back."""
    api = connection.api
    parent = plan.remote.commit if plan.remote else None
    additions = [
        CommitOperationAdd(path_in_repo=name, path_or_fileobj=plan.root / name)
        for name in plan.upload
    ]
    for first in range(0, len(additions), _AT_ONCE):
        some = additions[first : first + _AT_ONCE]
        say(f"Sending file {first + 1} to {first + len(some)} of {len(additions)}")
        api.preupload_lfs_files(
            plan.repo_id, some, repo_type="dataset", create_pr=True, free_memory=False
        )
    say("Making the pull request")
    made = api.create_commit(
        plan.repo_id,
        [*additions, *(CommitOperationDelete(name, is_folder=False) for name in plan.remove)],
        commit_message=message
        or f"{plural(plan.episodes, 'episode')}, {plural(plan.frames, 'frame')}",
        repo_type="dataset",
        create_pr=True,
        parent_commit=parent,
    )
    if made.pr_num is None:
        raise HubError(f"{plan.repo_id}: the Hub made no pull request.", Retry())
    return made.pr_num


def _merge(connection: Connection, plan: Plan, request: int, say: Callable[[str], None]) -> str:
    """Merge a pull request that holds what the folder holds; the new commit comes back."""
    api = connection.api
    say("Verifying")
    wrong = _differing(plan, hub_files(connection, plan.repo_id, f"refs/pr/{request}"))
    now = api.dataset_info(plan.repo_id, revision=_BRANCH, timeout=connection.seconds).sha
    if plan.remote is not None and now != plan.remote.commit:
        wrong = ["somebody else changed the dataset meanwhile"]
    if wrong:
        api.change_discussion_status(
            plan.repo_id, request, "closed", repo_type="dataset",
            comment="Labeler closes this: it does not hold what was sent.",
        )  # fmt: skip
        raise HubError(
            f"{plan.repo_id}: pull request {request} is not what was sent: {wrong[0]}.",
            "It was closed and nothing else changed.",
            Retry(),
        )
    say("Merging")
    api.merge_pull_request(plan.repo_id, request, repo_type="dataset")
    about = api.dataset_info(plan.repo_id, revision=_BRANCH, timeout=connection.seconds)
    commit = str(about.sha)
    if wrong := _differing(plan, hub_files(connection, plan.repo_id, commit)):
        raise HubError(
            f"{plan.repo_id}: the Hub holds something else after the merge: {wrong[0]}.",
            RetryAfter("Look at its history"),
        )
    return commit


def _differing(plan: Plan, files: dict[str, HubFile]) -> list[str]:
    """Sentences about files that are not on the Hub as they are in the folder."""
    found = difference(plan.root, files)
    left = [name for name in found.only_there if name.startswith(_OF_A_DATASET)]
    return [
        *(f"{name} is missing" for name in found.only_here),
        *(f"{name} has different content" for name in found.changed),
        *(f"{name} is still there" for name in left),
    ]


def _tag(connection: Connection, plan: Plan, commit: str) -> None:
    """LeRobot loads the tag of its format (lerobot_dataset.py: push_to_hub, get_safe_version)."""
    api = connection.api
    refs = api.list_repo_refs(plan.repo_id, repo_type="dataset")
    known = {tag.name: tag.target_commit for tag in refs.tags}
    if known.get(plan.version) == commit:
        return
    if plan.version in known:
        api.delete_tag(plan.repo_id, tag=plan.version, repo_type="dataset")
    api.create_tag(plan.repo_id, tag=plan.version, revision=commit, repo_type="dataset")
