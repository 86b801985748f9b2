"""Which random changes of images there are."""

from collections.abc import Mapping

from classifier.config.dataset import ImageTransform, ImageTransforms
from labeler.errors import UsageError

KINDS: Mapping[str, frozenset[str]] = {
    "Identity": frozenset(),
    "ColorJitter": frozenset({"brightness", "contrast", "saturation", "hue"}),
    "SharpnessJitter": frozenset({"sharpness"}),
}
"""Type of a transform -> its parameters, as torchvision and LeRobot name them."""

_CURES = {
    "Resize": "Remove it: reward_model.image_size and the shape in input_features set the size.",
    "CenterCrop": "Remove it: dataset.crop_params_dict crops.",
    "RandomCrop": "Remove it: train.shift shifts images.",
}
_CURES["RandomResizedCrop"] = _CURES["RandomCrop"]


def require_known_transforms(transforms: ImageTransforms, source: str) -> None:
    """Refuse transforms that would be left out silently; none matters while they are disabled.

    Raises:
        UsageError: a type, a parameter or a limit that is not understood.
    """
    if not transforms.enable:
        return
    for name, transform in transforms.tfs.items():
        where = f"{source}: transform {name!r}"
        if transform.type not in KINDS:
            usual = f"Use one of {', '.join(KINDS)}, or remove it."
            raise UsageError(
                f"{where} has the type {transform.type!r}, which is not valid here.",
                _CURES.get(transform.type, usual),
            )
        for parameter, limits in transform.kwargs.items():
            _require_parameter(where, transform, parameter, limits)


def _require_parameter(
    where: str, transform: ImageTransform, parameter: str, limits: object
) -> None:
    known = ", ".join(sorted(KINDS[transform.type])) or "nothing"
    if parameter not in KINDS[transform.type]:
        raise UsageError(
            f"{where} has a parameter {parameter!r} that {transform.type} does not have.",
            f"{transform.type} takes {known}.",
        )
    low, high = limits_of(parameter, limits) or (1.0, 0.0)
    floor, ceiling = (-0.5, 0.5) if parameter == "hue" else (0.0, float("inf"))
    if not floor <= low <= high <= ceiling:
        raise UsageError(
            f"{where} draws {parameter} between {limits!r}.",
            f"Give two numbers in ascending order, from {floor} to {ceiling}.",
        )


def limits_of(parameter: str, limits: object) -> tuple[float, float] | None:
    """Lowest and highest value: of a pair, or around the neutral value of a single number.

    A number `v` means 1 - v to 1 + v, not below 0; for hue, -v to v (torchvision's ColorJitter).
    """
    if isinstance(limits, bool):
        return None
    if isinstance(limits, int | float):
        if limits < 0:
            return None
        return (-limits, limits) if parameter == "hue" else (max(0.0, 1 - limits), 1 + limits)
    pair = list(limits) if isinstance(limits, list | tuple) else []
    if len(pair) != 2 or not all(type(value) in (int, float) for value in pair):
        return None
    return float(pair[0]), float(pair[1])
