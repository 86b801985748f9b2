"""The quick set is about the whole program, and names files that are there."""

from pathlib import Path

from tests.conftest import QUICK

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("labels", "dataset", "storage", "cli", "ui", "parquet", "disk", "session", "review")


def test_every_file_of_the_quick_set_is_there() -> None:
    assert [name for name in QUICK if not (ROOT / name).is_file()] == []


def test_the_quick_set_touches_every_large_room() -> None:
    folders = [*(f"tests/labeler/{room}/" for room in ROOMS), "tests/classifier/"]
    assert [f for f in folders if not any(name.startswith(f) for name in QUICK)] == []
