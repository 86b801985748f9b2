"""An encoder with random weights that both sides load."""

import json
import shutil
from pathlib import Path

from safetensors.torch import save_file

from classifier.encoder import random_resnet10
from tests.interop.releases import HERE


def write_encoder(folder: Path) -> Path:
    """A ResNet10 that was never trained, with the code that LeRobot runs it by."""
    shutil.copytree(HERE / "resnet10_folder", folder)
    code = {
        "AutoConfig": "configuration_resnet.ResNet10Config",
        "AutoModel": "modeling_resnet.ResNet10",
    }
    values = {"model_type": "resnet10", "architectures": ["ResNet10"], "auto_map": code}
    (folder / "config.json").write_text(json.dumps(values))
    save_file(random_resnet10(4).state_dict(), folder / "model.safetensors", {"format": "pt"})
    return folder
