"""A Hub on the loopback interface that keeps datasets with branches, pull requests and tags.

It speaks the part of the Hub's HTTP interface that huggingface_hub 2.4 uses for `dataset_info`,
`list_repo_tree`, `list_repo_refs`, `create_repo`, `create_commit` with large files over LFS,
`merge_pull_request`, `change_discussion_status`, `create_tag`, `delete_tag`, and for downloads with
ranges. A `fault` looks at every request first and may answer in its place.
"""

import base64
import hashlib
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote, urlsplit

LARGE = (".mp4", ".parquet", ".safetensors")
CHANGED = "2026-11-20T10:00:00.000Z"


@dataclass
class Repository:
    """Commits by their names, and what branches, pull requests and tags point to."""

    private: bool = True
    commits: dict[str, dict[str, bytes]] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    requests: dict[int, str] = field(default_factory=dict)

    def commit(self, ref: str, files: dict[str, bytes]) -> str:
        """Put files at a ref; the commit comes back."""
        digest = hashlib.sha1(f"{len(self.commits)} {ref}".encode()).hexdigest()
        self.commits[digest], self.refs[ref] = dict(files), digest
        return digest

    def resolve(self, revision: str) -> str | None:
        """The commit that a name means."""
        if revision in self.commits:
            return revision
        return self.tags.get(revision) or self.refs.get(revision)

    @property
    def main(self) -> dict[str, bytes]:
        """Files of the main branch."""
        return self.commits[self.refs["main"]]


class Answer(Exception):
    """What a fault answers in place of the Hub."""

    def __init__(self, status: int = 200, data: bytes = b"{}", **headers: str) -> None:
        self.status, self.data = status, data
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


@dataclass
class Asked:
    """A request: `path` is unquoted and without its query."""

    method: str
    path: str
    token: str
    range: str


Fault = Callable[["Handler", Asked], None]


class _Quiet(ThreadingHTTPServer):
    """Says nothing about those who hang up."""

    def handle_error(self, *_: object) -> None:
        """A test that expected another answer fails by itself."""


