"""Settings from a file and the command line, checked, with errors a user can act on."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from classifier.config.effect import notes_on
from classifier.config.files import read_configuration
from classifier.config.keys import require_known
from classifier.config.overrides import Override, apply_overrides
from classifier.config.refusals import require_possible
from classifier.config.train_config import TrainConfig
from classifier.config.transforms import require_known_transforms
from labeler.cures import Advice, SetSetting
from labeler.decision import read_gate
from labeler.errors import UsageError

_NAMES = ("reward_model", "policy")


@dataclass(frozen=True)
class Settings:
    """What a run is told, and what is to be said about it once."""

    config: TrainConfig
    notes: tuple[str, ...] = ()


def read_settings(path: Path | None = None, overrides: Iterable[Override] = ()) -> Settings:
    """Settings of a file (or the defaults), with those of the command line over them.

    `path` is JSON, YAML or TOML, or the folder of a checkpoint.

    Raises:
        UsageError: the file is missing or none of these, a key does not exist, or a value does not
            fit.
    """
    values, source = read_configuration(path) if path else ({}, "The command line")
    return settings_of(apply_overrides(values, overrides), source)


def settings_of(values: Mapping[str, Any], source: str = "The configuration") -> Settings:
    """Settings from their JSON values.

    Raises:
        UsageError: as `read_settings`.
    """
    values = _with_one_section(values, source)
    require_known(values, source)
    try:
        # As JSON, so that strictness knows lists for tuples and text for paths, and nothing else.
        config = TrainConfig.model_validate_json(json.dumps(values), strict=True)
    except ValidationError as error:
        raise usage_error(error, source) from error
    _require_sense(config, source)
    return Settings(config, notes_on(config))


def _with_one_section(values: Mapping[str, Any], source: str) -> dict[str, Any]:
    """LeRobot 0.6 writes `"policy": null` beside `reward_model`."""
    given = [name for name in _NAMES if values.get(name) is not None]
    if len(given) == 2:
        raise UsageError(
            f"{source} has both `policy` and `reward_model`.", "Keep the one of your LeRobot."
        )
    kept = {key: value for key, value in values.items() if key not in _NAMES or key in given}
    kind = kept[given[0]].get("type") if given and isinstance(kept[given[0]], dict) else None
    if kind not in (None, "reward_classifier"):
        raise UsageError(
            f"{source} configures a {kind!r}, which is not a reward classifier.",
            f'Set "{given[0]}": {{"type": "reward_classifier", …}}.',
        )
    return kept


def usage_error(error: ValidationError, source: str) -> UsageError:
    """The sentence for the first value of a source that does not fit."""
    problems = error.errors()
    first = problems[0]
    path = ".".join(str(part) for part in first["loc"])
    if first["type"] == "missing":
        return UsageError(f"{source}: {path} is missing.", Advice("Give it a value.", setting=path))
    more = f" ({len(problems) - 1} more values do not fit)" if len(problems) > 1 else ""
    message = f"{source}: {path} is {_short_text(first['input'])}{more}."
    return UsageError(message, SetSetting(_requirement(first), setting=path))


def _short_text(value: object) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) <= 60 else f"{text[:57]}…"


_WANTED = {
    "bool_type": "true or false",
    "dict_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
    "finite_number": "a finite number",
    "float_type": "a number",
    "greater_than": "a number above {gt}",
    "greater_than_equal": "a number not below {ge}",
    "int_from_float": "a whole number",
    "int_type": "a whole number",
    "less_than": "a number below {lt}",
    "less_than_equal": "a number not above {le}",
    "list_type": "a list",
    "literal_error": "one of {expected}",
    "path_type": "a path",
    "string_pattern_mismatch": "64 hexadecimal digits",
    "string_type": "a text",
    "too_long": "a list of {max_length} values",
    "tuple_type": "a list",
}


def _requirement(problem: ErrorDetails) -> str:
    """What pydantic asks for, in words."""
    template = _WANTED.get(problem["type"])
    if template is None:
        return f"a value that fits ({problem['msg']})"
    return template.format(**problem.get("ctx", {}))


def _require_sense(config: TrainConfig, source: str) -> None:
    """What one value alone cannot say.

    Raises:
        UsageError: settings contradict each other.
    """
    require_possible(config, source)
    require_known_transforms(config.dataset.image_transforms, source)
    model, train = config.reward_model, config.train
    if train.folds == 1:
        raise UsageError(
            f"{source}: train.folds is 1.", SetSetting("0, or to 2 or more", setting="train.folds")
        )
    if train.folds and train.split == "frame":
        raise UsageError(
            f"{source}: train.folds goes by episode, but train.split is 'frame'.",
            Advice("Remove one of the two.", setting="train.folds"),
        )
    for text in train.gates:
        try:
            read_gate(text)
        except UsageError as error:
            raise UsageError(
                f"{source}: {error.message}", Advice(error.advice, setting="train.gates")
            ) from error
    unusual = {mode for mode in (model.normalization_mapping or {}).values()} - {
        "MEAN_STD",
        "IDENTITY",
    }
    if unusual:
        raise UsageError(
            f"{source}: normalization_mapping has {min(unusual)}, which is never used for images.",
            SetSetting(
                '{"VISUAL": "IDENTITY"} or "MEAN_STD"',
                setting="reward_model.normalization_mapping",
            ),
        )
