"""Links that lead out of a recording: only files of the dataset are taken from there."""

import os
import shutil

import pytest

from labeler.dataset import open_dataset
from labeler.dataset.files import links_out
from labeler.errors import DamagedDatasetError
from labeler.hub.local import local_files
from labeler.inspection import Severity, inspect_dataset
from labeler.labels import DatasetLabels, EpisodeLabel
from labeler.labels.episode import never
from labeler.storage.checking.check import differences
from labeler.storage.copying.guarded_copy import write_copy
from labeler.storage.copying.preparation import prepare
from labeler.storage.record.copy_record import Options

LEADING_OUT = ("assets", "data/chunk-000/more", "links/chain", "meta/private", "notes.txt")


@pytest.fixture(params=["v2.1", "v3.0"])
def recording(request, make_recording, tmp_path):
    """Its videos lie on another disk; links lead to private files, also by way of other links."""
    root = make_recording(request.param)
    private = tmp_path / "private"
    private.mkdir()
    (private / "key").write_text("secret")
    (private / "rows.parquet").write_text("secret")
    (tmp_path / "chain").symlink_to(private)
    (root / "links").mkdir()
    for name in LEADING_OUT:
        target = {"notes.txt": private / "key", "links/chain": tmp_path / "chain"}
        (root / name).symlink_to(target.get(name, private))
    shutil.move(root / "videos", tmp_path / "disk")
    (root / "videos").symlink_to(tmp_path / "disk")
    (tmp_path / "disk" / "other.mp4").write_text("not of this recording")
    (root / "README.md").write_text("# mine")
    (root / "links" / "inside.md").symlink_to("../README.md")
    return root


def apply(root, **options):
    destination = root.with_name("copy")
    with open_dataset(root) as source:
        lengths = source.lengths.tolist()
        labels = DatasetLabels(lengths, {e: never(EpisodeLabel(n)) for e, n in enumerate(lengths)})
        prepared = prepare(source, labels, destination, Options(**options))
        write_copy(prepared)
        assert differences(destination, against=source) == []
    return destination, prepared.warnings


def files(root):
    return {p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file()}


def private(root):
    return {name for name in files(root) if (root / name).read_bytes() == b"secret"}


def test_a_copy_has_no_private_files(recording):
    copy, warnings = apply(recording)
    assert private(copy) == set()
    assert "videos/other.mp4" not in files(copy)
    assert any(name.startswith("videos/") for name in files(copy))
    assert not any(path.is_symlink() for path in copy.rglob("*"))
    assert (copy / "links/inside.md").read_text() == "# mine"
    told = [name for name in LEADING_OUT if any(w.startswith(f"{name} leads") for w in warnings)]
    assert told == list(LEADING_OUT)
    target = recording.with_name("private")
    assert (
        f"assets leads out of the recording, to {target}, and is left out of the copy." in warnings
    )


def test_links_are_followed_where_it_is_asked_for(recording):
    (recording / "data/chunk-000/more").unlink()  # or LeRobot would read its file as rows
    apply(recording)
    copy, warnings = apply(recording, follow_links=True)
    followed = ("assets/key", "assets/rows.parquet", "links/chain/key", "notes.txt")
    assert {*followed, "meta/private/key", "videos/other.mp4"} <= files(copy)
    assert not any(path.is_symlink() for path in copy.rglob("*"))
    assert not any("leads out" in warning for warning in warnings)
    copy, _ = apply(recording)
    assert private(copy) == set()


def test_inspect_names_what_leads_out(recording):
    with open_dataset(recording) as dataset:
        report = inspect_dataset(dataset, quick=True)
    told = {o.file: o for o in report.oddities if "out of the recording" in o.sentence}
    assert set(told) == {*LEADING_OUT, "videos"}
    assert told["assets"].severity is Severity.WARNING
    assert str(recording.with_name("private")) in told["links/chain"].sentence
    assert told["videos"].severity is Severity.NOTE
    assert report.usable


def test_a_push_sends_no_private_files(recording):
    sent = local_files(recording)
    assert not any(name.endswith(("key", "other.mp4", "notes.txt")) for name in sent)
    assert "README.md" in sent
    assert any(name.startswith("videos/") for name in sent)


def test_the_cache_of_the_hub_is_no_place_outside(make_recording, tmp_path):
    snapshot, blobs = tmp_path / "hub/snapshots/abc", tmp_path / "hub/blobs"
    for folder in (snapshot.parent, blobs):
        folder.mkdir(parents=True)
    make_recording().rename(snapshot)
    (snapshot / "README.md").write_text("# from the Hub")
    for number, path in enumerate(p for p in sorted(snapshot.rglob("*")) if p.is_file()):
        path.rename(blobs / str(number))
        path.symlink_to(os.path.relpath(blobs / str(number), path.parent))
    assert links_out(snapshot) == []
    copy, warnings = apply(snapshot)
    assert (copy / "README.md").read_text() == "# from the Hub"
    assert warnings == ()


def test_the_whole_disk_is_not_walked(make_recording):
    root = make_recording()
    (root / "everything").symlink_to("/")
    copy, warnings = apply(root)
    assert not (copy / "everything").exists()
    assert "everything leads out of the recording, to /, and is left out of the copy." in warnings


@pytest.mark.parametrize("place", ["pipe", "meta/pipe", "videos/pipe"])
def test_what_is_no_file_is_refused(make_recording, place):
    root = make_recording()
    os.mkfifo(root / place)
    with pytest.raises(DamagedDatasetError, match=f"{place} is neither a file nor a folder"):
        apply(root)
    (root / place).unlink()
    (root / place).symlink_to("/dev/zero")
    with pytest.raises(DamagedDatasetError, match=f"{place} is neither a file nor a folder"):
        apply(root)


@pytest.mark.parametrize("target", ["nowhere", "/nowhere/at/all", "link"])
def test_a_link_that_leads_nowhere_is_refused(make_recording, target):
    root = make_recording()
    (root / "link").symlink_to(target)
    with pytest.raises(DamagedDatasetError, match="link is a link that leads nowhere"):
        apply(root)


def test_folders_that_lead_to_each_other_end(make_recording):
    root = make_recording()
    for one, other in (("a", "b"), ("b", "a")):
        (root / one).mkdir()
        (root / one / "to").symlink_to(root / other)
    copy, _ = apply(root)
    assert not any(path.is_symlink() for path in copy.rglob("*"))


def test_a_link_in_a_copy_is_told(make_recording, tmp_path):
    root = make_recording()
    copy, _ = apply(root)
    (tmp_path / "private").mkdir()
    (copy / "assets").symlink_to(tmp_path / "private")
    (copy / "key").symlink_to("/etc/passwd")
    with open_dataset(root) as source:
        assert differences(copy, against=source) == [
            "assets is a link; a copy has none.",
            "key is a link; a copy has none.",
        ]