class HubServer:
    """Serves `repositories`; `asked` are the requests so far."""

    def __init__(self) -> None:
        self.repositories: dict[str, Repository] = {}
        self.large: dict[str, bytes] = {}
        self.asked: list[Asked] = []
        self.fault: Fault = lambda handler, asked: None
        self._server = _Quiet(("127.0.0.1", 0), partial(Handler, self))
        self._server.daemon_threads = True
        self.closing = threading.Event()
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    @property
    def endpoint(self) -> str:
        """Address for HF_ENDPOINT."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def put(self, repo_id: str, folder: Path, private: bool = True) -> Repository:
        """Hold the content of a folder as a dataset."""
        repository = Repository(private)
        paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
        files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
        repository.commit("main", {".gitattributes": b"*.mp4 lfs\n", **files})
        self.repositories[repo_id] = repository
        return repository


def entry(path: str, data: bytes) -> dict[str, Any]:
    """A file as the Hub lists it."""
    listed: dict[str, Any] = {"type": "file", "path": path, "size": len(data)}
    if path.endswith(LARGE):
        digest = hashlib.sha256(data).hexdigest()
        listed["lfs"] = {"oid": digest, "size": len(data), "pointerSize": 134}
    blob = b"pointer" if path.endswith(LARGE) else data
    listed["oid"] = hashlib.sha1(b"blob %d\0" % len(blob) + blob).hexdigest()
    return listed


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"

    def __init__(self, hub: HubServer, *arguments: Any) -> None:
        self.hub = hub
        super().__init__(*arguments)

    def log_message(self, *_: object) -> None:
        """Say nothing; requests are in `hub.asked`."""

    def do_HEAD(self) -> None:
        self._handle()

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def do_PUT(self) -> None:
        self._handle()

    def do_DELETE(self) -> None:
        self._handle()

    def _handle(self) -> None:
        path = unquote(urlsplit(self.path).path)
        if (self.command, path) == ("HEAD", "/"):  # whether anybody is there
            self.send(200, b"")
            return
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        asked = Asked(self.command, path, token, self.headers.get("Range", ""))
        self.hub.asked.append(asked)
        try:
            self.hub.fault(self, asked)
            self._answer(path)
        except Answer as answer:
            self.send(answer.status, answer.data, **answer.headers)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def send(self, status: int, data: bytes, **headers: str) -> None:
        """Answer."""
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def break_off(self, data: bytes, total: int, **headers: str) -> None:
        """Promise `total` bytes, send some, and hang up."""
        self.send_response(206 if self.headers.get("Range") else 200)
        self.send_header("Content-Length", str(total))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)
        self.wfile.flush()
        self.close_connection = True
        self.connection.close()
        raise BrokenPipeError

    def trickle(self, seconds: float) -> None:
        """Say nothing for some time, or until the server closes."""
        self.hub.closing.wait(seconds)

    def _json(self, value: object) -> None:
        raise Answer(200, json.dumps(value).encode(), Content_Type="application/json")

    def _answer(self, path: str) -> None:
        sent = urlsplit(self.path).path.strip("/").split("/")
        parts = [unquote(part) for part in sent]  # a revision may have slashes, then quoted
        if path == "/api/repos/create":
            self._create()
        elif parts[:2] == ["api", "datasets"]:
            self._api("/".join(parts[2:4]), parts[4:])
        elif path == "/api/validate-yaml":
            self._json({"errors": [], "warnings": []})
        elif path.endswith("/info/lfs/objects/batch"):
            self._batch()
        elif parts[0] == "upload":
            self.hub.large[parts[1]] = self.body
            raise Answer
        elif parts[0] == "datasets" and parts[3] == "resolve":
            self._content("/".join(parts[1:3]), parts[4:])
        elif parts[2:3] == ["resolve"]:  # of a model
            self._content("/".join(parts[:2]), parts[3:])
        raise Answer(404)

    def _repository(self, repo_id: str) -> Repository:
        found = self.hub.repositories.get(repo_id)
        if found is None:
            raise Answer(404, X_Error_Code="RepoNotFound")
        return found

    def _commit_of(self, repository: Repository, revision: str) -> str:
        commit = repository.resolve(revision)
        if commit is None:
            raise Answer(404, X_Error_Code="RevisionNotFound")
        return commit

    def _api(self, repo_id: str, rest: list[str]) -> None:
        repository = self._repository(repo_id)
        verb, name = (rest[0] if rest else "revision"), "/".join(rest[1:])
        if verb == "revision":
            self._describe(repo_id, repository, self._commit_of(repository, name or "main"))
        elif verb == "tree":
            files = repository.commits[self._commit_of(repository, name)]
            self._json([entry(path, data) for path, data in files.items()])
        elif verb == "refs":
            self._refs(repository)
        elif verb == "preupload":
            self._modes()
        elif verb == "commit":
            self._commit(repo_id, repository, name)
        elif verb == "discussions":
            self._discussion(repository, int(rest[1]), rest[2])
        elif verb == "tag":
            self._tag(repository, name)

    def _describe(self, repo_id: str, repository: Repository, commit: str) -> None:
        self._json(
            {
                "id": repo_id, "sha": commit, "private": repository.private, "gated": False,
                "disabled": False, "tags": [], "downloads": 0, "likes": 0, "siblings": [],
                "lastModified": CHANGED,
            }
        )  # fmt: skip

    def _refs(self, repository: Repository) -> None:
        branches = {name: at for name, at in repository.refs.items() if "/" not in name}
        told = {
            kind: [
                {"name": name, "ref": f"refs/{place}/{name}", "targetCommit": commit}
                for name, commit in some.items()
            ]
            for kind, place, some in (
                ("branches", "heads", branches),
                ("tags", "tags", repository.tags),
            )
        }
        self._json({**told, "converts": []})

    def _create(self) -> None:
        told = json.loads(self.body)
        repo_id = f"{told.get('organization') or 'me'}/{told['name']}"
        if repo_id in self.hub.repositories:
            raise Answer(409)
        private = told.get("visibility") == "private" or bool(told.get("private"))
        repository = Repository(private)
        repository.commit("main", {".gitattributes": b"*.mp4 lfs\n"})
        self.hub.repositories[repo_id] = repository
        self._json({"url": f"{self.hub.endpoint}/datasets/{repo_id}"})

    def _modes(self) -> None:
        files = [
            {
                "path": file["path"],
                "uploadMode": "lfs" if file["path"].endswith(LARGE) else "regular",
                "shouldIgnore": False,
            }
            for file in json.loads(self.body)["files"]
        ]
        self._json({"files": files})

    def _batch(self) -> None:
        objects = []
        for wanted in json.loads(self.body)["objects"]:
            upload = {"upload": {"href": f"{self.hub.endpoint}/upload/{wanted['oid']}"}}
            known = wanted["oid"] in self.hub.large
            objects.append(wanted if known else {**wanted, "actions": upload})
        self._json({"transfer": "basic", "objects": objects})

    def _commit(self, repo_id: str, repository: Repository, revision: str) -> None:
        lines = [json.loads(line) for line in self.body.splitlines()]
        header = next(line["value"] for line in lines if line["key"] == "header")
        base = self._commit_of(repository, revision)
        if header.get("parentCommit", base) != base:
            raise Answer(412)
        files = dict(repository.commits[base])
        for line in lines:
            told = line["value"]
            if line["key"] == "file":
                files[told["path"]] = base64.b64decode(told["content"])
            elif line["key"] == "lfsFile":
                files[told["path"]] = self.hub.large[told["oid"]]
            elif line["key"] == "deletedFile":
                del files[told["path"]]
        number = len(repository.requests) + 1
        asks = "create_pr=1" in self.path
        commit = repository.commit(f"refs/pr/{number}" if asks else revision, files)
        if asks:
            repository.requests[number] = "open"
        place = f"{self.hub.endpoint}/datasets/{repo_id}"
        url = f"{place}/discussions/{number}" if asks else None
        self._json(
            {
                "commitUrl": f"{place}/commit/{commit}",
                "commitOid": commit,
                "pullRequestUrl": url,
            }
        )

    def _discussion(self, repository: Repository, number: int, what: str) -> None:
        if what == "merge":
            files = repository.commits[repository.refs[f"refs/pr/{number}"]]
            repository.commit("main", files)
            repository.requests[number] = "merged"
            raise Answer
        if what == "status":
            repository.requests[number] = json.loads(self.body)["status"]
            event = {
                "id": "1", "type": "status-change", "createdAt": CHANGED,
                "author": {"name": "me"}, "data": {"status": repository.requests[number]},
            }  # fmt: skip
            self._json({"newStatus": event})

    def _tag(self, repository: Repository, name: str) -> None:
        if self.command == "DELETE":
            del repository.tags[name]
            raise Answer
        tag = json.loads(self.body)["tag"]
        if tag in repository.tags:
            raise Answer(409)
        repository.tags[tag] = self._commit_of(repository, name)
        raise Answer

    def _content(self, repo_id: str, rest: list[str]) -> None:
        repository = self._repository(repo_id)
        commit = self._commit_of(repository, rest[0])
        data = repository.commits[commit].get("/".join(rest[1:]))
        if data is None:
            raise Answer(404, X_Error_Code="EntryNotFound")
        etag = f'"{hashlib.sha256(data).hexdigest()}"'
        told = {"X_Repo_Commit": commit, "Accept_Ranges": "bytes", "ETag": etag}
        if wanted := self.headers.get("Range"):
            first = int(wanted.removeprefix("bytes=").split("-")[0])
            raise Answer(206, data[first:], **told)
        raise Answer(200, data, **told)
