"""`labeler hub push` replaces nothing that was not meant, and merges nothing that is not right."""

import json
from pathlib import Path

import pytest

from tests.labeler.conftest import LABELS
from tests.labeler.hub.conftest import NAME
from tests.labeler.hub.server import Answer, HubServer
from tests.snapshot import snapshot

# huggingface_hub 2.4 hands files to httpx2 in a way that httpx2 advises against (lfs.py).
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")


@pytest.fixture
def copy(run, recording, tmp_path: Path) -> Path:
    """A labelled copy."""
    (tmp_path / "labels.json").write_text(json.dumps(LABELS))
    root = recording()
    assert run("apply", root, "--labels", tmp_path / "labels.json").exit_code == 0
    return root.with_name("recording_labeled")


def push(run, root: Path, *more: object):
    return run("hub", "push", root, "--repo-id", NAME, *more)


def files_of(root: Path) -> dict[str, bytes]:
    paths = (path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}


def test_a_new_dataset_is_private_and_whole(run, copy: Path, hub: HubServer) -> None:
    before = snapshot(copy)
    done = push(run, copy)
    assert done.exit_code == 0, done.output
    assert "will be created" in done.stdout
    repository = hub.repositories[NAME]
    assert repository.private
    assert repository.requests == {1: "merged"}
    assert repository.main == {".gitattributes": b"*.mp4 lfs\n", **files_of(copy)}
    assert repository.tags == {"v3.0": repository.refs["main"]}
    assert {asked.token for asked in hub.asked if asked.path.startswith("/api/d")} == {
        "hf_of_a_test"
    }
    assert snapshot(copy) == before
    again = push(run, copy)
    assert "nothing to change" in again.stdout
    assert repository.requests == {1: "merged"}


def test_only_said_in_a_dry_run(run, copy: Path, hub: HubServer) -> None:
    said = push(run, copy, "--dry-run")
    assert said.exit_code == 0
    assert "add: meta/info.json" in said.stdout
    assert hub.repositories == {}
    assert {asked.method for asked in hub.asked} == {"GET"}


def test_labels_that_changed(run, recording, copy: Path, hub: HubServer, tmp_path: Path) -> None:
    assert push(run, copy).exit_code == 0
    old = hub.repositories[NAME].refs["main"]
    (tmp_path / "labels.json").write_text(json.dumps({**LABELS, "1": 2}))
    source = tmp_path / "in" / "recording"
    assert run("apply", source, "--labels", tmp_path / "labels.json").exit_code == 0
    done = push(run, copy)
    assert done.exit_code == 0, done.output
    assert "replace: data/" in done.stdout
    repository = hub.repositories[NAME]
    assert repository.main[".gitattributes"]
    assert {**files_of(copy), ".gitattributes": b"*.mp4 lfs\n"} == repository.main
    assert repository.tags["v3.0"] == repository.refs["main"] != old


def with_more_episodes(repository) -> None:
    files = dict(repository.main)
    files["meta/info.json"] = files["meta/info.json"].replace(b'episodes": 3', b'episodes": 30')
    repository.commit("main", files)


def with_more_frames(repository) -> None:
    files = dict(repository.main)
    files["meta/info.json"] = files["meta/info.json"].replace(b'frames": 12', b'frames": 120')
    repository.commit("main", files)


def of_another_recording(repository) -> None:
    files = dict(repository.main)
    record = json.loads(files["meta/labeler/copy.json"])
    record["source"]["fingerprint"] = "sha256:other"
    files["meta/labeler/copy.json"] = json.dumps(record).encode()
    repository.commit("main", files)


def of_somebody_else(repository) -> None:
    files = dict(repository.main)
    del files["meta/labeler/copy.json"]
    repository.commit("main", files)


@pytest.mark.parametrize(
    ("change", "concern"),
    [
        (with_more_episodes, "It has 30 episodes there, 3 here."),
        (with_more_frames, "It has 120 frames there, 12 here."),
        (of_another_recording, "labelled on another recording"),
        (of_somebody_else, "not a copy made by Labeler"),
    ],
)
def test_nothing_is_replaced_unless_its_name_is_typed(
    run, copy: Path, hub: HubServer, change, concern: str
) -> None:
    hub.put(NAME, copy)
    repository = hub.repositories[NAME]
    change(repository)
    before = repository.refs["main"]
    for more in ([], ["--replace", "me/other"], ["--replace", ""]):
        refused = push(run, copy, *more)
        assert refused.exit_code == 5, refused.output
        assert concern in refused.stderr
        assert f"--replace {NAME}" in refused.stderr
    assert repository.refs["main"] == before
    assert repository.requests == {}
    assert push(run, copy, "--replace", NAME).exit_code == 0
    assert {**files_of(copy), ".gitattributes": b"*.mp4 lfs\n"} == repository.main


