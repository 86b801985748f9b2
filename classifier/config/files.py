"""The file that a training configuration is in: JSON, YAML or TOML, all of which LeRobot reads."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from labeler.errors import UsageError

NAME = "train_config.json"
"""What LeRobot, and a run of ours, calls the configuration beside a checkpoint or a run."""

_EXPONENT = re.compile(r"[-+]?[0-9]+[eE][-+]?[0-9]+$")
_FOLDERS = (".", "pretrained_model", "checkpoints/last/pretrained_model")


def read_configuration(path: Path) -> tuple[dict[str, Any], str]:
    """The values of a training configuration, and the name that messages call it by.

    `path` is a file, or a folder that holds one: a checkpoint or a run.

    Raises:
        UsageError: there is none, or it cannot be understood.
    """
    file = _inside(path) if path.is_dir() else path
    values = _read(file, _FORMATS.get(file.suffix.lower(), _FORMATS[".json"]))
    if values.get("type") == "reward_classifier":
        raise UsageError(
            f"{file} is the config.json of a checkpoint: the classifier alone.",
            f"Give the {NAME} beside it, or the folder.",
        )
    return values, file.name


def read_json(path: Path) -> dict[str, Any]:
    """The object that a JSON file holds.

    Raises:
        UsageError: the file cannot be read, or holds something else.
    """
    return _read(path, _FORMATS[".json"])


def read_values(path: Path) -> dict[str, Any]:
    """What a file says in the format that its ending names.

    Raises:
        UsageError: the file cannot be read, or holds something else.
    """
    return _read(path, _FORMATS.get(path.suffix.lower(), _FORMATS[".json"]))


def _inside(folder: Path) -> Path:
    for part in _FOLDERS:
        if (file := folder / part / NAME).is_file():
            return file
    raise UsageError(
        f"{folder} is a folder that holds no {NAME}.",
        "Give a training configuration, or the folder of a checkpoint or a run that has one.",
    )


def _json(text: str) -> object:
    return json.loads(text)


def _yaml(text: str) -> object:
    import yaml  # not at the top: a window that starts need not wait for it

    class Loader(yaml.SafeLoader):  # type: ignore[misc]  # yaml has no types
        """YAML without code, in which 1e-4 is a number; YAML 1.1 calls it a text."""

    Loader.add_implicit_resolver("tag:yaml.org,2002:float", _EXPONENT, list("-+0123456789"))
    try:
        values = yaml.load(text, Loader)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error
    # Dates and keys that are no text become text, as they are in JSON.
    return json.loads(json.dumps(values, default=str))


def _toml(text: str) -> object:
    import tomllib  # as above

    return tomllib.loads(text)


_FORMATS: Mapping[str, tuple[str, Callable[[str], object]]] = {
    ".json": ("JSON", _json),
    ".yaml": ("YAML", _yaml),
    ".yml": ("YAML", _yaml),
    ".toml": ("TOML", _toml),
}
"""Ending -> name of the format and what reads it; LeRobot goes by these endings, too."""


def _read(path: Path, form: tuple[str, Callable[[str], object]]) -> dict[str, Any]:
    name, parse = form
    try:
        values = parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(f"{path} cannot be read: {reason}.", "Check the path.") from error
    except (ValueError, TypeError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise UsageError(f"{path} is not valid {name}: {reason}.", "Fix the file there.") from error
    if not isinstance(values, dict):
        what = f"{path} does not hold a {name} object but a {type(values).__name__}."
        raise UsageError(what, "Give named values, as a training configuration of LeRobot has.")
    return values
