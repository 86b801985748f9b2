"""Whether an encoder is on this machine, as the Hub's library would find it."""

import subprocess
import sys
from pathlib import Path

import pytest

from labeler.runs.encoders import has_encoder, hub_cache

NAMES = ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME")
_LIBRARY = "from huggingface_hub import constants; print(constants.HF_HUB_CACHE)"


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"XDG_CACHE_HOME": "/a/b"},
        {"HF_HOME": "~/models"},
        {"HUGGINGFACE_HUB_CACHE": "/old", "HF_HOME": "/other"},
        {"HF_HUB_CACHE": "$HOME/cache", "HUGGINGFACE_HUB_CACHE": "/old"},
    ],
)
def test_the_cache_is_where_the_library_has_it(given, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    told = subprocess.run([sys.executable, "-c", _LIBRARY], capture_output=True, text=True)
    assert str(hub_cache()) == told.stdout.strip()


def test_an_encoder_is_here_once_its_weights_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    assert has_encoder("random") and has_encoder(str(tmp_path))
    assert not has_encoder("lerobot/resnet10") and not has_encoder(str(tmp_path / "absent"))
    snapshot = tmp_path / "models--lerobot--resnet10" / "snapshots" / "abc"
    snapshot.mkdir(parents=True)
    assert not has_encoder("lerobot/resnet10")
    (snapshot / "model.safetensors").write_bytes(b"")
    assert not has_encoder("lerobot/resnet10"), "the trainer would ask the Hub for the rest"
    (snapshot / "config.json").write_bytes(b"{}")
    assert has_encoder("lerobot/resnet10")
