"""A release of LeRobot is one row, and a row that is missing or incomplete is a type error."""

import subprocess
import sys
from pathlib import Path

import pytest

from labeler.contracts import classifier_releases as releases
from labeler.contracts.classifier_releases import NEWEST, RELEASES, release_of

SOURCE = Path(releases.__file__)


def type_errors(folder: Path, old: str, new: str) -> str:
    """What mypy says of the table after one change."""
    text = SOURCE.read_text(encoding="utf-8")
    assert old in text
    file = folder / "classifier_releases.py"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir", folder]
    run = subprocess.run([*command, file], cwd=folder, text=True, stdout=subprocess.PIPE)
    return run.stdout


def test_every_release_has_its_row_and_the_newest_is_first() -> None:
    assert [release.name for release in RELEASES] == [
        "lerobot-0.6",
        "lerobot-0.4",
        "lerobot-0.3",
        "fork",
    ]
    assert all(release_of(release.name) is not None for release in RELEASES)
    assert NEWEST == "lerobot-0.6"
    assert len({release.title for release in RELEASES}) == len(RELEASES)


def test_what_normalises_inside_has_no_processors_to_do_it() -> None:
    """LeRobot 0.3 has neither processors nor `env.processor`; both came with 0.4."""
    assert all(release.normalizes_inside == release.wrapper for release in RELEASES)
    assert [r.name for r in RELEASES if r.normalizes_inside] == ["lerobot-0.3", "fork"]
    assert [r.name for r in RELEASES if r.section == "reward_model"] == ["lerobot-0.6"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('Literal["lerobot-0.6"', 'Literal["lerobot-0.7", "lerobot-0.6"', "lerobot-0.7"),
        ("    wrapper=False,\n", "", '"wrapper"'),
        ('"""As settings', '"""As settings', ""),
    ],
    ids=["a name without a row", "a row without a fact", "the table as it is"],
)
def test_a_release_that_is_not_filled_in_is_a_type_error(tmp_path, old, new, told) -> None:
    found = type_errors(tmp_path, old, new)
    assert ("error:" in found) == bool(told), found
    assert told in found
