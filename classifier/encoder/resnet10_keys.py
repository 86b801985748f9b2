"""Names of ResNet10's tensors, which changed three times since they were first published.

January 2025: `conv1.weight`, `norm1.weight`, a shortcut in the first stage. February 2025:
`conv1.conv.weight`. April 2025, and today: `norm1.group_norm.weight`.
"""

import re
from collections.abc import Mapping

from torch import Tensor

from classifier.encoder.resnet10 import ResNet10
from labeler.cures import Advice
from labeler.errors import UsageError

FIRST_SHORTCUT = "encoder.stages.0.shortcut.0.conv.weight"

_CONV = re.compile(r"(?P<place>\.(?:conv\d|shortcut\.0))\.weight$")
_NORM = re.compile(r"(?P<place>(?:\.norm\d|\.shortcut\.1|^embedder\.1))\.(?P<what>weight|bias)$")
_OF_A_CLASSIFIER = (
    "encoders.", "classifier_head.", "normalize_inputs.", "normalize_targets.",
    "unnormalize_outputs.",
)  # fmt: skip
_PREFIX = re.compile(r"^(?:model\.|resnet\.|encoder\.(?=embedder\.|encoder\.))+")


def todays_name(key: str) -> str:
    """The name that a tensor has today; names of a whole classifier lose its prefix."""
    key = _PREFIX.sub("", key)
    key = re.sub(r"^embedder\.0\.conv\.weight$", "embedder.0.weight", key)
    key = _CONV.sub(r"\g<place>.conv.weight", key)
    return _NORM.sub(r"\g<place>.group_norm.\g<what>", key)


def is_resnet10(keys: Mapping[str, object]) -> bool:
    """Whether tensors are those of a ResNet10, under any of their names."""
    return {"embedder.0.weight", "encoder.stages.3.conv2.conv.weight"} <= set(
        map(todays_name, keys)
    )


def load_resnet10(tensors: Mapping[str, Tensor], source: str) -> ResNet10:
    """A ResNet10 with these weights, under any names they ever had.

    What a whole classifier has besides its encoder is left out.

    Raises:
        UsageError: tensors are missing, have other shapes, or belong to no ResNet10.
    """
    renamed = {
        todays_name(key): tensor
        for key, tensor in tensors.items()
        if not key.startswith(_OF_A_CLASSIFIER)
    }
    network = ResNet10(first_shortcut=FIRST_SHORTCUT in renamed)
    wanted = network.state_dict()
    for key, tensor in wanted.items():
        if key not in renamed:
            raise _no_resnet10(source, f"lack the tensor {key}")
        if renamed[key].shape != tensor.shape or not renamed[key].is_floating_point():
            kind = str(renamed[key].dtype).removeprefix("torch.")
            shape = f"the shape {tuple(renamed[key].shape)}, {kind}"
            raise _no_resnet10(source, f"have {key} in {shape}")
    if others := sorted(renamed.keys() - wanted.keys()):
        raise _no_resnet10(source, f"have the tensor {others[0]}, which belongs nowhere")
    network.load_state_dict({key: renamed[key].float() for key in wanted})
    return network


def _no_resnet10(source: str, problem: str) -> UsageError:
    return UsageError(
        f"The weights of {source} {problem}, so they are not those of a ResNet10.",
        Advice(
            "Give the weights of lerobot/resnet10, or a folder with the model's config.json.",
            setting="reward_model.model_name",
        ),
    )