def test_files_that_no_longer_belong_are_removed(run, copy: Path, hub: HubServer) -> None:
    repository = hub.put(NAME, copy)
    stray = {"data/chunk-000/file-009.parquet": b"PAR1", "README.md": b"# mine"}
    repository.commit("main", {**repository.main, **stray})
    done = push(run, copy)
    assert done.exit_code == 0, done.output
    assert "remove: data/chunk-000/file-009.parquet" in done.stdout
    assert "data/chunk-000/file-009.parquet" not in repository.main
    assert repository.main["README.md"] == b"# mine"


def test_a_recording_is_not_pushed_unasked(run, recording, hub: HubServer) -> None:
    root = recording()
    refused = push(run, root)
    assert refused.exit_code == 5
    assert "--recording" in refused.stderr
    assert hub.asked == []
    assert push(run, root, "--recording").exit_code == 0
    assert hub.repositories[NAME].private


def test_nothing_becomes_public_unasked(run, copy: Path, hub: HubServer) -> None:
    repository = hub.put(NAME, copy, private=False)
    refused = push(run, copy)
    assert refused.exit_code == 5
    assert "public" in refused.stderr
    assert repository.requests == {}
    assert push(run, copy, "--public").exit_code == 0
    del hub.repositories[NAME]
    assert push(run, copy, "--public").exit_code == 0
    assert not hub.repositories[NAME].private


def test_an_incomplete_folder_is_refused(run, copy: Path, hub: HubServer) -> None:
    next(copy.rglob("*.mp4")).unlink()
    refused = push(run, copy)
    assert refused.exit_code == 5
    assert "is missing" in refused.stderr
    assert hub.repositories == {}


def spoil_the_request(hub: HubServer):
    """The Hub keeps another content than it was sent."""

    def fault(handler, asked) -> None:
        repository = hub.repositories.get(NAME)
        ref = repository and repository.refs.get("refs/pr/1")
        if ref and "/tree/" in asked.path:
            repository.commits[ref]["meta/info.json"] = b"{}"

    return fault


def change_meanwhile(hub: HubServer):
    def fault(handler, asked) -> None:
        repository = hub.repositories.get(NAME)
        if repository and "/commit/" in asked.path:
            repository.commit("main", {**repository.main, "README.md": b"new"})

    return fault


def change_before_the_merge(hub: HubServer):
    def fault(handler, asked) -> None:
        repository = hub.repositories.get(NAME)
        if repository and "refs/pr/1" in repository.refs and "/tree/" in asked.path:
            repository.commit("main", {**repository.main, "README.md": b"new"})

    return fault


@pytest.mark.parametrize(
    ("spoil", "part", "request_state"),
    [
        (spoil_the_request, "meta/info.json has different content", {1: "closed"}),
        (change_meanwhile, "has changed meanwhile (412)", {}),
        (change_before_the_merge, "somebody else changed the dataset", {1: "closed"}),
    ],
)
def test_nothing_wrong_is_merged(run, copy: Path, hub, spoil, part, request_state) -> None:
    repository = hub.put(NAME, copy)
    old = {**repository.main, "meta/stats.json": b"{}"}
    repository.commit("main", old)
    hub.fault = spoil(hub)
    wrong = push(run, copy)
    assert wrong.exit_code == 8, wrong.output
    assert part in wrong.stderr
    assert repository.requests == request_state
    assert repository.main["meta/stats.json"] == b"{}"
    assert repository.tags == {}


@pytest.mark.parametrize(
    ("path", "code"),
    [("/api/repos/create", 403), ("/preupload/", 401), ("/upload/", 403), ("/commit/", 500),
     ("/merge", 403), ("/tag/", 403)],
)  # fmt: skip
def test_refused_on_the_way(run, copy: Path, hub: HubServer, path: str, code: int) -> None:
    def fault(handler, asked) -> None:
        if path in asked.path:
            raise Answer(code)

    hub.fault = fault
    wrong = push(run, copy)
    assert wrong.exit_code in (2, 8), wrong.output
    assert "labeler:" in wrong.stderr
    if NAME in hub.repositories and path != "/tag/":
        assert list(hub.repositories[NAME].main) == [".gitattributes"]
    hub.fault = lambda handler, asked: None
    assert push(run, copy).exit_code == 0
