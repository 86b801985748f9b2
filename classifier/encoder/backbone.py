"""An encoder as the classifier uses it: frozen, with features of a known shape."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import torch
from torch import Tensor, nn

from classifier.config import RANDOM, CameraInput
from classifier.encoder.declaration import declaration_of, is_half, tensors_of
from classifier.encoder.resnet10 import CHANNELS, random_resnet10
from classifier.encoder.resnet10_keys import is_resnet10, load_resnet10
from classifier.encoder.transformers_model import TIMM, load_transformers_model, require_timm
from classifier.weights import EncoderFiles, find_encoder
from labeler.cures import Advice, SetSetting
from labeler.errors import UsageError

LEROBOT_GRID = (4, 4)
"""Feature map that every LeRobot release has written into its spatial embedding."""

RANDOM_NOTE = (
    "model_name=random: the encoder is a ResNet10 that WAS NEVER TRAINED. "
    "It is for demonstrations and tests; give a trained encoder for a robot."
)

HALF_NOTE = (
    "The encoder {} is kept in half precision. Labeler computes in float32, and so do LeRobot 0.3 "
    "and 0.4; LeRobot 0.6 computes in half precision and then refuses images in float32. For a "
    "robot with it, save the encoder in float32, which loses nothing, and train with that."
)

TIMM_NOTE = (
    "The encoder {} is a network of the timm library, which LeRobot's classifier cannot load. "
    "The classifier is for Labeler alone: for suggestions, review and evaluation, not for a robot."
)

Kind = Literal["cnn", "transformer"]
_OF_NO_NUMBER = {
    "_name_or_path", "architectures", "dtype", "id2label", "label2id", "torch_dtype",
    "transformers_version",
}  # fmt: skip
"""Keys of a configuration of the transformers library that change no feature."""
_SIZES = range(16, 513, 8)  # sides tried to name one that gives the right feature map


@dataclass(frozen=True)
class Encoder:
    """A network with frozen weights.

    A `cnn` gives features (batch, channels, height, width), a `transformer` (batch, channels).
    """

    network: nn.Module
    name: str
    kind: Kind
    channels: int
    sha256: str
    """Digest of the file of the weights, by which people know them."""
    revision: str | None = None
    half: bool = False
    """Whether the weights are kept in half precision; they are loaded as float32."""
    _shapes: dict[tuple[int, int], tuple[int, ...]] = field(default_factory=dict, repr=False)

    @property
    def in_lerobot(self) -> bool:
        """Whether LeRobot's classifier can load it."""
        config = getattr(self.network, "config", None)
        return getattr(config, "model_type", None) != TIMM

    @property
    def note(self) -> str:
        """What has to be said about this encoder; empty for most."""
        if self.name == RANDOM:
            return RANDOM_NOTE
        if not self.in_lerobot:
            return TIMM_NOTE.format(self.name)
        return HALF_NOTE.format(self.name) if self.half else ""

    def features_key(self) -> str:
        """64 hexadecimal digits: features of the same images are equal if they are.

        A digest of the network and of its weights as they are in memory now, so features of other
        weights never pass for these, wherever they were loaded from.
        """
        values = getattr(self.network, "config", None)
        settings = {} if values is None else values.to_dict()
        told = {key: value for key, value in settings.items() if key not in _OF_NO_NUMBER}
        name = [self.kind, type(self.network).__qualname__, told]
        text = json.dumps(name, sort_keys=True, default=str)
        return hashlib.sha256(f"{text} {digest(self.network.state_dict())}".encode()).hexdigest()

    def features(self, pixels: Tensor) -> Tensor:
        """Features of images (batch, 3, height, width), float32."""
        return features(self.network, self.kind, pixels)

    def feature_shape(self, height: int, width: int) -> tuple[int, ...]:
        """Shape of one image's features: (channels, rows, columns) or (channels,).

        Found by running the network on an image without content, once.

        Raises:
            UsageError: the network takes no images of that size.
        """
        if (height, width) not in self._shapes:
            self._shapes[height, width] = self._probe(height, width)
        return self._shapes[height, width]

    def _probe(self, height: int, width: int) -> tuple[int, ...]:
        device = next(self.network.parameters()).device
        try:
            with torch.inference_mode():
                empty = torch.zeros(1, 3, height, width, device=device)
                found = features(self.network, self.kind, empty)
        except (RuntimeError, ValueError) as error:
            raise UsageError(
                f"The encoder {self.name} does not accept images of {height}x{width}: "
                f"{str(error).splitlines()[0]:.200}",
                SetSetting("what the encoder was made for", setting="reward_model.image_size"),
            ) from error
        self._require_usable(found)
        return tuple(found.shape[1:])

    def _require_usable(self, found: Tensor) -> None:
        """Refuse what LeRobot's layers have no place for: it builds them by the configuration."""
        wanted = 4 if self.kind == "cnn" else 2
        if found.ndim != wanted or found.shape[1] != self.channels:
            raise UsageError(
                f"The encoder {self.name} gives features of the shape {tuple(found.shape[1:])} "
                f"where its configuration promises {self.channels} channels; LeRobot's classifier "
                "cannot use it.",
                Advice("Use another encoder.", setting="reward_model.model_name"),
            )


