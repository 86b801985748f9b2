"""Encoders are found here, or fetched when the command said so, and never silently."""

import hashlib
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from classifier.weights import find_encoder
from labeler.errors import UsageError
from tests.classifier.test_encoder import save_model

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def fill_cache(home: Path, damaged: bool = False) -> str:
    """A Hub cache that holds `owner/encoder`; the digest of its weights."""
    save_file({"a": torch.zeros(3)}, home / "weights")
    content = (home / "weights").read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    repository = home / "hub" / "models--owner--encoder"
    snapshot = repository / "snapshots" / COMMIT
    for folder in (snapshot, repository / "blobs", repository / "refs"):
        folder.mkdir(parents=True)
    (repository / "refs" / "main").write_text(COMMIT)
    (repository / "blobs" / digest).write_bytes(content[:-1] if damaged else content)
    (snapshot / "model.safetensors").symlink_to(Path("..") / ".." / "blobs" / digest)
    (snapshot / "config.json").write_text('{"model_type": "resnet10"}')
    return digest


FIND = """
import sys
from classifier.cli.cures import hint
from classifier.weights import find_encoder
from labeler.errors import LabelerError
try:
    found = find_encoder("owner/encoder", download=sys.argv[1] == "download")
    print(found.revision, found.sha256)
except LabelerError as error:
    print("refused:", error, hint(error))
"""


def run_alone(code: str, home: Path, endpoint: str, *arguments: object) -> str:
    """What a process with a cache and a Hub of its own prints."""
    variables = {"HF_HOME": str(home), "HF_ENDPOINT": endpoint, "NO_PROXY": "127.0.0.1", "PATH": ""}
    command = [sys.executable, "-c", code, *map(str, arguments)]
    root = Path(__file__).resolve().parents[2]
    run = subprocess.run(command, env=variables, cwd=root, text=True, capture_output=True)
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


def find(home: Path, mode: str, endpoint: str = "http://127.0.0.1:9") -> str:
    """What is found there; by default the Hub does not answer."""
    return run_alone(FIND, home, endpoint, mode)


def test_the_local_cache_is_enough(tmp_path) -> None:
    digest = fill_cache(tmp_path)
    assert find(tmp_path, "local") == f"{COMMIT} {digest}"


def test_damaged_weights_in_the_cache_are_noticed(tmp_path) -> None:
    fill_cache(tmp_path, damaged=True)
    assert "damaged" in find(tmp_path, "local")


def test_nothing_is_asked_unless_the_command_named_it(tmp_path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as hub:
        hub.settimeout(0.2)
        said = find(tmp_path, "local", f"http://127.0.0.1:{hub.getsockname()[1]}")
        with pytest.raises(TimeoutError):
            hub.accept()
    assert "not on this machine" in said
    assert "--policy.model_name=owner/encoder" in said


def test_a_hub_out_of_reach_gives_both_cures(tmp_path) -> None:
    said = find(tmp_path, "download")
    assert "cannot be reached" in said
    assert "Connect to the network" in said
    assert "copy the model's folder" in said


def test_digests_are_compared(tmp_path) -> None:
    save_file({"a": torch.zeros(3)}, tmp_path / "model.safetensors")
    right = find_encoder(str(tmp_path)).sha256
    assert find_encoder(str(tmp_path), sha256=right).weights == tmp_path / "model.safetensors"
    with pytest.raises(UsageError, match="digest"):
        find_encoder(str(tmp_path), sha256="0" * 64)


@pytest.mark.parametrize(
    ("file", "name", "message"),
    [
        ("pytorch_model.bin", "", r"only pytorch_model\.bin, which could run code"),
        ("notes.txt", "", r"no model\.safetensors"),
        ("weights.pkl", "weights.pkl", "could run code"),
    ],
)
def test_what_is_no_safetensors_is_refused(file, name, message, tmp_path) -> None:
    (tmp_path / file).write_bytes(b"\x80\x04.")
    with pytest.raises(UsageError, match=message):
        find_encoder(str(tmp_path / name))


def test_names_that_mean_nothing() -> None:
    with pytest.raises(UsageError, match="OWNER/NAME"):
        find_encoder("resnet 10")


LOAD = """
import sys
from classifier.encoder import load_encoder
print(load_encoder(sys.argv[1], sys.argv[2]).channels)
"""


@pytest.mark.parametrize(("kind", "channels"), [("cnn", "12"), ("transformer", "16")])
def test_an_encoder_in_a_folder_asks_nobody(kind, channels, tmp_path) -> None:
    save_model(tmp_path / "encoder", kind)
    with socket.create_server(("127.0.0.1", 0)) as hub:
        hub.settimeout(0.2)
        endpoint = f"http://127.0.0.1:{hub.getsockname()[1]}"
        assert run_alone(LOAD, tmp_path, endpoint, tmp_path / "encoder", kind) == channels
        with pytest.raises(TimeoutError):
            hub.accept()
