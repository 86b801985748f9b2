"""What a dataset on the Hub is, from its metadata: a list of files and `info.json`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from huggingface_hub import errors

from labeler.errors import HubError, UsageError
from labeler.remote.hub_connection import Connection, translate_errors
from labeler.remote.hub_files import HubFile, hub_files, url_of

INFO, RECORD = "meta/info.json", "meta/labeler/copy.json"
_LARGEST = 64 << 20


@dataclass(frozen=True)
class Remote:
    """A dataset on the Hub at one commit.

    info: content of `meta/info.json`; empty where there is none
    source: fingerprint of the recording that a labelled copy was made from; empty for others
    tags: its tags and branches
    """

    repo_id: str
    commit: str
    private: bool
    changed: datetime | None
    files: Mapping[str, HubFile]
    info: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""
    tags: tuple[str, ...] = ()

    @property
    def episodes(self) -> int:
        """Episodes according to `info.json`."""
        return _count(self.info.get("total_episodes"))

    @property
    def frames(self) -> int:
        """Frames according to `info.json`."""
        return _count(self.info.get("total_frames"))

    @property
    def version(self) -> str:
        """LeRobot's format."""
        return str(self.info.get("codebase_version", ""))


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0


def find_remote(connection: Connection, repo_id: str, revision: str | None = None) -> Remote | None:
    """As `read_remote`; None where there is no such dataset, or it is hidden."""
    try:
        return read_remote(connection, repo_id, revision)
    except UsageError as error:
        if isinstance(error.__cause__, errors.RepositoryNotFoundError):
            return None
        raise


def read_remote(connection: Connection, repo_id: str, revision: str | None = None) -> Remote:
    """A dataset on the Hub, at a branch, tag or commit; by default its newest.

    Raises:
        UsageError: there is no such dataset or revision.
        HubError: the Hub refuses, is out of reach, or sends names that no file may have.
    """
    with translate_errors(repo_id):
        api = connection.api
        about = api.dataset_info(repo_id, revision=revision, timeout=connection.seconds)
        refs = api.list_repo_refs(repo_id, repo_type="dataset")
        known = {ref.name: ref.target_commit for ref in (*refs.branches, *refs.tags)}
        wanted = revision if _is_commit(revision) else known.get(revision or "main", about.sha)
        commit = about.sha
        if not commit or commit != wanted:
            raise HubError(
                f"{repo_id}: the Hub answers with commit {commit}, not with {wanted}.",
                "Nothing was written. Try again later.",
            )
        files = hub_files(connection, repo_id, commit)
        info = _object(connection, repo_id, commit, files, INFO)
        record = _object(connection, repo_id, commit, files, RECORD)
        source = record.get("source")
        return Remote(
            repo_id=repo_id,
            commit=commit,
            private=bool(about.private),
            changed=about.last_modified,
            files=files,
            info=info,
            source=str(source.get("fingerprint", "")) if isinstance(source, dict) else "",
            tags=tuple(ref.name for ref in (*refs.tags, *refs.branches)),
        )


def _is_commit(revision: str | None) -> bool:
    return revision is not None and len(revision) == 40 and set(revision) <= set("0123456789abcdef")


def _object(
    connection: Connection, repo_id: str, commit: str, files: Mapping[str, HubFile], name: str
) -> dict[str, Any]:
    """Content of a JSON file; empty where there is none, or it is no object."""
    if name not in files:
        return {}
    url = url_of(connection, repo_id, name, commit)
    try:
        value = json.loads(connection.content(url, _LARGEST))
    except (ValueError, RecursionError) as error:
        raise HubError(
            f"{repo_id}: {name} is damaged.", "Tell the owner of the dataset."
        ) from error
    return value if isinstance(value, dict) else {}