def features(network: nn.Module, kind: Kind, pixels: Tensor) -> Tensor:
    """What the classifier takes from a network: the feature map, or the class token's vector."""
    out = network(pixels.contiguous(memory_format=torch.channels_last))  # convolves fastest
    last: Tensor = out if isinstance(out, Tensor) else out.last_hidden_state
    return last[:, 0, :] if kind == "transformer" else last


def load_encoder(
    name: str,
    kind: Kind = "cnn",
    *,
    revision: str | None = None,
    sha256: str | None = None,
    download: bool = False,
) -> Encoder:
    """The encoder that `model_name` means, frozen and in evaluation mode.

    Raises:
        UsageError: as `find_encoder`; or the weights fit no encoder known here, lack tensors, or
            have some that belong nowhere.
    """
    if name == RANDOM:
        network = random_resnet10(seed=0)
        return freeze(Encoder(network, name, "cnn", CHANNELS[-1], digest(network.state_dict())))
    files = find_encoder(name, revision=revision, sha256=sha256, download=download)
    declared = declaration_of(files)
    half = is_half(files.weights)  # a damaged file is found here, too
    if declared is not None and declared.half is not None:
        half = declared.half
    if declared is None or declared.model_type == "resnet10":
        model, channels = _resnet10(files), CHANNELS[-1]
        if kind != "cnn":
            raise UsageError(
                f"{name} is a CNN.", SetSetting("cnn", setting="reward_model.model_type")
            )
    else:
        if declared.model_type == TIMM:
            require_timm(name, declared.architecture)
        model, channels = load_transformers_model(files.weights.parent, name, kind)
    return freeze(Encoder(model, name, kind, channels, files.sha256, files.revision, half))


def _resnet10(files: EncoderFiles) -> nn.Module:
    tensors = tensors_of(files.weights)
    if files.config is None and not is_resnet10(tensors):
        raise UsageError(
            f"{files.weights} is not a ResNet10, and no config.json says what it is.",
            Advice(
                "Give the folder of the model, with config.json and model.safetensors.",
                setting="reward_model.model_name",
            ),
        )
    return load_resnet10(tensors, files.name)


def freeze(encoder: Encoder) -> Encoder:
    """The same encoder, whose weights and statistics no training moves."""
    encoder.network.requires_grad_(False).eval()
    encoder.network.to(memory_format=torch.channels_last)  # as images are, for fast convolutions
    return encoder


def digest(tensors: Mapping[str, Tensor]) -> str:
    """SHA-256 over names, shapes and values: equal for equal weights."""
    result = hashlib.sha256()
    for name in sorted(tensors):
        values: Any = tensors[name].detach().cpu().float().contiguous().numpy()
        result.update(f"{name} {values.shape} ".encode())
        result.update(values.tobytes())
    return result.hexdigest()


def require_grid(encoder: Encoder, cameras: Iterable[CameraInput]) -> None:
    """Refuse images whose feature map LeRobot cannot load.

    Raises:
        UsageError: a camera's map is not 4x4; sizes that give one are named.
    """
    if encoder.kind == "transformer":
        return
    for camera in cameras:
        rows, columns = encoder.feature_shape(camera.height, camera.width)[1:]
        if (rows, columns) != LEROBOT_GRID:
            raise UsageError(
                f"Images of {camera.key} are {camera.height}x{camera.width}, of which "
                f"{encoder.name} makes a {rows}x{columns} feature map; LeRobot loads only 4x4.",
                Advice(
                    f"{_fitting_sizes(encoder)} To train for Labeler alone, set train.any_grid.",
                    setting="reward_model.image_size",
                ),
            )


def require_robot_encoder(encoder: Encoder) -> None:
    """Refuse an encoder that some release of LeRobot could not use on a robot, or a random one.

    Raises:
        UsageError: it is one of these.
    """
    if encoder.note:
        raise UsageError(
            f"The encoder {encoder.name} is for no robot. {encoder.note}",
            Advice(
                "Use another encoder, or leave out train.for_robot.",
                setting="reward_model.model_name",
            ),
        )


def _fitting_sizes(encoder: Encoder) -> str:
    fitting = []
    for size in _SIZES:
        rows = encoder.feature_shape(size, size)[1]
        if rows > LEROBOT_GRID[0]:  # maps only grow with the images
            break
        if rows == LEROBOT_GRID[0]:
            fitting.append(size)
    if not fitting:
        return "Use another encoder."
    return f"Set reward_model.image_size to {fitting[-1]} (any from {fitting[0]} on gives 4x4)."
