"""Files of a dataset on the Hub: which there are, where each is, and what content it has."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from huggingface_hub import RepoFile, hf_hub_url

from labeler.errors import HubError
from labeler.remote.hub_connection import Connection, translate_errors

# What Windows does not take either; control characters could also spoil a terminal.
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]')


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file on the Hub.

    sha256: of the content, for what the Hub keeps as a large file; otherwise empty
    git: SHA-1 that git gives the content, for all other files; otherwise empty
    """

    size: int
    sha256: str = ""
    git: str = ""


def hub_files(connection: Connection, repo_id: str, revision: str) -> dict[str, HubFile]:
    """The files of a branch, a tag, a pull request or a commit, as they are now.

    Raises:
        HubError: the Hub refuses, is out of reach, or sends names that no file may have.
        UsageError: there is no such dataset or revision.
    """
    with translate_errors(repo_id):
        tree = connection.api.list_repo_tree(
            repo_id, recursive=True, revision=revision, repo_type="dataset"
        )
        found = {entry.path: entry for entry in tree if isinstance(entry, RepoFile)}
        return {name: _file(found[name]) for name in safe_names(repo_id, found)}


def _file(entry: RepoFile) -> HubFile:
    if entry.lfs is not None:
        return HubFile(entry.lfs.size, sha256=entry.lfs.sha256)
    return HubFile(entry.size, git=entry.blob_id)


def url_of(connection: Connection, repo_id: str, file: str, commit: str) -> str:
    """Where a file is downloaded."""
    return hf_hub_url(
        repo_id, file, repo_type="dataset", revision=commit, endpoint=connection.endpoint
    )


def safe_names(repo_id: str, names: Iterable[str]) -> list[str]:
    """The names, in order, none of which is outside of the folder that it is relative to.

    Raises:
        HubError: one is, or two are the same file where case does not count.
    """
    seen: dict[str, str] = {}
    for name in names:
        if _is_unsafe(name):
            raise HubError(
                f"{repo_id} has a file {name[:80]!r}, whose path leads out of its folder.",
                "Nothing was written. Tell the owner of the dataset.",
            )
        if (other := seen.setdefault(name.casefold(), name)) != name:
            raise HubError(
                f"{repo_id} has files {other!r} and {name!r}, which some disks take for the same "
                "file.",
                "Nothing was written. Tell the owner of the dataset.",
            )
    return list(seen.values())


def _is_unsafe(name: str) -> bool:
    parts = name.split("/")
    return bool(_FORBIDDEN.search(name)) or any(
        part in ("", ".", "..") or part != part.rstrip(". ") for part in parts
    )
