"""A format of datasets is one row; a row that is missing or incomplete is a type error."""

import subprocess
import sys
from pathlib import Path

import pytest

from labeler.dataset import formats
from labeler.dataset.formats import Version, format_of

SOURCE = Path(formats.__file__)


def type_errors(folder: Path, old: str, new: str) -> str:
    """What mypy says after one change of the table, and of somebody who asks it."""
    text = SOURCE.read_text(encoding="utf-8")
    assert old in text
    (folder / "formats.py").write_text(text.replace(old, new, 1), encoding="utf-8")
    (folder / "asking.py").write_text(
        "from typing import assert_never\n"
        "from formats import DatasetFormat\n"
        "def first(format: DatasetFormat) -> int:\n"
        "    match format.files:\n"
        "        case 'shared':\n"
        "            return 0\n"
        "        case 'of one episode':\n"
        "            return 1\n"
        "    assert_never(format.files)\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir", folder]
    run = subprocess.run([*command, "asking.py"], cwd=folder, text=True, stdout=subprocess.PIPE)
    return run.stdout


def test_every_format_has_its_row() -> None:
    assert [format_of(version).version for version in Version] == ["v2.0", "v2.1", "v3.0"]


def test_a_recording_is_merged_as_a_format_that_merges_as_itself() -> None:
    for version in Version:
        goal = format_of(version).merged_as
        assert format_of(goal).merged_as is goal
        assert format_of(goal).files == format_of(version).files


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('    V30 = "v3.0"\n', '    V30 = "v3.0"\n    V40 = "v4.0"\n', "Version.V40"),
        ("    quantiles=True,\n", "", '"quantiles"'),
        ('files: Literal["of one', 'files: Literal["in tables", "of one', "in tables"),
        ('"""One format.', '"""One format.', ""),
    ],
    ids=["a name without a row", "a row without a fact", "a value nobody knows", "as it is"],
)
def test_a_format_that_is_not_filled_in_is_a_type_error(tmp_path, old, new, told) -> None:
    found = type_errors(tmp_path, old, new)
    assert ("error:" in found) == bool(told), found
    assert told in found
