"""Help and settings come at once: without torch, without a warning."""

import os
import subprocess
import sys

import pytest

from classifier.config import config_text
from tests.classifier.runs import ROOT, small

WATCH = """
import sys
from classifier.cli import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    assert not end.code, end.code
heavy = {"torch", "torchvision", "transformers", "sklearn", "matplotlib", "huggingface_hub"}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
"""


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--help"], "evaluate"),
        (["train", "--help"], "--config_path"),
        (["evaluate", "--help"], "--threshold"),
        (["predict", "--help"], "--out"),
        (["export", "--help"], "--model_name"),
        (["--version"], "labeler-train "),
        (["--print-config", "--batch_size=5"], '"batch_size": 5'),
    ],
)
def test_help_and_settings_know_no_torch(arguments, told) -> None:
    command = [sys.executable, "-W", "error", "-c", WATCH, *arguments]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert all(line.startswith("Next: ") for line in run.stderr.splitlines())
    assert told in run.stdout


def test_help_reads_no_video_and_no_parquet() -> None:
    """The list of commands needs neither, nor what prints in colours."""
    code = WATCH.replace('"torch",', '"torch", "av", "pyarrow", "rich",')
    run = subprocess.run([sys.executable, "-c", code, "--help"], cwd=ROOT, capture_output=True)
    assert run.returncode == 0, run.stderr


REFUSED = """
import sys
from classifier.cli import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    print(end.code)
assert "torch" not in sys.modules
"""


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ("{nothing}", 2, "there is no such folder"),
        ("{recording} --camera front", 2, "front"),
        ("{recording} --policy.model_name={nothing}", 2, "There is no encoder"),
        ("{recording} --policy.model_name=some/encoder", 8, "cannot be reached"),
        ("{recording} --policy.num_cameras=2", 2, "num_cameras is 2"),
        ("evaluate {nothing} {recording}", 2, "holds no checkpoint"),
        ("evaluate {checkpoint} {nothing}", 3, "does not exist"),
        ("predict {nothing} {recording} --out {new}", 2, "holds no checkpoint"),
        ("predict {checkpoint} {nothing} --out {new}", 3, "does not exist"),
        ("export {nothing} --out {new}", 2, "holds no checkpoint"),
        ("preview {nothing} video.mp4", 2, "holds no checkpoint"),
    ],
)
def test_wrong_arguments_do_not_wait_for_torch(words, code, told, places, tmp_path) -> None:
    known = places | {"nothing": tmp_path / "nothing", "new": tmp_path / "new"}
    call = [sys.executable, "-c", REFUSED, *words.format_map(known).split()]
    variables = os.environ | {"HF_ENDPOINT": "http://127.0.0.1:9"}  # where nobody listens
    run = subprocess.run(call, cwd=ROOT, env=variables, capture_output=True, text=True)
    assert (run.returncode, run.stdout.strip()) == (0, str(code)), run.stderr
    assert told in run.stderr and run.stderr.count("\n") == 2
    assert not known["new"].exists()


TRAINING = """
import sys
from classifier.cli import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    assert not end.code, end.code
heavy = {"torch._dynamo", "torchvision", "transformers"} & set(sys.modules)
assert not heavy, heavy
"""


def test_training_never_waits_for_what_it_does_not_use(recording, tmp_path) -> None:
    """Each of them takes as long to import as all frames of ten episodes take to be encoded."""
    settings = small(recording, steps=2, output_dir=str(tmp_path / "run"))
    file = tmp_path / "train.json"
    file.write_text(config_text(settings))
    command = [sys.executable, "-c", TRAINING, f"--config_path={file}"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


def test_training_waits_for_torchvision_only_when_colours_are_changed() -> None:
    code = "import sys, classifier.cli.training; assert 'torchvision' not in sys.modules"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
