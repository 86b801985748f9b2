"""A decided change is completed or called broken, never half believed."""

import json

import pytest

from labeler.errors import InterruptedCopyError, RefusedError
from labeler.storage.record.transaction import (
    MANIFEST,
    STAGED,
    Transaction,
    is_unfinished,
    pending,
    recover,
    refuse_links,
)


@pytest.fixture
def root(tmp_path):
    """A copy of two files."""
    (tmp_path / "data/inner").mkdir(parents=True)
    (tmp_path / "meta").mkdir()
    (tmp_path / "data/a").write_text("old")
    (tmp_path / "data/inner/gone").write_text("old")
    return tmp_path


def decided(root):
    """A change that was decided and not carried out: its process was killed then."""
    transaction = Transaction(root)
    for target in ("data/a", "new/deep/b"):
        transaction.path(target).write_text("new")
    transaction.remove("data/inner/gone")
    transaction.prepare({"data/a": DIGEST, "new/deep/b": DIGEST})
    transaction._decide()
    assert pending(root)


DIGEST = "11507a0e2f5e69d5dfa40a62a1bd7b6ee57e6bcd85c67c9b8431b36fff21c437"  # SHA-256 of "new"
COMPLETED = "The interrupted change was completed: the copy has the new labels."
BROKEN = "cannot be read"


def files(root):
    return {
        path.relative_to(root).as_posix(): path.read_text()
        for path in root.rglob("*")
        if path.is_file()
    }


def test_a_decided_change_is_completed(root):
    decided(root)
    assert recover(root) == COMPLETED
    assert files(root) == {"data/a": "new", "new/deep/b": "new"}
    assert not (root / "data/inner").exists()  # it became empty
    assert not is_unfinished(root)
    assert recover(root) is None


def test_a_change_that_was_completed_in_part_is_completed(root):
    decided(root)
    (root / STAGED / "0.staged").replace(root / "data/a")
    (root / "data/inner/gone").unlink()
    (root / "data/inner").rmdir()
    assert recover(root) == COMPLETED
    assert files(root) == {"data/a": "new", "new/deep/b": "new"}


def test_what_was_not_decided_is_removed(root):
    transaction = Transaction(root)
    transaction.path("data/a").write_text("new")
    assert recover(root) == "The unfinished change was removed: the copy has the old labels."
    assert files(root) == {"data/a": "old", "data/inner/gone": "old"}


@pytest.mark.parametrize("there", ["data/a", "nothing"])
def test_a_change_whose_new_content_is_gone_is_not_completed(root, there):
    decided(root)
    (root / STAGED / "0.staged").unlink()
    if there == "nothing":
        (root / "data/a").unlink()
    with pytest.raises(InterruptedCopyError, match=r"The new content of .*/data/a is gone"):
        recover(root)
    assert pending(root)


@pytest.mark.parametrize(
    "text", ["{", "[]", "null", '{"version": 1}', '{"format": "labeler-commit"}']
)
def test_a_manifest_that_cannot_be_read(root, text):
    decided(root)
    (root / MANIFEST).write_text(text)
    with pytest.raises(InterruptedCopyError, match=BROKEN):
        recover(root)


def test_a_manifest_of_a_newer_labeler(root):
    decided(root)
    manifest = json.loads((root / MANIFEST).read_text())
    (root / MANIFEST).write_text(json.dumps({**manifest, "version": 2}))
    with pytest.raises(InterruptedCopyError, match="written by a newer Labeler"):
        recover(root)
    assert files(root)["data/a"] == "old"


def test_a_disk_that_fails_after_the_decision_asks_for_recovery(root, monkeypatch):
    transaction = Transaction(root)
    transaction.path("data/a").write_text("new")
    transaction.prepare({"data/a": DIGEST})
    path_type = type(root)
    rename = path_type.replace

    def replace(self, target):
        if self.name == "0.staged":
            raise OSError(5, "Input/output error")
        return rename(self, target)

    with monkeypatch.context() as broken:
        broken.setattr(path_type, "replace", replace)
        with pytest.raises(InterruptedCopyError, match="is not complete") as caught:
            transaction.commit()
    assert "Input/output error" in caught.value.message
    transaction.discard()  # the change is decided: what is staged has to stay
    assert recover(root) == COMPLETED
    assert files(root)["data/a"] == "new"


def test_an_interruption_before_the_decision_is_passed_on(root, monkeypatch):
    transaction = Transaction(root)
    transaction.path("data/a").write_text("new")
    transaction.prepare({"data/a": DIGEST})
    path_type = type(root)

    def replace(self, target):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(path_type, "replace", replace)
        with pytest.raises(KeyboardInterrupt):
            transaction.commit()
    transaction.discard()
    assert files(root)["data/a"] == "old"
    assert not is_unfinished(root)


def test_links_to_folders_are_refused(root, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (root / "linked").symlink_to(elsewhere)
    with pytest.raises(RefusedError, match="is a link"):
        refuse_links(root, ["linked/inner/file"])
