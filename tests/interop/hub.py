"""A Hub on the loopback interface that serves folders as dataset repositories.

It speaks the part of the Hub's HTTP interface that `HfApi.dataset_info`, `list_repo_refs`,
`list_repo_tree`, `hf_hub_download` and `snapshot_download` of huggingface_hub 0.35 to 1.33 use.
"""

import hashlib
import json
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class LoopbackHub:
    """Serves `repositories[repo_id] = folder`; every tag and branch is the same one commit."""

    def __init__(self, tags: tuple[str, ...] = ("v2.0", "v2.1", "v3.0")) -> None:
        self.repositories: dict[str, Path] = {}
        self.requests: list[str] = []
        self.tags = tags
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, self))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def endpoint(self) -> str:
        """Address for HF_ENDPOINT."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, target: str) -> tuple[object, Path | None]:
        """JSON body or file for a request's path; (None, None) if there is no such thing."""
        parts = unquote(urlsplit(target).path).strip("/").split("/")
        if parts[:2] == ["api", "datasets"] and len(parts) >= 4:
            repo_id, verb = "/".join(parts[2:4]), parts[4] if len(parts) > 4 else "revision"
            return self._describe(repo_id, verb), None
        if parts[0] == "datasets" and len(parts) > 5 and parts[3] == "resolve":
            folder = self.repositories.get("/".join(parts[1:3]))
            path = folder.joinpath(*parts[5:]) if folder else None
            return None, path if path and path.is_file() else None
        return None, None

    def _describe(self, repo_id: str, verb: str) -> object:
        folder = self.repositories.get(repo_id)
        if folder is None:
            return None
        files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        if verb == "refs":
            return self._refs()
        if verb == "tree":
            return [_tree_entry(path, folder) for path in files]
        return {
            "id": repo_id,
            "sha": COMMIT,
            "private": False,
            "gated": False,
            "disabled": False,
            "tags": [],
            "downloads": 0,
            "likes": 0,
            "siblings": [{"rfilename": path.relative_to(folder).as_posix()} for path in files],
        }

    def _refs(self) -> object:
        tags = [{"name": t, "ref": f"refs/tags/{t}", "targetCommit": COMMIT} for t in self.tags]
        main = {"name": "main", "ref": "refs/heads/main", "targetCommit": COMMIT}
        return {"branches": [main], "tags": tags, "converts": []}


def _tree_entry(path: Path, folder: Path) -> dict[str, object]:
    size, digest = path.stat().st_size, _digest(path)
    return {
        "type": "file",
        "path": path.relative_to(folder).as_posix(),
        "size": size,
        "oid": digest[:40],
        "lfs": {"oid": digest, "size": size, "pointerSize": 134},
    }


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, hub: LoopbackHub, *arguments: object) -> None:
        self.hub = hub
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_HEAD(self) -> None:
        self._respond(body=False)

    def do_GET(self) -> None:
        self._respond(body=True)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._respond(body=True)

    def log_message(self, *_: object) -> None:
        """Say nothing; the requests are in `hub.requests`."""

    def _respond(self, *, body: bool) -> None:
        self.hub.requests.append(f"{self.command} {self.path}")
        described, path = self.hub.answer(self.path)
        if path is not None:
            data, etag = path.read_bytes(), _digest(path)
        else:
            data, etag = json.dumps(described).encode(), ""
        self.send_response(404 if described is None and path is None else 200)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("X-Repo-Commit", COMMIT)
        if etag:
            self.send_header("ETag", f'"{etag}"')
            self.send_header("X-Linked-Etag", f'"{etag}"')
            self.send_header("X-Linked-Size", str(len(data)))
        else:
            self.send_header("Content-Type", "application/json")
        self.end_headers()
        if body:
            self.wfile.write(data)
