import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import labeler.resource
from labeler.resource import resource


def test_a_file_is_found_in_a_checkout():
    assert resource("label-file.schema.json").is_file()


def test_a_file_is_found_where_the_wheel_puts_it(tmp_path):
    package = tmp_path / "labeler"
    (package / "resources").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "resources" / "x.txt").write_text("here")
    shutil.copy(labeler.resource.__file__, package)
    code = "from labeler.resource import resource; print(resource('x.txt').read_text())"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "here"


@pytest.mark.parametrize("name", ["absent.txt", "../pyproject.toml", "", str(Path(__file__))])
def test_what_is_not_among_the_resources_is_not_found(name):
    with pytest.raises(FileNotFoundError):
        resource(name)
